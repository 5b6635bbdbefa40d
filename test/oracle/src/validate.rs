//! wasmparser's verdict.

use wasmparser::{Validator, WasmFeatures};

/// By the bits of cvm's list of features (vm/types/features.hpp), in its order.
const FEATURES: [WasmFeatures; 21] = [
    WasmFeatures::FLOATS.union(WasmFeatures::GC_TYPES),
    WasmFeatures::MUTABLE_GLOBAL,
    WasmFeatures::SIGN_EXTENSION,
    WasmFeatures::SATURATING_FLOAT_TO_INT,
    WasmFeatures::MULTI_VALUE,
    WasmFeatures::BULK_MEMORY,
    WasmFeatures::REFERENCE_TYPES,
    WasmFeatures::SIMD,
    WasmFeatures::EXTENDED_CONST,
    WasmFeatures::TAIL_CALL,
    WasmFeatures::MULTI_MEMORY,
    WasmFeatures::MEMORY64,
    WasmFeatures::RELAXED_SIMD,
    WasmFeatures::FUNCTION_REFERENCES,
    WasmFeatures::GC,
    WasmFeatures::EXCEPTIONS,
    WasmFeatures::LEGACY_EXCEPTIONS,
    WasmFeatures::THREADS,
    WasmFeatures::CUSTOM_PAGE_SIZES,
    WasmFeatures::WIDE_ARITHMETIC,
    WasmFeatures::CUSTOM_DESCRIPTORS,
];

pub fn validate(module: &[u8], features: u64) -> Result<(), String> {
    let mut set = WasmFeatures::empty();
    for (bit, feature) in FEATURES.iter().enumerate() {
        if features >> bit & 1 == 1 {
            set |= *feature;
        }
    }
    Validator::new_with_features(set).validate_all(module).map(drop).map_err(|e| e.to_string())
}
