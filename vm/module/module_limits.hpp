// The limits of loading, checked on a module as plain data: what the binary decoder has checked as it read is checked
// again, and the text parser and modules made by hand are held to the same numbers. Function bodies are checked where
// they are read.
#pragma once

#include "vm/module/module.hpp"
#include "vm/types/load_limits.hpp"

namespace cvm {

// An error of kind kLimit for the first limit that the module exceeds. REQUIRES: FinishIndexSpaces was called.
Result<void> CheckModuleLimits(const ModuleData& module, const LoadLimits& limits);

}  // namespace cvm
