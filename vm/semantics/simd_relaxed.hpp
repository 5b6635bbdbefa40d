// Relaxed SIMD (core/exec/numerics#relaxed-operations). The specification leaves each operation a set of results, of
// which an implementation has to choose one way for good. Part of semantics.hpp. Pure functions; safe from any thread.
//
// The choice is what one instruction of x86-64 gives, on every target alike:
//   swizzle            index modulo 16, but 0 for an index above 127 (pshufb)
//   trunc, signed      the least integer for NaNs and values out of range (cvttps2dq); unsigned: as trunc_sat
//   madd, nmadd        two roundings (fused multiply-add is not in the baseline of x86-64)
//   laneselect         bitselect
//   min, max           the second operand for a NaN and for two zeros (minps)
//   q15mulr            min * min wraps to min (pmulhrsw)
//   dot                second operand unsigned, sums saturated (pmaddubsw)
#pragma once

#include <cstdint>

#include "vm/semantics/native.hpp"
#include "vm/semantics/rounding.hpp"
#include "vm/semantics/semantics.hpp"
#include "vm/semantics/simd_convert.hpp"
#include "vm/semantics/simd_int.hpp"
#include "vm/semantics/vec.hpp"

namespace cvm {
namespace semantics {

// Each product fits an int16_t: -128 * 255 at the least. Their sum may not.
[[gnu::always_inline]] inline Vec<int16_t> RelaxedDot(V128 a, V128 b) {
  const auto signed_a = As<int8_t>(a);
  return AddSatS(ExtendEven(signed_a) * As<int16_t>(ExtendEven(b)), ExtendOdd(signed_a) * As<int16_t>(ExtendOdd(b)));
}

// The pairwise sums of the dot product, which fit, added to c.
[[gnu::always_inline]] inline V128 RelaxedDotAdd(V128 a, V128 b, V128 c) {
  const Vec<int16_t> dot = RelaxedDot(a, b);
  return ToV128(As<uint32_t>(ExtendEven(dot) + ExtendOdd(dot)) + As<uint32_t>(c));
}

}  // namespace semantics

// One row; a, b and c are the operands as Vec<Lane> within the expression.
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
#define TERNARY(id, Lane, ...)                                                           \
  template <>                                                                            \
  struct Semantics<Opcode::k##id> {                                                      \
    [[gnu::always_inline]] static inline V128 Eval(V128 raw_a, V128 raw_b, V128 raw_c) { \
      const auto a = semantics::As<Lane>(raw_a);                                         \
      const auto b = semantics::As<Lane>(raw_b);                                         \
      const auto c = semantics::As<Lane>(raw_c);                                         \
      return semantics::ToV128(__VA_ARGS__);                                             \
    }                                                                                    \
  };

// clang-format off
BINARY(I8x16RelaxedSwizzle,                uint8_t, semantics::native::RelaxedSwizzle(a, b))
UNARY(I32x4RelaxedTruncF32x4S,             float,   semantics::native::TruncToI32x4(a))
UNARY(I32x4RelaxedTruncF32x4U,             float,   semantics::TruncSatU(a))
UNARY(I32x4RelaxedTruncF64x2SZero,         double,  semantics::native::TruncToI32x4(a))
UNARY(I32x4RelaxedTruncF64x2UZero,         double,  semantics::TruncSatU(a))
TERNARY(F32x4RelaxedMadd,                  float,   a * b + c)
TERNARY(F32x4RelaxedNmadd,                 float,   semantics::Neg(a) * b + c)
TERNARY(F64x2RelaxedMadd,                  double,  a * b + c)
TERNARY(F64x2RelaxedNmadd,                 double,  semantics::Neg(a) * b + c)
TERNARY(I8x16RelaxedLaneselect,            uint8_t, (a & c) | (b & ~c))
TERNARY(I16x8RelaxedLaneselect,            uint8_t, (a & c) | (b & ~c))
TERNARY(I32x4RelaxedLaneselect,            uint8_t, (a & c) | (b & ~c))
TERNARY(I64x2RelaxedLaneselect,            uint8_t, (a & c) | (b & ~c))
BINARY(F32x4RelaxedMin,                    float,   semantics::Min(a, b))
BINARY(F32x4RelaxedMax,                    float,   semantics::Max(a, b))
BINARY(F64x2RelaxedMin,                    double,  semantics::Min(a, b))
BINARY(F64x2RelaxedMax,                    double,  semantics::Max(a, b))
BINARY(I16x8RelaxedQ15mulrS,               int16_t, semantics::native::Q15MulrWrapping(a, b))
BINARY(I16x8RelaxedDotI8x16I7x16S,         uint8_t, semantics::RelaxedDot(a, b))
TERNARY(I32x4RelaxedDotI8x16I7x16AddS,     uint8_t, semantics::RelaxedDotAdd(a, b, c))
// clang-format on

#undef TERNARY
#undef BINARY
#undef UNARY

}  // namespace cvm
