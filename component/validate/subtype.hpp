// Private to component/validate: subtyping of component-level types (Explainer.md, "Type Checking").
//
// Value and function types are compared for equality by structure; instances may have more exports than expected, and
// components fewer imports and more exports. Resources are compared by identity. Where the expected type binds
// resources of its own, these stand for whatever is found in their place: Bind… looks them up by name before anything
// is compared.
#pragma once

#include "component/validate/core_types.hpp"

namespace cvm::component::validate {

class Matcher {
 public:
  Matcher(TypeTable& types, const CanonicalTypes& core) : types_(types), core_(core) {}

  // That `a` may be used where `b` is expected; the error says how it differs.
  Result<void> MatchEntity(const Entity& a, const Entity& b);

  // Lets the resources `bound`, as far as they are found among the items that are wanted, stand for those in the same
  // place of the items at hand.
  Result<void> Bind(const std::vector<ResourceId>& bound, const ItemMap& wanted, const ItemMap& found);
  // What a bound resource stands for.
  ResourceId Resolve(ResourceId id) const;

 private:
  using Bound = absl::flat_hash_map<ResourceId, bool>;

  Result<void> BindItems(Bound& bound, const ItemMap& wanted, const ItemMap& found);
  void Release(const std::vector<ResourceId>& bound);
  Result<void> MatchTypes(TypeId a, TypeId b);
  Result<void> MatchFuncs(const FuncTypeDef& a, const FuncTypeDef& b);
  Result<void> MatchInstances(const World& a, const World& b);
  Result<void> MatchComponents(const World& a, const World& b);
  Result<void> MatchResources(TypeId a, TypeId b) const;
  Result<void> MatchVals(const ValTypeRef& a, const ValTypeRef& b);
  Result<void> MatchDefs(const DefValType& a, const DefValType& b);
  Result<void> MatchRecords(const DefValType& a, const DefValType& b);
  Result<void> MatchVariants(const DefValType& a, const DefValType& b);
  Result<void> MatchTuples(const DefValType& a, const DefValType& b);
  Result<void> MatchOptional(const std::optional<ValTypeRef>& a, const std::optional<ValTypeRef>& b, const char* what);
  Result<void> MatchElements(const DefValType& a, const DefValType& b);

  TypeTable& types_;
  const CanonicalTypes& core_;
  absl::flat_hash_map<ResourceId, ResourceId> stands_for_;
};

}  // namespace cvm::component::validate
