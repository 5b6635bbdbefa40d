// From a component as it was read, in whichever format, to one that can be linked. For cvm's own layers:
// Component::Load and Component::Parse are this behind a decoder and a parser, and the script interpreter has its own
// of both.
#pragma once

#include <memory>

#include "component/model/component.hpp"
#include "component/model/features.hpp"
#include "cvm/component.hpp"

namespace cvm::component {

// Validates, flattens, compiles. Functions are compiled when they are first called.
Result<cvm::Component> LoadRead(const Engine& engine, std::shared_ptr<const Component> component,
                                const ComponentFeatures& features = ComponentFeatures());

}  // namespace cvm::component
