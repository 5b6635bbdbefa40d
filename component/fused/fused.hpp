// Fused adapters: calls from one component to another whose values go straight from one to the other, by transfers that
// are compiled from the plans of both sides (canonical-abi/plan).
//
// What an adapter is made of. Between components a call is frames of the guest stack: the lowered function's, in which
// the adapter works, above it the callee's, later post-return's; it is suspended with them and nests as deep as that
// stack allows. The lowered function's frame is the host's, so that backtraces show the guests on both sides of it and
// not the adapter. realloc alone runs within a step, as it does on the literal path: it cannot leave its instance.
//
// Two other forms were considered and not built. A synthesised core module (wasmtime's way) needs two memories in one
// instance, of which this machine accesses only the first directly, and a call of an intrinsic for every string and
// handle: on an interpreter each of its instructions costs about what a step of a transfer does. Cells of register code
// for every field cost the same, and lose what a step does at once: a list of records is a few loops here and thousands
// of dispatches there. They would make calls with numbers alone cheaper, which are mostly the call itself: bench/calls
// has the figures, beside the literal path and wasmtime.
//
// What is compiled: calls of functions that are neither lifted nor lowered `async`, of all types, between different
// instances, unless the types of one direction are larger than Plan::kMaxPlanSize. All others take the literal path.
// Adapters are compiled at the first call.
#pragma once

#include <memory>

#include "component/runtime/adapter.hpp"

namespace cvm::component {

std::unique_ptr<const CallAdapter> FuseCall(const LoweredFunc& site);

}  // namespace cvm::component
