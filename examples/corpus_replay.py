#!/usr/bin/env python3
# SPDX-License-Identifier: MIT OR Apache-2.0
"""Replays the history of a folder in git: each of its files becomes an .aion file, each of its
states a signed version.

    corpus_replay.py REPOSITORY OUTPUT --authors TABLE [--folder FOLDER] [--revision REVISION]

TABLE says who signs for whom, a line each: E-MAIL AUTHOR KEY. The keystore must have these keys,
and the registry in AION_REGISTRY the authors. What is replayed is the line of first parents, so
what came from a branch comes with its merge. Date, hash and subject go into the message of a
version, whose own time is now: history is signed when it is replayed, not when it was made.

Nothing is left out silently: each change says what became of it, or why it was SKIPPED. Each
version is opened again and its rules are compared with git's bytes; in the end all files are
verified and their histories compared. Exit code 0 only if all of that holds. The program is $AION,
else `aion` on the PATH.
"""

import argparse
import collections
import json
import os
import pathlib
import subprocess
import sys
import tempfile

LONGEST_MESSAGE = 200
FILE_MODES = {"100644", "100755"}
OTHER_MODES = {"120000": "a symbolic link", "160000": "a submodule", "000000": "nothing"}

Commit = collections.namedtuple("Commit", "name parent email date subject")
Change = collections.namedtuple("Change", "old_mode mode old_blob blob kind old_path path")
Version = collections.namedtuple("Version", "author message")


class Failure(Exception):
    pass


def run(*arguments):
    done = subprocess.run(arguments, stdin=subprocess.DEVNULL, capture_output=True, check=False)
    if done.returncode != 0:
        said = done.stderr.decode("utf-8", "backslashreplace").strip()
        raise Failure(f"{pathlib.Path(arguments[0]).name} {arguments[1]}: {said}")
    return done.stdout


