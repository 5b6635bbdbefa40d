// Scripts in the wac language (github:bytecodealliance/wac, LANGUAGE.md) as a Composition: `package`, `import` by a
// package path or with a type written inline, `let`, `new` with inferred, named, spread and implicit arguments, access,
// `export` with `as` and spread.
//
// What is not taken, with a message that says so: `targets`, and declarations of types. An import by a package path has
// the type that the components ask of it.
//
// Errors are of kind kMalformed or kInvalid, with file, line and column. Pure but for the resolver.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "component/compose/composition.hpp"

namespace cvm::component {

// The component that a script calls `example:greeter`, or `example:greeter@1.0.0`.
using WacResolver = std::function<Result<ComposePart>(const std::string& package)>;

Result<Composition> ComposeWac(const std::string& path, std::string_view text, const WacResolver& resolver);

}  // namespace cvm::component
