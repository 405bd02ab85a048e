#!/usr/bin/env python3
# SPDX-License-Identifier: MIT OR Apache-2.0
"""Every rule of tidy.py fires on a bad example and stays silent on a good one."""

import pathlib
import tempfile
import unittest

import tidy

CPP = "// " + tidy.SPDX + "\n"
HASH = "# " + tidy.SPDX + "\n"


class TidyTest(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        self.root = pathlib.Path(self.folder.name)

    def write(self, name, text):
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)

    def source(self, name, body):
        """A source or header that breaks no rule but what `body` breaks."""
        pragma = "#pragma once\n" if name.endswith(".hpp") else ""
        self.write(name, CPP + pragma + body)
        if name.endswith(".cpp"):
            folder, file = name.rsplit("/", 1)
            lists = self.root / folder / "CMakeLists.txt"
            before = lists.read_text() if lists.is_file() else HASH
            self.write(f"{folder}/CMakeLists.txt", before + file + "\n")

    def rules(self):
        return [f.rule for f in tidy.run(self.root)]

    def assert_fires(self, rule, name, body):
        self.source(name, body)
        self.assertEqual(self.rules(), [rule], f"{body!r}")

    def assert_clean(self, name, body):
        self.source(name, body)
        self.assertEqual([str(f) for f in tidy.run(self.root)], [], f"{body!r}")

    def test_function_of_seventy_lines_passes_and_of_seventy_one_does_not(self):
        self.assert_clean("src/base/good.cpp", "int f() {\n" + "    g();\n" * 68 + "}\n")
        self.assert_fires("function-length", "src/base/bad.cpp",
                          "int f() {\n" + "    g();\n" * 69 + "}\n")

    def test_long_file(self):
        self.assert_clean("tests/base/good_test.cpp", "\n" * 599)
        self.assert_fires("file-length", "tests/base/bad_test.cpp", "\n" * 600)

    def test_layer_may_not_look_up(self):
        self.assert_clean("src/trust/good.cpp",
                          '#include "aion/format/file_view.hpp"\n#include "trust/a.hpp"\n')
        self.assert_fires("layer", "src/format/bad.cpp", '#include "aion/trust/registry.hpp"\n')

    def test_layer_in_public_and_private_headers(self):
        self.assert_fires("layer", "include/aion/base/bad.hpp", '#include "aion/crypto/hash.hpp"\n')

    def test_layer_by_private_include(self):
        self.assert_fires("layer", "src/base/bad.hpp", '#include "crypto/openssl.hpp"\n')

    def test_umbrella_header_is_not_for_layers(self):
        self.assert_fires("layer", "src/policy/bad.cpp", '#include "aion/aion.hpp"\n')

    def test_apps_use_public_headers_only(self):
        self.source("apps/aion/render.hpp", "")
        self.assert_clean("apps/aion/good.cpp",
                          '#include "aion/policy/verify.hpp"\n#include "render.hpp"\n')
        self.assert_fires("layer", "apps/aion/bad.cpp", '#include "policy/chain.hpp"\n')

    def test_rooms_of_the_command_line(self):
        self.source("apps/aion/shell/console.hpp", "")
        self.source("apps/aion/views/history.hpp", "")
        self.assert_clean("apps/aion/views/good.cpp", '#include "shell/console.hpp"\n')
        self.assert_clean("apps/aion/run.cpp", '#include "views/history.hpp"\n')
        self.assert_fires("room", "apps/aion/shell/bad.cpp", '#include "views/history.hpp"\n')

    def test_apps_do_not_climb_out(self):
        self.source("src/policy/chain.hpp", "")
        self.assert_fires("layer", "apps/aion/bad.cpp", '#include "../../src/policy/chain.hpp"\n')

    def test_public_header_shows_no_third_party_header(self):
        self.assert_clean("include/aion/base/good.hpp", "#include <expected>\n")
        self.assert_fires("layer", "include/aion/base/bad.hpp", "#include <fmt/format.h>\n")

    def test_banned_calls(self):
        for call in ("system(s)", "std::system(s)", "::popen(a, b)", "strcpy(a, b)", "strcat(a, b)",
                     "sprintf(a, b)", "gets(a)", "strtok(a, b)", "rand()", "std::rand()", "atoi(s)",
                     "alloca(9)"):
            with self.subTest(call):
                self.assert_fires("banned-call", "src/base/bad.cpp", f"int f() {{ return {call}; }}\n")

    def test_calls_that_only_look_banned(self):
        self.assert_clean(
            "src/base/good.cpp",
            "Env& system();\nint f() { env.system(); env->random(x); Env::system(); my_atoi(s); }\n"
            "// system(x)\n/* strcpy(a, b) */\nauto s = \"system(x)\";\nauto r = R\"(gets(x))\";\n"
            "auto n = 1'000; auto c = '\"'; auto d = x.rand();\n")

    def test_raw_memory(self):
        for code in ("auto* p = new int;", "delete p;", "delete[] p;", "free(p);", "std::malloc(3);"):
            with self.subTest(code):
                self.assert_fires("raw-memory", "src/base/bad.cpp", f"void f() {{ {code} }}\n")

    def test_memory_words_that_are_fine(self):
        self.assert_clean("src/base/good.cpp",
                          "struct A { A(const A&) = delete; };\nvoid f() { a.free(); OPENSSL_free(p);"
                          " int renewed; }\n// new things\n")

    def test_using_namespace_std(self):
        self.assert_fires("using-std", "tests/base/bad_test.cpp", "using namespace std;\n")

    def test_library_prints_nothing(self):
        for code in ("std::cout << 1;", "fmt::print(x);", "printf(x);", "std::fprintf(f, x);"):
            with self.subTest(code):
                self.assert_fires("library-output", "src/base/bad.cpp", f"void f() {{ {code} }}\n")

    def test_apps_may_print(self):
        self.assert_clean("apps/aion/good.cpp", "void f() { std::cout << 1; }\n")

    def test_outside_world_only_through_env(self):
        for code in ("open(p, 0);", "::open(p, 0);", "int d = ::openat(a, b, 0);",
                     "if (rename(a, b) != 0) {}", "return std::rename(a, b);", "std::ifstream in(p);",
                     "std::ofstream out;", "getrandom(p, 3, 0);", "fsync(d);", "auto t = ::time(0);",
                     "clock_gettime(a, b);", "std::random_device r;", "RAND_bytes(p, 3);",
                     "auto e = std::getenv(s);", "std::filesystem::exists(p);",
                     "std::chrono::system_clock::now();", "fopen(a, b);"):
            with self.subTest(code):
                self.assert_fires("outside-world", "src/policy/bad.cpp", f"void f() {{ {code} }}\n")

    def test_env_itself_and_calls_of_it(self):
        self.assert_clean("src/base/env_posix.cpp", "void f() { ::open(p, 0); ::fsync(d); }\n")
        self.assert_clean("include/aion/base/env.hpp",
                          "struct Env { virtual Result<void> rename(P a, P b) = 0; File open(P); };\n")
        self.assert_clean("src/policy/good.cpp",
                          "Result<int> MemoryEnv::open(P p) { return env.open(p); }\n"
                          "void f() { env->rename(a, b); AION_TRY(env.fsync(d)); reopen(p); }\n"
                          "int f2(std::filesystem::path p);\n")

    def test_own_method_of_the_same_name(self):
        self.assert_clean("src/trust/good.cpp", "void open(char c);\nvoid f() { open('{'); }\n")
        self.assert_clean("src/base/memory.cpp", "void Files::link(P p) {}\nvoid Files::f() { link(p); }\n")
        self.assert_fires("outside-world", "src/trust/bad.cpp",
                          "void open(char c);\nvoid f() { ::open(p, 0); }\n")

    def test_spdx(self):
        for name, text in (("src/base/a.hpp", "#pragma once\n"), ("cmake/x.cmake", "set(a b)\n"),
                           ("scripts/run", "#!/bin/sh\necho\n"), ("docs/x.py", "print()\n")):
            with self.subTest(name):
                self.write(name, text)
                self.assertEqual(self.rules(), ["spdx"])
                (self.root / name).unlink()

    def test_unregistered_test_and_source(self):
        self.write("tests/base/CMakeLists.txt", HASH + "# lost_test.cpp\n")
        self.write("tests/base/lost_test.cpp", CPP)
        self.write("src/base/lost.cpp", CPP)
        self.assertEqual(self.rules(), ["registered", "registered"])

    def test_listed_but_missing(self):
        self.write("tests/base/CMakeLists.txt", HASH + "gone_test.cpp\n")
        self.assertEqual(self.rules(), ["listed"])

    def test_marks(self):
        self.assert_fires("mark", "src/base/bad.cpp", "// TO" + "DO: later\n")

    def test_machine_paths_and_hosts(self):
        self.write("docs/a.md", "see /ro" + "ot/x\n")
        self.write("docs/b.md", "from http://deb.deb" + "ian.org/x\n")
        self.write("docs/c.md", "/usr/lib and ~/.cache and $HOME/x\n")
        self.assertEqual(self.rules(), ["machine-path", "machine-path"])

    def test_pragma_once(self):
        self.write("src/base/a.hpp", CPP)
        self.assertEqual(self.rules(), ["pragma-once"])

    def test_allow_list(self):
        self.source("src/base/bad.cpp", "void f() { free(p); }\n")
        self.write("tests/tidy/allow.txt", "raw-memory src/base/bad.cpp a C library gave it\n")
        self.assertEqual(self.rules(), [])
        self.write("tests/tidy/allow.txt", "raw-memory src/base/bad.cpp\n")
        self.assertEqual(self.rules(), ["raw-memory", "allow"])
        self.write("tests/tidy/allow.txt", "spdx src/base/bad.cpp not needed\n"
                   "raw-memory src/base/bad.cpp a C library gave it\n")
        self.assertEqual(self.rules(), ["allow"])


if __name__ == "__main__":
    unittest.main()
