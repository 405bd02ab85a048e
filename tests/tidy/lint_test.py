#!/usr/bin/env python3
# SPDX-License-Identifier: MIT OR Apache-2.0
"""scripts/lint remembers a verdict no longer than everything that it depends on stays the same."""

import importlib.machinery
import importlib.util
import pathlib
import shutil
import tempfile
import unittest

PATH = pathlib.Path(__file__).resolve().parents[2] / "scripts" / "lint"
LOADER = importlib.machinery.SourceFileLoader("lint", str(PATH))
lint = importlib.util.module_from_spec(importlib.util.spec_from_loader("lint", LOADER))
LOADER.exec_module(lint)

FILES = {
    ".clang-tidy": "Checks: misc-*",
    ".clang-format": "ColumnLimit: 100",
    "src/a/.clang-tidy": "InheritParentConfig: true",
    "src/a/inner/.clang-tidy": "Checks: -misc-*",
    "src/a/inner/x.cpp": '#include "b/y.hpp"\n',
    "src/b/.clang-tidy": "CheckOptions:",
    "src/b/y.hpp": "int y();\n",
    "src/c/.clang-tidy": "Checks: none of its business",
    "src/c/z.hpp": "int z();\n",
}


class KeyTest(unittest.TestCase):
    def setUp(self):
        self.top = pathlib.Path(tempfile.mkdtemp(prefix="aion-lint-")).resolve()
        self.addCleanup(shutil.rmtree, self.top)
        for name, value in (("ROOT", self.top / "tree"), ("TIDY", str(self.top / "tidy")),
                            ("FORMAT", str(self.top / "format"))):
            self.addCleanup(setattr, lint, name, getattr(lint, name))
            setattr(lint, name, value)
        for name, text in FILES.items():
            self.write(name, text)
        self.tool("tidy", "19.1")
        self.tool("format", "19.1")

    def write(self, name, text):
        path = lint.ROOT / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)

    def tool(self, name, version):
        path = self.top / name
        path.write_text(f"#!/bin/sh\necho {version}\n")
        path.chmod(0o755)

    def key(self, flags="-O2", options=()):
        key, _ = lint.key_of(lint.ROOT / "src/a/inner/x.cpp", f"g++ -I{lint.ROOT}/src {flags}",
                             [lint.ROOT / "include", lint.ROOT / "src"], lint.tools_with(options))
        return key

    def test_same_world_same_key(self):
        self.assertEqual(self.key(), self.key())

    def test_every_file_that_has_a_say(self):
        for name in FILES:
            with self.subTest(name):
                before = self.key()
                self.write(name, FILES[name] + "\n# changed\n")
                changes = self.assertEqual if name.startswith("src/c/") else self.assertNotEqual
                changes(self.key(), before)

    def test_configuration_that_comes_or_goes(self):
        before = self.key()
        self.write("src/.clang-tidy", "Checks: more")
        between = self.key()
        self.assertNotEqual(between, before)
        (lint.ROOT / ".clang-tidy").unlink()
        self.assertNotIn(self.key(), (before, between))

    def test_configuration_that_moves(self):
        before = self.key()
        (lint.ROOT / "src/a/inner/.clang-tidy").rename(lint.ROOT / "src/.clang-tidy")
        self.assertNotEqual(self.key(), before)

    def test_compile_flags_and_options(self):
        self.assertEqual(len({self.key(), self.key("-O3"), self.key(options=["--checks=-*"])}), 3)

    def test_tool_versions(self):
        keys = {self.key()}
        for name in ("tidy", "format"):
            self.tool(name, "20.0")
            keys.add(self.key())
        self.assertEqual(len(keys), 3)

    def test_another_clone_shares_it(self):
        before = self.key()
        lint.ROOT = lint.ROOT.rename(self.top / "elsewhere")
        self.assertEqual(self.key(), before)


if __name__ == "__main__":
    unittest.main()
