#include "component/runtime/component_store.hpp"

#include "component/runtime/async_task.hpp"
#include "component/runtime/lower_call.hpp"
#include "component/runtime/running_component.hpp"
#include "vm/base/try.hpp"
#include "vm/engine/instantiate.hpp"

namespace cvm::component {
namespace {

// Stacks kept for the next calls; each holds on to the pages that it has touched.
constexpr size_t kMaxFreeStacks = 16;

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
  scheduler_.Close();
  // Calls and tasks refer to one another while they are under way.
  for (auto& thread : threads_) {
    if (thread->base.task != nullptr) thread->base.task->DropCaller();
    thread->lower = nullptr;
  }
  for (auto& component : components_) component->DestroyHostResources();
  for (const auto& [type, rep] : transit_.TakeAll()) {
    static_cast<void>(static_cast<const HostResourceType*>(type)->Destroy(this, rep).ok());
  }
}

// Threads are few or many; those that are free are not kept, but their stacks are.
Result<Thread*> ComponentStore::NewThread(Thread::Kind kind) {
  auto thread = std::make_unique<Thread>(*this, kind);
  if (kind != Thread::Kind::kPlain) {
    CVM_ASSIGN_OR_RETURN(thread->place, account_->NewTask());
  }
  thread->store_index_ = threads_.size();
  threads_.push_back(std::move(thread));
  return threads_.back().get();
}

void ComponentStore::ReleaseThread(Thread& thread) {
  thread.End();
  thread.Unregister(thread.base);
  if (thread.base.task != nullptr) thread.base.task->Forget(thread);
  if (thread.lower != nullptr) thread.lower->waiter = nullptr;
  TakeStack(thread);
  const size_t i = thread.store_index_;
  std::swap(threads_[i], threads_.back());
  threads_[i]->store_index_ = i;
  threads_.pop_back();
}

Result<void> ComponentStore::GiveStack(Thread& thread) {
  if (thread.stack != nullptr) return {};
  if (!free_stacks_.empty()) {
    thread.stack = std::move(free_stacks_.back());
    free_stacks_.pop_back();
  } else {
    thread.stack = std::make_unique<Stack>(store_.limits().max_wasm_stack_bytes);
    if (!thread.stack->ok()) {
      thread.stack = nullptr;
      return LimitError("no address space left for a guest stack");
    }
  }
  thread.stack->thread = &thread;
  return {};
}

void ComponentStore::TakeStack(Thread& thread) {
  if (thread.stack == nullptr) return;
  for (size_t i = thread.stack->depth(); i-- > 0;) thread.Unregister(thread.stack->call(i));
  thread.stack->Reset();
  if (free_stacks_.size() < kMaxFreeStacks) {
    free_stacks_.push_back(std::move(thread.stack));
  } else {
    thread.stack = nullptr;
  }
}

Result<void> RunningOn::Check() const {
  if (scope_.ok()) return {};
  return TrapError(std::string(TrapMessage(TrapKind::kStackExhausted)));
}

Result<void> ComponentStore::Finish(Activity& activity, Thread& thread) {
  for (;;) {
    CVM_ASSIGN_OR_RETURN(const Activity::Outcome outcome, activity.Run());
    if (thread.state() == Thread::State::kEnded) return {};
    if (outcome == Activity::Outcome::kIdle) return CVM_BUG("a call that is not async has blocked");
    while (!activity.woken) CVM_RETURN_IF_ERROR(scheduler_.WaitForHost());
  }
}

Result<void> ComponentStore::Run(rt::Function& f, std::span<uint64_t> slots) {
  CVM_ASSIGN_OR_RETURN(Thread * thread, NewThread(Thread::Kind::kPlain));
  const ThreadGuard guard(*this, *thread);
  thread->base.sync_typed = true;
  thread->SetStart(f, slots);
  thread->Resume();
  Activity activity(*this);
  activity.Begin(*thread, nullptr);
  if (Result<void> done = Finish(activity, *thread); !done.ok()) {
    activity.Abandon(done.error());
    return done;
  }
  TakeResults(*thread->stack, f, slots);
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
  ++instance.sync_calls;
  uint64_t slots[2] = {handle.rep, 0};
  CVM_RETURN_IF_ERROR(Run(*type->destructor(), slots));
  --instance.sync_calls;
  instance.LeaveTo(nullptr);
  scheduler_.WorkArrived();
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
