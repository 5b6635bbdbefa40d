// Heap: the garbage-collected objects of one store — structures, arrays, exceptions. Owned by the Store;
// single-threaded.
//
// References are 64-bit words that say themselves what they are, whatever their static type:
//     0                      null
//     …000                   address of an object or of a Function; its first word is its TypeInfo
//     n << 1 | 1, 32 bits    i31: the 31 bits n
//     v << 2 | 2             host value v of 62 bits: an externref, or what any.convert_extern made of it (the same
//     word)
// So conversions between any and extern do nothing, ref.eq compares words, and the collector needs no types of slots.
//
// The collector is precise, non-moving mark-region (Blackburn, McKinley: Immix, 2008). Blocks of 32 KiB consist of
// lines; a collection marks objects and the lines they lie on; allocation bumps a cursor through runs of free lines.
// Objects above kLargeBytes are allocated one by one. There are no barriers, and addresses never change.
//
// Roots: reference slots of all frames of all executions that are registered with the store; globals, tables and
// element segments of the store and its instances; handles and lent references of the host (below); operands of the
// allocation in progress. Whoever allocates while a guest runs must first have put the machine's state into its
// execution (context, ip, fp): every reference of a frame is then in a reference slot or among the operands given.
#pragma once

#include <cstdint>
#include <cstring>
#include <memory>
#include <span>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "vm/base/pages.hpp"
#include "vm/runtime/table.hpp"
#include "vm/types/type_info.hpp"

namespace cvm::rt {

class Store;
struct Tag;

// --- words

constexpr bool IsI31(Ref ref) { return (ref & 1) != 0; }
constexpr Ref I31Ref(uint32_t value) { return static_cast<uint32_t>(value << 1) | uint32_t{1}; }
constexpr uint32_t I31Unsigned(Ref ref) { return static_cast<uint32_t>(ref) >> 1; }
constexpr uint32_t I31Signed(Ref ref) {
  return static_cast<uint32_t>(static_cast<int32_t>(static_cast<uint32_t>(ref)) >> 1);
}
constexpr bool IsHostRef(Ref ref) { return (ref & 3) == 2; }
constexpr uint64_t kMaxHostValue = (uint64_t{1} << 62) - 1;
constexpr Ref HostRef(uint64_t value) { return value << 2 | 2; }  // REQUIRES: value <= kMaxHostValue
constexpr uint64_t HostValue(Ref ref) { return ref >> 2; }
// An object or a function: the word is the address of something that begins with a TypeInfo*.
constexpr bool IsPointer(Ref ref) { return ref != kNullRef && (ref & 3) == 0; }
inline const TypeInfo* InfoOf(Ref ref) {
  return *reinterpret_cast<const TypeInfo* const*>(ref);
}  // REQUIRES: IsPointer

// --- objects

struct Object {
  const TypeInfo* info;

  uint8_t* at(uint64_t offset) { return reinterpret_cast<uint8_t*>(this) + offset; }
  Ref ref() const { return reinterpret_cast<Ref>(this); }
  static Object* Of(Ref ref) { return reinterpret_cast<Object*>(ref); }  // REQUIRES: a pointer
};

struct Array : Object {
  uint32_t length;
  uint32_t unused;

  uint8_t* data() { return at(kArrayData); }
  static Array* Of(Ref ref) { return reinterpret_cast<Array*>(ref); }
};
static_assert(sizeof(Array) == kArrayData);

// A thrown exception (exnref): its tag and its payload, slot by slot as in a window (v128: two slots).
struct Exception : Object {
  const Tag* tag;
  uint32_t slot_count;
  uint32_t unused;

  uint64_t* slots() { return reinterpret_cast<uint64_t*>(this + 1); }
  // By slot: whether it holds a reference.
  uint8_t* is_ref() { return reinterpret_cast<uint8_t*>(slots() + slot_count); }
  static Exception* Of(Ref ref) { return reinterpret_cast<Exception*>(ref); }
};

// The type of all exception objects.
extern const TypeInfo kExceptionInfo;

// What an object under construction is made of: slots that the collector has to look at should it run first.
struct Operands {
  const uint64_t* slots = nullptr;
  uint32_t count = 0;
  const TypeInfo* info = nullptr;   // kStruct: as for struct.new; kArray: `count` elements, one slot each
  const uint8_t* is_ref = nullptr;  // where there is no info: by slot
};

// Takes the roots of a collection; anything that is not an object is passed over.
class Marker {
 public:
  void Mark(Ref ref);
  void MarkAll(const Ref* refs, size_t count) {
    for (size_t i = 0; i < count; ++i) Mark(refs[i]);
  }

