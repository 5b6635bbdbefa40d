#include "component/runtime/running_component.hpp"

#include "vm/base/try.hpp"

namespace cvm::component {

Result<RunningComponent*> RunningComponent::Instantiate(ComponentStore& store,
                                                        std::shared_ptr<const CompiledComponent> code,
                                                        std::vector<ImportValue> imports) {
  RunningComponent& made =
      store.Add(std::unique_ptr<RunningComponent>(new RunningComponent(store, std::move(code), std::move(imports))));
  CVM_RETURN_IF_ERROR(made.Prepare());
  for (size_t step = 0; step < made.plan().steps.size(); ++step) CVM_RETURN_IF_ERROR(made.Run(step));
  return &made;
}

// What comes from another component has to be of the same store.
Result<void> RunningComponent::CheckStore(const ImportValue& import) const {
  const ComponentInstanceState* from = nullptr;
  if (auto* const* lifted = std::get_if<const LiftedFunc*>(&import)) from = (*lifted)->instance;
  if (const auto* type = std::get_if<std::shared_ptr<const abi::ResourceType>>(&import)) {
    if ((*type)->impl() != nullptr) from = static_cast<const GuestResourceType&>(**type).instance();
  }
  if (from == nullptr || &from->store() == &store_) return {};
  return UsageError("components of different stores cannot be linked");
}

Result<void> RunningComponent::Prepare() {
  const Plan& plan = code_->plan();
  if (imports_.size() != plan.imports.size()) return UsageError("wrong number of imports");
  CVM_RETURN_IF_ERROR(store_.CountInstances(plan.instances.size()));
  resources_.resize(plan.resources);
  for (const std::optional<InstanceSlot>& parent : plan.instances) {
    ComponentInstanceState* parent_state = parent.has_value() ? instances_[parent->value].get() : nullptr;
    instances_.push_back(std::make_unique<ComponentInstanceState>(store_, parent_state, store_.limits().handles));
    instances_.back()->ShareResources(resources_);
    instances_.back()->set_transit(&store_.transit());
  }
  for (const ImportValue& import : imports_) CVM_RETURN_IF_ERROR(CheckStore(import));
  for (size_t i = 0; i < imports_.size(); ++i) {
    const auto* slot = std::get_if<ResourceSlot>(&plan.imports[i].what);
    const auto* type = std::get_if<std::shared_ptr<const abi::ResourceType>>(&imports_[i]);
    if (slot != nullptr && type != nullptr) resources_[slot->value] = type->get();
  }
  core_.resize(plan.core_slots);
  core_instances_.resize(plan.core_instances);
  funcs_.resize(plan.funcs);
  return {};
}

Result<void> RunningComponent::Run(size_t step) {
  return std::visit([&](const auto& s) { return Run(step, s); }, code_->plan().steps[step]);
}

namespace {

// Arguments of an imported module come by name; those of others are its imports, in order.
const InstantiateCore::Arg* FindArg(const InstantiateCore& s, const Import& import, size_t i) {
  if (i < s.args.size() && s.args[i].module == import.module && s.args[i].name == import.name) return &s.args[i];
  for (const InstantiateCore::Arg& arg : s.args) {
    if (arg.module == import.module && arg.name == import.name) return &arg;
  }
  return nullptr;
}

}  // namespace

Result<std::vector<ExternVal>> RunningComponent::ArgumentsOf(const InstantiateCore& s, const ModuleData& module) const {
  std::vector<ExternVal> values;
  for (size_t i = 0; i < module.imports.size(); ++i) {
    const Import& import = module.imports[i];
    const InstantiateCore::Arg* arg = FindArg(s, import, i);
    if (arg == nullptr) {
      return UnlinkableError("an argument `" + std::string(import.module) + "` `" + std::string(import.name) +
                             "` is missing");
    }
    values.push_back(core_[arg->slot.value]);
  }
  return values;
}

Result<void> RunningComponent::Run(size_t, const InstantiateCore& s) {
  std::shared_ptr<CompiledModule> module = code_->modules()[s.module.value];
  if (module == nullptr) {
    const std::optional<ImportSlot> import = code_->plan().modules[s.module.value].import;
    const auto* given = std::get_if<std::shared_ptr<CompiledModule>>(&imports_[import->value]);
    if (given == nullptr) return CVM_BUG("a module is not linked");
    module = *given;
  }
  CVM_ASSIGN_OR_RETURN(const std::vector<ExternVal> args, ArgumentsOf(s, *module->module));
  CVM_ASSIGN_OR_RETURN(rt::Instance * instance, cvm::Instantiate(store_.store(), module, args));
  core_instances_[s.result.value] = instance;
  const std::optional<FuncIndex> start = module->module->start;
  if (!start.has_value()) return {};
  uint64_t none[1] = {};
  return store_.Run(*instance->FunctionAt(start->value), none);
}

Result<void> RunningComponent::Run(size_t, const ExtractCoreExport& s) {
  const std::optional<ExternVal> found = FindExport(*core_instances_[s.instance.value], s.name);
  if (!found.has_value()) return UnlinkableError("a core instance has no export `" + std::string(s.name) + "`");
  core_[s.result.value] = *found;
  return {};
}

Result<rt::Function*> RunningComponent::FunctionAt(std::optional<CoreSlot> slot) const {
  if (!slot.has_value()) return static_cast<rt::Function*>(nullptr);
  if (auto* const* f = std::get_if<rt::Function*>(&core_[slot->value])) return *f;
  return CVM_BUG("a core item is no function");
}

Result<void> RunningComponent::Run(size_t, const DefineResource& s) {
  CVM_ASSIGN_OR_RETURN(rt::Function * destructor, FunctionAt(s.destructor));
  resources_[s.result.value] = &guest_resources_.emplace_back(instances_[s.instance.value].get(), destructor);
  return {};
}

namespace {

abi::StringEncoding EncodingOf(CanonOptions::Encoding encoding) {
  switch (encoding) {
    case CanonOptions::Encoding::kUtf16:
      return abi::StringEncoding::kUtf16;
    case CanonOptions::Encoding::kLatin1Utf16:
      return abi::StringEncoding::kLatin1Utf16;
    default:
      return abi::StringEncoding::kUtf8;
  }
}

// realloc is a call of its own, with storage of its own (context.get), on the stack of whoever lowers values.
class FreshStorage {
 public:
  explicit FreshStorage(rt::Store& store) {
    if (store.running == nullptr || Stack::Of(*store.running).thread == nullptr) return;
    activation_ = &Thread::Of(*store.running).top();
    std::swap(kept_, activation_->storage);
  }
  ~FreshStorage() {
    if (activation_ != nullptr) std::swap(kept_, activation_->storage);
  }
  FreshStorage(const FreshStorage&) = delete;
  FreshStorage& operator=(const FreshStorage&) = delete;

