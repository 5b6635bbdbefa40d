// Writes the C++ types of a unit, and what TypeOf says about them.
#pragma once

#include <string>
#include <vector>

#include "tools/bindgen/generate/units.hpp"
#include "tools/bindgen/generate/writer.hpp"

namespace cvm::bindgen {

class TypeWriter {
 public:
  TypeWriter(const UnitSet& set, const Unit& unit, Writer& out) : set_(set), unit_(unit), out_(out) {}

  // In the unit's inner namespace: resources declared, then all other types, each behind those it is made of.
  void Declarations();
  // Behind the namespaces: the specializations of cvm::bind::TypeOf.
  void Descriptions();

  // A resource that the unit itself declares, or any name of one.
  bool IsOwnResource(wit::TypeId id) const;
  bool IsResource(wit::TypeId id) const;

 private:
  const wit::Resolve& resolve() const { return set_.resolve(); }
  bool IsScalar(const wit::Type& type) const;
  std::vector<wit::TypeId> InOrder() const;
  void Declare(wit::TypeId id);
  void DeclareRecord(const std::string& name, const wit::Record& record);
  void DeclareVariant(const std::string& name, const wit::Variant& variant);
  void DeclareEnum(const std::string& name, const wit::Enum& enumeration);
  void DeclareFlags(const std::string& name, const wit::Flags& flags);
  void Describe(wit::TypeId id);
  void DescribeFields(const std::string& type, const wit::Record& record);
  void DescribeCases(const std::string& type, const wit::Variant& variant);
  void DescribeNames(const std::vector<wit::Case>& cases);

  const UnitSet& set_;
  const Unit& unit_;
  Writer& out_;
};

}  // namespace cvm::bindgen