 private:
  friend class Heap;
  explicit Marker(class Heap& heap) : heap_(heap) {}
  void MarkObject(Object* object);
  void MarkOperands(const Operands& operands);
  void Drain();
  void Trace(Object* object);
  void TraceArray(Array* array, uint64_t from);

  Heap& heap_;
  // Objects to be traced. Long arrays are traced in pieces: address | 1, and below it where to go on.
  std::vector<uint64_t> stack_;
  uint64_t live_bytes_ = 0;
};

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

struct HeapStats {
  uint64_t collections = 0;
  uint64_t live_bytes = 0;  // after the last collection
  uint64_t held_bytes = 0;  // of blocks and large objects
  uint64_t total_pause_ns = 0;
  uint64_t longest_pause_ns = 0;
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

  // All of these may collect, and return nullptr when the limit is reached all the same. `slots`: as operands on the
  // stack.
  Object* NewStruct(const TypeInfo* info, const uint64_t* slots);
  Object* NewStructDefault(const TypeInfo* info, Ref descriptor = kNullRef);
  // Elements are zero, or where not `zeroed` to be written by the caller at once.
  Array* NewArray(const TypeInfo* info, uint32_t length, const Operands& operands = {}, bool zeroed = true);
  // A copy of `slots`, one for each byte of `is_ref`, which tells which of them are references.
  Exception* NewException(const Tag* tag, std::span<const uint64_t> slots, std::span<const uint8_t> is_ref);

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

  // For tests: collect at every allocation.
  void CollectAlways(bool on);
  const HeapStats& stats() const { return stats_; }
  uint64_t max_bytes() const { return max_bytes_; }

 private:
  friend class Marker;
  struct Block;
  struct Large;
  static constexpr uint64_t kLines = kBlockBytes / kLineBytes;
  static constexpr uint64_t kChunkBlocks = 32;

  void* Allocate(uint64_t bytes, const Operands& operands, bool zeroed);
  void* AllocateSmall(uint64_t bytes);
  void* AllocateLarge(uint64_t bytes, bool zeroed);
  void* TryAllocate(uint64_t bytes, bool zeroed);
  void ReleaseFreeBlocks(uint64_t wanted);
  Block* NewBlock();
  bool NextHole();
  bool NextHoleIn(Block* block);
  Block* TakeFreeBlock();
  void* BumpOverflow(uint64_t bytes);
  void ClearMarks();
  void Sweep();
  bool Mark(Object* object, uint64_t bytes);
  static uint64_t SizeOf(Object* object);

  uint8_t* cursor_ = nullptr;
  uint8_t* limit_ = nullptr;
  Store& store_;
  uint64_t max_bytes_;
  bool always_ = false;

  Block* block_ = nullptr;              // where the present hole is
  uint64_t line_ = 0;                   // where to look for the next
  uint8_t* overflow_cursor_ = nullptr;  // a block for objects of several lines that do not fit a hole
  uint8_t* overflow_limit_ = nullptr;
  std::vector<Reservation> chunks_;
  uint8_t* chunk_next_ = nullptr;  // the rest of the last chunk
  uint8_t* chunk_end_ = nullptr;
  std::vector<Block*> blocks_;    // all but those released
  std::vector<Block*> free_;      // without live objects
  std::vector<Block*> released_;  // given back to the system, but for their address space
  std::vector<Block*> partly_;    // with free lines
  std::vector<Large*> large_;
  uint64_t taken_ = 0;  // bytes made available to allocation since the last collection
  uint64_t budget_ = kMinBudget;
  uint64_t held_ = 0;       // of blocks_ and large_
  bool exhausted_ = false;  // the last collection left next to nothing

  std::vector<Ref> lent_;
  std::shared_ptr<RootTable> roots_ = std::make_shared<RootTable>();
  HeapStats stats_;
};

}  // namespace cvm::rt
