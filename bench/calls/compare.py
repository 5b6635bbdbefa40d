#!/usr/bin/env python3
"""Calls between two components under cvm and under the wasmtime library: nanoseconds for one, and the ratio.

    compare.py BENCH_CALLS [TEXT]     those cases whose names have TEXT

Must run under a Python that has the wheel (test/guests/build.sh makes one), with wasm-tools on the path. Compilation is
not timed; both take this thread's time, the least of five runs.
"""
import os
import subprocess
import sys
import time

import wasmtime
from wasmtime import component


def nanoseconds(engine, text, length, calls):
    environment = {**os.environ, "WAST_STRICT_COMPONENT_INDICES": "0"}  # `(memory $i "name")`, the older spelling
    binary = subprocess.run(["wasm-tools", "parse", "-"], input=text, stdout=subprocess.PIPE, check=True,
                            env=environment).stdout
    store = wasmtime.Store(engine)
    instance = component.Linker(engine).instantiate(store, component.Component(engine, binary))
    setup, run = (instance.get_func(store, name) for name in ("setup", "run"))
    setup(store, length)
    setup.post_return(store)
    best = float("inf")
    for _ in range(5):
        begin = time.thread_time_ns()
        run(store, calls, length)
        best = min(best, (time.thread_time_ns() - begin) / calls)
        run.post_return(store)
    return best


def main():
    bench, wanted = sys.argv[1], sys.argv[2] if len(sys.argv) > 2 else ""
    ours = {}
    for line in subprocess.run([bench, wanted], capture_output=True, check=True, text=True).stdout.splitlines()[1:]:
        name, fused, literal, _ = line.split()
        ours[name] = float(fused), float(literal)
    engine = wasmtime.Engine(wasmtime.Config())
    print(f"{'nanoseconds a call':36} {'fused':>12} {'literal':>12} {'wasmtime':>12} {'fused/wasmtime':>15}")
    for line in subprocess.run([bench, "--list"], capture_output=True, check=True, text=True).stdout.splitlines():
        name, length, calls = line.split()
        if name not in ours:
            continue
        text = subprocess.run([bench, "--text", name], capture_output=True, check=True).stdout
        theirs = nanoseconds(engine, text, int(length), int(calls))
        fused, literal = ours[name]
        print(f"{name:36} {fused:12.1f} {literal:12.1f} {theirs:12.1f} {fused / theirs:15.2f}", flush=True)


main()
