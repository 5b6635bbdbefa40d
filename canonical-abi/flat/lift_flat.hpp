// Flat lifting: from core values to component values. definitions.py: "Flat Lifting", and lift_flat_values.
//
// Names and order are those of the specification. LiftFlatValues decides between flat values and a pointer to memory;
// the others are only called for types of at most kMaxFlatParams flat values.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "canonical-abi/flat/core_value.hpp"
#include "canonical-abi/memory/context.hpp"
#include "canonical-abi/types/flatten.hpp"
#include "canonical-abi/values/value.hpp"
#include "cvm/result.hpp"

namespace cvm::abi {

Result<Value> LiftFlat(LiftLowerContext& cx, CoreValueSource& vi, const ValType& t);
Result<Value> LiftFlatString(LiftLowerContext& cx, CoreValueSource& vi);
Result<Value> LiftFlatList(LiftLowerContext& cx, CoreValueSource& vi, const TypeNode& list);
Result<Value> LiftFlatRecord(LiftLowerContext& cx, CoreValueSource& vi, const std::vector<FieldType>& fields);
Result<Value> LiftFlatVariant(LiftLowerContext& cx, CoreValueSource& vi, const std::vector<CaseType>& cases);
Result<Value> LiftFlatFlags(CoreValueSource& vi, const std::vector<std::string>& labels);

// definitions.py: lift_flat_values. One value for each type: lifted from core values if they flatten to at most
// `max_flat`, else loaded from the tuple in memory to which the one core value points.
Result<std::vector<Value>> LiftFlatValues(LiftLowerContext& cx, uint32_t max_flat, CoreValueSource& vi,
                                          std::span<const ValType> ts);

}  // namespace cvm::abi
