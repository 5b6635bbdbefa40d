// SIMD integer lanes: arithmetic, saturation, comparisons, shifts, narrowing, widening (core/exec/numerics#vector
// operations). Part of semantics.hpp. Pure functions; safe from any thread.
//
// The helpers are written as the specification defines the operation: widen, compute, saturate. clang turns each into
// the one instruction that the target has for it (paddsb, packuswb, pavgb, pmaddwd …).
#pragma once

#include <bit>
#include <cstdint>
#include <limits>
#include <type_traits>

#include "vm/semantics/native.hpp"
#include "vm/semantics/semantics.hpp"
#include "vm/semantics/vec.hpp"

namespace cvm {
namespace semantics {

template <class V>
using UnsignedLanes = Vec<std::make_unsigned_t<LaneOf<V>>>;

// Two's complement: the absolute value of the least integer is itself.
template <class V>
[[gnu::always_inline]] inline V AbsInt(V a) {
  return a < 0 ? As<LaneOf<V>>(UnsignedLanes<V>{} - As<std::make_unsigned_t<LaneOf<V>>>(a)) : a;
}

// Clamps lanes that are wider than To, and signed, to the range of To.
template <class To, class W>
[[gnu::always_inline]] inline auto Saturate(const W& wide) {
  using Lane = LaneOf<W>;
  constexpr Lane kMin = std::numeric_limits<To>::min(), kMax = std::numeric_limits<To>::max();
  const W low = wide < kMin ? W{} + kMin : wide;
  const W clamped = low > kMax ? W{} + kMax : low;
  return __builtin_convertvector(clamped, Vec<To>);
}

template <class V>
[[gnu::always_inline]] inline V AddSatS(V a, V b) {
  using Wide = TwoVecs<Wider<LaneOf<V>>>;
  return Saturate<LaneOf<V>>(__builtin_convertvector(a, Wide) + __builtin_convertvector(b, Wide));
}

template <class V>
[[gnu::always_inline]] inline V SubSatS(V a, V b) {
  using Wide = TwoVecs<Wider<LaneOf<V>>>;
  return Saturate<LaneOf<V>>(__builtin_convertvector(a, Wide) - __builtin_convertvector(b, Wide));
}

template <class V>
[[gnu::always_inline]] inline V AddSatU(V a, V b) {
  const V sum = a + b;
  return sum | (V)(sum < a);
}

template <class V>
[[gnu::always_inline]] inline V SubSatU(V a, V b) {
  return Max(a, b) - b;
}

template <class V>
[[gnu::always_inline]] inline V AvgrU(V a, V b) {
  using Wide = TwoVecs<Wider<LaneOf<V>>>;
  return __builtin_convertvector((__builtin_convertvector(a, Wide) + __builtin_convertvector(b, Wide) + 1) >> 1, V);
}

// The lanes of a, then those of b, each saturated to To.
template <class To, class V>
[[gnu::always_inline]] inline Vec<To> Narrow(V a, V b) {
  struct Both {
    V low, high;
  };
  return Saturate<To>(__builtin_bit_cast(TwoVecs<LaneOf<V>>, (Both{a, b})));
}

template <class V>
[[gnu::always_inline]] inline auto ExtendLow(V a) {
  return __builtin_convertvector(LowHalf(a), Vec<Wider<LaneOf<V>>>);
}

template <class V>
[[gnu::always_inline]] inline auto ExtendHigh(V a) {
  return __builtin_convertvector(HighHalf(a), Vec<Wider<LaneOf<V>>>);
}

// Lanes 0, 2, 4 … widened; lanes 1, 3, 5 … widened.
template <class V>
[[gnu::always_inline]] inline auto ExtendEven(V a) {
  using Wide = Wider<LaneOf<V>>;
  constexpr int kBits = sizeof(LaneOf<V>) * 8;
  return As<Wide>(As<std::make_unsigned_t<Wide>>(a) << kBits) >> kBits;
}

template <class V>
[[gnu::always_inline]] inline auto ExtendOdd(V a) {
  return As<Wider<LaneOf<V>>>(a) >> static_cast<int>(sizeof(LaneOf<V>) * 8);
}

// Sums of neighbouring products. Only (min * min) * 2 wraps, hence the unsigned addition.
[[gnu::always_inline]] inline Vec<uint32_t> Dot(Vec<int16_t> a, Vec<int16_t> b) {
  using Wide = TwoVecs<int32_t>;
  const auto products = (TwoVecs<uint32_t>)(__builtin_convertvector(a, Wide) * __builtin_convertvector(b, Wide));
  return __builtin_shufflevector(products, products, 0, 2, 4, 6) +
         __builtin_shufflevector(products, products, 1, 3, 5, 7);
}

// Flips the one wrapped result, min, to max; no product that fits gives min.
[[gnu::always_inline]] inline Vec<int16_t> Q15MulrSat(Vec<int16_t> a, Vec<int16_t> b) {
  const Vec<int16_t> rounded = native::Q15MulrWrapping(a, b);
  return rounded ^ (Vec<int16_t>)(rounded == std::numeric_limits<int16_t>::min());
}

[[gnu::always_inline]] inline V128 PopcntBytes(V128 a) {
  a -= (a >> 1) & 0x55;
  a = (a & 0x33) + ((a >> 2) & 0x33);
  return (a + (a >> 4)) & 0x0f;
}

template <class T>
[[gnu::always_inline]] inline T LaneCount(uint32_t count) {
  return static_cast<T>(count & (sizeof(T) * 8 - 1));
}

}  // namespace semantics

// One row: an operation on lanes of type `Lane`; a and b are the operands as Vec<Lane> within the expression.
#define UNARY(id, Lane, ...)                                     \
  template <>                                                    \
  struct Semantics<Opcode::k##id> {                              \
    [[gnu::always_inline]] static inline V128 Eval(V128 raw_a) { \
      const auto a = semantics::As<Lane>(raw_a);                 \
      return semantics::ToV128(__VA_ARGS__);                     \
    }                                                            \
  };
