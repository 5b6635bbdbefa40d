#!/usr/bin/env python3
"""Runs one guest under the wasmtime library (PyPI wheel `wasmtime`), with the command line of cvm-run.

    run_wasmtime.py [--dir HOST[::GUEST[::ro]]]... [--env NAME=VALUE]... [--invoke 'FUNC(ARGS)'] FILE [ARGS...]

Standard streams are the process's own. The exit code is the guest's; 1 where `run` answers an error or the file does
not load or link; 134 for a trap; 2 for bad usage. Must run under a Python that has the wheel (build.sh makes one).
"""
import argparse
import ast
import ctypes
import os
import sys

COMPONENT_LAYER = b"\x0d\x00\x01\x00"  # bytes 4..7 of a component binary; a core module has 01 00 00 00


def parse_arguments(argv):
    parser = argparse.ArgumentParser(prog="run_wasmtime.py")
    parser.add_argument("--dir", action="append", default=[], metavar="HOST[::GUEST[::ro]]")
    parser.add_argument("--env", action="append", default=[], metavar="NAME=VALUE")
    parser.add_argument("--invoke", metavar="FUNC(ARGS)", help="of a component; prints the result")
    parser.add_argument("file")
    parser.add_argument("args", nargs=argparse.REMAINDER)
    return parser.parse_args(argv)


def wasi_config(options):
    import wasmtime

    config = wasmtime.WasiConfig()
    config.argv = [os.path.basename(options.file)] + options.args
    config.env = [tuple(pair.split("=", 1)) for pair in options.env]
    config.inherit_stdin()
    config.inherit_stdout()
    config.inherit_stderr()
    for spec in options.dir:
        fields = spec.split("::")
        guest = fields[1] if len(fields) > 1 else fields[0]
        config.preopen_dir(fields[0], guest, fs_mutable=fields[2:] != ["ro"])
    return config


def new_engine():
    """An engine with the compilation cache on: Python's 18 MB take half a minute of Cranelift once, not every time."""
    import wasmtime

    config = wasmtime.Config()
    wasmtime._ffi.wasmtime_config_wasm_component_model_async_set(config.ptr(), True)
    try:
        config.cache = True
    except wasmtime.WasmtimeError:  # a read-only home: slower, not wrong
        pass
    return wasmtime.Engine(config)


def run_module(options, engine):
    import wasmtime

    linker = wasmtime.Linker(engine)
    linker.define_wasi()
    store = wasmtime.Store(engine)
    store.set_wasi(wasi_config(options))
    instance = linker.instantiate(store, wasmtime.Module.from_file(engine, options.file))
    exports = instance.exports(store)
    if "_initialize" in exports:
        exports["_initialize"](store)
    exports["_start"](store)
    return 0


def call_async(function, store, arguments):
    """Calls a function of type `async`, for which the wheel's Python has no method."""
    import wasmtime
    from wasmtime import _ffi as ffi

    kind = function.type(store)
    given = (ffi.wasmtime_component_val_t * max(len(kind.params), 1))()
    for place, ((_, param), value) in enumerate(zip(kind.params, arguments)):
        param.convert_to_c(store, value, ctypes.pointer(given[place]))
    answer = ffi.wasmtime_component_val_t()
    error = ctypes.POINTER(ffi.wasmtime_error_t)()
    future = ffi.wasmtime_component_func_call_async(
        ctypes.byref(function._func), store._context(), given, len(kind.params), ctypes.byref(answer),
        0 if kind.result is None else 1, ctypes.byref(error))
    while not ffi.wasmtime_call_future_poll(future):
        pass
    ffi.wasmtime_call_future_delete(future)
    if error:
        raise wasmtime.WasmtimeError._from_ptr(error)
    return None if kind.result is None else kind.result.convert_from_c(answer)


def wave(value):
    """What the guests' results need of the text form of values."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
    if isinstance(value, (list, tuple)):
        ends = "[]" if isinstance(value, list) else "()"
        return ends[0] + ", ".join(wave(part) for part in value) + ends[1]
    return str(value)


def invoke(options, store, instance):
    name, _, rest = options.invoke.partition("(")
    arguments = ast.literal_eval("(" + rest.removesuffix(")") + ",)") if rest != ")" else ()
    result = call_async(instance.get_func(store, name), store, arguments)
    if result is not None:
        print(wave(result))
    return 0


def run_component(options, engine):
    import wasmtime
    import wasmtime.component as wc

    component = wc.Component.from_file(engine, options.file)
    linker = wc.Linker(engine)
    linker.add_wasip2()
    linker.add_wasi_http()
    store = wasmtime.Store(engine)
    store.set_wasi(wasi_config(options))
    store.set_wasi_http()
    instance = linker.instantiate(store, component)
    if options.invoke:
        return invoke(options, store, instance)
    for patch in range(0, 13):
        interface = instance.get_export_index(store, f"wasi:cli/run@0.2.{patch}")
        if interface is not None:
            break
    else:
        print(f"host error: {options.file} exports no wasi:cli/run@0.2", file=sys.stderr)
        return 1
    run = instance.get_func(store, instance.get_export_index(store, "run", interface))
    result = run(store)
    # result<_, _> comes back as None for ok, or as a tagged payload, depending on the wheel's version.
    return 1 if getattr(result, "tag", result) in ("err", False) else 0


def is_trap(error):
    import wasmtime

    # Component calls report a trap as a plain error whose text carries the backtrace.
    return isinstance(error, wasmtime.Trap) or "wasm backtrace:" in str(error) or "wasm trap:" in str(error)


def main(argv):
    options = parse_arguments(argv)
    try:
        import wasmtime
    except ImportError:
        print("the wasmtime wheel is not installed here: test/guests/build.sh wasmtime", file=sys.stderr)
        return 77
    with open(options.file, "rb") as file:
        run = run_component if file.read(8)[4:] == COMPONENT_LAYER else run_module
    try:
        return run(options, new_engine())
    except wasmtime.ExitTrap as exit_trap:
        return exit_trap.code
    except (wasmtime.WasmtimeError, wasmtime.Trap) as error:
        print(f"host error: {error}", file=sys.stderr)
        return 134 if is_trap(error) else 1


if __name__ == "__main__":
    code = main(sys.argv[1:])
    sys.stdout.flush()
    os._exit(code)  # not sys.exit: the reader thread of an inherited stdin may still wait for input
