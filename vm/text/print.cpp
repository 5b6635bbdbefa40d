// Modules of the printer: fields in the order of their sections.
#include "vm/text/print.hpp"

#include <algorithm>

#include "vm/text/body_walk.hpp"

namespace cvm::text {
namespace {

constexpr std::string_view kBranchHintSection = "metadata.code.branch_hint";
constexpr const char* kKindWords[] = {"func", "table", "memory", "global", "tag"};

std::string Number(uint32_t index) { return " (;" + std::to_string(index) + ";)"; }

// Bytes of the local declarations in front of a body in the binary format.
uint32_t LocalsBytes(const Function& function) {
  Writer writer;
  writer.U64(function.locals.size());
  for (const LocalRun& run : function.locals) {
    writer.U32(run.count);
    WriteValType(writer, run.type);
  }
  return static_cast<uint32_t>(writer.size());
}

const NameMap& NamesOf(const std::vector<std::pair<uint32_t, NameMap>>& maps, uint32_t func) {
  static const NameMap kNone;
  const auto found = std::lower_bound(maps.begin(), maps.end(), func,
                                      [](const auto& entry, uint32_t wanted) { return entry.first < wanted; });
  return found != maps.end() && found->first == func ? found->second : kNone;
}

// A body of so many bytes has fewer blocks.
Ids LabelIds(const NameMap& names, const Function& function) {
  return Ids::Shadowing(names, function.body.bytes.size());
}

class ModulePrinter {
 public:
  ModulePrinter(const ModuleData& module, const Features& features, const PrintOptions& options, int depth)
      : cx_(module, features), module_(module), options_(options), depth_(depth) {}

  Result<std::string> Run(std::string open) {
    out_ = std::move(open);
    const size_t head = out_.size();
    Types();
    Imports();
    CVM_RETURN_IF_ERROR(Tables());
    Memories();
    Tags();
    CVM_RETURN_IF_ERROR(Globals());
    Exports();
    if (module_.start) Line("(start " + cx_.funcs.Use(module_.start->value) + ")");
    CVM_RETURN_IF_ERROR(Elements());
    CVM_RETURN_IF_ERROR(Functions());
    CVM_RETURN_IF_ERROR(DataSegments());
    Customs();
    if (out_.size() != head) NewLine(&out_, depth_);
    out_ += ")";
    return std::move(out_);
  }

 private:
  void Line(const std::string& text) {
    NewLine(&out_, depth_ + 1);
    out_ += text;
  }

  void Types() {
    for (const RecGroup& group : module_.rec_groups) {
      if (group.count == 1) {
        Line(cx_.TypeDefinition(group.start));
        continue;
      }
      Line("(rec");
      for (uint32_t i = 0; i < group.count; ++i) {
        NewLine(&out_, depth_ + 2);
        out_ += cx_.TypeDefinition(group.start + i);
      }
      out_ += ")";
    }
  }

  const Ids& Space(ExternKind kind) const {
    const Ids* const spaces[] = {&cx_.funcs, &cx_.tables, &cx_.memories, &cx_.globals, &cx_.tags};
    return *spaces[static_cast<size_t>(kind)];
  }

  struct TypeText {
    const PrintContext& cx;
    std::string operator()(TypeIndex type) const { return cx.TypeUse(type); }
    std::string operator()(const TableType& type) const { return " " + cx.Text(type); }
    std::string operator()(const MemoryType& type) const { return " " + cx.Text(type); }
    std::string operator()(const GlobalType& type) const { return " " + cx.Text(type); }
    std::string operator()(const TagType& type) const { return cx.TypeUse(type.type); }
  };

  void Imports() {
    uint32_t next[std::size(kKindWords)] = {};
    for (const Import& import : module_.imports) {
      const auto kind = static_cast<size_t>(import.kind());
      const uint32_t index = next[kind]++;
      std::string type = std::visit(TypeText{cx_}, import.type);
      if (import.exact) type = " (exact" + type + ")";
      Line("(import " + Quote(import.module) + " " + Quote(import.name) + " (" + kKindWords[kind] +
           Space(import.kind()).Definition(index) + Number(index) + type + "))");
    }
  }

  Result<void> Tables() {
    for (uint32_t i = 0; i < module_.tables.size(); ++i) {
      const Table& table = module_.tables[i];
      const uint32_t index = module_.imported_tables + i;
      std::string init;
      if (table.init) {
        CVM_ASSIGN_OR_RETURN(init, PrintConst(cx_, *table.init));
        init = " " + init;
      }
      Line("(table" + cx_.tables.Definition(index) + Number(index) + " " + cx_.Text(table.type) + init + ")");
    }
    return {};
  }

