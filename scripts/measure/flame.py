# SPDX-License-Identifier: MIT OR Apache-2.0
"""Stacks from what perf and callgrind write, and a flame graph of them as SVG."""

import collections
import dataclasses
import html
import re
import zlib

WIDTH, ROW, TOP, SIDE = 1200, 17, 58, 10
# Narrower than this nobody sees it.
LEAST = 0.4


def from_perf(text):
    """Counter of stacks (outermost first) from `perf script -F comm,ip,sym`."""
    stacks, frames = collections.Counter(), []
    for line in [*text.splitlines(), ""]:
        if not line.strip():
            if frames:
                stacks[tuple(reversed(frames))] += 1
            frames = []
        elif line[0].isspace():
            frames.append(re.sub(r"^\s*[0-9a-f]+\s+", "", line).strip() or "[unknown]")
    return stacks


def from_callgrind(lines):
    """The same from a file of `valgrind --tool=callgrind --separate-callers=N`: there a
    function's name has its callers' names behind it, each after an apostrophe."""
    names, stacks = {}, collections.Counter()
    stack, called = (), False
    for line in lines:
        if line.startswith("fn="):
            found = re.match(r"fn=\((\d+)\)(?: (.*))?", line.rstrip("\n"))
            if found.group(2):
                # A number alone says how deep a recursion is.
                parts = [p for p in found.group(2).split("'") if not p.isdigit()]
                names[found.group(1)] = tuple(reversed(parts))
            stack = names[found.group(1)]
        elif line.startswith(("cfn=", "cfi=", "cfl=", "cob=", "fl=", "fi=", "fe=", "ob=")):
            found = re.match(r"cfn=\((\d+)\) (.*)", line.rstrip("\n"))
            if found:
                parts = [p for p in found.group(2).split("'") if not p.isdigit()]
                names[found.group(1)] = tuple(reversed(parts))
        elif line.startswith("calls="):
            called = True  # the next line is what the call cost, which is the callee's
        elif line[:1] in "0123456789+-*" and stack:
            if not called:
                stacks[stack] += int(line.split()[1])
            called = False
    return stacks


def from_folded(text):
    """The same from lines `outermost;...;innermost COUNT`."""
    stacks = collections.Counter()
    for line in text.splitlines():
        names, _, count = line.rpartition(" ")
        if names and count.isdigit():
            # heaptrack ends a stack with a semicolon.
            stacks[tuple(name for name in names.split(";") if name)] += int(count)
    return stacks


@dataclasses.dataclass
class Frame:
    total: int = 0
    callees: dict = dataclasses.field(default_factory=dict)


def tree(stacks):
    root = Frame()
    for stack, count in stacks.items():
        frame = root
        frame.total += count
        for name in stack:
            frame = frame.callees.setdefault(name, Frame())
            frame.total += count
    return root


def short(name):
    """Without what is between <> and (), which seldom tells two functions apart."""
    out, depth = [], 0
    text = name.replace("(anonymous namespace)::", "").replace("operator<", "operator≺")
    for character in text.replace("operator()", "operator❨❩").replace("->", "→"):
        if character in "<(":
            depth += 1
        elif character in ">)":
            depth -= 1
        elif depth == 0:
            out.append(character)
    plain = "".join(out).replace("≺", "<").replace("❨❩", "()").replace("→", "->")
    plain = re.sub(r" *\[clone [^\]]*\]| const$", "", plain).strip()
    # A template's instance has its result in front.
    if "operator " not in plain:
        plain = re.sub(r"^.* (?=[\w:~]+$)", "", plain)
    return plain or name


def colour(name):
    """Of one name always the same; ours warm, others cool."""
    number = zlib.crc32(name.encode())
    hue = 14 + number % 32 if "aion" in name else 200 + number % 40
    return f"hsl({hue},{62 + number % 18}%,{66 + number // 64 % 12}%)"


def depth_of(frame, least):
    deep = [depth_of(c, least) for c in frame.callees.values() if c.total >= least]
    return 1 + max(deep, default=0)


def draw(stacks, title, unit):
    """The flame graph: SVG that needs nothing else; pointing at a frame names it in full."""
    root = tree(stacks)
    scale = (WIDTH - 2 * SIDE) / max(root.total, 1)
    least = LEAST / scale
    height = TOP + ROW * depth_of(root, least) + SIDE
    out = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" '
        f'height="{height}" font-family="ui-monospace, monospace" font-size="11">',
        f'<rect width="{WIDTH}" height="{height}" fill="#fffdf8"/>',
        f'<text x="{WIDTH / 2}" y="24" text-anchor="middle" font-size="15" fill="#222">'
        f"{html.escape(title)}</text>",
        f'<text x="{WIDTH / 2}" y="42" text-anchor="middle" fill="#666">{root.total:,} {unit}; '
        "callers above callees; warm: aion's own, cool: others</text>",
    ]
    pending = [("all", root, SIDE, 0)]
    while pending:
        name, frame, x, level = pending.pop()
        width, y = frame.total * scale, TOP + level * ROW
        share = 100 * frame.total / max(root.total, 1)
        out.append(
            f'<g><title>{html.escape(name)}: {frame.total:,} {unit}, {share:.1f} %</title>'
            f'<rect x="{x:.2f}" y="{y}" width="{max(width - 0.3, 0.2):.2f}" height="{ROW - 1}" rx="1" '
            f'fill="{colour(name)}"/>'
        )
        room = int((width - 6) / 6.7)
        if room >= 3:
            label = short(name)
            label = label if len(label) <= room else label[: room - 1] + "…"
            out.append(f'<text x="{x + 3:.2f}" y="{y + 12}" fill="#111">{html.escape(label)}</text>')
        out.append("</g>")
        for callee, inner in sorted(frame.callees.items(), key=lambda item: -item[1].total):
            if inner.total >= least:
                pending.append((callee, inner, x, level + 1))
            x += inner.total * scale
    return "\n".join([*out, "</svg>\n"])


def top(stacks, count=10):
    """(share, name) of the functions that take most themselves."""
    own = collections.Counter()
    for stack, cost in stacks.items():
        own[stack[-1]] += cost
    whole = max(sum(own.values()), 1)
    return [(cost / whole, short(name)) for name, cost in own.most_common(count)]
