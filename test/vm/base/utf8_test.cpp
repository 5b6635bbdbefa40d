#include "vm/base/utf8.hpp"

#include <catch2/catch.hpp>

namespace cvm {
namespace {

TEST_CASE("every scalar value survives coding and decoding") {
  for (char32_t code = 0; code < 0x110000; code += code < 0x3000 ? 1 : 61) {
    if (code >= 0xd800 && code < 0xe000) continue;
    std::string text;
    AppendUtf8(&text, code);
    size_t pos = 0;
    const auto decoded = DecodeUtf8(text, &pos);
    REQUIRE(decoded.has_value());
    REQUIRE(*decoded == code);
    REQUIRE(pos == text.size());
    REQUIRE(IsValidUtf8(text));
  }
}

TEST_CASE("ill-formed UTF-8 is refused") {
  for (const std::string_view bad : {"\x80",
                                     "\xbf",
                                     "\xc0\x80",
                                     "\xc1\xbf",
                                     "\xc2",
                                     "\xc2\x41",
                                     "\xe0\x80\x80",
                                     "\xe0\x9f\xbf",
                                     "\xed\xa0\x80",
                                     "\xed\xbf\xbf",
                                     "\xe2\x82",
                                     "\xf0\x80\x80\x80",
                                     "\xf0\x8f\xbf\xbf",
                                     "\xf4\x90\x80\x80",
                                     "\xf5\x80\x80\x80",
                                     "\xf0\x9f\x98",
                                     "\xfe",
                                     "\xff",
                                     "abc\x80",
                                     "\xf8\x88\x80\x80\x80"}) {
    CHECK_FALSE(IsValidUtf8(bad));
  }
  for (const std::string_view good : {"", "plain", "\xc2\x80", "\xdf\xbf", "\xe0\xa0\x80", "\xed\x9f\xbf",
                                      "\xee\x80\x80", "\xf0\x90\x80\x80", "\xf4\x8f\xbf\xbf"}) {
    CHECK(IsValidUtf8(good));
  }
  CHECK(IsValidUtf8(std::string_view("\0a", 2)));
}

TEST_CASE("a failed decode does not move") {
  size_t pos = 1;
  CHECK_FALSE(DecodeUtf8("a\xff", &pos).has_value());
  CHECK(pos == 1);
}

}  // namespace
}  // namespace cvm
