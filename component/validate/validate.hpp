// Validation of components (component-model: Explainer.md, Binary.md, CanonicalABI.md).
//
// A component is checked definition by definition, in order, as each may only refer to those before it. Types are
// compared by structure, resources by identity: every resource type and every instantiation makes new ones. Embedded
// core modules are validated with vm/validate. Error messages hold the words of the official suite; the offset is that
// of the definition at fault. Types that would take too much work or memory to compare are errors of kind kLimit.
//
// Function without state; safe from any thread.
#pragma once

#include <functional>

#include "component/model/component.hpp"
#include "component/model/features.hpp"
#include "vm/types/canonical.hpp"
#include "vm/types/features.hpp"
#include "vm/types/load_limits.hpp"

namespace cvm::component {

struct ComponentValidation {
  ComponentFeatures features;
  // False where the caller validates the bodies of core functions itself, as compiling them does. The declarations of
  // the modules are checked all the same.
  bool module_bodies = true;
  LoadLimits limits;
};

Result<void> ValidateComponent(const Component& component, const Features& features, CanonicalTypes& types,
                               const ComponentValidation& options = ComponentValidation());

// Told of the imports and exports of a valid component; table and world live as long as the call.
namespace validate {
class TypeTable;
struct World;
}  // namespace validate
using ReadWorld = std::function<Result<void>(const validate::TypeTable& types, const validate::World& world)>;
Result<void> ValidateComponent(const Component& component, const Features& features, CanonicalTypes& types,
                               const ComponentValidation& options, const ReadWorld& read);

}  // namespace cvm::component
