// Validation of the type section (core/valid/types#recursive-types). Internal to this room.
#pragma once

#include "vm/validate/module.hpp"

namespace cvm {

// Checks all types of a module and interns them: fills canonical_ids, signatures and packed of `out`.
Result<void> ValidateTypes(const ModuleData& module, CanonicalTypes& types, ValidatedModule* out);

}  // namespace cvm
