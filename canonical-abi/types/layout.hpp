// Alignment and size of value types in linear memory. definitions.py: "Alignment" and "Element Size".
//
// alignment() and elem_size() of a type are looked up: TypeNode keeps them for both pointer widths. The functions below
// the line are the rules of the specification, one level deep, by which the constructors of val_type.hpp fill the node.
// Sizes are 64 bits wide there, so that no product or sum of parts wraps. Pure functions.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "canonical-abi/types/val_type.hpp"

namespace cvm::abi {

// definitions.py: alignment. 1, 2, 4 or 8.
uint32_t Alignment(const ValType& type, PtrType ptr_type);
// definitions.py: elem_size. At least 1, less than 2^28; of the pair that a map is a list of, less than 2^29.
uint32_t ElemSize(const ValType& type, PtrType ptr_type);

// definitions.py: align_to. REQUIRES: `alignment` is a power of two, no overflow.
constexpr uint64_t AlignTo(uint64_t ptr, uint32_t alignment) {
  return (ptr + (alignment - 1)) & ~static_cast<uint64_t>(alignment - 1);
}
constexpr bool IsAligned(uint64_t ptr, uint32_t alignment) { return (ptr & (alignment - 1)) == 0; }

// definitions.py: discriminant_type. u8, u16 or u32. REQUIRES: !cases.empty().
ValType DiscriminantType(const std::vector<CaseType>& cases);
// definitions.py: max_case_alignment
uint32_t MaxCaseAlignment(const std::vector<CaseType>& cases, PtrType ptr_type);
// definitions.py: elem_size_flags. REQUIRES: 0 < labels.size() <= 32.
uint32_t ElemSizeFlags(const std::vector<std::string>& labels);

// ---- the rules of types with parts, from the layouts of the parts ----
uint32_t AlignmentList(const ValType& element, std::optional<uint32_t> length, PtrType ptr_type);
uint32_t AlignmentRecord(const std::vector<FieldType>& fields, PtrType ptr_type);
uint32_t AlignmentVariant(const std::vector<CaseType>& cases, PtrType ptr_type);
uint32_t AlignmentFlags(const std::vector<std::string>& labels);
uint64_t ElemSizeList(const ValType& element, std::optional<uint32_t> length, PtrType ptr_type);
uint64_t ElemSizeRecord(const std::vector<FieldType>& fields, PtrType ptr_type);
uint64_t ElemSizeVariant(const std::vector<CaseType>& cases, PtrType ptr_type);

}  // namespace cvm::abi
