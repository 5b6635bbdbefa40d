// Reactor: one thread's event loop: descriptors, timers, jobs of the thread pool and triggers wake the waits on them.
//
// The embedder either calls Poll or Turn, which block, or drives it from a loop of its own: watch fd() for readability
// and call Turn(0) when it is. Everything belongs to one thread but Post and Wake, which any thread may call. The
// clock, the pool and all pollables are used, not owned; the clock and the pool outlive the reactor, the reactor
// outlives the pollables and waiters.
//
// With a clock that is not real time (FakeClock) no timer of the machine is armed: timers fire by what the clock says,
// and a reactor that would sleep asks the clock to jump instead. Under a manual FakeClock a turn with a time-out and
// nothing to do returns at once.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <vector>

#include "wasi/os/clock.hpp"
#include "wasi/os/os_result.hpp"
#include "wasi/os/unique_fd.hpp"
#include "wasi/reactor/fd_table.hpp"
#include "wasi/reactor/pollable.hpp"
#include "wasi/reactor/thread_pool.hpp"
#include "wasi/reactor/timer_heap.hpp"

namespace cvm::wasi {

inline constexpr uint64_t kForever = UINT64_MAX;

enum class Interest : uint8_t { kRead = 1, kWrite = 2, kReadWrite = 3 };

class Reactor {
 public:
  // kIo and the like when the process is out of descriptors.
  static OsResult<std::unique_ptr<Reactor>> Create(Clock& clock, ThreadPool& pool);
  ~Reactor();

  // Calls `callback` from a later Turn, as soon as any of `pollables` is ready; never from inside this call. The same
  // pollable may stand in the list more than once. An empty list is ready at once (WASI traps on it before it comes
  // here).
  std::unique_ptr<Waiter> Wait(std::span<Pollable* const> pollables, Waiter::Callback callback);

  // Blocks until any is ready and answers the indices of all that are; empty after `timeout` nanoseconds without.
  // Callbacks of other waits run meanwhile. `stop`, where given, is asked before each round: true also ends it, with
  // nothing; who changes its answer calls Wake. REQUIRES: something can still become ready, a time-out, or `stop`.
  std::vector<uint32_t> Poll(std::span<Pollable* const> pollables, uint64_t timeout = kForever,
                             const std::function<bool()>& stop = nullptr);

  // One round: waits up to `timeout` nanoseconds for something to happen, then runs the callbacks that are due when it
  // starts to run them (those that they make due come in the next round, so that none starves). Answers how many ran;
  // returns after the first wake-up of any kind, so 0 does not mean that the time is over.
  size_t Turn(uint64_t timeout);

  // For an embedder's own loop: readable when Turn(0) has something to do.
  int fd();

  // Runs `task` in the next turn. Any thread.
  void Post(std::function<void()> task);
  // Makes a blocked Turn return. Any thread.
  void Wake();

  // Ready from monotonic time `deadline` on; kForever is never.
  std::unique_ptr<Pollable> At(uint64_t deadline);
  // Ready after `nanoseconds`; sums past the largest time are never.
  std::unique_ptr<Pollable> After(uint64_t nanoseconds);
  // Ready when a read or write of `fd` would not block (errors and hang-ups count). Regular files always are. The
  // pollable must go before the descriptor is closed.
  std::unique_ptr<Pollable> ForFd(int fd, Interest interest);
  // Ready when `work`, run on the thread pool, is done. If the pollable goes first, work that has not begun is skipped;
  // so `work` owns or shares all that it touches.
  std::unique_ptr<Pollable> Run(std::function<void()> work);

  Clock& clock() { return clock_; }
  // What an idle reactor holds, for tests and metrics.
  size_t armed_timers() const { return timers_.size(); }
  size_t watched_fds() const { return fds_.size(); }

 private:
  friend class Pollable;
  friend class Waiter;
  friend class TimerPollable;
  friend class FdPollable;
  friend class JobPollable;

  // What other threads reach; shared, because a job may end after the reactor.
  struct Mailbox;

  Reactor(Clock& clock, ThreadPool& pool, UniqueFd epoll, UniqueFd timer, std::shared_ptr<Mailbox> mailbox);

  void Enqueue(Waiter* waiter);
  void Dequeue(Waiter* waiter);
  void EnqueuedOutsideTurn();
  void AddTimer(TimerEntry* entry);
  void ArmTimerFd(uint64_t deadline);
  // Whether anything came.
  bool CollectEvents(bool block);
  void FireTimers();
  bool HasPosted() const;
  void RunPosted();
  size_t RunQueue();
  void Sleep(uint64_t timeout);
  void SleepVirtually(uint64_t timeout);

  Clock& clock_;
  ThreadPool& pool_;
  UniqueFd epoll_;
  UniqueFd timer_;
  std::shared_ptr<Mailbox> mailbox_;
  uint64_t armed_deadline_ = kForever;  // of the timerfd
  bool has_embedder_ = false;           // somebody watches fd()
  int turn_depth_ = 0;
  size_t running_jobs_ = 0;
  TimerHeap timers_;
  FdTable fds_;

  // Waits to look at, in order of arrival.
  Waiter* queue_first_ = nullptr;
  Waiter* queue_last_ = nullptr;
  size_t queue_size_ = 0;
};

}  // namespace cvm::wasi
