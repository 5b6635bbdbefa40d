#!/usr/bin/env python3
"""The checks find what they are for: each is run over a small tree with one breach in it."""
import pathlib
import subprocess
import sys
import tempfile
import unittest

CHECKS = pathlib.Path(__file__).resolve().parents[2] / "tools/checks"
LAYERS = "vm/base:\nvm/isa:\nvm/text: vm/isa\nwasi/os:\ntools/run: wasi/os\n"


def check(name, files):
    """(exit code, output) of a check over a tree with these files."""
    with tempfile.TemporaryDirectory() as folder:
        root = pathlib.Path(folder)
        for path, text in {"tools/checks/layers.txt": LAYERS, **files}.items():
            (root / path).parent.mkdir(parents=True, exist_ok=True)
            (root / path).write_text(text)
        done = subprocess.run([sys.executable, CHECKS / name, folder], capture_output=True, text=True)
        return done.returncode, done.stdout + done.stderr


class Checks(unittest.TestCase):
    def breach(self, check_name, files, words):
        code, output = check(check_name, files)
        self.assertEqual(code, 1, output)
        self.assertIn(words, output)

    def fine(self, check_name, files):
        code, output = check(check_name, files)
        self.assertEqual(code, 0, output)

    def test_layers(self):
        self.fine("layers.py", {"vm/text/a.cpp": '#include "vm/isa/b.hpp"\n#include "vm/base/c.hpp"\n#include <vector>\n'})
        self.breach("layers.py", {"vm/isa/a.cpp": '\n#include "vm/text/b.hpp"\n'}, "vm/isa/a.cpp:2: vm/isa may not include vm/text")
        self.breach("layers.py", {"vm/isa/a.cpp": '#include "cvm/w.hpp"\n', "wasi/include/cvm/w.hpp": ""}, "stands above vm")
        self.breach("layers.py", {"vm/include/cvm/a.hpp": '#include "vm/isa/b.hpp"\n'}, "a public header includes a private one")
        self.breach("layers.py", {"tools/run/a.cpp": '#include "wasi/os/b.hpp"\n'}, "public headers alone")
        self.breach("layers.py", {"vm/lost/a.cpp": ""}, "lies in no room")
        self.breach("layers.py", {"tools/checks/layers.txt": "a/b: a/c\na/c:\n"}, "a/b names a/c")

    def test_sizes(self):
        self.fine("sizes.py", {"vm/isa/a.cpp": "\n" * 700})
        self.breach("sizes.py", {"vm/isa/a.cpp": "\n" * 801}, "801 lines")

    def test_words(self):
        self.fine("words.py", {"vm/isa/a.cpp": "// to exit( or abort() is a comment\nstring = \"abort(\"; x.exit(1);\n"})
        self.breach("words.py", {"vm/isa/a.cpp": "// TO" "DO: this\n"}, "vm/isa/a.cpp:1")
        self.breach("words.py", {"vm/isa/a.cpp": "  std::abort();\n"}, "the library calls `abort`")
        self.fine("words.py", {"tools/run/a.cpp": "  std::printf(\"\");\n"})

    def test_paths(self):
        documents = {name: "" for name in ("README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "SECURITY.md", "docs/a.md")}
        self.fine("paths.py", {**documents, "README.md": "see tools/checks/layers.txt.\n"})
        self.breach("paths.py", {**documents, "README.md": "\nsee `tools/nothing`\n"}, "README.md:2: there is no tools/nothing")

    def test_rows(self):
        numbers = {"DEC": 8, "INT": 9, "MEM": 7, "ABI": 9, "HND": 5, "ASY": 6, "FS": 13, "HST": 7}
        ids = [f"{name}-{i:02}" for name, last in numbers.items() for i in range(1, last + 1) if (name, i) != ("HST", 6)]
        cases = [f'TEST_CASE("{row}: a name") {{}}\n' for row in ids[:-2]]
        cases += [f'TEST_CASE("a name",\n          "[{row}]") {{}}\n' for row in ids[-2:]]
        self.fine("rows.py", {"test/vm/a_test.cpp": "".join(cases)})
        self.breach("rows.py", {"test/vm/a_test.cpp": "".join(cases[1:]) + f"// {ids[0]} in a comment\n"}, "DEC-01 has no test")
        self.breach("rows.py", {"test/vm/a_test.cpp": "".join(cases) + 'TEST_CASE("DEC-99 a name") {}\n'}, "DEC-99 is no row")


unittest.main()
