// The state behind a WasiContext: the seams to the operating system that its config chose, made ready for the faces of
// WASI (preview 1 here, 0.2 in wasi/world). Owned by the WasiContext; one thread, that of the store.
#pragma once

#include <array>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "cvm/wasi.hpp"
#include "wasi/os/clock.hpp"
#include "wasi/os/dir.hpp"
#include "wasi/os/entropy.hpp"
#include "wasi/os/stdio.hpp"
#include "wasi/reactor/reactor.hpp"
#include "wasi/reactor/thread_pool.hpp"

namespace cvm::rt {
class Store;
}

namespace cvm::wasi {

struct Preview2;

// Everything in the order of its life: the reactor goes first and uses the others.
struct EventLoop::Impl {
  static Result<std::unique_ptr<Impl>> Make(std::shared_ptr<Clock> clock);

  std::shared_ptr<Clock> clock;
  ThreadPool pool;
  std::unique_ptr<Reactor> reactor;
};

struct WasiContext::Impl {
  // Answers when any of `pollables` is ready or monotonic time `deadline` has come (kForever: no such time). An error
  // ends the guest's run. REQUIRES: something can become ready, or a deadline.
  using Wait = std::function<Result<void>(std::span<Pollable* const> pollables, uint64_t deadline)>;

  explicit Impl(const WasiConfig& config) : args(config.args), env(config.env), limits(config.limits) {}

  // The event loop; made on first use.
  Result<Reactor*> reactor();
  // Every wait of a guest comes through here: blocks in the event loop, or does what `wait` says. An interruption of
  // `store` ends it with its error.
  Result<void> WaitFor(std::span<Pollable* const> pollables, uint64_t deadline);
  // True if a guest's call may wait within: nobody else depends on the thread.
  bool may_wait_within() const { return !wait; }
  // Waits for a descriptor of the process.
  Result<void> WaitForFd(int fd, Interest interest);

  std::vector<std::string> args;
  std::vector<std::pair<std::string, std::string>> env;
  WasiLimits limits;

  std::shared_ptr<EventLoop> loop;
  std::shared_ptr<Clock> clock;
  std::unique_ptr<Entropy> entropy;
  std::array<uint8_t, 16> hash_key{};

  std::unique_ptr<ByteSource> input;
  std::unique_ptr<ByteSink> output;
  std::unique_ptr<ByteSink> error_output;
  MemorySink* captured_output = nullptr;  // `output`, if it is captured
  MemorySink* captured_error = nullptr;

  struct Preopen {
    std::string guest_path;
    std::shared_ptr<Dir> dir;
  };
  std::vector<Preopen> preopens;

  // Set by a driver that runs several guests on the thread.
  Wait wait;

  // Of the guest that has called.
  rt::Store* store = nullptr;

  // The interfaces of 0.2, once they have been asked for (wasi/world). They go first: they use all of the above.
  std::shared_ptr<Preview2> preview2;
};

}  // namespace cvm::wasi
