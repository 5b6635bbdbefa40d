// The few operations for which the portable text does not lead the compilers to the processor's instruction. Internal
// to vm/semantics. Pure functions; safe from any thread.
//
// Namespace `portable` is complete and always compiled; `native` takes what the target has and the rest from there.
// CVM_SEMANTICS_PORTABLE forces the portable forms: the tests run both. The two compute the same, bit for bit.
#pragma once

#include <array>
#include <cstdint>
#include <cstring>
#include <limits>

#include "vm/semantics/vec.hpp"

#if defined(__SSE2__) && !defined(CVM_SEMANTICS_PORTABLE)
#define CVM_SEMANTICS_SSE2 1
#include <emmintrin.h>
#if defined(__SSSE3__)
#define CVM_SEMANTICS_SSSE3 1
#include <tmmintrin.h>
#endif
#endif

namespace cvm::semantics {
namespace portable {

// cvttss2si and relatives: rounds towards zero; a NaN or a value out of range gives the least integer.
template <class I, class F>
[[gnu::always_inline]] inline I TruncOrMin(F x) {
  constexpr F kLimit = -static_cast<F>(std::numeric_limits<I>::min());
  const bool fits = sizeof(F) > sizeof(I) ? x > -kLimit - 1 && x < kLimit : x >= -kLimit && x < kLimit;
  return fits ? static_cast<I>(x) : std::numeric_limits<I>::min();
}

[[gnu::always_inline]] inline int64_t TruncToI64(float x) { return TruncOrMin<int64_t>(x); }
[[gnu::always_inline]] inline int64_t TruncToI64(double x) { return TruncOrMin<int64_t>(x); }

[[gnu::always_inline]] inline Vec<int32_t> TruncToI32x4(Vec<float> x) {
  return Vec<int32_t>{TruncOrMin<int32_t>(x[0]), TruncOrMin<int32_t>(x[1]), TruncOrMin<int32_t>(x[2]),
                      TruncOrMin<int32_t>(x[3])};
}

// The upper two lanes are zero.
[[gnu::always_inline]] inline Vec<int32_t> TruncToI32x4(Vec<double> x) {
  return Vec<int32_t>{TruncOrMin<int32_t>(x[0]), TruncOrMin<int32_t>(x[1]), 0, 0};
}

// The top bits of all lanes, lane 0 in bit 0.
template <class V>
[[gnu::always_inline]] inline uint32_t TopBits(V v) {
  uint32_t bits = 0;
  for (size_t i = 0; i < kLanes<LaneOf<V>>; ++i) bits |= static_cast<uint32_t>(v[i] < 0) << i;
  return bits;
}

// REQUIRES: each byte of `mask` is 0 or 0xff.
template <class V>
[[gnu::always_inline]] inline bool AnyInMask(V mask) {
  const auto halves = As<uint64_t>(mask);
  return (halves[0] | halves[1]) != 0;
}

// Lane i is table[index[i]], or 0 if the index is above 15.
[[gnu::always_inline]] inline V128 Swizzle(V128 table, V128 index) {
  alignas(16) std::array<uint8_t, 32> bytes = {};
  std::memcpy(bytes.data(), &table, 16);
  const V128 clamped = Min(index, Splat<uint8_t>(16));
  V128 result = {};
  for (size_t i = 0; i < 16; ++i) result[i] = bytes[clamped[i]];
  return result;
}

// pshufb: the index modulo 16, but 0 for an index above 127.
[[gnu::always_inline]] inline V128 RelaxedSwizzle(V128 table, V128 index) { return Swizzle(table, index & 0x8f); }

// Lane i is lane lanes[i] of a and b put together. REQUIRES: lanes[i] < 32 (the validator's rule).
[[gnu::always_inline]] inline V128 Shuffle(V128 a, V128 b, V128 lanes) {
  alignas(16) std::array<uint8_t, 32> bytes;
  std::memcpy(bytes.data(), &a, 16);
  std::memcpy(bytes.data() + 16, &b, 16);
  V128 result = {};
  for (size_t i = 0; i < 16; ++i) result[i] = bytes[lanes[i] & 31];
  return result;
}

// pmulhrsw: (a * b + 2^14) >> 15, modulo 2^16. Overflows for min * min only.
[[gnu::always_inline]] inline Vec<int16_t> Q15MulrWrapping(Vec<int16_t> a, Vec<int16_t> b) {
  using Wide = TwoVecs<int32_t>;
  const Wide product = __builtin_convertvector(a, Wide) * __builtin_convertvector(b, Wide);
  return __builtin_convertvector(((product >> 14) + 1) >> 1, Vec<int16_t>);
}

}  // namespace portable

namespace native {

// Not with gcc, which evaluates these intrinsics wrongly where it knows the operand: out of range, it saturates.
#if defined(CVM_SEMANTICS_SSE2) && defined(__clang__)

[[gnu::always_inline]] inline int64_t TruncToI64(float x) { return _mm_cvttss_si64(_mm_set_ss(x)); }
[[gnu::always_inline]] inline int64_t TruncToI64(double x) { return _mm_cvttsd_si64(_mm_set_sd(x)); }
[[gnu::always_inline]] inline Vec<int32_t> TruncToI32x4(Vec<float> x) {
  return (Vec<int32_t>)_mm_cvttps_epi32((__m128)x);
}
[[gnu::always_inline]] inline Vec<int32_t> TruncToI32x4(Vec<double> x) {
  return (Vec<int32_t>)_mm_cvttpd_epi32((__m128d)x);
}

#else

using portable::TruncToI32x4;
using portable::TruncToI64;

#endif

#if defined(CVM_SEMANTICS_SSE2)

[[gnu::always_inline]] inline uint32_t TopBits(Vec<int8_t> v) {
  return static_cast<uint32_t>(_mm_movemask_epi8((__m128i)v));
}
[[gnu::always_inline]] inline uint32_t TopBits(Vec<int16_t> v) {
  return static_cast<uint32_t>(_mm_movemask_epi8(_mm_packs_epi16((__m128i)v, _mm_setzero_si128())));
}
[[gnu::always_inline]] inline uint32_t TopBits(Vec<int32_t> v) {
  return static_cast<uint32_t>(_mm_movemask_ps((__m128)v));
}
[[gnu::always_inline]] inline uint32_t TopBits(Vec<int64_t> v) {
  return static_cast<uint32_t>(_mm_movemask_pd((__m128d)v));
}
template <class V>
[[gnu::always_inline]] inline bool AnyInMask(V mask) {
  return _mm_movemask_epi8((__m128i)mask) != 0;
}

#else

using portable::AnyInMask;
using portable::TopBits;

#endif

#if defined(CVM_SEMANTICS_SSSE3)

[[gnu::always_inline]] inline V128 RelaxedSwizzle(V128 table, V128 index) {
  return (V128)_mm_shuffle_epi8((__m128i)table, (__m128i)index);
}
// Adding 0x70 with saturation keeps the low four bits of 0 … 15 and sets the top bit, "gives 0", of everything above.
[[gnu::always_inline]] inline V128 Swizzle(V128 table, V128 index) {
  return RelaxedSwizzle(table, (V128)_mm_adds_epu8((__m128i)index, _mm_set1_epi8(0x70)));
}
[[gnu::always_inline]] inline V128 Shuffle(V128 a, V128 b, V128 lanes) {
  return Swizzle(a, lanes) | RelaxedSwizzle(b, lanes - 16);
}
[[gnu::always_inline]] inline Vec<int16_t> Q15MulrWrapping(Vec<int16_t> a, Vec<int16_t> b) {
  return (Vec<int16_t>)_mm_mulhrs_epi16((__m128i)a, (__m128i)b);
}

#else

using portable::Q15MulrWrapping;
using portable::RelaxedSwizzle;
using portable::Shuffle;
using portable::Swizzle;

#endif

}  // namespace native
}  // namespace cvm::semantics

#undef CVM_SEMANTICS_SSE2
#undef CVM_SEMANTICS_SSSE3
