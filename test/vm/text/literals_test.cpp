// Number and string literals.
#include "vm/text/literals.hpp"

#include <bit>
#include <catch2/catch.hpp>
#include <cmath>
#include <cstdio>
#include <random>

namespace cvm::text {
namespace {

TEST_CASE("integers fit or do not") {
  CHECK(ParseI32("4294967295") == 0xffffffffu);
  CHECK(ParseI32("-2147483648") == 0x80000000u);
  CHECK(ParseI32("+0x7_f") == 0x7fu);
  CHECK(ParseI32("-1") == 0xffffffffu);
  CHECK_FALSE(ParseI32("4294967296").has_value());
  CHECK_FALSE(ParseI32("-2147483649").has_value());
  CHECK_FALSE(ParseI32("1.0").has_value());
  CHECK_FALSE(ParseI32("0x").has_value());
  CHECK(ParseI64("18446744073709551615") == UINT64_MAX);
  CHECK(ParseI64("-9223372036854775808") == uint64_t{1} << 63);
  CHECK_FALSE(ParseI64("18446744073709551616").has_value());
  CHECK_FALSE(ParseI64("-0x8000000000000001").has_value());
  CHECK_FALSE(ParseU64("0x1_0000_0000_0000_0000").has_value());
  CHECK(ParseInteger("-128", 8) == 0x80u);
  CHECK_FALSE(ParseInteger("-129", 8).has_value());
  CHECK(ParseInteger("65535", 16) == 0xffffu);
  CHECK_FALSE(ParseU8("256").has_value());
  CHECK_FALSE(ParseU32("-1").has_value());
  CHECK_FALSE(ParseU32("").has_value());
}

TEST_CASE("floats round to nearest, ties to even") {
  const std::pair<const char*, uint32_t> f32[] = {
      {"0", 0},
      {"-0", 0x80000000},
      {"-0.0e5", 0x80000000},
      {"1.", 0x3f800000},
      {"1.e1", 0x41200000},
      {"0x1p0", 0x3f800000},
      {"0x1.8", 0x3fc00000},
      {"0x1.000001p0", 0x3f800000},         // half way: to even
      {"0x1.0000010000001p0", 0x3f800001},  // just above
      {"0x1.000003p0", 0x3f800002},         // half way: to even, up
      {"0x1.fffffffp0", 0x40000000},        // carries into the exponent
      {"0x1p-149", 1},
      {"0x0.8p-149", 0},  // half of the least: to even
      {"0x0.80000000000000000001p-149", 1},
      {"0x1p-150", 0},
      {"0x1.8p-149", 2},
      {"0x0.fffffep-126", 0x7fffff},
      {"0x0.ffffffp-126", 0x800000},  // rounds to the least normal
      {"0x1.fffffep127", 0x7f7fffff},
      {"0x1.fffffefffffff8p127", 0x7f7fffff},
      {"3.40282356e38", 0x7f7fffff},
      {"1e-46", 0},
      {"1e-400", 0},
      {"-1e-400", 0x80000000},
      {"1.1754943508222875e-38", 0x00800000},
      {"0x00000000000000000000000000000000000000000000000001p-1", 0x3f000000},
      {"0x0p99999999999999999999", 0},
      {"0x100000000000000000000000000000000p-128", 0x3f800000},
      {"inf", 0x7f800000},
      {"-inf", 0xff800000},
      {"nan", 0x7fc00000},
      {"-nan", 0xffc00000},
      {"nan:0x1", 0x7f800001},
      {"+nan:0x7f_ffff", 0x7fffffff},
      {"1_0.2_5e0_1", std::bit_cast<uint32_t>(102.5f)},
  };
  for (const auto& [text, bits] : f32) {
    INFO(text);
    CHECK(ParseF32(text) == bits);
  }
  for (const char* out_of_range :
       {"0x1p128", "0x1.ffffffp127", "3.40282357e38", "1e39", "3.4028236e38", "1e400", "-1e99999999999999999",
        "nan:0x0", "nan:0x800000", "0x1p99999999999999999999", "nan:1", "abc", ""}) {
    INFO(out_of_range);
    CHECK_FALSE(ParseF32(out_of_range).has_value());
  }
  CHECK(ParseF64("0x1.fffffffffffffp1023") == 0x7fefffffffffffffull);
  CHECK_FALSE(ParseF64("0x1.fffffffffffff8p1023").has_value());
  CHECK(ParseF64("0x1p-1074") == 1u);
  CHECK(ParseF64("4.9e-324") == 1u);
  CHECK(ParseF64("2.2250738585072011e-308") == 0x000fffffffffffffull);
  CHECK(ParseF64("1e-500") == 0u);
  CHECK_FALSE(ParseF64("1e309").has_value());
  CHECK(ParseF64("nan:0xfffffffffffff") == 0x7fffffffffffffffull);
  CHECK_FALSE(ParseF64("nan:0x10000000000000").has_value());
}

TEST_CASE("hexadecimal floats print and parse to the same bits") {
  std::mt19937_64 random(7);
  for (int i = 0; i < 20000; ++i) {
    const uint64_t bits = random();
    const double value = std::bit_cast<double>(bits);
    if (std::isnan(value) || std::isinf(value)) continue;
    char text[64];
    std::snprintf(text, sizeof text, "%a", value);
    CHECK(ParseF64(text) == bits);
    std::snprintf(text, sizeof text, "%.17g", value);
    CHECK(ParseF64(text) == bits);
    const float narrow = std::bit_cast<float>(static_cast<uint32_t>(bits));
    if (std::isnan(narrow) || std::isinf(narrow)) continue;
    std::snprintf(text, sizeof text, "%a", static_cast<double>(narrow));
    CHECK(ParseF32(text) == static_cast<uint32_t>(bits));
    // Rounding from more digits than there is room for: as the compiler's conversion does.
    const double wide = std::bit_cast<double>((bits & 0x800fffffffffffff) | (uint64_t{1023 - 160 + bits % 290} << 52));
    const float rounded = static_cast<float>(wide);
    std::snprintf(text, sizeof text, "%a", wide);
    const auto parsed = ParseF32(text);
    CHECK((std::isinf(rounded) ? !parsed.has_value() : parsed == std::bit_cast<uint32_t>(rounded)));
  }
}

TEST_CASE("strings") {
  CHECK(DecodeString(R"("a\tb\n\r\"\'\\\41\u{1F600}\u{0_0}")") == std::string("a\tb\n\r\"'\\A\xf0\x9f\x98\x80\0", 14));
  CHECK(DecodeString("\"\"").empty());
  CHECK(EscapeLength("\\n") == 2);
  CHECK(EscapeLength("\\7f") == 3);
  CHECK(EscapeLength("\\u{10ffff}") == 10);
  for (const char* bad : {"\\", "\\7", "\\7g", "\\x", "\\u", "\\u{", "\\u{}", "\\u{d800}", "\\u{110000}", "\\u{_1}",
                          "\\u{1_}", "\\u{fffffffffffffffff}", "\\u12", "a"}) {
    INFO(bad);
    CHECK(EscapeLength(bad) == 0);
  }
}

}  // namespace
}  // namespace cvm::text
