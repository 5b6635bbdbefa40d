#include "component/runtime/compiled_component.hpp"

#include "component/runtime/builtins.hpp"
#include "vm/base/try.hpp"

namespace cvm::component {
namespace {

ResultType EngineTypes(const std::vector<abi::CoreType>& types) {
  ResultType list;
  for (const abi::CoreType type : types) {
    switch (type) {
      case abi::CoreType::kI32:
        list.push_back(ValType::I32());
        break;
      case abi::CoreType::kI64:
        list.push_back(ValType::I64());
        break;
      case abi::CoreType::kF32:
        list.push_back(ValType::F32());
        break;
      case abi::CoreType::kF64:
        list.push_back(ValType::F64());
        break;
    }
  }
  return list;
}

FuncCode CodeOf(const FuncTypeRef& type, const PlanOptions& options, abi::FlattenContext context) {
  FuncCode code;
  code.type = type;
  code.params = type->ParamTypes();
  code.results = type->ResultTypes();
  code.flat = abi::FlattenFunctype({options.ptr_type, options.async, options.callback.has_value()}, *type, context);
  code.core_type = {EngineTypes(code.flat.params), EngineTypes(code.flat.results)};
  return code;
}

}  // namespace

Result<void> CompiledComponent::Prepare(size_t step) {
  FuncCode code;
  bool made_by_host = true;
  if (const auto* lower = std::get_if<LowerFunc>(&plan_->steps[step])) {
    code = CodeOf(lower->type, lower->options, abi::FlattenContext::kLower);
  } else if (const auto* lift = std::get_if<LiftFunc>(&plan_->steps[step])) {
    code = CodeOf(lift->type, lift->options, abi::FlattenContext::kLift);
    made_by_host = false;
  } else if (const auto* builtin = std::get_if<Builtin>(&plan_->steps[step])) {
    CVM_ASSIGN_OR_RETURN(code, CodeOf(*builtin));
  } else {
    return {};
  }
  if (made_by_host) {
    CVM_ASSIGN_OR_RETURN(code.type_id, engine_->types.InternFunc(code.core_type));
  }
  func_of_step_[step] = static_cast<uint32_t>(funcs_.size());
  funcs_.push_back(std::move(code));
  return {};
}

Result<std::shared_ptr<const CompiledComponent>> CompiledComponent::Create(std::shared_ptr<EngineState> engine,
                                                                           std::shared_ptr<const Plan> plan) {
  std::shared_ptr<CompiledComponent> made(new CompiledComponent);
  made->engine_ = std::move(engine);
  made->plan_ = std::move(plan);
  for (const PlanModule& module : made->plan_->modules) {
    std::shared_ptr<CompiledModule> compiled;
    if (module.data != nullptr) {
      CVM_ASSIGN_OR_RETURN(compiled, CompiledModule::Create(made->engine_, module.data));
    }
    made->modules_.push_back(std::move(compiled));
  }
  made->func_of_step_.resize(made->plan_->steps.size());
  for (size_t step = 0; step < made->plan_->steps.size(); ++step) CVM_RETURN_IF_ERROR(made->Prepare(step));
  return std::shared_ptr<const CompiledComponent>(std::move(made));
}

}  // namespace cvm::component
