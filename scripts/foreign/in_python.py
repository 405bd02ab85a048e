# SPDX-License-Identifier: MIT OR Apache-2.0
"""What scripts/interop has Python packages do; run by the Python that has them.

usage: in_python.py jcs FILE                             rfc8785 writes FILE canonically
       in_python.py verify ENVELOPE THRESHOLD HEX...     securesystemslib verifies with keys, each
                                                         under the keyid that it gives it, or HEX@KEYID
       in_python.py sign FILE TYPE SEED                  securesystemslib signs with a private key
       in_python.py keyid HEX                            the keyid that securesystemslib gives a key

Ends with 1 when the package refuses, with 3 when something else is wrong.
"""

import json
import pathlib
import sys


def jcs(name):
    import rfc8785
    try:
        text = rfc8785.dumps(json.loads(pathlib.Path(name).read_bytes()))
    except (rfc8785.CanonicalizationError, ValueError) as error:
        return refused(error)
    sys.stdout.buffer.write(text)
    return 0


def key_of(text):
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
    from securesystemslib.signer import SSlibKey
    public, _, keyid = text.partition("@")
    return SSlibKey.from_crypto(Ed25519PublicKey.from_public_bytes(bytes.fromhex(public)), keyid or None)


def keyid(key):
    print(key_of(key).keyid)
    return 0


def verify(name, threshold, *keys):
    from securesystemslib import dsse, exceptions
    envelope = json.loads(pathlib.Path(name).read_bytes())
    known = [key_of(key) for key in keys]
    try:
        dsse.Envelope.from_dict(envelope).verify(known, int(threshold))
    except (exceptions.VerificationError, exceptions.FormatError) as error:
        return refused(error)
    return 0


def sign(name, payload_type, seed):
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from securesystemslib import dsse
    from securesystemslib.signer import CryptoSigner
    signer = CryptoSigner(Ed25519PrivateKey.from_private_bytes(bytes.fromhex(seed)))
    envelope = dsse.Envelope(pathlib.Path(name).read_bytes(), payload_type, {})
    envelope.sign(signer)
    json.dump(envelope.to_dict(), sys.stdout)
    return 0


def refused(error):
    print(f"refused: {type(error).__name__}: {error}", file=sys.stderr)
    return 1


def main():
    name, *words = sys.argv[1:]
    try:
        return {"jcs": jcs, "keyid": keyid, "verify": verify, "sign": sign}[name](*words)
    except Exception as error:  # so that Python's own exit code 1 is not taken for a refusal
        print(f"failed: {type(error).__name__}: {error}", file=sys.stderr)
        return 3


if __name__ == "__main__":
    sys.exit(main())
