# SPDX-License-Identifier: MIT OR Apache-2.0
"""The files of the project, as the checks of tidy.py see them."""

import dataclasses
import pathlib

CODE_FOLDERS = ("include", "src", "apps", "bindings", "bench", "tests", "fuzz", "examples")
ALL_FOLDERS = (*CODE_FOLDERS, "cmake", "scripts", "docs")
SHIPPED = ("include", "src", "apps", "bindings")
DATA_FOLDERS = {"data", "corpus"}
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


class Tree:
    """`everything` is every file that git would not ignore; `files` are those of them that people
    write, with their text in `texts`."""

    def __init__(self, root):
        self.root = pathlib.Path(root).resolve()
        self.findings = []
        self.allowed = self.read_allowed()
        self.allow_used = set()
        self.ignored = tuple(self.read_ignored())
        self.everything = sorted(self.walk())
        self.known = set(self.everything)
        self.files = [path for path in self.everything if self.is_written(path)]
        self.texts = {p: p.read_text(encoding="utf-8", errors="replace") for p in self.files}

    def walk(self, folder=None):
        for path in (folder or self.root).iterdir():
            if path.name == ".git" or any(path.match(ignored) for ignored in self.ignored):
                continue
            if path.is_symlink() or path.is_file():
                yield path
            elif folder or not path.name.startswith(".") or path.name == ".ci":
                yield from self.walk(path)

    def read_ignored(self):
        """Patterns of .gitignore that pathlib understands: no negation, anchored at the top or
        a name."""
        path = self.root / ".gitignore"
        lines = path.read_text().splitlines() if path.is_file() else []
        for line in (*lines, "__pycache__/"):
            if line and not line.startswith("#"):
                line = line.rstrip("/")
                yield f"{self.root}{line}" if line.startswith("/") else line

    def is_written(self, path):
        *folders, name = path.relative_to(self.root).parts
        if not path.is_file() or DATA_FOLDERS.intersection(folders):
            return False
        return folders[0] in (*ALL_FOLDERS, ".ci") if folders else not name.endswith(".json")

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
