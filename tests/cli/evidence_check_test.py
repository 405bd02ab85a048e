#!/usr/bin/env python3
# SPDX-License-Identifier: MIT OR Apache-2.0
"""The script that goes with evidence agrees with `aion verify`: on good files, and on files of which
a byte is another. It runs under each shell that is here, with no aion on its PATH.

Where aion fails a file for its header or audit trail alone, the script, which says that it does not
look at these, must at least find the trailing hash."""

import argparse
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

HASH_SIZE = 32


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--aion", required=True, type=pathlib.Path)
    aion = parser.parse_args().aion.resolve()
    with tempfile.TemporaryDirectory() as folder:
        return Check(aion, pathlib.Path(folder)).run()


class Check:
    def __init__(self, aion, folder):
        self.aion = aion
        self.folder = folder
        self.failures = 0
        self.environment = {"PATH": os.environ["PATH"], "HOME": str(folder),
                            "AION_KEYSTORE_DIR": str(folder / "keys"),
                            "AION_REGISTRY": str(folder / "registry.json")}

    def call(self, *words, text=""):
        return subprocess.run([str(self.aion), *words, "--quiet"], input=text, cwd=self.folder,
                              env=self.environment, capture_output=True, text=True, check=False)

    def must(self, *words, text=""):
        result = self.call(*words, text=text)
        if result.returncode != 0:
            sys.exit(f"aion {' '.join(words)}: {result.stderr}")

    def make_world(self):
        """Three versions by two authors, one of whom has two epochs, the other one that ended."""
        for key in ("1", "2", "3", "8", "9"):
            self.must("key", "generate", "--id", key)
        for author, key, master in (("1001", "1", "8"), ("18446744073709551615", "2", "9")):
            self.must("registry", "pin", "--author", author, "--key", key, "--master", master,
                      "--output", "registry.json")
        self.must("init", "p.aion", "--author", "1001", "--key", "1", "--rules", "-", text="one\n")
        self.must("commit", "p.aion", "--author", "18446744073709551615", "--key", "2", "--rules",
                  "-", "--message", "two", text="two\n")
        self.must("registry", "rotate", "--author", "1001", "--from-epoch", "0", "--to-epoch", "1",
                  "--new-key", "3", "--master-key", "8", "--effective-from-version", "3")
        self.must("commit", "p.aion", "--author", "1001", "--key", "3", "--rules", "-", "--message",
                  "three", text="three\n")
        self.must("registry", "revoke", "--author", "18446744073709551615", "--epoch", "0",
                  "--reason", "compromised", "--master-key", "9", "--effective-from-version", "3")

    def script(self, evidence, shell="sh"):
        return subprocess.run([shell, "check.sh"], cwd=evidence, capture_output=True, text=True,
                              check=False, env={"PATH": os.environ["PATH"]})

    def expect(self, holds, what):
        if not holds:
            print(f"FAILED: {what}")
            self.failures += 1

    def run(self):
        self.make_world()
        self.must("evidence", "p.aion", "--output", "evidence.tar")
        subprocess.run(["tar", "xf", "evidence.tar"], cwd=self.folder, check=True)
        evidence = self.folder / "evidence"
        (self.folder / "elsewhere" / "evidence").mkdir(parents=True)
        for shell in filter(shutil.which, ("sh", "bash", "dash", "ksh", "zsh")):
            good = self.script(evidence, shell)
            self.expect(good.returncode == 0 and "HOLDS: 3 versions" in good.stdout and
                        not good.stderr, f"{shell}: {good.stdout}{good.stderr}")
        for sums, tool in (("SHA256SUMS", "sha256sum"), ("B3SUMS", "b3sum")):
            done = subprocess.run([tool, "-c", sums], cwd=evidence, capture_output=True, check=False)
            self.expect(done.returncode == 0, f"{tool} -c {sums}")
        self.tamper(evidence)
        self.change_registry(evidence)
        return 1 if self.failures else 0

    def tamper(self, evidence):
        file = evidence / "p.aion" / "p.aion"
        good = file.read_bytes()
        for offset in range(0, len(good), 23):
            bad = bytearray(good)
            bad[offset] ^= 0x10
            file.write_bytes(bad)
            ours = self.call("verify", str(file)).returncode
            theirs = self.script(evidence)
            self.expect(ours == 1 and theirs.returncode == 1 and not theirs.stderr,
                        f"byte {offset}: verify {ours}, script {theirs.returncode}: "
                        f"{theirs.stdout}{theirs.stderr}")
        file.write_bytes(good[:100])
        self.expect(self.script(evidence).returncode == 1, "a file cut short")
        file.write_bytes(good)
        payload = evidence / "p.aion" / "payload"
        payload.write_text("another\n", encoding="utf-8")
        self.expect("the payload is not what version 3 signed" in self.script(evidence).stdout,
                    "another payload")
        payload.write_text("three\n", encoding="utf-8")
        self.expect(self.script(evidence).returncode == 0, "all as it was")

    def change_registry(self, evidence):
        """Windows count: a registry that differs in them alone refuses what it refuses in aion."""
        registry = evidence / "registry.json"
        good = registry.read_text(encoding="utf-8")
        for before, after, holds in (
                ('"effective_from_version": 3', '"effective_from_version": 2', False),
                ('"active_from_version": 3', '"active_from_version": 2', True),
                ('"active_from_version": 3', '"active_from_version": 4', False),
                ("\n", "\r\n", True),
                ("18446744073709551615", "18446744073709551614", False)):
            assert before in good
            registry.write_text(good.replace(before, after), encoding="utf-8", newline="")
            ours = self.call("verify", str(evidence / "p.aion" / "p.aion"), "--registry",
                             str(registry)).returncode
            theirs = self.script(evidence)
            self.expect(ours == theirs.returncode == (0 if holds else 1),
                        f"{before!r} -> {after!r}: verify {ours}, script {theirs.returncode}: "
                        f"{theirs.stdout}{theirs.stderr}")
        # What it cannot read as aion does it does not judge by.
        for before, after in (
                ('"revocations"', '"revocation\\u0073"'),
                ('"public_key"', '"public\\u005fkey"'),
                ('"version": 1,', '"version": 1, "authors": [],'),
                ('"epoch": 0,', '"epoch": 0, "epoch": 1,'),
                ('"authors"', '"aut\x01hors"')):
            assert before in good
            registry.write_text(good.replace(before, after), encoding="utf-8")
            refused = self.script(evidence)
            self.expect(refused.returncode == 2 and "HOLDS" not in refused.stdout and
                        refused.stderr.startswith("registry.json: "),
                        f"{before!r} -> {after!r}: script {refused.returncode}: "
                        f"{refused.stdout}{refused.stderr}")
        # Nor can a name that nobody knows pass for another.
        registry.write_text(good.replace(
            '"version": 1,',
            '"version": 1, "authors.0.epochs.0": {"public_key": "AAAA"}, '
            '"authors.0.epochs.0.public_key": "AAAA",'), encoding="utf-8")
        self.expect(self.script(evidence).returncode == 0, "keys that nobody knows")
        registry.write_text(good, encoding="utf-8")
        # A folder of that name elsewhere is not looked at.
        elsewhere = subprocess.run(
            ["sh", "evidence/check.sh"], cwd=self.folder, capture_output=True, text=True, check=False,
            env={"PATH": os.environ["PATH"], "CDPATH": str(self.folder / "elsewhere")})
        self.expect(elsewhere.returncode == 0, f"CDPATH: {elsewhere.stdout}{elsewhere.stderr}")
        (evidence / "p.aion" / "payload").unlink()
        self.expect(self.script(evidence).returncode == 1, "no payload")


if __name__ == "__main__":
    sys.exit(main())
