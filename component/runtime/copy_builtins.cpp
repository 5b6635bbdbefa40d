// The built-ins of streams and futures. definitions.py: canon_stream_new … canon_future_drop_writable.
#include "canonical-abi/async/canon_async.hpp"
#include "component/runtime/builtins.hpp"
#include "vm/base/try.hpp"

namespace cvm::component {
namespace {

using Status = Result<rt::HostStatus>;
using abi::HandleKind;
constexpr rt::HostStatus kReturned = rt::HostStatus::kReturned;

uint32_t Arg(const rt::HostCall& call, size_t i) { return static_cast<uint32_t>(call.window[i]); }
uint64_t Address(const rt::HostCall& call, const BuiltinSite& site, size_t i) {
  return site.options.ptr_type() == abi::PtrType::kI64 ? call.window[i] : Arg(call, i);
}

// Streams and futures have their built-ins in the same order; so have reads and writes.
HandleKind EndOf(CanonKind kind) {
  switch (kind) {
    case CanonKind::kStreamRead:
    case CanonKind::kStreamCancelRead:
    case CanonKind::kStreamDropReadable:
      return HandleKind::kReadableStreamEnd;
    case CanonKind::kStreamWrite:
    case CanonKind::kStreamCancelWrite:
    case CanonKind::kStreamDropWritable:
      return HandleKind::kWritableStreamEnd;
    case CanonKind::kFutureRead:
    case CanonKind::kFutureCancelRead:
    case CanonKind::kFutureDropReadable:
      return HandleKind::kReadableFutureEnd;
    default:
      return HandleKind::kWritableFutureEnd;
  }
}

abi::CopySite SiteOf(const BuiltinSite& site, bool async) {
  return {*site.instance, EndOf(site.canon->kind), site.type, async};
}

Status StreamNew(rt::HostCall& call, const BuiltinSite& site, Thread&) {
  CVM_ASSIGN_OR_RETURN(call.window[0], abi::CanonStreamNew(*site.instance, site.store->account(), site.type));
  return kReturned;
}

Status FutureNew(rt::HostCall& call, const BuiltinSite& site, Thread&) {
  CVM_ASSIGN_OR_RETURN(call.window[0], abi::CanonFutureNew(*site.instance, site.store->account(), site.type));
  return kReturned;
}

// Answers the payload; where there is none yet, that the copy goes on, or once it is there.
Status Answer(rt::HostCall& call, const BuiltinSite& site, Thread& thread, bool async, abi::CopyOutcome outcome) {
  if (outcome.payload.has_value()) {
    call.window[0] = *outcome.payload;
    return kReturned;
  }
  if (async) {
    call.window[0] = abi::kBlocked;
    return kReturned;
  }
  thread.wait_on = std::move(outcome.end);
  thread.StartWaiting(Thread::Condition::kWaitable, /*cancellable=*/false, *site.instance);
  return thread.Block();
}

Status AfterWait(rt::HostCall& call, Thread& thread) {
  call.window[0] = std::exchange(thread.wait_on, nullptr)->GetPendingEvent().p2;
  return kReturned;
}

Status CheckMayBlock(const BuiltinSite& site, Thread& thread, bool async) {
  CVM_RETURN_IF_ERROR(site.instance->CheckMayLeave());
  if (!async) CVM_RETURN_IF_ERROR(site.store->scheduler().CheckMayBlock(thread, *site.instance));
  return kReturned;
}

template <bool kStream>
Status Copy(rt::HostCall& call, const BuiltinSite& site, Thread& thread) {
  if (call.resumed) return AfterWait(call, thread);
  const bool async = site.options.async;
  CVM_RETURN_IF_ERROR(CheckMayBlock(site, thread, async));
  const uint64_t n = kStream ? Address(call, site, 2) : 1;
  CVM_ASSIGN_OR_RETURN(abi::CopyOutcome outcome,
                       abi::CanonCopy(SiteOf(site, async), site.options, Arg(call, 0), Address(call, site, 1), n));
  return Answer(call, site, thread, async, std::move(outcome));
}

Status CancelCopy(rt::HostCall& call, const BuiltinSite& site, Thread& thread) {
  if (call.resumed) return AfterWait(call, thread);
  const bool async = site.canon->async;
  CVM_RETURN_IF_ERROR(CheckMayBlock(site, thread, async));
  CVM_ASSIGN_OR_RETURN(abi::CopyOutcome outcome, abi::CanonCancelCopy(SiteOf(site, async), Arg(call, 0)));
  return Answer(call, site, thread, async, std::move(outcome));
}

Status DropEnd(rt::HostCall& call, const BuiltinSite& site, Thread&) {
  CVM_RETURN_IF_ERROR(abi::CanonDropEnd(SiteOf(site, true), Arg(call, 0)));
  return kReturned;
}

constexpr BuiltinRow kRows[] = {
    {CanonKind::kStreamNew, "stream.new", ":l", Wrapped<StreamNew>},
    {CanonKind::kStreamRead, "stream.read", "iaa:a", Wrapped<Copy<true>>},
    {CanonKind::kStreamWrite, "stream.write", "iaa:a", Wrapped<Copy<true>>},
    {CanonKind::kStreamCancelRead, "stream.cancel-read", "i:i", Wrapped<CancelCopy>},
    {CanonKind::kStreamCancelWrite, "stream.cancel-write", "i:i", Wrapped<CancelCopy>},
    {CanonKind::kStreamDropReadable, "stream.drop-readable", "i:", Wrapped<DropEnd>},
    {CanonKind::kStreamDropWritable, "stream.drop-writable", "i:", Wrapped<DropEnd>},
    {CanonKind::kFutureNew, "future.new", ":l", Wrapped<FutureNew>},
    {CanonKind::kFutureRead, "future.read", "ia:i", Wrapped<Copy<false>>},
    {CanonKind::kFutureWrite, "future.write", "ia:i", Wrapped<Copy<false>>},
    {CanonKind::kFutureCancelRead, "future.cancel-read", "i:i", Wrapped<CancelCopy>},
    {CanonKind::kFutureCancelWrite, "future.cancel-write", "i:i", Wrapped<CancelCopy>},
    {CanonKind::kFutureDropReadable, "future.drop-readable", "i:", Wrapped<DropEnd>},
    {CanonKind::kFutureDropWritable, "future.drop-writable", "i:", Wrapped<DropEnd>},
};

}  // namespace

std::span<const BuiltinRow> CopyBuiltins() { return kRows; }

}  // namespace cvm::component
