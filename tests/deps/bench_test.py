#!/usr/bin/env python3
# SPDX-License-Identifier: MIT OR Apache-2.0
"""scripts/bench and scripts/profile: results, baselines, the page, peers, whole processes and flame
graphs. Benchmarks, peers and tools are stand-ins, so nothing is installed and little is measured."""

import collections
import importlib.machinery
import importlib.util
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import unittest
import unittest.mock
import xml.etree.ElementTree as ElementTree

SCRIPTS = pathlib.Path(__file__).resolve().parents[2] / "scripts"
sys.path.insert(0, str(SCRIPTS / "measure"))
import flame  # noqa: E402
import page  # noqa: E402
import peers  # noqa: E402
import process  # noqa: E402
import results  # noqa: E402

LOADER = importlib.machinery.SourceFileLoader("profile_script", str(SCRIPTS / "profile"))
profile = importlib.util.module_from_spec(importlib.util.spec_from_loader("profile_script", LOADER))
LOADER.exec_module(profile)

# A benchmark program: writes $ROWS where it is told to.
PROGRAM = """#!/bin/sh
for a; do case $a in --benchmark_out=*) printf '%s' "$ROWS" >"${a#*=}" ;; esac; done
"""
# An `aion` that makes what it is asked to make, and fails at what `broken` says.
AION = """#!/bin/sh
echo "$*" >>"$HOME/calls"
case "$*" in *BROKEN*) echo "no good" >&2; exit 3 ;; esac
case $1 in init | commit) echo x >>"$2" ;; esac
"""


class Scratch(unittest.TestCase):
    def setUp(self):
        self.top = pathlib.Path(tempfile.mkdtemp(prefix="aion-bench-"))
        self.addCleanup(shutil.rmtree, self.top)

    def program(self, name, text):
        path = self.top / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        path.chmod(0o755)
        return path


def written(**times):
    """Results with one row a name; three runs each, in microseconds."""
    return json.dumps({"benchmarks": [
        entry for name, time in times.items()
        for entry in (*({"run_name": name, "run_type": "iteration", "real_time": time + more,
                         "time_unit": "us"} for more in (-1, 0, 4)),
                      {"run_name": name, "run_type": "aggregate", "aggregate_name": "median",
                       "real_time": time, "time_unit": "us"})]})


class ResultsTest(Scratch):
    def test_rows(self):
        path = self.top / "x.json"
        text = json.loads(written(a=10, b=20))
        text["benchmarks"].append({"run_name": "c", "error_occurred": True})
        text["benchmarks"][3]["instructions"] = 77
        path.write_text(json.dumps(text))
        self.assertEqual(results.rows(path), {
            "a": results.Row("a", 10e3, 9e3, 14e3, 3, 77), "b": results.Row("b", 20e3, 19e3, 24e3, 3)})
        self.assertEqual(results.medians(path), {"a": 10e3, "b": 20e3})

    def test_rows_of_aggregates_alone(self):
        path = self.top / "x.json"
        entries = [e for e in json.loads(written(a=10))["benchmarks"] if e["run_type"] == "aggregate"]
        path.write_text(json.dumps({"benchmarks": entries}))
        self.assertEqual(results.rows(path), {"a": results.Row("a", 10e3, 10e3, 10e3, 1)})

    def test_who_does_the_same(self):
        names = {"verify/avx2/one", "verify/openssl/one", "verify/libsodium/two", "version/aion",
                 "version/true"}
        self.assertEqual(results.peers_of("verify/avx2/one", names), 
                         [("openssl", "verify/openssl/one", 1)])
        self.assertEqual(results.peers_of("version/aion", names), [("true", "version/true", 1)])
        one = {"verify/openssl/same_key", "verify/libsodium/distinct_keys"}
        for name, same in (
                ("avx2/64_one_key_with_build/real_time", [("openssl", "verify/openssl/same_key", 64)]),
                ("avx2/curve_distinct/8/real_time", [("libsodium", "verify/libsodium/distinct_keys", 8)]),
                ("portable/one_cold_key", [("libsodium", "verify/libsodium/distinct_keys", 1)]),
                ("avx2/64_one_key_with_build/threads:2/real_time", [])):
            self.assertEqual(results.peers_of(f"verify/{name}", one), same)
        # Rows that name nobody are ours.
        self.assertEqual(results.peers_of("create/bytes:1/iterations:1/real_time",
                                          {"reference/create/bytes:1"}),
                         [("reference", "reference/create/bytes:1", 1)])
        self.assertEqual([results.is_peer(n) for n in ("a/openssl/b", "a/aion/openssl_b")], [True, False])


