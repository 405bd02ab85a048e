#!/usr/bin/env python3
# SPDX-License-Identifier: MIT OR Apache-2.0
"""The examples in public headers: compiled, run, and held to what they say they print.

    header_examples.py --extract DIR HEADER...    writes one source a header, and main.cpp
    header_examples.py --run HEADER --program PROGRAM --aion PATH

An example is a comment that begins with a line `/// Example:` (or `/// Example: what it shows`),
a line `///`, and then code in lines `///     code`; it ends before the first line that is neither.
The code is what stands in a function that returns `aion::Result<>`, below `using namespace aion;`
and with the header and <iostream> included; `#include` lines at its top are moved above that
function. It runs in a directory of its own that has

    policy.aion     two versions by author 1001, messages "First" and "Second", payload "limit: 200"
    registry.json   author 1001 with the key 1001, and the master key 9001
    keys            the keystore with both keys (also AION_KEYSTORE_DIR)

and must succeed. A line that ends in `<< '\\n';  // text` promises that line of output, with `…` for
what varies; all promises together are the whole output, so each such line runs once.
"""

import argparse
import os
import pathlib
import re
import subprocess
import sys
import tempfile
from dataclasses import dataclass

import pages

MARK = re.compile(r"^/// Example(?::.*)?$")
PROMISE = re.compile(r"<< '\\n';\s+// (?P<text>.+)$")
SETUP = """set -eu
aion key generate --id 1001
aion key generate --id 9001
aion registry pin --author 1001 --key 1001 --master 9001 --output registry.json
printf 'limit: 100' | aion init policy.aion --author 1001 --key 1001 --message First
printf 'limit: 200' | aion commit policy.aion --author 1001 --key 1001 --message Second \\
    --registry registry.json
"""


@dataclass
class Example:
    line: int  # of the first line of code, from 1
    includes: list
    body: list

    def promised(self):
        """What it must print."""
        found = (PROMISE.search(line) for line in self.body)
        return "".join(match["text"] + "\n" for match in found if match)


def example_of(text):
    """The example of a header, or None. There is one at most: a header has one head."""
    lines = text.split("\n")
    marks = [number for number, line in enumerate(lines) if MARK.match(line)]
    if not marks:
        return None
    if len(marks) > 1:
        raise ValueError(f"line {marks[1] + 1}: a second example")
    start = marks[0] + 1
    code = []
    for line in lines[start:]:
        if not line.startswith("///") or line[3:].strip() and not line.startswith("///     "):
            break
        code.append(line[8:])
    while code and not code[-1].strip():
        code.pop()
    blank = next((i for i, line in enumerate(code) if line.strip()), None)
    if blank is None:
        raise ValueError(f"line {start}: an example without code")
    code, first = code[blank:], start + blank + 1
    includes = []
    while code and code[0].startswith("#include"):
        includes.append(code.pop(0))
        first += 1
    return Example(first, includes, code)


def name_of(header):
    """include/aion/trust/registry.hpp -> trust_registry"""
    return "_".join(pathlib.PurePath(header).with_suffix("").parts[2:])


def source_of(header, example):
    own = pathlib.PurePath(header).relative_to("include")
    function = f"Result<> example_{name_of(header)}()"
    return "\n".join([
        f'#include "{own}"', *example.includes, "#include <iostream>", "", "using namespace aion;", "",
        f"{function};", f"{function} {{", f'#line {example.line} "{header}"', *example.body,
        "return {};", "}", ""])


def main_of(headers):
    names = [name_of(header) for header in headers]
    return "\n".join([
        '#include "aion/base/result.hpp"', "", "#include <iostream>", "#include <string_view>", "",
        *(f"aion::Result<> example_{name}();" for name in names), "",
        "int main(int, char** arguments) {", "    const std::string_view name = arguments[1];",
        *(f'    if (name == "{name}") {{\n        if (const auto done = example_{name}(); !done) {{\n'
          "            std::cerr << done.error().full_message() << '\\n';\n            return 1;\n"
          "        }\n        return 0;\n    }" for name in names),
        "    return 2;", "}", ""])


def write(path, text):
    if not path.exists() or path.read_text(encoding="utf-8") != text:
        path.write_text(text, encoding="utf-8")


def read(source, header):
    example = example_of((source / header).read_text(encoding="utf-8"))
    if example is None:
        raise ValueError("no example")
    return example


def complaints_of(source, header, program, aion):
    example = read(source, header)
    with tempfile.TemporaryDirectory(prefix="aion-example-") as folder:
        environment = {k: v for k, v in os.environ.items() if not k.startswith("AION_")}
        environment.update(HOME=folder, AION_KEYSTORE_DIR=f"{folder}/keys",
                           PATH=f"{aion.parent}:{os.environ.get('PATH', '/usr/bin:/bin')}")
        for command in (["bash", "-c", SETUP], [program, name_of(header)]):
            done = subprocess.run(command, cwd=folder, env=environment, text=True, check=False,
                                  stdin=subprocess.DEVNULL, capture_output=True)
            if done.returncode:
                return [f"exit status {done.returncode}\n{done.stdout}{done.stderr}"]
    if not pages.matches(example.promised(), done.stdout):
        return [f"it promises\n{example.promised()}and prints\n{done.stdout}"]
    return []


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--source", type=pathlib.Path,
                        default=pathlib.Path(__file__).resolve().parents[2])
    parser.add_argument("--extract", nargs="+", metavar=("DIR", "HEADER"))
    parser.add_argument("--run", metavar="HEADER")
    parser.add_argument("--program", type=pathlib.Path)
    parser.add_argument("--aion", type=pathlib.Path, help="the command-line program")
    options = parser.parse_args()
    if options.extract:
        folder, *headers = options.extract
        for header in headers:
            write(pathlib.Path(folder) / f"{name_of(header)}.cpp",
                  source_of(header, read(options.source, header)))
        write(pathlib.Path(folder) / "main.cpp", main_of(headers))
        return 0
    complaints = complaints_of(options.source, options.run, options.program.resolve(),
                               options.aion.resolve())
    for complaint in complaints:
        print(f"{options.run}: {complaint}", file=sys.stderr)
    return 1 if complaints else 0


if __name__ == "__main__":
    sys.exit(main())
