#!/usr/bin/env python3
"""Runs the guests of cases.json under cvm-run and under wasmtime and compares what each leaves behind.

Compared are standard output, standard error up to the runtime's own message, the exit code (134 for a trap) and the
directories given to the guest, file by file. wasmtime comes from the PyPI wheel in the cache (build.sh wasmtime);
without it the answers recorded in expected/ by --bless stand in. A case whose guest has not been built is skipped and
says so. Prints a line a case and at the end `N passed, N failed, N skipped`; exit code 1 if any failed, 77 if none ran.
"""
import argparse
import base64
import difflib
import fnmatch
import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
CACHE = Path(os.environ.get("CVM_CACHE") or Path.home() / ".cache" / "cvm")
SKIP_CODE = 77
MOST_LINES = 40  # of a difference that is printed
# Lines with which the two runtimes begin their own words about a guest that ended badly.
HOST_WORDS = (b"host error: ", b"Error: ", b"Warning: ")


class Skip(Exception):
    """The case cannot run here; the text says why."""


def guest_path(case):
    """The file of a case: committed under wasm/, or `cache:NAME` built by build.sh into the cache."""
    name = case["guest"]
    if name.startswith("cache:"):
        path = CACHE / "guests" / name[len("cache:"):]
        if not path.exists():
            raise Skip(f"{path.name} is not built (test/guests/build.sh {case['group'].split('-')[0]})")
        return path
    return HERE / name


def expand(content):
    """File or stdin content: text, {"base64": text}, or {"repeat": text, "times": n}."""
    if isinstance(content, str):
        return content.encode()
    if "base64" in content:
        return base64.b64decode(content["base64"])
    return content["repeat"].encode() * content["times"]


def make_tree(root, tree):
    """Creates what `tree` says: NAME/ maps to a tree, other names to content or {"link": target}."""
    root.mkdir(parents=True, exist_ok=True)
    for name, content in tree.items():
        path = root / name
        if name.endswith("/"):
            make_tree(path, content)
        elif isinstance(content, dict) and "link" in content:
            path.symlink_to(content["link"])
        else:
            path.write_bytes(expand(content))


def read_tree(root):
    """The tree as a flat map from path to a text that names kind and content."""
    found = {}
    for folder, folders, files in os.walk(root):
        for name in folders + files:
            path = Path(folder, name)
            key = str(path.relative_to(root))
            if path.is_symlink():
                found[key] = "link " + os.readlink(path)
            elif path.is_dir():
                found[key] = "directory"
            else:
                found[key] = "file " + describe_bytes(path.read_bytes())
    return dict(sorted(found.items()))


def describe_bytes(data):
    """Bytes as text that survives JSON; long ones by length and digest, so that expected/ stays small."""
    if len(data) > 4096:
        return f"({len(data)} bytes, sha256 {hashlib.sha256(data).hexdigest()})"
    try:
        return data.decode()
    except UnicodeDecodeError:
        return "base64 " + base64.b64encode(data).decode()


def guest_words(stderr):
    """Standard error before the runtime's own message."""
    lines = stderr.splitlines(keepends=True)
    for index, line in enumerate(lines):
        if line.startswith(HOST_WORDS) and index > 0 or line.startswith(b"host error: "):
            return b"".join(lines[:index])
    return stderr


def run(command, case, timeout):
    """Runs `command` on fresh directories; the answer is what is compared."""
    with tempfile.TemporaryDirectory(prefix="cvm-guest-") as scratch:
        options = []
        for guest, tree in case.get("dirs", {}).items():
            host = Path(scratch, "root", guest.strip("/") or "dot")
            make_tree(host, tree)
            options += ["--dir", f"{host}::{guest}"]
        for name, value in case.get("env", {}).items():
            options += ["--env", f"{name}={value}"]
        # A file beside the directories, which no guest may reach.
        Path(scratch, "root").mkdir(exist_ok=True)
        Path(scratch, "root", "outside").write_text("not for guests\n")
        if "invoke" in case:
            options += ["--invoke", case["invoke"]]
        line = command + options + [str(guest_path(case))] + case.get("args", [])
        try:
            done = subprocess.run(line, input=expand(case.get("stdin", "")), capture_output=True, timeout=timeout)
        except subprocess.TimeoutExpired:
            return {"exit": f"no end within {timeout} s"}
        if done.returncode == SKIP_CODE and command[-1].endswith("run_wasmtime.py"):
            raise Skip("the wasmtime wheel is not installed")
        code = done.returncode if done.returncode >= 0 else 128 - done.returncode
        return {
            "exit": code,
            "stdout": describe_bytes(done.stdout).splitlines(keepends=True),
            "stderr": describe_bytes(guest_words(done.stderr)).splitlines(keepends=True),
            "tree": read_tree(Path(scratch, "root")),
        }


def difference(key, oracle, ours):
    """One part of two answers as a unified diff, or nothing."""
    if oracle == ours:
        return []
    if not isinstance(oracle, list):
        return [f"{key}: wasmtime {oracle!r}, cvm-run {ours!r}"]
    lines = list(difflib.unified_diff(oracle, ours, f"{key} of wasmtime", f"{key} of cvm-run", n=1))
    if len(lines) > MOST_LINES:
        lines[MOST_LINES:] = [f"... and {len(lines) - MOST_LINES} lines more"]
    return ["".join("  " + line.rstrip("\n") + "\n" for line in lines).strip()]


