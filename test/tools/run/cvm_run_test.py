#!/usr/bin/env python3
"""The program cvm-run from outside: exit codes, and what stands on which stream."""
import os
import subprocess
import sys
import tempfile
import unittest

CVM_RUN = sys.argv.pop(1)
MODULE = b"""
(module
  (func (export "add") (param i32 i32) (result i32) local.get 0 local.get 1 i32.add)
  (func (export "two") (result i64 f32) i64.const -1 f32.const 0.5)
  (func $inner (param i32) (result i32) i32.const 1 local.get 0 i32.div_s)
  (func $divide (export "divide") (param i32) (result i32) local.get 0 call $inner i32.const 1 i32.add)
  (func $deep (export "deep") call $deep unreachable))
"""
COMPONENT = b"""
(component $adder
  (core module $m (func (export "add") (param i32 i32) (result i32) (i32.add (local.get 0) (local.get 1))))
  (core instance $i (instantiate $m))
  (func (export "add") (param "a" u32) (param "b" u32) (result u32) (canon lift (core func $i "add"))))
"""


def run(*words, stdin=b""):
    done = subprocess.run([CVM_RUN, *words], input=stdin, capture_output=True, timeout=120)
    return done.returncode, done.stdout.decode(), done.stderr.decode()


class CvmRun(unittest.TestCase):
    def test_invoke(self):
        self.assertEqual(run("--invoke", "add", "-", "1", "-3", stdin=MODULE), (0, "-2\n", ""))
        self.assertEqual(run("run", "--invoke=two", "-", stdin=MODULE), (0, "-1\n0.5\n", ""))

    def test_trap(self):
        code, out, err = run("--invoke", "divide", "-", "0", stdin=MODULE)
        self.assertEqual((code, out), (134, ""))
        self.assertIn("integer divide by zero", err)
        self.assertRegex(err, r"wasm backtrace:\n +0: inner\n +1: divide\n")

    def test_deep_recursion(self):
        code, _, err = run("--invoke", "deep", "-", stdin=MODULE)
        self.assertEqual(code, 134)
        self.assertIn("call stack exhausted", err)

    def test_load_errors(self):
        for content in (b"", b"\0asm", b"\0asm\1\0\0\0\xff", b"(module (func (result i32)))", b"(modul)", b"\xff\xfe"):
            code, out, err = run("-", stdin=content)
            self.assertEqual((code, out), (0 if content == b"" and code == 0 else 1, ""), content)
        self.assertEqual(run("/no/such/file")[0], 1)
        self.assertIn("No such file", run("/no/such/file")[2])

    def test_unmet_imports_are_all_listed(self):
        code, _, err = run("-", stdin=b'(module (import "a" "b" (func)) (import "c" "d" (memory 1)))')
        self.assertEqual(code, 1)
        for name in "abcd":
            self.assertIn(f"`{name}`", err)

    def test_print_and_parse(self):
        code, text, err = run("print", "-", stdin=MODULE)
        self.assertEqual((code, err), (0, ""))
        self.assertIn("    local.get 0\n    local.get 1\n    i32.add)\n", text)
        folded = run("print", "-", "--folded", stdin=MODULE)[1]
        self.assertIn("(i32.add (local.get 0) (local.get 1))", folded)
        with tempfile.TemporaryDirectory() as folder:
            binaries = []
            for source in (MODULE, text.encode(), folded.encode()):
                self.assertEqual(run("parse", "-", "-o", f"{folder}/out.wasm", stdin=source), (0, "", ""))
                with open(f"{folder}/out.wasm", "rb") as file:
                    binaries.append(file.read())
            self.assertEqual(binaries[0][:4], b"\0asm")
            self.assertEqual(binaries[1:], [binaries[0]] * 2)
            self.assertEqual(run("print", f"{folder}/out.wasm"), (0, text, ""))
            self.assertEqual(run("--invoke", "add", f"{folder}/out.wasm", "1", "2")[1], "3\n")
        self.assertEqual(run("print", "-", stdin=b"\0asm\1\0\0\0\xff")[:2], (1, ""))
        self.assertEqual(run("parse", "-", stdin=b"(module")[:2], (1, ""))
        self.assertEqual(run("print", "a", "b")[0], 2)

    def check_wit(self, text):
        """What `wit` prints is what it reads, also by way of a folder and of a binary."""
        self.assertEqual(run("wit", "-", stdin=text.encode()), (0, text, ""))
        with tempfile.TemporaryDirectory() as folder:
            os.makedirs(f"{folder}/deps/io")
            with open(f"{folder}/root.wit", "w") as file:
                file.write("package a:b@1.0.0; world w { import wasi:io/poll@2.0.0; @unstable(feature = x) import f: func(); }")
            with open(f"{folder}/deps/io/io.wit", "w") as file:
                file.write("package wasi:io@0.2.0; interface poll { resource pollable; }")
            code, text, err = run("wit", folder)
            self.assertEqual((code, err.split("Warning: ")[0]), (0, ""))
            self.assertIn("`wasi:io@2.0.0` is taken as `wasi:io@0.2.0`", err)
            self.assertIn("  import wasi:io/poll@0.2.0;\n}\n", text)
            self.assertIn("import f: func();", run("wit", folder, "--features", "x")[1])
            self.assertEqual(run("wit", folder, "--binary", "-o", f"{folder}/w.wasm")[0], 0)
            self.assertIn("import wasi:io/poll@0.2.0;", run("wit", f"{folder}/w.wasm")[1])
            self.assertEqual(run("wit", f"{folder}/w.wasm", "extra")[0], 2)
        code, _, err = run("wit", "-", stdin=b"package a:b; interface i { f: func(d: types.doc); }")
        self.assertEqual(code, 1)
        self.assertIn("write `use types.{doc};`", err)

    def test_components_in_text(self):
        self.assertEqual(run("--invoke", "add(2, 40)", "-", stdin=COMPONENT), (0, "42\n", ""))
        asynchronous = COMPONENT.replace(b'(func (export "add") (param "a"', b'(func (export "add") async (param "a"')
        self.assertEqual(run("--invoke", "add(2, 40)", "-", stdin=asynchronous), (0, "42\n", ""))
        self.assertEqual(run("validate", "-", stdin=COMPONENT), (0, "", ""))
        self.assertIn("export add: func(a: u32, b: u32) -> u32;", run("wit", "-", stdin=COMPONENT)[1])
        self.check_wit(run("wit", "-", stdin=COMPONENT)[1])
        code, text, err = run("print", "-", stdin=COMPONENT)
        self.assertEqual((code, err), (0, ""))
        self.assertIn("(component $adder\n  (core module $m (;0;)\n", text)
        self.assertIn('  (export (;1;) "add" (func 0))\n)\n', text)
        with tempfile.TemporaryDirectory() as folder:
            binary = f"{folder}/out.wasm"
            for source in (COMPONENT, text.encode()):
                self.assertEqual(run("parse", "-", "-o", binary, stdin=source), (0, "", ""))
                self.assertEqual(run("print", binary), (0, text, ""))
            self.assertEqual(run("--invoke", "add(2, 3)", binary), (0, "5\n", ""))
            self.assertEqual(run("objdump", binary)[0], 2)
        # Errors of the parser and of validation say where in the text.
        self.assertIn("line 2, column 11", run("validate", "-", stdin=b"(component\n  (type $t))")[2])
        self.assertIn("type index out of bounds (at line 2, column 3)",
                      run("validate", "-", stdin=b"(component\n  (type (list 9)))")[2])

    def test_objdump(self):
        code, out, err = run("objdump", "-", stdin=MODULE)
        self.assertEqual((code, err), (0, ""))
        self.assertRegex(out, r"^0: func\[0\] \(param i32 i32\) \(result i32\)\n +0  Enter .*\n[0-9a-f]{8}  local\.get 0\n")
        self.assertRegex(out, r"[0-9a-f]{8}  i32\.add\n(.*\n)? +\d+  i32\.add  acc = ")
        self.assertEqual(out.count("local.get 0"), 3)
        one = run("objdump", "-", "--func", "2", stdin=MODULE)[1]
        self.assertTrue(one.startswith("2: inner (param i32) (result i32)\n"))
        self.assertIn("i32.div_s", one)
        self.assertEqual(run("objdump", "-", "--func", "9", stdin=MODULE)[0], 2)

    def test_bad_usage(self):
        for words in ((), ("--bogus", "x"), ("--dir",), ("-W", "nope=y", "x"), ("wast",), ("validate",), ("run",)):
            code, out, err = run(*words)
            self.assertEqual((code, out), (2, ""), words)
            self.assertNotEqual(err, "")

    def test_wrong_arguments_of_a_function(self):
        self.assertEqual(run("--invoke", "add", "-", "1", stdin=MODULE)[0], 1)
        self.assertEqual(run("--invoke", "nope", "-", stdin=MODULE)[0], 1)

    def test_help_and_version(self):
        self.assertRegex(run("--version")[1], r"^cvm-run \d+\.\d+\.\d+\n$")
        for words in (("--help",), ("help", "wast"), ("wast", "-h"), ("-W", "help"), ("-S", "help")):
            code, out, err = run(*words)
            self.assertEqual((code, err), (0, ""), words)
            self.assertGreater(len(out), 100)

    def test_features(self):
        simd = b"(module (func (drop (v128.const i64x2 0 0))))"
        self.assertEqual(run("validate", "-", stdin=simd)[0], 0)
        code, _, err = run("validate", "-W", "simd=n", "-", stdin=simd)
        self.assertEqual(code, 1)
        self.assertIn("simd", err)

    def test_limits(self):
        grow = b'(module (memory 1) (func (export "f") (result i32) i32.const 1 memory.grow))'
        self.assertEqual(run("--invoke", "f", "-", stdin=grow)[1], "1\n")
        self.assertEqual(run("-W", "max-memory-size=65536", "--invoke", "f", "-", stdin=grow)[1], "-1\n")
        two = b"(module (memory 0) (memory 0))"
        message = "too many memories: 2, the limit is 1 (-W max-memories-per-module)"
        for command in ("run", "validate", "print", "parse", "objdump"):
            self.assertEqual(run(command, "-W", "max-memories-per-module=2", "-", stdin=two)[0], 0, command)
            for limit in ("max-memories-per-module=1", "limits=strict"):
                code, out, err = run(command, "-W", limit, "-", stdin=two)
                self.assertEqual((code, out), (1, ""), command)
                self.assertIn(message, err)
        self.assertEqual(run("-W", "limits=strict,max-memories-per-module=2", "-", stdin=two), (0, "", ""))
        self.assertEqual(run("-W", "max-functions=10000001", "-", stdin=two)[0], 2)

    def test_timeout_and_fuel(self):
        spin = b'(module (func $spin (export "_start") (loop (br 0))))'
        code, out, err = run("-W", "timeout=30ms", "-", stdin=spin)
        self.assertEqual((code, out), (134, ""))
        self.assertIn("deadline exceeded (30ms, -W timeout)", err)
        self.assertRegex(err, r"wasm backtrace:\n +0: spin\n")
        code, out, err = run("-W", "fuel=10000", "-", stdin=spin)
        self.assertEqual((code, out), (134, ""))
        self.assertIn("out of fuel (10000, -W fuel)", err)
        # Time counts from before instantiation; what ends in time and with its fuel says nothing.
        start = b"(module (func $start (loop (br 0))) (start $start))"
        self.assertIn("deadline exceeded (1s, -W timeout)", run("-W", "timeout=1", "-", stdin=start)[2])
        self.assertEqual(run("-W", "timeout=1h,fuel=1000", "--invoke", "add", "-", "1", "2", stdin=MODULE), (0, "3\n", ""))
        for wrong in ("timeout=", "timeout=s", "timeout=-1s", "timeout=1x", "timeout=1.5s", "timeout=9999999999999h", "fuel=x"):
            self.assertEqual(run("-W", wrong, "-", stdin=MODULE)[0], 2, wrong)

    def test_deterministic(self):
        # Clocks, random numbers and the bits of a NaN, as one number each.
        guest = b"""(module
          (import "wasi_snapshot_preview1" "clock_time_get" (func $time (param i32 i64 i32) (result i32)))
          (import "wasi_snapshot_preview1" "random_get" (func $random (param i32 i32) (result i32)))
          (memory (export "memory") 1)
          (func (export "f") (result i64 i64 i64 i64)
            (drop (call $time (i32.const 0) (i64.const 1) (i32.const 0)))
            (drop (call $time (i32.const 1) (i64.const 1) (i32.const 8)))
            (drop (call $random (i32.const 16) (i32.const 8)))
            (i64.load (i32.const 0)) (i64.load (i32.const 8)) (i64.load (i32.const 16))
            (i64.reinterpret_f64 (f64.sqrt (f64.load (i32.const 24)))))
          (data (i32.const 24) "\\00\\00\\00\\00\\00\\00\\f0\\bf"))"""
        runs = {run("-W", "deterministic", "--invoke", "f", "-", stdin=guest) for _ in range(2)}
        self.assertEqual(len(runs), 1)
        code, out, err = runs.pop()
        self.assertEqual((code, err), (0, ""))
        numbers = [int(word) for word in out.split()]
        self.assertEqual((numbers[0], numbers[1], numbers[3]), (0, 0, 0x7FF8000000000000))
        self.assertNotEqual(run("-W", "deterministic", "-S", "random-seed=1", "--invoke", "f", "-", stdin=guest)[1], out)

    def test_wast(self):
        with tempfile.NamedTemporaryFile(suffix=".wast") as script:
            script.write(b'(module (func (export "f") (result i32) i32.const 1))\n'
                         b'(assert_return (invoke "f") (i32.const 1))\n(assert_return (invoke "f") (i32.const 2))\n')
            script.flush()
            code, out, _ = run("wast", script.name)
        self.assertEqual(code, 1)
        self.assertTrue(out.startswith(f"{script.name}:3: "))
        self.assertTrue(out.endswith("\n1 passed, 1 failed, 0 skipped\n"))

    def test_wast_of_components(self):
        with tempfile.NamedTemporaryFile(suffix=".wast") as script:
            script.write(COMPONENT.replace(b"$adder", b"definition $D") + b"""
(component instance $a $D)
(assert_return (invoke $a "add" (u32.const 1) (u32.const 2)) (u32.const 3))
(assert_return (invoke "add" (u32.const 1) (u32.const 2)) (str.const "3"))
(assert_trap (invoke "add" (u32.const 1) (u32.const 2)) "")
(assert_invalid (component (type (list 9))) "type index out of bounds")
(assert_malformed (component quote "(type $t)") "unexpected token")
(assert_malformed (component) "unexpected token")
(component $b binary "x")
(assert_return (invoke $b "add"))
""")
            script.flush()
            code, out, _ = run("wast", script.name)
        self.assertEqual(code, 1)
        self.assertIn(":9: expected \"3\", got 3\n", out)
        self.assertIn(":10: expected a trap: \n", out)
        self.assertIn(":13: expected \"unexpected token\", but the component was accepted\n", out)
        self.assertTrue(out.endswith("\n3 passed, 5 failed, 0 skipped\n"))


unittest.main()
