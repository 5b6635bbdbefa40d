// A WIT package in the binary format (component-model, WIT.md, "Package Format"), in the form that wit-component writes
// and reads: a component that exports a component type for each interface and world, whose one export is the interface
// (as an instance), or the world (as a component). What other interfaces it needs are imports of the type around it.
//
// Documentation and gates go to a section `package-docs`. DecodeWit gives the package back, with as much of those that
// it depends on as it mentions. Pure; safe from any thread.
#pragma once

#include <memory>

#include "component/model/component.hpp"
#include "component/wit/model.hpp"
#include "cvm/result.hpp"

namespace cvm::wit {

Result<std::shared_ptr<const component::Component>> EncodeWit(const Resolve& resolve, PackageId package);

}  // namespace cvm::wit
