#!/usr/bin/env python3
# SPDX-License-Identifier: MIT OR Apache-2.0
"""Writes apps/aion/startup.ld: the functions that a short command runs, so that they stand together.

  ./dev build release aion_cli && scripts/measure/startup_order.py build/release

A page of the program costs a process some 0.3 µs to be mapped, whether it needs one function of
it or all, and the kernel maps sixteen at a time. The commands below are run under callgrind
(valgrind), which names the functions; the linker's map says in which sections they are. A name
that no longer exists does no harm, a function that is not listed costs a page: run it again after
code has moved a lot.
"""

import bisect
import collections
import os
import pathlib
import re
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
TARGET = ROOT / "apps/aion/startup.ld"
HEAD = """\
/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Functions that a short command runs, side by side: those of `aion --version` first, then what
   `aion verify` adds. Made by scripts/measure/startup_order.py, which says why. The rest of the
   program follows in the linker's own order. */
SECTIONS
{
  .text.startup_first :
  {
"""
TAIL = "  }\n}\nINSERT BEFORE .text;\n"


def commands(folder):
    """What makes the files, and what is measured: least first."""
    (folder / "rules").write_text("limit: 100\n")
    key, trust = ["--author", "1", "--key", "1"], ["--registry", "r.json"]
    prepare = [
        ["key", "generate", "--id", "1"],
        ["registry", "pin", "--author", "1", "--key", "1", "--output", "r.json"],
        ["init", "a.aion", "--rules", "rules", *key],
    ]
    measured = [
        ["--version"],
        ["verify", "a.aion", *trust],
    ]
    return prepare, measured


def functions_run(program, arguments, folder, environment):
    data = folder / "callgrind.out"
    data.unlink(missing_ok=True)
    subprocess.run(["valgrind", "-q", "--tool=callgrind", "--demangle=no",
                    f"--callgrind-out-file={data}", program, *arguments],
                   cwd=folder, env=environment, check=True, stdout=subprocess.DEVNULL,
                   stderr=subprocess.DEVNULL)
    names = re.findall(r"^c?fn=\(\d+\) (.+)$", data.read_text(errors="replace"), re.MULTILINE)
    return {name.split("'")[0] for name in names}


def addresses_of(program):
    where = collections.defaultdict(list)
    listed = subprocess.run(["nm", program], capture_output=True, text=True, check=True).stdout
    for line in listed.splitlines():
        fields = line.split()
        if len(fields) == 3 and fields[1] in "tTwWiV":
            where[fields[2]].append(int(fields[0], 16))
    return where


def sections_of(linker_map):
    """Address, size, name and file of every input section of code."""
    text = linker_map.read_text(errors="replace")
    text = text[text.index("\n.text"):text.index("\n.fini")]
    found = re.findall(r"\n (\.text\S*)\s+0x([0-9a-f]+)\s+0x([0-9a-f]+) (.+)", text)
    return sorted((int(at, 16), int(size, 16), name, file) for name, at, size, file in found
                  if int(size, 16) > 0)


def pattern(name, file):
    """As a linker script has it. What link-time optimisation made has no file to speak of."""
    base = os.path.basename(file)
    member = re.fullmatch(r"(lib[\w+-]+\.a)\((.+)\)", base)
    if member and member.group(1) != "libaion.a":
        return f"*{member.group(1)}:{member.group(2)}({name})"
    # The compiler's own endings change with every build.
    name = re.sub(r"\.(constprop|isra|part|lto_priv|cold|localalias)\b.*", "", name)
    return f"*({name} {name}.*)" if name not in (".text", ".text.startup") else None


def main():
    build = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else ROOT / "build/release").resolve()
    program = build / "bin/aion"
    where, sections = addresses_of(program), sections_of(build / "apps/aion/aion.map")
    starts = [section[0] for section in sections]
    listed, lines = set(), []
    with tempfile.TemporaryDirectory(prefix="aion-order-") as name:
        folder = pathlib.Path(name)
        environment = {"PATH": os.environ["PATH"], "AION_KEYSTORE_DIR": str(folder / "keys"),
                       "HOME": str(folder)}
        prepare, measured = commands(folder)
        for arguments in prepare:
            subprocess.run([program, *arguments], cwd=folder, env=environment, check=True,
                           stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        for arguments in measured:
            used = set()
            for function in functions_run(program, arguments, folder, environment):
                for address in where.get(function, []):
                    index = bisect.bisect_right(starts, address) - 1
                    if index >= 0 and address < sections[index][0] + sections[index][1]:
                        used.add(sections[index])
            wanted = {(pattern(s[2], s[3])): s for s in used}
            new = [p for p in wanted if p is not None and p not in listed]
            listed.update(new)
            new.sort(key=lambda p: (wanted[p][2], p))
            lines += [f"    /* {arguments[0]} */", *(f"    {p}" for p in new)]
            size = sum(wanted[p][1] for p in new)
            print(f"{arguments[0]}: {len(new)} more sections, {size} bytes", file=sys.stderr)
    TARGET.write_text(HEAD + "\n".join(lines) + "\n" + TAIL)
    print(f"startup_order: wrote {TARGET}; build again", file=sys.stderr)


if __name__ == "__main__":
    main()
