// Marker: finds the objects that are reachable. A heap has one for its life; a collection gives it the roots (Mark) and
// then has it trace in slices (Drain), between which the guest runs. Single-threaded.
//
// An object is marked when it is first met — one bit for each 8 bytes of the heap's region, or a word before a large
// object — and put on the mark stack, which so never holds more than one word for each object. On its way from there to
// being traced it waits a few turns in a ring, while the processor fetches it (Cher, Hosking, Vitek: Software
// prefetching for mark-sweep garbage collection, 2004): most of tracing is waiting for memory.
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "vm/runtime/object.hpp"

namespace cvm::rt {

// A stack in segments: it grows without being copied.
class MarkStack {
 public:
  MarkStack() = default;
  ~MarkStack() { Free(); }
  MarkStack(const MarkStack&) = delete;
  MarkStack& operator=(const MarkStack&) = delete;

  bool empty() const { return top_ == begin_ && (segment_ == nullptr || segment_->below == nullptr); }
  void Push(Ref ref) {
    if (top_ == end_) [[unlikely]]
      AddSegment();
    *top_++ = ref;
  }
  Ref Pop() {  // REQUIRES: !empty()
    if (top_ == begin_) [[unlikely]]
      DropSegment();
    return *--top_;
  }
  uint64_t bytes() const { return bytes_; }
  // Gives all memory back. REQUIRES: empty().
  void Free();

 private:
  struct Segment {
    Segment* below;
    Ref refs[1023];
  };
  void AddSegment();
  void DropSegment();
  void Use(Segment* segment);

  Segment* segment_ = nullptr;
  Segment* spare_ = nullptr;  // so that a stack that goes up and down at an edge does not allocate
  Ref *begin_ = nullptr, *end_ = nullptr, *top_ = nullptr;  // of segment_
  uint64_t bytes_ = 0;
};

class Marker {
 public:
  // Takes a root, or a reference that is about to be overwritten; anything that is not an object is passed over.
  void Mark(Ref ref) {
    // Null and words with tags are no multiples of 8 within the region.
    const uint64_t word = std::rotr(ref - base_, 3);
    if (word < words_) [[likely]] {
      uint64_t& bits = marks_[word / 64];
      const uint64_t bit = uint64_t{1} << (word % 64);
      if ((bits & bit) != 0) return;
      bits |= bit;
      stack_.Push(ref);
    } else if (IsPointer(ref)) {
      MarkOutside(ref);
    }
  }
  void MarkAll(const Ref* refs, size_t count) {
    for (size_t i = 0; i < count; ++i) Mark(refs[i]);
  }
  // The elements of a table, a few at a time: what is written over until then must be marked by whoever writes.
  void MarkLater(Table* table) { tables_.push_back({table, 0}); }

 private:
  friend class Heap;
  static constexpr uint32_t kAhead = 8;
  // Elements of arrays and tables that are traced at once.
  static constexpr uint64_t kPiece = 1024;
  // What to trace an object costs beside its bytes, and what a slot costs, in bytes.
  static constexpr uint64_t kObjectCost = 32;

  void Begin(uint64_t cycle) { cycle_ = cycle, live_bytes_ = 0; }
  void MarkOperands(const Operands& operands);
  // Traces about `work` bytes of objects. True when nothing is left to be traced.
  bool Drain(uint64_t work);
  void MarkOutside(Ref ref);
  uint64_t Trace(Object* object);
  // A piece of the long array or the table begun last. 0: there is none.
  uint64_t TracePiece();
  void MarkLines(const Object* object, uint64_t bytes);

  // The region that blocks lie in, as the heap says.
  uint64_t base_ = 0;
  uint64_t words_ = 0;
  uint64_t* marks_ = nullptr;

  MarkStack stack_;
  std::array<Ref, kAhead> ahead_ = {};
  uint32_t at_ = 0;  // where in ahead_
  template <class T>
  struct Rest {
    T* of;
    uint64_t from;  // where to go on
  };
  std::vector<Rest<Array>> arrays_;
  std::vector<Rest<Table>> tables_;
  uint64_t cycle_ = 0;
  uint64_t live_bytes_ = 0;
};

}  // namespace cvm::rt
