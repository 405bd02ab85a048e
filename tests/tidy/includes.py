# SPDX-License-Identifier: MIT OR Apache-2.0
"""Which header may be included by whom: the layers that src/layers.txt declares, no circles, no
header that nobody includes."""

import os
import re

from tree import CODE_FOLDERS, line_of

INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*(["<])([^">]+)[">]', re.M)
HEADERS = {".hpp", ".h"}
LAYERS = "src/layers.txt"
THREADS = "src/base/threads.cpp"
THREAD_HEADER = re.compile(r"thread|future|stop_token|execution|(pthread|threads|omp)\.h|(oneapi/)?tbb[/.].*")


class Layers:
    """What src/layers.txt declares. `rooms` maps a room to what it may include, "room" or
    "room/header"; `outside` maps another folder to "public" or the one header for it."""

    def __init__(self, tree):
        self.rooms, self.outside, self.reached = {}, {}, {}
        path = tree.root / LAYERS
        if path in tree.texts:
            for number, line in enumerate(tree.texts[path].splitlines(), 1):
                if line.strip() and not line.startswith("#"):
                    self.declare(line, lambda what, at=number: tree.report(path, at, "layers", what))

    def declare(self, line, complain):
        found = re.fullmatch(r"([a-z]+):(.*)", line)
        if not found:
            return complain("not of the form 'room: rooms'")
        name, uses = found.group(1), found.group(2).split()
        if name in self.rooms or name in self.outside:
            return complain(f"{name} is declared twice")
        if len(uses) == 1 and re.fullmatch(r"public|[a-z]+\.h", uses[0]):
            self.outside[name] = uses[0]
            return None
        self.rooms[name] = set(uses)
        self.reached[name] = {name}
        for used in uses:
            room = used.split("/")[0]
            if room == name or room not in self.rooms:
                complain(f"{name} uses {room}, which no line above it declares")
            else:
                self.reached[name] |= self.reached[room]
        return None

    def may_use(self, own, header):
        """Whether room `own` may include `header`, given as "room/path.hpp"."""
        room = header.split("/")[0]
        uses = self.rooms[own]
        return room == own or room in uses or header.rsplit(".", 1)[0] in uses


def includes(text):
    """(line, quote, name) of every #include."""
    for match in INCLUDE.finditer(text):
        yield line_of(text, match.start(2)), *match.groups()


def room_of(parts):
    """(top folder, room) of a path by its parts, the room being None where there is none."""
    if parts[:2] == ("include", "aion"):
        return "include", parts[2] if len(parts) > 3 else None
    if parts[0] in ("src", "tests") and len(parts) > 2:
        return parts[0], parts[1]
    return parts[0], None


def header_named(tree, path, name, rooms):
    """What an include in src/, include/ or tests/ names, as "room/path.hpp", or None."""
    name = os.path.normpath(name)  # "aion/base/../crypto/x.hpp" is crypto's
    if name.startswith(".."):
        parts = os.path.relpath(os.path.normpath(path.parent / name), tree.root).split(os.sep)
        top, room = room_of(tuple(parts))
        return "/".join(parts[parts.index(room):]) if room and top != "tests" else None
    parts = name.split("/")
    if parts[0] == "aion" and len(parts) > 2:
        return "/".join(parts[1:])
    return name if len(parts) > 1 and parts[0] in rooms else None


def check_room(tree, layers, path, text):
    top, own = room_of(path.relative_to(tree.root).parts)
    if own not in layers.rooms:
        if top != "tests" and own:
            tree.report(path, 1, "layer", f"declare in {LAYERS} what {own} may use")
        return
    for line, _, name in includes(text):
        if top != "tests" and name == "aion/aion.hpp":
            tree.report(path, line, "layer", "the umbrella header is for users")
        header = header_named(tree, path, name, layers.rooms)
        if header is None:
            continue
        # A room's tests may use all that it is built on, as they are linked with it.
        if top == "tests":
            allowed = header.split("/")[0] in layers.reached[own]
        else:
            allowed = layers.may_use(own, header)
        if not allowed:
            tree.report(path, line, "layer",
                        f"{own} -> {header.split('/')[0]} ({name}): not declared in {LAYERS}")


def check_outside(tree, layers, path, text):
    top = path.relative_to(tree.root).parts[0]
    if top not in ("apps", "bindings", "examples"):
        return
    allowed = layers.outside.get(top)
    if not allowed:
        tree.report(path, 1, "layer", f"declare in {LAYERS} what {top} may use")
    for line, quote, name in includes(text):
        if quote != '"':
            continue
        beside = resolve(tree, path, name)
        if beside and beside.relative_to(tree.root).parts[0] == top:
            continue
        if not (name.startswith("aion/") if allowed == "public" else name == allowed):
            what = "public headers" if allowed == "public" else allowed
            tree.report(path, line, "layer", f"{top} may use {what} only, not {name}")


# The rooms of apps/aion from the ground up; main and run stand above them.
CLI_ROOMS = "shell table views commands".split()


def check_rooms(tree):
    """In the command line's rooms no include runs back up."""
    for path, text in tree.in_folders(("apps",)):
        parts = path.relative_to(tree.root).parts
        own = parts[2] if len(parts) > 3 and parts[2] in CLI_ROOMS else None
        for line, _, name in includes(text) if own else ():
            other = name.split("/")[0]
            if other in CLI_ROOMS and CLI_ROOMS.index(other) > CLI_ROOMS.index(own):
                tree.report(path, line, "room", f"{own} lies below {other}: no include runs back up")


def check_layers(tree):
    layers = Layers(tree)
    for path, text in tree.in_folders(CODE_FOLDERS):
        check_room(tree, layers, path, text)
        check_outside(tree, layers, path, text)
        if path.relative_to(tree.root).parts[0] == "include":
            for line, quote, name in includes(text):
                if quote == "<" and re.search(r"[./]", name):
                    tree.report(path, line, "layer", f"no third-party header in public ones: {name}")


def resolve(tree, path, name):
    """The file of ours that an include in `path` means, or None."""
    parts = path.relative_to(tree.root).parts
    tops = ["include", "src", parts[0], "/".join(parts[:2]), "apps/aion"]
    for folder in (path.parent, *(tree.root / top for top in tops)):
        candidate = folder.joinpath(name)
        candidate = type(candidate)(os.path.normpath(candidate))
        if candidate in tree.texts:
            return candidate
    return None


def graph_of(tree):
    """Of each source and header of ours: what it includes of ours, and at which line."""
    graph = {}
    for path, text in tree.in_folders(CODE_FOLDERS):
        graph[path] = {}
        for line, _, name in includes(text):
            target = resolve(tree, path, name)
            if target and target != path:
                graph[path].setdefault(target, line)
    return graph


def circle_through(graph, start):
    """The shortest way from `start` back to it, or None."""
    ways = [[start]]
    seen = set()
    for way in ways:
        for target in sorted(graph.get(way[-1], ())):
            if target == start:
                return way
            if target not in seen:
                seen.add(target)
                ways.append([*way, target])
    return None


def check_circles(tree):
    """Each circle once, at the header of it whose name comes first."""
    graph = graph_of(tree)
    reported = set()
    for path in sorted(p for p in graph if p.suffix in HEADERS):
        if path in reported:
            continue
        circle = circle_through(graph, path)
        if circle:
            reported.update(circle)
            names = " -> ".join(tree.name(p) for p in [*circle, path])
            tree.report(path, graph[path][[*circle, path][1]], "circle", names)


def check_dead_headers(tree):
    """include/ is for others to include; any other header has to have a user here."""
    graph = graph_of(tree)
    used = {target for targets in graph.values() for target in targets}
    for path in graph:
        public = path.relative_to(tree.root).parts[0] == "include"
        if path.suffix in HEADERS and not public and path not in used:
            tree.report(path, 1, "dead-header", "nobody includes it")


def check_threads(tree):
    """No other file of the library starts a thread: that one does without where none can be had."""
    for path, text in tree.in_folders(("src", "include")):
        for line, quote, name in includes(text) if tree.name(path) != THREADS else ():
            if quote == "<" and THREAD_HEADER.fullmatch(name):
                tree.report(path, line, "thread", f"<{name}>: use base/threads.hpp")


def check_pragma_once(tree):
    for path, text in tree.in_folders(CODE_FOLDERS, {".hpp"}):
        if not re.search(r"^#pragma once$", text, re.M):
            tree.report(path, 1, "pragma-once", "headers have #pragma once")
