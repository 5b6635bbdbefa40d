//! Other engines behind a C interface (oracle.hpp): modules from wasm-smith, verdicts of wasmparser, transcripts of wasmi.
//!
//! Nothing here aborts on what a module does. A panic of an engine is caught and answered as `Status::Panic`, so that it
//! is not taken for a finding about cvm.

mod generate;
mod plan;
mod run;
mod validate;

use std::panic::{catch_unwind, AssertUnwindSafe};

/// Bytes that belong to Rust until `cvm_oracle_free`.
#[repr(C)]
pub struct Bytes {
    data: *mut u8,
    size: usize,
    capacity: usize,
}

impl Bytes {
    fn new(bytes: Vec<u8>) -> Self {
        let mut bytes = std::mem::ManuallyDrop::new(bytes);
        Bytes { data: bytes.as_mut_ptr(), size: bytes.len(), capacity: bytes.capacity() }
    }
}

/// What a call answers besides its bytes.
#[repr(i32)]
#[derive(Clone, Copy, PartialEq)]
pub enum Status {
    Ok = 0,
    /// The module was rejected, or none could be made; the bytes are the reason.
    Rejected = 1,
    /// The engine itself failed; the bytes are its words.
    Panic = 2,
}

/// A slice of the caller's.
///
/// # Safety
/// `data` must point to `size` readable bytes for the time of the call, unless `size` is 0.
unsafe fn slice<'a>(data: *const u8, size: usize) -> &'a [u8] {
    if size == 0 {
        &[]
    } else {
        std::slice::from_raw_parts(data, size)
    }
}

fn guarded(out: *mut Bytes, body: impl FnOnce() -> (Status, Vec<u8>)) -> Status {
    let (status, bytes) = catch_unwind(AssertUnwindSafe(body)).unwrap_or_else(|panic| {
        let words = panic
            .downcast_ref::<String>()
            .cloned()
            .or_else(|| panic.downcast_ref::<&str>().map(|s| s.to_string()))
            .unwrap_or_default();
        (Status::Panic, words.into_bytes())
    });
    // SAFETY: the caller passes a place for one Bytes.
    unsafe { out.write(Bytes::new(bytes)) };
    status
}

/// Silences the messages of caught panics. Call once, before the other functions.
#[no_mangle]
pub extern "C" fn cvm_oracle_init() {
    std::panic::set_hook(Box::new(|_| {}));
}

/// # Safety
/// `bytes` must come from a function of this library and not have been freed.
#[no_mangle]
pub unsafe extern "C" fn cvm_oracle_free(bytes: Bytes) {
    if !bytes.data.is_null() {
        drop(Vec::from_raw_parts(bytes.data, bytes.size, bytes.capacity));
    }
}

/// A module from `seed`, see generate.rs; `env` is the module whose exports it may import.
///
/// # Safety
/// See `slice`; `out` must be a place for one `Bytes`.
#[no_mangle]
pub unsafe extern "C" fn cvm_oracle_generate(
    seed: *const u8,
    seed_size: usize,
    env: *const u8,
    env_size: usize,
    options: u32,
    out: *mut Bytes,
) -> Status {
    let (seed, env) = (slice(seed, seed_size), slice(env, env_size));
    guarded(out, || match generate::generate(seed, env, options) {
        Ok(module) => (Status::Ok, module),
        Err(why) => (Status::Rejected, why.into_bytes()),
    })
}

/// Whether wasmparser takes the module; `features` by the bits of cvm's own list, see validate.rs.
///
/// # Safety
/// See `slice`; `out` must be a place for one `Bytes`.
#[no_mangle]
pub unsafe extern "C" fn cvm_oracle_validate(module: *const u8, size: usize, features: u64, out: *mut Bytes) -> Status {
    let module = slice(module, size);
    guarded(out, || match validate::validate(module, features) {
        Ok(()) => (Status::Ok, Vec::new()),
        Err(why) => (Status::Rejected, why.into_bytes()),
    })
}

/// Runs a plan (plan.rs) on the module, linked to `env`, in wasmi; answers the transcript.
///
/// # Safety
/// See `slice`; `out` must be a place for one `Bytes`.
#[no_mangle]
pub unsafe extern "C" fn cvm_oracle_run(
    module: *const u8,
    size: usize,
    env: *const u8,
    env_size: usize,
    plan: *const u8,
    plan_size: usize,
    out: *mut Bytes,
) -> Status {
    let (module, env, plan) = (slice(module, size), slice(env, env_size), slice(plan, plan_size));
    guarded(out, || match run::run(module, env, plan) {
        Ok(transcript) => (Status::Ok, transcript.into_bytes()),
        Err(why) => (Status::Rejected, why.into_bytes()),
    })
}
