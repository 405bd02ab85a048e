#!/usr/bin/env python3
# SPDX-License-Identifier: MIT OR Apache-2.0
"""./dev and its scripts in a copy of the tree where building and testing only write down what
they were asked for."""

import os
import pathlib
import re
import shutil
import subprocess
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
NOTE = '#!/bin/sh\necho "$(basename "$0") $*" >>"$NOTES"\n'
# Fails on "broken" in its arguments, as a build or a test run may.
MAY_FAIL = NOTE + 'case "$*" in *"$BROKEN"*) exit 1 ;; esac\n'
# What a report of no tests looks like to scripts/run_tests.
CTEST = MAY_FAIL + ('while [ "$1" != --output-junit ]; do shift; done\n'
                    'echo "<testsuite/>" >"$2"\n')
# As Google Benchmark writes it.
BENCHMARK = NOTE + """for a; do case $a in --benchmark_out=*) out=${a#*=} ;; esac; done
echo '{"benchmarks": [{"run_name": "open", "run_type": "iteration", "real_time": 4.5,
"time_unit": "us"}]}' >"$out"
"""
FUZZER = NOTE + 'echo "#7\tDONE   cov: 3"\nexit 0\n'
FINDER = NOTE + 'for a; do case $a in -artifact_prefix=*) : >"${a#*=}crash" ;; esac; done\nexit 1\n'


