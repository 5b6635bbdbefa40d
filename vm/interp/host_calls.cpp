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
  uint8_t* const limit = ctx->stack_limit;
  execution.top = fp + kHostFrameBytes;
  execution.context = ctx;
  execution.fp = fp;
  execution.ip = HostCallCell();
  auto* state = reinterpret_cast<uint64_t*>(fp + kRecordBytes + 8);
  if (!resumed) *state = 0;
  rt::HostCall call{ctx->instance->store, execution, *f, ctx, reinterpret_cast<uint64_t*>(fp - f->window_bytes), resumed,
                    state};
  const rt::HostStatus status = CallBody(*f->host, call);
  // The host may have run other executions in this context.
  ctx->execution = &execution;
  ctx->stack_limit = limit;
  return status;
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
  PatchCall(return_ip, stub, *entry);
  return *entry;
}

bool CallTypeMatches(const rt::Context* ctx, uint32_t actual, uint32_t wanted) {
  return ctx->instance->store.types().IsSubtype(actual, wanted);
}

}  // namespace cvm
