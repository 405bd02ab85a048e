#!/bin/sh
# SPDX-License-Identifier: MIT OR Apache-2.0
# Checks the chains of signed versions in this folder with stock tools: openssl (3.0 or newer) and
# b3sum, besides sh, awk, od, dd, head and tail. Nothing of aion is used.
#
#   sh check.sh             every folder beside this script
#   sh check.sh NAME...     these folders
#
# What it checks of NAME/NAME under registry.json: the trailing hash; of each version the number,
# the hash of the version before, the author's key for that version, its signature; the payload
# beside it against what the last version signed. Exit code 0: all hold; 1: something does not.
set -u
LC_ALL=C
export LC_ALL
CDPATH='' cd -- "$(dirname -- "$0")" || exit 2
for tool in openssl b3sum awk od dd; do
    command -v "$tool" >/dev/null || { echo "check.sh: $tool is missing" >&2; exit 2; }
done
[ -f registry.json ] || { echo "check.sh: there is no registry.json beside it" >&2; exit 2; }
work=$(mktemp -d) || exit 2
trap 'rm -rf "$work"' EXIT
trap 'exit 2' HUP INT TERM

# part FILE OFFSET LENGTH: bytes of a file.
part() { tail -c +"$(($2 + 1))" "$1" | head -c "$3"; }
hex() { od -An -v -tx1 | tr -d ' \n'; }
# u64 FILE OFFSET: eight bytes as a number, the least first, in decimal.
u64() {
    part "$1" "$2" 8 | od -An -v -tu1 | awk '{
        for (i = 1; i <= NF; i++) byte[++n] = $i
    } END {
        digits[0] = 0; length_ = 1
        for (i = n; i > 0; i--) {
            carry = byte[i]
            for (d = 0; d < length_; d++) {
                sum = digits[d] * 256 + carry
                digits[d] = sum % 10
                carry = int(sum / 10)
            }
            while (carry > 0) { digits[length_++] = carry % 10; carry = int(carry / 10) }
        }
        for (d = length_ - 1; d >= 0; d--) printf "%d", digits[d]
    }'
}

# The registry as lines: AUTHOR EPOCH KEY FROM UNTIL, whatever its white space and order of members.
awk '
function fail(why) { print "registry.json: " why > "/dev/stderr"; bad = 1; exit 2 }
function blank() { while (substr(text, at, 1) ~ /[ \t\r\n]/) at++ }
function string(   from) {
    from = ++at
    while (substr(text, at, 1) != "\"") {
        if (at > length(text)) fail("it ends inside a text")
        # Two spellings of one name could mean two things to two readers.
        if (substr(text, at, 1) ~ /[\\\001-\037]/) fail("a text has an escape, which this script does not read")
        at++
    }
    return substr(text, from, at++ - from)
}
function value(path,   c, name, i, from) {
    blank()
    c = substr(text, at, 1)
    if (c == "{") {
        at++; blank()
        while (substr(text, at, 1) != "}") {
            if (substr(text, at, 1) != "\"") fail("a name is missing")
            name = string(); blank()
            if ((path sep name) in seen) fail("the name " name " stands twice")
            seen[path sep name] = 1
            if (substr(text, at, 1) != ":") fail("a colon is missing")
            at++; value(path sep name); blank()
            if (substr(text, at, 1) == ",") { at++; blank() }
        }
        at++
    } else if (c == "[") {
        at++; blank(); i = 0
        while (substr(text, at, 1) != "]") {
            value(path sep i++); blank()
            if (substr(text, at, 1) == ",") { at++; blank() }
        }
        at++; count[path] = i
    } else if (c == "\"") {
        got[path] = string()
    } else {
        from = at
        while (substr(text, at, 1) ~ /[-+.0-9a-zA-Z]/) at++
        if (at == from) fail("something else than a value")
        got[path] = substr(text, from, at - from)
    }
}
# a < b for decimal numbers of any length.
function less(a, b) { return length(a) != length(b) ? length(a) < length(b) : a "" < b "" }
function end(until, bound) { return bound != "" && (until == "-" || less(bound, until)) ? bound : until }
{ text = text $0 "\n" }
END {
    if (bad) exit 2
    # No name has this character, so that no name can pass for a path.
    sep = "\001"
    at = 1; value("")
    blank()
    if (at <= length(text)) fail("something stands behind it")
    authors = sep "authors"
    for (a = 0; a < count[authors]; a++) {
        author = authors sep a
        epochs = author sep "epochs"
        for (e = 0; e < count[epochs]; e++) {
            epoch = epochs sep e
            from = got[epoch sep "active_from_version"]
            # An epoch ends where the next one begins, or where it was revoked.
            until = end("-", got[epochs sep (e + 1) sep "active_from_version"])
            for (r = 0; r < count[author sep "revocations"]; r++) {
                record = author sep "revocations" sep r
                if (got[record sep "epoch"] == got[epoch sep "epoch"]) {
                    until = end(until, got[record sep "effective_from_version"])
                }
            }
            key = got[epoch sep "public_key"]
            gsub(/-/, "+", key); gsub(/_/, "/", key)
            while (length(key) % 4 != 0) key = key "="
            line = got[author sep "author_id"] " " got[epoch sep "epoch"] " " key " " from " " until
            if (line !~ /^[0-9]+ [0-9]+ [A-Za-z0-9+\/]+=* [0-9]+ ([0-9]+|-)$/) fail("an author is not as it should be")
            print line
        }
    }
}' registry.json >"$work/keys" || exit 2

