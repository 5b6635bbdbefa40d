// Every module of the official core suite through the validator: assert_invalid in the suite's words, all others valid.
// Malformed modules must be refused as such; with which words is the business of the tests of vm/text and vm/binary.
#include <catch2/catch.hpp>
#include <filesystem>

#include "test/support/suite_files.hpp"
#include "vm/binary/decode.hpp"
#include "vm/binary/encode.hpp"
#include "vm/text/parse.hpp"
#include "vm/validate/module.hpp"

namespace cvm {
namespace {

namespace fs = std::filesystem;
using text::ModuleForm;
using text::TokenCursor;
using text::TokenList;

// The threads proposal was written on top of WebAssembly 1.0.
Features FeaturesOf(const fs::path& file) {
  Features features = test::SuiteFeatures(file);
  if (test::IsOfThreads(file)) {
    for (const Feature feature : {Feature::kMultiMemory, Feature::kReferenceTypes, Feature::kFunctionReferences,
                                  Feature::kGc, Feature::kExceptions}) {
      features.Set(feature, false);
    }
  }
  return features;
}

Result<void> Validate(const ModuleData& module, const Features& features, CanonicalTypes& types) {
  ValidatedModule validated;
  return ValidateModule(module, features, types, &validated);
}

Result<void> DecodeAndValidate(std::vector<uint8_t> bytes, const Features& features, CanonicalTypes& types) {
  CVM_ASSIGN_OR_RETURN(const std::shared_ptr<ModuleData> module,
                       DecodeModule(std::make_shared<const std::vector<uint8_t>>(std::move(bytes)), features));
  return Validate(*module, features, types);
}

// The text's own module and the one decoded from its encoding must get the same verdict.
Result<void> ValidateBothWays(const ModuleData& module, const Features& features, CanonicalTypes& types) {
  const Result<void> as_text = Validate(module, features, types);
  const Result<void> as_binary = DecodeAndValidate(EncodeModule(module), features, types);
  CHECK(as_text.ok() == as_binary.ok());
  if (!as_text.ok() && !as_binary.ok()) CHECK(as_text.error().message() == as_binary.error().message());
  return as_text;
}

Result<void> ValidateForm(const ModuleForm& form, const Features& features, CanonicalTypes& types) {
  if (form.kind == ModuleForm::Kind::kText) return ValidateBothWays(*form.module, features, types);
  if (form.kind == ModuleForm::Kind::kBinary) {
    return DecodeAndValidate({form.bytes.begin(), form.bytes.end()}, features, types);
  }
  if (form.kind == ModuleForm::Kind::kInstance) return {};
  CVM_ASSIGN_OR_RETURN(const std::shared_ptr<ModuleData> module, ParseModule(form.bytes, features));
  return ValidateBothWays(*module, features, types);
}

struct Counts {
  int valid = 0, invalid = 0, malformed = 0;
};

// Takes one command of a script; `types` is that of the whole script, as in an engine.
void CheckCommand(TokenCursor& cursor, const Features& features, CanonicalTypes& types, Counts* counts) {
  const size_t start = cursor.position();
  std::string command = "module";
  if (!cursor.AtOpen("module")) {
    cursor.Next();
    command = cursor.text(cursor.Next());
  }
  // assert_trap and assert_unlinkable take valid modules; assert_invalid_custom is not about validation.
  if (cursor.AtOpen("module") && !command.ends_with("_custom")) {
    const std::string line = std::to_string(cursor.tokens().Locate(cursor.Peek()).line);
    Result<ModuleForm> form = text::ParseModuleForm(cursor, features);
    INFO("line " << line);
    if (!form.ok()) FAIL(form.error().ToString());
    const Result<void> result = ValidateForm(*form, features, types);
    const std::string got = result.ok() ? "valid" : result.error().ToString();
    INFO(got);
    if (command == "assert_invalid" || command == "assert_malformed") {
      const Result<std::string> words = cursor.String();
      INFO("expected: " << *words);
      CHECK_FALSE(result.ok());
      const bool malformed = command == "assert_malformed";
      if (!result.ok()) CHECK(result.error().kind() == (malformed ? ErrorKind::kMalformed : ErrorKind::kInvalid));
      if (!result.ok() && !malformed) CHECK(result.error().message().starts_with(*words));
      ++(malformed ? counts->malformed : counts->invalid);
    } else {
      CHECK(got == "valid");
      ++counts->valid;
    }
  }
  cursor.Seek(start);
  REQUIRE(cursor.SkipForm().ok());
}

TEST_CASE("every module of the core suite is valid or invalid as the suite says") {
  const fs::path root = fs::path(CVM_SUITES_DIR) / "core";
  if (!fs::exists(root)) return;
  Counts counts;
  for (const fs::path& file : test::SuiteScripts(root)) {
    // inline-module.wast is one module without the form around it.
    if (file.filename() == "inline-module.wast") continue;
    INFO(file.string());
    const std::string source = test::ReadFile(file);
    const auto tokens = TokenList::Lex(source);
    REQUIRE(tokens.ok());
    CanonicalTypes types;
    TokenCursor cursor(*tokens);
    while (!cursor.AtEnd()) CheckCommand(cursor, FeaturesOf(file), types, &counts);
  }
  CHECK(counts.valid > 2500);
  CHECK(counts.invalid > 2900);
  CHECK(counts.malformed > 900);
}

}  // namespace
}  // namespace cvm
