#!/usr/bin/env python3
# SPDX-License-Identifier: MIT OR Apache-2.0
"""Draws the plots of docs/performance.md from results of the benchmark crypto_verify.

  AION_BENCH_TUNING=1 ./dev bench --suite crypto_verify
  scripts/plot_bench.py build/bench docs/plots

The first argument is a folder with JSON files or one file, the last a folder for
the SVG files. Several inputs are merged, later ones win. Rows of one thread are
drawn by processor time, which a neighbour on the machine disturbs least, rows of
several threads by the clock on the wall.
"""

import argparse
import dataclasses
import html
import json
import math
import pathlib
import re
import statistics

MICROSECONDS = {"ns": 1e-3, "us": 1.0, "ms": 1e3, "s": 1e6}
PATHS = {"avx512ifma": "AVX-512 IFMA", "avx2": "AVX2", "portable": "portable"}
# Medium lightness: readable on white and on near-black alike.
TEXT = "#808890"
GRID = "#80889040"
COLOURS = ("#d9603b", "#3b8ad9", "#2fa36b", "#a86bd1", "#c79a1f", "#808890")


class Results:
    """Medians in microseconds by name of the row."""

    def __init__(self, files):
        self.cpu, self.real = {}, {}
        for file in files:
            samples = {}
            for entry in json.loads(file.read_text(encoding="utf-8")).get("benchmarks", []):
                if entry.get("error_occurred"):
                    continue
                if entry.get("run_type") == "aggregate" and entry["aggregate_name"] != "median":
                    continue
                name = re.sub(r"/(min_time|repeats|real_time).*", "", entry["run_name"])
                samples.setdefault(name, []).append(entry)
            for name, entries in samples.items():
                medians = [e for e in entries if e["run_type"] == "aggregate"] or entries
                for kind, target in (("cpu_time", self.cpu), ("real_time", self.real)):
                    target[name] = statistics.median(
                        e[kind] * MICROSECONDS[e["time_unit"]] for e in medians
                    )

    def curve(self, prefix, times):
        """(n, time) for every row `prefix`/n."""
        points = []
        for name, time in times.items():
            head, _, last = name.rpartition("/")
            if head == prefix and last.isdigit():
                points.append((int(last), time))
        return sorted(points)

    def each(self, prefix):
        """(n, processor time of one of n) for every row `prefix`/n."""
        return [(n, time / n) for n, time in self.curve(prefix, self.cpu)]


@dataclasses.dataclass
class Line:
    label: str
    colour: str
    points: list
    dash: str = ""


@dataclasses.dataclass
class Panel:
    title: str
    lines: list
    levels: list = dataclasses.field(default_factory=list)  # (label, y): horizontal marks


class Axis:
    def __init__(self, low, high, start, end, is_log):
        self.low, self.high, self.is_log = low, high, is_log
        self.start, self.end = start, end

    def at(self, value):
        scale = math.log2 if self.is_log else float
        share = (scale(value) - scale(self.low)) / (scale(self.high) - scale(self.low))
        return self.start + share * (self.end - self.start)

    def holds(self, value):
        return self.low <= value <= self.high


def number(value):
    return f"{value:,.10g}" if value >= 1 else f"{value:g}"


class Figure:
    """Panels side by side with shared axes and one legend above."""

    left, top, gap, bottom = 58, 62, 18, 48

    def __init__(self, panels, x, y, width, height):
        self.panels, self.x, self.y = panels, x, y
        self.inner = (width - self.left - 14 - self.gap * (len(panels) - 1)) / len(panels)
        self.width, self.height = width, height
        self.out = [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" '
            f'width="{width}" height="{height}" font-family="system-ui, sans-serif" '
            f'font-size="12" fill="{TEXT}">'
        ]

    def text(self, x, y, text, anchor="middle", more=""):
        self.out.append(
            f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}"{more}>{html.escape(text)}</text>'
        )

    def path(self, points, colour, width, dash=""):
        steps = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
        dashes = f' stroke-dasharray="{dash}"' if dash else ""
        self.out.append(
            f'<polyline points="{steps}" fill="none" stroke="{colour}" '
            f'stroke-width="{width}" stroke-linejoin="round"{dashes}/>'
        )

    def legend(self):
        seen = {}
        for panel in self.panels:
            for line in panel.lines:
                seen.setdefault(line.label, line)
        # Room by the length of the text: about 6.4 a character at this size.
        widths = [34 + 6.4 * len(label) for label in seen]
        x = self.left
        for (label, line), width in zip(seen.items(), widths):
            self.path([(x, 18), (x + 20, 18)], line.colour, 2.2, line.dash)
            self.text(x + 25, 22, label, "start")
            x += width

    def panel(self, index, panel, x_ticks, y_ticks):
        start = self.left + index * (self.inner + self.gap)
        top, bottom = self.top, self.height - self.bottom
        across = Axis(*self.x[1:3], start, start + self.inner, self.x[3])
        up = Axis(*self.y[1:3], bottom, top, self.y[3])
        self.text(start + self.inner / 2, top - 10, panel.title, more=' font-weight="600"')
        for tick in x_ticks:
            self.path([(across.at(tick), top), (across.at(tick), bottom)], GRID, 1)
            self.text(across.at(tick), bottom + 17, number(tick))
        for tick in y_ticks:
            self.path([(start, up.at(tick)), (start + self.inner, up.at(tick))], GRID, 1)
            if index == 0:
                self.text(start - 7, up.at(tick) + 4, number(tick), "end")
        for label, level in panel.levels:
            y = up.at(level)
            self.path([(start, y), (start + self.inner, y)], TEXT, 1.2, "2 3")
            self.text(start + self.inner - 4, y - 4, label, "end", ' font-size="11"')
        for line in panel.lines:
            inside = [p for p in line.points if across.holds(p[0]) and up.holds(p[1])]
            spots = [(across.at(x), up.at(y)) for x, y in inside]
            self.path(spots, line.colour, 2, line.dash)
            self.out.extend(
                f'<circle cx="{x:.1f}" cy="{y:.1f}" r="2.4" fill="{line.colour}"/>'
                for x, y in spots
            )
        self.text(start + self.inner / 2, self.height - 12, self.x[0])

    def svg(self, x_ticks, y_ticks):
        self.legend()
        middle = (self.top + self.height - self.bottom) / 2
        self.text(15, middle, self.y[0], more=f' transform="rotate(-90 15 {middle:.1f})"')
        for index, panel in enumerate(self.panels):
            self.panel(index, panel, x_ticks, y_ticks)
        return "\n".join([*self.out, "</svg>\n"])


