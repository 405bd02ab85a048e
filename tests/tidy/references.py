# SPDX-License-Identifier: MIT OR Apache-2.0
"""What comments refer to has to be there for the reader: a page and its heading, a file, or a
document that anybody can get. Links of pages are check_links.py's business."""

import pathlib
import re
import sys

from tree import CODE_FOLDERS, CPP, line_of

sys.path.append(str(pathlib.Path(__file__).resolve().parent.parent / "docs"))
import pages  # noqa: E402

# The one way to name a heading: docs/….md#anchor, the anchor as in a link.
PAGE = re.compile(r"\bdocs/(?P<page>[\w/-]+\.md)(?:#(?P<anchor>[\w-]+)|(?P<other>,? (?:\"|sections?\b)))?")
# A chapter by its number needs a document that has numbers and that anybody can get.
NUMBERED = re.compile(r"\bsections?[ \n/#]+\d|\bspecs?[ /]\d", re.I)
PUBLISHED = re.compile(r"RFC[ -]?\d|FIPS \d|Unicode \d|\b(?:19|20)\d\d\b|BLAKE3 paper")
WINDOW = 200  # characters before a number in which its document is named
COMMENT = re.compile(r"//[^\n]*|/\*.*?\*/", re.S)
# A file in a comment, with its folder or without.
FILE = re.compile(r"(?<![\w./{}*-])(?P<name>(?:[\w-]+/)+[\w-]+\.txt|(?:[\w-]+/)*[\w-]+\.(?:hpp|cpp|py))\b")


def check_pages(tree):
    anchors = {}
    for path in tree.files:
        if path.suffix == ".md":
            continue
        text = tree.texts[path]
        for match in PAGE.finditer(text):
            page = tree.root / "docs" / match["page"]
            if page not in tree.texts:
                complaint = f"there is no docs/{match['page']}"
            elif match["other"]:
                complaint = f"name a heading as docs/{match['page']}#anchor"
            elif match["anchor"]:
                known = anchors.setdefault(page, pages.anchors_of(tree.texts[page]))
                if match["anchor"] in known:
                    continue
                complaint = f"docs/{match['page']} has no heading #{match['anchor']}"
            else:
                continue
            tree.report(path, line_of(text, match.start()), "reference", complaint)


def check_numbered(tree):
    for path in tree.files:
        if path.name.startswith("LICENSE"):
            continue
        text = tree.texts[path]
        for match in NUMBERED.finditer(text):
            before = text[max(0, match.start() - WINDOW) : match.start()]
            if not PUBLISHED.search(before):
                what = " ".join(match.group().split())
                tree.report(path, line_of(text, match.start()), "reference",
                            f"{what}…: of what? Name an RFC or a paper, or docs/….md#anchor")


def check_files(tree):
    """Files that comments of C++ name, from the top, or from where an include would find them; by a
    name alone, wherever they are."""
    names = {path.name for path in tree.everything}
    for path, text in tree.in_folders(CODE_FOLDERS, CPP):
        tops = [tree.root / top for top in ("", "include/aion", "include", "src", "apps/aion", "tests")]
        for comment in COMMENT.finditer(text):
            for match in FILE.finditer(comment.group()):
                name = match["name"]
                places = (top / name for top in (*tops, path.parent))
                if name not in names and not any(place in tree.known for place in places):
                    line = line_of(text, comment.start() + match.start())
                    tree.report(path, line, "reference", f"there is no {name}")