def differences(case, oracle, ours):
    """What differs, in words; an empty list is a pass."""
    if "stdout" not in ours:
        return [ours["exit"]]
    found = difference("exit", oracle["exit"], ours["exit"]) + difference("stdout", oracle["stdout"], ours["stdout"])
    trees = [[f"{name}: {content}\n" for name, content in answer["tree"].items()] for answer in (oracle, ours)]
    found += difference("files", *trees)
    theirs = oracle["stderr"]
    # Beside a failure our own report follows the guest's words.
    our_words = ours["stderr"] if oracle["exit"] == 0 else ours["stderr"][: len(theirs)]
    if found or case.get("stderr", True):
        found += difference("stderr", theirs, ours["stderr"] if found else our_words)
    return found


def wasmtime_command():
    """The worker under a Python that has the wheel, or nothing."""
    for python in (os.environ.get("CVM_WASMTIME_PYTHON"), CACHE / "venv" / "bin" / "python", sys.executable):
        if python and Path(python).exists():
            probe = subprocess.run([str(python), "-c", "import wasmtime.component"], capture_output=True)
            if probe.returncode == 0:
                return [str(python), str(HERE / "run_wasmtime.py")]
    return None


def recorded_path(case):
    return HERE / "expected" / (case["name"].replace("/", ".") + ".json")


def oracle_answer(case, command, timeout):
    """wasmtime's answer: live where the wheel is, else as recorded."""
    if command:
        return run(command, case, timeout)
    if recorded_path(case).exists():
        return json.loads(recorded_path(case).read_text())
    raise Skip("no wasmtime wheel here and no recorded answer")


def plausible(case, answer):
    """Checks on the oracle's side alone: the exit code the table names, and no verdict that came out false."""
    found = []
    if answer["exit"] != case.get("exit", 0):
        found.append(f"exit: the table says {case.get('exit', 0)}, wasmtime gives {answer['exit']}")
    for text in case.get("contains", []):
        if text not in "".join(answer.get("stdout", [])):
            found.append(f"stdout lacks {text!r}")
    return found


def judge(case, options, oracle_command):
    """Runs one case; the differences found."""
    if options.recorded:
        oracle_command = None
    guest_path(case)
    answer = oracle_answer(case, oracle_command, options.timeout)
    found = plausible(case, answer)
    if options.bless and not found:
        recorded_path(case).parent.mkdir(exist_ok=True)
        recorded_path(case).write_text(json.dumps(answer, indent=1, ensure_ascii=False) + "\n")
    if options.show:
        print(json.dumps(answer, indent=1, ensure_ascii=False))
    if options.cvm_run and not found:
        found = differences(case, answer, run([options.cvm_run], case, options.timeout))
    return found


def load_cases():
    """cases.json: `inputs` are named parts that cases take over by `input`; `variants` multiply a case by guest."""
    table = json.loads((HERE / "cases.json").read_text())
    cases = []
    for entry in table["cases"]:
        merged = dict(table["inputs"].get(entry.get("input"), {}))
        merged.update(entry)
        for group, guest in entry["guests"].items():
            case = dict(merged, group=group, guest=guest, name=f"{group}/{entry['name']}")
            case.update(entry.get("except", {}).get(group, {}))
            cases.append(case)
    return cases


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cvm-run", metavar="PATH", help="the command to test")
    parser.add_argument("--only-wasmtime", action="store_true", help="run the oracle alone")
    parser.add_argument("--bless", action="store_true", help="record wasmtime's answers in expected/")
    parser.add_argument("--recorded", action="store_true", help="compare with expected/ even where the wheel is")
    parser.add_argument("--group", help="only this group of cases")
    parser.add_argument("--timeout", type=float, default=300, help="seconds a run may take (default 300)")
    parser.add_argument("--show", action="store_true", help="print the oracle's answers")
    parser.add_argument("--list", action="store_true", help="print the names of the cases and end")
    parser.add_argument("--list-groups", action="store_true", help="print the names of the groups and end")
    parser.add_argument("names", nargs="*", help="patterns of case names, as *tour*")
    options = parser.parse_args()
    if not (options.cvm_run or options.only_wasmtime or options.bless or options.list or options.list_groups):
        parser.error("say --cvm-run PATH, --only-wasmtime or --bless")
    return options


def main():
    options = parse_arguments()
    cases = [case for case in load_cases() if options.group in (None, case["group"])]
    if options.names:
        cases = [case for case in cases if any(fnmatch.fnmatch(case["name"], f"*{name}*") for name in options.names)]
    if options.list_groups:
        print("\n".join(dict.fromkeys(case["group"] for case in cases)))
        return 0
    if options.list:
        print("\n".join(case["name"] for case in cases))
        return 0
    if options.cvm_run and shutil.which(options.cvm_run) is None:
        print(f"{options.cvm_run}: no such command", file=sys.stderr)
        return 2
    oracle_command = wasmtime_command()
    passed = failed = skipped = 0
    for case in cases:
        try:
            found = judge(case, options, oracle_command)
        except Skip as reason:
            skipped += 1
            print(f"SKIP {case['name']}: {reason}", flush=True)
            continue
        failed += bool(found)
        passed += not found
        print(f"{'FAIL' if found else 'PASS'} {case['name']}", *found, sep="\n  " if found else "", flush=True)
    print(f"{passed} passed, {failed} failed, {skipped} skipped")
    return 1 if failed else SKIP_CODE if passed == 0 and skipped > 0 else 0


if __name__ == "__main__":
    sys.exit(main())
