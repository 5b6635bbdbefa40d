// What each memory instruction moves: Access<op>::Load(p) gives the operand-stack value (uint32_t, uint64_t, float, double,
// V128) of the bytes at p; Access<op>::Store(p, value) is its counterpart. kBytes is the width of the access.
#pragma once

#include "vm/interp/guest_memory.hpp"
#include "vm/interp/machine.hpp"

namespace cvm {

template <Opcode kOp>
struct Access;

// A load of kStored, extended (by its own signedness) to the 32 or 64 bits of kValue.
template <class Stored, class Value>
struct PlainLoad {
  using Type = Value;
  static constexpr uint32_t kBytes = sizeof(Stored);
  static CVM_INLINE Value Load(const uint8_t* p) {
    if constexpr (std::is_same_v<Stored, Value>) {
      return LoadGuest<Value>(p);
    } else {
      return static_cast<Value>(static_cast<std::make_signed_t<Value>>(LoadGuest<Stored>(p)));
    }
  }
};
template <class Stored, class Value>
struct PlainStore {
  using Type = Value;
  static constexpr uint32_t kBytes = sizeof(Stored);
  static CVM_INLINE void Store(uint8_t* p, Value value) {
    if constexpr (std::is_same_v<Stored, Value>) {
      StoreGuest(p, value);
    } else {
      StoreGuest(p, static_cast<Stored>(value));
    }
  }
};
// Eight bytes widened by an extension of the SIMD semantics.
template <Opcode kExtend>
struct ExtendLoad {
  using Type = V128;
  static constexpr uint32_t kBytes = 8;
  static CVM_INLINE V128 Load(const uint8_t* p) { return Semantics<kExtend>::Eval(LowLane(LoadGuest<uint64_t>(p))); }
};
template <Opcode kSplat, class Stored, class Lane>
struct SplatLoad {
  using Type = V128;
  static constexpr uint32_t kBytes = sizeof(Stored);
  static CVM_INLINE V128 Load(const uint8_t* p) { return Semantics<kSplat>::Eval(static_cast<Lane>(LoadGuest<Stored>(p))); }
};
template <class Stored>
struct ZeroLoad {
  using Type = V128;
  static constexpr uint32_t kBytes = sizeof(Stored);
  static CVM_INLINE V128 Load(const uint8_t* p) {
    typedef uint64_t Lanes __attribute__((vector_size(16)));
    return reinterpret_cast<V128>(Lanes{LoadGuest<Stored>(p), 0});
  }
};

#define ACCESS(op, ...) \
  template <>           \
  struct Access<Opcode::k##op> : __VA_ARGS__ {}
ACCESS(I32Load, PlainLoad<uint32_t, uint32_t>);
ACCESS(I64Load, PlainLoad<uint64_t, uint64_t>);
ACCESS(F32Load, PlainLoad<float, float>);
ACCESS(F64Load, PlainLoad<double, double>);
ACCESS(I32Load8S, PlainLoad<int8_t, uint32_t>);
ACCESS(I32Load8U, PlainLoad<uint8_t, uint32_t>);
ACCESS(I32Load16S, PlainLoad<int16_t, uint32_t>);
ACCESS(I32Load16U, PlainLoad<uint16_t, uint32_t>);
ACCESS(I64Load8S, PlainLoad<int8_t, uint64_t>);
ACCESS(I64Load8U, PlainLoad<uint8_t, uint64_t>);
ACCESS(I64Load16S, PlainLoad<int16_t, uint64_t>);
ACCESS(I64Load16U, PlainLoad<uint16_t, uint64_t>);
ACCESS(I64Load32S, PlainLoad<int32_t, uint64_t>);
ACCESS(I64Load32U, PlainLoad<uint32_t, uint64_t>);
ACCESS(I32Store, PlainStore<uint32_t, uint32_t>);
ACCESS(I64Store, PlainStore<uint64_t, uint64_t>);
ACCESS(F32Store, PlainStore<float, float>);
ACCESS(F64Store, PlainStore<double, double>);
ACCESS(I32Store8, PlainStore<uint8_t, uint32_t>);
ACCESS(I32Store16, PlainStore<uint16_t, uint32_t>);
ACCESS(I64Store8, PlainStore<uint8_t, uint64_t>);
ACCESS(I64Store16, PlainStore<uint16_t, uint64_t>);
ACCESS(I64Store32, PlainStore<uint32_t, uint64_t>);
ACCESS(V128Load, PlainLoad<V128, V128>);
ACCESS(V128Store, PlainStore<V128, V128>);
ACCESS(V128Load8x8S, ExtendLoad<Opcode::kI16x8ExtendLowI8x16S>);
ACCESS(V128Load8x8U, ExtendLoad<Opcode::kI16x8ExtendLowI8x16U>);
ACCESS(V128Load16x4S, ExtendLoad<Opcode::kI32x4ExtendLowI16x8S>);
ACCESS(V128Load16x4U, ExtendLoad<Opcode::kI32x4ExtendLowI16x8U>);
ACCESS(V128Load32x2S, ExtendLoad<Opcode::kI64x2ExtendLowI32x4S>);
ACCESS(V128Load32x2U, ExtendLoad<Opcode::kI64x2ExtendLowI32x4U>);
ACCESS(V128Load8Splat, SplatLoad<Opcode::kI8x16Splat, uint8_t, uint32_t>);
ACCESS(V128Load16Splat, SplatLoad<Opcode::kI16x8Splat, uint16_t, uint32_t>);
ACCESS(V128Load32Splat, SplatLoad<Opcode::kI32x4Splat, uint32_t, uint32_t>);
ACCESS(V128Load64Splat, SplatLoad<Opcode::kI64x2Splat, uint64_t, uint64_t>);
ACCESS(V128Load32Zero, ZeroLoad<uint32_t>);
ACCESS(V128Load64Zero, ZeroLoad<uint64_t>);
#undef ACCESS

template <Opcode kOp>
concept IsLoad = requires(const uint8_t* p) { Access<kOp>::Load(p); };
template <Opcode kOp>
concept IsStore = requires(uint8_t* p, typename Access<kOp>::Type value) { Access<kOp>::Store(p, value); };

// The address operand of a plain access. A constant address has been added to the offset.
template <Src kSrc>
CVM_INLINE uint32_t ReadBase(const Regs& r) {
  if constexpr (kSrc == Src::kImm) {
    return 0;
  } else {
    return ReadOperand<kSrc, uint32_t>(r, kField1);
  }
}

// Address of a plain access to memory 0: base and offset are zero-extended 32-bit numbers, so that their sum plus the width
// stays within reservation and guard (runtime/memory.hpp). In builds without guard pages the bound is checked here;
// false: out of bounds.
template <uint32_t kBytes>
CVM_INLINE bool PlainAddress(const Regs& r, uint64_t base, uint64_t offset, uint8_t** address) {
#ifdef CVM_EXPLICIT_BOUNDS
  if (base + offset + kBytes > r.ctx->memory_bytes) [[unlikely]] return false;
#endif
  *address = r.mem + base + offset;
  return true;
}

}  // namespace cvm
