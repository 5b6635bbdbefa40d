// The encodings of canonical strings: UTF-8 inside, UTF-16 (little-endian) and Latin-1 in memories. Pure functions.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace cvm::abi {

// Of well-formed UTF-8: how many code units the text takes in UTF-16, and how many code points it has.
size_t CountUtf16Units(std::string_view utf8);
size_t CountCodePoints(std::string_view utf8);
// True if every code point is below U+0100.
bool IsLatin1(std::string_view utf8);

// REQUIRES: well-formed UTF-8; for Latin-1, IsLatin1.
std::vector<uint8_t> EncodeUtf16(std::string_view utf8);
std::vector<uint8_t> EncodeLatin1(std::string_view utf8);

// The length that the text will have in UTF-8; nullopt at an unpaired surrogate. REQUIRES: an even number of bytes.
std::optional<size_t> Utf8LengthOfUtf16(std::span<const uint8_t> utf16);
size_t Utf8LengthOfLatin1(std::span<const uint8_t> latin1);
// The text in UTF-8; nullopt at an unpaired surrogate.
std::optional<std::string> DecodeUtf16(std::span<const uint8_t> utf16);
std::string DecodeLatin1(std::span<const uint8_t> latin1);

// What is wrong with ill-formed UTF-8, in the words that the official suite compares: "invalid utf-8 sequence …" or
// "incomplete utf-8 byte sequence …", the latter if the text ends inside a sequence that was good so far.
std::string DescribeIllFormedUtf8(std::string_view bytes);

}  // namespace cvm::abi
