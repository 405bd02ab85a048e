# shellcheck shell=bash
# SPDX-License-Identifier: MIT OR Apache-2.0
#
# What ./dev and the scripts beside this file have in common, to be sourced: words to the user,
# what must be installed, and building, configuring and testing a preset. Sets `root`,
# `build_root` and `jobs`.

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
build_root=$(realpath -m "${AION_BUILD_ROOT:-$root/build}")
jobs=$(nproc)

packages_build=(
    g++ cmake ninja-build pkg-config ccache
    libfmt-dev libsqlite3-dev libcli11-dev nlohmann-json3-dev libyaml-cpp-dev
    libgtest-dev libgmock-dev librapidcheck-dev libsodium-dev libbenchmark-dev
    python3 universal-ctags groff-base gpg
    b3sum cmark-gfm jq openssl patch
)
packages_sources=(make perl dpkg-dev)
# Without the first there is no aion-net, without the second it serves nothing; everything else is
# as it is.
packages_network=(libcurl4-openssl-dev libcpp-httplib-dev libpq-dev)
packages_clang=(clang-19 libclang-rt-19-dev lld-19 llvm-19)
packages_lint=(clang-19 clang-tidy-19 clang-format-19 shellcheck)

# shellcheck source=cmake/deps/watched.bash
. "$root/cmake/deps/watched.bash"

say() { printf 'dev: %s\n' "$*" >&2; }
die() {
    say "$*"
    exit 1
}

# --- what must be there first ------------------------------------------------

# need PACKAGE...: installs those that are missing, or prints how to.
need() { "$root/scripts/packages" "$@" || exit 1; }

need_clang() { need "${packages_clang[@]}"; }
need_linters() { need "${packages_lint[@]}"; }

# need_build [PRESET] [dependencies options]: also decides whether the system's own OpenSSL has
# to do, for `configure`.
system_crypto=OFF
need_build() {
    local options=()
    if [[ ${1:-} == system-crypto ]]; then options=(--system-crypto); fi
    need "${packages_build[@]}" "${packages_sources[@]}"
    local package
    for package in "${packages_network[@]}"; do
        "$root/scripts/packages" "$package" ||
            say "no $package: aion-net, which talks to networks, is not built, or not in full"
    done
    case ${1:-} in asan | tsan | fuzz | coverage | clang) need_clang ;; esac
    system_crypto=$("$root/scripts/dependencies" "${options[@]}" "${@:2}") ||
        die "what the build needs is not there"
}

# --- building ----------------------------------------------------------------

# configure PRESET: also holds the tree's lock until this script ends, so that two
# of them do not write the same build tree.
configure() {
    local tree=$build_root/$1
    mkdir -p "$tree"
    exec {lock}>"$tree/.dev.lock"
    flock -n "$lock" || {
        say "another ./dev is using $tree; waiting"
        flock "$lock"
    }
    say "configuring $1"
    watched say "configuring $1" "$tree/configure.log" env -C "$root" cmake --preset "$1" \
        -B "$tree" "-DAION_SYSTEM_CRYPTO=$system_crypto" || {
        tail -n 30 "$tree/configure.log" >&2
        die "configuring $1 failed (see $tree/configure.log)"
    }
    grep -A4 'CMake Warning' "$tree/configure.log" >&2 || true
}

# build PRESET [TARGET...]
build() {
    local preset=$1
    shift
    need_build "$preset"
    configure "$preset"
    say "building $preset${*:+ ($*)}"
    local targets=()
    if (($#)); then targets=(--target "$@"); fi
    cmake --build "$build_root/$preset" -j "$jobs" "${targets[@]}" 2>&1 |
        "$root/scripts/heartbeat" "building $preset" || die "building $preset failed"
}

# run_ctest PRESET [ctest arguments]
run_ctest() {
    local preset=$1
    shift
    say "testing $preset"
    "$root/scripts/run_tests" "$build_root/$preset" -j "$jobs" --output-on-failure \
        --no-tests=error --progress "$@" || die "tests failed in $preset"
}

# Instrumented arithmetic is some thirty times slower; the release tests run all of it.
shorten_tests() {
    export AION_DIFFERENTIAL=${AION_DIFFERENTIAL:-3000} AION_COMMITS=${AION_COMMITS:-8}
    export AION_SWEEP=${AION_SWEEP:-5} AION_MODEL_RUNS=${AION_MODEL_RUNS:-100}
    export AION_POWER_SEEDS=${AION_POWER_SEEDS:-3} AION_POWER_HISTORIES=${AION_POWER_HISTORIES:-2}
}
