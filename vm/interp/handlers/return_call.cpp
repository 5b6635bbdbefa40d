// Tail calls: the callee's window moves down to where this frame's own began, this frame's record follows it, and the callee
// returns to this frame's caller. The stack does not grow, however long the chain (INT-02).
#include "vm/interp/handlers/call.hpp"
#include "vm/interp/handlers/families.hpp"
#include "vm/runtime/instance.hpp"

namespace cvm {
namespace {

// Moves arguments and record; returns where the record is now. `room` more bytes lie between the record and the arguments'
// old place only by chance, so the arguments go first and the record is held in registers meanwhile.
CVM_INLINE uint8_t* SlideFrame(Regs& r, uint64_t callee_window) {
  const auto own_window = static_cast<uint64_t>(static_cast<uint16_t>(ReadField(r.ip, kField1))) * kSlotBytes;
  const uint8_t* arguments = SlotAt(r, kField0) - callee_window;
  const auto return_ip = LoadAs<const uint8_t*>(r.fp);
  const auto caller_fp = LoadAs<uint8_t*>(r.fp + 8);
  const auto pin0 = LoadAs<uint64_t>(r.fp + 16);
  const auto pin1 = LoadAs<uint64_t>(r.fp + 24);
  const auto fpin = LoadAs<V128>(r.fp + 32);
  uint8_t* window = r.fp - own_window;
  MoveSlots(window, arguments, callee_window);
  uint8_t* frame = window + callee_window;
  StoreAs(frame, return_ip);
  StoreAs(frame + 8, caller_fp);
  StoreAs(frame + 16, pin0);
  StoreAs(frame + 24, pin1);
  StoreAs(frame + 32, fpin);
  return frame;
}

// A tail call of any function. Into another instance: if this frame was itself entered over a bridge, that bridge will restore
// the context and a second one is not needed; otherwise one is put under the callee.
CVM_INLINE Flow TailCall(Regs& r, rt::Function* f) {
  uint8_t* frame = SlideFrame(r, f->window_bytes);
  if (f->context != r.ctx && f->context != nullptr && LoadAs<const uint8_t*>(frame) == BridgeReturnCell()) {
    r.acc = reinterpret_cast<uint64_t>(f);
    r.fp = frame;
    SwitchContext(r, f->context);
    r.ip = f->code;
    return Flow::kNext;
  }
  return EnterFunction(r, f, frame);
}

struct ReturnCallBody {
  static CVM_INLINE Flow Run(Regs& r) {
    const uint32_t own = static_cast<uint32_t>(ReadImm32(r.ip)) - r.ctx->instance->code->module->imported_funcs;
    const uint8_t* entry = LoadEntry(r.ctx->entries + own);
    r.fp = SlideFrame(r, ReadImm64(r.ip));
    r.ip = entry;
    return Flow::kNext;
  }
};

struct ReturnCallImportBody {
  static CVM_INLINE Flow Run(Regs& r) { return TailCall(r, r.ctx->functions[ReadImm32(r.ip)]); }
};

struct ReturnCallIndirectBody {
  static CVM_INLINE Flow Run(Regs& r) {
    TrapKind trap = TrapKind::kNone;
    rt::Function* f = IndirectCallee(r, &trap);
    if (f == nullptr) [[unlikely]] return TrapFlow(r, trap);
    return TailCall(r, f);
  }
};

struct ReturnCallRefBody {
  static CVM_INLINE Flow Run(Regs& r) {
    rt::Function* f = ReferencedCallee(r);
    if (f == nullptr) [[unlikely]] return TrapFlow(r, TrapKind::kNullFunctionReference);
    return TailCall(r, f);
  }
};

}  // namespace

void AddReturnCallHandlers(HandlerTable& table) {
  AddHandler<ReturnCallBody>(table, {RegOp::kReturnCall});
  AddHandler<ReturnCallImportBody>(table, {RegOp::kReturnCallImport});
  AddHandler<ReturnCallIndirectBody>(table, {RegOp::kReturnCallIndirect});
  AddHandler<ReturnCallRefBody>(table, {RegOp::kReturnCallRef});
}

}  // namespace cvm
