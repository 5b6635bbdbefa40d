// CompiledComponent: a plan with its core modules compiled and its functions' types prepared: all that instantiations
// of a component share. Immutable, shared between threads and stores of one engine.
#pragma once

#include <memory>
#include <vector>

#include "component/plan/plan.hpp"
#include "component/runtime/objects.hpp"
#include "vm/engine/compiled_module.hpp"

namespace cvm::component {

class CompiledComponent {
 public:
  static Result<std::shared_ptr<const CompiledComponent>> Create(std::shared_ptr<EngineState> engine,
                                                                 std::shared_ptr<const Plan> plan);

  const std::shared_ptr<EngineState>& engine() const { return engine_; }
  const Plan& plan() const { return *plan_; }
  // By module slot; null for imported modules.
  const std::vector<std::shared_ptr<CompiledModule>>& modules() const { return modules_; }
  // Of the step with this number: a LowerFunc, a LiftFunc, or a Builtin (of which only the core type is set).
  const FuncCode& func(size_t step) const { return funcs_[func_of_step_[step]]; }

 private:
  CompiledComponent() = default;
  Result<void> Prepare(size_t step);

  std::shared_ptr<EngineState> engine_;
  std::shared_ptr<const Plan> plan_;
  std::vector<std::shared_ptr<CompiledModule>> modules_;
  std::vector<uint32_t> func_of_step_;
  std::vector<FuncCode> funcs_;
};

}  // namespace cvm::component
