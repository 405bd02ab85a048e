#!/usr/bin/env python3
# SPDX-License-Identifier: MIT OR Apache-2.0
"""Runs what a Markdown page tells its reader to run, and compares what it promises.

In the order of the page, in one shell with `set -eu` that starts in an empty directory:
  sh      is run;
  cpp     all blocks of a page together are one program (--program, compiled by the build); it is
          run where its last block stands, unless that block is marked `cpp norun`;
  text    right behind one of those: what it must write to standard output; `text stderr`: to
          standard error. `…` stands for what varies.
Blocks of any other language (`console`, `yaml`, `json`, …) are only read. A page with the line
`<!-- needs NAME -->` is skipped where `aion --version` does not say that NAME is available; one
that needs `registry` has the address of a container registry in $REGISTRY, and is skipped where
there is none to start.

`aion` is on PATH. `./dev COMMAND` does not run, which would recurse: it is checked that there is
such a command. Names of pages are relative to the source tree.
"""

import argparse
import contextlib
import difflib
import os
import pathlib
import re
import shlex
import subprocess
import sys
import tempfile

import pages

TOP = pathlib.Path(__file__).resolve().parents[2]
sys.path += [str(TOP / "tests" / "support"), str(TOP / "scripts" / "foreign")]

import offered  # noqa: E402
import registries  # noqa: E402

NEEDS = re.compile(r"^<!-- needs (\S+) -->$", re.MULTILINE)
DEV_STUB = """#!/bin/sh
grep -q "^cmd_${1:-help}()" "$AION_SOURCE/dev" || {
    echo "./dev has no command '${1:-}'" >&2
    exit 1
}
"""


def steps_of(blocks):
    """[(block, expected stdout or None, expected stderr or None)] of what runs."""
    last_cpp = next((b for b in reversed(blocks) if b.language == "cpp"), None)
    steps = []
    for block in blocks:
        runs = block.language == "sh" or (block is last_cpp and block.info != "cpp norun")
        if runs:
            steps.append([block, None, None])
        elif block.language == "text" and block.follows and steps and follows_step(
                blocks, block, steps[-1][0]):
            steps[-1][2 if block.info == "text stderr" else 1] = block.text
    return steps


def follows_step(blocks, block, step):
    """True when only `text` blocks lie between `step` and `block`."""
    between = blocks[blocks.index(step) + 1:blocks.index(block)]
    return all(b.language == "text" and b.follows for b in between)


def script_of(steps, work, program):
    """One shell script that sources every block, each with its own output files."""
    lines = ["set -eu"]
    for number, (block, _, _) in enumerate(steps):
        body = block.text
        if block.language == "cpp":
            body = f"{shlex.quote(str(program))}\n"
        (work / f"{number}.sh").write_text(body, encoding="utf-8")
        lines.append(f"echo {number} >{work}/reached")
        lines.append(f". {work}/{number}.sh >{work}/{number}.out 2>{work}/{number}.err")
    return "\n".join(lines) + "\n"


def environment(source, aion, home):
    kept = {k: v for k, v in os.environ.items()
            if not k.startswith("AION_") or k == "AION_THREADS"}
    kept.update(HOME=str(home), PATH=f"{aion.parent}:{kept.get('PATH', '/usr/bin:/bin')}",
                LC_ALL="C.UTF-8", TERM="dumb", AION_SOURCE=str(source),
                # It comes by the clock: a busy machine would show it, another would not.
                AION_PROGRESS_DELAY="86400000")
    return kept


def difference(expected, actual):
    return "\n".join(difflib.unified_diff(
        expected.strip("\n").split("\n"), actual.strip("\n").split("\n"),
        "promised", "actual", lineterm=""))


def run(page, steps, source, aion, program):
    """The complaints about a page."""
    with tempfile.TemporaryDirectory(prefix="aion-docs-") as folder:
        work, session = pathlib.Path(folder, "work"), pathlib.Path(folder, "session")
        work.mkdir()
        session.mkdir()
        (session / "dev").write_text(DEV_STUB, encoding="utf-8")
        (session / "dev").chmod(0o755)
        script = work / "session.sh"
        script.write_text(script_of(steps, work, program), encoding="utf-8")
        status = subprocess.run(["bash", script], cwd=session, stdin=subprocess.DEVNULL,
                                env=environment(source, aion, session), check=False).returncode
        complaints, reached = [], int((work / "reached").read_text())
        for number, (block, out, err) in enumerate(steps[:reached + 1]):
            written = {end: (work / f"{number}.{end}").read_text(encoding="utf-8",
                                                                  errors="replace")
                       for end in ("out", "err")}
            where = f"{page}:{block.line}"
            if status and number == reached:
                complaints.append(f"{where}: exit status {status}\n{block.text}"
                                  f"--- stdout\n{written['out']}--- stderr\n{written['err']}")
                continue
            for expected, actual, name in ((out, written["out"], "stdout"),
                                           (err, written["err"], "stderr")):
                if expected is not None and not pages.matches(expected, actual):
                    complaints.append(f"{where}: {name} is not what the page says\n"
                                      f"{difference(expected, actual)}")
        return complaints


def extract(markdown, out):
    """Writes the page's program: all its cpp blocks in order."""
    parts = []
    for block in pages.blocks_of(markdown):
        if block.language == "cpp":
            parts.append(f"#line {block.line + 1} \"{out.stem}.md\"\n{block.text}")
    text = "\n".join(parts)
    if not out.exists() or out.read_text(encoding="utf-8") != text:
        out.write_text(text, encoding="utf-8")


def missing(need, aion):
    """Why a page that needs NEED cannot run, if it cannot."""
    if need == "registry":
        return registries.why_no_docker_registry()
    return offered.why_not(aion, need)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("page", type=pathlib.Path)
    parser.add_argument("--source", type=pathlib.Path,
                        default=pathlib.Path(__file__).resolve().parents[2])
    parser.add_argument("--aion", type=pathlib.Path, help="the command-line program")
    parser.add_argument("--program", type=pathlib.Path, help="the page's compiled cpp blocks")
    parser.add_argument("--extract", type=pathlib.Path, metavar="FILE.cpp",
                        help="only write the page's program to this file")
    options = parser.parse_args()
    markdown = (options.source / options.page).read_text(encoding="utf-8")
    if options.extract:
        extract(markdown, options.extract)
        return 0
    steps = steps_of(pages.blocks_of(markdown))
    if options.program is None:
        steps = [step for step in steps if step[0].language != "cpp"]
    if not steps:
        print(f"{options.page}: nothing to run", file=sys.stderr)
        return 1
    with contextlib.ExitStack() as stack:
        for need in NEEDS.findall(markdown):
            if reason := missing(need, options.aion.resolve()):
                print(reason)
                return offered.SKIPPED
            if need == "registry":
                folder = pathlib.Path(stack.enter_context(tempfile.TemporaryDirectory()), "all")
                os.environ["REGISTRY"] = stack.enter_context(registries.docker_registry(folder))
        complaints = run(options.page, steps, options.source, options.aion.resolve(),
                         options.program)
    for complaint in complaints:
        print(complaint, file=sys.stderr)
    print(f"{options.page}: {len(steps)} blocks run, {len(complaints)} complaints")
    return 1 if complaints else 0


if __name__ == "__main__":
    sys.exit(main())