class Bench(Scratch):
    def bench(self, *arguments, **times):
        self.program("bin/files_bench", PROGRAM)
        return subprocess.run(
            [SCRIPTS / "bench", "--bin", self.top / "bin", "--out", self.top / "out", *arguments],
            capture_output=True, text=True, timeout=60, cwd=self.top,
            env={**os.environ, "ROWS": written(**times), "XDG_CACHE_HOME": str(self.top)})


class BenchTest(Bench):
    def test_baseline(self):
        self.assertEqual(self.bench("--save-baseline", "one", a=10, b=10).returncode, 0)
        done = self.bench("--baseline", "one", a=10.5, b=2)
        self.assertEqual(done.returncode, 0)
        self.assertRegex(done.stdout, r"(?m)^a +10 us +10\.5 us +1\.05x $")
        self.assertRegex(done.stdout, r"(?m)^b +10 us +2 us +0\.20x faster$")
        done = self.bench("--baseline", "one", "--html", "page.html", a=12, b=2)
        self.assertEqual((done.returncode, "slower than before: a\n" in done.stderr), (1, True))
        self.assertRegex((self.top / "page.html").read_text(), r'÷ one.*<td class="worse">1\.20</td>')
        self.assertEqual(self.bench("--baseline", "one", "--tolerance", "0.3", a=12).returncode, 0)
        # What was kept is still the first.
        self.assertEqual(results.medians(self.top / "out/baselines/one/files.json")["a"], 10e3)

    def test_baseline_and_save_at_once(self):
        self.bench("--save-baseline", "one", a=10)
        done = self.bench("--baseline", "one", "--save-baseline", "one", a=5)
        self.assertRegex(done.stdout, r"a +10 us +5 us +0\.50x faster")
        self.assertEqual(results.medians(self.top / "out/baselines/one/files.json")["a"], 5e3)

    def test_baselines_that_are_none(self):
        self.bench("--save-baseline", "one", a=10)
        for arguments, complaint in (
                (["--baseline", "two"], "no baseline 'two'; there are: one (--save-baseline NAME"),
                (["--save-baseline", "../x"], "'../x' is no name for a baseline"),
                (["--baseline", "one", "--compare", "out"], "only one can be compared with"),
                (["--compare", "none"], "no folder none to compare with"),
                (["--suite", "flies"], "no suite flies; there are: files")):
            done = self.bench(*arguments, a=10)
            self.assertEqual((done.returncode, complaint in done.stderr), (1, True), done.stderr)

    def test_failing_program(self):
        self.program("bin/files_bench", PROGRAM)
        self.program("bin/other_bench", "#!/bin/sh\nexit 1\n")
        self.assertEqual(self.bench(a=10).returncode, 1)


