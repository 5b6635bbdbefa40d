// Storing of everything but strings and handles, in the order of definitions.py.
#include "canonical-abi/memory/store.hpp"

#include <cstring>

#include "canonical-abi/memory/load.hpp"
#include "canonical-abi/memory/numbers.hpp"
#include "canonical-abi/types/layout.hpp"
#include "canonical-abi/values/check.hpp"
#include "vm/base/try.hpp"

namespace cvm::abi {
namespace {

// The alternative of the value as bits, sign-extended where signed: a store of nbytes keeps the low ones.
template <class T>
Result<uint64_t> Bits(const Value& v, const ValType& t) {
  const T* i = v.As<T>();
  if (i == nullptr) return WrongValue(v, t);
  return static_cast<uint64_t>(*i);
}

Result<uint64_t> FloatBits(const Value& v, const ValType& t) {
  if (const float* f = v.As<float>(); f != nullptr && t.kind() == TypeKind::kF32) return EncodeFloatAsI32(*f);
  if (const double* d = v.As<double>(); d != nullptr && t.kind() == TypeKind::kF64) return EncodeFloatAsI64(*d);
  return WrongValue(v, t);
}

// definitions.py: char_to_i32
Result<uint64_t> CharToI32(const Value& v, const ValType& t) {
  const char32_t* c = v.As<char32_t>();
  if (c == nullptr || !IsUnicodeScalarValue(*c)) return WrongValue(v, t);
  return uint64_t{*c};
}

Result<void> StoreBytes(LiftLowerContext& cx, const std::vector<uint8_t>& bytes, uint64_t ptr) {
  CVM_ASSIGN_OR_RETURN(const std::span<uint8_t> memory, cx.Memory());
  if (!InBounds(memory, ptr, bytes.size())) return cx.Trap(Fault::kReallocListBounds);
  if (!bytes.empty()) std::memcpy(memory.data() + ptr, bytes.data(), bytes.size());
  return {};
}

}  // namespace

Result<void> Store(LiftLowerContext& cx, const Value& v, const ValType& t, uint64_t ptr) {
  switch (t.despecialized()) {
    case TypeKind::kString: {
      const String* s = v.As<String>();
      return s == nullptr ? Result<void>(WrongValue(v, t)) : StoreString(cx, *s, ptr);
    }
    case TypeKind::kList:
      return StoreList(cx, v, ptr, t);
    case TypeKind::kRecord:
      return StoreRecord(cx, v, ptr, t);
    case TypeKind::kVariant:
      return StoreVariant(cx, v, ptr, t);
    case TypeKind::kFlags:
      return StoreFlags(cx, v, ptr, t);
    case TypeKind::kOwn:
    case TypeKind::kBorrow:
    case TypeKind::kStream:
    case TypeKind::kFuture: {
      CVM_ASSIGN_OR_RETURN(const uint32_t i, LowerHandle(cx, v, t));
      return StoreInt(cx, i, ptr, 4);
    }
    default: {
      CVM_ASSIGN_OR_RETURN(const uint64_t bits, PrimitiveBits(cx, v, t));
      return StoreInt(cx, bits, ptr, ElemSize(t, cx.ptr_type()));
    }
  }
}

Result<uint64_t> PrimitiveBits(LiftLowerContext& cx, const Value& v, const ValType& t) {
  switch (t.kind()) {
    case TypeKind::kBool:
      return Bits<bool>(v, t);
    case TypeKind::kU8:
      return Bits<uint8_t>(v, t);
    case TypeKind::kU16:
      return Bits<uint16_t>(v, t);
    case TypeKind::kU32:
      return Bits<uint32_t>(v, t);
    case TypeKind::kU64:
      return Bits<uint64_t>(v, t);
    case TypeKind::kS8:
      return Bits<int8_t>(v, t);
    case TypeKind::kS16:
      return Bits<int16_t>(v, t);
    case TypeKind::kS32:
      return Bits<int32_t>(v, t);
    case TypeKind::kS64:
      return Bits<int64_t>(v, t);
    case TypeKind::kF32:
    case TypeKind::kF64:
      return FloatBits(v, t);
    case TypeKind::kChar:
      return CharToI32(v, t);
    default: {
      CVM_ASSIGN_OR_RETURN(const uint32_t i, LowerErrorContext(cx, v));
      return uint64_t{i};
    }
  }
}

Result<void> StoreInt(LiftLowerContext& cx, uint64_t v, uint64_t ptr, uint32_t nbytes) {
  CVM_ASSIGN_OR_RETURN(const std::span<uint8_t> memory, cx.Memory());
  if (!InBounds(memory, ptr, nbytes)) return cx.Trap(Fault::kPointerBounds);
  for (uint32_t b = 0; b < nbytes; ++b) memory[ptr + b] = static_cast<uint8_t>(v >> (8 * b));
  return {};
}

Result<void> StoreList(LiftLowerContext& cx, const Value& v, uint64_t ptr, const ValType& t) {
  const TypeNode& n = t.node();
  if (!v.is_list()) return WrongValue(v, t);
  if (n.length.has_value()) {
    if (v.ListSize() != *n.length) return WrongValue(v, t);
    return StoreListIntoValidRange(cx, v, ptr, *n.element);
  }
  CVM_ASSIGN_OR_RETURN(const StoredRange range, StoreListIntoRange(cx, v, *n.element));
  CVM_RETURN_IF_ERROR(StoreInt(cx, range.ptr, ptr, cx.ptr_size()));
  return StoreInt(cx, range.length, ptr + cx.ptr_size(), cx.ptr_size());
}

Result<StoredRange> StoreListIntoRange(LiftLowerContext& cx, const Value& v, const ValType& elem_type) {
  const uint64_t length = v.ListSize();
  const uint64_t size = ElemSize(elem_type, cx.ptr_type());
  // Holds for every list that was lifted; a host's may be longer.
  if (length > kReallocI32Max / size) return LimitError("list is too long for the memory of a guest");
  const uint64_t byte_length = length * size;
  const uint32_t alignment = Alignment(elem_type, cx.ptr_type());
  CVM_ASSIGN_OR_RETURN(const uint64_t ptr, cx.Allocate(alignment, byte_length));
  CVM_RETURN_IF_ERROR(cx.CheckRange(ptr, alignment, byte_length, Fault::kReallocAlignment, Fault::kReallocListBounds));
  CVM_RETURN_IF_ERROR(StoreListIntoValidRange(cx, v, ptr, elem_type));
  return StoredRange{ptr, length};
}

Result<void> StoreListIntoValidRange(LiftLowerContext& cx, const Value& v, uint64_t ptr, const ValType& elem_type) {
  if (const Bytes* bytes = v.As<Bytes>()) {
    if (elem_type.kind() == TypeKind::kU8) return StoreBytes(cx, bytes->bytes, ptr);
    return bytes->bytes.empty() ? Result<void>() : WrongValue(v.ListAt(0), elem_type);
  }
  const uint64_t size = ElemSize(elem_type, cx.ptr_type());
  for (const Value& e : v.As<List>()->elements) {
    CVM_RETURN_IF_ERROR(Store(cx, e, elem_type, ptr));
    ptr += size;
  }
  return {};
}

Result<void> StoreRecord(LiftLowerContext& cx, const Value& v, uint64_t ptr, const ValType& t) {
  const std::vector<FieldType>& fields = t.node().fields;
  const Record* record = v.As<Record>();
  if (record == nullptr || record->fields.size() != fields.size()) return WrongValue(v, t);
  return StoreFields(cx, record->fields, ptr, fields);
}

Result<void> StoreFields(LiftLowerContext& cx, std::span<const Value> vs, uint64_t ptr,
                         const std::vector<FieldType>& fields) {
  for (size_t i = 0; i < fields.size(); ++i) {
    ptr = AlignTo(ptr, Alignment(fields[i].type, cx.ptr_type()));
    CVM_RETURN_IF_ERROR(Store(cx, vs[i], fields[i].type, ptr));
    ptr += ElemSize(fields[i].type, cx.ptr_type());
  }
  return {};
}

Result<void> StoreVariant(LiftLowerContext& cx, const Value& v, uint64_t ptr, const ValType& t) {
  const std::vector<CaseType>& cases = t.node().cases;
  CVM_ASSIGN_OR_RETURN(const MatchedCase c, MatchCase(v, t));
  const uint32_t disc_size = ElemSize(DiscriminantType(cases), cx.ptr_type());
  CVM_RETURN_IF_ERROR(StoreInt(cx, c.index, ptr, disc_size));
  ptr += disc_size;
  ptr = AlignTo(ptr, MaxCaseAlignment(cases, cx.ptr_type()));
  if (c.payload == nullptr) return {};
  return Store(cx, *c.payload, *c.type->type, ptr);
}

Result<MatchedCase> MatchCase(const Value& v, const ValType& t) {
  const Variant* variant = v.As<Variant>();
  const std::vector<CaseType>& cases = t.node().cases;
  if (variant == nullptr || variant->case_index >= cases.size()) return WrongValue(v, t);
  const CaseType& c = cases[variant->case_index];
  if (variant->payload.size() != (c.type.has_value() ? 1 : 0)) return WrongValue(v, t);
  return MatchedCase{variant->case_index, &c, c.type.has_value() ? &variant->payload[0] : nullptr};
}

Result<void> StoreFlags(LiftLowerContext& cx, const Value& v, uint64_t ptr, const ValType& t) {
  CVM_ASSIGN_OR_RETURN(const uint32_t i, PackFlagsIntoInt(v, t));
  return StoreInt(cx, i, ptr, ElemSizeFlags(t.node().labels));
}

Result<uint32_t> PackFlagsIntoInt(const Value& v, const ValType& t) {
  const Flags* flags = v.As<Flags>();
  if (flags == nullptr || (uint64_t{flags->bits} >> t.node().labels.size()) != 0) return WrongValue(v, t);
  return flags->bits;
}

}  // namespace cvm::abi
