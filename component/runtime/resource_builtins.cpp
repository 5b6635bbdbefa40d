// canon resource.new, resource.drop, resource.rep as core functions. definitions.py: canon_resource_new, _drop, _rep.
#include "canonical-abi/flat/canon_builtins.hpp"
#include "component/runtime/builtins.hpp"
#include "component/runtime/thread.hpp"

namespace cvm::component {
namespace {

rt::HostStatus ResourceNew(rt::HostCall& call, const BuiltinSite& site) {
  Result<uint32_t> index = abi::CanonResourceNew(*site.instance, *site.resource, call.window[0]);
  if (!index.ok()) return call.Fail(std::move(index).error());
  call.window[0] = *index;
  return rt::HostStatus::kReturned;
}

rt::HostStatus ResourceRep(rt::HostCall& call, const BuiltinSite& site) {
  Result<uint64_t> rep = abi::CanonResourceRep(*site.instance, *site.resource, static_cast<uint32_t>(call.window[0]));
  if (!rep.ok()) return call.Fail(std::move(rep).error());
  call.window[0] = *rep;
  return rt::HostStatus::kReturned;
}

// The destructor runs as a frame of the guest stack; the implementing instance is entered by it.
rt::HostStatus ResourceDrop(rt::HostCall& call, const BuiltinSite& site) {
  const bool by_host = site.resource->impl() == nullptr;
  Thread& thread = Thread::Of(call.execution);
  if (call.resumed) {
    auto& state = *reinterpret_cast<GuestCall*>(*call.state);
    ComponentInstanceState& entered = *state.instance;
    --entered.sync_calls;
    if (Result<void> ended = thread.EndCall(state); !ended.ok()) return call.Fail(std::move(ended).error());
    thread.stack->PopCall();
    entered.LeaveTo(site.instance);
    return rt::HostStatus::kReturned;
  }
  Result<std::optional<abi::DestructorCall>> due =
      abi::CanonResourceDrop(*site.instance, *site.resource, static_cast<uint32_t>(call.window[0]));
  if (!due.ok()) return call.Fail(std::move(due).error());
  if (!due->has_value()) return rt::HostStatus::kReturned;
  if (by_host) {
    Result<void> destroyed = static_cast<const HostResourceType*>(site.resource)->Destroy(site.store, (*due)->rep);
    return destroyed.ok() ? rt::HostStatus::kReturned : call.Fail(std::move(destroyed).error());
  }
  const auto* type = static_cast<const GuestResourceType*>(site.resource);
  Result<void> may_enter = type->instance()->CheckMayEnterFrom(site.instance);
  if (!may_enter.ok()) return call.Fail(std::move(may_enter).error());
  if (type->destructor() == nullptr) return rt::HostStatus::kReturned;
  // A call like any of a function that is not `async`.
  GuestCall& state = thread.stack->PushCall();
  *call.state = reinterpret_cast<uint64_t>(&state);
  state.instance = type->instance();
  state.caller = site.instance;
  state.sync_typed = true;
  ++type->instance()->sync_calls;
  type->instance()->EnterFrom(site.instance);
  call.callee_window()[0] = (*due)->rep;
  return call.CallGuest(type->destructor());
}

constexpr BuiltinRow kRows[] = {
    {CanonKind::kResourceNew, "resource.new", "r:i", ResourceNew},
    {CanonKind::kResourceDrop, "resource.drop", "i:", ResourceDrop},
    {CanonKind::kResourceDropAsync, "resource.drop async", "i:", nullptr},
    {CanonKind::kResourceRep, "resource.rep", "i:r", ResourceRep},
};

}  // namespace

std::span<const BuiltinRow> ResourceBuiltins() { return kRows; }

}  // namespace cvm::component
