#!/usr/bin/env python3
"""Checks includes against tools/checks/layers.txt: each room may include itself, vm/base, the public headers of its own and
of lower top folders, and the rooms that its line names. tools/run sees public headers alone, and the one header of the
script runner.

    layers.py [ROOT]        prints each breach as FILE:LINE: words; exit code 1 if there is one
"""
import pathlib
import re
import sys

TOP_FOLDERS = ["vm", "canonical-abi", "component", "wasi", "tools"]
INCLUDE = re.compile(r'^\s*#\s*include\s+(?:"([^"]+)"|<(cvm/[^>]+)>)')
PUBLIC_ONLY = {"tools/run": {"spec-tests/wast/wast.hpp"}}


def read_layers(path):
    """Room -> the rooms its line names, in the order of the file."""
    rooms = {}
    for line in path.read_text().splitlines():
        line = line.split("#", 1)[0].strip()
        if line:
            room, _, allowed = line.partition(":")
            rooms[room.strip()] = allowed.split()
    return rooms


def room_of(path, rooms):
    """The longest room that the path lies in."""
    inside = [room for room in rooms if path.startswith(room + "/")]
    return max(inside, key=len, default=None)


def check_include(room, allowed, header, root, rooms):
    """What is wrong with `room` including `header`, or None."""
    top = room.split("/")[0]
    if header.startswith("cvm/"):
        if top not in TOP_FOLDERS:
            return None
        lower = TOP_FOLDERS[: TOP_FOLDERS.index(top) + 1]
        homes = [folder for folder in TOP_FOLDERS if (root / folder / "include" / header).exists()]
        if not homes:
            return f"there is no public header {header}"
        return None if homes[0] in lower else f"{header} belongs to {homes[0]}, which stands above {top}"
    if room in PUBLIC_ONLY and not header.startswith(room + "/"):
        return None if header in PUBLIC_ONLY[room] else f"{room} may include public headers alone, not {header}"
    target = room_of(header, rooms)
    if target is None:
        return None  # generated, or a library's
    if target == room or target == "vm/base" or target in allowed:
        return None
    return f"{room} may not include {target} ({header})"


def check_order(rooms):
    """The table itself: rooms only name rooms above them, so that there are no cycles."""
    seen = set()
    for room, allowed in rooms.items():
        for name in allowed:
            if name not in seen:
                yield f"tools/checks/layers.txt: {room} names {name}, which does not stand above it"
        seen.add(room)


def main():
    root = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else pathlib.Path(__file__).parents[2]).resolve()
    rooms = read_layers(root / "tools/checks/layers.txt")
    breaches = list(check_order(rooms))
    files = 0
    for top in TOP_FOLDERS + ["spec-tests"]:
        for path in sorted((root / top).rglob("*")):
            if path.suffix not in (".cpp", ".hpp", ".def"):
                continue
            name = str(path.relative_to(root))
            public = "/include/cvm/" in name
            room = f"{top}/include" if public else room_of(name, rooms)
            if room is None and top == "spec-tests":
                continue  # drivers, like test/ and bench/, may include anything
            if room is None:
                breaches.append(f"{name}:1: lies in no room of layers.txt")
                continue
            files += 1
            for number, line in enumerate(path.read_text().splitlines(), 1):
                match = INCLUDE.match(line)
                if not match:
                    continue
                header = match.group(1) or match.group(2)
                if public and not header.startswith("cvm/"):
                    breaches.append(f"{name}:{number}: a public header includes a private one, {header}")
                    continue
                wrong = check_include(room, rooms.get(room, []), header, root, rooms)
                if wrong:
                    breaches.append(f"{name}:{number}: {wrong}")
    print("\n".join(breaches + [f"{files} files, {len(rooms)} rooms, {len(breaches)} breaches"]))
    return 1 if breaches else 0


sys.exit(main())
