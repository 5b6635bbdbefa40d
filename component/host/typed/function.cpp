#include "component/host/typed/function.hpp"

#include "vm/base/try.hpp"

namespace cvm::component::typed {
namespace {

std::string TypeText(const abi::FuncType& type) {
  std::string text;
  for (const auto& [name, param] : type.params) {
    text += (text.empty() ? "" : ", ") + name + ": " + param.ToString();
  }
  text = (type.async ? "async func(" : "func(") + text + ")";
  if (type.result.has_value()) text += " -> " + type.result->ToString();
  return text;
}

}  // namespace

TypedFunction::TypedFunction(const FunctionInfo& info, const bind::FunctionName& name, void* impl)
    : info_(info), impl_(impl), is_async_(name.is_async) {
  if (info.is_method) params_.emplace_back("self");
  params_.insert(params_.end(), name.params.begin(), name.params.end());
  params_.resize(info.params.size());
}

bool TypedFunction::Fits(const abi::FuncType& type, const ResolveResource& resolve) const {
  if (type.async != is_async_ || type.params.size() != params_.size()) return false;
  if (type.result.has_value() != (info_.result != nullptr)) return false;
  for (size_t i = 0; i < params_.size(); ++i) {
    if (type.params[i].first != params_[i] || !Matches(*info_.params[i].type, type.params[i].second, resolve)) {
      return false;
    }
  }
  return info_.result == nullptr || Matches(*info_.result, *type.result, resolve);
}

Result<void> TypedFunction::CheckType(const abi::FuncType& type, const ResolveResource& resolve) const {
  if (Fits(type, resolve)) return {};
  ResourceList resources;
  CVM_ASSIGN_OR_RETURN(const abi::FuncType mine, Type(&resources));
  const std::string expected = TypeText(mine);
  const std::string found = TypeText(type);
  // Types that read alike differ in their resources or in what was cut.
  return UnlinkableError("it is offered as `" + expected + "`" +
                         (expected == found ? ", of other types" : " and imported as `" + found + "`"));
}

Result<abi::FuncType> TypedFunction::Type(ResourceList* resources) const {
  abi::FuncType type;
  type.async = is_async_;
  for (size_t i = 0; i < params_.size(); ++i) {
    CVM_ASSIGN_OR_RETURN(abi::ValType param, ToValType(*info_.params[i].type, resources));
    type.params.emplace_back(params_[i], std::move(param));
  }
  if (info_.result != nullptr) {
    CVM_ASSIGN_OR_RETURN(type.result, ToValType(*info_.result, resources));
  }
  return type;
}

}  // namespace cvm::component::typed
