#!/usr/bin/env python3
"""Every class of vulnerability that is known of other engines has a test here, whose name or tag carries the class's id:
`TEST_CASE("MEM-05: ...")`. The classes are known here by their numbers alone; an id in a test's name that is none of them is a
breach as well.

    rows.py [ROOT]
"""
import pathlib
import re
import sys

# What part of the engine -> numbers of the rows that have tests. A row may be added, none goes.
ROWS = {
    "DEC": range(1, 9),  # decoding, validation
    "INT": range(1, 10),  # translation, execution
    "MEM": range(1, 8),  # memories, tables, instances
    "ABI": range(1, 10),  # the canonical ABI
    "HND": range(1, 6),  # handles, re-entrance
    "ASY": range(1, 7),  # async
    "FS": range(1, 14),  # files
    "HST": [1, 2, 3, 4, 5, 7],  # other host calls
}
FOLDERS = ["test", "spec-tests"]
CASE = re.compile(r'TEST_CASE\w*\(\s*((?:"(?:[^"\\]|\\.)*"[\s,]*)+)')
ID = re.compile(r"\b(" + "|".join(ROWS) + r")-(\d\d)\b")


def main():
    root = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else pathlib.Path(__file__).parents[2]).resolve()
    rows = {f"{name}-{number:02}" for name, numbers in ROWS.items() for number in numbers}
    tests = dict.fromkeys(rows, 0)
    problems = []
    for folder in FOLDERS:
        for path in sorted((root / folder).rglob("*_test.cpp")):
            for case in CASE.finditer(path.read_text(errors="replace")):
                for row in {"-".join(match.groups()) for match in ID.finditer(case.group(1))}:
                    if row in rows:
                        tests[row] += 1
                    else:
                        problems.append(f"{path.relative_to(root)}: {row} is no row")
    problems += [f"{row} has no test" for row in sorted(rows) if not tests[row]]
    print("\n".join(problems + [f"{len(rows)} rows, {sum(tests.values())} tests, {len(problems)} problems"]))
    return 1 if problems else 0


sys.exit(main())
