// Validation of a module's declarations, in the order of core/valid/modules: types, imports, the index spaces with
// their initializers, segments, exports, start. Constant expressions are walked by the same machine as bodies.
#include "vm/validate/module.hpp"

#include <utility>

#include "absl/container/flat_hash_set.h"
#include "vm/module/module_limits.hpp"
#include "vm/validate/function_validator.hpp"
#include "vm/validate/type_section.hpp"

namespace cvm {
namespace {

constexpr ValType kFunctionList = ValType::Ref(HeapType::Abstract(HeapKind::kFunc), false);

class DeclarationValidator {
 public:
  DeclarationValidator(const ModuleData& module, ValidatedModule* out)
      : module_(module), out_(out), walker_(module, *out) {}

  Result<void> Run() {
    CVM_RETURN_IF_ERROR(CheckSeveral());
    CVM_RETURN_IF_ERROR(CheckImports());
    CVM_RETURN_IF_ERROR(CheckDefinedTypes());
    CVM_RETURN_IF_ERROR(CheckTableInits());
    CVM_RETURN_IF_ERROR(CheckGlobals());
    CVM_RETURN_IF_ERROR(CheckData());
    CVM_RETURN_IF_ERROR(CheckElements());
    CVM_RETURN_IF_ERROR(CheckStart());
    return CheckExports();
  }

 private:
  const Features& features() const { return out_->features; }

  static Error Unknown(const char* what, uint32_t index) {
    return Error(ErrorKind::kInvalid, std::string("unknown ") + what + " " + std::to_string(index));
  }
  static Error Invalid(std::string words) { return Error(ErrorKind::kInvalid, std::move(words)); }

  Result<void> Require(Feature feature) const {
    if (features().Has(feature)) return {};
    return DisabledError(feature);
  }

  Result<void> CheckSeveral() const {
    if (module_.memory_types.size() > 1 && !features().Has(Feature::kMultiMemory)) {
      return Invalid("multiple memories: " + DisabledError(Feature::kMultiMemory).message());
    }
    if (module_.table_types.size() > 1 && !features().Has(Feature::kReferenceTypes)) {
      return Invalid("multiple tables: " + DisabledError(Feature::kReferenceTypes).message());
    }
    return {};
  }

  // --- Types of entities (core/valid/types) ---

  Result<void> CheckVal(ValType type) const {
    if (auto error = CheckValTypeIn(type, module_.types.size(), features())) return *std::move(error);
    return {};
  }

  Result<void> CheckFuncType(TypeIndex type) const {
    if (type.value >= module_.types.size()) return Unknown("type", type.value);
    if (module_.types[type.value].kind == CompositeKind::kFunc) return {};
    return Invalid("non-function type " + std::to_string(type.value));
  }

  Result<void> CheckTag(const TagType& tag) const {
    if (!features().Has(Feature::kLegacyExceptions)) CVM_RETURN_IF_ERROR(Require(Feature::kExceptions));
    CVM_RETURN_IF_ERROR(CheckFuncType(tag.type));
    if (!module_.types[tag.type.value].func.results.empty()) return Invalid("non-empty tag result type");
    return {};
  }

  Result<void> CheckLimits(const Limits& limits, uint64_t largest, const std::string& words) const {
    if (limits.addr == AddrKind::kI64) CVM_RETURN_IF_ERROR(Require(Feature::kMemory64));
    if (limits.min > largest || (limits.max && *limits.max > largest)) return Invalid(words);
    if (limits.max && limits.min > *limits.max) return Invalid("size minimum must not be greater than maximum");
    return {};
  }

