// Codec<T>: how a C++ type of the binding vocabulary is lifted and lowered, without a value in between.
//
//   kInfo              what it is as a WIT type
//   Load, Lift         a T from the bytes of memory at a checked place, or from its flat values
//   Store, Lower       a T to a place in memory, or to its flat values; what it owns is moved out
//   Blank              something to go on with after an error, where T() is none
//
// Flat values are slots of 64 bits. An i32 or f32 is zero-extended when it is lowered, and its high half is ignored
// when it is lifted: so every coercion between the joined types of a variant's cases leaves the bits as they are.
//
// This file has the types of C++; codec_described.hpp those that are generated. Pure templates, any thread.
#pragma once

#include <array>
#include <concepts>
#include <cstdint>
#include <cstring>
#include <map>
#include <optional>
#include <string>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

#include "canonical-abi/memory/numbers.hpp"
#include "component/host/typed/lifter.hpp"
#include "component/host/typed/lowerer.hpp"
#include "component/host/typed/type_info.hpp"
#include "cvm/bind.hpp"

namespace cvm::component::typed {

template <class T>
struct Codec;

template <class T>
T BlankOf() {
  if constexpr (std::default_initializable<T>) {
    return T();
  } else {
    return Codec<T>::Blank();
  }
}

// What a type is, null for void.
template <class T>
constexpr const TypeInfo* InfoOf() {
  if constexpr (std::is_void_v<T>) {
    return nullptr;
  } else {
    return &Codec<T>::kInfo;
  }
}

// Integers whose bytes in memory are those of the C++ type, whatever they are: lists of them are copied whole.
template <class T>
concept Plain = std::integral<T> && !std::same_as<T, bool> && !std::same_as<T, char32_t> && !std::same_as<T, char>;

// ---------------------------------------------------------------------------------------------------------------------
// Numbers.

namespace internal {

constexpr abi::TypeKind IntKind(size_t size, bool is_signed) {
  switch (size) {
    case 1:
      return is_signed ? abi::TypeKind::kS8 : abi::TypeKind::kU8;
    case 2:
      return is_signed ? abi::TypeKind::kS16 : abi::TypeKind::kU16;
    case 4:
      return is_signed ? abi::TypeKind::kS32 : abi::TypeKind::kU32;
    default:
      return is_signed ? abi::TypeKind::kS64 : abi::TypeKind::kU64;
  }
}

}  // namespace internal

template <Plain T>
struct Codec<T> {
  static constexpr TypeInfo kInfo = ScalarInfo(internal::IntKind(sizeof(T), std::is_signed_v<T>), sizeof(T),
                                               sizeof(T) == 8 ? abi::CoreType::kI64 : abi::CoreType::kI32);
  using Bits = std::make_unsigned_t<T>;

