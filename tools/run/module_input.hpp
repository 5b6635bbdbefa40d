// Loading the module or component that a command names.
#pragma once

#include <string>

#include "cvm/component.hpp"
#include "cvm/module.hpp"

namespace cvm::run {

// A core module of either format.
Result<Module> LoadCoreModule(const Engine& engine, const std::string& content);

// A component of either format.
Result<Component> LoadComponent(const Engine& engine, const std::string& content);

// Loads whatever `path` holds and forgets it again.
Result<void> Validate(const Engine& engine, const std::string& path);

// The basename of a path, as guests get it in argv[0]; "-" stays.
std::string Basename(const std::string& path);

}  // namespace cvm::run
