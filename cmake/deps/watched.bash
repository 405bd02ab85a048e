# shellcheck shell=bash
# SPDX-License-Identifier: MIT OR Apache-2.0

# watched SAY LABEL OUTPUT COMMAND...: runs COMMAND with everything it prints going to OUTPUT, and
# says every eight seconds, through the function SAY, that it is still at it and where. What
# was started ends when this shell is interrupted, and does not hold the lock that the caller
# may have on descriptor 9.
watched() (
    local say=$1 label=$2 output=$3 started=$SECONDS pid line
    shift 3
    set -m # a process group of its own, so that all of it can be ended
    "$@" >"$output" 2>&1 </dev/null 9>&- &
    pid=$!
    set +m
    trap 'kill -TERM -- "-$pid" 2>/dev/null' EXIT
    # By the signal itself, or whoever called takes an interrupted step for one that failed.
    trap 'kill -TERM -- "-$pid" 2>/dev/null; trap - INT EXIT; kill -INT "$BASHPID"' INT
    trap 'kill -TERM -- "-$pid" 2>/dev/null; trap - TERM EXIT; kill -TERM "$BASHPID"' TERM HUP
    while ! timeout 8 tail --pid="$pid" -s 0.1 -f /dev/null; do
        line=$(tail -n 1 "$output" | tr -s '[:cntrl:]' ' ')
        line=${line% }
        # Of a compiler's command the file is enough.
        if ((${#line} > 60)); then line=${line##* }; fi
        "$say" "$label: $((SECONDS - started)) s${line:+, at ${line}}"
    done
    trap - EXIT
    wait "$pid"
)
