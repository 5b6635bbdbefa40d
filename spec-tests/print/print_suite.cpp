// print_suite FOLDER: every module of every script below it that can be decoded is printed, flat and folded, and parsed
// again; the result must encode to the same bytes. What text has no words for (vm/text/print.hpp) is put aside first,
// on both sides. Exit code 77: there are no scripts.
#include <cstdio>
#include <filesystem>

#include "test/support/suite_files.hpp"
#include "vm/binary/decode.hpp"
#include "vm/binary/encode.hpp"
#include "vm/text/parse.hpp"
#include "vm/text/print.hpp"

namespace cvm {
namespace {

namespace fs = std::filesystem;
using text::ModuleForm;
using text::TokenCursor;
using text::TokenList;

constexpr int kExitSkipped = 77;

Result<std::shared_ptr<ModuleData>> Decode(std::vector<uint8_t> bytes, const Features& features) {
  return DecodeModule(std::make_shared<const std::vector<uint8_t>>(std::move(bytes)), features);
}

// --- what text has no words for

// With integers of as few bytes as possible.
Result<void> NormalizeExpr(ModuleData* module, const Features& features, Expr* expr) {
  Reader in(expr->bytes, expr->offset);
  Writer out;
  Instr instr;
  while (!in.AtEnd()) {
    CVM_RETURN_IF_ERROR(ReadInstr(in, features, &instr));
    WriteInstr(out, instr);
  }
  expr->bytes = module->owned.emplace_back(out.Take());
  return {};
}

void NormalizeLocals(Function* function) {
  std::vector<LocalRun> runs;
  for (const LocalRun& run : function->locals) {
    if (run.count == 0) continue;
    if (!runs.empty() && runs.back().type == run.type) {
      runs.back().count += run.count;
    } else {
      runs.push_back(run);
    }
  }
  function->locals = std::move(runs);
}

void DropNamesFrom(NameMap* names, size_t count) {
  std::erase_if(names->entries, [&](const auto& entry) { return entry.first >= count; });
}

void NormalizeNames(ModuleData* m) {
  DropNamesFrom(&m->names.funcs, m->func_types.size());
  DropNamesFrom(&m->names.types, m->types.size());
  DropNamesFrom(&m->names.tables, m->table_types.size());
  DropNamesFrom(&m->names.memories, m->memory_types.size());
  DropNamesFrom(&m->names.globals, m->global_types.size());
  DropNamesFrom(&m->names.tags, m->tag_types.size());
  DropNamesFrom(&m->names.elems, m->elements.size());
  DropNamesFrom(&m->names.datas, m->data.size());
  const auto not_own = [&](const auto& entry) {
    return entry.first < m->imported_funcs || entry.first >= m->func_types.size();
  };
  std::erase_if(m->names.locals, not_own);
  std::erase_if(m->names.labels, not_own);
}

Result<void> Normalize(ModuleData* m, const Features& features) {
  m->customs.clear();
  m->data_count.reset();
  NormalizeNames(m);
  for (Function& function : m->functions) {
    NormalizeLocals(&function);
    CVM_RETURN_IF_ERROR(NormalizeExpr(m, features, &function.body));
  }
  for (Global& global : m->globals) CVM_RETURN_IF_ERROR(NormalizeExpr(m, features, &global.init));
  for (Table& table : m->tables) {
    if (table.init) CVM_RETURN_IF_ERROR(NormalizeExpr(m, features, &*table.init));
  }
  for (ElementSegment& segment : m->elements) {
    if (segment.mode == SegmentMode::kActive) CVM_RETURN_IF_ERROR(NormalizeExpr(m, features, &segment.offset));
    if (auto* items = std::get_if<std::vector<Expr>>(&segment.items)) {
      for (Expr& item : *items) CVM_RETURN_IF_ERROR(NormalizeExpr(m, features, &item));
    }
  }
  for (DataSegment& segment : m->data) {
    if (segment.mode == SegmentMode::kActive) CVM_RETURN_IF_ERROR(NormalizeExpr(m, features, &segment.offset));
  }
  return {};
}

// --- the check

struct Counts {
  int modules = 0;
  int failures = 0;
};

// What is wrong, or "".
std::string Check(const std::vector<uint8_t>& bytes, const Features& features, bool folded) {
  auto original = Decode(bytes, features);
  if (!original.ok()) return "cannot be decoded: " + original.error().ToString();
  const Result<std::string> printed = PrintModule(**original, features, {folded});
  if (!printed.ok()) return "cannot be printed: " + printed.error().ToString();
  const auto parsed = ParseModule(*printed, features);
  if (!parsed.ok()) return "cannot be parsed again: " + parsed.error().ToString() + "\n" + *printed;
  auto again = Decode(EncodeModule(**parsed), features);
  if (!again.ok()) return "cannot be decoded again: " + again.error().ToString() + "\n" + *printed;
  if (!Normalize(original->get(), features).ok() || !Normalize(again->get(), features).ok()) return "cannot be read";
  return EncodeModule(**original) == EncodeModule(**again) ? "" : "is another module\n" + *printed;
}

void CheckModule(const std::string& place, const std::vector<uint8_t>& bytes, const Features& features,
                 Counts* counts) {
  ++counts->modules;
  for (const bool folded : {false, true}) {
    const std::string problem = Check(bytes, features, folded);
    if (problem.empty()) continue;
    std::printf("%s: printed %s: %s\n", place.c_str(), folded ? "folded" : "flat", problem.c_str());
    ++counts->failures;
  }
}

// A binary of the suite may be malformed, in its bodies too.
bool IsReadable(const std::vector<uint8_t>& bytes, const Features& features) {
  const auto module = Decode(bytes, features);
  return module.ok() && Normalize(module->get(), features).ok() && PrintModule(**module, features).ok();
}

void CheckForm(const std::string& place, const ModuleForm& form, const Features& features, Counts* counts) {
  switch (form.kind) {
    case ModuleForm::Kind::kText:
      return CheckModule(place, EncodeModule(*form.module), features, counts);
    case ModuleForm::Kind::kBinary: {
      const std::vector<uint8_t> bytes(form.bytes.begin(), form.bytes.end());
      if (IsReadable(bytes, features)) CheckModule(place, bytes, features, counts);
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
