// Instance and Linker of the public API.
#include "vm/engine/api_impl.hpp"
#include "vm/interp/interpret.hpp"

namespace cvm {

namespace {

rt::Instance& InstanceOf(const Instance& handle) { return *static_cast<rt::Instance*>(handle.instance()); }

Error NoSuchExport(const rt::Instance& instance, std::string_view name, std::string_view kind) {
  std::string names;
  for (const Export& e : instance.module().exports) names += (names.empty() ? "`" : ", `") + std::string(e.name) + "`";
  return UsageError("no exported " + std::string(kind) + " `" + std::string(name) + "`; the instance exports " +
                    (names.empty() ? "nothing" : names));
}

}  // namespace

Result<Func> Instance::GetFunc(std::string_view name) const {
  rt::Instance& instance = InstanceOf(*this);
  const std::optional<ExternVal> found = FindExport(instance, name);
  if (!found.has_value() || !std::holds_alternative<rt::Function*>(*found)) return NoSuchExport(instance, name, "function");
  return Func(store_, std::get<rt::Function*>(*found));
}

Result<Memory> Instance::GetMemory(std::string_view name) const {
  rt::Instance& instance = InstanceOf(*this);
  const std::optional<ExternVal> found = FindExport(instance, name);
  if (!found.has_value() || !std::holds_alternative<rt::Memory*>(*found)) return NoSuchExport(instance, name, "memory");
  return Memory(std::get<rt::Memory*>(*found));
}

bool Instance::Has(std::string_view name) const { return FindExport(InstanceOf(*this), name).has_value(); }

struct Linker::Impl {
  struct Host {
    FuncSignature signature;
    HostFunc body;
  };
  using Name = std::pair<std::string, std::string>;
  Engine engine;
  std::map<Name, Host> hosts;
  struct Exported {
    const rt::Store* store;
    ExternVal value;
  };
  std::map<Name, Exported> values;
  std::map<Name, std::shared_ptr<rt::MemoryStorage>> shared_memories;