  static T Load(Lifter&, const uint8_t* p) { return static_cast<T>(LoadLittle<Bits>(p)); }
  static T Lift(Lifter&, const uint64_t* slots) { return static_cast<T>(slots[0]); }
  static void Store(Lowerer& cx, uint64_t ptr, T v) { cx.Put(ptr, static_cast<Bits>(v)); }
  // Signed ones are extended to the 32 bits of their core type, and those with zeroes.
  static void Lower(Lowerer&, uint64_t* slots, T v) {
    slots[0] = sizeof(T) == 8 ? static_cast<uint64_t>(v) : static_cast<uint32_t>(v);
  }
};

template <class T>
  requires(std::same_as<T, bool> || std::same_as<T, Bool>)
struct Codec<T> {
  static constexpr TypeInfo kInfo = ScalarInfo(abi::TypeKind::kBool, 1);
  static T Load(Lifter&, const uint8_t* p) { return *p != 0; }
  static T Lift(Lifter&, const uint64_t* slots) { return static_cast<uint32_t>(slots[0]) != 0; }
  static void Store(Lowerer& cx, uint64_t ptr, T v) { cx.Put<uint8_t>(ptr, v ? 1 : 0); }
  static void Lower(Lowerer&, uint64_t* slots, T v) { slots[0] = v ? 1 : 0; }
};

template <>
struct Codec<float> {
  static constexpr TypeInfo kInfo = ScalarInfo(abi::TypeKind::kF32, 4, abi::CoreType::kF32);
  static float Load(Lifter&, const uint8_t* p) { return abi::DecodeI32AsFloat(LoadLittle<uint32_t>(p)); }
  static float Lift(Lifter&, const uint64_t* slots) { return abi::DecodeI32AsFloat(static_cast<uint32_t>(slots[0])); }
  static void Store(Lowerer& cx, uint64_t ptr, float v) { cx.Put(ptr, abi::EncodeFloatAsI32(v)); }
  static void Lower(Lowerer&, uint64_t* slots, float v) { slots[0] = abi::EncodeFloatAsI32(v); }
};

template <>
struct Codec<double> {
  static constexpr TypeInfo kInfo = ScalarInfo(abi::TypeKind::kF64, 8, abi::CoreType::kF64);
  static double Load(Lifter&, const uint8_t* p) { return abi::DecodeI64AsFloat(LoadLittle<uint64_t>(p)); }
  static double Lift(Lifter&, const uint64_t* slots) { return abi::DecodeI64AsFloat(slots[0]); }
  static void Store(Lowerer& cx, uint64_t ptr, double v) { cx.Put(ptr, abi::EncodeFloatAsI64(v)); }
  static void Lower(Lowerer&, uint64_t* slots, double v) { slots[0] = abi::EncodeFloatAsI64(v); }
};

template <>
struct Codec<char32_t> {
  static constexpr TypeInfo kInfo = ScalarInfo(abi::TypeKind::kChar, 4);
  static char32_t Load(Lifter& cx, const uint8_t* p) { return cx.Char(LoadLittle<uint32_t>(p)); }
  static char32_t Lift(Lifter& cx, const uint64_t* slots) { return cx.Char(static_cast<uint32_t>(slots[0])); }
  static void Store(Lowerer& cx, uint64_t ptr, char32_t v) { cx.Put(ptr, Checked(cx, v)); }
  static void Lower(Lowerer& cx, uint64_t* slots, char32_t v) { slots[0] = Checked(cx, v); }

 private:
  static uint32_t Checked(Lowerer& cx, char32_t v) {
    if (!abi::IsUnicodeScalarValue(v)) cx.FailValue("a char that is no Unicode scalar value");
    return v;
  }
};

// ---------------------------------------------------------------------------------------------------------------------
// Strings and lists.

// What strings and lists have in common: a pointer and a length stand for them.
template <class T, class Derived>
struct RangeCodec {
  static T Load(Lifter& cx, const uint8_t* p) {
    return Derived::Read(cx, cx.LoadPtr(p), cx.LoadPtr(p + cx.ptr_size()));
  }
  static T Lift(Lifter& cx, const uint64_t* slots) { return Derived::Read(cx, cx.PtrOf(slots[0]), cx.PtrOf(slots[1])); }
  static void Store(Lowerer& cx, uint64_t ptr, T& v) { cx.PutRange(ptr, Derived::Write(cx, v)); }
  static void Lower(Lowerer& cx, uint64_t* slots, T& v) {
    const abi::StoredRange range = Derived::Write(cx, v);
    slots[0] = range.ptr;
    slots[1] = range.length;
  }
};

template <>
struct Codec<std::string> : RangeCodec<std::string, Codec<std::string>> {
  static constexpr TypeInfo kInfo = StringInfo();
  static std::string Read(Lifter& cx, uint64_t ptr, uint64_t units) { return cx.Text(ptr, units); }
  static abi::StoredRange Write(Lowerer& cx, const std::string& v) { return cx.Text(v); }
};

template <class T>
struct Codec<std::vector<T>> : RangeCodec<std::vector<T>, Codec<std::vector<T>>> {
  static constexpr Part kParts[] = {{"", InfoOf<T>()}};
  static constexpr TypeInfo kInfo = ComposedInfo(abi::TypeKind::kList, kParts);
  static constexpr const TypeInfo& kElement = Codec<T>::kInfo;

