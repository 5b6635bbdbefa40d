// Core values as they cross the boundary, and the iterator that flat lifting reads them with. definitions.py:
// CoreValueIter.
//
// Plain data; a source is used by one lift on one thread.
#pragma once

#include <bit>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "canonical-abi/types/ptr_type.hpp"
#include "cvm/result.hpp"

namespace cvm::abi {

// A core value: its type and its bits, those of a 32-bit type zero-extended.
struct CoreValue {
  CoreType type = CoreType::kI32;
  uint64_t bits = 0;

  static CoreValue I32(uint32_t v) { return {CoreType::kI32, v}; }
  static CoreValue I64(uint64_t v) { return {CoreType::kI64, v}; }
  static CoreValue F32(float v) { return {CoreType::kF32, std::bit_cast<uint32_t>(v)}; }
  static CoreValue F64(double v) { return {CoreType::kF64, std::bit_cast<uint64_t>(v)}; }
  static CoreValue Ptr(PtrType ptr_type, uint64_t v) { return {CoreTypeOf(ptr_type), v}; }

  friend bool operator==(const CoreValue&, const CoreValue&) = default;
};

// Where lift_flat takes its core values from: the arguments themselves, or the payload of a variant, coerced.
class CoreValueSource {
 public:
  virtual ~CoreValueSource() = default;
  // The bits of the next value, which is of type `t`. An error of kind kBug if it is not, or if there is none:
  // validation has compared the signatures.
  virtual Result<uint64_t> Next(CoreType t) = 0;
};

// definitions.py: CoreValueIter
class CoreValueIter final : public CoreValueSource {
 public:
  // `values` outlives the iterator.
  explicit CoreValueIter(std::span<const CoreValue> values) : values_(values) {}
  Result<uint64_t> Next(CoreType t) override;
  bool done() const { return i_ == values_.size(); }

 private:
  std::span<const CoreValue> values_;
  size_t i_ = 0;
};

// definitions.py: CoerceValueIter. Reads values of the joined types of a variant as the types of one case.
class CoerceValueIter final : public CoreValueSource {
 public:
  CoerceValueIter(CoreValueSource& values, std::vector<CoreType> flat_types)
      : values_(values), flat_types_(std::move(flat_types)) {}
  Result<uint64_t> Next(CoreType want) override;
  // Reads the values that the case does not use.
  Result<void> SkipRest();

 private:
  CoreValueSource& values_;
  std::vector<CoreType> flat_types_;
  size_t i_ = 0;
};

// definitions.py: types_match_values
bool TypesMatchValues(std::span<const CoreType> types, std::span<const CoreValue> values);

}  // namespace cvm::abi
