// Store: owns all run-time state of one tenant — instances, memories, tables, host functions — and carries its limits.
// Single-threaded; movable between threads when nothing runs in it. Interrupting it is the one thing other threads may do.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "cvm/limits.hpp"
#include "vm/base/account.hpp"
#include "vm/runtime/execution.hpp"
#include "vm/runtime/fuel.hpp"
#include "vm/runtime/heap.hpp"
#include "vm/runtime/instance.hpp"
#include "vm/runtime/interruption.hpp"
#include "vm/types/canonical.hpp"

namespace cvm::rt {

// Every limit of a store has a name there, a default and a test at the limit and one past it.
using StoreLimits = StoreOptions;

class Store {
 public:
  // Marks the references of all frames of an execution.
  using FrameScanner = void (*)(const Execution& execution, Marker& marker);

  // `types`: of the engine whose modules run here. `scan_frames`: the interpreter's; without it nothing may run in the store.
  explicit Store(StoreLimits limits = {}, bool guard_pages = true, const CanonicalTypes* types = nullptr,
                 FrameScanner scan_frames = nullptr)
      : limits_(limits),
        guard_pages_(guard_pages),
        types_(types),
        scan_frames_(scan_frames),
        heap_(*this, limits.max_heap_bytes) {
    heap_.StopBy(interruption_->stop());
  }
  ~Store() { interruption_->Close(); }
  Store(const Store&) = delete;
  Store& operator=(const Store&) = delete;

  const StoreLimits& limits() const { return limits_; }
  bool guard_pages() const { return guard_pages_; }
  const CanonicalTypes& types() const { return *types_; }
  // What this store's stack walks have met.
  PlaceCache& places() { return places_; }
  Heap& heap() { return heap_; }
  const Heap& heap() const { return heap_; }

  // An error of kind kLimit when there are too many.
  Result<Instance*> NewInstance(std::shared_ptr<ModuleCode> code);
  Result<Memory*> NewMemory(const MemoryType& type);
  // This store's view of a shared memory, made on first demand.
  Result<Memory*> MemoryOf(const std::shared_ptr<MemoryStorage>& shared);
  Result<Table*> NewTable(const TableType& type, Ref init);
  Global* NewGlobal(const GlobalType& type);
  // Tag `index` of `instance`, whose module defines it.
  Tag* NewTag(const Instance& instance, uint32_t index);
  Function* NewHostFunction(const FuncType& type, uint32_t type_id, const uint8_t* code, HostBody body);

  // Whether `function` is one of this store's, the host's or an instance's; any bits may be asked about. For references that
  // come from outside: takes time by the number of functions that have been referred to.
  bool Owns(const Function* function) const;

  // What the layer above (component/runtime) keeps for this store; made by it, owned by way of Keep.
  void* upper = nullptr;

  // The execution that runs now, innermost; nullptr when none does. Kept by the interpreter.
  Execution* running = nullptr;

  // The exception that last left a call from the host: an error of kind kException that a host function returns is it.
  Exception* escaped = nullptr;

  // Has the frames of `execution` looked at by the collector, until it is destroyed. The interpreter registers what it runs.
  void Register(Execution& execution) {
    if (!execution.link().in_list()) executions_.Add(&execution.link());
  }
  // All roots but the heap's own.
  void MarkRoots(Marker& marker);

  // How other threads stop what runs here. Never null; handles share it.
  const std::shared_ptr<Interruption>& interruption() const { return interruption_; }
  // What the deadline was, as messages say it: "10s"; empty where it was a point in time.
  std::string deadline_text;

  Fuel& fuel() { return fuel_; }

  // The execution on which synchronous calls run; made on first use.
  Execution& main_execution();

  // Counts what an instance has allocated since it was made.
  void CountInstanceBytes(uint64_t bytes) { instance_bytes_.TakeAnyway(bytes); }

  // Whatever must live as long as the store does.
  template <class T>
  T* Keep(std::unique_ptr<T> object) {
    T* raw = object.get();
    kept_.emplace_back(object.release(), [](void* p) { delete static_cast<T*>(p); });
    return raw;
  }

 private:
  Result<void> CheckMemoryCount() const;

  StoreLimits limits_;
  Account memory_bytes_{limits_.max_total_memory_bytes};
  Account table_elements_{limits_.max_total_table_elements};
  Account instance_bytes_{limits_.max_total_instance_bytes};
  bool guard_pages_;
  const CanonicalTypes* types_;
  FrameScanner scan_frames_;
  const std::shared_ptr<Interruption> interruption_ = std::make_shared<Interruption>();
  Fuel fuel_;
  // Declared before, and so destroyed after, everything that has executions.
  ExecutionLink executions_;
  PlaceCache places_;
  Heap heap_;
  struct HostFunction {
    Function function;
    FuncType type;
    HostBody body;
  };
  // Destroyed in reverse: instances leave their memories before these die.
  std::vector<std::unique_ptr<void, void (*)(void*)>> kept_;
  std::vector<std::unique_ptr<HostFunction>> host_functions_;
  std::vector<std::unique_ptr<Global>> globals_;
  std::vector<std::unique_ptr<Tag>> tags_;
  std::vector<std::unique_ptr<Table>> tables_;
  std::vector<std::unique_ptr<Memory>> memories_;
  std::vector<std::unique_ptr<Instance>> instances_;
  std::unique_ptr<Execution> main_execution_;
};

}  // namespace cvm::rt
