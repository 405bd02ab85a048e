#!/usr/bin/env bash
# SPDX-License-Identifier: MIT OR Apache-2.0
#
# Five banks share the rules of a fraud filter, and none may change them alone: three have to sign
# each version. One hands its key over, one loses its key to a thief, and all of them get ready for
# quantum computers. Each step shows what it makes VALID or INVALID, and why.
#
#   examples/consortium.sh [PATH_OF_AION]      default: $AION, else `aion` on the PATH
#
# All keys lie in one temporary keystore here; in earnest each bank keeps its own, and files and
# signatures travel. Exits 0 only if every step came out as it should.

# shellcheck source=examples/show.bash
. "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/show.bash" || exit 2

banks=(north south east west harbour)
declare -A id=([north]=1001 [south]=1002 [east]=1003 [west]=1004 [harbour]=1005)
# A master key's id is its bank's with a 9 before it; 2000 and 92000 are the secretariat's.

chapter "1. The members: a registry whose root keys three banks keep, and two have to use"
post_quantum=()
if "$aion" --version | grep -qF 'ML-DSA: available'; then post_quantum=(--hybrid); fi
for key in 501 502 503 2000 92000; do
    "$aion" key generate --id "$key" --quiet
done >keys.txt
for bank in "${banks[@]}"; do
    "$aion" key generate --id "${id[$bank]}" "${post_quantum[@]}" --quiet
    "$aion" key generate --id "9${id[$bank]}" --quiet
done >>keys.txt
expect 0 registry init --output registry.json --root-key 501 --root-key 502 --root-key 503 \
    --threshold 2 --note "Consortium agreement"
for bank in "${banks[@]}"; do
    expect 0 registry pin --name "$bank" --author "${id[$bank]}" --key "${id[$bank]}" \
        --master-key "9${id[$bank]}"
done
expect 0 registry pin --name secretariat --author 2000 --key 2000 --master-key 92000

chapter "2. The signing policy: three of five. It is a file with a history, too"
echo 'any 3 of north,south,east,west,harbour' >quorum.txt
expect 0 init quorum.aion --author secretariat --key 2000 --rules quorum.txt --message "As agreed"
quorum=(--require-file quorum.aion --require-file-author secretariat)

chapter "3. North writes version 1, which counts once two others have signed it"
echo 'block_above_eur: 5000' >rules.yaml
expect 0 init policy.aion --author north --key 1001 --rules rules.yaml --message "First rules"
say "As a file of an author of the registry it is VALID, for the consortium it is not:"
expect 0 verify policy.aion
expect 1 verify policy.aion "${quorum[@]}"
expect_text "threshold_not_met"
expect 0 attest add policy.aion --author south --key 1002
say "Who signs twice is still one:"
expect 0 attest add policy.aion --author south --key 1002
expect 1 attest verify policy.aion "${quorum[@]}"
expect_text "signed by 2 of"
say "With a key that is not the bank's nothing is signed at all:"
expect 2 attest add policy.aion --author east --key 2000
expect_text "Key mismatch"
expect 0 attest add policy.aion --author east --key 1003
expect 0 attest verify policy.aion "${quorum[@]}"
say "North would rather have it easier, and sets another policy:"
cp quorum.aion easier.aion
echo 'any 1 of north' >easier.txt
expect 0 commit easier.aion --author north --key 1001 --rules easier.txt --message "Easier"
expect 2 verify policy.aion --require-file easier.aion --require-file-author secretariat
expect_text "version 2 is by north (1001); allowed are only secretariat (2000)"
rm easier.aion

chapter "4. West writes version 2: what was signed before was another version"
echo 'block_above_eur: 3000' >rules.yaml
expect 0 commit policy.aion --author west --key 1004 --rules rules.yaml --message "Be stricter"
expect 1 attest verify policy.aion "${quorum[@]}"
expect_text "2 of other versions"
expect 0 attest add policy.aion --author south --key 1002
expect 0 attest add policy.aion --author harbour --key 1005
expect 0 attest verify policy.aion "${quorum[@]}"

