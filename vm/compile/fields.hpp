// Where the operands of a cell lie, by format: the encoder's and the disassembler's reading of the table in cell.hpp.
#pragma once

#include "vm/regcode/cell.hpp"

namespace cvm {

// Byte position of the slot (or 16-bit immediate) of source operand `i`.
constexpr int FieldOf(const Shape& s, const Variant& v, int i) {
  switch (s.format) {
    case Format::kOp:
      if (i == 1 && v.a == Src::kImm && s.src[0] == Bank::kInt) return kField1;
      return kField1 + 2 * i;
    case Format::kStore:
      return i == 0 ? kField1 : kField0;
    case Format::kStoreX:
      return i == 2 ? kField0 : kField1 + 2 * i;
    case Format::kSelect:
      return i == 2 ? kField1 : kField2 + 2 * i;
    case Format::kAddBranch:
    case Format::kAddBranchLp:
      return i == 0 ? kField0 : kField2;
    default:
      return kField1 + 2 * i;
  }
}

// True where an integer immediate of operand `i` is the 16-bit field itself, false where it is the 32 bits at byte 12.
constexpr bool ImmIsField(Format format, int i) {
  switch (format) {
    case Format::kStoreX:
      return i == 2;
    case Format::kStore:
    case Format::kSelect:
    case Format::kAddBranch:
    case Format::kAddBranchLp:
      return true;
    default:
      return false;
  }
}

}  // namespace cvm
