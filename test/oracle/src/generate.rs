//! Modules by wasm-smith.
//!
//! The first bytes of a seed choose the shape (how many functions, how long, which kinds of instructions), the rest are
//! wasm-smith's own choices. Modules for running end: their functions count a global down at each entry and loop head
//! (`ensure_termination`). Their memories and tables are small and have a maximum, so that growing never depends on the machine.

use arbitrary::Unstructured;
use wasm_smith::{Config, InstructionKind, InstructionKinds, MemoryOffsetChoices, Module};

/// Everything of Wasm 3.0 that wasm-smith makes; otherwise what wasmi runs.
const FULL: u32 = 1;
/// Function bodies may be any bytes; such a module is not for running.
const INVALID: u32 = 2;
/// Also proposals that are past 3.0: for validation.
const PROPOSALS: u32 = 4;
/// All modules may trap. Otherwise a third has a check before each instruction that might, of a form that wasmi runs wrongly
/// (test/differential/KNOWN_DIFFS.md).
const TRAPS: u32 = 8;

/// The name under which the global that counts down is exported, so that each call begins with all of it again.
const FUEL: &str = "cvm:fuel";
const MAX_MEMORY_BYTES: u64 = 8 << 16;
const MAX_TABLE_ELEMENTS: u64 = 200;

const KINDS: [InstructionKind; 11] = [
    InstructionKind::NumericInt,
    InstructionKind::VectorInt,
    InstructionKind::Reference,
    InstructionKind::Parametric,
    InstructionKind::Variable,
    InstructionKind::Table,
    InstructionKind::MemoryInt,
    InstructionKind::Control,
    InstructionKind::Aggregate,
    InstructionKind::Numeric,
    InstructionKind::Memory,
];

fn allowed_instructions(u: &mut Unstructured) -> arbitrary::Result<InstructionKinds> {
    // Half the modules have all kinds, the others a subset: what is rare among all is then frequent.
    if u.ratio(1, 2)? {
        return Ok(InstructionKinds::all());
    }
    let mut kinds = vec![InstructionKind::NumericInt, InstructionKind::Variable];
    for kind in KINDS {
        if u.arbitrary()? {
            kinds.push(kind);
        }
    }
    if u.arbitrary()? {
        kinds.push(InstructionKind::Vector);
    }
    Ok(InstructionKinds::new(&kinds))
}

fn config(u: &mut Unstructured, env: &[u8], options: u32) -> arbitrary::Result<Config> {
    let full = options & FULL != 0;
    let proposals = options & PROPOSALS != 0;
    let many = u.ratio(1, 8)?;
    let imports = !env.is_empty() && u.ratio(2, 3)?;
    Ok(Config {
        available_imports: imports.then(|| env.to_vec()),
        max_imports: if imports { u.int_in_range(1..=12)? } else { 0 },
        allow_start_export: u.ratio(1, 4)?,
        allowed_instructions: allowed_instructions(u)?,
        allow_floats: u.ratio(7, 8)?,
        canonicalize_nans: options & INVALID == 0,
        exceptions_enabled: full,
        export_everything: u.ratio(3, 4)?,
        gc_enabled: full,
        compact_imports_enabled: false,
        custom_descriptors_enabled: false,
        custom_page_sizes_enabled: proposals,
        disallow_traps: options & (INVALID | TRAPS) == 0 && u.ratio(1, 3)?,
        generate_custom_sections: options & INVALID != 0,
        max_data_segments: 6,
        max_element_segments: 6,
        max_elements: 12,
        max_funcs: if many { 30 } else { 8 },
        min_funcs: u.int_in_range(1..=8)?,
        min_exports: 1,
        max_globals: 12,
        max_instructions: *u.choose(&[10, 30, 60, 100, 100, 200, 400])?,
        max_memories: *u.choose(&[1, 1, 2, 3])?,
        max_memory32_bytes: MAX_MEMORY_BYTES,
        max_memory64_bytes: MAX_MEMORY_BYTES.into(),
        max_nesting_depth: 10,
        max_table_elements: MAX_TABLE_ELEMENTS,
        max_tables: *u.choose(&[1, 2, 4])?,
        max_types: if full { 30 } else { 12 },
        memory64_enabled: true,
        memory_max_size_required: true,
        memory_offset_choices: MemoryOffsetChoices(90, 9, 1),
        min_uleb_size: *u.choose(&[1, 1, 1, 5])?,
        relaxed_simd_enabled: proposals,
        simd_enabled: u.ratio(3, 4)?,
        table_max_size_required: true,
        threads_enabled: proposals,
        allow_invalid_funcs: options & INVALID != 0,
        wide_arithmetic_enabled: true,
        limit_arrays_in_const_exprs: true,
        ..Config::default()
    })
}

/// A random stream from a short seed (splitmix64), so that consecutive numbers are seeds as good as any.
fn stretch(seed: u64) -> Vec<u8> {
    let mut state = seed;
    let mut next = move || {
        state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = state;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    };
    let words = 64 << (next() % 6); // 512 bytes to 16 KiB
    (0..words).flat_map(|_| next().to_le_bytes()).collect()
}

pub fn generate(seed: &[u8], env: &[u8], options: u32) -> Result<Vec<u8>, String> {
    let stretched;
    let bytes = if let Ok(number) = <[u8; 8]>::try_from(seed) {
        stretched = stretch(u64::from_le_bytes(number));
        &stretched
    } else {
        seed
    };
    let mut u = Unstructured::new(bytes);
    let config = config(&mut u, env, options).map_err(|e| e.to_string())?;
    let fuel = *u.choose(&[500, 1000, 1000, 2000]).map_err(|e| e.to_string())?;
    let mut module = Module::new(config, &mut u).map_err(|e| e.to_string())?;
    if options & INVALID != 0 {
        return Ok(module.to_bytes());
    }
    let global = module.ensure_termination(fuel).map_err(|e| e.to_string())?;
    Ok(export_global(&module.to_bytes(), FUEL, global))
}

/// The module with one more export, of a global; as it is if it has no exports.
fn export_global(module: &[u8], name: &str, global: u32) -> Vec<u8> {
    let mut out = module[..8].to_vec();
    let mut at = 8;
    while at < module.len() {
        let (id, mut body) = (module[at], at + 1);
        let size = read_u32(module, &mut body) as usize;
        if id == 7 {
            let mut entries = body;
            let count = read_u32(module, &mut entries);
            let mut section = Vec::new();
            write_u32(&mut section, count + 1);
            section.extend_from_slice(&module[entries..body + size]);
            write_u32(&mut section, name.len() as u32);
            section.extend_from_slice(name.as_bytes());
            section.push(3);
            write_u32(&mut section, global);
            out.push(id);
            write_u32(&mut out, section.len() as u32);
            out.extend_from_slice(&section);
        } else {
            out.extend_from_slice(&module[at..body + size]);
        }
        at = body + size;
    }
    out
}

fn read_u32(bytes: &[u8], at: &mut usize) -> u32 {
    let (mut value, mut shift) = (0, 0);
    loop {
        let byte = bytes[*at];
        *at += 1;
        value |= u32::from(byte & 0x7f) << shift;
        shift += 7;
        if byte < 0x80 {
            return value;
        }
    }
}

fn write_u32(out: &mut Vec<u8>, mut value: u32) {
    while value >= 0x80 {
        out.push(value as u8 | 0x80);
        value >>= 7;
    }
    out.push(value as u8);
}
