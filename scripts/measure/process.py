# SPDX-License-Identifier: MIT OR Apache-2.0
"""The suite `process`: what a whole process takes, from its start to its end.

Rows are WORK/WHO; those of one WORK do the same, or what comes nearest to it. Every round runs
each of them once, in an order of its own, so that a busy moment of the machine hits all alike.
Results are written as Google Benchmark writes its own, and have instructions besides, where
valgrind is installed.
"""

import dataclasses
import json
import os
import pathlib
import random
import re
import shutil
import statistics
import subprocess
import sys
import time

ROUNDS_A_REPETITION = 20
# A process that takes longer than this needs fewer samples, and gets a tenth.
LONG_NS = 15_000_000
# And this is enough to be seen in a fortieth.
VERY_LONG_NS = 1_000_000_000
VERSIONS = (1, 10, 1000)
LARGE = 64 << 20
AUTHORS = 100_000
# Versions of the one file whose history is shown.
HISTORY = 100_000
# Files of an archive, and the versions that each has; None: 1 to 20.
ARCHIVES = {"10000x1-20": (10_000, None), "1000x100": (1_000, 100)}
PASSED_ON = re.compile(r"AION_(?!CPU$|THREADS$)|XDG_")

class Failed(Exception):
    """A process that should have done its work has not."""

@dataclasses.dataclass
class Work:
    name: str
    command: list
    fresh: tuple = ()  # (from, to): a file copied before every run, untimed
    counted: bool = True

