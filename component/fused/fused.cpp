#include "component/fused/fused.hpp"

#include <algorithm>
#include <utility>

#include "canonical-abi/plan/transfer.hpp"
#include "component/runtime/objects.hpp"
#include "vm/base/try.hpp"

namespace cvm::component {
namespace {

class FusedCall final : public CallAdapter {
 public:
  FusedCall(std::unique_ptr<const abi::Transfer> arguments, std::unique_ptr<const abi::Transfer> result,
            size_t core_params)
      : arguments_(std::move(arguments)), result_(std::move(result)), core_params_(core_params) {}

  Result<void> MoveArguments(abi::LiftLowerContext& caller, abi::LiftLowerContext& callee, const uint64_t* window,
                             uint64_t* callee_window) const override {
    if (arguments_->integers()) {
      arguments_->MoveIntegers(window, callee_window);
      return {};
    }
    abi::TransferState state;
    CVM_RETURN_IF_ERROR(arguments_->Lift(caller, window, state));
    uint64_t core[abi::kMaxFlatParams] = {};
    CVM_RETURN_IF_ERROR(arguments_->Lower(caller, callee, window, core, nullptr, state));
    std::copy_n(core, arguments_->flat_count(), callee_window);
    return {};
  }

  Result<void> MoveResult(abi::LiftLowerContext& callee, abi::LiftLowerContext& caller, const abi::TaskScope& scope,
                          uint64_t core_result, uint64_t* window) const override {
    if (result_->integers()) {
      CVM_RETURN_IF_ERROR(scope.CheckNoBorrows());
      result_->MoveIntegers(&core_result, window);
      return {};
    }
    abi::TransferState state;
    CVM_RETURN_IF_ERROR(result_->Lift(callee, &core_result, state));
    CVM_RETURN_IF_ERROR(scope.CheckNoBorrows());
    // Where the results go in memory, the pointer is the last parameter.
    if (result_->in_memory()) {
      return result_->Lower(callee, caller, &core_result, nullptr, window + core_params_ - 1, state);
    }
    uint64_t core[abi::kMaxFlatResults] = {};
    CVM_RETURN_IF_ERROR(result_->Lower(callee, caller, &core_result, core, nullptr, state));
    std::copy_n(core, result_->flat_count(), window);
    return {};
  }

 private:
  std::unique_ptr<const abi::Transfer> arguments_;
  std::unique_ptr<const abi::Transfer> result_;
  size_t core_params_;  // of the caller's core function
};

}  // namespace

std::unique_ptr<const CallAdapter> FuseCall(const LoweredFunc& site) {
  const LiftedFunc& callee = *std::get<const LiftedFunc*>(site.callee);
  if (site.options.async || callee.options.async || site.caller == callee.instance) return nullptr;
  // A transfer relies on its source while realloc runs in the receiver.
  if (site.options.memory != nullptr && site.options.memory == callee.options.memory) return nullptr;
  const abi::PtrType outer = site.options.ptr_type();
  const abi::PtrType inner = callee.options.ptr_type();
  auto arguments = abi::Transfer::Compile(site.code->params, outer, callee.code->params, inner, abi::kMaxFlatParams);
  auto result = abi::Transfer::Compile(callee.code->results, inner, site.code->results, outer, abi::kMaxFlatResults);
  if (arguments == nullptr || result == nullptr) return nullptr;
  return std::make_unique<FusedCall>(std::move(arguments), std::move(result), site.code->flat.params.size());
}

}  // namespace cvm::component
