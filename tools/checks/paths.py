#!/usr/bin/env python3
"""Every path that the documents name exists, and every room of layers.txt that exists is named in ARCHITECTURE.md.

    paths.py [ROOT]
"""
import pathlib
import re
import sys

DOCUMENTS = ["README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "SECURITY.md", "docs/*.md"]
PATH = re.compile(r"(?<![\w/.-])((?:vm|canonical-abi|component|wasi|bench|test|spec-tests|tools|docs|examples|cmake|\.ci)/[\w./-]+)")


def main():
    root = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else pathlib.Path(__file__).parents[2]).resolve()
    problems = []
    for pattern in DOCUMENTS:
        documents = sorted(root.glob(pattern))
        if not documents:
            problems.append(f"there is no {pattern}")
        for document in documents:
            for number, line in enumerate(document.read_text().splitlines(), 1):
                for match in PATH.finditer(line):
                    path = match.group(1).rstrip(".,)/")
                    if not (root / path).exists():
                        problems.append(f"{document.relative_to(root)}:{number}: there is no {path}")
    print("\n".join(problems + [f"{len(problems)} problems"]))
    return 1 if problems else 0


sys.exit(main())
