# SPDX-License-Identifier: MIT OR Apache-2.0
"""model_signing, the client of OpenSSF Model Signing: what it says of models that we sign, and we of
those that it signs."""

import base64
import hashlib
import json
import pathlib
import shutil
import subprocess

import ways
from clients import ACCEPTS, HERE, REFUSES, Client, expect
from desk import Failed, with_other_signature

DATA = HERE.parent.parent / "tests" / "data" / "third_party" / "model_signing"
RELEASES = ("v0.3.1", "v1.0.0", "v1.0.1", "v1.1.0")
SHARD = 1000


def has_client(folder):
    return ways.run([folder / "bin" / "python", "-B", "-c",
                     "import jsonschema, model_signing, OpenSSL, referencing"])[0] == 0


def python():
    """A Python that has the packages of requirements-models.txt."""
    pinned = (HERE / "requirements-models.txt").read_bytes()
    name = f"models-{hashlib.sha256(pinned).hexdigest()[:12]}"

    def by_hash():
        make = ways.python_with("--require-hashes", "--requirement", HERE / "requirements-models.txt")
        return ways.keep(name, make, has_client)

    def others_below():
        make = ways.python_with("model-signing==1.1.1", "pyopenssl", "jsonschema")
        return ways.keep(f"{name}-any", make, has_client)

    folder = ways.first_of((("pip, pinned", by_hash), ("pip, other versions below", others_below)),
                           "the Python registry does not give the packages")
    return folder / "bin" / "python"


def openssl(desk, *words):
    done = subprocess.run(["openssl", *words], cwd=desk.folder, capture_output=True,
                          stdin=subprocess.DEVNULL)
    if done.returncode != 0:
        raise Failed(f"openssl {words[0]}: {done.stderr.decode(errors='replace')[-300:]}")


