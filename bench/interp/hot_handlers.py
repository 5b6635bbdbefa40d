#!/usr/bin/env python3
"""Writes vm/interp/hot_handlers.def from dispatch counts.

    hot_handlers.py BENCH_COUNT [--top N]

BENCH_COUNT is the program bench_count of a counting build (cmake --preset count). Every kernel of bench/kernels is run
once; a variant's weight is its share of a kernel's dispatches, summed over kernels, so that long kernels do not drown
short ones.
"""

import argparse
import collections
import subprocess
import sys

import corpus

TARGET = corpus.ROOT / "vm/interp/hot_handlers.def"
HEADER = """// HOT(op, dst, a, b, c): the variants executed most in the corpus of bench/kernels, most frequent first. Written by
// bench/interp/hot_handlers.py from the counts of a counting build; op is OPC(id) for an instruction, OWN(id) for an
// operation of regops.def. Each gets CVM_HANDLER_COPIES copies.
#define OPC(id) ToRegOp(Opcode::k##id)
#define OWN(id) RegOp::k##id
"""
FOOTER = "#undef OPC\n#undef OWN\n#undef HOT\n"


def variant_counts(program, module, kernel, scale):
    """{(op, dst, a, b, c): dispatches} of one run."""
    done = subprocess.run([program, "--variants", str(module), kernel, scale], capture_output=True, text=True, check=True)
    counts = {}
    for line in done.stderr.splitlines():
        if line.startswith("variant "):
            *key, count = line.split()[1:]
            counts[tuple(key)] = int(count)
    return counts


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("bench_count")
    parser.add_argument("--top", type=int, default=500)
    options = parser.parse_args()
    weights = collections.Counter()
    for module, kernel, scale, _ in corpus.rows():
        counts = variant_counts(options.bench_count, module, kernel, scale)
        total = sum(counts.values()) or 1
        for key, count in counts.items():
            weights[key] += count / total
        print(f"{kernel}: {total} dispatches", file=sys.stderr)
    lines = [f"HOT({', '.join(key)})" for key, _ in weights.most_common(options.top)]
    TARGET.write_text(HEADER + "\n".join(lines) + "\n" + FOOTER)
    print(f"{TARGET}: {len(lines)} variants", file=sys.stderr)


if __name__ == "__main__":
    main()
