#include "canonical-abi/flat/core_value.hpp"

#include <algorithm>
#include <string>

#include "vm/base/try.hpp"

namespace cvm::abi {

Result<uint64_t> CoreValueIter::Next(CoreType t) {
  if (i_ == values_.size()) return CVM_BUG("a core value is missing");
  const CoreValue& v = values_[i_++];
  if (v.type != t) {
    return CVM_BUG("a core value is " + std::string(CoreTypeName(v.type)) + " instead of " +
                   std::string(CoreTypeName(t)));
  }
  return v.bits;
}

// Bits are zero-extended, so that wrapping and reinterpreting leave only the upper half to be cut. What a float is
// decoded to (its canonical NaN) is the business of the lift that asked for it.
Result<uint64_t> CoerceValueIter::Next(CoreType want) {
  if (i_ == flat_types_.size()) return CVM_BUG("a case of a variant is longer than its join");
  const CoreType have = flat_types_[i_++];
  CVM_ASSIGN_OR_RETURN(const uint64_t x, values_.Next(have));
  if (have == want) return x;
  if (have == CoreType::kI32 && want == CoreType::kF32) return x;
  if (have == CoreType::kI64 && want == CoreType::kF64) return x;
  if (have == CoreType::kI64 && (want == CoreType::kI32 || want == CoreType::kF32)) return x & 0xffffffff;
  return CVM_BUG("types of a variant do not join");
}

Result<void> CoerceValueIter::SkipRest() {
  while (i_ < flat_types_.size()) CVM_RETURN_IF_ERROR(values_.Next(flat_types_[i_++]));
  return {};
}

bool TypesMatchValues(std::span<const CoreType> types, std::span<const CoreValue> values) {
  return std::equal(types.begin(), types.end(), values.begin(), values.end(),
                    [](CoreType t, const CoreValue& v) { return t == v.type; });
}

}  // namespace cvm::abi
