// Text and listings of the public API.
#include "cvm/text.hpp"

#include "vm/binary/encode.hpp"
#include "vm/engine/api_impl.hpp"
#include "vm/text/parse.hpp"
#include "vm/text/print.hpp"

namespace cvm {

Result<std::string> BinaryToText(const Engine& engine, std::span<const uint8_t> bytes, const TextOptions& options) {
  const EngineState& state = *engine.impl()->state;
  CVM_RETURN_IF_ERROR(CheckLimit(state.limits, &LoadLimits::module_bytes, bytes.size()));
  auto owned = std::make_shared<std::vector<uint8_t>>(bytes.begin(), bytes.end());
  CVM_ASSIGN_OR_RETURN(const auto module, DecodeModule(std::move(owned), state.features, state.limits));
  return PrintModule(*module, state.features, {options.folded});
}

Result<std::vector<uint8_t>> TextToBinary(const Engine& engine, std::string_view text) {
  const EngineState& state = *engine.impl()->state;
  CVM_ASSIGN_OR_RETURN(const auto module, ParseModule(text, state.features, state.limits));
  return EncodeModule(*module);
}

uint32_t Module::imported_functions() const { return impl_->compiled->module->imported_funcs; }
uint32_t Module::functions() const { return static_cast<uint32_t>(impl_->compiled->module->func_types.size()); }

Result<std::string> Module::Listing(uint32_t function) const {
  if (function < imported_functions() || function >= functions()) {
    return UsageError("function " + std::to_string(function) + " is not one of the module's own, which are " +
                      std::to_string(imported_functions()) + " to " + std::to_string(functions()) + " (exclusive)");
  }
  return impl_->compiled->AnnotatedListing(function - imported_functions());
}

}  // namespace cvm
