// Instantiation of core modules (core/exec/modules#instantiation) and calls from the host.
#pragma once

#include <span>
#include <variant>

#include "vm/engine/compiled_module.hpp"
#include "vm/runtime/store.hpp"

namespace cvm {

// An external value, in the order of ExternKind.
using ExternVal = std::variant<rt::Function*, rt::Table*, rt::Memory*, rt::Global*, rt::Tag*>;

// The type of an external value with canonical ids; a function's is only its id.
ExternType TypeOfExtern(const ExternVal& value);

// Instantiates with imports in the order of module.imports. Does not run the start function. Errors: kUnlinkable for an import
// of the wrong type ("incompatible import type"), kTrap for an active segment out of bounds, kLimit.
Result<rt::Instance*> Instantiate(rt::Store& store, std::shared_ptr<CompiledModule> module,
                                  std::span<const ExternVal> imports);
// Runs the start function, if there is one.
Result<void> RunStart(rt::Instance& instance);

// The export of that name; nullopt if there is none.
std::optional<ExternVal> FindExport(rt::Instance& instance, std::string_view name);

// A host function of `store`, whose type has the id `type_id` in the engine (CanonicalTypes::InternFunc).
rt::Function* NewHostFunction(rt::Store& store, const FuncType& type, uint32_t type_id, rt::HostBody body);

// Calls `f` and waits for its end. `slots` has room for its window: parameters in, results out (one result: in the first
// slot). A trap is an Error of kind kTrap with a backtrace; an exception that nobody catches one of kind kException, and in
// store.escaped; a host function's Error comes back as it was given.
// A host function runs as if called by the instance of `any`.
Result<void> CallFunction(rt::Store& store, rt::Function& f, std::span<uint64_t> slots, rt::Context* any = nullptr);

// The same on an execution of the caller's, in two steps for those that may be suspended: Start sets up and runs, Continue goes
// on after the suspended host call has been answered. The status is kDone, kSuspended or kTrapped.
rt::RunStatus StartCall(rt::Execution& execution, rt::Function& f, std::span<const uint64_t> slots, rt::Context* any);
rt::RunStatus ContinueCall(rt::Execution& execution);
// Goes on by calling the suspended host function again, with HostCall::resumed set: it finishes, or suspends once more.
rt::RunStatus ContinueHost(rt::Execution& execution);
// Copies the results of a finished execution. REQUIRES: status kDone.
void TakeResults(rt::Execution& execution, const rt::Function& f, std::span<uint64_t> slots);
// Names of the frames of a trapped or suspended execution, innermost first.
std::vector<std::string> BacktraceNames(const rt::Execution& execution);
// The Error for a trap by which the store was stopped, or any other of the machine's own reasons.
Error StoppedError(const rt::Store& store, TrapKind trap);
// For what runs long, or waits, outside of guest code: an Error if the store is to stop. If no code of the store is
// below on the native stack, the interruption has been met with it.
Result<void> CheckStop(rt::Store& store);
// The Error of a trapped execution. REQUIRES: status kTrapped.
Error TakeTrap(rt::Execution& execution);

}  // namespace cvm