class ModelSigning(Client):
    name = "model_signing"

    def find(self, may_compile):
        self.python = python()
        self.version = ways.version_in(self.python, "model-signing")

    # --- both sides ---

    def command(self, desk, *words):
        return self.call([self.python, "-B", "-m", "model_signing", *words], desk.folder,
                         "failed with error")

    def script(self, desk, *words):
        return self.call([self.python, "-B", HERE / "in_models.py", *words], desk.folder)

    def verified_by_command(self, desk, model, signature, key):
        return self.command(desk, "verify", "key", model, "--signature", signature, "--public_key",
                            f"{key}.pub.pem")

    def verified_by_script(self, desk, model, signature, key):
        return self.script(desk, "verify", model, signature, f"{key}.pub.pem")

    @staticmethod
    def verified_by_us(desk, model, signature, key, *more):
        code, output, complaint = desk.aion_run("model", "verify", model, "--signature", signature,
                                                "--public-key", f"{key}.pub.pem", *more)
        if code not in (0, 1):
            raise Failed(f"aion model verify ended with {code}: {complaint}")
        return code == 0, (complaint or output.decode(errors="replace")).strip()

    @staticmethod
    def judged_refusal(desk, signature, key):
        """The same where there need be no verdict, as of what is no bundle."""
        code, _, complaint = desk.aion_run("model", "verify", "model", "--signature", signature,
                                           "--public-key", f"{key}.pub.pem")
        return code == 0, complaint

    @staticmethod
    def make_model(desk):
        folder = desk.folder / "model"
        for name, content in (("weights.bin", bytes(range(256)) * 40), ("config.json", b"{}"),
                              ("a/b/c.txt", b"deep"), ("a-b.txt", b"sorted in two ways"),
                              ("\u00fcml\u00e4ut \u2603.txt", b"not ASCII"), ("empty", b""),
                              (".hidden", b"counts"), (".gitattributes", b"does not")):
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)

    @staticmethod
    def make_keys(desk):
        for curve in ("P-256", "P-384", "P-521"):
            openssl(desk, "genpkey", "-algorithm", "EC", "-pkeyopt", f"ec_paramgen_curve:{curve}",
                    "-out", f"{curve}.pem")
            openssl(desk, "pkey", "-in", f"{curve}.pem", "-pubout", "-out", f"{curve}.pub.pem")
        desk.aion_done("model", "key", "--output", "ours.pem")
        desk.aion_done("model", "public-key", "--private-key", "ours.pem", "--output", "ours.pub.pem")

    def tampered(self, desk, who, signature, key, judge):
        """JUDGE refuses the model in every way in which it can be another one."""
        model = desk.folder / "model"

        def changed(what, change, undo):
            change()
            yield expect(REFUSES, f"{who} with {what}", judge(desk, "model", signature, key))
            undo()

        weights = (model / "weights.bin").read_bytes()
        other = weights[:-1] + bytes([weights[-1] ^ 1])
        yield from changed("a bit changed", lambda: (model / "weights.bin").write_bytes(other),
                           lambda: (model / "weights.bin").write_bytes(weights))
        yield from changed("a file more", lambda: (model / "a" / "more").write_bytes(b"x"),
                           (model / "a" / "more").unlink)
        yield from changed("a file less", (model / "config.json").unlink,
                           lambda: (model / "config.json").write_bytes(b"{}"))
        yield expect(REFUSES, f"{who} under another's key", judge(desk, "model", signature, "P-256"))
        document = with_other_signature(desk.read(signature))
        yield expect(REFUSES, f"{who} with another signature",
                     judge(desk, "model", desk.new(".sig", document), key))
        yield expect(ACCEPTS, f"{who} as it was", judge(desk, "model", signature, key))

    def checks(self, desk):
        self.make_model(desk)
        self.make_keys(desk)
        yield from self.judges_ours(desk)
        yield from self.signs_for_us(desk)
        yield from self.published(desk)

    # --- what it says of ours ---

    def ours(self, desk, key, *more, model="model"):
        signature = desk.new(".sig")
        desk.aion_done("model", "sign", model, "--private-key", f"{key}.pem", "--output", signature,
                       *more)
        return signature

    def judges_ours(self, desk):
        for key in ("P-256", "P-384", "P-521", "ours"):
            signature = self.ours(desk, key)
            yield expect(ACCEPTS, f"verify key: accepts what we sign with {key}",
                         self.verified_by_command(desk, "model", signature, key))
            yield expect(ACCEPTS, f"its schemas accept ours, {key}",
                         self.script(desk, "schema", signature, DATA / "schemas"))
        yield from self.tampered(desk, "verify key: ours", self.ours(desk, "ours"), "ours",
                                 self.verified_by_command)
        for what, more in (("BLAKE3", ("--hash", "blake3")),
                           ("shards", ("--shards", SHARD, "--for", "model-signing")),
                           ("a path ignored", ("--ignore", "a/b"))):
            signature = self.ours(desk, "ours", *map(str, more))
            yield from self.tampered(desk, f"its library: ours, {what},", signature, "ours",
                                     self.verified_by_script)
            if what != "shards":  # which its own schemas have otherwise, as the specification does
                yield expect(ACCEPTS, f"its schemas accept ours, {what}",
                             self.script(desk, "schema", signature, DATA / "schemas"))
        signature = self.ours(desk, "ours", "--shards", str(SHARD))
        yield expect(ACCEPTS, "its schemas accept our shards as the specification has them",
                     self.script(desk, "schema", signature, DATA / "schemas"))
        yield expect(REFUSES, "its library refuses them, as docs/cli-model.md says",
                     self.verified_by_script(desk, "model", signature, "ours"))
        signature = self.ours(desk, "ours", "--for", "model-signing", model="model/weights.bin")
        yield expect(ACCEPTS, "verify key: accepts ours of one file",
                     self.verified_by_command(desk, "model/weights.bin", signature, "ours"))
        yield expect(REFUSES, "verify key: refuses it of another",
                     self.verified_by_command(desk, "model/config.json", signature, "ours"))
        inside = "model/model.sig"
        desk.aion_done("model", "sign", "model", "--private-key", "ours.pem", "--output", inside)
        yield expect(ACCEPTS, "its library: accepts ours that is in the folder",
                     self.verified_by_script(desk, "model", inside, "ours"))
        (desk.folder / inside).unlink()

    # --- what we say of its ---

    def signs_for_us(self, desk):
        for key in ("P-384", "P-521", "ours"):
            signature = desk.new(".sig")
            accepts, _, said = self.command(desk, "sign", "key", "model", "--private_key", f"{key}.pem",
                                            "--signature", signature)
            if not accepts:
                raise Failed(f"model_signing sign key: {said[-400:]}")
            yield from self.tampered(desk, f"aion: what sign key signs with {key}", signature, key,
                                     self.verified_by_us)
        for kind, size in (("blake3", ()), ("sha256", (str(SHARD),)), ("sha256", ())):
            signature = desk.new(".sig")
            accepts, _, said = self.script(desk, "sign", "model", signature, "ours.pem", kind, *size)
            if not accepts:
                raise Failed(f"in_models.py sign: {said[-400:]}")
            yield from self.tampered(desk, f"aion: its {'shards by ' if size else ''}{kind}", signature,
                                     "ours", self.verified_by_us)
        signature = desk.new(".sig")
        self.command(desk, "sign", "key", "model/weights.bin", "--private_key", "ours.pem",
                     "--signature", signature)
        yield expect(ACCEPTS, "aion accepts what it signs of one file",
                     self.verified_by_us(desk, "model/weights.bin", signature, "ours"))
        yield expect(REFUSES, "aion refuses it of another",
                     self.verified_by_us(desk, "model/config.json", signature, "ours"))

    def published(self, desk):
        """Test vectors of the specification, and signatures of earlier releases."""
        shutil.copy(DATA / "client" / "signing-key-pub.pem", desk.folder / "vectors.pub.pem")
        folder = desk.folder / "vectors"
        folder.mkdir()
        for name, content in (("signme-1", b"signme-1\n"), ("signme-2", b"signme-2"), ("ignore-me", b"")):
            (folder / name).write_bytes(content)
        for release in RELEASES:
            shutil.copy(DATA / "client" / f"{release}.sig", desk.folder)
            model = "vectors/signme-1" if release in RELEASES[:2] else "vectors"
            yield expect(ACCEPTS, f"aion accepts what release {release} signed",
                         self.verified_by_us(desk, model, f"{release}.sig", "vectors", "--ignore",
                                             "ignore-me"))
        for path in sorted((DATA / "spec").iterdir()):
            shutil.copy(path, desk.folder)
            name = path.name.split(".")[0]
            if name == "key":
                code, _, complaint = desk.aion_run("model", "show", path.name)
                yield f"aion reads the test vector {name}", code == 0, complaint
            else:
                yield expect(REFUSES, f"aion refuses the test vector {name}",
                             self.judged_refusal(desk, path.name, "vectors"))
        payload = json.loads(base64.b64decode(desk.read("key.bundle.json")["dsseEnvelope"]["payload"]))
        yield "and has no other root for it", \
            json.loads(desk.aion_done("model", "show", "key.bundle.json", "--format", "json"))["root"] \
            == payload["subject"][0]["digest"]["sha256"], ""


MODEL_CLIENTS = (ModelSigning(),)
