#!/usr/bin/env python3
# SPDX-License-Identifier: MIT OR Apache-2.0
"""A registry's chain of signed records, made from docs/registry.md and the standards alone.

usage: make_chain.py           writes chain.json and registry.json beside this script
       make_chain.py --check   exit code 1 if they say anything else than what would be written

Nothing of the library is used: BLAKE3 and Ed25519 (RFC 8032) are written out below.
"""

import base64
import hashlib
import json
import pathlib
import struct
import sys

FOLDER = pathlib.Path(__file__).resolve().parent
ROTATION, REVOCATION = 1, 2
REASONS = {1: "Compromised", 2: "Superseded", 3: "Retired", 255: "Unspecified"}
DOMAIN = b"AION_V2_REGISTRY_RECORD_V1"

# --- BLAKE3, as far as hashing needs it -----------------------------------------------------------

IV = (0x6A09E667, 0xBB67AE85, 0x3C6EF372, 0xA54FF53A,
      0x510E527F, 0x9B05688C, 0x1F83D9AB, 0x5BE0CD19)
ORDER = (2, 6, 3, 10, 7, 0, 4, 13, 1, 11, 12, 5, 9, 14, 15, 8)
CHUNK_START, CHUNK_END, PARENT, ROOT = 1, 2, 4, 8
MASK = 0xFFFFFFFF


def rotated(word, count):
    return (word >> count) | (word << (32 - count)) & MASK


def mix(state, a, b, c, d, x, y):
    for word, turn_d, turn_b in ((x, 16, 12), (y, 8, 7)):
        state[a] = (state[a] + state[b] + word) & MASK
        state[d] = rotated(state[d] ^ state[a], turn_d)
        state[c] = (state[c] + state[d]) & MASK
        state[b] = rotated(state[b] ^ state[c], turn_b)


def compress(chaining, block, counter, length, flags):
    words = list(struct.unpack("<16I", block.ljust(64, b"\0")))
    state = [*chaining, *IV[:4], counter & MASK, counter >> 32, length, flags]
    for _ in range(7):
        for i in range(4):
            mix(state, i, 4 + i, 8 + i, 12 + i, words[2 * i], words[2 * i + 1])
        for i in range(4):
            mix(state, i, 4 + (i + 1) % 4, 8 + (i + 2) % 4, 12 + (i + 3) % 4,
                words[8 + 2 * i], words[9 + 2 * i])
        words = [words[i] for i in ORDER]
    return tuple(state[i] ^ state[i + 8] for i in range(8))


