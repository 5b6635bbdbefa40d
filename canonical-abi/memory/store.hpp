// Storing: from values to the bytes of a guest's memory. definitions.py: "Storing".
//
// Names and order are those of the specification. The order in which realloc is called, and with what, is observable by
// the guest and exactly the specification's. Values come from a host or from another guest: one that does not fit its
// type is an Error of kind kUsage, found on the way (CheckValue finds it before a guest is entered).
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "canonical-abi/memory/context.hpp"
#include "canonical-abi/types/val_type.hpp"
#include "canonical-abi/values/value.hpp"
#include "cvm/result.hpp"

namespace cvm::abi {

// Where a string or list was stored: its pointer, and its length or tagged code units.
struct StoredRange {
  uint64_t ptr = 0;
  uint64_t length = 0;
};

// REQUIRES: ptr is aligned for t and [ptr, ptr + elem_size(t)) was inside the memory.
Result<void> Store(LiftLowerContext& cx, const Value& v, const ValType& t, uint64_t ptr);
Result<void> StoreInt(LiftLowerContext& cx, uint64_t v, uint64_t ptr, uint32_t nbytes);
Result<void> StoreString(LiftLowerContext& cx, const String& v, uint64_t ptr);
Result<StoredRange> StoreStringIntoRange(LiftLowerContext& cx, const String& v);
Result<void> StoreList(LiftLowerContext& cx, const Value& v, uint64_t ptr, const ValType& t);
Result<StoredRange> StoreListIntoRange(LiftLowerContext& cx, const Value& v, const ValType& elem_type);
Result<void> StoreListIntoValidRange(LiftLowerContext& cx, const Value& v, uint64_t ptr, const ValType& elem_type);
Result<void> StoreRecord(LiftLowerContext& cx, const Value& v, uint64_t ptr, const ValType& t);
// The fields themselves, one value each. REQUIRES: vs.size() == fields.size().
Result<void> StoreFields(LiftLowerContext& cx, std::span<const Value> vs, uint64_t ptr,
                         const std::vector<FieldType>& fields);
Result<void> StoreVariant(LiftLowerContext& cx, const Value& v, uint64_t ptr, const ValType& t);
Result<void> StoreFlags(LiftLowerContext& cx, const Value& v, uint64_t ptr, const ValType& t);

// definitions.py: match_case, with the checks that the value fits: its case, and the payload if the case has a type.
struct MatchedCase {
  uint32_t index = 0;
  const CaseType* type = nullptr;
  const Value* payload = nullptr;
};
Result<MatchedCase> MatchCase(const Value& v, const ValType& t);
// definitions.py: pack_flags_into_int
Result<uint32_t> PackFlagsIntoInt(const Value& v, const ValType& t);
// The number that stands for a value of a type that is one number: its bits, zero-extended. Not for strings.
Result<uint64_t> PrimitiveBits(LiftLowerContext& cx, const Value& v, const ValType& t);

// Handles. `t` is the own, borrow, stream or future type; the answer is the index in the receiver's table, or the
// representation where the receiver implements the borrowed resource.
Result<uint32_t> LowerErrorContext(LiftLowerContext& cx, const Value& v);
Result<uint32_t> LowerOwn(LiftLowerContext& cx, const Value& v, const ValType& t);
Result<uint32_t> LowerBorrow(LiftLowerContext& cx, const Value& v, const ValType& t);
Result<uint32_t> LowerStream(LiftLowerContext& cx, const Value& v, const ValType& t);
Result<uint32_t> LowerFuture(LiftLowerContext& cx, const Value& v, const ValType& t);
Result<uint32_t> LowerHandle(LiftLowerContext& cx, const Value& v, const ValType& t);

}  // namespace cvm::abi