def shown(text):
    """Names are bytes, and may be made to play tricks on a terminal."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)


class Git:
    def __init__(self, repository, folder, revision):
        self.repository, self.revision = repository, revision
        self.paths = ("--", f":(top,literal){folder}") if folder else ()

    def ask(self, *arguments):
        return run("git", "-C", self.repository, "-c", "log.showSignature=false", *arguments)

    def commits(self):
        said = self.ask("log", "-z", "--reverse", "--first-parent", "--encoding=UTF-8",
                        "--format=%H%n%P%n%aE%n%as%n%s", self.revision, *self.paths)
        for record in said.split(b"\0"):
            if record:
                name, parents, email, date, subject = record.decode(
                    "utf-8", "backslashreplace").split("\n", 4)
                yield Commit(name, parents.partition(" ")[0], email, date, subject)

    def changes(self, commit):
        before = commit.parent or self.ask("hash-object", "-t", "tree", os.devnull).decode().strip()
        said = self.ask("diff-tree", "-r", "-z", "-M", "-l0", "--no-ext-diff", before, commit.name,
                        *self.paths)
        fields = iter(said.split(b"\0"))
        for head in fields:
            if not head:
                continue
            old_mode, mode, old_blob, blob, kind = head.decode().lstrip(":").split(" ")
            old_path = path = os.fsdecode(next(fields))
            if kind[0] == "R":
                path = os.fsdecode(next(fields))
            yield Change(old_mode, mode, old_blob, blob, kind[0], old_path, path)

    def blob(self, name):
        return self.ask("cat-file", "blob", name)


class Document:
    """What was one file in git, under whatever names."""

    def __init__(self, path, file):
        self.path, self.file, self.versions = path, file, []


class Replay:
    def __init__(self, git, aion, authors, work):
        self.git, self.aion, self.authors, self.work = git, aion, authors, work
        self.documents, self.living, self.ended, self.skipped = [], {}, {}, 0

    def all(self):
        for commit in self.git.commits():
            for change in self.git.changes(commit):
                self.follow(commit, change)

    def tell(self, commit, path, what):
        print(f"{commit.name[:8]} {shown(path)}: {what}")

    def skip(self, commit, path, why):
        self.skipped += 1
        self.tell(commit, path, f"SKIPPED, {why}")

    def follow(self, commit, change):
        if change.kind == "R":
            self.rename(commit, change)
        if change.mode not in FILE_MODES:
            self.end(commit, change)
        elif change.old_blob == change.blob and change.path in self.living:
            if change.kind != "R":
                self.skip(commit, change.path, "its content stays as it was")
        elif commit.email not in self.authors:
            self.skip(commit, change.path, f"the table has no {shown(commit.email)}")
        else:
            self.add(commit, change)

    def rename(self, commit, change):
        document = self.living.pop(change.old_path, None)
        if document:
            document.path = change.path
            self.living[change.path] = document
        self.tell(commit, change.path, f"was {shown(change.old_path)}")

    def end(self, commit, change):
        document = self.living.pop(change.path, None)
        now = OTHER_MODES.get(change.mode, f"of mode {change.mode}")
        if document:
            self.ended[change.path] = document
            self.tell(commit, change.path, f"ends with version {len(document.versions)}")
        if not document or change.mode != "000000":
            self.skip(commit, change.path, f"it is {now} now" +
                      ("" if document else ", and no version of it was replayed"))

    def add(self, commit, change):
        document = self.living.get(change.path) or self.ended.pop(change.path, None)
        if document is None:
            document = Document(change.path, self.work / f"{len(self.documents)}.aion")
            self.documents.append(document)
        self.living[change.path] = document
        author, key = self.authors[commit.email]
        message = f"{commit.date} {commit.name[:8]} {commit.subject}"[:LONGEST_MESSAGE].strip()
        content, rules = self.git.blob(change.blob), self.work / "rules"
        rules.write_bytes(content)
        run(self.aion, "commit" if document.versions else "init", document.file, "--quiet",
            f"--rules={rules}", f"--author={author}", f"--key={key}", f"--message={message}")
        document.versions.append(Version(author, message))
        if run(self.aion, "show", document.file, "rules", "--output", "-") != content:
            raise Failure(f"{shown(change.path)}: {document.file} has other bytes than git")
        self.tell(commit, change.path, f"version {len(document.versions)} by {author}, "
                  f"{len(content)} bytes, as git has them")

    def check(self):
        """All of it once more, as whoever gets the files would."""
        for document in self.documents:
            run(self.aion, "verify", document.file, "--quiet")
            said = json.loads(run(self.aion, "show", document.file, "history", "--format", "json"))
            found = [Version(str(v["author_id"]), v["message"]) for v in said]
            if found != document.versions:
                raise Failure(f"{shown(document.path)}: its history is not the one replayed")

    def place(self, output):
        """A name belongs to the document that has it in the end, then to those that had it."""
        output.mkdir(parents=True)
        for document in sorted(self.documents, key=lambda d: self.living.get(d.path) is not d):
            target, number = output / f"{document.path}.aion", 1
            while target.exists():
                number += 1
                target = output / f"{document.path}~{number}.aion"
            target.parent.mkdir(parents=True, exist_ok=True)
            document.file.rename(target)


def read_authors(table):
    authors = {}
    for number, line in enumerate(table.read_text(encoding="utf-8").splitlines(), 1):
        words = line.split()
        if not words or words[0].startswith("#"):
            continue
        if len(words) != 3 or words[0] in authors:
            raise Failure(f"{table}, line {number}: expected E-MAIL AUTHOR KEY, each e-mail once")
        authors[words[0]] = words[1:]
    return authors


def replay(options):
    if os.path.lexists(options.output):
        raise Failure(f"{options.output} is there already")
    # Beside the output, where a rename is all that is left to do.
    parent = options.output.resolve().parent
    with tempfile.TemporaryDirectory(dir=parent, prefix=".corpus-replay-") as work:
        git = Git(options.repository, options.folder, options.revision)
        replayed = Replay(git, os.environ.get("AION", "aion"), read_authors(options.authors),
                          pathlib.Path(work))
        replayed.all()
        replayed.check()
        replayed.place(options.output)
    versions = sum(len(document.versions) for document in replayed.documents)
    print(f"{len(replayed.documents)} files with {versions} versions, all VALID and as git has "
          f"them; {replayed.skipped} changes skipped")


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("repository", type=pathlib.Path)
    parser.add_argument("output", type=pathlib.Path, help="a folder, which must not be there yet")
    parser.add_argument("--authors", type=pathlib.Path, required=True, metavar="TABLE")
    parser.add_argument("--folder", default="", help="of the repository; default: all of it")
    parser.add_argument("--revision", default="HEAD")
    options = parser.parse_args()
    sys.stdout.reconfigure(errors="backslashreplace")
    sys.stderr.reconfigure(errors="backslashreplace")
    try:
        replay(options)
    except (Failure, OSError) as failure:
        print(f"corpus_replay: {failure}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
