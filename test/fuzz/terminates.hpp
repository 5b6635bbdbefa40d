// Whether all calls of a module end, seen from its code: targets that run any module need it. wasm-smith's modules do:
// each function and each loop begins by counting a global down.
#pragma once

#include "vm/module/module.hpp"

namespace cvm::fuzz {

// True: every run ends soon. REQUIRES: validated. Imported functions are taken to end, and to call back only the
// module's own.
bool Terminates(const ModuleData& module);

}  // namespace cvm::fuzz
