// Encoding types: for modules, and for components, which have core types of their own (core/binary/types). Pure
// functions.
#pragma once

#include <span>

#include "vm/module/module.hpp"

namespace cvm::binary {

// A recursion group; a single type stands without the form around it.
void WriteRecGroup(Writer& out, std::span<const SubType> types);
// The type of an import or a definition, behind the byte that says its kind.
void WriteExternType(Writer& out, const ExternType& type);

}  // namespace cvm::binary
