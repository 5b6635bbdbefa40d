// Branches on integers, jumps, br_table, counted loops, charges.
#include "vm/interp/handlers/branch.hpp"

#include "vm/interp/handlers/families.hpp"
#include "vm/interp/handlers/metered.hpp"

namespace cvm {
namespace {

template <class T, int... kIs>
void AddIntBranches(HandlerTable& table, std::integer_sequence<int, kIs...>) {
  constexpr RegOp kPlain = sizeof(T) == 4 ? RegOp::kBrI32Eq : RegOp::kBrI64Eq;
  constexpr RegOp kLp = sizeof(T) == 4 ? RegOp::kBrLpI32Eq : RegOp::kBrLpI64Eq;
  (AddWithMetered<RegOpPlus(kPlain, kIs), BranchFamily<static_cast<IntCompare>(kIs), T, false>>(table), ...);
  (AddWithMetered<RegOpPlus(kLp, kIs), BranchFamily<static_cast<IntCompare>(kIs), T, true>>(table), ...);
}

// a += imm16; if (a ? b) goto …
template <IntCompare kCompare, bool kLp>
struct AddBranchFamily {
  static constexpr Shape kShape{kLp ? Format::kAddBranchLp : Format::kAddBranch, Bank::kNone,
                                {Bank::kInt, Bank::kInt, Bank::kNone}};
  static constexpr bool Exists(Variant v) { return v.a != Src::kImm && v.a != Src::kAcc && v.b != Src::kAcc; }

  template <Variant kV>
  struct Body {
    static CVM_INLINE Flow Run(Regs& r) {
      // Before the addition: b may be the very slot or pin that is added to only where the compiler means its new value, which it
      // never does.
      const uint32_t b = ReadOperand16<kV.b, uint32_t>(r, kField2);
      const uint32_t a = ReadOperand<kV.a, uint32_t>(r, kField0) + static_cast<uint32_t>(ReadField(r.ip, kField1));
      if constexpr (kV.a == Src::kSlot) WriteResult<Dst::kBoth, uint32_t>(r, a);
      if constexpr (kV.a == Src::kPin0) r.pin0 = a;
      if constexpr (kV.a == Src::kPin1) r.pin1 = a;
      return BranchIf<kLp>(r, Compare<kCompare>(a, b), TargetOffset(kShape, kV), CellSize(kShape, kV));
    }
  };
};

template <int... kIs>
void AddAddBranches(HandlerTable& table, std::integer_sequence<int, kIs...>) {
  (AddWithMetered<RegOpPlus(RegOp::kAddBrEq, 2 * kIs), AddBranchFamily<static_cast<IntCompare>(kIs), false>>(table),
   ...);
  (AddWithMetered<RegOpPlus(RegOp::kAddBrLpEq, 2 * kIs), AddBranchFamily<static_cast<IntCompare>(kIs), true>>(table),
   ...);
}

struct JumpBody {
  static CVM_INLINE Flow Run(Regs& r) {
    r.ip = LoadAs<const uint8_t*>(r.ip + 16);
    return Flow::kNext;
  }
};
struct JumpLpBody {
  static CVM_INLINE Flow Run(Regs& r) {
    r.ip = r.lp;
    return Flow::kNext;
  }
};
struct LoopHeadBody {
  static CVM_INLINE Flow Run(Regs& r) {
    r.ip += 8;
    r.lp = r.ip;
    return Flow::kNext;
  }
};

struct BrTableFamily {
  static constexpr Shape kShape{Format::kBrTable, Bank::kNone, {Bank::kInt, Bank::kNone, Bank::kNone}};
  static constexpr bool Exists(Variant v) { return v.a != Src::kImm; }
  template <Variant kV>
  struct Body {
    static CVM_INLINE Flow Run(Regs& r) {
      const uint32_t index = ReadOperand<kV.a, uint32_t>(r, kField1);
      const uint32_t count = static_cast<uint32_t>(ReadImm32(r.ip));
      // A conditional move, so that a wrong guess of the bound reads no further (TIM-02).
      const uint64_t entry = index < count ? index : count;
      r.ip = LoadAs<const uint8_t*>(r.ip + 16 + 8 * entry);
      return Flow::kNext;
    }
  };
};

struct TrapBody {
  static CVM_INLINE Flow Run(Regs& r) { return TrapFlow(r, static_cast<TrapKind>(ReadImm32(r.ip))); }
};
struct FuelBody {
  static CVM_INLINE Flow Run(Regs& r) {
    r.ip += 16;
    return Flow::kNext;
  }
};

}  // namespace

void AddBranchHandlers(HandlerTable& table) {
  AddIntBranches<uint32_t>(table, std::make_integer_sequence<int, kIntCompares>());
  AddIntBranches<uint64_t>(table, std::make_integer_sequence<int, kIntCompares>());
  AddAddBranches(table, std::make_integer_sequence<int, 10>());
  AddHandler<JumpBody>(table, {RegOp::kJump});
  AddHandler<JumpLpBody>(table, {RegOp::kJumpLp});
  AddHandler<LoopHeadBody>(table, {RegOp::kLoopHead});
  AddHandler<MeteredBody<JumpBody, Format::kJump>>(table, {RegOp::kMeteredJump});
  AddHandler<MeteredBody<JumpLpBody, Format::kFuel>>(table, {RegOp::kMeteredJumpLp});
  AddCopies<MeteredBody<FuelBody, Format::kFuel>>(table, {RegOp::kFuel},
                                                  std::make_integer_sequence<int, CVM_HANDLER_COPIES>());
  AddWithMetered<RegOp::kBrTable, BrTableFamily>(table);
  AddHandler<TrapBody>(table, {RegOp::kTrap});
}

}  // namespace cvm
