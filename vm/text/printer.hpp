// Private to vm/text: what the parts of the printer share. Lives while one module is printed.
#pragma once

#include <string>
#include <vector>

#include "vm/text/print.hpp"

namespace cvm::text {

// A string literal of these bytes, quotes included. What is not printable, or could change how a terminal shows what
// follows it, is escaped; other well-formed UTF-8 stays as it is in a name.
std::string Quote(std::string_view name);
std::string QuoteBytes(Bytes bytes);

// How the entries of an index space are written.
class Ids {
 public:
  Ids() = default;
  Ids(const NameMap& names, size_t count);
  // Of labels: their identifiers may be the same.
  static Ids Shadowing(const NameMap& names, size_t count);

  // A use: "$name" or "3".
  std::string Use(uint32_t index) const;
  // Behind a definition's keyword: " $name", " (@name \"…\")" or "".
  std::string Definition(uint32_t index) const;
  bool IsNamed(uint32_t index) const { return index < names_.size() && !names_[index].empty(); }

 private:
  void Set(uint32_t index, std::string_view name, bool as_id);

  std::vector<std::string> names_;  // "$name" or "(@name \"…\")"; "": none
};

// "$name", quoted where needed.
std::string IdText(std::string_view name);

class PrintContext {
 public:
  explicit PrintContext(const ModuleData& module, const Features& features);

  const ModuleData& module;
  const Features& features;
  Ids types, funcs, tables, memories, globals, tags, elems, datas;

  std::string Field(uint32_t type, uint32_t field) const;
  std::string FieldDefinition(uint32_t type, uint32_t field) const;

  // print_types.cpp
  std::string Text(HeapType type) const;
  std::string Text(ValType type) const;
  std::string Text(const FieldType& field) const;
  std::string Text(const TableType& type) const;
  std::string Text(const MemoryType& type) const;
  std::string Text(const GlobalType& type) const;
  std::string TypeDefinition(uint32_t index) const;
  // " (type 3) (param $x i32) (result i64)"; names of parameters from `locals`, if given.
  std::string TypeUse(TypeIndex type, const Ids* locals = nullptr) const;
  // The function type of that index, if it is one.
  const FuncType* FuncTypeAt(uint32_t type) const;

 private:
  std::vector<Ids> fields_;  // by type; shorter than types where those behind have no names
};

// What instructions of one body refer to; of constant expressions, nothing.
struct BodyScope {
  Ids locals;
  Ids labels;                     // by block, in order of their beginnings
  uint32_t blocks = 0;            // begun so far
  uint32_t results = 0;           // of the function
  std::vector<std::string> open;  // identifiers of the open blocks, outermost first; "": none

  std::string Label(uint32_t depth) const;
};

// print_instr.cpp: mnemonic and immediates. A block's identifier and type are part of it; `definition` is what
// Ids::Definition says of its label.
std::string InstrText(const PrintContext& cx, const BodyScope& scope, const Instr& instr,
                      const std::string& definition = {});
// Operands and results as far as folding needs to know them; {0, 0} where it is not worth knowing.
struct Arity {
  uint32_t params = 0;
  uint32_t results = 0;
};
Arity ArityOf(const PrintContext& cx, const BodyScope& scope, const Instr& instr);

// Branch hints of one function, rising by offset, and where its body begins in those offsets.
struct Hints {
  std::vector<BranchHint> list;
  uint32_t locals_bytes = 0;
};

// print_body.cpp. Instructions of a body but for its final `end`, each on a line of its own at `depth` or deeper.
Result<void> PrintFlat(const PrintContext& cx, BodyScope* scope, const Expr& body, const Hints& hints, int depth,
                       std::string* out);
// print_folded.cpp
Result<void> PrintFolded(const PrintContext& cx, BodyScope* scope, const Expr& body, const Hints& hints, int depth,
                         std::string* out);
// A constant expression, folded, on one line.
Result<std::string> PrintConst(const PrintContext& cx, const Expr& expr);

// Line break and indentation.
void NewLine(std::string* out, int depth);

}  // namespace cvm::text
