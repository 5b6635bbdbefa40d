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

// What IsValidUtf8 says of long texts, which it looks at many bytes at a time.
bool IsValidOneByOne(std::string_view text) {
  for (size_t pos = 0; pos < text.size();) {
    if (!DecodeUtf8(text, &pos)) return false;
  }
  return true;
}

TEST_CASE("a long text is valid if each of its code points is, wherever it lies") {
  static constexpr std::string_view kGood[] = {"a",
                                               "\xc3\xa9",
                                               "\xe2\x82\xac",
                                               "\xf0\x9f\x98\x80",
                                               "\xed\x9f\xbf",
                                               "\xf4\x8f\xbf\xbf",
                                               "\xe0\xa0\x80",
                                               "some letters of ASCII"};
  static constexpr std::string_view kBad[] = {"\xc0\x80",         "\xe0\x80\x80", "\xed\xa0\x80", "\xf4\x90\x80\x80",
                                              "\xf0\x80\x80\x80", "\x80",         "\xff",         "\xc3",
                                              "\xe2\x82",         "\xf0\x9f\x98"};
  uint64_t state = 1;
  const auto below = [&state](size_t n) {
    state = state * 6364136223846793005u + 1442695040888963407u;
    return static_cast<size_t>(state >> 33) % n;
  };
  size_t valid = 0;
  for (int i = 0; i < 20'000; ++i) {
    std::string text;
    for (size_t n = below(60); n > 0; --n) text += kGood[below(std::size(kGood))];
    if (below(2) == 0) text.insert(below(text.size() + 1), kBad[below(std::size(kBad))]);
    if (below(4) == 0) text.resize(below(text.size() + 1));
    const bool expected = IsValidOneByOne(text);
    valid += expected ? 1 : 0;
    if (IsValidUtf8(text) != expected) {
      CAPTURE(i);
      REQUIRE(IsValidUtf8(text) == expected);
    }
  }
  CHECK(valid > 5'000);
  CHECK(valid < 15'000);
  // Every pair of bytes at every place around the end of a block.
  for (size_t pos = 60; pos < 66; ++pos) {
    for (int pair = 0; pair < 0x10000; ++pair) {
      std::string text(100, 'x');
      text[pos] = static_cast<char>(pair >> 8);
      text[pos + 1] = static_cast<char>(pair);
      text[pos + 2] = static_cast<char>(0x80);
      if (IsValidUtf8(text) != IsValidOneByOne(text)) {
        CAPTURE(pos, pair);
        REQUIRE(IsValidUtf8(text) == IsValidOneByOne(text));
      }
    }
  }
}

}  // namespace
}  // namespace cvm
