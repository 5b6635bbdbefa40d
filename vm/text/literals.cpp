#include "vm/text/literals.hpp"

#include <bit>
#include <charconv>
#include <cmath>

#include "vm/base/utf8.hpp"

namespace cvm::text {
namespace {

int HexValue(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

// Reads digits with single underscores between them; false if there is none, or an underscore stands at an edge.
bool SkipDigits(std::string_view text, size_t* pos, bool hex) {
  bool last_was_digit = false;
  while (*pos < text.size()) {
    const char c = text[*pos];
    if (c == '_') {
      if (!last_was_digit) return false;
      last_was_digit = false;
    } else if (hex ? HexValue(c) >= 0 : (c >= '0' && c <= '9')) {
      last_was_digit = true;
    } else {
      break;
    }
    ++*pos;
  }
  return last_was_digit;
}

struct Split {
  bool negative = false;
  bool has_sign = false;
  std::string_view rest;
};
Split SplitSign(std::string_view text) {
  const bool has_sign = !text.empty() && (text[0] == '+' || text[0] == '-');
  return {has_sign && text[0] == '-', has_sign, text.substr(has_sign ? 1 : 0)};
}

bool TakeHexPrefix(std::string_view* text) {
  if (!text->starts_with("0x")) return false;
  text->remove_prefix(2);
  return true;
}

// Digits of an integer without sign; nullopt if it is none or needs more than 64 bits.
std::optional<uint64_t> Magnitude(std::string_view text) {
  const bool hex = TakeHexPrefix(&text);
  size_t end = 0;
  if (!SkipDigits(text, &end, hex) || end != text.size()) return std::nullopt;
  uint64_t value = 0;
  for (const char c : text) {
    if (c == '_') continue;
    const uint64_t digit = static_cast<uint64_t>(HexValue(c));
    if (hex) {
      if (value >> 60) return std::nullopt;
      value = value << 4 | digit;
    } else {
      if (value > (UINT64_MAX - digit) / 10) return std::nullopt;
      value = value * 10 + digit;
    }
  }
  return value;
}

template <class Float>
struct FloatTraits;
template <>
struct FloatTraits<float> {
  using Bits = uint32_t;
  static constexpr int kMantissaBits = 23;
  static constexpr int kBias = 127;
};
template <>
struct FloatTraits<double> {
  using Bits = uint64_t;
  static constexpr int kMantissaBits = 52;
  static constexpr int kBias = 1023;
};

// mantissa × 2^exponent, plus something below the lowest bit where `sticky`; nullopt on overflow.
template <class Float>
std::optional<typename FloatTraits<Float>::Bits> RoundBinary(uint64_t mantissa, int64_t exponent, bool sticky) {
  using Traits = FloatTraits<Float>;
  using Bits = typename Traits::Bits;
  constexpr int kMinExponent = 1 - Traits::kBias - Traits::kMantissaBits;  // of the last bit of a subnormal
  if (mantissa == 0) return Bits{0};
  const int shift_up = std::countl_zero(mantissa);
  mantissa <<= shift_up;
  exponent -= shift_up;
  // Drop all bits but kMantissaBits + 1, or fewer where the result is subnormal.
  int64_t drop = 63 - Traits::kMantissaBits;
  if (exponent + drop < kMinExponent) drop = kMinExponent - exponent;
  if (drop > 64) return Bits{0};
  const uint64_t half = uint64_t{1} << (drop - 1);
  const uint64_t dropped = drop == 64 ? mantissa : mantissa & ((half << 1) - 1);
  uint64_t kept = drop == 64 ? 0 : mantissa >> drop;
  if (dropped > half || (dropped == half && (sticky || (kept & 1)))) ++kept;
  // A carry out of the mantissa moves into the exponent by itself; so does the hidden bit of a normal number.
  const int64_t biased = exponent + drop - kMinExponent;
  constexpr int64_t kMaxBiased = 2 * Traits::kBias;
  if (biased >= kMaxBiased) return std::nullopt;
  const uint64_t bits = (static_cast<uint64_t>(biased) << Traits::kMantissaBits) + kept;
  if (bits >> Traits::kMantissaBits >= static_cast<uint64_t>(kMaxBiased) + 1) return std::nullopt;
  return static_cast<Bits>(bits);
}

// Exponents saturate: nothing that far away makes a difference but zero, whose exponent does not count.
int64_t ParseExponent(std::string_view text) {
  const Split split = SplitSign(text);
  int64_t value = 0;
  for (const char c : split.rest) {
    if (c != '_' && value < (int64_t{1} << 40)) value = value * 10 + (c - '0');
  }
  return split.negative ? -value : value;
}

template <class Float>
std::optional<typename FloatTraits<Float>::Bits> ParseHexFloat(std::string_view text) {
  uint64_t mantissa = 0;
  int64_t exponent = 0;
  bool sticky = false, after_point = false;
  for (size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '_') continue;
    if (c == '.') {
      after_point = true;
      continue;
    }
    if (c == 'p' || c == 'P') {
      exponent += ParseExponent(text.substr(i + 1));
      break;
    }
    const uint64_t digit = static_cast<uint64_t>(HexValue(c));
    if (mantissa >> 60) {  // full: what follows only tells exact from inexact
      sticky = sticky || digit != 0;
      if (!after_point) exponent += 4;
    } else {
      mantissa = mantissa << 4 | digit;
      if (after_point) exponent -= 4;
    }
  }
  return RoundBinary<Float>(mantissa, exponent, sticky);
}

// Where from_chars says out of range: is the number too large, not too small? Told from the decimal exponent of its
// first digit that is not zero.
bool IsLarge(std::string_view text) {
  int64_t exponent = 0;
  bool seen = false, after_point = false;
  for (size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == 'e' || c == 'E') return exponent + ParseExponent(text.substr(i + 1)) > 0;
    if (c == '.') {
      after_point = true;
      continue;
    }
    seen = seen || c != '0';
    if (!after_point && seen) ++exponent;
    if (after_point && !seen) --exponent;
  }
  return exponent > 0;
}

template <class Float>
std::optional<typename FloatTraits<Float>::Bits> ParseDecimalFloat(std::string_view text) {
  std::string digits;
  digits.reserve(text.size());
  for (const char c : text) {
    if (c != '_') digits += c;
  }
  Float value = 0;
  const std::from_chars_result result = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (result.ec == std::errc::result_out_of_range) {
    if (IsLarge(digits)) return std::nullopt;
    value = 0;
  } else if (result.ec != std::errc() || std::isinf(value)) {
    return std::nullopt;
  }
  return std::bit_cast<typename FloatTraits<Float>::Bits>(value);
}

template <class Float>
std::optional<typename FloatTraits<Float>::Bits> ParseNan(std::string_view text) {
  using Traits = FloatTraits<Float>;
  using Bits = typename Traits::Bits;
  constexpr Bits kInfinity = static_cast<Bits>(2 * Traits::kBias + 1) << Traits::kMantissaBits;
  if (text == "nan") return kInfinity | Bits{1} << (Traits::kMantissaBits - 1);
  if (!text.starts_with("nan:0x")) return std::nullopt;
  const std::optional<uint64_t> payload = Magnitude(text.substr(4));
  if (!payload || *payload == 0 || *payload >> Traits::kMantissaBits) return std::nullopt;
  return kInfinity | static_cast<Bits>(*payload);
}

template <class Float>
std::optional<typename FloatTraits<Float>::Bits> ParseFloat(std::string_view text) {
  using Traits = FloatTraits<Float>;
  using Bits = typename Traits::Bits;
  const Split split = SplitSign(text);
  std::string_view rest = split.rest;
  std::optional<Bits> bits;
  if (rest == "inf") {
    bits = static_cast<Bits>(2 * Traits::kBias + 1) << Traits::kMantissaBits;
  } else if (rest.starts_with("nan")) {
    bits = ParseNan<Float>(rest);
  } else if (ClassifyNumber(rest) == NumberKind::kNone) {
    return std::nullopt;
  } else if (TakeHexPrefix(&rest)) {
    bits = ParseHexFloat<Float>(rest);
  } else {
    bits = ParseDecimalFloat<Float>(rest);
  }
  if (bits && split.negative) *bits |= Bits{1} << (sizeof(Bits) * 8 - 1);
  return bits;
}

}  // namespace

