// What handlers do after an exception has found its catcher. Private to vm/interp.
#pragma once

#include "vm/interp/handlers/family.hpp"
#include "vm/interp/unwind.hpp"

namespace cvm {

// Goes on where the unwinding that ended with `trap` has left the execution.
CVM_INLINE Flow GoOn(Regs& r, TrapKind trap) {
  if (trap != TrapKind::kNone) return TrapFlow(r, trap);
  const rt::Execution& e = *r.ctx->execution;
  r.ctx = e.context;
  r.mem = r.ctx->memory;
  r.ip = e.ip;
  r.fp = e.fp;
  r.pin0 = e.pins.pin0;
  r.pin1 = e.pins.pin1;
  std::memcpy(&r.fpin, e.pins.fpin, sizeof e.pins.fpin);
  return Flow::kNext;
}

}  // namespace cvm
