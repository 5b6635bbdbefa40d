// Transfers beside the literal path, on random types and values; and plans by themselves.
#include <catch2/catch.hpp>

#include "test/canonical-abi/support/transfer_case.hpp"

namespace cvm::abi {
namespace {

std::vector<uint8_t> RandomBytes(uint64_t seed, size_t size) {
  std::vector<uint8_t> bytes(size);
  uint64_t state = seed * 0x9e3779b97f4a7c15u + 1;
  for (uint8_t& byte : bytes) {
    state = state * 6364136223846793005u + 1442695040888963407u;
    byte = static_cast<uint8_t>(state >> 33);
  }
  return bytes;
}

TEST_CASE("ABI-01 a transfer leaves behind what the literal path does, right or wrong") {
  size_t cases = 0;
  size_t traps = 0;
  for (uint64_t seed = 0; seed < 60'000; ++seed) {
    const std::vector<uint8_t> bytes = RandomBytes(seed, 16 + seed % 500);
    const std::string literal = TransferCase(bytes).Run(/*literal=*/true);
    const std::string fused = TransferCase(bytes).Run(/*literal=*/false);
    if (literal != fused) {
      CAPTURE(seed);
      REQUIRE(fused == literal);
    }
    cases += literal.empty() ? 0 : 1;
    traps += literal.find("trap: ") != std::string::npos ? 1 : 0;
  }
  // The generator makes both.
  CHECK(cases > 20'000);
  CHECK(traps > 2'000);
}

ValType Ok(Result<ValType> type) {
  REQUIRE(type.ok());
  return *std::move(type);
}

TEST_CASE("ABI-01 runs are as long as there is no padding, which is never copied") {
  const std::vector<ValType> types = {Ok(ListType(Ok(TupleType({U32Type(), U32Type(), CharType(), U64Type()})))),
                                      Ok(ListType(Ok(TupleType({U32Type(), U8Type(), U8Type()})))),
                                      Ok(ListType(U32Type()))};
  const auto transfer = Transfer::Compile(types, PtrType::kI32, types, PtrType::kI32, kMaxFlatParams);
  REQUIRE(transfer != nullptr);
  const std::vector<MoveBlock>& blocks = transfer->blocks();
  // Four bytes of padding before the u64.
  REQUIRE(blocks[1].moves.size() == 2);
  CHECK(blocks[1].moves[0].count == 12);
  CHECK_FALSE(blocks[1].whole);
  // One run, but two bytes of padding to the next.
  REQUIRE(blocks[2].moves.size() == 1);
  CHECK(blocks[2].moves[0].count == 6);
  CHECK_FALSE(blocks[2].whole);
  CHECK(blocks[3].whole);
}

TEST_CASE("DEC-08 types that are too large to be written out have no plan") {
  ValType type = U8Type();
  for (int i = 0; i < 16; ++i) type = Ok(TupleType({type, type}));
  CHECK(Plan::Compile({&type, 1}, PtrType::kI32, PlanForm::kMemory) == nullptr);
  CHECK(Transfer::Compile({&type, 1}, PtrType::kI32, {&type, 1}, PtrType::kI32, kMaxFlatParams) == nullptr);
  // A long list of fixed length is one step.
  const ValType list = Ok(FixedListType(U64Type(), 1 << 20));
  const auto plan = Plan::Compile({&list, 1}, PtrType::kI32, PlanForm::kMemory);
  REQUIRE(plan != nullptr);
  CHECK(plan->blocks.size() == 2);
}

TEST_CASE("types that differ have no transfer") {
  const ValType a = U32Type();
  const ValType b = CharType();
  CHECK(Transfer::Compile({&a, 1}, PtrType::kI32, {&b, 1}, PtrType::kI32, kMaxFlatParams) == nullptr);
}

}  // namespace
}  // namespace cvm::abi
