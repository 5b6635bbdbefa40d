// Components put together ahead of time: a socket with plugs, as `wac plug` has it, or by a script in the wac language.
//
//     std::vector<uint8_t> whole = cvm::PlugComponents(engine, {"app", app}, {{"store", store}}).value();
//
// The parts lie within the result as they are. What the plugs and the socket import and nobody gives is imported by the
// whole: interfaces of compatible versions once, by the newest.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "cvm/engine.hpp"
#include "cvm/result.hpp"

namespace cvm {

// A component in either format. The name is for messages.
struct ComposeInput {
  std::string name;
  std::string content;
};

// The socket's imports are met by what the plugs export under their names, or under those of compatible versions; the
// first plug that has one is taken, and one that meets nothing is an error of kind kUsage.
Result<std::vector<uint8_t>> PlugComponents(const Engine& engine, const ComposeInput& socket,
                                            std::span<const ComposeInput> plugs);

// Finds the component that a script calls `example:greeter`, or `example:greeter@1.0.0`.
using ComposeResolver = std::function<Result<ComposeInput>(const std::string& package)>;

// What a script in the wac language composes (let, new, import, export).
Result<std::vector<uint8_t>> ComposeScript(const Engine& engine, const ComposeInput& script,
                                           const ComposeResolver& resolver);

}  // namespace cvm
