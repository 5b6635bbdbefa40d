"""cvm-run compose and --link: plugs, versions, scripts; what other tools say of the result where they are installed."""
import glob
import os
import shutil
import subprocess
import sys
import tempfile
import unittest

CVM_RUN = sys.argv.pop(1)
WASM_TOOLS = shutil.which("wasm-tools") or shutil.which(os.path.expanduser("~/.cargo/bin/wasm-tools"))
WASMTIME_PYTHON = next(iter(glob.glob(os.path.expanduser("~/.cache/cvm/venv/bin/python3"))), None)

# Exports calc, and needs a part of the sink.
CALC = """(component
  (import "t:log/sink@0.2.3" (instance $sink
    (type $level' (enum "low" "high")) (export "level" (type $level (eq $level')))
    (export "put" (func (param "l" $level)))))
  (core module $m
    (func (export "add") (param i32 i32) (result i32) (i32.add (local.get 0) (local.get 1))))
  (core instance $i (instantiate $m))
  (func $add (param "a" u32) (param "b" u32) (result u32) (canon lift (core func $i "add")))
  (instance $calc (export "add" (func $add)))
  (export "t:math/calc@1.0.2" (instance $calc)))"""

APP = """(component
  (import "t:log/sink@0.2.0" (instance $sink
    (type $level' (enum "low" "high")) (export "level" (type $level (eq $level')))
    (export "get" (func (result $level)))))
  (import "t:math/calc@1.0.0" (instance $c (export "add" (func (param "a" u32) (param "b" u32) (result u32)))))
  (core func $add (canon lower (func $c "add")))
  (core module $m
    (import "c" "add" (func $add (param i32 i32) (result i32)))
    (func (export "run") (param i32) (result i32) (call $add (local.get 0) (i32.const 2))))
  (core instance $i (instantiate $m (with "c" (instance (export "add" (func $add))))))
  (func (export "run") (param "n" u32) (result u32) (canon lift (core func $i "run"))))"""

# Meets the sinks of both, so that the whole imports nothing.
SINK = """(component
  (core module $m (func (export "put") (param i32)) (func (export "get") (result i32) (i32.const 1)))
  (core instance $i (instantiate $m))
  (type $level (enum "low" "high"))
  (func $put (param "l" $level) (canon lift (core func $i "put")))
  (func $get (result $level) (canon lift (core func $i "get")))
  (component $shim
    (type $in (enum "low" "high"))
    (import "in-level" (type $level (eq $in)))
    (import "in-put" (func $put (param "l" $level)))
    (import "in-get" (func $get (result $level)))
    (export $out "level" (type $level))
    (export "put" (func $put) (func (param "l" $out)))
    (export "get" (func $get) (func (result $out))))
  (instance $sink (instantiate $shim (with "in-level" (type $level)) (with "in-put" (func $put)) (with "in-get" (func $get))))
  (export "t:log/sink@0.2.4" (instance $sink)))"""


def run(*args, stdin=b""):
    done = subprocess.run([CVM_RUN, *args], input=stdin, capture_output=True, timeout=60)
    return done.returncode, done.stdout.decode(), done.stderr.decode()


