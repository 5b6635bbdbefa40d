#!/usr/bin/env python3
"""The library does not print, exit or abort: none of its own objects refers to such a symbol. Reads static libraries with nm.

    symbols.py NM LIBRARY...

(Abseil and the C++ library are not ours, and are not looked at.)
"""
import subprocess
import sys

FORBIDDEN = {"abort", "exit", "_exit", "_Exit", "quick_exit", "stdout", "stderr", "stdin", "printf", "puts", "putchar",
             "perror", "__assert_fail", "_ZSt4cout", "_ZSt4cerr", "_ZSt3cin", "_ZSt4clog"}


def main():
    nm, libraries = sys.argv[1], sys.argv[2:]
    breaches = 0
    for library in libraries:
        listing = subprocess.run([nm, "--undefined-only", "--no-demangle", library], capture_output=True, text=True, check=True)
        member = "?"
        for line in listing.stdout.splitlines():
            if line.endswith(":"):
                member = line[:-1]
            words = line.split()
            if words and words[-1].split("@")[0] in FORBIDDEN and words[-2:-1] in (["U"], ["w"]):
                breaches += 1
                print(f"{library}: {member}: {words[-1]}")
    print(f"{len(libraries)} libraries, {breaches} breaches")
    return 1 if breaches else 0


sys.exit(main())
