// Flat lifting and lowering: the facts of the specification's run_tests.py (test, test_pairs), coercions, spills.
#include <catch2/catch.hpp>

#include "canonical-abi/flat/lift_flat.hpp"
#include "canonical-abi/flat/lower_flat.hpp"
#include "canonical-abi/memory/load.hpp"
#include "canonical-abi/memory/numbers.hpp"
#include "test/canonical-abi/support/fake_guest.hpp"

namespace cvm::abi {
namespace {

using Core = std::vector<CoreValue>;
constexpr auto I32 = CoreValue::I32;
constexpr auto I64 = CoreValue::I64;
constexpr auto F32 = CoreValue::F32;
constexpr auto F64 = CoreValue::F64;

ValType Ok(Result<ValType> type) {
  REQUIRE(type.ok());
  return *std::move(type);
}

ValType Flags_(size_t n) { return Ok(FlagsType(std::vector<std::string>(n, "f"))); }
Value Tup(std::vector<Value> fields) { return Value::RecordOf(std::move(fields)); }

// Lifts, compares, lowers, lifts again.
void Check(const ValType& t, const Core& flat, const Value& expect) {
  INFO(t.ToString() << " " << expect.DebugString());
  FakeGuest guest(64);
  LiftLowerContext cx = guest.Cx();
  CoreValueIter vi(flat);
  const auto got = LiftFlat(cx, vi, t);
  REQUIRE(got.ok());
  CHECK(vi.done());
  CHECK(*got == expect);
  Core lowered;
  REQUIRE(LowerFlat(cx, *got, t, &lowered).ok());
  CHECK(TypesMatchValues(FlattenType(t, PtrType::kI32), lowered));
  CoreValueIter again(lowered);
  const auto relifted = LiftFlat(cx, again, t);
  REQUIRE(relifted.ok());
  CHECK(*relifted == expect);
}

void CheckTrap(const ValType& t, const Core& flat, const std::string& words) {
  FakeGuest guest(64);
  LiftLowerContext cx = guest.Cx();
  CoreValueIter vi(flat);
  const auto got = LiftFlat(cx, vi, t);
  REQUIRE_FALSE(got.ok());
  CHECK(got.error().kind() == ErrorKind::kTrap);
  CHECK(got.error().message() == words);
}

TEST_CASE("integers keep the bits of their width") {
  for (const uint32_t i : {1u, 2u, 0xffffffffu}) Check(BoolType(), {I32(i)}, Value::Bool(true));
  Check(BoolType(), {I32(0)}, Value::Bool(false));
  const uint32_t raw[] = {127, 128, 255, 256, 4294967295, 4294967168, 4294967167};
  const uint8_t u8[] = {127, 128, 255, 0, 255, 128, 127};
  for (size_t i = 0; i < 7; ++i) {
    Check(U8Type(), {I32(raw[i])}, Value::U8(u8[i]));
    Check(S8Type(), {I32(raw[i])}, Value::S8(static_cast<int8_t>(u8[i])));
  }
  const uint32_t wide[] = {32767, 32768, 65535, 65536, 0xffffffff, 0xffff8000, 0xffff7fff};
  const uint16_t u16[] = {32767, 32768, 65535, 0, 65535, 32768, 32767};
  for (size_t i = 0; i < 7; ++i) {
    Check(U16Type(), {I32(wide[i])}, Value::U16(u16[i]));
    Check(S16Type(), {I32(wide[i])}, Value::S16(static_cast<int16_t>(u16[i])));
  }
  for (const uint32_t i : {0x7fffffffu, 0x80000000u, 0xffffffffu}) {
    Check(U32Type(), {I32(i)}, Value::U32(i));
    Check(S32Type(), {I32(i)}, Value::S32(static_cast<int32_t>(i)));
  }
  for (const uint64_t i : {uint64_t{0x7fffffffffffffff}, uint64_t{1} << 63, ~uint64_t{0}}) {
    Check(U64Type(), {I64(i)}, Value::U64(i));
    Check(S64Type(), {I64(i)}, Value::S64(static_cast<int64_t>(i)));
  }
}

TEST_CASE("lowered integers are extended to 32 bits by their sign") {
  FakeGuest guest(0);
  LiftLowerContext cx = guest.Cx();
  Core flat;
  REQUIRE(LowerFlat(cx, Value::S8(-1), S8Type(), &flat).ok());
  REQUIRE(LowerFlat(cx, Value::U8(255), U8Type(), &flat).ok());
  REQUIRE(LowerFlat(cx, Value::S16(-2), S16Type(), &flat).ok());
  REQUIRE(LowerFlat(cx, Value::S32(-3), S32Type(), &flat).ok());
  REQUIRE(LowerFlat(cx, Value::S64(-4), S64Type(), &flat).ok());
  CHECK(flat == Core{I32(0xffffffff), I32(255), I32(0xfffffffe), I32(0xfffffffd), I64(0xfffffffffffffffc)});
}

TEST_CASE("floats and characters") {
  Check(F32Type(), {F32(3.14f)}, Value::F32(3.14f));
  Check(F64Type(), {F64(3.14)}, Value::F64(3.14));
  Check(CharType(), {I32(0)}, Value::Char(0));
  Check(CharType(), {I32(0xd7ff)}, Value::Char(0xd7ff));
  Check(CharType(), {I32(0xe000)}, Value::Char(0xe000));
  Check(CharType(), {I32(0x10ffff)}, Value::Char(0x10ffff));
  for (const uint32_t c : {0xd800u, 0xdfffu, 0x110000u, 0xffffffffu})
    CheckTrap(CharType(), {I32(c)}, "invalid `char` bit pattern");
  FakeGuest guest(0);
  LiftLowerContext cx = guest.Cx();
  const Core nan = {{CoreType::kF32, 0xffc00001}};
  CoreValueIter vi(nan);
  Core flat;
  REQUIRE(LowerFlat(cx, *LiftFlat(cx, vi, F32Type()), F32Type(), &flat).ok());
  CHECK(flat == Core{{CoreType::kF32, kCanonicalFloat32Nan}});
}

TEST_CASE("records, tuples, lists of fixed length and flags") {
  Check(Ok(RecordType({{"x", U8Type()}, {"y", U16Type()}, {"z", U32Type()}})), {I32(1), I32(2), I32(3)},
        Tup({Value::U8(1), Value::U16(2), Value::U32(3)}));
  Check(Ok(TupleType({Ok(TupleType({U8Type(), U8Type()})), U8Type()})), {I32(1), I32(2), I32(3)},
        Tup({Tup({Value::U8(1), Value::U8(2)}), Value::U8(3)}));
  Check(Ok(FixedListType(U8Type(), 3)), {I32(1), I32(2), I32(3)}, Value::BytesOf({1, 2, 3}));
  Check(Ok(FixedListType(Ok(FixedListType(U8Type(), 2)), 2)), {I32(1), I32(2), I32(3), I32(4)},
        Value::ListOf({Value::BytesOf({1, 2}), Value::BytesOf({3, 4})}));
  for (const uint32_t i : {0u, 2u, 3u}) Check(Flags_(2), {I32(i)}, Value::FlagBits(i));
  Check(Flags_(2), {I32(4)}, Value::FlagBits(0));
  Check(Flags_(32), {I32(0xffffffff)}, Value::FlagBits(0xffffffff));
}

TEST_CASE("variants coerce their payloads") {
  const ValType xyz = Ok(VariantType({{"x", U8Type()}, {"y", F32Type()}, {"z", std::nullopt}}));
  Check(xyz, {I32(0), I32(42)}, Value::Case(0, Value::U8(42)));
  Check(xyz, {I32(0), I32(256)}, Value::Case(0, Value::U8(0)));
  Check(xyz, {I32(1), I32(0x4048f5c3)}, Value::Case(1, Value::F32(3.14f)));
  Check(xyz, {I32(2), I32(0xffffffff)}, Value::Enum(2));
  CheckTrap(xyz, {I32(3), I32(0)}, "invalid variant discriminant");
  Check(Ok(OptionType(F32Type())), {I32(0), F32(3.14f)}, Value::None());
  Check(Ok(OptionType(F32Type())), {I32(1), F32(3.14f)}, Value::Some(Value::F32(3.14f)));
  const ValType result = Ok(ResultType(U8Type(), U32Type()));
  Check(result, {I32(0), I32(42)}, Value::Ok(Value::U8(42)));
  Check(result, {I32(1), I32(1000)}, Value::Err(Value::U32(1000)));
  const ValType en = Ok(EnumType({"a", "b"}));
  Check(en, {I32(0)}, Value::Enum(0));
  Check(en, {I32(1)}, Value::Enum(1));
  CheckTrap(en, {I32(2)}, "invalid variant discriminant");
}

TEST_CASE("every coercion of a join, in both directions") {
  // Joined with f64 and u64, all payloads travel as i64.
  const ValType t =
      Ok(VariantType({{"a", U32Type()}, {"b", F32Type()}, {"c", F64Type()}, {"d", U64Type()}, {"e", S8Type()}}));
  Check(t, {I32(0), I64(0xdeadbeef00000007)}, Value::Case(0, Value::U32(7)));
  Check(t, {I32(1), I64(0xdeadbeef3f800000)}, Value::Case(1, Value::F32(1.0f)));
  Check(t, {I32(2), I64(0x3ff0000000000000)}, Value::Case(2, Value::F64(1.0)));
  Check(t, {I32(3), I64(~uint64_t{0})}, Value::Case(3, Value::U64(~uint64_t{0})));
  FakeGuest guest(0);
  LiftLowerContext cx = guest.Cx();
  const auto lowered = [&](const Value& v) {
    Core flat;
    REQUIRE(LowerFlat(cx, v, t, &flat).ok());
    return flat;
  };
  CHECK(lowered(Value::Case(1, Value::F32(1.0f))) == Core{I32(1), I64(0x3f800000)});
  CHECK(lowered(Value::Case(2, Value::F64(1.0))) == Core{I32(2), I64(0x3ff0000000000000)});
  // An i32 is extended by zeros, a negative one too.
  CHECK(lowered(Value::Case(4, Value::S8(-1))) == Core{I32(4), I64(0xffffffff)});
}

TEST_CASE("variants in variants are coerced twice, and the rest is filled with zeros") {
  const ValType inner = Ok(ResultType(F32Type(), U8Type()));
  const ValType outer =
      Ok(VariantType({{"a", inner}, {"b", Ok(TupleType({F64Type(), F64Type(), U8Type()}))}, {"c", std::nullopt}}));
  CHECK(FlattenType(outer, PtrType::kI32) ==
        std::vector<CoreType>{CoreType::kI32, CoreType::kI64, CoreType::kI64, CoreType::kI32});
  Check(outer, {I32(0), I64(0), I64(0x3f800000), I32(9)}, Value::Case(0, Value::Ok(Value::F32(1.0f))));
  Check(outer, {I32(0), I64(0xffffffff00000001), I64(7), I32(9)}, Value::Case(0, Value::Err(Value::U8(7))));
  FakeGuest guest(0);
  LiftLowerContext cx = guest.Cx();
  Core flat;
  REQUIRE(LowerFlat(cx, Value::Enum(2), outer, &flat).ok());
  CHECK(flat == Core{I32(2), I64(0), I64(0), I32(0)});
}

TEST_CASE("strings and lists are pointer and length") {
  for (const PtrType p : {PtrType::kI32, PtrType::kI64}) {
    FakeGuest guest(128, p);
    guest.last_alloc = 8;
    LiftLowerContext cx = guest.Cx();
    Core flat;
    const ValType t = Ok(ListType(U16Type()));
    const Value list = Value::ListOf({Value::U16(1), Value::U16(2)});
    REQUIRE(LowerFlat(cx, Value::Str("hey"), StringType(), &flat).ok());
    REQUIRE(LowerFlat(cx, list, t, &flat).ok());
    CHECK(flat == Core{CoreValue::Ptr(p, 8), CoreValue::Ptr(p, 3), CoreValue::Ptr(p, 12), CoreValue::Ptr(p, 2)});
    CoreValueIter vi(flat);
    CHECK(*LiftFlat(cx, vi, StringType()) == Value::Str("hey"));
    CHECK(*LiftFlat(cx, vi, t) == list);
  }
}

TEST_CASE("more than sixteen flat values go through memory") {
  for (const PtrType p : {PtrType::kI32, PtrType::kI64}) {
    std::vector<ValType> ts(16, U8Type());
    ts.push_back(U64Type());
    std::vector<Value> vs;
    for (uint8_t i = 0; i < 16; ++i) vs.push_back(Value::U8(i));
    vs.push_back(Value::U64(99));
    FakeGuest guest(64, p);
    guest.last_alloc = 4;
    LiftLowerContext cx = guest.Cx();
    const auto flat = LowerFlatValues(cx, kMaxFlatParams, vs, ts);
    REQUIRE(flat.ok());
    CHECK(*flat == Core{CoreValue::Ptr(p, 8)});
    CHECK(guest.calls == std::vector<ReallocCall>{{0, 0, 8, 24}});
    CoreValueIter vi(*flat);
    const auto again = LiftFlatValues(cx, kMaxFlatParams, vi, ts);
    REQUIRE(again.ok());
    CHECK(*again == vs);
  }
}

TEST_CASE("results above one flat value go where the caller says") {
  FakeGuest guest(64);
  LiftLowerContext cx = guest.Cx();
  const std::vector<ValType> ts = {Ok(TupleType({U32Type(), U8Type()}))};
  const std::vector<Value> vs = {Tup({Value::U32(1), Value::U8(2)})};
  const auto lower_to = [&](uint32_t ptr) {
    const Core args = {I32(ptr)};
    CoreValueIter out(args);
    return LowerFlatValues(cx, kMaxFlatResults, vs, ts, &out);
  };
  REQUIRE(lower_to(16).ok());
  CHECK(lower_to(16)->empty());
  CHECK(guest.calls.empty());
  CHECK(guest.memory.bytes()[20] == 2);
  REQUIRE(lower_to(56).ok());
  CHECK(lower_to(60).error().message() == "pointer out of bounds of memory");
  CHECK(lower_to(0xfffffffc).error().message() == "pointer out of bounds of memory");
  CHECK(lower_to(1).error().message() == "pointer not aligned");
  const auto lift_from = [&](uint32_t ptr, Boundary boundary) {
    LiftLowerContext from = guest.Cx({}, boundary);
    const Core args = {I32(ptr)};
    CoreValueIter vi(args);
    return LiftFlatValues(from, kMaxFlatResults, vi, ts);
  };
  CHECK(*lift_from(16, Boundary::kHost) == vs);
  CHECK(lift_from(1, Boundary::kComponent).error().message() == "unaligned pointer");
  CHECK(lift_from(60, Boundary::kHost).error().message() == "pointer out of bounds of memory");
}

TEST_CASE("ABI-01 realloc's answer for spilled parameters is checked") {
  const std::vector<ValType> ts(17, U32Type());
  const std::vector<Value> vs(17, Value::U32(1));
  for (const auto& [answer, words] : {std::pair<uint64_t, std::string>{1, "realloc return: result not aligned"},
                                      {4, "realloc return: beyond end of memory"},
                                      {0xfffffffc, "realloc return: beyond end of memory"}}) {
    FakeGuest guest(68);
    guest.lie = {0, answer};
    LiftLowerContext cx = guest.Cx();
    const auto flat = LowerFlatValues(cx, kMaxFlatParams, vs, ts);
    REQUIRE_FALSE(flat.ok());
    CHECK(flat.error().message() == words);
    CHECK(guest.memory.Copy() == std::vector<uint8_t>(68));
  }
}

TEST_CASE("wrong core values are bugs, a wrong number of values is usage") {
  FakeGuest guest(64);
  LiftLowerContext cx = guest.Cx();
  const Core flat = {I32(1)};
  CoreValueIter vi(flat);
  CHECK(LiftFlat(cx, vi, U64Type()).error().kind() == ErrorKind::kBug);
  CHECK(LiftFlat(cx, vi, U32Type()).error().kind() == ErrorKind::kBug);
  const std::vector<ValType> ts = {U8Type()};
  CHECK(LowerFlatValues(cx, 16, {}, ts).error().kind() == ErrorKind::kUsage);
  const std::vector<Value> wrong = {Value::Str("x")};
  CHECK(LowerFlatValues(cx, 16, wrong, ts).error().kind() == ErrorKind::kUsage);
}

}  // namespace
}  // namespace cvm::abi