  static std::vector<T> Read(Lifter& cx, uint64_t ptr, uint64_t length) {
    std::vector<T> list;
    const uint8_t* p = cx.Elements(ptr, length, kElement, sizeof(T));
    if (p == nullptr || length == 0) return list;
    if constexpr (Plain<T> && sizeof(T) == 1) {
      list.assign(p, p + length);
    } else if constexpr (Plain<T> && std::endian::native == std::endian::little) {
      list.resize(length);
      std::memcpy(list.data(), p, length * sizeof(T));
    } else {
      list.reserve(length);
      const uint32_t size = cx.LayoutOf(kElement).size;
      for (; length > 0 && !cx.failed(); --length, p += size) list.push_back(Codec<T>::Load(cx, p));
    }
    return list;
  }
  static abi::StoredRange Write(Lowerer& cx, std::vector<T>& list) {
    const abi::StoredRange range = cx.Elements(list.size(), kElement);
    if constexpr (Plain<T> && (sizeof(T) == 1 || std::endian::native == std::endian::little)) {
      cx.Copy(range.ptr, list.data(), list.size() * sizeof(T));
    } else {
      const uint32_t size = cx.LayoutOf(kElement).size;
      uint64_t ptr = range.ptr;
      for (size_t i = 0; i < list.size() && !cx.failed(); ++i, ptr += size) Codec<T>::Store(cx, ptr, list[i]);
    }
    return range;
  }
};

template <class K, class V>
struct Codec<std::map<K, V>> : RangeCodec<std::map<K, V>, Codec<std::map<K, V>>> {
  static constexpr Part kParts[] = {{"0", InfoOf<K>()}, {"1", InfoOf<V>()}};
  static constexpr TypeInfo kInfo = ComposedInfo(abi::TypeKind::kMap, kParts);
  static constexpr TypeInfo kPair = ComposedInfo(abi::TypeKind::kTuple, kParts);
  static constexpr Offset kValue = FieldOffsets<2>(kParts)[1];
  // What a map takes for an entry beside key and value.
  static constexpr size_t kNodeBytes = sizeof(std::pair<const K, V>) + 6 * sizeof(void*);

  // Of several entries with one key the last counts.
  static std::map<K, V> Read(Lifter& cx, uint64_t ptr, uint64_t length) {
    std::map<K, V> map;
    const uint8_t* p = cx.Elements(ptr, length, kPair, kNodeBytes);
    if (p == nullptr) return map;
    const uint32_t size = cx.LayoutOf(kPair).size;
    for (; length > 0 && !cx.failed(); --length, p += size) {
      K key = Codec<K>::Load(cx, p);
      map.insert_or_assign(std::move(key), Codec<V>::Load(cx, p + cx.Pick(kValue)));
    }
    return map;
  }
  static abi::StoredRange Write(Lowerer& cx, std::map<K, V>& map) {
    const abi::StoredRange range = cx.Elements(map.size(), kPair);
    uint64_t ptr = range.ptr;
    for (auto& [key, value] : map) {
      if (cx.failed()) break;
      K copy = key;
      Codec<K>::Store(cx, ptr, copy);
      Codec<V>::Store(cx, ptr + cx.Pick(kValue), value);
      ptr += cx.LayoutOf(kPair).size;
    }
    return range;
  }
};

template <class T, size_t N>
struct Codec<std::array<T, N>> {
  static constexpr Part kParts[] = {{"", InfoOf<T>()}};
  static constexpr TypeInfo kInfo = ComposedInfo(abi::TypeKind::kList, kParts, static_cast<uint32_t>(N));
  static constexpr const TypeInfo& kElement = Codec<T>::kInfo;
  using Array = std::array<T, N>;

