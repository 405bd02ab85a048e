# shellcheck shell=bash
# SPDX-License-Identifier: MIT OR Apache-2.0
#
# How each dependency is made of a package that lies in the current folder. Sourced by
# `provide`. A recipe leaves the whole thing in `out`, its version in `out/VERSION`; what
# it prints goes into a log. It answers with false when something fails, which the caller
# takes for "try another version".

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)

openssl_options() { grep -Ev '^(#|$)' "$here/openssl.options"; }

at_least() { dpkg --compare-versions "$1" ge "$2"; }
openssl_is_new_enough() { at_least "$1" 3.5; }
blake3_is_new_enough() { at_least "$1" 1.8; }
any_version() { true; }

unpack_source() { dpkg-source -x ./*.dsc source; }

# version_of_source: the upstream version that the package says it is.
version_of_source() { sed -n 's/^Version: *\([0-9.]*\).*/\1/p' ./*.dsc | head -n 1; }

make_openssl() {
    local options
    mapfile -t options < <(openssl_options)
    unpack_source || return
    (
        cd source &&
            ./Configure --prefix=/usr --libdir=lib --openssldir=/etc/ssl \
                "-ffile-prefix-map=$PWD=." "${options[@]}" &&
            make -j"$(nproc)" build_generated libcrypto.a
    ) || return
    mkdir -p out/lib out/include/openssl &&
        cp source/libcrypto.a out/lib/ &&
        cp source/include/openssl/*.h out/include/openssl/ &&
        cp source/LICENSE.txt out/ &&
        version_of_source >out/VERSION
}

make_blake3() {
    local c
    dpkg-deb -x ./*.deb unpacked || return
    c=$(find unpacked -type f -name blake3_dispatch.c -printf '%h\n' | head -n 1)
    [[ -n $c ]] || {
        echo "E: the package holds no BLAKE3 C sources"
        return 1
    }
    mkdir out && cp "$c"/blake3*.c "$c"/blake3*.h "$c"/blake3*_unix.S out/ || return
    if [[ -f $c/blake3_tbb.cpp ]]; then cp "$c/blake3_tbb.cpp" out/ || return; fi
    sed -n 's/^#define BLAKE3_VERSION_STRING "\(.*\)"/\1/p' "$c/blake3.h" >out/VERSION
}
