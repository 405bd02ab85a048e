# SPDX-License-Identifier: MIT OR Apache-2.0
"""One page of HTML with the results of a run: tables, and a plot of each suite."""

import html
import math

from results import PEERS, is_peer, peers_of, plain, pretty

STYLE = """
:root { color-scheme: light dark; --text: #1c2127; --soft: #5d6772; --line: #d5dae0; --back: #fff;
  --ours: #d9603b; --worse: #b3261e; --better: #1c7c4a; }
@media (prefers-color-scheme: dark) { :root { --text: #e3e7eb; --soft: #97a2ad; --line: #3a424b;
  --back: #15191d; --worse: #ff8a80; --better: #6fd6a0; } }
body { font: 15px/1.5 system-ui, sans-serif; color: var(--text); background: var(--back);
  max-width: 1080px; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.5rem; } h2 { font-size: 1.15rem; margin-top: 2.2rem; }
p, .soft { color: var(--soft); }
table { border-collapse: collapse; font-size: 13px; margin: .8rem 0; }
th, td { padding: .25rem .7rem; border-bottom: 1px solid var(--line); text-align: right;
  white-space: nowrap; }
th { color: var(--soft); font-weight: 600; } th:first-child, td:first-child { text-align: left; }
table.facts td { text-align: left; white-space: normal; }
.wide { overflow-x: auto; } .worse { color: var(--worse); } .better { color: var(--better); }
svg { width: 100%; height: auto; } svg text { fill: var(--text); font-size: 12px; }
svg .before { fill: none; stroke: var(--text); stroke-width: 1.5; }
svg .soft { fill: var(--soft); font-size: 11px; } svg .grid { stroke: var(--line); }
"""
COLOURS = {"ours": "var(--ours)", "libsodium": "#2fa36b", "openssl": "#3b8ad9",
           "reference": "#a86bd1", "reference-library": "#a86bd1", "minisign": "#c79a1f",
           "b3sum": "#18a0a8", "true": "#808890", "bare": "#808890"}
NOTES = {
    "crypto_verify": "openssl and libsodium verify one signature after the other: beside a row of n "
    "signatures is n times what they need for one.",
    "process": "Whole processes, from start to end; the order changes every round. The reference does "
    "the same work on the same files. The others know no .aion: minisign and openssl verify one "
    "Ed25519 signature of the same rules, b3sum and openssl (SHA-256) hash the same file.",
}
# What of a ratio is noise, and is left uncoloured.
QUIET = 0.05
LEFT, RIGHT, TOP, STEP = 340, 24, 46, 20


def escape(text):
    return html.escape(str(text))


def ratio(value, other):
    """How many times as long as the other it takes, coloured when that says something."""
    times = value / other
    kind = "worse" if times > 1 + QUIET else "better" if times < 1 - QUIET else ""
    return f'<td class="{kind}">{times:.{2 if times >= 0.1 else 3}f}</td>'


def main_rows(rows):
    """Names of the rows to list: peers' rows are columns of ours, where ours has them."""
    beside = {other for name in rows if not is_peer(name) for _, other, _ in peers_of(name, rows)}
    return [name for name in rows if name not in beside]


def table(rows, before, baseline):
    names = main_rows(rows)
    peers = list(dict.fromkeys(peer for name in names for peer, *_ in peers_of(name, rows)))
    counted = any(row.instructions for row in rows.values())
    head = ["Benchmark", "median", "min", "max", "runs"]
    head += ["instructions"] if counted else []
    head += [f"÷ {baseline}"] if before else []
    head += [f"÷ {'/bin/true' if peer == 'true' else peer}" for peer in peers]
    out = ['<div class="wide"><table><tr>', *(f"<th>{escape(h)}</th>" for h in head), "</tr>"]
    for name in names:
        row = rows[name]
        cells = [pretty(row.median), pretty(row.least), pretty(row.most), row.runs]
        if counted:
            cells.append(f"{row.instructions:,}" if row.instructions else "")
        out.append(f"<tr><td>{escape(plain(name))}</td>"
                   + "".join(f"<td>{escape(cell)}</td>" for cell in cells))
        if before:
            out.append(ratio(row.median, before[name]) if before.get(name) else "<td></td>")
        theirs = {p: rows[other].median * count for p, other, count in peers_of(name, rows)}
        out += [ratio(row.median, theirs[p]) if p in theirs else "<td></td>" for p in peers]
        out.append("</tr>")
    return "".join([*out, "</table></div>"])


