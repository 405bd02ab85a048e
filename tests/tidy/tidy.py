#!/usr/bin/env python3
# SPDX-License-Identifier: MIT OR Apache-2.0
"""Rules of the house that a machine can check. usage: tidy.py [ROOT]

Prints one line per finding, "file:line: [rule] message", and fails if there is
any. `allow.txt` beside this script lists the exceptions, each with its reason.
tidy_test.py feeds every rule a bad example.
"""

import dataclasses
import pathlib
import re
import subprocess
import sys

import files
import includes
import references
from tree import CODE_FOLDERS, SHIPPED, SPDX, Finding, Tree, line_of

MAX_FUNCTION_LINES = 70
MAX_FILE_LINES = 600


@dataclasses.dataclass(frozen=True)
class Banned:
    rule: str
    pattern: object  # has finditer
    folders: tuple
    message: str
    exempt: re.Pattern = re.compile(r"(?!)")


class Calls:
    """Calls of free functions by name, plain or as std:: or ::name; not of members, of
    other namespaces' functions, nor declarations of something of ours with that name."""

    KEYWORDS = {"return", "else", "do", "case", "throw", "co_return", "co_await", "co_yield",
                "not", "and", "or"}

    def __init__(self, *names):
        self.pattern = re.compile(rf"((?:\bstd\s*)?::\s*)?\b({'|'.join(names)})\s*\(")
        self.declaration = re.compile(rf"(?:[\w>&*]\s+|(?<!\bstd)\b\w+::)({'|'.join(names)})\s*\(")

    def finditer(self, code):
        # A name that this file declares, or defines as a method, is its own when unqualified.
        own = {m.group(1) for m in self.declaration.finditer(code) if not self.is_call(code, m.start(1))}
        for match in self.pattern.finditer(code):
            if self.is_call(code, match.start()) and (match.group(1) or match.group(2) not in own):
                yield match

    def is_call(self, code, start):
        before = code[max(0, start - 80) : start]
        if not before or before[-1] in ".>:" or before[-1].isalnum() or before[-1] == "_":
            # x.f(  x->f(  other::f(  Type::f(  are not it; an operator takes a space.
            return False
        word = before.rstrip()
        if not word:
            return True
        if word[-1].isalnum() or word[-1] == "_":
            return re.search(r"\w+$", word).group() in self.KEYWORDS
        if word[-1] in ">&*" and not word.endswith("&&"):
            return word[-2:-1].isspace()  # "Env& f(" declares, "a & f(" calls
        return True


EVERYWHERE = CODE_FOLDERS
THREADS = re.compile(rf"^{re.escape(includes.THREADS)}$")
ENV_REAL = re.compile(r"^src/base/env_posix\w*\.(cpp|hpp)$")

BANNED = (
    Banned("banned-call", Calls("system", "popen"), SHIPPED, "starts a shell"),
    Banned(
        "banned-call",
        Calls("strcpy", "stpcpy", "strcat", "sprintf", "vsprintf", "gets", "strtok"),
        EVERYWHERE,
        "writes without a bound or keeps hidden state",
    ),
    Banned("banned-call", Calls("rand", "srand", "random", "drand48"), EVERYWHERE,
           "use Env's entropy (or a seeded std::mt19937 in tests)"),
    Banned("banned-call", Calls("atoi", "atol", "atoll", "atof"), EVERYWHERE,
           "cannot report an error: use std::from_chars"),
    Banned("banned-call", Calls("alloca", "mktemp", "tmpnam", "setjmp", "longjmp"), EVERYWHERE,
           "unsafe by design"),
    Banned("raw-memory", re.compile(r"(?<![\w.>:])(?:std::|::)?(?:malloc|calloc|realloc|free)\s*\("),
           SHIPPED, "use a container or a smart pointer"),
    Banned("raw-memory", re.compile(r"\bnew\b(?!\w)|\bdelete\b(?:\s*\[\s*\])?(?=\s*[\w(*:])"),
           SHIPPED, "use a container or a smart pointer"),
    Banned("using-std", re.compile(r"\busing\s+namespace\s+std\s*;"), EVERYWHERE,
           "name what is used"),
    Banned("library-output",
           re.compile(r"\bstd::(?:cout|cerr|clog)\b|\bfmt::print\w*\s*\(|"
                      r"(?<![\w.>])(?:std::)?(?:printf|fprintf|puts|fputs|perror)\s*\("),
           ("src", "include"), "the library has no screen: report through results and events"),
    Banned("outside-world",
           Calls("open", "openat", "creat", "fopen", "fdopen", "opendir", "mmap", "munmap",
                       "read", "pread", "write", "pwrite", "rename", "renameat", "renameat2",
                       "link", "linkat", "symlink", "unlink", "unlinkat", "remove", "mkdir",
                       "fsync", "fdatasync", "ftruncate", "flock", "fcntl", "stat", "fstat",
                       "lstat", "fchmod", "chmod", "getrandom", "getentropy", "clock_gettime",
                       "gettimeofday", "time", "getenv", "secure_getenv", "RAND_bytes",
                       "RAND_priv_bytes"),
           ("src", "include"), "everything outside goes through Env", ENV_REAL),
    Banned("outside-world",
           re.compile(r"\bstd::(?:[io]?fstream|random_device)\b|\bsystem_clock::now\b|"
                      r"\bfilesystem::(?!path\b)[a-z_]+\s*\("),
           ("src", "include"), "everything outside goes through Env", ENV_REAL),
    Banned("thread", re.compile(r"\bstd::(?:j?thread|async)\b|\bpthread_create\b"),
           ("src", "include"), "src/base/threads.hpp has threads, and does without", THREADS),
)

