// Cells that charge fuel before they do what they are for. Private to vm/interp.
#pragma once

#include "vm/interp/handlers/family.hpp"

namespace cvm {

// Takes `units` from the store's fuel. False: there was not enough.
CVM_INLINE bool Spend(Regs& r, int64_t units) {
  int64_t* fuel = r.ctx->fuel;
  const int64_t left = *fuel - units;
  *fuel = left;
  return left >= 0;
}

// The metered form of a cell of this format.
template <class Body, Format kFormat>
struct MeteredBody {
  static CVM_INLINE Flow Run(Regs& r) {
    if (!Spend(r, ReadCharge(r.ip, kFormat))) [[unlikely]]
      return TrapFlow(r, TrapKind::kOutOfFuel);
    return Body::Run(r);
  }
};

template <class Family>
struct MeteredFamily {
  static constexpr Shape kShape = Family::kShape;
  static constexpr bool Exists(Variant v) { return Family::Exists(v); }
  template <Variant kV>
  using Body = MeteredBody<typename Family::template Body<kV>, kShape.format>;
};

// Adds all variants of kOp and of its metered form.
template <RegOp kOp, class Family>
void AddWithMetered(HandlerTable& table) {
  AddFamily<kOp, Family>(table);
  AddFamily<Metered(kOp), MeteredFamily<Family>>(table);
}

}  // namespace cvm
