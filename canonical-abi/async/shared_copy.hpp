// The state that the two ends of a stream or a future share: at most one copy that waits for the other end.
// definitions.py: SharedStreamImpl, SharedFutureImpl.
//
// A copy is a buffer and a client, who is told how it went. Guests' ends are clients (copy_end.hpp), and so is a host
// that reads or writes. Clients take themselves off (ResetPending) before they die. Shared by its ends; the thread of
// their store.
#pragma once

#include <memory>
#include <optional>

#include "canonical-abi/async/account.hpp"
#include "canonical-abi/async/buffer.hpp"
#include "canonical-abi/async/event.hpp"
#include "canonical-abi/values/shared_base.hpp"

namespace cvm::abi {

class CopyClient {
 public:
  // Elements have passed, and more may: until the client takes its buffer back with ResetPending. definitions.py:
  // OnCopy.
  virtual void OnCopy() = 0;
  // It is over. definitions.py: OnCopyDone
  virtual void OnCopyDone(CopyResult result) = 0;

 protected:
  ~CopyClient() = default;
};

class SharedCopy : public SharedBase {
 public:
  // The element type as whoever made it sees it.
  const std::optional<ValType>& element() const { return element_; }
  // Made by a host, which does not know it: it is that of the first guest that gets the readable end.
  bool untyped() const { return untyped_; }
  void set_untyped() { untyped_ = true; }
  bool is_future() const { return is_future_; }
  bool dropped() const { return dropped_; }
  bool has_pending() const { return pending_.buffer != nullptr; }
  bool IsPending(const CopyClient& client) const { return pending_.client == &client; }

  void ResetPending() { pending_ = {}; }
  // Ends the copy that waits. REQUIRES: has_pending().
  void Cancel() { ResetAndNotifyPending(CopyResult::kCancelled); }
  // One of the ends is gone.
  void Drop();

  // `inst`: the identity of the reader or writer, null for the host. An error is a trap of the running guest.
  virtual Result<void> Read(const void* inst, WritableBuffer& dst, CopyClient& client) = 0;
  virtual Result<void> Write(const void* inst, ReadableBuffer& src, CopyClient& client) = 0;

  std::shared_ptr<HandleObject> NewReadableEnd(std::shared_ptr<SharedBase> shared,
                                               const std::optional<ValType>& element,
                                               const ComponentInstance& inst) override;

 protected:
  SharedCopy(std::optional<ValType> element, bool is_future, AsyncAccount::Place place, uint32_t max_elements)
      : element_(std::move(element)), place_(std::move(place)), max_elements_(max_elements), is_future_(is_future) {}

  struct Pending {
    const void* inst = nullptr;
    Buffer* buffer = nullptr;  // of the other direction than that of the copy that comes second
    CopyClient* client = nullptr;
  };
  void ResetAndNotifyPending(CopyResult result);
  // Between two guests that are one, only numbers pass (definitions.py: "temporary").
  Result<void> CheckSameInstance(const void* inst) const;

  Pending pending_;
  std::optional<ValType> element_;
  AsyncAccount::Place place_;
  uint32_t max_elements_;
  bool is_future_;
  bool dropped_ = false;
  bool untyped_ = false;
};

class SharedStream final : public SharedCopy {
 public:
  static Result<std::shared_ptr<SharedStream>> Create(AsyncAccount& account, std::optional<ValType> element);
  SharedStream(std::optional<ValType> element, AsyncAccount::Place place, uint32_t max_elements)
      : SharedCopy(std::move(element), false, std::move(place), max_elements) {}
  Result<void> Read(const void* inst, WritableBuffer& dst, CopyClient& client) override;
  Result<void> Write(const void* inst, ReadableBuffer& src, CopyClient& client) override;

 private:
  Result<void> Rendezvous(ReadableBuffer& src, WritableBuffer& dst, CopyClient& client);
};

class SharedFuture final : public SharedCopy {
 public:
  static Result<std::shared_ptr<SharedFuture>> Create(AsyncAccount& account, std::optional<ValType> element);
  SharedFuture(std::optional<ValType> element, AsyncAccount::Place place)
      : SharedCopy(std::move(element), true, std::move(place), 1) {}
  Result<void> Read(const void* inst, WritableBuffer& dst, CopyClient& client) override;
  Result<void> Write(const void* inst, ReadableBuffer& src, CopyClient& client) override;
};

}  // namespace cvm::abi
