// Private to vm/text: what the parsers of one module share. Index spaces with their identifiers, type uses, storage for
// strings and code, and annotations.
#pragma once

#include <string>
#include <unordered_map>
#include <vector>

#include "vm/isa/instr.hpp"
#include "vm/module/module.hpp"
#include "vm/text/cursor.hpp"
#include "vm/types/features.hpp"
#include "vm/types/load_limits.hpp"

namespace cvm::text {

using IdMap = std::unordered_map<std::string_view, uint32_t>;

// Identifiers of one index space. Keys point into the token list.
struct Space {
  Space(const char* what, LoadLimit limit) : what(what), limit(limit) {}
  const char* what;
  LoadLimit limit;  // of its entries
  IdMap ids;
  uint32_t count = 0;
};

// (type x)? (param …)* (result …)*, as written (core/text/modules#type-uses).
struct TypeUse {
  std::optional<TypeIndex> index;
  Token at;
  FuncType type;
  bool is_inline = false;                                    // some (param) or (result) was given
  struct Name {
    uint32_t index;
    std::string_view name;       // the annotation's, or else the identifier
    std::optional<Token> id;
  };
  std::vector<Name> names;       // of parameters
};

class ModuleContext {
 public:
  ModuleContext(TokenCursor& in, const Features& features, const LoadLimits& limits, ModuleData& module)
      : in(in), features(features), limits(limits), module(module) {}

  TokenCursor& in;
  const Features& features;
  const LoadLimits& limits;
  ModuleData& module;
  Space types{"type", &LoadLimits::types};
  Space funcs{"function", &LoadLimits::functions};
  Space tables{"table", &LoadLimits::tables};
  Space memories{"memory", &LoadLimits::memories};
  Space globals{"global", &LoadLimits::globals};
  Space tags{"tag", &LoadLimits::tags};
  Space elems{"elem segment", &LoadLimits::element_segments};
  Space datas{"data segment", &LoadLimits::data_segments};
  std::vector<IdMap> fields;  // by type
  bool uses_data = false;     // some instruction names a data segment

  // Takes an identifier, if there is one, and gives it the space's next index.
  Result<uint32_t> Bind(Space& space);
  Result<void> BindId(IdMap& ids, const char* what, const Token& token, uint32_t index);
  // Takes a number or an identifier of the space.
  Result<uint32_t> Index(const Space& space) { return Index(space.ids, space.what); }
  Result<uint32_t> Index(const IdMap& ids, const char* what);
  // The same if there is one, else 0.
  Result<uint32_t> OptionalIndex(const Space& space);
  Result<uint32_t> FieldIndex(uint32_t type);

  // Storage that lives as long as the module.
  std::string_view Intern(std::string_view text);
  Bytes Own(std::string_view bytes);
  Expr AddCode(Writer writer);

  // types.cpp
  Result<HeapType> ParseHeapType();
  Result<ValType> ParseValType();
  Result<ValType> ParseRefType();
  bool AtRefType() const;
  Result<Limits> ParseLimits();
  Result<AddrKind> ParseAddrKind();
  Result<MemoryType> ParseMemoryType();
  Result<TableType> ParseTableType();
  Result<GlobalType> ParseGlobalType();
  Result<std::optional<uint8_t>> ParsePageSize();
  Result<void> ParseTypeDefinition();
  // Behind "(type": gives out an index, and takes the identifier, if there is one.
  Result<void> BindType();
  // Behind "(type": the rest of the form with its parenthesis. The index was given out before.
  Result<void> ParseTypeBody();

  // type_use.cpp. `with_names`: parameters may have identifiers.
  Result<TypeUse> ParseTypeUse(bool with_names);
  // The index that the type use stands for; adds a type where none of that form is there.
  Result<TypeIndex> Resolve(const TypeUse& use);
  // Parameters that the function has: those written, or those of the type named.
  Result<uint32_t> ParamCount(const TypeUse& use);
  Result<BlockType> ParseBlockType();
  // To be called once all type definitions are there.
  void IndexFuncTypes();
  void IndexFuncType(const RecGroup& group);

  // annotations.cpp. The annotation of that id before the next token, if it was not taken yet.
  const Annotation* TakeAnnotation(std::string_view id);
  // Records the name of an index: its (@name "…") annotation, or else its identifier.
  Result<void> TakeName(NameMap* names, uint32_t index, std::optional<std::string_view> id);
  Result<std::optional<std::string_view>> NameOf(std::optional<std::string_view> id);
  Result<std::string_view> ParseNameAnnotation(const Annotation& annotation);
  Result<void> TakeModuleName(std::string_view id);
  Result<void> TakeCustoms();
  // Fails if an annotation with a meaning, between those token positions, was not where it may stand.
  Result<void> CheckAnnotations(size_t begin, size_t end) const;

  Error AnnotationError(const Annotation& annotation, const std::string& words) const;
  Error FeatureOff(const Token& token, Feature feature) const;
  // An error of kind kLimit, at the present token, if `found` is more than is allowed.
  Result<void> CheckLimit(LoadLimit which, uint64_t found) const;

 private:
  std::string TypeKey(const FuncType& type) const;
  Result<FieldType> ParseFieldType();
  Result<ResultType> ParseValTypes();
  Result<void> ParseStruct(SubType* type, uint32_t index);
  Result<void> ParseFuncType(SubType* type);
  Result<void> ParseComposite(SubType* type, uint32_t index);
  Result<void> ParseDescriptorClauses(SubType* type);
  Result<void> ParseSubType(SubType* type, uint32_t index);
  std::unordered_map<std::string, TypeIndex> func_types_;  // signature -> first plain function type of that form
  std::vector<bool> consumed_;  // by annotation; as long as the last that was
  uint64_t code_size_ = 0;
  std::vector<uint8_t>* arena_ = nullptr;  // the chunk of ModuleData::owned that names go to
};

}  // namespace cvm::text
