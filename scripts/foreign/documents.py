# SPDX-License-Identifier: MIT OR Apache-2.0
"""JSON for whoever writes it canonically (RFC 8785): what all agree on, and what is refused."""

import json
import os
import random
import struct

# Texts that no two readers have to take for the same; ours refuses each of them.
REFUSED = {
    "a lone surrogate": b'{"a":"\\ud800"}',
    "an integer beyond 2^53": b'{"a":9007199254740993}',
}
ONLY_WE_REFUSE = {"a key that is there twice": b'{"a":1,"a":2}'}
# The number, string and order examples of RFC 8785 sections 3.2.2 and 3.2.3, and more like them.
FIXED = (
    rb'{"numbers":[333333333.33333329,1E30,4.50,2e-3,0.000000000000000000000000001],'
    rb'"string":"\u20ac$\u000F\u000aA'
    rb"'"
    rb'\u0042\u0022\u005c\\\"\/","literals":[null,true,false]}',
    rb'{"\u20ac":"Euro Sign","\r":"Carriage Return","\ufb33":"Hebrew Letter Dalet With Dagesh",'
    rb'"1":"One","\ud83d\ude00":"Emoji: Grinning Face","\u0080":"Control",'
    rb'"\u00f6":"Latin Small Letter O With Diaeresis"}',
    rb'[-0,-0.0,0e5,1e21,1e-7,1e-6,123456789012345680000.0,5e-324,1.7976931348623157e308,'
    rb'9007199254740991,-9007199254740991,0.1,1e23,100]',
    rb'[ [ ] , { } , "" , {"":{"":[ ]}} ]',
)


def doubles(chance, count):
    """Of all magnitudes, as their 64 bits fall, and some that people write."""
    while count > 0:
        if chance.random() < 0.3:
            value = round(chance.uniform(-1e6, 1e6), chance.randrange(8))
        else:
            value = struct.unpack("<d", chance.randbytes(8))[0]
        if value - value == 0:  # neither infinite nor no number
            count -= 1
            yield value


def text(chance):
    kinds = ((0x20, 0x7F), (0x00, 0x20), (0x80, 0x800), (0x800, 0xD800), (0xE000, 0x10000),
             (0x10000, 0x110000))
    return "".join(chr(chance.randrange(*chance.choices(kinds, (60, 5, 10, 10, 5, 10))[0]))
                   for _ in range(chance.choice((0, 1, 3, 12))))


def value(chance, depth=0):
    kind = chance.randrange(8 if depth < 5 else 5)
    if kind == 0:
        return chance.choice((None, True, False))
    if kind == 1:
        return chance.randrange(-2**53 + 1, 2**53)
    if kind == 2:
        return next(doubles(chance, 1))
    if kind in (3, 4):
        return text(chance)
    if kind == 5:
        return [value(chance, depth + 1) for _ in range(chance.randrange(5))]
    return {text(chance): value(chance, depth + 1) for _ in range(chance.randrange(9))}


def written(document, chance):
    """Not canonical in what may differ: order, white space, escapes."""
    return json.dumps(document, ensure_ascii=chance.random() < 0.5,
                      indent=chance.choice((None, 1, 3))).encode()


def same(name, ours, theirs):
    (code, our_text, complaint), (accepts, their_text, said) = ours, theirs
    if code != 0 or not accepts:
        return name, False, complaint or said
    if our_text == their_text:
        return name, True, ""
    at = next((i for i, pair in enumerate(zip(our_text, their_text)) if pair[0] != pair[1]), 0)
    return name, False, f"at byte {at}: {our_text[at - 20:at + 20]!r}, {their_text[at - 20:at + 20]!r}"


def differential(desk, theirs, refused):
    """THEIRS(file) writes what the file says canonically; REFUSED are texts that they refuse, too."""
    seed = int(os.environ.get("AION_INTEROP_SEED") or random.randrange(2**32))
    chance = random.Random(seed)
    for number, content in enumerate(FIXED):
        name = desk.new(".json", content)
        yield same(f"example {number + 1} of {len(FIXED)}: the same bytes",
                   desk.aion_run("jcs", name), theirs(name))
    name = desk.new(".json", written([value(chance) for _ in range(5000)], chance))
    ours = desk.aion_run("jcs", name)
    yield same(f"5,000 documents of seed {seed}: the same bytes", ours, theirs(name))
    again = desk.aion_run("jcs", desk.new(".json", ours[1]))
    yield "and canonical they stay as they are", again[0] == 0 and again[1] == ours[1], again[2]
    for what, content in {**REFUSED, **ONLY_WE_REFUSE}.items():
        name = desk.new(".json", content)
        code, _, complaint = desk.aion_run("jcs", name)
        yield f"aion refuses {what}", code in (1, 2), f"exit code {code}: {complaint}"
        if what in refused:
            accepts, _, said = theirs(name)
            yield f"so does the client: {what}", not accepts, said


def numbers(desk, theirs):
    """A million doubles, which THEIRS prints as ECMAScript does."""
    chance = random.Random(1)
    content = json.dumps(list(doubles(chance, 1_000_000))).encode()
    name = desk.new(".json", content)
    yield same("1,000,000 numbers as JSON.stringify prints them", desk.aion_run("jcs", name),
               theirs(name))
