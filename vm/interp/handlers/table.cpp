// Stack-form instructions on tables, segments, whole memories and references: each a call of an ordinary function.
#include "vm/interp/handlers/families.hpp"
#include "vm/interp/handlers/stack_form.hpp"

namespace cvm {
namespace {

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
