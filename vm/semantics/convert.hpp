// Scalar conversions between integers and floats, and between f32 and f64 (core/exec/numerics#conversions). Part of
// semantics.hpp. Pure functions; safe from any thread.
//
// Float to integer: one conversion to int64_t that gives the least integer for whatever does not fit (the instruction
// of x86-64), and one comparison of its result. Only what fails that looks at the float itself. No cast leaves its
// range.
#pragma once

#include <bit>
#include <cstdint>
#include <limits>

#include "vm/semantics/native.hpp"
#include "vm/semantics/semantics.hpp"

namespace cvm {
namespace semantics {

// Sets `result` and returns true iff trunc(x) is an I. The one caller-visible exception: -2^63 is told from a failed
// conversion to int64_t by looking at x.
template <class I, class F>
[[gnu::always_inline]] inline bool TruncTo(F x, I& result) {
  const int64_t whole = native::TruncToI64(x);
  if constexpr (sizeof(I) == 4) {
    result = static_cast<I>(whole);
    return whole == int64_t{result};
  } else if constexpr (std::is_signed_v<I>) {
    result = whole;
    return whole != std::numeric_limits<int64_t>::min() || x == -0x1p63;
  } else {
    if (whole >= 0) {
      result = static_cast<I>(whole);
      return true;
    }
    // 2^63 and above, brought into range exactly. For NaNs and for what is below 0 this is negative too.
    const int64_t rest = native::TruncToI64(x - F{0x1p63});
    result = static_cast<I>(rest) | I{1} << 63;
    return rest >= 0;
  }
}

template <class I, class F>
[[gnu::always_inline]] inline OrTrap<std::make_unsigned_t<I>> TruncOrTrap(F x) {
  I result;
  if (TruncTo<I>(x, result)) [[likely]]
    return static_cast<std::make_unsigned_t<I>>(result);
  return x != x ? TrapKind::kInvalidConversion : TrapKind::kIntegerOverflow;
}

template <class I, class F>
[[gnu::always_inline]] inline std::make_unsigned_t<I> TruncSat(F x) {
  I result;
  if (!TruncTo<I>(x, result)) [[unlikely]] {
    result = x != x ? 0 : x < 0 ? std::numeric_limits<I>::min() : std::numeric_limits<I>::max();
  }
  return static_cast<std::make_unsigned_t<I>>(result);
}

}  // namespace semantics

#define ROW(id, Result, params, ...)                                                \
  template <>                                                                       \
  struct Semantics<Opcode::k##id> {                                                 \
    [[gnu::always_inline]] static inline Result Eval params { return __VA_ARGS__; } \
  };

ROW(I32TruncF32S, OrTrap<uint32_t>, (float a), semantics::TruncOrTrap<int32_t>(a))
ROW(I32TruncF32U, OrTrap<uint32_t>, (float a), semantics::TruncOrTrap<uint32_t>(a))
ROW(I32TruncF64S, OrTrap<uint32_t>, (double a), semantics::TruncOrTrap<int32_t>(a))
ROW(I32TruncF64U, OrTrap<uint32_t>, (double a), semantics::TruncOrTrap<uint32_t>(a))
ROW(I64TruncF32S, OrTrap<uint64_t>, (float a), semantics::TruncOrTrap<int64_t>(a))
ROW(I64TruncF32U, OrTrap<uint64_t>, (float a), semantics::TruncOrTrap<uint64_t>(a))
ROW(I64TruncF64S, OrTrap<uint64_t>, (double a), semantics::TruncOrTrap<int64_t>(a))
ROW(I64TruncF64U, OrTrap<uint64_t>, (double a), semantics::TruncOrTrap<uint64_t>(a))

ROW(I32TruncSatF32S, uint32_t, (float a), semantics::TruncSat<int32_t>(a))
ROW(I32TruncSatF32U, uint32_t, (float a), semantics::TruncSat<uint32_t>(a))
ROW(I32TruncSatF64S, uint32_t, (double a), semantics::TruncSat<int32_t>(a))
ROW(I32TruncSatF64U, uint32_t, (double a), semantics::TruncSat<uint32_t>(a))
ROW(I64TruncSatF32S, uint64_t, (float a), semantics::TruncSat<int64_t>(a))
ROW(I64TruncSatF32U, uint64_t, (float a), semantics::TruncSat<uint64_t>(a))
ROW(I64TruncSatF64S, uint64_t, (double a), semantics::TruncSat<int64_t>(a))
ROW(I64TruncSatF64U, uint64_t, (double a), semantics::TruncSat<uint64_t>(a))

ROW(F32ConvertI32S, float, (uint32_t a), static_cast<float>(static_cast<int32_t>(a)))
ROW(F32ConvertI32U, float, (uint32_t a), static_cast<float>(a))
ROW(F32ConvertI64S, float, (uint64_t a), static_cast<float>(static_cast<int64_t>(a)))
ROW(F32ConvertI64U, float, (uint64_t a), static_cast<float>(a))
ROW(F64ConvertI32S, double, (uint32_t a), static_cast<double>(static_cast<int32_t>(a)))
ROW(F64ConvertI32U, double, (uint32_t a), static_cast<double>(a))
ROW(F64ConvertI64S, double, (uint64_t a), static_cast<double>(static_cast<int64_t>(a)))
ROW(F64ConvertI64U, double, (uint64_t a), static_cast<double>(a))

// A NaN comes out quiet, its payload cut or extended at the low end, so that a canonical one stays canonical.
ROW(F32DemoteF64, float, (double a), static_cast<float>(a))
ROW(F64PromoteF32, double, (float a), static_cast<double>(a))

ROW(I32ReinterpretF32, uint32_t, (float a), std::bit_cast<uint32_t>(a))
ROW(I64ReinterpretF64, uint64_t, (double a), std::bit_cast<uint64_t>(a))
ROW(F32ReinterpretI32, float, (uint32_t a), std::bit_cast<float>(a))
ROW(F64ReinterpretI64, double, (uint64_t a), std::bit_cast<double>(a))

#undef ROW

}  // namespace cvm
