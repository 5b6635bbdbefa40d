// Calls, returns, frame entry, and the cells of the runtime.
#include "vm/interp/handlers/call.hpp"

#include "vm/interp/handlers/families.hpp"
#include "vm/interp/handlers/metered.hpp"
#include "vm/interp/handlers/unwinding.hpp"
#include "vm/runtime/table.hpp"

namespace cvm {
namespace {

struct EnterBody {
  static CVM_INLINE Flow Run(Regs& r) {
    if (!EnterFrame(r, r.ip)) [[unlikely]]
      return RetryEnter(r, r.ip);
    r.ip += 24;
    return Flow::kNext;
  }
};

struct CallBody {
  static CVM_INLINE Flow Run(Regs& r) {
    uint8_t* frame = r.fp + ReadImm32(r.ip);
    const uint8_t* target = CallTarget(r);
    WriteRecord(r, frame, r.ip + 24);
    r.fp = frame;
    r.ip = target;
    return Flow::kNext;
  }
};

// A call that does the work of the callee's Enter too.
struct CallEnterBody {
  static CVM_INLINE Flow Run(Regs& r) {
    uint8_t* frame = r.fp + ReadImm32(r.ip);
    const uint8_t* target = CallTarget(r);
    WriteRecord(r, frame, r.ip + 24);
    r.fp = frame;
    if (!EnterFrame(r, target)) [[unlikely]]
      return RetryEnter(r, target);
    r.ip = target + 24;
    return Flow::kNext;
  }
};

struct CallImportBody {
  static CVM_INLINE Flow Run(Regs& r) {
    uint8_t* frame = StackBase(r);
    WriteRecord(r, frame, r.ip + 24);
    return EnterFunction(r, r.ctx->functions[ReadImm32(r.ip)], frame);
  }
};

struct CallIndirectBody {
  static CVM_INLINE Flow Run(Regs& r) {
    TrapKind trap = TrapKind::kNone;
    rt::Function* f = IndirectCallee(r, &trap);
    if (f == nullptr) [[unlikely]] return TrapFlow(r, trap);
    uint8_t* frame = StackBase(r);
    WriteRecord(r, frame, r.ip + 24);
    return EnterFunction(r, f, frame);
  }
};

struct CallRefBody {
  static CVM_INLINE Flow Run(Regs& r) {
    rt::Function* f = ReferencedCallee(r);
    if (f == nullptr) [[unlikely]] return TrapFlow(r, TrapKind::kNullFunctionReference);
    uint8_t* frame = StackBase(r);
    WriteRecord(r, frame, r.ip + 24);
    return EnterFunction(r, f, frame);
  }
};

struct ReturnBody {
  static CVM_INLINE Flow Run(Regs& r) {
    Return(r);
    return Flow::kNext;
  }
};

template <class T>
struct ReturnFamily {
  static constexpr Shape kShape{Format::kReturn, Bank::kNone, {kBankOf<T>, Bank::kNone, Bank::kNone}};
  static constexpr bool Exists(Variant v) { return v.a != Src::kAcc; }
  template <Variant kV>
  struct Body {
    static CVM_INLINE Flow Run(Regs& r) {
      WriteResult<Dst::kAcc, T>(r, ReadOperand<kV.a, T>(r, kField1));
      Return(r);
      return Flow::kNext;
    }
  };
};

// Stands for the first cell of a loop while somebody wants loops to stop. Goes on with the handler that the cell has.
struct InterruptedBody {
  static CVM_INLINE Flow Run(Regs& r, HandlerAddress* own) {
    const TrapKind trap = AtHeldLoop(r.ctx, r.ip, own);
    return trap == TrapKind::kNone ? Flow::kNext : TrapFlow(r, trap);
  }
};

struct CompileStubBody {
  static CVM_INLINE Flow Run(Regs& r) {
    const uint8_t* entry = CompileAtStub(r.ctx, r.ip, LoadAs<const uint8_t*>(r.fp));
    if (entry == nullptr) return TrapFlow(r, r.ctx->execution->trap);
    r.ip = entry;
    return Flow::kNext;
  }
};

// Leaves a host function's frame with its results; a single one goes to the accumulators, whichever bank it is of.
CVM_INLINE void ReturnFromHost(Regs& r, const rt::Function* f) {
  const uint8_t* window = r.fp - f->window_bytes;
  r.acc = LoadAs<uint64_t>(window);
  r.facc = LoadAs<V128>(window);   // where the window has 8 bytes, the rest is the record's: harmless
  Return(r);
}

// One step of a host function, and what it asks for next.
CVM_INLINE Flow StepHost(Regs& r, rt::Function* f, bool resumed) {
  switch (CallHost(r.ctx, r.fp, f, resumed)) {
    case rt::HostStatus::kReturned: break;
    case rt::HostStatus::kTrapped: return TrapFlow(r, r.ctx->execution->trap);
    case rt::HostStatus::kThrown: return GoOn(r, ThrowFromHost(r.ctx, r.fp));
    case rt::HostStatus::kSuspended:
      r.ip = HostReturnCell();
      r.ctx->execution->status = rt::RunStatus::kSuspended;
      return Flow::kExit;
    case rt::HostStatus::kCallGuest: {
      rt::Execution& execution = *r.ctx->execution;
      uint8_t* frame = execution.top + execution.callee->window_bytes;
      WriteRecord(r, frame, HostResumeCell());
      return EnterFunction(r, execution.callee, frame);
    }
  }
  ReturnFromHost(r, f);
  return Flow::kNext;
}

struct HostCallBody {
  static CVM_INLINE Flow Run(Regs& r) {
    auto* f = reinterpret_cast<rt::Function*>(r.acc);
    if (!HasRoom(r, r.fp, kHostFrameBytes)) [[unlikely]] {
      if (const TrapKind trap = CannotEnter(r.ctx, r.fp, kHostFrameBytes); trap != TrapKind::kNone)
        return TrapFlow(r, trap);
    }
    StoreAs(r.fp + kRecordBytes, f);
    return StepHost(r, f, false);
  }
};

struct HostResumeBody {
  static CVM_INLINE Flow Run(Regs& r) {
    rt::Execution& execution = *r.ctx->execution;
    execution.acc = r.acc;
    std::memcpy(execution.facc, &r.facc, 16);
    return StepHost(r, LoadAs<rt::Function*>(r.fp + kRecordBytes), true);
  }
};

struct HostReturnBody {
  static CVM_INLINE Flow Run(Regs& r) {
    ReturnFromHost(r, LoadAs<const rt::Function*>(r.fp + kRecordBytes));
    return Flow::kNext;
  }
};

struct BridgeReturnBody {
  static CVM_INLINE Flow Run(Regs& r) {
    const uint8_t* bridge = r.fp;
    const auto bytes = LoadAs<uint64_t>(bridge + offsetof(BridgeFrame, result_bytes));
    if (bytes != 0) {
      const auto window = LoadAs<uint64_t>(bridge + offsetof(BridgeFrame, window_bytes));
      MoveSlots(r.fp - window, r.fp + sizeof(BridgeFrame), bytes);
    }
    SwitchContext(r, LoadAs<rt::Context*>(bridge + offsetof(BridgeFrame, context)));
    Return(r);
    return Flow::kNext;
  }
};

struct DoneBody {
  static CVM_INLINE Flow Run(Regs& r) {
    r.ctx->execution->status = rt::RunStatus::kDone;
    return Flow::kExit;
  }
};

}  // namespace

void AddCallHandlers(HandlerTable& table) {
  constexpr std::make_integer_sequence<int, CVM_HANDLER_COPIES> kCopies;
  AddHandler<EnterBody>(table, {RegOp::kEnter});
  AddCopies<CallBody>(table, {RegOp::kCall}, kCopies);
  AddCopies<CallEnterBody>(table, {RegOp::kCallEnter}, kCopies);
  AddCopies<MeteredBody<CallBody, Format::kCall>>(table, {RegOp::kMeteredCall}, kCopies);
  AddCopies<MeteredBody<CallEnterBody, Format::kCall>>(table, {RegOp::kMeteredCallEnter}, kCopies);
  AddCopies<CallImportBody>(table, {RegOp::kCallImport}, kCopies);
  AddCopies<CallIndirectBody>(table, {RegOp::kCallIndirect}, kCopies);
  AddHandler<CallRefBody>(table, {RegOp::kCallRef});
  AddCopies<ReturnBody>(table, {RegOp::kReturn}, kCopies);
  AddCopies<MeteredBody<ReturnBody, Format::kReturn>>(table, {RegOp::kMeteredReturn}, kCopies);
  AddWithMetered<RegOp::kReturnInt, ReturnFamily<uint64_t>>(table);
  AddWithMetered<RegOp::kReturnFloat, ReturnFamily<double>>(table);
  AddWithMetered<RegOp::kReturnVec, ReturnFamily<V128>>(table);
  table.Add({RegOp::kInterrupted}, DispatchInstead<InterruptedBody>::Address());
  AddHandler<CompileStubBody>(table, {RegOp::kCompileStub});
  AddHandler<HostCallBody>(table, {RegOp::kHostCall});
  AddHandler<HostResumeBody>(table, {RegOp::kHostResume});
  AddHandler<HostReturnBody>(table, {RegOp::kHostReturn});
  AddHandler<BridgeReturnBody>(table, {RegOp::kBridgeReturn});
  AddHandler<DoneBody>(table, {RegOp::kDone});
}

}  // namespace cvm
