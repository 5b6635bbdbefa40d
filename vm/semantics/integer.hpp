// i32.* and i64.*: arithmetic, comparisons, shifts, sign extension and wide arithmetic (core/exec/numerics#integer
// operations). Part of semantics.hpp. Pure functions; safe from any thread.
//
// Operands are unsigned throughout: overflow wraps, and a signed reading is a cast at the place that needs it.
#pragma once

#include <bit>
#include <cstdint>
#include <type_traits>

#include "vm/semantics/semantics.hpp"

namespace cvm {

// A 128-bit result as wide arithmetic leaves it on the stack: low half first.
struct I64Pair {
  uint64_t low;
  uint64_t high;
};

namespace semantics {

__extension__ typedef unsigned __int128 Uint128;
__extension__ typedef __int128 Int128;

template <class T>
[[gnu::always_inline]] constexpr std::make_signed_t<T> Signed(T a) {
  return static_cast<std::make_signed_t<T>>(a);
}

// Shift and rotation counts are taken modulo the width.
template <class T>
[[gnu::always_inline]] constexpr int Count(T b) {
  return static_cast<int>(b & (sizeof(T) * 8 - 1));
}

// Signed division goes wrong for the divisors 0 and -1 only; one comparison singles out both.
template <class T>
[[gnu::always_inline]] constexpr bool IsZeroOrMinusOne(T b) {
  return static_cast<T>(b + 1) <= 1;
}

template <class T>
[[gnu::always_inline]] constexpr OrTrap<T> DivS(T a, T b) {
  if (IsZeroOrMinusOne(b)) [[unlikely]] {
    if (b == 0) return TrapKind::kDivideByZero;
    constexpr T kMin = T{1} << (sizeof(T) * 8 - 1);
    if (a == kMin) return TrapKind::kIntegerOverflow;
    return static_cast<T>(0 - a);
  }
  return static_cast<T>(Signed(a) / Signed(b));
}

template <class T>
[[gnu::always_inline]] constexpr OrTrap<T> DivU(T a, T b) {
  if (b == 0) [[unlikely]]
    return TrapKind::kDivideByZero;
  return static_cast<T>(a / b);
}

template <class T>
[[gnu::always_inline]] constexpr OrTrap<T> RemS(T a, T b) {
  if (IsZeroOrMinusOne(b)) [[unlikely]] {
    if (b == 0) return TrapKind::kDivideByZero;
    return T{0};  // min % -1 too: no trap here, unlike div_s
  }
  return static_cast<T>(Signed(a) % Signed(b));
}

template <class T>
[[gnu::always_inline]] constexpr OrTrap<T> RemU(T a, T b) {
  if (b == 0) [[unlikely]]
    return TrapKind::kDivideByZero;
  return static_cast<T>(a % b);
}

// Reads the low bits as a Narrow and extends its sign.
template <class Narrow, class T>
[[gnu::always_inline]] constexpr T ExtendSigned(T a) {
  return static_cast<T>(static_cast<std::make_signed_t<T>>(static_cast<Narrow>(a)));
}

[[gnu::always_inline]] constexpr Uint128 Join(uint64_t low, uint64_t high) { return Uint128{high} << 64 | low; }

[[gnu::always_inline]] constexpr I64Pair Split(Uint128 a) {
  return {static_cast<uint64_t>(a), static_cast<uint64_t>(a >> 64)};
}

}  // namespace semantics

[[gnu::always_inline]] constexpr I64Pair I64Add128(uint64_t low_a, uint64_t high_a, uint64_t low_b, uint64_t high_b) {
  return semantics::Split(semantics::Join(low_a, high_a) + semantics::Join(low_b, high_b));
}

[[gnu::always_inline]] constexpr I64Pair I64Sub128(uint64_t low_a, uint64_t high_a, uint64_t low_b, uint64_t high_b) {
  return semantics::Split(semantics::Join(low_a, high_a) - semantics::Join(low_b, high_b));
}

[[gnu::always_inline]] constexpr I64Pair I64MulWideS(uint64_t a, uint64_t b) {
  return semantics::Split(static_cast<semantics::Uint128>(semantics::Int128{semantics::Signed(a)} *
                                                          semantics::Int128{semantics::Signed(b)}));
}

[[gnu::always_inline]] constexpr I64Pair I64MulWideU(uint64_t a, uint64_t b) {
  return semantics::Split(semantics::Uint128{a} * b);
}

// One row: the operation named `op`, for i32 and for i64. T is the operand type within the expression.
#define ROW(id, Operand, Result, params, ...)                                          \
  template <>                                                                          \
  struct Semantics<Opcode::k##id> {                                                    \
    using T = Operand;                                                                 \
    [[gnu::always_inline]] static constexpr Result Eval params { return __VA_ARGS__; } \
  };
