// Parsing modules in the text format (core/text), as files and as forms of a script (.wast).
//
// The result is the same plain data that the binary decoder makes. Bodies and constant expressions are encoded into
// ModuleData::owned; their offsets count through those encodings in order. Identifiers become the module's names. Parsing
// is bounded: forms nest on an explicit stack, never on the native one.
//
// Functions without state; safe from any thread.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "vm/module/module.hpp"
#include "vm/text/cursor.hpp"
#include "vm/types/features.hpp"
#include "vm/types/load_limits.hpp"

namespace cvm {

// A whole text: `(module …)`, or the fields of one without the form around them.
Result<std::shared_ptr<ModuleData>> ParseModule(std::string_view text, const Features& features = Features(),
                                                const LoadLimits& limits = LoadLimits());

namespace text {

// Fields up to the ")" that closes the module, which is not taken, or up to the end. The cursor stands behind
// `(module $id`; `name` is that identifier, if there is one.
Result<std::shared_ptr<ModuleData>> ParseModuleFields(TokenCursor& cursor, const Features& features,
                                                      std::string_view name = {},
                                                      const LoadLimits& limits = LoadLimits());

// A form `(module …)` of a script.
struct ModuleForm {
  enum class Kind : uint8_t { kText, kBinary, kQuote, kInstance };
  Kind kind = Kind::kText;
  bool is_definition = false;              // (module definition …): not to be instantiated
  std::optional<std::string> id;           // without its $; of kInstance: of the instance
  std::optional<std::string> instance_of;  // kInstance: the definition; the latest one if absent
  std::shared_ptr<ModuleData> module;          // kText
  std::string bytes;                       // kBinary: the binary, kQuote: the text
  Token at;                                // its "("
};

// Takes the form that begins at the cursor. On failure the cursor may stand anywhere in it: whoever wants to go on
// keeps its beginning and calls SkipForm from there.
Result<ModuleForm> ParseModuleForm(TokenCursor& cursor, const Features& features,
                                   const LoadLimits& limits = LoadLimits());

}  // namespace text
}  // namespace cvm