def batch_size(results):
    """Microseconds per signature against size of the batch."""
    levels = [
        (label, results.cpu[row])
        for label, row in (
            ("OpenSSL 3.5", "verify/openssl/same_key"),
            ("libsodium", "verify/libsodium/same_key"),
        )
        if row in results.cpu
    ]
    panels = []
    for path, title in PATHS.items():
        lines = [
            Line("distinct keys, no tables", COLOURS[0], results.each(f"verify/{path}/curve_distinct")),
            Line("one key, table built on the way", COLOURS[1], results.each(f"verify/{path}/curve_one_key")),
            Line("one key, table ready", COLOURS[2], results.each(f"tuning/{path}/table/threads:1")),
        ]
        lines = [line for line in lines if line.points]
        if lines:
            panels.append(Panel(title, lines, levels))
    if not panels:
        return None
    figure = Figure(
        panels, ("signatures in the batch", 2, 1024, True), ("µs per signature", 1, 128, True), 920, 380
    )
    return figure.svg([2, 8, 32, 128, 512], [1, 2, 4, 8, 16, 32, 64, 128])


def table_width(results):
    """Microseconds per signature, building the table included, against uses of the key."""
    panels = []
    for path, title in PATHS.items():
        lines = []
        for colour, width in zip((*COLOURS[5:], *COLOURS[:5]), (0, 4, 5, 6, 8, 10)):
            points = results.each(f"tuning/{path}/uses/width:{width}")
            label = f"{width} bits" if width else "no table"
            if points:
                lines.append(Line(label, colour, points, "" if width else "5 3"))
        if lines:
            panels.append(Panel(title, lines))
    if not panels:
        return None
    figure = Figure(
        panels,
        ("uses of the key", 4, 16384, True),
        ("µs per signature, with building", 1, 128, True),
        920,
        380,
    )
    return figure.svg([4, 16, 64, 256, 1024, 4096], [1, 2, 4, 8, 16, 32, 64, 128])


def threads(results):
    """How much sooner two threads are ready, against the work there is."""
    lines = []
    for colour, (path, title) in zip(COLOURS, PATHS.items()):
        for kind, label, dash in (("table", "tables", ""), ("no_table", "no tables", "5 3")):
            one = dict(results.curve(f"tuning/{path}/{kind}/threads:1", results.real))
            two = dict(results.curve(f"tuning/{path}/{kind}/threads:2", results.real))
            points = sorted((one[n], one[n] / two[n]) for n in one.keys() & two.keys())
            if points:
                lines.append(Line(f"{title}, {label}", colour, points, dash))
    if not lines:
        return None
    panel = Panel("two threads against one", lines, [("no gain", 1.0)])
    figure = Figure(
        [panel],
        ("work of the batch on one thread, µs", 16, 4096, True),
        ("times as fast", 0.4, 2.0, False),
        920,
        380,
    )
    return figure.svg([2**n for n in range(4, 12)], [0.4, 0.6, 0.8, 1.0, 1.2, 1.4, 1.6, 1.8, 2.0])


def best_widths(results):
    """Lines of text: the cheapest table for every number of uses that was measured."""
    for path in PATHS:
        rows = {}
        for width in (0, 4, 5, 6, 8, 10):
            for uses, time in results.curve(f"tuning/{path}/uses/width:{width}", results.cpu):
                rows.setdefault(uses, []).append((time, width))
        for uses, times in sorted(rows.items()):
            costs = ", ".join(f"{width}: {time:.0f}" for time, width in times)
            yield f"{path:11}{uses:6} uses: best width {min(times)[1]:2} ({costs} µs)"


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("input", nargs="+", type=pathlib.Path, help="JSON files or folders of them")
    parser.add_argument("out", type=pathlib.Path, help="folder for the SVG files")
    parser.add_argument("--widths", action="store_true", help="also print the best table widths")
    args = parser.parse_args()

    files = [
        file for path in args.input for file in (sorted(path.glob("*.json")) if path.is_dir() else [path])
    ]
    results = Results(files)
    args.out.mkdir(parents=True, exist_ok=True)
    for name, draw in (("batch-size", batch_size), ("table-width", table_width), ("threads", threads)):
        svg = draw(results)
        if svg is None:
            print(f"{name}: no rows, skipped")
            continue
        (args.out / f"{name}.svg").write_text(svg, encoding="utf-8")
        print(f"{args.out / name}.svg")
    if args.widths:
        print("\n".join(best_widths(results)))


if __name__ == "__main__":
    main()
