// TimerHeap: deadlines, earliest first; a 4-ary heap whose entries know their place, so that adding and cancelling cost
// O(log n) and tens of thousands of timers are cheap. Entries are the callers'. One thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace cvm::wasi {

struct TimerEntry {
  static constexpr size_t kNotInHeap = SIZE_MAX;
  uint64_t deadline = 0;
  size_t position = kNotInHeap;
};

class TimerHeap {
 public:
  // REQUIRES: `entry` is in no heap. It stays where it is until removed.
  void Add(TimerEntry* entry);
  // Does nothing for an entry that is not in the heap.
  void Remove(TimerEntry* entry);
  // The entry with the earliest deadline, or null.
  TimerEntry* First() const { return heap_.empty() ? nullptr : heap_.front(); }
  size_t size() const { return heap_.size(); }

 private:
  static constexpr size_t kArity = 4;
  void Place(TimerEntry* entry, size_t position);
  void SiftUp(TimerEntry* entry, size_t position);
  void SiftDown(TimerEntry* entry, size_t position);

  std::vector<TimerEntry*> heap_;
};

}  // namespace cvm::wasi
