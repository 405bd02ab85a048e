# SPDX-License-Identifier: MIT OR Apache-2.0
"""Reading our Markdown pages: fenced blocks, headings, links, expected output."""

import re
from dataclasses import dataclass

FENCE = re.compile(r"^(?P<indent> {0,3})(?P<ticks>`{3,})(?P<info>[^`]*)$")
HEADING = re.compile(r"^#{1,6}\s+(?P<text>.+?)\s*#*\s*$")
LINK = re.compile(r"!?\[[^\]]*\]\((?P<target>[^()\s]+)(?:\s+\"[^\"]*\")?\)")
REFERENCE = re.compile(r"^\[[^\]]+\]:\s+(?P<target>\S+)")


@dataclass
class Block:
    """One fenced block. `follows` is true when only blank lines part it from the block before."""

    info: str
    text: str
    line: int  # of the opening fence, from 1
    follows: bool

    @property
    def language(self):
        return self.info.split()[0] if self.info.split() else ""


def blocks_of(markdown):
    """Every fenced block, in order."""
    blocks, lines, opened, body = [], markdown.split("\n"), None, []
    bare = False  # nothing but blank lines since the last block
    for number, line in enumerate(lines, 1):
        fence = FENCE.match(line)
        if opened is None:
            if fence:
                opened, body = (number, fence), []
            elif line.strip():
                bare = False
        elif fence and not fence["info"].strip() and len(fence["ticks"]) >= len(opened[1]["ticks"]):
            info = opened[1]["info"].strip()
            blocks.append(Block(info, "\n".join(body) + "\n", opened[0], bare))
            opened, bare = None, True
        else:
            body.append(line.removeprefix(opened[1]["indent"]))
    if opened is not None:
        raise ValueError(f"line {opened[0]}: a fenced block is never closed")
    return blocks


def prose_of(markdown):
    """The lines outside fenced blocks, as (number, line)."""
    inside = None
    for number, line in enumerate(markdown.split("\n"), 1):
        fence = FENCE.match(line)
        if inside is None and fence:
            inside = fence["ticks"]
        elif inside is not None:
            if fence and not fence["info"].strip() and len(fence["ticks"]) >= len(inside):
                inside = None
        else:
            yield number, line


def anchors_of(markdown):
    """The anchors that a page's headings make, as GitHub forms them."""
    anchors = {}
    for _, line in prose_of(markdown):
        heading = HEADING.match(line)
        if not heading:
            continue
        text = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading["text"]).replace("`", "")
        slug = re.sub(r"[^\w\- ]", "", text.lower()).replace(" ", "-")
        seen = anchors.get(slug)
        anchors[slug] = 0 if seen is None else seen + 1
        if seen is not None:
            anchors[f"{slug}-{seen + 1}"] = 0
    return set(anchors)


def links_of(markdown):
    """Link targets outside fenced blocks and code spans, as (line number, target)."""
    for number, line in prose_of(markdown):
        line = re.sub(r"`[^`]*`", "``", line)
        for match in LINK.finditer(line):
            yield number, match["target"]
        if match := REFERENCE.match(line):
            yield number, match["target"]


def matches(expected, actual):
    """True when `actual` is `expected`. In `expected`, `…` stands for anything within a line, and
    a line that holds nothing else for any number of lines, none included. White space at the ends
    of lines and empty lines at both ends of the text do not count."""
    def lines(text):
        return [line.rstrip() for line in text.strip("\n").split("\n")]

    pattern = ""
    for line in lines(expected):
        if line.strip() == "…":
            pattern += r"(?:.*\n)*?"
        else:
            pattern += ".*?".join(re.escape(part) for part in line.split("…")) + r"\n"
    return re.fullmatch(pattern, "\n".join(lines(actual)) + "\n") is not None