class DevTest(unittest.TestCase):
    def setUp(self):
        self.top = pathlib.Path(tempfile.mkdtemp(prefix="aion-dev-"))
        self.addCleanup(shutil.rmtree, self.top)
        self.tree = self.top / "tree"
        for name in ("dev", "scripts", "cmake/deps/watched.bash", "bench/CMakeLists.txt"):
            source, target = ROOT / name, self.tree / name
            target.parent.mkdir(parents=True, exist_ok=True)
            (shutil.copytree if source.is_dir() else shutil.copy)(source, target)
        (self.tree / "tests").mkdir()
        (self.tree / "tests/skips.txt").touch()
        self.program("tree/scripts/packages", NOTE)
        self.program("tree/scripts/dependencies", NOTE + "echo OFF\n")
        self.program("tree/fuzz/seed", NOTE)
        self.program("bin/cmake", MAY_FAIL)
        self.program("bin/ctest", CTEST)
        self.notes = self.top / "notes"

    def program(self, name, text):
        path = self.top / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        path.chmod(0o755)

    def dev(self, *arguments, broken="nothing is"):
        self.notes.write_text("")
        done = subprocess.run(
            [self.tree / "dev", *arguments], capture_output=True, text=True, timeout=60, cwd=self.top,
            env={**os.environ, "PATH": f"{self.top}/bin:{os.environ['PATH']}",
                 "NOTES": str(self.notes), "BROKEN": broken, "AION_BUILD_ROOT": "trees"})
        self.noted = self.notes.read_text()
        return done

    def test_help_lists_every_command(self):
        commands = re.findall(r"^cmd_(\w+)\(\)", (ROOT / "dev").read_text(), re.M)
        self.assertGreater(len(commands), 10)
        listed = self.dev("help").stdout
        for command in commands:
            self.assertRegex(listed, rf"(?m)^  {command}\b")
        self.assertEqual(self.dev().stdout, listed)

    def test_unknown_command(self):
        done = self.dev("biuld")
        self.assertEqual(done.returncode, 1)
        self.assertIn("unknown command 'biuld'", done.stderr)

    def test_build(self):
        self.assertEqual(self.dev("build", "clang", "base_test").returncode, 0)
        self.assertRegex(self.noted, r"packages .*clang-19")
        self.assertRegex(self.noted, r"cmake --preset clang -B \S*/trees/clang -DAION_SYSTEM_CRYPTO=OFF")
        self.assertRegex(self.noted, r"cmake --build \S*/trees/clang -j \d+ --target base_test")

    def test_build_that_fails(self):
        for broken, complaint in (("--preset release", "configuring release failed"),
                                  ("--build", "building release failed")):
            done = self.dev("test", broken=broken)
            self.assertEqual(done.returncode, 1)
            self.assertIn(complaint, done.stderr)
            self.assertNotIn("ctest", self.noted)

    def test_tests(self):
        self.assertEqual(self.dev("test", "-R", "file view").returncode, 0)
        self.assertRegex(self.noted, r"ctest --test-dir \S*/trees/release .* -R file view")
        done = self.dev("test", broken="--test-dir")
        self.assertEqual((done.returncode, "tests failed in release" in done.stderr), (1, True))

    def test_sanitizers(self):
        self.assertEqual(self.dev("sanitize", "asan").returncode, 0)
        self.assertRegex(self.noted, r"ctest --test-dir \S*/asan .* -LE install\|tidy\|docs")
        self.assertNotIn("tsan", self.noted)
        self.assertEqual(self.dev("sanitize").returncode, 0)
        self.assertRegex(self.noted, r"--target aion_thread_tests")
        self.assertRegex(self.noted, r"ctest --test-dir \S*/tsan .* -L threads")
        self.assertEqual(self.dev("sanitize", broken="--test-dir").returncode, 1)

    def test_coverage(self):
        self.program("bin/llvm-profdata-19", NOTE)
        self.program("bin/llvm-cov-19", NOTE)
        self.program("trees/coverage/bin/base_test", NOTE)
        self.assertEqual(self.dev("coverage").returncode, 0)
        self.assertRegex(self.noted, r"llvm-cov-19 report .* -object \S*/base_test ")

    def test_fuzz(self):
        self.program("trees/fuzz/bin/file_fuzz", FUZZER)
        self.program("trees/fuzz/bin/cli_fuzz", FUZZER)
        self.program("tree/fuzz/dict/file.dict", "")
        self.assertEqual(self.dev("fuzz").stdout, "cli\nfile\n")
        self.assertEqual(self.dev("fuzz", "file", "9").returncode, 0)
        self.assertRegex(self.noted, r"file_fuzz -dict=\S*/file.dict -max_total_time=9 ")
        done = self.dev("fuzz", "all")
        self.assertEqual(done.returncode, 0)
        self.assertRegex(done.stdout, r"cli +#7 DONE   cov: 3\nfile +#7 DONE")
        self.assertRegex(self.noted, r"cli_fuzz -max_total_time=60 ")

    def test_fuzz_that_finds_something(self):
        self.program("trees/fuzz/bin/cli_fuzz", FINDER)
        self.program("trees/fuzz/bin/file_fuzz", FUZZER)
        done = self.dev("fuzz", "cli")
        self.assertEqual(done.returncode, 1)
        self.assertRegex(done.stderr, r"replay it: \S*/cli_fuzz \S*/artifacts/cli-crash\n")
        done = self.dev("fuzz", "all", "1")
        self.assertEqual(done.returncode, 1)
        self.assertIn("the fuzzer found something in: cli\n", done.stderr)

    def test_bench(self):
        self.program("trees/release/bin/files_bench", BENCHMARK)
        done = self.dev("bench", "--save-baseline", "one", "--html", str(self.top / "page.html"))
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertRegex(self.noted, r"cmake --build \S*/release -j \d+ --target aion_cli aion_benchmarks")
        self.assertTrue((self.top / "trees/bench/baselines/one/files.json").is_file())
        self.assertIn("Suite files", (self.top / "page.html").read_text())
        self.assertEqual(self.dev("bench", "--suite", "flies").returncode, 1)

    def test_profile(self):
        done = self.dev("profile", "cpu", "--", "no-such-program")
        self.assertEqual((done.returncode, done.stderr.splitlines()[-1]),
                         (1, "profile: no program no-such-program"))
        self.assertRegex(self.noted, r"cmake --build \S*/release -j \d+ --target aion_cli\n")

    def test_fuzz_of_no_target(self):
        done = self.dev("fuzz", "flie")
        self.assertEqual(done.returncode, 1)
        self.assertIn("no fuzz target 'flie'", done.stderr)


if __name__ == "__main__":
    unittest.main()
