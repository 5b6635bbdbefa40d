// print_suite FOLDER: every module of every script below it that can be decoded is printed, flat and folded, and parsed
// again; the result must encode to the same bytes. What text has no words for (vm/text/print.hpp) is put aside first,
// on both sides. Exit code 77: there are no scripts.
#include <cstdio>
#include <filesystem>

#include "test/support/print_identity.hpp"
#include "test/support/suite_files.hpp"
#include "vm/binary/encode.hpp"
#include "vm/text/parse.hpp"

namespace cvm {
namespace {

namespace fs = std::filesystem;
using text::ModuleForm;
using text::TokenCursor;
using text::TokenList;

constexpr int kExitSkipped = 77;

struct Counts {
  int modules = 0;
  int failures = 0;
};

void CheckModule(const std::string& place, const std::vector<uint8_t>& bytes, const Features& features,
                 Counts* counts) {
  ++counts->modules;
  for (const bool folded : {false, true}) {
    const std::string problem = test::CheckPrintIdentity(bytes, features, folded);
    if (problem.empty()) continue;
    std::printf("%s: printed %s: %s\n", place.c_str(), folded ? "folded" : "flat", problem.c_str());
    ++counts->failures;
  }
}

void CheckForm(const std::string& place, const ModuleForm& form, const Features& features, Counts* counts) {
  switch (form.kind) {
    case ModuleForm::Kind::kText:
      return CheckModule(place, EncodeModule(*form.module), features, counts);
    case ModuleForm::Kind::kBinary: {
      const std::vector<uint8_t> bytes(form.bytes.begin(), form.bytes.end());
      if (test::IsPrintable(bytes, features)) CheckModule(place, bytes, features, counts);
      return;
    }
    case ModuleForm::Kind::kQuote:
      if (const auto module = ParseModule(form.bytes, features); module.ok()) {
        CheckModule(place, EncodeModule(**module), features, counts);
      }
      return;
    case ModuleForm::Kind::kInstance:
      return;
  }
}

// Modules stand at the top and as the first part of assertions.
void CheckScript(const fs::path& file, Counts* counts) {
  const std::string source = test::ReadFile(file);
  const Features features = test::SuiteFeatures(file);
  const auto tokens = TokenList::Lex(source);
  if (!tokens.ok()) {
    std::printf("%s: %s\n", file.c_str(), tokens.error().ToString().c_str());
    ++counts->failures;
    return;
  }
  if (const auto whole = ParseModule(source, features); whole.ok()) {
    return CheckModule(file.string(), EncodeModule(**whole), features, counts);
  }
  TokenCursor cursor(*tokens);
  while (!cursor.AtEnd()) {
    const size_t begin = cursor.position();
    if (!cursor.AtOpen("module")) cursor.Seek(begin + 2);
    if (cursor.AtOpen("module")) {
      const std::string place = file.string() + ":" + std::to_string(tokens->Locate(cursor.Peek()).line);
      if (const Result<ModuleForm> form = text::ParseModuleForm(cursor, features); form.ok()) {
        CheckForm(place, *form, features, counts);
      }
    }
    cursor.Seek(begin);
    if (!cursor.SkipForm().ok()) return;
  }
}

}  // namespace
}  // namespace cvm

int main(int argc, char** argv) {
  if (argc != 2) return 2;
  const std::vector<std::filesystem::path> scripts = cvm::test::SuiteScripts(argv[1]);
  if (scripts.empty()) {
    std::printf("SKIPPED: no scripts in %s\n", argv[1]);
    return cvm::kExitSkipped;
  }
  cvm::Counts counts;
  for (const auto& script : scripts) cvm::CheckScript(script, &counts);
  std::printf("%zu scripts, %d modules, %d failures\n", scripts.size(), counts.modules, counts.failures);
  return counts.failures == 0 && counts.modules != 0 ? 0 : 1;
}
