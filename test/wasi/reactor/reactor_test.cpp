#include "wasi/reactor/reactor.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <catch2/catch.hpp>
#include <future>
#include <random>
#include <string>
#include <thread>

#include "wasi/os/fake_clock.hpp"

namespace cvm::wasi {
namespace {

constexpr uint64_t kMillisecond = 1'000'000;
using Indices = std::vector<uint32_t>;

struct Fixture {
  explicit Fixture(FakeClock::Mode mode = FakeClock::Mode::kManual) : clock(mode) {
    auto made = Reactor::Create(clock, pool);
    REQUIRE(made.ok());
    reactor = *std::move(made);
  }
  // Waits and notes what came.
  std::unique_ptr<Waiter> Note(std::vector<Pollable*> pollables, std::vector<Indices>* log) {
    return reactor->Wait(pollables,
                         [log](std::span<const uint32_t> ready) { log->emplace_back(ready.begin(), ready.end()); });
  }
  FakeClock clock;
  ThreadPool pool{2};
  std::unique_ptr<Reactor> reactor;
};

struct SocketPair {
  SocketPair() {
    int fds[2];
    REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, fds) == 0);
    a.Reset(fds[0]);
    b.Reset(fds[1]);
  }
  UniqueFd a, b;
};

}  // namespace

