#!/usr/bin/env python3
# SPDX-License-Identifier: MIT OR Apache-2.0
"""Runs a scenario: command lines with what they are given and what must come of them.

A scenario is one text file; what a line is, its first character says:

  # text          what the scenario is about
  @ NAME          it is skipped where `aion --version` does not say that NAME is available;
  @ no NAME       where it does
  . setup/NAME    first all of that file of the folder scenarios
  + NAME          a file of that name, whose lines follow
  | text          a line of that file
  NAME=value      a variable from here on; NAME= sets it to nothing, -NAME unsets it
  $ words         a command line, quoted as a shell would have it; no shell runs it
  < text          a line of its standard input
  > text          a line of standard output; without any, it must be empty
  ! text          a line of standard error; without any, it must be empty
  ? number        the exit code; without it, 0
  \\              the lines above end without a line end

In what is expected, `…` stands for anything within a line, alone on a line for any number of
lines. The first `⟨name⟩` takes whatever word stands there; from then on, it is that word, in
command lines, too.

Every scenario has an empty directory of its own, which is HOME, and few variables. Besides
programs there is `flip FILE OFFSET`, which inverts one byte (a negative offset counts from the
end). What asks for JSON gets one document, whatever happens, unless its arguments were not
understood: that is checked everywhere.

--update rewrites what does not match to what came out; look at the difference before you keep it.
"""

import argparse
import dataclasses
import difflib
import json
import os
import pathlib
import re
import shlex
import subprocess
import sys
import tempfile

FOLDER = pathlib.Path(__file__).resolve().parent / "scenarios"
sys.path.append(str(FOLDER.parents[1] / "support"))

import offered  # noqa: E402

KEPT_VARIABLES = ("ASAN_OPTIONS", "UBSAN_OPTIONS", "LSAN_OPTIONS", "TSAN_OPTIONS",
                  "LLVM_PROFILE_FILE")
NAME = re.compile(r"⟨(\w+)⟩")
ASSIGNMENT = re.compile(r"^([A-Z][A-Z0-9_]*)=(.*)$")
# What no two runs have in common, for --update.
VARYING = (
    (re.compile(r"(?<![0-9a-f])[0-9a-f]{64}(?![0-9a-f])"), "…"),
    (re.compile(r"\b0x[0-9a-f]{16}\b"), "0x…"),
    (re.compile(r"(?<![0-9a-f])[0-9a-f]{16}(?![0-9a-f])"), "…"),
    (re.compile(r"[A-Za-z0-9+/]{86}=="), "…"),
    (re.compile(r"[A-Za-z0-9+/]{43}="), "…"),
    (re.compile(r"\b1[5-9]\d{17}\b"), "…"),
    (re.compile(r'("?file_id"?):( ?)\d+'), r"\1:\2…"),
    (re.compile(r"\d{4}-\d\d-\d\d[T ][\d:.]+Z"), "…"),
    (re.compile(r"^(  \w+) +\d+\.\d ([uµ]s)$", re.MULTILINE), r"\1…\2"),
    (re.compile(r"\bhead [0-9a-f]{8}(?:…|\.\.\.)"), "head …"),
    (re.compile(r'("?file_id_text"?):( ?)("|\')\d+("|\')'), r"\1:\2\3…\4"),
    (re.compile(r'("?\w+_ns"?):( ?)\d+'), r"\1:\2…"),
    (re.compile(r"\bin \d+\.\d\d s$", re.MULTILINE), "in … s"),
    (re.compile(r"(?:^ *\d+,?\n){32}", re.MULTILINE), "…\n"),
    (re.compile(r"(?:^ *- \d+\n){32}", re.MULTILINE), "…\n"),
    # YAML puts quotes around what begins with a digit.
    (re.compile(r"^( *(?:- )?\w+): '?(…|⟨\w+⟩)'?$", re.MULTILINE), r"\1: …"),
)


class Mistake(Exception):
    """The scenario is not one."""


class Skipped(Exception):
    """The scenario is about another build of the program."""


@dataclasses.dataclass
class Text:
    """Lines of a file or a stream, and where in the scenario they stand."""

    lines: list = dataclasses.field(default_factory=list)
    numbers: list = dataclasses.field(default_factory=list)
    ends: bool = True  # with a line end

    def whole(self):
        return "\n".join(self.lines) + ("\n" if self.lines and self.ends else "")


@dataclasses.dataclass
class Step:
    """A file, a variable, another scenario, a condition or a command, by its mark."""

    mark: str
    text: str
    line: int
    given: Text = dataclasses.field(default_factory=Text)
    out: Text = dataclasses.field(default_factory=Text)
    err: Text = dataclasses.field(default_factory=Text)
    code: int = 0
    last: int = 0  # line of the last of its lines