class BesideTest(Bench):
    """Where the reference's library is built, it runs once after each repetition of ours."""

    def library(self, text):
        root = self.top / "aion/peers/reference-library"
        self.program(root.relative_to(self.top) / "bin/reference-bench", text)
        shutil.copytree(peers.LIBRARY, root / "source")

    def test_in_turn(self):
        self.library('#!/bin/sh\necho "$* $RAYON_NUM_THREADS" >>calls\ncase $* in "files 1 "*) echo '
                     '\'{"run_name": "reference/a", "run_type": "iteration", "time_unit": "us", '
                     '"real_time": 40}\' ;; esac\n')
        done = self.bench("--repetitions", "2", a=10, b=10)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual((self.top / "calls").read_text(),
                         2 * "files 1 reference/a reference/b 1\nfiles 2 reference/a reference/b 2\n")
        self.assertRegex(done.stdout, r"(?m)^a +9 us +10 us +0\.25 x reference$")
        self.assertRegex(done.stdout, r"(?m)^b +9 us +10 us +$")
        found = results.rows(self.top / "out/files.json")
        self.assertEqual((found["a"].runs, found["reference/a"].runs), (6, 2))

    def test_only_what_is_compared(self):
        """Of the library no row is run whose like of ours was not, as --filter has it."""
        self.library("#!/bin/sh\necho \"$*\" >>calls\n")
        self.assertEqual(self.bench("--repetitions", "1", "--filter", "a", a=10).returncode, 0)
        self.assertEqual((self.top / "calls").read_text(),
                         "files 1 reference/a\nfiles 2 reference/a\n")
        times = {"reference/b": 10}
        self.assertEqual(self.bench("--repetitions", "1", **times).returncode, 0)
        self.assertEqual((self.top / "calls").read_text().count("\n"), 2)

    def test_the_library_knows_the_rows(self):
        """Names in its source that no row of ours has are rows that are never run."""
        text = (peers.LIBRARY / "src/main.rs").read_text()
        self.assertIn('"reference/chain_by_single_commits/history_cache:0"', text)
        for ours, theirs in (
                ("chain_by_single_commits/history_cache:1/iterations:1/real_time",
                 "reference/chain_by_single_commits/history_cache:1"),
                ("verify/avx2/distinct_keys", "verify/reference/distinct_keys")):
            self.assertIn(theirs, results.rows_of_peer("reference", ours))
            self.assertIn(f'"{theirs}"', text)

    def test_failing_library(self):
        self.library("#!/bin/sh\nexit 1\n")
        self.assertEqual(self.bench(a=10).returncode, 1)

    def test_other_sources_count_for_nothing(self):
        self.library("#!/bin/sh\nexit 1\n")
        (self.top / "aion/peers/reference-library/source/src/main.rs").write_text("")
        self.assertEqual(self.bench(a=10).returncode, 0)


class PageTest(unittest.TestCase):
    def test_page(self):
        rows = {name: results.Row(name, time, time / 2, time * 2, 5) for name, time in (
            ("seal/aion/real_time", 2000.0), ("seal/libsodium/real_time", 1000.0), ("<x>", 3e6))}
        text = page.page({"crypto": rows}, {"crypto": {"<x>": 6e6}}, "old", [("Cores", "2")],
                         [("minisign", "missing: because")])
        for part in ("<td>seal/aion</td>", "÷ libsodium", '<td class="worse">2.00</td>', "÷ old",
                     '<td class="better">0.50</td>', "missing: because", "&lt;x&gt;", "before: old"):
            self.assertIn(part, text)
        self.assertNotIn("<td>seal/libsodium</td>", text)
        # Nothing is fetched from elsewhere.
        self.assertNotRegex(text, r"\b(src|href)=|url\(|@import")
        plot = re.search(r"<svg.*?</svg>", text, re.S).group()
        self.assertEqual(len([e for e in ElementTree.fromstring(plot).iter() if e.tag == "title"]), 4)

    def test_a_row_that_only_a_peer_has(self):
        for peer in results.PEERS:
            rows = {f"seal/{peer}": results.Row(f"seal/{peer}", 2000.0, 1000.0, 4000.0, 5)}
            self.assertIn(f"seal/{peer}", page.page({"crypto": rows}, {}, None, [], []))


