#!/usr/bin/env python3
# SPDX-License-Identifier: MIT OR Apache-2.0
"""docs/cli.md and the pages beside it must tell of every command and option that the program has, and of no other, and of
every key of its JSON.

What there is, the program's table of commands says (`aion table`); what keys its JSON has, the
scenarios in tests/cli, whose expected output is that of the program: every command with --format
has one there with --format json that succeeds.

A command's section has the heading `aion COMMAND...`; the first column of its tables names
options in backquotes. JSON keys stand anywhere in a section in backquotes,
those that every number or time has beside it in the section "Documents" alone.
"""

import argparse
import json
import pathlib
import re
import shlex
import subprocess
import sys

import pages

sys.path.append(str(pathlib.Path(__file__).resolve().parent.parent / "cli"))
import run_scenario  # noqa: E402


def table_of(aion):
    """Command -> what the table says of it, without the program itself."""
    done = subprocess.run([aion, "table"], capture_output=True, text=True, check=True)
    table = {entry["command"]: entry for entry in json.loads(done.stdout)}
    del table["aion"]
    return table


def options_of(entry):
    """Long options but --help, which every command takes."""
    return {name for option in entry["options"] for name in option["names"]
            if name.startswith("--")} - {"--help"}


def takes_format(table, command):
    """A subcommand takes its command's options, too."""
    return any("--format" in options_of(table.get(name, {"options": []}))
               for name in (command, command.rpartition(" ")[0]))


def command_of(table, words):
    """The command that a command line calls."""
    called = "aion"
    for word in words[1:]:
        if f"{called} {word}" in table:
            called = f"{called} {word}"
    return called


def keys_in(text):
    """Keys of a pretty-printed object, or of the objects in an array of them."""
    indent = "  " if text.startswith("{") else "    "
    return set(re.findall(rf'^{indent}"(\w+)":', text, re.MULTILINE))


def keys_of_commands(table):
    """Command -> the keys of its JSON in the scenarios."""
    found = {}
    for path in sorted(run_scenario.FOLDER.glob("*.txt")):
        for step in run_scenario.parse(path.read_text(encoding="utf-8")):
            words = shlex.split(step.text) if step.mark == "$" else []
            if words[:1] == ["aion"] and step.code == 0 and run_scenario.asks_for_json(words):
                found.setdefault(command_of(table, words), set()).update(keys_in(step.out.whole()))
    return found


def quoted(markdown):
    """Heading -> everything in backquotes below it."""
    found, current = {}, set()
    for _, line in pages.prose_of(markdown):
        if match := re.match(r"^#+\s+(.+?)\s*$", line):
            current = found.setdefault(match[1], set())
        current.update(re.findall(r"`([^`]+)`", line))
    return found


def twin_endings(words):
    """`_text` of `NAME_text` and so on: keys that one section tells of for all others."""
    told = words.get("Documents", set())
    return {word.removeprefix("NAME").removeprefix("path") for word in told
            if word.startswith("NAME_") or word == "path_bytes"}


def sections(markdown):
    """Heading -> the options in first columns of its tables."""
    told, current = {}, None
    for _, line in pages.prose_of(markdown):
        if match := re.match(r"^#+\s+(.+?)\s*$", line):
            current = told.setdefault(match[1], set())
        elif current is not None and re.match(r"^\|[^|]*`", line):
            current.update(re.findall(r"--[a-z0-9-]+", line.split("|")[1]))
    return told


def complaints_of(table, shown, markdown):
    told = sections(markdown)
    for name, entry in table.items():
        if name not in told:
            yield f"no section '{name}'"
            continue
        real = options_of(entry)
        for option in sorted(real - told[name]):
            yield f"{name}: {option} is missing"
        for option in sorted(told[name] - real):
            yield f"{name}: there is no {option}"
        if takes_format(table, name) and not entry["is_group"] and name not in shown:
            yield f"{name}: no scenario shows its JSON"
    for heading in told:
        if heading.startswith("aion ") and heading not in table:
            yield f"there is no command '{heading}'"
    words = quoted(markdown)
    endings = twin_endings(words)
    for name, keys in shown.items():
        known = words.get(name, set())
        known = known | {word + ending for word in known for ending in endings}
        for key in sorted(keys - known):
            yield f"{name}: JSON key {key} is missing"


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("pages", type=pathlib.Path, nargs="+")
    parser.add_argument("--aion", type=pathlib.Path, required=True)
    options = parser.parse_args()
    table = table_of(options.aion.resolve())
    told = "\n".join(page.read_text(encoding="utf-8") for page in options.pages)
    complaints = list(complaints_of(table, keys_of_commands(table), told))
    names = ", ".join(page.name for page in options.pages)
    for line in complaints:
        print(f"{names}: {line}", file=sys.stderr)
    print(f"{len(complaints)} complaints")
    return 1 if complaints else 0


if __name__ == "__main__":
    sys.exit(main())
