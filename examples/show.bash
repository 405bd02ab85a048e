# SPDX-License-Identifier: MIT OR Apache-2.0
# shellcheck shell=bash
#
# What the example scripts have in common, to be sourced with their arguments: commands of aion are
# shown with what they say and compared with what they should come to, in a temporary directory with
# a keystore of its own. First argument: the program; default: $AION, else `aion` on the PATH.
set -uo pipefail

example=$(basename "$0" .sh)
aion=${1:-${AION:-aion}}
aion=$(command -v "$aion") || {
    echo "$example: no aion program; build it with ./dev build" >&2
    exit 2
}
aion=$(readlink -f "$aion")

work=$(mktemp -d) || exit 2
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 2
for name in "${!AION_@}"; do unset "$name"; done
export AION_KEYSTORE_DIR=$work/keys AION_REGISTRY=registry.json
unexpected=0

if [[ -t 1 && -z ${NO_COLOR:-} ]]; then
    bold=$'\e[1m' dim=$'\e[2m' red=$'\e[31m' green=$'\e[32m' plain=$'\e[0m'
else
    bold='' dim='' red='' green='' plain=''
fi

chapter() { printf '\n%s── %s %s\n' "$bold" "$*" "$plain"; }
say() { printf '%s\n' "$*"; }

# expect CODE COMMAND...: shows a command and what it says, and compares its exit code.
expect() {
    local wanted=$1 code=0
    shift
    printf '\n%s$ aion %s%s\n' "$dim" "$(shown "$@")" "$plain"
    "$aion" "$@" >output 2>&1 </dev/null || code=$?
    sed 's/^/    /' output
    if [[ $code == "$wanted" ]]; then
        printf '    %s→ exit code %s, as it should be%s\n' "$green" "$code" "$plain"
    else
        printf '    %s→ exit code %s, but %s was expected%s\n' "$red" "$code" "$wanted" "$plain"
        unexpected=$((unexpected + 1))
    fi
}

# expect_text TEXT: the last command must have said so.
expect_text() {
    grep -qF -- "$1" output && return
    printf '    %s→ should have said: %s%s\n' "$red" "$1" "$plain"
    unexpected=$((unexpected + 1))
}

# Words as they would be typed.
shown() {
    local word line=''
    for word in "$@"; do
        if [[ $word == *[!A-Za-z0-9_./=:-]* ]]; then word="'$word'"; fi
        line+="${line:+ }$word"
    done
    printf '%s' "$line"
}

# poke FILE OFFSET: inverts the lowest bit of one byte.
poke() {
    local byte
    byte=$(od -An -tu1 -j "$2" -N 1 "$1")
    printf '%b' "\\0$(printf '%03o' $((byte ^ 1)))" |
        dd of="$1" bs=1 seek="$2" conv=notrunc status=none
}

# finish: whether every step came out as it should.
finish() {
    printf '\n'
    if ((unexpected)); then
        printf '%s%s: %s step(s) came out differently than expected%s\n' \
            "$red" "$example" "$unexpected" "$plain"
        exit 1
    fi
    printf '%s%s: everything came out as it should%s\n' "$green" "$example" "$plain"
}