class PeersTest(Scratch):
    def all(self, ways, install=True):
        with unittest.mock.patch.object(peers, "WAYS", ways), \
                unittest.mock.patch("sys.stderr"), \
                unittest.mock.patch.dict(os.environ, {"XDG_CACHE_HOME": str(self.top),
                                                      "PATH": str(self.top)}):
            return peers.all_peers(install)

    def test_second_way(self):
        def second():
            self.program("aion/peers/bin/aion", "#!/bin/sh\necho aion 1.0.0\n")
            return ""
        self.assertEqual(self.all({"reference": (lambda: "first: no", second)}),
                         [peers.Peer("reference", "aion-context 1.0.0", str(peers_bin(self.top)))])

    def test_no_way(self):
        found = self.all({"b3sum": (lambda: "one: no", lambda: "two: no")})
        self.assertEqual(found[0].said(), "missing: one: no; two: no")
        found = self.all({"b3sum": (lambda: self.fail("was asked to install"),)}, install=False)
        self.assertEqual(found[0].said(), "missing: not installed (--peers installs it)")

    def test_other_version_is_not_the_reference(self):
        self.program("aion/peers/bin/aion", "#!/bin/sh\necho aion 3.0.0\n")
        self.assertIn("'aion 3.0.0', not aion-context 1.0.0",
                      self.all({"reference": ()}, install=False)[0].missing)

    def test_every_peer_can_be_found_and_installed(self):
        for name, ways in peers.WAYS.items():
            self.assertTrue(ways)
            self.assertIn(name, results.PEERS)
            self.assertTrue(peers.find(name).said())


def peers_bin(cache):
    return cache / "aion/peers/bin/aion"


