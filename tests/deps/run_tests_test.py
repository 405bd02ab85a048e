#!/usr/bin/env python3
# SPDX-License-Identifier: MIT OR Apache-2.0
"""scripts/run_tests on a small test suite of real ctest: skips that are listed pass, others
fail. And tests/skips.txt itself: every rule is for a skip that some test has."""

import importlib.machinery
import importlib.util
import pathlib
import re
import subprocess
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
RUN_TESTS = ROOT / "scripts" / "run_tests"

loader = importlib.machinery.SourceFileLoader("run_tests", str(RUN_TESTS))
run_tests = importlib.util.module_from_spec(importlib.util.spec_from_loader("run_tests", loader))
loader.exec_module(run_tests)

PASSES = ("World.Turns", "true")
FAILS = ("World.Ends", "false")


def skips(name, reason, end="\\n"):
    """A test that says what GoogleTest says of a skipped one."""
    return name, ("printf '[ RUN      ] x\\n/a/b_test.cpp:12: Skipped\\n"
                  f"{reason}\\n{end}[  SKIPPED ] x (0 ms)\\n[---] 1 test\\n'")


class RunTestsTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="aion-run-tests-")
        self.addCleanup(folder.cleanup)
        self.tree = pathlib.Path(folder.name)

    def run_tests(self, rules, *tests, arguments=("--no-tests=error",)):
        (self.tree / "skips.txt").write_text(rules)
        with (self.tree / "CTestTestfile.cmake").open("w") as file:
            for name, script in tests:
                (self.tree / f"{name.replace('/', '_')}.sh").write_text(script + "\n")
                file.write(f'add_test("{name}" /bin/sh "{self.tree}/{name.replace("/", "_")}.sh")\n'
                           f'set_tests_properties("{name}" PROPERTIES'
                           ' SKIP_REGULAR_EXPRESSION "\\\\[  SKIPPED \\\\]")\n')
        return subprocess.run(
            [RUN_TESTS, self.tree, "--skips", self.tree / "skips.txt", *arguments],
            capture_output=True, text=True, timeout=60)

    def test_nothing_skipped_is_fine(self):
        self.assertEqual(self.run_tests("", PASSES).returncode, 0)

    def test_a_failure_is_a_failure(self):
        self.assertNotEqual(self.run_tests("", PASSES, FAILS).returncode, 0)

    def test_what_a_failed_test_said_is_said_last(self):
        lines = "".join(f"line {number}\n" for number in range(1, 101))
        done = self.run_tests("", ("World.Ends", f"printf '{lines}'; exit 3"), PASSES,
                              ("World.Dies", "kill -9 $$"))
        self.assertNotEqual(done.returncode, 0)
        self.assertIn("World.Ends failed, and this is the end of what it said:\n"
                      "    line 61\n", done.stderr)
        self.assertIn("    line 100\n", done.stderr)
        self.assertIn("World.Dies failed, ", done.stderr)
        self.assertNotIn("World.Turns", done.stderr)

    def test_of_many_failed_tests_the_first_are_said_again(self):
        done = self.run_tests("", *((f"World.Ends{number}", "exit 1") for number in range(12)))
        self.assertEqual(done.stderr.count("this is the end of what it said"), 10)
        self.assertIn("2 more failed; ", done.stderr)

    def test_an_unlisted_skip_fails_and_is_named(self):
        done = self.run_tests("", PASSES, skips("Paths/Lanes.Add/avx2", "no groff"))
        self.assertEqual(done.returncode, 1)
        self.assertIn("Paths/Lanes.Add/avx2 was skipped, and skips.txt does not allow it: no groff",
                      done.stderr)

    def test_a_listed_skip_passes(self):
        done = self.run_tests("# why\nLanes\\..* | no (fish|fowl)\n", PASSES,
                              skips("Lanes.Add", "no fish"), skips("Lanes.Sub", "no fowl", end=""))
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("2 skipped for a reason that skips.txt lists", done.stderr)

    def test_a_parameter_behind_the_name_is_none_of_it(self):
        done = self.run_tests("Lanes\\.Add/avx2 | no fish\n",
                              skips("Lanes.Add/avx2  # GetParam() = 8-byte object", "no fish"))
        self.assertEqual(done.returncode, 0, done.stderr)

    def test_another_reason_does_not_pass(self):
        done = self.run_tests("Lanes\\..* | no fish\n", skips("Lanes.Add", "no fish today"))
        self.assertEqual(done.returncode, 1)

    def test_another_test_does_not_pass(self):
        done = self.run_tests("Lanes\\.Add | no fish\n", skips("Lanes.Add2", "no fish"))
        self.assertEqual(done.returncode, 1)

    def test_a_disabled_test_is_a_skipped_one(self):
        (self.tree / "x").mkdir()
        done = self.run_tests("", PASSES, ("Off", 'true'))
        self.assertEqual(done.returncode, 0)
        file = self.tree / "CTestTestfile.cmake"
        file.write_text(file.read_text() + 'set_tests_properties("Off" PROPERTIES DISABLED TRUE)\n')
        done = subprocess.run([RUN_TESTS, self.tree, "--skips", self.tree / "skips.txt"],
                              capture_output=True, text=True, timeout=60)
        self.assertEqual(done.returncode, 1)
        self.assertIn("Off was skipped", done.stderr)

    def test_a_bad_rule_is_named(self):
        for rule in ("Lanes", "Lanes | ", "( | x"):
            done = self.run_tests(f"# one\n{rule}\n", PASSES)
            self.assertEqual(done.returncode, 1)
            self.assertIn("skips.txt:2: ", done.stderr)

    def test_no_tests_at_all_is_what_ctest_says(self):
        self.assertNotEqual(self.run_tests("").returncode, 0)

    def test_listing_tests_is_no_run(self):
        self.assertEqual(self.run_tests("", FAILS, arguments=("-N",)).returncode, 0)


class RulesTest(unittest.TestCase):
    def test_every_rule_is_for_a_skip_that_exists(self):
        tests = "".join(path.read_text() for path in (ROOT / "tests").rglob("*.[ch]pp"))
        for path in (ROOT / "scripts" / "pictures", *(ROOT / "scripts" / "foreign").glob("*.py"),
                     *(ROOT / "tests" / "support").glob("*.py")):
            tests += path.read_text()
        for rule in run_tests.read_rules(run_tests.SKIPS):
            # The longest piece that is no pattern must be said somewhere.
            plain = max(re.split(r"\\[().]|\([^)]*\)|[.*]", rule.reason.pattern), key=len)
            self.assertIn(plain.strip(), tests, f"no test is skipped for '{rule.reason.pattern}'")


if __name__ == "__main__":
    unittest.main()
