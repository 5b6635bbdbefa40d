// SIMD without arithmetic: splat, lane access, shuffle and swizzle, bitwise operations, tests of lanes. Part of
// semantics.hpp. Pure functions; safe from any thread.
#pragma once

#include <cstdint>

#include "vm/semantics/native.hpp"
#include "vm/semantics/semantics.hpp"
#include "vm/semantics/vec.hpp"

namespace cvm {
namespace semantics {

// REQUIRES: lane < kLanes<T> (the validator's rule). The mask keeps a wrong one within the vector.
template <class T>
[[gnu::always_inline]] inline T Extract(V128 a, uint8_t lane) {
  return As<T>(a)[lane & (kLanes<T> - 1)];
}

// By comparison with the lane numbers: a store of one lane, followed by a load of the vector, would stall.
template <class T>
[[gnu::always_inline]] inline V128 Replace(V128 a, T value, uint8_t lane) {
  using Number = std::conditional_t<sizeof(T) == 8, uint64_t, std::conditional_t<sizeof(T) == 4, uint32_t, T>>;
  return ToV128(LaneNumbers<Number>() == Splat(static_cast<Number>(lane)) ? Splat(value) : As<T>(a));
}

template <class V>
[[gnu::always_inline]] inline uint32_t AllTrue(V a) {
  return !native::AnyInMask(a == 0);
}

}  // namespace semantics

#define ROW(id, Result, params, ...)                                                \
  template <>                                                                       \
  struct Semantics<Opcode::k##id> {                                                 \
    [[gnu::always_inline]] static inline Result Eval params { return __VA_ARGS__; } \
  };

// clang-format off
ROW(I8x16Splat,        V128,     (uint32_t a), semantics::Splat(static_cast<uint8_t>(a)))
ROW(I16x8Splat,        V128,     (uint32_t a), semantics::ToV128(semantics::Splat(static_cast<uint16_t>(a))))
ROW(I32x4Splat,        V128,     (uint32_t a), semantics::ToV128(semantics::Splat(a)))
ROW(I64x2Splat,        V128,     (uint64_t a), semantics::ToV128(semantics::Splat(a)))
ROW(F32x4Splat,        V128,     (float a),    semantics::ToV128(semantics::Splat(a)))
ROW(F64x2Splat,        V128,     (double a),   semantics::ToV128(semantics::Splat(a)))

ROW(I8x16ExtractLaneS, uint32_t, (V128 a, uint8_t lane), static_cast<uint32_t>(semantics::Extract<int8_t>(a, lane)))
ROW(I8x16ExtractLaneU, uint32_t, (V128 a, uint8_t lane), semantics::Extract<uint8_t>(a, lane))
ROW(I16x8ExtractLaneS, uint32_t, (V128 a, uint8_t lane), static_cast<uint32_t>(semantics::Extract<int16_t>(a, lane)))
ROW(I16x8ExtractLaneU, uint32_t, (V128 a, uint8_t lane), semantics::Extract<uint16_t>(a, lane))
ROW(I32x4ExtractLane,  uint32_t, (V128 a, uint8_t lane), semantics::Extract<uint32_t>(a, lane))
ROW(I64x2ExtractLane,  uint64_t, (V128 a, uint8_t lane), semantics::Extract<uint64_t>(a, lane))
ROW(F32x4ExtractLane,  float,    (V128 a, uint8_t lane), semantics::Extract<float>(a, lane))
ROW(F64x2ExtractLane,  double,   (V128 a, uint8_t lane), semantics::Extract<double>(a, lane))

ROW(I8x16ReplaceLane,  V128, (V128 a, uint32_t b, uint8_t lane), semantics::Replace(a, static_cast<uint8_t>(b), lane))
ROW(I16x8ReplaceLane,  V128, (V128 a, uint32_t b, uint8_t lane), semantics::Replace(a, static_cast<uint16_t>(b), lane))
ROW(I32x4ReplaceLane,  V128, (V128 a, uint32_t b, uint8_t lane), semantics::Replace(a, b, lane))
ROW(I64x2ReplaceLane,  V128, (V128 a, uint64_t b, uint8_t lane), semantics::Replace(a, b, lane))
ROW(F32x4ReplaceLane,  V128, (V128 a, float b, uint8_t lane),    semantics::Replace(a, b, lane))
ROW(F64x2ReplaceLane,  V128, (V128 a, double b, uint8_t lane),   semantics::Replace(a, b, lane))

ROW(I8x16Shuffle,      V128, (V128 a, V128 b, V128 lanes), semantics::native::Shuffle(a, b, lanes))
ROW(I8x16Swizzle,      V128, (V128 a, V128 index),         semantics::native::Swizzle(a, index))

ROW(V128Not,           V128, (V128 a),                 ~a)
ROW(V128And,           V128, (V128 a, V128 b),         a & b)
ROW(V128Andnot,        V128, (V128 a, V128 b),         a & ~b)
ROW(V128Or,            V128, (V128 a, V128 b),         a | b)
ROW(V128Xor,           V128, (V128 a, V128 b),         a ^ b)
ROW(V128Bitselect,     V128, (V128 a, V128 b, V128 c), (a & c) | (b & ~c))

ROW(V128AnyTrue,       uint32_t, (V128 a), semantics::portable::AnyInMask(a))
ROW(I8x16AllTrue,      uint32_t, (V128 a), semantics::AllTrue(a))
ROW(I16x8AllTrue,      uint32_t, (V128 a), semantics::AllTrue(semantics::As<uint16_t>(a)))
ROW(I32x4AllTrue,      uint32_t, (V128 a), semantics::AllTrue(semantics::As<uint32_t>(a)))
ROW(I64x2AllTrue,      uint32_t, (V128 a), semantics::AllTrue(semantics::As<uint64_t>(a)))
ROW(I8x16Bitmask,      uint32_t, (V128 a), semantics::native::TopBits(semantics::As<int8_t>(a)))
ROW(I16x8Bitmask,      uint32_t, (V128 a), semantics::native::TopBits(semantics::As<int16_t>(a)))
ROW(I32x4Bitmask,      uint32_t, (V128 a), semantics::native::TopBits(semantics::As<int32_t>(a)))
ROW(I64x2Bitmask,      uint32_t, (V128 a), semantics::native::TopBits(semantics::As<int64_t>(a)))
// clang-format on

#undef ROW

}  // namespace cvm
