// A rec group is checked in two steps around interning. Before: what interning relies on, that every index is known
// and supertypes come first. After: that each type matches its supertype, which compares types by their canonical ids.
#include "vm/validate/type_section.hpp"

#include "vm/validate/function_validator.hpp"

namespace cvm {
namespace {

Error TypeError(std::string words) { return Error(ErrorKind::kInvalid, std::move(words)); }

class TypeChecker {
 public:
  TypeChecker(const ModuleData& module, const Features& features) : module_(module), features_(features) {}

  // Indices and features of type `x` of `group`.
  Result<void> CheckShape(uint32_t x, RecGroup group) const {
    const SubType& type = module_.types[x];
    const uint32_t end = group.start + group.count;
    CVM_RETURN_IF_ERROR(CheckFeatures(type, group));
    CVM_RETURN_IF_ERROR(CheckSupertype(type, x, end));
    CVM_RETURN_IF_ERROR(CheckDescriptors(type, x, group));
    if (type.kind != CompositeKind::kFunc) return CheckFields(type, end);
    for (const ValType param : type.func.params) CVM_RETURN_IF_ERROR(CheckVal(param, end));
    for (const ValType result : type.func.results) CVM_RETURN_IF_ERROR(CheckVal(result, end));
    return {};
  }

  // That type `x` matches its supertype.
  Result<void> CheckAgainstSupertype(uint32_t x, const TypeContext& cx) const {
    const SubType& type = module_.types[x];
    if (type.supertypes.empty()) return {};
    const uint32_t super_index = type.supertypes.front().value;
    const SubType& super = module_.types[super_index];
    const std::string words =
        "sub type " + std::to_string(x) + " does not match super type " + std::to_string(super_index);
    if (super.final_) {
      return TypeError("sub type " + std::to_string(x) + " has final super type " + std::to_string(super_index));
    }
    if (type.describes.has_value() != super.describes.has_value()) return TypeError(words);
    if (!type.descriptor && super.descriptor) return TypeError(words);
    CVM_RETURN_IF_ERROR(CheckRelated("described type ", type.describes, super.describes, cx));
    CVM_RETURN_IF_ERROR(CheckRelated("descriptor type ", type.descriptor, super.descriptor, cx));
    if (!MatchComposite(cx, type, super)) return TypeError(words);
    return {};
  }

 private:
  Result<void> CheckVal(ValType type, uint32_t end) const {
    if (auto error = CheckValTypeIn(type, end, features_)) return *std::move(error);
    return {};
  }

  Result<void> Require(Feature feature) const {
    if (features_.Has(feature)) return {};
    return DisabledError(feature);
  }

  Result<void> CheckFeatures(const SubType& type, RecGroup group) const {
    if (type.shared) return UnsupportedError("shared types are not part of this build");
    if (type.kind == CompositeKind::kCont) return UnsupportedError("continuation types are not part of this build");
    const bool plain = type.kind == CompositeKind::kFunc && type.final_ && type.supertypes.empty() && group.count == 1;
    if (!plain) CVM_RETURN_IF_ERROR(Require(Feature::kGc));
    if (type.func.results.size() > 1) CVM_RETURN_IF_ERROR(Require(Feature::kMultiValue));
    if (type.descriptor || type.describes) CVM_RETURN_IF_ERROR(Require(Feature::kCustomDescriptors));
    return {};
  }

  Result<void> CheckSupertype(const SubType& type, uint32_t x, uint32_t end) const {
    if (type.supertypes.size() > 1) return TypeError("sub type " + std::to_string(x) + " has more than one super type");
    for (const TypeIndex super : type.supertypes) {
      if (super.value >= end) return TypeError("unknown type " + std::to_string(super.value));
      if (super.value >= x) {
        return TypeError("forward use of type " + std::to_string(super.value) + " in sub type definition");
      }
    }
    return {};
  }

  Result<void> CheckFields(const SubType& type, uint32_t end) const {
    if (type.kind == CompositeKind::kArray && type.fields.size() != 1) return CVM_BUG("an array type has one field");
    for (const FieldType& field : type.fields) CVM_RETURN_IF_ERROR(CheckVal(field.type, end));
    return {};
  }

  // proposals/custom-descriptors: a type and its descriptor name each other, within one group, the described one first.
  Result<void> CheckDescriptors(const SubType& type, uint32_t x, RecGroup group) const {
    const auto inside = [group](TypeIndex i) { return i.value >= group.start && i.value - group.start < group.count; };
    if (type.describes) {
      if (!inside(*type.describes)) return TypeError("described type is outside rec group");
      if (module_.types[type.describes->value].descriptor != TypeIndex(x)) {
        return TypeError("described type is not described by descriptor");
      }
      if (type.describes->value >= x) return TypeError("forward use of described type");
    }
    if (type.descriptor) {
      if (!inside(*type.descriptor)) return TypeError("descriptor type is outside rec group");
      if (module_.types[type.descriptor->value].describes != TypeIndex(x)) {
        return TypeError("type is not described by its descriptor");
      }
    }
    if (type.kind == CompositeKind::kStruct) return {};
    if (type.descriptor) return TypeError("descriptor type must be a struct");
    if (type.describes) return TypeError("described type must be a struct");
    return {};
  }

  Result<void> CheckRelated(const char* what, std::optional<TypeIndex> sub, std::optional<TypeIndex> super,
                            const TypeContext& cx) const {
    if (!sub || !super || cx.types().IsSubtype(cx.IdOf(sub->value), cx.IdOf(super->value))) return {};
    return TypeError(what + std::to_string(sub->value) + " does not match " + std::to_string(super->value));
  }

  const ModuleData& module_;
  const Features& features_;
};

// The packed form of function type `x`, for the walk.
void AddSignature(const SubType& type, ValidatedModule* out) {
  ValidatedModule::Signature signature;
  signature.first = static_cast<uint32_t>(out->packed.size());
  signature.params = static_cast<uint32_t>(type.func.params.size());
  signature.results = static_cast<uint32_t>(type.func.results.size());
  for (const ValType param : type.func.params) out->packed.push_back(Pack(param));
  for (const ValType result : type.func.results) out->packed.push_back(Pack(result));
  out->signatures.push_back(signature);
}

}  // namespace

Result<void> ValidateTypes(const ModuleData& module, CanonicalTypes& types, ValidatedModule* out) {
  if (module.types.size() > kPackedTypes) return CVM_BUG("more types than a packed type can name");
  const TypeChecker checker(module, out->features);
  out->canonical_ids.reserve(module.types.size());
  for (const RecGroup group : module.rec_groups) {
    const uint32_t end = group.start + group.count;
    for (uint32_t x = group.start; x < end; ++x) CVM_RETURN_IF_ERROR(checker.CheckShape(x, group));
    CVM_RETURN_IF_ERROR(types.InternGroup(module.types, group, &out->canonical_ids));
    const TypeContext cx(types, out->canonical_ids);
    for (uint32_t x = group.start; x < end; ++x) CVM_RETURN_IF_ERROR(checker.CheckAgainstSupertype(x, cx));
  }
  out->signatures.reserve(module.types.size());
  for (const SubType& type : module.types) AddSignature(type, out);
  return {};
}

}  // namespace cvm
