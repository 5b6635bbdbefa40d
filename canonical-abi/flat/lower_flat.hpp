// Flat lowering: from component values to core values. definitions.py: "Flat Lowering", and lower_flat_values.
//
// Names and order are those of the specification; core values are appended to a list instead of being returned as one.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "canonical-abi/flat/core_value.hpp"
#include "canonical-abi/memory/context.hpp"
#include "canonical-abi/types/flatten.hpp"
#include "canonical-abi/values/value.hpp"
#include "cvm/result.hpp"

namespace cvm::abi {

Result<void> LowerFlat(LiftLowerContext& cx, const Value& v, const ValType& t, std::vector<CoreValue>* flat);
Result<void> LowerFlatString(LiftLowerContext& cx, const Value& v, const ValType& t, std::vector<CoreValue>* flat);
Result<void> LowerFlatList(LiftLowerContext& cx, const Value& v, const ValType& t, std::vector<CoreValue>* flat);
Result<void> LowerFlatRecord(LiftLowerContext& cx, const Value& v, const ValType& t, std::vector<CoreValue>* flat);
Result<void> LowerFlatVariant(LiftLowerContext& cx, const Value& v, const ValType& t, std::vector<CoreValue>* flat);

// definitions.py: lower_flat_values. If the types flatten to more than `max_flat` values, the values are stored as a
// tuple in memory: at the pointer that `out_param` gives next, then nothing is returned; or, without one, in memory
// from realloc, whose pointer is returned. An error of kind kUsage if there is not one value for each type.
Result<std::vector<CoreValue>> LowerFlatValues(LiftLowerContext& cx, uint32_t max_flat, std::span<const Value> vs,
                                               std::span<const ValType> ts, CoreValueSource* out_param = nullptr);

}  // namespace cvm::abi
