#!/usr/bin/env python3
# SPDX-License-Identifier: MIT OR Apache-2.0
"""scripts/packages on machines whose package index and pool disagree. apt, dpkg and id are
stand-ins that a description of the machine answers for: the real ones would install."""

import json
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

PACKAGES = pathlib.Path(__file__).resolve().parents[2] / "scripts" / "packages"

# The machine: `installed` {name: version}; `index` {name: [versions]}, newest first, and
# `fresh`, what `update` makes of it; `pool` [name=version]; `needs` {name: [names of the same
# version]}; `user` id.
STAND_IN = r'''
import json, os, pathlib, sys
state = pathlib.Path(os.environ["AION_TEST_MACHINE"])
machine = json.loads(state.read_text())
name, arguments = pathlib.Path(sys.argv[0]).name, sys.argv[1:]
machine.setdefault("calls", []).append(" ".join([name, *arguments]))

def finish(code):
    state.write_text(json.dumps(machine))
    sys.exit(code)

def update():
    if machine.get("offline"):
        print("E: The repository does not have a Release file.")
        finish(100)
    machine["index"] = machine.get("fresh", machine["index"])

def install(wanted):
    chosen = {}
    for each in wanted:
        package, _, version = each.partition("=")
        if package not in machine["index"]:
            print(f"E: Unable to locate package {package}")
            finish(100)
        chosen[package] = version or machine["index"][package][0]
    for package, version in list(chosen.items()):
        for other in machine.get("needs", {}).get(package, []):
            if chosen.setdefault(other, machine["index"][other][0]) != version:
                print("E: Unable to correct problems, you have held broken packages.")
                finish(100)
    missing = [f"{p}_{v}" for p, v in chosen.items() if f"{p}={v}" not in machine["pool"]]
    for each in missing:
        print(f"E: Failed to fetch http://mirror.invalid/pool/{each.replace(':', '%3a')}_amd64.deb  404  Not Found")
    if missing:
        finish(100)
    machine["installed"].update(chosen)

if name == "id":
    print(machine.get("user", 0))
elif name == "dpkg-query":
    if arguments[-1] in machine["installed"]:
        print("installed", end="")
    else:
        finish(1)
elif name == "apt-cache":
    for version in machine["index"].get(arguments[-1], []):
        print(f" {arguments[-1]} | {version} | http://mirror.invalid bookworm/main amd64 Packages")
elif "update" in arguments:
    update()
else:
    words = arguments[arguments.index("install") + 1 :]
    install([w for i, w in enumerate(words) if not w.startswith("-") and words[i - 1] != "-o"])
finish(0)
'''


class PackagesTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="aion-packages-")
        self.addCleanup(folder.cleanup)
        self.top = pathlib.Path(folder.name)
        (self.top / "bin").mkdir()
        for name in ("id", "dpkg-query", "apt-cache", "apt-get"):
            path = self.top / "bin" / name
            path.write_text(f"#!{sys.executable}\n{STAND_IN}")
            path.chmod(0o755)

    def packages(self, machine, *names):
        state = self.top / "machine.json"
        state.write_text(json.dumps({"installed": {}, "index": {}, "pool": [], **machine}))
        done = subprocess.run(
            [PACKAGES, *names], capture_output=True, text=True, timeout=60,
            env={**os.environ, "PATH": f"{self.top}/bin:{os.environ['PATH']}",
                 "AION_TEST_MACHINE": str(state)})
        return done, json.loads(state.read_text())

    def test_what_is_there_is_left_alone(self):
        done, machine = self.packages({"installed": {"cmake": "1"}}, "cmake")
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        self.assertEqual([c for c in machine["calls"] if c.startswith("apt-get")], [])

    def test_what_is_missing_is_installed(self):
        done, machine = self.packages({"index": {"cmake": ["2"]}, "pool": ["cmake=2"]}, "cmake")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(machine["installed"], {"cmake": "2"})
        self.assertFalse(any("update" in call for call in machine["calls"]))

    def test_fresh_lists_help_when_the_index_is_old(self):
        done, machine = self.packages(
            {"index": {"cmake": ["1"]}, "fresh": {"cmake": ["2"]}, "pool": ["cmake=2"]}, "cmake")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(machine["installed"], {"cmake": "2"})

    def test_an_older_version_helps_when_the_pool_is_behind(self):
        done, machine = self.packages(
            {"index": {"cmake": ["1:4", "1:3~a", "2"], "make": ["7"]},
             "pool": ["cmake=2", "make=7"]}, "cmake", "make")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(machine["installed"], {"cmake": "2", "make": "7"})

    def test_a_dependency_goes_along_with_its_package(self):
        done, machine = self.packages(
            {"index": {"libssl-dev": ["3.2", "3.1", "3.0"], "libssl3": ["3.2", "3.1", "3.0"]},
             "needs": {"libssl-dev": ["libssl3"]},
             "pool": ["libssl-dev=3.0", "libssl3=3.0", "libssl3=3.1"]}, "libssl-dev")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(machine["installed"], {"libssl-dev": "3.0", "libssl3": "3.0"})

    def test_the_end_is_one_clear_error(self):
        done, machine = self.packages(
            {"index": {"cmake": ["2", "1"]}, "pool": [], "offline": True}, "cmake")
        self.assertEqual(done.returncode, 1)
        self.assertEqual(done.stdout, "")
        self.assertEqual(machine["installed"], {})
        last = done.stderr[done.stderr.index("could not install: cmake. What was tried:"):]
        for line in (r"as the package lists have it: \S+/cmake_2_amd64\.deb 404 Not Found",
                     r"reading the lists: The repository does not have a Release file",
                     r"cmake=1: \S+/cmake_1_amd64\.deb 404 Not Found"):
            self.assertRegex(last, f"(?m)^dev:   {line}")
        self.assertIn("What to do: run this again later", last)

    def test_an_unknown_package_is_named(self):
        done, _ = self.packages({"index": {}}, "cmake")
        self.assertEqual(done.returncode, 1)
        self.assertIn("Unable to locate package cmake", done.stderr)

    def test_who_is_not_root_is_told_the_command(self):
        done, machine = self.packages({"user": 1000, "index": {"cmake": ["2"]}}, "cmake", "make")
        self.assertEqual(done.returncode, 1)
        self.assertIn("\nsudo apt-get install -y --no-install-recommends cmake make\n", done.stderr)
        self.assertFalse(any(call.startswith("apt-get") for call in machine["calls"]))


if __name__ == "__main__":
    unittest.main()