 private:
  Activation* activation_ = nullptr;
  uint64_t kept_[2] = {};
};

// realloc runs within a step of the canonical function that lowers values.
abi::Realloc ReallocOf(ComponentStore& store, rt::Function* realloc) {
  return [&store, realloc](uint64_t old_ptr, uint64_t old_size, uint32_t alignment,
                           uint64_t new_size) -> Result<uint64_t> {
    uint64_t slots[4] = {old_ptr, old_size, alignment, new_size};
    const FreshStorage fresh(store.store());
    CVM_RETURN_IF_ERROR(CallFunction(store.store(), *realloc, slots, store.any_context()));
    return realloc->type->results[0] == ValType::I32() ? slots[0] & 0xffffffff : slots[0];
  };
}

}  // namespace

Result<FuncOptions> RunningComponent::OptionsOf(const PlanOptions& options) {
  FuncOptions made;
  made.string_encoding = EncodingOf(options.encoding);
  if (options.memory.has_value()) {
    auto* const* memory = std::get_if<rt::Memory*>(&core_[options.memory->value]);
    if (memory == nullptr) return CVM_BUG("a core item is no memory");
    std::unique_ptr<MemoryView>& view = memories_[*memory];
    if (view == nullptr) view = std::make_unique<MemoryView>(**memory);
    if (view->ptr_type() != options.ptr_type) return UnsupportedError("a 64-bit memory of an imported module");
    made.memory = view.get();
  }
  CVM_ASSIGN_OR_RETURN(rt::Function * realloc, FunctionAt(options.realloc));
  if (realloc != nullptr) made.realloc = ReallocOf(store_, realloc);
  CVM_ASSIGN_OR_RETURN(made.post_return, FunctionAt(options.post_return));
  CVM_ASSIGN_OR_RETURN(made.callback, FunctionAt(options.callback));
  made.async = options.async;
  return made;
}

rt::Function* RunningComponent::NewFunction(const FuncCode& code, rt::HostBody body) {
  return NewHostFunction(store_.store(), code.core_type, code.type_id, std::move(body));
}

Result<void> RunningComponent::Run(size_t step, const LowerFunc& s) {
  LoweredFunc& site = lowered_.emplace_back();
  site.store = &store_;
  site.code = &code_->func(step);
  site.caller = instances_[s.instance.value].get();
  CVM_ASSIGN_OR_RETURN(site.options, OptionsOf(s.options));
  const ExportedFunc callee = Func(s.callee);
  if (const auto* lifted = std::get_if<const LiftedFunc*>(&callee)) {
    site.callee = *lifted;
    core_[s.result.value] = NewFunction(*site.code, [&site](rt::HostCall& call) { return CallGuest(call, site); });
    return {};
  }
  const HostFunction* host = std::get<std::shared_ptr<const HostFunction>>(callee).get();  // kept by imports_
  if (host == nullptr) return CVM_BUG("an import is not linked");
  if (site.options.async && !host->CanLowerAsync()) {
    return UnsupportedError("a host function of typed bindings cannot be lowered `async`");
  }
  site.callee = host;
  core_[s.result.value] = NewFunction(*site.code, [&site](rt::HostCall& call) { return CallImport(call, site); });
  return {};
}

Result<void> RunningComponent::Run(size_t step, const LiftFunc& s) {
  LiftedFunc& lifted = funcs_[s.result.value];
  lifted.code = &code_->func(step);
  lifted.instance = instances_[s.instance.value].get();
  CVM_ASSIGN_OR_RETURN(lifted.core, FunctionAt(s.callee));
  CVM_ASSIGN_OR_RETURN(lifted.options, OptionsOf(s.options));
  lifted.async_typed = lifted.code->type->async;
  return {};
}

Result<void> RunningComponent::Run(size_t step, const Builtin& s) {
  BuiltinSite& site = builtins_.emplace_back();
  site.store = &store_;
  site.instance = instances_[s.instance.value].get();
  site.canon = s.canon;
  site.code = &code_->func(step);
  CVM_ASSIGN_OR_RETURN(site.options, OptionsOf(s.options));
  if (s.resource.has_value()) {
    site.resource = resources_[s.resource->value];
    if (site.resource == nullptr) return CVM_BUG("a resource type is not linked");
  }
  site.type = s.type;
  if (s.canon->kind >= CanonKind::kStreamNew && s.canon->kind <= CanonKind::kFutureDropWritable) {
    site.type = s.type->node().element;
  }
  if (s.table.has_value()) {
    auto* const* table = std::get_if<rt::Table*>(&core_[s.table->value]);
    if (table == nullptr) return CVM_BUG("a core item is no table");
    site.table = *table;
  }
  const BuiltinBody body = BodyOf(s.canon->kind);
  core_[s.result.value] = NewFunction(*site.code, [body, &site](rt::HostCall& call) { return body(call, site); });
  return {};
}

ExportedFunc RunningComponent::Func(const FuncRef& ref) const {
  if (const auto* slot = std::get_if<FuncSlot>(&ref.what)) return &funcs_[slot->value];
  const ImportValue& import = imports_[std::get<ImportSlot>(ref.what).value];
  if (auto* const* lifted = std::get_if<const LiftedFunc*>(&import)) return *lifted;
  if (const auto* host = std::get_if<std::shared_ptr<const HostFunction>>(&import)) return *host;
  return std::shared_ptr<const HostFunction>();
}

std::shared_ptr<const abi::ResourceType> RunningComponent::Resource(ResourceSlot slot) const {
  return std::shared_ptr<const abi::ResourceType>(std::shared_ptr<void>(), resources_[slot.value]);
}

void RunningComponent::DestroyHostResources() {
  for (auto& instance : instances_) {
    abi::HandleTable& handles = instance->handles();
    for (uint32_t i = 1; i < handles.length(); ++i) {
      const Result<abi::HandleTable::Entry*> entry = handles.Get(i);
      if (!entry.ok()) continue;
      const auto* handle = std::get_if<abi::ResourceHandle>(*entry);
      if (handle == nullptr || !handle->own || handle->rt->impl() != nullptr) continue;
      const auto* type = static_cast<const HostResourceType*>(handle->rt);
      const uint64_t rep = handle->rep;
      // There is no guest left that an error could end.
      if (handles.Remove(i).ok()) static_cast<void>(type->Destroy(&store_, rep).ok());
    }
  }
}

}  // namespace cvm::component