TEST_CASE("A timer is ready from its deadline on, by the clock it was given") {
  Fixture f;
  auto timer = f.reactor->After(2'000'000'000);
  std::vector<Indices> log;
  auto waiter = f.Note({timer.get()}, &log);
  CHECK(f.reactor->armed_timers() == 1);
  CHECK(f.reactor->Turn(0) == 0);
  f.clock.Advance(1'999'999'999);
  CHECK(f.reactor->Turn(0) == 0);
  CHECK(!timer->IsReady());
  f.clock.Advance(1);
  CHECK(f.reactor->Turn(0) == 1);
  CHECK(log == std::vector<Indices>{{0}});
  CHECK(!waiter->pending());
  CHECK(f.reactor->armed_timers() == 0);
  CHECK(f.reactor->Turn(0) == 0);
}

TEST_CASE("HST-05 time-outs of 0, 1 and the largest u64") {
  for (const uint64_t now : {uint64_t{0}, uint64_t{1'000}, UINT64_MAX - 1, UINT64_MAX}) {
    ThreadPool pool;
    FakeClock clock(FakeClock::Mode::kManual, now);
    auto reactor = *Reactor::Create(clock, pool);
    auto zero = reactor->After(0);
    auto one = reactor->After(1);
    auto never = reactor->After(UINT64_MAX);
    auto never_at = reactor->At(UINT64_MAX);
    // The largest time is never, so that a sum which overflows cannot wake early.
    CHECK(zero->IsReady() == (now != UINT64_MAX));
    CHECK(!one->IsReady());
    CHECK(!never->IsReady());
    CHECK(!never_at->IsReady());
    std::vector<Pollable*> all = {never.get(), zero.get(), one.get(), never_at.get()};
    CHECK(reactor->Poll(all, 0) == (now == UINT64_MAX ? Indices{} : Indices{1}));
    clock.Advance(1);
    CHECK(one->IsReady() == (now < UINT64_MAX - 1));
    clock.Advance(UINT64_MAX);
    CHECK(clock.MonotonicNow() == UINT64_MAX);
    CHECK(!never->IsReady());
    CHECK(!never_at->IsReady());
    CHECK(reactor->Poll(std::vector<Pollable*>{never.get()}, 0).empty());
    CHECK(reactor->Poll(std::vector<Pollable*>{never.get()}, 1).empty());
  }
}

TEST_CASE("HST-05 time-outs under the real clock") {
  auto clock = MakeSystemClock();
  ThreadPool pool;
  auto reactor = *Reactor::Create(*clock, pool);
  auto zero = reactor->After(0);
  auto one = reactor->After(1);
  auto soon = reactor->After(2 * kMillisecond);
  auto never = reactor->After(UINT64_MAX);
  CHECK(reactor->Poll(std::vector<Pollable*>{never.get(), zero.get()}) == Indices{1});
  CHECK(reactor->Poll(std::vector<Pollable*>{never.get(), one.get()}) == Indices{1});
  const uint64_t before = clock->MonotonicNow();
  CHECK(reactor->Poll(std::vector<Pollable*>{never.get(), soon.get()}) == Indices{1});
  CHECK(soon->IsReady());
  CHECK(reactor->Poll(std::vector<Pollable*>{never.get()}, 3 * kMillisecond).empty());
  CHECK(clock->MonotonicNow() - before >= 3 * kMillisecond);
}

TEST_CASE("HST-02 poll lists: none, duplicates, many") {
  Fixture f;
  ManualPollable manual(*f.reactor);
  ReadyPollable ready(*f.reactor);
  CHECK(f.reactor->Poll({}).empty());
  CHECK(f.reactor->Poll(std::vector<Pollable*>{&ready, &manual, &ready, &ready}) == Indices{0, 2, 3});
  std::vector<Indices> log;
  auto waiter = f.Note({&manual, &manual, &manual}, &log);
  CHECK(f.reactor->Turn(0) == 0);
  manual.Set();
  CHECK(f.reactor->Turn(0) == 1);
  CHECK(log == std::vector<Indices>{{0, 1, 2}});
  CHECK(!manual.HasWaiters());

  manual.Reset();
  std::vector<Pollable*> many(1'000'000, &manual);
  many.back() = &ready;
  CHECK(f.reactor->Poll(many) == Indices{999'999});
}

TEST_CASE("A callback never runs inside Wait, and what it makes due comes a turn later") {
  Fixture f;
  ReadyPollable ready(*f.reactor);
  int first = 0;
  int second = 0;
  std::unique_ptr<Waiter> inner;
  Pollable* list[] = {&ready};
  auto outer = f.reactor->Wait(list, [&](std::span<const uint32_t>) {
    ++first;
    inner = f.reactor->Wait(list, [&](std::span<const uint32_t>) { ++second; });
  });
  CHECK(first == 0);
  CHECK(f.reactor->Turn(kForever) == 1);
  CHECK((first == 1 && second == 0));
  CHECK(f.reactor->Turn(kForever) == 1);
  CHECK((first == 1 && second == 1));
}

TEST_CASE("Cancelling: a destroyed waiter is not called, also by another callback of the same turn") {
  Fixture f;
  ManualPollable manual(*f.reactor);
  Pollable* list[] = {&manual};
  int calls = 0;
  std::vector<std::unique_ptr<Waiter>> waiters(3);
  for (auto& waiter : waiters) {
    waiter = f.reactor->Wait(list, [&](std::span<const uint32_t>) {
      ++calls;
      // Destroys itself and the others.
      for (auto& other : waiters) other.reset();
    });
  }
  manual.Set();
  CHECK(f.reactor->Turn(0) == 1);
  CHECK(calls == 1);
  CHECK(!manual.HasWaiters());
  auto cancelled = f.reactor->Wait(list, [&](std::span<const uint32_t>) { ++calls; });
  cancelled.reset();
  CHECK(f.reactor->Turn(0) == 0);
  CHECK(calls == 1);
}

TEST_CASE("A pollable that goes wakes the waits that have nothing left") {
  Fixture f;
  auto a = std::make_unique<ManualPollable>(*f.reactor);
  auto b = f.reactor->After(1'000);
  std::vector<Indices> log;
  auto waiter = f.Note({a.get(), b.get()}, &log);
  a.reset();
  CHECK(f.reactor->Turn(0) == 0);
  CHECK(waiter->pending());
  b.reset();
  CHECK(f.reactor->armed_timers() == 0);
  CHECK(f.reactor->Turn(0) == 1);
  CHECK(log == std::vector<Indices>{{}});
}

TEST_CASE("ManualPollable and ConditionPollable") {
  Fixture f;
  int level = 0;
  ConditionPollable high(*f.reactor, [&] { return level > 5; });
  std::vector<Indices> log;
  auto waiter = f.Note({&high}, &log);
  level = 3;
  high.Changed();  // a false alarm
  CHECK(f.reactor->Turn(0) == 0);
  CHECK(waiter->pending());
  level = 9;
  high.Changed();
  CHECK(f.reactor->Turn(0) == 1);
  level = 0;
  CHECK(f.reactor->Poll(std::vector<Pollable*>{&high}, 0).empty());
}

TEST_CASE("Descriptors: readable, writable, both at once, hang-up") {
  Fixture f;
  SocketPair sockets;
  auto readable = f.reactor->ForFd(sockets.a.get(), Interest::kRead);
  auto writable = f.reactor->ForFd(sockets.a.get(), Interest::kWrite);
  auto either = f.reactor->ForFd(sockets.a.get(), Interest::kReadWrite);
  CHECK(!readable->IsReady());
  CHECK(f.reactor->Poll(std::vector<Pollable*>{readable.get(), writable.get(), either.get()}) == Indices{1, 2});

  std::vector<Indices> log;
  auto waiter = f.Note({readable.get()}, &log);
  CHECK(f.reactor->watched_fds() == 1);
  for (int i = 0; i < 3; ++i) CHECK(f.reactor->Turn(0) == 0);  // the writability of before is no news
  REQUIRE(::write(sockets.b.get(), "x", 1) == 1);
  CHECK(f.reactor->Turn(kForever) == 1);
  CHECK(log == std::vector<Indices>{{0}});

  char byte;
  REQUIRE(::read(sockets.a.get(), &byte, 1) == 1);
  waiter = f.Note({readable.get()}, &log);
  CHECK(f.reactor->Turn(0) == 0);
  sockets.b.Reset();
  CHECK(f.reactor->Turn(kForever) == 1);
  CHECK(log.size() == 2);
  // Nobody waits any more: a hung-up descriptor must not keep the loop awake.
  f.reactor->Turn(0);
  pollfd embedder{f.reactor->fd(), POLLIN, 0};
  f.reactor->Turn(0);
  CHECK(::poll(&embedder, 1, 0) == 0);
  readable.reset(), writable.reset(), either.reset();
  CHECK(f.reactor->watched_fds() == 0);
}

TEST_CASE("Regular files, devices without polling and closed descriptors are always ready") {
  Fixture f;
  UniqueFd file(::open("/proc/self/exe", O_RDONLY | O_CLOEXEC));
  UniqueFd null(::open("/dev/null", O_RDWR | O_CLOEXEC));
  for (const int fd : {file.get(), null.get(), 987'654}) {
    auto pollable = f.reactor->ForFd(fd, Interest::kReadWrite);
    std::vector<Indices> log;
    auto waiter = f.Note({pollable.get()}, &log);
    CHECK(f.reactor->Turn(kForever) == 1);
    CHECK(log == std::vector<Indices>{{0}});
    CHECK(f.reactor->Poll(std::vector<Pollable*>{pollable.get()}) == Indices{0});
  }
}

TEST_CASE("Jobs run on the pool and wake the reactor's thread") {
  Fixture f;
  std::thread::id where;
  auto shared = std::make_shared<int>(0);
  auto job = f.reactor->Run([shared, &where] { *shared = 42, where = std::this_thread::get_id(); });
  CHECK(f.reactor->Poll(std::vector<Pollable*>{job.get()}) == Indices{0});
  CHECK(*shared == 42);
  CHECK(where != std::this_thread::get_id());
  CHECK(f.reactor->Poll(std::vector<Pollable*>{job.get()}) == Indices{0});
}

TEST_CASE("A job dropped before it begins is skipped, one dropped after it ends into nothing") {
  FakeClock clock;
  ThreadPool pool{1};
  auto reactor = *Reactor::Create(clock, pool);
  std::promise<void> gate;
  std::promise<void> begun;
  std::atomic<int> ran{0};
  auto first = reactor->Run([&, future = gate.get_future().share()] {
    begun.set_value();
    future.wait();
    ++ran;
  });
  auto second = reactor->Run([&] { ran += 100; });
  begun.get_future().wait();
  first.reset();
  second.reset();
  auto third = reactor->Run([&] { ++ran; });
  gate.set_value();
  CHECK(reactor->Poll(std::vector<Pollable*>{third.get()}) == Indices{0});
  CHECK(ran == 2);
}

TEST_CASE("A reactor may go while its jobs run") {
  ThreadPool pool{1};
  std::promise<void> gate;
  {
    FakeClock clock;
    auto reactor = *Reactor::Create(clock, pool);
    auto job = reactor->Run([future = gate.get_future().share()] { future.wait(); });
    reactor->Post([] { FAIL("a task of a reactor that is gone"); });
  }
  gate.set_value();
}

TEST_CASE("ThreadPool starts threads only when needed and not more than its limit") {
  ThreadPool pool{3};
  CHECK(pool.thread_count() == 0);
  std::promise<void> gate;
  auto open = gate.get_future().share();
  std::atomic<int> started{0};
  std::promise<void> all_busy;
  for (int i = 0; i < 8; ++i) {
    pool.Submit([&, open] {
      if (++started == 3) all_busy.set_value();
      open.wait();
    });
  }
  all_busy.get_future().wait();
  CHECK(pool.thread_count() == 3);
  CHECK(started == 3);
  gate.set_value();
}

TEST_CASE("Post and Wake reach a reactor that is blocked") {
  Fixture f;
  ManualPollable manual(*f.reactor);
  std::thread other([&] { f.reactor->Post([&] { manual.Set(); }); });
  CHECK(f.reactor->Poll(std::vector<Pollable*>{&manual}) == Indices{0});
  other.join();
  std::thread waker([&] { f.reactor->Wake(); });
  f.reactor->Turn(kForever);
  waker.join();
  // A Wake that comes before the turn counts too, under either kind of clock.
  f.reactor->Wake();
  f.reactor->Turn(kForever);
  auto clock = MakeSystemClock();
  auto real = *Reactor::Create(*clock, f.pool);
  real->Wake();
  real->Turn(kForever);
}

TEST_CASE("An embedder's loop: one descriptor to watch, one call to make") {
  auto clock = MakeSystemClock();
  ThreadPool pool;
  auto reactor = *Reactor::Create(*clock, pool);
  pollfd watch{reactor->fd(), POLLIN, 0};
  const auto is_due = [&](int timeout_ms) { return ::poll(&watch, 1, timeout_ms) == 1; };
  CHECK(!is_due(0));

  std::vector<Indices> log;
  const auto note = [&](std::span<const uint32_t> ready) { log.emplace_back(ready.begin(), ready.end()); };
  ReadyPollable ready(*reactor);
  Pollable* ready_list[] = {&ready};
  auto now = reactor->Wait(ready_list, note);
  CHECK(is_due(0));
  CHECK(reactor->Turn(0) == 1);
  CHECK(!is_due(0));

  auto timer = reactor->After(2 * kMillisecond);
  Pollable* timer_list[] = {timer.get()};
  auto later = reactor->Wait(timer_list, note);
  CHECK(is_due(10'000));
  while (later->pending() && is_due(10'000)) reactor->Turn(0);
  CHECK(!later->pending());

  SocketPair sockets;
  auto readable = reactor->ForFd(sockets.a.get(), Interest::kRead);
  Pollable* socket_list[] = {readable.get()};
  auto data = reactor->Wait(socket_list, note);
  CHECK(!is_due(0));
  REQUIRE(::write(sockets.b.get(), "x", 1) == 1);
  CHECK(is_due(0));
  CHECK(reactor->Turn(0) == 1);

  auto job = reactor->Run([] {});
  Pollable* job_list[] = {job.get()};
  auto done = reactor->Wait(job_list, note);
  while (done->pending() && is_due(10'000)) reactor->Turn(0);
  CHECK(!done->pending());
  CHECK(log.size() == 4);
}

TEST_CASE("A clock that advances by itself lets sleepers run at once") {
  Fixture f(FakeClock::Mode::kAutoAdvance);
  const uint64_t start = f.clock.MonotonicNow();
  auto hour = f.reactor->After(3'600'000'000'000);
  auto day = f.reactor->After(86'400'000'000'000);
  CHECK(f.reactor->Poll(std::vector<Pollable*>{day.get(), hour.get()}) == Indices{1});
  CHECK(f.clock.MonotonicNow() == start + 3'600'000'000'000);
  CHECK(f.reactor->Poll(std::vector<Pollable*>{day.get()}, 1'000).empty());
  CHECK(f.clock.MonotonicNow() == start + 3'600'000'001'000);
  CHECK(f.reactor->Poll(std::vector<Pollable*>{day.get()}) == Indices{0});
}

TEST_CASE("10,000 timers on one thread fire in order, and cancelled ones do not") {
  Fixture f;
  constexpr int kCount = 10'000;
  std::mt19937 random(7);
  std::vector<std::unique_ptr<Pollable>> timers;
  std::vector<std::unique_ptr<Waiter>> waiters;
  std::vector<uint64_t> deadlines;
  std::vector<uint64_t> fired;
  for (int i = 0; i < kCount; ++i) {
    deadlines.push_back(f.clock.MonotonicNow() + random() % 1'000'000);
    timers.push_back(f.reactor->At(deadlines.back()));
    Pollable* list[] = {timers.back().get()};
    waiters.push_back(f.reactor->Wait(list, [&, i](std::span<const uint32_t>) {
      CHECK(f.clock.MonotonicNow() >= deadlines[i]);
      fired.push_back(deadlines[i]);
    }));
  }
  CHECK(f.reactor->armed_timers() == kCount);
  int cancelled = 0;
  for (int i = 0; i < kCount; i += 3, ++cancelled) waiters[i].reset();
  CHECK(f.reactor->armed_timers() == static_cast<size_t>(kCount - cancelled));
  for (int step = 0; step < 1'000; ++step) {
    f.clock.Advance(1'001);
    f.reactor->Turn(0);
  }
  CHECK(fired.size() == static_cast<size_t>(kCount - cancelled));
  CHECK(std::is_sorted(fired.begin(), fired.end()));
  CHECK(f.reactor->armed_timers() == 0);
}

TEST_CASE("TimerHeap against a sorted list") {
  std::mt19937 random(11);
  TimerHeap heap;
  std::vector<TimerEntry> entries(2'000);
  std::vector<TimerEntry*> inside;
  for (int i = 0; i < 50'000; ++i) {
    TimerEntry* entry = &entries[random() % entries.size()];
    if (entry->position == TimerEntry::kNotInHeap) {
      entry->deadline = random() % 1'000;
      heap.Add(entry);
      inside.push_back(entry);
    } else {
      heap.Remove(entry);
      std::erase(inside, entry);
    }
    REQUIRE(heap.size() == inside.size());
    if (i % 100 != 0 || inside.empty()) continue;
    const auto least =
        *std::min_element(inside.begin(), inside.end(), [](auto* a, auto* b) { return a->deadline < b->deadline; });
    REQUIRE(heap.First()->deadline == least->deadline);
  }
  uint64_t last = 0;
  while (TimerEntry* first = heap.First()) {
    CHECK(first->deadline >= last);
    last = first->deadline;
    heap.Remove(first);
  }
}

TEST_CASE("Thousands of descriptors on one thread, every waiter woken once") {
  Fixture f;
  constexpr int kPairs = 400;  // 800 descriptors: below the usual limit of 1,024
  std::vector<SocketPair> pairs(kPairs);
  constexpr int kRounds = 25;  // 10,000 wake-ups
  std::vector<std::unique_ptr<Pollable>> readable;
  for (auto& pair : pairs) readable.push_back(f.reactor->ForFd(pair.a.get(), Interest::kRead));
  std::vector<std::unique_ptr<Waiter>> waiters(kPairs);
  size_t woken = 0;
  for (int round = 0; round < kRounds; ++round) {
    for (int i = 0; i < kPairs; ++i) {
      Pollable* list[] = {readable[i].get()};
      waiters[i] = f.reactor->Wait(list, [&, i](std::span<const uint32_t>) {
        char byte = 0;
        CHECK(::read(pairs[i].a.get(), &byte, 1) == 1);
        ++woken;
      });
    }
    CHECK(f.reactor->Turn(0) == 0);
    for (auto& pair : pairs) REQUIRE(::write(pair.b.get(), "x", 1) == 1);
    while (woken < static_cast<size_t>((round + 1) * kPairs)) f.reactor->Turn(kForever);
  }
  CHECK(woken == static_cast<size_t>(kPairs) * kRounds);
  CHECK(f.reactor->watched_fds() == kPairs);
}

TEST_CASE("10,000 sleepers, each sleeping again and again, do not starve a trigger") {
  Fixture f(FakeClock::Mode::kAutoAdvance);
  constexpr int kCount = 10'000;
  struct Sleeper {
    std::unique_ptr<Pollable> timer;
    std::unique_ptr<Waiter> waiter;
    int naps = 0;
  };
  std::vector<Sleeper> sleepers(kCount);
  size_t naps = 0;
  std::function<void(Sleeper&)> sleep = [&](Sleeper& sleeper) {
    sleeper.waiter.reset();
    sleeper.timer = f.reactor->After(1'000 + static_cast<uint64_t>(&sleeper - sleepers.data()) % 97);
    Pollable* list[] = {sleeper.timer.get()};
    sleeper.waiter = f.reactor->Wait(list, [&, s = &sleeper](std::span<const uint32_t>) {
      ++naps;
      if (++s->naps < 10) sleep(*s);
    });
  };
  for (Sleeper& sleeper : sleepers) sleep(sleeper);
  ReadyPollable ready(*f.reactor);
  int polls = 0;
  while (naps < kCount * 10) {
    CHECK(f.reactor->Poll(std::vector<Pollable*>{&ready}) == Indices{0});
    ++polls;
    f.reactor->Turn(kForever);
    REQUIRE(polls < 100'000);
  }
  CHECK(f.reactor->armed_timers() == 0);
}

}  // namespace cvm::wasi
