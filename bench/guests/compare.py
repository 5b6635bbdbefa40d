#!/usr/bin/env python3
"""Runs the guests of a table under cvm and under the wasmtime library in turn, and prints how they compare.

    compare.py [--runs 5] [--cpu 0] [--cvm build/release/bin/bench_guests] [--python ~/.cache/cvm/venv/bin/python] [TABLE [NAME...]]

The table's columns: milliseconds of cvm (median over the runs), wasmtime's divided by them (above 1: cvm is faster), and for
both what the slowest step took beyond the median one, the least of the runs: how long a collection stops the guest.
Both engines check the guests' sums.
"""
import argparse
import os
import pathlib
import statistics
import subprocess
import sys

HERE = pathlib.Path(__file__).parent


def run(command, table, name, cpu):
    """{column: number} of the line that a runner prints."""
    done = subprocess.run([*command, str(table), name], capture_output=True, text=True,
                          preexec_fn=lambda: os.sched_setaffinity(0, {cpu}))
    if done.returncode != 0:
        raise RuntimeError(f"{command[0]} {name}: exit code {done.returncode}: {done.stderr.strip()[:300]}")
    words = done.stdout.split()
    values = {"ms": float(words[1])}
    for key in ("median", "max", "longest"):
        if key in words:
            values[key] = float(words[words.index(key) + 1])
    return values


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--cpu", type=int, default=0)
    parser.add_argument("--cvm", default="build/release/bin/bench_guests")
    parser.add_argument("--python", default=str(pathlib.Path.home() / ".cache/cvm/venv/bin/python"))
    parser.add_argument("table", nargs="?", type=pathlib.Path, default=HERE / "gc.txt")
    parser.add_argument("names", nargs="*")
    options = parser.parse_args()
    engines = {"cvm": [options.cvm], "wasmtime": [options.python, str(HERE / "wasmtime_guests.py")]}
    names = [line.split()[0] for line in options.table.read_text().splitlines() if line and not line.startswith("#")]
    ratios = []
    print(f"{'guest':14}{'cvm, ms':>10}{'wasmtime / cvm':>16}{'stopped, ms: cvm':>20}{'wasmtime':>10}{'cvm pause':>11}")
    for name in options.names or [n for n in names if not n.endswith("@smoke")]:
        runs = {engine: [] for engine in engines}
        for _ in range(options.runs):
            for engine, command in engines.items():
                runs[engine].append(run(command, options.table, name, options.cpu))
        ms = {engine: statistics.median(r["ms"] for r in runs[engine]) for engine in engines}
        stop = {engine: min(r["max"] - r["median"] for r in runs[engine]) for engine in engines}
        ratios.append(ms["wasmtime"] / ms["cvm"])
        pause = min(r["longest"] for r in runs["cvm"])
        print(f"{name:14}{ms['cvm']:10.1f}{ratios[-1]:16.2f}{stop['cvm']:20.2f}{stop['wasmtime']:10.2f}{pause:11.2f}", flush=True)
    print(f"{'geo. mean':24}{statistics.geometric_mean(ratios):16.2f}")


if __name__ == "__main__":
    sys.exit(main())
