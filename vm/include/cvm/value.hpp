// Val: a core WebAssembly value, for calls whose types are known only at run time.
#pragma once

#include <array>
#include <bit>
#include <cstdint>
#include <string>

namespace cvm {


// The kinds of core values (core/syntax/types#number-types …). kOtherRef are references of all other types: to structures,
// arrays, i31, functions of one type.
enum class Kind : uint8_t { kI32, kI64, kF32, kF64, kV128, kFuncRef, kExternRef, kOtherRef };

// A value; references are opaque words, 0 is null. A reference to a structure or an array that a call has returned is valid
// until the next call into its store; Rooted (cvm/rooted.hpp) keeps it. Passing one that is not valid any more is an error.

class Val {
 public:
  Val() : Val(Kind::kI32, 0) {}
  static Val I32(int32_t v) { return Val(Kind::kI32, static_cast<uint32_t>(v)); }
  static Val I64(int64_t v) { return Val(Kind::kI64, static_cast<uint64_t>(v)); }
  static Val F32(float v) { return Val(Kind::kF32, std::bit_cast<uint32_t>(v)); }
  static Val F64(double v) { return Val(Kind::kF64, std::bit_cast<uint64_t>(v)); }
  static Val V128(std::array<uint64_t, 2> lanes) {
    Val v(Kind::kV128, lanes[0]);
    v.high_ = lanes[1];
    return v;
  }
  static Val Null(Kind kind) { return Val(kind, 0); }
  // A host value as an externref. REQUIRES: below 2^62. (The same word, of kind kOtherRef, is what the guest's
  // any.convert_extern makes of it.)
  static constexpr uint64_t kMaxHostValue = (uint64_t{1} << 62) - 1;
  static Val ExternRef(uint64_t host_value) { return Val(Kind::kExternRef, host_value << 2 | 2); }
  // An i31 reference; the lower 31 bits count.
  static Val I31(int32_t value) { return Val(Kind::kOtherRef, static_cast<uint32_t>(value) << 1 | uint32_t{1}); }
  // A value of `kind` with these bits.
  static Val FromBits(Kind kind, uint64_t low, uint64_t high = 0) {
    Val v(kind, low);
    v.high_ = high;
    return v;
  }

  Kind kind() const { return kind_; }
  // REQUIRES (below): the kind fits.
  int32_t i32() const { return static_cast<int32_t>(low_); }
  int64_t i64() const { return static_cast<int64_t>(low_); }
  float f32() const { return std::bit_cast<float>(static_cast<uint32_t>(low_)); }
  double f64() const { return std::bit_cast<double>(low_); }
  std::array<uint64_t, 2> v128() const { return {low_, high_}; }
  uint64_t bits() const { return low_; }
  uint64_t high_bits() const { return high_; }

  // Of references.
  bool is_null() const { return low_ == 0; }
  bool is_host_value() const { return (low_ & 3) == 2; }
  bool is_i31() const { return (low_ & 1) != 0; }
  uint64_t host_value() const { return low_ >> 2; }                                       // REQUIRES: is_host_value()
  int32_t i31() const { return static_cast<int32_t>(static_cast<uint32_t>(low_)) >> 1; }  // REQUIRES: is_i31()

  bool operator==(const Val&) const = default;

 private:
  Val(Kind kind, uint64_t low) : kind_(kind), low_(low) {}

  Kind kind_;
  uint64_t low_;
  uint64_t high_ = 0;
};

// "i32", "v128", "funcref" …
const char* KindName(Kind kind);
// As `--invoke` prints it: "42", "-1", "0.5", "nan", "0x000102…" for vectors.
std::string ToString(const Val& value);

}  // namespace cvm