def ticks(low, high):
    """Decades that lie within, nanoseconds; 1, 2 and 5 of each where there are few."""
    steps = (1, 2, 5) if high < 300 * low else (1,)
    decades = range(math.floor(math.log10(low)), math.floor(math.log10(high)) + 1)
    return [step * 10.0**n for n in decades for step in steps if low <= step * 10.0**n <= high]


def dot(x, y, who, inner=""):
    """The mark of a median; the baseline's is a ring, so that both are seen where they meet."""
    look = f'fill="{COLOURS[who]}"' if who in COLOURS else 'class="before"'
    return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="4.2" {look}>{inner}</circle>'


def legend(labels):
    out, x = [], LEFT
    for label in labels:
        text = {"true": "/bin/true", "ours": "median (bar: min to max)"}.get(label, label)
        out.append(f'{dot(x, 12, label)}<text x="{x + 9}" y="16">{escape(text)}</text>')
        x += 26 + 7 * len(text)
    return out


def plot(rows, before, baseline):
    """Medians on a logarithmic axis, a line a row, with its peers and its baseline beside it."""
    names = main_rows(rows)
    marks, seen = {}, {"ours": None}
    # A row that only a peer has is in the peer's colour.
    owners = {name: next((p for p in name.split("/") if p in PEERS), "ours") for name in names}
    for name in names:
        marks[name] = [(p, rows[o].median * count) for p, o, count in peers_of(name, rows)]
        if before.get(name):
            marks[name].append((f"before: {baseline}", before[name]))
        seen |= dict.fromkeys([*(label for label, _ in marks[name]), owners[name]])
    times = [t for n in names for t in (rows[n].least, rows[n].most, *(t for _, t in marks[n]))]
    low, high = min(times) / 1.3, max(times) * 1.3
    width, height = 1040, TOP + STEP * len(names) + 14

    def across(time):
        share = math.log(time / low) / math.log(high / low)
        return LEFT + share * (width - LEFT - RIGHT)

    out = [f'<svg viewBox="0 0 {width} {height}" role="img" aria-label="medians">', *legend(seen)]
    for tick in ticks(low, high):
        x = across(tick)
        out.append(f'<line class="grid" x1="{x:.1f}" x2="{x:.1f}" y1="{TOP - 8}" y2="{height - 8}"/>'
                   f'<text class="soft" x="{x:.1f}" y="{TOP - 12}" text-anchor="middle">'
                   f"{escape(pretty(tick))}</text>")
    for index, name in enumerate(names):
        row, y = rows[name], TOP + STEP * index + STEP / 2
        who = owners[name]
        label = plain(name)
        label = label if len(label) <= 47 else f"…{label[-46:]}"
        out.append(f'<text x="{LEFT - 12}" y="{y + 4:.1f}" text-anchor="end">{escape(label)}</text>'
                   f'<line x1="{across(row.least):.1f}" x2="{across(row.most):.1f}" y1="{y:.1f}" '
                   f'y2="{y:.1f}" stroke="{COLOURS[who]}" stroke-width="3" opacity=".35"/>')
        for peer, time in [*marks[name], (who, row.median)]:
            # Text for whoever points at it.
            out.append(dot(across(time), y, peer, f"<title>{escape(plain(name))}, {escape(peer)}: "
                                                  f"{escape(pretty(time))}</title>"))
    return "".join([*out, "</svg>"])


def facts(pairs):
    return "".join(['<table class="facts">', *(
        f"<tr><td>{escape(name)}</td><td>{escape(value)}</td></tr>" for name, value in pairs
    ), "</table>"])


def page(suites, before, baseline, machine, peers):
    """The page's text. `suites`: name -> rows; `before`: name -> medians of the baseline."""
    out = [
        '<!doctype html><html lang="en"><head><meta charset="utf-8">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        f"<title>aion: benchmarks</title><style>{STYLE}</style></head><body>",
        "<h1>aion: benchmarks</h1>",
        "<p>Wall time. A column ÷ says how many times as long ours takes: below 1 we are faster.</p>",
        "<h2>Machine and versions</h2>", facts(machine),
        "<h2>Peers</h2>", facts(peers),
    ]
    for suite, rows in suites.items():
        if not rows:
            continue
        earlier = before.get(suite, {})
        note = f"<p>{escape(NOTES[suite])}</p>" if suite in NOTES else ""
        out += [f"<h2>Suite {escape(suite)}</h2>", note, plot(rows, earlier, baseline),
                table(rows, earlier, baseline)]
    return "\n".join([*out, "</body></html>\n"])
