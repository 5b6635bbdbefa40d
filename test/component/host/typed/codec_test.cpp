// Every shape of type, lifted and lowered both ways and compared with the reference path of canonical-abi: values, flat
// values, bytes of memory, and the sequence of reallocs, for both widths of pointer and all string encodings.
#include <catch2/catch.hpp>
#include <cmath>
#include <limits>

#include "gen/golden/shapes/types.hpp"
#include "test/component/host/typed/support.hpp"

namespace cvm::component::typed {
namespace {

using abi::CoreValue;
using abi::PtrType;
using abi::StringEncoding;
namespace shapes = golden::shapes::types;

abi::ValType TypeOfInfo(const TypeInfo& info) {
  ResourceList resources;
  return *ToValType(info, &resources);
}

template <class T>
struct RoundTrip {
  PtrType ptr_type;
  StringEncoding encoding;
  const abi::ValType type = TypeOfInfo(Codec<T>::kInfo);

  // Memory and reallocs after an action on a fresh guest with some room reserved at 8.
  template <class F>
  std::pair<std::vector<uint8_t>, std::vector<abi::ReallocCall>> After(const F& action) const {
    abi::FakeGuest guest(2048, ptr_type, encoding);
    guest.last_alloc = 512;
    abi::LiftLowerContext cx = guest.Cx();
    action(guest, cx);
    return {guest.memory.Copy(), guest.calls};
  }

  void Memory(const T& value, const abi::Value& dynamic) const {
    const auto expected =
        After([&](abi::FakeGuest&, abi::LiftLowerContext& cx) { REQUIRE(abi::Store(cx, dynamic, type, 8).ok()); });
    const auto got = After([&](abi::FakeGuest& guest, abi::LiftLowerContext& cx) {
      T copy = value;
      Lowerer lowerer(cx);
      Codec<T>::Store(lowerer, 8, copy);
      REQUIRE_FALSE(lowerer.failed());
      Lifter lifter(cx);
      const T loaded = Codec<T>::Load(lifter, guest.memory.bytes().data() + 8);
      REQUIRE_FALSE(lifter.failed());
      CHECK(DynamicOf(loaded) == dynamic);
    });
    CHECK(got.first == expected.first);
    CHECK(got.second == expected.second);
  }

