#include <poll.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <mutex>

#include "wasi/os/posix_errno.hpp"
#include "wasi/reactor/linux_fd_table.hpp"
#include "wasi/reactor/reactor.hpp"

namespace cvm::wasi {

namespace {

constexpr size_t kEventsAtOnce = 256;

uint64_t SaturatingAdd(uint64_t a, uint64_t b) { return b > kForever - a ? kForever : a + b; }

}  // namespace

struct Reactor::Mailbox {
  explicit Mailbox(UniqueFd fd) : event(std::move(fd)) {}

  // REQUIRES: mutex is held.
  void Signal() {
    if (signalled) return;
    signalled = true;
    const uint64_t one = 1;
    (void)!RetryOnEintr([&] { return ::write(event.get(), &one, sizeof(one)); });
  }
  void Drain() {
    std::lock_guard lock(mutex);
    uint64_t count;
    (void)!RetryOnEintr([&] { return ::read(event.get(), &count, sizeof(count)); });
    signalled = false;
  }
  void Post(std::function<void()> task) {
    std::lock_guard lock(mutex);
    if (closed) return;
    posted.push_back(std::move(task));
    Signal();
  }

  std::mutex mutex;
  UniqueFd event;
  std::vector<std::function<void()>> posted;
  bool signalled = false;
  bool closed = false;
};

class TimerPollable final : public Pollable, public TimerEntry {
 public:
  TimerPollable(Reactor& reactor, uint64_t when) : Pollable(reactor) { deadline = when; }
  ~TimerPollable() override { reactor().timers_.Remove(this); }

  bool IsReady() override { return deadline != kForever && reactor().clock().MonotonicNow() >= deadline; }
  void Fire() { Notify(); }

 protected:
  // kForever is never, also when the clock stands at its largest value.
  void Arm() override {
    if (deadline != kForever) reactor().AddTimer(this);
  }
  void Disarm() override { reactor().timers_.Remove(this); }
};

class JobPollable final : public Pollable {
 public:
  JobPollable(Reactor& reactor, std::function<void()> work) : Pollable(reactor), state_(std::make_shared<State>()) {
    state_->pollable = this;
    ++reactor.running_jobs_;
    reactor.pool_.Submit([state = state_, work = std::move(work), mailbox = reactor.mailbox_, owner = &reactor] {
      if (!state->cancelled.load(std::memory_order_acquire)) work();
      // A mailbox whose reactor is gone drops the task, so `owner` is alive where it is used.
      mailbox->Post([state, owner] {
        --owner->running_jobs_;
        state->done = true;
        if (state->pollable != nullptr) state->pollable->Notify();
      });
    });
  }
  ~JobPollable() override {
    state_->cancelled.store(true, std::memory_order_release);
    state_->pollable = nullptr;
  }
  bool IsReady() override { return state_->done; }

