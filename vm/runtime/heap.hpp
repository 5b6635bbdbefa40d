// Heap: the garbage-collected objects of one store — structures, arrays, exceptions. Owned by the Store;
// single-threaded.
//
// The collector is precise, incremental, non-moving mark-region (Blackburn, McKinley: Immix, 2008). Blocks of 32 KiB,
// all in one region of address space, consist of lines; a collection finds the lines on which objects live; allocation
// bumps a cursor through runs of the others. Objects above kLargeBytes are allocated one by one. Addresses never
// change.
//
// A collection goes through three phases, while the guest runs on:
//   start   all roots are marked at once, but for the elements of tables;
//   mark    objects are traced in slices, each paid for by some allocation, so that the end comes before the guest has
//           allocated much more (Pace). What was reachable at the start is found: a reference in an object or a table
//           that is overwritten meanwhile is marked (WillOverwrite: snapshot at the beginning, Yuasa 1990), and what is
//           allocated counts as marked. Reads, locals, globals and new objects need no barrier, and outside of this
//           phase the barrier is the test of a flag;
//   sweep   the lines of a block become known when allocation comes to it.
// No single stop is so long that an interruption would have to wait for it: see Pace for the sizes, and Finish for what
// happens when memory runs out before a collection has ended. Why not otherwise: generations (sticky marks) would need
// a barrier that costs at all times, and moving objects would need maps of the accumulator and a forwarding of the
// host's references; bench/guests has the figures.
//
// Roots: reference slots of all frames of all executions that are registered with the store; globals, tables and
// element segments of the store and its instances; handles and lent references of the host (below); operands of the
// allocation in progress. Whoever allocates while a guest runs must first have put the machine's state into its
// execution (context, ip, fp): every reference of a frame is then in a reference slot or among the operands given.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "vm/base/pages.hpp"
#include "vm/runtime/marker.hpp"
#include "vm/runtime/object.hpp"

namespace cvm::rt {

class Store;

// References that the host holds for as long as it likes. Handles may outlive the heap.
class RootTable {
 public:
  uint32_t Add(Ref ref);
  void Remove(uint32_t index);
  bool Has(Ref ref) const { return uses_.contains(ref); }
  std::span<const Ref> refs() const { return refs_; }

 private:
  std::vector<Ref> refs_;
  absl::flat_hash_map<Ref, uint32_t> uses_;  // number of entries
  std::vector<uint32_t> free_;
};

// The times for which the guest was stopped (Heap::TimePauses).
class Pauses {
 public:
  void Add(uint64_t ns);
  uint64_t count() const { return count_; }
  uint64_t total_ns() const { return total_ns_; }
  uint64_t longest_ns() const { return longest_ns_; }
  // No more than this, to within a quarter, were `share` of them.
  uint64_t Quantile(double share) const;

 private:
  static uint32_t ClassOf(uint64_t ns);
  uint64_t count_ = 0, total_ns_ = 0, longest_ns_ = 0;
  std::array<uint32_t, 4 * 40> classes_ = {};  // four for each power of two
};

struct HeapStats {
  uint64_t collections = 0;
  uint64_t live_bytes = 0;  // found by the last collection
  uint64_t held_bytes = 0;  // of blocks and large objects
  Pauses pauses;
};

class Heap {
 public:
  static constexpr uint64_t kBlockBytes = 32 << 10;
  static constexpr uint64_t kLineBytes = 128;
  static constexpr uint64_t kLargeBytes = kLargeObjectBytes;
  // Bytes that are allocated at least between two collections.
  static constexpr uint64_t kMinBudget = 4 << 20;

  Heap(Store& store, uint64_t max_bytes);
  ~Heap();
  Heap(const Heap&) = delete;
  Heap& operator=(const Heap&) = delete;

  // Memory for an object, from the present hole; nullptr: call one of the functions below. `bytes`: a multiple of 8.
  void* Bump(uint64_t bytes) {
    uint8_t* at = cursor_;
    if (bytes > static_cast<uint64_t>(limit_ - at)) [[unlikely]]
      return nullptr;
    cursor_ = at + bytes;
    return at;
  }

  // All of these may collect, and return nullptr when the limit is reached all the same, or when a collection that
  // there was no room to do without was broken off (stopped()). `slots`: as operands on the stack.
  Object* NewStruct(const TypeInfo* info, const uint64_t* slots);
  Object* NewStructDefault(const TypeInfo* info, Ref descriptor = kNullRef);
  // Elements are zero, or where not `zeroed` to be written by the caller at once.
  Array* NewArray(const TypeInfo* info, uint32_t length, const Operands& operands = {}, bool zeroed = true);
  // A copy of `slots`, one for each byte of `is_ref`, which tells which of them are references.
  Exception* NewException(const Tag* tag, std::span<const uint64_t> slots, std::span<const uint8_t> is_ref);

  // To be called before a reference in an object or a table is overwritten. Marking: whether it makes a difference.
  bool marking() const { return phase_ == Phase::kMark; }
  void WillOverwrite(const Ref* refs, uint64_t count) {
    if (marking()) [[unlikely]]
      marker_.MarkAll(refs, count);
  }

  // A whole collection at once, of all that is garbage now.
  void Collect(const Operands& operands = {});

  // References that the host has been given for a while: roots, and the only ones it may give back besides handles.
  // The innermost scope ends by Truncate to what Mark said at its beginning.
  void Lend(Ref ref) {
    if (IsPointer(ref) && InfoOf(ref)->kind != ObjectKind::kFunc) lent_.push_back(ref);
  }
  size_t LentCount() const { return lent_.size(); }
  void TruncateLent(size_t count) { lent_.resize(count); }
  // Whether the host may hold `ref`, an object of this heap.
  bool IsHeld(Ref ref) const;
  const std::shared_ptr<RootTable>& roots() const { return roots_; }

