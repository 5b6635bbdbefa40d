// Loading: from the bytes of a guest's memory to values. definitions.py: "Loading".
//
// Names and order are those of the specification. Where it asserts what a caller has checked, these functions rely on
// it; but no access leaves the memory, whatever was checked. Every trap condition is an Error of kind kTrap, every
// allocation is charged to cx.budget first.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "canonical-abi/memory/context.hpp"
#include "canonical-abi/types/val_type.hpp"
#include "canonical-abi/values/value.hpp"
#include "cvm/result.hpp"

namespace cvm::abi {

// MAX_STRING_BYTE_LENGTH, MAX_LIST_BYTE_LENGTH: what a guest may pass in one string or list (security.md ABI-02).
inline constexpr uint64_t kMaxStringByteLength = (uint64_t{1} << 28) - 1;
inline constexpr uint64_t kMaxListByteLength = (uint64_t{1} << 28) - 1;
// REALLOC_I32_MAX: what realloc of a 32-bit memory can be asked for.
inline constexpr uint64_t kReallocI32Max = (uint64_t{1} << 32) - 1;
static_assert(kReallocI32Max > 2 * kMaxStringByteLength && kReallocI32Max > 2 * kMaxListByteLength);

// definitions.py: utf16_tag. The highest bit of a length under latin1+utf16.
constexpr uint64_t Utf16Tag(PtrType ptr_type) { return uint64_t{1} << (PtrSize(ptr_type) * 8 - 1); }

// REQUIRES: ptr is aligned for t and [ptr, ptr + elem_size(t)) was inside the memory.
Result<Value> Load(LiftLowerContext& cx, uint64_t ptr, const ValType& t);
// A type that is one number (or an index), from its bits in memory or in a core value.
Result<Value> LiftPrimitive(LiftLowerContext& cx, uint64_t i, const ValType& t);
Result<uint64_t> LoadInt(LiftLowerContext& cx, uint64_t ptr, uint32_t nbytes);
Result<Value> LoadString(LiftLowerContext& cx, uint64_t ptr);
Result<Value> LoadStringFromRange(LiftLowerContext& cx, uint64_t ptr, uint64_t tagged_code_units);
Result<Value> LiftErrorContext(LiftLowerContext& cx, uint32_t i);
Result<Value> LoadList(LiftLowerContext& cx, uint64_t ptr, const ValType& elem_type, std::optional<uint32_t> length);
Result<Value> LoadListFromRange(LiftLowerContext& cx, uint64_t ptr, uint64_t length, const ValType& elem_type);
Result<Value> LoadListFromValidRange(LiftLowerContext& cx, uint64_t ptr, uint64_t length, const ValType& elem_type);
Result<Value> LoadRecord(LiftLowerContext& cx, uint64_t ptr, const std::vector<FieldType>& fields);
Result<Value> LoadVariant(LiftLowerContext& cx, uint64_t ptr, const std::vector<CaseType>& cases);
Result<Value> LoadFlags(LiftLowerContext& cx, uint64_t ptr, const std::vector<std::string>& labels);
// Bits that no label has are ignored (security.md ABI-05).
Value UnpackFlagsFromInt(uint32_t i, const std::vector<std::string>& labels);

// Handles. `t` is the own, borrow, stream or future type.
Result<Value> LiftOwn(LiftLowerContext& cx, uint32_t i, const ValType& t);
Result<Value> LiftBorrow(LiftLowerContext& cx, uint32_t i, const ValType& t);
Result<Value> LiftStream(LiftLowerContext& cx, uint32_t i, const ValType& t);
Result<Value> LiftFuture(LiftLowerContext& cx, uint32_t i, const ValType& t);
// Any of the four, or an error context, by the kind of `t`.
Result<Value> LiftHandle(LiftLowerContext& cx, uint32_t i, const ValType& t);

}  // namespace cvm::abi
