# SPDX-License-Identifier: MIT OR Apache-2.0
"""The clients of others, and what scripts/interop asks of them.

A client finds itself, and has checks: what it did, whether that is right, and what it said.
"""

import base64
import hashlib
import json
import pathlib
import re
import subprocess
import sys

import boms
import ways
from desk import (ALICE, BOB, STATEMENT, STRANGER, Failed, bundle_of, envelope_in, pae,
                  with_other_payload, with_other_signature)
from documents import REFUSED, differential, numbers

HERE = pathlib.Path(__file__).resolve().parent
ACCEPTS, REFUSES = True, False


class Client:
    """`find` raises NotToBeHad; after it `version` is what was found."""

    name = ""
    version = ""

    def find(self, may_compile):
        raise NotImplementedError

    def checks(self, desk):
        """(what, whether it holds, what was said)"""
        raise NotImplementedError

    def call(self, command, cwd, refusal=None, **more):
        """(whether it accepts, what it printed, what it complained of); raises where it did neither:
        exit code 1 and, if given, the pattern REFUSAL are a refusal."""
        done = subprocess.run([str(word) for word in command], cwd=cwd, capture_output=True,
                              **{"input": b"", **more})
        said = (done.stderr + b"\n" + done.stdout).decode(errors="replace").strip()
        if done.returncode == 0:
            return True, done.stdout, said
        if done.returncode != 1 or refusal and not re.search(refusal, said, re.I):
            raise Failed(f"{self.name} neither accepts nor refuses ({done.returncode}): {said[-400:]}")
        return False, done.stdout, said


def expect(wanted, what, outcome):
    accepts, said = outcome[0], outcome[-1]
    return what, accepts == wanted, "" if accepts == wanted else said


def signs_for_us(signer, desk, payload, sign):
    """What SIGN makes of the file PAYLOAD with STRANGER's key, an envelope or a bundle, we accept."""
    signed = sign(payload)
    kind = envelope_in(signed)["payloadType"]
    yield expect(ACCEPTS, f"aion accepts what {signer} signs", desk.verifies(signed, "--type", kind))
    for what, other in (("payload", with_other_payload), ("signature", with_other_signature)):
        yield expect(REFUSES, f"aion refuses that with another {what}",
                     desk.verifies(other(signed), "--type", kind))
    yield expect(REFUSES, "aion refuses that as of another type",
                 desk.verifies(signed, "--type", "application/vnd.aion.manifest.v1+json"))


def signs_file_for_us(signer, desk, bundle, name):
    """BUNDLE has STRANGER's signature of the file NAME, and we accept it."""
    other = desk.new(".other", (desk.folder / name).read_bytes() + b" ")
    yield expect(ACCEPTS, f"aion accepts what {signer} signs of a file",
                 desk.verifies(bundle, "--blob", name))
    yield expect(REFUSES, "aion refuses that of another file", desk.verifies(bundle, "--blob", other))
    yield expect(REFUSES, "aion refuses that with another signature",
                 desk.verifies(with_other_signature(bundle), "--blob", name))


def judges_our_file(desk, judge):
    """JUDGE(bundle, author, file) of what we sign of a file."""
    ours = desk.blob()
    desk.file("other.gguf", b"not the model")
    yield expect(ACCEPTS, "accepts our signature of a file", judge(ours, ALICE, "model.gguf"))
    yield expect(REFUSES, "refuses it of another file", judge(ours, ALICE, "other.gguf"))
    yield expect(REFUSES, "refuses another signature of the file",
                 judge(with_other_signature(ours), ALICE, "model.gguf"))
    yield expect(REFUSES, "refuses it under another's key", judge(ours, BOB, "model.gguf"))


def judges_ours(ours, judge):
    """JUDGE(document, author) of what we wrote, as it is and tampered with."""
    yield expect(ACCEPTS, "accepts ours", judge(ours, ALICE))
    yield expect(REFUSES, "refuses ours with another payload", judge(with_other_payload(ours), ALICE))
    yield expect(REFUSES, "refuses ours with another signature",
                 judge(with_other_signature(ours), ALICE))
    yield expect(REFUSES, "refuses ours under another's key", judge(ours, BOB))


