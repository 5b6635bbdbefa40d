// Stack-form instructions on tables, segments, whole memories and references: each a call of an ordinary function.
#include "vm/interp/handlers/families.hpp"
#include "vm/interp/handlers/family.hpp"
#include "vm/interp/host_calls.hpp"

namespace cvm {
namespace {

template <TrapKind (*kDo)(rt::Context*, uint8_t*, const uint8_t*)>
struct StackBody {
  static CVM_INLINE Flow Run(Regs& r) {
    const TrapKind trap = kDo(r.ctx, StackBase(r), r.ip);
    if (trap != TrapKind::kNone) [[unlikely]] return TrapFlow(r, trap);
    r.ip += 24;
    return Flow::kNext;
  }
};

struct RefIsNullBody {
  static CVM_INLINE Flow Run(Regs& r) {
    uint8_t* slot = StackBase(r);
    StoreAs<uint64_t>(slot, LoadAs<uint64_t>(slot) == 0);
    r.ip += 24;
    return Flow::kNext;
  }
};

struct RefNullBody {
  static CVM_INLINE Flow Run(Regs& r) {
    StoreAs<uint64_t>(StackBase(r), 0);
    r.ip += 24;
    return Flow::kNext;
  }
};

}  // namespace

void AddTableHandlers(HandlerTable& table) {
#define STACK(op, function) AddHandler<StackBody<&function>>(table, {ToRegOp(Opcode::k##op)})
  STACK(TableGet, TableGet);
  STACK(TableSet, TableSet);
  STACK(TableSize, TableSize);
  STACK(TableGrow, TableGrow);
  STACK(TableFill, TableFill);
  STACK(TableCopy, TableCopy);
  STACK(TableInit, TableInit);
  STACK(ElemDrop, ElemDrop);
  STACK(MemorySize, MemorySize);
  STACK(MemoryGrow, MemoryGrow);
  STACK(MemoryFill, MemoryFill);
  STACK(MemoryCopy, MemoryCopy);
  STACK(MemoryInit, MemoryInit);
  STACK(DataDrop, DataDrop);
  STACK(RefFunc, RefFunc);
#undef STACK
  AddHandler<RefIsNullBody>(table, {ToRegOp(Opcode::kRefIsNull)});
  AddHandler<RefNullBody>(table, {ToRegOp(Opcode::kRefNull)});
}

}  // namespace cvm
