// Literals of the text format (core/text/values): numbers and strings. Pure functions.
//
// Number parsers take the text of a token (kNat, kInt, kFloat) and answer nullopt where the value does not fit, or
// where the token is not of the kind asked for. Floats are rounded to nearest, ties to even.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace cvm::text {

enum class NumberKind : uint8_t { kNone, kNat, kInt, kFloat };

// By the grammar of digits, underscores, points and exponents alone; `inf` and `nan` are keywords to this function.
NumberKind ClassifyNumber(std::string_view text);

// Unsigned, without sign.
std::optional<uint64_t> ParseU64(std::string_view text);
std::optional<uint32_t> ParseU32(std::string_view text);
std::optional<uint8_t> ParseU8(std::string_view text);
// Either sign: the value in two's complement, of 8 to 64 bits (i32.const accepts -2³¹ … 2³² − 1).
std::optional<uint64_t> ParseInteger(std::string_view text, unsigned bits);
inline std::optional<uint32_t> ParseI32(std::string_view text) {
  const std::optional<uint64_t> value = ParseInteger(text, 32);
  return value ? std::optional<uint32_t>(static_cast<uint32_t>(*value)) : std::nullopt;
}
inline std::optional<uint64_t> ParseI64(std::string_view text) { return ParseInteger(text, 64); }
// The bits of the float. Integers are floats too; `nan:0x…` gives the payload.
std::optional<uint32_t> ParseF32(std::string_view text);
std::optional<uint64_t> ParseF64(std::string_view text);

// Bytes of the escape sequence that `text` begins with ("\n", "\7f", "\u{1F600}" …); 0 if it is none.
size_t EscapeLength(std::string_view text);
// The bytes that a string token, quotes included, stands for. REQUIRES: its escapes are well-formed, as in any token.
std::string DecodeString(std::string_view token);

}  // namespace cvm::text
