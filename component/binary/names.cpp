// Names, sorts and extern descriptors; aliases, imports and exports, which are made of them.
#include <algorithm>

#include "component/binary/sections.hpp"
#include "component/model/forms.hpp"

namespace cvm::component::binary {
namespace {

// A sort as one or two bytes, and what the bytes were.
struct SortBytes {
  uint64_t at = 0;
  uint8_t first = 0;
  uint8_t second = 0;  // where first is kCoreSortCode
  std::optional<Sort> sort;
  uint8_t last() const { return first == kCoreSortCode ? second : first; }
};

Result<SortBytes> ReadSortBytes(Reader& in) {
  SortBytes bytes;
  bytes.at = in.offset();
  CVM_ASSIGN_OR_RETURN(bytes.first, in.U8());
  if (bytes.first != kCoreSortCode) {
    bytes.sort = SortByCode(/*core=*/false, bytes.first);
    return bytes;
  }
  CVM_ASSIGN_OR_RETURN(bytes.second, in.U8());
  bytes.sort = SortByCode(/*core=*/true, bytes.second);
  return bytes;
}

// The sorts that an import, export or export alias may have: those of components, and core modules.
Result<Sort> ExternalKind(const SortBytes& bytes) {
  const bool core = bytes.first == kCoreSortCode;
  if (!bytes.sort || (core && *bytes.sort != Sort::kCoreModule)) {
    return LeadingByteError(bytes.at, bytes.last(), "component external kind");
  }
  return *bytes.sort;
}

// Binary.md: attribute. Each at most once (an error of validation that only the decoder can see).
Result<void> ReadAttribute(Reader& in, const DecodeContext& cx, ExternNameText* name) {
  const uint64_t at = in.offset();
  CVM_ASSIGN_OR_RETURN(const uint8_t kind, in.U8());
  const auto form = std::find_if(kAttributeForms.begin(), kAttributeForms.end(),
                                 [&](const AttributeForm& row) { return row.code == kind; });
  if (form == kAttributeForms.end()) return LeadingByteError(at, kind, "name option");
  CVM_ASSIGN_OR_RETURN(const std::string_view text, LimitedName(in, cx));
  if ((name->*form->member).has_value()) {
    return InvalidError(at, "duplicate '" + std::string(form->keyword) + "' option in name");
  }
  name->*form->member = text;
  return {};
}

// Binary.md: typebound
Result<TypeBound> ReadTypeBound(Reader& in) {
  const uint64_t at = in.offset();
  CVM_ASSIGN_OR_RETURN(const uint8_t byte, in.U8());
  if (byte > 1) return LeadingByteError(at, byte, "type bound");
  TypeBound bound;
  bound.sub_resource = byte == 1;
  if (!bound.sub_resource) {
    CVM_ASSIGN_OR_RETURN(bound.eq, in.U32());
  }
  return bound;
}

// Binary.md: valuebound
Result<ValueBound> ReadValueBound(Reader& in) {
  const uint64_t at = in.offset();
  CVM_ASSIGN_OR_RETURN(const uint8_t byte, in.U8());
  if (byte > 1) return LeadingByteError(at, byte, "value bound");
  ValueBound bound;
  bound.eq = byte == 0;
  if (bound.eq) {
    CVM_ASSIGN_OR_RETURN(bound.index, in.U32());
  } else {
    CVM_ASSIGN_OR_RETURN(bound.type, ReadValTypeRef(in));
  }
  return bound;
}

}  // namespace

Result<void> ReadExternName(Reader& in, DecodeContext& cx, ExternNameText* name) {
  const uint64_t at = in.offset();
  CVM_ASSIGN_OR_RETURN(const uint8_t form, in.U8());
  if (form > 2) return LeadingByteError(at, form, "component name");
  CVM_ASSIGN_OR_RETURN(name->name, LimitedName(in, cx));
  if (form < 2) return {};
  CVM_ASSIGN_OR_RETURN(const uint32_t count, in.Count(2));
  for (uint32_t i = 0; i < count; ++i) {
    CVM_RETURN_IF_ERROR(ReadAttribute(in, cx, name));
  }
  return {};
}

Result<Sort> ReadCoreSort(Reader& in) {
  const uint64_t at = in.offset();
  CVM_ASSIGN_OR_RETURN(const uint8_t byte, in.U8());
  const std::optional<Sort> sort = SortByCode(/*core=*/true, byte);
  if (!sort || !IsCoreItem(*sort)) return LeadingByteError(at, byte, "external kind");
  return *sort;
}

Result<Sort> ReadSort(Reader& in) {
  CVM_ASSIGN_OR_RETURN(const SortBytes bytes, ReadSortBytes(in));
  return ExternalKind(bytes);
}

Result<void> ReadSortIndex(Reader& in, SortIndex* what) {
  CVM_ASSIGN_OR_RETURN(what->sort, ReadSort(in));
  CVM_ASSIGN_OR_RETURN(what->index, in.U32());
  return {};
}

Result<void> ReadExternDesc(Reader& in, DecodeContext& cx, ExternDesc* desc) {
  static_cast<void>(cx);
  CVM_ASSIGN_OR_RETURN(desc->sort, ReadSort(in));
  if (desc->sort == Sort::kType) {
    CVM_ASSIGN_OR_RETURN(desc->bound, ReadTypeBound(in));
  } else if (desc->sort == Sort::kValue) {
    CVM_ASSIGN_OR_RETURN(desc->value, ReadValueBound(in));
  } else {
    CVM_ASSIGN_OR_RETURN(desc->type, in.U32());
  }
  return {};
}

Result<void> ReadImport(Reader& in, DecodeContext& cx, ImportDef* import) {
  CVM_RETURN_IF_ERROR(ReadExternName(in, cx, &import->name));
  return ReadExternDesc(in, cx, &import->desc);
}

Result<void> ReadExport(Reader& in, DecodeContext& cx, ExportDef* exported) {
  CVM_RETURN_IF_ERROR(ReadExternName(in, cx, &exported->name));
  CVM_RETURN_IF_ERROR(ReadSortIndex(in, &exported->what));
  const uint64_t at = in.offset();
  CVM_ASSIGN_OR_RETURN(const uint8_t ascribed, in.U8());
  if (ascribed > 1) return LeadingByteError(at, ascribed, "optional component export type");
  if (ascribed == 0) return {};
  return ReadExternDesc(in, cx, &exported->ascribed.emplace());
}

// Binary.md: alias. The sort stands before the target that says which sorts are allowed.
Result<void> ReadAlias(Reader& in, DecodeContext& cx, AliasDef* alias) {
  CVM_ASSIGN_OR_RETURN(const SortBytes bytes, ReadSortBytes(in));
  const uint64_t at = in.offset();
  CVM_ASSIGN_OR_RETURN(const uint8_t target, in.U8());
  if (target > 2) return LeadingByteError(at, target, "alias");
  alias->kind = static_cast<AliasDef::Kind>(target);
  if (alias->kind == AliasDef::Kind::kOuter) {
    if (!bytes.sort || !IsOuterAliasSort(*bytes.sort))
      return LeadingByteError(bytes.at, bytes.last(), "component outer alias kind");
    alias->sort = *bytes.sort;
    CVM_ASSIGN_OR_RETURN(alias->outer_count, in.U32());
    CVM_ASSIGN_OR_RETURN(alias->outer_index, in.U32());
    return {};
  }
  if (alias->kind == AliasDef::Kind::kExport) {
    CVM_ASSIGN_OR_RETURN(alias->sort, ExternalKind(bytes));
  } else {
    if (bytes.first != kCoreSortCode) return LeadingByteError(bytes.at, bytes.first, "core instance export kind");
    if (!bytes.sort || !IsCoreItem(*bytes.sort)) return LeadingByteError(bytes.at, bytes.second, "external kind");
    alias->sort = *bytes.sort;
  }
  CVM_ASSIGN_OR_RETURN(alias->instance, in.U32());
  CVM_ASSIGN_OR_RETURN(alias->name, LimitedName(in, cx));
  return {};
}

}  // namespace cvm::component::binary
