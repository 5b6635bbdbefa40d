// Structures, arrays, i31 and casts.
#include "vm/interp/handlers/access.hpp"
#include "vm/interp/handlers/families.hpp"
#include "vm/interp/handlers/stack_form.hpp"
#include "vm/interp/objects.hpp"

namespace cvm {
namespace {

// References are in slots or in the accumulator, never in pins.
constexpr bool HoldsRef(Src src) { return src == Src::kSlot || src == Src::kAcc; }
constexpr bool NoPin(Dst dst) { return dst != Dst::kPin0 && dst != Dst::kPin1; }

template <class Access>
struct StructLoadFamily {
  using Type = typename Access::Type;
  static constexpr Shape kShape{Format::kLoad, kBankOf<Type>, {Bank::kInt, Bank::kNone, Bank::kNone}};
  static constexpr bool Exists(Variant v) { return HoldsRef(v.a); }

  template <Variant kV>
  struct Body {
    static CVM_INLINE Flow Run(Regs& r) {
      const auto ref = ReadOperand<kV.a, uint64_t>(r, kField1);
      if (ref == rt::kNullRef) [[unlikely]]
        return TrapFlow(r, TrapKind::kNullStructureReference);
      const auto* p = reinterpret_cast<const uint8_t*>(ref) + static_cast<uint32_t>(ReadImm32(r.ip));
      WriteResult<kV.dst, Type>(r, Access::Load(p));
      r.ip += CellSize(kShape, kV);
      return Flow::kNext;
    }
  };
};

// A reference in an object: what it overwrites, the collector may have to see first.
struct RefStore : PlainStore<uint64_t, uint64_t> {};

// The end of a store. Two edges, so that the one without a call needs no stack frame.
template <class Access>
CVM_INLINE Flow StoreField(Regs& r, uint8_t* p, typename Access::Type value, int cell_bytes) {
  if constexpr (std::is_same_v<Access, RefStore>) {
    rt::Heap* heap = r.ctx->heap;
    if (heap->marking()) [[unlikely]] {
      Overwrite(heap, p, value);
      r.ip += cell_bytes;
      return Flow::kTaken;
    }
  }
  Access::Store(p, value);
  r.ip += cell_bytes;
  return Flow::kNext;
}

template <class Access>
struct StructStoreFamily {
  using Type = typename Access::Type;
  static constexpr Shape kShape{Format::kStore, Bank::kNone, {Bank::kInt, kBankOf<Type>, Bank::kNone}};
  static constexpr bool Exists(Variant v) { return HoldsRef(v.a) && (kBankOf<Type> == Bank::kInt || v.b != Src::kImm); }

  template <Variant kV>
  struct Body {
    static CVM_INLINE Flow Run(Regs& r) {
      const auto ref = ReadOperand<kV.a, uint64_t>(r, kField1);
      const Type value = ReadOperand16<kV.b, Type>(r, kField0);
      if (ref == rt::kNullRef) [[unlikely]]
        return TrapFlow(r, TrapKind::kNullStructureReference);
      uint8_t* p = reinterpret_cast<uint8_t*>(ref) + static_cast<uint32_t>(ReadImm32(r.ip));
      return StoreField<Access>(r, p, value, CellSize(kShape, kV));
    }
  };
};

// The address of an element; nullptr with *trap set.
template <uint32_t kBytes>
CVM_INLINE uint8_t* ElementAt(uint64_t ref, uint32_t index, TrapKind* trap) {
  auto* p = reinterpret_cast<uint8_t*>(ref);
  if (p == nullptr) [[unlikely]]
    return *trap = TrapKind::kNullArrayReference, nullptr;
  if (index >= LoadAs<uint32_t>(p + kArrayLength)) [[unlikely]]
    return *trap = TrapKind::kArrayOutOfBounds, nullptr;
  return p + kArrayData + uint64_t{index} * kBytes;
}

template <class Access>
struct ArrayLoadFamily {
  using Type = typename Access::Type;
  static constexpr Shape kShape{Format::kOp, kBankOf<Type>, {Bank::kInt, Bank::kInt, Bank::kNone}};
  static constexpr bool Exists(Variant v) {
    return HoldsRef(v.a) && NoPin(v.dst) && !(v.a == Src::kAcc && v.b == Src::kAcc);
  }

