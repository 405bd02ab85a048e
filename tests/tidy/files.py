# SPDX-License-Identifier: MIT OR Apache-2.0
"""Which files may be there: of a known kind and size, with a licence, and named by somebody."""

import re

from tree import CODE_FOLDERS, CPP, HASH_COMMENT, SPDX, line_of

SCRIPTS = {".py", ".sh", ".bash", ".cmake"}
# What measures the reference, which is of another language.
REFERENCE = {".rs", ".toml"}
WRITTEN = CPP | SCRIPTS | {".in", ".options", ".dict", ".md", ".txt", ".json", ".yaml", ".yml", ".svg"}
DATA = {".aion", ".akey", ".bin"}
# What is run in a browser or by Node.
BROWSER = {".mjs"}
# Others' servers, checkers and logs, which are compiled by what tests or measures with them, and what
# they are made of.
SERVER = {".go"}
PINNED = {".mod", ".sum"}
# How the linker lays out the program; names of functions, which a script lists.
LINKED = {".ld"}
# Keys for tests, and signatures, as other programs write them.
FOREIGN = {".pem", ".sig"}
IN_FOLDERS = {("bench", "reference"): REFERENCE, ("bench", "tessera"): SERVER | PINNED,
              ("apps", "aion"): LINKED, ("scripts", "browser"): BROWSER,
              ("scripts", "foreign"): BROWSER | SERVER | PINNED, ("tests", "data"): FOREIGN}
NAMES = {".clang-format", ".clang-tidy", ".gitignore", "LICENSE", "LICENSE-APACHE", "LICENSE-MIT"}
# In bytes. A picture or a JSON file is data, since nobody reads it line by line.
MAX_WRITTEN = 64_000
MAX_DATA = 256_000


def check_spdx(tree):
    for path in tree.files:
        lines = tree.texts[path].splitlines()
        first = lines[0] if lines else ""
        if path.suffix in CPP | BROWSER | SERVER or path.suffix == ".rs":
            expected = "// " + SPDX
        elif first.startswith("#!"):
            first, expected = (lines[1] if len(lines) > 1 else ""), "# " + SPDX
        elif path.name == "CMakeLists.txt" or path.suffix in {*HASH_COMMENT, ".toml"}:
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


def is_script(tree, path):
    return path.suffix in SCRIPTS or not path.suffix and tree.texts[path].startswith("#!")


def mention_of(path, top):
    """A pattern of what has to be written somewhere for the script to be in use."""
    name = re.escape(path.name)
    if not path.suffix:
        # "run" and "lint" are words too: those need their folder.
        folder = re.escape(path.parent.name) if path.parent != top else r"\."
        return rf"(?<![\w-]){folder}/{name}(?![\w-]|[.]\w)"
    mention = rf"(?<![\w.-]){name}(?![\w-])"
    if path.suffix == ".py":
        return rf"{mention}|\b(?:import|from)[ \t][\w, \t]*\b{path.stem}\b"
    if path.suffix == ".cmake":
        return rf"{mention}|\binclude\(\s*{path.stem}\b"
    return mention


def check_named(tree):
    """A script that no other file names is one that nobody runs."""
    for path in tree.files:
        if not is_script(tree, path) and path.suffix != ".in":
            continue
        mention = re.compile(mention_of(path, tree.root))
        # Most texts have not even the name in them, and that is found out much faster.
        if not any(path.stem in text and mention.search(text)
                   for other, text in tree.texts.items() if other != path):
            tree.report(path, 1, "dead-file", "no other file names it")


def is_data(tree, path):
    return path not in tree.texts or path.suffix in DATA | LINKED | {".json", ".svg"}


def check_sizes(tree):
    for path in tree.everything:
        size = path.stat(follow_symlinks=False).st_size
        limit = MAX_DATA if is_data(tree, path) else MAX_WRITTEN
        if size > limit:
            tree.report(path, 1, "file-size", f"{size} bytes; {limit} are the limit")


def why_odd(tree, path):
    """What is wrong with there being such a file in such a place, or None."""
    if path.is_symlink():
        return "a symbolic link: not everybody can check it out"
    folders = path.relative_to(tree.root).parts[:-1]
    in_corpus = "corpus" in folders
    kinds = WRITTEN | IN_FOLDERS.get(folders[:2], set())
    if path not in tree.texts:
        kinds |= DATA
        known = in_corpus and not path.suffix or path.name.startswith("LICENSE.")
    elif "\0" in tree.texts[path]:
        return "not text, and not in a folder for data"
    else:
        known = path.name in NAMES or not path.suffix and is_script(tree, path)
    if known or path.suffix in kinds:
        return None
    return f"no known kind of file ('{path.suffix or path.name}') for this place"


def check_kinds(tree):
    for path in tree.everything:
        odd = why_odd(tree, path)
        if odd:
            tree.report(path, 1, "odd-file", odd)


def tested_rooms(room):
    """The folders whose files the tests in tests/ROOM/ are about."""
    return ("apps/aion",) if room == "cli" else (f"src/{room}", f"include/aion/{room}")


def check_mirrors(tree):
    """A test has the name and place of what it tests, or its first words say what it is about."""
    for path, text in tree.in_folders(("tests",), {".cpp"}):
        parts = path.relative_to(tree.root).parts
        if not path.name.endswith("_test.cpp") or len(parts) < 3:
            continue
        stem = path.name.removesuffix("_test.cpp")
        is_mirror = any(other.stem == stem and other.suffix in CPP and tree.name(other).startswith(f"{room}/")
                        for room in tested_rooms(parts[1]) for other in tree.files)
        if not is_mirror and not re.match(r"[^\n]*\n// \S", text):
            tree.report(path, 2, "mirror",
                        f"no {stem} in {' or '.join(tested_rooms(parts[1]))}: say in line 2 what it is about")
