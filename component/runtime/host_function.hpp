// HostFunction: what an import is linked to when the host implements it. An implementation lifts its arguments from the
// window of core values, computes, and lowers its results, all in one step; or it asks to wait and goes on in later
// steps.
//
// Immutable and shared by all instances that are linked to it; called on the thread of the calling store.
#pragma once

#include <functional>
#include <memory>
#include <span>
#include <vector>

#include "canonical-abi/flat/core_value.hpp"
#include "canonical-abi/memory/context.hpp"
#include "component/runtime/objects.hpp"
#include "cvm/bind.hpp"
#include "cvm/result.hpp"

namespace cvm::component {

// One call, as its implementation sees it in one step.
struct HostFrame {
  const LoweredFunc& site;
  // For lifting arguments and lowering results; good for this step.
  abi::LiftLowerContext& cx;
  // Core values: parameters, slot by slot as site.code->flat says, and later the result. Parameters stay until the
  // result is written, over all steps.
  uint64_t* window;
};

// How a step ends: done, or waiting.
struct HostStep {
  std::unique_ptr<Waiter> waiter;                       // null: done, the result is in the window
  UniqueFunction<Result<HostStep>(HostFrame&)> resume;  // the next step, once the waiter has woken
};

// Says which resource type an index of an import's type means.
using ResolveResource = std::function<const abi::ResourceType*(ResourceSlot)>;

class HostFunction {
 public:
  virtual ~HostFunction() = default;
  // The first step. An error ends the guest's call with a trap.
  virtual Result<HostStep> Start(HostFrame& frame) const = 0;
  // Can it be called with this type? Answers an error of kind kUnlinkable that says what it expects.
  virtual Result<void> CheckType(const abi::FuncType& type, const ResolveResource& resolve) const = 0;
  // It takes its arguments as a frame's site says (max_flat_params, max_flat_results), not only in the synchronous
  // form.
  virtual bool CanLowerAsync() const { return false; }
};

// The parameters in `window` as core values of these types. REQUIRES: `values` has room.
std::span<abi::CoreValue> ReadWindow(const uint64_t* window, std::span<const abi::CoreType> types,
                                     abi::CoreValue* values);
void WriteWindow(uint64_t* window, std::span<const abi::CoreValue> values);
// Parameters of a core function: kMaxFlatParams and a pointer for results.
inline constexpr size_t kMaxCoreParams = abi::kMaxFlatParams + 1;

// The body of the core function that `site` makes.
rt::HostStatus CallImport(rt::HostCall& call, const LoweredFunc& site);  // a HostFunction
rt::HostStatus CallGuest(rt::HostCall& call, const LoweredFunc& site);   // a LiftedFunc

}  // namespace cvm::component
