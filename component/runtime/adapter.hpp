// CallAdapter: the way that the values of one lowered function take to a function of another component and back, where
// that is not the literal one of canonical-abi/flat. component/fused makes them.
//
// It moves values and nothing else: who may call whom, tasks, scopes and the order of things are guest_call.cpp's, for
// both ways. Owned by the lowered function that it is for; on the thread of its store.
#pragma once

#include <cstdint>
#include <memory>

#include "canonical-abi/memory/context.hpp"

namespace cvm::component {

struct LoweredFunc;

class CallAdapter {
 public:
  virtual ~CallAdapter() = default;
  // Lifts the arguments out of the caller, lowers them into the callee. `window`: the caller's core arguments;
  // `callee_window`: gets the callee's, once no more guest code runs that could use it.
  virtual Result<void> MoveArguments(abi::LiftLowerContext& caller, abi::LiftLowerContext& callee,
                                     const uint64_t* window, uint64_t* callee_window) const = 0;
  // Lifts the result out of the callee, checks `scope` (Task.return_), lowers it into the caller. `core_result`: the
  // callee's; `window`: the caller's core arguments, in whose place comes its result.
  virtual Result<void> MoveResult(abi::LiftLowerContext& callee, abi::LiftLowerContext& caller,
                                  const abi::TaskScope& scope, uint64_t core_result, uint64_t* window) const = 0;
};

// Null: the call takes the literal way.
using CompileAdapter = std::unique_ptr<const CallAdapter> (*)(const LoweredFunc& site);

}  // namespace cvm::component
