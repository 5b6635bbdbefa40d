#include "component/model/component_limits.hpp"

#include <algorithm>

#include "vm/base/try.hpp"

namespace cvm::component {
namespace {

using L = LoadLimits;

class Checker {
 public:
  explicit Checker(const LoadLimits& limits) : limits_(limits) {}

  // A component at `depth`, and those within it.
  Result<void> Whole(const Component& component, uint64_t depth) {
    CVM_RETURN_IF_ERROR(Check(&L::component_depth, depth));
    Spaces spaces;
    for (const CustomSection& custom : component.customs) {
      CVM_RETURN_IF_ERROR(Charge(sizeof(CustomSection)));
      CVM_RETURN_IF_ERROR(Name(custom.name));
    }
    for (const Definition& definition : component.definitions) {
      Result<void> checked = Charge(sizeof(Definition));
      if (checked.ok()) {
        checked = std::visit([&](const auto& what) { return Of(what, spaces, depth); }, definition.what);
      }
      if (checked.ok()) continue;
      Error error = std::move(checked).error();
      return error.offset() ? error : error.AtOffset(definition.offset);
    }
    return {};
  }

 private:
  // Index spaces, imports and exports of one component.
  struct Spaces {
    uint64_t counts[kSortCount] = {};
    uint64_t imports = 0;
    uint64_t exports = 0;
  };

  Result<void> Check(LoadLimit which, uint64_t found) const { return CheckLimit(limits_, which, found); }
  Result<void> Charge(uint64_t bytes) {
    decoded_bytes_ += bytes;
    return Check(&L::decoded_bytes, decoded_bytes_);
  }
  // The elements of a vector: how many, and what they take.
  template <class T>
  Result<void> Elements(LoadLimit which, const std::vector<T>& elements) {
    CVM_RETURN_IF_ERROR(Check(which, elements.size()));
    return Charge(elements.size() * sizeof(T));
  }
  Result<void> Count(Spaces& spaces, Sort sort, uint64_t more = 1) const {
    const uint64_t count = spaces.counts[static_cast<size_t>(sort)] += more;
    if (count <= limits_.*SpaceLimit(sort)) return {};
    return LimitExceeded(limits_, SpaceLimit(sort), count, SpaceWords(sort));
  }
  Result<void> Name(std::string_view name) const { return Check(&L::name_bytes, name.size()); }
  Result<void> Name(const ExternNameText& text) const {
    CVM_RETURN_IF_ERROR(Name(text.name));
    CVM_RETURN_IF_ERROR(Name(text.version_suffix.value_or("")));
    CVM_RETURN_IF_ERROR(Name(text.implements.value_or("")));
    return Name(text.external_id.value_or(""));
  }
  template <class T, class NameText>
  Result<void> Names(const std::vector<T>& elements, NameText T::* name) const {
    for (const T& element : elements) CVM_RETURN_IF_ERROR(Name(element.*name));
    return {};
  }

  // --- definitions

  Result<void> Of(const CoreModuleDef&, Spaces& spaces, uint64_t) { return Count(spaces, Sort::kCoreModule); }
  Result<void> Of(const CoreInstanceDef& def, Spaces& spaces, uint64_t) {
    if (const auto* made = std::get_if<CoreInstantiation>(&def.how)) {
      CVM_RETURN_IF_ERROR(Elements(&L::instantiation_args, made->args));
      CVM_RETURN_IF_ERROR(Names(made->args, &CoreInstantiation::Arg::name));
    } else {
      const auto& bundle = std::get<std::vector<CoreInlineExport>>(def.how);
      CVM_RETURN_IF_ERROR(Elements(&L::inline_exports, bundle));
      CVM_RETURN_IF_ERROR(Names(bundle, &CoreInlineExport::name));
    }
    return Count(spaces, Sort::kCoreInstance);
  }
  Result<void> Of(const CoreTypeDef& def, Spaces& spaces, uint64_t) {
    CVM_RETURN_IF_ERROR(CoreType(def));
    return Count(spaces, Sort::kCoreType, def.module ? 1 : def.types.size());
  }
  Result<void> Of(const std::shared_ptr<const Component>& def, Spaces& spaces, uint64_t depth) {
    CVM_RETURN_IF_ERROR(Count(spaces, Sort::kComponent));
    return Whole(*def, depth + 1);
  }
  Result<void> Of(const InstanceDef& def, Spaces& spaces, uint64_t) {
    if (const auto* made = std::get_if<Instantiation>(&def.how)) {
      CVM_RETURN_IF_ERROR(Elements(&L::instantiation_args, made->args));
      CVM_RETURN_IF_ERROR(Names(made->args, &InstanceArg::name));
    } else {
      const auto& bundle = std::get<std::vector<InlineExport>>(def.how);
      CVM_RETURN_IF_ERROR(Elements(&L::inline_exports, bundle));
      CVM_RETURN_IF_ERROR(Names(bundle, &InlineExport::name));
    }
    return Count(spaces, Sort::kInstance);
  }
  Result<void> Of(const AliasDef& def, Spaces& spaces, uint64_t) {
    CVM_RETURN_IF_ERROR(Name(def.name));
    return Count(spaces, def.sort);
  }
  Result<void> Of(const TypeDef& def, Spaces& spaces, uint64_t) {
    CVM_RETURN_IF_ERROR(Type(def, 0));
    return Count(spaces, Sort::kType);
  }
  Result<void> Of(const CanonDef& def, Spaces& spaces, uint64_t) {
    const CanonOptions& o = def.options;
    const uint64_t options = uint64_t{o.encoding.has_value()} + o.memory.has_value() + o.realloc.has_value() +
                             o.post_return.has_value() + o.async + o.callback.has_value() + o.always_task_return +
                             o.core_type.has_value() + o.gc;
    CVM_RETURN_IF_ERROR(Check(&L::canon_options, options));
    return Count(spaces, def.kind == CanonKind::kLift ? Sort::kFunc : Sort::kCoreFunc);
  }
  Result<void> Of(const StartDef& def, Spaces& spaces, uint64_t) {
    CVM_RETURN_IF_ERROR(Elements(&L::component_params, def.args));
    return Count(spaces, Sort::kValue, def.results);
  }
  Result<void> Of(const ImportDef& def, Spaces& spaces, uint64_t) {
    CVM_RETURN_IF_ERROR(Check(&L::component_imports, ++spaces.imports));
    CVM_RETURN_IF_ERROR(Name(def.name));
    return Count(spaces, def.desc.sort);
  }
  Result<void> Of(const ExportDef& def, Spaces& spaces, uint64_t) {
    CVM_RETURN_IF_ERROR(Check(&L::component_exports, ++spaces.exports));
    CVM_RETURN_IF_ERROR(Name(def.name));
    return Count(spaces, def.what.sort);
  }
  Result<void> Of(const ValueDef&, Spaces& spaces, uint64_t) { return Count(spaces, Sort::kValue); }

