#include "wasi/io/poll.hpp"

#include <string>
#include <utility>

#include "vm/base/try.hpp"

namespace cvm::wasi {

PollableWaiter::PollableWaiter(Reactor& reactor, std::vector<Pollable*> pollables)
    : reactor_(reactor), pollables_(std::move(pollables)) {}

PollableWaiter::PollableWaiter(Reactor& reactor, std::unique_ptr<Pollable> pollable, std::shared_ptr<void> keeps)
    : reactor_(reactor), keeps_(std::move(keeps)), owned_(std::move(pollable)), pollables_{owned_.get()} {}

void PollableWaiter::Start(Wake wake) {
  wake_ = std::move(wake);
  wait_ = reactor_.Wait(pollables_, [this](std::span<const uint32_t>) {
    // The call that is resumed destroys this waiter.
    Wake due = std::move(wake_);
    due();
  });
}

HostPollable::HostPollable(Reactor& reactor, std::unique_ptr<wasi::Pollable> pollable, std::shared_ptr<void> keeps)
    : reactor_(reactor), keeps_(std::move(keeps)), pollable_(std::move(pollable)) {}

Result<bool> HostPollable::Ready() { return pollable_->IsReady(); }

Pending<void> HostPollable::Block() {
  if (pollable_->IsReady()) return {};
  return Pending<void>::Suspend(std::make_unique<PollableWaiter>(reactor_, std::vector{pollable_.get()}),
                                [this] { return Block(); });
}

Pending<std::vector<uint32_t>> HostPoll::Poll_(std::span<const Borrow<io::poll::Pollable>> in) {
  if (in.empty()) return TrapError("poll: empty poll list");
  if (in.size() > max_entries_) {
    return TrapError("poll: a list above the limit of " + std::to_string(max_entries_) + " entries");
  }
  std::vector<wasi::Pollable*> pollables;
  pollables.reserve(in.size());
  for (const Borrow<io::poll::Pollable>& entry : in) {
    auto* ours = entry.As<HostPollable>();
    if (ours == nullptr) return UsageError("poll: a pollable that is not of this host");
    pollables.push_back(&ours->pollable());
  }
  return Await(std::move(pollables));
}

Pending<std::vector<uint32_t>> HostPoll::Await(std::vector<wasi::Pollable*> pollables) {
  std::vector<uint32_t> ready;
  for (uint32_t i = 0; i < pollables.size(); ++i) {
    if (pollables[i]->IsReady()) ready.push_back(i);
  }
  if (!ready.empty()) return ready;
  auto waiter = std::make_unique<PollableWaiter>(reactor_, pollables);
  return Pending<std::vector<uint32_t>>::Suspend(
      std::move(waiter), [this, pollables = std::move(pollables)]() mutable { return Await(std::move(pollables)); });
}

}  // namespace cvm::wasi
