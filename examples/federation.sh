#!/usr/bin/env bash
# SPDX-License-Identifier: MIT OR Apache-2.0
#
# A clinic and a laboratory release a model together. Each has a registry of its own, and takes the
# other's signature only from keys that a TPM of a machine known to it vouches for. Shown is what
# makes such a binding VALID, and what is refused: another key, a stale nonce, another machine.
#
#   examples/federation.sh [PATH_OF_AION]      default: $AION, else `aion` on the PATH
#
# With TPM2TOOLS_TCTI set (tpm2-tools 5), the TPM that it names, a real one or swtpm, makes the
# attestation keys and quotes; else pretend_tpm.py does, which shows the same and proves nothing.
# Exits 0 only if every step came out as it should.

here=$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")
# shellcheck source=examples/show.bash
. "$here/show.bash" || exit 2

# tpm: what is asked of it goes to a file that is shown only if it fails.
tpm() {
    "$@" >tpm.txt 2>&1 && return
    printf '%s failed:\n' "$1" >&2
    cat tpm.txt >&2
    exit 2
}

# make_key NAME: an attestation key, NAME.pub, NAME.name. quote NAME QUALIFYING: NAME.msg, NAME.sig
# and NAME.pcrs, for the PCRs 0 and 7.
if [[ -n ${TPM2TOOLS_TCTI:-} ]]; then
    tpm tpm2_createek -c ek.ctx -G ecc -u ek.pub
    flush() {
        tpm tpm2_flushcontext -t
        tpm tpm2_flushcontext -s
    }
    flush
    make_key() {
        tpm tpm2_createak -C ek.ctx -c "$1.ctx" -G ecc -g sha256 -s ecdsa -u "$1.pub" -n "$1.name"
        flush
    }
    quote() {
        tpm tpm2_quote -c "$1.ctx" -l sha256:0,7 -q "$2" -m "$1.msg" -s "$1.sig" -o "$1.pcrs" \
            --pcrs_format values
        flush
    }
else
    make_key() { tpm python3 "$here/pretend_tpm.py" key "$1"; }
    quote() { tpm python3 "$here/pretend_tpm.py" quote "$1" "$2"; }
fi

# hex FILE [OFFSET [LENGTH]]
hex() { od -An -v -tx1 -j "${2:-0}" ${3:+-N "$3"} "$1" | tr -d ' \n'; }

# challenge AUTHOR REGISTRY: sets nonce and qualifying.
challenge() {
    expect 0 hardware challenge --author "$1" --registry "$2"
    nonce=$(sed -n 's/^Nonce: //p' output)
    qualifying=$(sed -n 's/^Qualifying Data: //p' output)
}

# bind CODE AUTHOR REGISTRY MASTER NONCE MACHINE FILE
bind() {
    expect "$1" hardware bind --author "$2" --registry "$3" --master-key "$4" --nonce "$5" \
        --quote-message "$6.msg" --quote-signature "$6.sig" --ak-public "$6.pub" \
        --quote-pcrs "$6.pcrs" --output "$7"
}

chapter "1. Who is in the federation: two registries, each with its own root"
for key in 100 1001 1002 9001 9002 200 2001 9003; do
    "$aion" key generate --id "$key" --quiet
done >keys.txt
expect 0 registry init --output clinic.json --root-key 100
expect 0 registry pin --registry clinic.json --name alice --author 1001 --key 1001 --master-key 9001
expect 0 registry pin --registry clinic.json --name bob --author 1002 --key 1002 --master-key 9002
expect 0 registry init --output lab.json --root-key 200
expect 0 registry pin --registry lab.json --name carol --author 2001 --key 2001 --master-key 9003

chapter "2. The machines: whoever stands at them writes down the names of their attestation keys"
for machine in alices bobs carols; do
    make_key "$machine"
    printf '%-7s %s\n' "$machine" "$(hex "$machine.name")"
done
alices=$(hex alices.name) bobs=$(hex bobs.name) carols=$(hex carols.name)

