// wasi:io/poll: waiting. A guest's pollable wraps one of the reactor's (wasi/reactor/pollable.hpp); a call that has to
// wait answers a Pending whose Waiter is a wait of the reactor, so that no thread ever blocks for a guest.
//
// Pollables are owned by the guest's handles and must go before their reactor. One thread, that of the reactor.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "gen/wasi/io/poll.hpp"
#include "wasi/reactor/reactor.hpp"

namespace cvm::wasi {

// The Waiter of a suspended call: any of several pollables.
class PollableWaiter final : public ::cvm::Waiter {
 public:
  // The pollables outlive the waiter.
  PollableWaiter(Reactor& reactor, std::vector<Pollable*> pollables);
  // For one that belongs to the wait. `keeps` is what it looks at, as with HostPollable: a call that is cancelled may
  // end after its stream.
  PollableWaiter(Reactor& reactor, std::unique_ptr<Pollable> pollable, std::shared_ptr<void> keeps = nullptr);

  void Start(Wake wake) override;

 private:
  Reactor& reactor_;
  std::shared_ptr<void> keeps_;
  std::unique_ptr<Pollable> owned_;
  std::vector<Pollable*> pollables_;
  Wake wake_;
  std::unique_ptr<wasi::Waiter> wait_;
};

class HostPollable final : public io::poll::Pollable {
 public:
  // `keeps` is what the pollable looks at (the file of a stream): it lives as long as the pollable does, so a stream
  // may be dropped before its pollables.
  HostPollable(Reactor& reactor, std::unique_ptr<wasi::Pollable> pollable, std::shared_ptr<void> keeps = nullptr);

  Result<bool> Ready() override;
  Pending<void> Block() override;

  wasi::Pollable& pollable() { return *pollable_; }

 private:
  Reactor& reactor_;
  std::shared_ptr<void> keeps_;
  std::unique_ptr<wasi::Pollable> pollable_;
};

class HostPoll final : public io::Poll {
 public:
  // The most entries that one list may have (security row HST-02); a longer list traps.
  static constexpr uint32_t kMaxEntries = 1'000'000;

  explicit HostPoll(Reactor& reactor, uint32_t max_entries = kMaxEntries)
      : reactor_(reactor), max_entries_(max_entries) {}

  // Indices of all that are ready, ascending; an entry that stands twice in the list is answered twice. An empty list
  // traps.
  Pending<std::vector<uint32_t>> Poll_(std::span<const Borrow<io::poll::Pollable>> in) override;

 private:
  Pending<std::vector<uint32_t>> Await(std::vector<wasi::Pollable*> pollables);

  Reactor& reactor_;
  uint32_t max_entries_;
};

}  // namespace cvm::wasi
