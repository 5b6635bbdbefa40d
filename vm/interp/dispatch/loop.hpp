// Dispatch by a portable loop: every handler returns to it. For compilers without guaranteed tail calls, and for sanitizers.
#pragma once

#include "vm/interp/machine.hpp"
#include "vm/regcode/handlers.hpp"
#include "vm/runtime/execution.hpp"

namespace cvm {

using HandlerFn = Flow(Regs&);

template <class Body, int kCopy = 0>
struct Dispatch {
  static Flow Run(Regs& r) { return Body::Run(r); }
  static const void* Address() { return reinterpret_cast<const void*>(&Run); }
};

// A handler that ends with another one on the same cell: the one that Body::Run names.
template <class Body>
struct DispatchInstead {
  static Flow Run(Regs& r) {
    HandlerAddress own = nullptr;
    const Flow flow = Body::Run(r, &own);
    if (flow == Flow::kTrap) return flow;
    return reinterpret_cast<HandlerFn*>(const_cast<void*>(own))(r);
  }
  static const void* Address() { return reinterpret_cast<const void*>(&Run); }
};

}  // namespace cvm
