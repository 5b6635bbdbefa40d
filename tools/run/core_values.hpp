// Core values in words, as `--invoke` takes arguments.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "cvm/func.hpp"

namespace cvm::run {

// The words as arguments of a function of this type: decimal or 0x… integers (from the least signed to the greatest
// unsigned value), floats as strtod reads them.
Result<std::vector<Val>> ParseArguments(const FuncSignature& signature, std::span<const std::string> words);

}  // namespace cvm::run
