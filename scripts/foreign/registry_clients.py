# SPDX-License-Identifier: MIT OR Apache-2.0
"""Clients of registries: what they and our program make of each other's artefacts, on Debian's
registry, which lists referrers under tags, and on one with the referrers API."""

import contextlib
import hashlib
import json
import os
import re
import subprocess
import sys
import time
import urllib.request

import oci_layout
import registries
import ways
from clients import ACCEPTS, ALICE, BOB, REFUSES, Client, expect
from desk import Desk, Failed

PULL_LIMIT_S = 60
MANIFEST = "application/vnd.oci.image.manifest.v1+json"


def tree(folder):
    return {path.relative_to(folder).as_posix(): path.read_bytes()
            for path in sorted(folder.rglob("*")) if path.is_file()}


def make_model(desk):
    folder = desk.folder / "model"
    if not folder.is_dir():
        (folder / "sub").mkdir(parents=True)
        (folder / "weights.bin").write_bytes(os.urandom(3_000_000))
        (folder / "config.json").write_bytes(b'{"layers":12}\n')
        (folder / "sub" / "empty").write_bytes(b"")
    return folder


def same_files(what, one, other):
    names = sorted(set(one) ^ set(other)) or [name for name in one if one[name] != other[name]]
    return what, not names and bool(one), f"other files: {names}"


def fetch_manifest(host, name):
    request = urllib.request.Request(f"http://{host}/v2/{name.replace(':', '/manifests/')}",
                                     headers={"Accept": MANIFEST})
    with urllib.request.urlopen(request, timeout=30) as answer:
        return answer.read()


class RegistryClient(Client):
    """Checks run for each kind of registry that is to be had; `kinds` says of which."""

    def find(self, may_compile):
        registries.find_docker_registry()
        self.server = registries.find_referrers_registry(may_compile)
        self.find_program(may_compile)

    def find_program(self, may_compile):
        raise NotImplementedError

    @contextlib.contextmanager
    def registry(self, desk, kind):
        folder = desk.folder / desk.new(".registry")
        made = registries.docker_registry(folder) if kind == "tags" else \
            registries.referrers_registry(self.server, folder)
        with made as host:
            yield host

    def checks_of_layouts(self, desk):
        """What the client says of image layouts on disk, at a desk of their own."""
        return ()

    def checks(self, desk):
        (desk.folder / "layouts").mkdir()
        for what, holds, said in self.checks_of_layouts(Desk(desk.aion, desk.folder / "layouts")):
            yield f"layouts: {what}", holds, said
        model = make_model(desk)
        for kind in ("tags", "API"):
            with self.registry(desk, kind) as host:
                for what, holds, said in self.checks_on(desk, host, kind, model):
                    yield f"referrers by {kind}: {what}", holds, said

    def run(self, desk, *words):
        accepts, output, said = self.call([self.program, *words], desk.folder, ".",
                                          env={**desk.env, "HOME": str(desk.folder)})
        if not accepts:
            raise Failed(f"{self.name} {' '.join(str(w) for w in words)}: {said[-400:]}")
        return output


def pushed(desk, host, name, model):
    """Our artefact of the folder, by reference; and the digest."""
    said = json.loads(desk.aion_done("oci", "push", str(model), f"{host}/{name}", "--format", "json"))
    digest = "sha256:" + hashlib.sha256(fetch_manifest(host, name)).hexdigest()
    if digest not in json.dumps(said):
        raise Failed(f"aion oci push says another digest than {digest}: {said}")
    return f"{host}/{name}", digest


def attached(desk, reference, file, *more):
    """The digest of what we attach."""
    said = desk.aion_done("oci", "attach", reference, file, *more, "--format", "json").decode()
    return re.findall("sha256:[0-9a-f]{64}", json.dumps(json.loads(said)["attached"]))[0]


def pulled(desk, reference):
    folder = desk.folder / desk.new(".pulled")
    desk.aion_done("oci", "pull", reference, "--output", str(folder))
    return tree(folder)


def listed(desk, reference):
    return desk.aion_done("oci", "discover", reference, "--format", "json").decode()


