#!/usr/bin/env python3
"""Reports source files above 600 lines and functions above 60; more than 800 lines is an error, tables (.def) exempt.

A function is found by its closing brace in the first column (or below a namespace's, which house style does not indent):
good enough for a report.

    sizes.py [ROOT]
"""
import pathlib
import re
import sys

FILE_LINES, FILE_LIMIT, FUNCTION_LINES = 600, 800, 60
FOLDERS = ["vm", "canonical-abi", "component", "wasi", "tools", "test", "spec-tests", "bench", "examples"]
OPENING = re.compile(r"^[A-Za-z].*\)[^;]*\{$")


def long_functions(lines):
    start = None
    for number, line in enumerate(lines, 1):
        if OPENING.match(line) and not line.startswith(("namespace", "struct", "class", "enum", "union")):
            start = number
        elif line.startswith("}") and start is not None:
            if number - start + 1 > FUNCTION_LINES:
                yield start, number - start + 1
            start = None


def main():
    root = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else pathlib.Path(__file__).parents[2]).resolve()
    errors = 0
    for folder in FOLDERS:
        for path in sorted((root / folder).rglob("*.[ch]pp")):
            if "golden" in path.parts:
                continue
            lines = path.read_text().splitlines()
            name = path.relative_to(root)
            if len(lines) > FILE_LINES:
                hard = len(lines) > FILE_LIMIT
                errors += hard
                print(f"{name}: {'error' if hard else 'note'}: {len(lines)} lines")
            for start, length in long_functions(lines):
                print(f"{name}:{start}: note: a function of {length} lines")
    return 1 if errors else 0


sys.exit(main())