chapter "5. South hands over to a new key"
expect 0 key generate --id 1012 "${post_quantum[@]}"
say "Another bank's master key has no say in that:"
expect 2 registry rotate --author south --new-key 1012 --master-key 91001 --inventory .
expect 0 registry rotate --author south --new-key 1012 --inventory . --note "Yearly"
say "What the old key signed stays, and it signs no more:"
expect 0 attest verify policy.aion "${quorum[@]}"
echo 'block_above_eur: 3500' >rules.yaml
expect 0 commit policy.aion --author harbour --key 1005 --rules rules.yaml --message "A bit less"
expect 0 attest add policy.aion --author north --key 1001
expect 2 attest add policy.aion --author south --key 1002
expect 1 attest verify policy.aion "${quorum[@]}"
expect 0 attest add policy.aion --author south --key 1012
expect 0 attest verify policy.aion "${quorum[@]}"

chapter "6. A thief has the key of east, which revokes it and goes on with a new one"
echo 'block_above_eur: 3400' >rules.yaml
expect 0 commit policy.aion --author north --key 1001 --rules rules.yaml --message "A bit more"
expect 0 attest add policy.aion --author west --key 1004
expect 0 attest add policy.aion --author east --key 1003
expect 0 attest verify policy.aion "${quorum[@]}"
cp registry.json earlier-registry.json
expect 0 registry revoke --author east --epoch 0 --reason compromised --inventory . \
    --unlisted never --note "Break-in"
expect 0 key generate --id 1013 "${post_quantum[@]}"
expect 0 registry rotate --author east --new-key 1013 --inventory .
say "An attestation says nowhere when it was made: the thief may have made this one today."
expect 1 attest verify policy.aion "${quorum[@]}"
expect_text "revoked_key"
expect 0 attest add policy.aion --author harbour --key 1005
expect 0 attest verify policy.aion "${quorum[@]}"
say "The thief knows a registry from before, and would be the third for the next version:"
echo 'block_above_eur: 3300' >rules.yaml
expect 0 commit policy.aion --author west --key 1004 --rules rules.yaml --message "And more"
expect 0 attest add policy.aion --author south --key 1012
expect 0 attest add policy.aion --author east --key 1003 --registry earlier-registry.json
expect 1 attest verify policy.aion "${quorum[@]}"
expect_text "other_key"
say "It is in nobody's way, east itself is the third:"
expect 0 attest add policy.aion --author east --key 1013
expect 0 attest verify policy.aion "${quorum[@]}"

if ((${#post_quantum[@]} == 0)); then
    say "This aion was built without ML-DSA: the last chapter is left out."
    finish
    exit
fi

chapter "7. Should somebody forge Ed25519 one day: three banks sign with ML-DSA, too"
for signer in north:1001 south:1012 west:1004; do
    expect 0 registry hybrid --author "${signer%:*}" --key "${signer#*:}"
done
expect 0 show policy.aion rules --output agreed.yaml
for signer in north:1001 south:1012 west:1004; do
    expect 0 hybrid sign agreed.yaml --author "${signer%:*}" --key "${signer#*:}" \
        --output "${signer%:*}.hybrid"
    expect 0 hybrid verify agreed.yaml "${signer%:*}.hybrid" --author "${signer%:*}"
done
say "Either half alone is nothing. The first one changed, then the second (docs/cli-hybrid.md):"
cp north.hybrid forged.hybrid
poke forged.hybrid 50
expect 1 hybrid verify agreed.yaml forged.hybrid --author north
expect_text "the Ed25519 half does not hold"
cp north.hybrid forged.hybrid
poke forged.hybrid 2000
expect 1 hybrid verify agreed.yaml forged.hybrid --author north
expect_text "the ML-DSA-65 half does not hold"
say "Both halves whole, but of a key of the bank's that nobody vouched for, or of another bank:"
expect 0 hybrid sign agreed.yaml --author harbour --key 1005 --output harbour.hybrid
expect 1 hybrid verify agreed.yaml harbour.hybrid --author harbour
expect 1 hybrid verify agreed.yaml south.hybrid --author north
say "And another text:"
expect 1 hybrid verify quorum.txt north.hybrid --author north

finish
