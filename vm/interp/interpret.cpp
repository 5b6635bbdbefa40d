// Running executions. Guest calls, tail calls and host calls are cells; this file has only the way in and the ways out: done,
// trapped, suspended — and a fault of a plain memory access, which is a trap too.
#include "vm/interp/interpret.hpp"

#include <algorithm>
#include <csetjmp>
#include <csignal>
#include <mutex>

#include "vm/interp/handlers/call.hpp"
#include "vm/interp/profile.hpp"
#include "vm/runtime/instance.hpp"
#include "vm/runtime/memory.hpp"
#include "vm/runtime/store.hpp"

namespace cvm {
namespace {

// A cell of the runtime's own, shared by all executions. The words before it keep PatchCall, which looks at the cell before a
// return address, within bounds.
struct StaticCell {
  uint64_t before[3] = {};
  uint64_t words[3] = {};

  explicit StaticCell(RegOp op) {
    words[0] = reinterpret_cast<uint64_t>(Handlers().Copies({op})[0]);
  }
  const uint8_t* address() const { return reinterpret_cast<const uint8_t*>(words); }
};

void SaveState(rt::Execution& e, rt::Context* ctx, const uint8_t* ip, uint8_t* fp, uint64_t acc, V128 facc) {
  e.context = ctx;
  e.ip = ip;
  e.fp = fp;
  e.acc = acc;
  std::memcpy(e.facc, &facc, 16);
}

void SaveTrap(rt::Execution& e, TrapKind kind) {
  e.status = rt::RunStatus::kTrapped;
  e.trap = kind;
}

}  // namespace

const uint8_t* DoneCell() {
  static const StaticCell cell(RegOp::kDone);
  return cell.address();
}
const uint8_t* HostReturnCell() {
  static const StaticCell cell(RegOp::kHostReturn);
  return cell.address();
}
const uint8_t* HostResumeCell() {
  static const StaticCell cell(RegOp::kHostResume);
  return cell.address();
}
const uint8_t* BridgeReturnCell() {
  static const StaticCell cell(RegOp::kBridgeReturn);
  return cell.address();
}
const uint8_t* HostCallCell() {
  static const StaticCell cell(RegOp::kHostCall);
  return cell.address();
}

// --- memory faults

#ifndef CVM_EXPLICIT_BOUNDS
extern "C" {
// Bounds of the section that holds every handler; made by the linker.
extern const char __start_cvm_handlers[];
extern const char __stop_cvm_handlers[];
}
#endif

namespace {

// One run on this thread; runs nest when host functions call guests.
struct Activation {
  explicit Activation(rt::Execution& e)
      : execution(e), store(e.context->instance->store), outer(current), outer_running(store.running) {
    current = this;
    store.running = &e;
    store.Register(e);
    ++e.runs;
    store.interruption()->BeginRun();
  }
  ~Activation() {
    const bool interrupted = execution.trap == TrapKind::kInterrupted || execution.trap == TrapKind::kDeadlineExceeded;
    store.interruption()->EndRun(execution.status == rt::RunStatus::kTrapped && interrupted);
    --execution.runs;
    current = outer;
    store.running = outer_running;
  }

