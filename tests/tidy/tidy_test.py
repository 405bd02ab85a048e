#!/usr/bin/env python3
# SPDX-License-Identifier: MIT OR Apache-2.0
"""Every rule of tidy.py fires on a bad example and stays silent on a good one."""

import pathlib
import tempfile
import unittest

import tidy

CPP = "// " + tidy.SPDX + "\n"
HASH = "# " + tidy.SPDX + "\n"
LAYERS = """# Rooms of an example
base:
crypto:   base
format:   base crypto/hash
trust:    base crypto
policy:   base crypto format trust
report:   policy

apps:     public
bindings: aion.h
"""


class TidyTest(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        self.root = pathlib.Path(self.folder.name)
        self.write("src/layers.txt", LAYERS)

    def write(self, name, text):
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)

    def source(self, name, body):
        """A source or header that breaks no rule but what `body` breaks."""
        pragma = "#pragma once\n" if name.endswith(".hpp") else ""
        self.write(name, CPP + pragma + body)
        if name.endswith(".cpp"):
            self.list_source(name)
        else:
            self.use_header(name)

    def list_source(self, name):
        folder, file = name.rsplit("/", 1)
        lists = self.root / folder / "CMakeLists.txt"
        before = lists.read_text() if lists.is_file() else HASH
        self.write(f"{folder}/CMakeLists.txt", before + file + "\n")

    def use_header(self, name):
        """Somebody who includes it and whom no rule forbids to."""
        user = "bench/users.cpp"
        before = self.root / user
        text = before.read_text() if before.is_file() else CPP
        self.write(user, text + f'#include "../{name}"\n')
        self.list_source(user)

    def rules(self):
        return [f.rule for f in tidy.run(self.root)]

    def found(self):
        return [str(f) for f in tidy.run(self.root)]

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
        self.assert_clean("tests/base/good.cpp", "\n" * 599)
        self.assert_fires("file-length", "tests/base/bad.cpp", "\n" * 600)

    def test_room_uses_what_is_declared(self):
        self.assert_clean("src/policy/good.cpp",
                          '#include "aion/format/file_view.hpp"\n#include "policy/a.hpp"\n'
                          '#include "aion/version.hpp"\n#include "ed25519/a.hpp"\n')
        self.source("src/trust/bad.cpp", '\n#include "aion/format/file_view.hpp"\n')
        self.assertEqual(self.found(), [
            "src/trust/bad.cpp:3: [layer] trust -> format (aion/format/file_view.hpp): "
            "not declared in src/layers.txt"])

    def test_room_does_not_use_what_it_only_reaches(self):
        self.assert_clean("src/report/good.cpp", '#include "aion/policy/verify.hpp"\n')
        self.assert_fires("layer", "src/report/bad.cpp", '#include "aion/crypto/hash.hpp"\n')

    def test_tests_of_a_room_use_what_it_reaches(self):
        self.assert_clean("tests/report/good.cpp", '#include "aion/crypto/hash.hpp"\n')
        self.assert_fires("layer", "tests/trust/bad.cpp", '#include "format/sections.hpp"\n')

    def test_room_may_use_one_header_of_another(self):
        self.assert_clean("src/format/good.cpp", '#include "aion/crypto/hash.hpp"\n')
        self.assert_fires("layer", "src/format/bad.cpp", '#include "aion/crypto/hash_each.hpp"\n')

    def test_layer_in_public_and_private_headers(self):
        self.assert_fires("layer", "include/aion/base/bad.hpp", '#include "aion/crypto/hash.hpp"\n')

    def test_layer_by_private_include(self):
        self.assert_fires("layer", "src/base/bad.hpp", '#include "crypto/openssl.hpp"\n')

    def test_layer_by_relative_include(self):
        self.assert_clean("src/trust/good.cpp", '#include "../crypto/openssl.hpp"\n#include "./a.hpp"\n')
        self.assert_fires("layer", "src/base/bad.cpp", '#include "../crypto/openssl.hpp"\n')

    def test_layer_by_a_way_about(self):
        for way in ("aion/base/../crypto/hash.hpp", "inner/../../crypto/openssl.hpp"):
            with self.subTest(way):
                self.assert_fires("layer", "src/base/bad.cpp", f'#include "{way}"\n')

    def test_layer_by_relative_include_of_a_public_header(self):
        self.assert_fires("layer", "include/aion/base/bad.hpp", '#include "../crypto/hash.hpp"\n')

    def test_undeclared_room(self):
        self.assert_fires("layer", "src/attic/bad.cpp", "")

    def test_undeclared_room_in_an_include(self):
        self.assert_fires("layer", "src/base/bad.cpp", '#include "aion/attic/a.hpp"\n')

    def test_undeclared_folder_outside(self):
        self.assert_fires("layer", "examples/bad.cpp", "")

    def test_declaration(self):
        for text, line, complaint in (
                ("base: trust\ntrust: base\n", 1, "base uses trust, which no line above it declares"),
                ("base: base\n", 1, "base uses base, which no line above it declares"),
                ("base:\ntrust: base/hex bsae\n", 2, "trust uses bsae, which no line above it declares"),
                ("base:\napps: public\nbase:\n", 3, "base is declared twice"),
                ("base\n", 1, "not of the form 'room: rooms'")):
            with self.subTest(text):
                self.write("src/layers.txt", text)
                self.assertEqual(self.found(), [f"src/layers.txt:{line}: [layers] {complaint}"])

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

    def test_bindings_use_the_c_header_only(self):
        self.assert_clean("bindings/python/good.cpp", '#include "aion.h"\n')
        self.assert_fires("layer", "bindings/python/bad.cpp", '#include "aion/policy/verify.hpp"\n')

    def test_circle_is_reported_once(self):
        self.source("src/base/a.hpp", '#include "base/b.hpp"\n')
        self.source("src/base/b.hpp", '#include "c.hpp"\n')
        self.source("src/base/c.hpp", '\n#include "base/d.hpp"\n#include "../base/b.hpp"\n')
        self.source("src/base/d.hpp", "")
        self.assertEqual(self.found(), [
            "src/base/b.hpp:3: [circle] src/base/b.hpp -> src/base/c.hpp -> src/base/b.hpp"])

    def test_circle_through_a_public_header(self):
        self.source("include/aion/base/a.hpp", '#include "base/b.hpp"\n')
        self.source("src/base/b.hpp", '#include "aion/base/a.hpp"\n')
        self.assertEqual(self.rules(), ["circle"])

    def test_source_and_its_header_are_no_circle(self):
        self.source("src/base/a.hpp", "")
        self.assert_clean("src/base/a.cpp", '#include "base/a.hpp"\n')

    def test_dead_header(self):
        self.write("src/base/a.hpp", CPP + '#pragma once\n#include "base/a.hpp"\n')
        self.assertEqual(self.rules(), ["dead-header"])
        self.assert_clean("src/base/a.cpp", '#include "base/a.hpp"\n')
        self.write("tests/support/a.hpp", CPP + "#pragma once\n")
        self.assertEqual(self.rules(), ["dead-header"])

    def test_header_of_the_program_that_only_a_test_uses(self):
        self.write("apps/aion/views/a.hpp", CPP + "#pragma once\n")
        self.assertEqual(self.rules(), ["dead-header"])
        self.assert_clean("tests/cli/a_test.cpp", '#include "views/a.hpp"\n')

    def test_public_header_needs_no_user_here(self):
        self.write("include/aion/base/a.hpp", CPP + "#pragma once\n")
        self.assertEqual(self.rules(), [])

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
        self.assert_fires("using-std", "tests/base/bad.cpp", "using namespace std;\n")

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

    def test_threads_only_behind_their_wall(self):
        for code in ("#include <thread>", "# include <tbb/task_group.h>", "#include <pthread.h>",
                     "#include <oneapi/tbb/task_arena.h>", "void f() { std::thread t(g); }",
                     "void f() { std::jthread t(g); }", "auto r = std::async(g);",
                     "int r = pthread_create(a, b, c, d);"):
            with self.subTest(code):
                self.assert_fires("thread", "src/policy/bad.cpp", code + "\n")
        (self.root / "src/policy/bad.cpp").unlink()
        self.write("src/policy/CMakeLists.txt", HASH)
        self.assert_clean("src/base/threads.cpp",
                          "#include <thread>\nstd::thread t(g);\nvoid f() { pthread_create(); }\n")
        self.assert_clean("src/policy/good.cpp", '#include "base/threads.hpp"\n// std::thread\n')
        self.assert_clean("tests/base/good.cpp", "#include <thread>\n")

    def test_spdx(self):
        self.write("docs/names.md", "x.cmake, scripts/run, x.py\n")
        self.use_header("src/base/a.hpp")
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

    def test_dead_script(self):
        python, shell = HASH, "#!/bin/sh\n" + HASH
        for name, text, no_mention, mention in (
                ("scripts/lint", shell, "lint, scripts/linter, scripts/lint.py", "run scripts/lint."),
                ("tests/install/run", shell, ".ci/run it", '"${here}/install/run" x'),
                ("dev", shell, "dev", "./dev test"),
                ("tests/deps/mirror.py", python, "a mirror.pyc", "import os, mirror"),
                ("tests/deps/odd_test.py", python, "odd_test", "aion_tool_test(odd_test.py)"),
                ("cmake/AionX.cmake", python, "AionX", "include(AionX)"),
                ("cmake/x.hpp.in", "", "x.hpp", "configure_file(cmake/x.hpp.in)"),
                ("scripts/common.bash", python, "common", '. "$root/scripts/common.bash"')):
            with self.subTest(name):
                self.write(name, text + f"# {name} {mention}\n")
                self.write("docs/a.md", no_mention + "\n")
                self.assertEqual(self.rules(), ["dead-file"])
                self.write("docs/a.md", mention + "\n")
                self.assertEqual(self.rules(), [])
                (self.root / name).unlink()

    def test_size(self):
        for name, limit in (("tests/data/a.bin", 256_000), ("fuzz/corpus/file/0a1b", 256_000),
                            ("docs/a.svg", 256_000), ("tests/cli/a.json", 256_000),
                            ("docs/a.md", 64_000), ("tests/skips.txt", 64_000)):
            with self.subTest(name):
                self.write(name, "x" * limit)
                self.assertEqual(self.rules(), [])
                self.write(name, "x" * (limit + 1))
                self.assertEqual(self.rules(), ["file-size"])
                (self.root / name).unlink()

    def test_odd_file(self):
        for name, text in (("src/base/a.cc", ""), ("docs/a.png", ""), ("scripts/notes", "text\n"),
                           ("apps/aion/a.aion", ""), ("tests/data/a.exe", ""), ("docs/a.txt", "a\0b"),
                           ("tests/data/vectors/noext", ""), ("LICENCE", ""), ("attic/a.o", ""),
                           ("src/base/CMakeLists.txt.orig", ""),
                           ("src/base/a.ld", ""), ("src/base/go.mod", ""),
                           ("src/base/a.mjs", "// SPDX-License-Identifier: MIT OR Apache-2.0\n"),
                           ("src/base/a.rs", "// SPDX-License-Identifier: MIT OR Apache-2.0\n")):
            with self.subTest(name):
                self.write(name, text)
                self.assertEqual(self.rules(), ["odd-file"])
                (self.root / name).unlink()

    def test_files_that_are_not_odd(self):
        for name in ("LICENSE", ".clang-tidy", "src/base/.clang-tidy", "tests/data/a/b.aion",
                     "tests/data/a/b.bin", "tests/data/LICENSE.them", "fuzz/corpus/x/0a1b",
                     "docs/a.svg", "fuzz/dict/x.dict", "scripts/foreign/a/go.mod", "scripts/foreign/a/go.sum"):
            self.write(name, "a\n")
        self.assertEqual(self.rules(), [])

    def test_symbolic_link(self):
        (self.root / "docs").mkdir()
        (self.root / "docs/a.md").symlink_to("nowhere")
        self.assertEqual(self.rules(), ["odd-file"])

    def test_what_git_ignores_is_not_ours(self):
        self.write(".gitignore", "# ours\n/build/\n*.swp\n")
        for name in ("build/release/x.o", "src/base/.a.cpp.swp", "docs/__pycache__/x.pyc", ".idea/x.iml"):
            self.write(name, "")
        self.assertEqual(self.rules(), [])
        self.write("tests/build/x.o", "")
        self.assertEqual(self.rules(), ["odd-file"])

    def test_mirror(self):
        self.source("src/base/files.cpp", "")
        self.source("include/aion/base/ids.hpp", "")
        self.source("src/crypto/curve/point.hpp", "")
        self.source("apps/aion/views/verdict.cpp", "")
        for name in ("base/files", "base/ids", "crypto/point", "cli/verdict"):
            self.assert_clean(f"tests/{name}_test.cpp", "")
        self.assert_clean("tests/base/power_test.cpp", "// When the power goes.\n")
        self.assert_clean("tests/crypto/support.cpp", "")
        for name in ("crypto/files", "base/verdict", "system/files"):
            with self.subTest(name):
                self.source(f"tests/{name}_test.cpp", "")
                self.assertEqual(self.rules(), ["mirror"])
                (self.root / f"tests/{name}_test.cpp").write_text(CPP + "// Words.\n")

    def test_reference_to_a_page(self):
        self.write("docs/a.md", "# A page\n\n## Its `own` heading\n\n```text\n# no heading\n```\n")
        self.assert_clean("src/base/good.cpp", "// docs/a.md, docs/a.md#its-own-heading.\n"
                          'auto p = "docs/a.md", h = "## x";\n')
        for bad, complaint in (
                ("docs/b.md", "there is no docs/b.md"),
                ("docs/a.md#no-heading", "docs/a.md has no heading #no-heading"),
                ('docs/a.md, "Its own heading"', "name a heading as docs/a.md#anchor"),
                ("docs/a.md section Its", "name a heading as docs/a.md#anchor")):
            with self.subTest(bad):
                self.source("src/base/bad.cpp", f"\n// See {bad}.\n")
                self.assertEqual(self.found(), [f"src/base/bad.cpp:3: [reference] {complaint}"])

    def test_reference_to_a_numbered_section(self):
        self.assert_clean("src/base/good.cpp",
                          "// RFC 8032 section 5.1\n// Ed25519 (ASIACRYPT 2008, section 3.1,\n"
                          "// and section 3.3); the section 2 holds\n")
        for bad in ("sp" + "ec 01", "sp" + "ec/01-file.md", "Sp" + "ec 9", "section 8.1", "Sections 2 and 3",
                    "section\n// 4"):
            with self.subTest(bad):
                self.assert_fires("reference", "src/base/bad.cpp", f"// As {bad} has it.\n")

    def test_reference_to_a_file(self):
        self.source("src/base/hex.hpp", "")
        self.source("include/aion/base/id.hpp", "")
        self.assert_clean("src/base/good.cpp",
                          "// hex.hpp, base/hex.hpp, src/base/hex.hpp, base/id.hpp, aion/base/id.hpp\n"
                          "auto name = \"lost.hpp\"; // {name}.hpp, *_test.cpp, rules.txt\n")
        for bad in ("lost.hpp", "base/lost.cpp", "crypto/hex.hpp", "src/lost.txt"):
            with self.subTest(bad):
                self.source("src/base/bad.cpp", f"/* more\n   in {bad} */\n")
                self.assertEqual(self.found(), [
                    f"src/base/bad.cpp:3: [reference] there is no {bad}"])

    def test_marks(self):
        self.assert_fires("mark", "src/base/bad.cpp", "// TO" + "DO: later\n")

    def test_machine_paths_and_hosts(self):
        self.write("docs/a.md", "see /ro" + "ot/x\n")
        self.write("docs/b.md", "from http://deb.deb" + "ian.org/x\n")
        self.write("docs/c.md", "/usr/lib and ~/.cache and $HOME/x\n")
        self.assertEqual(self.rules(), ["machine-path", "machine-path"])

    def test_pragma_once(self):
        self.write("src/base/a.hpp", CPP)
        self.use_header("src/base/a.hpp")
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
