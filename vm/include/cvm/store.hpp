// Store: owns everything that runs for one tenant, and its limits. Belongs to one thread at a time. Destroying it destroys all
// instances; handles to them (Func, Memory, Instance) must not be used afterwards.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>

#include "cvm/engine.hpp"
#include "cvm/interrupt.hpp"
#include "cvm/limits.hpp"

namespace cvm {

class Store {
 public:
  explicit Store(const Engine& engine, const StoreOptions& options = {});
  ~Store();
  Store(Store&&) noexcept;
  Store& operator=(Store&&) noexcept;

  const Engine& engine() const { return engine_; }

  // By which any thread can stop what runs here.
  InterruptHandle interrupt_handle() const;

  // From then on what runs here is ended with the trap "deadline exceeded" (TrapKind::kDeadlineExceeded), in all ways
  // as by InterruptHandle::Interrupt; so is the next call, if nothing runs. A deadline holds until it has ended
  // something, or another one or ClearDeadline takes its place.
  void SetDeadline(std::chrono::steady_clock::time_point when);
  void SetDeadline(std::chrono::nanoseconds from_now);
  // Also when the deadline has passed and has not ended anything yet.
  void ClearDeadline();

  // What guests may do before they trap, in units of the engine's FuelCosts; at most 2^62. Of no effect unless the
  // engine consumes fuel; a store begins with none.
  void SetFuel(uint64_t units);
  void AddFuel(uint64_t units);
  // What is left. Exact when nothing runs, and within host functions.
  uint64_t fuel() const;

  // Frees the structures and arrays that nothing refers to any more. It happens by itself; this is for moments of leisure.
  void CollectGarbage();
  // Bytes of structures and arrays that were in use after the last collection.
  uint64_t live_heap_bytes() const;

  struct Impl;
  Impl& impl() const { return *impl_; }   // for cvm's own layers

 private:
  Engine engine_;
  std::unique_ptr<Impl> impl_;
};

}  // namespace cvm
