// Component, ComponentLinker and resources of the public API.
#include <algorithm>

#include "component/binary/decode.hpp"
#include "component/fused/fused.hpp"
#include "component/host/api_impl.hpp"
#include "component/host/api_text.hpp"
#include "component/host/dynamic_function.hpp"
#include "component/host/load.hpp"
#include "component/host/value_convert.hpp"
#include "component/text/parse.hpp"
#include "component/validate/validate.hpp"
#include "vm/base/try.hpp"
#include "vm/engine/read_file.hpp"

namespace cvm {

using component::PlanExport;
using component::PlanImport;

Result<component::ComponentStore*> ComponentStoreOf(Store::Impl& store) {
  const bool made = store.store.upper == nullptr;
  CVM_ASSIGN_OR_RETURN(component::ComponentStore * components,
                       component::ComponentStore::Of(store.store, store.engine));
  if (made) components->set_compile_adapter(component::FuseCall);
  return components;
}

Result<void> UseLiteralCalls(Store& store) {
  CVM_ASSIGN_OR_RETURN(component::ComponentStore * components, ComponentStoreOf(store.impl()));
  components->set_compile_adapter(nullptr);
  return {};
}

Result<void> SetEventLoop(Store& store, EventLoop* loop) {
  CVM_ASSIGN_OR_RETURN(component::ComponentStore * components, ComponentStoreOf(store.impl()));
  components->set_event_loop(loop);
  return {};
}

Result<void> SetComponentLimits(Store& store, const ComponentLimits& limits) {
  CVM_ASSIGN_OR_RETURN(component::ComponentStore * components, ComponentStoreOf(store.impl()));
  component::StoreLimits& own = components->limits();
  own.handles.max_handles = static_cast<uint32_t>(std::min<uint64_t>(limits.max_handles, abi::HandleTable::kMaxLength));
  components->handles().set_limit(limits.max_total_handles);
  own.host_bytes_per_call = limits.max_host_bytes_per_call;
  own.max_component_instances = limits.max_component_instances;
  const auto narrow = [](uint64_t limit) { return static_cast<uint32_t>(std::min<uint64_t>(limit, UINT32_MAX)); };
  components->account().limits = {narrow(limits.max_tasks), narrow(limits.max_streams),
                                  narrow(std::max<uint64_t>(1, limits.max_elements_per_copy))};
  return {};
}

// --- Component

bool Component::IsComponent(std::span<const uint8_t> bytes) {
  return component::DetectLayer(Bytes(bytes)) == component::BinaryLayer::kComponent;
}

Result<Component> component::LoadRead(const Engine& engine, std::shared_ptr<const component::Component> read,
                                      const ComponentFeatures& features) {
  const std::shared_ptr<EngineState>& state = engine.impl()->state;
  // Bodies of core functions are validated when the modules are compiled, below.
  ComponentValidation options{features};
  options.module_bodies = false;
  options.limits = state->limits;
  CVM_RETURN_IF_ERROR(ValidateComponent(*read, state->features, state->types, options));
  CVM_ASSIGN_OR_RETURN(auto plan, MakePlan(std::move(read)));
  CVM_ASSIGN_OR_RETURN(auto code, CompiledComponent::Create(state, std::move(plan)));
  return cvm::Component(std::make_shared<cvm::Component::Impl>(cvm::Component::Impl{std::move(code)}));
}

namespace {

Result<Component> LoadBinary(const Engine& engine, std::vector<uint8_t> bytes) {
  const EngineState& state = *engine.impl()->state;
  auto owned = std::make_shared<const std::vector<uint8_t>>(std::move(bytes));
  CVM_ASSIGN_OR_RETURN(auto decoded, component::DecodeComponent(std::move(owned), state.features, state.limits));
  return component::LoadRead(engine, std::move(decoded));
}

}  // namespace

Result<Component> Component::Load(const Engine& engine, std::span<const uint8_t> bytes) {
  CVM_RETURN_IF_ERROR(CheckLimit(engine.impl()->state->limits, &LoadLimits::component_bytes, bytes.size()));
  return LoadBinary(engine, std::vector<uint8_t>(bytes.begin(), bytes.end()));
}

Result<Component> Component::Parse(const Engine& engine, std::string_view text) {
  const EngineState& state = *engine.impl()->state;
  CVM_ASSIGN_OR_RETURN(auto parsed, component::ParseComponent(text, state.features, state.limits));
  Result<Component> loaded = component::LoadRead(engine, std::move(parsed));
  if (!loaded.ok()) return component::AtPlaceIn(text, std::move(loaded).error());
  return loaded;
}

Result<Component> Component::LoadFile(const Engine& engine, const std::string& path) {
  CVM_ASSIGN_OR_RETURN(std::vector<uint8_t> bytes,
                       ReadFile(path, engine.impl()->state->limits, &LoadLimits::component_bytes));
  const std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  const bool binary = text.starts_with(std::string_view("\0asm", 4));
  Result<Component> loaded = binary ? LoadBinary(engine, std::move(bytes)) : Parse(engine, text);
  if (!loaded.ok()) return std::move(loaded.error().In(path));
  return loaded;
}

std::string ComponentItem::ToString() const {
  std::string text;
  for (const std::string& name : path) text += (text.empty() ? "" : "#") + name;
  return text;
}

namespace component {

std::string TypeText(const abi::FuncType& type) {
  std::string text = type.async ? "async func(" : "func(";
  for (size_t i = 0; i < type.params.size(); ++i) {
    text += (i == 0 ? "" : ", ") + type.params[i].first + ": " + type.params[i].second.ToString();
  }
  text += ")";
  if (type.result.has_value()) text += " -> " + type.result->ToString();
  return text;
}

namespace {

void List(const std::vector<PlanExport>& exports, std::vector<std::string>& path, std::vector<ComponentItem>* items) {
  for (const PlanExport& e : exports) {
    path.push_back(e.name);
    if (const auto* func = std::get_if<PlanExport::Func>(&e.what)) {
      items->push_back({path, TypeText(*func->type)});
    } else if (std::holds_alternative<ResourceSlot>(e.what)) {
      items->push_back({path, "resource"});
    } else if (std::holds_alternative<ModuleSlot>(e.what)) {
      items->push_back({path, "core module"});
    } else {
      List(std::get<std::vector<PlanExport>>(e.what), path, items);
    }
    path.pop_back();
  }
}

}  // namespace

std::vector<ComponentItem> ListExports(const Plan& plan) {
  std::vector<ComponentItem> items;
  std::vector<std::string> path;
  List(plan.exports, path, &items);
  return items;
}

}  // namespace component

std::vector<ComponentItem> Component::imports() const {
  std::vector<ComponentItem> items;
  for (const PlanImport& import : impl_->code->plan().imports) {
    if (!import.used) continue;
    const auto* func = std::get_if<component::FuncTypeRef>(&import.what);
    const bool resource = std::holds_alternative<component::ResourceSlot>(import.what);
    items.push_back({import.path, func != nullptr ? component::TypeText(**func)
                                  : resource      ? "resource"
                                                  : "core module"});
  }
  return items;
}

std::vector<ComponentItem> Component::exports() const { return component::ListExports(impl_->code->plan()); }

// --- resources

ComponentResource::Impl::~Impl() {
  // Nobody is left to be told of a trap.
  if (owned && live) static_cast<void>(Drop().ok());
}

Result<void> ComponentResource::Impl::Drop() {
  if (!live || !owned) return UsageError("the resource is not owned by the host");
  live = false;
  const bool orphan = store == nullptr || store_alive.expired();
  if (!orphan) return store->DropOwn({type.get(), rep});
  if (of_host) return static_cast<const component::HostResourceType&>(*type).Destroy(nullptr, rep);
  return UsageError("the store of the resource is gone");
}

bool ComponentResource::valid() const { return impl_ != nullptr && impl_->live; }
bool ComponentResource::owned() const { return impl_ != nullptr && impl_->owned; }
Result<void> ComponentResource::Drop() {
  if (impl_ == nullptr) return UsageError("the handle is empty");
  return impl_->Drop();
}

ComponentValue ComponentResourceType::New(uint64_t rep) const {
  auto impl = std::make_shared<ComponentResource::Impl>();
  impl->type = impl_->type;
  impl->of_host = true;
  impl->rep = rep;
  impl->owned = true;
  return ComponentValue(ComponentResource(std::move(impl)));
}

bool ComponentDrop::IsOf(const Store& store) const { return store_ == &store.impl().store; }

ComponentResourceType::ComponentResourceType(std::string_view name, ComponentDestructor destructor) {
  component::HostResourceType::Destructor body;
  if (destructor) {
    body = [destructor = std::move(destructor)](component::ComponentStore* store, uint64_t rep) {
      return destructor(ComponentDrop(rep, store == nullptr ? nullptr : &store->store()));
    };
  }
  impl_ = std::make_shared<const Impl>(
      Impl{std::make_shared<const component::HostResourceType>(std::string(name), std::move(body))});
}

Result<uint64_t> ComponentResourceType::Take(const ComponentValue& value) const {
  CVM_ASSIGN_OR_RETURN(const uint64_t rep, Rep(value));
  ComponentResource::Impl& resource = *value.As<ComponentResource>()->impl();
  if (!resource.owned) return UsageError("a borrowed resource cannot be taken");
  resource.live = false;
  return rep;
}

Result<uint64_t> ComponentResourceType::Rep(const ComponentValue& value) const {
  const auto* resource = value.As<ComponentResource>();
  if (resource == nullptr || !resource->valid()) return UsageError("the value is no resource");
  if (resource->impl()->type.get() != impl_->type.get()) return UsageError("the resource is of another type");
  return resource->impl()->rep;
}

// --- ComponentLinker

ComponentLinker::ComponentLinker(const Engine&) : impl_(std::make_unique<Impl>()) {}
ComponentLinker::~ComponentLinker() = default;
ComponentLinker::ComponentLinker(ComponentLinker&&) noexcept = default;
ComponentLinker& ComponentLinker::operator=(ComponentLinker&&) noexcept = default;

namespace {

using abi::Value;
using component::ValueConverter;

// What the guest lent for the call is taken back when the call is over.
struct Borrowed {
  std::vector<std::shared_ptr<ComponentResource::Impl>> list;
  Borrowed() = default;
  Borrowed(Borrowed&&) = default;
  Borrowed& operator=(Borrowed&&) = default;
  ~Borrowed() {
    for (const auto& impl : list) impl->live = false;
  }
};

Pending<std::vector<Value>> Convert(component::ComponentStore& store, component::FuncTypeRef type,
                                    Pending<std::vector<ComponentValue>> pending, Borrowed borrowed) {
  if (!pending.ready()) {
    auto& suspension = pending.suspension();
    return Pending<std::vector<Value>>::Suspend(
        std::move(suspension.waiter),
        [&store, type, resume = std::move(suspension.resume), borrowed = std::move(borrowed)]() mutable {
          return Convert(store, type, resume(), std::move(borrowed));
        });
  }
  if (!pending.result().ok()) return std::move(pending.result()).error();
  const std::vector<ComponentValue>& results = *pending.result();
  if (results.size() != (type->result.has_value() ? 1 : 0)) return UsageError("wrong number of results");
  std::vector<Value> values;
  ValueConverter converter(store);
  if (type->result.has_value()) {
    Result<Value> value = converter.ToAbi(results[0], *type->result);
    if (!value.ok()) return std::move(value).error();
    values.push_back(*std::move(value));
  }
  converter.Commit();
  return values;
}

}  // namespace

ComponentLinker& ComponentLinker::Define(std::string_view instance, std::string_view name, ComponentHostFunc function) {
  auto body = [function = std::move(function)](component::HostContext& context, std::vector<Value> args) {
    ValueConverter converter(context.store);
    ComponentHostCall call;
    for (size_t i = 0; i < args.size(); ++i)
      call.args.push_back(converter.FromAbi(args[i], context.type->params[i].second));
    Borrowed borrowed;
    borrowed.list = converter.TakeBorrowed();
    return Convert(context.store, context.type, function(call), std::move(borrowed));
  };
  impl_->linker.Instance(instance).Define(name, std::make_shared<component::DynamicFunction>(std::move(body)));
  return *this;
}

ComponentLinker& ComponentLinker::DefineResource(std::string_view instance, std::string_view name,
                                                 const ComponentResourceType& type) {
  impl_->linker.Instance(instance).Define(name, std::shared_ptr<const abi::ResourceType>(type.impl().type));
  return *this;
}

ComponentResourceType ComponentLinker::DefineResource(std::string_view instance, std::string_view name,
                                                      ComponentDestructor destructor) {
  ComponentResourceType type(name, std::move(destructor));
  DefineResource(instance, name, type);
  return type;
}

ComponentResourceType ComponentLinker::DefineResource(std::string_view instance, std::string_view name,
                                                      std::function<void(uint64_t rep)> destructor) {
  if (!destructor) return DefineResource(instance, name);
  return DefineResource(instance, name, [destructor = std::move(destructor)](const ComponentDrop& drop) {
    destructor(drop.rep);
    return Result<void>();
  });
}

namespace {

void DefineAll(const component::RunningComponent& running, const std::vector<PlanExport>& exports,
               component::LinkerInstance& into) {
  for (const PlanExport& e : exports) {
    if (const auto* func = std::get_if<PlanExport::Func>(&e.what)) {
      const component::ExportedFunc found = running.Func(func->func);
      std::visit([&](const auto& f) { into.Define(e.name, f); }, found);
    } else if (const auto* resource = std::get_if<component::ResourceSlot>(&e.what)) {
      into.Define(e.name, running.Resource(*resource));
    } else if (const auto* nested = std::get_if<std::vector<PlanExport>>(&e.what)) {
      DefineAll(running, *nested, into.Nested(e.name));
    }
  }
}

}  // namespace

ComponentLinker& ComponentLinker::DefineInstance(const ComponentInstance& provider) {
  const auto& running = *static_cast<const component::RunningComponent*>(provider.running());
  for (const PlanExport& e : running.plan().exports) {
    if (const auto* nested = std::get_if<std::vector<PlanExport>>(&e.what)) {
      DefineAll(running, *nested, impl_->linker.Instance(e.name));
    }
  }
  std::vector<PlanExport> own;
  for (const PlanExport& e : running.plan().exports) {
    if (!std::holds_alternative<std::vector<PlanExport>>(e.what)) own.push_back(e);
  }
  DefineAll(running, own, impl_->linker.Instance(""));
  return *this;
}

ComponentLinker& ComponentLinker::OnUnmet(std::function<std::string(std::string_view import_name)> hint) {
  impl_->linker.set_hint(std::move(hint));
  return *this;
}

ComponentLinker& ComponentLinker::OnWarning(std::function<void(std::string_view warning)> listener) {
  impl_->linker.set_warning(std::move(listener));
  return *this;
}

ComponentLinker& ComponentLinker::TrapUnknownImports(bool on) {
  impl_->linker.set_trap_unknown(on);
  return *this;
}

Result<PreparedComponent> ComponentLinker::Prepare(const Component& component) const {
  PreparedComponent::Impl prepared{component.impl()->code, {}};
  CVM_ASSIGN_OR_RETURN(prepared.imports, impl_->linker.Resolve(prepared.code->plan()));
  return PreparedComponent(std::make_shared<const PreparedComponent::Impl>(std::move(prepared)));
}

Result<ComponentInstance> ComponentLinker::Instantiate(Store& store, const Component& component) const {
  CVM_ASSIGN_OR_RETURN(const PreparedComponent prepared, Prepare(component));
  return prepared.Instantiate(store);
}

Result<ComponentInstance> PreparedComponent::Instantiate(Store& store) const {
  if (impl_->code->engine() != store.impl().engine) {
    return UsageError("the component and the store belong to different engines");
  }
  CVM_ASSIGN_OR_RETURN(component::ComponentStore * components, ComponentStoreOf(store.impl()));
  CVM_ASSIGN_OR_RETURN(component::RunningComponent * running,
                       component::RunningComponent::Instantiate(*components, impl_->code, impl_->imports));
  return ComponentInstance(&store.impl(), running);
}

}  // namespace cvm
