// Dispatch by a portable loop: every handler returns to it. For compilers without guaranteed tail calls, and for sanitizers.
#pragma once

#include "vm/interp/machine.hpp"
#include "vm/runtime/execution.hpp"

namespace cvm {

using HandlerFn = Flow(Regs&);

template <class Body, int kCopy = 0>
struct Dispatch {
  static Flow Run(Regs& r) { return Body::Run(r); }
  static const void* Address() { return reinterpret_cast<const void*>(&Run); }
};

}  // namespace cvm
