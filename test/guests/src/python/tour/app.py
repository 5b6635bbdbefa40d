"""The walk through WASI of src/rust/tour in Python, as a component of the world `app` (wasi:cli/command).

Arguments: DIRECTORY [end=HOW] [ARGS...]. Only verdicts are printed of clocks and random numbers.
"""
import hashlib
import json
import os
import random
import re
import shutil
import sys
import time

from wit_world import exports
from componentize_py_types import Err


def show(what, action):
    """Calls `action` and prints its result, or the number of the OSError it raised."""
    try:
        print(f"{what}: {action()!r}")
    except OSError as error:
        print(f"{what}: {type(error).__name__} errno {error.errno}")


def listing(path):
    with os.scandir(path) as entries:
        kinds = {e.name: "dir" if e.is_dir(follow_symlinks=False) else "link" if e.is_symlink() else "file" for e in entries}
    print("list:", " ".join(f"{name}:{kind}" for name, kind in sorted(kinds.items())))


def arguments():
    print("[arguments]")
    for index, argument in enumerate(sys.argv):
        print(f"{index}: {argument!r}")
    print("[environment]")
    for name, value in sorted(os.environ.items()):
        print(f"{name}={value}")
    print("absent:", os.environ.get("SURELY_NOT_SET"))


def streams():
    print("[streams]")
    first = sys.stdin.readline()
    print(f"first line: {first!r}")
    rest = sys.stdin.read()
    print(f"rest: {len(rest)} characters, {len(rest.splitlines())} lines")
    print(f"at end: {sys.stdin.read()!r}")
    print("to standard error:", len(rest), file=sys.stderr)


def files(root):
    print("[files]")
    path = os.path.join(root, "tour.txt")
    with open(path, "w", encoding="utf-8") as file:
        file.write("one\ntwo\nthree\n")
    with open(path, "a", encoding="utf-8") as file:
        print("four: ä€😀", file=file)
    with open(path, "r+b") as file:
        print("seek end:", file.seek(-4, os.SEEK_END), file.read())
        file.seek(4)
        file.write(b"TWO")
        print("position:", file.tell())
        show("seek before start", lambda: file.seek(-100))
        file.seek(100)
        file.write(b"!")
        file.flush()
        print("with hole:", os.fstat(file.fileno()).st_size)
        file.truncate(11)
    os.utime(path, ns=(5, 1_000_000_000_000_000_500))
    print("modified:", os.stat(path).st_mtime_ns)
    os.rename(path, os.path.join(root, "renamed.txt"))
    with open(os.path.join(root, "renamed.txt"), encoding="utf-8") as file:
        print("content:", [line for line in file])
    shutil.copyfile(os.path.join(root, "renamed.txt"), os.path.join(root, "copy.txt"))
    print("exists:", os.path.exists(path), os.path.getsize(os.path.join(root, "copy.txt")))


def directories(root):
    print("[directories]")
    deep = os.path.join(root, "made", "a", "b")
    os.makedirs(deep)
    for i in range(20):
        with open(os.path.join(deep, f"file-{i:02}"), "w", encoding="utf-8") as file:
            file.write("x" * i)
    listing(root)
    total = 0
    for folder, folders, names in os.walk(os.path.join(root, "made")):
        folders.sort()
        total += sum(os.path.getsize(os.path.join(folder, name)) for name in names)
        print("walk:", os.path.relpath(folder, root), len(folders), len(names))
    print("total:", total)
    show("mkdir again", lambda: os.mkdir(os.path.join(root, "made")))
    show("rmdir full", lambda: os.rmdir(os.path.join(root, "made")))
    os.rename(os.path.join(root, "made", "a"), os.path.join(root, "moved"))
    for i in range(1, 20):
        os.remove(os.path.join(root, "moved", "b", f"file-{i:02}"))
    os.rmdir(os.path.join(root, "made"))
    os.symlink("renamed.txt", os.path.join(root, "link"))
    print("readlink:", os.readlink(os.path.join(root, "link")), os.path.islink(os.path.join(root, "link")))
    show("missing", lambda: open(os.path.join(root, "missing"), encoding="utf-8"))
    show("exclusive", lambda: open(os.path.join(root, "link"), "x", encoding="utf-8"))
    show("directory as file", lambda: open(os.path.join(root, "moved"), encoding="utf-8"))
    show("outside", lambda: os.listdir(os.path.join(root, "..")))
    show("elsewhere", lambda: os.listdir("/etc"))
    listing(root)


def clocks_and_random():
    print("[clocks and random]")
    points = [time.monotonic_ns() for _ in range(100)]
    print("monotonic:", points == sorted(points))
    start = time.monotonic()
    time.sleep(0.005)
    print("slept:", time.monotonic() - start >= 0.005)
    print("after 2020:", time.time() > 1_577_836_800)
    print("differ:", os.urandom(16) != os.urandom(16), random.random() != random.random())
    random.seed(42)
    print("seeded:", [random.randrange(100) for _ in range(5)])


def language():
    print("[language]")
    text = '{"a": [1, 2.5, null, true], "b": {"c": "gr\\u00f6\\u00dfe"}}'
    print("json:", json.dumps(json.loads(text), sort_keys=True))
    print("sha256:", hashlib.sha256(b"component").hexdigest())
    print("regex:", re.findall(r"(\w+)=(\d+)", "a=1, b=22; c=x"))
    print("integers:", 2**200 % 10**9, sum(i * i for i in range(100_000)))
    print("sorted:", sorted({"b": 1, "a": 2}.items()), f"{3.14159:.2f}", "{:>8}".format("x"))
    try:
        [].pop()
    except IndexError as error:
        print("caught:", error)


class Run(exports.Run):
    def run(self) -> None:
        if len(sys.argv) < 2:
            print("usage: tour DIRECTORY [end=HOW] [ARGS...]", file=sys.stderr)
            raise Err(None)
        arguments()
        streams()
        listing(sys.argv[1])
        files(sys.argv[1])
        directories(sys.argv[1])
        clocks_and_random()
        language()
        print("[end]", flush=True)
        end = sys.argv[2] if len(sys.argv) > 2 else ""
        if end == "end=failure":
            raise Err(None)
        if end == "end=exit-7":
            sys.exit(7)
        if end == "end=exception":
            raise ValueError("as asked")
        if end == "end=abort":
            os.abort()
