// Arg, ArgList: the parameters of a host method, as they are lifted, kept while the call lasts, and passed.
//
// A method that cannot suspend runs while no guest code does: its string_view and span<const integer> are views
// straight into the guest's memory where the representations agree. Whatever else is a view or a const reference refers
// to a value that the ArgList owns. For a method that may suspend every parameter is such a value.
#pragma once

#include <array>
#include <bit>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>

#include "component/host/typed/codec.hpp"
#include "component/host/typed/codec_described.hpp"
#include "cvm/bind.hpp"

namespace cvm::component::typed {

// A parameter of the declared type P: Held is what is kept.
template <class P, bool kMaySuspend>
struct Arg {
  using Held = bind::ValueOfT<P>;
  static Held Load(Lifter& cx, const uint8_t* p) { return Codec<Held>::Load(cx, p); }
  static Held Lift(Lifter& cx, const uint64_t* slots) { return Codec<Held>::Lift(cx, slots); }
  static P Pass(Held& held) {
    if constexpr (std::is_same_v<P, Held>) {
      return std::move(held);
    } else {
      return held;
    }
  }
};

template <>
struct Arg<std::string_view, false> {
  using Held = TextArg;
  static Held Load(Lifter& cx, const uint8_t* p) {
    return cx.TextInPlace(cx.LoadPtr(p), cx.LoadPtr(p + cx.ptr_size()));
  }
  static Held Lift(Lifter& cx, const uint64_t* slots) { return cx.TextInPlace(cx.PtrOf(slots[0]), cx.PtrOf(slots[1])); }
  static std::string_view Pass(const Held& held) { return held.view(); }
};

template <Plain T>
  requires(sizeof(T) == 1 || std::endian::native == std::endian::little)
struct Arg<std::span<const T>, false> {
  using Held = std::span<const T>;
  static Held Load(Lifter& cx, const uint8_t* p) { return View(cx, cx.LoadPtr(p), cx.LoadPtr(p + cx.ptr_size())); }
  static Held Lift(Lifter& cx, const uint64_t* slots) { return View(cx, cx.PtrOf(slots[0]), cx.PtrOf(slots[1])); }
  static Held Pass(Held held) { return held; }

 private:
  static Held View(Lifter& cx, uint64_t ptr, uint64_t length) {
    const uint8_t* p = cx.Elements(ptr, length, Codec<T>::kInfo, 0);
    if (p == nullptr || length == 0) return {};
    return Held(reinterpret_cast<const T*>(p), length);
  }
};

// True if what is passed may refer to what is kept.
template <class P>
inline constexpr bool kRefers = !std::is_same_v<P, bind::ValueOfT<P>>;

template <bool kMaySuspend, class... P>
struct ArgList {
  using Held = std::tuple<typename Arg<P, kMaySuspend>::Held...>;
  static constexpr size_t kSize = sizeof...(P);
  static constexpr std::array<Part, kSize> kParts = {Part{"", InfoOf<bind::ValueOfT<P>>()}...};
  // The tuple that they form in memory, if there are too many flat values.
  static constexpr TypeInfo kTuple = ComposedInfo(abi::TypeKind::kTuple, kParts);
  static constexpr bool kSpilled = kTuple.flat.count > abi::kMaxFlatParams;
  static constexpr bool kRefersToHeld = (kRefers<P> || ...);
  // The parameter that says where results go in memory.
  static constexpr uint32_t kResultSlot = kSpilled ? 1 : kTuple.flat.count;

  // Parameters in slots or, if they are spilled, at `spilled`.
  static Held Lift(Lifter& cx, const uint64_t* slots, const uint8_t* spilled) {
    return LiftEach(cx, slots, spilled, std::make_index_sequence<kSize>());
  }

 private:
  static constexpr std::array<Offset, kSize> kAt = FieldOffsets<kSize>(kParts);
  static constexpr std::array<uint32_t, kSize> kFlatAt = FlatOffsets<kSize>(kParts);

  template <size_t... I>
  static Held LiftEach([[maybe_unused]] Lifter& cx, [[maybe_unused]] const uint64_t* slots,
                       [[maybe_unused]] const uint8_t* spilled, std::index_sequence<I...>) {
    if constexpr (kSpilled) {
      return Held{Arg<P, kMaySuspend>::Load(cx, spilled + cx.Pick(kAt[I]))...};
    } else {
      return Held{Arg<P, kMaySuspend>::Lift(cx, slots + kFlatAt[I])...};
    }
  }
};

}  // namespace cvm::component::typed