  Result<void> CheckMemory(const MemoryType& memory) const {
    const uint8_t page = memory.page_size_log2;
    if (page != 0 && page != 16) return Invalid("invalid custom page size");
    if (page != 16) CVM_RETURN_IF_ERROR(Require(Feature::kCustomPageSizes));
    const unsigned bits = (memory.limits.addr == AddrKind::kI64 ? 64u : 32u) - page;
    // With pages of one byte the whole index range cannot be named, only one byte less of it.
    const uint64_t largest = page == 0 ? ~uint64_t{0} >> (64 - bits) : uint64_t{1} << bits;
    const std::string words = bits == 16 ? "memory size must be at most 65536 pages (4GiB)"
                                         : "memory size must be at most " + std::to_string(largest) + " pages";
    CVM_RETURN_IF_ERROR(CheckLimits(memory.limits, largest, words));
    if (!memory.limits.shared) return {};
    CVM_RETURN_IF_ERROR(Require(Feature::kThreads));
    if (!memory.limits.max) return Invalid("shared memory must have maximum");
    return {};
  }

  Result<void> CheckTable(const TableType& table) const {
    // MVP tables are of funcref, which is a value type only since reference-types.
    if (table.element != ValType::FuncRef()) CVM_RETURN_IF_ERROR(CheckVal(table.element));
    if (!table.element.is_ref()) return CVM_BUG("a table of something other than references");
    if (table.limits.shared) return UnsupportedError("shared tables are not part of this build");
    const bool wide = table.limits.addr == AddrKind::kI64;
    return CheckLimits(
        table.limits, wide ? UINT64_MAX : UINT32_MAX,
        wide ? "table size must be at most 2^64-1 for i64" : "table size must be at most 2^32-1 for i32");
  }

  Result<void> CheckExternType(const ExternType& type) const {
    switch (static_cast<ExternKind>(type.index())) {
      case ExternKind::kFunc:
        return CheckFuncType(std::get<TypeIndex>(type));
      case ExternKind::kTable:
        return CheckTable(std::get<TableType>(type));
      case ExternKind::kMemory:
        return CheckMemory(std::get<MemoryType>(type));
      case ExternKind::kGlobal:
        return CheckVal(std::get<GlobalType>(type).type);
      case ExternKind::kTag:
        return CheckTag(std::get<TagType>(type));
    }
    return CVM_BUG("an import of no kind");
  }

  Result<void> CheckImports() const {
    for (const Import& import : module_.imports) {
      auto checked = CheckExternType(import.type);
      if (checked.ok() && import.exact) checked = Require(Feature::kCustomDescriptors);
      if (checked.ok() && import.kind() == ExternKind::kGlobal && std::get<GlobalType>(import.type).mutable_) {
        checked = Require(Feature::kMutableGlobals);
      }
      if (!checked.ok()) return std::move(checked).error().AtOffset(import.offset);
    }
    return {};
  }

  Result<void> CheckDefinedTypes() {
    for (const Function& function : module_.functions) CVM_RETURN_IF_ERROR(CheckFuncType(function.type));
    for (const TagType& tag : module_.tags) CVM_RETURN_IF_ERROR(CheckTag(tag));
    for (const Table& table : module_.tables) CVM_RETURN_IF_ERROR(CheckTable(table.type));
    for (const MemoryType& memory : module_.memories) CVM_RETURN_IF_ERROR(CheckMemory(memory));
    out_->declared_funcs.assign(module_.func_types.size(), false);
    if (features().Has(Feature::kCustomDescriptors)) MarkExactFuncs();
    return {};
  }

  // Functions of the module itself, and those imported as exact.
  void MarkExactFuncs() {
    out_->exact_funcs.assign(module_.func_types.size(), true);
    uint32_t func = 0;
    for (const Import& import : module_.imports) {
      if (import.kind() == ExternKind::kFunc) out_->exact_funcs[func++] = import.exact;
    }
  }

  // --- Initializers and segments ---

  Result<void> CheckConstant(const Expr& expr, ValType wanted, uint32_t visible_globals) {
    if (walker_.BeginConstant(expr, wanted, visible_globals, &out_->declared_funcs) && walker_.RunToEnd()) return {};
    return walker_.TakeError();
  }
  uint32_t AllGlobals() const { return static_cast<uint32_t>(module_.global_types.size()); }

