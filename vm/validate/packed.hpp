// Value types packed into 32 bits, the form in which the validator keeps its operand stack: equal types are equal
// words, so that the usual check of an operand is one compare. Concrete types hold an index of the module (never more
// than load_limits.def allows at most). Pure values.
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "vm/types/types.hpp"

namespace cvm {

using Packed = uint32_t;
using PackedSpan = std::span<const Packed>;

// Bits 0-2: ValKind; 3: nullable; 4: exact; 5-9: heap kind above the lowest; 10-29: type index; 31: see kUnsetLocal.
inline constexpr Packed kPackedI32 = static_cast<Packed>(ValKind::kI32);
inline constexpr Packed kPackedI64 = static_cast<Packed>(ValKind::kI64);
inline constexpr Packed kPackedF32 = static_cast<Packed>(ValKind::kF32);
inline constexpr Packed kPackedF64 = static_cast<Packed>(ValKind::kF64);
inline constexpr Packed kPackedV128 = static_cast<Packed>(ValKind::kV128);
inline constexpr Packed kPackedBottom = static_cast<Packed>(ValKind::kBottom);
inline constexpr Packed kPackedKindMask = 7;
inline constexpr Packed kPackedNullable = 8;
inline constexpr Packed kPackedExact = 16;
inline constexpr int kPackedHeapShift = 5;
inline constexpr int kPackedIndexShift = 10;
// In the table of locals alone: a local without default value that has not been set yet.
inline constexpr Packed kUnsetLocal = 1u << 31;
inline constexpr int kLowestHeapKind = static_cast<int>(HeapKind::kExn);

inline constexpr uint32_t kPackedTypes = 1u << 20;  // a type index takes 20 bits

constexpr Packed Pack(ValType type) {
  const Packed kind = static_cast<Packed>(type.kind);
  if (type.kind != ValKind::kRef) return kind;
  const Packed heap = static_cast<Packed>(static_cast<int>(type.heap.kind) - kLowestHeapKind);
  return kind | (type.nullable ? kPackedNullable : 0) | (type.heap.exact ? kPackedExact : 0) |
         heap << kPackedHeapShift | (type.heap.is_concrete() ? type.heap.index << kPackedIndexShift : 0);
}

constexpr bool IsPackedRef(Packed type) { return (type & kPackedKindMask) == static_cast<Packed>(ValKind::kRef); }

constexpr ValType Unpack(Packed type) {
  const auto kind = static_cast<ValKind>(type & kPackedKindMask);
  if (kind != ValKind::kRef) return {kind, false, {}};
  const auto heap = static_cast<HeapKind>(static_cast<int>(type >> kPackedHeapShift & 31) + kLowestHeapKind);
  const uint32_t index = type >> kPackedIndexShift & ((1u << 20) - 1);
  return ValType::Ref({heap, (type & kPackedExact) != 0, index}, (type & kPackedNullable) != 0);
}

constexpr Packed PackedRef(HeapType heap, bool nullable) { return Pack(ValType::Ref(heap, nullable)); }
constexpr Packed PackedRef(HeapKind kind, bool nullable) { return PackedRef(HeapType::Abstract(kind), nullable); }
constexpr Packed PackedAddr(AddrKind kind) { return kind == AddrKind::kI64 ? kPackedI64 : kPackedI32; }

// "[i32 (ref 3)]"
std::string ToString(PackedSpan types);

}  // namespace cvm
