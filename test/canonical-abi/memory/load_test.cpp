// Loading from bytes: the facts of the specification's run_tests.py (test_heap, test_nan), limits and hostile pointers.
#include "canonical-abi/memory/load.hpp"

#include <catch2/catch.hpp>

#include "canonical-abi/memory/numbers.hpp"
#include "canonical-abi/memory/store.hpp"
#include "test/canonical-abi/support/fake_guest.hpp"

namespace cvm::abi {
namespace {

using Bits = std::vector<uint8_t>;

ValType Ok(Result<ValType> type) {
  REQUIRE(type.ok());
  return *std::move(type);
}

Value Tup(std::vector<Value> fields) { return Value::RecordOf(std::move(fields)); }
Value ListOf(std::vector<Value> v) { return Value::ListOf(std::move(v)); }

// Loads a list at (ptr, length); then stores it elsewhere and loads it again.
void CheckList(const ValType& elem, const Value& expect, uint64_t ptr, uint64_t length, Bits bytes,
               PtrType ptr_type = PtrType::kI32) {
  INFO(elem.ToString() << " " << expect.DebugString());
  FakeGuest guest(std::move(bytes), ptr_type);
  LiftLowerContext cx = guest.Cx();
  const auto got = LoadListFromRange(cx, ptr, length, elem);
  REQUIRE(got.ok());
  CHECK(*got == expect);
  FakeGuest other(1000, ptr_type);
  LiftLowerContext to = other.Cx();
  const auto range = StoreListIntoRange(to, *got, elem);
  REQUIRE(range.ok());
  const auto again = LoadListFromRange(to, range->ptr, range->length, elem);
  REQUIRE(again.ok());
  CHECK(*again == expect);
}

void CheckTrap(const ValType& elem, const std::string& words, uint64_t ptr, uint64_t length, Bits bytes,
               Boundary boundary = Boundary::kHost, PtrType ptr_type = PtrType::kI32) {
  FakeGuest guest(std::move(bytes), ptr_type);
  LiftLowerContext cx = guest.Cx({}, boundary);
  const auto got = LoadListFromRange(cx, ptr, length, elem);
  REQUIRE_FALSE(got.ok());
  CHECK(got.error().kind() == ErrorKind::kTrap);
  CHECK(got.error().message() == words);
}

TEST_CASE("lists of booleans and integers") {
  const auto yes = Value::Bool(true), no = Value::Bool(false);
  CheckList(BoolType(), ListOf({yes, no, yes}), 0, 3, {1, 0, 1});
  CheckList(BoolType(), ListOf({yes, no, yes}), 0, 3, {1, 0, 2});
  CheckList(BoolType(), ListOf({yes, no, yes}), 3, 3, {0xff, 0xff, 0xff, 1, 0, 1});
  CheckList(U8Type(), Value::BytesOf({1, 2, 3}), 0, 3, {1, 2, 3});
  CheckList(U16Type(), ListOf({Value::U16(1), Value::U16(2)}), 0, 2, {1, 0, 2, 0});
  CheckList(U32Type(), ListOf({Value::U32(1), Value::U32(0x04030201)}), 0, 2, {1, 0, 0, 0, 1, 2, 3, 4});
  CheckList(U64Type(), ListOf({Value::U64(1), Value::U64(2)}), 0, 2, {1, 0, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0});
  CheckList(S8Type(), ListOf({Value::S8(-1), Value::S8(-2)}), 0, 2, {0xff, 0xfe});
  CheckList(S16Type(), ListOf({Value::S16(-1), Value::S16(-2)}), 0, 2, {0xff, 0xff, 0xfe, 0xff});
  CheckList(S32Type(), ListOf({Value::S32(-1), Value::S32(-2)}), 0, 2,
            {0xff, 0xff, 0xff, 0xff, 0xfe, 0xff, 0xff, 0xff});
  CheckList(S64Type(), ListOf({Value::S64(-1)}), 0, 1, Bits(8, 0xff));
  CheckList(CharType(), ListOf({Value::Char('A'), Value::Char('B')}), 0, 2, {65, 0, 0, 0, 66, 0, 0, 0});
  CheckList(F32Type(), ListOf({Value::F32(1.0f)}), 0, 1, {0, 0, 0x80, 0x3f});
  CheckList(F64Type(), ListOf({Value::F64(1.0)}), 0, 1, {0, 0, 0, 0, 0, 0, 0xf0, 0x3f});
}

TEST_CASE("lists of strings and of lists, with both widths of pointer") {
  const Value words = ListOf({Value::Str("hi"), Value::Str("wat")});
  CheckList(StringType(), words, 0, 2,
            {16, 0, 0, 0, 2, 0, 0, 0, 21, 0, 0, 0, 3, 0, 0, 0, 'h', 'i', 0xf, 0xf, 0xf, 'w', 'a', 't'});
  CheckList(StringType(), words, 0, 2, {32, 0, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 0,   0,   0,   0,   37,  0,   0,   0,
                                        0,  0, 0, 0, 3, 0, 0, 0, 0, 0, 0, 0, 'h', 'i', 0xf, 0xf, 0xf, 'w', 'a', 't'},
            PtrType::kI64);
  const Value nested = ListOf({Value::BytesOf({3, 4, 5}), Value::BytesOf({}), Value::BytesOf({6, 7})});
  const ValType bytes = Ok(ListType(U8Type()));
  CheckList(bytes, nested, 0, 3,
            {24, 0, 0, 0, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 27, 0, 0, 0, 2, 0, 0, 0, 3, 4, 5, 6, 7});
  const ValType shorts = Ok(ListType(U16Type()));
  CheckList(shorts, ListOf({ListOf({Value::U16(5), Value::U16(6)})}), 0, 1, {8, 0, 0, 0, 2, 0, 0, 0, 5, 0, 6, 0});
  CheckTrap(shorts, "list pointer is not aligned", 0, 1, {9, 0, 0, 0, 2, 0, 0, 0, 0, 5, 0, 6, 0});
  CheckTrap(shorts, "unaligned pointer", 0, 1, {9, 0, 0, 0, 2, 0, 0, 0, 0, 5, 0, 6, 0}, Boundary::kComponent);
}

TEST_CASE("lists of fixed length lie in place") {
  CheckList(Ok(FixedListType(U8Type(), 2)), ListOf({Value::BytesOf({1, 2}), Value::BytesOf({3, 4})}), 0, 2,
            {1, 2, 3, 4});
  const ValType pair = Ok(FixedListType(U32Type(), 2));
  CheckList(pair, ListOf({ListOf({Value::U32(1), Value::U32(2)})}), 0, 1, {1, 0, 0, 0, 2, 0, 0, 0});
  CheckTrap(pair, "list pointer is not aligned", 1, 1, {0, 1, 0, 0, 0, 2, 0, 0, 0});
}

TEST_CASE("records are padded between fields and at the end") {
  const auto u8 = Value::U8;
  CheckList(
      Ok(TupleType({U8Type(), U8Type(), U16Type(), U32Type()})),
      ListOf({Tup({u8(6), u8(7), Value::U16(8), Value::U32(9)}), Tup({u8(4), u8(5), Value::U16(6), Value::U32(7)})}), 0,
      2, {6, 7, 8, 0, 9, 0, 0, 0, 4, 5, 6, 0, 7, 0, 0, 0});
  CheckList(Ok(TupleType({U8Type(), U16Type(), U8Type(), U32Type()})),
            ListOf({Tup({u8(6), Value::U16(7), u8(8), Value::U32(9)})}), 0, 1,
            {6, 0xff, 7, 0, 8, 0xff, 0xff, 0xff, 9, 0, 0, 0});
  CheckList(Ok(TupleType({Ok(TupleType({U16Type(), U8Type()})), U8Type()})),
            ListOf({Tup({Tup({Value::U16(4), u8(5)}), u8(6)}), Tup({Tup({Value::U16(7), u8(8)}), u8(9)})}), 0, 2,
            {4, 0, 5, 0xff, 6, 0xff, 7, 0, 8, 0xff, 9, 0xff});
  CheckList(Ok(MapType(U8Type(), U16Type())).node().element.value(),
            ListOf({Tup({u8(42), Value::U16(83)}), Tup({u8(43), Value::U16(84)})}), 0, 2,
            {42, 0xff, 83, 0, 43, 0xff, 84, 0});
}

TEST_CASE("ABI-05 bits without a flag are ignored") {
  const auto flags = [](size_t n) { return Ok(FlagsType(std::vector<std::string>(n, "f"))); };
  const auto bits = Value::FlagBits;
  CheckList(flags(2), ListOf({bits(0), bits(2), bits(3)}), 0, 3, {0, 2, 3});
  CheckList(flags(2), ListOf({bits(0), bits(2), bits(0)}), 0, 3, {0, 2, 4});
  CheckList(flags(9), ListOf({bits(0x1ff), bits(0)}), 0, 2, {0xff, 0x1, 0, 0});
  CheckList(flags(9), ListOf({bits(0x1ff), bits(0)}), 0, 2, {0xff, 0x3, 0, 0});
  CheckList(flags(17), ListOf({bits(0x1ffff), bits(0)}), 0, 2, {0xff, 0xff, 0x3, 0, 0, 0, 0, 0});
  for (size_t n = 1; n <= 32; ++n) {
    const uint32_t all = static_cast<uint32_t>((uint64_t{1} << n) - 1);
    CheckList(flags(n), ListOf({bits(all)}), 0, 1, Bits(ElemSize(flags(n), PtrType::kI32), 0xff));
  }
}

TEST_CASE("ABI-05 a discriminant without a case traps, a bool is true for any other number") {
  const ValType variant = Ok(VariantType({{"x", U8Type()}, {"y", U32Type()}, {"z", std::nullopt}}));
  CheckList(variant, ListOf({Value::Case(1, Value::U32(7)), Value::Enum(2)}), 0, 2,
            {1, 0xff, 0xff, 0xff, 7, 0, 0, 0, 2, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff});
  CheckTrap(variant, "invalid variant discriminant", 0, 1, {3, 0, 0, 0, 0, 0, 0, 0});
  CheckTrap(Ok(OptionType(U8Type())), "invalid variant discriminant", 0, 1, {2, 0});
  const ValType wide = Ok(EnumType(std::vector<std::string>(300, "c")));
  CheckList(wide, ListOf({Value::Enum(299)}), 0, 1, {0x2b, 1});
  CheckTrap(wide, "invalid variant discriminant", 0, 1, {0x2c, 1});
}

TEST_CASE("ABI-03 a char is a Unicode scalar value") {
  for (const uint32_t c : {0xd800u, 0xdfffu, 0x110000u, 0xffffffffu}) {
    Bits bytes(4);
    std::memcpy(bytes.data(), &c, 4);
    CheckTrap(CharType(), "invalid `char` bit pattern", 0, 1, bytes);
  }
  CheckList(CharType(), ListOf({Value::Char(0xd7ff)}), 0, 1, {0xff, 0xd7, 0, 0});
  CheckList(CharType(), ListOf({Value::Char(0xe000)}), 0, 1, {0, 0xe0, 0, 0});
  CheckList(CharType(), ListOf({Value::Char(0x10ffff)}), 0, 1, {0xff, 0xff, 0x10, 0});
}

TEST_CASE("NaNs become the canonical one") {
  const std::pair<uint32_t, uint32_t> narrow[] = {
      {0x7fc00000, 0x7fc00000}, {0x7fc00001, 0x7fc00000}, {0x7fe00000, 0x7fc00000},
      {0x7fffffff, 0x7fc00000}, {0xffffffff, 0x7fc00000}, {0x7f800001, 0x7fc00000},
      {0x7f800000, 0x7f800000}, {0xff800000, 0xff800000}, {0x3fc00000, 0x3fc00000}};
  for (const auto& [in, out] : narrow) CHECK(EncodeFloatAsI32(DecodeI32AsFloat(in)) == out);
  const std::pair<uint64_t, uint64_t> wide[] = {
      {0x7ff8000000000001, kCanonicalFloat64Nan}, {0x7ffc000000000000, kCanonicalFloat64Nan},
      {0x7ff0000000000001, kCanonicalFloat64Nan}, {0xffffffffffffffff, kCanonicalFloat64Nan},
      {0x7ff0000000000000, 0x7ff0000000000000},   {0x3ff0000000000000, 0x3ff0000000000000}};
  for (const auto& [in, out] : wide) CHECK(EncodeFloatAsI64(DecodeI64AsFloat(in)) == out);
}

TEST_CASE("ABI-04 lists outside of memory") {
  const std::string oob = "list pointer/length out of bounds of memory";
  CheckTrap(U8Type(), oob, 0, 9, Bits(8));
  CheckTrap(U8Type(), oob, 9, 0, Bits(8));
  CheckList(U8Type(), Value::BytesOf({}), 8, 0, Bits(8));
  CheckTrap(U8Type(), "list content out-of-bounds", 4, 5, Bits(8), Boundary::kComponent);
  CheckTrap(U32Type(), oob, 0x80000000, 1, Bits(8));
  CheckTrap(U32Type(), oob, 0xfffffffc, 1, Bits(8));
  CheckTrap(U64Type(), "list pointer is not aligned", 4, 1, Bits(16));
  // A 64-bit pointer whose sum with the length wraps.
  CheckTrap(U8Type(), oob, 0xffffffffffffffff, 2, Bits(8), Boundary::kHost, PtrType::kI64);
}

TEST_CASE("ABI-02 ABI-04 the length of a list is limited, and no product wraps") {
  const std::string words = "list length exceeds maximum byte size";
  const std::string oob = "list pointer/length out of bounds of memory";
  CheckTrap(U8Type(), oob, 0, kMaxListByteLength, Bits(8));
  CheckTrap(U8Type(), words, 0, kMaxListByteLength + 1, Bits(8));
  CheckTrap(U64Type(), oob, 0, kMaxListByteLength / 8, Bits(8));
  CheckTrap(U64Type(), words, 0, kMaxListByteLength / 8 + 1, Bits(8));
  CheckTrap(U64Type(), words, 0, 0x20000000, Bits(8));
  CheckTrap(U64Type(), words, 0, uint64_t{1} << 61, Bits(8), Boundary::kHost, PtrType::kI64);
  // The pair of a map of huge values: only the empty list fits.
  const ValType map = Ok(MapType(U8Type(), Ok(FixedListType(U8Type(), 268435455))));
  CheckTrap(*map.node().element, words, 0, 1, Bits(8));
  CheckList(*map.node().element, ListOf({}), 0, 0, Bits(8));
}

TEST_CASE("ABI-06 what a list costs the host is charged before it is allocated") {
  const size_t n = 1 << 20;
  const ValType unit_result = Ok(ResultType(std::nullopt, std::nullopt));
  for (const ValType& elem : {BoolType(), unit_result, Ok(TupleType({unit_result}))}) {
    FakeGuest guest(n);
    LiftLowerContext cx = guest.Cx();
    const auto got = LoadListFromRange(cx, 0, n, elem);
    REQUIRE_FALSE(got.ok());
    CHECK(got.error().kind() == ErrorKind::kLimit);
    CHECK(got.error().message().ends_with(", the limit is 16777216 (-W max-host-bytes-per-call)"));
  }
  // Bytes cost themselves.
  FakeGuest guest(n);
  LiftLowerContext cx = guest.Cx();
  REQUIRE(LoadListFromRange(cx, 0, n, U8Type()).ok());
  CHECK(guest.budget.left() == kDefaultHostBytesPerCall - n);
}

TEST_CASE("ABI-06 lists that share their bytes are charged each time") {
  // 1024 lists, all of the same 64 KiB.
  const size_t count = 1024, each = 65536;
  Bits bytes(each + 8 * count);
  for (size_t i = 0; i < count; ++i) {
    const uint32_t range[2] = {0, each};
    std::memcpy(&bytes[each + 8 * i], range, 8);
  }
  FakeGuest guest(std::move(bytes));
  LiftLowerContext cx = guest.Cx();
  const auto got = LoadListFromRange(cx, each, count, Ok(ListType(U8Type())));
  REQUIRE_FALSE(got.ok());
  CHECK(got.error().kind() == ErrorKind::kLimit);
  guest.budget = HostBudget(uint64_t{128} << 20);
  CHECK(LoadListFromRange(cx, each, count, Ok(ListType(U8Type()))).ok());
}

TEST_CASE("a missing memory or realloc is a bug of ours, not a crash") {
  FakeGuest guest(16);
  guest.opts.memory = nullptr;
  guest.opts.realloc = nullptr;
  LiftLowerContext cx = guest.Cx();
  CHECK(LoadListFromRange(cx, 0, 1, U8Type()).error().kind() == ErrorKind::kBug);
  CHECK(StoreListIntoRange(cx, Value::BytesOf({1}), U8Type()).error().kind() == ErrorKind::kBug);
}

}  // namespace
}  // namespace cvm::abi