# Split so that this file does not find itself.
MARKS = re.compile(r"\b(" + "|".join(("TO" + "DO", "FIX" + "ME", "X" + "XX", "HA" + "CK")) + r")\b")
MACHINE_PATHS = re.compile(
    r"(?<![\w.$}~-])/(?:ro" + r"ot|wo" + r"rk|ho" + r"me/[a-z]\w*|Us" + r"ers/\w+)/\w"
    r"|\b(?:deb|security|snapshot|ftp)\.deb" + r"ian\.org|\bregistry\.npm" + r"js"
)


def strip_code(text):
    """Blanks comments and literals, keeping every newline, so that lines still count."""
    token = re.compile(
        r'//[^\n]*|/\*.*?\*/|R"(?P<d>[^(\s]*)\(.*?\)(?P=d)"|"(?:\\.|[^"\\\n])*"'
        r"|(?<![0-9a-fA-F])'(?:\\.|[^'\\\n])+'",
        re.S,
    )

    def blank(match):
        found = match.group()
        newlines = "\n" * found.count("\n")
        return newlines if found.startswith("/") else '""' + newlines

    return token.sub(blank, text)


def check_lengths(tree):
    for path, text in tree.in_folders(CODE_FOLDERS):
        lines = text.count("\n")
        if lines > MAX_FILE_LINES:
            tree.report(path, 1, "file-length", f"{lines} lines; {MAX_FILE_LINES} are the limit")
    paths = [str(path) for path, _ in tree.in_folders(("src", "include", "apps"))]
    if not paths:
        return
    tags = subprocess.run(
        ["ctags", "-x", "--kinds-C++=f", "--kinds-C=f", "--language-force=C++", "--fields=+ne",
         "--_xformat=%{input}\t%{line}\t%{end}\t%N", *paths],
        capture_output=True, text=True, check=True,
    ).stdout
    for tag in tags.splitlines():
        file, start, end, function = tag.split("\t")
        length = int(end or start) - int(start) + 1
        if length > MAX_FUNCTION_LINES:
            tree.report(pathlib.Path(file), int(start), "function-length",
                        f"{function}: {length} lines; {MAX_FUNCTION_LINES} are the limit")


def check_banned(tree):
    for path, text in tree.in_folders(CODE_FOLDERS):
        folder = path.relative_to(tree.root).parts[0]
        code = re.sub(r"=\s*delete\b", "", strip_code(text))
        code = re.sub(r"^[ \t]*#[ \t]*include[^\n]*", "", code, flags=re.M)
        for banned in BANNED:
            if folder not in banned.folders or banned.exempt.search(tree.name(path)):
                continue
            for match in banned.pattern.finditer(code):
                what = " ".join(match.group().split())
                tree.report(path, line_of(code, match.start()), banned.rule,
                            f"{what.rstrip('(')}: {banned.message}")


def check_text(tree):
    for path in tree.files:
        text = tree.texts[path]
        for match in MARKS.finditer(text):
            tree.report(path, line_of(text, match.start()), "mark",
                        f"{match.group()}: do it or write an issue")
        for match in MACHINE_PATHS.finditer(text):
            tree.report(path, line_of(text, match.start()), "machine-path",
                        f"{match.group()}: belongs to one machine")


def check_allowed_needed(tree):
    for (rule, file), number in sorted(tree.allowed.items()):
        if (rule, file) not in tree.allow_used:
            tree.findings.append(Finding("tests/tidy/allow.txt", number, "allow",
                                         f"no longer needed: {rule} {file}"))


CHECKS = (
    check_lengths, check_banned, check_text,
    includes.check_layers, includes.check_rooms, includes.check_circles, includes.check_dead_headers,
    includes.check_threads, includes.check_pragma_once,
    files.check_spdx, files.check_registered, files.check_named, files.check_sizes,
    files.check_kinds, files.check_mirrors,
    references.check_pages, references.check_numbered, references.check_files,
    check_allowed_needed,
)


def run(root):
    tree = Tree(root)
    for check in CHECKS:
        check(tree)
    return sorted(tree.findings, key=lambda f: (f.path, f.line, f.rule))


def main():
    root = sys.argv[1] if len(sys.argv) > 1 else pathlib.Path(__file__).resolve().parents[2]
    findings = run(root)
    for finding in findings:
        print(finding)
    print(f"tidy: {len(findings)} finding(s)" if findings else "tidy: clean", file=sys.stderr)
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main())
