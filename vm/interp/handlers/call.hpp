// Frame entry, calls and returns: the pieces that plain calls, tail calls and host calls share. Private to vm/interp.
#pragma once

#include "vm/interp/handlers/family.hpp"
#include "vm/interp/host_calls.hpp"
#include "vm/interp/interpret.hpp"
#include "vm/runtime/table.hpp"

namespace cvm {

const uint8_t* HostReturnCell();
const uint8_t* HostResumeCell();
const uint8_t* BridgeReturnCell();
const uint8_t* DoneCell();

// What lies above the record of a bridge: a frame between two instances, which restores the caller's context.
struct BridgeFrame {
  FrameRecord record;
  rt::Context* context;        // of the caller
  uint64_t window_bytes;       // of the window below this frame, where the caller expects results
  uint64_t result_bytes;       // results to be carried over to it; 0 where the one result is in a register
};

CVM_INLINE void WriteRecord(const Regs& r, uint8_t* at, const uint8_t* return_ip) {
  StoreAs(at, return_ip);
  StoreAs(at + 8, r.fp);
  StoreAs(at + 16, r.pin0);
  StoreAs(at + 24, r.pin1);
  StoreAs(at + 32, r.fpin);
}

CVM_INLINE void Return(Regs& r) {
  const uint8_t* record = r.fp;
  r.ip = LoadAs<const uint8_t*>(record);
  r.fp = LoadAs<uint8_t*>(record + 8);
  r.pin0 = LoadAs<uint64_t>(record + 16);
  r.pin1 = LoadAs<uint64_t>(record + 24);
  r.fpin = LoadAs<V128>(record + 32);
}

// Where code of this module begins that another thread may have just compiled. All that is read by way of it was
// written before: the machine keeps such loads in order, a sanitizer wants that said.
CVM_INLINE const uint8_t* LoadEntry(const uint8_t* const* at) {
#ifdef __has_feature
  if (__has_feature(thread_sanitizer)) return __atomic_load_n(at, __ATOMIC_ACQUIRE);
#endif
  return __atomic_load_n(at, __ATOMIC_RELAXED);
}
CVM_INLINE const uint8_t* CallTarget(const Regs& r) {
  return LoadEntry(reinterpret_cast<const uint8_t* const*>(r.ip + kImm64));
}

CVM_INLINE int64_t FrameBytes(const uint8_t* enter) { return LoadAs<uint32_t>(enter + 16); }

// Whether `bytes` above `at` are within the stack limit. Signed: a call from the host puts its window, and so fp, up to
// one window beyond it; and with an interruption there is no room at all.
CVM_INLINE bool HasRoom(const Regs& r, const uint8_t* at, int64_t bytes) {
  return bytes <= reinterpret_cast<int64_t>(StackLimit(*r.ctx)) - reinterpret_cast<int64_t>(at);
}

// The work of the Enter cell at `enter`. False: there is no room, CannotEnter knows why.
CVM_INLINE bool EnterFrame(Regs& r, const uint8_t* enter) {
  if (!HasRoom(r, r.fp, FrameBytes(enter))) [[unlikely]]
    return false;
  uint8_t* zero = r.fp + kRecordBytes;
  const uint8_t* end = zero + 8 * static_cast<uint64_t>(LoadAs<uint32_t>(enter + 20));
  // Four slots at a time; what is cleared too much is free. The barriers keep this from becoming a call of memset, or one
  // store of 32 bytes, after which the upper halves of the vector registers would have to be cleared.
  for (; zero < end; zero += 32) {
    StoreAs(zero, V128{});
    asm volatile("" ::: "memory");
    StoreAs(zero + 16, V128{});
    asm volatile("" ::: "memory");
  }
  r.pin0 = LoadAs<uint64_t>(r.fp + ReadField(enter, kField0));
  r.pin1 = LoadAs<uint64_t>(r.fp + ReadField(enter, kField1));
  r.fpin = LoadAs<V128>(r.fp + ReadField(enter, kField2));
  return true;
}

// Goes on with the Enter cell at `enter`, for which there was no room, or traps.
CVM_INLINE Flow RetryEnter(Regs& r, const uint8_t* enter) {
  const TrapKind trap = CannotEnter(r.ctx, r.fp, FrameBytes(enter));
  if (trap != TrapKind::kNone) return TrapFlow(r, trap);
  r.ip = enter;
  return Flow::kNext;
}

// Copies `bytes` (a multiple of 8) upwards or downwards, whichever is safe.
CVM_INLINE void MoveSlots(uint8_t* to, const uint8_t* from, uint64_t bytes) {
  if (to <= from) {
    for (uint64_t i = 0; i < bytes; i += 8) {
      StoreAs(to + i, LoadAs<uint64_t>(from + i));
      asm volatile("" ::: "memory");
    }
  } else {
    for (uint64_t i = bytes; i != 0; i -= 8) {
      StoreAs(to + i - 8, LoadAs<uint64_t>(from + i - 8));
      asm volatile("" ::: "memory");
    }
  }
}

CVM_INLINE void SwitchContext(Regs& r, rt::Context* to) {
  rt::EnterContext(*to, r.ctx->execution, StackLimit(*r.ctx));
  r.ctx = to;
  r.mem = to->memory;
}

// Jumps into `f`, whose window ends at `frame`, where a record (return address, caller) has been written. Other instances are
// entered over a bridge.
CVM_INLINE Flow EnterFunction(Regs& r, rt::Function* f, uint8_t* frame) {
  r.acc = reinterpret_cast<uint64_t>(f);   // a host call's cell finds its function there
  if (f->context == r.ctx || f->context == nullptr) [[likely]] {
    r.fp = frame;
    r.ip = f->code;
    return Flow::kNext;
  }
  const uint64_t window = f->window_bytes;
  const auto bytes = static_cast<int64_t>(sizeof(BridgeFrame) + window + kRecordBytes);
  if (!HasRoom(r, frame, bytes)) [[unlikely]] {
    if (const TrapKind trap = CannotEnter(r.ctx, frame, bytes); trap != TrapKind::kNone) return TrapFlow(r, trap);
  }
  StoreAs(frame + offsetof(BridgeFrame, context), r.ctx);
  StoreAs(frame + offsetof(BridgeFrame, window_bytes), window);
  StoreAs(frame + offsetof(BridgeFrame, result_bytes), uint64_t{f->result_bytes});
  uint8_t* inner = frame + sizeof(BridgeFrame) + window;
  MoveSlots(inner - window, frame - window, window);
  r.fp = frame;
  WriteRecord(r, inner, BridgeReturnCell());
  r.fp = inner;
  SwitchContext(r, f->context);
  r.ip = f->code;
  return Flow::kNext;
}

// The function that call_indirect or return_call_indirect names; nullptr with *trap set.
CVM_INLINE rt::Function* IndirectCallee(const Regs& r, TrapKind* trap) {
  rt::Table& table = *r.ctx->tables[ReadImm32(r.ip)];
  const uint64_t wide = ReadImm64(r.ip);
  const uint64_t index = LoadAs<uint64_t>(r.fp + static_cast<int32_t>(wide >> 32));
  if (index >= table.size()) [[unlikely]] {
    *trap = TrapKind::kUndefinedElement;
    return nullptr;
  }
  auto* f = reinterpret_cast<rt::Function*>(table.Get(index));
  if (f == nullptr) [[unlikely]] {
    *trap = TrapKind::kUninitializedElement;
    return nullptr;
  }
  const auto wanted = static_cast<uint32_t>(wide);
  if (f->type_id != wanted && !CallTypeMatches(r.ctx, f->type_id, wanted)) [[unlikely]] {
    *trap = TrapKind::kIndirectCallTypeMismatch;
    return nullptr;
  }
  return f;
}

// The function in the slot that CallRef or ReturnCallRef names; nullptr if null.
CVM_INLINE rt::Function* ReferencedCallee(const Regs& r) {
  return LoadAs<rt::Function*>(r.fp + static_cast<int32_t>(ReadImm64(r.ip) >> 32));
}

}  // namespace cvm