NumberKind ClassifyNumber(std::string_view text) {
  const Split split = SplitSign(text);
  std::string_view rest = split.rest;
  const bool hex = TakeHexPrefix(&rest);
  size_t pos = 0;
  if (!SkipDigits(rest, &pos, hex)) return NumberKind::kNone;
  if (pos == rest.size()) return split.has_sign ? NumberKind::kInt : NumberKind::kNat;
  if (rest[pos] == '.') {
    ++pos;
    // The fraction may be empty, but not end in an underscore.
    const size_t fraction = pos;
    if (!SkipDigits(rest, &pos, hex) && pos != fraction) return NumberKind::kNone;
    if (pos == fraction && pos < rest.size() && rest[pos] == '_') return NumberKind::kNone;
    if (pos == rest.size()) return NumberKind::kFloat;
  }
  const char c = rest[pos];
  if (hex ? c != 'p' && c != 'P' : c != 'e' && c != 'E') return NumberKind::kNone;
  ++pos;
  if (pos < rest.size() && (rest[pos] == '+' || rest[pos] == '-')) ++pos;
  return SkipDigits(rest, &pos, false) && pos == rest.size() ? NumberKind::kFloat : NumberKind::kNone;
}

std::optional<uint64_t> ParseU64(std::string_view text) { return Magnitude(text); }

