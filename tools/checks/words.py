#!/usr/bin/env python3
"""Words that may not stand in sources: marks of unfinished work, and what the library may not do (print, exit, abort, read
the environment), by room. The library's symbols are checked again by symbols.py, in what was compiled.

    words.py [ROOT]
"""
import pathlib
import re
import sys

UNFINISHED = re.compile(r"\b(TODO|FIXME|XXX|HACK|not implemented|unimplemented)\b", re.IGNORECASE)
# A call, not a word in a comment or a member of that name.
FORBIDDEN_CALL = re.compile(r"(?<![\w.>])(?:std::)?(abort|exit|_Exit|quick_exit|getenv|printf|puts|fprintf|fputs|perror|system|assert)\s*\(")
ALLOWED = {("wasi/os/posix_clock.cpp", "getenv")}  # the time zone: wasi/os is where the machine is seen
LIBRARY = ["vm", "canonical-abi", "component", "wasi"]
ALL = LIBRARY + ["tools", "test", "spec-tests", "bench", "examples"]
SUFFIXES = {".cpp", ".hpp", ".def", ".h", ".c", ".py", ".cmake"}


def code_of(line):
    """The line without its comment and its string literals."""
    line = re.sub(r'"(?:[^"\\]|\\.)*"', '""', line)
    return line.split("//", 1)[0]


def main():
    root = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else pathlib.Path(__file__).parents[2]).resolve()
    breaches = []
    for folder in ALL:
        for path in sorted((root / folder).rglob("*")):
            if path.suffix not in SUFFIXES or path.resolve() == pathlib.Path(__file__).resolve():
                continue
            name = path.relative_to(root)
            foreign = "src" in path.parts and "guests" in path.parts or "kernels" in path.parts
            for number, line in enumerate(path.read_text(errors="replace").splitlines(), 1):
                match = UNFINISHED.search(line)
                if match and not foreign:
                    breaches.append(f"{name}:{number}: `{match.group(1)}`")
                match = FORBIDDEN_CALL.search(code_of(line)) if folder in LIBRARY and path.suffix in (".cpp", ".hpp") else None
                if match and (str(name), match.group(1)) not in ALLOWED:
                    breaches.append(f"{name}:{number}: the library calls `{match.group(1)}`")
    print("\n".join(breaches + [f"{len(breaches)} breaches"]))
    return 1 if breaches else 0


sys.exit(main())
