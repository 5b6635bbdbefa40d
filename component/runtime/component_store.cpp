#include "component/runtime/component_store.hpp"

#include "component/runtime/running_component.hpp"
#include "vm/base/try.hpp"
#include "vm/engine/instantiate.hpp"

namespace cvm::component {
namespace {

// Stacks kept for the next calls; each holds on to the pages that it has touched.
constexpr size_t kMaxFreeTasks = 16;

}  // namespace

ComponentStore::ComponentStore(rt::Store& store, rt::Context* any) : store_(store), any_context_(any) {
  limits_.handles.total = &handles_;
}

Result<ComponentStore*> ComponentStore::Of(rt::Store& store, const std::shared_ptr<EngineState>& engine) {
  if (store.upper != nullptr) return static_cast<ComponentStore*>(store.upper);
  auto empty = std::make_shared<ModuleData>();
  FinishIndexSpaces(empty.get());
  CVM_ASSIGN_OR_RETURN(auto module, CompiledModule::Create(engine, std::move(empty)));
  CVM_ASSIGN_OR_RETURN(rt::Instance * instance, Instantiate(store, std::move(module), {}));
  auto* made = store.Keep(std::unique_ptr<ComponentStore>(new ComponentStore(store, instance->context())));
  store.upper = made;
  return made;
}

// Resources of the host that guests still own, or that a trap left between them, are destroyed with the store.
ComponentStore::~ComponentStore() {
  for (auto& component : components_) component->DestroyHostResources();
  for (const auto& [type, rep] : transit_.TakeAll()) {
    static_cast<void>(static_cast<const HostResourceType*>(type)->Destroy(this, rep).ok());
  }
}

Result<std::unique_ptr<Task>> ComponentStore::NewTask() {
  if (!free_tasks_.empty()) {
    std::unique_ptr<Task> task = std::move(free_tasks_.back());
    free_tasks_.pop_back();
    return task;
  }
  auto task = std::make_unique<Task>(*this, store_.limits().max_wasm_stack_bytes);
  if (!task->ok()) return LimitError("no address space left for a guest stack");
  return task;
}

void ComponentStore::Recycle(std::unique_ptr<Task> task) {
  task->Reset();
  if (free_tasks_.size() < kMaxFreeTasks) free_tasks_.push_back(std::move(task));
}

Result<void> ComponentStore::Run(rt::Function& f, std::span<uint64_t> slots) {
  CVM_ASSIGN_OR_RETURN(std::unique_ptr<Task> task, NewTask());
  Result<bool> done = task->Start(f, slots);
  while (done.ok() && !*done) {
    if (Result<void> blocked = task->Block(); !blocked.ok()) {
      done = std::move(blocked).error();
    } else {
      done = task->Resume();
    }
  }
  if (done.ok()) TakeResults(*task, f, slots);
  Recycle(std::move(task));
  if (!done.ok()) return std::move(done).error();
  return {};
}

// As canon resource.drop does it for a guest: the call enters the instance that implements the resource.
Result<void> ComponentStore::DropOwn(const abi::OwnHandle& handle) {
  if (handle.type == nullptr) return UsageError("the handle has no type");
  if (handle.type->impl() == nullptr) {
    transit_.Remove(*handle.type, handle.rep);
    return static_cast<const HostResourceType*>(handle.type)->Destroy(this, handle.rep);
  }
  const auto* type = static_cast<const GuestResourceType*>(handle.type);
  if (&type->instance()->store() != this) return UsageError("the resource belongs to another store");
  ComponentInstanceState& instance = *type->instance();
  CVM_RETURN_IF_ERROR(instance.CheckMayEnterFrom(nullptr));
  if (type->destructor() == nullptr) return {};
  instance.EnterFrom(nullptr);
  uint64_t slots[2] = {handle.rep, 0};
  CVM_RETURN_IF_ERROR(Run(*type->destructor(), slots));
  instance.LeaveTo(nullptr);
  return {};
}

RunningComponent& ComponentStore::Add(std::unique_ptr<RunningComponent> component) {
  components_.push_back(std::move(component));
  return *components_.back();
}

Result<void> ComponentStore::CountInstances(size_t more) {
  if (instances_ + more > limits_.max_component_instances) {
    return LimitReached("too many component instances", instances_ + more, limits_.max_component_instances,
                        "max-component-instances");
  }
  instances_ += more;
  return {};
}

}  // namespace cvm::component
