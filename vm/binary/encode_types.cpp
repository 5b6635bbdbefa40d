#include "vm/binary/encode_types.hpp"

#include "vm/isa/instr.hpp"

namespace cvm::binary {
namespace {

void WriteResultType(Writer& out, const ResultType& types) {
  out.U64(types.size());
  for (const ValType type : types) WriteValType(out, type);
}

void WriteField(Writer& out, const FieldType& field) {
  switch (field.packed) {
    case PackedKind::kNone:
      WriteValType(out, field.type);
      break;
    case PackedKind::kI8:
      out.U8(0x78);
      break;
    case PackedKind::kI16:
      out.U8(0x77);
      break;
  }
  out.U8(field.mutable_ ? 1 : 0);
}

void WriteComposite(Writer& out, const SubType& type) {
  switch (type.kind) {
    case CompositeKind::kStruct:
      out.U8(0x5f);
      out.U64(type.fields.size());
      for (const FieldType& field : type.fields) WriteField(out, field);
      break;
    case CompositeKind::kArray:
      out.U8(0x5e);
      for (const FieldType& field : type.fields) WriteField(out, field);
      break;
    default:
      out.U8(0x60);
      WriteResultType(out, type.func.params);
      WriteResultType(out, type.func.results);
      break;
  }
}

void WriteSubType(Writer& out, const SubType& type) {
  if (!type.final_ || !type.supertypes.empty()) {
    out.U8(type.final_ ? 0x4f : 0x50);
    out.U64(type.supertypes.size());
    for (const TypeIndex super : type.supertypes) out.U32(super.value);
  }
  if (type.describes) {
    out.U8(0x4c);
    out.U32(type.describes->value);
  }
  if (type.descriptor) {
    out.U8(0x4d);
    out.U32(type.descriptor->value);
  }
  WriteComposite(out, type);
}

void WriteLimits(Writer& out, const Limits& limits, uint8_t more_flags = 0) {
  uint8_t flags = more_flags;
  if (limits.max) flags |= 0x01;
  if (limits.shared) flags |= 0x02;
  if (limits.addr == AddrKind::kI64) flags |= 0x04;
  out.U8(flags);
  out.U64(limits.min);
  if (limits.max) out.U64(*limits.max);
}

void WriteMemory(Writer& out, const MemoryType& type) {
  const bool custom_page = type.page_size_log2 != 16;
  WriteLimits(out, type.limits, custom_page ? 0x08 : 0);
  if (custom_page) out.U32(type.page_size_log2);
}

void WriteTableType(Writer& out, const TableType& type) {
  WriteValType(out, type.element);
  WriteLimits(out, type.limits);
}

void WriteGlobalType(Writer& out, const GlobalType& type) {
  WriteValType(out, type.type);
  out.U8(type.mutable_ ? 1 : 0);
}

void WriteTag(Writer& out, const TagType& type) {
  out.U8(0);
  out.U32(type.type.value);
}

struct ExternTypeWriter {
  Writer& out;
  void operator()(TypeIndex type) { out.U32(type.value); }
  void operator()(const TableType& type) { WriteTableType(out, type); }
  void operator()(const MemoryType& type) { WriteMemory(out, type); }
  void operator()(const GlobalType& type) { WriteGlobalType(out, type); }
  void operator()(const TagType& type) { WriteTag(out, type); }
};

}  // namespace

void WriteRecGroup(Writer& out, std::span<const SubType> types) {
  if (types.size() != 1) {
    out.U8(0x4e);
    out.U64(types.size());
  }
  for (const SubType& type : types) WriteSubType(out, type);
}

void WriteExternType(Writer& out, const ExternType& type) { std::visit(ExternTypeWriter{out}, type); }

}  // namespace cvm::binary
