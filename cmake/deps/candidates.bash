# shellcheck shell=bash
# SPDX-License-Identifier: MIT OR Apache-2.0
#
# Finding and fetching versions of a package, one suite at a time. Sourced by `provide`, which
# sets `work`, the folder of this run, and `etc_apt`.
#
# Every suite has a private apt root of its own: one that is broken spoils no other, and what
# is found is known to come from there. apt verifies all of it against the machine's keyring;
# the system's own apt state is not touched.

export LC_ALL=C
: "${work=}" "${etc_apt=/etc/apt}"

# suite_config ROOT SUITE URI KEYRING KIND: writes the private root. KIND is what is looked
# for: `source` or `binary`.
suite_config() {
    local root=$1 suite=$2 uri=$3 key=$4 kind=$5 type=deb target=Packages
    if [[ $kind == source ]]; then type=deb-src target=Sources; fi
    mkdir -p "$root"/{lists/partial,archives/partial,parts}
    : >"$root/status"
    {
        printf '%s\n' "Types: $type" "URIs: $uri" "Suites: $suite" "Components: main" \
            "Targets: $target"
        [[ -f $key ]] || key=/usr/share/keyrings/debian-archive-keyring.gpg
        if [[ -f $key ]]; then printf 'Signed-By: %s\n' "$key"; fi
    } >"$root/aion.sources"
    cat >"$root/apt.conf" <<CONF
Dir::Etc "$etc_apt";
Dir::State "$root";
Dir::State::lists "$root/lists";
Dir::State::status "$root/status";
Dir::Cache "$root";
Dir::Cache::archives "$root/archives";
Dir::Etc::sourcelist "$root/aion.sources";
Dir::Etc::sourceparts "$root/parts";
Dir::Etc::preferences "$root/preferences";
Dir::Etc::preferencesparts "$root/parts";
Acquire::Languages "none";
Acquire::Retries "1";
Acquire::http::Timeout "20";
Acquire::https::Timeout "20";
APT::Sandbox::User "";
CONF
}

# root_of SUITE KIND
root_of() { printf '%s/apt/%s-%s' "$work" "$1" "$2"; }

# in_suite SUITE KIND COMMAND...: a command of apt in the suite's root. Proxies, and whether
# an old index will do, are the machine's affair; that what is linked is signed, is ours.
in_suite() {
    local suite=$1 kind=$2 command=$3
    shift 3
    APT_CONFIG=$(root_of "$suite" "$kind")/apt.conf "$command" \
        -o APT::Get::AllowUnauthenticated=false -o Acquire::AllowInsecureRepositories=false \
        -o Acquire::AllowDowngradeToInsecureRepositories=false "$@"
}

# first_complaint LOG: what went wrong, in one line, without what is the same for every failure.
first_complaint() {
    local line
    line=$(grep -m 1 '^E: ' "$1" || grep -m 1 '^make: \*\*\* .* Error' "$1" ||
        grep -m 1 '^W: ' "$1" || tail -n 1 "$1") || true
    line=${line#[EW]: }
    # Some say on the line after what they mean.
    if [[ $line == *' Failed to fetch '* || $line == 'Failed to fetch '* ]]; then
        line=${line#Failed to fetch }
    fi
    printf '%s\n' "${line:-no reason given}" | tr -s ' \t' ' '
}

# read_suites KIND FAMILY: reads the indexes of a family, all suites at a time, those that this
# run has not read. What a suite says when it cannot be read is left in its root, in `failed`.
read_suites() {
    local kind=$1 entry suite uri key root
    shift
    for entry in "$@"; do
        IFS='=' read -r suite uri key <<<"$entry"
        root=$(root_of "$suite" "$kind")
        [[ -d $root ]] && continue
        suite_config "$root" "$suite" "$uri" "$key" "$kind"
        (
            # A mirror that cannot be reached is but a warning to apt.
            if ! in_suite "$suite" "$kind" apt-get -q update >"$root/log" 2>&1 ||
                grep -qE '^W: (Failed to fetch|Some index files)' "$root/log"; then
                first_complaint "$root/log" >"$root/failed"
            fi
        ) &
    done
    wait
}

# versions_in SUITE KIND PACKAGE
versions_in() {
    in_suite "$1" "$2" apt-cache madison "$3" 2>/dev/null |
        awk -F ' *[|] *' -v want="$3" '{ sub(/^ */, "", $1) } $1 == want { print $2 }' | sort -u
}

# upstream VERSION: without epoch and Debian revision.
upstream() {
    local version=${1#*:}
    printf '%s\n' "${version%-*}"
}

# candidates KIND PACKAGE TEST FAMILY...: "VERSION SUITE" a line, newest first, for those that
# the command TEST accepts the upstream version of.
candidates() {
    local kind=$1 package=$2 test=$3 entry suite version
    shift 3
    for entry in "$@"; do
        suite=${entry%%=*}
        while read -r version; do
            if [[ -n $version ]] && "$test" "$(upstream "$version")"; then
                printf '%s %s\n' "$version" "$suite"
            fi
        done < <(versions_in "$suite" "$kind" "$package")
    done | newest_first
}

# Lines that begin with a Debian version, by apt's own idea of newer.
newest_first() {
    local lines=() line at
    while read -r line; do
        for ((at = 0; at < ${#lines[@]}; at++)); do
            dpkg --compare-versions "${line%% *}" gt "${lines[at]%% *}" && break
        done
        lines=("${lines[@]:0:at}" "$line" "${lines[@]:at}")
    done
    if ((${#lines[@]})); then printf '%s\n' "${lines[@]}"; fi
}

# fetch KIND PACKAGE VERSION SUITE: into the current folder, verified.
fetch() {
    case $1 in
    source)
        in_suite "$4" source apt-get -q source --download-only --only-source "$2=$3"
        ;;
    binary) in_suite "$4" binary apt-get -q download "$2=$3" ;;
    esac
}
