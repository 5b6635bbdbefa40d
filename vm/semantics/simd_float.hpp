// SIMD float lanes: arithmetic, rounding, comparisons. Part of semantics.hpp. Pure functions; safe from any thread.
#pragma once

#include <bit>
#include <cstdint>

#include "vm/semantics/rounding.hpp"
#include "vm/semantics/semantics.hpp"
#include "vm/semantics/vec.hpp"

namespace cvm {
namespace semantics {

template <class V>
[[gnu::always_inline]] inline V SqrtLanes(V a) {
  if constexpr (sizeof(LaneOf<V>) == 4) {
    return V{__builtin_sqrtf(a[0]), __builtin_sqrtf(a[1]), __builtin_sqrtf(a[2]), __builtin_sqrtf(a[3])};
  } else {
    return V{__builtin_sqrt(a[0]), __builtin_sqrt(a[1])};
  }
}

// Lanes where either operand is a NaN become the canonical NaN; the others keep `bits`.
template <class V>
[[gnu::always_inline]] inline V CanonicalWhereNan(V a, V b, typename FloatForm<V>::Bits bits) {
  using Bits = typename FloatForm<V>::Bits;
  constexpr int kSignExponentQuiet = sizeof(LaneOf<V>) == 4 ? 10 : 13;
  const Bits nan = (Bits)((a != a) | (b != b));
  return std::bit_cast<V>((bits | nan) & ~(nan >> kSignExponentQuiet));
}

// As for scalars: the minimum taken both ways, joined, so that -0 wins.
template <class V>
[[gnu::always_inline]] inline V FloatMinLanes(V a, V b) {
  return CanonicalWhereNan(a, b, BitsOf(Min(a, b)) | BitsOf(Min(b, a)));
}

template <class V>
[[gnu::always_inline]] inline V FloatMaxLanes(V a, V b) {
  return CanonicalWhereNan(a, b, BitsOf(Max(a, b)) & BitsOf(Max(b, a)));
}

}  // namespace semantics

// One row: the operation named `op`, for f32x4 and for f64x2; a and b are vectors of floats within the expression.
#define UNARY_OF(id, Lane, ...)                                  \
  template <>                                                    \
  struct Semantics<Opcode::k##id> {                              \
    [[gnu::always_inline]] static inline V128 Eval(V128 raw_a) { \
      const auto a = semantics::As<Lane>(raw_a);                 \
      return semantics::ToV128(__VA_ARGS__);                     \
    }                                                            \
  };
#define BINARY_OF(id, Lane, ...)                                             \
  template <>                                                                \
  struct Semantics<Opcode::k##id> {                                          \
    [[gnu::always_inline]] static inline V128 Eval(V128 raw_a, V128 raw_b) { \
      const auto a = semantics::As<Lane>(raw_a);                             \
      const auto b = semantics::As<Lane>(raw_b);                             \
      return semantics::ToV128(__VA_ARGS__);                                 \
    }                                                                        \
  };
#define UNARY(op, ...) UNARY_OF(F32x4##op, float, __VA_ARGS__) UNARY_OF(F64x2##op, double, __VA_ARGS__)
#define BINARY(op, ...) BINARY_OF(F32x4##op, float, __VA_ARGS__) BINARY_OF(F64x2##op, double, __VA_ARGS__)

// clang-format off
BINARY(Eq, a == b)
BINARY(Ne, a != b)
BINARY(Lt, a < b)
BINARY(Gt, a > b)
BINARY(Le, a <= b)
BINARY(Ge, a >= b)

UNARY(Abs,     semantics::Abs(a))
UNARY(Neg,     semantics::Neg(a))
UNARY(Ceil,    semantics::Ceil(a))
UNARY(Floor,   semantics::Floor(a))
UNARY(Trunc,   semantics::Trunc(a))
UNARY(Nearest, semantics::Nearest(a))
UNARY(Sqrt,    semantics::SqrtLanes(a))
BINARY(Add, a + b)
BINARY(Sub, a - b)
BINARY(Mul, a * b)
BINARY(Div, a / b)
BINARY(Min, semantics::FloatMinLanes(a, b))
BINARY(Max, semantics::FloatMaxLanes(a, b))
// Defined by a comparison, operands swapped: a itself unless b is less (greater), whatever the NaNs (op-fpmin).
BINARY(Pmin, semantics::Min(b, a))
BINARY(Pmax, semantics::Max(b, a))
// clang-format on

#undef BINARY
#undef UNARY
#undef BINARY_OF
#undef UNARY_OF

}  // namespace cvm
