// Float operations whose NaN results are the canonical positive one (core/exec/numerics#nan-propagation leaves sign and
// payload open, and processors differ): for engines that are deterministic. Without copies.
#include <array>

#include "vm/interp/handlers/families.hpp"
#include "vm/interp/handlers/simple.hpp"
#include "vm/semantics/vec.hpp"

namespace cvm {
namespace {

// The operations that may make a NaN: what neither copies its operands' bits (neg, abs, copysign, pmin, pmax) nor gives
// numbers only.
constexpr auto kScalars = std::to_array<Opcode>({
    Opcode::kF32Ceil, Opcode::kF32Floor, Opcode::kF32Trunc,     Opcode::kF32Nearest,    Opcode::kF32Sqrt,
    Opcode::kF32Add,  Opcode::kF32Sub,   Opcode::kF32Mul,       Opcode::kF32Div,        Opcode::kF32Min,
    Opcode::kF32Max,  Opcode::kF64Ceil,  Opcode::kF64Floor,     Opcode::kF64Trunc,      Opcode::kF64Nearest,
    Opcode::kF64Sqrt, Opcode::kF64Add,   Opcode::kF64Sub,       Opcode::kF64Mul,        Opcode::kF64Div,
    Opcode::kF64Min,  Opcode::kF64Max,   Opcode::kF32DemoteF64, Opcode::kF64PromoteF32,
});
constexpr auto kFloatLanes = std::to_array<Opcode>({
    Opcode::kF32x4Ceil,
    Opcode::kF32x4Floor,
    Opcode::kF32x4Trunc,
    Opcode::kF32x4Nearest,
    Opcode::kF32x4Sqrt,
    Opcode::kF32x4Add,
    Opcode::kF32x4Sub,
    Opcode::kF32x4Mul,
    Opcode::kF32x4Div,
    Opcode::kF32x4Min,
    Opcode::kF32x4Max,
    Opcode::kF32x4DemoteF64x2Zero,
    Opcode::kF32x4RelaxedMadd,
    Opcode::kF32x4RelaxedNmadd,
    Opcode::kF32x4RelaxedMin,
    Opcode::kF32x4RelaxedMax,
});
constexpr auto kDoubleLanes = std::to_array<Opcode>({
    Opcode::kF64x2Ceil,
    Opcode::kF64x2Floor,
    Opcode::kF64x2Trunc,
    Opcode::kF64x2Nearest,
    Opcode::kF64x2Sqrt,
    Opcode::kF64x2Add,
    Opcode::kF64x2Sub,
    Opcode::kF64x2Mul,
    Opcode::kF64x2Div,
    Opcode::kF64x2Min,
    Opcode::kF64x2Max,
    Opcode::kF64x2PromoteLowF32x4,
    Opcode::kF64x2RelaxedMadd,
    Opcode::kF64x2RelaxedNmadd,
    Opcode::kF64x2RelaxedMin,
    Opcode::kF64x2RelaxedMax,
});

template <class T>
CVM_INLINE T Canonical(T value) {
  if (value != value) [[unlikely]]
    return static_cast<T>(__builtin_nan(""));
  return value;
}

template <class Lane>
CVM_INLINE V128 CanonicalLanes(V128 raw) {
  using Bits = std::conditional_t<sizeof(Lane) == 4, uint32_t, uint64_t>;
  constexpr auto kNan = static_cast<Bits>(sizeof(Lane) == 4 ? 0x7fc00000 : 0x7ff8000000000000);
  const auto value = semantics::As<Lane>(raw);
  const auto is_nan = semantics::As<Bits>(value != value);
  return semantics::ToV128((semantics::As<Bits>(raw) & ~is_nan) | (is_nan & kNan));
}

template <Opcode>
struct CanonicalScalar {
  template <class T>
  static CVM_INLINE T Of(T result) {
    return Canonical(result);
  }
};
template <Opcode>
struct CanonicalFloats {
  static CVM_INLINE V128 Of(V128 result) { return CanonicalLanes<float>(result); }
};
template <Opcode>
struct CanonicalDoubles {
  static CVM_INLINE V128 Of(V128 result) { return CanonicalLanes<double>(result); }
};

template <RegOp kOp, class Family, uint32_t kIndex>
void ReplaceVariant(HandlerTable& table) {
  constexpr Variant v = VariantAt(kOp, Family::kShape, kIndex);
  if constexpr (Family::Exists(v)) table.Replace(v, Dispatch<typename Family::template Body<v>>::Address());
}

template <RegOp kOp, class Family>
void ReplaceFamily(HandlerTable& table) {
  [&]<uint32_t... kIndices>(std::integer_sequence<uint32_t, kIndices...>) {
    [[maybe_unused]] const int done[] = {(ReplaceVariant<kOp, Family, kIndices>(table), 0)...};
  }(std::make_integer_sequence<uint32_t, Family::kShape.variant_count()>());
}

template <const auto& kOps, template <Opcode> class Finish>
void ReplaceAll(HandlerTable& table) {
  [&]<size_t... kIndices>(std::index_sequence<kIndices...>) {
    (ReplaceFamily<ToRegOp(kOps[kIndices]), SimpleFamily<kOps[kIndices], Finish>>(table), ...);
  }(std::make_index_sequence<kOps.size()>());
}

}  // namespace

void ReplaceNanHandlers(HandlerTable& table) {
  ReplaceAll<kScalars, CanonicalScalar>(table);
  ReplaceAll<kFloatLanes, CanonicalFloats>(table);
  ReplaceAll<kDoubleLanes, CanonicalDoubles>(table);
}

}  // namespace cvm
