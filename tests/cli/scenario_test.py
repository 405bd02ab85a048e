#!/usr/bin/env python3
# SPDX-License-Identifier: MIT OR Apache-2.0
"""The runner of scenarios, checked: what it lets pass and what it does not."""

import pathlib
import tempfile
import unittest

import run_scenario
from run_scenario import complaint_of_document, parse, pattern_of


class Patterns(unittest.TestCase):
    def matches(self, expected, actual, known=None):
        return pattern_of(expected, known or {}).fullmatch(actual)

    def test_text_is_exact(self):
        self.assertTrue(self.matches("a.b\n", "a.b\n"))
        for other in ("a-b\n", "a.b", "a.b\n\n", " a.b\n", ""):
            self.assertFalse(self.matches("a.b\n", other))
        self.assertTrue(self.matches("", ""))
        self.assertFalse(self.matches("", "a\n"))

    def test_anything_within_a_line(self):
        self.assertTrue(self.matches("a … c\n", "a b c\n"))
        self.assertFalse(self.matches("a … c\n", "a\n c\n"))

    def test_any_number_of_lines(self):
        for actual in ("a\nc\n", "a\nb\nb\nc\n"):
            self.assertTrue(self.matches("a\n…\nc\n", actual))
        self.assertFalse(self.matches("a\n…\nc\n", "a\nb\n"))
        self.assertTrue(self.matches("…", "whatever\nfollows"))

    def test_a_name_is_one_word_and_stays_it(self):
        self.assertEqual(self.matches("key ⟨k⟩.\n", "key abc.\n")["k"], "abc")
        self.assertFalse(self.matches("key ⟨k⟩\n", "key a b\n"))
        self.assertTrue(self.matches("⟨k⟩ ⟨k⟩\n", "a a\n"))
        self.assertFalse(self.matches("⟨k⟩ ⟨k⟩\n", "a b\n"))
        self.assertFalse(self.matches("⟨k⟩\n", "b\n", {"k": "a"}))


class Documents(unittest.TestCase):
    ERROR = '{"error": {"code": "c", "message": "m", "path": null, "remedy": null}}'

    NO_VERDICT = '{"is_valid": null, ' + ERROR[1:-1] + ', "path": "p"}'

    def test_good(self):
        detailed = self.ERROR.replace('"message"', '"detail": "d", "message"')
        for out, err, code in (("[]\n", "", 0), (self.ERROR, "Error: m\n", 2),
                               (detailed, "Error: m\n", 2),
                               ('{"is_valid": false}', "", 1), ("", "error: unknown\n", 2),
                               ('{"is_valid": true}', "", 0), (self.NO_VERDICT, "Error: m\n", 2),
                               ('{"loadable": false, ' + self.ERROR[1:], "Error: m\n", 2)):
            self.assertIsNone(complaint_of_document(out, err, code))

    def test_bad(self):
        for out, err, code in (("", "Error: m\n", 2), ("{}{}", "", 0), (self.ERROR, "", 0),
                               ('{"error": {"code": "c"}}', "", 2),
                               (self.ERROR.replace("remedy", "remedies"), "", 2), ('{"is_valid": true}', "", 1),
                               ('{"is_valid": null}', "", 2), (self.NO_VERDICT, "", 1),
                               (self.NO_VERDICT, "", 0), (self.NO_VERDICT.replace("null", "true", 1), "", 2),
                               ('{"loadable": false}', "", 2),
                               ('{"loadable": true, ' + self.ERROR[1:], "", 2),
                               ("{}", "error: unknown\n", 2)):
            self.assertIsNotNone(complaint_of_document(out, err, code))


class Scenarios(unittest.TestCase):
    def run_text(self, text, update=False):
        with tempfile.TemporaryDirectory() as home, tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder, "s.txt")
            path.write_text(text, encoding="utf-8")
            session = run_scenario.Session(pathlib.Path("/nowhere/aion"), home)
            return session.run(path, update), path.read_text(encoding="utf-8")

    def test_everything_that_passes(self):
        text = ("# about\n+ f\n| one\n| two\n\\\nNAME=a b\n$ cat f -\n< three\n"
                "> one\n> twothree\n\n$ sh -c 'echo $NAME; echo err >&2; exit 3'\n"
                "> ⟨x⟩ b\n! err\n? 3\n$ echo ⟨x⟩\n> a\n-NAME\n$ sh -c 'echo ${NAME-none}'\n"
                "> none\n$ flip f 0\n$ flip f -1\n$ cmp -s f f\n")
        self.assertIsNone(self.run_text(text)[0])

    def test_what_does_not(self):
        for text in ("$ echo a\n", "$ echo a\n> b\n", "$ false\n", "$ true\n? 1\n",
                     "$ sh -c 'echo a >&2'\n", "$ printf a\n> a\n", "$ echo a\n> a\n\\\n"):
            self.assertIsNotNone(self.run_text(text)[0], text)

    def test_update(self):
        text = "# about\n$ cat\n< given\n> wrong\n? 1\n\n$ printf a\n"
        complaint, updated = self.run_text(text, update=True)
        self.assertIsNone(complaint)
        self.assertEqual(updated, "# about\n$ cat\n< given\n> given\n\n$ printf a\n> a\n\\\n")
        self.assertIsNone(self.run_text(updated)[0])

    def test_mistakes(self):
        for text in ("what\n", "> a\n", "| a\n", "$ x\n| a\n", "$ x\n? y\n", "$x\n"):
            with self.assertRaises(run_scenario.Mistake, msg=text):
                parse(text)

    def test_every_scenario_can_be_read(self):
        for path in sorted(run_scenario.FOLDER.rglob("*.txt")):
            self.assertTrue(parse(path.read_text(encoding="utf-8")), path)


class Conditions(unittest.TestCase):
    def skipped(self, condition, told):
        """Whether a scenario with this condition is skipped by a program that tells this of itself."""
        with tempfile.TemporaryDirectory() as home:
            aion = pathlib.Path(home, "aion")
            aion.write_text(f"#!/bin/sh\necho aion 0\necho '{told}'\n", encoding="utf-8")
            aion.chmod(0o755)
            scenario = pathlib.Path(home, "one.txt")
            scenario.write_text(f"@ {condition}\n$ true\n", encoding="utf-8")
            try:
                self.assertIsNone(run_scenario.Session(aion, home).run(scenario))
            except run_scenario.Skipped:
                return True
            return False

    def test_what_a_build_has_decides(self):
        self.assertFalse(self.skipped("ML-DSA", "ML-DSA: available"))
        self.assertTrue(self.skipped("ML-DSA", "ML-DSA: not available; OpenSSL has it since 3.5"))
        self.assertTrue(self.skipped("no ML-DSA", "ML-DSA: available"))
        self.assertFalse(self.skipped("no ML-DSA", "ML-DSA: not available"))

    def test_what_a_program_does_not_tell_is_a_mistake(self):
        with self.assertRaises(ValueError):
            self.skipped("ML-DSA", "nothing")


if __name__ == "__main__":
    unittest.main()
