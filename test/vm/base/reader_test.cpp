// LEB128 and the other reads of Reader, and that Writer is their inverse.
#include "vm/base/reader.hpp"

#include <catch2/catch.hpp>
#include <limits>

namespace cvm {
namespace {

using Raw = std::vector<uint8_t>;

template <class Read>
std::string ErrorOf(const Raw& bytes, Read read) {
  Reader in(bytes);
  auto result = read(in);
  return result.ok() ? "" : result.error().message();
}
const auto kU32 = [](Reader& in) { return in.U32(); };
const auto kU64 = [](Reader& in) { return in.U64(); };
const auto kS32 = [](Reader& in) { return in.S32(); };
const auto kS33 = [](Reader& in) { return in.S33(); };
const auto kS64 = [](Reader& in) { return in.S64(); };

TEST_CASE("unsigned integers are read back as written") {
  for (const uint64_t value : {0ull, 1ull, 0x7full, 0x80ull, 0x3fffull, 0x4000ull, 0xffffffffull, 0x100000000ull,
                               0x7fffffffffffffffull, 0xffffffffffffffffull}) {
    Writer out;
    out.U64(value);
    Reader in(out.bytes());
    CHECK(in.U64().value() == value);
    CHECK(in.AtEnd());
    if (value > UINT32_MAX) continue;
    Reader narrow(out.bytes());
    CHECK(narrow.U32().value() == value);
    CHECK(narrow.AtEnd());
  }
}

TEST_CASE("signed integers are read back as written") {
  for (const int64_t value :
       {int64_t{0}, int64_t{-1}, int64_t{63}, int64_t{64}, int64_t{-64}, int64_t{-65}, int64_t{INT32_MIN},
        int64_t{INT32_MAX}, std::numeric_limits<int64_t>::min(), std::numeric_limits<int64_t>::max()}) {
    Writer out;
    out.S64(value);
    Reader in(out.bytes());
    CHECK(in.S64().value() == value);
    CHECK(in.AtEnd());
    if (value < INT32_MIN || value > INT32_MAX) continue;
    Reader narrow(out.bytes());
    CHECK(narrow.S32().value() == value);
    Reader block(out.bytes());
    CHECK(block.S33().value() == value);
  }
}

TEST_CASE("DEC-06 over-long and over-wide LEB128 integers are refused") {
  // Zero in as many bytes as are allowed, and one byte more.
  CHECK(ErrorOf({0x80, 0x80, 0x80, 0x80, 0x00}, kU32).empty());
  CHECK(ErrorOf({0x80, 0x80, 0x80, 0x80, 0x80, 0x00}, kU32) == "integer representation too long");
  CHECK(ErrorOf({0xff, 0xff, 0xff, 0xff, 0x0f}, kU32).empty());
  CHECK(ErrorOf({0xff, 0xff, 0xff, 0xff, 0x1f}, kU32) == "integer too large");
  CHECK(ErrorOf({0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x01}, kU64).empty());
  CHECK(ErrorOf({0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x02}, kU64) == "integer too large");
  CHECK(ErrorOf({0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x00}, kU64) ==
        "integer representation too long");
  // Unused bits of a signed integer repeat its sign.
  CHECK(ErrorOf({0xff, 0xff, 0xff, 0xff, 0x7f}, kS32).empty());
  CHECK(ErrorOf({0xff, 0xff, 0xff, 0xff, 0x0f}, kS32) == "integer too large");
  CHECK(ErrorOf({0x80, 0x80, 0x80, 0x80, 0x70}, kS32) == "integer too large");
  CHECK(ErrorOf({0x80, 0x80, 0x80, 0x80, 0x78}, kS32).empty());
  CHECK(ErrorOf({0x80, 0x80, 0x80, 0x80, 0x70}, kS33).empty());
  CHECK(ErrorOf({0x80, 0x80, 0x80, 0x80, 0x60}, kS33) == "integer too large");
  CHECK(ErrorOf({0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x7f}, kS64).empty());
  CHECK(ErrorOf({0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x7e}, kS64) == "integer too large");
}

TEST_CASE("nothing is read past the end") {
  const std::string end = "unexpected end of section or function";
  CHECK(ErrorOf({}, [](Reader& in) { return in.U8(); }) == end);
  CHECK(ErrorOf({}, kU32) == end);
  CHECK(ErrorOf({0x80}, kU32) == end);
  CHECK(ErrorOf({0xff, 0xff}, kS64) == end);
  CHECK(ErrorOf({1, 2, 3}, [](Reader& in) { return in.FixedU32(); }) == end);
  CHECK(ErrorOf({1, 2, 3, 4, 5, 6, 7}, [](Reader& in) { return in.FixedU64(); }) == end);
  CHECK(ErrorOf({1, 2}, [](Reader& in) { return in.Take(3); }) == end);
  CHECK(ErrorOf({1, 2}, [](Reader& in) { return in.Take(UINT64_MAX); }) == end);
  CHECK(ErrorOf({1, 2}, [](Reader& in) { return in.Sub(3); }) == "length out of bounds");
  CHECK(ErrorOf({3, 'a', 'b'}, [](Reader& in) { return in.Name(); }) == "length out of bounds");
  CHECK(ErrorOf({2, 0xc0, 0x80}, [](Reader& in) { return in.Name(); }) == "malformed UTF-8 encoding");
}

TEST_CASE("DEC-01 a count is believed only as far as bytes are there") {
  const auto count4 = [](Reader& in) { return in.Count(4); };
  CHECK(ErrorOf({2, 0, 0, 0, 0, 0, 0, 0, 0}, count4).empty());
  CHECK(ErrorOf({3, 0, 0, 0, 0, 0, 0, 0, 0}, count4) == "length out of bounds");
  CHECK(ErrorOf({0xff, 0xff, 0xff, 0xff, 0x0f, 0}, count4) == "length out of bounds");  // times 4 wraps 32 bits
  CHECK(ErrorOf({0x80, 0x80, 0x80, 0x80, 0x04, 0}, count4) == "length out of bounds");  // 2³⁰: 0 in 32 bits
}

TEST_CASE("offsets are those of the whole file") {
  const Raw bytes = {1, 2, 3, 4, 5};
  Reader in(bytes, 100);
  REQUIRE(in.Take(2).ok());
  CHECK(in.offset() == 102);
  Reader sub = in.Sub(2).value();
  CHECK(sub.offset() == 102);
  CHECK(in.offset() == 104);
  REQUIRE(sub.U8().ok());
  REQUIRE(sub.U8().ok());
  CHECK(sub.U8().error().offset() == 104);
}

TEST_CASE("a writer can drop its tail") {
  Writer out;
  out.U32(5);
  out.Name("abc");
  out.Truncate(1);
  CHECK(out.Take() == Raw{5});
}

}  // namespace
}  // namespace cvm
