// Private to vm/text: the fields of a module (core/text/modules), parsed in the order of the text once all identifiers
// are bound and all type definitions known.
#pragma once

#include "vm/text/expr_parser.hpp"

namespace cvm::text {

class FieldParser {
 public:
  explicit FieldParser(ModuleContext& cx) : cx_(cx), in_(cx.in), module_(cx.module) {}

  // Each stands behind "(keyword" and takes the ")" too.
  Result<void> Func();
  Result<void> Table();
  Result<void> Memory();
  Result<void> Global();
  Result<void> Tag();
  Result<void> Import();
  Result<void> Export();
  Result<void> Start();
  Result<void> Elem();
  Result<void> Data();

 private:
  struct InlineImport {
    std::string_view module;
    std::string_view name;
  };

  Result<void> InlineExports(ExternKind kind, uint32_t index);
  Result<std::optional<InlineImport>> TakeInlineImport();
  void AddImport(const InlineImport& names, ExternType type, bool exact = false);
  Result<std::string_view> ParseName();

  Result<void> FuncImport(const InlineImport& names);
  Result<std::pair<TypeIndex, bool>> FuncImportType();
  Result<void> FuncBody(uint32_t index);
  Result<void> Params(const TypeUse& use, FunctionScope* scope, NameMap* names);
  Result<void> Locals(Function* function, const TypeUse& use, FunctionScope* scope, NameMap* names);
  Result<void> AddLocal(Function* function, FunctionScope* scope);
  Result<TypeIndex> TagTypeUse();
  Result<void> InlineTableElements(uint32_t table, AddrKind addr);
  Result<void> InlineMemoryData(uint32_t memory, AddrKind addr);

  // segments.cpp
  Result<Expr> Offset();  // (offset …) or one folded instruction
  Expr ConstZero(AddrKind addr);
  Expr RefFunc(uint32_t func);
  Result<void> ElemList(ElementSegment* segment, bool kind_optional);
  Result<std::vector<FuncIndex>> FuncIndices();
  Result<std::vector<Expr>> ElemExprs();

  ModuleContext& cx_;
  TokenCursor& in_;
  ModuleData& module_;
  // How many entries of each index space were met.
  uint32_t funcs_ = 0, tables_ = 0, memories_ = 0, globals_ = 0, tags_ = 0, elems_ = 0, datas_ = 0;
};

}  // namespace cvm::text
