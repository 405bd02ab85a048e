#!/usr/bin/env python3
# SPDX-License-Identifier: MIT OR Apache-2.0
"""Room supply/ beside the programs that do the same: hashing files, signing models, canonical JSON.

  bench/supply.py --bin build/release/bin [--size 1024] [--rounds 9] [--canonicalize FOLDER]
                  [--files 100000] [--model-signing PROGRAM] [--only NAME]

Every round runs each candidate once, in an order of its own, so that a busy moment of the machine
hits all alike. Printed are wall time and processor time, least and median, and the median of the
rounds' ratios to each peer. Files (of 64 MiB, --size in all, in MiB) are made in --folder, which
has to be in memory or small enough to stay there. FOLDER is one in which `npm install canonicalize`
was run; PROGRAM is model_signing's (PyPI model-signing), as scripts/interop installs it. Signing and
manifests are measured as whole commands, on --files small files in folders of 1,000 and on one file
of --size, beside `supply_once`: `touch` opens, reads and closes each file and does nothing else,
`sha256` and `blake3` hash.
"""

import argparse
import json
import os
import pathlib
import random
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

FILE_MIB = 64
# As large as the reference's own: each member of its AIBOM, nothing left out.
AIBOM = {
    "schema_version": "aion.aibom.v1",
    "model": {"name": "orchid-2b", "version": "1.4.0-rc.2", "hash_algorithm": "BLAKE3-256",
              "hash": "5a6d225524b4d557" * 4, "size": 18, "format": "gguf"},
    "frameworks": [
        {"name": "jax", "version": "0.4.38", "cpe": "cpe:2.3:a:google:jax:0.4.38:*:*:*:*:*:*:*"},
        {"name": "flax", "version": "0.10.2", "cpe": None}],
    "datasets": [
        {"name": "meadow-corpus", "hash_algorithm": "BLAKE3-256", "hash": "7e" * 32,
         "size": 734003200, "uri": "s3://orchid-data/meadow/", "license_spdx_id": "CC-BY-4.0"},
        {"name": "field-notes", "hash_algorithm": None, "hash": None, "size": None, "uri": None,
         "license_spdx_id": None}],
    "licenses": [
        {"spdx_id": "Apache-2.0", "scope": "Weights", "text_uri": None},
        {"spdx_id": "CC-BY-4.0", "scope": "TrainingData",
         "text_uri": "https://creativecommons.org/licenses/by/4.0/legalcode"}],
    "hyperparameters": {"Temperature": 1.0, "learning_rate": 2e-6,
                        "optimizer": {"betas": [0.9, 0.99], "name": "lion"}, "seed": 4242},
    "safety_attestations": [
        {"name": "redteam-winter", "result": "PASS", "report_hash_algorithm": None,
         "report_hash": None, "report_uri": "https://orchid.example/reports/rt-7.pdf"}],
    "export_controls": [{"regime": "US-ECCN", "classification": "EAR99", "notes": None}],
    "references": [{"kind": "model_card", "uri": "https://orchid.example/cards/orchid-2b"}],
    "created_at_version": 12,
}
CANONICALIZE = """
import fs from 'node:fs';
import canonicalize from 'canonicalize';
const text = fs.readFileSync(process.argv[2], 'utf8');
let wall = Infinity, processor = Infinity;
for (let i = 0; i < 9; i++) {
  const used = process.cpuUsage(), begin = process.hrtime.bigint();
  canonicalize(JSON.parse(text));
  wall = Math.min(wall, Number(process.hrtime.bigint() - begin) / 1e9);
  const more = process.cpuUsage(used);
  processor = Math.min(processor, (more.user + more.system) / 1e6);
}
console.log(wall.toFixed(6), processor.toFixed(6));
"""


def whole(*commands):
    """What running these side by side takes: wall time and processor time, in seconds."""
    before, begin = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    running = [subprocess.Popen(c, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
               for c in commands]
    if any([process.wait() for process in running]):
        sys.exit(f"supply.py: {commands[0][0]} failed")
    wall, after = time.perf_counter() - begin, resource.getrusage(resource.RUSAGE_CHILDREN)
    return wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def said(command, folder=None):
    """The same of a program that says itself what it took."""
    out = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True, cwd=folder).stdout
    wall, processor = map(float, out.split())
    return wall, processor