def signed_with(sign, desk, name):
    """An envelope of a file, for those who sign only bytes: SIGN(file) gives a signature."""
    envelope = {"payload": base64.b64encode((desk.folder / name).read_bytes()).decode(),
                "payloadType": "text/json"}
    signature = base64.b64encode(sign(desk.new(".pae", pae(envelope)))).decode()
    return {**envelope, "signatures": [{"keyid": f"aion:author:{STRANGER}", "sig": signature}]}


def payload_for_stranger(desk):
    return desk.new(".payload", b'{"name":"model.gguf","says":"what a stranger signs"}')


# --- Python ------------------------------------------------------------------

class PythonClient(Client):
    package = ""

    def find(self, may_compile):
        self.python = ways.python()
        self.version = ways.version_in(self.python, self.package)

    def run(self, desk, *words):
        return self.call([self.python, "-B", HERE / "in_python.py", *words], desk.folder)


class Securesystemslib(PythonClient):
    name = package = "securesystemslib"

    def checks(self, desk):
        def verify(envelope, *words):
            return self.run(desk, "verify", desk.new(".json", envelope), *words)

        yield from judges_ours(desk.converted(desk.statement(), "securesystemslib"),
                               lambda envelope, author: verify(envelope, "1", desk.hex_of(author)))
        both = desk.converted(desk.statement(with_bob=True), "securesystemslib")
        one = {**both, "signatures": both["signatures"][:1]}
        keys = desk.hex_of(ALICE), desk.hex_of(BOB)
        yield expect(ACCEPTS, "accepts ours of two authors", verify(both, "2", *keys))
        yield expect(REFUSES, "refuses ours of one where two are required", verify(one, "2", *keys))
        # Under the very keyid that stands there, so that it is the key that decides.
        renamed = f"{desk.hex_of(BOB)}@{one['signatures'][0]['keyid']}"
        yield expect(REFUSES, "refuses ours under another's key of the same name",
                     verify(one, "1", renamed))

        def sign(name):
            return json.loads(self.run(desk, "sign", name, "text/json", desk.strangers_seed.hex())[1])

        yield from signs_for_us(self.name, desk, payload_for_stranger(desk), sign)


class Rfc8785(PythonClient):
    name = package = "rfc8785"

    def checks(self, desk):
        yield from differential(desk, lambda name: self.run(desk, "jcs", name), REFUSED)


# --- Node --------------------------------------------------------------------

class NodeClient(Client):
    package = ""

    def find(self, may_compile):
        self.packages = ways.node()
        self.version = ways.version_of(self.packages, self.package)

    def run(self, desk, command, name, *words):
        return self.call(["node", "--input-type=module", "-", command, desk.folder / name, *words],
                         self.packages, input=(HERE / "in_node.mjs").read_bytes())


class Sigstore(NodeClient):
    name = package = "@sigstore/verify"

    def find(self, may_compile):
        super().find(may_compile)
        self.version += f", @sigstore/bundle {ways.version_of(self.packages, '@sigstore/bundle')}" \
                        f", @sigstore/sign {ways.version_of(self.packages, '@sigstore/sign')}"

    def checks(self, desk):
        def judge(bundle, author):
            return self.run(desk, "verify", desk.new(".sigstore.json", bundle), desk.pem_of(author))

        ours = desk.converted(desk.statement(), "sigstore")
        yield from judges_ours(ours, judge)
        twice = json.loads(json.dumps(ours))
        twice["dsseEnvelope"]["signatures"] *= 2
        yield expect(REFUSES, "refuses a bundle with two signatures", judge(twice, ALICE))

        def sign(name):
            secret = desk.folder / "strangers-secret.pem"
            return json.loads(self.run(desk, "sign", name, STATEMENT, secret)[1])

        yield from signs_for_us("@sigstore/sign", desk, payload_for_stranger(desk), sign)


