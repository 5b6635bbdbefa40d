// ceil, floor, trunc and nearest for a scalar or a vector of floats, without a call into the C library. Internal to
// vm/semantics. Pure functions; safe from any thread. REQUIRES: the default rounding mode, round to nearest even.
//
// SSE4.1 and AArch64 have an instruction for it. Elsewhere: adding 2^23 (f32) or 2^52 (f64) to a smaller magnitude
// leaves no room for a fraction, so the addition itself rounds to nearest even; taking it away again gives the integer.
// The other modes correct that by one. NaNs pass through the additions and come out quiet; larger values are integers.
#pragma once

#include <bit>
#include <cstdint>
#include <limits>

#include "vm/semantics/vec.hpp"

#if defined(__SSE4_1__) && !defined(CVM_SEMANTICS_PORTABLE)
#include <smmintrin.h>
#endif

namespace cvm::semantics {

// The integer form of a float or of a vector of floats, and its lane type.
template <class V>
struct FloatForm {
  using Lane = LaneOf<V>;
  using Bits = Vec<std::conditional_t<sizeof(Lane) == 4, uint32_t, uint64_t>>;
};
template <>
struct FloatForm<float> {
  using Lane = float;
  using Bits = uint32_t;
};
template <>
struct FloatForm<double> {
  using Lane = double;
  using Bits = uint64_t;
};

template <class V>
[[gnu::always_inline]] inline auto BitsOf(V v) {
  return std::bit_cast<typename FloatForm<V>::Bits>(v);
}

// One sign bit, in the type of one lane's bits.
template <class V>
inline constexpr auto kSignBit =
    std::bit_cast<typename FloatForm<typename FloatForm<V>::Lane>::Bits>(-typename FloatForm<V>::Lane{0});

// abs, neg and copysign move bits only: NaNs keep their payload, signalling ones included (core/exec/numerics#op-fabs).
template <class V>
[[gnu::always_inline]] inline V Abs(V v) {
  return std::bit_cast<V>(BitsOf(v) & ~kSignBit<V>);
}

template <class V>
[[gnu::always_inline]] inline V Neg(V v) {
  return std::bit_cast<V>(BitsOf(v) ^ kSignBit<V>);
}

template <class V>
[[gnu::always_inline]] inline V CopySign(V magnitude, V sign) {
  return std::bit_cast<V>((BitsOf(magnitude) & ~kSignBit<V>) | (BitsOf(sign) & kSignBit<V>));
}

namespace portable {

// The smallest power of two from which on every float is an integer.
template <class V, class F = typename FloatForm<V>::Lane>
inline constexpr F kIntegral = F{1} / std::numeric_limits<F>::epsilon();

template <class V>
[[gnu::always_inline]] inline V Nearest(V x) {
  const V magnitude = Abs(x);
  const V rounded = CopySign(static_cast<V>(magnitude + kIntegral<V> - kIntegral<V>), x);
  return magnitude >= kIntegral<V> ? x : rounded;
}

template <class V>
[[gnu::always_inline]] inline V Trunc(V x) {
  const V magnitude = Abs(x);
  const V nearest = magnitude + kIntegral<V> - kIntegral<V>;
  const V rounded = nearest > magnitude ? static_cast<V>(nearest - typename FloatForm<V>::Lane{1}) : nearest;
  return magnitude >= kIntegral<V> ? x : CopySign(rounded, x);
}

template <class V>
[[gnu::always_inline]] inline V Floor(V x) {
  const V nearest = Nearest(x);
  return nearest > x ? static_cast<V>(nearest - typename FloatForm<V>::Lane{1}) : nearest;
}

// The sign is restored at the end: ceil(-0.5) is -0, not 0.
template <class V>
[[gnu::always_inline]] inline V Ceil(V x) {
  const V nearest = Nearest(x);
  return CopySign(nearest < x ? static_cast<V>(nearest + typename FloatForm<V>::Lane{1}) : nearest, x);
}

}  // namespace portable

#if defined(CVM_SEMANTICS_PORTABLE) || !(defined(__SSE4_1__) || defined(__aarch64__))

using portable::Ceil;
using portable::Floor;
using portable::Nearest;
using portable::Trunc;

#else

// One instruction each. All of them quiet a signalling NaN.
[[gnu::always_inline]] inline float Ceil(float x) { return __builtin_ceilf(x); }
[[gnu::always_inline]] inline float Floor(float x) { return __builtin_floorf(x); }
[[gnu::always_inline]] inline float Trunc(float x) { return __builtin_truncf(x); }
[[gnu::always_inline]] inline float Nearest(float x) { return __builtin_roundevenf(x); }
[[gnu::always_inline]] inline double Ceil(double x) { return __builtin_ceil(x); }
[[gnu::always_inline]] inline double Floor(double x) { return __builtin_floor(x); }
[[gnu::always_inline]] inline double Trunc(double x) { return __builtin_trunc(x); }
[[gnu::always_inline]] inline double Nearest(double x) { return __builtin_roundeven(x); }

#if defined(__SSE4_1__)

template <int kMode>
[[gnu::always_inline]] inline Vec<float> Round(Vec<float> x) {
  return (Vec<float>)_mm_round_ps((__m128)x, kMode | _MM_FROUND_NO_EXC);
}
template <int kMode>
[[gnu::always_inline]] inline Vec<double> Round(Vec<double> x) {
  return (Vec<double>)_mm_round_pd((__m128d)x, kMode | _MM_FROUND_NO_EXC);
}
template <class V>
[[gnu::always_inline]] inline V Ceil(V x) {
  return Round<_MM_FROUND_TO_POS_INF>(x);
}
template <class V>
[[gnu::always_inline]] inline V Floor(V x) {
  return Round<_MM_FROUND_TO_NEG_INF>(x);
}
template <class V>
[[gnu::always_inline]] inline V Trunc(V x) {
  return Round<_MM_FROUND_TO_ZERO>(x);
}
template <class V>
[[gnu::always_inline]] inline V Nearest(V x) {
  return Round<_MM_FROUND_TO_NEAREST_INT>(x);
}

#else

template <class V>
[[gnu::always_inline]] inline V Ceil(V x) {
  return portable::Ceil(x);
}
template <class V>
[[gnu::always_inline]] inline V Floor(V x) {
  return portable::Floor(x);
}
template <class V>
[[gnu::always_inline]] inline V Trunc(V x) {
  return portable::Trunc(x);
}
template <class V>
[[gnu::always_inline]] inline V Nearest(V x) {
  return portable::Nearest(x);
}

#endif
#endif

}  // namespace cvm::semantics