def interleaved(rounds, candidates):
    """Name -> one (wall, processor) a round; the first round warms up and does not count."""
    taken = {name: [] for name in candidates}
    for number in range(rounds + 1):
        for name in random.sample(list(candidates), len(candidates)):
            sample = candidates[name]()
            if number > 0:
                taken[name].append(sample)
    return taken


def show(title, taken, ours, size):
    print(f"\n{title}, {size / 1e6:.0f} MB")
    print(f"{'':24} {'wall min':>10} {'median':>10} {'cpu min':>10} {'median':>10} {'MB/cpu s':>9}")
    for name, samples in taken.items():
        walls, processors = zip(*samples)
        print(f"{name:24} {min(walls):>10.4f} {statistics.median(walls):>10.4f} "
              f"{min(processors):>10.4f} {statistics.median(processors):>10.4f} "
              f"{size / 1e6 / min(processors):>9.0f}")
    for name, peer in ours:
        if name in taken and peer in taken:
            ratios = [statistics.median(theirs[i] / our[i] for our, theirs
                                        in zip(taken[name], taken[peer])) for i in (0, 1)]
            least = [min(s[i] for s in taken[peer]) / min(s[i] for s in taken[name]) for i in (0, 1)]
            print(f"{name} is {ratios[0]:.2f} x as fast as {peer} (processor time {ratios[1]:.2f} x; "
                  f"of minima {least[0]:.2f} x and {least[1]:.2f} x)")


