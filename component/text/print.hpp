// Printing a component in the text format: the inverse of ParseComponent.
//
// Every definition stands on a line of its own, with its index as a comment; abbreviations are not used, so that
// parsing gives the same definitions again. Names become identifiers; one that is not unique in its index space, or
// very long, becomes a name annotation. What PrintModule says of core modules holds for those within.
//
// Pure; safe from any thread. Work and text are proportional to the component. The component need not be valid.
#pragma once

#include <string>

#include "component/model/component.hpp"
#include "vm/text/print.hpp"

namespace cvm::component {

// Fails where a core module cannot be printed, and for value definitions, which the parser does not take either.
Result<std::string> PrintComponent(const Component& component, const Features& features,
                                   const PrintOptions& options = {});

}  // namespace cvm::component
