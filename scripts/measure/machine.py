# SPDX-License-Identifier: MIT OR Apache-2.0
"""What a page of results says of the machine and of the versions."""

import datetime
import os
import pathlib
import platform

from peers import last_line, run

ROOT = pathlib.Path(__file__).resolve().parents[2]


def first(command):
    code, text = run(command)
    return text.strip().splitlines()[0] if code == 0 and text.strip() else f"unknown: {last_line(text)}"


def processor():
    try:
        lines = pathlib.Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        lines = []
    values = dict(line.split(":", 1) for line in lines if ":" in line)
    values = {key.strip(): value.strip() for key, value in values.items()}
    vectors = [f for f in ("avx2", "avx512f", "avx512ifma") if f in values.get("flags", "").split()]
    return f"{values.get('model name', platform.machine())} ({', '.join(vectors) or 'no AVX2'})"


def facts(aion):
    """(name, value) of what the figures depend on."""
    load = ", ".join(f"{x:.2f}" for x in os.getloadavg())
    return [
        ("Taken", datetime.datetime.now().astimezone().isoformat(" ", "minutes")),
        ("aion", first([str(aion), "--version"])),
        ("Source", first(["git", "-C", str(ROOT), "describe", "--always", "--dirty"])),
        ("Processor", processor()),
        ("Cores", str(os.cpu_count())),
        ("Load at the end (1, 5, 15 min)", load),
        ("System", f"{platform.system()} {platform.release()}"),
        ("Compiler", first(["g++", "--version"])),
        ("valgrind", first(["valgrind", "--version"])),
    ]