class World:
    """A folder with a key, a registry and files, made by the first `aion` that was measured, and
    kept: a thousand commits take a while, and later runs see the very same files."""

    def __init__(self, folder, aion):
        self.folder, self.aion = folder, str(aion)
        self.environment = {k: v for k, v in os.environ.items() if not PASSED_ON.match(k)}
        self.environment |= {"HOME": str(folder), "LC_ALL": "C"}

    def path(self, name):
        return str(self.folder / name)

    def make(self, *command, **more):
        done = subprocess.run([str(c) for c in command], env=self.environment, cwd=self.folder,
                              stdin=subprocess.DEVNULL, capture_output=True, text=True, **more)
        if done.returncode != 0:
            raise Failed(f"{' '.join(map(str, command))}: exit code {done.returncode}: "
                         f"{done.stderr.strip()[-300:]}")

    def signer(self):
        return ["--author", "1001", "--key", "1001"]

    def files(self, large):
        """1.aion, 10.aion and 1000.aion, each with so many versions, and a large one."""
        if not (self.folder / "complete").exists():
            shutil.rmtree(self.folder, ignore_errors=True)
            self.folder.mkdir()
            print("bench: process: making files of up to 1,000 versions, once", file=sys.stderr)
            self.histories()
            (self.folder / "complete").touch()
        if large and not (self.folder / "large.aion").exists():
            (self.folder / "large").write_bytes(random.Random(1).randbytes(LARGE))
            self.make(self.aion, "init", "large.aion", "--rules", "large", *self.signer())

    def large_registry(self):
        """authors.json: the author of the files, and so many others of the same keys."""
        if not (self.folder / "authors.json").exists():
            registry = json.loads((self.folder / "registry.json").read_text())
            author = registry["authors"][0]
            registry["authors"] += [author | {"author_id": 10_000 + i} for i in range(1, AUTHORS)]
            (self.folder / "authors.json").write_text(json.dumps(registry, indent=2))

    def history(self):
        """The folder of one file with a long history and of its registry, if it can be made."""
        folder = self.folder / f"history-{HISTORY}"
        maker = pathlib.Path(self.aion).with_name("many_files")
        if not (folder / "complete").exists() and maker.is_file():
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir()
            print(f"bench: process: making a file of {HISTORY:,} versions, once", file=sys.stderr)
            self.make(maker, folder, 1, HISTORY)
            (folder / "complete").touch()
        return folder if (folder / "complete").exists() else None

    def works_of_history(self, who, aion, folder):
        """What showing the last of a long history adds to its verdict."""
        file = [str(folder / "00000.aion"), "--registry", str(folder / "registry.json")]
        yield Work(f"verify/{HISTORY}/{who}", [aion, "verify", *file], counted=False)
        if who != "reference":
            yield Work(f"log_20/{HISTORY}/{who}", [aion, "log", "-n", "20", *file], counted=False)

    def archives(self):
        """Folders of many small files and their registry, by name; those that can be made."""
        made = {}
        maker = pathlib.Path(self.aion).with_name("many_files")
        for name, (files, versions) in ARCHIVES.items():
            folder = self.folder / f"archive-{name}"
            if not (folder / "complete").exists() and maker.is_file():
                shutil.rmtree(folder, ignore_errors=True)
                folder.mkdir()
                print(f"bench: process: making {files:,} files, once", file=sys.stderr)
                self.make(maker, folder, files, *([versions] if versions else []))
                (folder / "complete").touch()
            if (folder / "complete").exists():
                made[name] = folder
        return made

    def works_of_archives(self, who, aion, archives):
        for name, folder in archives.items():
            registry = ["--registry", str(folder / "registry.json")]
            verify = [aion, "archive", "verify", str(folder), *registry]
            yield Work(f"archive/{name}/{who}", verify, counted=False)
            if who != "reference":
                cached = [*verify, "--cache", self.path(f"{name}-{who}.cache")]
                yield Work(f"archive_cached/{name}/{who}", cached, counted=False)

    def bare_works(self, archives):
        """What cannot be done without: bench/archive_bare.cpp."""
        bare = pathlib.Path(self.aion).with_name("archive_bare")
        if bare.is_file():
            for name, folder in archives.items():
                yield Work(f"archive/{name}/bare", [str(bare), str(folder)], counted=False)

    def histories(self):
        (self.folder / "rules.yaml").write_text("limit: 100\n")
        self.make(self.aion, "key", "generate", "--id", "1001")
        self.make(self.aion, "registry", "pin", "--author", "1001", "--key", "1001",
                  "--output", "registry.json")
        self.make(self.aion, "init", "work.aion", "--rules", "rules.yaml", *self.signer())
        for version in range(1, max(VERSIONS) + 1):
            if version > 1:
                self.make(*self.commit(self.aion, "work.aion"))
            if version in VERSIONS:
                shutil.copy(self.folder / "work.aion", self.folder / f"{version}.aion")

    def commit(self, aion, file):
        return [aion, "commit", self.path(file), "--rules", self.path("rules.yaml"), *self.signer(),
                "--message", "change", "--registry", self.path("registry.json")]

    def works_of(self, who, aion, large):
        registry = ["--registry", self.path("registry.json")]
        yield Work(f"version/{who}", [aion, "--version"])
        for n in VERSIONS:
            yield Work(f"verify/{n}/{who}", [aion, "verify", self.path(f"{n}.aion"), *registry])
        yield Work(f"verify_{AUTHORS}_authors/{who}", [aion, "verify", self.path("1.aion"),
                   "--registry", self.path("authors.json")], counted=False)
        # In the order that the reference understands.
        yield Work(f"show_rules/{who}", [aion, "show", *registry, self.path("10.aion"), "rules"])
        yield Work(f"commit/{who}", self.commit(aion, f"commit-{who}.aion"),
                   (self.path("10.aion"), self.path(f"commit-{who}.aion")))
        if large:
            yield Work(f"verify_64MiB/{who}", [aion, "verify", self.path("large.aion"), *registry],
                       counted=False)

    def works_of_others(self, found, large):
        """The nearest that programs do which know no .aion: they start, verify one signature of
        the same rules, hash the same large file."""
        yield Work("version/true", ["/bin/true"])
        if path := found.get("minisign"):
            self.make(path, "-GfW", "-p", "mini.pub", "-s", "mini.key")
            self.make(path, "-S", "-s", "mini.key", "-m", "rules.yaml")
            yield Work("version/minisign", [path, "-v"])
            yield Work("verify/1/minisign", [path, "-Vm", self.path("rules.yaml"), "-p",
                                             self.path("mini.pub")])
        if path := found.get("openssl"):
            self.make(path, "genpkey", "-algorithm", "ed25519", "-out", "ossl.key")
            self.make(path, "pkey", "-in", "ossl.key", "-pubout", "-out", "ossl.pub")
            self.make(path, "pkeyutl", "-sign", "-inkey", "ossl.key", "-rawin", "-in", "rules.yaml",
                      "-out", "ossl.sig")
            yield Work("version/openssl", [path, "version"])
            yield Work("verify/1/openssl",
                       [path, "pkeyutl", "-verify", "-pubin", "-inkey", self.path("ossl.pub"),
                        "-rawin", "-in", self.path("rules.yaml"), "-sigfile", self.path("ossl.sig")])
            if large:
                yield Work("verify_64MiB/openssl", [path, "dgst", "-sha256", self.path("large.aion")],
                           counted=False)
        if path := found.get("b3sum"):
            yield Work("version/b3sum", [path, "--version"])
            if large:
                yield Work("verify_64MiB/b3sum", [path, self.path("large.aion")], counted=False)

class Stopwatch:
    def __init__(self, environment):
        self.environment = environment
        self.silent = [(os.POSIX_SPAWN_OPEN, 0, "/dev/null", os.O_RDONLY, 0),
                       *((os.POSIX_SPAWN_OPEN, fd, "/dev/null", os.O_WRONLY, 0) for fd in (1, 2))]

    def run(self, work):
        """Nanoseconds of one run."""
        if work.fresh:
            shutil.copy(*work.fresh)
        started = time.perf_counter_ns()
        pid = os.posix_spawn(work.command[0], work.command, self.environment, file_actions=self.silent)
        _, status = os.waitpid(pid, 0)
        took = time.perf_counter_ns() - started
        if status != 0:
            raise Failed(f"{' '.join(work.command)[:300]}: exit code "
                         f"{os.waitstatus_to_exitcode(status)}")
        return took

    def count(self, work):
        """Instructions of one run, by callgrind."""
        if work.fresh:
            shutil.copy(*work.fresh)
        done = subprocess.run(
            ["valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null", *work.command],
            env=self.environment, stdin=subprocess.DEVNULL, capture_output=True, text=True,
            errors="replace")
        found = re.search(r"Collected : (\d+)", done.stderr)
        if done.returncode != 0 or not found:
            raise Failed(f"callgrind of {' '.join(work.command)}: exit code {done.returncode}")
        return int(found.group(1))