  rt::Execution& execution;
  rt::Store& store;
  Activation* outer;
  rt::Execution* outer_running;
  sigjmp_buf on_fault;
  static thread_local Activation* current;
};
thread_local Activation* Activation::current = nullptr;

#ifndef CVM_EXPLICIT_BOUNDS

struct sigaction previous_segv, previous_bus;

struct FaultState {
  const uint8_t* pc;
  rt::Context* ctx;
  const uint8_t* ip;
  uint8_t* fp;
};

// The machine registers of handlers at a fault (dispatch/tail_call.hpp says which is which).
FaultState StateOf(const ucontext_t& context) {
#if defined(__x86_64__)
  const auto reg = [&](int n) { return static_cast<uint64_t>(context.uc_mcontext.gregs[n]); };
  return {reinterpret_cast<const uint8_t*>(reg(REG_RIP)), reinterpret_cast<rt::Context*>(reg(REG_R12)),
          reinterpret_cast<const uint8_t*>(reg(REG_R14)), reinterpret_cast<uint8_t*>(reg(REG_R15))};
#elif defined(__aarch64__)
  const auto reg = [&](int n) { return context.uc_mcontext.regs[n]; };
  return {reinterpret_cast<const uint8_t*>(context.uc_mcontext.pc), reinterpret_cast<rt::Context*>(reg(20)),
          reinterpret_cast<const uint8_t*>(reg(22)), reinterpret_cast<uint8_t*>(reg(23))};
#else
#error "build with CVM_EXPLICIT_BOUNDS on this processor"
#endif
}

void OnFault(int signal, siginfo_t* info, void* raw_context) {
  const FaultState state = StateOf(*static_cast<ucontext_t*>(raw_context));
  Activation* activation = Activation::current;
  const bool in_handler = reinterpret_cast<const char*>(state.pc) >= __start_cvm_handlers &&
                          reinterpret_cast<const char*>(state.pc) < __stop_cvm_handlers;
  if (activation != nullptr && in_handler && rt::IsGuardedMemoryAddress(info->si_addr)) {
    rt::Execution& e = activation->execution;
    SaveState(e, state.ctx, state.ip, state.fp, 0, V128{});
    siglongjmp(activation->on_fault, 1);
  }
  // Not ours: whoever was there before, or the default action at the next fault.
  const struct sigaction& previous = signal == SIGBUS ? previous_bus : previous_segv;
  if (previous.sa_flags & SA_SIGINFO) {
    previous.sa_sigaction(signal, info, raw_context);
  } else if (previous.sa_handler == SIG_DFL || previous.sa_handler == SIG_IGN) {
    sigaction(signal, &previous, nullptr);
  } else {
    previous.sa_handler(signal);
  }
}

void InstallFaultHandler() {
  static std::once_flag once;
  std::call_once(once, [] {
    struct sigaction action = {};
    action.sa_sigaction = OnFault;
    // Not deferred: the handler leaves by siglongjmp. On the alternate stack where the thread has one.
    action.sa_flags = SA_SIGINFO | SA_NODEFER | SA_ONSTACK;
    sigemptyset(&action.sa_mask);
    sigaction(SIGSEGV, &action, &previous_segv);
    sigaction(SIGBUS, &action, &previous_bus);
  });
}
#endif

}  // namespace

// --- runs

#ifdef CVM_DISPATCH_TAIL

CVM_HANDLER void TrapEnd(rt::Context* ctx, uint8_t*, const uint8_t* ip, uint8_t* fp, uint64_t acc, uint64_t, uint64_t,
                         const uint8_t*, V128 facc, V128) {
  rt::Execution& e = *ctx->execution;
  SaveState(e, ctx, ip, fp, acc, facc);
  SaveTrap(e, static_cast<TrapKind>(acc));
}

CVM_HANDLER void ExitEnd(rt::Context* ctx, uint8_t*, const uint8_t* ip, uint8_t* fp, uint64_t acc, uint64_t, uint64_t,
                         const uint8_t*, V128 facc, V128) {
  SaveState(*ctx->execution, ctx, ip, fp, acc, facc);
}

namespace {
__attribute__((noinline)) void RunMachine(rt::Execution& e) {
  V128 facc;
  std::memcpy(&facc, e.facc, 16);
  NextHandler(e.ip)(e.context, e.context->memory, e.ip, e.fp, e.acc, 0, 0, nullptr, facc, V128{});
}
}  // namespace

#else

namespace {
void RunMachine(rt::Execution& e) {
  Regs r{e.context, e.context->memory, e.ip, e.fp, e.acc, 0, 0, nullptr, {}, {}};
  std::memcpy(&r.facc, e.facc, 16);
  for (;;) {
#ifdef CVM_COUNT_DISPATCHES
    CountDispatch(LoadAs<HandlerAddress>(r.ip));
#endif
    // Another thread may write it: PatchCall, CompiledModule::HoldLoops.
    const auto handler = __atomic_load_n(reinterpret_cast<const uint64_t*>(r.ip), __ATOMIC_RELAXED);
    const Flow flow = reinterpret_cast<HandlerFn*>(handler)(r);
    if (flow <= Flow::kTaken) [[likely]] continue;
    SaveState(e, r.ctx, r.ip, r.fp, r.acc, r.facc);
    if (flow == Flow::kTrap) SaveTrap(e, static_cast<TrapKind>(r.acc));
    return;
  }
}
}  // namespace

#endif

namespace {

// A trap leaves unpaid what the code since the last charge has done.
void SettleFuel(const rt::Execution& e, rt::Fuel& fuel) {
  if (e.status != rt::RunStatus::kTrapped || fuel.costs == nullptr) return;
  fuel.left -= e.trap == TrapKind::kOutOfFuel ? fuel.left : e.context->instance->code->OwedAt(e.ip);
  fuel.left = std::max<int64_t>(fuel.left, 0);
}

}  // namespace

rt::RunStatus Interpret(rt::Execution& e) {
#ifndef CVM_EXPLICIT_BOUNDS
  InstallFaultHandler();
#endif
  Activation activation(e);
  e.status = rt::RunStatus::kIdle;
  rt::EnterContext(*e.context, &e, e.stack_limit());
  rt::Interruption& interruption = *activation.store.interruption();
  if (!interruption.EnterGuest()) {
    if (const TrapKind stop = interruption.Pending(); stop != TrapKind::kNone) {
      SaveTrap(e, stop);
      return e.status;
    }
  }
#ifndef CVM_EXPLICIT_BOUNDS
  if (sigsetjmp(activation.on_fault, 0) != 0) {
    SaveTrap(e, TrapKind::kMemoryOutOfBounds);
    SettleFuel(e, activation.store.fuel());
    return e.status;
  }
#endif
  RunMachine(e);
  SettleFuel(e, activation.store.fuel());
  return e.status;
}

uint64_t* Window(rt::Execution& e) { return reinterpret_cast<uint64_t*>(e.top); }

void PrepareCall(rt::Execution& e, rt::Function& f, rt::Context* any_context) {
  // The red zone above the limit has room for one window and record more.
  e.base = e.top;
  uint8_t* frame = e.top + f.window_bytes;
  StoreAs(frame, DoneCell());
  StoreAs<uint8_t*>(frame + 8, nullptr);
  // Where the collector goes on: the frame of the host function that calls, if it does so on this very execution.
  const bool nested = e.top != e.stack_begin();
  StoreAs<uint8_t*>(frame + offsetof(FrameRecord, pin0), nested ? e.fp : nullptr);
  StoreAs<rt::Context*>(frame + offsetof(FrameRecord, pin1), nested ? e.context : nullptr);
  StoreAs(frame + offsetof(FrameRecord, fpin), V128{});
  e.context = f.context != nullptr ? f.context : any_context;
  e.acc = reinterpret_cast<uint64_t>(&f);
  e.ip = f.code;
  e.fp = frame;
  e.trap = TrapKind::kNone;
  e.uncaught = nullptr;
  e.error.reset();
  e.status = rt::RunStatus::kRunnable;
}

uint64_t* SuspendedWindow(rt::Execution& e) {
  const auto* f = LoadAs<const rt::Function*>(e.fp + kRecordBytes);
  return reinterpret_cast<uint64_t*>(e.fp - f->window_bytes);
}

void PrepareResume(rt::Execution& e) {
  e.ip = HostReturnCell();
  e.status = rt::RunStatus::kRunnable;
}

void PrepareReentry(rt::Execution& e) {
  e.ip = HostResumeCell();
  e.status = rt::RunStatus::kRunnable;
}

void WriteCompileStub(uint8_t* stub, uint32_t index) {
  StoreAs(stub, Handlers().Copies({RegOp::kCompileStub})[0]);
  StoreAs<uint64_t>(stub + 8, index);
}

void PatchCall(uint8_t* cell, HandlerAddress* handler, const uint8_t* stub, const uint8_t* entry) {
  const HandlerAddress old = __atomic_load_n(handler, __ATOMIC_RELAXED);
  const Variant* variant = Handlers().Find(old);
  if (variant == nullptr || (variant->op != RegOp::kCall && variant->op != RegOp::kMeteredCall)) return;
  auto* target = reinterpret_cast<const uint8_t**>(cell + kImm64);
  if (__atomic_load_n(target, __ATOMIC_RELAXED) != stub) return;
  // Other threads may be running this cell: first the target, which either handler may use, then the handler.
  __atomic_store_n(target, entry, __ATOMIC_RELEASE);
  // The copy with the same number, so that call sites stay told apart.
  const auto copies = Handlers().Copies(*variant);
  const auto entering = Handlers().Copies({variant->op == RegOp::kCall ? RegOp::kCallEnter : RegOp::kMeteredCallEnter});
  for (size_t i = 0; i < copies.size(); ++i) {
    if (copies[i] == old) __atomic_store_n(handler, entering[i], __ATOMIC_RELEASE);
  }
}

std::vector<BacktraceFrame> Backtrace(const rt::Execution& e, size_t most) {
  std::vector<BacktraceFrame> frames;
  rt::Context* ctx = e.context;
  const uint8_t* ip = e.ip;
  const uint8_t* fp = e.fp;
  while (ctx != nullptr && fp != nullptr && frames.size() < most) {
    if (ip == DoneCell()) break;
    if (ip == BridgeReturnCell()) {
      ctx = LoadAs<rt::Context*>(fp + offsetof(BridgeFrame, context));
    } else if (ip != HostReturnCell() && ip != HostCallCell() && ip != HostResumeCell()) {
      frames.push_back({ctx->instance, ip});
    }
    ip = LoadAs<const uint8_t*>(fp);
    fp = LoadAs<const uint8_t*>(fp + 8);
  }
  return frames;
}

}  // namespace cvm
