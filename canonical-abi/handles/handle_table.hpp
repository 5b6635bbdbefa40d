// HandleTable: the table of one component instance that maps small indices to what the instance holds: resource
// handles, error contexts, and the objects of async (ends of streams and futures, subtasks, waitable sets).
// definitions.py: "Table State".
//
// Index 0 is never used. Freed indices are used again, the last freed first, as the specification prescribes; so the
// indices that a guest sees are deterministic. The free list runs through the free entries: the table takes no memory
// beyond its longest extent, which HandleLimits bounds. Belongs to its instance and the thread of its store.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <variant>
#include <vector>

#include "canonical-abi/handles/resource.hpp"
#include "canonical-abi/types/val_type.hpp"
#include "canonical-abi/values/shared_base.hpp"
#include "canonical-abi/values/value.hpp"
#include "cvm/result.hpp"
#include "vm/base/account.hpp"

namespace cvm::abi {

// Handles that one table may hold at once, unless the embedder says otherwise; at most HandleTable::kMaxLength.
inline constexpr uint32_t kDefaultMaxHandles = 65'536;

struct HandleLimits {
  uint32_t max_handles = kDefaultMaxHandles;
  Account* total = nullptr;  // what all tables of a store share; it outlives them. Null: no such limit
};

enum class HandleKind : uint8_t {
  kResource,
  kErrorContext,
  kSubtask,
  kWaitableSet,
  kReadableStreamEnd,
  kWritableStreamEnd,
  kReadableFutureEnd,
  kWritableFutureEnd,
};

std::string_view HandleKindName(HandleKind kind);

// Base of the entries that canonical-abi/async defines; shared, since waitable sets and pending copies refer to them
// too.
class HandleObject {
 public:
  virtual ~HandleObject() = default;
  // Neither kResource nor kErrorContext.
  virtual HandleKind kind() const = 0;
  // lift_async_value, after the check of the kind: traps unless the end may be passed on (idle, in no waitable set, of
  // the element type `element`, whose resources `inst` resolves); else gives the shared state. The caller removes the
  // handle.
  virtual Result<std::shared_ptr<SharedBase>> TakeShared(const std::optional<ValType>& element,
                                                         const ComponentInstance& inst);
};

class HandleTable {
 public:
  // definitions.py: Table.MAX_LENGTH
  static constexpr uint32_t kMaxLength = (uint32_t{1} << 28) - 1;

  struct Free {
    uint32_t next = 0;  // the next free index, 0 at the end
  };
  using Entry = std::variant<Free, ResourceHandle, ErrorContextRef, std::shared_ptr<HandleObject>>;

  explicit HandleTable(HandleLimits limits = {}) : limits_(limits) {}
  HandleTable(const HandleTable&) = delete;
  HandleTable& operator=(const HandleTable&) = delete;

  // definitions.py: add. A trap at kMaxLength, an error of kind kLimit at the configured limit.
  Result<uint32_t> Add(ResourceHandle handle) { return AddEntry(handle); }
  Result<uint32_t> Add(ErrorContextRef context) { return AddEntry(std::move(context)); }
  Result<uint32_t> Add(std::shared_ptr<HandleObject> object) { return AddEntry(std::move(object)); }
  // definitions.py: get. Traps with "unknown handle index N". The entry is good until the next Add.
  Result<Entry*> Get(uint32_t i);
  // definitions.py: remove
  Result<Entry> Remove(uint32_t i);

  // get, and the check that the entry is what the caller expects.
  Result<ResourceHandle*> GetResource(uint32_t i, const ResourceType* rt);
  Result<ErrorContextRef> GetErrorContext(uint32_t i);
  Result<std::shared_ptr<HandleObject>> GetObject(uint32_t i, HandleKind kind);

  // The extent of the table with index 0, and how many of its entries are free: len(array) and len(free) of
  // definitions.py.
  uint32_t length() const { return static_cast<uint32_t>(entries_.size()); }
  uint32_t free_count() const { return free_count_; }
  uint32_t live_count() const { return length() - 1 - free_count_; }

 private:
  Result<uint32_t> AddEntry(Entry entry);
  Result<void> CountOne();

  std::vector<Entry> entries_ = std::vector<Entry>(1);
  uint32_t first_free_ = 0;
  uint32_t free_count_ = 0;
  HandleLimits limits_;
};

// The kind of a live entry. REQUIRES: not free.
HandleKind KindOf(const HandleTable::Entry& entry);

}  // namespace cvm::abi
