// Throwing: finding the frame that catches, and giving it the values (core/exec/instructions#exec-throw-ref). Ordinary
// functions, called by the handlers of throw and throw_ref and by host calls through which an exception passes.
#pragma once

#include <cstdint>

#include "cvm/trap.hpp"
#include "vm/runtime/context.hpp"

namespace cvm {

// `throw` at `cell` in the frame at `fp`, whose pins are in execution.pins: its values lie at `slots`. kNone: caught;
// the execution has context, ip, fp and pins to go on with. Otherwise nobody catches it (store.escaped,
// execution.uncaught), or there is no room for the exception, and the frames are as they were.
TrapKind Throw(rt::Context* ctx, uint8_t* fp, uint8_t* slots, const uint8_t* cell);
// `throw_ref` of the exception at `slots`.
TrapKind ThrowRef(rt::Context* ctx, uint8_t* fp, uint8_t* slots, const uint8_t* cell);
// The host function whose record is at `fp` ends by throwing store.escaped.
TrapKind ThrowFromHost(rt::Context* ctx, uint8_t* fp);

}  // namespace cvm
