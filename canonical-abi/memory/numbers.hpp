// Conversions of single values that loading and flat lifting share. definitions.py: from convert_int_to_bool to
// convert_i32_to_char, and their inverses under "Storing".
//
// NaNs: the ABI lets an implementation choose their bits on both ways; this is the deterministic profile, with the
// canonical NaN.
#pragma once

#include <bit>
#include <cstdint>

#include "cvm/result.hpp"
#include "vm/base/try.hpp"

namespace cvm::abi {

inline constexpr uint32_t kCanonicalFloat32Nan = 0x7fc00000;
inline constexpr uint64_t kCanonicalFloat64Nan = 0x7ff8000000000000;

inline bool ConvertIntToBool(uint64_t i) { return i != 0; }

// On bits, since a signalling NaN may not survive a move through a floating-point register.
constexpr uint32_t CanonicalizeNan32(uint32_t bits) {
  return (bits & 0x7fffffff) > 0x7f800000 ? kCanonicalFloat32Nan : bits;
}
constexpr uint64_t CanonicalizeNan64(uint64_t bits) {
  return (bits & 0x7fffffffffffffff) > 0x7ff0000000000000 ? kCanonicalFloat64Nan : bits;
}

inline float DecodeI32AsFloat(uint32_t i) { return std::bit_cast<float>(CanonicalizeNan32(i)); }
inline double DecodeI64AsFloat(uint64_t i) { return std::bit_cast<double>(CanonicalizeNan64(i)); }
inline uint32_t EncodeFloatAsI32(float f) { return CanonicalizeNan32(std::bit_cast<uint32_t>(f)); }
inline uint64_t EncodeFloatAsI64(double f) { return CanonicalizeNan64(std::bit_cast<uint64_t>(f)); }

constexpr bool IsUnicodeScalarValue(uint32_t i) { return i < 0x110000 && (i < 0xd800 || i > 0xdfff); }

inline Result<char32_t> ConvertI32ToChar(uint32_t i) {
  if (!IsUnicodeScalarValue(i)) return TrapError("invalid `char` bit pattern");
  return static_cast<char32_t>(i);
}

}  // namespace cvm::abi
