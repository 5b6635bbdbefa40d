// Loads from memory 0 by an i32 address and a constant offset.
#include "vm/interp/handlers/access.hpp"
#include "vm/interp/handlers/families.hpp"
#include "vm/interp/handlers/family.hpp"

namespace cvm {
namespace {

template <Opcode kOp>
struct LoadFamily {
  using A = Access<kOp>;
  static constexpr Shape kShape{Format::kLoad, kBankOf<typename A::Type>, {Bank::kInt, Bank::kNone, Bank::kNone}};
  static constexpr bool Exists(Variant) { return true; }

  template <Variant kV>
  struct Body {
    static CVM_INLINE Flow Run(Regs& r) {
      const uint32_t base = ReadBase<kV.a>(r);
      uint8_t* p;
      if (!PlainAddress<A::kBytes>(r, base, static_cast<uint32_t>(ReadImm32(r.ip)), &p)) {
        return TrapFlow(r, TrapKind::kMemoryOutOfBounds);
      }
      WriteResult<kV.dst, typename A::Type>(r, A::Load(p));
      r.ip += CellSize(kShape, kV);
      return Flow::kNext;
    }
  };
};

}  // namespace

void AddLoadHandlers(HandlerTable& table) {
  const auto add = [&]<Opcode kOp>() {
    if constexpr (IsLoad<kOp>) AddFamily<ToRegOp(kOp), LoadFamily<kOp>>(table);
  };
  ForEachOpcode<Opcode::kI32Load, Opcode::kI64Load32U>(add);
  ForEachOpcode<Opcode::kV128Load, Opcode::kV128Load64Splat>(add);
  ForEachOpcode<Opcode::kV128Load32Zero, Opcode::kV128Load64Zero>(add);
}

}  // namespace cvm
