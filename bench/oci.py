#!/usr/bin/env python3
# SPDX-License-Identifier: MIT OR Apache-2.0
"""Push and pull to a registry on loopback, ours beside oras in the same run.

  bench/oci.py --aion build/release/bin/aion [--oras PROGRAM] [--size 512] [--small 50] [--rounds 5]

Each round pushes and pulls a new folder, of one file of --size MiB and --small files of 64 KiB, by
both programs in an order of its own, to and from Debian's docker-registry, whose content goes to
--folder (best in memory). Printed are wall times, least and median, and the median of the rounds'
ratios: above 1, ours is faster.
"""

import argparse
import os
import pathlib
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "scripts" / "foreign"))
import registries  # noqa: E402
import ways  # noqa: E402

SMALL = 64 << 10
PIECE = 1 << 20


def timed(command, cwd):
    begin = time.perf_counter()
    done = subprocess.run([str(word) for word in command], cwd=cwd, stdin=subprocess.DEVNULL,
                          stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    took = time.perf_counter() - begin
    if done.returncode != 0:
        sys.exit(f"oci.py: {command[0]} failed: {done.stderr.decode(errors='replace')}")
    return took


def make_folder(folder, size_mib, small):
    """New content, so that the registry has nothing of it."""
    folder.mkdir()
    with open(folder / "large.bin", "wb") as out:
        for _ in range(size_mib):
            out.write(random.randbytes(PIECE))
    for number in range(small):
        (folder / f"small-{number}.bin").write_bytes(os.urandom(SMALL))


def main():
    asked = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    asked.add_argument("--aion", required=True, type=pathlib.Path)
    asked.add_argument("--oras", type=pathlib.Path,
                       default=ways.cache() / "oras-v1.3.6" / "oras")
    asked.add_argument("--size", type=int, default=512, help="MiB")
    asked.add_argument("--small", type=int, default=50)
    asked.add_argument("--rounds", type=int, default=5)
    asked.add_argument("--folder", type=pathlib.Path, default=pathlib.Path("/dev/shm"))
    asked = asked.parse_args()
    aion, oras = asked.aion.resolve(), asked.oras.resolve()
    times = {(who, what): [] for who in ("aion", "oras") for what in ("push", "pull")}
    with tempfile.TemporaryDirectory(dir=asked.folder) as folder:
        folder = pathlib.Path(folder)
        with registries.docker_registry(folder / "registry") as host:
            for number in range(asked.rounds):
                for who in random.sample(("aion", "oras"), 2):
                    work = folder / f"{who}-{number}"
                    work.mkdir()
                    make_folder(work / "model", asked.size, asked.small)
                    reference = f"{host}/{who}:{number}"
                    push, pull = {
                        "aion": ([aion, "oci", "push", "model", reference],
                                 [aion, "oci", "pull", reference, "--output", "copy"]),
                        "oras": ([oras, "push", "--plain-http", "--no-tty", reference, "model/"],
                                 [oras, "pull", "--plain-http", "--no-tty", reference, "--output",
                                  "copy"])}[who]
                    if who == "oras":  # one layer a file, as ours; a folder would become a tar
                        push[-1:] = sorted(f"model/{file.name}"
                                           for file in (work / "model").iterdir())
                    times[who, "push"].append(timed(push, work))
                    times[who, "pull"].append(timed(pull, work))
                    shutil.rmtree(work)
    for what in ("push", "pull"):
        for who in ("aion", "oras"):
            taken = times[who, what]
            print(f"{what} {who}: least {min(taken):.3f} s, median {statistics.median(taken):.3f} s")
        ratios = [theirs / ours for ours, theirs in zip(times["aion", what], times["oras", what])]
        print(f"{what}: {statistics.median(ratios):.2f} of oras's speed "
              f"({', '.join(f'{ratio:.2f}' for ratio in ratios)})")


if __name__ == "__main__":
    main()
