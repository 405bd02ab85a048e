#!/usr/bin/env python3
# SPDX-License-Identifier: MIT OR Apache-2.0
"""Every relative link of every Markdown page must lead to a file, and its anchor to a heading."""

import pathlib
import sys

import pages

SKIPPED = {"build", ".git", ".cache", "data", "corpus"}


def markdown_files(source):
    for path in sorted(source.rglob("*.md")):
        if not SKIPPED.intersection(path.relative_to(source).parts):
            yield path


def complaints_of(path, source):
    markdown = path.read_text(encoding="utf-8")
    for number, target in pages.links_of(markdown):
        if "://" in target or target.startswith("mailto:"):
            continue
        name, _, anchor = target.partition("#")
        file = (path.parent / name).resolve() if name else path
        where = f"{path.relative_to(source)}:{number}"
        if not file.is_relative_to(source) or not file.exists():
            yield f"{where}: {target} leads nowhere"
        elif anchor and file.suffix == ".md":
            if anchor not in pages.anchors_of(file.read_text(encoding="utf-8")):
                yield f"{where}: {target}: no such heading"


def main():
    source = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else ".").resolve()
    files = list(markdown_files(source))
    complaints = [line for path in files for line in complaints_of(path, source)]
    for line in complaints:
        print(line, file=sys.stderr)
    print(f"{len(files)} pages, {len(complaints)} broken links")
    return 1 if complaints or not files else 0


if __name__ == "__main__":
    sys.exit(main())
