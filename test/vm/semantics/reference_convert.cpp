// Conversions by the definition: floats taken apart into sign, mantissa and exponent, results rounded digit by digit.
#include <bit>
#include <cstdio>
#include <cstdlib>
#include <optional>

#include "test/vm/semantics/harness.hpp"

namespace cvm::semantics_test {
namespace {

struct Format {
  int bits, mantissa, bias;
};
constexpr Format kF32 = {32, 23, 127}, kF64 = {64, 52, 1023};
Format FormatOf(int bits) { return bits == 32 ? kF32 : kF64; }

// trunc(a) clamped to ±2^100, far beyond every integer type; nothing for a NaN.
std::optional<Int> Truncated(int bits, uint64_t a) {
  const Format format = FormatOf(bits);
  if (IsNan(bits, a)) return std::nullopt;
  const uint64_t fraction = a & ((uint64_t{1} << format.mantissa) - 1);
  const int field = static_cast<int>(a >> format.mantissa & ((uint64_t{1} << (format.bits - 1 - format.mantissa)) - 1));
  const int exponent = field - format.bias - format.mantissa;
  Int magnitude = field == 0 ? 0 : Int{fraction | uint64_t{1} << format.mantissa};
  if (exponent > 40) {
    magnitude = Int{1} << 100;
  } else if (exponent >= 0) {
    magnitude <<= exponent;
  } else {
    magnitude = exponent < -100 ? 0 : magnitude >> -exponent;
  }
  return a >> (format.bits - 1) & 1 ? -magnitude : magnitude;
}

uint64_t ToBits(Int v, int bits) {
  const auto low = static_cast<uint64_t>(v);
  return bits == 64 ? low : low & 0xffffffff;
}

// The bits of the float nearest to v, ties to even: the mantissa is cut by hand.
uint64_t Nearest(Int v, Format format) {
  const uint64_t sign = v < 0 ? uint64_t{1} << (format.bits - 1) : 0;
  Int magnitude = v < 0 ? -v : v;
  if (magnitude == 0) return 0;
  int length = 0;
  while (magnitude >> length != 0) ++length;
  int exponent = length - 1;
  const int excess = length - (format.mantissa + 1);
  if (excess > 0) {
    const Int rest = magnitude & ((Int{1} << excess) - 1), half = Int{1} << (excess - 1);
    magnitude >>= excess;
    if (rest > half || (rest == half && magnitude % 2 != 0)) ++magnitude;
    if (magnitude >> (format.mantissa + 1) != 0) {
      magnitude >>= 1;
      ++exponent;
    }
  } else {
    magnitude <<= -excess;
  }
  const auto fraction = static_cast<uint64_t>(magnitude) & ((uint64_t{1} << format.mantissa) - 1);
  return sign | static_cast<uint64_t>(exponent + format.bias) << format.mantissa | fraction;
}

// A NaN's result when it changes format.
LaneResult ConvertedNan(int bits, uint64_t a) {
  const Format format = FormatOf(bits);
  const uint64_t payload = a & ((uint64_t{1} << format.mantissa) - 1);
  return {0, payload == uint64_t{1} << (format.mantissa - 1) ? NanRule::kCanonical : NanRule::kArithmetic};
}

Outcome TruncOrTrap(int from_bits, int to_bits, bool is_signed, uint64_t a) {
  const std::optional<Int> whole = Truncated(from_bits, a);
  if (!whole) return Outcome::Trap(TrapKind::kInvalidConversion);
  if (Clamp(*whole, to_bits, is_signed) != *whole) return Outcome::Trap(TrapKind::kIntegerOverflow);
  return Outcome::Integer(ToBits(*whole, to_bits));
}

void AddPair(int int_bits, int float_bits, bool is_signed, References& references) {
  const std::string integer = int_bits == 32 ? "i32" : "i64", real = float_bits == 32 ? "f32" : "f64";
  const std::string suffix = is_signed ? "_s" : "_u";
  references[integer + ".trunc_" + real + suffix] = [=](Args args) {
    return TruncOrTrap(float_bits, int_bits, is_signed, args[0].Lane(float_bits, 0));
  };
  references[integer + ".trunc_sat_" + real + suffix] = [=](Args args) {
    return Outcome::Scalar(TruncSat(float_bits, int_bits, is_signed, args[0].Lane(float_bits, 0)), int_bits);
  };
  references[real + ".convert_" + integer + suffix] = [=](Args args) {
    return Outcome::Scalar(IntToFloat(int_bits, float_bits, is_signed, args[0].Lane(int_bits, 0)), float_bits);
  };
  if (int_bits != float_bits) return;
  const Function reinterpret = [=](Args args) { return Outcome::Scalar({args[0].Lane(int_bits, 0)}, int_bits); };
  references[integer + ".reinterpret_" + real] = reinterpret;
  references[real + ".reinterpret_" + integer] = reinterpret;
}

}  // namespace

LaneResult TruncSat(int from_bits, int to_bits, bool is_signed, uint64_t a) {
  const std::optional<Int> whole = Truncated(from_bits, a);
  return {whole ? ToBits(Clamp(*whole, to_bits, is_signed), to_bits) : 0};
}

LaneResult IntToFloat(int from_bits, int to_bits, bool is_signed, uint64_t a) {
  return {Nearest(Read(a, from_bits, is_signed), FormatOf(to_bits))};
}

// Through decimal-free text: the C library rounds "%a" exactly.
LaneResult Demote(uint64_t a) {
  if (IsNan(64, a)) return ConvertedNan(64, a);
  char text[64];
  std::snprintf(text, sizeof text, "%a", std::bit_cast<double>(a));
  return {std::bit_cast<uint32_t>(std::strtof(text, nullptr))};
}

LaneResult Promote(uint64_t a) {
  if (IsNan(32, a)) return ConvertedNan(32, a);
  char text[64];
  std::snprintf(text, sizeof text, "%a", double{std::bit_cast<float>(static_cast<uint32_t>(a))});
  return {std::bit_cast<uint64_t>(std::strtod(text, nullptr))};
}

void AddConversionReferences(References& references) {
  for (const int int_bits : {32, 64}) {
    for (const int float_bits : {32, 64}) {
      for (const bool is_signed : {false, true}) AddPair(int_bits, float_bits, is_signed, references);
    }
  }
  references["f32.demote_f64"] = [](Args args) { return Outcome::Scalar(Demote(args[0].Lane(64, 0)), 32); };
  references["f64.promote_f32"] = [](Args args) { return Outcome::Scalar(Promote(args[0].Lane(32, 0)), 64); };
}

}  // namespace cvm::semantics_test
