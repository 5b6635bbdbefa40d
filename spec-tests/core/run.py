#!/usr/bin/env python3
"""Runs an official suite of scripts under `cvm-run wast`, file by file, and holds the results against the ledger.

Every script on disk is either expected to pass, or listed in expected_failures.txt with a reason. A script that is not
listed and fails, a listed one that passes, a listed one that is not there, and one that ends in any other way than with a
count (a crash, a hang) each fail the run. So the ledger cannot rot.

    run.py --cvm-run build/release/bin/cvm-run --suites ../shared/suites [--suite core|component] [--group GROUP]

Groups of the core suite are core, simd and proposals; of the component suite, its folders.

Exit code 77: the suite is not there (ctest reports the test as skipped).
"""
import argparse
import pathlib
import re
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
LEDGER = HERE.parent / "expected_failures.txt"
COUNT = re.compile(r"^(\d+) passed, (\d+) failed, (\d+) skipped$")
SKIPPED = 77


def read_ledger():
    """Path below the suites' folder -> reason."""
    entries = {}
    for number, line in enumerate(LEDGER.read_text().splitlines(), 1):
        line = line.split("#", 1)[0].strip()
        if not line:
            continue
        path, colon, reason = line.partition(":")
        if not colon or not reason.strip():
            sys.exit(f"{LEDGER.name}:{number}: an entry is `path: reason`")
        entries[path.strip()] = reason.strip()
    return entries


def group_of(path):
    if path.parts[0] == "component":
        return path.parts[1]
    if path.parts[1] in ("proposals", "legacy", "custom"):
        return "proposals"
    return "simd" if path.name.startswith("simd_") else "core"


def run_script(cvm_run, script):
    """(passed, failed, skipped, output); None for the counts of a run that did not end with them."""
    try:
        done = subprocess.run([cvm_run, "wast", str(script)], capture_output=True, text=True, errors="replace", timeout=300)
    except subprocess.TimeoutExpired:
        return None, "no end after 300 s"
    lines = done.stdout.splitlines()
    match = COUNT.match(lines[-1]) if lines else None
    if match is None or done.returncode not in (0, 1):
        return None, f"exit code {done.returncode}\n{done.stdout[-2000:]}{done.stderr[-2000:]}"
    return tuple(map(int, match.groups())), done.stdout


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--cvm-run", required=True)
    parser.add_argument("--suites", required=True, type=pathlib.Path)
    parser.add_argument("--suite", choices=["core", "component"], default="core")
    parser.add_argument("--group")
    options = parser.parse_args()
    scripts = sorted((options.suites / options.suite).rglob("*.wast"))
    if not scripts:
        print(f"SKIPPED: no scripts in {options.suites / options.suite}")
        return SKIPPED

    ledger = {path: why for path, why in read_ledger().items() if path.startswith(options.suite + "/")}
    totals, files, problems = [0, 0, 0], 0, []
    seen = set()
    for script in scripts:
        path = script.relative_to(options.suites)
        seen.add(str(path))
        if options.group and group_of(path) != options.group:
            continue
        files += 1
        counts, output = run_script(options.cvm_run, script)
        listed = str(path) in ledger
        if counts is None:
            problems.append(f"{path}: {output}")
            continue
        totals = [a + b for a, b in zip(totals, counts)]
        passed = counts[1] == 0
        if passed and listed:
            problems.append(f"{path}: passes; remove it from {LEDGER.name}")
        if not passed and not listed:
            problems.append(f"{path}: {counts[1]} failed\n{output}")
    problems += [f"{path}: listed in {LEDGER.name}, but there is no such script" for path in ledger if path not in seen]
    for problem in problems:
        print(problem)
    listed = sum(1 for path in ledger if not options.group or group_of(pathlib.Path(path)) == options.group)
    print(f"{files} scripts, {listed} of them listed as expected failures, {len(problems)} problems; "
          f"{totals[0]} passed, {totals[1]} failed, {totals[2]} skipped")
    return 1 if problems else 0


sys.exit(main())