class ProcessTest(Scratch):
    def setUp(self):
        super().setUp()
        for name, value in (("VERSIONS", (1, 10)), ("ROUNDS_A_REPETITION", 2)):
            patch = unittest.mock.patch.object(process, name, value)
            patch.start()
            self.addCleanup(patch.stop)
        self.out = self.top / "process.json"

    def suite(self, aion=AION, wanted=lambda name: "_" not in name or "rules" in name, reference=AION):
        found = [peers.Peer("minisign", missing="not here")]
        if reference:
            found.append(peers.Peer("reference", "r", str(self.program("ref/aion", reference))))
        with unittest.mock.patch("shutil.which", return_value=None), \
                unittest.mock.patch("sys.stdout"), unittest.mock.patch("sys.stderr"):
            return process.suite(self.program("aion", aion), self.out, 1, wanted, found)

    def test_rows(self):
        self.assertTrue(self.suite())
        rows = results.rows(self.out)
        self.assertEqual(set(rows), {"version/true", *(
            f"{work}/{who}" for work in ("version", "verify/1", "verify/10", "show_rules", "commit")
            for who in ("aion", "reference"))})
        for row in rows.values():
            self.assertEqual((row.runs, 0 < row.least <= row.median <= row.most), (2, True))
        self.assertEqual((self.top / "process-files/10.aion").read_text(), "x\n" * 10)

    def test_files_are_kept(self):
        self.suite()
        self.suite(wanted=lambda name: name == "verify/1/aion")
        calls = (self.top / "process-files/calls").read_text()
        self.assertEqual(calls.count("key generate"), 1)
        self.assertEqual(set(results.rows(self.out)), {"verify/1/aion"})

    def test_what_fails(self):
        self.assertTrue(self.suite(reference=AION.replace("BROKEN", "verify")))
        self.assertNotIn("verify/1/reference", results.rows(self.out))
        self.assertIn("exit code 3", self.out.read_text())
        self.assertFalse(self.suite(aion=AION.replace("BROKEN", "show")))
        shutil.rmtree(self.top / "process-files")
        with self.assertRaisesRegex(process.Failed, "exit code 3: no good"):
            self.suite(aion=AION.replace("BROKEN", "init"))

    def test_large_registry(self):
        world = process.World(self.top, "aion")
        (self.top / "registry.json").write_text('{"version": 1, "authors": [{"author_id": 7, "k": "x"}]}')
        world.large_registry()
        authors = json.loads((self.top / "authors.json").read_text())["authors"]
        self.assertEqual(authors[0], {"author_id": 7, "k": "x"})
        self.assertEqual(len({a["author_id"] for a in authors}), process.AUTHORS)
        self.assertEqual({a["k"] for a in authors}, {"x"})

    def test_long_history(self):
        self.program("many_files", '#!/bin/sh\necho "$2 $3" >>"$1/made"\n')
        wanted = lambda name: "/100000/" in name  # noqa: E731
        for _ in range(2):
            self.assertTrue(self.suite(wanted=wanted))
            self.assertEqual(set(results.rows(self.out)), {
                "verify/100000/aion", "verify/100000/reference", "log_20/100000/aion"})
        folder = self.top / "process-files/history-100000"
        self.assertEqual((folder / "made").read_text(), "1 100000\n")

    def test_a_peer_alone_has_its_files(self):
        """What only a peer's row needs is made for it, too."""
        self.assertTrue(self.suite(wanted=lambda name: name == "verify_100000_authors/reference",
                                   aion=AION.replace("case $1 in", "case $1 in registry) echo "
                                                     "'{\"authors\": [{\"author_id\": 1}]}' "
                                                     ">registry.json ;;")))
        self.assertEqual(set(results.rows(self.out)), {"verify_100000_authors/reference"})
        self.assertTrue((self.top / "process-files/authors.json").is_file())
        self.suite(wanted=lambda name: name == "verify_64MiB/reference")
        self.assertTrue((self.top / "process-files/large").is_file())
        self.assertEqual(set(results.rows(self.out)), {"verify_64MiB/reference"})

    def test_environment(self):
        with unittest.mock.patch.dict(os.environ, {"AION_CPU": "avx2", "AION_REGISTRY": "x"}):
            environment = process.World(self.top, "aion").environment
        self.assertEqual((environment["AION_CPU"], "AION_REGISTRY" in environment), ("avx2", False))

    def test_long_processes_run_less_often(self):
        times = {"short": 5, "long": process.LONG_NS + 1, "very long": process.VERY_LONG_NS + 1}
        works = [process.Work(name, []) for name in times]
        watch = unittest.mock.Mock()
        watch.run = lambda work: times[work.name]
        samples, failed = process.measure(works, 40, watch)
        self.assertEqual(({n: len(s) for n, s in samples.items()}, failed),
                         ({"short": 40, "long": 4, "very long": 1}, {}))

    def test_archives(self):
        self.program("many_files", "#!/bin/sh\necho made $2 $3 >>made\ntouch $1/0.aion $1/1.aion\n")
        self.program("archive_bare", "#!/bin/sh\ntest -f $1/complete\n")
        def wanted(name):
            return name.startswith("archive")
        self.assertTrue(self.suite(wanted=wanted))
        self.assertTrue(self.suite(wanted=wanted))
        world = self.top / "process-files"
        self.assertEqual((world / "made").read_text(), "made 10000\nmade 1000 100\n")
        self.assertEqual(set(results.rows(self.out)),
                         {f"archive/{name}/{who}" for name in process.ARCHIVES
                          for who in ("aion", "reference", "bare")} |
                         {f"archive_cached/{name}/aion" for name in process.ARCHIVES})
        calls = (world / "calls").read_text()
        folder = world / "archive-1000x100"
        verify = f"archive verify {folder} --registry {folder}/registry.json"
        self.assertIn(f"{verify}\n", calls)
        self.assertIn(f"{verify} --cache {world}/1000x100-aion.cache\n", calls)


CALLGRIND = """\
fl=(1) x.c
fn=(1) main
10 5
cfn=(2) work'main
calls=1 20
11 90
fn=(2)
20 30
cfn=(3) leaf'2'work'main
calls=2 30
21 60
fn=(3)
30 40
+1 20
totals: 95
"""
PERF = """\
aion
\t    55d0 leaf(int)
\t    55d1 work
\t    55d2 main

aion
\t    55d1 work
\t    55d2 main
"""


