#!/usr/bin/env python3
# SPDX-License-Identifier: MIT OR Apache-2.0
"""Where a registry is named, aion hands over to the aion-net beside it or in ../libexec/aion, with
its arguments and standard streams, and to no other; it has no libcurl itself."""

import argparse
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest

AION = None
STAND_IN = """#!/bin/sh
printf '%s\\n' "it is $0" "$@"
cat
exit 7
"""


class Companion(unittest.TestCase):
    def setUp(self):
        holder = tempfile.TemporaryDirectory()
        self.addCleanup(holder.cleanup)
        self.folder = pathlib.Path(holder.name).resolve()
        (self.folder / "bin").mkdir()
        self.aion = self.folder / "bin" / "aion"
        shutil.copy(AION, self.aion)

    def stand_in(self, *where):
        path = self.folder.joinpath(*where)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(STAND_IN)
        path.chmod(0o755)
        return path

    def pull(self, program=None, path=None):
        env = {"PATH": f"{path}:{os.environ['PATH']}" if path else os.environ["PATH"],
               "HOME": str(self.folder)}
        return subprocess.run([str(program or self.aion), "oci", "pull", "registry.example/a/b:v1",
                               "--output", "a b"], cwd=self.folder, env=env, input="from here",
                              capture_output=True, text=True, timeout=60, check=False)

    def check_is(self, done, path):
        self.assertEqual(done.returncode, 7, done.stderr)
        said = done.stdout.splitlines()
        self.assertEqual(pathlib.Path(said[0].removeprefix("it is ")).resolve(), path)
        self.assertEqual(said[1:], ["oci", "pull", "registry.example/a/b:v1", "--output", "a b",
                                    "from here"])

    def test_beside(self):
        self.stand_in("libexec", "aion", "aion-net")
        beside = self.stand_in("bin", "aion-net")
        self.check_is(self.pull(), beside)

    def test_in_libexec(self):
        installed = self.stand_in("libexec", "aion", "aion-net")
        self.check_is(self.pull(), installed)

    def test_beside_what_a_link_leads_to(self):
        beside = self.stand_in("bin", "aion-net")
        link = self.folder / "other" / "aion"
        link.parent.mkdir()
        link.symlink_to(self.aion)
        self.stand_in("other", "aion-net")
        self.check_is(self.pull(link), beside)

    def test_never_in_path_or_in_the_current_folder(self):
        self.stand_in("elsewhere", "aion-net")
        self.stand_in("aion-net")
        done = self.pull(path=self.folder / "elsewhere")
        self.assertEqual(done.returncode, 2)
        self.assertEqual(done.stdout, "")
        self.assertIn("aion-net", done.stderr)
        self.assertIn("libcurl", done.stderr)
        self.assertFalse((self.folder / "a b").exists())

    def test_one_that_cannot_be_run_is_named(self):
        self.stand_in("bin", "aion-net").chmod(0o644)
        done = self.pull()
        self.assertEqual(done.returncode, 2)
        self.assertIn("Permission denied", done.stderr)

    def test_a_malformed_reference_is_refused_here(self):
        self.stand_in("bin", "aion-net")
        done = subprocess.run([str(self.aion), "oci", "pull", "registry.example/UPPER:v1",
                               "--output", "x"], cwd=self.folder, stdin=subprocess.DEVNULL,
                              capture_output=True, text=True, timeout=60, check=False)
        self.assertEqual(done.returncode, 2, done.stdout)

    def test_the_program_has_no_way_to_a_network(self):
        """libcurl is not in it, in no form."""
        content = self.aion.read_bytes()
        for word in (b"libcurl", b"curl_easy", b"CURLOPT"):
            self.assertNotIn(word, content.replace(b"libcurl4-openssl-dev", b""), word)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--aion", required=True, type=pathlib.Path)
    asked, rest = parser.parse_known_args()
    AION = asked.aion.resolve()
    unittest.main(argv=[sys.argv[0], *rest])
