// Strings from one guest's memory to another's. definitions.py: load_string_from_range and store_string_into_range, for
// all pairs of encodings.
//
// Lifting checks the text where it lies; lowering copies or transcodes it to where it goes, with the calls of realloc
// that the specification lays down. See canonical-abi/memory/load_string.cpp and store_string.cpp for the literal form.
#pragma once

#include <cstdint>
#include <span>

#include "canonical-abi/memory/context.hpp"
#include "canonical-abi/memory/store.hpp"

namespace cvm::abi {

// `memory`: that of `cx`, as it is now.
Result<void> LiftString(LiftLowerContext& cx, std::span<const uint8_t> memory, uint64_t ptr,
                        uint64_t tagged_code_units);

// REQUIRES: LiftString found no fault, and the text is the same still. The contexts have different memories.
Result<StoredRange> LowerString(LiftLowerContext& from, std::span<const uint8_t> memory, LiftLowerContext& to,
                                uint64_t ptr, uint64_t tagged_code_units);

}  // namespace cvm::abi
