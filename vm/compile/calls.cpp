// Calls. Arguments are staged at the slots of their height, which are the callee's parameters; what is on the stack
// below leaves the accumulators. Pins are saved in the callee's record by the call and restored by the return.
#include "vm/compile/emitter.hpp"

namespace cvm {

// Brings the arguments, which lie below `above` other operands, to their window; all are popped.
Emitter::Window Emitter::StageArguments(const FuncType& type, size_t above) {
  const size_t count = type.params.size();
  const size_t bottom = stack_.size() - above - count;
  const uint32_t first = bottom < stack_.size() ? stack_[bottom].slot : slots_;
  StageOperands(count, above, false);
  TruncateTo(bottom);
  const uint32_t slots = WindowSlots(type);
  Touch(first + slots);
  Window window{layout_.Temp(first + slots), slots * kSlotBytes};
  if (!layout_.wide) Near(window.record);
  return window;
}

// The slot of the topmost operand (a table index, a function reference). It stays there while the arguments below are
// staged.
int32_t Emitter::CalleeSlot(bool own_slot) {
  const size_t i = stack_.size() - 1;
  SettleAddress(i);
  Source s = Resolve(stack_[i]);
  int32_t at = s.offset;
  if (own_slot) {
    at = layout_.Temp(stack_[i].slot);
    Move(s, {Dst::kSlot, at});
  } else if (s.where != Src::kSlot && !s.alias) {
    Materialize(i);
    at = Home(stack_[i]);
  }
  return at;
}

void Emitter::FinishCall(const FuncType& type, const Window& window) {
  MayHaveThrown();
  alias_[0] = alias_[1] = {};
  if (type.results.size() == 1) {
    PushResult(type.results[0], kNone, {Dst::kAcc});
    return;
  }
  PushStackResults(window.record - static_cast<int32_t>(window.bytes), type.results);
}

void Emitter::OnCall(const Instr& instr) {
  const FuncIndex callee(instr.index);
  const FuncType& type = module_.FuncTypeOf(callee);
  const Window window = StageArguments(type, 0);
  SpillAll();
  if (module_.IsImported(callee)) {
    StackCell(RegOp::kCallImport, window.record, instr.index, window.bytes);
  } else {
    const uint32_t own = instr.index - module_.imported_funcs;
    const bool entered = own < env_.compiled.size() && env_.compiled[own];
    const uint32_t cell = code_.Append({entered ? RegOp::kCallEnter : RegOp::kCall}, 24);
    code_.Set32(cell, kImm32, static_cast<uint32_t>(window.record));
    code_.Set64(cell, kImm64, reinterpret_cast<uint64_t>(env_.entries[own]));
    Pay(cell, owed_);
  }
  FinishCall(type, window);
}

void Emitter::OnCallIndirect(const Instr& instr) {
  const FuncType& type = TypeAt(instr.index);
  const auto slot = static_cast<uint32_t>(CalleeSlot(false));
  const Window window = StageArguments(type, 1);
  SpillAll();
  StackCell(RegOp::kCallIndirect, window.record, instr.index2, env_.type_ids[instr.index] | uint64_t{slot} << 32);
  FinishCall(type, window);
}

void Emitter::OnCallRef(const Instr& instr) {
  const FuncType& type = TypeAt(instr.index);
  const auto slot = static_cast<uint32_t>(CalleeSlot(false));
  const Window window = StageArguments(type, 1);
  SpillAll();
  StackCell(RegOp::kCallRef, window.record, instr.index, uint64_t{slot} << 32);
  FinishCall(type, window);
}

// Arguments of a tail call. Its cell has no room for a far offset: in a wide frame the window is built anew in the near
// part, whose locals nobody needs any more. Every source lies above the place it is copied to.
Emitter::Window Emitter::StageTail(const FuncType& type, size_t above) {
  Window window = StageArguments(type, above);
  if (!layout_.wide || IsNear(window.record)) return window;
  const int32_t from = window.record - static_cast<int32_t>(window.bytes);
  const int32_t to = layout_.refs;
  if (!IsNear(to + static_cast<int32_t>(window.bytes))) Fail(LimitError("too many parameters for a tail call"));
  for (int32_t i = 0; i < static_cast<int32_t>(window.bytes); i += kSlotBytes) {
    Move({.where = Src::kSlot, .type = ValType::I64(), .offset = from + i}, {Dst::kSlot, to + i});
  }
  window.record = to + static_cast<int32_t>(window.bytes);
  return window;
}

void Emitter::TailCallCell(RegOp op, const Window& window, uint32_t word, uint64_t wide) {
  const uint32_t cell = StackCell(op, window.record, word, wide);
  code_.SetField(cell, kField1, layout_.window_bytes / kSlotBytes);
  reachable_ = false;
}

void Emitter::OnReturnCall(const Instr& instr) {
  const FuncIndex callee(instr.index);
  const Window window = StageTail(module_.FuncTypeOf(callee), 0);
  TailCallCell(module_.IsImported(callee) ? RegOp::kReturnCallImport : RegOp::kReturnCall, window, instr.index,
               window.bytes);
}

void Emitter::OnReturnCallIndirect(const Instr& instr) {
  const auto slot = static_cast<uint32_t>(CalleeSlot(layout_.wide));
  const Window window = StageTail(TypeAt(instr.index), 1);
  TailCallCell(RegOp::kReturnCallIndirect, window, instr.index2, env_.type_ids[instr.index] | uint64_t{slot} << 32);
}

void Emitter::OnReturnCallRef(const Instr& instr) {
  const auto slot = static_cast<uint32_t>(CalleeSlot(layout_.wide));
  const Window window = StageTail(TypeAt(instr.index), 1);
  TailCallCell(RegOp::kReturnCallRef, window, instr.index, uint64_t{slot} << 32);
}

}  // namespace cvm
