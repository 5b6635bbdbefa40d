// Functions, tables, memories, globals, tags, imports, exports and the start function.
#include "vm/text/field_parser.hpp"

namespace cvm::text {
namespace {

bool HasTags(const Features& features) {
  return features.Has(Feature::kExceptions) || features.Has(Feature::kLegacyExceptions);
}

// Bytes of the local declarations in front of a body in the binary format.
uint32_t LocalsBytes(const std::vector<LocalRun>& runs) {
  Writer writer;
  writer.U64(runs.size());
  for (const LocalRun& run : runs) {
    writer.U32(run.count);
    WriteValType(writer, run.type);
  }
  return static_cast<uint32_t>(writer.size());
}

}  // namespace

Result<std::string_view> FieldParser::ParseName() {
  CVM_ASSIGN_OR_RETURN(const std::string name, in_.Name());
  return cx_.Intern(name);
}

// (export "name")*
Result<void> FieldParser::InlineExports(ExternKind kind, uint32_t index) {
  while (in_.TakeOpen("export")) {
    CVM_ASSIGN_OR_RETURN(const std::string_view name, ParseName());
    module_.exports.push_back({name, kind, index, 0});
    CVM_RETURN_IF_ERROR(in_.Close());
  }
  return {};
}

// (import "module" "name")?
Result<std::optional<FieldParser::InlineImport>> FieldParser::TakeInlineImport() {
  if (!in_.TakeOpen("import")) return std::optional<InlineImport>();
  InlineImport names;
  CVM_ASSIGN_OR_RETURN(names.module, ParseName());
  CVM_ASSIGN_OR_RETURN(names.name, ParseName());
  CVM_RETURN_IF_ERROR(in_.Close());
  return std::optional<InlineImport>(names);
}

void FieldParser::AddImport(const InlineImport& names, ExternType type, bool exact) {
  module_.imports.push_back({names.module, names.name, type, exact, 0});
}

// --- functions

Result<void> FieldParser::Func() {
  const uint32_t index = funcs_++;
  CVM_RETURN_IF_ERROR(cx_.TakeName(&module_.names.funcs, index, in_.TakeId()));
  CVM_RETURN_IF_ERROR(InlineExports(ExternKind::kFunc, index));
  CVM_ASSIGN_OR_RETURN(const std::optional<InlineImport> import, TakeInlineImport());
  CVM_RETURN_IF_ERROR(import ? FuncImport(*import) : FuncBody(index));
  return in_.Close();
}

Result<void> FieldParser::FuncImport(const InlineImport& names) {
  CVM_ASSIGN_OR_RETURN(const auto type, FuncImportType());
  AddImport(names, type.first, type.second);
  return {};
}

// A type use, or (exact type-use) of custom descriptors.
Result<std::pair<TypeIndex, bool>> FieldParser::FuncImportType() {
  const Token at = in_.Peek();
  const bool exact = in_.TakeOpen("exact");
  if (exact && !cx_.features.Has(Feature::kCustomDescriptors)) return cx_.FeatureOff(at, Feature::kCustomDescriptors);
  CVM_ASSIGN_OR_RETURN(const TypeUse use, cx_.ParseTypeUse(/*with_names=*/true));
  if (exact) {
    CVM_RETURN_IF_ERROR(in_.Close());
  }
  CVM_ASSIGN_OR_RETURN(const TypeIndex type, cx_.Resolve(use));
  return std::pair(type, exact);
}

Result<void> FieldParser::Params(const TypeUse& use, FunctionScope* scope, NameMap* names) {
  for (const TypeUse::Name& name : use.names) {
    if (name.id) {
      CVM_RETURN_IF_ERROR(cx_.BindId(scope->locals.ids, "local", *name.id, name.index));
    }
    names->entries.emplace_back(name.index, name.name);
  }
  scope->locals.count = static_cast<uint32_t>(use.type.params.size());
  return {};
}

Result<void> FieldParser::AddLocal(Function* function, FunctionScope* scope) {
  CVM_ASSIGN_OR_RETURN(const ValType type, cx_.ParseValType());
  if (!function->locals.empty() && function->locals.back().type == type) {
    ++function->locals.back().count;
  } else {
    function->locals.push_back({1, type});
  }
  ++function->local_count;
  ++scope->locals.count;
  CVM_RETURN_IF_ERROR(cx_.CheckLimit(&LoadLimits::locals, scope->locals.count));
  return {};
}

// (local $id? type…)*. Where the type use only names a type, how many parameters there are is looked up when a local
// needs an index for its identifier: the index of a type that is not there is validation's affair.
Result<void> FieldParser::Locals(Function* function, const TypeUse& use, FunctionScope* scope, NameMap* names) {
  while (in_.TakeOpen("local")) {
    if (!in_.At(TokenKind::kId)) {
      CVM_ASSIGN_OR_RETURN(const auto name, cx_.NameOf(std::nullopt));
      if (name) {
        CVM_ASSIGN_OR_RETURN(const uint32_t params, cx_.ParamCount(use));
        names->entries.emplace_back(params + function->local_count, *name);
      }
      while (!in_.Take(TokenKind::kRParen)) {
        CVM_RETURN_IF_ERROR(AddLocal(function, scope));
      }
      continue;
    }
    const Token id = in_.Next();
    CVM_ASSIGN_OR_RETURN(const uint32_t params, cx_.ParamCount(use));
    const uint32_t index = params + function->local_count;
    CVM_RETURN_IF_ERROR(cx_.BindId(scope->locals.ids, "local", id, index));
    CVM_RETURN_IF_ERROR(cx_.TakeName(names, index, in_.tokens().id(id)));
    CVM_RETURN_IF_ERROR(AddLocal(function, scope));
    CVM_RETURN_IF_ERROR(in_.Close());
  }
  return {};
}

Result<void> FieldParser::FuncBody(uint32_t index) {
  Function function;
  FunctionScope scope;
  NameMap names;
  scope.index = FuncIndex(index);
  CVM_ASSIGN_OR_RETURN(const TypeUse use, cx_.ParseTypeUse(/*with_names=*/true));
  CVM_ASSIGN_OR_RETURN(function.type, cx_.Resolve(use));
  CVM_RETURN_IF_ERROR(Params(use, &scope, &names));
  CVM_RETURN_IF_ERROR(Locals(&function, use, &scope, &names));
  scope.locals_bytes = LocalsBytes(function.locals);
  CVM_ASSIGN_OR_RETURN(function.body, ExprParser(cx_, &scope).Sequence());
  CVM_RETURN_IF_ERROR(cx_.CheckLimit(&LoadLimits::function_bytes, scope.locals_bytes + function.body.bytes.size()));
  module_.functions.push_back(std::move(function));
  if (!names.entries.empty()) module_.names.locals.emplace_back(index, std::move(names));
  if (!scope.labels.entries.empty()) module_.names.labels.emplace_back(index, std::move(scope.labels));
  return {};
}

// --- tables and memories

Result<void> FieldParser::Table() {
  const uint32_t index = tables_++;
  CVM_RETURN_IF_ERROR(cx_.TakeName(&module_.names.tables, index, in_.TakeId()));
  CVM_RETURN_IF_ERROR(InlineExports(ExternKind::kTable, index));
  CVM_ASSIGN_OR_RETURN(const std::optional<InlineImport> import, TakeInlineImport());
  if (import) {
    CVM_ASSIGN_OR_RETURN(const TableType type, cx_.ParseTableType());
    AddImport(*import, type);
    return in_.Close();
  }
  const size_t start = in_.position();
  CVM_ASSIGN_OR_RETURN(const AddrKind addr, cx_.ParseAddrKind());
  if (cx_.AtRefType()) {
    CVM_RETURN_IF_ERROR(InlineTableElements(index, addr));
    return in_.Close();
  }
  in_.Seek(start);
  cvm::Table table;
  CVM_ASSIGN_OR_RETURN(table.type, cx_.ParseTableType());
  if (!in_.At(TokenKind::kRParen)) {
    CVM_ASSIGN_OR_RETURN(table.init, ExprParser(cx_).Sequence());
  }
  module_.tables.push_back(std::move(table));
  return in_.Close();
}

// reftype (elem …): a table just large enough, and the segment that fills it.
Result<void> FieldParser::InlineTableElements(uint32_t index, AddrKind addr) {
  cvm::Table table;
  ElementSegment segment;
  ++elems_;
  CVM_ASSIGN_OR_RETURN(table.type.element, cx_.ParseRefType());
  CVM_RETURN_IF_ERROR(in_.ExpectOpen("elem"));
  segment.mode = SegmentMode::kActive;
  segment.table = TableIndex(index);
  segment.offset = ConstZero(addr);
  segment.type = table.type.element;
  const bool holds_funcs = segment.type.heap == HeapType::Abstract(HeapKind::kFunc);
  if (in_.At(TokenKind::kLParen)) {
    CVM_ASSIGN_OR_RETURN(segment.items, ElemExprs());
  } else {
    CVM_ASSIGN_OR_RETURN(std::vector<FuncIndex> funcs, FuncIndices());
    if (holds_funcs) {
      segment.type.nullable = false;
      segment.items = std::move(funcs);
    } else {  // the form with plain indices is of type (ref func)
      auto& items = segment.items.emplace<std::vector<Expr>>();
      for (const FuncIndex func : funcs) items.push_back(RefFunc(func.value));
    }
  }
  table.type.limits = {addr, segment.size(), segment.size(), false};
  module_.tables.push_back(std::move(table));
  module_.elements.push_back(std::move(segment));
  return in_.Close();
}

Result<void> FieldParser::Memory() {
  const uint32_t index = memories_++;
  CVM_RETURN_IF_ERROR(cx_.TakeName(&module_.names.memories, index, in_.TakeId()));
  CVM_RETURN_IF_ERROR(InlineExports(ExternKind::kMemory, index));
  CVM_ASSIGN_OR_RETURN(const std::optional<InlineImport> import, TakeInlineImport());
  if (import) {
    CVM_ASSIGN_OR_RETURN(const MemoryType type, cx_.ParseMemoryType());
    AddImport(*import, type);
    return in_.Close();
  }
  const size_t start = in_.position();
  CVM_ASSIGN_OR_RETURN(const AddrKind addr, cx_.ParseAddrKind());
  if (in_.AtOpen("data") || in_.AtOpen("pagesize")) {
    CVM_RETURN_IF_ERROR(InlineMemoryData(index, addr));
    return in_.Close();
  }
  in_.Seek(start);
  CVM_ASSIGN_OR_RETURN(const MemoryType type, cx_.ParseMemoryType());
  module_.memories.push_back(type);
  return in_.Close();
}

// (pagesize n)? (data "…"…): a memory just large enough, and the segment that fills it.
Result<void> FieldParser::InlineMemoryData(uint32_t index, AddrKind addr) {
  MemoryType type;
  ++datas_;
  CVM_ASSIGN_OR_RETURN(const std::optional<uint8_t> page_size, cx_.ParsePageSize());
  type.page_size_log2 = page_size.value_or(type.page_size_log2);
  CVM_RETURN_IF_ERROR(in_.ExpectOpen("data"));
  CVM_ASSIGN_OR_RETURN(const std::string bytes, in_.Strings());
  const uint64_t page = uint64_t{1} << type.page_size_log2;
  const uint64_t pages = bytes.size() / page + (bytes.size() % page != 0 ? 1 : 0);
  type.limits = {addr, pages, pages, false};
  DataSegment segment;
  segment.mode = SegmentMode::kActive;
  segment.memory = MemoryIndex(index);
  segment.offset = ConstZero(addr);
  segment.bytes = cx_.Own(bytes);
  module_.memories.push_back(type);
  module_.data.push_back(segment);
  return in_.Close();
}

// --- globals and tags

Result<void> FieldParser::Global() {
  const uint32_t index = globals_++;
  CVM_RETURN_IF_ERROR(cx_.TakeName(&module_.names.globals, index, in_.TakeId()));
  CVM_RETURN_IF_ERROR(InlineExports(ExternKind::kGlobal, index));
  CVM_ASSIGN_OR_RETURN(const std::optional<InlineImport> import, TakeInlineImport());
  cvm::Global global;
  CVM_ASSIGN_OR_RETURN(global.type, cx_.ParseGlobalType());
  if (import) {
    AddImport(*import, global.type);
    return in_.Close();
  }
  CVM_ASSIGN_OR_RETURN(global.init, ExprParser(cx_).Sequence());
  module_.globals.push_back(global);
  return in_.Close();
}

Result<TypeIndex> FieldParser::TagTypeUse() {
  CVM_ASSIGN_OR_RETURN(const TypeUse use, cx_.ParseTypeUse(/*with_names=*/true));
  return cx_.Resolve(use);
}

Result<void> FieldParser::Tag() {
  if (!HasTags(cx_.features)) return cx_.FeatureOff(in_.Peek(), Feature::kExceptions);
  const uint32_t index = tags_++;
  CVM_RETURN_IF_ERROR(cx_.TakeName(&module_.names.tags, index, in_.TakeId()));
  CVM_RETURN_IF_ERROR(InlineExports(ExternKind::kTag, index));
  CVM_ASSIGN_OR_RETURN(const std::optional<InlineImport> import, TakeInlineImport());
  CVM_ASSIGN_OR_RETURN(const TypeIndex type, TagTypeUse());
  if (import) {
    AddImport(*import, TagType{type});
  } else {
    module_.tags.push_back({type});
  }
  return in_.Close();
}

// --- imports, exports, start

// "module" "name" (kind $id? type)
Result<void> FieldParser::Import() {
  InlineImport names;
  CVM_ASSIGN_OR_RETURN(names.module, ParseName());
  CVM_ASSIGN_OR_RETURN(names.name, ParseName());
  if (in_.TakeOpen("func")) {
    CVM_RETURN_IF_ERROR(cx_.TakeName(&module_.names.funcs, funcs_++, in_.TakeId()));
    CVM_RETURN_IF_ERROR(FuncImport(names));
  } else if (in_.TakeOpen("table")) {
    CVM_RETURN_IF_ERROR(cx_.TakeName(&module_.names.tables, tables_++, in_.TakeId()));
    CVM_ASSIGN_OR_RETURN(const TableType type, cx_.ParseTableType());
    AddImport(names, type);
  } else if (in_.TakeOpen("memory")) {
    CVM_RETURN_IF_ERROR(cx_.TakeName(&module_.names.memories, memories_++, in_.TakeId()));
    CVM_ASSIGN_OR_RETURN(const MemoryType type, cx_.ParseMemoryType());
    AddImport(names, type);
  } else if (in_.TakeOpen("global")) {
    CVM_RETURN_IF_ERROR(cx_.TakeName(&module_.names.globals, globals_++, in_.TakeId()));
    CVM_ASSIGN_OR_RETURN(const GlobalType type, cx_.ParseGlobalType());
    AddImport(names, type);
  } else {
    CVM_RETURN_IF_ERROR(in_.ExpectOpen("tag"));
    if (!HasTags(cx_.features)) return cx_.FeatureOff(in_.Peek(), Feature::kExceptions);
    CVM_RETURN_IF_ERROR(cx_.TakeName(&module_.names.tags, tags_++, in_.TakeId()));
    CVM_ASSIGN_OR_RETURN(const TypeIndex type, TagTypeUse());
    AddImport(names, TagType{type});
  }
  CVM_RETURN_IF_ERROR(in_.Close());
  return in_.Close();
}

Result<void> FieldParser::Export() {
  struct Kind {
    std::string_view word;
    ExternKind kind;
    const Space& space;
  };
  const Kind kinds[] = {{"func", ExternKind::kFunc, cx_.funcs},
                        {"table", ExternKind::kTable, cx_.tables},
                        {"memory", ExternKind::kMemory, cx_.memories},
                        {"global", ExternKind::kGlobal, cx_.globals},
                        {"tag", ExternKind::kTag, cx_.tags}};
  CVM_ASSIGN_OR_RETURN(const std::string_view name, ParseName());
  for (const Kind& kind : kinds) {
    if (!in_.TakeOpen(kind.word)) continue;
    CVM_ASSIGN_OR_RETURN(const uint32_t index, cx_.Index(kind.space));
    module_.exports.push_back({name, kind.kind, index, 0});
    CVM_RETURN_IF_ERROR(in_.Close());
    return in_.Close();
  }
  return in_.Unexpected();
}

Result<void> FieldParser::Start() {
  if (module_.start) return in_.ErrorHere("multiple start sections");
  CVM_ASSIGN_OR_RETURN(const uint32_t index, cx_.Index(cx_.funcs));
  module_.start = FuncIndex(index);
  return in_.Close();
}

}  // namespace cvm::text
