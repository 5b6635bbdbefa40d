// How the public API describes what a component imports and exports.
#pragma once

#include <string>
#include <vector>

#include "component/plan/plan.hpp"
#include "cvm/component.hpp"

namespace cvm::component {

// "func(name: string) -> u32"
std::string TypeText(const abi::FuncType& type);
std::vector<ComponentItem> ListExports(const Plan& plan);

}  // namespace cvm::component
