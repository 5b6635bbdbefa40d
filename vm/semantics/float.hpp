// f32.* and f64.*: arithmetic, rounding and comparisons (core/exec/numerics#floating-point-operations). Part of
// semantics.hpp. Pure functions; safe from any thread.
//
// The host's IEEE 754 arithmetic is what the specification asks for, in the default rounding mode and without
// contraction (the room's flags see to it). An operation that meets a NaN returns a quiet one, with the payload that
// the hardware picks among the operands': canonical if all of them are, arithmetic otherwise
// (core/exec/numerics#nan-propagation).
#pragma once

#include <bit>
#include <cstdint>

#include "vm/semantics/rounding.hpp"
#include "vm/semantics/semantics.hpp"

namespace cvm {
namespace semantics {

// `a < b ? a : b` is minss, which returns its second operand for a NaN and for equal operands. Two of them, operands
// swapped, differ only there; the bits of both joined make -0 of zeros of either sign, and are a itself otherwise.
template <class F>
[[gnu::always_inline]] inline F FloatMin(F a, F b) {
  if (__builtin_isunordered(a, b)) [[unlikely]]
    return a + b;
  return std::bit_cast<F>(BitsOf(a < b ? a : b) | BitsOf(b < a ? b : a));
}

template <class F>
[[gnu::always_inline]] inline F FloatMax(F a, F b) {
  if (__builtin_isunordered(a, b)) [[unlikely]]
    return a + b;
  return std::bit_cast<F>(BitsOf(a > b ? a : b) & BitsOf(b > a ? b : a));
}

[[gnu::always_inline]] inline float Sqrt(float a) { return __builtin_sqrtf(a); }
[[gnu::always_inline]] inline double Sqrt(double a) { return __builtin_sqrt(a); }

}  // namespace semantics

// One row: the operation named `op`, for f32 and for f64.
#define ROW(id, Result, params, ...)                                                \
  template <>                                                                       \
  struct Semantics<Opcode::k##id> {                                                 \
    [[gnu::always_inline]] static inline Result Eval params { return __VA_ARGS__; } \
  };
#define UNARY(op, ...)                        \
  ROW(F32##op, float, (float a), __VA_ARGS__) \
  ROW(F64##op, double, (double a), __VA_ARGS__)
#define BINARY(op, ...)                                \
  ROW(F32##op, float, (float a, float b), __VA_ARGS__) \
  ROW(F64##op, double, (double a, double b), __VA_ARGS__)
#define COMPARE(op, ...)                                  \
  ROW(F32##op, uint32_t, (float a, float b), __VA_ARGS__) \
  ROW(F64##op, uint32_t, (double a, double b), __VA_ARGS__)

COMPARE(Eq, a == b)
COMPARE(Ne, a != b)
COMPARE(Lt, a < b)
COMPARE(Gt, a > b)
COMPARE(Le, a <= b)
COMPARE(Ge, a >= b)

UNARY(Abs, semantics::Abs(a))
UNARY(Neg, semantics::Neg(a))
UNARY(Ceil, semantics::Ceil(a))
UNARY(Floor, semantics::Floor(a))
UNARY(Trunc, semantics::Trunc(a))
UNARY(Nearest, semantics::Nearest(a))
UNARY(Sqrt, semantics::Sqrt(a))
BINARY(Add, a + b)
BINARY(Sub, a - b)
BINARY(Mul, a* b)
BINARY(Div, a / b)
BINARY(Min, semantics::FloatMin(a, b))
BINARY(Max, semantics::FloatMax(a, b))
BINARY(Copysign, semantics::CopySign(a, b))

#undef COMPARE
#undef BINARY
#undef UNARY
#undef ROW

}  // namespace cvm
