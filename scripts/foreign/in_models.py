# SPDX-License-Identifier: MIT OR Apache-2.0
"""What scripts/interop has model_signing do that its command line cannot; run by the Python that has it.

usage: in_models.py verify MODEL SIGNATURE PUBLIC_KEY         as the signature says it was hashed
       in_models.py sign MODEL SIGNATURE PRIVATE_KEY HASH [SHARD_SIZE]
       in_models.py schema SIGNATURE FOLDER                   the specification's JSON Schemas

Ends with 1 when it refuses, with 3 when something else is wrong.
"""

import base64
import json
import pathlib
import sys


def verify(model, signature, public_key):
    import model_signing
    config = model_signing.verifying.Config().use_elliptic_key_verifier(public_key=public_key)
    try:
        config.verify(pathlib.Path(model), pathlib.Path(signature))
    except Exception as error:  # of many kinds; which are refusals, whoever calls judges by the text
        print(f"refused: {type(error).__name__}: {error}", file=sys.stderr)
        return 1
    return 0


def sign(model, signature, private_key, kind, shard_size=None):
    import model_signing
    hashing = model_signing.hashing.Config()
    if shard_size:
        hashing.use_shard_serialization(hashing_algorithm=kind, shard_size=int(shard_size))
    else:
        hashing.use_file_serialization(hashing_algorithm=kind)
    config = model_signing.signing.Config().use_elliptic_key_signer(private_key=private_key)
    config.set_hashing_config(hashing).sign(pathlib.Path(model), pathlib.Path(signature))
    return 0


def schema(signature, folder):
    import jsonschema
    import referencing
    schemas = {path.name.split(".")[0]: json.loads(path.read_bytes())
               for path in pathlib.Path(folder).glob("*.schema.json")}
    registry = referencing.Registry().with_contents(
        (one["$id"], one) for one in schemas.values())
    bundle = json.loads(pathlib.Path(signature).read_bytes())
    statement = json.loads(base64.b64decode(bundle["dsseEnvelope"]["payload"]))
    for name, document in (("bundle", bundle), ("envelope", bundle["dsseEnvelope"]),
                           ("statement", statement), ("predicate", statement["predicate"])):
        try:
            jsonschema.Draft202012Validator(schemas[name], registry=registry).validate(document)
        except jsonschema.ValidationError as error:
            print(f"refused: {name}: {error.message[:300]}", file=sys.stderr)
            return 1
    return 0


def main():
    name, *words = sys.argv[1:]
    try:
        return {"verify": verify, "sign": sign, "schema": schema}[name](*words)
    except Exception as error:  # so that Python's own exit code 1 is not taken for a refusal
        print(f"failed: {type(error).__name__}: {error}", file=sys.stderr)
        return 3


if __name__ == "__main__":
    sys.exit(main())
