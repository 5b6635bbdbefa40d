// Codec of the types that cvm-bindgen generates, by their bind::TypeOf: records, variants, enums, flags; and of handles
// to resources.
#pragma once

#include <array>
#include <concepts>
#include <cstdint>
#include <memory>
#include <tuple>
#include <type_traits>
#include <utility>
#include <variant>

#include "component/host/typed/codec.hpp"
#include "component/host/typed/resources.hpp"
#include "cvm/bind.hpp"

namespace cvm::component::typed {

template <class T, bind::Kind kKind>
concept DescribedAs = bind::Described<T> && bind::TypeOf<T>::kKind == kKind;

namespace internal {

// Unsigned integers by their size in memory.
template <size_t kBytes>
using UInt = std::conditional_t<kBytes == 1, uint8_t, std::conditional_t<kBytes == 2, uint16_t, uint32_t>>;

template <class T>
constexpr auto NameParts() {
  std::array<Part, bind::TypeOf<T>::kNames.size()> parts = {};
  for (size_t i = 0; i < parts.size(); ++i) parts[i].name = bind::TypeOf<T>::kNames[i];
  return parts;
}

}  // namespace internal

template <class T>
  requires DescribedAs<T, bind::Kind::kEnum>
struct Codec<T> {
  static constexpr auto kParts = internal::NameParts<T>();
  static constexpr TypeInfo kInfo = ComposedInfo(abi::TypeKind::kEnum, kParts);
  using Bits = internal::UInt<internal::DiscriminantSize(kParts.size())>;

  static T Load(Lifter& cx, const uint8_t* p) {
    return static_cast<T>(cx.Discriminant(LoadLittle<Bits>(p), kParts.size()));
  }
  static T Lift(Lifter& cx, const uint64_t* slots) {
    return static_cast<T>(cx.Discriminant(static_cast<uint32_t>(slots[0]), kParts.size()));
  }
  static void Store(Lowerer& cx, uint64_t ptr, T v) { cx.Put(ptr, static_cast<Bits>(Checked(cx, v))); }
  static void Lower(Lowerer& cx, uint64_t* slots, T v) { slots[0] = Checked(cx, v); }

 private:
  static uint32_t Checked(Lowerer& cx, T v) {
    const auto index = static_cast<uint32_t>(v);
    if (index >= kParts.size()) cx.FailValue("an enumerator that is none");
    return index;
  }
};

template <class T>
  requires DescribedAs<T, bind::Kind::kFlags>
struct Codec<T> {
  static constexpr auto kParts = internal::NameParts<T>();
  static constexpr TypeInfo kInfo = ComposedInfo(abi::TypeKind::kFlags, kParts);
  using Bits = internal::UInt<internal::FlagsSize(kParts.size())>;
  static constexpr uint32_t kMask = static_cast<uint32_t>((uint64_t{1} << kParts.size()) - 1);

  // Bits that no label has are ignored (security.md ABI-05).
  static T Load(Lifter&, const uint8_t* p) { return Make(LoadLittle<Bits>(p)); }
  static T Lift(Lifter&, const uint64_t* slots) { return Make(static_cast<uint32_t>(slots[0])); }
  static void Store(Lowerer& cx, uint64_t ptr, T v) { cx.Put(ptr, static_cast<Bits>(Checked(cx, v))); }
  static void Lower(Lowerer& cx, uint64_t* slots, T v) { slots[0] = Checked(cx, v); }

 private:
  static T Make(uint32_t bits) { return T(static_cast<typename T::bits_type>(bits & kMask)); }
  static uint32_t Checked(Lowerer& cx, T v) {
    const auto bits = static_cast<uint32_t>(v.bits);
    if ((bits & ~kMask) != 0) cx.FailValue("a flag that is none");
    return bits;
  }
};

template <class T>
  requires DescribedAs<T, bind::Kind::kRecord>
struct Codec<T> {
  using Fields = std::remove_cvref_t<decltype(bind::TypeOf<T>::kFields)>;
  static constexpr size_t kSize = std::tuple_size_v<Fields>;
  template <size_t I>
  using FieldCodec = Codec<typename std::tuple_element_t<I, Fields>::value_type>;

