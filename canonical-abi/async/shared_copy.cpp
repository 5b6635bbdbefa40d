#include "canonical-abi/async/shared_copy.hpp"

#include <algorithm>

#include "canonical-abi/async/copy_end.hpp"
#include "vm/base/try.hpp"

namespace cvm::abi {

void SharedCopy::ResetAndNotifyPending(CopyResult result) {
  CopyClient* client = pending_.client;
  ResetPending();
  client->OnCopyDone(result);
}

void SharedCopy::Drop() {
  if (dropped_) return;
  dropped_ = true;
  if (has_pending()) ResetAndNotifyPending(CopyResult::kDropped);
}

Result<void> SharedCopy::CheckSameInstance(const void* inst) const {
  if (inst == nullptr || inst != pending_.inst || NoneOrNumberType(element_)) return {};
  return TrapError(is_future_ ? "cannot read from and write to intra-component future"
                              : "cannot read from and write to intra-component stream");
}

std::shared_ptr<HandleObject> SharedCopy::NewReadableEnd(std::shared_ptr<SharedBase> shared,
                                                         const std::optional<ValType>& element,
                                                         const ComponentInstance& inst) {
  if (untyped_) element_ = element;
  untyped_ = false;
  const HandleKind kind = is_future_ ? HandleKind::kReadableFutureEnd : HandleKind::kReadableStreamEnd;
  return std::make_shared<CopyEnd>(kind, std::static_pointer_cast<SharedCopy>(std::move(shared)), element, inst);
}

// --- streams

Result<std::shared_ptr<SharedStream>> SharedStream::Create(AsyncAccount& account, std::optional<ValType> element) {
  CVM_ASSIGN_OR_RETURN(AsyncAccount::Place place, account.NewStream());
  return std::make_shared<SharedStream>(std::move(element), std::move(place), account.limits.max_elements_per_copy);
}

// Both are there. Whoever came second is done; who waited is told that it may end, or be given more.
Result<void> SharedStream::Rendezvous(ReadableBuffer& src, WritableBuffer& dst, CopyClient& client) {
  if (src.remain() > 0 && dst.remain() > 0) {
    const uint64_t n = std::min<uint64_t>({src.remain(), dst.remain(), max_elements_});
    CVM_RETURN_IF_ERROR(CopyElements(element_, src, dst, n));
    pending_.client->OnCopy();
  }
  client.OnCopyDone(CopyResult::kCompleted);
  return {};
}

Result<void> SharedStream::Read(const void* inst, WritableBuffer& dst, CopyClient& client) {
  if (dropped_) {
    client.OnCopyDone(CopyResult::kDropped);
    return {};
  }
  if (has_pending()) {
    CVM_RETURN_IF_ERROR(CheckSameInstance(inst));
    auto& src = static_cast<ReadableBuffer&>(*pending_.buffer);
    if (src.remain() > 0) return Rendezvous(src, dst, client);
    ResetAndNotifyPending(CopyResult::kCompleted);
  }
  pending_ = {inst, &dst, &client};
  return {};
}

Result<void> SharedStream::Write(const void* inst, ReadableBuffer& src, CopyClient& client) {
  if (dropped_) {
    client.OnCopyDone(CopyResult::kDropped);
    return {};
  }
  if (has_pending()) {
    CVM_RETURN_IF_ERROR(CheckSameInstance(inst));
    auto& dst = static_cast<WritableBuffer&>(*pending_.buffer);
    if (dst.remain() > 0) return Rendezvous(src, dst, client);
    if (src.is_zero_length() && dst.is_zero_length()) {
      client.OnCopyDone(CopyResult::kCompleted);
      return {};
    }
    ResetAndNotifyPending(CopyResult::kCompleted);
  }
  pending_ = {inst, &src, &client};
  return {};
}

// --- futures

Result<std::shared_ptr<SharedFuture>> SharedFuture::Create(AsyncAccount& account, std::optional<ValType> element) {
  CVM_ASSIGN_OR_RETURN(AsyncAccount::Place place, account.NewStream());
  return std::make_shared<SharedFuture>(std::move(element), std::move(place));
}

// A reader always finds a value in the end: a writable end cannot be dropped before it has written.
Result<void> SharedFuture::Read(const void* inst, WritableBuffer& dst, CopyClient& client) {
  if (dropped_ && !has_pending()) {  // a host's end alone: a guest's cannot be dropped without a value
    client.OnCopyDone(CopyResult::kDropped);
    return {};
  }
  if (!has_pending()) {
    pending_ = {inst, &dst, &client};
    return {};
  }
  CVM_RETURN_IF_ERROR(CheckSameInstance(inst));
  CVM_RETURN_IF_ERROR(CopyElements(element_, static_cast<ReadableBuffer&>(*pending_.buffer), dst, 1));
  ResetAndNotifyPending(CopyResult::kCompleted);
  client.OnCopyDone(CopyResult::kCompleted);
  return {};
}

Result<void> SharedFuture::Write(const void* inst, ReadableBuffer& src, CopyClient& client) {
  if (dropped_) {
    client.OnCopyDone(CopyResult::kDropped);
    return {};
  }
  if (!has_pending()) {
    pending_ = {inst, &src, &client};
    return {};
  }
  CVM_RETURN_IF_ERROR(CheckSameInstance(inst));
  CVM_RETURN_IF_ERROR(CopyElements(element_, src, static_cast<WritableBuffer&>(*pending_.buffer), 1));
  ResetAndNotifyPending(CopyResult::kCompleted);
  client.OnCopyDone(CopyResult::kCompleted);
  return {};
}

}  // namespace cvm::abi