  // Once this is not 0, a collection that must be done at once, because memory has run out, is broken off after its
  // present slice; it goes on at the next allocation.
  void StopBy(const std::atomic<uint32_t>* attention) { attention_ = attention; }
  // Whether that is why the last allocation failed.
  bool stopped() const { return stopped_; }

  // Has the times measured for which collections stop the guest, by a clock of nanoseconds. Off by default.
  using Clock = uint64_t (*)();
  void TimePauses(Clock clock) { clock_ = clock; }

  // For tests: at every allocation a whole collection, or the least slice of one. What is freed is overwritten.
  enum class Stress : uint8_t { kOff, kCollect, kStep };
  void SetStress(Stress stress);
  HeapStats stats() const {
    HeapStats stats = stats_;
    stats.held_bytes = held_;
    return stats;
  }
  uint64_t max_bytes() const { return max_bytes_; }

 private:
  enum class Phase : uint8_t { kIdle, kMark, kSweep };
  static constexpr uint64_t kBlockLines = kBlockBytes / kLineBytes;
  static constexpr uint64_t kMarkBytes = kBlockBytes / 64;  // of a block

  struct Block {
    uint64_t used[kBlockLines / 64] = {};  // lines with objects, as the last sweep found
    bool released = false;                 // given back to the system, but for its address space
  };
  // What a block counts against the limit.
  static constexpr uint64_t kBlockCost = kBlockBytes + kMarkBytes + sizeof(Block);

  void* Allocate(uint64_t bytes, const Operands& operands, bool zeroed);
  void* AllocateUnderPressure(uint64_t bytes, const Operands& operands, bool zeroed);
  void* AllocateSmall(uint64_t bytes);
  void* AllocateLarge(uint64_t bytes, bool zeroed);
  void* TryAllocate(uint64_t bytes, bool zeroed);
  void* BumpOverflow(uint64_t bytes);
  // Where the limit leaves room for `bytes` more.
  bool HasRoom(uint64_t bytes) const;
  uint8_t* BytesOf(uint32_t block) const { return region_.data() + blocks_at_ + block * kBlockBytes; }
  uint64_t* MarksOf(uint32_t block) const { return marker_.marks_ + block * (kMarkBytes / 8); }
  bool Reserve();
  bool GrowRegion();
  bool NewBlock(uint32_t* block);
  bool TakeFreeBlock(uint32_t* block);
  void ReleaseFreeBlocks(uint64_t wanted);
  bool NextHole();
  bool NextHoleInBlock();
  // [from, to) is given to allocation.
  void Take(const uint8_t* from, const uint8_t* to);
  void SetMarks(const uint8_t* from, const uint8_t* to);

  void Pace(const Operands& operands);
  void Start(const Operands& operands);
  bool MustStop() const {
    return attention_ != nullptr && attention_->load(std::memory_order_relaxed) != 0;
  }
  bool DrainAll(bool may_stop);
  void EndMarking();
  bool Finish(bool may_stop);
  bool CollectAtOnce(const Operands& operands, bool may_stop);
  void Step(const Operands& operands);
  void SweepBlocks(uint32_t most);
  void SweepBlock(uint32_t index);
  void SweepLarge(uint32_t most);
  bool SweepAll(bool may_stop);
  void EndSweepIfDone();

  uint8_t* cursor_ = nullptr;
  uint8_t* limit_ = nullptr;
  Phase phase_ = Phase::kIdle;
  Stress stress_ = Stress::kOff;
  bool stopped_ = false;
  bool exhausted_ = false;  // the last collection left next to nothing
  Store& store_;
  uint64_t max_bytes_;
  const std::atomic<uint32_t>* attention_ = nullptr;
  Clock clock_ = nullptr;

  // The region: marks, then blocks. Reserved at the first allocation, made accessible as it is used.
  Reservation region_;
  uint64_t blocks_at_ = 0;
  uint32_t capacity_ = 0;   // blocks that the region has room for
  uint32_t committed_ = 0;  // of them, accessible
  std::vector<Block> blocks_;
  std::vector<uint32_t> free_;    // without live objects
  std::vector<uint32_t> partly_;  // with free lines
  std::vector<uint32_t> released_;
  std::vector<Large*> large_;

  static constexpr uint32_t kNoBlock = UINT32_MAX;
  uint32_t block_ = kNoBlock;           // where the present hole is
  uint32_t line_ = 0;                   // where to look for the next
  uint8_t* overflow_cursor_ = nullptr;  // a block for objects of several lines that do not fit a hole
  uint8_t* overflow_limit_ = nullptr;
  uint8_t* hole_end_ = nullptr;  // under stress: what limit_ would be
  uint32_t swept_blocks_ = 0;    // while sweeping: how far it has come, and how far it will
  uint32_t sweep_end_ = 0;
  size_t swept_large_ = 0;
  uint64_t swept_free_ = 0;  // bytes it has found

  uint64_t taken_ = 0;            // bytes made available to allocation since marking ended last
  uint64_t budget_ = kMinBudget;  // when to begin again
  uint64_t debt_ = 0;             // bytes to be traced for what was taken while marking
  uint64_t rate_ = 0;             // bytes to be traced for a byte taken
  uint64_t held_ = 0;             // of blocks and large objects
  Marker marker_;

  std::vector<Ref> lent_;
  std::shared_ptr<RootTable> roots_ = std::make_shared<RootTable>();
  HeapStats stats_;
};

}  // namespace cvm::rt
