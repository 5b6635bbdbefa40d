// A Resolve back to WIT text. Parsing what is printed gives an equal Resolve.
//
// Includes and top-level uses do not come back: worlds are printed with what they hold, interfaces of other packages by
// their full names.
#pragma once

#include <optional>
#include <string>

#include "component/wit/model.hpp"

namespace cvm::wit {

// One package as the text of a file; names of other packages refer to files beside it.
std::string PrintPackage(const Resolve& resolve, PackageId package);

// All packages in one text: `root` as the file's own, the others nested in it.
std::string PrintResolve(const Resolve& resolve, std::optional<PackageId> root);

// One world or interface as it stands in its package, with documentation.
std::string PrintWorld(const Resolve& resolve, WorldId world);
std::string PrintInterface(const Resolve& resolve, InterfaceId interface);

}  // namespace cvm::wit