class Oras(RegistryClient):
    name = "oras"
    VERSIONS = (("oras.land/oras@v1.3.6", "/cmd/oras"), ("oras.land/oras@v1.3.0", "/cmd/oras"))

    def find_program(self, may_compile):
        self.program, self.version = ways.go_program(self.name, self.VERSIONS, may_compile)

    def checks_of_layouts(self, desk):
        return oci_layout.oras(self.program, desk)

    def checks_on(self, desk, host, kind, model):
        reference, _ = pushed(desk, host, "ours:v1", model)
        folder = desk.folder / desk.new(".oras")
        self.run(desk, "pull", "--plain-http", reference, "--output", folder)
        yield same_files("pulls what aion pushed", tree(model), tree(folder))

        self.run(desk, "push", "--plain-http", f"{host}/theirs:v1", "model/weights.bin:x/weights",
                 "model/config.json:application/json")
        found = pulled(desk, f"{host}/theirs:v1")
        wanted = {f"model/{name}": content for name, content in tree(model).items()
                  if name != "sub/empty"}
        yield same_files("aion pulls what it pushed", wanted, found)

        note = desk.new(".note", b"a note")
        # By digest: one of the registries lists another type than the manifests have.
        ours = [attached(desk, reference, note, "--type", kind_of)
                for kind_of in ("text/x-note", "text/x-more")]
        spec = f"v1.1-referrers-{'tag' if kind == 'tags' else 'api'}"
        said = self.run(desk, "discover", "--plain-http", "--distribution-spec", spec, "--format",
                        "json", reference).decode()
        yield "finds what aion attached", all(digest in said for digest in ours), said

        theirs = json.loads(self.run(desk, "attach", "--plain-http", "--distribution-spec", spec,
                                     "--format", "json", "--artifact-type", "text/x-theirs",
                                     reference, f"{note}:text/plain"))["digest"]
        said = listed(desk, reference)
        yield ("aion finds what it attached, beside its own",
               all(digest in said for digest in (theirs, *ours)), said)

        layout = desk.new(".layout")
        desk.aion_done("oci", "push", str(model), f"oci:{layout}:v1")
        desk.aion_done("oci", "push", f"oci:{layout}:v1", f"{host}/copied:v1", "--referrers")
        yield ("a copy of a layout is the same artefact",
               fetch_manifest(host, "copied:v1") and
               hashlib.sha256(fetch_manifest(host, "copied:v1")).hexdigest() in
               self.run(desk, "manifest", "fetch", "--plain-http", "--descriptor",
                        f"{host}/copied:v1").decode(), "another digest")
        self.run(desk, "cp", "--from-plain-http", "--to-oci-layout", "-r", reference,
                 f"{desk.new('.oras-layout')}:v1")
        yield "copies ours with what is attached into a layout", True, ""


class Crane(RegistryClient):
    name = "crane"
    VERSIONS = (("github.com/google/go-containerregistry@v0.22.1", "/cmd/crane"),
                ("github.com/google/go-containerregistry@v0.20.6", "/cmd/crane"))

    def find_program(self, may_compile):
        self.program, self.version = ways.go_program(self.name, self.VERSIONS, may_compile)

    def checks_of_layouts(self, desk):
        with self.registry(desk, "API") as host:
            yield from oci_layout.crane(self.program, desk, host)

    def checks_on(self, desk, host, kind, model):
        reference, digest = pushed(desk, host, "ours:v1", model)
        yield "finds our digest", digest in self.run(desk, "digest", reference).decode(), digest
        self.run(desk, "copy", reference, f"{host}/theirs:v2")
        yield same_files("aion pulls what it copied", tree(model), pulled(desk, f"{host}/theirs:v2"))
        manifest = json.loads(self.run(desk, "manifest", reference))
        blob = self.run(desk, "blob", f"{reference.split(':v1')[0]}@{manifest['layers'][0]['digest']}")
        yield ("reads a blob of ours",
               hashlib.sha256(blob).hexdigest() in manifest["layers"][0]["digest"], "another blob")


class Skopeo(RegistryClient):
    name = "skopeo"

    def find_program(self, may_compile):
        self.program = ways.program("skopeo", "skopeo")
        self.version = ways.run([self.program, "--version"])[1].split()[-1]

    def checks_of_layouts(self, desk):
        return oci_layout.skopeo(self.program, desk)

    def checks_on(self, desk, host, kind, model):
        reference, digest = pushed(desk, host, "ours:v1", model)
        raw = self.run(desk, "inspect", "--raw", "--tls-verify=false", f"docker://{reference}")
        yield "reads our manifest", hashlib.sha256(raw).hexdigest() in digest, digest
        layout = desk.new(".skopeo")
        accepts, _, said = self.call(
            [self.program, "copy", "--insecure-policy", "--src-tls-verify=false",
             f"docker://{reference}", f"oci:{layout}:v1"], desk.folder, ".",
            env={**desk.env, "HOME": str(desk.folder)})
        yield "copies ours into a layout", accepts, said
        if accepts:
            desk.aion_done("oci", "push", f"oci:{layout}:v1", f"{host}/back:v1")
            yield same_files("aion pushes that layout", tree(model), pulled(desk, f"{host}/back:v1"))