class FlameTest(unittest.TestCase):
    def test_callgrind(self):
        self.assertEqual(flame.from_callgrind(CALLGRIND.splitlines(True)), collections.Counter(
            {("main",): 5, ("main", "work"): 30, ("main", "work", "leaf"): 60}))

    def test_perf(self):
        self.assertEqual(flame.from_perf(PERF), collections.Counter(
            {("main", "work", "leaf(int)"): 1, ("main", "work"): 1}))

    def test_folded(self):
        self.assertEqual(flame.from_folded("main;f(a b); 12\nmain 3\nno number\n"),
                         collections.Counter({("main", "f(a b)"): 12, ("main",): 3}))

    def test_drawing(self):
        stacks = flame.from_callgrind(CALLGRIND.splitlines(True))
        stacks[("main", "a<b> & c")] = 5
        drawn = ElementTree.fromstring(flame.draw(stacks, "x <y>", "instructions"))
        titles = [e.text for e in drawn.iter("{http://www.w3.org/2000/svg}title")]
        self.assertEqual(sorted(titles), [
            "a<b> & c: 5 instructions, 5.0 %", "all: 100 instructions, 100.0 %",
            "leaf: 60 instructions, 60.0 %", "main: 100 instructions, 100.0 %",
            "work: 90 instructions, 90.0 %"])
        self.assertEqual(flame.top(stacks, 1), [(0.6, "leaf")])

    def test_names(self):
        for name, plain in (
                ("aion::f<int>(char, g<1>)", "aion::f"),
                ("std::vector<int>::size() const", "std::vector::size"),
                ("void aion::(anonymous namespace)::g<x>(y) [clone .lto_priv.0]", "aion::g"),
                ("operator new(unsigned long)", "operator new"), ("(below main)", "(below main)"),
                ("A::operator()(int)", "A::operator()")):
            self.assertEqual(flame.short(name), plain)


class ProfileTest(Scratch):
    def profile(self, *arguments):
        path = f"{self.top / 'bin'}:/usr/bin:/bin"
        return subprocess.run([SCRIPTS / "profile", "--out", self.top / "out", *arguments], text=True,
                              capture_output=True, timeout=60, env={**os.environ, "PATH": path})

    def valgrind(self):
        """Where perf is not allowed to sample and valgrind counts."""
        self.program("bin/perf", "#!/bin/sh\necho 'No permission to sample' >&2\nexit 1\n")
        (self.top / "cg").write_text(CALLGRIND)
        self.program("bin/valgrind", "#!/bin/sh\nfor a; do case $a in --callgrind-out-file=*) "
                     f"cp {self.top}/cg \"${{a#*=}}\" ;; esac; done\necho went wrong >&2\nexit 4\n")

    def test_second_tool(self):
        self.valgrind()
        done = self.profile("cpu", "--", "true", "--option")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("perf cannot sample here: No permission to sample", done.stderr)
        self.assertIn("ended with exit code 4: went wrong", done.stderr)
        self.assertRegex(done.stdout, r"(?m)^  63\.2 %  leaf$")
        self.assertIn("cpu: true --option", (self.top / "out/cpu.svg").read_text())

    def test_tool_by_name(self):
        self.valgrind()
        done = self.profile("cpu", "--with", "perf", "--", "true")
        self.assertEqual((done.returncode, "no tool for cpu: perf cannot" in done.stderr), (1, True))
        self.assertEqual(self.profile("memory", "--with", "perf", "--", "true").returncode, 2)

    def test_massif(self):
        self.program("bin/valgrind", "#!/bin/sh\nexit 0\n")
        self.program("bin/ms_print", "#!/bin/sh\necho peak 7 KB\n")
        done = self.profile("memory", "--with", "massif", "--", "true")
        self.assertEqual((done.returncode, done.stdout), (0, "peak 7 KB\n\n"))

    def test_nothing_to_run(self):
        done = self.profile("cpu", "--", "no-such-program")
        self.assertEqual((done.returncode, done.stderr), (1, "profile: no program no-such-program\n"))


if __name__ == "__main__":
    unittest.main()
