#include "wasi/reactor/timer_heap.hpp"

#include <algorithm>

namespace cvm::wasi {

void TimerHeap::Place(TimerEntry* entry, size_t position) {
  heap_[position] = entry;
  entry->position = position;
}

void TimerHeap::SiftUp(TimerEntry* entry, size_t position) {
  while (position > 0) {
    const size_t parent = (position - 1) / kArity;
    if (heap_[parent]->deadline <= entry->deadline) break;
    Place(heap_[parent], position);
    position = parent;
  }
  Place(entry, position);
}

void TimerHeap::SiftDown(TimerEntry* entry, size_t position) {
  while (true) {
    const size_t first = position * kArity + 1;
    if (first >= heap_.size()) break;
    const size_t end = std::min(first + kArity, heap_.size());
    size_t least = first;
    for (size_t child = first + 1; child < end; ++child) {
      if (heap_[child]->deadline < heap_[least]->deadline) least = child;
    }
    if (heap_[least]->deadline >= entry->deadline) break;
    Place(heap_[least], position);
    position = least;
  }
  Place(entry, position);
}

void TimerHeap::Add(TimerEntry* entry) {
  heap_.push_back(entry);
  SiftUp(entry, heap_.size() - 1);
}

void TimerHeap::Remove(TimerEntry* entry) {
  const size_t position = entry->position;
  if (position == TimerEntry::kNotInHeap) return;
  entry->position = TimerEntry::kNotInHeap;
  TimerEntry* moved = heap_.back();
  heap_.pop_back();
  if (moved == entry) return;
  // The last entry takes the place, and may have to go either way from there.
  if (position > 0 && heap_[(position - 1) / kArity]->deadline > moved->deadline) {
    SiftUp(moved, position);
  } else {
    SiftDown(moved, position);
  }
}

}  // namespace cvm::wasi
