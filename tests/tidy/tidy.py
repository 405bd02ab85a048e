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

MAX_FUNCTION_LINES = 70
MAX_FILE_LINES = 600

# A folder may include only itself and those before it.
LAYERS = (
    "base crypto format trust policy attest supply log release archive report".split()
)

# The rooms of apps/aion from the ground up; main and run stand above them.
CLI_ROOMS = "shell table views commands".split()

CODE_FOLDERS = ("include", "src", "apps", "bindings", "bench", "tests", "fuzz", "examples")
ALL_FOLDERS = (*CODE_FOLDERS, "cmake", "scripts", "docs")
SHIPPED = ("include", "src", "apps", "bindings")
SKIPPED_FOLDERS = {"data", "corpus", "node_modules", "__pycache__", "build"}
CPP = {".cpp", ".hpp", ".h", ".c"}
HASH_COMMENT = {".py", ".sh", ".cmake", ".yml", ".yaml", ".options"}
SPDX = "SPDX-License-Identifier: MIT OR Apache-2.0"


@dataclasses.dataclass(frozen=True)
class Finding:
    path: str
    line: int
    rule: str
    message: str

    def __str__(self):
        return f"{self.path}:{self.line}: [{self.rule}] {self.message}"


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


class Tree:
    def __init__(self, root):
        self.root = pathlib.Path(root).resolve()
        self.findings = []
        self.allowed = self.read_allowed()
        self.allow_used = set()
        self.files = sorted(self.walk())
        self.texts = {p: p.read_text(encoding="utf-8", errors="replace") for p in self.files}

    def walk(self):
        for entry in self.root.iterdir():
            if entry.is_file() and not entry.name.endswith(".json"):
                yield entry
        for folder in (*ALL_FOLDERS, ".ci"):
            for path in (self.root / folder).rglob("*"):
                inner = path.relative_to(self.root).parts
                if path.is_file() and not SKIPPED_FOLDERS.intersection(inner[:-1]):
                    yield path

    def read_allowed(self):
        """Lines "rule path reason...": that rule does not apply to that file."""
        path = self.root / "tests/tidy/allow.txt"
        allowed = {}
        if path.is_file():
            for number, line in enumerate(path.read_text().splitlines(), 1):
                if not line.strip() or line.startswith("#"):
                    continue
                words = line.split(None, 2)
                if len(words) < 3:
                    self.findings.append(
                        Finding("tests/tidy/allow.txt", number, "allow", "give a reason"))
                    continue
                allowed[(words[0], words[1])] = number
        return allowed

    def name(self, path):
        return path.relative_to(self.root).as_posix()

    def report(self, path, line, rule, message):
        key = (rule, self.name(path))
        if key in self.allowed:
            self.allow_used.add(key)
        else:
            self.findings.append(Finding(self.name(path), line, rule, message))

    def in_folders(self, folders, suffixes=CPP):
        for path in self.files:
            if path.relative_to(self.root).parts[0] in folders and path.suffix in suffixes:
                yield path, self.texts[path]


def line_of(text, offset):
    return text.count("\n", 0, offset) + 1


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


def layer_of(include):
    """The layer that an include names, or None: "aion/base/x.hpp" and "base/x.hpp" are base."""
    parts = include.split("/")
    if parts[0] == "aion":
        parts = parts[1:]
    return parts[0] if len(parts) > 1 and parts[0] in LAYERS else None


def check_layers(tree):
    include = re.compile(r'^[ \t]*#[ \t]*include[ \t]*(["<])([^">]+)[">]', re.M)
    for path, text in tree.in_folders(CODE_FOLDERS):
        parts = path.relative_to(tree.root).parts
        own = None
        if parts[0] in ("src", "tests") and len(parts) > 2:
            own = parts[1]
        elif parts[0] == "include" and len(parts) > 3:
            own = parts[2]
        for match in include.finditer(text):
            kind, name = match.groups()
            line = line_of(text, match.start(2))
            other = layer_of(name)
            if own in LAYERS and other and LAYERS.index(other) > LAYERS.index(own):
                tree.report(path, line, "layer", f"{own} may not use {other} ({name})")
            if parts[0] in ("src", "include") and own in LAYERS and name == "aion/aion.hpp":
                tree.report(path, line, "layer", "the umbrella header is for users")
            if parts[0] in ("apps", "examples", "bindings") and kind == '"':
                homes = (path.parent, tree.root / parts[0], tree.root.joinpath(*parts[:2]))
                beside = any((home / name).is_file() for home in homes)
                if ".." in name or not (name.startswith("aion/") or beside):
                    tree.report(path, line, "layer", f"only public headers here, not {name}")
            if parts[0] == "include" and kind == "<" and re.search(r"[./]", name):
                tree.report(path, line, "layer", f"no third-party header in public ones: {name}")