  Result<void> CheckTableInits() {
    for (const Table& table : module_.tables) {
      if (table.init) {
        CVM_RETURN_IF_ERROR(Require(Feature::kFunctionReferences));
        CVM_RETURN_IF_ERROR(CheckConstant(*table.init, table.type.element, module_.imported_globals));
      } else if (!table.type.element.is_defaultable()) {
        return Invalid("type mismatch: table of " + ToString(table.type.element) + " needs an initializer");
      }
    }
    return {};
  }

  // Each global sees those before it.
  Result<void> CheckGlobals() {
    uint32_t visible = module_.imported_globals;
    for (const Global& global : module_.globals) {
      if (auto error = CheckValTypeIn(global.type.type, module_.types.size(), features())) {
        return error->AtOffset(global.init.offset);
      }
      CVM_RETURN_IF_ERROR(CheckConstant(global.init, global.type.type, visible++));
    }
    return {};
  }

  Result<void> CheckData() {
    for (const DataSegment& segment : module_.data) {
      if (segment.mode == SegmentMode::kPassive) {
        CVM_RETURN_IF_ERROR(Require(Feature::kBulkMemory));
        continue;
      }
      if (segment.memory.value >= module_.memory_types.size()) {
        return Unknown("memory", segment.memory.value).AtOffset(segment.at);
      }
      const AddrKind addr = module_.memory_types[segment.memory.value].limits.addr;
      CVM_RETURN_IF_ERROR(CheckConstant(segment.offset, AddrType(addr), AllGlobals()));
    }
    return {};
  }

  Result<void> CheckElements() {
    for (const ElementSegment& segment : module_.elements) {
      // Lists of functions are of the MVP, though their type is written (ref func) since.
      if (segment.type != ValType::FuncRef() && segment.type != kFunctionList) {
        if (auto checked = CheckVal(segment.type); !checked.ok()) {
          return std::move(checked).error().AtOffset(segment.at);
        }
      }
      CVM_RETURN_IF_ERROR(CheckElementMode(segment));
      CVM_RETURN_IF_ERROR(CheckElementItems(segment));
    }
    return {};
  }

  Result<void> CheckElementMode(const ElementSegment& segment) {
    if (segment.mode != SegmentMode::kActive) return Require(Feature::kBulkMemory);
    if (segment.table.value >= module_.table_types.size()) {
      return Unknown("table", segment.table.value).AtOffset(segment.at);
    }
    const TableType& table = module_.table_types[segment.table.value];
    if (!MatchVal(out_->context(), segment.type, table.element)) {
      return Invalid("type mismatch: element segment's type " + ToString(segment.type) +
                     " does not match table's element type " + ToString(table.element))
          .AtOffset(segment.at);
    }
    return CheckConstant(segment.offset, AddrType(table.limits.addr), AllGlobals());
  }

  Result<void> CheckElementItems(const ElementSegment& segment) {
    if (const auto* exprs = std::get_if<std::vector<Expr>>(&segment.items)) {
      for (const Expr& expr : *exprs) CVM_RETURN_IF_ERROR(CheckConstant(expr, segment.type, AllGlobals()));
      return {};
    }
    for (const FuncIndex func : std::get<std::vector<FuncIndex>>(segment.items)) {
      if (func.value >= module_.func_types.size()) return Unknown("function", func.value).AtOffset(segment.at);
      out_->declared_funcs[func.value] = true;
      const ValType type = ValType::Ref(HeapType::Concrete(module_.func_types[func.value]), false);
      if (!MatchVal(out_->context(), type, segment.type)) {
        return Invalid("type mismatch: function " + std::to_string(func.value) + " in a segment of " +
                       ToString(segment.type))
            .AtOffset(segment.at);
      }
    }
    return {};
  }

  // --- Start and exports ---

  Result<void> CheckStart() const {
    if (!module_.start) return {};
    if (module_.start->value >= module_.func_types.size()) return Unknown("function", module_.start->value);
    const FuncType& type = module_.FuncTypeOf(*module_.start);
    if (type.params.empty() && type.results.empty()) return {};
    return Invalid("start function must not have parameters or results");
  }

