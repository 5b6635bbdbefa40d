// Private to component/text: the printer of one component, component type, instance type or module type: whatever has
// index spaces of its own. One for those within it is made while they are printed.
#pragma once

#include <array>
#include <memory>
#include <string>

#include "component/model/component.hpp"
#include "component/model/forms.hpp"
#include "component/text/print.hpp"
#include "vm/base/try.hpp"
#include "vm/text/printer.hpp"

namespace cvm::component::text {

// The core types of one index space, and how they and what is made of them are written.
class CoreTypePrinter {
 public:
  explicit CoreTypePrinter(const Features& features) : features_(features) {}
  // In the order of the index space, before anything is printed. What is no core type has an index all the same.
  void Add(const CoreTypeDef& def);
  void AddOther();
  // "(type $t (;3;) (func))" for each; in a group, within "(rec …)". Types refer to each other by number.
  std::string Definition(uint32_t first, size_t count, const cvm::text::Ids& ids);
  // "(func (type 0) (param i32))" of an import or export of a module.
  std::string Extern(const ExternType& type);

 private:
  const cvm::text::PrintContext& context();

  const Features& features_;
  ModuleData module_;
  std::unique_ptr<cvm::text::PrintContext> context_;
};

class Printer {
 public:
  using Ids = cvm::text::Ids;

  Printer(const Features& features, const PrintOptions& options, int depth, std::string* out)
      : features_(features), options_(options), depth_(depth), out_(*out), core_types_(features) {}

  // print.cpp. `open` is "(component" and what names it.
  Result<void> PrintDefinitions(const Component& component, const std::string& open);
  // print_types.cpp: declarations, each on a line of its own.
  void PrintDecls(const ComponentTypeDef& type);
  void PrintModuleDecls(const ModuleTypeDef& type);

 private:
  friend struct DefinitionPrinter;
  friend struct DeclPrinter;

  void Line(const std::string& text);
  // An index: "$name", or a number where nothing of that name is there yet.
  std::string Use(Sort sort, uint32_t index) const;
  // "(func $f)"
  std::string Ref(SortIndex what) const;
  // " $name (;3;)" for the next index of the sort, which is given out.
  std::string Next(Sort sort);
  uint32_t& Count(Sort sort) { return counts_[static_cast<size_t>(sort)]; }

  // print.cpp
  void SetNames(const Component& component);
  Result<void> Module(const CoreModuleDef& def);
  Result<void> Nested(const Component& component);
  void Customs(const Component& component);
  std::string Canon(const CanonDef& def);
  std::string Operand(CanonOperand operand, const CanonDef& def) const;
  std::string Options(const CanonOptions& options) const;

  // print_types.cpp
  std::string Name(const ExternNameText& name) const;
  std::string Text(const ValTypeRef& type) const;
  std::string Text(const DefValType& type) const;
  std::string Operands(const DefValType& type) const;
  std::string Text(const FuncTypeDef& type) const;
  std::string Text(const ResourceTypeDef& type) const;
  // Behind "(sort $id": " (type 3)", " (sub resource)".
  std::string Text(const ExternDesc& desc) const;
  std::string Desc(const ExternDesc& desc);  // "(func $f (;1;) (type 3))", and gives out the index
  std::string Alias(const AliasDef& def);
  std::string Import(const ImportDef& def);
  void Type(const TypeDef& def);
  void CoreType(const CoreTypeDef& def);

  const Features& features_;
  const PrintOptions& options_;
  const int depth_;  // of the line that opens what is printed
  std::string& out_;
  CoreTypePrinter core_types_;
  std::array<uint32_t, kSortCount> counts_ = {};
  std::array<Ids, kSortCount> ids_;
};

}  // namespace cvm::component::text
