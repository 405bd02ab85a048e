# SPDX-License-Identifier: MIT OR Apache-2.0
"""The programs and libraries that do the same work elsewhere: found, and installed when asked."""

import dataclasses
import os
import pathlib
import shutil
import subprocess
import sys

SCRIPTS = pathlib.Path(__file__).resolve().parents[1]
REFERENCE = ("aion-context", "1.0.0")
# A program of ours that measures the reference's library.
LIBRARY = SCRIPTS.parent / "bench" / "reference"
# A compiler's start is not what is waited for here; a build of the reference takes minutes.
LONGEST_S = 1800


@dataclasses.dataclass
class Peer:
    """`path` is the program, empty for a library; `missing` says why there is none."""

    name: str
    version: str = ""
    path: str = ""
    missing: str = ""

    def said(self):
        return f"missing: {self.missing}" if self.missing else self.version


def cache():
    """Where peers are kept that are built here."""
    home = os.environ.get("XDG_CACHE_HOME") or pathlib.Path.home() / ".cache"
    return pathlib.Path(home) / "aion" / "peers"


def run(command, seconds=60):
    """(exit code, all that it printed); 127 where there is no such program."""
    try:
        done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, text=True, errors="replace", timeout=seconds)
    except FileNotFoundError:
        return 127, f"no {command[0]} on this machine"
    except subprocess.TimeoutExpired:
        return 124, f"{command[0]} took more than {seconds} s"
    return done.returncode, done.stdout


def last_line(text):
    """The line to show of a failed command: the first that says error, else the last."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return next((line for line in lines if line.startswith(("error", "E: "))),
                lines[-1] if lines else "it said nothing")


def by_package(package):
    code, text = run([str(SCRIPTS / "packages"), package], LONGEST_S)
    return "" if code == 0 else f"as a package of this system: {last_line(text)}"


def by_cargo(crate, version, *more):
    where = ["--root", str(cache())]
    exact = ["--version", version] if version else []
    code, text = run(["cargo", "install", crate, *exact, *where, *more], LONGEST_S)
    how = f"by cargo{' ' + ' '.join(more) if more else ''}"
    return "" if code == 0 else f"{how}: {last_line(text)}"


def by_cargo_from(source, root):
    """Builds a copy, so that nothing is written beside the sources, of the very crates that its
    Cargo.lock names."""
    copy = root / "source"
    shutil.rmtree(root, ignore_errors=True)
    shutil.copytree(source, copy)
    code, text = run(["cargo", "install", "--locked", "--path", str(copy), "--root", str(root)],
                     LONGEST_S)
    shutil.rmtree(copy / "target", ignore_errors=True)
    if code != 0:
        shutil.rmtree(root)
    return "" if code == 0 else f"by cargo from {source.name}: {last_line(text)}"


# Name -> ways to install it, tried in turn; each returns why it failed, or nothing. minisign,
# openssl and libsodium are written in C and no other registry offers them as they are, so their
# one way is scripts/packages, which itself tries every version that the system's lists have.
WAYS = {
    # Without the crate's own list of versions where one of those is not to be had any more.
    "reference": (lambda: by_cargo(*REFERENCE, "--locked"), lambda: by_cargo(*REFERENCE)),
    "reference-library": (lambda: by_cargo_from(LIBRARY, cache() / "reference-library"),),
    "minisign": (lambda: by_package("minisign"),),
    "libsodium": (lambda: by_package("libsodium-dev"),),
    "b3sum": (lambda: by_package("b3sum"), lambda: by_cargo("b3sum", "", "--locked")),
    "openssl": (lambda: by_package("openssl"),),
}


def program(name, *arguments):
    """The peer whose program is `name`, by the first line that it prints about its version."""
    path = shutil.which(name) or shutil.which(name, path=str(cache() / "bin"))
    if not path:
        return Peer(name, missing="not installed")
    code, text = run([path, *arguments])
    # minisign prints its version and exits with 0, older ones with 1 or 2.
    line = text.strip().splitlines()[0] if text.strip() else ""
    if not line or code not in (0, 1, 2):
        return Peer(name, missing=f"{name} does not start: {last_line(text)}")
    return Peer(name, line, path)


def reference():
    """The reference is called `aion`, as ours is, so only the cache counts."""
    crate, wanted = REFERENCE
    path = cache() / "bin" / "aion"
    if not path.is_file():
        return Peer("reference", missing="not installed")
    code, text = run([str(path), "--version"])
    if code != 0:
        return Peer("reference", missing=f"does not start: {last_line(text)}")
    if wanted not in text.split():
        return Peer("reference", missing=f"{path.name} is '{last_line(text)}', not {crate} {wanted}")
    return Peer("reference", f"{crate} {wanted}", str(path))


def reference_library():
    """Built from what the sources are now, or else not there."""
    root = cache() / "reference-library"
    path = root / "bin" / "reference-bench"
    if not path.is_file():
        return Peer("reference-library", missing="not built")
    for source in (*LIBRARY.glob("Cargo.*"), *LIBRARY.glob("src/*")):
        copy = root / "source" / source.relative_to(LIBRARY)
        if not (copy.is_file() and source.is_file()) or copy.read_bytes() != source.read_bytes():
            return Peer("reference-library", missing=f"built from another {source.name}")
    return Peer("reference-library", f"{' '.join(REFERENCE)}, as a library", str(path))


def libsodium():
    code, text = run(["pkg-config", "--modversion", "libsodium"])
    if code != 0:
        return Peer("libsodium", missing="not installed")
    return Peer("libsodium", f"libsodium {text.strip()}")


def find(name):
    if name == "reference":
        return reference()
    if name == "reference-library":
        return reference_library()
    if name == "libsodium":
        return libsodium()
    return program(name, *{"minisign": ["-v"], "b3sum": ["--version"], "openssl": ["version"]}[name])


def all_peers(install):
    """Every peer as it is on this machine, after installing what is missing if `install`."""
    found = []
    for name, ways in WAYS.items():
        peer = find(name)
        reasons = []
        if peer.missing and install:
            for way in ways:
                print(f"bench: installing the peer {name}", file=sys.stderr)
                reason = way()
                if not reason:
                    break
                reasons.append(reason)
            peer = find(name)
        if peer.missing and reasons:
            peer.missing = "; ".join(reasons)
        elif peer.missing and not install:
            peer.missing += " (--peers installs it)"
        found.append(peer)
    return found
