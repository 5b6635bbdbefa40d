// Resource types and handles at run time, and the scopes that count lends and borrows. definitions.py: "Resource State"
// and the parts of Task and Subtask that lifting and lowering of handles touch.
//
// All of these belong to one store and its thread.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "canonical-abi/types/ptr_type.hpp"
#include "cvm/result.hpp"

namespace cvm::abi {

class ComponentInstance;
class HandleTable;

// definitions.py: ResourceType. One object per resource type and instance that defines it: two types are the same if
// and only if their addresses are (security.md HND-03). Owned by the runtime, which derives from it to keep the
// destructor; outlives every instance that can name it.
class ResourceType {
 public:
  // `impl`: the instance that defines the type; null if the host does.
  explicit ResourceType(const ComponentInstance* impl, std::string name = "") : impl_(impl), name_(std::move(name)) {}
  virtual ~ResourceType() = default;
  ResourceType(const ResourceType&) = delete;
  ResourceType& operator=(const ResourceType&) = delete;

  const ComponentInstance* impl() const { return impl_; }
  // For messages; may be empty.
  const std::string& name() const { return name_; }

 private:
  const ComponentInstance* impl_;
  std::string name_;
};

// Own handles of resources that hosts define, on their way: lifted out of one table and not yet lowered into another or
// taken by the host. A call that traps in between leaves them here, to be destroyed with the store; for a host's
// resource may hold what outlives it (a file, a socket). Those of guests die with their store anyhow.
//
// One for all instances of a store, which owns it.
class OwnsInTransit {
 public:
  struct Entry {
    const ResourceType* rt;
    uint64_t rep;
  };
  void Add(const ResourceType& rt, uint64_t rep) {
    if (rt.impl() == nullptr) entries_.push_back({&rt, rep});
  }
  // It has arrived. Nothing happens if it was not on its way: it came from the host.
  void Remove(const ResourceType& rt, uint64_t rep);
  std::vector<Entry> TakeAll() { return std::exchange(entries_, {}); }

 private:
  std::vector<Entry> entries_;  // few, and the last is the first to arrive
};

// The part of definitions.py: Task that handles touch: how many borrow handles the task was given and has not dropped.
//
// A scope outlives the handles that point to it: a task whose borrows are not all dropped does not return but traps,
// and an instance that trapped is not entered again.
class TaskScope {
 public:
  uint32_t num_borrows() const { return num_borrows_; }
  void AddBorrow() { ++num_borrows_; }
  void DropBorrow() { --num_borrows_; }
  // Task.return_: traps if borrows remain.
  Result<void> CheckNoBorrows() const;

 private:
  uint32_t num_borrows_ = 0;  // each is an entry of a table, so that it cannot wrap
};

// definitions.py: ResourceHandle
struct ResourceHandle {
  const ResourceType* rt = nullptr;
  uint64_t rep = 0;
  TaskScope* borrow_scope = nullptr;  // of a borrow handle
  uint32_t num_lends = 0;
  bool own = false;
};

// The part of definitions.py: Subtask that handles touch: the handles that the caller lent to the callee.
//
// A lender is remembered by its index: a handle that is lent can be neither dropped nor transferred, so that the index
// keeps its meaning. DeliverResolve ends the loan; a subtask that dies without it (its store trapped) leaves the
// handles lent.
class SubtaskScope {
 public:
  // definitions.py: add_lender. REQUIRES: `index` is a live resource handle of `table`, which outlives this scope.
  Result<void> AddLender(HandleTable& table, uint32_t index);
  // definitions.py: deliver_resolve, the part about lenders.
  void DeliverResolve();
  bool resolve_delivered() const { return resolve_delivered_; }
  size_t num_lenders() const { return lenders_.size(); }

 private:
  struct Lender {
    HandleTable* table;
    uint32_t index;
  };
  std::vector<Lender> lenders_;
  bool resolve_delivered_ = false;
};

}  // namespace cvm::abi
