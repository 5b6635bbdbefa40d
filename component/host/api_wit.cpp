// WIT documents of the public API.
#include <filesystem>

#include "component/binary/decode.hpp"
#include "component/binary/encode.hpp"
#include "component/text/parse.hpp"
#include "component/wit/loader.hpp"
#include "component/wit/printer.hpp"
#include "component/wit_binary/decode.hpp"
#include "component/wit_binary/encode.hpp"
#include "cvm/wit.hpp"
#include "vm/base/try.hpp"
#include "vm/engine/api_impl.hpp"
#include "vm/engine/read_file.hpp"

namespace cvm {

struct Wit::Impl {
  wit::Resolution resolution;
};

namespace {

wit::ResolveOptions OptionsOf(const WitOptions& options) {
  wit::ResolveOptions resolve;
  resolve.all_features = options.all_features;
  resolve.features.insert(options.features.begin(), options.features.end());
  return resolve;
}

// WIT has neither `(` nor `;` before its first word.
bool IsComponentText(std::string_view text) {
  const size_t start = text.find_first_not_of(" \t\r\n");
  return start != std::string_view::npos && (text[start] == '(' || text[start] == ';');
}

Result<wit::Resolution> OfComponent(const Engine& engine, std::string_view content, bool binary) {
  const EngineState& state = *engine.impl()->state;
  std::shared_ptr<const component::Component> read;
  if (binary) {
    auto owned = std::make_shared<const std::vector<uint8_t>>(content.begin(), content.end());
    if (component::DetectLayer(*owned) == component::BinaryLayer::kModule) {
      return UnsupportedError("this is a core module; WIT describes components");
    }
    CVM_ASSIGN_OR_RETURN(read, component::DecodeComponent(std::move(owned), state.features, state.limits));
  } else {
    CVM_ASSIGN_OR_RETURN(read, component::ParseComponent(content, state.features, state.limits));
  }
  component::ComponentValidation options;
  options.module_bodies = false;
  options.limits = state.limits;
  return wit::DecodeWit(*read, state.features, engine.impl()->state->types, options);
}

}  // namespace

Result<Wit> Wit::Read(const Engine& engine, std::string_view content, const std::string& name,
                      const WitOptions& options) {
  CVM_RETURN_IF_ERROR(CheckLimit(engine.impl()->state->limits, &LoadLimits::component_bytes, content.size()));
  const bool binary = content.starts_with(std::string_view("\0asm", 4));
  Result<wit::Resolution> resolution =
      binary || IsComponentText(content)
          ? OfComponent(engine, content, binary)
          : wit::ResolveSources({{wit::Source{name, std::string(content)}}}, OptionsOf(options));
  if (!resolution.ok()) return std::move(resolution).error();
  return Wit(std::make_shared<const Impl>(Impl{*std::move(resolution)}));
}

Result<Wit> Wit::Load(const Engine& engine, const std::string& path, const WitOptions& options) {
  std::error_code code;
  if (std::filesystem::is_directory(path, code)) {
    CVM_ASSIGN_OR_RETURN(wit::Resolution resolution, wit::LoadWit(path, OptionsOf(options)));
    return Wit(std::make_shared<const Impl>(Impl{std::move(resolution)}));
  }
  CVM_ASSIGN_OR_RETURN(const std::vector<uint8_t> bytes,
                       ReadFile(path, engine.impl()->state->limits, &LoadLimits::component_bytes));
  return Read(engine, std::string_view(reinterpret_cast<const char*>(bytes.data()), bytes.size()), path, options);
}

std::string Wit::ToText() const { return wit::PrintResolve(impl_->resolution.resolve, impl_->resolution.root); }

Result<std::vector<uint8_t>> Wit::ToBinary() const {
  const wit::Resolution& resolution = impl_->resolution;
  if (!resolution.root.has_value()) return UsageError("no package is the document's own: all stand in braces");
  CVM_ASSIGN_OR_RETURN(const auto encoded, wit::EncodeWit(resolution.resolve, *resolution.root));
  return component::EncodeComponent(*encoded);
}

const std::vector<std::string>& Wit::warnings() const { return impl_->resolution.warnings; }

}  // namespace cvm
