#!/usr/bin/env python3
# SPDX-License-Identifier: MIT OR Apache-2.0
"""docs/cli.md must tell of every command and option that the program has, and of no other.

A command's section has the heading `aion COMMAND...`; the first column of its tables names
options in backquotes. Options of a group (`show`) are those of its section and of its parts.
"""

import argparse
import pathlib
import re
import subprocess
import sys

import pages

# Every command takes these; they have a table of their own.
GLOBAL = {"--help", "--version", "--quiet", "--color"}


def help_of(aion, path):
    done = subprocess.run([aion, "help", *path], capture_output=True, text=True, check=True)
    return done.stdout


def entries(text, title):
    """First words of the indented lines below `title:` in a help text."""
    found = re.search(rf"^{title}:\n((?:[ ]+.*\n?|\n(?=[ ]))+)", text, re.MULTILINE)
    return re.findall(r"^ {2}(\S+)", found[1], re.MULTILINE) if found else []


def commands_of(aion, path=()):
    """Every command as a tuple of words, groups included."""
    for name in entries(help_of(aion, path), "Commands"):
        yield (*path, name)
        yield from commands_of(aion, (*path, name))


def options_of(text):
    """Long options that a help text offers, global ones left out."""
    offered = text.split("\nGlobal options:")[0]
    heads = re.findall(r"^ {2,6}(-\S.*)$", offered, re.MULTILINE)
    return {o for head in heads for o in re.findall(r"--[a-z-]+", head.split("  ")[0])} - GLOBAL


def sections(markdown):
    """Heading -> the options in first columns of its tables."""
    told, current = {}, None
    for _, line in pages.prose_of(markdown):
        if match := re.match(r"^#+\s+(.+?)\s*$", line):
            current = told.setdefault(match[1], set())
        elif current is not None and re.match(r"^\|[^|]*`", line):
            current.update(re.findall(r"--[a-z-]+", line.split("|")[1]))
    return told


def complaints_of(aion, markdown):
    told = sections(markdown)
    commands = list(commands_of(aion))
    for path in commands:
        name = "aion " + " ".join(path)
        if name not in told:
            yield f"no section '{name}'"
            continue
        real = options_of(help_of(aion, path))
        for option in sorted(real - told[name]):
            yield f"{name}: {option} is missing"
        for option in sorted(told[name] - real):
            yield f"{name}: there is no {option}"
    known = {"aion " + " ".join(path) for path in commands}
    for heading in told:
        if heading.startswith("aion ") and heading not in known:
            yield f"there is no command '{heading}'"


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("page", type=pathlib.Path)
    parser.add_argument("--aion", type=pathlib.Path, required=True)
    options = parser.parse_args()
    complaints = list(complaints_of(options.aion, options.page.read_text(encoding="utf-8")))
    for line in complaints:
        print(f"{options.page.name}: {line}", file=sys.stderr)
    print(f"{len(complaints)} complaints")
    return 1 if complaints else 0


if __name__ == "__main__":
    sys.exit(main())
