#include "test/support/print_identity.hpp"

#include "vm/binary/decode.hpp"
#include "vm/binary/encode.hpp"
#include "vm/text/parse.hpp"
#include "vm/text/print.hpp"

namespace cvm::test {
namespace {

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

}  // namespace

std::string CheckPrintIdentity(const std::vector<uint8_t>& bytes, const Features& features, bool folded) {
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

bool IsPrintable(const std::vector<uint8_t>& bytes, const Features& features) {
  const auto module = Decode(bytes, features);
  return module.ok() && Normalize(module->get(), features).ok() && PrintModule(**module, features).ok();
}

}  // namespace cvm::test
