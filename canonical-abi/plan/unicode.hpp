// Transcoding from memory to memory, without a text in between. UTF-16 is little-endian and need not be aligned. Pure
// functions; long runs of ASCII, and of what needs no look at single units, are done many at a time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

namespace cvm::abi {

using ByteSpan = std::span<const uint8_t>;

// Bytes of text that are ASCII before the first that is not; the same of units.
size_t AsciiPrefix(ByteSpan text);
size_t AsciiPrefixOfUtf16(ByteSpan utf16);

// The length that the text would have in UTF-8; nullopt at an unpaired surrogate.
std::optional<uint64_t> CheckUtf16(ByteSpan utf16);
uint64_t CountNonAscii(ByteSpan latin1);
// True if every unit is below 0x100.
bool IsLatin1Utf16(ByteSpan utf16);

// What follows writes to `out`, which has room for the worst case, and answers where it ended. REQUIRES: well-formed
// text.
uint8_t* Utf16ToUtf8(ByteSpan utf16, uint8_t* out);
uint8_t* Latin1ToUtf8(ByteSpan latin1, uint8_t* out);
uint8_t* Utf8ToUtf16(ByteSpan utf8, uint8_t* out);
uint8_t* Latin1ToUtf16(ByteSpan latin1, uint8_t* out);
// Units below 0x100.
uint8_t* NarrowUtf16(ByteSpan utf16, uint8_t* out);

// Until the first code point above U+00FF: the bytes of the text that were read, and those that were written.
struct Latin1Prefix {
  size_t read = 0;
  size_t written = 0;
};
Latin1Prefix Utf8ToLatin1(ByteSpan utf8, uint8_t* out);
Latin1Prefix Utf16ToLatin1(ByteSpan utf16, uint8_t* out);
// In place and from the end. REQUIRES: room for 2 * length bytes.
void InflateLatin1(uint8_t* text, size_t length);

}  // namespace cvm::abi
