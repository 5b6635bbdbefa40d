// Comparisons of branch cells, and the family of fused compare-and-branch operations.
#pragma once

#include "vm/interp/handlers/family.hpp"

namespace cvm {

// In the order of the rows of regops.def.
enum class IntCompare : uint8_t { kEq, kNe, kLtS, kLtU, kGtS, kGtU, kLeS, kLeU, kGeS, kGeU, kTestZ, kTestNz };
inline constexpr int kIntCompares = 12;
enum class FloatCompare : uint8_t { kEq, kNe, kLt, kGt, kLe, kGe };
inline constexpr int kFloatCompares = 6;

template <IntCompare kCompare, class T>
CVM_INLINE bool Compare(T a, T b) {
  using S = std::make_signed_t<T>;
  if constexpr (kCompare == IntCompare::kEq) return a == b;
  if constexpr (kCompare == IntCompare::kNe) return a != b;
  if constexpr (kCompare == IntCompare::kLtS) return static_cast<S>(a) < static_cast<S>(b);
  if constexpr (kCompare == IntCompare::kLtU) return a < b;
  if constexpr (kCompare == IntCompare::kGtS) return static_cast<S>(a) > static_cast<S>(b);
  if constexpr (kCompare == IntCompare::kGtU) return a > b;
  if constexpr (kCompare == IntCompare::kLeS) return static_cast<S>(a) <= static_cast<S>(b);
  if constexpr (kCompare == IntCompare::kLeU) return a <= b;
  if constexpr (kCompare == IntCompare::kGeS) return static_cast<S>(a) >= static_cast<S>(b);
  if constexpr (kCompare == IntCompare::kGeU) return a >= b;
  if constexpr (kCompare == IntCompare::kTestZ) return (a & b) == 0;
  return (a & b) != 0;
}

template <FloatCompare kCompare, class T>
CVM_INLINE bool Compare(T a, T b) {
  if constexpr (kCompare == FloatCompare::kEq) return a == b;
  if constexpr (kCompare == FloatCompare::kNe) return a != b;
  if constexpr (kCompare == FloatCompare::kLt) return a < b;
  if constexpr (kCompare == FloatCompare::kGt) return a > b;
  if constexpr (kCompare == FloatCompare::kLe) return a <= b;
  return a >= b;
}

// Ends a branch cell: to its target (or the loop head), or on.
template <bool kLp>
CVM_INLINE Flow BranchIf(Regs& r, bool condition, int target_at, int size) {
  if (condition) {
    if constexpr (kLp) {
      r.ip = r.lp;
    } else {
      r.ip = LoadAs<const uint8_t*>(r.ip + target_at);
    }
    return Flow::kTaken;
  }
  r.ip += size;
  return Flow::kNext;
}

template <auto kCompare, class T, bool kLp, bool kNot = false>
struct BranchFamily {
  static constexpr Shape kShape{kLp ? Format::kBranchLp : Format::kBranch, Bank::kNone,
                                {kBankOf<T>, kBankOf<T>, Bank::kNone}};
  // A constant on the left is the compiler's to swap.
  static constexpr bool Exists(Variant v) { return v.a != Src::kImm; }

  template <Variant kV>
  struct Body {
    static CVM_INLINE Flow Run(Regs& r) {
      const T a = ReadOperand<kV.a, T>(r, kField1);
      const T b = ReadOperand<kV.b, T>(r, kField2);
      return BranchIf<kLp>(r, Compare<kCompare>(a, b) != kNot, TargetOffset(kShape, kV), CellSize(kShape, kV));
    }
  };
};

constexpr RegOp RegOpPlus(RegOp first, int n) { return static_cast<RegOp>(static_cast<int>(first) + n); }

}  // namespace cvm
