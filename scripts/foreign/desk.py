# SPDX-License-Identifier: MIT OR Apache-2.0
"""A folder in which our program works: keys, a registry, and what it writes for others."""

import base64
import json
import os
import pathlib
import subprocess

STATEMENT = "application/vnd.in-toto+json"
ALICE, BOB, STRANGER = "1001", "2002", "3003"
# A private key for Ed25519 as PKCS #8 (RFC 8410), but for its last 32 bytes.
PKCS8 = bytes.fromhex("302e020100300506032b657004220420")


class Failed(Exception):
    """Our program did not do what a check begins with."""


def pem(kind, der):
    return f"-----BEGIN {kind}-----\n{base64.b64encode(der).decode()}\n-----END {kind}-----\n"


def unpadded(text):
    """Base64 of any kind."""
    return base64.b64decode(text.replace("-", "+").replace("_", "/") + "=" * (-len(text) % 4))


def pae(envelope):
    """What the signatures of an envelope are over (DSSE v1.0.2)."""
    kind, payload = envelope["payloadType"].encode(), unpadded(envelope["payload"])
    return b"DSSEv1 %d %s %d %s" % (len(kind), kind, len(payload), payload)


def envelope_in(document):
    """The envelope of a bundle, or the envelope that it is."""
    return document.get("dsseEnvelope", document)


def bundle_of(content, digest):
    """A sigstore bundle of somebody's signature of a file (v0.3)."""
    return {"mediaType": "application/vnd.dev.sigstore.bundle.v0.3+json",
            "verificationMaterial": {"publicKey": {"hint": ""}},
            "messageSignature": {
                "messageDigest": {"algorithm": "SHA2_256",
                                  "digest": base64.b64encode(digest).decode()},
                "signature": base64.b64encode(content).decode()}}


def with_other_payload(document):
    """The same but for one bit of the payload, in a text, so that it is still JSON."""
    changed = json.loads(json.dumps(document))
    envelope = envelope_in(changed)
    payload = bytearray(unpadded(envelope["payload"]))
    at = payload.index(b"model") if b"model" in payload else payload.index(b"policy")
    payload[at] ^= 1
    envelope["payload"] = base64.b64encode(payload).decode()
    return changed


def with_other_signature(document):
    """The same but for one bit of the first signature."""
    changed = json.loads(json.dumps(document))
    holder, name = changed.get("messageSignature"), "signature"
    if not holder:
        holder, name = envelope_in(changed)["signatures"][0], "sig"
    value = bytearray(unpadded(holder[name]))
    value[7] ^= 1
    holder[name] = base64.b64encode(value).decode()
    return changed


class Desk:
    """ALICE and BOB have keys here; of STRANGER, who has a client of another's, the registry knows
    the public key."""

    def __init__(self, aion, folder):
        self.aion, self.folder = str(pathlib.Path(aion).resolve()), pathlib.Path(folder)
        self.env = {**os.environ, "AION_KEYSTORE_DIR": str(self.folder / "keys"),
                    "AION_REGISTRY": "registry.json"}
        self.strangers_seed = os.urandom(32)
        self.number = 0
        for author in (ALICE, BOB):
            self.aion_done("key", "generate", "--id", author)
            self.aion_done("registry", "pin", "--author", author, "--key", author, "--output",
                           "registry.json")
        self.file("strangers-secret.pem", pem("PRIVATE KEY", PKCS8 + self.strangers_seed))
        # OpenSSL is a second opinion on what the public half is, too.
        der = subprocess.run(["openssl", "pkey", "-in", "strangers-secret.pem", "-pubout", "-outform",
                              "DER"], cwd=self.folder, check=True, capture_output=True).stdout
        self.aion_done("registry", "pin", "--author", STRANGER, "--public-key", der[-32:].hex(),
                       "--output", "registry.json")
        for author in (ALICE, BOB, STRANGER):
            self.aion_done("registry", "export", "--registry", "registry.json", "--pem", author,
                           "--output", f"{author}.pem")
        self.file("model.gguf", b"GGUF, or what has its name\n" * 100)

    def file(self, name, content):
        path = self.folder / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    def new(self, suffix, content=None):
        """A name that is not taken yet, with CONTENT (JSON unless it is bytes)."""
        self.number += 1
        name = f"{self.number}{suffix}"
        if content is not None:
            self.file(name, content if isinstance(content, bytes) else json.dumps(content))
        return name

    def aion_run(self, *words):
        """(exit code, what it printed, what it complained of)"""
        done = subprocess.run([self.aion, *words], cwd=self.folder, env=self.env, capture_output=True,
                              stdin=subprocess.DEVNULL)
        return done.returncode, done.stdout, done.stderr.decode(errors="replace").strip()

    def aion_done(self, *words):
        code, output, complaint = self.aion_run(*words)
        if code != 0:
            raise Failed(f"aion {' '.join(words)} ended with {code}: {complaint}")
        return output

    def hex_of(self, key):
        return json.loads(self.aion_done("key", "show", key, "--format", "json"))["public_key_hex"]

    def pem_of(self, author):
        return self.folder / f"{author}.pem"

    # --- what we write ---

    def statement(self, with_bob=False):
        """SLSA provenance of model.gguf by ALICE, and BOB: an envelope's name."""
        manifest, envelope = self.new(".manifest"), self.new(".intoto.jsonl")
        self.aion_done("manifest", "create", "model.gguf", "--author", ALICE, "--key", ALICE,
                       "--output", manifest)
        self.aion_done("slsa", "generate", "--manifest", manifest, "--builder-id",
                       "https://builder.example/1", "--author", ALICE, "--key", ALICE, "--output",
                       envelope)
        if with_bob:
            self.aion_done("dsse", "sign", envelope, "--add", "--author", BOB, "--key", BOB)
        return envelope

    def blob(self):
        """ALICE's signature of model.gguf, parsed: a sigstore bundle."""
        bundle = self.new(".sigstore.json")
        self.aion_done("dsse", "sign", "model.gguf", "--blob", "--author", ALICE, "--key", ALICE,
                       "--output", bundle)
        return self.read(bundle)

    def summary(self):
        """A summary of the verdict on a file of ours, by ALICE: an envelope's name, and the file's."""
        envelope, policy = self.new(".vsa.intoto.jsonl"), self.new("policy.aion")
        rules = self.new(".yaml", b"limit: 100\n")
        self.aion_done("init", policy, "--rules", rules, "--author", ALICE, "--key", ALICE)
        self.aion_done("verify", policy, "--registry", "registry.json", "--vsa", envelope,
                       "--vsa-author", ALICE, "--vsa-key", ALICE)
        return envelope, policy

    def converted(self, envelope, client):
        """The envelope as a client wants it, parsed."""
        output = self.new(f".{client}.json")
        self.aion_done("dsse", "convert", envelope, "--for", client, "--registry", "registry.json",
                       "--output", output)
        return self.read(output)

    def read(self, name):
        return json.loads((self.folder / name).read_bytes())

    # --- what we say of what others write ---

    def verifies(self, document, *more):
        """(whether we accept an envelope or bundle, what we said); raises where there is no
        verdict."""
        name = self.new(".json", document)
        code, output, complaint = self.aion_run("dsse", "verify", name, "--registry", "registry.json",
                                                *more)
        if code not in (0, 1):
            raise Failed(f"aion dsse verify ended with {code}: {complaint}")
        return code == 0, (complaint or output.decode(errors="replace")).strip()
