// Lifter: reads a guest's values for C++ types: what lifting needs that does not depend on the type.
//
// No guest code runs while values are lifted, so that the memory is looked up once and a checked range is a pointer. An
// error is kept and not returned: from then on everything answers blank values and touches nothing, and the caller asks
// failed() once, at the end. That keeps the code of the hundreds of types that lift by it short.
//
// Conditions, words and limits are those of canonical-abi/memory/load.hpp. Lives within one step of one call.
#pragma once

#include <bit>
#include <cstdint>
#include <cstring>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "canonical-abi/memory/context.hpp"
#include "component/host/typed/type_info.hpp"
#include "cvm/result.hpp"

namespace cvm::component::typed {

// An integer in little-endian order.
template <class T>
T LoadLittle(const uint8_t* p) {
  T v = 0;
  if constexpr (std::endian::native == std::endian::little) {
    std::memcpy(&v, p, sizeof v);
  } else {
    for (size_t i = 0; i < sizeof v; ++i) v = static_cast<T>(v | (static_cast<T>(p[i]) << (8 * i)));
  }
  return v;
}

// Text of a parameter: in place, or a copy where the guest's encoding is another.
struct TextArg {
  std::string copy;
  std::string_view in_place;
  bool copied = false;
  std::string_view view() const { return copied ? std::string_view(copy) : in_place; }
};

class Lifter {
 public:
  explicit Lifter(abi::LiftLowerContext& cx);
  Lifter(const Lifter&) = delete;
  Lifter& operator=(const Lifter&) = delete;

  bool failed() const { return error_.has_value(); }
  // REQUIRES: failed().
  Error TakeError() { return *std::move(error_); }
  // The first error counts.
  void Fail(Error error);

  uint32_t Pick(Offset offset) const { return wide_ ? offset.at[1] : offset.at[0]; }
  const abi::Layout& LayoutOf(const TypeInfo& info) const { return info.layout[wide_ ? 1 : 0]; }
  // A pointer or length: in memory, in a slot, and its size in memory.
  uint64_t LoadPtr(const uint8_t* p) const { return wide_ ? LoadLittle<uint64_t>(p) : LoadLittle<uint32_t>(p); }
  uint64_t PtrOf(uint64_t slot) const { return wide_ ? slot : static_cast<uint32_t>(slot); }
  uint32_t ptr_size() const { return wide_ ? 8 : 4; }

  // Parameters that are passed in memory; null if failed.
  const uint8_t* Spilled(uint64_t ptr, const TypeInfo& tuple);
  // The elements of a list, `host_bytes` each of which are charged where they are copied; null if failed.
  const uint8_t* Elements(uint64_t ptr, uint64_t length, const TypeInfo& element, size_t host_bytes);
  // A string that is copied, and one that is not if it can be left where it is.
  std::string Text(uint64_t ptr, uint64_t tagged_code_units);
  TextArg TextInPlace(uint64_t ptr, uint64_t tagged_code_units);
  char32_t Char(uint32_t i);
  // An index below `count`, else 0.
  uint32_t Discriminant(uint32_t i, size_t count);

  // The representation of a resource, 0 if failed: of an own handle, which is taken from the guest; of any handle, lent
  // for the call.
  uint64_t TakeOwn(uint32_t i, const abi::ResourceType& type);
  uint64_t Lend(uint32_t i, const abi::ResourceType& type);

 private:
  const uint8_t* Range(uint64_t ptr, const abi::Layout& layout, abi::Fault misaligned, abi::Fault out_of_bounds);

  abi::LiftLowerContext& cx_;
  std::span<const uint8_t> memory_;
  bool wide_;
  std::optional<Error> error_;
};

}  // namespace cvm::component::typed
