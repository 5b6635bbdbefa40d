// The limits of loading, checked on a component as plain data: for the text parser, which reads first and counts then.
// The binary decoder checks the same as it reads, before it allocates.
#pragma once

#include <string_view>

#include "component/model/component.hpp"
#include "vm/types/load_limits.hpp"

namespace cvm::component {

// The limit of the index space of a sort, and the words for reaching it ("" for those of the table).
LoadLimit SpaceLimit(Sort sort);
std::string_view SpaceWords(Sort sort);

// An error of kind kLimit, with the offset of the definition, for the first limit that the component or one within it
// exceeds. Core modules are checked by themselves. REQUIRES: the component nests so little that recursion is harmless.
Result<void> CheckComponentLimits(const Component& component, const LoadLimits& limits);

}  // namespace cvm::component