class Canonicalize(NodeClient):
    name = package = "canonicalize"

    def checks(self, desk):
        # What JavaScript's own parser takes apart is lost before it is written.
        refused = {name: text for name, text in REFUSED.items() if "surrogate" in name}
        yield from differential(desk, lambda name: self.run(desk, "jcs", name), refused)
        yield from numbers(desk, lambda name: self.run(desk, "print", name))


class CycloneDx(NodeClient):
    """CycloneDX's own library: its validator, and what it writes."""

    name = package = "@cyclonedx/cyclonedx-library"
    VERSIONS = ("1.6", "1.7")

    def checks(self, desk):
        def judge(document, version):
            return self.run(desk, "cyclonedx", desk.new(".cdx.json", document), version)

        for what, name in boms.aiboms(desk):
            for version in self.VERSIONS:
                ours = boms.converted(desk, name, "--to", "cyclonedx", "--spec-version", version)
                yield expect(ACCEPTS, f"accepts as {version}, strictly, {what}", judge(ours, version))
        for what, broken in boms.broken_cyclonedx(ours):
            yield expect(REFUSES, f"refuses {what}", judge(broken, self.VERSIONS[-1]))
        theirs = desk.new(".cdx.json", self.run(desk, "cyclonedx-write", ".")[1])
        ours = desk.new(".aibom.json")
        desk.aion_done("aibom", "convert", theirs, "--to", "aion", "--output", ours)
        aibom = json.loads((desk.folder / ours).read_text(encoding="utf-8"))
        found = (aibom["model"]["name"], aibom["model"]["hash_algorithm"],
                 aibom["licenses"][0]["spdx_id"], aibom["datasets"][0]["name"])
        yield "aion reads what it writes", found == ("orchid", "BLAKE3-256", "Apache-2.0", "meadow"), \
            str(found)


class Spdx(NodeClient):
    """SPDX has no validator that needs no network: its published schema, and its text by hand."""

    name, package = "SPDX 3.0.1 schema", "ajv"

    def find(self, may_compile):
        super().find(may_compile)
        self.version = f"by ajv {self.version}"

    def checks(self, desk):
        def judge(document):
            return self.run(desk, "schema", desk.new(".spdx.json", document), boms.SPDX_SCHEMA)

        for what, name in boms.aiboms(desk):
            ours = boms.converted(desk, name, "--to", "spdx", "--supplier", "Orchid Labs")
            yield expect(ACCEPTS, f"accepts {what}", judge(ours))
            missing = boms.text_demands(ours)
            yield f"it has what the text demands: {what}", not missing, "; ".join(missing)
        for what, broken in boms.broken_spdx(ours):
            yield expect(REFUSES, f"refuses {what}", judge(broken))


# --- OpenSSL -----------------------------------------------------------------

class OpenSsl(Client):
    """Knows nothing of envelopes and bundles: it is given what was signed."""

    name = "openssl pkeyutl"

    def find(self, may_compile):
        self.openssl = ways.program("openssl", "openssl")
        self.version = ways.need([self.openssl, "version"]).split(" (")[0].strip()

    def verify(self, desk, message, signature, author):
        name = desk.new(".sig", base64.b64decode(signature))
        return self.call([self.openssl, "pkeyutl", "-verify", "-pubin", "-inkey", desk.pem_of(author),
                          "-rawin", "-in", message, "-sigfile", name],
                         desk.folder, "verification failure")

    def sign(self, desk, message):
        signature = desk.new(".sig")
        self.call([self.openssl, "pkeyutl", "-sign", "-inkey", "strangers-secret.pem", "-rawin", "-in",
                   message, "-out", signature], desk.folder)
        return (desk.folder / signature).read_bytes()

    def checks(self, desk):
        def judge(envelope, author):
            return self.verify(desk, desk.new(".pae", pae(envelope)), envelope["signatures"][0]["sig"],
                               author)

        def judge_file(bundle, author, name):
            return self.verify(desk, name, bundle["messageSignature"]["signature"], author)

        yield from judges_ours(desk.read(desk.statement()), judge)
        yield from judges_our_file(desk, judge_file)

        def sign(name):
            return signed_with(lambda message: self.sign(desk, message), desk, name)

        yield from signs_for_us(self.name, desk, payload_for_stranger(desk), sign)
        digest = hashlib.sha256((desk.folder / "model.gguf").read_bytes()).digest()
        bundle = bundle_of(self.sign(desk, "model.gguf"), digest)
        yield from signs_file_for_us(self.name, desk, bundle, "model.gguf")


