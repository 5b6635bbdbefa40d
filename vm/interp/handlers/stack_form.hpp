// Bodies of stack-form instructions that are a call of an ordinary function (host_calls.hpp).
#pragma once

#include "vm/interp/handlers/family.hpp"
#include "vm/interp/host_calls.hpp"

namespace cvm {

template <TrapKind (*kDo)(rt::Context*, uint8_t*, const uint8_t*)>
struct StackBody {
  static CVM_INLINE Flow Run(Regs& r) {
    const TrapKind trap = kDo(r.ctx, StackBase(r), r.ip);
    if (trap != TrapKind::kNone) [[unlikely]]
      return TrapFlow(r, trap);
    r.ip += 24;
    return Flow::kNext;
  }
};

}  // namespace cvm
