#include "component/host/typed/type_info.hpp"

#include <string>
#include <utility>

#include "vm/base/try.hpp"

namespace cvm::component::typed {
namespace {

bool MatchesPart(const TypeInfo* info, const std::optional<abi::ValType>& type, const ResolveIndex& resolve) {
  if (info == nullptr || !type.has_value()) return info == nullptr && !type.has_value();
  return Matches(*info, *type, resolve);
}

bool MatchesFields(std::span<const Part> parts, const std::vector<abi::FieldType>& fields, bool labelled,
                   const ResolveIndex& resolve) {
  if (parts.size() != fields.size()) return false;
  for (size_t i = 0; i < parts.size(); ++i) {
    if (labelled && parts[i].name != fields[i].label) return false;
    if (!Matches(*parts[i].type, fields[i].type, resolve)) return false;
  }
  return true;
}

bool MatchesCases(std::span<const Part> parts, const std::vector<abi::CaseType>& cases, const ResolveIndex& resolve) {
  if (parts.size() != cases.size()) return false;
  for (size_t i = 0; i < parts.size(); ++i) {
    if (parts[i].name != cases[i].label || !MatchesPart(parts[i].type, cases[i].type, resolve)) return false;
  }
  return true;
}

bool MatchesLabels(std::span<const Part> parts, const std::vector<std::string>& labels) {
  return std::equal(parts.begin(), parts.end(), labels.begin(), labels.end(),
                    [](const Part& part, const std::string& label) { return part.name == label; });
}

abi::ResourceIndex IndexOf(const abi::ResourceType& type, ResourceList* resources) {
  const auto found = std::find(resources->begin(), resources->end(), &type);
  const auto index = static_cast<uint32_t>(found - resources->begin());
  if (found == resources->end()) resources->push_back(&type);
  return abi::ResourceIndex(index);
}

Result<std::optional<abi::ValType>> PartType(const Part& part, ResourceList* resources) {
  if (part.type == nullptr) return std::optional<abi::ValType>();
  CVM_ASSIGN_OR_RETURN(abi::ValType type, ToValType(*part.type, resources));
  return std::optional<abi::ValType>(std::move(type));
}

}  // namespace

// Recurses along a type of the host's, which is as deep as its C++ type.
bool Matches(const TypeInfo& info, const abi::ValType& type, const ResolveIndex& resolve) {
  if (info.kind != type.kind()) return false;
  switch (info.kind) {
    case abi::TypeKind::kRecord:
    case abi::TypeKind::kTuple:
      return MatchesFields(info.parts, type.node().fields, info.kind == abi::TypeKind::kRecord, resolve);
    case abi::TypeKind::kVariant:
    case abi::TypeKind::kEnum:
    case abi::TypeKind::kOption:
    case abi::TypeKind::kResult:
      return MatchesCases(info.parts, type.node().cases, resolve);
    case abi::TypeKind::kFlags:
      return MatchesLabels(info.parts, type.node().labels);
    case abi::TypeKind::kList:
      return info.length == type.node().length && Matches(*info.parts[0].type, *type.node().element, resolve);
    case abi::TypeKind::kMap:
      return MatchesFields(info.parts, type.node().element->node().fields, false, resolve);
    case abi::TypeKind::kOwn:
    case abi::TypeKind::kBorrow:
      return &info.resource() == resolve(type.node().resource);
    default:
      return true;
  }
}

Result<abi::ValType> ToValType(const TypeInfo& info, ResourceList* resources) {
  if (info.kind == abi::TypeKind::kOwn) return abi::OwnType(IndexOf(info.resource(), resources));
  if (info.kind == abi::TypeKind::kBorrow) return abi::BorrowType(IndexOf(info.resource(), resources));
  if (info.kind <= abi::TypeKind::kErrorContext) return abi::ValType(info.kind);
  std::vector<std::string> labels;
  std::vector<std::optional<abi::ValType>> types;
  for (const Part& part : info.parts) {
    CVM_ASSIGN_OR_RETURN(std::optional<abi::ValType> type, PartType(part, resources));
    labels.emplace_back(part.name);
    types.push_back(std::move(type));
  }
  switch (info.kind) {
    case abi::TypeKind::kRecord: {
      std::vector<abi::FieldType> fields;
      for (size_t i = 0; i < types.size(); ++i) fields.push_back({std::move(labels[i]), *std::move(types[i])});
      return abi::RecordType(std::move(fields));
    }
    case abi::TypeKind::kTuple: {
      std::vector<abi::ValType> fields;
      for (auto& type : types) fields.push_back(*std::move(type));
      return abi::TupleType(std::move(fields));
    }
    case abi::TypeKind::kVariant: {
      std::vector<abi::CaseType> cases;
      for (size_t i = 0; i < types.size(); ++i) cases.push_back({std::move(labels[i]), std::move(types[i])});
      return abi::VariantType(std::move(cases));
    }
    case abi::TypeKind::kEnum:
      return abi::EnumType(std::move(labels));
    case abi::TypeKind::kFlags:
      return abi::FlagsType(std::move(labels));
    case abi::TypeKind::kOption:
      return abi::OptionType(*std::move(types[1]));
    case abi::TypeKind::kResult:
      return abi::ResultType(std::move(types[0]), std::move(types[1]));
    case abi::TypeKind::kMap:
      return abi::MapType(*std::move(types[0]), *std::move(types[1]));
    default:
      return info.length.has_value() ? abi::FixedListType(*std::move(types[0]), *info.length)
                                     : abi::ListType(*std::move(types[0]));
  }
}

}  // namespace cvm::component::typed