  void Flat(const T& value, const abi::Value& dynamic) const {
    if constexpr (Codec<T>::kInfo.flat.count <= abi::kMaxFlatParams) {
      std::vector<CoreValue> flat;
      const auto expected = After(
          [&](abi::FakeGuest&, abi::LiftLowerContext& cx) { REQUIRE(abi::LowerFlat(cx, dynamic, type, &flat).ok()); });
      const auto got = After([&](abi::FakeGuest&, abi::LiftLowerContext& cx) {
        T copy = value;
        std::array<uint64_t, abi::kMaxFlatParams> slots;
        slots.fill(0xdeadbeefdeadbeef);
        Lowerer lowerer(cx);
        Codec<T>::Lower(lowerer, slots.data(), copy);
        REQUIRE_FALSE(lowerer.failed());
        for (size_t i = 0; i < flat.size(); ++i) CHECK(slots[i] == flat[i].bits);
        Lifter lifter(cx);
        CHECK(DynamicOf(Codec<T>::Lift(lifter, slots.data())) == dynamic);
        REQUIRE_FALSE(lifter.failed());
      });
      CHECK(got.first == expected.first);
      CHECK(got.second == expected.second);
    }
  }
};

template <class T>
void Check(const T& value) {
  const abi::Value dynamic = DynamicOf(value);
  for (PtrType ptr_type : kPtrTypes) {
    for (StringEncoding encoding : {StringEncoding::kUtf8, StringEncoding::kUtf16, StringEncoding::kLatin1Utf16}) {
      INFO(dynamic.DebugString() << " encoding " << static_cast<int>(encoding));
      const RoundTrip<T> trip{ptr_type, encoding};
      trip.Memory(value, dynamic);
      trip.Flat(value, dynamic);
    }
  }
}

template <class T>
void CheckLimits() {
  Check(std::numeric_limits<T>::lowest());
  Check(std::numeric_limits<T>::max());
  Check(static_cast<T>(1));
}

TEST_CASE("numbers") {
  CheckLimits<uint8_t>();
  CheckLimits<int8_t>();
  CheckLimits<uint16_t>();
  CheckLimits<int16_t>();
  CheckLimits<uint32_t>();
  CheckLimits<int32_t>();
  CheckLimits<uint64_t>();
  CheckLimits<int64_t>();
  CheckLimits<float>();
  CheckLimits<double>();
  Check(true);
  Check(Bool(false));
  Check(U'\U0001f600');
  Check(std::nanf("0x12345"));
  Check(-std::nan("0x12345"));
}

TEST_CASE("strings and lists") {
  Check(std::string());
  Check(std::string("plain"));
  Check(std::string("Gr\u00fc\u00dfe"));
  Check(std::string("\u20ac \U0001f600"));
  Check(std::vector<uint8_t>{1, 2, 255});
  Check(std::vector<int64_t>{1, -2, INT64_MIN});
  Check(std::vector<uint16_t>{});
  Check(std::vector<Bool>{true, false, true});
  Check(std::vector<char32_t>{U'a', U'\u20ac'});
  Check(std::vector<std::string>{"a", "", "\u00fc"});
  Check(std::vector<std::vector<std::string>>{{"a"}, {}, {"b", "c"}});
  Check(std::map<std::string, uint64_t>{{"one", 1}, {"two", 2}});
  Check(std::array<std::array<float, 3>, 3>{{{1, 2, 3}, {4, 5, 6}, {7, 8, 9}}});
  Check(std::array<uint8_t, 20>{1, 2, 3});
}

TEST_CASE("tuples, options and results") {
  Check(std::tuple<uint8_t, uint64_t, bool>{1, 2, true});
  Check(std::tuple<std::string, std::optional<uint32_t>>{"x", 7});
  Check(std::optional<uint64_t>());
  Check(std::optional<uint64_t>(9));
  Check(std::optional<std::optional<bool>>(std::optional<bool>()));
  Check(WitResult<>(Ok()));
  Check(WitResult<>(Err()));
  Check(WitResult<uint64_t, float>(Ok(uint64_t{1} << 60)));
  Check(WitResult<uint64_t, float>(Err(1.5f)));
  Check(WitResult<float, int32_t>(Ok(-0.0f)));
  Check(WitResult<float, int32_t>(Err(-1)));
  Check(WitResult<double, float>(Err(-2.5f)));
  Check(WitResult<std::string, uint8_t>(Ok(std::string("text"))));
  Check(WitResult<std::string, uint8_t>(Err(uint8_t{3})));
  Check(WitResult<void, std::tuple<std::string, double>>(Err(std::tuple<std::string, double>{"e", 0.5})));
  Check(WitResult<std::tuple<std::vector<uint8_t>, bool>, shapes::Color>(
      Ok(std::tuple<std::vector<uint8_t>, bool>{{1, 2}, true})));
}

TEST_CASE("generated types") {
  Check(shapes::Point{1, -2, 3.5});
  Check(shapes::Color::kHtmlBlue);
  Check(shapes::Access::kRead | shapes::Access::kDelete);
  Check(shapes::Access());
  Check(shapes::Shape());
  Check(shapes::Shape(shapes::Shape::Point{{1, 2, 3}}));
  Check(shapes::Shape(shapes::Shape::Many{{{1, 2, 3}, {4, 5, 6}}}));
  Check(shapes::Shape(shapes::Shape::Shape_{"name"}));
  Check(shapes::Shape(shapes::Shape::Named{{"n", shapes::Color::kDarkGreen}}));
  Check(shapes::Shape(shapes::Shape::Named{{"", std::nullopt}}));
  Check(shapes::NamesList{{1, true, U'x', "out", shapes::Color::kRed}, {2, false, U'y', "", shapes::Color::kHtmlBlue}});
  Check(std::optional<shapes::Shape>(shapes::Shape::Shape_{"inner"}));
}

// ---------------------------------------------------------------------------------------------------------------------
// What a guest can get wrong: the same error as on the reference path.

template <class T>
void CheckRefused(const std::vector<CoreValue>& flat, const std::string& words, size_t memory = 64,
                  uint64_t budget = abi::kDefaultHostBytesPerCall) {
  abi::FakeGuest guest(std::vector<uint8_t>(memory, 0xff));
  guest.budget = abi::HostBudget(budget);
  abi::LiftLowerContext cx = guest.Cx();
  std::vector<uint64_t> slots;
  for (const CoreValue& v : flat) slots.push_back(v.bits);
  Lifter lifter(cx);
  static_cast<void>(Codec<T>::Lift(lifter, slots.data()));
  REQUIRE(lifter.failed());
  const Error error = lifter.TakeError();
  CHECK_THAT(error.message(), Catch::Contains(words));
  if (budget == abi::kDefaultHostBytesPerCall) {
    abi::CoreValueIter values(flat);
    const Result<abi::Value> expected = abi::LiftFlat(cx, values, TypeOfInfo(Codec<T>::kInfo));
    REQUIRE_FALSE(expected.ok());
    CHECK(error.message() == expected.error().message());
    CHECK(error.kind() == expected.error().kind());
  }
}

CoreValue I32(uint32_t v) { return CoreValue::I32(v); }

TEST_CASE("bad values of guests trap") {
  CheckRefused<char32_t>({I32(0xd800)}, "char");
  CheckRefused<char32_t>({I32(0x110000)}, "char");
  CheckRefused<shapes::Color>({I32(3)}, "discriminant");
  CheckRefused<std::optional<bool>>({I32(2), I32(0)}, "discriminant");
  CheckRefused<WitResult<>>({I32(2)}, "discriminant");
  CheckRefused<WitResult<uint8_t, uint8_t>>({I32(0xffffffff), I32(0)}, "discriminant");
  CheckRefused<std::string>({I32(0), I32(4)}, "utf-8");
  CheckRefused<std::string>({I32(61), I32(4)}, "out of bounds");
  CheckRefused<std::string>({I32(0), I32(1u << 28)}, "maximum byte size");
  CheckRefused<std::string>({I32(0xffffffff), I32(2)}, "out of bounds");
  CheckRefused<std::vector<uint32_t>>({I32(2), I32(1)}, "not aligned");
  CheckRefused<std::vector<uint32_t>>({I32(0), I32(17)}, "out of bounds");
  CheckRefused<std::vector<uint32_t>>({I32(0x80000000), I32(1)}, "out of bounds");
  CheckRefused<std::vector<uint64_t>>({I32(0), I32(1u << 25)}, "maximum byte size");
  CheckRefused<std::vector<char32_t>>({I32(0), I32(1)}, "char");
  CheckRefused<std::vector<shapes::Color>>({I32(0), I32(1)}, "discriminant");
  CheckRefused<std::vector<std::string>>({I32(0), I32(1)}, "");
  CheckRefused<std::tuple<char32_t, std::string>>({I32(0xd800), I32(0), I32(4)}, "char");
}

TEST_CASE("a variant's bad discriminant, in slots and in memory") {
  std::vector<CoreValue> flat;
  const auto types = abi::FlattenType(TypeOfInfo(Codec<shapes::Shape>::kInfo), PtrType::kI32);
  for (const abi::CoreType type : types) flat.push_back({type, flat.empty() ? uint64_t{5} : 0});
  CheckRefused<shapes::Shape>(flat, "discriminant");
  CheckRefused<std::vector<shapes::Shape>>({I32(0), I32(1)}, "discriminant");
}

TEST_CASE("what the host copies is charged first") {
  CheckRefused<std::vector<uint8_t>>({I32(0), I32(64)}, "the limit is 63 (-W max-host-bytes-per-call)", 64, 63);
  CheckRefused<std::vector<shapes::Access>>({I32(0), I32(64)}, "the limit is 63 (-W max-host-bytes-per-call)", 64, 63);
  // A list of empty strings costs the host more than the guest.
  abi::FakeGuest guest(800);
  guest.budget = abi::HostBudget(100 * sizeof(std::string) - 1);
  abi::LiftLowerContext cx = guest.Cx();
  Lifter lifter(cx);
  const uint64_t slots[] = {0, 100};
  static_cast<void>(Codec<std::vector<std::string>>::Lift(lifter, slots));
  REQUIRE(lifter.failed());
  CHECK(lifter.TakeError().kind() == ErrorKind::kLimit);
}

TEST_CASE("bits that mean nothing are ignored") {
  abi::FakeGuest guest(std::vector<uint8_t>(8, 0xff));
  abi::LiftLowerContext cx = guest.Cx();
  Lifter lifter(cx);
  const uint64_t slots[] = {0xffffffffffffff02};
  CHECK(Codec<bool>::Lift(lifter, slots));
  CHECK(Codec<uint8_t>::Lift(lifter, slots) == 2);
  CHECK(Codec<shapes::Access>::Lift(lifter, slots) == shapes::Access(shapes::Access::kWrite));
  CHECK(Codec<bool>::Load(lifter, guest.memory.bytes().data()));
  CHECK(Codec<shapes::Access>::Load(lifter, guest.memory.bytes().data()).bits == 7);
  CHECK_FALSE(lifter.failed());
}

// ---------------------------------------------------------------------------------------------------------------------
// What realloc can answer, and what a host can.

template <class T>
Error StoreFails(T value, const std::function<void(abi::FakeGuest&)>& prepare) {
  abi::FakeGuest guest(256);
  guest.last_alloc = 64;
  prepare(guest);
  const std::vector<uint8_t> before = guest.memory.Copy();
  abi::LiftLowerContext cx = guest.Cx();
  Lowerer lowerer(cx);
  Codec<T>::Store(lowerer, 0, value);
  REQUIRE(lowerer.failed());
  CHECK(guest.memory.Copy() == before);
  return lowerer.TakeError();
}

TEST_CASE("answers of realloc are checked before anything is written") {
  const auto lies = [](uint64_t answer) {
    return [answer](abi::FakeGuest& guest) { guest.lie = std::pair<size_t, uint64_t>(0, answer); };
  };
  CHECK_THAT(StoreFails(std::string("abc"), lies(254)).message(), Catch::Contains("beyond end of memory"));
  CHECK_THAT(StoreFails(std::string("abc"), lies(0xffffffff)).message(), Catch::Contains("beyond end of memory"));
  CHECK_THAT(StoreFails(std::vector<uint32_t>{1}, lies(2)).message(), Catch::Contains("not aligned"));
  CHECK_THAT(StoreFails(std::vector<uint32_t>{1}, lies(256)).message(), Catch::Contains("beyond end of memory"));
  CHECK(StoreFails(std::vector<uint8_t>(1000), lies(0)).kind() == ErrorKind::kTrap);
  CHECK_THAT(StoreFails(std::vector<uint8_t>(1000), [](abi::FakeGuest&) {}).message(), Catch::Contains("unreachable"));
}

TEST_CASE("values of a host that fit no type") {
  const auto nothing = [](abi::FakeGuest&) {};
  CHECK(StoreFails(std::string("\xff"), nothing).kind() == ErrorKind::kUsage);
  CHECK(StoreFails(char32_t{0xd800}, [](abi::FakeGuest& g) { g.memory.Replace({}); }).kind() == ErrorKind::kUsage);
  abi::FakeGuest guest(64);
  abi::LiftLowerContext cx = guest.Cx();
  for (int i = 0; i < 2; ++i) {
    Lowerer lowerer(cx);
    uint64_t slot = 0;
    if (i == 0) {
      Codec<shapes::Color>::Lower(lowerer, &slot, static_cast<shapes::Color>(3));
    } else {
      Codec<shapes::Access>::Lower(lowerer, &slot, shapes::Access(uint8_t{8}));
    }
    REQUIRE(lowerer.failed());
    CHECK(lowerer.TakeError().kind() == ErrorKind::kUsage);
  }
}

TEST_CASE("nothing is stored outside of memory") {
  abi::FakeGuest guest(16);
  abi::LiftLowerContext cx = guest.Cx();
  Lowerer lowerer(cx);
  shapes::Point point;
  Codec<shapes::Point>::Store(lowerer, 8, point);
  REQUIRE(lowerer.failed());
  CHECK(lowerer.TakeError().kind() == ErrorKind::kTrap);
}

}  // namespace
}  // namespace cvm::component::typed