#define BINARY(id, Lane, ...)                                                \
  template <>                                                                \
  struct Semantics<Opcode::k##id> {                                          \
    [[gnu::always_inline]] static inline V128 Eval(V128 raw_a, V128 raw_b) { \
      const auto a = semantics::As<Lane>(raw_a);                             \
      const auto b = semantics::As<Lane>(raw_b);                             \
      return semantics::ToV128(__VA_ARGS__);                                 \
    }                                                                        \
  };
#define SHIFT(id, Lane, ...)                                                     \
  template <>                                                                    \
  struct Semantics<Opcode::k##id> {                                              \
    [[gnu::always_inline]] static inline V128 Eval(V128 raw_a, uint32_t count) { \
      const auto a = semantics::As<Lane>(raw_a);                                 \
      const Lane n = semantics::LaneCount<Lane>(count);                          \
      return semantics::ToV128(__VA_ARGS__);                                     \
    }                                                                            \
  };
// The same for several shapes; `sign` is int or uint.
#define UP_TO_16(kind, op, sign, ...) kind(I8x16##op, sign##8_t, __VA_ARGS__) kind(I16x8##op, sign##16_t, __VA_ARGS__)
#define UP_TO_32(kind, op, sign, ...)   \
  UP_TO_16(kind, op, sign, __VA_ARGS__) \
  kind(I32x4##op, sign##32_t, __VA_ARGS__)
#define EVERY_SHAPE(kind, op, sign, ...) \
  UP_TO_32(kind, op, sign, __VA_ARGS__)  \
  kind(I64x2##op, sign##64_t, __VA_ARGS__)
// From 8 to 16, 16 to 32 and 32 to 64 bits, with the name of the source shape before the suffix.
#define WIDEN(kind, op, suffix, sign, ...) \
  kind(I16x8##op##I8x16##suffix, sign##8_t, __VA_ARGS__) kind(I32x4##op##I16x8##suffix, sign##16_t, __VA_ARGS__)
#define WIDEN_TO_64(kind, op, suffix, sign, ...) \
  WIDEN(kind, op, suffix, sign, __VA_ARGS__)     \
  kind(I64x2##op##I32x4##suffix, sign##32_t, __VA_ARGS__)

// clang-format off
EVERY_SHAPE(BINARY, Eq,  uint, a == b)
EVERY_SHAPE(BINARY, Ne,  uint, a != b)
EVERY_SHAPE(BINARY, LtS, int,  a < b)
EVERY_SHAPE(BINARY, GtS, int,  a > b)
EVERY_SHAPE(BINARY, LeS, int,  a <= b)
EVERY_SHAPE(BINARY, GeS, int,  a >= b)
UP_TO_32(BINARY, LtU, uint, a < b)
UP_TO_32(BINARY, GtU, uint, a > b)
UP_TO_32(BINARY, LeU, uint, a <= b)
UP_TO_32(BINARY, GeU, uint, a >= b)

EVERY_SHAPE(UNARY, Abs, int,  semantics::AbsInt(a))
EVERY_SHAPE(UNARY, Neg, uint, semantics::Vec<semantics::LaneOf<decltype(a)>>{} - a)
EVERY_SHAPE(BINARY, Add, uint, a + b)
EVERY_SHAPE(BINARY, Sub, uint, a - b)
BINARY(I16x8Mul, uint16_t, a * b)
BINARY(I32x4Mul, uint32_t, a * b)
BINARY(I64x2Mul, uint64_t, a * b)
UNARY(I8x16Popcnt, uint8_t, semantics::PopcntBytes(a))
BINARY(I16x8Q15mulrSatS, int16_t, semantics::Q15MulrSat(a, b))
BINARY(I32x4DotI16x8S, int16_t, semantics::Dot(a, b))

EVERY_SHAPE(SHIFT, Shl,  uint, a << n)
EVERY_SHAPE(SHIFT, ShrS, int,  a >> n)
EVERY_SHAPE(SHIFT, ShrU, uint, a >> n)

UP_TO_32(BINARY, MinS, int,  semantics::Min(a, b))
UP_TO_32(BINARY, MinU, uint, semantics::Min(a, b))
UP_TO_32(BINARY, MaxS, int,  semantics::Max(a, b))
UP_TO_32(BINARY, MaxU, uint, semantics::Max(a, b))
UP_TO_16(BINARY, AddSatS, int,  semantics::AddSatS(a, b))
UP_TO_16(BINARY, AddSatU, uint, semantics::AddSatU(a, b))
UP_TO_16(BINARY, SubSatS, int,  semantics::SubSatS(a, b))
UP_TO_16(BINARY, SubSatU, uint, semantics::SubSatU(a, b))
UP_TO_16(BINARY, AvgrU,   uint, semantics::AvgrU(a, b))

BINARY(I8x16NarrowI16x8S, int16_t, semantics::Narrow<int8_t>(a, b))
BINARY(I8x16NarrowI16x8U, int16_t, semantics::Narrow<uint8_t>(a, b))
BINARY(I16x8NarrowI32x4S, int32_t, semantics::Narrow<int16_t>(a, b))
BINARY(I16x8NarrowI32x4U, int32_t, semantics::Narrow<uint16_t>(a, b))

WIDEN_TO_64(UNARY, ExtendLow,  S, int,  semantics::ExtendLow(a))
WIDEN_TO_64(UNARY, ExtendLow,  U, uint, semantics::ExtendLow(a))
WIDEN_TO_64(UNARY, ExtendHigh, S, int,  semantics::ExtendHigh(a))
WIDEN_TO_64(UNARY, ExtendHigh, U, uint, semantics::ExtendHigh(a))
WIDEN_TO_64(BINARY, ExtmulLow,  S, int,  semantics::ExtendLow(a) * semantics::ExtendLow(b))
WIDEN_TO_64(BINARY, ExtmulLow,  U, uint, semantics::ExtendLow(a) * semantics::ExtendLow(b))
WIDEN_TO_64(BINARY, ExtmulHigh, S, int,  semantics::ExtendHigh(a) * semantics::ExtendHigh(b))
WIDEN_TO_64(BINARY, ExtmulHigh, U, uint, semantics::ExtendHigh(a) * semantics::ExtendHigh(b))
WIDEN(UNARY, ExtaddPairwise, S, int,  semantics::ExtendEven(a) + semantics::ExtendOdd(a))
WIDEN(UNARY, ExtaddPairwise, U, uint, semantics::ExtendEven(a) + semantics::ExtendOdd(a))
// clang-format on

#undef WIDEN_TO_64
#undef WIDEN
#undef EVERY_SHAPE
#undef UP_TO_32
#undef UP_TO_16
#undef SHIFT
#undef BINARY
#undef UNARY

}  // namespace cvm