#define UNARY(op, ...)                                 \
  ROW(I32##op, uint32_t, T, (uint32_t a), __VA_ARGS__) \
  ROW(I64##op, uint64_t, T, (uint64_t a), __VA_ARGS__)
#define BINARY(op, ...)                                            \
  ROW(I32##op, uint32_t, T, (uint32_t a, uint32_t b), __VA_ARGS__) \
  ROW(I64##op, uint64_t, T, (uint64_t a, uint64_t b), __VA_ARGS__)
#define PARTIAL(op, ...)                                                   \
  ROW(I32##op, uint32_t, OrTrap<T>, (uint32_t a, uint32_t b), __VA_ARGS__) \
  ROW(I64##op, uint64_t, OrTrap<T>, (uint64_t a, uint64_t b), __VA_ARGS__)
#define COMPARE(op, ...)                                                  \
  ROW(I32##op, uint32_t, uint32_t, (uint32_t a, uint32_t b), __VA_ARGS__) \
  ROW(I64##op, uint64_t, uint32_t, (uint64_t a, uint64_t b), __VA_ARGS__)

ROW(I32Eqz, uint32_t, uint32_t, (uint32_t a), a == 0)
ROW(I64Eqz, uint64_t, uint32_t, (uint64_t a), a == 0)
COMPARE(Eq, a == b)
COMPARE(Ne, a != b)
COMPARE(LtS, semantics::Signed(a) < semantics::Signed(b))
COMPARE(LtU, a < b)
COMPARE(GtS, semantics::Signed(a) > semantics::Signed(b))
COMPARE(GtU, a > b)
COMPARE(LeS, semantics::Signed(a) <= semantics::Signed(b))
COMPARE(LeU, a <= b)
COMPARE(GeS, semantics::Signed(a) >= semantics::Signed(b))
COMPARE(GeU, a >= b)

UNARY(Clz, static_cast<T>(std::countl_zero(a)))
UNARY(Ctz, static_cast<T>(std::countr_zero(a)))
UNARY(Popcnt, static_cast<T>(std::popcount(a)))
BINARY(Add, a + b)
BINARY(Sub, a - b)
BINARY(Mul, a* b)
PARTIAL(DivS, semantics::DivS(a, b))
PARTIAL(DivU, semantics::DivU(a, b))
PARTIAL(RemS, semantics::RemS(a, b))
PARTIAL(RemU, semantics::RemU(a, b))
BINARY(And, a& b)
BINARY(Or, a | b)
BINARY(Xor, a ^ b)
BINARY(Shl, a << semantics::Count(b))
BINARY(ShrS, static_cast<T>(semantics::Signed(a) >> semantics::Count(b)))
BINARY(ShrU, a >> semantics::Count(b))
BINARY(Rotl, std::rotl(a, semantics::Count(b)))
BINARY(Rotr, std::rotr(a, semantics::Count(b)))

UNARY(Extend8S, semantics::ExtendSigned<int8_t>(a))
UNARY(Extend16S, semantics::ExtendSigned<int16_t>(a))
ROW(I64Extend32S, uint64_t, uint64_t, (uint64_t a), semantics::ExtendSigned<int32_t>(a))
ROW(I32WrapI64, uint64_t, uint32_t, (uint64_t a), static_cast<uint32_t>(a))
ROW(I64ExtendI32S, uint32_t, uint64_t, (uint32_t a), semantics::ExtendSigned<int32_t>(uint64_t{a}))
ROW(I64ExtendI32U, uint32_t, uint64_t, (uint32_t a), a)

// Wide arithmetic (proposal wide-arithmetic): two results, so handlers of their own.
ROW(I64Add128, uint64_t, I64Pair, (uint64_t la, uint64_t ha, uint64_t lb, uint64_t hb), I64Add128(la, ha, lb, hb))
ROW(I64Sub128, uint64_t, I64Pair, (uint64_t la, uint64_t ha, uint64_t lb, uint64_t hb), I64Sub128(la, ha, lb, hb))
ROW(I64MulWideS, uint64_t, I64Pair, (uint64_t a, uint64_t b), I64MulWideS(a, b))
ROW(I64MulWideU, uint64_t, I64Pair, (uint64_t a, uint64_t b), I64MulWideU(a, b))

#undef COMPARE
#undef PARTIAL
#undef BINARY
#undef UNARY
#undef ROW

}  // namespace cvm
