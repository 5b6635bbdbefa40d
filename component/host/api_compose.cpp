// Composition, of the public API.
#include "component/binary/decode.hpp"
#include "component/binary/encode.hpp"
#include "component/compose/composition.hpp"
#include "component/compose/wac.hpp"
#include "component/text/parse.hpp"
#include "component/validate/validate.hpp"
#include "cvm/compose.hpp"
#include "vm/base/try.hpp"
#include "vm/engine/api_impl.hpp"

namespace cvm {
namespace {

Result<component::ComposePart> ReadPart(const Engine& engine, const ComposeInput& input) {
  const EngineState& state = *engine.impl()->state;
  const auto read = [&]() -> Result<std::shared_ptr<const component::Component>> {
    CVM_RETURN_IF_ERROR(CheckLimit(state.limits, &LoadLimits::component_bytes, input.content.size()));
    if (!input.content.starts_with(std::string_view("\0asm", 4))) {
      return component::ParseComponent(input.content, state.features, state.limits);
    }
    auto bytes = std::make_shared<const std::vector<uint8_t>>(input.content.begin(), input.content.end());
    if (component::DetectLayer(*bytes) == component::BinaryLayer::kModule) {
      return UsageError("this is a core module; components are composed");
    }
    return component::DecodeComponent(std::move(bytes), state.features, state.limits);
  };
  Result<std::shared_ptr<const component::Component>> component = read();
  if (!component.ok()) return std::move(component.error().In("failed to read `" + input.name + "`"));
  return component::ComposePart{input.name, *std::move(component)};
}

// The types of the parts are first compared here: an import is what it was where it came from.
Result<std::vector<uint8_t>> Finish(const Engine& engine, const component::Composition& composition) {
  CVM_ASSIGN_OR_RETURN(const auto component, component::EncodeComposition(composition));
  component::ComponentValidation options;
  options.limits = engine.impl()->state->limits;
  Result<void> valid =
      component::ValidateComponent(*component, engine.impl()->state->features, engine.impl()->state->types, options);
  if (!valid.ok()) return std::move(valid.error().In("the components do not fit"));
  return component::EncodeComponent(*component);
}

}  // namespace

Result<std::vector<uint8_t>> PlugComponents(const Engine& engine, const ComposeInput& socket,
                                            std::span<const ComposeInput> plugs) {
  CVM_ASSIGN_OR_RETURN(component::ComposePart socket_part, ReadPart(engine, socket));
  std::vector<component::ComposePart> parts;
  for (const ComposeInput& plug : plugs) {
    CVM_ASSIGN_OR_RETURN(component::ComposePart part, ReadPart(engine, plug));
    parts.push_back(std::move(part));
  }
  CVM_ASSIGN_OR_RETURN(const component::Composition composition,
                       component::Plug(std::move(socket_part), std::move(parts)));
  return Finish(engine, composition);
}

Result<std::vector<uint8_t>> ComposeScript(const Engine& engine, const ComposeInput& script,
                                           const ComposeResolver& resolver) {
  const auto find = [&](const std::string& package) -> Result<component::ComposePart> {
    CVM_ASSIGN_OR_RETURN(const ComposeInput input, resolver(package));
    CVM_ASSIGN_OR_RETURN(component::ComposePart part, ReadPart(engine, input));
    part.name = package;
    return part;
  };
  CVM_ASSIGN_OR_RETURN(const component::Composition composition,
                       component::ComposeWac(script.name, script.content, find));
  return Finish(engine, composition);
}

}  // namespace cvm