class Compose(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.mkdtemp()
        self.addCleanup(shutil.rmtree, self.folder)
        os.makedirs(f"{self.folder}/deps/t")
        for name, text in (("calc", CALC), ("app", APP), ("sink", SINK)):
            self.write(f"deps/t/{name}.wat", text)

    def write(self, name, text):
        with open(f"{self.folder}/{name}", "w") as file:
            file.write(text)
        return f"{self.folder}/{name}"

    def part(self, name):
        return f"{self.folder}/deps/t/{name}.wat"

    def compose(self, *args):
        code, _, err = run("compose", *args, "-o", f"{self.folder}/out.wasm")
        self.assertEqual((code, err), (0, ""))
        out = f"{self.folder}/out.wasm"
        self.assertEqual(run("validate", out), (0, "", ""))
        if WASM_TOOLS:
            done = subprocess.run([WASM_TOOLS, "validate", "--features", "all", out], capture_output=True)
            self.assertEqual(done.stderr.decode(), "")
        return out

    def runs(self, out):
        self.assertEqual(run("--invoke", "run(40)", out), (0, "42\n", ""))
        if not WASMTIME_PYTHON:
            return
        script = ("import sys, wasmtime as w; from wasmtime import component as c; e = w.Engine(); s = w.Store(e); "
                  "i = c.Linker(e).instantiate(s, c.Component.from_file(e, sys.argv[1])); "
                  "print(i.get_func(s, 'run')(s, 40))")
        done = subprocess.run([WASMTIME_PYTHON, "-c", script, out], capture_output=True)
        self.assertEqual((done.stdout, done.stderr), (b"42\n", b""))

    def test_plugs(self):
        out = self.compose("--plug", self.part("calc"), self.part("app"))
        wit = run("wit", out)[1]
        # Both sinks are one import, by the newest version, with what both need of it.
        self.assertIn("world root {\n  import t:log/sink@0.2.3;\n  export run: func(n: u32) -> u32;\n}\n", wit)
        self.assertIn("put: func(l: level);\n    get: func() -> level;", wit)
        whole = self.compose("--plug", self.part("sink"), out)
        self.assertNotIn("import", run("wit", whole)[1])
        self.runs(whole)

    def test_what_does_not_fit(self):
        code, _, err = run("compose", "--plug", self.part("app"), self.part("calc"))
        self.assertEqual(code, 2)
        self.assertIn("exports nothing that", err)
        other = self.write("other.wat", CALC.replace('(param "a" u32)', '(param "a" s32)'))
        code, _, err = run("compose", "--plug", other, self.part("app"))
        self.assertEqual(code, 1)
        self.assertIn("the components do not fit", err)
        self.assertIn("type mismatch for import `t:math/calc@1.0.0`", err)
        self.assertEqual(run("compose", self.part("app"))[0], 2)

    def test_scripts(self):
        for text in ("let s = new t:sink {}; let c = new t:calc { sink: s.sink }; let a = new t:app { sink: s.sink, calc: c.calc };"
                     "export a.run;",
                     'let s = new t:sink {}; let calc = new t:calc { "t:log/sink@0.2.3": s["t:log/sink@0.2.4"] }.calc;'
                     "export (new t:app { calc, ...s })...;",
                     "let s = new t:sink {}; let c = new t:calc { ...s }; export new t:app { ...c, ...s }.run as run;"):
            script = self.write("x.wac", "package t:x@1.0.0; // composed\n" + text)
            out = self.compose(script, "--deps-dir", f"{self.folder}/deps")
            self.assertNotIn("import", run("wit", out)[1])
            self.runs(out)
        script = self.write("x.wac", "package t:x; import sink as my-sink: t:log/sink@0.2.3; let c = new t:calc { sink };"
                                     "let a = new t:app { ...c, ... }; export a...; export c.calc.add as add;")
        out = self.compose(script, "--dep", f"t:calc={self.part('calc')}", "--dep", f"t:app={self.part('app')}")
        wit = run("wit", out)[1]
        for line in ("import my-sink: interface {", "import t:log/sink@0.2.0;", "export run: func(n: u32) -> u32;",
                     "export add: func(a: u32, b: u32) -> u32;"):
            self.assertIn(line, wit)

    def test_errors_of_scripts(self):
        for text, words in (("let a = 1;", "expected an expression"),
                            ("export b;", "`b` is not defined; define it before"),
                            ("let s = new t:sink { x: s };", "`s` is not defined"),
                            ("let c = new t:calc {};", "the argument `t:log/sink@0.2.3` of `t:calc` is missing"),
                            ("let s = new t:sink {}; let c = new t:calc { oops: s.sink };", "`t:calc` has no import `oops`"),
                            ("let s = new t:sink {}; export s.oops;", "no export `oops`; it has `t:log/sink@0.2.4`"),
                            ("let s = new t:sink {}; export s;", "the export has no name"),
                            ("let s = new t:sink {}; let s = new t:sink {};", "`s` is already defined"),
                            ("let a = new t:app { ..., ... };", "`...` is the last argument"),
                            ("let a = new t:none {};", "package `t:none` is not known"),
                            ("import i: t:log/sink@0.2.3;", "is given to no component"),
                            ("import i: func(;", "expected"),
                            ("import i: interface { f: func(a: nope); };", "type `nope` is not defined here"),
                            ("import i: interface {", "the import has no end"),
                            ("interface i {}", "declarations of types are not taken"),
                            ("let a = " + "(" * 1000, "expressions nest too deep")):
            script = self.write("x.wac", "package t:x; " + text)
            code, _, err = run("compose", script, "--deps-dir", f"{self.folder}/deps")
            self.assertNotEqual(code, 0, text)
            self.assertIn(words, err, text)

    def test_guests_of_toolchains(self):
        """Rust (WASI 0.2.6) and C (0.2.12) in one: their imports of WASI are one, by the newest, and C runs as by itself."""
        guests = os.path.join(os.path.dirname(__file__), "..", "..", "guests", "wasm")
        parts = [f"{guests}/{name}-tour.wasm" for name in ("rust-p2", "c-component")]
        script = self.write("x.wac", 'package t:x; let a = new t:rust { ... }; let b = new t:c { ... };'
                                     'export b["wasi:cli/run@0.2.12"];')
        out = self.compose(script, "--dep", f"t:rust={parts[0]}", "--dep", f"t:c={parts[1]}")
        wit = run("wit", out)[1]
        self.assertIn("  import wasi:io/streams@0.2.12;\n", wit)
        self.assertNotIn("streams@0.2.6", wit)
        answers = []
        for path in (out, parts[1]):
            folder = tempfile.mkdtemp(dir=self.folder)
            answers.append(run("--argv0", "tour", "--dir", f"{folder}::/work", path, "/work"))
        self.assertEqual(answers[0][0], 0)
        self.assertEqual(answers[0], answers[1])

    def test_link(self):
        links = [word for name in ("sink", "calc") for word in ("--link", f"{name}={self.part(name)}")]
        self.assertEqual(run(*links, "--invoke", "run(40)", self.part("app")), (0, "42\n", ""))
        code, _, err = run("--link", f"app={self.part('app')}", "--invoke", "add(1, 2)", self.part("calc"))
        self.assertEqual(code, 1)
        self.assertIn("failed to link `app`", err)
        self.assertEqual(run("--link", "oops", self.part("app"))[0], 2)


if __name__ == "__main__":
    unittest.main()