# --- Go ----------------------------------------------------------------------

class Cosign(Client):
    name = "cosign"
    # The second has other defaults and older formats, and reads ours as well.
    VERSIONS = (("github.com/sigstore/cosign/v3@v3.1.2", "/cmd/cosign"),
                ("github.com/sigstore/cosign/v2@v2.6.5", "/cmd/cosign"))
    REFUSAL = "invalid signature|failed to verify|no matching|could not verify|no signature|" \
              "does not match|accepted signatures"

    def find(self, may_compile):
        self.program, self.version = ways.go_program(self.name, self.VERSIONS, may_compile)

    def run(self, desk, *words, refusal=REFUSAL):
        env = {**desk.env, "COSIGN_PASSWORD": "", "HOME": str(desk.folder)}
        return self.call([self.program, *words], desk.folder, refusal, env=env)

    def verify_with(self, desk, command, *words):
        """A function that runs COMMAND on a document, written to what --SIGNED names."""
        def judge(document, author):
            option, *more = words
            return self.run(desk, command, "--key", desk.pem_of(author), "--insecure-ignore-tlog", option,
                            desk.new(".json", document), *more)
        return judge

    def checks(self, desk):
        statement = desk.statement()
        bundle, raw = desk.converted(statement, "sigstore"), desk.converted(statement, "cosign")
        kind = ("--type", "slsaprovenance1")
        for how, ours, command, words in (
                ("verify-blob-attestation, bundle", bundle, "verify-blob-attestation",
                 ("--bundle", *kind, "model.gguf")),
                ("verify-blob-attestation, envelope", raw, "verify-blob-attestation",
                 ("--signature", *kind, "model.gguf")),
                ("verify-blob, bundle", bundle, "verify-blob", ("--bundle", "model.gguf"))):
            judge = self.verify_with(desk, command, *words)
            for what, *rest in judges_ours(ours, judge):
                yield f"{how}: {what}", *rest
        desk.file("other.gguf", b"not the model")
        judge = self.verify_with(desk, "verify-blob-attestation", "--bundle", *kind, "other.gguf")
        yield expect(REFUSES, "verify-blob-attestation: refuses ours for another file",
                     judge(bundle, ALICE))

        def judge_file(ours, author, name):
            return self.verify_with(desk, "verify-blob", "--bundle", name)(ours, author)

        for what, *rest in judges_our_file(desk, judge_file):
            yield f"verify-blob: {what}", *rest
        yield from self.checks_of_signing(desk)

    def checks_of_signing(self, desk):
        self.done(desk, "import-key-pair", "--key", "strangers-secret.pem", "--output-key-prefix",
                  "stranger")
        # Nobody is to be asked who, when or where.
        self.done(desk, "signing-config", "create", "--out", "signing.json")
        alone = ("--key", "stranger.key", "--signing-config", "signing.json", "--yes")
        predicate = desk.new(".predicate.json", {"says": "what a stranger signs of a model"})

        bundle = desk.new(".sigstore.json")
        self.done(desk, "attest-blob", *alone, "--predicate", predicate, "--type",
                  "https://example.com/predicate", "--bundle", bundle, "model.gguf")
        attested = desk.read(bundle)
        # Releases that sign with Ed25519ph here do not accept it themselves.
        says = self.verify_with(desk, "verify-blob-attestation", "--bundle", "--type",
                                "https://example.com/predicate", "model.gguf")(attested, STRANGER)
        yield expect(says[0], f"aion {'accepts' if says[0] else 'refuses'} what attest-blob signs, as "
                     "cosign does itself", desk.verifies(attested, "--type", STATEMENT))
        for what, other in (("payload", with_other_payload), ("signature", with_other_signature)):
            yield expect(REFUSES, f"aion refuses that with another {what}",
                         desk.verifies(other(attested), "--type", STATEMENT))

        def sign_blob(name):
            bundle = desk.new(".sigstore.json")
            self.done(desk, "sign-blob", *alone, "--bundle", bundle, name)
            return desk.read(bundle)

        yield from signs_file_for_us("sign-blob", desk, sign_blob("model.gguf"), "model.gguf")
        yield from signs_for_us("sign-blob, what is signed of an envelope,", desk,
                                payload_for_stranger(desk),
                                lambda name: signed_with(lambda message: base64.b64decode(
                                    sign_blob(message)["messageSignature"]["signature"]), desk, name))

    def done(self, desk, *words):
        accepts, _, said = self.run(desk, *words, refusal=None)
        if not accepts:
            raise Failed(f"cosign {words[0]}: {said[-400:]}")


