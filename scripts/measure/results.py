# SPDX-License-Identifier: MIT OR Apache-2.0
"""Results of benchmarks: what Google Benchmark and the suite `process` write, read alike."""

import dataclasses
import json
import re
import statistics

UNITS = {"ns": 1.0, "us": 1e3, "ms": 1e6, "s": 1e9}
# Segments of a row's name that say who does the work. Rows that differ in these alone do the same.
OURS = ("aion", "avx512ifma", "avx2", "portable")
# Rows of many signatures, and the peers' row of one that they are so many of.
MANY = (
    (r"(\d+)_distinct_keys", "distinct_keys"), (r"curve_distinct/(\d+)", "distinct_keys"),
    (r"(\d+)_one_key_\w+", "same_key"), (r"curve_one_key/(\d+)", "same_key"),
    (r"one_cold_key()", "distinct_keys"),
)
# `bare` is what nobody can do without: the same work and nothing around it.
PEERS = ("libsodium", "openssl", "reference", "reference-library", "minisign", "b3sum", "true",
         "bare")


@dataclasses.dataclass
class Row:
    """One benchmark; times in nanoseconds."""

    name: str
    median: float
    least: float
    most: float
    runs: int
    instructions: int | None = None


def rows(path):
    """Name -> Row of one file of results. Rows that failed are left out."""
    samples, summaries, counted = {}, {}, {}
    for entry in json.loads(path.read_text(encoding="utf-8")).get("benchmarks", []):
        if entry.get("error_occurred"):
            continue
        name = entry["run_name"]
        if entry.get("run_type") == "aggregate":
            if entry["aggregate_name"] == "median":
                summaries[name] = entry["real_time"] * UNITS[entry["time_unit"]]
        else:
            samples.setdefault(name, []).append(entry["real_time"] * UNITS[entry["time_unit"]])
        if "instructions" in entry:
            counted[name] = int(entry["instructions"])
    found = {}
    for name in [*samples, *(n for n in summaries if n not in samples)]:
        times = samples.get(name) or [summaries[name]]
        found[name] = Row(name, summaries.get(name, statistics.median(times)), min(times), max(times),
                          len(times), counted.get(name))
    return found


def medians(path):
    """Benchmark name -> median real time in ns."""
    return {name: row.median for name, row in rows(path).items()}


def plain(name):
    """A row's name without how it was measured."""
    return re.sub(r"/(min_time|repeats|iterations):[^/]*|/(real_time|process_time)\b", "", name)


def is_peer(name):
    return any(part in PEERS for part in name.split("/"))


def work_of(parts):
    """[(work, how many of it)]: what a row's name without its first parts may be called by peers."""
    yield "/".join(parts), 1
    for pattern, work in MANY:
        if found := re.fullmatch(pattern, plain("/".join(parts))):
            yield work, int(found.group(1) or 1)


def peers_of(name, names):
    """[(peer, its row, how many of them are one of ours)] for a row of ours: the same work by
    others, in the same run. Where ours names nobody, theirs begins with who does it."""
    parts = name.split("/")
    found = []
    if not is_peer(name) and not any(part in OURS for part in parts):
        found += [(peer, other, 1) for peer in PEERS if (other := f"{peer}/{plain(name)}") in names]
    for at, part in enumerate(parts):
        if part in OURS:
            for work, count in work_of(parts[at + 1 :]):
                for peer in PEERS:
                    other = "/".join([*parts[:at], peer, *([work] if work else [])])
                    if other in names:
                        found.append((peer, other, count))
    return found


class AnyName:
    """Holds every name."""

    def __contains__(self, name):
        return True


def rows_of_peer(peer, name):
    """What a peer may call the rows that do the same as this one of ours."""
    return [other for who, other, _ in peers_of(name, AnyName()) if who == peer]


def pretty(nanoseconds):
    for unit in ("s", "ms", "us"):
        if nanoseconds >= UNITS[unit]:
            return f"{nanoseconds / UNITS[unit]:.3g} {unit}"
    return f"{nanoseconds:.3g} ns"


def compare(before, after, tolerance):
    """Prints a line per benchmark present in both; returns those that got slower."""
    slower = []
    for name in sorted(before.keys() & after.keys()):
        ratio = after[name] / before[name]
        mark = "slower" if ratio > 1 + tolerance else "faster" if ratio < 1 / (1 + tolerance) else ""
        print(f"{name:58} {pretty(before[name]):>10} {pretty(after[name]):>10} {ratio:7.2f}x {mark}")
        if mark == "slower":
            slower.append(name)
    return slower
