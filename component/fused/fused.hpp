// Fused adapters: calls from one component to another whose values go straight from one to the other, by transfers that
// are compiled from the plans of both sides (canonical-abi/plan).
//
// What an adapter is made of. Between components a call is frames of the guest stack: the lowered function's, in which
// the adapter works, above it the callee's, later post-return's; it is suspended with them and nests as deep as that
// stack allows. Two other forms were considered. A synthesised core module (wasmtime's way) needs two memories in one
// instance, of which this machine accesses only the first directly, and a call of an intrinsic for every string, handle
// and flag: on an interpreter each of its instructions costs what a whole step of a transfer does. Register cells
// emitted one by one for every field have the same cost, and lose what a step does at once: a list of records is one
// loop here and thousands of dispatches there. So the moving is native code that follows compiled steps.
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