  size_t CountOf(ExternKind kind) const {
    switch (kind) {
      case ExternKind::kFunc:
        return module_.func_types.size();
      case ExternKind::kTable:
        return module_.table_types.size();
      case ExternKind::kMemory:
        return module_.memory_types.size();
      case ExternKind::kGlobal:
        return module_.global_types.size();
      case ExternKind::kTag:
        return module_.tag_types.size();
    }
    return 0;
  }

  // An exported function may be referred to from bodies.
  Result<void> CheckExports() {
    absl::flat_hash_set<std::string_view> names;
    for (const Export& exported : module_.exports) {
      if (exported.index >= CountOf(exported.kind)) {
        const std::string kind(ExternKindName(exported.kind));
        return Unknown(kind.c_str(), exported.index).AtOffset(exported.offset);
      }
      if (!names.insert(exported.name).second) {
        return Invalid("duplicate export name \"" + std::string(exported.name) + "\"").AtOffset(exported.offset);
      }
      if (exported.kind == ExternKind::kFunc) out_->declared_funcs[exported.index] = true;
      if (exported.kind == ExternKind::kGlobal && module_.global_types[exported.index].mutable_) {
        CVM_RETURN_IF_ERROR(Require(Feature::kMutableGlobals));
      }
    }
    return {};
  }

  const ModuleData& module_;
  ValidatedModule* out_;
  FunctionValidator walker_;
};

}  // namespace

Result<void> ValidateDeclarations(const ModuleData& module, const Features& features, CanonicalTypes& types,
                                  ValidatedModule* out, const LoadLimits& limits) {
  *out = ValidatedModule();
  out->features = features;
  out->limits = limits;
  out->types = &types;
  CVM_RETURN_IF_ERROR(CheckModuleLimits(module, limits));
  CVM_RETURN_IF_ERROR(ValidateTypes(module, types, out));
  return DeclarationValidator(module, out).Run();
}

Result<void> ValidateFunction(const ModuleData& module, const ValidatedModule& validated, FuncIndex func) {
  FunctionValidator validator(module, validated);
  if (validator.BeginFunction(func) && validator.RunToEnd()) return {};
  return validator.TakeError();
}

Result<void> ValidateModule(const ModuleData& module, const Features& features, CanonicalTypes& types,
                            ValidatedModule* out, const LoadLimits& limits) {
  CVM_RETURN_IF_ERROR(ValidateDeclarations(module, features, types, out, limits));
  FunctionValidator validator(module, *out);
  for (uint32_t i = 0; i < module.functions.size(); ++i) {
    const FuncIndex func(module.imported_funcs + i);
    if (validator.BeginFunction(func) && validator.RunToEnd()) continue;
    return validator.TakeError().In("function " + std::to_string(func.value));
  }
  return {};
}

bool MatchExternType(const TypeContext& cx, const ExternType& a, const ExternType& b, bool exact) {
  if (a.index() != b.index()) return false;
  switch (static_cast<ExternKind>(a.index())) {
    case ExternKind::kFunc:
      return MatchFuncImport(cx, std::get<TypeIndex>(a), std::get<TypeIndex>(b), exact);
    case ExternKind::kTable:
      return MatchTable(cx, std::get<TableType>(a), std::get<TableType>(b));
    case ExternKind::kMemory:
      return MatchMemory(std::get<MemoryType>(a), std::get<MemoryType>(b));
    case ExternKind::kGlobal:
      return MatchGlobal(cx, std::get<GlobalType>(a), std::get<GlobalType>(b));
    case ExternKind::kTag:
      return MatchTag(cx, std::get<TagType>(a), std::get<TagType>(b));
  }
  return false;
}

ExternType Canonicalize(std::span<const uint32_t> ids, ExternType type) {
  if (auto* func = std::get_if<TypeIndex>(&type)) func->value = ids[func->value];
  if (auto* table = std::get_if<TableType>(&type)) table->element = Canonicalize(ids, table->element);
  if (auto* global = std::get_if<GlobalType>(&type)) global->type = Canonicalize(ids, global->type);
  if (auto* tag = std::get_if<TagType>(&type)) tag->type.value = ids[tag->type.value];
  return type;
}

}  // namespace cvm
