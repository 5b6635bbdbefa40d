// Value, heap and block types in the binary encoding (core/binary/types, core/binary/instructions#binary-blocktype).
#include "vm/isa/instr.hpp"
#include "vm/types/heap_features.hpp"

namespace cvm {
namespace {

// One-byte negative numbers (s7, s33) that are not a type index.
constexpr uint8_t kI32Byte = 0x7f;
constexpr uint8_t kI64Byte = 0x7e;
constexpr uint8_t kF32Byte = 0x7d;
constexpr uint8_t kF64Byte = 0x7c;
constexpr uint8_t kV128Byte = 0x7b;
constexpr uint8_t kRefByte = 0x64;
constexpr uint8_t kRefNullByte = 0x63;
constexpr uint8_t kExactByte = 0x62;

bool IsNegativeByte(uint8_t byte) { return (byte & 0xc0) == 0x40; }

std::optional<HeapKind> AbstractKind(uint8_t byte) {
  const int8_t value = static_cast<int8_t>(byte | 0x80);
  if (value > static_cast<int8_t>(HeapKind::kNoExn) || value < static_cast<int8_t>(HeapKind::kExn)) return std::nullopt;
  return static_cast<HeapKind>(value);
}

bool HasTypedReferences(const Features& features) {
  return features.Has(Feature::kFunctionReferences) || features.Has(Feature::kGc);
}

Result<HeapType> ReadExact(Reader& in, const Features& features, uint64_t at) {
  if (!features.Has(Feature::kCustomDescriptors)) return FeatureError(at, Feature::kCustomDescriptors);
  // As a heap type's index: negative numbers, such as a second prefix, are no types.
  CVM_ASSIGN_OR_RETURN(const int64_t index, in.S33());
  if (index < 0) return MalformedError(at, "malformed heap type");
  HeapType type = HeapType::Concrete(TypeIndex(static_cast<uint32_t>(index)));
  type.exact = true;
  return type;
}

std::optional<ValType> NumberType(uint8_t byte) {
  switch (byte) {
    case kI32Byte:
      return ValType::I32();
    case kI64Byte:
      return ValType::I64();
    case kF32Byte:
      return ValType::F32();
    case kF64Byte:
      return ValType::F64();
    case kV128Byte:
      return ValType::V128();
    default:
      return std::nullopt;
  }
}

uint8_t NumberByte(ValKind kind) {
  switch (kind) {
    case ValKind::kI64:
      return kI64Byte;
    case ValKind::kF32:
      return kF32Byte;
    case ValKind::kF64:
      return kF64Byte;
    case ValKind::kV128:
      return kV128Byte;
    default:
      return kI32Byte;
  }
}

}  // namespace

Result<HeapType> ReadHeapType(Reader& in, const Features& features) {
  const uint64_t at = in.offset();
  const uint8_t byte = in.PeekOr(0);
  if (IsNegativeByte(byte)) {
    CVM_RETURN_IF_ERROR(in.U8());
    if (byte == kExactByte) return ReadExact(in, features, at);
    const std::optional<HeapKind> kind = AbstractKind(byte);
    if (!kind) return MalformedError(at, "malformed heap type");
    if (!features.Has(FeatureOf(*kind))) return FeatureError(at, FeatureOf(*kind));
    return HeapType::Abstract(*kind);
  }
  CVM_ASSIGN_OR_RETURN(const int64_t index, in.S33());
  if (index < 0) return MalformedError(at, "malformed heap type");
  if (!HasTypedReferences(features)) return FeatureError(at, Feature::kFunctionReferences);
  return HeapType::Concrete(TypeIndex(static_cast<uint32_t>(index)));
}

Result<ValType> ReadValType(Reader& in, const Features& features) {
  const uint64_t at = in.offset();
  CVM_ASSIGN_OR_RETURN(const uint8_t byte, in.U8());
  if (const std::optional<ValType> number = NumberType(byte)) {
    if (byte == kV128Byte && !features.Has(Feature::kSimd)) return FeatureError(at, Feature::kSimd);
    return *number;
  }
  if (byte == kRefByte || byte == kRefNullByte) {
    if (!HasTypedReferences(features)) return FeatureError(at, Feature::kFunctionReferences);
    CVM_ASSIGN_OR_RETURN(const HeapType heap, ReadHeapType(in, features));
    return ValType::Ref(heap, byte == kRefNullByte);
  }
  const std::optional<HeapKind> kind = IsNegativeByte(byte) ? AbstractKind(byte) : std::nullopt;
  if (!kind) return MalformedError(at, "malformed reference type");
  if (!features.Has(FeatureOf(*kind))) return FeatureError(at, FeatureOf(*kind));
  return ValType::Ref(HeapType::Abstract(*kind), true);
}

Result<BlockType> ReadBlockType(Reader& in, const Features& features) {
  BlockType block;
  const uint64_t at = in.offset();
  const uint8_t byte = in.PeekOr(0);
  if (byte == kEmptyBlockByte) {
    CVM_RETURN_IF_ERROR(in.U8());
    return block;
  }
  if (IsNegativeByte(byte)) {
    block.kind = BlockType::Kind::kValue;
    CVM_ASSIGN_OR_RETURN(block.value, ReadValType(in, features));
    return block;
  }
  CVM_ASSIGN_OR_RETURN(const int64_t index, in.S33());
  if (index < 0) return MalformedError(at, "malformed block type");
  if (!features.Has(Feature::kMultiValue)) return FeatureError(at, Feature::kMultiValue);
  block.kind = BlockType::Kind::kType;
  block.type = TypeIndex(static_cast<uint32_t>(index));
  return block;
}

void WriteHeapType(Writer& out, HeapType type) {
  if (!type.is_concrete()) {
    out.S64(static_cast<int64_t>(type.kind));
  } else if (type.exact) {
    out.U8(kExactByte);
    out.U32(type.index);
  } else {
    out.S64(type.index);
  }
}

void WriteValType(Writer& out, ValType type) {
  if (!type.is_ref()) {
    out.U8(NumberByte(type.kind));
    return;
  }
  // A nullable abstract reference has a form of one byte.
  if (!type.nullable || type.heap.is_concrete()) out.U8(type.nullable ? kRefNullByte : kRefByte);
  WriteHeapType(out, type.heap);
}

void WriteBlockType(Writer& out, const BlockType& block) {
  switch (block.kind) {
    case BlockType::Kind::kEmpty:
      out.U8(kEmptyBlockByte);
      break;
    case BlockType::Kind::kValue:
      WriteValType(out, block.value);
      break;
    case BlockType::Kind::kType:
      out.S64(block.type.value);
      break;
  }
}

}  // namespace cvm
