#!/usr/bin/env python3
# SPDX-License-Identifier: MIT OR Apache-2.0
"""The tools that check our pages, checked."""

import unittest

import check_tables
import header_examples
import pages
import run_page


class Matching(unittest.TestCase):
    def test_same_text(self):
        self.assertTrue(pages.matches("a\nb\n", "a\nb\n"))
        self.assertFalse(pages.matches("a\nb\n", "a\nc\n"))

    def test_ends_do_not_count(self):
        self.assertTrue(pages.matches("a\nb\n", "\na  \nb\n\n"))

    def test_placeholder_within_a_line(self):
        self.assertTrue(pages.matches("id 0x…, ok\n", "id 0x12ab, ok\n"))
        self.assertFalse(pages.matches("id 0x…, ok\n", "id 0x12ab,\n ok\n"))

    def test_placeholder_for_lines(self):
        self.assertTrue(pages.matches("a\n…\nz\n", "a\nz\n"))
        self.assertTrue(pages.matches("a\n…\nz\n", "a\nb\nc\nz\n"))
        self.assertFalse(pages.matches("a\n…\nz\n", "a\nb\n"))

    def test_nothing_is_a_pattern(self):
        self.assertFalse(pages.matches("a.c\n", "abc\n"))


PAGE = """# One

```sh
true
```

```text
out
```

```text stderr
err
```

prose

```text
a drawing
```

~~~
```cpp
int main() {}
```
"""


class Blocks(unittest.TestCase):
    def test_blocks(self):
        found = pages.blocks_of(PAGE)
        self.assertEqual([b.language for b in found], ["sh", "text", "text", "text", "cpp"])
        self.assertEqual([b.follows for b in found], [False, True, True, False, False])

    def test_steps(self):
        steps = run_page.steps_of(pages.blocks_of(PAGE))
        self.assertEqual([(s[0].language, s[1], s[2]) for s in steps],
                         [("sh", "out\n", "err\n"), ("cpp", None, None)])

    def test_unclosed(self):
        with self.assertRaises(ValueError):
            pages.blocks_of("```sh\ntrue\n")


class Links(unittest.TestCase):
    def test_links(self):
        text = "see [a](b.md#c) and `[x](y)`\n```\n[n](m)\n```\n[r]: z.md\n"
        self.assertEqual(list(pages.links_of(text)), [(1, "b.md#c"), (5, "z.md")])

    def test_anchors(self):
        self.assertEqual(pages.anchors_of("# What `VALID` means, here\n## A\n## A\n"),
                         {"what-valid-means-here", "a", "a-1"})


class Tables(unittest.TestCase):
    def test_enumerators(self):
        header = "enum class E : int {\n  a,  ///< x, y\n  b = 2,\n  // c\n};"
        self.assertEqual(check_tables.enumerators(header, "E"), ["a", "b"])

    def test_enumerators_of_a_list(self):
        header = "enum class E : int {\n  // c\n  ROWS(ENUMERATOR)\n  z,\n};"
        rows = '#define ROWS(row) \\\n  row(a, "x") \\\n  row(b, "y, z")\n'
        self.assertEqual(check_tables.enumerators(header, "E", rows), ["a", "b", "z"])

    def test_listed(self):
        page = "## T\n| code | x |\n|---|---|\n| `a` | `b` |\n### S\n| `c` | |\n## U\n| `d` | |\n"
        self.assertEqual(check_tables.listed(page, "T"), ["a", "c"])


HEADER = """// Licence
// A header.
//
/// Example: what it shows.
///
///     #include <vector>
///
///     if (x) {
///         return fail(x.error());
///     }
///     std::cout << 1 << '\\n';  // 1
///     std::cout << x << '\\n';  // x …
#pragma once

/// No more of it:
///     int y;
int y();
"""


class HeaderExamples(unittest.TestCase):
    def test_example(self):
        example = header_examples.example_of(HEADER)
        self.assertEqual(example.includes, ["#include <vector>"])
        self.assertEqual(example.body[0:3], ["", "if (x) {", "    return fail(x.error());"])
        self.assertEqual(HEADER.split("\n")[example.line], "///     if (x) {")
        self.assertEqual(len(example.body), 6)
        self.assertEqual(example.promised(), "1\nx …\n")

    def test_source(self):
        header = "include/aion/trust/registry.hpp"
        source = header_examples.source_of(header, header_examples.example_of(HEADER))
        self.assertTrue(source.startswith('#include "aion/trust/registry.hpp"\n#include <vector>\n'))
        self.assertIn(f'\n#line 7 "{header}"\n\nif (x) {{\n', source)
        self.assertIn("Result<> example_trust_registry() {\n", source)

    def test_prose_ends_it(self):
        text = "/// Example:\n///     a();\n/// Words.\n///     b();\n"
        self.assertEqual(header_examples.example_of(text).body, ["a();"])

    def test_none_or_one(self):
        self.assertIsNone(header_examples.example_of("/// For example: a\n///     a();\n"))
        for bad in ("/// Example:\n///\n#pragma once\n",
                    "/// Example:\n///     a();\n\n/// Example:\n///     b();\n"):
            with self.assertRaises(ValueError):
                header_examples.example_of(bad)


if __name__ == "__main__":
    unittest.main()
