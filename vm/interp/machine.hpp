// The register machine as handlers see it: its registers, how a handler ends, and how operands are read and written by
// operand class. Private to vm/interp.
//
// A handler body is a static function `Flow Run(Regs&)`. It is always inlined into a wrapper that dispatch/ makes; with tail-call
// dispatch every register of Regs is a machine register, with the portable loop Regs lies in memory. A body advances r.ip
// itself.
//
// Invariant: an i32 is held zero-extended to 64 bits in slots, pins and accumulator. Address arithmetic of plain memory
// accesses relies on it: WriteInt takes care, given unsigned 32-bit types.
#pragma once

#include <cstdint>
#include <cstring>
#include <tuple>
#include <type_traits>

#include "vm/regcode/cell.hpp"
#include "vm/regcode/frame.hpp"
#include "vm/runtime/context.hpp"
#include "vm/semantics/semantics.hpp"

#define CVM_INLINE inline __attribute__((always_inline))

namespace cvm {

struct Regs {
  rt::Context* ctx;
  uint8_t* mem;            // base of memory 0
  const uint8_t* ip;       // the running cell
  uint8_t* fp;             // the record of the running frame
  uint64_t acc;            // integer accumulator
  uint64_t pin0, pin1;     // pinned integer locals
  const uint8_t* lp;       // head of the innermost call-free loop
  V128 facc;               // float and vector accumulator; a float is lane 0
  V128 fpin;               // pinned float local
};

enum class Flow : uint8_t {
  kNext,   // go on at r.ip
  kTaken,  // the same, by the other edge of a branch
  kTrap,   // acc = TrapKind
  kExit,   // leave the interpreter; execution.status is set
};

template <class T>
CVM_INLINE T LoadAs(const uint8_t* at) {
  T value;
  std::memcpy(&value, at, sizeof(T));
  return value;
}
template <class T>
CVM_INLINE void StoreAs(uint8_t* at, T value) {
  std::memcpy(at, &value, sizeof(T));
}

CVM_INLINE uint8_t* SlotAt(const Regs& r, int field) { return r.fp + ReadField(r.ip, field); }

// The first operand of a kStack cell whose `small` is not used; its slots are addressed by 32 bits.
CVM_INLINE uint8_t* StackBase(const Regs& r) { return r.fp + LoadAs<int32_t>(r.ip + kField0); }

// A vector register whose lane 0 is `value`; the other lanes hold anything.
template <class T>
CVM_INLINE V128 LowLane(T value) {
  typedef T Lanes __attribute__((vector_size(16)));
#if defined(__clang__) && !defined(__SANITIZE_ADDRESS__)
#pragma clang diagnostic push
#pragma clang diagnostic ignored "-Wuninitialized"
  Lanes lanes;
  lanes[0] = value;
#pragma clang diagnostic pop
#else
  Lanes lanes = {value};
#endif
  return reinterpret_cast<V128>(lanes);
}
template <class T>
CVM_INLINE T GetLowLane(V128 v) {
  typedef T Lanes __attribute__((vector_size(16)));
  return reinterpret_cast<Lanes>(v)[0];
}

template <class T>
inline constexpr Bank kBankOf = std::is_same_v<T, V128>         ? Bank::kVec
                                : std::is_floating_point_v<T>   ? Bank::kFloat
                                                                : Bank::kInt;

// Reads an operand of type T (uint32_t, uint64_t, float, double, V128) of class kSrc, whose slot is named by `field`.
template <Src kSrc, class T>
CVM_INLINE T ReadOperand(const Regs& r, int field) {
  if constexpr (kSrc == Src::kSlot) {
    return LoadAs<T>(SlotAt(r, field));
  } else if constexpr (kBankOf<T> == Bank::kInt) {
    if constexpr (kSrc == Src::kAcc) return static_cast<T>(r.acc);
    if constexpr (kSrc == Src::kImm) return static_cast<T>(static_cast<int64_t>(ReadImm32(r.ip)));
    if constexpr (kSrc == Src::kPin0) return static_cast<T>(r.pin0);
    if constexpr (kSrc == Src::kPin1) return static_cast<T>(r.pin1);
  } else if constexpr (kBankOf<T> == Bank::kFloat) {
    if constexpr (kSrc == Src::kAcc) return GetLowLane<T>(r.facc);
    if constexpr (kSrc == Src::kImm) return LoadAs<T>(r.ip + kImm64);
    if constexpr (kSrc == Src::kPin0) return GetLowLane<T>(r.fpin);
  } else {
    return r.facc;
  }
}
// The same where an immediate is the 16-bit field itself.
template <Src kSrc, class T>
CVM_INLINE T ReadOperand16(const Regs& r, int field) {
  if constexpr (kSrc == Src::kImm) {
    return static_cast<T>(static_cast<int64_t>(ReadField(r.ip, field)));
  } else {
    return ReadOperand<kSrc, T>(r, field);
  }
}

// Writes a result of class kDst; its slot is field 0. Slots are always written whole (8 or 16 bytes), so that a later wider
// read is served from the store buffer.
template <Dst kDst, class T>
CVM_INLINE void WriteResult(Regs& r, T value) {
  constexpr bool kToSlot = kDst == Dst::kSlot || kDst == Dst::kBoth;
  constexpr bool kToAcc = kDst == Dst::kAcc || kDst == Dst::kBoth;
  if constexpr (kBankOf<T> == Bank::kInt) {
    static_assert(std::is_unsigned_v<T>, "an i32 must be zero-extended");
    const uint64_t wide = value;
    if constexpr (kToSlot) StoreAs(SlotAt(r, kField0), wide);
    if constexpr (kToAcc) r.acc = wide;
    if constexpr (kDst == Dst::kPin0) r.pin0 = wide;
    if constexpr (kDst == Dst::kPin1) r.pin1 = wide;
  } else if constexpr (kBankOf<T> == Bank::kFloat) {
    if constexpr (kToSlot && sizeof(T) == 4) {
      typedef float Lanes __attribute__((vector_size(16)));
      const Lanes lanes = {value, 0, 0, 0};
      std::memcpy(SlotAt(r, kField0), &lanes, 8);
    } else if constexpr (kToSlot) {
      StoreAs(SlotAt(r, kField0), value);
    }
    if constexpr (kToAcc) r.facc = LowLane(value);
    if constexpr (kDst == Dst::kPin0) r.fpin = LowLane(value);
  } else {
    if constexpr (kToSlot) StoreAs(SlotAt(r, kField0), value);
    if constexpr (kToAcc) r.facc = value;
  }
}

CVM_INLINE Flow TrapFlow(Regs& r, TrapKind kind) {
  r.acc = static_cast<uint64_t>(kind);
  return Flow::kTrap;
}

// --- signatures of semantics

template <class F>
struct EvalTraits;
template <class R, class... A>
struct EvalTraits<R (*)(A...)> {
  using Result = R;
  static constexpr size_t kArgs = sizeof...(A);
  // A trailing uint8_t is a lane number.
  template <size_t kIndex>
  using Arg = std::tuple_element_t<kIndex, std::tuple<A..., void, void, void, void>>;
};
template <class R, class... A>
struct EvalTraits<R (*)(A...) noexcept> : EvalTraits<R (*)(A...)> {};

template <class T>
struct UnwrapOrTrap {
  using Type = T;
  static constexpr bool kTraps = false;
};
template <class T>
struct UnwrapOrTrap<OrTrap<T>> {
  using Type = T;
  static constexpr bool kTraps = true;
};

}  // namespace cvm