class CosignInRegistry(RegistryClient):
    """Bundles that we attach, found and verified by cosign."""

    name = "cosign in a registry"
    VERSIONS = (("github.com/sigstore/cosign/v3@v3.1.2", "/cmd/cosign"),)

    def find_program(self, may_compile):
        self.program, self.version = ways.go_program("cosign", self.VERSIONS, may_compile)

    def checks_on(self, desk, host, kind, model):
        reference, digest = pushed(desk, host, f"ours:{kind.lower()}", model)
        name = reference.split("/", 1)[1]
        manifest = desk.new("-manifest.json", fetch_manifest(host, name))
        envelope = desk.new(".intoto.jsonl")
        desk.aion_done("slsa", "generate", manifest, "--builder-id", "https://builder.example/1",
                       "--author", ALICE, "--key", ALICE, "--output", envelope)
        bundle = desk.new(".sigstore.json", desk.converted(envelope, "sigstore"))
        desk.aion_done("oci", "attach", reference, bundle, "--for", "cosign")

        def judge(author):
            done = self.call([self.program, "verify-attestation", "--key", desk.pem_of(author),
                              "--insecure-ignore-tlog", "--allow-http-registry", "--type",
                              "slsaprovenance1", f"{reference.rsplit(':', 1)[0]}@{digest}"],
                             desk.folder, "no matching|failed to verify|invalid signature|none of",
                             env={**desk.env, "HOME": str(desk.folder)})
            return done[0], done[2]

        yield expect(ACCEPTS, "verifies the bundle that we attach", judge(ALICE))
        yield expect(REFUSES, "refuses it under another's key", judge(BOB))


# --- registries that do not keep to anything ----------------------------------

