// Relaxed SIMD (core/exec/numerics#relaxed-operations). The specification leaves each operation a set of results, of
// which an implementation has to choose one way for good. Part of semantics.hpp. Pure functions; safe from any thread.
//
// The choice is that of the deterministic profile (core/appendix/profiles#profile-deterministic), on every target
// alike: each operation gives what its strict counterpart gives, madd rounds twice, the dot product takes both operands
// as signed. The processor's own choices would save a few instructions in a handler, and programs would differ from
// machine to machine.
#pragma once

#include <cstdint>

#include "vm/semantics/rounding.hpp"
#include "vm/semantics/semantics.hpp"
#include "vm/semantics/simd_convert.hpp"
#include "vm/semantics/simd_float.hpp"
#include "vm/semantics/simd_int.hpp"
#include "vm/semantics/simd_lane.hpp"
#include "vm/semantics/vec.hpp"

namespace cvm {
namespace semantics {

// Each product fits an int16_t: 128 * 128 at the most. Their sum may not.
[[gnu::always_inline]] inline Vec<int16_t> RelaxedDot(Vec<int8_t> a, Vec<int8_t> b) {
  return AddSatS(ExtendEven(a) * ExtendEven(b), ExtendOdd(a) * ExtendOdd(b));
}

// The pairwise sums of the dot product, which fit, added to c.
[[gnu::always_inline]] inline V128 RelaxedDotAdd(Vec<int8_t> a, Vec<int8_t> b, Vec<int8_t> c) {
  const Vec<int16_t> dot = RelaxedDot(a, b);
  return ToV128(As<uint32_t>(ExtendEven(dot) + ExtendOdd(dot)) + As<uint32_t>(c));
}

}  // namespace semantics

// The operation is its strict counterpart.
#define SAME(id, strict) \
  template <>            \
  struct Semantics<Opcode::k##id> : Semantics<Opcode::k##strict> {};
// One row; a, b and c are the operands as Vec<Lane> within the expression.
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
SAME(I8x16RelaxedSwizzle,              I8x16Swizzle)
SAME(I32x4RelaxedTruncF32x4S,          I32x4TruncSatF32x4S)
SAME(I32x4RelaxedTruncF32x4U,          I32x4TruncSatF32x4U)
SAME(I32x4RelaxedTruncF64x2SZero,      I32x4TruncSatF64x2SZero)
SAME(I32x4RelaxedTruncF64x2UZero,      I32x4TruncSatF64x2UZero)
SAME(I8x16RelaxedLaneselect,           V128Bitselect)
SAME(I16x8RelaxedLaneselect,           V128Bitselect)
SAME(I32x4RelaxedLaneselect,           V128Bitselect)
SAME(I64x2RelaxedLaneselect,           V128Bitselect)
SAME(F32x4RelaxedMin,                  F32x4Min)
SAME(F32x4RelaxedMax,                  F32x4Max)
SAME(F64x2RelaxedMin,                  F64x2Min)
SAME(F64x2RelaxedMax,                  F64x2Max)
SAME(I16x8RelaxedQ15mulrS,             I16x8Q15mulrSatS)
TERNARY(F32x4RelaxedMadd,              float,  a * b + c)
TERNARY(F32x4RelaxedNmadd,             float,  semantics::Neg(a) * b + c)
TERNARY(F64x2RelaxedMadd,              double, a * b + c)
TERNARY(F64x2RelaxedNmadd,             double, semantics::Neg(a) * b + c)
BINARY(I16x8RelaxedDotI8x16I7x16S,     int8_t, semantics::RelaxedDot(a, b))
TERNARY(I32x4RelaxedDotI8x16I7x16AddS, int8_t, semantics::RelaxedDotAdd(a, b, c))
// clang-format on

#undef TERNARY
#undef BINARY
#undef SAME

}  // namespace cvm
