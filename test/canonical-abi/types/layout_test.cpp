// Sizes and alignments, by hand from CanonicalABI.md#alignment and #element-size.
#include "canonical-abi/types/layout.hpp"

#include <catch2/catch.hpp>

namespace cvm::abi {
namespace {

ValType Ok(Result<ValType> type) {
  REQUIRE(type.ok());
  return *std::move(type);
}

void CheckLayout(const ValType& type, uint32_t size32, uint32_t align32, uint32_t size64, uint32_t align64) {
  INFO(type.ToString());
  CHECK(ElemSize(type, PtrType::kI32) == size32);
  CHECK(Alignment(type, PtrType::kI32) == align32);
  CHECK(ElemSize(type, PtrType::kI64) == size64);
  CHECK(Alignment(type, PtrType::kI64) == align64);
}

void CheckLayout(const ValType& type, uint32_t size, uint32_t align) { CheckLayout(type, size, align, size, align); }

TEST_CASE("layout of types without parts") {
  for (const auto& t : {BoolType(), S8Type(), U8Type()}) CheckLayout(t, 1, 1);
  for (const auto& t : {S16Type(), U16Type()}) CheckLayout(t, 2, 2);
  for (const auto& t : {S32Type(), U32Type(), F32Type(), CharType(), ErrorContextType()}) CheckLayout(t, 4, 4);
  for (const auto& t : {S64Type(), U64Type(), F64Type()}) CheckLayout(t, 8, 8);
  CheckLayout(StringType(), 8, 4, 16, 8);
}

TEST_CASE("layout of lists, handles and flags") {
  CheckLayout(Ok(ListType(U64Type())), 8, 4, 16, 8);
  CheckLayout(Ok(FixedListType(U16Type(), 5)), 10, 2);
  CheckLayout(Ok(MapType(U8Type(), U16Type())), 8, 4, 16, 8);
  CheckLayout(OwnType(ResourceIndex(0)), 4, 4);
  CheckLayout(BorrowType(ResourceIndex(0)), 4, 4);
  CheckLayout(Ok(StreamType(U64Type())), 4, 4);
  CheckLayout(Ok(FutureType(std::nullopt)), 4, 4);
  const auto flags = [](size_t n) { return Ok(FlagsType(std::vector<std::string>(n, "f"))); };
  CheckLayout(flags(1), 1, 1);
  CheckLayout(flags(8), 1, 1);
  CheckLayout(flags(9), 2, 2);
  CheckLayout(flags(16), 2, 2);
  CheckLayout(flags(17), 4, 4);
  CheckLayout(flags(32), 4, 4);
}

TEST_CASE("layout of records") {
  CheckLayout(Ok(RecordType({{"x", U8Type()}, {"y", U16Type()}, {"z", U32Type()}})), 8, 4);
  CheckLayout(Ok(TupleType({U8Type(), U16Type(), U8Type(), U32Type()})), 12, 4);
  CheckLayout(Ok(TupleType({U16Type(), U8Type()})), 4, 2);
  CheckLayout(Ok(TupleType({Ok(TupleType({U16Type(), U8Type()})), U8Type()})), 6, 2);
  CheckLayout(Ok(TupleType({U8Type(), StringType(), U8Type()})), 16, 4, 32, 8);
}

TEST_CASE("layout of variants") {
  CheckLayout(Ok(OptionType(U8Type())), 2, 1);
  CheckLayout(Ok(OptionType(U64Type())), 16, 8);
  CheckLayout(Ok(ResultType(std::nullopt, std::nullopt)), 1, 1);
  CheckLayout(Ok(ResultType(U8Type(), U32Type())), 8, 4);
  CheckLayout(Ok(VariantType({{"a", Ok(FixedListType(U16Type(), 3))}, {"b", U32Type()}})), 12, 4);
  CheckLayout(Ok(OptionType(StringType())), 12, 4, 24, 8);
}

TEST_CASE("a discriminant is as wide as the number of cases needs") {
  const auto cases = [](size_t n) { return std::vector<std::string>(n, "c"); };
  CheckLayout(Ok(EnumType(cases(1))), 1, 1);
  CheckLayout(Ok(EnumType(cases(256))), 1, 1);
  CheckLayout(Ok(EnumType(cases(257))), 2, 2);
  CheckLayout(Ok(EnumType(cases(65536))), 2, 2);
  CheckLayout(Ok(EnumType(cases(65537))), 4, 4);
}

TEST_CASE("align_to rounds up") {
  CHECK(AlignTo(0, 8) == 0);
  CHECK(AlignTo(1, 8) == 8);
  CHECK(AlignTo(8, 8) == 8);
  CHECK(AlignTo(0xffffffff, 4) == 0x100000000);
  CHECK(IsAligned(6, 2));
  CHECK_FALSE(IsAligned(6, 4));
}

}  // namespace
}  // namespace cvm::abi
