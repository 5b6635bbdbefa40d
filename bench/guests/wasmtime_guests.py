#!/usr/bin/env python3
"""Runs the guests of a table under the wasmtime library, as bench_guests does under cvm; prints the same lines.

    wasmtime_guests.py PROGRAMS.txt [NAME...]

Must run under a Python that has the wheel (test/guests/build.sh makes one). The collector is the library's default: the
wheel has no switch for it. Compilation is not timed.
"""
import pathlib
import sys
import time

import wasmtime

FEATURES = ("wasm_exceptions", "wasm_gc", "wasm_function_references", "wasm_reference_types", "wasm_tail_call")


def programs(table, names):
    for line in table.read_text().splitlines():
        if line and not line.startswith("#"):
            name, size, steps, checksum = line.split()
            if not names or name in names:
                yield name, int(size), int(steps), int(checksum)


def run(engine, folder, name, size, steps):
    """(sum of the guest, milliseconds in all, of setup, of each step), of this thread's time."""
    text = (folder / (name.split("@")[0] + ".wat")).read_text()
    store = wasmtime.Store(engine)
    exports = wasmtime.Instance(store, wasmtime.Module(engine, text), []).exports(store)
    setup, step = exports["setup"], exports["step"]
    clock = time.thread_time
    begin = clock()
    setup(store, size)
    set_up = clock()
    total, times = 0, []
    for i in range(steps):
        at = clock()
        total = (total * 31 + step(store, i)) & 0xFFFFFFFF
        times.append(1e3 * (clock() - at))
    return total, 1e3 * (clock() - begin), 1e3 * (set_up - begin), sorted(times)


def main():
    table = pathlib.Path(sys.argv[1])
    config = wasmtime.Config()
    for feature in FEATURES:
        setattr(config, feature, True)
    engine = wasmtime.Engine(config)
    ok = True
    for name, size, steps, checksum in programs(table, sys.argv[2:]):
        total, milliseconds, setup, times = run(engine, table.parent, name, size, steps)
        print(f"{name:12} {milliseconds:9.1f} ms  sum {total:10}  setup {setup:8.1f}  step median {times[len(times) // 2]:7.3f}"
              f" p99 {times[len(times) * 99 // 100]:7.3f} max {times[-1]:7.3f}", flush=True)
        if total != checksum:
            print(f"{name}: the sum should be {checksum}", file=sys.stderr)
            ok = False
    return 0 if ok else 1


if __name__ == "__main__":
    sys.exit(main())
