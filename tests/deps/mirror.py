# SPDX-License-Identifier: MIT OR Apache-2.0
"""A Debian mirror made of files, with tiny packages that build in no time, and ways to
spoil it. The real apt reads it through file: addresses."""

import datetime
import hashlib
import pathlib
import shutil
import subprocess
import tarfile
import tempfile
import time

ARCHITECTURE = subprocess.run(
    ["dpkg", "--print-architecture"], capture_output=True, text=True, check=True
).stdout.strip()


def run(*command, **options):
    return subprocess.run(command, check=True, capture_output=True, **options)


class Key:
    """A signing key and, in `keyring`, its public half."""

    def __init__(self, name):
        # Short, because gpg-agent's socket lies in it.
        self.home = pathlib.Path(tempfile.mkdtemp(prefix="aion-gpg-", dir="/tmp"))
        self.home.chmod(0o700)
        self.gpg("--quick-generate-key", f"{name} <{name}@example.invalid>", "ed25519", "sign", "never")
        self.keyring = self.home / "keyring.gpg"
        self.keyring.write_bytes(self.gpg("--export").stdout)

    def gpg(self, *arguments):
        return run("gpg", "--homedir", self.home, "--batch", "--yes", "--quiet",
                   "--pinentry-mode", "loopback", "--passphrase", "", *arguments)

    def close(self):
        subprocess.run(["gpgconf", "--homedir", self.home, "--kill", "all"], capture_output=True)
        shutil.rmtree(self.home, ignore_errors=True)


def checksums(path):
    data = path.read_bytes()
    return hashlib.md5(data).hexdigest(), hashlib.sha256(data).hexdigest(), len(data)


class Mirror:
    def __init__(self, root, key):
        self.root, self.key = pathlib.Path(root), key
        self.sources, self.binaries = {}, {}

    # --- packages ---

    def source(self, suite, package, version, files):
        """Adds a source package with `files`, {name: text}; a name that ends in * is made
        executable. Gives the paths of its two files."""
        folder = self.root / "pool" / suite / package
        folder.mkdir(parents=True, exist_ok=True)
        stem = f"{package}_{version.replace(':', '')}"
        tar = folder / f"{stem}.tar.xz"
        with tempfile.TemporaryDirectory() as top:
            tree = pathlib.Path(top, f"{package}-source")
            for name, text in {**files, "debian/source/format": "3.0 (native)\n"}.items():
                path = tree / name.rstrip("*")
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(text)
                path.chmod(0o755 if name.endswith("*") else 0o644)
            with tarfile.open(tar, "w:xz", preset=0) as archive:
                archive.add(tree, tree.name)
        md5, sha, size = checksums(tar)
        head = f"Binary: {package}\nArchitecture: any\nVersion: {version}\n" \
               "Maintainer: Nobody <nobody@example.invalid>\nFormat: 3.0 (native)\n"
        dsc = folder / f"{stem}.dsc"
        dsc.write_text(f"Source: {package}\n{head}Checksums-Sha256:\n {sha} {size} {tar.name}\n"
                       f"Files:\n {md5} {size} {tar.name}\n")
        dsc_md5, dsc_sha, dsc_size = checksums(dsc)
        self.sources.setdefault(suite, []).append(
            f"Package: {package}\n{head}Directory: {folder.relative_to(self.root)}\n"
            f"Checksums-Sha256:\n {dsc_sha} {dsc_size} {dsc.name}\n {sha} {size} {tar.name}\n"
            f"Files:\n {dsc_md5} {dsc_size} {dsc.name}\n {md5} {size} {tar.name}\n")
        return dsc, tar

    def binary(self, suite, package, version, files):
        folder = self.root / "pool" / suite / package
        folder.mkdir(parents=True, exist_ok=True)
        deb = folder / f"{package}_{version}_{ARCHITECTURE}.deb"
        control = f"Package: {package}\nVersion: {version}\nArchitecture: {ARCHITECTURE}\n" \
                  "Maintainer: Nobody <nobody@example.invalid>\nDescription: for a test\n"
        with tempfile.TemporaryDirectory() as top:
            tree = pathlib.Path(top)
            tree.chmod(0o755)
            for name, text in {**files, "DEBIAN/control": control}.items():
                path = tree / name
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(text)
            (tree / "DEBIAN").chmod(0o755)
            run("dpkg-deb", "--root-owner-group", "-Znone", "-b", tree, deb)
        _, sha, size = checksums(deb)
        self.binaries.setdefault(suite, []).append(
            f"{control}Filename: {deb.relative_to(self.root)}\nSize: {size}\nSHA256: {sha}\n")
        return deb

    # --- indexes ---

    def publish(self, *suites, key=None, expired=False, signed=True):
        for suite in suites:
            self._publish(suite, key or self.key, expired, signed)

    def _publish(self, suite, key, expired, signed):
        dist = self.root / "dists" / suite
        shutil.rmtree(dist, ignore_errors=True)
        indexes = {
            "main/source/Sources": self.sources.get(suite, []),
            f"main/binary-{ARCHITECTURE}/Packages": self.binaries.get(suite, []),
        }
        lines = []
        for name, stanzas in indexes.items():
            path = dist / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text("\n".join(stanzas))
            _, sha, size = checksums(path)
            lines.append(f" {sha} {size} {name}")
        now = datetime.datetime.fromtimestamp(time.time(), datetime.timezone.utc)
        form = "%a, %d %b %Y %H:%M:%S UTC"
        date = now - datetime.timedelta(days=30 if expired else 0, hours=1)
        until = now + datetime.timedelta(days=-1 if expired else 7)
        release = dist / "Release"
        release.write_text(
            f"Origin: Test\nSuite: {suite}\nCodename: {suite}\nDate: {date.strftime(form)}\n"
            f"Valid-Until: {until.strftime(form)}\nArchitectures: {ARCHITECTURE}\n"
            "Components: main\nSHA256:\n" + "\n".join(lines) + "\n")
        if signed:
            key.gpg("--output", dist / "InRelease", "--clearsign", release)


# --- what a package of ours consists of ---

def openssl(version, configure="", make="true"):
    """Sources whose Configure and make give a libcrypto.a that names its version."""
    return {
        "Configure*": f"#!/bin/sh\n{configure}\n",
        "Makefile": f"build_generated:\n\t{make}\nlibcrypto.a:\n\techo {version} >libcrypto.a\n",
        "include/openssl/opensslv.h": f"// {version}\n",
        "LICENSE.txt": "none\n",
    }


def blake3(version):
    folder = f"usr/share/cargo/registry/blake3-{version}/c"
    names = ["blake3.c", "blake3_dispatch.c", "blake3_portable.c", "blake3_avx2_x86-64_unix.S"]
    files = {f"{folder}/{name}": "\n" for name in names}
    files[f"{folder}/blake3.h"] = f'#define BLAKE3_VERSION_STRING "{version}"\n'
    return files
