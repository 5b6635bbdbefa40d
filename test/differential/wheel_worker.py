#!/usr/bin/env python3
"""The wasmtime of the PyPI wheel as an oracle: follows plans on modules and answers transcripts, by pipes.

Standard input: the module of the environment, then pairs of a module and a plan; standard output: a transcript for each pair.
Everything behind its length, a little-endian u32. Plans are described in test/oracle/src/plan.rs, transcripts in
transcript.hpp. Calls go by the wheel's C interface: its Python classes do not know vectors and references of all kinds.
"""
import ctypes
import os
import struct
import sys
import zlib

import wasmtime
from wasmtime import _ffi as ffi

CALL, GLOBAL, MEMORY, TABLE, SET, ENVIRONMENT = 1, 2, 3, 4, 5, 0x80
I32, I64, F32, F64, V128, FUNCREF, EXTERNREF, ANYREF, EXNREF = range(9)  # wasmtime/val.h; plans count alike

TRAPS = {
    "STACK_OVERFLOW": "stack", "MEMORY_OUT_OF_BOUNDS": "memory", "HEAP_MISALIGNED": "unaligned", "TABLE_OUT_OF_BOUNDS": "table",
    "INDIRECT_CALL_TO_NULL": "null", "BAD_SIGNATURE": "signature", "INTEGER_OVERFLOW": "overflow",
    "INTEGER_DIVISION_BY_ZERO": "divide", "BAD_CONVERSION_TO_INTEGER": "conversion", "UNREACHABLE": "unreachable",
    "NULL_REFERENCE": "null", "ARRAY_OUT_OF_BOUNDS": "array", "ALLOCATION_TOO_LARGE": "limit", "CAST_FAILURE": "cast",
    "OUT_OF_FUEL": "limit", "INTERRUPT": "limit", "UNCAUGHT_EXCEPTION": "exception",
}
CLASS_OF_CODE = {getattr(wasmtime.TrapCode, name).value: words for name, words in TRAPS.items() if hasattr(wasmtime.TrapCode, name)}


class Cut(Exception):
    """The run met a limit of the engine's own."""


def read(count):
    data = sys.stdin.buffer.read(count)
    if len(data) != count:
        os._exit(0)
    return data


def read_block():
    return read(struct.unpack("<I", read(4))[0])


def write_block(data):
    sys.stdout.buffer.write(struct.pack("<I", len(data)) + data)
    sys.stdout.buffer.flush()


def new_engine():
    config = wasmtime.Config()
    config.wasm_gc = True
    config.wasm_function_references = True
    config.wasm_exceptions = True
    config.wasm_tail_call = True
    config.wasm_multi_memory = True
    config.wasm_memory64 = True
    config.wasm_wide_arithmetic = True
    config.wasm_relaxed_simd_deterministic = True
    # wasm-smith makes its modules canonicalize NaNs; what it leaves as it is (demotion) is the same on one machine.
    config.cranelift_nan_canonicalization = False
    config.cranelift_opt_level = "none"
    config.parallel_compilation = False
    config.memory_reservation = 0  # small memories, many of them
    config.memory_guard_size = 65536
    config.max_wasm_stack = 1 << 20
    return wasmtime.Engine(config)


def take_error(pointer):
    """The words of an error of the C interface, which is freed."""
    return str(wasmtime.WasmtimeError._from_ptr(pointer))


def error_line(words, trap=None):
    if trap is not None:
        code = ctypes.c_uint8()
        if ffi.wasmtime_trap_code(trap, ctypes.byref(code)):
            kind = CLASS_OF_CODE.get(code.value)
            if kind == "exception":
                return "exception"
            if kind is not None:
                return "trap " + kind
        message = ffi.wasm_byte_vec_t()
        ffi.wasm_trap_message(trap, ctypes.byref(message))
        words = ffi.to_bytes(message).decode("utf-8", "replace") if hasattr(ffi, "to_bytes") else words
    for part, kind in (("uncaught exception", None), ("thrown Wasm exception", None), ("GC heap out of memory", "limit"), ("out of memory", "limit"),
                       ("stack overflow", "stack"), ("call stack exhausted", "stack"), ("allocation", "limit")):
        if part in words:
            return "exception" if kind is None else "trap " + kind
    return "error " + words.replace("\n", " ")


def value_text(value):
    kind = value.kind
    if kind == I32:
        return " i32:%08x" % (value.of.i32 & 0xFFFFFFFF)
    if kind == I64:
        return " i64:%016x" % (value.of.i64 & 0xFFFFFFFFFFFFFFFF)
    if kind == F32:
        bits = value.of.i32 & 0xFFFFFFFF
        return " f32:nan" if bits & 0x7FFFFFFF > 0x7F800000 else " f32:%08x" % bits
    if kind == F64:
        bits = value.of.i64 & 0xFFFFFFFFFFFFFFFF
        return " f64:nan" if bits & 0x7FFFFFFFFFFFFFFF > 0x7FF0000000000000 else " f64:%016x" % bits
    if kind == V128:
        return " v128:%032x" % int.from_bytes(bytes(value.of.v128), "little")
    null = value.of.funcref.store_id == 0 if kind == FUNCREF else value.of.externref.store_id == 0
    return " ref:null" if null else " ref:some"


def set_value(value, kind, bits):
    value.kind = kind
    if kind <= V128:
        value.of.v128[:] = bits