# The epoch and key of an author for a version: the one of which the version is in the window.
key_for() {
    awk -v author="$1" -v version="$2" '
    function less(a, b) { return length(a) != length(b) ? length(a) < length(b) : a "" < b "" }
    $1 "" == author && !less(version, $4) && ($5 == "-" || less(version, $5)) { print $2, $3; exit }
    ' "$work/keys"
}

failed=0
bad() { echo "  FAILED: $*"; failed=1; chain_holds=no; }

# version FILE INDEX OFFSET SIGNATURE: checks one version, and sets `parent` to its hash.
version() {
    part "$1" "$3" 100 >"$work/body"
    part "$1" "$4" 112 >"$work/signature_entry"
    number=$(u64 "$work/body" 0)
    author=$(u64 "$work/body" 72)
    [ "$number" = "$2" ] || bad "version $2 says that it is number $number"
    [ "$(part "$work/body" 8 32 | hex)" = "$parent" ] ||
        bad "version $2 does not follow the version before it"
    parent=$(b3sum --no-names "$work/body")
    rules_hash=$(part "$work/body" 40 32 | hex)
    [ "$(u64 "$work/signature_entry" 0)" = "$author" ] || bad "version $2 is signed by another author"
    found=$(key_for "$author" "$number")
    if [ -z "$found" ]; then
        bad "the registry holds no key of author $author for version $2"
        return
    fi
    key=${found#* }
    [ "$(printf '%s' "$key" | openssl base64 -d -A | hex)" = \
        "$(part "$work/signature_entry" 8 32 | hex)" ] ||
        bad "version $2 names another key than the registry's of author $author"
    # An Ed25519 key as OpenSSL reads it (RFC 8410): twelve bytes, then the key.
    printf -- '-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VwAyEA%s\n-----END PUBLIC KEY-----\n' "$key" \
        >"$work/key.pem"
    part "$work/signature_entry" 40 64 >"$work/signature"
    { printf 'AION_V2_VERSION_SIGNATURE_V1'; cat "$work/body"; } >"$work/message"
    if openssl pkeyutl -verify -pubin -inkey "$work/key.pem" -rawin -in "$work/message" \
        -sigfile "$work/signature" >/dev/null 2>&1; then
        echo "  version $2: author $author, epoch ${found%% *}: signature holds"
    else
        bad "the signature of version $2 by author $author does not hold"
    fi
}

chain() {
    file=$1/$1
    chain_holds=yes
    echo "$1:"
    if ! [ -f "$file" ] || [ "$(part "$file" 0 6 | hex)" != 41494f4e0200 ]; then
        bad "no .aion file of format 2"
        return
    fi
    size=$(($(wc -c <"$file")))
    [ "$(head -c $((size - 32)) "$file" | b3sum --no-names)" = "$(tail -c 32 "$file" | hex)" ] ||
        bad "the trailing hash is not that of the bytes before it"
    versions=$(u64 "$file" 120)
    count=$(u64 "$file" 128)
    signatures=$(u64 "$file" 136)
    [ "$count" = "$(u64 "$file" 144)" ] || bad "not as many signatures as versions"
    # Numbers that do not fit the file are not computed with.
    for number in "$versions" "$count" "$signatures"; do
        if [ ${#number} -gt 15 ] || [ "$number" -gt "$size" ]; then
            bad "its header points behind its end"
            return
        fi
    done
    if [ "$count" -eq 0 ] || [ $((versions + count * 152)) -gt "$size" ] ||
        [ $((signatures + count * 112)) -gt "$size" ]; then
        bad "it has no versions, or they are not inside it"
        return
    fi
    parent=0000000000000000000000000000000000000000000000000000000000000000
    index=1
    while [ $index -le "$count" ]; do
        version "$file" $index $((versions + (index - 1) * 152)) \
            $((signatures + (index - 1) * 112))
        index=$((index + 1))
    done
    # Of a file that aion found INVALID the payload is not handed out.
    if ! [ -f "$1/payload" ]; then
        bad "there is no payload to be compared with what version $count signed"
    elif [ "$(b3sum --no-names "$1/payload")" != "$rules_hash" ]; then
        bad "the payload is not what version $count signed"
    fi
    if [ "$chain_holds" = yes ]; then
        echo "  HOLDS: $count versions, head $parent"
    fi
}

if [ $# -eq 0 ]; then
    for folder in */; do
        set -- "$@" "${folder%/}"
    done
fi
for name in "$@"; do
    chain "$name"
done
exit $failed
