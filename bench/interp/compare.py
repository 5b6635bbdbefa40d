#!/usr/bin/env python3
"""Runs the kernels of bench/kernels under several interpreters side by side and prints how they compare.

    compare.py --engine cvm='build/release/bin/cvm-run' --engine wasmi='wasmi run' [--runs 5] [--cpu 0] [KERNEL...]

The first engine is the one that is measured; every other one is a peer: the table shows each peer's time divided by the
first engine's (above 1: the first is faster). Times are user CPU seconds of whole processes, medians over interleaved
runs on one core, loading and compiling included. Every result must equal the recorded checksum. With --count BENCH_COUNT
(a counting build) the table also has dispatches per WebAssembly instruction and, from the first engine's time and a clock
calibrated by a chain of dependent additions, cycles per dispatch.
"""

import argparse
import math
import os
import resource
import statistics
import subprocess
import sys

import corpus


def run_once(command, module, kernel, scale, cpu):
    """(user seconds, standard output) of one process pinned to `cpu`."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime
    done = subprocess.run([*command, str(module), kernel, scale], capture_output=True, text=True,
                          preexec_fn=lambda: os.sched_setaffinity(0, {cpu}))
    seconds = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime - before
    if done.returncode != 0:
        raise RuntimeError(f"{' '.join(command)} {kernel}: exit code {done.returncode}: {done.stderr.strip()[:200]}")
    return seconds, done.stdout


def count(program, module, kernel, scale):
    """(instructions, dispatches) of one run of a counting build."""
    done = subprocess.run([program, str(module), kernel, scale], capture_output=True, text=True, check=True)
    words = dict(line.split(None, 1) for line in done.stderr.splitlines() if " " in line)
    return int(words["instructions"]), int(words["dispatches"])


def geometric_mean(values):
    return math.exp(statistics.fmean(math.log(v) for v in values))


def measure(engines, row, runs, cpu):
    """{engine: median seconds}; every output is checked."""
    module, kernel, scale, checksum = row
    times = {name: [] for name in engines}
    for _ in range(runs):
        for name, command in engines.items():
            seconds, output = run_once(command, module, kernel, scale, cpu)
            if output.split()[-1:] != [checksum]:
                raise RuntimeError(f"{name} {kernel}: got {output.strip()!r}, not {checksum}")
            times[name].append(seconds)
    return {name: statistics.median(values) for name, values in times.items()}


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--engine", action="append", required=True, metavar="NAME=COMMAND")
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--cpu", type=int, default=0)
    parser.add_argument("--count", metavar="BENCH_COUNT")
    parser.add_argument("--ghz", type=float, help="clock of the core; default: calibrated by bench_count --clock")
    parser.add_argument("kernels", nargs="*")
    return parser.parse_args()


def main():
    options = parse_arguments()
    engines = dict((e.split("=", 1)[0], e.split("=", 1)[1].split()) for e in options.engine)
    first, *peers = engines
    ghz = options.ghz
    if options.count and ghz is None:
        ghz = float(subprocess.run([options.count, "--clock"], capture_output=True, text=True, check=True).stdout)
    ratios = {peer: [] for peer in peers}
    per_op, per_dispatch = [], []
    header = f"{'kernel':12} {first + ', s':>10}" + "".join(f"{peer + ' / ' + first:>16}" for peer in peers)
    print(header + ("   disp/op   cycles/disp" if options.count else ""))
    for row in corpus.rows():
        if options.kernels and row[1] not in options.kernels:
            continue
        medians = measure(engines, row, options.runs, options.cpu)
        line = f"{row[1]:12} {medians[first]:10.3f}"
        for peer in peers:
            ratios[peer].append(medians[peer] / medians[first])
            line += f"{ratios[peer][-1]:16.2f}"
        if options.count:
            instructions, dispatches = count(options.count, *row[:3])
            per_op.append(dispatches / instructions)
            per_dispatch.append(medians[first] * ghz * 1e9 / dispatches)
            line += f"{per_op[-1]:10.3f}{per_dispatch[-1]:14.2f}"
        print(line, flush=True)
    line = f"{'geo. mean':12} {'':10}" + "".join(f"{geometric_mean(ratios[peer]):16.2f}" for peer in peers)
    if options.count:
        line += f"{geometric_mean(per_op):10.3f}{geometric_mean(per_dispatch):14.2f}"
    print(line)


if __name__ == "__main__":
    sys.exit(main())
