// Dynamic values: kinds, equality, text, and whether they fit a type.
#include "canonical-abi/values/value.hpp"

#include <catch2/catch.hpp>
#include <cmath>
#include <limits>

#include "canonical-abi/values/check.hpp"

namespace cvm::abi {
namespace {

ValType Ok(Result<ValType> type) {
  REQUIRE(type.ok());
  return *std::move(type);
}

// A resource type is known here by its address alone.
const ResourceType* FakeResource(int which) {
  static char places[4];
  return reinterpret_cast<const ResourceType*>(&places[which]);
}

TEST_CASE("a value is of one kind") {
  const Value v = Value::U16(7);
  CHECK(v.kind() == ValueKind::kU16);
  REQUIRE(v.As<uint16_t>() != nullptr);
  CHECK(*v.As<uint16_t>() == 7);
  CHECK(v.As<uint32_t>() == nullptr);
  CHECK(v.AsString() == nullptr);
  CHECK(Value::Char(U'a').kind() == ValueKind::kChar);
  CHECK(Value::U32('a').kind() == ValueKind::kU32);
  CHECK(*Value::Str("hi").AsString() == "hi");
  CHECK(Value().kind() == ValueKind::kBool);
}

TEST_CASE("values are equal by kind and parts") {
  CHECK(Value::U8(1) == Value::U8(1));
  CHECK_FALSE(Value::U8(1) == Value::U16(1));
  CHECK(Value::Str("a", StringSource::kUtf16) == Value::Str("a"));
  CHECK_FALSE(Value::Some(Value::U8(1)) == Value::Ok(Value::U8(1)));
  CHECK(Value::None() == Value::Enum(0));
  CHECK(Value::RecordOf({Value::U8(1), Value::Str("x")}) == Value::RecordOf({Value::U8(1), Value::Str("x")}));
  CHECK_FALSE(Value::RecordOf({Value::U8(1)}) == Value::RecordOf({Value::U8(1), Value::U8(1)}));
  CHECK(Value::Own(FakeResource(0), 1) == Value::Own(FakeResource(0), 1));
  CHECK_FALSE(Value::Own(FakeResource(0), 1) == Value::Own(FakeResource(1), 1));
  CHECK_FALSE(Value::Own(FakeResource(0), 1) == Value::Borrow(FakeResource(0), 1));
}

TEST_CASE("floats are equal by their bits, all NaN alike") {
  const float nan = std::numeric_limits<float>::quiet_NaN();
  CHECK(Value::F32(nan) == Value::F32(-nan));
  CHECK(Value::F64(std::nan("1")) == Value::F64(std::nan("2")));
  CHECK_FALSE(Value::F32(0.0f) == Value::F32(-0.0f));
  CHECK(Value::F64(-0.0) == Value::F64(-0.0));
}

TEST_CASE("both forms of a list of bytes are the same list") {
  const Value bytes = Value::BytesOf({1, 2});
  const Value list = Value::ListOf({Value::U8(1), Value::U8(2)});
  CHECK(bytes == list);
  CHECK(list == bytes);
  CHECK(bytes.ListAt(1) == Value::U8(2));
  CHECK(bytes.ListSize() == 2);
  CHECK_FALSE(bytes == Value::BytesOf({1, 3}));
  CHECK_FALSE(Value::ListOf({Value::U16(1), Value::U16(2)}) == bytes);
  CHECK(Value::U8(1).ListSize() == 0);
}

TEST_CASE("values print for people") {
  const Value v = Value::RecordOf({Value::U8(1), Value::S8(-1), Value::Str("a\"b"), Value::Some(Value::Bool(true)),
                                   Value::ListOf({Value::F64(1.5), Value::Char(U'é')}), Value::BytesOf({7}),
                                   Value::FlagBits(3), Value::Own(FakeResource(0), 9), Value::None()});
  CHECK(v.DebugString() == R"({1, -1, "a\"b", #1(true), [1.5, 'é'], [7], flags(3), own(9), #0})");
  CHECK(Value::BytesOf(std::vector<uint8_t>(1 << 20)).DebugString().size() < 1100);
}

TEST_CASE("check: kinds, counts, cases and flags") {
  CHECK(CheckValue(Value::U8(1), U8Type()).ok());
  const auto wrong = CheckValue(Value::Str("x"), U8Type());
  REQUIRE_FALSE(wrong.ok());
  CHECK(wrong.error().kind() == ErrorKind::kUsage);
  CHECK(wrong.error().message() == "value does not fit its type: expected u8, found string \"x\"");
  const ValType tuple = Ok(TupleType({U8Type(), StringType()}));
  CHECK(CheckValue(Value::RecordOf({Value::U8(1), Value::Str("")}), tuple).ok());
  CHECK_FALSE(CheckValue(Value::RecordOf({Value::U8(1)}), tuple).ok());
  const ValType option = Ok(OptionType(U8Type()));
  CHECK(CheckValue(Value::None(), option).ok());
  CHECK(CheckValue(Value::Some(Value::U8(1)), option).ok());
  CHECK_FALSE(CheckValue(Value::Case(1, std::nullopt), option).ok());
  CHECK_FALSE(CheckValue(Value::Case(0, Value::U8(1)), option).ok());
  CHECK_FALSE(CheckValue(Value::Case(2, std::nullopt), option).ok());
  const ValType flags = Ok(FlagsType({"a", "b"}));
  CHECK(CheckValue(Value::FlagBits(3), flags).ok());
  CHECK_FALSE(CheckValue(Value::FlagBits(4), flags).ok());
  CHECK(CheckValue(Value::FlagBits(0xffffffff), Ok(FlagsType(std::vector<std::string>(32, "f")))).ok());
}

TEST_CASE("check: lists of both forms and of fixed length") {
  CHECK(CheckValue(Value::BytesOf({1}), Ok(ListType(U8Type()))).ok());
  CHECK(CheckValue(Value::ListOf({Value::U8(1)}), Ok(ListType(U8Type()))).ok());
  CHECK_FALSE(CheckValue(Value::BytesOf({1}), Ok(ListType(U16Type()))).ok());
  CHECK_FALSE(CheckValue(Value::BytesOf({1}), Ok(FixedListType(U8Type(), 2))).ok());
  const ValType map = Ok(MapType(StringType(), U8Type()));
  CHECK(CheckValue(Value::ListOf({Value::RecordOf({Value::Str("k"), Value::U8(1)})}), map).ok());
}

TEST_CASE("ABI-03 check: ill-formed text and characters of a host") {
  CHECK_FALSE(CheckValue(Value::Str("\xff"), StringType()).ok());
  CHECK_FALSE(CheckValue(Value::Char(0xd800), CharType()).ok());
  CHECK_FALSE(CheckValue(Value::Char(0x110000), CharType()).ok());
  CHECK(CheckValue(Value::Char(0x10ffff), CharType()).ok());
}

TEST_CASE("check: handles are not null") {
  CHECK(CheckValue(Value::Own(FakeResource(0), 0), OwnType(ResourceIndex(0))).ok());
  CHECK_FALSE(CheckValue(Value::Own(nullptr, 0), OwnType(ResourceIndex(0))).ok());
  CHECK(CheckValue(Value::Own(FakeResource(0), 0), BorrowType(ResourceIndex(0))).ok());
  CHECK_FALSE(CheckValue(Value::Borrow(FakeResource(0), 0), OwnType(ResourceIndex(0))).ok());
  CHECK_FALSE(CheckValue(Value(StreamHandle{}), Ok(StreamType(std::nullopt))).ok());
  CHECK_FALSE(CheckValue(Value(ErrorContextRef{}), ErrorContextType()).ok());
  const auto context = std::make_shared<const ErrorContext>();
  CHECK(CheckValue(Value(ErrorContextRef(context)), ErrorContextType()).ok());
}

}  // namespace
}  // namespace cvm::abi
