#!/usr/bin/env bash
# SPDX-License-Identifier: MIT OR Apache-2.0
#
# A tour of aion with real keys and a real registry: make a policy, change it, verify it, then
# attack it in every way that comes to mind and watch it being refused.
#
#   examples/demo.sh [PATH_OF_AION]      default: $AION, else `aion` on the PATH
#
# Everything happens in a temporary directory with a keystore of its own. Exits 0 only if every
# step came out as it should.
# shellcheck source=examples/show.bash
. "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/show.bash" || exit 2

# header_number FILE OFFSET: a little-endian 64-bit number of the header.
header_number() {
    local bytes i value=0
    read -ra bytes < <(od -An -tu1 -j "$2" -N 8 "$1")
    for ((i = 7; i >= 0; i--)); do value=$((value * 256 + bytes[i])); done
    printf '%s' "$value"
}

chapter "1. Keys: one that signs every day, and a master key that only rotates and revokes"
expect 0 key generate --id 1
expect 0 key generate --id 2
expect 0 key list

chapter "2. A registry says whose key is trusted; it is what verifiers pin"
expect 0 registry pin --author 7 --key 1 --master 2 --output registry.json

chapter "3. A policy, and the file that carries it"
cat >policy.yaml <<'POLICY'
agent: purchasing
may_spend_eur: 500
approval_above_eur: 100
POLICY
sed 's/^/    /' policy.yaml
expect 0 init policy.aion --author 7 --key 1 --rules policy.yaml --message "First policy"
cp policy.aion version-1.aion

chapter "4. The policy changes; the file keeps the whole signed history"
sed -i 's/500/250/' policy.yaml
expect 0 commit policy.aion --author 7 --key 1 --rules policy.yaml --message "Halve the budget"
expect 0 show policy.aion history
expect 0 verify policy.aion
expect_text "VALID  policy.aion  2 versions"
expect 0 show policy.aion rules
expect_text "may_spend_eur: 250"

chapter "5. Tampering: one flipped bit, anywhere"
cp policy.aion tampered.aion
poke tampered.aion $(($(stat -c %s tampered.aion) / 2))
expect 1 verify tampered.aion
expect_text "INVALID  tampered.aion"
say "An agent that asks for the rules does not get them:"
expect 1 show tampered.aion rules

chapter "6. Swapping: the sealed rules of another file, put in place of ours"
say "The seal is bound to the file, and the hash of the rules is signed: neither fits."
sed 's/250/900/' policy.yaml >greedy.yaml
expect 0 key generate --id 666
expect 2 init greedy.aion --author 7 --key 666 --rules greedy.yaml
say "Whose registry it is, the tool refuses at once; an attacker brings a tool that does not ask:"
expect 0 init greedy.aion --author 7 --key 666 --rules greedy.yaml --force-unregistered
cp policy.aion swapped.aion
# The header says at 104 where the payload begins, and at 112 how long it is (spec: file format).
payload=$(header_number policy.aion 104)
length=$(header_number policy.aion 112)
tail -c +$(($(header_number greedy.aion 104) + 1)) greedy.aion | head -c "$length" |
    dd of=swapped.aion bs=1 seek="$payload" conv=notrunc status=none
expect 1 verify swapped.aion
expect_text "payload     payload_undecryptable"

chapter "7. Forging: a stranger's key under our author's name"
expect 1 verify greedy.aion
expect_text "pubkey_substitution"
expect 2 commit policy.aion --author 7 --key 666 --rules greedy.yaml --message "Trust me"

chapter "8. Rolling back: an old version is genuine, unless you say what you have seen"
expect 0 verify version-1.aion
expect 1 verify version-1.aion --min-version 2
expect_text "history_too_short"

chapter "9. The day key leaks: the master key hands over to a new one and revokes it"
expect 0 key generate --id 3
expect 0 registry rotate --author 7 --from-epoch 0 --to-epoch 1 --new-key 3 --master-key 2 \
    --effective-from-version 3
expect 0 registry revoke --author 7 --epoch 0 --reason compromised --master-key 2 \
    --effective-from-version 3
say "What the old key signed before stays valid; it can sign nothing more."
expect 0 verify policy.aion
expect 2 commit policy.aion --author 7 --key 1 --rules greedy.yaml --message "With the stolen key"
expect 0 commit policy.aion --author 7 --key 3 --rules policy.yaml --message "Under the new key"
expect 0 verify policy.aion
expect 0 show policy.aion signatures

chapter "10. The audit: who changed what, by which right, and evidence to hand over"
expect 0 log policy.aion --oneline
expect_text "v3 "
expect 0 why policy.aion 2
expect_text "was revoked (compromised) from version 3 on"
expect 0 diff version-1.aion policy.aion --payload
expect_text "B continues A"
expect 0 report policy.aion --framework sox --format html --output report.html
expect 0 evidence policy.aion --output evidence
say "Somebody without aion checks it with openssl and b3sum:"
if command -v b3sum >/dev/null; then sh evidence/check.sh | sed 's/^/    /'; fi

finish
