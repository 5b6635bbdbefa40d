#include "vm/validate/quick_read.hpp"

#include <array>

namespace cvm {
namespace {

enum class Shape : uint8_t { kNone, kPlain, kIndex, kS32, kS64, kMemArg, kBlock };

Shape ShapeOf(const OpcodeInfo& row) {
  switch (row.imm) {
    case ImmKind::kNone:
      return Shape::kPlain;
    case ImmKind::kLabel:
    case ImmKind::kFunc:
    case ImmKind::kLocal:
    case ImmKind::kGlobal:
      return Shape::kIndex;
    case ImmKind::kI32:
      return Shape::kS32;
    case ImmKind::kI64:
      return Shape::kS64;
    case ImmKind::kMemArg:
      return Shape::kMemArg;
    case ImmKind::kBlock:
      return Shape::kBlock;
    default:
      return Shape::kNone;
  }
}

struct Row {
  Opcode op = Opcode::kNop;
  Shape shape = Shape::kNone;
};
using RowTable = std::array<Row, 256>;

RowTable MakeRows() {
  RowTable rows;
  for (const OpcodeInfo& info : AllOpcodes()) {
    if (info.prefix == 0 && info.feature == Feature::kMvp) rows[info.code] = {info.op, ShapeOf(info)};
  }
  return rows;
}

const RowTable kRows = MakeRows();

// An unsigned LEB128 number of at most nine bytes.
inline const uint8_t* ReadUnsigned(const uint8_t* pos, uint64_t* value) {
  uint64_t result = 0;
  for (unsigned shift = 0; shift < 63; shift += 7) {
    const uint8_t byte = *pos++;
    result |= static_cast<uint64_t>(byte & 0x7f) << shift;
    if (byte < 0x80) {
      *value = result;
      return pos;
    }
  }
  return nullptr;
}

// A u32: at most five bytes, and no bits beyond 32.
inline const uint8_t* ReadU32(const uint8_t* pos, uint32_t* value) {
  uint64_t wide;
  const uint8_t* end = ReadUnsigned(pos, &wide);
  if (end == nullptr || end - pos > 5 || wide > UINT32_MAX) return nullptr;
  *value = static_cast<uint32_t>(wide);
  return end;
}

// A signed number of at most nine bytes, sign-extended.
inline const uint8_t* ReadSigned(const uint8_t* pos, uint64_t* value) {
  const uint8_t* end = ReadUnsigned(pos, value);
  if (end == nullptr) return nullptr;
  const unsigned unused = 64 - 7 * static_cast<unsigned>(end - pos);
  *value = static_cast<uint64_t>(static_cast<int64_t>(*value << unused) >> unused);
  return end;
}

// An s32: at most five bytes, and the bits beyond 32 agree with the sign.
inline const uint8_t* ReadS32(const uint8_t* pos, uint64_t* value) {
  const uint8_t* end = ReadSigned(pos, value);
  const auto number = static_cast<int64_t>(*value);
  return end == nullptr || end - pos > 5 || number != static_cast<int32_t>(number) ? nullptr : end;
}

// Alignment below 64, that is without a memory index, and an offset.
inline const uint8_t* ReadMemArg(const uint8_t* pos, MemArg* mem) {
  if (*pos >= 0x40) return nullptr;
  mem->align = *pos;
  mem->memory = MemoryIndex(0);
  return ReadUnsigned(pos + 1, &mem->offset);
}

// No type or one number type (core/binary/instructions#binary-blocktype).
inline const uint8_t* ReadBlock(const uint8_t* pos, BlockType* block) {
  switch (*pos) {
    case 0x40:
      block->kind = BlockType::Kind::kEmpty;
      return pos + 1;
    case 0x7f:
      block->value = ValType::I32();
      break;
    case 0x7e:
      block->value = ValType::I64();
      break;
    case 0x7d:
      block->value = ValType::F32();
      break;
    case 0x7c:
      block->value = ValType::F64();
      break;
    default:
      return nullptr;
  }
  block->kind = BlockType::Kind::kValue;
  return pos + 1;
}

}  // namespace

const uint8_t* QuickRead(const uint8_t* pos, Instr* instr) {
  const Row row = kRows[*pos];
  instr->op = row.op;
  switch (row.shape) {
    case Shape::kPlain:
      return pos + 1;
    case Shape::kIndex:
      return ReadU32(pos + 1, &instr->index);
    case Shape::kS32:
      return ReadS32(pos + 1, &instr->bits);
    case Shape::kS64:
      return ReadSigned(pos + 1, &instr->bits);
    case Shape::kMemArg:
      return ReadMemArg(pos + 1, &instr->mem);
    case Shape::kBlock:
      return ReadBlock(pos + 1, &instr->block);
    case Shape::kNone:
      break;
  }
  return nullptr;
}

}  // namespace cvm
