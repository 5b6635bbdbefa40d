//! wasmi follows a plan. The transcript's form is that of test/differential/transcript.hpp.

use crate::plan::{steps, Step, CALL, GLOBAL, MEMORY, SET, TABLE};
use std::cell::RefCell;
use std::fmt::Write;
use wasmi::{
    Config, Engine, Error, Extern, Func, Instance, Linker, Module, Nullable, Ref, Store, TrapCode, Val, F32, F64, V128,
};

const MAX_STACK_BYTES: usize = 64 << 20;
const MAX_RECURSION: usize = 100_000;
const MODULES_OF_AN_ENGINE: u32 = 256;

fn engine() -> Engine {
    let mut config = Config::default();
    config.set_max_stack_height(MAX_STACK_BYTES).set_max_recursion_depth(MAX_RECURSION);
    config.wasm_wide_arithmetic(true);
    config.ignore_custom_sections(true);
    Engine::new(&config)
}

fn trap_class(error: &Error) -> &'static str {
    match error.as_trap_code() {
        Some(TrapCode::UnreachableCodeReached) => "unreachable",
        Some(TrapCode::MemoryOutOfBounds) => "memory",
        Some(TrapCode::TableOutOfBounds) => "table",
        Some(TrapCode::IndirectCallToNull) => "null",
        Some(TrapCode::IntegerDivisionByZero) => "divide",
        Some(TrapCode::IntegerOverflow) => "overflow",
        Some(TrapCode::BadConversionToInteger) => "conversion",
        Some(TrapCode::StackOverflow) => "stack",
        Some(TrapCode::BadSignature) => "signature",
        Some(TrapCode::OutOfFuel) | Some(TrapCode::GrowthOperationLimited) | Some(TrapCode::OutOfSystemMemory) => "limit",
        None => {
            let words = error.to_string();
            // Active segments, whose errors have no code.
            match () {
                _ if words.contains("out of bounds table access") => "table",
                _ if words.contains("out of bounds memory access") => "memory",
                _ => "other",
            }
        }
    }
}

fn write_error(out: &mut String, error: &Error) {
    let class = trap_class(error);
    // Writing to a String does not fail.
    let _ = match class {
        "other" => writeln!(out, "error {error}"),
        class => writeln!(out, "trap {class}"),
    };
}

fn write_value(out: &mut String, value: &Val) {
    let _ = match value {
        Val::I32(v) => write!(out, " i32:{:08x}", *v as u32),
        Val::I64(v) => write!(out, " i64:{:016x}", *v as u64),
        Val::F32(v) if f32::from(*v).is_nan() => write!(out, " f32:nan"),
        Val::F32(v) => write!(out, " f32:{:08x}", v.to_bits()),
        Val::F64(v) if f64::from(*v).is_nan() => write!(out, " f64:nan"),
        Val::F64(v) => write!(out, " f64:{:016x}", v.to_bits()),
        Val::V128(v) => write!(out, " v128:{:032x}", v.as_u128()),
        Val::FuncRef(r) => write!(out, " ref:{}", if r.is_null() { "null" } else { "some" }),
        Val::ExternRef(r) => write!(out, " ref:{}", if r.is_null() { "null" } else { "some" }),
    };
}

fn value(kind: u8, bits: u128) -> Val {
    match kind {
        0 => Val::I32(bits as i32),
        1 => Val::I64(bits as i64),
        2 => Val::F32(F32::from_bits(bits as u32)),
        3 => Val::F64(F64::from_bits(bits as u64)),
        4 => Val::V128(V128::from(bits)),
        5 => Val::FuncRef(Nullable::Null),
        _ => Val::ExternRef(Nullable::Null),
    }
}

fn write_memory(out: &mut String, bytes: &[u8]) {
    let used = bytes.iter().rposition(|b| *b != 0).map_or(0, |last| last + 1);
    let _ = writeln!(out, " {} {} {:08x}", bytes.len(), used, crc32fast::hash(&bytes[..used]));
}

fn write_table(out: &mut String, size: u64, get: impl Fn(u64) -> Option<Ref>) {
    let some: Vec<u8> = (0..size).map(|i| get(i).is_some_and(|r| r.is_non_null()) as u8).collect();
    let _ = writeln!(out, " {} {:08x}", size, crc32fast::hash(&some));
}

fn call(out: &mut String, store: &mut Store<()>, func: Func, step: &Step) -> bool {
    let args: Vec<Val> = step.args.iter().map(|(kind, bits)| value(*kind, *bits)).collect();
    let mut results = vec![Val::I32(0); step.results];
    match func.call(&mut *store, &args, &mut results) {
        Ok(()) => {
            out.push_str(" ok");
            results.iter().for_each(|r| write_value(out, r));
            out.push('\n');
        }
        Err(error) => {
            out.push(' ');
            write_error(out, &error);
            // Where an engine's stack ends is its own affair: what follows cannot be compared.
            return !matches!(trap_class(&error), "stack" | "limit");
        }
    }
    true
}

fn follow(out: &mut String, store: &mut Store<()>, instance: &Instance, number: usize, step: &Step) -> bool {
    if let (SET, Some(Extern::Global(global))) = (step.what, instance.get_export(&*store, step.name)) {
        // A plan sets what it knows to be a variable of this type.
        let _ = global.set(&mut *store, value(step.args[0].0, step.args[0].1));
        return true;
    }
    let _ = write!(out, "#{number}");
    match (step.what, instance.get_export(&*store, step.name)) {
        (CALL, Some(Extern::Func(func))) => return call(out, store, func, step),
        (GLOBAL, Some(Extern::Global(global))) => {
            write_value(out, &global.get(&*store));
            out.push('\n');
        }
        (MEMORY, Some(Extern::Memory(memory))) => write_memory(out, memory.data(&*store)),
        (TABLE, Some(Extern::Table(table))) => write_table(out, table.size(&*store), |i| table.get(&*store, i)),
        _ => out.push_str(" no such export\n"),
    }
    true
}

pub fn run(module: &[u8], env: &[u8], plan: &[u8]) -> Result<String, String> {
    thread_local! {
        // And how many modules it has seen: it keeps the code of all.
        static ENGINE: RefCell<(Engine, u32)> = RefCell::new((engine(), 0));
    }
    let engine = ENGINE.with_borrow_mut(|(current, modules)| {
        *modules += 1;
        if *modules % MODULES_OF_AN_ENGINE == 0 {
            *current = engine();
        }
        current.clone()
    });
    let module = Module::new(&engine, module).map_err(|e| e.to_string())?;
    let mut store = Store::new(&engine, ());
    let mut linker = <Linker<()>>::new(&engine);
    let environment = Module::new(&engine, env).map_err(|e| format!("environment: {e}"))?;
    let environment = linker.instantiate_and_start(&mut store, &environment).map_err(|e| format!("environment: {e}"))?;
    linker.instance(&mut store, "env", environment).map_err(|e| e.to_string())?;
    let mut out = String::new();
    let instance = match linker.instantiate_and_start(&mut store, &module) {
        Ok(instance) => Some(instance),
        Err(error) => {
            out.push_str("start ");
            write_error(&mut out, &error);
            if matches!(trap_class(&error), "stack" | "limit") {
                return Ok(out);
            }
            None
        }
    };
    for (number, step) in steps(plan).enumerate() {
        let of = if step.of_env { Some(&environment) } else { instance.as_ref() };
        if let Some(of) = of {
            if !follow(&mut out, &mut store, of, number, &step) {
                break;
            }
        }
    }
    Ok(out)
}