  template <size_t... I>
  static constexpr std::array<Part, kSize> MakeParts(std::index_sequence<I...>) {
    return {Part{std::get<I>(bind::TypeOf<T>::kFields).name, &FieldCodec<I>::kInfo}...};
  }
  static constexpr std::array<Part, kSize> kParts = MakeParts(std::make_index_sequence<kSize>());
  static constexpr TypeInfo kInfo = ComposedInfo(abi::TypeKind::kRecord, kParts);
  static constexpr std::array<Offset, kSize> kAt = FieldOffsets<kSize>(kParts);
  static constexpr std::array<uint32_t, kSize> kFlatAt = FlatOffsets<kSize>(kParts);

  // Generated records are aggregates of their fields in order.
  static T Load(Lifter& cx, const uint8_t* p) {
    return Each([&]<size_t... I>() { return T{FieldCodec<I>::Load(cx, p + cx.Pick(kAt[I]))...}; });
  }
  static T Lift(Lifter& cx, const uint64_t* slots) {
    return Each([&]<size_t... I>() { return T{FieldCodec<I>::Lift(cx, slots + kFlatAt[I])...}; });
  }
  static void Store(Lowerer& cx, uint64_t ptr, T& v) {
    Each([&]<size_t... I>() { (FieldCodec<I>::Store(cx, ptr + cx.Pick(kAt[I]), Member<I>(v)), ...); });
  }
  static void Lower(Lowerer& cx, uint64_t* slots, T& v) {
    Each([&]<size_t... I>() { (FieldCodec<I>::Lower(cx, slots + kFlatAt[I], Member<I>(v)), ...); });
  }
  static T Blank() {
    return Each([]<size_t... I>() { return T{BlankOf<typename std::tuple_element_t<I, Fields>::value_type>()...}; });
  }

 private:
  template <size_t I>
  static auto& Member(T& v) {
    return v.*(std::get<I>(bind::TypeOf<T>::kFields).member);
  }
  template <class F>
  static auto Each(const F& f) {
    return [&]<size_t... I>(std::index_sequence<I...>) {
      return f.template operator()<I...>();
    }(std::make_index_sequence<kSize>());
  }
};

// By tables with a function for each case.
template <class T>
  requires DescribedAs<T, bind::Kind::kVariant>
struct Codec<T> {
  using Cases = std::remove_cvref_t<decltype(bind::TypeOf<T>::kCases)>;
  static constexpr size_t kSize = std::tuple_size_v<Cases>;
  template <size_t I>
  using Struct = typename std::tuple_element_t<I, Cases>::struct_type;
  template <size_t I>
  using Payload = typename std::tuple_element_t<I, Cases>::payload_type;

  template <size_t... I>
  static constexpr std::array<Part, kSize> MakeParts(std::index_sequence<I...>) {
    return {Part{std::get<I>(bind::TypeOf<T>::kCases).name, InfoOf<Payload<I>>()}...};
  }
  static constexpr std::array<Part, kSize> kParts = MakeParts(std::make_index_sequence<kSize>());
  static constexpr TypeInfo kInfo = ComposedInfo(abi::TypeKind::kVariant, kParts);
  static constexpr Offset kPayload = PayloadOffset(kParts);
  using Disc = internal::UInt<internal::DiscriminantSize(kSize)>;

  static T Load(Lifter& cx, const uint8_t* p) {
    static constexpr auto kTable = Table<T (*)(Lifter&, const uint8_t*)>([]<size_t I>() { return &LoadCase<I>; });
    const uint32_t index = cx.Discriminant(LoadLittle<Disc>(p), kSize);
    return cx.failed() ? BlankOf<T>() : kTable[index](cx, p + cx.Pick(kPayload));
  }
  static T Lift(Lifter& cx, const uint64_t* slots) {
    static constexpr auto kTable = Table<T (*)(Lifter&, const uint64_t*)>([]<size_t I>() { return &LiftCase<I>; });
    const uint32_t index = cx.Discriminant(static_cast<uint32_t>(slots[0]), kSize);
    return cx.failed() ? BlankOf<T>() : kTable[index](cx, slots + 1);
  }
  static void Store(Lowerer& cx, uint64_t ptr, T& v) {
    static constexpr auto kTable = Table<void (*)(Lowerer&, uint64_t, T&)>([]<size_t I>() { return &StoreCase<I>; });
    const size_t index = v.value.index();
    if (index >= kSize) return cx.FailValue("a variant without a value");
    cx.Put(ptr, static_cast<Disc>(index));
    kTable[index](cx, ptr + cx.Pick(kPayload), v);
  }
  static void Lower(Lowerer& cx, uint64_t* slots, T& v) {
    static constexpr auto kTable = Table<void (*)(Lowerer&, uint64_t*, T&)>([]<size_t I>() { return &LowerCaseOf<I>; });
    const size_t index = v.value.index();
    if (index >= kSize) return cx.FailValue("a variant without a value");
    kTable[index](cx, LowerCase(slots, static_cast<uint32_t>(index), kInfo), v);
  }
  static T Blank() {
    if constexpr (std::is_void_v<Payload<0>>) {
      return T(Struct<0>{});
    } else {
      return T(Struct<0>{BlankOf<Payload<0>>()});
    }
  }

