// A decoded module as plain data, in the order of core/syntax/modules. No behaviour: decoders fill it, the validator,
// the compiler and the printer read it. Immutable once loaded; shared between threads as part of a cvm::Module.
//
// Function bodies and constant expressions stay in the binary encoding (`Expr`): every consumer walks the same bytes.
// All spans and string_views point into `bytes` or `owned`, which live as long as the module.
#pragma once

#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "vm/base/index.hpp"
#include "vm/base/reader.hpp"
#include "vm/types/types.hpp"

namespace cvm {

// A sequence of encoded instructions including its final `end`, and where it begins in the file.
struct Expr {
  Bytes bytes;
  uint64_t offset = 0;
};

enum class ExternKind : uint8_t { kFunc = 0, kTable = 1, kMemory = 2, kGlobal = 3, kTag = 4 };
std::string_view ExternKindName(ExternKind kind);  // "function", "table", …

using ExternType = std::variant<TypeIndex, TableType, MemoryType, GlobalType, TagType>;  // in the order of ExternKind
struct Import {
  std::string_view module;
  std::string_view name;
  ExternType type;
  bool exact = false;   // custom-descriptors: (func (exact …))
  uint64_t offset = 0;
  ExternKind kind() const { return static_cast<ExternKind>(type.index()); }
};

struct Export {
  std::string_view name;
  ExternKind kind;
  uint32_t index;
  uint64_t offset = 0;
};

struct Table {
  TableType type;
  std::optional<Expr> init;   // present where the binary or text gives an initializer
};

struct Global {
  GlobalType type;
  Expr init;
};

struct LocalRun {             // `count` locals of one type
  uint32_t count;
  ValType type;
};

struct Function {
  TypeIndex type;
  uint32_t local_count = 0;       // sum of the runs below
  std::vector<LocalRun> locals;   // parameters not included
  Expr body;
};

enum class SegmentMode : uint8_t { kActive, kPassive, kDeclarative };

struct ElementSegment {
  SegmentMode mode = SegmentMode::kPassive;
  TableIndex table;
  Expr offset;                    // kActive
  ValType type;
  // Either plain function indices or one expression an element.
  std::variant<std::vector<FuncIndex>, std::vector<Expr>> items;
  uint64_t at = 0;                // where it begins in the file
  size_t size() const {
    return std::visit([](const auto& v) { return v.size(); }, items);
  }
};

struct DataSegment {
  SegmentMode mode = SegmentMode::kPassive;
  MemoryIndex memory;
  Expr offset;                    // kActive
  Bytes bytes;
  uint64_t at = 0;
};

struct CustomSection {
  std::string_view name;
  Bytes bytes;
  uint64_t offset = 0;
};

// One hint of the `metadata.code.branch_hint` section: function, byte offset within its body, likely taken or not.
struct BranchHint {
  FuncIndex func;
  uint32_t offset;
  bool likely;
};

// core/appendix/custom#name-section; index-sorted maps. Missing names are simply not there.
struct NameMap {
  std::vector<std::pair<uint32_t, std::string_view>> entries;
  std::string_view Find(uint32_t index) const;   // "" if there is none
};
struct Names {
  std::string_view module;
  NameMap funcs, types, tables, memories, globals, elems, datas, tags;
  std::vector<std::pair<uint32_t, NameMap>> locals;  // by function
  std::vector<std::pair<uint32_t, NameMap>> labels;  // by function
  std::vector<std::pair<uint32_t, NameMap>> fields;  // by type
};

struct ModuleData {
  std::vector<SubType> types;         // flattened rec groups
  std::vector<RecGroup> rec_groups;
  std::vector<Import> imports;
  // Index spaces without the imported entries.
  std::vector<Function> functions;
  std::vector<Table> tables;
  std::vector<MemoryType> memories;
  std::vector<Global> globals;
  std::vector<TagType> tags;
  std::vector<Export> exports;
  std::optional<FuncIndex> start;
  std::vector<ElementSegment> elements;
  std::optional<uint32_t> data_count;
  std::vector<DataSegment> data;
  std::vector<CustomSection> customs;
  std::vector<BranchHint> branch_hints;
  Names names;

  // Whole index spaces, imports first: what each index means. Filled by FinishIndexSpaces.
  std::vector<TypeIndex> func_types;
  std::vector<TableType> table_types;
  std::vector<MemoryType> memory_types;
  std::vector<GlobalType> global_types;
  std::vector<TagType> tag_types;
  uint32_t imported_funcs = 0, imported_tables = 0, imported_memories = 0, imported_globals = 0, imported_tags = 0;
  uint64_t code_offset = 0;           // where the code section's contents begin in the file

  std::shared_ptr<const std::vector<uint8_t>> bytes;  // the file, where the module came from one
  std::deque<std::vector<uint8_t>> owned;             // storage of parts that were made, not read (text format)

  bool IsImported(FuncIndex f) const { return f.value < imported_funcs; }
  const Function& FunctionAt(FuncIndex f) const { return functions[f.value - imported_funcs]; }  // REQUIRES: not imported
  // REQUIRES: validated module, index in range, the type is a function type.
  const FuncType& FuncTypeOf(FuncIndex f) const { return types[func_types[f.value].value].func; }
};

// Computes the whole index spaces from imports and definitions. Called by decoders, last.
void FinishIndexSpaces(ModuleData* module);

}  // namespace cvm
