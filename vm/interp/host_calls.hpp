// What handlers ask of the world outside the interpreter, as ordinary functions: host calls, lazy compilation, tables and bulk
// memory. Kept out of line, so that handlers stay small; they take what they need and never Regs, whose address must not escape.
#pragma once

#include <cstdint>

#include "cvm/trap.hpp"
#include "vm/regcode/handlers.hpp"
#include "vm/runtime/function.hpp"

namespace cvm {

// Calls host function `f`, whose frame record is at `fp`; again, if `resumed`. On kReturned results lie in the window; on
// kCallGuest execution.callee is to be called with its window at execution.top.
rt::HostStatus CallHost(rt::Context* ctx, uint8_t* fp, rt::Function* f, bool resumed);

// Compiles the function whose CompileStub is at `stub`, patches the direct call before `return_ip` (if it is one) and returns the
// entry cell; nullptr after setting the execution's trap.
const uint8_t* CompileAtStub(rt::Context* ctx, const uint8_t* stub, const uint8_t* return_ip);

// Why there are no `bytes` above `at` on the stack for the code of `ctx`: kNone if there are, now; the trap otherwise.
TrapKind CannotEnter(rt::Context* ctx, const uint8_t* at, int64_t bytes);
// What a loop does whose first cell, at `cell`, is held (rt::ModuleCode::HoldLoops): kNone, and *own is the cell's own
// handler; the trap if it is this store that is to stop.
TrapKind AtHeldLoop(rt::Context* ctx, const uint8_t* cell, HandlerAddress* own);
// Whether the store has been asked to stop: the trap. What takes long asks now and then.
TrapKind PendingStop(const rt::Context* ctx);

// True if a function of type `actual` may be called where `wanted` is expected: equal, or a declared subtype.
bool CallTypeMatches(const rt::Context* ctx, uint32_t actual, uint32_t wanted);

// Stack-form instructions: operands at `slots`, immediates in the cell. TrapKind::kNone: done, results at `slots`.
TrapKind TableGet(rt::Context* ctx, uint8_t* slots, const uint8_t* cell);
TrapKind TableSet(rt::Context* ctx, uint8_t* slots, const uint8_t* cell);
TrapKind TableSize(rt::Context* ctx, uint8_t* slots, const uint8_t* cell);
TrapKind TableGrow(rt::Context* ctx, uint8_t* slots, const uint8_t* cell);
TrapKind TableFill(rt::Context* ctx, uint8_t* slots, const uint8_t* cell);
TrapKind TableCopy(rt::Context* ctx, uint8_t* slots, const uint8_t* cell);
TrapKind TableInit(rt::Context* ctx, uint8_t* slots, const uint8_t* cell);
TrapKind ElemDrop(rt::Context* ctx, uint8_t* slots, const uint8_t* cell);
TrapKind MemorySize(rt::Context* ctx, uint8_t* slots, const uint8_t* cell);
TrapKind MemoryGrow(rt::Context* ctx, uint8_t* slots, const uint8_t* cell);
TrapKind MemoryFill(rt::Context* ctx, uint8_t* slots, const uint8_t* cell);
TrapKind MemoryCopy(rt::Context* ctx, uint8_t* slots, const uint8_t* cell);
TrapKind MemoryInit(rt::Context* ctx, uint8_t* slots, const uint8_t* cell);
TrapKind DataDrop(rt::Context* ctx, uint8_t* slots, const uint8_t* cell);
TrapKind RefFunc(rt::Context* ctx, uint8_t* slots, const uint8_t* cell);
TrapKind AtomicNotify(rt::Context* ctx, uint8_t* slots, const uint8_t* cell);
TrapKind AtomicWait32(rt::Context* ctx, uint8_t* slots, const uint8_t* cell);
TrapKind AtomicWait64(rt::Context* ctx, uint8_t* slots, const uint8_t* cell);

}  // namespace cvm
