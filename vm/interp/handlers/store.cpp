// Stores to memory 0 by an i32 address and a constant offset.
#include "vm/interp/handlers/access.hpp"
#include "vm/interp/handlers/families.hpp"
#include "vm/interp/handlers/family.hpp"

namespace cvm {
namespace {

template <Opcode kOp>
struct StoreFamily {
  using A = Access<kOp>;
  using Type = typename A::Type;
  static constexpr Shape kShape{Format::kStore, Bank::kNone, {Bank::kInt, kBankOf<Type>, Bank::kNone}};
  static constexpr bool Exists(Variant v) {
    return kBankOf<Type> == Bank::kInt || v.b != Src::kImm;
  }

  template <Variant kV>
  struct Body {
    static CVM_INLINE Flow Run(Regs& r) {
      const uint32_t base = ReadBase<kV.a>(r);
      const Type value = ReadOperand16<kV.b, Type>(r, kField0);
      uint8_t* p;
      if (!PlainAddress<A::kBytes>(r, base, static_cast<uint32_t>(ReadImm32(r.ip)), &p)) {
        return TrapFlow(r, TrapKind::kMemoryOutOfBounds);
      }
      A::Store(p, value);
      r.ip += CellSize(kShape, kV);
      return Flow::kNext;
    }
  };
};

}  // namespace

void AddStoreHandlers(HandlerTable& table) {
  const auto add = [&]<Opcode kOp>() {
    if constexpr (IsStore<kOp>) AddFamily<ToRegOp(kOp), StoreFamily<kOp>>(table);
  };
  ForEachOpcode<Opcode::kI32Store, Opcode::kI64Store32>(add);
  ForEachOpcode<Opcode::kV128Store, Opcode::kV128Store>(add);
}

}  // namespace cvm
