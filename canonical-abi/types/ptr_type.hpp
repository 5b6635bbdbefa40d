// The two widths of pointer that a linear memory can have, and the core value types that values flatten to.
//
// Everything of the Canonical ABI whose size depends on the memory (strings, lists) is parametrised by PtrType: i32 for
// an ordinary memory, i64 for one of the memory64 kind. Plain enums, no owner, any thread.
#pragma once

#include <cstdint>
#include <string_view>

namespace cvm::abi {

enum class PtrType : uint8_t { kI32, kI64 };

// definitions.py: ptr_size
constexpr uint32_t PtrSize(PtrType ptr_type) { return ptr_type == PtrType::kI32 ? 4 : 8; }

// A core value type as flatten_type produces it; no vectors or references cross a component boundary.
enum class CoreType : uint8_t { kI32, kI64, kF32, kF64 };

constexpr CoreType CoreTypeOf(PtrType ptr_type) { return ptr_type == PtrType::kI32 ? CoreType::kI32 : CoreType::kI64; }

// "i32", "i64", "f32" or "f64".
std::string_view CoreTypeName(CoreType type);

}  // namespace cvm::abi
