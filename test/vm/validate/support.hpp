// Modules as text, validated; and bodies as instructions where the text format cannot say what a test needs.
#pragma once

#include <catch2/catch.hpp>
#include <string>

#include "vm/base/reader.hpp"
#include "vm/isa/instr.hpp"
#include "vm/text/parse.hpp"
#include "vm/validate/module.hpp"

namespace cvm {

// "" if valid, else the error's message. The text itself must parse.
inline std::string Verdict(const ModuleData& module, const Features& features = Features::All()) {
  CanonicalTypes types;
  ValidatedModule validated;
  const Result<void> result = ValidateModule(module, features, types, &validated);
  return result.ok() ? "" : result.error().message();
}

inline std::string Verdict(std::string_view text, const Features& features = Features::All()) {
  const auto module = ParseModule(text, Features::All());
  if (!module.ok()) return "does not parse: " + module.error().ToString();
  return Verdict(**module, features);
}

inline Features Without(Feature feature) {
  Features features = Features::All();
  features.Set(feature, false);
  return features;
}

// A module with one function of type [] -> [] whose body is `code`, without final `end` of its own.
class BodyModule {
 public:
  explicit BodyModule(std::vector<uint8_t> code) : code_(std::move(code)) {
    module_.types.resize(1);
    module_.rec_groups = {{0, 1}};
    module_.functions.resize(1);
    module_.functions[0].body.bytes = code_;
    FinishIndexSpaces(&module_);
  }
  BodyModule(const BodyModule&) = delete;
  ModuleData& module() { return module_; }
  Function& function() { return module_.functions[0]; }

 private:
  std::vector<uint8_t> code_;
  ModuleData module_;
};

}  // namespace cvm
