// Between the binary and the text format of core modules. What the engine has switched off is not taken; beyond that,
// modules are not validated.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "cvm/engine.hpp"

namespace cvm {

struct TextOptions {
  bool folded = false;  // (i32.add (local.get 0) …) rather than one instruction a line
};

// The text of a binary module, with the names of its name section. TextToBinary of it gives an equivalent binary.
Result<std::string> BinaryToText(const Engine& engine, std::span<const uint8_t> bytes, const TextOptions& options = {});
// Identifiers become the name section.
Result<std::vector<uint8_t>> TextToBinary(const Engine& engine, std::string_view text);

}  // namespace cvm
