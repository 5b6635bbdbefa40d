// Dispatch by tail calls: every handler jumps to the next, all registers of the machine stay in machine registers
// (`preserve_none`: on x86-64 r12 context, r13 memory, r14 ip, r15 fp, rdi acc, rsi and rdx pins, rcx loop head, xmm0 and xmm1).
//
// Handlers lie in a section of their own, by which the fault handler knows a fault of guest code.
#pragma once

#include "vm/interp/machine.hpp"
#include "vm/regcode/handlers.hpp"
#include "vm/runtime/execution.hpp"

namespace cvm {

#define CVM_REG_PARAMS                                                                                            \
  rt::Context *ctx, uint8_t *mem, const uint8_t *ip, uint8_t *fp, uint64_t acc, uint64_t pin0, uint64_t pin1,     \
      const uint8_t *lp, V128 facc, V128 fpin
#define CVM_REG_ARGS(r) r.ctx, r.mem, r.ip, r.fp, r.acc, r.pin0, r.pin1, r.lp, r.facc, r.fpin
#define CVM_HANDLER __attribute__((preserve_none, section("cvm_handlers")))

typedef __attribute__((preserve_none)) void HandlerFn(CVM_REG_PARAMS);

CVM_INLINE HandlerFn* NextHandler(const uint8_t* ip) { return LoadAs<HandlerFn*>(ip); }

// The ends of a run: they save the machine's state in the execution and return to Interpret.
CVM_HANDLER void TrapEnd(CVM_REG_PARAMS);
CVM_HANDLER void ExitEnd(CVM_REG_PARAMS);

// kCopy makes copies of the same code at other addresses.
template <class Body, int kCopy = 0>
struct Dispatch {
  CVM_HANDLER static void Run(CVM_REG_PARAMS) {
    Regs r{ctx, mem, ip, fp, acc, pin0, pin1, lp, facc, fpin};
    const Flow flow = Body::Run(r);
    if (flow == Flow::kTrap) [[clang::musttail]] return TrapEnd(CVM_REG_ARGS(r));
    if (flow == Flow::kExit) [[clang::musttail]] return ExitEnd(CVM_REG_ARGS(r));
    // Two edges, two indirect jumps: the predictor tells them apart.
    if (flow == Flow::kTaken) [[clang::musttail]] return NextHandler(r.ip)(CVM_REG_ARGS(r));
    [[clang::musttail]] return NextHandler(r.ip)(CVM_REG_ARGS(r));
  }
  static const void* Address() { return reinterpret_cast<const void*>(&Run); }
};

// A handler that ends with another one on the same cell: the one that Body::Run names.
template <class Body>
struct DispatchInstead {
  CVM_HANDLER static void Run(CVM_REG_PARAMS) {
    Regs r{ctx, mem, ip, fp, acc, pin0, pin1, lp, facc, fpin};
    HandlerAddress own = nullptr;
    const Flow flow = Body::Run(r, &own);
    if (flow == Flow::kTrap) [[clang::musttail]]
      return TrapEnd(CVM_REG_ARGS(r));
    [[clang::musttail]] return reinterpret_cast<HandlerFn*>(const_cast<void*>(own))(CVM_REG_ARGS(r));
  }
  static const void* Address() { return reinterpret_cast<const void*>(&Run); }
};

}  // namespace cvm