class SlsaVerifier(Client):
    name = "slsa-verifier"
    VERSIONS = (("github.com/slsa-framework/slsa-verifier/v2@v2.7.1", "/cli/slsa-verifier"),
                ("github.com/slsa-framework/slsa-verifier/v2@v2.6.0", "/cli/slsa-verifier"))
    REFUSAL = "no valid signature|accepted signatures|subject digest|mismatch"

    def find(self, may_compile):
        self.program, self.version = ways.go_program(self.name, self.VERSIONS, may_compile)

    def checks(self, desk):
        summary, policy = desk.summary()
        ours = desk.converted(summary, "slsa-verifier")
        predicate = json.loads(base64.b64decode(ours["payload"]))["predicate"]
        levels = [word for level in predicate["verifiedLevels"] for word in ("--verified-level", level)]
        digest = hashlib.sha256((desk.folder / policy).read_bytes()).hexdigest()

        def judge(envelope, author, digest=digest, verifier=predicate["verifier"]["id"]):
            return self.call([self.program, "verify-vsa", "--attestation-path",
                              desk.new(".json", envelope), "--public-key-path", desk.pem_of(author),
                              "--public-key-id", f"aion:author:{ALICE}", "--subject-digest",
                              f"sha256:{digest}", "--verifier-id", verifier, "--resource-uri",
                              predicate["resourceUri"], *levels], desk.folder, self.REFUSAL)

        yield from judges_ours(ours, judge)
        yield expect(REFUSES, "refuses ours for another file", judge(ours, ALICE, digest="00" * 32))
        yield expect(REFUSES, "refuses ours by another verifier",
                     judge(ours, ALICE, verifier="https://verifier.example"))


# --- another script ----------------------------------------------------------

class Tpm2(Client):
    """Quotes of a software TPM, by a script of their own."""

    name = "tpm2_checkquote"
    SCRIPT = HERE.parent.parent / "tests" / "interop" / "tpm2_quote.py"
    # Its exit code where something that it needs is missing.
    SKIPPED = 77

    def find(self, may_compile):
        if not self.SCRIPT.is_file():
            raise ways.NotToBeHad("there is no script that has it judge quotes")
        ways.program("swtpm", "swtpm")
        program = ways.program("tpm2_checkquote", "tpm2-tools")
        said = re.search('version="([^"]*)"', ways.run([program, "--version"])[1])
        self.version = said[1] if said else ""

    def checks(self, desk):
        done = subprocess.run([sys.executable, "-B", self.SCRIPT, "--aion", desk.aion], text=True,
                              cwd=desk.folder, capture_output=True, stdin=subprocess.DEVNULL)
        said = f"{done.stdout}\n{done.stderr}".strip()
        if done.returncode == self.SKIPPED:
            raise ways.NotToBeHad(ways.last_line(said))
        yield "quotes, whole and tampered with, as aion judges them", done.returncode == 0, said[-2000:]


CLIENTS = (OpenSsl(), Securesystemslib(), Rfc8785(), Sigstore(), Canonicalize(), CycloneDx(),
           Spdx(), Cosign(), SlsaVerifier(), Tpm2())