def hashing(args, once, folder):
    files = []
    for i in range(max(2, args.size // FILE_MIB)):
        files.append(folder / f"weights-{i:04}.bin")
        files[-1].write_bytes(os.urandom(FILE_MIB << 20))
    half = len(files) // 2
    candidates = {"aion, both digests": lambda: whole([once, "both", folder]),
                  "aion, BLAKE3": lambda: whole([once, "blake3", folder])}
    if shutil.which("openssl"):
        command = ["openssl", "dgst", "-sha256"]
        candidates["two openssl dgst"] = lambda: whole([*command, *files[:half]],
                                                       [*command, *files[half:]])
    if shutil.which("b3sum"):
        candidates["b3sum"] = lambda: whole(["b3sum", *files])
    taken = interleaved(args.rounds, candidates)
    show("Hashing files", taken, [("aion, both digests", "two openssl dgst"),
                                  ("aion, BLAKE3", "b3sum")], len(files) * (FILE_MIB << 20))


def small_files(folder, count):
    """COUNT files of up to 2 KiB, as those of a model's folder that are no weights."""
    for i in range(count):
        if i % 1000 == 0:
            (folder / f"part-{i // 1000:03}").mkdir(parents=True)
        (folder / f"part-{i // 1000:03}" / f"{i:06}.json").write_bytes(
            b"%d" % i * (1 + i * 7919 % (2048 // len(b"%d" % i))))


def keys(aion, folder):
    """A PEM key, and an author's, outside the model."""
    os.environ["AION_KEYSTORE_DIR"] = str(folder / "keys")
    quiet = {"check": True, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    subprocess.run([aion, "model", "key", "--output", folder / "key.pem"], **quiet)
    subprocess.run([aion, "model", "public-key", "--private-key", folder / "key.pem", "--output",
                    folder / "key.pub.pem"], **quiet)
    subprocess.run([aion, "key", "generate", "--id", "1"], **quiet)


def signing(args, once, folder, model, size, title, count):
    aion = (args.bin / "aion").resolve()
    keys(aion, folder)
    key, public = folder / "key.pem", folder / "key.pub.pem"

    def sign(*more):
        return [aion, "model", "sign", model, "--private-key", key, "--output", folder / "m.sig",
                "--force", "--quiet", *more]

    def verify(signature):
        return [aion, "model", "verify", model, "--signature", folder / signature, "--public-key",
                public, "--quiet"]

    for name in ("sha256", "blake3"):
        whole(sign("--hash", name))
        shutil.copy(folder / "m.sig", folder / f"{name}.sig")
    candidates = {
        "touch": lambda: whole([once, "touch", model]),
        "hash, sha256": lambda: whole([once, "sha256", model]),
        "hash, blake3": lambda: whole([once, "blake3", model]),
        "aion sign, sha256": lambda: whole(sign()),
        "aion sign, blake3": lambda: whole(sign("--hash", "blake3")),
        "aion sign, shards": lambda: whole(sign("--shards", str(64 << 20))),
        "aion verify, sha256": lambda: whole(verify("sha256.sig")),
        "aion verify, blake3": lambda: whole(verify("blake3.sig")),
        "aion manifest": lambda: whole([aion, "manifest", "create", model, "--author", "1", "--key",
                                        "1", "--output", folder / "m.manifest", "--force", "--quiet"]),
    }
    if args.model_signing:
        candidates["model_signing sign"] = lambda: whole(
            [args.model_signing, "sign", "key", model, "--private_key", key, "--signature",
             folder / "theirs.sig"])
        candidates["model_signing verify"] = lambda: whole(
            [args.model_signing, "verify", "key", model, "--public_key", public, "--signature",
             folder / "sha256.sig"])
    taken = interleaved(args.rounds, candidates)
    show(f"{title} ({count:,} files)", taken,
         [("aion sign, sha256", "model_signing sign"), ("aion manifest", "model_signing sign"),
          ("aion verify, sha256", "model_signing verify"), ("aion sign, sha256", "hash, sha256"),
          ("aion sign, blake3", "hash, blake3"), ("aion verify, sha256", "hash, sha256"),
          ("aion verify, blake3", "hash, blake3"), ("aion sign, sha256", "touch"),
          ("aion manifest", "touch")], size)


def many(args, once, folder):
    model = folder / "model"
    small_files(model, args.files)
    size = sum(path.stat().st_size for path in model.rglob("*.json"))
    signing(args, once, folder, model, size, "Signing small files", args.files)


def large(args, once, folder):
    model = folder / "model"
    model.mkdir()
    with open(model / "weights.bin", "wb") as file:
        for _ in range(args.size):
            file.write(os.urandom(1 << 20))
    signing(args, once, folder, model, args.size << 20, "Signing a large file", 1)


def canonical(args, once, folder):
    for indent in (None, 2):
        document = folder / "aibom.json"
        one = json.dumps(AIBOM, indent=indent, separators=(",", ": " if indent else ":"))
        document.write_text("[" + ",".join([one] * 10_000) + "]")
        candidates = {"aion": lambda: said([once, "jcs", document]),
                      "aion, with an index": lambda: said([once, "jcs-indexed", document])}
        if args.canonicalize:
            script = pathlib.Path(args.canonicalize, "aion-bench.mjs")
            script.write_text(CANONICALIZE)
            candidates["canonicalize"] = lambda: said(["node", script.name, document],
                                                      args.canonicalize)
        taken = interleaved(args.rounds, candidates)
        show(f"Canonical JSON, {'indented' if indent else 'compact'}", taken,
             [("aion", "canonicalize"), ("aion", "aion, with an index")], document.stat().st_size)


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bin", type=pathlib.Path, required=True)
    parser.add_argument("--folder", type=pathlib.Path, default=pathlib.Path("/dev/shm"))
    parser.add_argument("--size", type=int, default=1024, metavar="MIB")
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--canonicalize", type=pathlib.Path, metavar="FOLDER")
    parser.add_argument("--files", type=int, default=100_000)
    parser.add_argument("--model-signing", type=pathlib.Path, metavar="PROGRAM")
    parser.add_argument("--only", choices=("hashing", "many", "large", "json"))
    args = parser.parse_args()
    once = (args.bin / "supply_once").resolve()
    for name, work in (("hashing", hashing), ("many", many), ("large", large), ("json", canonical)):
        if args.only in (None, name):
            with tempfile.TemporaryDirectory(prefix="aion-bench-", dir=args.folder) as folder:
                work(args, once, pathlib.Path(folder))


if __name__ == "__main__":
    main()
