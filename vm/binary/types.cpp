// The type section, and the types of imports and definitions (core/binary/types).
#include "vm/binary/sections.hpp"

namespace cvm::binary {
namespace {

constexpr uint8_t kFuncByte = 0x60;
constexpr uint8_t kStructByte = 0x5f;
constexpr uint8_t kArrayByte = 0x5e;
constexpr uint8_t kSubByte = 0x50;
constexpr uint8_t kSubFinalByte = 0x4f;
constexpr uint8_t kRecByte = 0x4e;
constexpr uint8_t kDescriptorByte = 0x4d;
constexpr uint8_t kDescribesByte = 0x4c;
constexpr uint8_t kI8Byte = 0x78;
constexpr uint8_t kI16Byte = 0x77;

Result<ResultType> ReadResultType(Reader& in, DecodeContext& cx, LoadLimit limit) {
  CVM_ASSIGN_OR_RETURN(const uint32_t count, LimitedCount(in, cx, 1, limit));
  ResultType types;
  types.reserve(count);
  for (uint32_t i = 0; i < count; ++i) {
    CVM_ASSIGN_OR_RETURN(const ValType type, ReadValType(in, cx.features));
    types.push_back(type);
  }
  return types;
}

// core/binary/types#binary-storagetype
Result<FieldType> ReadFieldType(Reader& in, const Features& features) {
  FieldType field;
  const uint64_t at = in.offset();
  const uint8_t byte = in.PeekOr(0x7f);
  if (byte == kI8Byte || byte == kI16Byte) {
    CVM_RETURN_IF_ERROR(in.U8());
    field.packed = byte == kI8Byte ? PackedKind::kI8 : PackedKind::kI16;
  } else {
    Result<ValType> type = ReadValType(in, features);
    if (!type.ok() && (type.error().message() == "malformed reference type" || type.error().message() == "malformed heap type")) {
      return MalformedError(at, "malformed storage type");
    }
    CVM_ASSIGN_OR_RETURN(field.type, std::move(type));
  }
  CVM_ASSIGN_OR_RETURN(field.mutable_, ReadMutability(in));
  return field;
}

Result<void> ReadStruct(Reader& in, DecodeContext& cx, SubType* type) {
  type->kind = CompositeKind::kStruct;
  CVM_ASSIGN_OR_RETURN(const uint32_t count, LimitedCount(in, cx, 2, &LoadLimits::struct_fields));
  type->fields.reserve(count);
  for (uint32_t i = 0; i < count; ++i) {
    CVM_ASSIGN_OR_RETURN(const FieldType field, ReadFieldType(in, cx.features));
    type->fields.push_back(field);
  }
  return {};
}

// core/binary/types#binary-comptype
Result<void> ReadComposite(Reader& in, DecodeContext& cx, SubType* type) {
  const uint64_t at = in.offset();
  CVM_ASSIGN_OR_RETURN(const uint8_t form, in.U8());
  if (form == kFuncByte) {
    type->kind = CompositeKind::kFunc;
    CVM_ASSIGN_OR_RETURN(type->func.params, ReadResultType(in, cx, &LoadLimits::params));
    CVM_ASSIGN_OR_RETURN(type->func.results, ReadResultType(in, cx, &LoadLimits::results));
    return {};
  }
  if (form >= 0x80) return MalformedError(at, "integer representation too long");  // it is an integer of 7 bits
  if (form != kStructByte && form != kArrayByte) return MalformedError(at, "malformed definition type");
  if (!cx.features.Has(Feature::kGc)) return FeatureError(at, Feature::kGc);
  if (form == kStructByte) return ReadStruct(in, cx, type);
  type->kind = CompositeKind::kArray;
  CVM_ASSIGN_OR_RETURN(const FieldType element, ReadFieldType(in, cx.features));
  type->fields.push_back(element);
  return {};
}

// The clauses of custom descriptors stand before the composite type, describes first.
Result<void> ReadDescriptorClauses(Reader& in, DecodeContext& cx, SubType* type) {
  if (!cx.features.Has(Feature::kCustomDescriptors)) return {};
  if (in.PeekOr(0) == kDescribesByte) {
    CVM_RETURN_IF_ERROR(in.U8());
    CVM_ASSIGN_OR_RETURN(const uint32_t index, in.U32());
    type->describes = TypeIndex(index);
  }
  if (in.PeekOr(0) == kDescriptorByte) {
    CVM_RETURN_IF_ERROR(in.U8());
    CVM_ASSIGN_OR_RETURN(const uint32_t index, in.U32());
    type->descriptor = TypeIndex(index);
  }
  return {};
}

// core/binary/types#binary-subtype
Result<SubType> ReadSubType(Reader& in, DecodeContext& cx) {
  SubType type;
  const uint64_t at = in.offset();
  const uint8_t byte = in.PeekOr(0);
  if (byte == kSubByte || byte == kSubFinalByte) {
    if (!cx.features.Has(Feature::kGc)) return FeatureError(at, Feature::kGc);
    CVM_RETURN_IF_ERROR(in.U8());
    type.final_ = byte == kSubFinalByte;
    CVM_ASSIGN_OR_RETURN(const uint32_t count, in.Count());
    // Validation allows one supertype; a list is grammatical.
    for (uint32_t i = 0; i < count; ++i) {
      CVM_ASSIGN_OR_RETURN(const uint32_t index, in.U32());
      type.supertypes.push_back(TypeIndex(index));
    }
  }
  CVM_RETURN_IF_ERROR(ReadDescriptorClauses(in, cx, &type));
  CVM_RETURN_IF_ERROR(ReadComposite(in, cx, &type));
  return type;
}

}  // namespace

Result<void> ReadRecGroup(Reader& in, DecodeContext& cx) {
  const uint64_t at = in.offset();
  ModuleData& m = cx.module;
  uint32_t count = 1;
  if (in.PeekOr(0) == kRecByte) {
    if (!cx.features.Has(Feature::kGc)) return FeatureError(at, Feature::kGc);
    CVM_RETURN_IF_ERROR(in.U8());
    CVM_ASSIGN_OR_RETURN(count, LimitedCount(in, cx, 2, &LoadLimits::rec_group_types));
  }
  CVM_RETURN_IF_ERROR(CheckLimit(cx, &LoadLimits::types, m.types.size() + count, at));
  m.rec_groups.push_back({static_cast<uint32_t>(m.types.size()), count});
  for (uint32_t i = 0; i < count; ++i) {
    CVM_ASSIGN_OR_RETURN(SubType type, ReadSubType(in, cx));
    m.types.push_back(std::move(type));
  }
  return {};
}

namespace {

// Flags of limits (core/binary/types#limits; threads; custom-page-sizes).
constexpr uint8_t kHasMax = 0x01;
constexpr uint8_t kShared = 0x02;
constexpr uint8_t kIndex64 = 0x04;
constexpr uint8_t kHasPageSize = 0x08;

Result<uint64_t> ReadLimit(Reader& in, const Features& features) {
  if (features.Has(Feature::kMemory64)) return in.U64();
  CVM_ASSIGN_OR_RETURN(const uint32_t value, in.U32());
  return uint64_t{value};
}

Result<uint8_t> ReadLimitsFlags(Reader& in, const Features& features, uint8_t allowed) {
  if (!features.Has(Feature::kMemory64)) allowed &= static_cast<uint8_t>(~kIndex64);
  if (!features.Has(Feature::kThreads)) allowed &= static_cast<uint8_t>(~kShared);
  if (!features.Has(Feature::kCustomPageSizes)) allowed &= static_cast<uint8_t>(~kHasPageSize);
  CVM_ASSIGN_OR_RETURN(const uint8_t flags, in.U8());
  if (flags & ~allowed) return MalformedError(in.offset() - 1, "malformed limits flags");
  return flags;
}

Result<Limits> ReadLimits(Reader& in, const Features& features, uint8_t flags) {
  Limits limits;
  limits.addr = flags & kIndex64 ? AddrKind::kI64 : AddrKind::kI32;
  limits.shared = flags & kShared;
  CVM_ASSIGN_OR_RETURN(limits.min, ReadLimit(in, features));
  if (flags & kHasMax) {
    CVM_ASSIGN_OR_RETURN(limits.max, ReadLimit(in, features));
  }
  return limits;
}

}  // namespace

Result<void> DecodeTypes(Reader& in, DecodeContext& cx) {
  CVM_ASSIGN_OR_RETURN(const uint32_t count, LimitedCount(in, cx, 2, &LoadLimits::rec_groups));
  cx.module.rec_groups.reserve(count);
  for (uint32_t i = 0; i < count; ++i) {
    CVM_RETURN_IF_ERROR(ReadRecGroup(in, cx));
  }
  return {};
}

Result<ValType> ReadRefType(Reader& in, const Features& features) {
  const uint64_t at = in.offset();
  // funcref is the element type of MVP tables, whatever else is off.
  if (in.PeekOr(0) == 0x70) {
    CVM_RETURN_IF_ERROR(in.U8());
    return ValType::FuncRef();
  }
  CVM_ASSIGN_OR_RETURN(const ValType type, ReadValType(in, features));
  if (!type.is_ref()) return MalformedError(at, "malformed reference type");
  return type;
}

Result<bool> ReadMutability(Reader& in) {
  CVM_ASSIGN_OR_RETURN(const uint8_t byte, in.U8());
  if (byte > 1) return MalformedError(in.offset() - 1, "malformed mutability");
  return byte == 1;
}

Result<TableType> ReadTableType(Reader& in, const Features& features) {
  TableType type;
  CVM_ASSIGN_OR_RETURN(type.element, ReadRefType(in, features));
  CVM_ASSIGN_OR_RETURN(const uint8_t flags, ReadLimitsFlags(in, features, kHasMax | kIndex64));
  CVM_ASSIGN_OR_RETURN(type.limits, ReadLimits(in, features, flags));
  return type;
}

Result<MemoryType> ReadMemoryType(Reader& in, const Features& features) {
  MemoryType type;
  CVM_ASSIGN_OR_RETURN(const uint8_t flags, ReadLimitsFlags(in, features, kHasMax | kIndex64 | kShared | kHasPageSize));
  CVM_ASSIGN_OR_RETURN(type.limits, ReadLimits(in, features, flags));
  if (flags & kHasPageSize) {
    const uint64_t at = in.offset();
    CVM_ASSIGN_OR_RETURN(const uint32_t log2, in.U32());
    // The proposal makes every exponent but these two a validation error; beyond 64 there is no such size at all.
    if (log2 >= 64) return MalformedError(at, "invalid custom page size");
    type.page_size_log2 = static_cast<uint8_t>(log2);
  }
  return type;
}

Result<GlobalType> ReadGlobalType(Reader& in, const Features& features) {
  GlobalType type;
  CVM_ASSIGN_OR_RETURN(type.type, ReadValType(in, features));
  CVM_ASSIGN_OR_RETURN(type.mutable_, ReadMutability(in));
  return type;
}

Result<TagType> ReadTagType(Reader& in) {
  CVM_ASSIGN_OR_RETURN(const uint8_t attribute, in.U8());
  if (attribute != 0) return MalformedError(in.offset() - 1, "zero byte expected");
  CVM_ASSIGN_OR_RETURN(const uint32_t index, in.U32());
  return TagType{TypeIndex(index)};
}

}  // namespace cvm::binary
