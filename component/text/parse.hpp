// Parsing components in the text format (component-model, Explainer.md), as files and as forms of a script (.wast).
//
// The result is the same plain data that the binary decoder makes: abbreviations (inline imports, exports, aliases and
// types, outer aliases by name) become definitions of their own, in the order in which wasm-tools puts them: types and
// aliases in front of what uses them, inline exports at the end of their component. Identifiers become names. Offsets
// of definitions are those of the text. Embedded core modules are parsed with vm/text.
//
// Errors have line and column. What nests, nests at most kMaxNesting levels; work and memory are proportional to the
// text (security.md DEC-07). Functions without state; safe from any thread.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "component/model/component.hpp"
#include "vm/text/cursor.hpp"
#include "vm/types/features.hpp"
#include "vm/types/load_limits.hpp"

namespace cvm::component {

// Levels of components, types and value types within each other.
inline constexpr uint32_t kMaxNesting = 100;

// A whole text: `(component …)`.
Result<std::shared_ptr<const Component>> ParseComponent(std::string_view text, const Features& features = Features(),
                                                        const LoadLimits& limits = LoadLimits());

// An error that validation has found in a component of that text: with line and column instead of an offset.
Error AtPlaceIn(std::string_view text, Error error);

// A form `(component …)` of a script.
struct ComponentForm {
  enum class Kind : uint8_t { kText, kBinary, kQuote, kInstance };
  Kind kind = Kind::kText;
  bool is_definition = false;                  // (component definition …): not to be instantiated
  std::optional<std::string> id;               // without its $; of kInstance: of the instance
  std::optional<std::string> instance_of;      // kInstance: the definition; the latest one if absent
  std::shared_ptr<const Component> component;  // kText
  std::string bytes;                           // kBinary: the binary, kQuote: the text
};

// Takes the form that begins at the cursor. On failure the cursor may stand anywhere in it.
Result<ComponentForm> ParseComponentForm(cvm::text::TokenCursor& cursor, const Features& features,
                                         const LoadLimits& limits = LoadLimits());

}  // namespace cvm::component