def parse(source):
    """The steps of a scenario's text."""
    steps, text = [], None
    for number, line in enumerate(source.split("\n"), 1):
        mark, rest = line[:1], line[2:]
        if not line or mark == "#":
            text = None
        elif line == "\\" and text is not None:
            text.ends = False
            steps[-1].last = number
        elif line[1:2] not in ("", " ") and not ASSIGNMENT.match(line) and mark != "-":
            raise Mistake(f"line {number}: a space belongs behind the mark")
        elif mark in "$+.@":
            steps.append(Step(mark, rest, number, last=number))
            text = None
        elif ASSIGNMENT.match(line) or mark == "-":
            steps.append(Step("=", line, number, last=number))
            text = None
        elif mark in "<|>!":
            if not steps or steps[-1].mark != ("+" if mark == "|" else "$"):
                raise Mistake(f"line {number}: '{mark}' belongs below a command or a file")
            text = {"<": steps[-1].given, "|": steps[-1].given, ">": steps[-1].out,
                    "!": steps[-1].err}[mark]
            text.lines.append(rest)
            text.numbers.append(number)
            steps[-1].last = number
        elif mark == "?" and steps and steps[-1].mark == "$" and rest.isdigit():
            steps[-1].code = int(rest)
            steps[-1].last = number
        else:
            raise Mistake(f"line {number}: what is '{line}'?")
    return steps


def pattern_of(expected, known):
    """A regular expression of what is expected; names that are not `known` become groups."""
    taken = set()

    def name(match):
        if match[1] in known:
            return re.escape(known[match[1]])
        if match[1] in taken:
            return f"(?P={match[1]})"
        taken.add(match[1])
        return rf"(?P<{match[1]}>\S+?)"

    def within(line):
        parts = re.split(r"(…|⟨\w+⟩)", line)
        return "".join(".*?" if part == "…" else name(NAME.match(part)) if NAME.match(part)
                       else re.escape(part) for part in parts)

    lines = expected.split("\n")
    pattern = ""
    for index, line in enumerate(lines):
        is_last = index == len(lines) - 1
        if line == "…":
            pattern += r"(?:.*\n)*?" if not is_last else r"(?:.*\n)*?.*"
        else:
            pattern += within(line) + ("" if is_last else r"\n")
    return re.compile(pattern)


def filled(text, known):
    """`text` with every name replaced by its value."""
    def value(match):
        if match[1] not in known:
            raise Mistake(f"nothing was taken for ⟨{match[1]}⟩ yet")
        return known[match[1]]

    return NAME.sub(value, text)


def asks_for_json(words):
    for index, word in enumerate(words):
        if word in ("--format=json", "-f=json", "-fjson"):
            return True
        if word in ("--format", "-f") and words[index + 1:index + 2] == ["json"]:
            return True
    return False


ERROR_KEYS = {"code", "message", "path", "remedy"}
MORE_ERROR_KEYS = {"detail", "path_bytes"}  # where there is one; where the path is not UTF-8


def complaint_of_error(error, code):
    """What is wrong with an error object, if anything is."""
    if set(error) - MORE_ERROR_KEYS != ERROR_KEYS or code == 0:
        return "the error object or the exit code is wrong"
    return None


def complaint_of_verdict(verdict, code):
    """What is wrong with the verdict on the only file, if anything is."""
    valid = verdict["is_valid"]
    if ("error" in verdict) != (valid is None):
        return "there is an error and a verdict, or neither"
    if {True: 0, False: 1, None: 2}.get(valid) != code:
        return "verdict and exit code do not agree"
    return None


def complaint_of_document(out, err, code):
    """What is wrong with the document that a command printed, if anything is."""
    if code == 2 and err.startswith("error: "):  # Its arguments were not understood.
        return None if out == "" else "there is a document, although the arguments were wrong"
    try:
        document = json.loads(out)
    except ValueError as error:
        return f"standard output is not one JSON document: {error}"
    if not isinstance(document, dict):
        return None
    complaint = complaint_of_error(document["error"], code) if "error" in document else None
    if not complaint and "is_valid" in document:
        complaint = complaint_of_verdict(document, code)
    if "loadable" in document and document["loadable"] == ("error" in document):
        complaint = "a registry loads although there is an error, or does not without one"
    return complaint