  // --- types

  Result<void> CoreType(const CoreTypeDef& def) {
    CVM_RETURN_IF_ERROR(Charge(def.types.size() * sizeof(SubType)));
    if (def.module == nullptr) return {};
    CVM_RETURN_IF_ERROR(Elements(&L::type_declarations, def.module->decls));
    for (const ModuleDecl& decl : def.module->decls) {
      CVM_RETURN_IF_ERROR(Name(decl.module));
      CVM_RETURN_IF_ERROR(Name(decl.name));
      CVM_RETURN_IF_ERROR(CoreType(decl.definition));
    }
    return {};
  }

  Result<void> Type(const TypeDef& def, uint64_t outer) {
    if (def.kind == TypeDef::Kind::kValue) return ValueType(def.value);
    if (def.kind == TypeDef::Kind::kFunc) {
      CVM_RETURN_IF_ERROR(Elements(&L::component_params, def.func.params));
      return Names(def.func.params, &LabelledType::label);
    }
    if (def.decls == nullptr) return {};
    CVM_RETURN_IF_ERROR(Check(&L::type_depth, outer + 1));
    CVM_RETURN_IF_ERROR(Elements(&L::type_declarations, def.decls->decls));
    for (const ComponentTypeDef::Decl& decl : def.decls->decls) {
      if (const auto* core = std::get_if<CoreTypeDef>(&decl.what)) CVM_RETURN_IF_ERROR(CoreType(*core));
      if (const auto* type = std::get_if<TypeDef>(&decl.what)) CVM_RETURN_IF_ERROR(Type(*type, outer + 1));
      if (const auto* alias = std::get_if<AliasDef>(&decl.what)) CVM_RETURN_IF_ERROR(Name(alias->name));
      if (const auto* import = std::get_if<ImportDef>(&decl.what)) CVM_RETURN_IF_ERROR(Name(import->name));
      if (const auto* exported = std::get_if<ExportDef>(&decl.what)) CVM_RETURN_IF_ERROR(Name(exported->name));
    }
    return {};
  }

  Result<void> ValueType(const DefValType& type) {
    CVM_RETURN_IF_ERROR(Elements(&L::record_fields, type.fields));
    CVM_RETURN_IF_ERROR(Names(type.fields, &LabelledType::label));
    CVM_RETURN_IF_ERROR(Elements(&L::variant_cases, type.cases));
    CVM_RETURN_IF_ERROR(Names(type.cases, &LabelledCase::label));
    CVM_RETURN_IF_ERROR(Elements(&L::tuple_types, type.types));
    CVM_RETURN_IF_ERROR(Elements(&L::variant_cases, type.labels));
    for (const std::string_view label : type.labels) CVM_RETURN_IF_ERROR(Name(label));
    // More flags than the standard has are for validation to refuse, in its words.
    if (type.kind != abi::TypeKind::kFlags || type.labels.size() > abi::kMaxFlags) return {};
    return Check(&L::flags, type.labels.size());
  }

  const LoadLimits& limits_;
  uint64_t decoded_bytes_ = 0;
};

}  // namespace

LoadLimit SpaceLimit(Sort sort) {
  constexpr LoadLimit kLimits[kSortCount] = {
      &L::component_core_items, &L::component_core_items, &L::component_core_items, &L::component_core_items,
      &L::component_core_items, &L::component_types,      &L::component_modules,    &L::component_instances,
      &L::component_functions,  &L::component_values,     &L::component_types,      &L::component_components,
      &L::component_instances};
  return kLimits[static_cast<size_t>(sort)];
}

// Where one limit is for several sorts.
std::string_view SpaceWords(Sort sort) {
  constexpr std::string_view kWords[kSortCount] = {
      "too many core functions", "too many core tables", "too many core memories", "too many core globals",
      "too many core tags",      "too many core types",  "too many core modules",  "too many core instances"};
  return kWords[static_cast<size_t>(sort)];
}

Result<void> CheckComponentLimits(const Component& component, const LoadLimits& limits) {
  return Checker(limits).Whole(component, 1);
}

}  // namespace cvm::component
