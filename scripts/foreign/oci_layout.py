# SPDX-License-Identifier: MIT OR Apache-2.0
"""Image layouts: what oras, skopeo and crane say of ours, and ours of what they write.

Each check is (what, whether it holds, what was said), as of the clients in clients.py; `tool` is
the path of the client.
"""

import json
import pathlib
import shutil
import subprocess


def run(tool, desk, *words):
    """(whether it succeeded, what it printed, what it complained of)"""
    done = subprocess.run([str(tool), *[str(word) for word in words]], cwd=desk.folder,
                          capture_output=True, stdin=subprocess.DEVNULL)
    return done.returncode == 0, done.stdout, (done.stderr + done.stdout).decode(errors="replace")


def held(what, outcome, holds=True):
    fits = outcome[0] and holds
    return what, fits, "" if fits else outcome[2].strip()[-400:] or "it did something else"


def make_model(desk):
    """A folder with a nested file, pushed as layouts:v1 with an envelope attached: its digest."""
    model = desk.folder / "model"
    if not model.exists():
        (model / "vocab").mkdir(parents=True)
        (model / "orchid.gguf").write_bytes(b"orchid weights" * 1000)
        (model / "vocab" / "words.txt").write_bytes(b"alpha\nbeta\n")
    pushed = json.loads(desk.aion_done("oci", "push", "model", "oci:layout:v1", "--format", "json"))
    desk.aion_done("oci", "attach", "oci:layout:v1", desk.statement(), "--title")
    return pushed["digest"]


def same_folders(one, other):
    """Whether two folders have the same files."""
    def files(top):
        return {path.relative_to(top).as_posix(): path.read_bytes()
                for path in pathlib.Path(top).rglob("*") if path.is_file()}
    return files(one) == files(other)


def sound(desk, layout):
    code, _, complaint = desk.aion_run("oci", "layout", layout)
    return code == 0, b"", complaint


def oras(tool, desk):
    digest = make_model(desk)
    done = run(tool, desk, "resolve", "--oci-layout", "layout:v1")
    yield held("resolves our tag", done, done[1].decode().strip() == digest)
    done = run(tool, desk, "pull", "--oci-layout", "layout:v1", "--output", "by-oras")
    yield held("pulls our folder", done,
               done[0] and same_folders(desk.folder / "model", desk.folder / "by-oras"))
    done = run(tool, desk, "discover", "--oci-layout", "layout:v1", "--format", "json")
    found = json.loads(done[1] or b"{}")
    listed = found.get("referrers", found.get("manifests", []))
    yield held("discovers what we attached", done, len(listed) == 1)
    (desk.folder / "note.txt").write_bytes(b"note\n")
    done = run(tool, desk, "attach", "--oci-layout", "layout:v1", "--artifact-type",
               "application/vnd.example.note", "note.txt:text/plain")
    yield held("attaches to ours", done)
    discovered = json.loads(desk.aion_done("oci", "discover", "oci:layout:v1", "--format", "json"))
    kinds = {one["artifact_type"] for one in discovered["referrers"]}
    yield held("aion discovers what it attached", (True, b"", str(kinds)),
               "application/vnd.example.note" in kinds and len(kinds) == 2)
    yield held("aion finds its layout sound", sound(desk, "layout"))
    done = run(tool, desk, "push", "--oci-layout", "theirs:v1", "--artifact-type",
               "application/vnd.example.model", "note.txt:text/plain")
    yield held("makes a layout", done)
    yield held("aion finds that sound", sound(desk, "theirs"))
    code, _, complaint = desk.aion_run("oci", "pull", "oci:theirs:v1", "--output", "from-oras")
    yield held("aion pulls from it", (code == 0, b"", complaint),
               (desk.folder / "from-oras" / "note.txt").exists())
    done = run(tool, desk, "cp", "--from-oci-layout", "layout:v1", "--to-oci-layout", "copy:v1", "-r")
    yield held("copies ours with what is about it", done)
    both = [desk.aion_done("oci", "discover", f"oci:{name}:v1", "--format", "json")
            for name in ("layout", "copy")]
    digests = [{one["digest"] for one in json.loads(text)["referrers"]} for text in both]
    yield held("aion discovers the same in the copy", (True, b"", str(digests)),
               digests[0] == digests[1])


def skopeo(tool, desk):
    digest = make_model(desk)
    done = run(tool, desk, "inspect", "--raw", "oci:layout:v1")
    blob = desk.folder / "layout" / "blobs" / "sha256" / digest.removeprefix("sha256:")
    yield held("reads our manifest", done, done[1] == blob.read_bytes())
    done = run(tool, desk, "--insecure-policy", "copy", "oci:layout:v1", "oci:by-skopeo:v1")
    yield held("copies our layout", done)
    yield held("aion finds the copy sound", sound(desk, "by-skopeo"))
    shutil.rmtree(desk.folder / "from-skopeo", ignore_errors=True)
    code, _, complaint = desk.aion_run("oci", "pull", "oci:by-skopeo:v1", "--output", "from-skopeo")
    yield held("aion pulls from the copy", (code == 0, b"", complaint),
               code == 0 and same_folders(desk.folder / "model", desk.folder / "from-skopeo"))
    done = run(tool, desk, "--insecure-policy", "copy", "oci:by-skopeo:v1", "oci:layout:v2")
    yield held("writes into ours", done)
    yield held("aion finds ours sound", sound(desk, "layout"))


def crane(tool, desk, registry):
    """With a registry at `registry` (HOST:PORT) without TLS."""
    digest = make_model(desk)
    single = desk.folder / "single"
    shutil.rmtree(single, ignore_errors=True)
    desk.aion_done("oci", "push", "model", "oci:single")
    done = run(tool, desk, "push", "--insecure", "single", f"{registry}/layout/model:v1")
    yield held("pushes our layout", done)
    done = run(tool, desk, "digest", "--insecure", f"{registry}/layout/model:v1")
    yield held("names the same digest", done, digest in done[1].decode())
    done = run(tool, desk, "pull", "--insecure", "--format=oci", f"{registry}/layout/model:v1",
               "by-crane")
    yield held("writes a layout", done)
    yield held("aion finds that sound", sound(desk, "by-crane"))