  static Array Load(Lifter& cx, const uint8_t* p) {
    const uint32_t size = cx.LayoutOf(kElement).size;
    return Make([&](size_t i) { return Codec<T>::Load(cx, p + i * size); });
  }
  static Array Lift(Lifter& cx, const uint64_t* slots) {
    return Make([&](size_t i) { return Codec<T>::Lift(cx, slots + i * kElement.flat.count); });
  }
  static void Store(Lowerer& cx, uint64_t ptr, Array& v) {
    const uint32_t size = cx.LayoutOf(kElement).size;
    for (size_t i = 0; i < N; ++i) Codec<T>::Store(cx, ptr + i * size, v[i]);
  }
  static void Lower(Lowerer& cx, uint64_t* slots, Array& v) {
    for (size_t i = 0; i < N; ++i) Codec<T>::Lower(cx, slots + i * kElement.flat.count, v[i]);
  }
  static Array Blank() {
    return Make([](size_t) { return BlankOf<T>(); });
  }

 private:
  // A loop where elements can be assigned, else all of them at once.
  template <class F>
  static Array Make(const F& element) {
    if constexpr (std::default_initializable<T>) {
      Array array;
      for (size_t i = 0; i < N; ++i) array[i] = element(i);
      return array;
    } else {
      return
          [&]<size_t... I>(std::index_sequence<I...>) { return Array{element(I)...}; }(std::make_index_sequence<N>());
    }
  }
};

// ---------------------------------------------------------------------------------------------------------------------
// Tuples, options, results.

template <class... T>
struct Codec<std::tuple<T...>> {
  using Tuple = std::tuple<T...>;
  static constexpr size_t kSize = sizeof...(T);
  static constexpr Part kParts[] = {{"", InfoOf<T>()}...};
  // Components name the fields of a tuple "0", "1", …; nobody asks here.
  static constexpr TypeInfo kInfo = ComposedInfo(abi::TypeKind::kTuple, kParts);
  static constexpr std::array<Offset, kSize> kAt = FieldOffsets<kSize>(kParts);
  static constexpr std::array<uint32_t, kSize> kFlatAt = FlatOffsets<kSize>(kParts);

  // In braces, which are evaluated from left to right.
  static Tuple Load(Lifter& cx, const uint8_t* p) {
    return Each([&]<size_t... I>() { return Tuple{Codec<T>::Load(cx, p + cx.Pick(kAt[I]))...}; });
  }
  static Tuple Lift(Lifter& cx, const uint64_t* slots) {
    return Each([&]<size_t... I>() { return Tuple{Codec<T>::Lift(cx, slots + kFlatAt[I])...}; });
  }
  static void Store(Lowerer& cx, uint64_t ptr, Tuple& v) {
    Each([&]<size_t... I>() { (Codec<T>::Store(cx, ptr + cx.Pick(kAt[I]), std::get<I>(v)), ...); });
  }
  static void Lower(Lowerer& cx, uint64_t* slots, Tuple& v) {
    Each([&]<size_t... I>() { (Codec<T>::Lower(cx, slots + kFlatAt[I], std::get<I>(v)), ...); });
  }
  static Tuple Blank() { return Tuple{BlankOf<T>()...}; }

 private:
  template <class F>
  static auto Each(const F& f) {
    return [&]<size_t... I>(std::index_sequence<I...>) {
      return f.template operator()<I...>();
    }(std::index_sequence_for<T...>());
  }
};

// The slots of a payload that the case does not use are zero.
inline uint64_t* LowerCase(uint64_t* slots, uint32_t index, const TypeInfo& variant) {
  std::memset(slots, 0, variant.flat.count * sizeof *slots);
  slots[0] = index;
  return slots + 1;
}

template <class T>
struct Codec<std::optional<T>> {
  static constexpr Part kParts[] = {{"none"}, {"some", InfoOf<T>()}};
  static constexpr TypeInfo kInfo = ComposedInfo(abi::TypeKind::kOption, kParts);
  static constexpr Offset kPayload = PayloadOffset(kParts);