  // What `import` is linked to in `store`; nullopt if nothing has its name.
  Result<std::optional<ExternVal>> Resolve(Store::Impl& store, const Import& import) const {
    const Name name{std::string(import.module), std::string(import.name)};
    if (const auto shared = shared_memories.find(name); shared != shared_memories.end()) {
      CVM_ASSIGN_OR_RETURN(rt::Memory * memory, store.store.MemoryOf(shared->second));
      return std::optional<ExternVal>(memory);
    }
    if (const auto value = values.find(name); value != values.end()) {
      if (value->second.store == &store.store) return std::optional(value->second.value);
      return UsageError("`" + name.first + "` `" + name.second + "` is an export of an instance in another store");
    }
    const auto host = hosts.find(name);
    if (host == hosts.end()) return std::optional<ExternVal>();
    CVM_ASSIGN_OR_RETURN(rt::Function * function, MakeHostFunction(store, host->second.signature, host->second.body));
    return std::optional<ExternVal>(function);
  }
};

Linker::Linker(const Engine& engine) : impl_(std::make_unique<Impl>(Impl{engine, {}, {}, {}})) {}
Linker::~Linker() = default;
Linker::Linker(Linker&&) noexcept = default;
Linker& Linker::operator=(Linker&&) noexcept = default;

Linker& Linker::DefineHost(std::string_view module, std::string_view name, FuncSignature signature, HostFunc body) {
  impl_->hosts[{std::string(module), std::string(name)}] = {std::move(signature), std::move(body)};
  return *this;
}

Linker& Linker::DefineMemory(std::string_view module, std::string_view name, const SharedMemory& memory) {
  impl_->shared_memories[{std::string(module), std::string(name)}] =
      std::static_pointer_cast<rt::MemoryStorage>(memory.storage());
  return *this;
}

Linker& Linker::DefineInstance(std::string_view module, const Instance& handle) {
  rt::Instance& instance = InstanceOf(handle);
  for (const Export& e : instance.module().exports) {
    const std::optional<ExternVal> value = FindExport(instance, e.name);
    if (!value.has_value()) continue;
    Impl::Name name{std::string(module), std::string(e.name)};
    impl_->shared_memories.erase(name);
    auto* const* memory = std::get_if<rt::Memory*>(&*value);
    if (memory != nullptr && (*memory)->shared()) {
      impl_->shared_memories.emplace(std::move(name), (*memory)->storage());
    } else {
      impl_->values.insert_or_assign(std::move(name), Impl::Exported{&instance.store, *value});
    }
  }
  return *this;
}

Result<Instance> Linker::Instantiate(Store& store, const Module& module) const {
  const std::shared_ptr<CompiledModule>& compiled = module.impl()->compiled;
  if (compiled->engine() != store.impl().engine) return UsageError("the module and the store belong to different engines");
  std::vector<ExternVal> imports;
  std::string missing;
  for (const Import& import : compiled->module->imports) {
    CVM_ASSIGN_OR_RETURN(const std::optional<ExternVal> value, impl_->Resolve(store.impl(), import));
    if (value.has_value()) {
      imports.push_back(*value);
    } else {
      missing += (missing.empty() ? "`" : ", `") + std::string(import.module) + "` `" + std::string(import.name) + "`";
    }
  }
  if (!missing.empty()) return UnlinkableError("unknown import: nothing is defined for " + missing);
  CVM_ASSIGN_OR_RETURN(rt::Instance * instance, cvm::Instantiate(store.impl().store, compiled, imports));
  CVM_RETURN_IF_ERROR(RunStart(*instance));
  return Instance(&store.impl(), instance);
}

namespace {

// Whether a host function may return this word as an externref.
bool IsExternRef(const rt::Heap& heap, uint64_t bits) {
  if (bits == rt::kNullRef || rt::IsHostRef(bits)) return true;
  return rt::IsI31(bits) ? bits <= UINT32_MAX : heap.IsHeld(bits);
}

// Makes of what a host function left in its slots what guest code relies on: an i32 is zero-extended, a reference is one of the
// store's.
Result<void> CheckResults(const rt::Store& store, const std::vector<Kind>& results, std::span<uint64_t> slots) {
  size_t at = 0;
  for (const Kind kind : results) {
    if (kind == Kind::kI32) slots[at] &= 0xffffffff;
    if (kind == Kind::kFuncRef && slots[at] != rt::kNullRef &&
        !store.Owns(reinterpret_cast<const rt::Function*>(slots[at]))) {
      return UsageError("a host function returned a function of another store");
    }
    if (kind == Kind::kExternRef && !IsExternRef(store.heap(), slots[at])) {
      return UsageError("a host function returned what is not an externref of this store (Val::ExternRef makes one)");
    }
    at += kind == Kind::kV128 ? 2 : 1;
  }
  return {};
}

// The collector does not look at the window of a host function, whose slots are the body's to use: it sees the parameters here.
void LendParameters(rt::Heap& heap, const std::vector<Kind>& params, const uint64_t* slots) {
  for (const Kind kind : params) {
    if (kind == Kind::kExternRef) heap.Lend(*slots);
    slots += kind == Kind::kV128 ? 2 : 1;
  }
}

}  // namespace

Result<rt::Function*> MakeHostFunction(Store::Impl& store, const FuncSignature& signature, HostFunc body) {
  const FuncType type = TypeOf(signature);
  CVM_ASSIGN_OR_RETURN(const uint32_t id, store.engine->types.InternFunc(type));
  const auto call = [body = std::move(body), signature](rt::HostCall& c) {
    Caller caller(c.caller);
    const size_t slots = std::max(c.function.window_bytes / kSlotBytes, uint32_t{1});
    rt::Heap& heap = c.store.heap();
    const size_t lent = heap.LentCount();
    LendParameters(heap, signature.params, c.window);
    Result<void> result = body(caller, {c.window, slots});
    if (result.ok()) result = CheckResults(c.store, signature.results, {c.window, slots});
    heap.TruncateLent(lent);
    return result.ok() ? rt::HostStatus::kReturned : c.Fail(std::move(result).error());
  };
  return store.store.NewHostFunction(type, id, HostCallCell(), call);
}

}  // namespace cvm