 private:
  struct State {
    std::atomic<bool> cancelled{false};
    bool done = false;                // the reactor's thread
    JobPollable* pollable = nullptr;  // the reactor's thread
  };
  std::shared_ptr<State> state_;
};

OsResult<std::unique_ptr<Reactor>> Reactor::Create(Clock& clock, ThreadPool& pool) {
  UniqueFd epoll(::epoll_create1(EPOLL_CLOEXEC));
  if (!epoll.valid()) return LastFsError();
  UniqueFd event(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
  if (!event.valid()) return LastFsError();
  UniqueFd timer(::timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK));
  if (!timer.valid()) return LastFsError();
  for (const int fd : {event.get(), timer.get()}) {
    epoll_event interest{};
    interest.events = EPOLLIN;
    interest.data.fd = fd;
    if (::epoll_ctl(epoll.get(), EPOLL_CTL_ADD, fd, &interest) != 0) return LastFsError();
  }
  auto mailbox = std::make_shared<Mailbox>(std::move(event));
  return std::unique_ptr<Reactor>(new Reactor(clock, pool, std::move(epoll), std::move(timer), std::move(mailbox)));
}

Reactor::Reactor(Clock& clock, ThreadPool& pool, UniqueFd epoll, UniqueFd timer, std::shared_ptr<Mailbox> mailbox)
    : clock_(clock),
      pool_(pool),
      epoll_(std::move(epoll)),
      timer_(std::move(timer)),
      mailbox_(std::move(mailbox)),
      fds_(epoll_.get()) {}

Reactor::~Reactor() {
  std::vector<std::function<void()>> dropped;
  std::lock_guard lock(mailbox_->mutex);
  mailbox_->closed = true;
  dropped.swap(mailbox_->posted);
}

std::unique_ptr<Waiter> Reactor::Wait(std::span<Pollable* const> pollables, Waiter::Callback callback) {
  return std::make_unique<Waiter>(*this, pollables, std::move(callback));
}

std::vector<uint32_t> Reactor::Poll(std::span<Pollable* const> pollables, uint64_t timeout,
                                    const std::function<bool()>& stop) {
  std::vector<uint32_t> result;
  bool done = false;
  const auto waiter = Wait(pollables, [&](std::span<const uint32_t> ready) {
    result.assign(ready.begin(), ready.end());
    done = true;
  });
  const uint64_t deadline = SaturatingAdd(clock_.MonotonicNow(), timeout);
  while (!done && !(stop && stop())) {
    const uint64_t now = clock_.MonotonicNow();
    const size_t ran = Turn(timeout == kForever ? kForever : deadline - std::min(now, deadline));
    if (done || timeout == kForever) continue;
    const uint64_t after = clock_.MonotonicNow();
    if (after >= deadline) break;
    // Under a clock that stands still the time-out would never come.
    if (!clock_.IsRealTime() && after == now && ran == 0 && queue_first_ == nullptr) break;
  }
  return result;
}

size_t Reactor::Turn(uint64_t timeout) {
  ++turn_depth_;
  if (queue_first_ != nullptr || HasPosted()) timeout = 0;
  clock_.IsRealTime() ? Sleep(timeout) : SleepVirtually(timeout);
  FireTimers();
  RunPosted();
  const size_t ran = RunQueue();
  --turn_depth_;
  if (has_embedder_) {
    if (queue_first_ != nullptr) EnqueuedOutsideTurn();
    ArmTimerFd(timers_.First() == nullptr ? kForever : timers_.First()->deadline);
  }
  return ran;
}

void Reactor::Sleep(uint64_t timeout) {
  if (timeout == 0) {
    CollectEvents(false);
    return;
  }
  const uint64_t now = clock_.MonotonicNow();
  uint64_t deadline = SaturatingAdd(now, timeout);
  if (timers_.First() != nullptr) deadline = std::min(deadline, timers_.First()->deadline);
  const bool block = deadline > now;
  if (block) ArmTimerFd(deadline);
  CollectEvents(block);
}

void Reactor::SleepVirtually(uint64_t timeout) {
  // Anything that happens ends the turn, a Wake too: it is gone once it has been collected.
  if (CollectEvents(false) || timeout == 0) return;
  const uint64_t now = clock_.MonotonicNow();
  uint64_t deadline = SaturatingAdd(now, timeout);
  if (timers_.First() != nullptr) deadline = std::min(deadline, timers_.First()->deadline);
  if (deadline <= now) return;
  // Work on the pool takes real time and comes first; otherwise the clock decides.
  if (running_jobs_ == 0 && clock_.AdvanceTo(deadline)) return;
  if (running_jobs_ != 0 || timeout == kForever) CollectEvents(true);
}

// Sets the timerfd to monotonic time `deadline`, unless it is set so already.
void Reactor::ArmTimerFd(uint64_t deadline) {
  if (deadline == armed_deadline_ || !clock_.IsRealTime()) return;
  itimerspec setting{};
  if (deadline != kForever) {
    const uint64_t now = clock_.MonotonicNow();
    // Zero would disarm it.
    const uint64_t left = deadline > now ? deadline - now : 1;
    setting.it_value.tv_sec = static_cast<time_t>(left / 1'000'000'000);
    setting.it_value.tv_nsec = static_cast<long>(left % 1'000'000'000);
  }
  if (::timerfd_settime(timer_.get(), 0, &setting, nullptr) == 0) armed_deadline_ = deadline;
}

bool Reactor::CollectEvents(bool block) {
  std::array<epoll_event, kEventsAtOnce> events;
  // A signal handler of the embedder ends the wait: the turn is over and nothing has happened.
  const int count = ::epoll_wait(epoll_.get(), events.data(), static_cast<int>(events.size()), block ? -1 : 0);
  for (int i = 0; i < count; ++i) {
    const int fd = events[i].data.fd;
    if (fd == mailbox_->event.get()) {
      mailbox_->Drain();
    } else if (fd == timer_.get()) {
      uint64_t expirations;
      (void)!::read(fd, &expirations, sizeof(expirations));
      armed_deadline_ = kForever;
    } else {
      fds_.Dispatch(fd, events[i].events);
    }
  }
  return count > 0;
}

void Reactor::AddTimer(TimerEntry* entry) {
  timers_.Add(entry);
  if (has_embedder_ && turn_depth_ == 0 && timers_.First() == entry) ArmTimerFd(entry->deadline);
}

void Reactor::FireTimers() {
  if (timers_.First() == nullptr) return;
  const uint64_t now = clock_.MonotonicNow();
  while (timers_.First() != nullptr && timers_.First()->deadline <= now) {
    TimerEntry* entry = timers_.First();
    timers_.Remove(entry);
    static_cast<TimerPollable*>(entry)->Fire();
  }
}

bool Reactor::HasPosted() const {
  std::lock_guard lock(mailbox_->mutex);
  return !mailbox_->posted.empty();
}

void Reactor::RunPosted() {
  std::vector<std::function<void()>> tasks;
  {
    std::lock_guard lock(mailbox_->mutex);
    tasks.swap(mailbox_->posted);
  }
  for (const auto& task : tasks) task();
}

size_t Reactor::RunQueue() {
  size_t ran = 0;
  std::vector<uint32_t> ready;
  for (size_t batch = queue_size_; batch > 0 && queue_first_ != nullptr; --batch) {
    Waiter* waiter = queue_first_;
    Dequeue(waiter);
    ready.clear();
    if (!waiter->CollectReady(&ready)) continue;
    waiter->Detach();
    waiter->pending_ = false;
    // The callback may destroy the waiter, so nothing of it is used from here on.
    const Waiter::Callback callback = std::move(waiter->callback_);
    callback(ready);
    ++ran;
  }
  return ran;
}

void Reactor::Enqueue(Waiter* waiter) {
  if (waiter->queued_ || !waiter->pending_) return;
  waiter->queued_ = true;
  waiter->queue_previous_ = queue_last_;
  waiter->queue_next_ = nullptr;
  (queue_last_ != nullptr ? queue_last_->queue_next_ : queue_first_) = waiter;
  queue_last_ = waiter;
  ++queue_size_;
  if (has_embedder_ && turn_depth_ == 0) EnqueuedOutsideTurn();
}

void Reactor::Dequeue(Waiter* waiter) {
  if (!waiter->queued_) return;
  waiter->queued_ = false;
  Waiter* previous = waiter->queue_previous_;
  Waiter* next = waiter->queue_next_;
  (previous != nullptr ? previous->queue_next_ : queue_first_) = next;
  (next != nullptr ? next->queue_previous_ : queue_last_) = previous;
  --queue_size_;
}

// The embedder's loop must see that a turn is due.
void Reactor::EnqueuedOutsideTurn() { Wake(); }

int Reactor::fd() {
  if (!has_embedder_) {
    has_embedder_ = true;
    if (queue_first_ != nullptr) Wake();
    if (timers_.First() != nullptr) ArmTimerFd(timers_.First()->deadline);
  }
  return epoll_.get();
}

void Reactor::Post(std::function<void()> task) { mailbox_->Post(std::move(task)); }

void Reactor::Wake() {
  std::lock_guard lock(mailbox_->mutex);
  mailbox_->Signal();
}

std::unique_ptr<Pollable> Reactor::At(uint64_t deadline) { return std::make_unique<TimerPollable>(*this, deadline); }

std::unique_ptr<Pollable> Reactor::After(uint64_t nanoseconds) {
  return At(SaturatingAdd(clock_.MonotonicNow(), nanoseconds));
}

std::unique_ptr<Pollable> Reactor::ForFd(int fd, Interest interest) {
  const auto bits = static_cast<uint8_t>(interest);
  uint32_t events = 0;
  if ((bits & static_cast<uint8_t>(Interest::kRead)) != 0) events |= EPOLLIN;
  if ((bits & static_cast<uint8_t>(Interest::kWrite)) != 0) events |= EPOLLOUT;
  return std::make_unique<FdPollable>(*this, fd, events);
}

std::unique_ptr<Pollable> Reactor::Run(std::function<void()> work) {
  return std::make_unique<JobPollable>(*this, std::move(work));
}

}  // namespace cvm::wasi