 private:
  template <class F, class Select>
  static constexpr std::array<F, kSize> Table(Select select) {
    return [&]<size_t... I>(std::index_sequence<I...>) {
      return std::array<F, kSize> { select.template operator()<I>()... };
    }(std::make_index_sequence<kSize>());
  }

  template <size_t I>
  static T LoadCase([[maybe_unused]] Lifter& cx, [[maybe_unused]] const uint8_t* p) {
    if constexpr (std::is_void_v<Payload<I>>) {
      return T(Struct<I>{});
    } else {
      return T(Struct<I>{Codec<Payload<I>>::Load(cx, p)});
    }
  }
  template <size_t I>
  static T LiftCase([[maybe_unused]] Lifter& cx, [[maybe_unused]] const uint64_t* slots) {
    if constexpr (std::is_void_v<Payload<I>>) {
      return T(Struct<I>{});
    } else {
      return T(Struct<I>{Codec<Payload<I>>::Lift(cx, slots)});
    }
  }
  template <size_t I>
  static void StoreCase([[maybe_unused]] Lowerer& cx, [[maybe_unused]] uint64_t ptr, [[maybe_unused]] T& v) {
    if constexpr (!std::is_void_v<Payload<I>>) Codec<Payload<I>>::Store(cx, ptr, std::get_if<I>(&v.value)->value);
  }
  template <size_t I>
  static void LowerCaseOf([[maybe_unused]] Lowerer& cx, [[maybe_unused]] uint64_t* slots, [[maybe_unused]] T& v) {
    if constexpr (!std::is_void_v<Payload<I>>) Codec<Payload<I>>::Lower(cx, slots, std::get_if<I>(&v.value)->value);
  }
};

// ---------------------------------------------------------------------------------------------------------------------
// Handles. Only resources that the host implements: `own` in both directions, `borrow` as a parameter.

template <class R>
struct Codec<Own<R>> {
  static constexpr TypeInfo kInfo = HandleInfo(abi::TypeKind::kOwn, &ResourceTypeOf<R>);

  static Own<R> Load(Lifter& cx, const uint8_t* p) { return Take(cx, LoadLittle<uint32_t>(p)); }
  static Own<R> Lift(Lifter& cx, const uint64_t* slots) { return Take(cx, static_cast<uint32_t>(slots[0])); }
  static void Store(Lowerer& cx, uint64_t ptr, Own<R>& v) { cx.Put(ptr, Give(cx, v)); }
  static void Lower(Lowerer& cx, uint64_t* slots, Own<R>& v) { slots[0] = Give(cx, v); }

 private:
  static Own<R> Take(Lifter& cx, uint32_t i) {
    return Own<R>(std::unique_ptr<R>(ResourceAt<R>(cx.TakeOwn(i, ResourceTypeOf<R>()))));
  }
  static uint32_t Give(Lowerer& cx, Own<R>& v) {
    if (!v) return cx.FailValue("an own handle without a resource"), 0;
    const uint32_t i = cx.GiveOwn(ResourceTypeOf<R>(), RepOf<R>(v.get()));
    if (!cx.failed()) static_cast<void>(std::move(v).Release().release());
    return i;
  }
};

template <class R>
struct Codec<Borrow<R>> {
  static constexpr TypeInfo kInfo = HandleInfo(abi::TypeKind::kBorrow, &ResourceTypeOf<R>);

  static Borrow<R> Load(Lifter& cx, const uint8_t* p) { return Lend(cx, LoadLittle<uint32_t>(p)); }
  static Borrow<R> Lift(Lifter& cx, const uint64_t* slots) { return Lend(cx, static_cast<uint32_t>(slots[0])); }
  static Borrow<R> Blank() { return Borrow<R>(NoResource<R>()); }

 private:
  static Borrow<R> Lend(Lifter& cx, uint32_t i) {
    R* resource = ResourceAt<R>(cx.Lend(i, ResourceTypeOf<R>()));
    return resource == nullptr ? Blank() : Borrow<R>(*resource);
  }
};

}  // namespace cvm::component::typed