class HostileRegistries(Client):
    """A registry that lies, as our program sees it."""

    name = "registries that lie"
    PASSWORD = "correct-horse-battery"

    def find(self, may_compile):
        registries.find_docker_registry()

    def pull(self, desk, host, *words, env=None):
        """(exit code, what was said, files that have their names, seconds)"""
        folder = desk.folder / desk.new(".pulled")
        before = desk.env
        desk.env = {**desk.env, **(env or {})}
        begin = time.monotonic()
        try:
            code, output, said = desk.aion_run("oci", "pull", f"{host}/model:v1", "--output",
                                               str(folder), *words)
        finally:
            desk.env = before
        return code, output.decode() + said, tree(folder) if folder.is_dir() else {}, \
            time.monotonic() - begin

    def checks(self, desk):
        yield from self.checks_of_lies(desk)
        yield from self.checks_of_redirects(desk)
        yield from self.checks_of_credentials(desk)
        yield from self.checks_of_docker(desk)

    def checks_of_lies(self, desk):
        with registries.liar() as server:
            code, said, files, _ = self.pull(desk, server.host)
            yield "an honest one is pulled from", code == 0 and "layer.txt" in files, said
            for lie in ("content", "length", "endless", "headers", "manifest digest", "type",
                        "break for ever"):
                server.lie = lie
                code, said, files, took = self.pull(desk, server.host)
                yield (f"false {lie}: refused, nothing has its name",
                       code == 2 and "layer.txt" not in files and took < PULL_LIMIT_S,
                       f"{code} {took:.1f}s {said}")
            server.lie = "break"
            code, said, files, _ = self.pull(desk, server.host)
            yield "one that breaks off is resumed", code == 0 and "layer.txt" in files, said
            server.lie = "slow"
            code, said, files, took = self.pull(desk, server.host, "--timeout", "1s")
            yield ("one that is too slow is given up", code == 2 and took < PULL_LIMIT_S,
                   f"{code} {took:.1f}s {said}")

    def checks_of_redirects(self, desk):
        tls = registries.certificate(desk.folder)
        with registries.liar() as server, registries.liar() as other, registries.liar(tls) as secure:
            login = registries.docker_config(desk.folder / desk.new(".docker"), server.host, "alice",
                                             self.PASSWORD)
            config = {"DOCKER_CONFIG": str(login)}
            layer = f"/v2/model/blobs/{registries.digest_of(registries.Liar.LAYER)}"
            server.user = registries.basic("alice", self.PASSWORD)
            server.challenge = 'Basic realm="r"'
            server.lie, server.elsewhere = "redirect", f"http://{other.host}{layer}?secret=1"
            code, said, files, _ = self.pull(desk, server.host, env=config)
            yield "another place is gone to", code == 0 and "layer.txt" in files, said
            yield ("and is told no password",
                   bool(other.seen) and not any("Authorization" in headers
                                                for _, headers in other.seen), str(other.seen))
            server.elsewhere = f"http://{server.host}{layer}"
            code, said, *_ = self.pull(desk, server.host, env=config)
            yield "circles end", code == 2 and "redirect" in said, said
            for what, where in (("a file", "file:///etc/passwd"), ("nowhere", ""),
                                ("another's machine", "http://192.0.2.1/")):
                server.elsewhere = where
                code, said, _, took = self.pull(desk, server.host, env=config)
                yield f"{what} is not gone to", code == 2 and took < PULL_LIMIT_S, said

            trust = ("--https", "--ca-file", str(tls[0]))
            code, said, *_ = self.pull(desk, secure.host, *trust)
            yield "over TLS", code == 0, said
            code, said, *_ = self.pull(desk, secure.host, "--https")
            yield "a certificate that nobody vouches for is refused", code == 2, said
            secure.lie, secure.elsewhere = "redirect", f"http://{other.host}{layer}"
            other.seen.clear()
            code, said, *_ = self.pull(desk, secure.host, *trust)
            yield "from https to http nobody goes", code == 2 and not other.seen, said

    def checks_of_credentials(self, desk):
        with registries.liar() as server:
            server.user = registries.basic("alice", self.PASSWORD)
            server.challenge = f'Basic realm="{self.PASSWORD}"'
            wrong = registries.docker_config(desk.folder / desk.new(".docker"), server.host, "alice",
                                             self.PASSWORD + "-no")
            for what, env in (("nobody", {"DOCKER_CONFIG": str(desk.folder)}),
                              ("somebody else", {"DOCKER_CONFIG": str(wrong)})):
                code, said, *_ = self.pull(desk, server.host, env=env)
                yield (f"who is {what} is denied, and no password is shown",
                       code == 2 and self.PASSWORD not in said and "den" in said, said)
            server.challenge = 'Bearer realm="http://192.0.2.1/token"'
            code, said, _, took = self.pull(desk, server.host, env={"DOCKER_CONFIG": str(wrong)})
            yield ("a token server elsewhere is told nothing without encryption",
                   code == 2 and took < PULL_LIMIT_S, said)

    def checks_of_docker(self, desk):
        """Debian's registry with a password and TLS."""
        model = make_model(desk)
        tls = registries.certificate(desk.folder)
        with registries.docker_registry(desk.folder / desk.new(".registry"),
                                        ("alice", self.PASSWORD), tls) as host:
            config = {"DOCKER_CONFIG": str(registries.docker_config(
                desk.folder / desk.new(".docker"), host, "alice", self.PASSWORD))}
            desk.env, before = {**desk.env, **config, "SSL_CERT_FILE": str(tls[0])}, desk.env
            code, _, said = desk.aion_run("oci", "push", str(model), f"{host}/model:v1", "--https")
            yield "Debian's, with a password and TLS: pushed", code == 0, said
            code, said, files, _ = self.pull(desk, host, "--https")
            yield "and pulled", code == 0 and files == tree(model), said
            desk.env = before


class Walk(Client):
    """The page that takes a model from a folder to a registry and on, as a reader does."""

    name = "docs/models.md"
    RUN_PAGE = registries.HERE.parents[1] / "tests" / "docs" / "run_page.py"

    def find(self, may_compile):
        registries.find_docker_registry()

    def checks(self, desk):
        done = subprocess.run([sys.executable, "-B", self.RUN_PAGE, self.name, "--aion", desk.aion],
                              capture_output=True, text=True, check=False)
        yield "every command does what the page says", done.returncode == 0, done.stdout + done.stderr


CLIENTS = (Oras(), Crane(), Skopeo(), CosignInRegistry(), HostileRegistries(),
           Walk())
