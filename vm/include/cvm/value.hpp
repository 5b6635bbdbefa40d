// Val: a core WebAssembly value, for calls whose types are known only at run time.
#pragma once

#include <array>
#include <bit>
#include <cstdint>
#include <string>

namespace cvm {


// The kinds of core values (core/syntax/types#number-types …).
enum class Kind : uint8_t { kI32, kI64, kF32, kF64, kV128, kFuncRef, kExternRef, kOtherRef };

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
  // A value of `kind` with these bits; references are opaque words, 0 is null.
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