  void Memories() {
    for (uint32_t i = 0; i < module_.memories.size(); ++i) {
      const uint32_t index = module_.imported_memories + i;
      Line("(memory" + cx_.memories.Definition(index) + Number(index) + " " + cx_.Text(module_.memories[i]) + ")");
    }
  }

  void Tags() {
    for (uint32_t i = 0; i < module_.tags.size(); ++i) {
      const uint32_t index = module_.imported_tags + i;
      Line("(tag" + cx_.tags.Definition(index) + Number(index) + cx_.TypeUse(module_.tags[i].type) + ")");
    }
  }

  Result<void> Globals() {
    for (uint32_t i = 0; i < module_.globals.size(); ++i) {
      const uint32_t index = module_.imported_globals + i;
      CVM_ASSIGN_OR_RETURN(const std::string init, PrintConst(cx_, module_.globals[i].init));
      Line("(global" + cx_.globals.Definition(index) + Number(index) + " " + cx_.Text(module_.globals[i].type) + " " +
           init + ")");
    }
    return {};
  }

  void Exports() {
    for (const Export& e : module_.exports) {
      Line("(export " + Quote(e.name) + " (" + kKindWords[static_cast<size_t>(e.kind)] + " " +
           Space(e.kind).Use(e.index) + "))");
    }
  }

  Result<void> Elements() {
    for (uint32_t i = 0; i < module_.elements.size(); ++i) {
      const ElementSegment& segment = module_.elements[i];
      std::string text = "(elem" + cx_.elems.Definition(i) + Number(i);
      if (segment.mode == SegmentMode::kDeclarative) text += " declare";
      if (segment.mode == SegmentMode::kActive) {
        if (segment.table.value != 0) text += " (table " + cx_.tables.Use(segment.table.value) + ")";
        CVM_ASSIGN_OR_RETURN(const std::string offset, PrintConst(cx_, segment.offset));
        text += " (offset " + offset + ")";
      }
      if (const auto* funcs = std::get_if<std::vector<FuncIndex>>(&segment.items)) {
        text += " func";
        for (const FuncIndex func : *funcs) text += " " + cx_.funcs.Use(func.value);
      } else {
        text += " " + cx_.Text(segment.type);
        for (const Expr& item : std::get<std::vector<Expr>>(segment.items)) {
          CVM_ASSIGN_OR_RETURN(const std::string expr, PrintConst(cx_, item));
          text += " (item " + expr + ")";
        }
      }
      Line(text + ")");
    }
    return {};
  }

  // Hints of all functions, in order.
  std::vector<BranchHint> SortedHints() const {
    std::vector<BranchHint> hints = module_.branch_hints;
    std::sort(hints.begin(), hints.end(), [](const BranchHint& a, const BranchHint& b) {
      return std::pair(a.func.value, a.offset) < std::pair(b.func.value, b.offset);
    });
    return hints;
  }

  Result<void> Functions() {
    const std::vector<BranchHint> hints = SortedHints();
    auto hint = hints.begin();
    for (uint32_t i = 0; i < module_.functions.size(); ++i) {
      const uint32_t index = module_.imported_funcs + i;
      Hints own;
      own.locals_bytes = LocalsBytes(module_.functions[i]);
      while (hint != hints.end() && hint->func.value < index) ++hint;
      for (; hint != hints.end() && hint->func.value == index; ++hint) own.list.push_back(*hint);
      CVM_RETURN_IF_ERROR(OneFunction(index, own));
    }
    return {};
  }

  Result<void> OneFunction(uint32_t index, const Hints& hints) {
    const Function& function = module_.FunctionAt(FuncIndex(index));
    const FuncType* type = cx_.FuncTypeAt(function.type.value);
    const uint32_t params = type != nullptr ? static_cast<uint32_t>(type->params.size()) : 0;
    BodyScope scope;
    // Identifiers of locals need to know how many parameters there are.
    if (type != nullptr) scope.locals = Ids(NamesOf(module_.names.locals, index), params + function.local_count);
    scope.labels = LabelIds(NamesOf(module_.names.labels, index), function);
    scope.results = type != nullptr ? static_cast<uint32_t>(type->results.size()) : 0;
    Line("(func" + cx_.funcs.Definition(index) + Number(index) + cx_.TypeUse(function.type, &scope.locals));
    Locals(function, params, scope.locals);
    CVM_RETURN_IF_ERROR(options_.folded ? PrintFolded(cx_, &scope, function.body, hints, depth_ + 2, &out_)
                                        : PrintFlat(cx_, &scope, function.body, hints, depth_ + 2, &out_));
    out_ += ")";
    return {};
  }