chapter "3. The laboratory asks for alice's key: her TPM answers, her master key signs"
challenge alice clinic.json
quote alices "$qualifying"
bind 0 alice clinic.json 9001 "$nonce" alices alice.json
alices_nonce=$nonce
booted=$(hex alices.pcrs 32 32)
expect 0 hardware verify alice.json --registry clinic.json --ak "$alices" --ak "$bobs" \
    --nonce "$nonce" --pcr "sha256:7=$booted"
say "And the clinic for carol's:"
challenge carol lab.json
quote carols "$qualifying"
bind 0 carol lab.json 9003 "$nonce" carols carol.json
expect 0 hardware verify carol.json --registry lab.json --ak "$carols" --nonce "$nonce"

chapter "4. A quote is for one key: that for alice's says nothing of bob's"
challenge bob clinic.json
bind 1 bob clinic.json 9002 "$alices_nonce" alices bob.json
expect_text "another key or with another nonce"
quote bobs "$qualifying"
bind 0 bob clinic.json 9002 "$nonce" bobs bob.json
expect 0 hardware verify bob.json --registry clinic.json --ak "$alices" --ak "$bobs"
say "Nor does her binding when somebody writes his key into it, or his number:"
key_in() { sed -n 's/.*"public_key": "\(.*\)",/\1/p' "$1"; }
sed "s|$(key_in alice.json)|$(key_in bob.json)|" alice.json >other-key.json
expect 1 hardware verify other-key.json --registry clinic.json --ak "$alices"
expect_text "another epoch or key"
sed 's/"author_id": 1001/"author_id": 1002/' other-key.json >other-author.json
expect 1 hardware verify other-author.json --registry clinic.json --ak "$alices"
expect_text "master"

chapter "5. A nonce is for one question: yesterday's answer to today's"
challenge alice clinic.json
bind 1 alice clinic.json 9001 "$nonce" alices stale.json
expect 1 hardware verify alice.json --registry clinic.json --ak "$alices" --nonce "$nonce"
expect_text "the nonce is not the one that was asked for"
quote alices "$qualifying"
bind 0 alice clinic.json 9001 "$nonce" alices fresh.json
expect 0 hardware verify fresh.json --registry clinic.json --ak "$alices" --nonce "$nonce"

chapter "6. A machine that nobody knows, and one that started something else"
say "Whoever has alice's master key can bind her key to any TPM, or to none. It does not help:"
make_key strangers
quote strangers "$qualifying"
bind 0 alice clinic.json 9001 "$nonce" strangers elsewhere.json
expect 1 hardware verify elsewhere.json --registry clinic.json --ak "$alices" --ak "$bobs"
say "Without the master key a binding is nothing either, here one of bob's:"
bind 2 alice clinic.json 9002 "$nonce" alices unsigned.json
say "And a machine vouches for what it started:"
expect 1 hardware verify fresh.json --registry clinic.json --ak "$alices" \
    --pcr "sha256:7=${booted//[0-9]/f}"

chapter "7. The joint release: each signs under its own registry, with a key that was bound"
mkdir model
echo 'weights' >model/model.bin
expect 0 manifest create model --author alice --key 1001 --registry clinic.json \
    --output release.manifest
expect 0 manifest sign release.manifest --author carol --key 2001 --registry lab.json
expect 0 manifest verify release.manifest model --registry clinic.json --author alice
expect 0 manifest verify release.manifest model --registry lab.json --author carol
say "A registry speaks for its own people only:"
expect 2 manifest verify release.manifest model --registry clinic.json --author 2001
expect 1 hardware verify carol.json --registry clinic.json --ak "$carols"

chapter "8. The clinic's machines have a flaw: the laboratory strikes them off its list"
expect 1 hardware verify fresh.json --registry clinic.json --ak "$carols"
expect 0 hardware verify carol.json --registry lab.json --ak "$carols"
say "And where a key is revoked, no machine helps:"
expect 0 registry revoke --registry clinic.json --author alice --epoch 0 --reason compromised \
    --effective-from-version 1
expect 1 hardware verify fresh.json --registry clinic.json --ak "$alices"

finish
