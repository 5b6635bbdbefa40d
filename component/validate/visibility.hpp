// Private to component/validate: the rule that types of imports and exports have names (Explainer.md, "External
// Visibility of Types").
//
// Records, variants, enums, flags and resources that an import or export mentions must themselves have been imported or
// exported, under the very id that is mentioned; other types need no name, but what they are made of does.
#pragma once

#include "component/validate/context.hpp"

namespace cvm::component::validate {

// Checks what an import or export of the scope mentions; names the types that it brings. False where something has no
// name. Instance types are not asked until an instance of them is imported or exported.
Result<bool> CheckAndName(Context& cx, Scope& scope, Direction direction, const Entity& entity);

}  // namespace cvm::component::validate