std::optional<uint32_t> ParseU32(std::string_view text) {
  const std::optional<uint64_t> value = Magnitude(text);
  if (!value || *value > UINT32_MAX) return std::nullopt;
  return static_cast<uint32_t>(*value);
}

std::optional<uint8_t> ParseU8(std::string_view text) {
  const std::optional<uint64_t> value = Magnitude(text);
  if (!value || *value > UINT8_MAX) return std::nullopt;
  return static_cast<uint8_t>(*value);
}

std::optional<uint64_t> ParseInteger(std::string_view text, unsigned bits) {
  const Split split = SplitSign(text);
  const std::optional<uint64_t> magnitude = Magnitude(split.rest);
  if (!magnitude) return std::nullopt;
  const uint64_t mask = bits == 64 ? UINT64_MAX : (uint64_t{1} << bits) - 1;
  const uint64_t sign_bit = uint64_t{1} << (bits - 1);
  if (*magnitude > (split.negative ? sign_bit : mask)) return std::nullopt;
  return (split.negative ? ~*magnitude + 1 : *magnitude) & mask;
}

std::optional<uint32_t> ParseF32(std::string_view text) { return ParseFloat<float>(text); }
std::optional<uint64_t> ParseF64(std::string_view text) { return ParseFloat<double>(text); }

size_t EscapeLength(std::string_view text) {
  if (text.size() < 2 || text[0] != '\\') return 0;
  if (std::string_view("tnr\"'\\").find(text[1]) != std::string_view::npos) return 2;
  if (HexValue(text[1]) >= 0) return text.size() >= 3 && HexValue(text[2]) >= 0 ? 3 : 0;
  if (!text.starts_with("\\u{")) return 0;
  const size_t close = text.find('}');
  if (close == std::string_view::npos) return 0;
  size_t end = 0;
  const std::string_view digits = text.substr(3, close - 3);
  if (!SkipDigits(digits, &end, true) || end != digits.size()) return 0;
  const std::optional<uint64_t> code = Magnitude("0x" + std::string(digits));
  const bool is_scalar = code && *code < 0x110000 && (*code < 0xd800 || *code >= 0xe000);
  return is_scalar ? close + 1 : 0;
}

std::string DecodeString(std::string_view token) {
  const std::string_view body = token.substr(1, token.size() - 2);
  std::string out;
  out.reserve(body.size());
  for (size_t i = 0; i < body.size();) {
    const size_t length = EscapeLength(body.substr(i));
    if (length == 0) {
      out += body[i++];
      continue;
    }
    const char c = body[i + 1];
    if (c == 'u') {
      const std::string digits = "0x" + std::string(body.substr(i + 3, length - 4));
      AppendUtf8(&out, static_cast<char32_t>(Magnitude(digits).value_or(0)));
    } else if (length == 3) {
      out += static_cast<char>(HexValue(c) * 16 + HexValue(body[i + 2]));
    } else {
      out += c == 't' ? '\t' : c == 'n' ? '\n' : c == 'r' ? '\r' : c;
    }
    i += length;
  }
  return out;
}

}  // namespace cvm::text
