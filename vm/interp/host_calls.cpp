#include "vm/interp/host_calls.hpp"

#include <exception>
#include <new>

#include "vm/interp/interpret.hpp"
#include "vm/regcode/cell.hpp"
#include "vm/runtime/store.hpp"

namespace cvm {
namespace {

// An exception of the host's becomes a trap: no handler could be unwound, and no guest may end the process (HST-06).
rt::HostStatus CallBody(const rt::HostBody& body, rt::HostCall& call) {
  try {
    return body(call);
  } catch (const std::bad_alloc&) {
    return call.Fail(LimitError("the host has no memory left"));
  } catch (const std::exception& e) {
    return call.Fail(TrapError(std::string("host function threw: ") + e.what()));
  } catch (...) {
    return call.Fail(TrapError("host function threw"));
  }
}

}  // namespace

rt::HostStatus CallHost(rt::Context* ctx, uint8_t* fp, rt::Function* f, bool resumed) {
  rt::Execution& execution = *ctx->execution;
  rt::Store& store = ctx->instance->store;
  execution.top = fp + kHostFrameBytes;
  execution.context = ctx;
  execution.fp = fp;
  execution.ip = HostCallCell();
  auto* state = reinterpret_cast<uint64_t*>(fp + kRecordBytes + 8);
  if (!resumed) *state = 0;
  rt::Fuel& fuel = store.fuel();
  if (fuel.costs != nullptr && !resumed && !fuel.Take(fuel.costs->host_call)) {
    execution.trap = TrapKind::kOutOfFuel;
    return rt::HostStatus::kTrapped;
  }
  rt::HostCall call{store, execution, *f, ctx, reinterpret_cast<uint64_t*>(fp - f->window_bytes), resumed, state};
  rt::Interruption& interruption = *store.interruption();
  TrapKind stop = interruption.LeaveGuest() ? TrapKind::kNone : interruption.Pending();
  if (stop == TrapKind::kNone) [[likely]] {
    const rt::HostStatus status = CallBody(*f->host, call);
    // The host may have run other executions in this context.
    rt::EnterContext(*ctx, &execution, execution.stack_limit());
    if (!interruption.EnterGuest()) [[unlikely]]
      stop = interruption.Pending();
    if (stop == TrapKind::kNone) [[likely]]
      return status;
  }
  // Whatever the host has answered.
  execution.trap = stop;
  execution.error.reset();
  return rt::HostStatus::kTrapped;
}

TrapKind CannotEnter(rt::Context* ctx, const uint8_t* at, int64_t bytes) {
  const rt::Interruption& interruption = *ctx->instance->store.interruption();
  if (const TrapKind trap = interruption.Pending(); trap != TrapKind::kNone) return trap;
  uint8_t* const limit = ctx->execution->stack_limit();
  if (bytes > limit - at) return TrapKind::kStackExhausted;
  // The limit is that of an interruption which has been withdrawn. If there is another one, either its write of the
  // limit comes after this, or it is seen here.
  rt::StoreStackLimit(*ctx, limit);
  std::atomic_thread_fence(std::memory_order_seq_cst);
  return interruption.Pending();
}

TrapKind AtHeldLoop(rt::Context* ctx, const uint8_t* cell, HandlerAddress* own) {
  if (const TrapKind trap = PendingStop(ctx); trap != TrapKind::kNone) return trap;
  *own = ctx->instance->code->HandlerBehind(cell);
  return TrapKind::kNone;
}

TrapKind PendingStop(const rt::Context* ctx) {
  if ((ctx->attention->load(std::memory_order_relaxed) & rt::kStopMask) == 0) return TrapKind::kNone;
  return ctx->instance->store.interruption()->Pending();
}

const uint8_t* CompileAtStub(rt::Context* ctx, const uint8_t* stub, const uint8_t* return_ip) {
  rt::Instance& instance = *ctx->instance;
  const auto own = static_cast<uint32_t>(ReadImm64(stub, 8));
  Result<const uint8_t*> entry = instance.code->Compile(own);
  if (!entry.ok()) {
    ctx->execution->trap = TrapKind::kHostError;
    ctx->execution->error = std::move(entry).error();
    return nullptr;
  }
  if (rt::Function* f = instance.functions[instance.module().imported_funcs + own]) f->code = *entry;
  instance.code->LinkCall(return_ip, stub, *entry);
  return *entry;
}

bool CallTypeMatches(const rt::Context* ctx, uint32_t actual, uint32_t wanted) {
  return ctx->instance->store.types().IsSubtype(actual, wanted);
}

}  // namespace cvm