  template <Variant kV>
  struct Body {
    static CVM_INLINE Flow Run(Regs& r) {
      TrapKind trap = TrapKind::kNone;
      const uint8_t* p = ElementAt<Access::kBytes>(ReadOperand<kV.a, uint64_t>(r, kField1),
                                                   ReadOperand<kV.b, uint32_t>(r, kField2), &trap);
      if (p == nullptr) [[unlikely]]
        return TrapFlow(r, trap);
      WriteResult<kV.dst, Type>(r, Access::Load(p));
      r.ip += CellSize(kShape, kV);
      return Flow::kNext;
    }
  };
};

template <class Access>
struct ArrayStoreFamily {
  using Type = typename Access::Type;
  static constexpr Shape kShape{Format::kStoreX, Bank::kNone, {Bank::kInt, Bank::kInt, kBankOf<Type>}};
  static constexpr bool Exists(Variant v) {
    const bool is_int = kBankOf<Type> == Bank::kInt;
    const int accs = (v.a == Src::kAcc) + (v.b == Src::kAcc) + (is_int && v.c == Src::kAcc);
    return HoldsRef(v.a) && accs <= 1 && (is_int || v.c != Src::kImm);
  }

  template <Variant kV>
  struct Body {
    static CVM_INLINE Flow Run(Regs& r) {
      const Type value = ReadOperand16<kV.c, Type>(r, kField0);
      TrapKind trap = TrapKind::kNone;
      uint8_t* p = ElementAt<Access::kBytes>(ReadOperand<kV.a, uint64_t>(r, kField1),
                                             ReadOperand<kV.b, uint32_t>(r, kField2), &trap);
      if (p == nullptr) [[unlikely]]
        return TrapFlow(r, trap);
      return StoreField<Access>(r, p, value, CellSize(kShape, kV));
    }
  };
};

// result = Eval(a, &result), or a trap.
template <class Arg, class Result, TrapKind (*kEval)(Arg, Result*)>
struct UnaryFamily {
  static constexpr Shape kShape{Format::kOp, Bank::kInt, {Bank::kInt, Bank::kNone, Bank::kNone}};
  static constexpr bool Exists(Variant v) { return v.a != Src::kImm; }

  template <Variant kV>
  struct Body {
    static CVM_INLINE Flow Run(Regs& r) {
      Result result;
      const TrapKind trap = kEval(ReadOperand<kV.a, Arg>(r, kField1), &result);
      if (trap != TrapKind::kNone) [[unlikely]]
        return TrapFlow(r, trap);
      WriteResult<kV.dst, Result>(r, result);
      r.ip += CellSize(kShape, kV);
      return Flow::kNext;
    }
  };
};

CVM_INLINE TrapKind LengthOf(uint64_t ref, uint32_t* result) {
  if (ref == rt::kNullRef) return TrapKind::kNullArrayReference;
  *result = LoadAs<uint32_t>(reinterpret_cast<const uint8_t*>(ref) + kArrayLength);
  return TrapKind::kNone;
}
CVM_INLINE TrapKind NewI31(uint32_t value, uint64_t* result) { return *result = rt::I31Ref(value), TrapKind::kNone; }
CVM_INLINE TrapKind SignedOf(uint64_t ref, uint32_t* result) {
  if (ref == rt::kNullRef) return TrapKind::kNullI31Reference;
  return *result = rt::I31Signed(ref), TrapKind::kNone;
}
CVM_INLINE TrapKind UnsignedOf(uint64_t ref, uint32_t* result) {
  if (ref == rt::kNullRef) return TrapKind::kNullI31Reference;
  return *result = rt::I31Unsigned(ref), TrapKind::kNone;
}
CVM_INLINE TrapKind CheckNonNull(uint64_t ref, uint64_t* result) {
  return *result = ref, ref == rt::kNullRef ? TrapKind::kNullReference : TrapKind::kNone;
}

template <bool kAbstract, bool kCast>
struct TypeCheckFamily {
  static constexpr Shape kShape{Format::kLoad, Bank::kInt, {Bank::kInt, Bank::kNone, Bank::kNone}};
  static constexpr bool Exists(Variant v) { return HoldsRef(v.a) && (!kCast || NoPin(v.dst)); }

