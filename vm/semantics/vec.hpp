// Vectors of lanes: the views that a V128 can be given (i8x16 … f64x2), and the few helpers that every SIMD family
// uses. Internal to vm/semantics. Pure functions; safe from any thread.
//
// Everything is written with the vector extensions that clang and gcc share, so that one text serves every target.
// Helpers are always_inline: a room may compile one file for a newer processor, and an out-of-line copy of a helper
// must not leak from there into code that runs everywhere.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <type_traits>
#include <utility>

#include "vm/semantics/semantics.hpp"

namespace cvm::semantics {

template <class T, size_t kBytes>
struct VecOfBytes {
  typedef T Type __attribute__((vector_size(kBytes)));
};

template <class T>
using Vec = typename VecOfBytes<T, 16>::Type;
template <class T>
using HalfVec = typename VecOfBytes<T, 8>::Type;  // the low or the high half of a Vec<T>
template <class T>
using TwoVecs = typename VecOfBytes<T, 32>::Type;  // never passed between functions: its ABI depends on the target

template <class T>
inline constexpr size_t kLanes = 16 / sizeof(T);

template <class V>
using LaneOf = std::remove_cvref_t<decltype(std::declval<V&>()[0])>;

// The integer type of twice the width.
template <class T>
struct WiderOf;
template <>
struct WiderOf<int8_t> : std::type_identity<int16_t> {};
template <>
struct WiderOf<uint8_t> : std::type_identity<uint16_t> {};
template <>
struct WiderOf<int16_t> : std::type_identity<int32_t> {};
template <>
struct WiderOf<uint16_t> : std::type_identity<uint32_t> {};
template <>
struct WiderOf<int32_t> : std::type_identity<int64_t> {};
template <>
struct WiderOf<uint32_t> : std::type_identity<uint64_t> {};
template <class T>
using Wider = typename WiderOf<T>::type;

// The lanes of `v` seen as T; the other way round, ToV128.
template <class T, class V>
[[gnu::always_inline]] inline Vec<T> As(V v) {
  return std::bit_cast<Vec<T>>(v);
}

template <class V>
[[gnu::always_inline]] inline V128 ToV128(V v) {
  return std::bit_cast<V128>(v);
}

// Not `Vec<T>{} + x`: that would turn -0 into +0 and quiet a signalling NaN.
template <class T>
[[gnu::always_inline]] inline Vec<T> Splat(T x) {
  return [x]<size_t... kLane>(std::index_sequence<kLane...>) {
    return Vec<T>{((void)kLane, x)...};
  }(std::make_index_sequence<kLanes<T>>());
}

// 0, 1, 2, …
template <class T>
[[gnu::always_inline]] inline Vec<T> LaneNumbers() {
  return []<size_t... kLane>(std::index_sequence<kLane...>) {
    return Vec<T>{static_cast<T>(kLane)...};
  }(std::make_index_sequence<kLanes<T>>());
}

template <class V>
[[gnu::always_inline]] inline HalfVec<LaneOf<V>> LowHalf(V v) {
  return std::bit_cast<HalfVec<LaneOf<V>>>(As<uint64_t>(v)[0]);
}

template <class V>
[[gnu::always_inline]] inline HalfVec<LaneOf<V>> HighHalf(V v) {
  return std::bit_cast<HalfVec<LaneOf<V>>>(As<uint64_t>(v)[1]);
}

// Fills the upper half with zeros: the "_zero" conversions.
template <class H>
[[gnu::always_inline]] inline V128 ZeroExtendHalf(H half) {
  return ToV128(Vec<uint64_t>{std::bit_cast<uint64_t>(half), 0});
}

template <class V>
[[gnu::always_inline]] inline V Min(V a, V b) {
  return a < b ? a : b;
}

template <class V>
[[gnu::always_inline]] inline V Max(V a, V b) {
  return a > b ? a : b;
}

}  // namespace cvm::semantics