def check_rooms(tree):
    """In the command line's rooms no include runs back up."""
    include = re.compile(r'^[ \t]*#[ \t]*include[ \t]*"(\w+)/[^"]+"', re.M)
    for path, text in tree.in_folders(("apps",)):
        parts = path.relative_to(tree.root).parts
        own = parts[2] if len(parts) > 3 and parts[2] in CLI_ROOMS else None
        for match in include.finditer(text) if own else ():
            other = match.group(1)
            if other in CLI_ROOMS and CLI_ROOMS.index(other) > CLI_ROOMS.index(own):
                tree.report(path, line_of(text, match.start(1)), "room",
                            f"{own} lies below {other}: no include runs back up")


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


def check_spdx(tree):
    for path in tree.files:
        lines = tree.texts[path].splitlines()
        first = lines[0] if lines else ""
        if path.suffix in CPP:
            expected = "// " + SPDX
        elif first.startswith("#!"):
            first, expected = (lines[1] if len(lines) > 1 else ""), "# " + SPDX
        elif path.name == "CMakeLists.txt" or path.suffix in HASH_COMMENT:
            expected = "# " + SPDX
        else:
            continue
        if first != expected:
            tree.report(path, 1, "spdx", f"begin with: {expected}")


def check_registered(tree):
    """Every source is listed by the nearest CMakeLists.txt, and what is listed exists."""
    listed = {}
    for path in tree.files:
        if path.name != "CMakeLists.txt":
            continue
        text = re.sub(r"#[^\n]*", "", tree.texts[path])
        listed[path.parent] = set()
        for match in re.finditer(r'[\w./-]+\.(?:cpp|c)\b', text):
            name = match.group()
            if text[match.start() - 1] == "}" or name.startswith("/"):
                continue
            listed[path.parent].add((path.parent / name).resolve())
            if not (path.parent / name).is_file():
                tree.report(path, line_of(tree.texts[path], tree.texts[path].find(name)),
                            "listed", f"{name} does not exist")
    for path, _ in tree.in_folders(CODE_FOLDERS, {".cpp", ".c"}):
        folder = next((p for p in path.parents if p in listed), None)
        if folder is None or path not in listed[folder]:
            kind = "test" if path.name.endswith("_test.cpp") else "source"
            tree.report(path, 1, "registered", f"no CMakeLists.txt lists this {kind}")


def check_text(tree):
    for path in tree.files:
        text = tree.texts[path]
        for match in MARKS.finditer(text):
            tree.report(path, line_of(text, match.start()), "mark",
                        f"{match.group()}: do it or write an issue")
        for match in MACHINE_PATHS.finditer(text):
            tree.report(path, line_of(text, match.start()), "machine-path",
                        f"{match.group()}: belongs to one machine")


def check_headers(tree):
    for path, text in tree.in_folders(CODE_FOLDERS, {".hpp"}):
        if not re.search(r"^#pragma once$", text, re.M):
            tree.report(path, 1, "pragma-once", "headers have #pragma once")


def check_allowed_needed(tree):
    for (rule, file), number in sorted(tree.allowed.items()):
        if (rule, file) not in tree.allow_used:
            tree.findings.append(Finding("tests/tidy/allow.txt", number, "allow",
                                         f"no longer needed: {rule} {file}"))


CHECKS = (check_lengths, check_layers, check_rooms, check_banned, check_spdx, check_registered, check_text,
          check_headers, check_allowed_needed)


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