class Session:
    """A directory, variables and names while a scenario runs."""

    def __init__(self, aion, home):
        self.aion = aion
        self.known = {}
        self.home = home
        self.variables = {name: os.environ[name] for name in KEPT_VARIABLES if name in os.environ}
        # Progress comes by the clock: a busy machine would show it, another would not.
        self.variables.update(HOME=home, PATH=f"{aion.parent}:/usr/bin:/bin", LC_ALL="C.UTF-8",
                              AION_PROGRESS_DELAY="86400000")

    def run(self, path, update=False):
        """Complaints about the scenario in the file `path`. Stops at the first."""
        source = path.read_text(encoding="utf-8")
        changes = []
        for step in parse(source):
            complaint, actual = self.take(step)
            if complaint and not update:
                return f"{path.name}:{step.line}: {step.text}\n{complaint}"
            if complaint and actual:
                changes.append((step, actual))
            elif complaint:
                return f"{path.name}:{step.line}: {step.text}\n{complaint}"
        if changes:
            path.write_text(self.updated(source, changes), encoding="utf-8")
        return None

    def take(self, step):
        """Does a step. (complaint or None, what a command came to or None)"""
        if step.mark == ".":
            return self.run(FOLDER / f"{step.text}.txt"), None
        if step.mark == "@":
            if reason := offered.why_not(self.aion, step.text):
                raise Skipped(reason)
        elif step.mark == "+":
            content = filled(step.given.whole(), self.known)
            pathlib.Path(self.home, step.text).write_text(content, encoding="utf-8")
        elif step.mark == "=" and step.text.startswith("-"):
            self.variables.pop(step.text[1:].strip(), None)
        elif step.mark == "=":
            name, value = ASSIGNMENT.match(step.text).groups()
            self.variables[name] = filled(value, self.known)
        else:
            return self.command(step)
        return None, None

    def command(self, step):
        words = [filled(word, self.known) for word in shlex.split(step.text)]
        if words[0] == "flip":
            file = pathlib.Path(self.home, words[1])
            content = bytearray(file.read_bytes())
            content[int(words[2])] ^= 0xFF
            file.write_bytes(content)
            return None, None
        done = subprocess.run(words, cwd=self.home, env=self.variables, check=False, timeout=120,
                              input=filled(step.given.whole(), self.known).encode(),
                              capture_output=True)
        out, err = (stream.decode("utf-8", "backslashreplace")
                    for stream in (done.stdout, done.stderr))
        actual = (out, err, done.returncode)
        return self.compare(step, words, *actual), actual

    def compare(self, step, words, out, err, code):
        complaints = []
        if words[0] == "aion" and asks_for_json(words):
            complaints.append(complaint_of_document(out, err, code))
        if code != step.code:
            complaints.append(f"exit code {code}, not {step.code}")
        for text, actual, name in ((step.out, out, "stdout"), (step.err, err, "stderr")):
            match = pattern_of(text.whole(), self.known).fullmatch(actual)
            if match:
                self.known.update(match.groupdict())
            else:
                complaints.append("\n".join(difflib.unified_diff(
                    text.whole().split("\n"), actual.split("\n"),
                    f"expected {name}", f"actual {name}", lineterm="")))
        return "\n".join(filter(None, complaints)) or None

    def updated(self, source, changes):
        """The scenario's text with what commands really came to."""
        lines = source.split("\n")
        for step, (out, err, code) in reversed(changes):
            body = []
            for mark, text, was in ((">", out, step.out), ("!", err, step.err)):
                if pattern_of(was.whole(), self.known).fullmatch(text):
                    text, ends = was.whole(), was.ends
                else:
                    text, ends = self.without_varying(text), text == "" or text.endswith("\n")
                body += [f"{mark} {line}".rstrip() if not line else f"{mark} {line}"
                         for line in (text[:-1] if text.endswith("\n") else text).split("\n")
                         ] if text else []
                body += [] if ends else ["\\"]
            given = [line for line in lines[step.line:step.last] if line.startswith("<")]
            if not step.given.ends:
                given.append("\\")
            lines[step.line:step.last] = given + body + ([f"? {code}"] if code else [])
        return "\n".join(lines)

    def without_varying(self, text):
        for name, value in self.known.items():
            if len(value) > 8:
                text = text.replace(value, f"⟨{name}⟩")
        text = text.replace(self.home, "…")
        for pattern, replacement in VARYING:
            text = pattern.sub(replacement, text)
        return text


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("scenario", type=pathlib.Path, nargs="+")
    parser.add_argument("--aion", type=pathlib.Path, required=True)
    parser.add_argument("--update", action="store_true")
    options = parser.parse_args()
    failed = skipped = 0
    for path in options.scenario:
        with tempfile.TemporaryDirectory(prefix="aion-cli-") as home:
            session = Session(options.aion.resolve(), home)
            try:
                complaint = session.run(path, options.update)
            except Mistake as mistake:
                complaint = f"{path.name}: {mistake}"
            except Skipped as reason:
                complaint = None
                skipped += 1
                print(reason)
        if complaint:
            failed += 1
            print(complaint, file=sys.stderr)
    if failed:
        return 1
    return offered.SKIPPED if skipped == len(options.scenario) else 0


if __name__ == "__main__":
    sys.exit(main())
