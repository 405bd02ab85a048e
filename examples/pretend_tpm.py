#!/usr/bin/env python3
# SPDX-License-Identifier: MIT OR Apache-2.0
"""Stands in for a TPM 2.0: writes what tpm2_createak and tpm2_quote write.

    pretend_tpm.py key NAME                attestation key: NAME.secret, NAME.pub, NAME.name
    pretend_tpm.py quote NAME QUALIFYING   NAME.msg, NAME.sig, NAME.pcrs

Its key lies in a file, so it proves nothing of any machine. That anybody can write this is why
nobody must trust an attestation key whose name does not come from the machine itself.
"""

import hashlib
import pathlib
import secrets
import struct
import sys

# ECDSA with P-256 (FIPS 186-5), in time that depends on the secret: not to be used in earnest.
P = 2**256 - 2**224 + 2**192 + 2**96 - 1
N = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
G = (0x6B17D1F2E12C4247F8BCE6E563A440F277037D812DEB33A0F4A13945D898C296,
     0x4FE342E2FE1A7F9B8EE7EB4A7C0F9E162BCE33576B315ECECBB6406837BF51F5)


def add(a, b):
    """Of two points; None is the neutral one."""
    if a is None or b is None:
        return a or b
    if a[0] == b[0]:
        if a[1] != b[1]:
            return None
        slope = 3 * (a[0] * a[0] - 1) * pow(2 * a[1], -1, P)
    else:
        slope = (b[1] - a[1]) * pow(b[0] - a[0], -1, P)
    x = (slope * slope - a[0] - b[0]) % P
    return x, (slope * (a[0] - x) - a[1]) % P


def times(scalar, point):
    total = None
    for bit in f"{scalar:b}":
        total = add(total, total)
        if bit == "1":
            total = add(total, point)
    return total


def sign(secret, message):
    once = secrets.randbelow(N - 1) + 1
    r = times(once, G)[0] % N
    digest = int.from_bytes(hashlib.sha256(message).digest(), "big")
    return r, (digest + r * secret) * pow(once, -1, N) % N


# The structures: TCG TPM 2.0 Library, part 2. Integers are big-endian.
SHA256, ECC, ECDSA, NULL, NIST_P256 = 0x000B, 0x0023, 0x0018, 0x0010, 0x0003
# fixedTPM, fixedParent, sensitiveDataOrigin, userWithAuth, restricted, sign
ATTRIBUTES = 0x00050072
# PCR 0 as it is, PCR 7 with what was started.
PCRS = bytes(32) + hashlib.sha256(b"the firmware that was started").digest()


def sized(data):
    return struct.pack(">H", len(data)) + data


def number(value):
    return sized(value.to_bytes(32, "big"))


def make_key(name):
    secret = secrets.randbelow(N - 1) + 1
    x, y = times(secret, G)
    public = (struct.pack(">HHI", ECC, SHA256, ATTRIBUTES) + sized(b"") +
              struct.pack(">HHHHH", NULL, ECDSA, SHA256, NIST_P256, NULL) + number(x) + number(y))
    write(f"{name}.secret", secret.to_bytes(32, "big"))
    write(f"{name}.pub", sized(public))
    write(f"{name}.name", struct.pack(">H", SHA256) + hashlib.sha256(public).digest())


def quote(name, qualifying):
    signer = pathlib.Path(f"{name}.name").read_bytes()
    selection = struct.pack(">IHB", 1, SHA256, 3) + bytes([1 << 0 | 1 << 7, 0, 0])
    clock = struct.pack(">QIIB", 60_000, 1, 0, 1)
    message = (struct.pack(">IH", 0xFF544347, 0x8018) + sized(signer) + sized(qualifying) + clock +
               struct.pack(">Q", 1) + selection + sized(hashlib.sha256(PCRS).digest()))
    secret = int.from_bytes(pathlib.Path(f"{name}.secret").read_bytes(), "big")
    r, s = sign(secret, message)
    write(f"{name}.msg", message)
    write(f"{name}.sig", struct.pack(">HH", ECDSA, SHA256) + number(r) + number(s))
    write(f"{name}.pcrs", PCRS)


def write(name, content):
    pathlib.Path(name).write_bytes(content)


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["key", name]:
            make_key(name)
        case ["quote", name, qualifying]:
            quote(name, bytes.fromhex(qualifying))
        case _:
            sys.exit(__doc__)
