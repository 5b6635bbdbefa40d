// The built-ins of cooperative threads. definitions.py: canon_thread_index … canon_thread_yield_then_promote.
#include "component/runtime/async_task.hpp"
#include "component/runtime/builtins.hpp"
#include "vm/base/try.hpp"

namespace cvm::component {
namespace {

using Status = Result<rt::HostStatus>;
constexpr rt::HostStatus kReturned = rt::HostStatus::kReturned;

// A thread by its index, whose code in this instance is what runs or waits on it.
Result<Thread*> GetThread(const BuiltinSite& site, uint32_t i) {
  InstanceThreads* threads = site.instance->threads_if_any();
  InstanceThreads::Entry* entry = threads == nullptr ? nullptr : threads->Find(i);
  if (entry == nullptr) return TrapError("unknown thread index " + std::to_string(i));
  return entry->thread;
}

Result<Thread*> GetSuspended(const BuiltinSite& site, uint32_t i) {
  CVM_ASSIGN_OR_RETURN(Thread * thread, GetThread(site, i));
  const InstanceThreads::Entry& entry = *site.instance->threads().Find(i);
  if (!thread->suspended() || entry.activation != &thread->top()) {
    return TrapError("cannot resume thread which is not suspended");
  }
  return thread;
}

Status Cancelled(rt::HostCall& call, bool cancelled) {
  call.window[0] = cancelled ? 1 : 0;
  return kReturned;
}

Status ThreadIndex(rt::HostCall& call, const BuiltinSite& site, Thread& thread) {
  CVM_RETURN_IF_ERROR(site.instance->CheckMayLeave());
  call.window[0] = thread.Register(*site.instance);
  return kReturned;
}

// A call on its caller's stack gets a task when a second thread is to have a part in it.
std::shared_ptr<AsyncTask> TaskOf(const BuiltinSite& site, Thread& thread) {
  Activation& activation = thread.top();
  if (activation.task == nullptr) {
    activation.task = std::make_shared<AsyncTask>(nullptr, *site.instance);
    activation.task->state().Start();
    activation.task->AddThread(thread);
  }
  return activation.task;
}

Status ThreadNewIndirect(rt::HostCall& call, const BuiltinSite& site, Thread& thread) {
  CVM_RETURN_IF_ERROR(site.instance->CheckMayLeave());
  const bool wide_table = site.code->core_type.params[0] == ValType::I64();
  const uint64_t fi = wide_table ? call.window[0] : static_cast<uint32_t>(call.window[0]);
  if (fi >= site.table->size()) return TrapError("table index " + std::to_string(fi) + " is out of bounds");
  auto* f = reinterpret_cast<rt::Function*>(site.table->Get(fi));
  if (f == nullptr) return TrapError("table index " + std::to_string(fi) + " holds no function");
  const ResultType start = {site.code->core_type.params[1]};
  if (f->type->params != start || !f->type->results.empty()) {
    return TrapError("start function does not match expected type");
  }
  thread.Register(*site.instance);
  const std::shared_ptr<AsyncTask> task = TaskOf(site, thread);
  CVM_ASSIGN_OR_RETURN(Thread * made, site.store->NewThread(Thread::Kind::kExplicit));
  made->SetStart(*f, {call.window + 1, 1});
  made->base.task = task;
  task->AddThread(*made);
  made->Suspend(/*cancellable=*/false, *site.instance);
  call.window[0] = made->base.thread_index;
  return kReturned;
}

Status ThreadResumeLater(rt::HostCall& call, const BuiltinSite& site, Thread&) {
  CVM_RETURN_IF_ERROR(site.instance->CheckMayLeave());
  CVM_ASSIGN_OR_RETURN(Thread * other, GetSuspended(site, static_cast<uint32_t>(call.window[0])));
  other->StartWaiting(Thread::Condition::kAlways, other->cancellable(), *site.instance);
  return kReturned;
}

enum class How : uint8_t { kSuspend, kYield };

void Stop(How how, const BuiltinSite& site, Thread& thread) {
  if (how == How::kSuspend) {
    thread.Suspend(site.canon->cancellable, *site.instance);
  } else {
    thread.StartWaiting(Thread::Condition::kAlways, site.canon->cancellable, *site.instance);
  }
}

// thread.suspend, thread.yield
template <How kHow>
Status StopAlone(rt::HostCall& call, const BuiltinSite& site, Thread& thread) {
  if (call.resumed) return Cancelled(call, thread.cancelled);
  CVM_RETURN_IF_ERROR(site.instance->CheckMayLeave());
  if (thread.DeliverPendingCancel(site.canon->cancellable)) return Cancelled(call, true);
  if (kHow == How::kSuspend) CVM_RETURN_IF_ERROR(site.store->scheduler().CheckMayBlock(thread, *site.instance));
  Stop(kHow, site, thread);
  return thread.Block();
}

// thread.suspend-then-resume, thread.yield-then-resume
template <How kHow>
Status StopThenResume(rt::HostCall& call, const BuiltinSite& site, Thread& thread) {
  if (call.resumed) return Cancelled(call, thread.cancelled);
  CVM_RETURN_IF_ERROR(site.instance->CheckMayLeave());
  CVM_ASSIGN_OR_RETURN(Thread * other, GetSuspended(site, static_cast<uint32_t>(call.window[0])));
  if (thread.DeliverPendingCancel(site.canon->cancellable)) return Cancelled(call, true);
  Stop(kHow, site, thread);
  other->Resume();
  return thread.Block(other);
}

// thread.suspend-then-promote, thread.yield-then-promote
template <How kHow>
Status StopThenPromote(rt::HostCall& call, const BuiltinSite& site, Thread& thread) {
  if (call.resumed) return Cancelled(call, thread.cancelled);
  CVM_RETURN_IF_ERROR(site.instance->CheckMayLeave());
  const auto i = static_cast<uint32_t>(call.window[0]);
  CVM_ASSIGN_OR_RETURN(Thread * other, GetThread(site, i));
  if (thread.DeliverPendingCancel(site.canon->cancellable)) return Cancelled(call, true);
  const bool ready =
      other != &thread && other->Ready() && site.instance->threads().Find(i)->activation == &other->top();
  if (kHow == How::kSuspend && !ready)
    CVM_RETURN_IF_ERROR(site.store->scheduler().CheckMayBlock(thread, *site.instance));
  Stop(kHow, site, thread);
  if (!ready) return thread.Block();
  other->Resume();
  return thread.Block(other);
}

constexpr BuiltinRow kRows[] = {
    {CanonKind::kThreadIndex, "thread.index", ":i", Wrapped<ThreadIndex>},
    {CanonKind::kThreadNewIndirect, "thread.new-indirect", "es:i", Wrapped<ThreadNewIndirect>},
    {CanonKind::kThreadResumeLater, "thread.resume-later", "i:", Wrapped<ThreadResumeLater>},
    {CanonKind::kThreadSuspend, "thread.suspend", ":i", Wrapped<StopAlone<How::kSuspend>>},
    {CanonKind::kThreadYield, "thread.yield", ":i", Wrapped<StopAlone<How::kYield>>},
    {CanonKind::kThreadSuspendThenResume, "thread.suspend-then-resume", "i:i", Wrapped<StopThenResume<How::kSuspend>>},
    {CanonKind::kThreadYieldThenResume, "thread.yield-then-resume", "i:i", Wrapped<StopThenResume<How::kYield>>},
    {CanonKind::kThreadSuspendThenPromote, "thread.suspend-then-promote", "i:i",
     Wrapped<StopThenPromote<How::kSuspend>>},
    {CanonKind::kThreadYieldThenPromote, "thread.yield-then-promote", "i:i", Wrapped<StopThenPromote<How::kYield>>},
    {CanonKind::kThreadExit, "thread.exit", "", nullptr},
    {CanonKind::kThreadSpawnRef, "thread.spawn-ref", "", nullptr},
    {CanonKind::kThreadSpawnIndirect, "thread.spawn-indirect", "", nullptr},
    {CanonKind::kThreadAvailableParallelism, "thread.available-parallelism", "", nullptr},
};

}  // namespace

std::span<const BuiltinRow> ThreadBuiltins() { return kRows; }

}  // namespace cvm::component
