#!/usr/bin/env python3
# SPDX-License-Identifier: MIT OR Apache-2.0
"""scripts/dependencies where no newer OpenSSL is to be had: the system's own has to do, that is
said once, and it is not tried again for an hour unless somebody asks."""

import os
import pathlib
import shutil
import subprocess
import tempfile
import unittest

import mirror

DEPENDENCIES = pathlib.Path(__file__).resolve().parents[2] / "scripts" / "dependencies"


def setUpModule():
    global KEY
    KEY = mirror.Key("archive")


def tearDownModule():
    KEY.close()


class DependenciesTest(unittest.TestCase):
    """An installed libcrypto that is too old, and packages that are all installed."""

    def setUp(self):
        self.top = pathlib.Path(tempfile.mkdtemp(prefix="aion-deps-"))
        self.addCleanup(shutil.rmtree, self.top)
        self.archive = mirror.Mirror(self.top / "debian", KEY)
        sources = self.top / "etc" / "sources.list.d"
        sources.mkdir(parents=True)
        (sources / "debian.sources").write_text(
            f"Types: deb\nURIs: file:{self.archive.root}\nSuites: bookworm\nComponents: main\n"
            f"Signed-By: {KEY.keyring}\n")
        (self.top / "bin").mkdir()
        for name, does in (("dpkg-query", "printf installed"), ("pkg-config", "exit 1")):
            stand_in = self.top / "bin" / name
            stand_in.write_text(f"#!/bin/sh\n{does}\n")
            stand_in.chmod(0o755)
        for suite, version in (("bookworm", "1.3.1"), ("trixie", "1.8.1")):
            self.archive.binary(suite, "librust-blake3-dev", f"{version}-1", mirror.blake3(version))
        self.archive.publish("bookworm", "trixie")

    def dependencies(self, *arguments):
        return subprocess.run(
            [DEPENDENCIES, *arguments], capture_output=True, text=True, timeout=120,
            env={**os.environ, "PATH": f"{self.top}/bin:{os.environ['PATH']}",
                 "AION_APT_ETC": str(self.top / "etc"), "AION_CODENAME": "bookworm",
                 "XDG_CACHE_HOME": str(self.top / "cache")})

    def test_the_systems_own_serves_and_that_is_said_once(self):
        done = self.dependencies()
        self.assertEqual((done.returncode, done.stdout), (0, "ON\n"), done.stderr)
        self.assertEqual(done.stderr.count("no OpenSSL >= 3.5 is to be had"), 1)
        self.assertIn("everything but ML-DSA", done.stderr)
        self.assertEqual(done.stderr.count("openssl could not be provided"), 1)
        again = self.dependencies()
        self.assertEqual((again.returncode, again.stdout), (0, "ON\n"))
        self.assertNotIn("looking for openssl", again.stderr)
        self.assertIn("no OpenSSL >= 3.5 is to be had", again.stderr)

    def test_a_newer_one_is_taken_as_soon_as_somebody_asks(self):
        self.assertEqual(self.dependencies().stdout, "ON\n")
        self.archive.source("trixie", "openssl", "3.5.7-1", mirror.openssl("3.5.7"))
        self.archive.publish("trixie")
        done = self.dependencies("--anew")
        self.assertEqual((done.returncode, done.stdout), (0, "OFF\n"), done.stderr)
        self.assertEqual(self.dependencies().stdout, "OFF\n")

    def test_asked_for_it_needs_no_newer_release(self):
        shutil.rmtree(self.archive.root / "dists" / "trixie")
        done = self.dependencies("--system-crypto")
        self.assertEqual((done.returncode, done.stdout), (0, "ON\n"), done.stderr)
        self.assertTrue((self.top / "cache" / "aion" / "blake3-own-1.3.1").is_dir())

    def test_without_any_mirror_the_error_is_clear(self):
        shutil.rmtree(self.archive.root)
        done = self.dependencies("--system-crypto")
        self.assertEqual((done.returncode, done.stdout), (1, ""))
        self.assertIn("blake3-own could not be provided. What was tried", done.stderr)
        self.assertIn("bookworm: index not read: ", done.stderr)


if __name__ == "__main__":
    unittest.main()
