// Storing: bytes of every kind of value, what does not fit its type, and the answers of realloc for lists.
#include "canonical-abi/memory/store.hpp"

#include <catch2/catch.hpp>

#include "canonical-abi/memory/load.hpp"
#include "test/canonical-abi/support/fake_guest.hpp"

namespace cvm::abi {
namespace {

using Bits = std::vector<uint8_t>;

ValType Ok(Result<ValType> type) {
  REQUIRE(type.ok());
  return *std::move(type);
}

// The bytes that a value leaves at address 0 of a memory of 0xee.
Bits Stored(const Value& v, const ValType& t) {
  FakeGuest guest(Bits(64, 0xee));
  guest.last_alloc = 32;
  LiftLowerContext cx = guest.Cx();
  REQUIRE(Store(cx, v, t, 0).ok());
  Bits bytes = guest.memory.Copy();
  bytes.resize(ElemSize(t, PtrType::kI32));
  return bytes;
}

TEST_CASE("values are little-endian, and padding is left alone") {
  CHECK(Stored(Value::Bool(true), BoolType()) == Bits{1});
  CHECK(Stored(Value::S16(-2), S16Type()) == Bits{0xfe, 0xff});
  CHECK(Stored(Value::U32(0x01020304), U32Type()) == Bits{4, 3, 2, 1});
  CHECK(Stored(Value::Char(0x1f600), CharType()) == Bits{0, 0xf6, 1, 0});
  CHECK(Stored(Value::F32(-0.0f), F32Type()) == Bits{0, 0, 0, 0x80});
  CHECK(Stored(Value::FlagBits(0x102), Ok(FlagsType(std::vector<std::string>(9, "f")))) == Bits{2, 1});
  const ValType record = Ok(RecordType({{"a", U8Type()}, {"b", U32Type()}}));
  CHECK(Stored(Value::RecordOf({Value::U8(1), Value::U32(2)}), record) == Bits{1, 0xee, 0xee, 0xee, 2, 0, 0, 0});
  const ValType option = Ok(OptionType(U16Type()));
  CHECK(Stored(Value::Some(Value::U16(3)), option) == Bits{1, 0xee, 3, 0});
  CHECK(Stored(Value::None(), option) == Bits{0, 0xee, 0xee, 0xee});
  CHECK(Stored(Value::BytesOf({7, 8}), Ok(ListType(U8Type()))) == Bits{32, 0, 0, 0, 2, 0, 0, 0});
  CHECK(Stored(Value::BytesOf({7, 8}), Ok(FixedListType(U8Type(), 2))) == Bits{7, 8});
  CHECK(Stored(Value::Str("abc"), StringType()) == Bits{32, 0, 0, 0, 3, 0, 0, 0});
}

TEST_CASE("lists are allocated before their elements, even if empty") {
  FakeGuest guest(128);
  LiftLowerContext cx = guest.Cx();
  const ValType t = Ok(ListType(StringType()));
  REQUIRE(StoreListIntoRange(cx, Value::ListOf({Value::Str("ab"), Value::Str("")}), StringType()).ok());
  CHECK(guest.calls == std::vector<ReallocCall>{{0, 0, 4, 16}, {0, 0, 1, 2}, {0, 0, 1, 0}});
  guest.calls.clear();
  REQUIRE(StoreListIntoRange(cx, Value::ListOf({}), U64Type()).ok());
  CHECK(guest.calls == std::vector<ReallocCall>{{0, 0, 8, 0}});
}

Error ListError(uint64_t answer, const Value& v, const ValType& elem, Boundary boundary) {
  FakeGuest guest(64);
  guest.lie = {0, answer};
  LiftLowerContext cx = guest.Cx({}, boundary);
  const auto range = StoreListIntoRange(cx, v, elem);
  REQUIRE_FALSE(range.ok());
  CHECK(range.error().kind() == ErrorKind::kTrap);
  CHECK(guest.memory.Copy() == Bits(64));
  return range.error();
}

TEST_CASE("ABI-01 realloc's answer for a list is checked, alignment first") {
  const Value two = Value::ListOf({Value::U32(1), Value::U32(2)});
  const Value none = Value::ListOf({});
  CHECK(ListError(0xfffffffc, two, U32Type(), Boundary::kHost).message() == "realloc return: beyond end of memory");
  CHECK(ListError(0xfffffffc, none, U32Type(), Boundary::kHost).message() == "realloc return: beyond end of memory");
  CHECK(ListError(0xffffffff, two, U32Type(), Boundary::kHost).message() == "realloc return: result not aligned");
  CHECK(ListError(60, two, U32Type(), Boundary::kHost).message() == "realloc return: beyond end of memory");
  CHECK(ListError(0xffffffff, none, U8Type(), Boundary::kComponent).message() == "list content out-of-bounds");
  CHECK(ListError(2, two, U32Type(), Boundary::kComponent).message() == "unaligned pointer");
}

TEST_CASE("a trap in realloc is the trap of the call") {
  FakeGuest guest(4);
  LiftLowerContext cx = guest.Cx();
  const auto range = StoreListIntoRange(cx, Value::BytesOf({1, 2, 3, 4, 5}), U8Type());
  REQUIRE_FALSE(range.ok());
  CHECK(range.error().message() == "unreachable");
}

TEST_CASE("values that do not fit their types are errors of usage") {
  FakeGuest guest(128);
  LiftLowerContext cx = guest.Cx();
  const auto kind = [&](const Value& v, const ValType& t) {
    const auto stored = Store(cx, v, t, 0);
    return stored.ok() ? ErrorKind::kBug : stored.error().kind();
  };
  const ValType pair = Ok(TupleType({U8Type(), U8Type()}));
  CHECK(kind(Value::U8(1), U16Type()) == ErrorKind::kUsage);
  CHECK(kind(Value::F64(1), F32Type()) == ErrorKind::kUsage);
  CHECK(kind(Value::Char(0xd800), CharType()) == ErrorKind::kUsage);
  CHECK(kind(Value::U8(1), StringType()) == ErrorKind::kUsage);
  CHECK(kind(Value::RecordOf({Value::U8(1)}), pair) == ErrorKind::kUsage);
  CHECK(kind(Value::U8(1), pair) == ErrorKind::kUsage);
  CHECK(kind(Value::Enum(2), Ok(OptionType(U8Type()))) == ErrorKind::kUsage);
  CHECK(kind(Value::Case(1, std::nullopt), Ok(OptionType(U8Type()))) == ErrorKind::kUsage);
  CHECK(kind(Value::FlagBits(2), Ok(FlagsType({"a"}))) == ErrorKind::kUsage);
  CHECK(kind(Value::BytesOf({1}), Ok(FixedListType(U8Type(), 2))) == ErrorKind::kUsage);
  CHECK(kind(Value::BytesOf({1}), Ok(ListType(U16Type()))) == ErrorKind::kUsage);
  CHECK(kind(Value::U8(1), Ok(ListType(U8Type()))) == ErrorKind::kUsage);
  CHECK(kind(Value::U8(1), OwnType(ResourceIndex(0))) == ErrorKind::kBug);  // no resource of this index
  CHECK(kind(Value::U8(1), Ok(StreamType(std::nullopt))) == ErrorKind::kUsage);
  CHECK(kind(Value::U8(1), Ok(FutureType(std::nullopt))) == ErrorKind::kUsage);
  CHECK(kind(Value::U8(1), ErrorContextType()) == ErrorKind::kUsage);
}

}  // namespace
}  // namespace cvm::abi
