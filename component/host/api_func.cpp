// ComponentInstance, ComponentFunc and ComponentCall of the public API.
#include "component/host/api_impl.hpp"
#include "component/host/api_text.hpp"
#include "component/host/value_convert.hpp"
#include "component/host/value_text.hpp"
#include "vm/base/try.hpp"

namespace cvm {

using component::ComponentStore;
using component::PlanExport;

namespace {

const component::RunningComponent& RunningOf(const ComponentInstance& instance) {
  return *static_cast<const component::RunningComponent*>(instance.running());
}

// The exported instance that is asked for: by the same name, a compatible version, or without a version.
const std::vector<PlanExport>* FindInstance(const std::vector<PlanExport>& exports, std::string_view name) {
  Result<component::ExternName> wanted = component::ParseExternName(name);
  const auto meaning = [](const component::InterfaceName& of) { return component::MeantByWasi2(of).value_or(of); };
  const std::vector<PlanExport>* compatible = nullptr;
  for (const PlanExport& e : exports) {
    const auto* nested = std::get_if<std::vector<PlanExport>>(&e.what);
    if (nested == nullptr) continue;
    if (e.name == name) return nested;
    Result<component::ExternName> offered = component::ParseExternName(e.name);
    if (!wanted.ok() || !offered.ok() || !wanted->is_interface() || !offered->is_interface()) continue;
    const bool fits = wanted->interface.version.has_value()
                          ? component::NamesMatch(meaning(wanted->interface), meaning(offered->interface))
                          : wanted->interface.Path() == offered->interface.Path();
    if (fits) compatible = nested;
  }
  return compatible;
}

const PlanExport::Func* FindIn(const std::vector<PlanExport>& exports, std::string_view name) {
  for (const PlanExport& e : exports) {
    if (e.name == name) return std::get_if<PlanExport::Func>(&e.what);
  }
  return nullptr;
}

// A plain name may also be that of the one function of that name in an exported instance.
const PlanExport::Func* FindFunc(const component::Plan& plan, std::string_view name) {
  const size_t hash = name.rfind('#');
  if (hash != std::string_view::npos) {
    const std::vector<PlanExport>* instance = FindInstance(plan.exports, name.substr(0, hash));
    return instance == nullptr ? nullptr : FindIn(*instance, name.substr(hash + 1));
  }
  if (const PlanExport::Func* own = FindIn(plan.exports, name)) return own;
  const PlanExport::Func* only = nullptr;
  for (const PlanExport& e : plan.exports) {
    const auto* nested = std::get_if<std::vector<PlanExport>>(&e.what);
    const PlanExport::Func* found = nested == nullptr ? nullptr : FindIn(*nested, name);
    if (found != nullptr && only != nullptr) return nullptr;
    if (found != nullptr) only = found;
  }
  return only;
}

}  // namespace

std::vector<ComponentItem> ComponentInstance::exports() const {
  return component::ListExports(RunningOf(*this).plan());
}

bool ComponentInstance::Has(std::string_view name) const { return FindFunc(RunningOf(*this).plan(), name) != nullptr; }

Result<ComponentFunc> ComponentInstance::GetFunc(std::string_view name) const {
  const component::RunningComponent& running = RunningOf(*this);
  const PlanExport::Func* found = FindFunc(running.plan(), name);
  if (found == nullptr) {
    std::string names;
    for (const ComponentItem& item : exports()) names += (names.empty() ? "`" : ", `") + item.ToString() + "`";
    return UsageError("no exported function `" + std::string(name) + "`; the component exports " +
                      (names.empty() ? "nothing" : names));
  }
  return ComponentFunc(std::make_shared<const ComponentFunc::Impl>(
      ComponentFunc::Impl{running.store(), running.Func(found->func), found->type}));
}

// --- ComponentFunc

std::vector<ComponentFunc::Param> ComponentFunc::params() const {
  std::vector<Param> list;
  for (const auto& [name, type] : impl_->type->params) list.push_back({name, type.ToString()});
  return list;
}

std::string ComponentFunc::type() const { return component::TypeText(*impl_->type); }

Result<std::vector<ComponentValue>> ComponentFunc::ParseArgs(std::string_view text) const {
  return component::ParseValues(text, impl_->type->ParamTypes());
}

Result<ComponentCall> ComponentFunc::Start(std::span<const ComponentValue> args, std::function<void()> on_wake) const {
  const abi::FuncType& type = *impl_->type;
  if (args.size() != type.params.size()) {
    return UsageError("the function takes " + std::to_string(type.params.size()) + " arguments, not " +
                      std::to_string(args.size()));
  }
  const auto* lifted = std::get_if<const component::LiftedFunc*>(&impl_->function);
  if (lifted == nullptr) return UsageError("the export is a function of the host");
  component::ValueConverter converter(impl_->store);
  std::vector<abi::Value> values;
  for (size_t i = 0; i < args.size(); ++i) {
    CVM_ASSIGN_OR_RETURN(abi::Value value, converter.ToAbi(args[i], type.params[i].second));
    values.push_back(std::move(value));
  }
  // Before resources are given away.
  CVM_RETURN_IF_ERROR((*lifted)->instance->CheckMayEnterFrom(nullptr));
  auto call = std::make_unique<ComponentCall::Impl>(impl_->store, **lifted);
  call->type = impl_->type;
  call->lent = converter.TakeLent();
  converter.Commit();
  // What is lent lives as long as the task may use it, which may be longer than the call.
  auto lower = [lent = call->lent, lower = component::LowerValues(**lifted, std::move(values))](
                   abi::LiftLowerContext& cx) mutable { return lower(cx); };
  CVM_RETURN_IF_ERROR(
      call->call.Start(std::move(lower), component::LiftValues(**lifted, &call->values), std::move(on_wake)));
  return ComponentCall(std::move(call));
}

Result<std::vector<ComponentValue>> ComponentFunc::Call(std::span<const ComponentValue> args) const {
  CVM_ASSIGN_OR_RETURN(ComponentCall call, Start(args));
  CVM_RETURN_IF_ERROR(call.Finish());
  return call.TakeResults();
}

// --- ComponentCall

ComponentCall::ComponentCall(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
ComponentCall::ComponentCall(ComponentCall&&) noexcept = default;
ComponentCall& ComponentCall::operator=(ComponentCall&&) noexcept = default;
ComponentCall::~ComponentCall() = default;

bool ComponentCall::done() const { return impl_->call.done(); }
bool ComponentCall::woken() const { return impl_->call.woken(); }
Result<bool> ComponentCall::Resume() { return impl_->call.Resume(); }
Result<void> ComponentCall::Finish() { return impl_->call.Finish(); }

std::vector<ComponentValue> ComponentCall::TakeResults() {
  std::vector<ComponentValue> results;
  if (!impl_->call.store_alive()) return results;
  component::ValueConverter converter(impl_->store);
  for (const abi::Value& value : impl_->values) results.push_back(converter.FromAbi(value, *impl_->type->result));
  impl_->values.clear();
  return results;
}

}  // namespace cvm