class Run:
    """One store with the environment and one module."""

    def __init__(self, engine, linker_module):
        self.store = wasmtime.Store(engine)
        self.context = self.store._context()
        self.linker = wasmtime.Linker(engine)
        self.environment = self.linker.instantiate(self.store, linker_module)
        self.linker.define_instance(self.store, "env", self.environment)
        self.instance = None
        self.lines = []

    def start(self, module):
        instance = ffi.wasmtime_instance_t()
        trap = ctypes.POINTER(ffi.wasm_trap_t)()
        error = ffi.wasmtime_linker_instantiate(self.linker.ptr(), self.context, module.ptr(), ctypes.byref(instance),
                                                ctypes.byref(trap))
        if error or trap:
            self.finish("start", self.failure(error, trap))
        else:
            self.instance = instance

    def failure(self, error, trap):
        if error:
            return error_line(take_error(error))
        line = error_line("trap", trap)
        exception = ffi.wasmtime_exnref_t()
        if ffi.wasmtime_context_take_exception(self.context, ctypes.byref(exception)):
            ffi.wasmtime_exnref_unroot(ctypes.byref(exception))
            line = "exception"
        ffi.wasm_trap_delete(trap)
        return line

    def finish(self, head, line):
        self.lines.append(head + " " + line)
        if line in ("trap stack", "trap limit"):
            raise Cut()

    def export(self, of_environment, name):
        item = ffi.wasmtime_extern_t()
        instance = self.environment._instance if of_environment else self.instance
        found = ffi.wasmtime_instance_export_get(self.context, ctypes.byref(instance), name, len(name), ctypes.byref(item))
        return item if found else None

    def call(self, head, item, args, result_count):
        raw = (ffi.wasmtime_val_t * max(len(args), 1))()
        for slot, (kind, bits) in zip(raw, args):
            set_value(slot, kind, bits)
        results = (ffi.wasmtime_val_t * max(result_count, 1))()
        trap = ctypes.POINTER(ffi.wasm_trap_t)()
        error = ffi.wasmtime_func_call(self.context, ctypes.byref(item.of.func), raw, len(args), results, result_count,
                                       ctypes.byref(trap))
        if error or trap:
            self.finish(head, self.failure(error, trap))
            return
        self.lines.append(head + " ok" + "".join(value_text(results[i]) for i in range(result_count)))
        for i in range(result_count):
            ffi.wasmtime_val_unroot(ctypes.byref(results[i]))

    def observe(self, head, what, item):
        if what == GLOBAL:
            value = ffi.wasmtime_val_t()
            ffi.wasmtime_global_get(self.context, ctypes.byref(item.of.global_), ctypes.byref(value))
            self.lines.append(head + value_text(value))
            ffi.wasmtime_val_unroot(ctypes.byref(value))
        elif what == MEMORY:
            size = ffi.wasmtime_memory_data_size(self.context, ctypes.byref(item.of.memory))
            base = ffi.wasmtime_memory_data(self.context, ctypes.byref(item.of.memory))
            used = ctypes.string_at(base, size).rstrip(b"\0") if size else b""
            self.lines.append("%s %d %d %08x" % (head, size, len(used), zlib.crc32(used)))
        else:
            self.observe_table(head, item)

    def observe_table(self, head, item):
        size = ffi.wasmtime_table_size(self.context, ctypes.byref(item.of.table))
        some = bytearray()
        value = ffi.wasmtime_val_t()
        for i in range(size):
            if not ffi.wasmtime_table_get(self.context, ctypes.byref(item.of.table), i, ctypes.byref(value)):
                break
            some.append(value_text(value) != " ref:null")
            ffi.wasmtime_val_unroot(ctypes.byref(value))
        self.lines.append("%s %d %08x" % (head, size, zlib.crc32(bytes(some))))

    def follow(self, plan):
        at = number = 0
        while at < len(plan):
            what, size = struct.unpack_from("<BI", plan, at)
            at += 5
            name = plan[at:at + size]
            at += size
            args, result_count = [], 0
            if what & 0x7F in (CALL, SET):
                count = plan[at]
                at += 1
                for _ in range(count):
                    args.append((plan[at], plan[at + 1:at + 17]))
                    at += 17
                result_count = plan[at]
                at += 1
            self.step(number, what, name, args, result_count)
            number += 1

    def step(self, number, what, name, args, result_count):
        if self.instance is None and not what & ENVIRONMENT:
            return
        head = "#%d" % number
        item = self.export(what & ENVIRONMENT != 0, name)
        if item is None:
            self.lines.append(head + " no such export")
        elif what & 0x7F == SET:
            value = ffi.wasmtime_val_t()
            set_value(value, *args[0])
            ffi.wasmtime_global_set(self.context, ctypes.byref(item.of.global_), ctypes.byref(value))
        elif what & 0x7F == CALL:
            self.call(head, item, args, result_count)
        else:
            self.observe(head, what & 0x7F, item)


def transcript(engine, environment, module_bytes, plan):
    try:
        module = wasmtime.Module(engine, module_bytes)
    except wasmtime.WasmtimeError as error:
        return "refused " + str(error)
    run = Run(engine, environment)
    try:
        run.start(module)
        run.follow(plan)
    except Cut:
        pass
    return "".join(line + "\n" for line in run.lines)


def main():
    environment_bytes = read_block()
    engine, environment, runs = None, None, 0
    while True:
        module_bytes, plan = read_block(), read_block()
        if runs % 2000 == 0:  # what an engine keeps of its modules' types
            engine = new_engine()
            environment = wasmtime.Module(engine, environment_bytes)
        runs += 1
        write_block(transcript(engine, environment, module_bytes, plan).encode())


main()
