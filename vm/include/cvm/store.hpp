// Store: owns everything that runs for one tenant, and its limits. Belongs to one thread at a time. Destroying it destroys all
// instances; handles to them (Func, Memory, Instance) must not be used afterwards.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>

#include "cvm/engine.hpp"
#include "cvm/limits.hpp"

namespace cvm {

class Store {
 public:
  explicit Store(const Engine& engine, const StoreOptions& options = {});
  ~Store();
  Store(Store&&) noexcept;
  Store& operator=(Store&&) noexcept;

  const Engine& engine() const { return engine_; }

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
