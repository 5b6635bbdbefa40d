#include "canonical-abi/memory/transcode.hpp"

#include "vm/base/utf8.hpp"

namespace cvm::abi {
namespace {

// Calls `each` for every code point; false at the first ill-formed byte, which callers rule out.
template <class Each>
bool ForEachCodePoint(std::string_view utf8, const Each& each) {
  size_t pos = 0;
  while (pos < utf8.size()) {
    const std::optional<char32_t> c = DecodeUtf8(utf8, &pos);
    if (!c.has_value()) return false;
    each(*c);
  }
  return true;
}

constexpr bool IsHigh(uint32_t unit) { return unit >= 0xd800 && unit < 0xdc00; }
constexpr bool IsLow(uint32_t unit) { return unit >= 0xdc00 && unit < 0xe000; }

// Calls `each` for every code point; false at an unpaired surrogate.
template <class Each>
bool ForEachUtf16(std::span<const uint8_t> utf16, const Each& each) {
  const auto unit = [&](size_t i) { return static_cast<uint32_t>(utf16[2 * i] | utf16[2 * i + 1] << 8); };
  const size_t n = utf16.size() / 2;
  for (size_t i = 0; i < n; ++i) {
    const uint32_t u = unit(i);
    if (IsHigh(u) && i + 1 < n && IsLow(unit(i + 1))) {
      each(static_cast<char32_t>(0x10000 + ((u - 0xd800) << 10) + (unit(i + 1) - 0xdc00)));
      ++i;
    } else if (IsHigh(u) || IsLow(u)) {
      return false;
    } else {
      each(static_cast<char32_t>(u));
    }
  }
  return true;
}

size_t Utf8Length(char32_t c) { return c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4; }

// True if some continuation bytes after `tail` would make it a code point.
bool IsIncomplete(std::string_view tail) {
  if (tail.size() >= 4) return false;
  for (const char filler : {'\x80', '\xbf'}) {
    for (size_t length = tail.size() + 1; length <= 4; ++length) {
      std::string candidate(tail);
      candidate.resize(length, filler);
      size_t pos = 0;
      if (DecodeUtf8(candidate, &pos).has_value() && pos == length) return true;
    }
  }
  return false;
}

}  // namespace

size_t CountUtf16Units(std::string_view utf8) {
  size_t n = 0;
  ForEachCodePoint(utf8, [&](char32_t c) { n += c < 0x10000 ? 1 : 2; });
  return n;
}

size_t CountCodePoints(std::string_view utf8) {
  size_t n = 0;
  ForEachCodePoint(utf8, [&](char32_t) { ++n; });
  return n;
}

bool IsLatin1(std::string_view utf8) {
  bool latin1 = true;
  ForEachCodePoint(utf8, [&](char32_t c) { latin1 &= c < 0x100; });
  return latin1;
}

std::vector<uint8_t> EncodeUtf16(std::string_view utf8) {
  std::vector<uint8_t> out;
  out.reserve(2 * CountUtf16Units(utf8));
  const auto put = [&](uint32_t unit) {
    out.push_back(static_cast<uint8_t>(unit));
    out.push_back(static_cast<uint8_t>(unit >> 8));
  };
  ForEachCodePoint(utf8, [&](char32_t c) {
    if (c < 0x10000) return put(c);
    put(0xd800 + ((c - 0x10000) >> 10));
    put(0xdc00 + ((c - 0x10000) & 0x3ff));
  });
  return out;
}

std::vector<uint8_t> EncodeLatin1(std::string_view utf8) {
  std::vector<uint8_t> out;
  out.reserve(utf8.size());
  ForEachCodePoint(utf8, [&](char32_t c) { out.push_back(static_cast<uint8_t>(c)); });
  return out;
}

std::optional<size_t> Utf8LengthOfUtf16(std::span<const uint8_t> utf16) {
  size_t n = 0;
  if (!ForEachUtf16(utf16, [&](char32_t c) { n += Utf8Length(c); })) return std::nullopt;
  return n;
}

size_t Utf8LengthOfLatin1(std::span<const uint8_t> latin1) {
  size_t n = 0;
  for (const uint8_t byte : latin1) n += Utf8Length(byte);
  return n;
}

std::optional<std::string> DecodeUtf16(std::span<const uint8_t> utf16) {
  std::string out;
  out.reserve(Utf8LengthOfUtf16(utf16).value_or(0));
  if (!ForEachUtf16(utf16, [&](char32_t c) { AppendUtf8(&out, c); })) return std::nullopt;
  return out;
}

std::string DecodeLatin1(std::span<const uint8_t> latin1) {
  std::string out;
  out.reserve(Utf8LengthOfLatin1(latin1));
  for (const uint8_t byte : latin1) AppendUtf8(&out, byte);
  return out;
}

std::string DescribeIllFormedUtf8(std::string_view bytes) {
  size_t pos = 0;
  while (pos < bytes.size() && DecodeUtf8(bytes, &pos).has_value()) {
  }
  const std::string place = " from index " + std::to_string(pos);
  if (IsIncomplete(bytes.substr(pos))) return "incomplete utf-8 byte sequence" + place;
  return "invalid utf-8 sequence" + place;
}

}  // namespace cvm::abi