  template <Variant kV>
  struct Body {
    static CVM_INLINE Flow Run(Regs& r) {
      const auto ref = ReadOperand<kV.a, uint64_t>(r, kField1);
      const auto word = static_cast<uint32_t>(ReadImm32(r.ip));
      const bool passes = kAbstract ? IsAbstract(ref, word) : IsConcrete(r.ctx, ref, word);
      if constexpr (kCast) {
        if (!passes) [[unlikely]]
          return TrapFlow(r, TrapKind::kCastFailure);
        WriteResult<kV.dst, uint64_t>(r, ref);
      } else {
        WriteResult<kV.dst, uint32_t>(r, passes);
      }
      r.ip += CellSize(kShape, kV);
      return Flow::kNext;
    }
  };
};

// --- stack form

// What the collector needs to find the frames.
CVM_INLINE void SaveFrame(const Regs& r) {
  rt::Execution& e = *r.ctx->execution;
  e.context = r.ctx;
  e.ip = r.ip;
  e.fp = r.fp;
}

template <TrapKind (*kDo)(rt::Context*, uint8_t*, const uint8_t*)>
struct AllocateBody {
  static CVM_INLINE Flow Run(Regs& r) {
    SaveFrame(r);
    return StackBody<kDo>::Run(r);
  }
};

// Writes the fields of a new structure; slot(i) is its i-th operand.
template <class Slot>
CVM_INLINE void FillStruct(uint8_t* object, const TypeInfo* info, Slot&& slot) {
  StoreAs(object, info);
  for (uint32_t i = 0; i < info->whole_slots; ++i) StoreAs(object + info->slot_offsets[i], slot(i));
  for (uint32_t i = 0; i < info->tail_count; ++i) {
    const TailField& field = info->tail[i];
    const uint64_t value = slot(field.slot);
    switch (field.bytes) {
      case 1:
        StoreAs(object + field.offset, static_cast<uint8_t>(value));
        break;
      case 2:
        StoreAs(object + field.offset, static_cast<uint16_t>(value));
        break;
      default:
        StoreAs(object + field.offset, static_cast<uint32_t>(value));
    }
  }
}

struct StructNewBody {
  static CVM_INLINE Flow Run(Regs& r) {
    const TypeInfo* info = r.ctx->type_infos[static_cast<uint32_t>(ReadImm32(r.ip))];
    auto* object = static_cast<uint8_t*>(r.ctx->heap->Bump(info->bump_bytes));
    if (object == nullptr) [[unlikely]]
      return AllocateBody<StructNew>::Run(r);
    uint8_t* slots = StackBase(r);
    FillStruct(object, info, [&](uint32_t i) { return LoadAs<uint64_t>(slots + uint64_t{i} * kSlotBytes); });
    StoreAs(slots, reinterpret_cast<uint64_t>(object));
    r.ip += 24;
    return Flow::kNext;
  }
};

struct StructGatherFamily {
  static constexpr Shape kShape{Format::kGather, Bank::kInt, {Bank::kNone, Bank::kNone, Bank::kNone}};
  static constexpr bool Exists(Variant v) { return NoPin(v.dst); }

