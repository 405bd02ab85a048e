# shellcheck shell=bash
# SPDX-License-Identifier: MIT OR Apache-2.0
#
# Which suites a dependency may come from, and where they are. Sourced by `provide`.
#
#   AION_APT_ETC    the folder of apt's sources (default: /etc/apt)
#   AION_CODENAME   the release to take this machine for (default: what /etc/os-release says)

etc_apt=${AION_APT_ETC:-/etc/apt}
codename=${AION_CODENAME:-$(. /etc/os-release 2>/dev/null && printf '%s' "${VERSION_CODENAME:-}")} ||
    codename=

# What comes after a release. What is not listed is followed by testing alone.
next_release() {
    case $1 in
    bookworm) echo trixie ;;
    trixie) echo forky ;;
    esac
}

# Every suite whose main part this machine fetches packages of: "SUITE URI KEYRING" a line, in
# the order of the files. Knows both one-line (.list) and deb822 (.sources) files.
machine_suites() {
    find "$etc_apt" -maxdepth 2 -name '*.sources' -exec cat {} + -exec echo \; 2>/dev/null |
        awk '
        function flush(  i, j, n, m, u, s) {
            if (type ~ /(^| )deb( |$)/ && (" " parts " ") ~ / main / && enabled != "no") {
                n = split(suites, s, " "); m = split(uris, u, " ")
                for (i = 1; i <= n; i++) for (j = 1; j <= m; j++) print s[i], u[j], key }
            type = uris = suites = parts = key = enabled = "" }
        /^[ \t]*$/ { flush(); next }
        /^[ \t]*#/ || /^[ \t]/ { next }
        { name = tolower($1); value = $0; sub(/^[^:]*:[ \t]*/, "", value)
          if (name == "types:") { flush(); type = value }
          if (name == "uris:") uris = value
          if (name == "suites:") suites = value
          if (name == "components:") parts = value
          if (name == "enabled:") enabled = tolower(value)
          if (name == "signed-by:") key = value }
        END { flush() }'
    find "$etc_apt" -maxdepth 2 -name '*.list' -exec cat {} + 2>/dev/null |
        awk '
        $1 != "deb" { next }
        { key = ""; line = $0
          if (match(line, /\[[^]]*\]/)) {
              options = substr(line, RSTART + 1, RLENGTH - 2)
              line = substr(line, 1, RSTART - 1) substr(line, RSTART + RLENGTH)
              n = split(options, o, " ")
              for (i = 1; i <= n; i++) if (o[i] ~ /^signed-by=/) { key = o[i]; sub(/^signed-by=/, "", key) } }
          n = split(line, f, " ")
          for (i = 4; i <= n; i++) if (f[i] == "main") print f[3], f[2], key }'
}

# line_of SUITE: where the machine gets that suite from, "URI KEYRING", or nothing.
line_of() { awk -v want="$1" '$1 == want { print $2, $3; exit }' <<<"$known_suites"; }

# The families in order of preference, one a line, each "SUITE=URI=KEYRING ...". Inside one the
# newest version is best. A family comes before a newer one because the next release's OpenSSL
# 3.5 is a long-term one that Debian mends for years, while testing has whatever is newest and
# may change it tomorrow; with the release's own, nothing foreign comes in at all.
#
# A release's updates and security suites are where this machine has those of its own release:
# security has another address than the archive, which only the machine knows.
families() {
    local known_suites archive updates security key_archive key_updates key_security release next
    known_suites=$(machine_suites)
    read -r archive key_archive < <(line_of "$codename") || true
    [[ -n ${archive:-} ]] || return 1
    read -r updates key_updates < <(line_of "$codename-updates") || true
    read -r security key_security < <(line_of "$codename-security") || true
    next=$(next_release "$codename")
    for release in "$codename" $next; do
        printf '%s=%s=%s' "$release" "$archive" "${key_archive:-}"
        printf ' %s=%s=%s' "$release-updates" "${updates:-$archive}" "${key_updates:-${key_archive:-}}"
        if [[ -n ${security:-} ]]; then
            printf ' %s=%s=%s' "$release-security" "$security" "${key_security:-}"
        fi
        printf '\n'
    done
    printf '%s=%s=%s\n' testing "$archive" "${key_archive:-}"
}