def tree(data, first_chunk, flags):
    """The chaining value of some chunks, of which `first_chunk` is the number of the first."""
    if len(data) > 1024:
        left = 1024
        while left * 2 < len(data):
            left *= 2
        both = (tree(data[:left], first_chunk, 0)
                + tree(data[left:], first_chunk + left // 1024, 0))
        return compress(IV, struct.pack("<16I", *both), 0, 64, PARENT | flags)
    chaining = IV
    blocks = [data[at:at + 64] for at in range(0, len(data), 64)] or [b""]
    for number, block in enumerate(blocks):
        own = CHUNK_START if number == 0 else 0
        if number == len(blocks) - 1:
            own |= CHUNK_END | flags
        chaining = compress(chaining, block, first_chunk, len(block), own)
    return chaining


def blake3(data):
    return struct.pack("<8I", *tree(data, 0, ROOT))


# --- Ed25519, RFC 8032 section 6 ------------------------------------------------------------------

P = 2**255 - 19
Q = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, -1, P) % P
BASE_Y = 4 * pow(5, -1, P) % P


def recovered_x(y, is_odd):
    square = (y * y - 1) * pow(D * y * y + 1, -1, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * pow(2, (P - 1) // 4, P) % P
    return P - x if (x & 1) != is_odd else x


BASE = (recovered_x(BASE_Y, 0), BASE_Y)


def added(one, other):
    (x1, y1), (x2, y2) = one, other
    product = D * x1 * x2 * y1 * y2 % P
    return ((x1 * y2 + x2 * y1) * pow(1 + product, -1, P) % P,
            (y1 * y2 + x1 * x2) * pow(1 - product, -1, P) % P)


def multiplied(number, point):
    total = (0, 1)
    while number:
        if number & 1:
            total = added(total, point)
        point = added(point, point)
        number >>= 1
    return total


def encoded(point):
    return (point[1] | (point[0] & 1) << 255).to_bytes(32, "little")


def sha512_number(*parts):
    return int.from_bytes(hashlib.sha512(b"".join(parts)).digest(), "little")


class Key:
    """The key whose seed is 32 times `filler`."""

    def __init__(self, filler):
        hashed = hashlib.sha512(bytes([filler]) * 32).digest()
        number = int.from_bytes(hashed[:32], "little")
        self.scalar = number & (1 << 254) - 8 | 1 << 254
        self.prefix = hashed[32:]
        self.public = encoded(multiplied(self.scalar, BASE))

    def sign(self, message):
        secret = sha512_number(self.prefix, message) % Q
        begin = encoded(multiplied(secret, BASE))
        challenge = sha512_number(begin, self.public, message) % Q
        return begin + ((secret + challenge * self.scalar) % Q).to_bytes(32, "little")


KEYS = {}


def key(filler):
    if filler not in KEYS:
        KEYS[filler] = Key(filler)
    return KEYS[filler]


# --- Records, docs/registry.md#records ------------------------------------------------------------

def text(words):
    encoded_words = words.encode()
    return struct.pack("<H", len(encoded_words)) + encoded_words


def points(listed):
    out = struct.pack("<I", len(listed))
    for version, fill, file_id, name in listed:
        out += (struct.pack("<Q", version) + bytes([fill]) * 32 + struct.pack("<Q", file_id)
                + text(name))
    return out


def bound(unlisted, listed=()):
    return unlisted, listed


def bound_bytes(until):
    return struct.pack("<Q", until[0]) + points(until[1])


# Each gives the kind's code, its bytes, and what it does to authors as a reader keeps them.

def root(fillers, threshold):
    keys = sorted(key(filler).public for filler in fillers)
    facts = struct.pack("<I", len(keys)) + b"".join(keys) + struct.pack("<H", threshold)
    return 1, facts, lambda authors: None


def about(kind, author, facts, change):
    return kind, struct.pack("<Q", author) + facts, lambda authors: change(authors[author])


def epoch_with(operational):
    return {"key": key(operational).public, ROTATION: [], REVOCATION: [], "reason": None}


def registration(author, name, contact, master, operational, active_from):
    kind, facts, _ = about(2, author, text(name) + text(contact) + key(master).public
                           + key(operational).public + struct.pack("<Q", active_from), None)
    begun = {"master": key(master).public, "from": active_from, "is_scoped": False,
             "epochs": [epoch_with(operational)]}
    return kind, facts, lambda authors: authors.update({author: begun})


def rotation(author, from_epoch, to, until):
    def change(known):
        known["epochs"][from_epoch][ROTATION].append(until)
        known["epochs"].append(epoch_with(to))
    facts = struct.pack("<I", from_epoch) + key(to).public + bound_bytes(until)
    return about(3, author, facts, change)


def revocation(author, epoch, reason, until):
    def change(known):
        known["epochs"][epoch][REVOCATION].append(until)
        known["epochs"][epoch]["reason"] = REASONS[reason]
    return about(4, author, struct.pack("<IH", epoch, reason) + bound_bytes(until), change)


def tightening(author, epoch, end, until):
    facts = struct.pack("<IB", epoch, end) + bound_bytes(until)
    return about(5, author, facts, lambda known: known["epochs"][epoch][end].append(until))


def extension(author, epoch, end, until):
    facts = struct.pack("<IB", epoch, end) + bound_bytes(until)
    return about(6, author, facts, lambda known: known["epochs"][epoch].update({end: [until]}))


def renaming(author, name, contact):
    return about(7, author, text(name) + text(contact), lambda known: None)


def rekeying(author, master):
    change = {"master": key(master).public}
    return about(8, author, key(master).public, lambda known: known.update(change))


def scope(author, histories):
    flag = bytes([histories is not None])
    change = {"is_scoped": histories is not None}
    facts = flag + (points(histories) if histories is not None else b"")
    return about(9, author, facts, lambda known: known.update(change))


def expiry(at):
    facts = bytes([at is not None]) + (struct.pack("<Q", at) if at is not None else b"")
    return 10, facts, lambda authors: None


def hybrid(author, epoch, post_quantum):
    return about(11, author, struct.pack("<I", epoch) + post_quantum, lambda known: None)


ALICE, BOB = 1001, 1002
CONTRACT = (4, 0xC4, 0x1122334455667788, "contracts/nda.aion")
POLICY = (7, 0xC7, 0x99AABBCCDDEEFF00, "policy – draft.aion")

# What each record says, who signs it, and why.
CHAIN = [
    (root([0xA1, 0xA2, 0xA3], 2), [0xA1, 0xA2], "begin: three of us, two sign"),
    (registration(ALICE, "alice", "Alice <alice@example.com>", 0x91, 0x11, 0), [0xA1, 0xA3], ""),
    (registration(BOB, "", "", 0x92, 0x22, 1), [0xA2, 0xA3], "seen in person"),
    (rotation(ALICE, 0, 0x12, bound(9, [CONTRACT, POLICY])), [0x91], "new laptop"),
    (revocation(ALICE, 0, 1, bound(0, [CONTRACT])), [0xA1, 0xA2], "old laptop was stolen"),
    (tightening(ALICE, 0, ROTATION, bound(6)), [0x91], "it was lost earlier"),
    (extension(ALICE, 0, REVOCATION, bound(2, [CONTRACT])), [0xA1, 0xA2], "found: a typo"),
    (renaming(BOB, "bób", "bob@example.com, +1 555 0100"), [0xA1, 0xA2], ""),
    (rekeying(BOB, 0x93), [0xA2, 0xA3], "master key lost"),
    (scope(BOB, [POLICY]), [0xA1, 0xA2], "a contractor"),
    (scope(BOB, []), [0xA1, 0xA2], "on leave"),
    (scope(BOB, None), [0xA1, 0xA2], "back, employed"),
    (expiry(1_800_000_000_000_000_000), [0xA1, 0xA2], "yearly"),
    (root([0xA2, 0xA4], 1), [0xA1, 0xA2], "smaller"),
    (expiry(None), [0xA4], ""),
    (hybrid(ALICE, 1, bytes(i % 251 for i in range(1952))), [0x91], "both halves"),
]


def records():
    previous = bytes(32)
    for number, ((kind, facts, _), signers, reason) in enumerate(CHAIN):
        time = 1_700_000_000_000_000_000 + number
        body = (struct.pack("<BBQ", 1, kind, number) + previous + struct.pack("<Q", time)
                + text(reason) + facts)
        previous = blake3(body)
        message = DOMAIN + previous
        signed = sorted((key(filler).public, key(filler).sign(message)) for filler in signers)
        record = (struct.pack("<I", len(body)) + body + struct.pack("<I", len(signed))
                  + b"".join(public + signature for public, signature in signed))
        yield {"kind": kind, "hash": previous.hex(), "message": message.hex(),
               "record": base64.b64encode(record).decode()}


# --- What they come to for readers without a chain, docs/registry.md#the-projection ---------------

def greatest(until):
    return max([until[0], *(point[0] + 1 for point in until[1])])


def least(until):
    return min([until[0], *(point[0] + 1 for point in until[1])])


def base64_text(content):
    return base64.b64encode(content).decode()


def projected(number, author):
    begin, epochs, revocations = author["from"], [], []
    for place, epoch in enumerate(author["epochs"]):
        ends = [least(until) for until in epoch[ROTATION] + epoch[REVOCATION]]
        if author["is_scoped"]:
            ends.append(0)
        row = {"epoch": place, "public_key": base64_text(epoch["key"]),
               "active_from_version": begin, "status": "active"}
        reason = epoch["reason"]
        if epoch[ROTATION]:
            begin = max(begin + 1, min(greatest(until) for until in epoch[ROTATION]))
            row["status"] = "rotated"
        if reason is None and ends and not (epoch[ROTATION] and min(ends) >= begin):
            reason = "Unspecified" if author["is_scoped"] else "Superseded"
        if reason is not None:
            row["status"] = "revoked"
            revocations.append({"epoch": place, "reason": reason,
                                "effective_from_version": min(ends)})
        epochs.append(row)
    out = {"author_id": number, "master_key": base64_text(author["master"]), "epochs": epochs}
    return out | ({"revocations": revocations} if revocations else {})


def registry(rows):
    authors = {}
    for (_, _, change), _, _ in CHAIN:
        change(authors)
    return {"version": 1,
            "authors": [projected(number, authors[number]) for number in sorted(authors)],
            "chain": [row["record"] for row in rows]}


def main():
    assert blake3(b"").hex().startswith("af1349b9f5f9a1a6a0404dea36dcc949")
    rows = list(records())
    written = {"chain.json": json.dumps({"records": rows}, indent=1) + "\n",
               "registry.json": json.dumps(registry(rows), indent=2)}
    if sys.argv[1:] == ["--check"]:
        differs = [name for name, content in written.items()
                   if (FOLDER / name).read_text(encoding="utf-8") != content]
        print("differs:" if differs else "all the same", *differs)
        return 1 if differs else 0
    for name, content in written.items():
        (FOLDER / name).write_text(content, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
