#include "canonical-abi/handles/instance.hpp"

#include "vm/base/try.hpp"

namespace cvm::abi {

Result<void> ComponentInstance::CheckMayLeave() const {
  if (!may_leave_) return TrapError("cannot leave component instance");
  return {};
}

// definitions.py: entering_set, one member at a time: an ancestor of this instance is left out if the caller has it
// too.
bool ComponentInstance::IsSelfOrAncestorOf(const ComponentInstance* instance) const {
  for (; instance != nullptr; instance = instance->parent_) {
    if (instance == this) return true;
  }
  return false;
}

bool ComponentInstance::MayEnterFrom(const ComponentInstance* caller) const {
  for (const ComponentInstance* i = this; i != nullptr; i = i->parent_) {
    if ((!i->may_enter_ || i->poisoned_) && !i->IsSelfOrAncestorOf(caller)) return false;
  }
  return true;
}

void ComponentInstance::SetMayEnter(const ComponentInstance* caller, bool may_enter) {
  for (ComponentInstance* i = this; i != nullptr; i = i->parent_) {
    if (!i->IsSelfOrAncestorOf(caller)) i->may_enter_ = may_enter;
  }
}

void ComponentInstance::EnterFrom(const ComponentInstance* caller) { SetMayEnter(caller, false); }
void ComponentInstance::LeaveTo(const ComponentInstance* caller) { SetMayEnter(caller, true); }

Result<void> ComponentInstance::CheckMayEnterFrom(const ComponentInstance* caller) const {
  if (!MayEnterFrom(caller)) return TrapError("cannot enter component instance");
  return {};
}

Result<void> ComponentInstance::CheckMayCallFrom(const ComponentInstance& caller) const {
  const bool related = this != &caller && (IsSelfOrAncestorOf(&caller) || caller.IsSelfOrAncestorOf(this));
  if (related) return TrapError("cannot enter component instance");
  return CheckMayEnterFrom(&caller);
}

Result<const ResourceType*> ComponentInstance::Resolve(ResourceIndex index) const {
  if (index.value >= resources_->size() || (*resources_)[index.value] == nullptr) {
    return CVM_BUG("resource index " + std::to_string(index.value) + " has no type in this instance");
  }
  return (*resources_)[index.value];
}

}  // namespace cvm::abi
