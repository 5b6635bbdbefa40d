#include "component/host/dynamic_function.hpp"

#include "canonical-abi/flat/lift_flat.hpp"
#include "canonical-abi/flat/lower_flat.hpp"
#include "canonical-abi/values/check.hpp"
#include "vm/base/try.hpp"

namespace cvm::component {
namespace {

// Lowers the results of a body that is done; a value that does not fit is the host's mistake, and ends the call.
Result<void> LowerResults(HostFrame& frame, const std::vector<abi::Value>& results) {
  const FuncCode& code = *frame.site.code;
  if (results.size() != code.results.size()) {
    return UsageError("a host function answers " + std::to_string(results.size()) + " values instead of " +
                      std::to_string(code.results.size()));
  }
  for (size_t i = 0; i < results.size(); ++i) CVM_RETURN_IF_ERROR(abi::CheckValue(results[i], code.results[i]));
  abi::CoreValue params[kMaxCoreParams];
  const auto all = ReadWindow(frame.window, code.flat.params, params);
  abi::CoreValueIter out(all.empty() ? all : all.last(1));
  CVM_ASSIGN_OR_RETURN(const std::vector<abi::CoreValue> flat,
                       abi::LowerFlatValues(frame.cx, frame.site.max_flat_results(), results, code.results, &out));
  WriteWindow(frame.window, flat);
  return {};
}

Result<HostStep> StepOf(HostFrame& frame, Pending<std::vector<abi::Value>> pending) {
  if (pending.ready()) {
    if (!pending.result().ok()) return std::move(pending.result()).error();
    CVM_RETURN_IF_ERROR(LowerResults(frame, *pending.result()));
    return HostStep();
  }
  auto& suspension = pending.suspension();
  HostStep step;
  step.waiter = std::move(suspension.waiter);
  step.resume = [resume = std::move(suspension.resume)](HostFrame& next) mutable { return StepOf(next, resume()); };
  return step;
}

}  // namespace

Result<HostStep> DynamicFunction::Start(HostFrame& frame) const {
  const FuncCode& code = *frame.site.code;
  abi::CoreValue params[kMaxCoreParams];
  abi::CoreValueIter vi(ReadWindow(frame.window, code.flat.params, params));
  CVM_ASSIGN_OR_RETURN(std::vector<abi::Value> args,
                       abi::LiftFlatValues(frame.cx, frame.site.max_flat_params(), vi, code.params));
  HostContext context{*frame.site.store, code.type, frame.site.caller};
  return StepOf(frame, body_(context, std::move(args)));
}

}  // namespace cvm::component