def every(took):
    """The rounds in which a process runs that took so many nanoseconds."""
    return 40 if took > VERY_LONG_NS else 10 if took > LONG_NS else 1

def measure(works, rounds, watch, seed=1):
    """(name -> nanoseconds of each run, name -> why there are none)."""
    samples, failed, warm = {}, {}, {}
    shuffle = random.Random(seed).shuffle
    for turn in range(-2, rounds):  # two only warm up, and say which ones take long
        order = [w for w in works if w.name not in failed]
        shuffle(order)
        for work in order:
            if turn >= 0 and turn % every(warm[work.name]) != 0:
                continue
            try:
                took = watch.run(work)
            except (Failed, OSError) as error:
                failed[work.name] = str(error)
                continue
            if turn >= 0:
                samples.setdefault(work.name, []).append(took)
            else:
                warm[work.name] = min(took, warm.get(work.name, took))
    return {name: times for name, times in samples.items() if name not in failed}, failed

def count_all(works, watch):
    """Name -> instructions, of those that callgrind can count in time."""
    counts = {}
    if not shutil.which("valgrind"):
        print("bench: process: no valgrind on this machine, so no instructions are counted",
              file=sys.stderr)
        return counts
    print("bench: process: counting instructions", file=sys.stderr)
    for work in works:
        if work.counted:
            try:
                counts[work.name] = watch.count(work)
            except Failed as error:
                print(f"bench: {error}", file=sys.stderr)
    return counts


def entries(works, samples, failed, counts):
    for work in works:
        name = work.name
        entry = {"run_name": name, "name": name, "time_unit": "ns"}
        if name in failed:
            yield entry | {"run_type": "iteration", "error_occurred": True,
                           "error_message": failed[name]}
            continue
        counted = {"instructions": counts[name]} if name in counts else {}
        for taken in samples[name]:
            yield entry | {"run_type": "iteration", "real_time": taken}
        for how, value in (("median", statistics.median(samples[name])), ("min", min(samples[name]))):
            yield entry | counted | {"run_type": "aggregate", "aggregate_name": how,
                                     "name": f"{name}_{how}", "real_time": value}

def show(works, samples, failed, counts):
    print(f"{'process':28} {'min':>10} {'median':>10} {'runs':>5} {'instructions':>14}")
    for work in works:
        if work.name in failed:
            print(f"{work.name:28} failed: {failed[work.name]}")
            continue
        times = samples[work.name]
        count = f"{counts[work.name]:,}" if work.name in counts else "–"
        print(f"{work.name:28} {min(times) / 1e6:7.3f} ms {statistics.median(times) / 1e6:7.3f} ms "
              f"{len(times):5} {count:>14}")

def suite(aion, out, repetitions, wanted, found):
    """Runs it and writes `out`; false when a process of ours failed. `wanted` says of a row's
    name whether to run it; `found` is what peers.all_peers() says."""
    paths = {p.name: p.path for p in found if p.path and not p.missing}
    world = World(out.parent / "process-files", aion)
    large = any(wanted(f"verify_64MiB/{who}")
                for who in ("aion", "reference", "openssl", "b3sum"))
    world.files(large)
    if any(wanted(f"verify_{AUTHORS}_authors/{who}") for who in ("aion", "reference")):
        world.large_registry()
    works = [*world.works_of("aion", str(aion), large)]
    if "reference" in paths:
        works += world.works_of("reference", paths["reference"], large)
    works += world.works_of_others(paths, large)
    if any(wanted(f"{work}/{HISTORY}/{who}") for work in ("verify", "log_20")
           for who in ("aion", "reference")):
        if folder := world.history():
            works += world.works_of_history("aion", str(aion), folder)
            if "reference" in paths:
                works += world.works_of_history("reference", paths["reference"], folder)
    if any(wanted(f"{work}/{name}/{who}") for work in ("archive", "archive_cached")
           for name in ARCHIVES for who in ("aion", "reference", "bare")):
        archives = world.archives()
        works += [*world.works_of_archives("aion", str(aion), archives),
                  *world.bare_works(archives)]
        if "reference" in paths:
            works += world.works_of_archives("reference", paths["reference"], archives)
    works = sorted((w for w in works if wanted(w.name)), key=lambda w: w.name.rpartition("/")[0])
    watch = Stopwatch(world.environment)
    samples, failed = measure(works, repetitions * ROUNDS_A_REPETITION, watch)
    counts = count_all([w for w in works if w.name in samples], watch)
    show(works, samples, failed, counts)
    for peer in found:
        print(f"{peer.name:28} {peer.said()}")
    out.write_text(json.dumps({"benchmarks": list(entries(works, samples, failed, counts))}, indent=1))
    return not any(name.endswith("/aion") for name in failed)

