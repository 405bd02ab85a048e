#!/usr/bin/env python3
# SPDX-License-Identifier: MIT OR Apache-2.0
"""A report in Markdown as a foreign renderer reads it: whatever messages a file has, cmark-gfm finds
no link, picture, HTML, code block or quotation in it, only our headings, tables of rows that are
all as long, and in each cell the message as `escape_controls` writes it.

The messages are put together at random from what means something in Markdown, the same ones in each
run; --seed asks for others.
"""

import argparse
import pathlib
import random
import subprocess
import sys
import tempfile
import xml.etree.ElementTree

NAMESPACE = "{http://commonmark.org/xml/1.0}"
EXTENSIONS = ("table", "autolink", "strikethrough", "tasklist", "footnotes")
MESSAGES = 24
PIECES = (
    "|", "\\", "`", "``", "\n", "# ", "<b>", "<!--", "-->", "[a](b)", "![x](y)", "*", "_", "**",
    "~~", "http://a.bc", "www.a.bc", "a@b.cd", "@me", "&lt;", "&#64;", "<http://x.yz>", "[^1]",
    "[x]: http://q.rs", "x", " ", "  ", "\\|", "\\`", "---", "===", "- ", "1. ", "> ", "\t",
    "\u202e", "\u200b", "https://", "ftp://a.bc", "mailto:a@b.cd", "xmpp:a@b.cd", "<script>", "$x$",
    ":smile:", "|---|", "<", ">", "!", "[", "]", "(", ")", "é", "\x1b[31m", "{{x}}", "a.bc", "#1",
    '"', "'", "=", "[ ] ", "&")
FORBIDDEN = {"link", "image", "html_inline", "html_block", "code_block", "block_quote",
             "strikethrough", "footnote_definition", "footnote_reference", "taskitem"}
HEADINGS = {
    "generic": ["File Summary", "Verification Results", "Cryptographic Methods"],
    "sox": ["Internal Control Assessment", "Change Management Log", "Management Assertion"],
    "hipaa": ["Access and Audit Controls (§164.312)", "Audit Log Entries",
              "Technical Safeguards Summary"],
    "gdpr": ["Record of Processing Activities (Article 30)", "Data Processing Log",
             "Accountability Demonstration (Article 5(2))"],
}


def shown(message):
    """As `escape_controls` writes what PIECES have."""
    for raw, written in (("\\", "\\\\"), ("\n", "\\n"), ("\t", "\\t"), ("\x1b", "\\x1b"),
                         ("\u202e", "\\u{202e}"), ("\u200b", "\\u{200b}")):
        message = message.replace(raw, written)
    return message


def text_of(element):
    """The text below an element, without what XML is indented by."""
    kinds = ("text", "code")
    return "".join(part.text or "" for part in element.iter()
                   if part.tag.removeprefix(NAMESPACE) in kinds)


def complaints_of(markdown, messages, headings):
    words = ["cmark-gfm", "--unsafe", "--to", "xml"]
    for extension in EXTENSIONS:
        words += ["--extension", extension]
    done = subprocess.run(words, input=markdown, capture_output=True, check=True)
    root = xml.etree.ElementTree.fromstring(done.stdout)
    found = {element.tag.removeprefix(NAMESPACE) for element in root.iter()} & FORBIDDEN
    if found:
        yield f"there is {', '.join(sorted(found))}"
    titles = [text_of(element) for element in root.iter(NAMESPACE + "heading")]
    if titles[1:6] != ["Verification Summary", "Version History", *headings]:
        yield f"the headings are {titles}"
    histories = 0
    for table in root.iter(NAMESPACE + "table"):
        if len({len(row) for row in table}) != 1:
            yield "rows of a table have different lengths"
        if [text_of(cell) for cell in table[0][3:4]] == ["Message"]:
            histories += 1
            cells = [text_of(row[3]).strip(" ") for row in table[1:]]
            wanted = [shown(message).strip(" ") for message in messages]
            if cells != wanted:
                yield f"messages read {cells} instead of {wanted}"
    if histories != 1:
        yield f"there are {histories} histories"


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--aion", required=True, type=pathlib.Path)
    parser.add_argument("--seed", type=int, default=13)
    arguments = parser.parse_args()
    dice = random.Random(arguments.seed)
    messages = ["".join(dice.choices(PIECES, k=dice.randint(1, 9))) for _ in range(MESSAGES)]
    failures = 0
    with tempfile.TemporaryDirectory() as folder:
        environment = {"HOME": folder, "AION_REGISTRY": "reg.json", "LC_ALL": "C.UTF-8"}

        def aion(*words):
            return subprocess.run([arguments.aion.resolve(), *words], cwd=folder, env=environment,
                                  capture_output=True, check=True).stdout

        pathlib.Path(folder, "rules").write_text("x\n", encoding="utf-8")
        aion("key", "generate", "--id", "1")
        aion("key", "generate", "--id", "2")
        aion("registry", "pin", "--author", "7", "--key", "1", "--master", "2", "-o", "reg.json")
        for index, message in enumerate(messages):
            aion("commit" if index else "init", "a|`b.aion", "-a", "7", "-k", "1", "-r", "rules",
                 f"--message={message}")
        for framework, headings in HEADINGS.items():
            markdown = aion("report", "a|`b.aion", "--framework", framework)
            for complaint in complaints_of(markdown, messages, headings):
                print(f"{framework}: {complaint}")
                failures += 1
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
