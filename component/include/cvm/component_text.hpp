// Between the binary and the text format of components. What the engine has switched off in core modules is not taken;
// beyond that, components are not validated.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "cvm/engine.hpp"
#include "cvm/text.hpp"

namespace cvm {

// The text of a binary component, with the names of its name sections. TextToComponent of it gives an equivalent binary.
Result<std::string> ComponentToText(const Engine& engine, std::span<const uint8_t> bytes,
                                    const TextOptions& options = {});
// Identifiers become the name sections.
Result<std::vector<uint8_t>> TextToComponent(const Engine& engine, std::string_view text);

}  // namespace cvm
