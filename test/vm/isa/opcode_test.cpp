// The instruction table.
#include "vm/isa/opcode.hpp"

#include <catch2/catch.hpp>

namespace cvm {
namespace {

TEST_CASE("every row is found by its code and by its text") {
  for (const OpcodeInfo& row : AllOpcodes()) {
    CHECK(FindOpcode(row.prefix, row.code) == &row);
    const OpcodeInfo* by_text = FindOpcode(row.text);
    REQUIRE(by_text != nullptr);
    CHECK(by_text->text == row.text);
    CHECK(by_text->op <= row.op);  // the first of its mnemonic
    CHECK(&Info(row.op) == &row);
  }
}

TEST_CASE("what is not in the table is not found") {
  CHECK(FindOpcode(0x00, 0x27) == nullptr);
  CHECK(FindOpcode(0x00, 0xff) == nullptr);
  CHECK(FindOpcode(0x00, 0x100) == nullptr);
  CHECK(FindOpcode(0x01, 0x00) == nullptr);
  CHECK(FindOpcode(0xfc, 18) == nullptr);
  CHECK(FindOpcode(0xfd, 0x9a) == nullptr);
  CHECK(FindOpcode(0xfd, 0x114) == nullptr);
  CHECK(FindOpcode(0xfe, 0x4f) == nullptr);
  CHECK(FindOpcode(0xff, 0x00) == nullptr);
  CHECK(FindOpcode(0xfd, 0xffffffff) == nullptr);
  CHECK(FindOpcode("i32.addd") == nullptr);
  CHECK(FindOpcode("") == nullptr);
}

TEST_CASE("only the mnemonics that the text format overloads stand twice") {
  size_t doubles = 0;
  for (const OpcodeInfo& row : AllOpcodes()) {
    if (FindOpcode(row.text) == &row) continue;
    ++doubles;
    const bool expected =
        row.text == "select" || row.text == "ref.test" || row.text == "ref.cast" || row.text == "ref.cast_desc_eq";
    CHECK(expected);
  }
  CHECK(doubles == 4);
}

TEST_CASE("codes of well-known instructions") {
  CHECK(Info(Opcode::kI32Add).code == 0x6a);
  CHECK(Info(Opcode::kSelectT).code == 0x1c);
  CHECK(Info(Opcode::kRefTestNull).code == 0x15);
  CHECK(Info(Opcode::kI8x16ExtractLaneS).code == 0x15);
  CHECK(Info(Opcode::kF32x4ConvertI32x4S).code == 0xfa);
  CHECK(Info(Opcode::kI32AtomicRmw8AddU).code == 0x20);
  CHECK(Info(Opcode::kI64MulWideU).code == 22);
  CHECK(Info(Opcode::kI32Load).sig == "a:i");
  CHECK(Info(Opcode::kMemoryCopy).sig == "abc:");
}

TEST_CASE("access sizes follow from the mnemonics") {
  const std::pair<Opcode, uint32_t> expected[] = {{Opcode::kI32Load8S, 0},
                                                  {Opcode::kI64Load16U, 1},
                                                  {Opcode::kI64Load32S, 2},
                                                  {Opcode::kI32Load, 2},
                                                  {Opcode::kF64Load, 3},
                                                  {Opcode::kV128Load, 4},
                                                  {Opcode::kV128Load8x8S, 3},
                                                  {Opcode::kV128Load32x2U, 3},
                                                  {Opcode::kV128Load16Splat, 1},
                                                  {Opcode::kV128Load64Zero, 3},
                                                  {Opcode::kV128Store8Lane, 0},
                                                  {Opcode::kI64Store, 3},
                                                  {Opcode::kI32AtomicRmwAdd, 2},
                                                  {Opcode::kI64AtomicRmw16CmpxchgU, 1},
                                                  {Opcode::kMemoryAtomicNotify, 2},
                                                  {Opcode::kMemoryAtomicWait64, 3},
                                                  {Opcode::kI64AtomicLoad, 3}};
  for (const auto& [op, log2] : expected) {
    INFO(Info(op).text);
    CHECK(AccessSizeLog2(op) == log2);
  }
}

}  // namespace
}  // namespace cvm
