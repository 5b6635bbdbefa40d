// SIMD conversions between integer and float lanes, and between f32x4 and f64x2. Part of semantics.hpp. Pure functions;
// safe from any thread. No cast leaves its range: lanes are clamped first, or go through native::TruncToI32x4.
#pragma once

#include <cstdint>

#include "vm/semantics/native.hpp"
#include "vm/semantics/rounding.hpp"
#include "vm/semantics/semantics.hpp"
#include "vm/semantics/simd_float.hpp"
#include "vm/semantics/vec.hpp"

namespace cvm {
namespace semantics {

template <class V>
[[gnu::always_inline]] inline V ZeroNans(V x) {
  return x == x ? x : V{};
}

// Too large converts to min, whose bits all flipped are max.
[[gnu::always_inline]] inline Vec<int32_t> TruncSatS(Vec<float> x) {
  return native::TruncToI32x4(ZeroNans(x)) ^ (Vec<int32_t>)(x >= 0x1p31f);
}

// In two parts that int32_t can hold: what x has above 2^31, clamped to 0 … 2^31 - 1, and x itself, which gives min (as
// unsigned, 2^31) if it is not below 2^31.
[[gnu::always_inline]] inline Vec<uint32_t> TruncSatU(Vec<float> x) {
  const Vec<float> positive = Max(x, Vec<float>{});  // 0 for a NaN
  const Vec<float> above = positive - 0x1p31f;
  const Vec<int32_t> rest = native::TruncToI32x4(above) ^ (Vec<int32_t>)(above >= 0x1p31f);
  return (Vec<uint32_t>)native::TruncToI32x4(positive) + (Vec<uint32_t>)Max(rest, Vec<int32_t>{});
}

// What is too small gives min by itself.
[[gnu::always_inline]] inline Vec<int32_t> TruncSatS(Vec<double> x) {
  return native::TruncToI32x4(Min(ZeroNans(x), Splat(2147483647.0)));
}

// Added to 2^52, an integer below 2^32 stands in the low half of the float's bits.
[[gnu::always_inline]] inline Vec<uint32_t> TruncSatU(Vec<double> x) {
  const Vec<double> clamped = Min(Max(x, Vec<double>{}), Splat(4294967295.0));  // 0 for a NaN
  const auto words = As<uint32_t>(Trunc(clamped) + 0x1p52);
  return __builtin_shufflevector(words, Vec<uint32_t>{}, 0, 2, 4, 5);
}

[[gnu::always_inline]] inline V128 DemoteZero(Vec<double> x) {
  return ZeroExtendHalf(__builtin_convertvector(x, HalfVec<float>));
}

}  // namespace semantics

// One row; a is the operand as Vec<Lane> within the expression.
#define UNARY(id, Lane, ...)                                     \
  template <>                                                    \
  struct Semantics<Opcode::k##id> {                              \
    [[gnu::always_inline]] static inline V128 Eval(V128 raw_a) { \
      const auto a = semantics::As<Lane>(raw_a);                 \
      return semantics::ToV128(__VA_ARGS__);                     \
    }                                                            \
  };

// clang-format off
UNARY(I32x4TruncSatF32x4S,     float,    semantics::TruncSatS(a))
UNARY(I32x4TruncSatF32x4U,     float,    semantics::TruncSatU(a))
UNARY(I32x4TruncSatF64x2SZero, double,   semantics::TruncSatS(a))
UNARY(I32x4TruncSatF64x2UZero, double,   semantics::TruncSatU(a))
UNARY(F32x4ConvertI32x4S,      int32_t,  __builtin_convertvector(a, semantics::Vec<float>))
UNARY(F32x4ConvertI32x4U,      uint32_t, __builtin_convertvector(a, semantics::Vec<float>))
UNARY(F64x2ConvertLowI32x4S,   int32_t,  __builtin_convertvector(semantics::LowHalf(a), semantics::Vec<double>))
UNARY(F64x2ConvertLowI32x4U,   uint32_t, __builtin_convertvector(semantics::LowHalf(a), semantics::Vec<double>))
UNARY(F32x4DemoteF64x2Zero,    double,   semantics::DemoteZero(a))
UNARY(F64x2PromoteLowF32x4,    float,    __builtin_convertvector(semantics::LowHalf(a), semantics::Vec<double>))
// clang-format on

#undef UNARY

}  // namespace cvm
