# shellcheck shell=bash
# SPDX-License-Identifier: MIT OR Apache-2.0

# watched SAY LABEL LOG COMMAND...: runs COMMAND with everything it prints going to LOG, and
# says every eight seconds, through the function SAY, that it is still at it and where.
watched() {
    local say=$1 label=$2 log=$3 started=$SECONDS pid line
    shift 3
    "$@" >"$log" 2>&1 &
    pid=$!
    while ! timeout 8 tail --pid="$pid" -s 0.1 -f /dev/null; do
        line=$(tail -n 1 "$log" | tr -s '[:cntrl:]' ' ')
        # Of a compiler's command the file is enough.
        line=${line% }
        if ((${#line} > 60)); then line=${line##* }; fi
        "$say" "$label: $((SECONDS - started)) s${line:+, at ${line}}"
    done
    wait "$pid"
}
