// ComponentInstance: what the Canonical ABI knows of a component instance. definitions.py: "Component Instances".
//
// The runtime derives from it or holds it; the host is an instance too where it owns handles or resource types. Lives
// in a store and belongs to its thread. Instances nest: an instance outlives its children.
#pragma once

#include <vector>

#include "canonical-abi/handles/handle_table.hpp"
#include "canonical-abi/handles/resource.hpp"
#include "canonical-abi/types/val_type.hpp"
#include "cvm/result.hpp"

namespace cvm::abi {

class ComponentInstance {
 public:
  explicit ComponentInstance(ComponentInstance* parent = nullptr, HandleLimits limits = {})
      : handles_(limits), parent_(parent) {}
  virtual ~ComponentInstance() = default;
  ComponentInstance(const ComponentInstance&) = delete;
  ComponentInstance& operator=(const ComponentInstance&) = delete;

  HandleTable& handles() { return handles_; }
  const HandleTable& handles() const { return handles_; }
  ComponentInstance* parent() const { return parent_; }

  // False while realloc or post-return of this instance runs: calls out of it trap then (security.md ABI-09).
  bool may_leave() const { return may_leave_; }
  void set_may_leave(bool may_leave) { may_leave_ = may_leave; }
  // Traps with "cannot leave component instance" unless may_leave.
  Result<void> CheckMayLeave() const;

  // definitions.py: may_enter_from, enter_from, leave_to. The instances entered by a call from `caller` are this one
  // and its ancestors, without those that are the caller's own; null: from the host, all of them.
  bool may_enter() const { return may_enter_; }
  bool MayEnterFrom(const ComponentInstance* caller) const;
  void EnterFrom(const ComponentInstance* caller);
  void LeaveTo(const ComponentInstance* caller);
  // A trap has left it in the midst of something: it is not entered again.
  void Poison() { poisoned_ = true; }
  // The trap was none of its own.
  void Revive() { poisoned_ = false; }
  // Traps with "cannot enter component instance" unless MayEnterFrom(caller).
  Result<void> CheckMayEnterFrom(const ComponentInstance* caller) const;

  // Calls of functions: the same, and neither may be an ancestor of the other (the official suite:
  // trap-on-reenter.wast).
  Result<void> CheckMayCallFrom(const ComponentInstance& caller) const;

  // Null where nobody keeps account.
  OwnsInTransit* transit() const { return transit_; }
  void set_transit(OwnsInTransit* transit) { transit_ = transit; }

  // The resource types that the indices in this component's types mean in this instance, filled at instantiation.
  std::vector<const ResourceType*>& resources() { return *resources_; }
  // Makes this instance use a vector that it shares with others and that outlives it.
  void ShareResources(std::vector<const ResourceType*>& shared) { resources_ = &shared; }
  // Not null. An index without a type is an error of kind kBug: validation left it out.
  Result<const ResourceType*> Resolve(ResourceIndex index) const;

 private:
  bool IsSelfOrAncestorOf(const ComponentInstance* instance) const;
  void SetMayEnter(const ComponentInstance* caller, bool may_enter);

  HandleTable handles_;
  std::vector<const ResourceType*> own_resources_;
  std::vector<const ResourceType*>* resources_ = &own_resources_;
  ComponentInstance* parent_;
  OwnsInTransit* transit_ = nullptr;
  bool may_enter_ = true;
  bool poisoned_ = false;
  bool may_leave_ = true;
};

}  // namespace cvm::abi