  void Locals(const Function& function, uint32_t index, const Ids& ids) {
    bool open = false;
    if (function.local_count != 0) NewLine(&out_, depth_ + 2);
    const uint32_t first = index;
    for (const LocalRun& run : function.locals) {
      for (uint32_t i = 0; i < run.count; ++i, ++index) {
        const bool named = ids.IsNamed(index);
        if (open && named) out_ += ")", open = false;
        if (!open) out_ += index == first ? "(local" : " (local";
        if (named) out_ += ids.Definition(index);
        out_ += " " + cx_.Text(run.type);
        open = !named;
        if (named) out_ += ")";
      }
    }
    if (open) out_ += ")";
  }

  Result<void> DataSegments() {
    constexpr size_t kBytesALine = 64;
    for (uint32_t i = 0; i < module_.data.size(); ++i) {
      const DataSegment& segment = module_.data[i];
      Line("(data" + cx_.datas.Definition(i) + Number(i));
      if (segment.mode == SegmentMode::kActive) {
        if (segment.memory.value != 0) out_ += " (memory " + cx_.memories.Use(segment.memory.value) + ")";
        CVM_ASSIGN_OR_RETURN(const std::string offset, PrintConst(cx_, segment.offset));
        out_ += " (offset " + offset + ")";
      }
      const bool lines = segment.bytes.size() > kBytesALine;
      for (size_t at = 0; at < segment.bytes.size(); at += kBytesALine) {
        if (lines) {
          NewLine(&out_, depth_ + 2);
        } else {
          out_ += ' ';
        }
        out_ += QuoteBytes(segment.bytes.subspan(at, std::min(kBytesALine, segment.bytes.size() - at)));
      }
      out_ += ")";
    }
    return {};
  }

  // But for those that were printed as names and annotations.
  void Customs() {
    const Names& n = module_.names;
    const bool names_known = !n.module.empty() || !n.funcs.entries.empty() || !n.types.entries.empty() ||
                             !n.tables.entries.empty() || !n.memories.entries.empty() || !n.globals.entries.empty() ||
                             !n.elems.entries.empty() || !n.datas.entries.empty() || !n.tags.entries.empty() ||
                             !n.locals.empty() || !n.labels.empty() || !n.fields.empty();
    for (const CustomSection& custom : module_.customs) {
      if (custom.name == "name" && names_known) continue;
      if (custom.name == kBranchHintSection && !module_.branch_hints.empty()) continue;
      Line("(@custom " + Quote(custom.name) + " " + QuoteBytes(custom.bytes) + ")");
    }
  }

  const PrintContext cx_;
  const ModuleData& module_;
  const PrintOptions options_;
  const int depth_;
  std::string out_;
};

}  // namespace
}  // namespace cvm::text

namespace cvm {

Result<std::string> PrintModule(const ModuleData& module, const Features& features, const PrintOptions& options) {
  std::string open = "(module";
  if (!module.names.module.empty()) open += " " + text::IdText(module.names.module);
  CVM_ASSIGN_OR_RETURN(std::string text, PrintModuleAt(0, std::move(open), module, features, options));
  return text + "\n";
}

Result<std::string> PrintModuleAt(int depth, std::string open, const ModuleData& module, const Features& features,
                                  const PrintOptions& options) {
  return text::ModulePrinter(module, features, options, depth).Run(std::move(open));
}

Result<std::vector<PrintedInstr>> PrintBody(const ModuleData& module, FuncIndex func, const Features& features) {
  const Function& function = module.FunctionAt(func);
  const text::PrintContext cx(module, features);
  text::BodyScope scope;
  const FuncType* type = cx.FuncTypeAt(function.type.value);
  const size_t params = type != nullptr ? type->params.size() : 0;
  scope.locals = text::Ids(text::NamesOf(module.names.locals, func.value), params + function.local_count);
  scope.labels = text::LabelIds(text::NamesOf(module.names.labels, func.value), function);
  const text::Hints no_hints;
  text::BodyWalk walk(cx, &scope, function.body, no_hints);
  std::vector<PrintedInstr> list;
  while (true) {
    CVM_ASSIGN_OR_RETURN(const bool more, walk.Next());
    if (!more) return list;
    constexpr size_t kDeepest = 40;
    const size_t left = walk.role() == text::BodyWalk::Role::kMiddle ? 1 : 0;
    list.push_back({walk.instr().offset, std::string(2 * std::min(walk.depth() - left, kDeepest), ' ') + walk.text()});
  }
}

}  // namespace cvm
