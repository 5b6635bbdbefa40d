// Text of the public API.
#include "component/binary/decode.hpp"
#include "component/binary/encode.hpp"
#include "component/text/parse.hpp"
#include "component/text/print.hpp"
#include "cvm/component_text.hpp"
#include "vm/base/try.hpp"
#include "vm/engine/api_impl.hpp"

namespace cvm {

Result<std::string> ComponentToText(const Engine& engine, std::span<const uint8_t> bytes, const TextOptions& options) {
  const EngineState& state = *engine.impl()->state;
  CVM_RETURN_IF_ERROR(CheckLimit(state.limits, &LoadLimits::component_bytes, bytes.size()));
  auto owned = std::make_shared<const std::vector<uint8_t>>(bytes.begin(), bytes.end());
  CVM_ASSIGN_OR_RETURN(const auto component,
                       component::DecodeComponent(std::move(owned), state.features, state.limits));
  return component::PrintComponent(*component, state.features, {options.folded});
}

Result<std::vector<uint8_t>> TextToComponent(const Engine& engine, std::string_view text) {
  const EngineState& state = *engine.impl()->state;
  CVM_ASSIGN_OR_RETURN(const auto component, component::ParseComponent(text, state.features, state.limits));
  return component::EncodeComponent(*component);
}

}  // namespace cvm
