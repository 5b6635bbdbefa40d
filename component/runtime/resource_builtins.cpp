// canon resource.new, resource.drop, resource.rep as core functions. definitions.py: canon_resource_new, _drop, _rep.
#include "canonical-abi/flat/canon_builtins.hpp"
#include "component/runtime/running_component.hpp"

namespace cvm::component {

rt::HostStatus ResourceNew(rt::HostCall& call, const RunningComponent::BuiltinSite& site) {
  Result<uint32_t> index = abi::CanonResourceNew(*site.instance, *site.resource, call.window[0]);
  if (!index.ok()) return call.Fail(std::move(index).error());
  call.window[0] = *index;
  return rt::HostStatus::kReturned;
}

rt::HostStatus ResourceRep(rt::HostCall& call, const RunningComponent::BuiltinSite& site) {
  Result<uint64_t> rep = abi::CanonResourceRep(*site.instance, *site.resource, static_cast<uint32_t>(call.window[0]));
  if (!rep.ok()) return call.Fail(std::move(rep).error());
  call.window[0] = *rep;
  return rt::HostStatus::kReturned;
}

// The destructor runs as a frame of the guest stack; the implementing instance is entered by it.
rt::HostStatus ResourceDrop(rt::HostCall& call, const RunningComponent::BuiltinSite& site) {
  const bool by_host = site.resource->impl() == nullptr;
  if (call.resumed) {
    static_cast<const GuestResourceType*>(site.resource)->instance()->LeaveTo(site.instance);
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
  type->instance()->EnterFrom(site.instance);
  call.callee_window()[0] = (*due)->rep;
  return call.CallGuest(type->destructor());
}

}  // namespace cvm::component
