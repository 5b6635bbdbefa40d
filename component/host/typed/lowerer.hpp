// Lowerer: writes C++ values for a guest: what lowering needs that does not depend on the type.
//
// A place is an offset and never a pointer: realloc runs guest code and may move the memory, which is looked up anew
// after each call of it. Every write is checked against the memory's size, beside the checks of ranges that the
// specification asks for; an error is kept, as in Lifter, and stops all writing.
//
// Conditions, words and the sequence of reallocs are those of canonical-abi/memory/store.hpp. Lives within one step.
#pragma once

#include <bit>
#include <cstdint>
#include <cstring>
#include <optional>
#include <span>
#include <string_view>

#include "canonical-abi/memory/context.hpp"
#include "canonical-abi/memory/store.hpp"
#include "component/host/typed/type_info.hpp"
#include "cvm/result.hpp"

namespace cvm::component::typed {

class Lowerer {
 public:
  explicit Lowerer(abi::LiftLowerContext& cx);
  Lowerer(const Lowerer&) = delete;
  Lowerer& operator=(const Lowerer&) = delete;

  bool failed() const { return error_.has_value(); }
  // REQUIRES: failed().
  Error TakeError() { return *std::move(error_); }
  // The first error counts.
  void Fail(Error error);
  // The value does not fit its type: an invalid char, an enumerator or flag that is none, an empty Own.
  void FailValue(std::string_view what);

  uint32_t Pick(Offset offset) const { return wide_ ? offset.at[1] : offset.at[0]; }
  const abi::Layout& LayoutOf(const TypeInfo& info) const { return info.layout[wide_ ? 1 : 0]; }

  template <class T>
  void Put(uint64_t ptr, T v) {
    if (ptr > memory_.size() || memory_.size() - ptr < sizeof v) [[unlikely]]
      return FailBounds();
    if constexpr (std::endian::native == std::endian::little) {
      std::memcpy(memory_.data() + ptr, &v, sizeof v);
    } else {
      for (size_t i = 0; i < sizeof v; ++i) memory_[ptr + i] = static_cast<uint8_t>(v >> (8 * i));
    }
  }
  // A pointer and a length.
  void PutRange(uint64_t ptr, abi::StoredRange range);
  void Copy(uint64_t ptr, const void* bytes, size_t length);

  // The place of results that are passed in memory. False if failed.
  bool CheckResult(uint64_t ptr, const TypeInfo& result);
  uint64_t PtrOf(uint64_t slot) const { return wide_ ? slot : static_cast<uint32_t>(slot); }
  // Stores text; answers nothing if failed.
  abi::StoredRange Text(std::string_view text);
  // Room for the elements of a list.
  abi::StoredRange Elements(uint64_t length, const TypeInfo& element);
  // Gives the guest an own handle; 0 if failed, and then the resource is still the caller's.
  uint32_t GiveOwn(const abi::ResourceType& type, uint64_t rep);

 private:
  void Refresh();
  void FailBounds();

  abi::LiftLowerContext& cx_;
  std::span<uint8_t> memory_;  // empty after an error
  bool wide_;
  std::optional<Error> error_;
};

}  // namespace cvm::component::typed