  template <Variant kV>
  struct Body {
    static CVM_INLINE Flow Run(Regs& r) {
      const TypeInfo* info = r.ctx->type_infos[static_cast<uint32_t>(ReadImm32(r.ip))];
      auto* object = static_cast<uint8_t*>(r.ctx->heap->Bump(info->bump_bytes));
      if (object != nullptr) [[likely]] {
        FillStruct(object, info, [&](uint32_t i) {
          const int16_t offset = ReadField(r.ip, kImm64 + 2 * static_cast<int>(i));
          const auto value = LoadAs<uint64_t>(r.fp + offset);
          return offset == 0 ? 0 : value;
        });
      } else {
        SaveFrame(r);
        object = reinterpret_cast<uint8_t*>(GatherStruct(r.ctx, r.fp, r.ip));
        if (object == nullptr) [[unlikely]]
          return TrapFlow(r, NoRoom(r.ctx));
      }
      WriteResult<kV.dst, uint64_t>(r, reinterpret_cast<uint64_t>(object));
      r.ip += 16 + 8 * ((static_cast<uint32_t>(ReadField(r.ip, kField1)) + 3) / 4);
      return Flow::kNext;
    }
  };
};

// The descriptor is the last operand.
struct StructNewDescBody {
  static CVM_INLINE Flow Run(Regs& r) {
    const TypeInfo* info = r.ctx->type_infos[static_cast<uint32_t>(ReadImm32(r.ip))];
    if (LoadAs<uint64_t>(StackBase(r) + uint64_t{info->slot_count - 1} * kSlotBytes) == rt::kNullRef) [[unlikely]] {
      return TrapFlow(r, TrapKind::kNullDescriptorReference);
    }
    return StructNewBody::Run(r);
  }
};

void AddAggregates(HandlerTable& table) {
#define LOADS(kind, Family)                                                                     \
  AddFamily<RegOp::k##kind##Load8S, Family##LoadFamily<PlainLoad<int8_t, uint32_t>>>(table);    \
  AddFamily<RegOp::k##kind##Load8U, Family##LoadFamily<PlainLoad<uint8_t, uint32_t>>>(table);   \
  AddFamily<RegOp::k##kind##Load16S, Family##LoadFamily<PlainLoad<int16_t, uint32_t>>>(table);  \
  AddFamily<RegOp::k##kind##Load16U, Family##LoadFamily<PlainLoad<uint16_t, uint32_t>>>(table); \
  AddFamily<RegOp::k##kind##Load32, Family##LoadFamily<PlainLoad<uint32_t, uint32_t>>>(table);  \
  AddFamily<RegOp::k##kind##Load64, Family##LoadFamily<PlainLoad<uint64_t, uint64_t>>>(table);  \
  AddFamily<RegOp::k##kind##LoadF32, Family##LoadFamily<PlainLoad<float, float>>>(table);       \
  AddFamily<RegOp::k##kind##LoadF64, Family##LoadFamily<PlainLoad<double, double>>>(table);     \
  AddFamily<RegOp::k##kind##LoadV128, Family##LoadFamily<PlainLoad<V128, V128>>>(table)
  LOADS(Struct, Struct);
  LOADS(Array, Array);
#undef LOADS
#define STORES(kind)                                                                            \
  AddFamily<RegOp::k##kind##Store8, kind##StoreFamily<PlainStore<uint8_t, uint32_t>>>(table);   \
  AddFamily<RegOp::k##kind##Store16, kind##StoreFamily<PlainStore<uint16_t, uint32_t>>>(table); \
  AddFamily<RegOp::k##kind##Store32, kind##StoreFamily<PlainStore<uint32_t, uint32_t>>>(table); \
  AddFamily<RegOp::k##kind##Store64, kind##StoreFamily<PlainStore<uint64_t, uint64_t>>>(table); \
  AddFamily<RegOp::k##kind##StoreF32, kind##StoreFamily<PlainStore<float, float>>>(table);      \
  AddFamily<RegOp::k##kind##StoreF64, kind##StoreFamily<PlainStore<double, double>>>(table);    \
  AddFamily<RegOp::k##kind##StoreV128, kind##StoreFamily<PlainStore<V128, V128>>>(table);       \
  AddFamily<RegOp::k##kind##StoreRef, kind##StoreFamily<RefStore>>(table)
  STORES(Struct);
  STORES(Array);
#undef STORES
}

}  // namespace

void AddObjectHandlers(HandlerTable& table) {
  AddAggregates(table);
  AddFamily<RegOp::kArrayLength, UnaryFamily<uint64_t, uint32_t, LengthOf>>(table);
  AddFamily<RegOp::kI31New, UnaryFamily<uint32_t, uint64_t, NewI31>>(table);
  AddFamily<RegOp::kI31SignedOf, UnaryFamily<uint64_t, uint32_t, SignedOf>>(table);
  AddFamily<RegOp::kI31UnsignedOf, UnaryFamily<uint64_t, uint32_t, UnsignedOf>>(table);
  AddFamily<RegOp::kNonNull, UnaryFamily<uint64_t, uint64_t, CheckNonNull>>(table);
  AddFamily<RegOp::kTestConcrete, TypeCheckFamily<false, false>>(table);
  AddFamily<RegOp::kTestAbstract, TypeCheckFamily<true, false>>(table);
  AddFamily<RegOp::kCastConcrete, TypeCheckFamily<false, true>>(table);
  AddFamily<RegOp::kCastAbstract, TypeCheckFamily<true, true>>(table);
  AddFamily<RegOp::kStructGather, StructGatherFamily>(table);
  const auto add = [&]<class Body>(Opcode op, std::type_identity<Body>) { AddHandler<Body>(table, {ToRegOp(op)}); };
  add(Opcode::kStructNew, std::type_identity<StructNewBody>());
  add(Opcode::kStructNewDesc, std::type_identity<StructNewDescBody>());
  add(Opcode::kStructNewDefault, std::type_identity<AllocateBody<StructNewDefault>>());
  add(Opcode::kStructNewDefaultDesc, std::type_identity<AllocateBody<StructNewDefault>>());
  add(Opcode::kArrayNew, std::type_identity<AllocateBody<ArrayNew>>());
  add(Opcode::kArrayNewDefault, std::type_identity<AllocateBody<ArrayNewDefault>>());
  add(Opcode::kArrayNewFixed, std::type_identity<AllocateBody<ArrayNewFixed>>());
  add(Opcode::kArrayNewData, std::type_identity<AllocateBody<ArrayNewData>>());
  add(Opcode::kArrayNewElem, std::type_identity<AllocateBody<ArrayNewElem>>());
  add(Opcode::kArrayFill, std::type_identity<StackBody<ArrayFill>>());
  add(Opcode::kArrayCopy, std::type_identity<StackBody<ArrayCopy>>());
  add(Opcode::kArrayInitData, std::type_identity<StackBody<ArrayInitData>>());
  add(Opcode::kArrayInitElem, std::type_identity<StackBody<ArrayInitElem>>());
  add(Opcode::kRefGetDesc, std::type_identity<StackBody<RefGetDesc>>());
  add(Opcode::kRefCastDescEq, std::type_identity<StackBody<CastDescEq>>());
  add(Opcode::kBrOnCastDescEq, std::type_identity<StackBody<TestDescEq>>());
}

}  // namespace cvm
