// Private to component/text: the parser of one text. One pass: a definition is added to its component, component type
// or module type when it has been read, what it abbreviates in front of it. Scopes are those being filled, innermost
// last.
#pragma once

#include <array>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "component/model/component.hpp"
#include "component/model/forms.hpp"
#include "component/text/parse.hpp"
#include "vm/base/try.hpp"
#include "vm/text/core_types.hpp"
#include "vm/text/cursor.hpp"

namespace cvm::component::text {

using cvm::text::Annotation;
using cvm::text::CoreTypeSpace;
using cvm::text::Token;
using cvm::text::TokenCursor;
using cvm::text::TokenKind;

using Decls = std::vector<ComponentTypeDef::Decl>;

// What is being filled, and its index spaces so far.
struct Scope {
  using IdMap = std::unordered_map<std::string_view, uint32_t>;

  std::string_view id;  // by which outer aliases name it; "" if there is none
  // One of the three.
  Component* component = nullptr;
  Decls* decls = nullptr;                           // of a component or instance type
  std::vector<ModuleDecl>* module_decls = nullptr;  // of a module type: core types are its only index space
  std::array<uint32_t, kSortCount> counts = {};
  std::array<IdMap, kSortCount> ids;
  std::unique_ptr<CoreTypeSpace> core_types;            // made when it is needed
  std::vector<std::pair<uint32_t, ExportDef>> exports;  // inline ones, which stand last; with their offsets

  IdMap& Ids(Sort sort) { return ids[static_cast<size_t>(sort)]; }
  std::optional<uint32_t> Find(Sort sort, std::string_view id) const;
};

// What may stand behind the keyword of a definition: an identifier and a (@name "…").
struct Binder {
  std::optional<Token> id;
  std::optional<std::string_view> name;  // the annotation's, or else the identifier
};

class Parser {
 public:
  Parser(TokenCursor& in, const Features& features, const LoadLimits& limits);

  // Behind "(component $id?": the definitions up to the ")", which is not taken.
  Result<std::shared_ptr<const Component>> ParseComponent(const Binder& binder);
  Result<Binder> TakeBinder();

 private:
  // Counts a level of nesting while it lives.
  class Level {
   public:
    explicit Level(Parser& parser) : parser_(parser) { ++parser_.depth_; }
    ~Level() { --parser_.depth_; }
    Level(const Level&) = delete;
    Level& operator=(const Level&) = delete;
    Result<void> Check() const;

   private:
    Parser& parser_;
  };

  // --- parser.cpp: scopes, names, errors
  Scope& scope() { return *scopes_.back(); }
  CoreTypeSpace& core_types();
  std::string_view Own(std::string_view text) { return strings_->emplace_back(text); }
  Error Unexpected(const char* expected = nullptr) const;
  // An error of validation that shows in the text already.
  Error Invalid(const Token& at, std::string words) const;
  uint32_t Here() const { return in_.Peek().offset; }

  // Adds a definition to the scope; gives the index that it has in the space of its sort.
  template <class T>
  uint32_t Define(uint32_t offset, Sort sort, T what);
  std::string_view IdOf(const Binder& binder) const {
    return binder.id ? in_.tokens().id(*binder.id) : std::string_view();
  }
  Binder ItemBinder(const Binder& binder) {
    return {binder.id, binder.id ? std::optional(Own(IdOf(binder))) : std::nullopt};
  }
  Result<void> Bind(Sort sort, const Binder& binder, uint32_t index);
  Result<std::string_view> Name();
  Result<std::optional<std::string_view>> NameAnnotation();
  Result<void> TakeCustoms(Component* component);

  // --- refs.cpp: indices and references
  Result<uint32_t> Index(Sort sort);
  uint32_t DefineOuterAlias(uint32_t offset, const AliasDef& alias);
  // What may stand behind a sort's keyword: idx name*. The parenthesis is not taken.
  Result<uint32_t> PathTo(Sort sort);
  // idx, or (sort idx name*); for a core sort, with or without `core` in front of the keyword.
  Result<uint32_t> Ref(Sort sort);
  bool AtRef(size_t ahead) const;  // at idx and then a name or ")"
  std::optional<Sort> TakeOpenSort();
  std::optional<Sort> TakeSort();
  Result<SortIndex> ExternRef();    // (sort idx name*) of something that components export
  Result<SortIndex> CoreItemRef();  // (core-sort idx name?) of something that core instances export
  Result<uint32_t> OuterCount();
  Result<uint32_t> OuterIndex(const Token& at, uint32_t count, Sort sort, const Token& id) const;
  Error UnknownName(const Token& id, Sort sort) const;

