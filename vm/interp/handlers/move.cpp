// Moves, constants, selects, wide slots, globals.
#include "vm/interp/handlers/families.hpp"
#include "vm/interp/handlers/family.hpp"
#include "vm/runtime/table.hpp"

namespace cvm {
namespace {

// T: the type moved — uint64_t, double (any float: its 8 slot bytes) or V128.
template <class T>
struct MoveFamily {
  static constexpr Shape kShape{Format::kOp, kBankOf<T>, {kBankOf<T>, Bank::kNone, Bank::kNone}};
  static constexpr bool Exists(Variant v) {
    const bool to_acc_from_acc = v.dst == Dst::kAcc && v.a == Src::kAcc;
    return !to_acc_from_acc;
  }
  template <Variant kV>
  struct Body {
    static CVM_INLINE Flow Run(Regs& r) {
      WriteResult<kV.dst, T>(r, ReadOperand<kV.a, T>(r, kField1));
      r.ip += CellSize(kShape, kV);
      return Flow::kNext;
    }
  };
};

template <class T>
struct ConstFamily {
  static constexpr Shape kShape{Format::kConst64, kBankOf<T>, {Bank::kNone, Bank::kNone, Bank::kNone}};
  static constexpr bool Exists(Variant) { return true; }
  template <Variant kV>
  struct Body {
    static CVM_INLINE Flow Run(Regs& r) {
      WriteResult<kV.dst, T>(r, LoadAs<T>(r.ip + kImm64));
      r.ip += CellSize(kShape, kV);
      return Flow::kNext;
    }
  };
};

template <class T>
struct SelectFamily {
  static constexpr Shape kShape{Format::kSelect, kBankOf<T>, {kBankOf<T>, kBankOf<T>, Bank::kInt}};
  static constexpr bool Exists(Variant v) {
    if (v.c == Src::kImm) return false;
    if (kBankOf<T> == Bank::kFloat) return v.a != Src::kImm && v.b != Src::kImm;
    if (kBankOf<T> == Bank::kVec) return v.a == Src::kSlot && v.b == Src::kSlot;
    return true;
  }
  template <Variant kV>
  struct Body {
    static CVM_INLINE Flow Run(Regs& r) {
      const T a = ReadOperand16<kV.a, T>(r, kField2);
      const T b = ReadOperand16<kV.b, T>(r, kField3);
      const bool first = ReadOperand<kV.c, uint32_t>(r, kField1) != 0;
      T picked = first ? a : b;
#ifdef __clang__
      // Keeps the choice free of branches: LLVM would otherwise duplicate the dispatch.
      if constexpr (kBankOf<T> == Bank::kInt) asm("" : "+r"(picked));
#endif
      WriteResult<kV.dst, T>(r, picked);
      r.ip += CellSize(kShape, kV);
      return Flow::kNext;
    }
  };
};

template <class T, bool kLoad>
struct WideFamily {
  static constexpr Shape kShape{Format::kWide, Bank::kNone, {}};
  static constexpr bool Exists(Variant) { return true; }
  template <Variant kV>
  struct Body {
    static CVM_INLINE Flow Run(Regs& r) {
      uint8_t* near = SlotAt(r, kField0);
      uint8_t* far = r.fp + ReadImm32(r.ip);
      StoreAs(kLoad ? near : far, LoadAs<T>(kLoad ? far : near));
      r.ip += CellSize(kShape, kV);
      return Flow::kNext;
    }
  };
};

CVM_INLINE uint8_t* OwnGlobal(const Regs& r) { return reinterpret_cast<uint8_t*>(r.ctx) + ReadImm32(r.ip); }

template <class T>
struct GlobalGetFamily {
  static constexpr Shape kShape{Format::kGlobal, kBankOf<T>, {}};
  static constexpr bool Exists(Variant) { return true; }
  template <Variant kV>
  struct Body {
    static CVM_INLINE Flow Run(Regs& r) {
      WriteResult<kV.dst, T>(r, LoadAs<T>(OwnGlobal(r)));
      r.ip += CellSize(kShape, kV);
      return Flow::kNext;
    }
  };
};

template <class T>
struct GlobalSetFamily {
  static constexpr Shape kShape{Format::kGlobal, Bank::kNone, {kBankOf<T>, Bank::kNone, Bank::kNone}};
  static constexpr bool Exists(Variant v) { return v.a != Src::kImm; }
  template <Variant kV>
  struct Body {
    static CVM_INLINE Flow Run(Regs& r) {
      StoreAs(OwnGlobal(r), ReadOperand<kV.a, T>(r, kField1));
      r.ip += CellSize(kShape, kV);
      return Flow::kNext;
    }
  };
};

struct GlobalAddFamily {
  static constexpr Shape kShape{Format::kGlobal, Bank::kInt, {}};
  static constexpr bool Exists(Variant) { return true; }
  template <Variant kV>
  struct Body {
    static CVM_INLINE Flow Run(Regs& r) {
      const uint32_t sum = LoadAs<uint32_t>(OwnGlobal(r)) + static_cast<uint32_t>(ReadField(r.ip, kField1));
      StoreAs<uint64_t>(OwnGlobal(r), sum);
      WriteResult<kV.dst, uint32_t>(r, sum);
      r.ip += CellSize(kShape, kV);
      return Flow::kNext;
    }
  };
};

struct GlobalSetAddFamily {
  static constexpr Shape kShape{Format::kGlobal, Bank::kNone, {Bank::kInt, Bank::kNone, Bank::kNone}};
  static constexpr bool Exists(Variant v) { return v.a != Src::kImm; }
  template <Variant kV>
  struct Body {
    static CVM_INLINE Flow Run(Regs& r) {
      const uint32_t a = ReadOperand<kV.a, uint32_t>(r, kField1);
      StoreAs<uint64_t>(OwnGlobal(r), a + static_cast<uint32_t>(ReadField(r.ip, kField0)));
      r.ip += CellSize(kShape, kV);
      return Flow::kNext;
    }
  };
};

template <class T, bool kGet>
struct GlobalImportedFamily {
  static constexpr Shape kShape{};
  static constexpr bool Exists(Variant) { return true; }
  template <Variant kV>
  struct Body {
    static CVM_INLINE Flow Run(Regs& r) {
      uint8_t* value = r.ctx->globals[ReadImm32(r.ip)]->value;
      uint8_t* slot = StackBase(r);
      StoreAs(kGet ? slot : value, LoadAs<T>(kGet ? value : slot));
      r.ip += CellSize(kShape, kV);
      return Flow::kNext;
    }
  };
};

}  // namespace

void AddMoveHandlers(HandlerTable& table) {
  AddFamily<RegOp::kMove, MoveFamily<uint64_t>>(table);
  AddFamily<RegOp::kMoveF, MoveFamily<double>>(table);
  AddFamily<RegOp::kMoveV, MoveFamily<V128>>(table);
  AddFamily<RegOp::kConst64, ConstFamily<uint64_t>>(table);
  AddFamily<RegOp::kConstV, ConstFamily<V128>>(table);
  AddFamily<RegOp::kSelect, SelectFamily<uint64_t>>(table);
  AddFamily<RegOp::kSelectF, SelectFamily<double>>(table);
  AddFamily<RegOp::kSelectV, SelectFamily<V128>>(table);
  AddFamily<RegOp::kLoadWide, WideFamily<uint64_t, true>>(table);
  AddFamily<RegOp::kStoreWide, WideFamily<uint64_t, false>>(table);
  AddFamily<RegOp::kLoadWideV, WideFamily<V128, true>>(table);
  AddFamily<RegOp::kStoreWideV, WideFamily<V128, false>>(table);
  AddFamily<RegOp::kGlobalGet, GlobalGetFamily<uint64_t>>(table);
  AddFamily<RegOp::kGlobalGetF, GlobalGetFamily<double>>(table);
  AddFamily<RegOp::kGlobalGetV, GlobalGetFamily<V128>>(table);
  AddFamily<RegOp::kGlobalSet, GlobalSetFamily<uint64_t>>(table);
  AddFamily<RegOp::kGlobalSetF, GlobalSetFamily<double>>(table);
  AddFamily<RegOp::kGlobalSetV, GlobalSetFamily<V128>>(table);
  AddFamily<RegOp::kGlobalAddI32, GlobalAddFamily>(table);
  AddFamily<RegOp::kGlobalSetAddI32, GlobalSetAddFamily>(table);
  AddFamily<RegOp::kGlobalGetImported, GlobalImportedFamily<uint64_t, true>>(table);
  AddFamily<RegOp::kGlobalSetImported, GlobalImportedFamily<uint64_t, false>>(table);
  AddFamily<RegOp::kGlobalGetImportedV, GlobalImportedFamily<V128, true>>(table);
  AddFamily<RegOp::kGlobalSetImportedV, GlobalImportedFamily<V128, false>>(table);
}

}  // namespace cvm