  static std::optional<T> Load(Lifter& cx, const uint8_t* p) {
    if (cx.Discriminant(*p, 2) == 0) return std::nullopt;
    return std::optional<T>(Codec<T>::Load(cx, p + cx.Pick(kPayload)));
  }
  static std::optional<T> Lift(Lifter& cx, const uint64_t* slots) {
    if (cx.Discriminant(static_cast<uint32_t>(slots[0]), 2) == 0) return std::nullopt;
    return std::optional<T>(Codec<T>::Lift(cx, slots + 1));
  }
  static void Store(Lowerer& cx, uint64_t ptr, std::optional<T>& v) {
    cx.Put<uint8_t>(ptr, v.has_value() ? 1 : 0);
    if (v.has_value()) Codec<T>::Store(cx, ptr + cx.Pick(kPayload), *v);
  }
  static void Lower(Lowerer& cx, uint64_t* slots, std::optional<T>& v) {
    uint64_t* payload = LowerCase(slots, v.has_value() ? 1 : 0, kInfo);
    if (v.has_value()) Codec<T>::Lower(cx, payload, *v);
  }
};

template <class T, class E>
struct Codec<WitResult<T, E>> {
  using Value = WitResult<T, E>;
  static constexpr Part kParts[] = {{"ok", InfoOf<T>()}, {"error", InfoOf<E>()}};
  static constexpr TypeInfo kInfo = ComposedInfo(abi::TypeKind::kResult, kParts);
  static constexpr Offset kPayload = PayloadOffset(kParts);

  static Value Load(Lifter& cx, const uint8_t* p) {
    return Make(cx.Discriminant(*p, 2),
                [&]<class P>(std::type_identity<P>) { return Codec<P>::Load(cx, p + cx.Pick(kPayload)); });
  }
  static Value Lift(Lifter& cx, const uint64_t* slots) {
    return Make(cx.Discriminant(static_cast<uint32_t>(slots[0]), 2),
                [&]<class P>(std::type_identity<P>) { return Codec<P>::Lift(cx, slots + 1); });
  }
  static void Store(Lowerer& cx, uint64_t ptr, Value& v) {
    cx.Put<uint8_t>(ptr, v.ok() ? 0 : 1);
    ptr += cx.Pick(kPayload);
    if (v.ok()) {
      if constexpr (!std::is_void_v<T>) Codec<T>::Store(cx, ptr, v.value());
    } else {
      if constexpr (!std::is_void_v<E>) Codec<E>::Store(cx, ptr, v.error());
    }
  }
  static void Lower(Lowerer& cx, uint64_t* slots, Value& v) {
    [[maybe_unused]] uint64_t* payload = LowerCase(slots, v.ok() ? 0 : 1, kInfo);
    if (v.ok()) {
      if constexpr (!std::is_void_v<T>) Codec<T>::Lower(cx, payload, v.value());
    } else {
      if constexpr (!std::is_void_v<E>) Codec<E>::Lower(cx, payload, v.error());
    }
  }
  static Value Blank() {
    return Make(0, []<class P>(std::type_identity<P>) { return BlankOf<P>(); });
  }

 private:
  template <class F>
  static Value Make(uint32_t index, [[maybe_unused]] const F& payload) {
    if (index == 0) {
      if constexpr (std::is_void_v<T>) {
        return Value(OkValue<void>{});
      } else {
        return Value(OkValue<T>{payload(std::type_identity<T>())});
      }
    }
    if constexpr (std::is_void_v<E>) {
      return Value(ErrValue<void>{});
    } else {
      return Value(ErrValue<E>{payload(std::type_identity<E>())});
    }
  }
};

}  // namespace cvm::component::typed
