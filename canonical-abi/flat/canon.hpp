// Synchronous calls through the Canonical ABI, literally as the specification has them. definitions.py: Store.lift,
// Store.lower, canon_lift and canon_lower of functions and options that are not async.
//
// This is the oracle path: a component-level function is a C++ closure over other closures, and a call recurses on the
// native stack, guest by guest. The runtime runs calls as frames of its own and takes from here what it needs; tests
// run whole calls through here, without a VM.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "canonical-abi/flat/core_value.hpp"
#include "canonical-abi/memory/context.hpp"
#include "canonical-abi/types/flatten.hpp"
#include "canonical-abi/values/value.hpp"
#include "cvm/result.hpp"

namespace cvm::abi {

// A core function, as the guest's engine runs it.
using CoreFuncInst = std::function<Result<std::vector<CoreValue>>(std::span<const CoreValue> args)>;

// definitions.py: OnStart gives the arguments when the callee is ready for them, OnResolve takes its results (one or
// none) before post-return runs.
using OnStart = std::function<Result<std::vector<Value>>()>;
using OnResolve = std::function<Result<void>(std::vector<Value> results)>;
// definitions.py: FuncInst; `caller` is null if the host calls.
using FuncInst = std::function<Result<void>(const OnStart&, const OnResolve&, ComponentInstance* caller)>;

// definitions.py: CanonicalOptions
struct CanonicalOptions : LiftLowerOptions {
  // Called with the flat results of the core function; no results.
  std::function<Result<void>(std::span<const CoreValue> flat_results)> post_return;
  bool async = false;
  bool callback = false;
  // The bytes of host memory that one call may allocate for its values (HostBudget).
  uint64_t host_bytes_per_call = kDefaultHostBytesPerCall;

  FlattenOptions flatten() const { return {ptr_type(), async, callback}; }
};

// definitions.py: Store.lift. The component-level function that calls `callee` in `inst`: traps with "cannot enter
// component instance" unless the instance may be entered, which after a trap it never may. All arguments outlive the
// function.
FuncInst Lift(CoreFuncInst callee, const FuncType& ft, const CanonicalOptions& opts, ComponentInstance& inst);

// definitions.py: canon_lift. `boundary` words the traps.
Result<void> CanonLift(const CoreFuncInst& callee, const FuncType& ft, const CanonicalOptions& opts,
                       ComponentInstance& inst, const OnStart& on_start, const OnResolve& on_resolve,
                       Boundary boundary = Boundary::kHost);

// definitions.py: canon_lower. Calls the component-level function with the core arguments that a guest of `inst`
// passed.
Result<std::vector<CoreValue>> CanonLower(const FuncInst& callee, const FuncType& ft, const CanonicalOptions& opts,
                                          ComponentInstance& inst, std::span<const CoreValue> flat_args,
                                          Boundary boundary = Boundary::kHost);

// A call by the host: arguments in, results out.
Result<std::vector<Value>> Invoke(const FuncInst& f, std::vector<Value> args);

}  // namespace cvm::abi
