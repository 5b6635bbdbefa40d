// Indices are types: a FuncIndex where a TypeIndex is due does not compile.
#pragma once

#include <compare>
#include <cstdint>

namespace cvm {

template <class Tag>
struct Index {
  uint32_t value = 0;

  constexpr Index() = default;
  explicit constexpr Index(uint32_t v) : value(v) {}
  constexpr auto operator<=>(const Index&) const = default;

  template <class H>
  friend H AbslHashValue(H h, Index i) {
    return H::combine(std::move(h), i.value);
  }
};

using TypeIndex = Index<struct TypeTag>;
using FuncIndex = Index<struct FuncTag>;
using TableIndex = Index<struct TableTag>;
using MemoryIndex = Index<struct MemoryTag>;
using GlobalIndex = Index<struct GlobalTag>;
using TagIndex = Index<struct TagTag>;
using ElemIndex = Index<struct ElemTag>;
using DataIndex = Index<struct DataTag>;
using LocalIndex = Index<struct LocalTag>;

}  // namespace cvm
