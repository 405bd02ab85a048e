#!/usr/bin/env python3
# SPDX-License-Identifier: MIT OR Apache-2.0
"""docs/cli.md must tell of every command and option that the program has, and of no other, and of
every key of its JSON.

A command's section has the heading `aion COMMAND...`; the first column of its tables names
options in backquotes. JSON keys stand anywhere in a section in backquotes.
"""

import argparse
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile

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


# What makes the files that the JSON below is about.
SETUP = [
    "key generate --id 1",
    "registry pin --author 1 --key 1 --output r.json",
    "init p.aion --rules r.json --author 1 --key 1",
]
JSON = {
    "aion verify": "verify p.aion --registry r.json --timings",
    "aion show rules": "show p.aion rules --registry r.json",
    "aion show history": "show p.aion history --registry r.json",
    "aion show signatures": "show p.aion signatures --registry r.json",
    "aion show info": "show p.aion info --registry r.json",
    "aion key list": "key list",
    "aion key show": "key show 1",
    "aion registry show": "registry show --registry r.json",
    "aion registry check": "registry check --registry r.json",
}


def documents(aion):
    """Section -> a JSON document that its command prints."""
    with tempfile.TemporaryDirectory(prefix="aion-docs-") as folder:
        environment = {k: v for k, v in os.environ.items() if not k.startswith("AION_")}
        environment.update(HOME=folder, AION_KEYSTORE_DIR=f"{folder}/keys")

        def run(line):
            return subprocess.run([aion, *line.split()], cwd=folder, env=environment, text=True,
                                  capture_output=True, check=True).stdout

        for line in SETUP:
            run(line)
        return {name: json.loads(run(f"{line} --format json")) for name, line in JSON.items()}


def keys_of(document):
    """Keys of an object, or of the objects in an array."""
    if isinstance(document, dict):
        return list(document)
    return [key for each in document for key in keys_of(each)]


def quoted(markdown):
    """Heading -> everything in backquotes below it."""
    found, current = {}, set()
    for _, line in pages.prose_of(markdown):
        if match := re.match(r"^#+\s+(.+?)\s*$", line):
            current = found.setdefault(match[1], set())
        current.update(re.findall(r"`([^`]+)`", line))
    return found


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
    words = quoted(markdown)
    for name, document in documents(aion).items():
        for key in sorted(set(keys_of(document)) - words.get(name, set())):
            yield f"{name}: JSON key {key} is missing"


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("page", type=pathlib.Path)
    parser.add_argument("--aion", type=pathlib.Path, required=True)
    options = parser.parse_args()
    complaints = list(complaints_of(options.aion.resolve(), options.page.read_text(encoding="utf-8")))
    for line in complaints:
        print(f"{options.page.name}: {line}", file=sys.stderr)
    print(f"{len(complaints)} complaints")
    return 1 if complaints else 0


if __name__ == "__main__":
    sys.exit(main())