  // --- externs.cpp: imports, exports, aliases and what they say of types
  bool AtInline(std::string_view keyword) const;
  Result<ExternNameText> ExternName();
  Result<void> InlineExports(std::vector<ExternNameText>* names);
  Result<void> Finish(uint32_t offset, SortIndex what, const Binder& binder,
                      const std::vector<ExternNameText>& exports);
  Result<uint32_t> DefineImport(uint32_t offset, const ExternNameText& name, Sort sort);
  bool AtInlineAlias() const;
  Result<std::optional<uint32_t>> InlineAlias(uint32_t offset, Sort sort);
  Result<std::optional<uint32_t>> ImportOrAlias(uint32_t offset, Sort sort);
  // Behind "(sort $id?": the rest, without the parenthesis.
  Result<ExternDesc> Desc(Sort sort);
  Result<TypeBound> Bound();
  Result<ValueBound> BoundOfValue();
  Result<void> Import();
  Result<void> Export();
  Result<void> ExportDecl();
  Result<void> Alias();
  Result<void> AliasExport(uint32_t offset, bool core);
  Result<void> AliasOuter(uint32_t offset);
  Result<AliasDef> OuterTarget(Sort sort);

  // --- types.cpp
  Result<ValTypeRef> ValType();
  Result<std::optional<ValTypeRef>> OptionalValType();
  bool AtValType() const;
  std::optional<abi::TypeKind> TakePrimitive();
  Result<DefValType> DefinedType();  // behind "(": its keyword and the rest, with the parenthesis
  Result<void> Operands(ValTypeOperands operands, DefValType* type);
  Result<void> Field(DefValType* type);
  Result<void> Case(DefValType* type);
  Result<void> ResultOperands(DefValType* type);
  Result<FuncTypeDef> FuncType();
  Result<ResourceTypeDef> ResourceType();
  Result<TypeDef> WorldType(bool component, std::string_view id);
  Result<TypeDef> TypeDefinition(std::string_view id);
  // (type idx name*), or a type written out, which is defined then.
  Result<uint32_t> TypeUse(Sort sort);
  Result<void> Type();
  Result<void> Declarations(bool component);

  // --- core_types.cpp
  Result<void> CoreType();
  Result<void> CoreRec();
  Result<CoreTypeDef> ModuleType(std::string_view id);
  Result<void> ModuleTypeDecl();
  Result<void> ModuleTypeAlias(uint32_t offset);
  Result<void> ModuleTypeExtern(uint32_t offset, bool import);
  uint32_t DefineCoreTypes(uint32_t offset, std::vector<SubType> types);
  Result<uint32_t> CoreModuleTypeUse();

  // --- canon.cpp
  Result<void> Canon();
  Result<void> Func();
  Result<void> CoreItem();
  Result<CanonDef> CanonBody();
  Result<void> Operand(CanonOperand operand, CanonDef* canon);
  Result<uint32_t> OptionIndex(Sort sort);
  Result<void> CanonOptionList(CanonOptions* options);
  Result<bool> CanonOption(CanonOptions* options);
  Result<void> SlotType(CanonDef* canon);

  // --- definitions.cpp: all other definitions of a component
  Result<void> Definition();
  Result<void> CoreModule();
  Result<void> NestedComponent();
  Result<void> CoreInstance();
  Result<CoreInstantiation> CoreInstantiate();
  Result<std::vector<CoreInlineExport>> CoreBundle();
  Result<void> Instance();
  Result<Instantiation> Instantiate();
  Result<std::vector<InlineExport>> Bundle();
  Result<void> Start();
  Result<void> Value();

  TokenCursor& in_;
  const Features& features_;
  const LoadLimits& limits_;
  std::shared_ptr<std::deque<std::string>> strings_;
  std::vector<std::unique_ptr<Scope>> scopes_;
  uint32_t depth_ = 0;
};

template <class T>
uint32_t Parser::Define(uint32_t offset, Sort sort, T what) {
  if (scope().component != nullptr) {
    scope().component->definitions.push_back({offset, std::move(what)});
  } else if constexpr (std::is_constructible_v<decltype(ComponentTypeDef::Decl::what), T>) {
    if (scope().decls != nullptr) scope().decls->push_back({offset, std::move(what)});
  }
  return scope().counts[static_cast<size_t>(sort)]++;
}

}  // namespace cvm::component::text
