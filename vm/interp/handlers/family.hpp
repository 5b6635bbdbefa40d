// How handler families enter the handler table. A family is a class template with
//     static constexpr Shape kShape;                     operand banks and format
//     static constexpr bool Exists(Variant);             which variants are worth a handler
//     template <Variant kV> struct Body { static Flow Run(Regs&); };
// The all-slots variant always exists.
#pragma once

#include <array>
#include <utility>

#include "vm/interp/machine.hpp"
#include "vm/regcode/handlers.hpp"

#ifdef CVM_DISPATCH_TAIL
#include "vm/interp/dispatch/tail_call.hpp"
#else
#include "vm/interp/dispatch/loop.hpp"
#endif

namespace cvm {

constexpr uint32_t VariantKey(const Variant& v) {
  return static_cast<uint32_t>(v.op) << 16 | static_cast<uint32_t>(v.dst) << 12 | static_cast<uint32_t>(v.a) << 8 |
         static_cast<uint32_t>(v.b) << 4 | static_cast<uint32_t>(v.c);
}

// True for the variants of hot_handlers.def: they get CVM_HANDLER_COPIES copies.
constexpr bool IsHot(const Variant& v);

template <class Body, int... kCopies>
void AddCopies(HandlerTable& table, const Variant& v, std::integer_sequence<int, kCopies...>) {
  (table.Add(v, Dispatch<Body, kCopies>::Address()), ...);
}

template <class Body>
void AddHandler(HandlerTable& table, const Variant& v) {
  table.Add(v, Dispatch<Body>::Address());
}

template <RegOp kOp, class Family, uint32_t kIndex>
void AddVariant(HandlerTable& table) {
  constexpr Variant v = VariantAt(kOp, Family::kShape, kIndex);
  if constexpr (Family::Exists(v)) {
    using Body = typename Family::template Body<v>;
    if constexpr (IsHot(v)) {
      AddCopies<Body>(table, v, std::make_integer_sequence<int, CVM_HANDLER_COPIES>());
    } else {
      AddHandler<Body>(table, v);
    }
  }
}

template <RegOp kOp, class Family, uint32_t... kIndices>
void AddVariants(HandlerTable& table, std::integer_sequence<uint32_t, kIndices...>) {
  // An array rather than a fold, whose nesting compilers bound.
  [[maybe_unused]] const int done[] = {(AddVariant<kOp, Family, kIndices>(table), 0)...};
}

// Adds all variants of kOp.
template <RegOp kOp, class Family>
void AddFamily(HandlerTable& table) {
  AddVariants<kOp, Family>(table, std::make_integer_sequence<uint32_t, Family::kShape.variant_count()>());
}

// Calls visit.operator()<op>() for every opcode of [kFirst, kLast].
template <Opcode kFirst, Opcode kLast, class Visit>
void ForEachOpcode(Visit&& visit) {
  [&]<size_t... kOffsets>(std::index_sequence<kOffsets...>) {
    (visit.template operator()<static_cast<Opcode>(static_cast<size_t>(kFirst) + kOffsets)>(), ...);
  }(std::make_index_sequence<static_cast<size_t>(kLast) - static_cast<size_t>(kFirst) + 1>());
}

namespace internal {
inline constexpr auto kHotKeys = std::to_array<uint32_t>({
#define HOT(op, dst, a, b, c) VariantKey({RegOp{op}, Dst::k##dst, Src::k##a, Src::k##b, Src::k##c}),
#include "vm/interp/hot_handlers.def"
    ~uint32_t{0}});
}  // namespace internal

constexpr bool IsHot(const Variant& v) {
  if (CVM_HANDLER_COPIES <= 1) return false;
  for (const uint32_t key : internal::kHotKeys) {
    if (key == VariantKey(v)) return true;
  }
  return false;
}

}  // namespace cvm
