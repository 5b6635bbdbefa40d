#include "vm/runtime/heap.hpp"

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <new>

#include "vm/runtime/store.hpp"

namespace cvm::rt {

constinit const TypeInfo kExceptionInfo{.kind = ObjectKind::kException};

// What a block begins with. A bit of `marks` stands for 8 bytes of the block; a byte of `lines` is not 0 where a live
// object (or this header) lies on the line.
struct Heap::Block {
  uint8_t lines[kLines];
  uint64_t marks[kBlockBytes / 8 / 64];

  static constexpr uint64_t kHeaderLines = (kLines + kBlockBytes / 64 + kLineBytes - 1) / kLineBytes;
  uint8_t* LineAt(uint64_t line) { return reinterpret_cast<uint8_t*>(this) + line * kLineBytes; }
  static Block* Of(const void* object) {
    return reinterpret_cast<Block*>(reinterpret_cast<uintptr_t>(object) & ~uintptr_t{kBlockBytes - 1});
  }
  // Whoever still uses what has been freed shall notice.
  void Poison() {
    for (uint64_t line = kHeaderLines; line < kLines; ++line) {
      if (lines[line] == 0) std::memset(LineAt(line), 0xdb, kLineBytes);
    }
  }
  void Clear() {
    std::memset(this, 0, sizeof(Block));
    std::memset(lines, 1, kHeaderLines);
  }
};

// What precedes an object that is not in a block.
struct Heap::Large {
  uint64_t bytes;  // of the object
  uint64_t marked;

  Object* object() { return reinterpret_cast<Object*>(this + 1); }
  static Large* Of(Object* object) { return reinterpret_cast<Large*>(object) - 1; }
};

// --- marking

void Marker::Mark(Ref ref) {
  if (IsPointer(ref)) MarkObject(Object::Of(ref));
}

void Marker::MarkObject(Object* object) {
  const TypeInfo* info = object->info;
  if (info->kind == ObjectKind::kFunc) return;
  const uint64_t bytes = Heap::SizeOf(object);
  if (!heap_.Mark(object, bytes)) return;
  live_bytes_ += bytes;
  const bool has_refs = info->kind == ObjectKind::kStruct  ? info->ref_count != 0
                        : info->kind == ObjectKind::kArray ? info->element_is_ref
                                                           : true;
  if (has_refs) stack_.push_back(object->ref());
}

void Marker::MarkOperands(const Operands& operands) {
  const TypeInfo* info = operands.info;
  if (info == nullptr) {
    for (uint32_t i = 0; i < operands.count; ++i) {
      if (operands.is_ref[i] != 0) Mark(operands.slots[i]);
    }
  } else if (info->kind == ObjectKind::kArray) {
    if (info->element_is_ref) MarkAll(operands.slots, operands.count);
  } else {
    // Both lists of offsets rise.
    uint32_t slot = 0;
    for (uint32_t i = 0; i < info->ref_count && operands.count != 0; ++i) {
      while (info->slot_offsets[slot] != info->ref_offsets[i]) ++slot;
      Mark(operands.slots[slot]);
    }
  }
}

void Marker::Drain() {
  while (!stack_.empty()) {
    const uint64_t entry = stack_.back();
    stack_.pop_back();
    if ((entry & 1) == 0) {
      Trace(Object::Of(entry));
    } else {
      const uint64_t from = stack_.back();
      stack_.pop_back();
      TraceArray(Array::Of(entry - 1), from);
    }
  }
}

void Marker::Trace(Object* object) {
  const TypeInfo* info = object->info;
  if (info->kind == ObjectKind::kStruct) {
    for (uint32_t i = 0; i < info->ref_count; ++i) {
      Ref ref;
      std::memcpy(&ref, object->at(info->ref_offsets[i]), 8);
      Mark(ref);
    }
  } else if (info->kind == ObjectKind::kArray) {
    TraceArray(static_cast<Array*>(object), 0);
  } else {
    auto* exception = static_cast<Exception*>(object);
    MarkOperands({.slots = exception->slots(), .count = exception->slot_count, .is_ref = exception->is_ref()});
  }
}

// A piece of the array; its rest waits on the stack, which so never holds a whole long array.
void Marker::TraceArray(Array* array, uint64_t from) {
  constexpr uint64_t kPiece = 1024;
  const uint64_t to = std::min<uint64_t>(array->length, from + kPiece);
  if (to < array->length) {
    stack_.push_back(to);
    stack_.push_back(array->ref() | 1);
  }
  MarkAll(reinterpret_cast<const Ref*>(array->data()) + from, to - from);
}

uint64_t Heap::SizeOf(Object* object) {
  const TypeInfo* info = object->info;
  switch (info->kind) {
    case ObjectKind::kStruct:
      return info->size;
    case ObjectKind::kArray: {
      const uint64_t bytes = uint64_t{static_cast<Array*>(object)->length} << info->element_log2;
      return kArrayData + ((bytes + 7) & ~uint64_t{7});
    }
    default: {
      const uint64_t slots = static_cast<Exception*>(object)->slot_count;
      return sizeof(Exception) + slots * 8 + ((slots + 7) & ~uint64_t{7});
    }
  }
}

// False if the object is marked already.
bool Heap::Mark(Object* object, uint64_t bytes) {
  if (bytes > kLargeBytes) {
    Large* large = Large::Of(object);
    return std::exchange(large->marked, 1) == 0;
  }
  Block* block = Block::Of(object);
  const uint64_t at = reinterpret_cast<uintptr_t>(object) & (kBlockBytes - 1);
  uint64_t& word = block->marks[at / 8 / 64];
  const uint64_t bit = uint64_t{1} << (at / 8 % 64);
  if ((word & bit) != 0) return false;
  word |= bit;
  for (uint64_t line = at / kLineBytes; line <= (at + bytes - 1) / kLineBytes; ++line) block->lines[line] = 1;
  return true;
}

// --- collections

Heap::Heap(Store& store, uint64_t max_bytes) : store_(store), max_bytes_(max_bytes) {}

Heap::~Heap() {
  for (Large* large : large_) std::free(large);
}

void Heap::Collect(const Operands& operands) {
  const auto begin = std::chrono::steady_clock::now();
  ClearMarks();
  Marker marker(*this);
  marker.MarkOperands(operands);
  marker.MarkAll(lent_.data(), lent_.size());
  marker.MarkAll(roots_->refs().data(), roots_->refs().size());
  store_.MarkRoots(marker);
  marker.Drain();
  Sweep();
  stats_.live_bytes = marker.live_bytes_;
  budget_ = std::max(kMinBudget, stats_.live_bytes);
  taken_ = 0;
  ++stats_.collections;
  const auto pause = static_cast<uint64_t>(
      std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::steady_clock::now() - begin).count());
  stats_.total_pause_ns += pause;
  stats_.longest_pause_ns = std::max(stats_.longest_pause_ns, pause);
  stats_.held_bytes = held_;
}

void Heap::ClearMarks() {
  for (Block* block : blocks_) block->Clear();
  for (Large* large : large_) large->marked = 0;
}

// Finds out what is free. Allocation starts anew, with holes between live objects before free blocks.
void Heap::Sweep() {
  cursor_ = limit_ = overflow_cursor_ = overflow_limit_ = nullptr;
  block_ = nullptr;
  free_.clear(), partly_.clear();
  uint64_t free_lines = 0;
  for (Block* block : blocks_) {
    const auto used = static_cast<uint64_t>(std::count(block->lines, block->lines + kLines, 1));
    if (used == Block::kHeaderLines) {
      free_.push_back(block);
    } else if (used != kLines) {
      partly_.push_back(block);
    }
    free_lines += kLines - used;
    if (always_) block->Poison();
  }
  std::erase_if(large_, [&](Large* large) {
    if (large->marked != 0) return false;
    held_ -= large->bytes;
    std::free(large);
    return true;
  });
  // Collecting again and again for the last few bytes would take a guest's time for next to nothing.
  constexpr uint64_t kLeastShare = 32;
  exhausted_ = free_lines * kLineBytes + (max_bytes_ - held_) < max_bytes_ / kLeastShare;
}

// --- allocation

// The next hole at or after line_ of the block.
bool Heap::NextHoleIn(Block* block) {
  uint64_t first = line_;
  while (first < kLines && block->lines[first] != 0) ++first;
  if (first == kLines) return false;
  uint64_t end = first;
  while (end < kLines && block->lines[end] == 0) ++end;
  line_ = end;
  cursor_ = block->LineAt(first);
  limit_ = block->LineAt(end);
  taken_ += static_cast<uint64_t>(limit_ - cursor_);
  return true;
}

bool Heap::NextHole() {
  for (;;) {
    if (block_ != nullptr && NextHoleIn(block_)) return true;
    line_ = Block::kHeaderLines;
    if (!partly_.empty()) {
      block_ = partly_.back();
      partly_.pop_back();
    } else {
      block_ = TakeFreeBlock();
      if (block_ == nullptr) return false;
    }
  }
}

Heap::Block* Heap::TakeFreeBlock() {
  if (!free_.empty()) {
    Block* block = free_.back();
    free_.pop_back();
    return block;
  }
  if (held_ > max_bytes_ || kBlockBytes > max_bytes_ - held_) return nullptr;
  Block* block = NewBlock();
  if (block == nullptr) return nullptr;
  block->Clear();
  blocks_.push_back(block);
  held_ += kBlockBytes;
  return block;
}

Heap::Block* Heap::NewBlock() {
  if (!released_.empty()) {
    Block* block = released_.back();
    released_.pop_back();
    return block;
  }
  if (chunk_next_ == chunk_end_) {
    Reservation chunk((kChunkBlocks + 1) * kBlockBytes);
    if (chunk.data() == nullptr || !chunk.Commit(0, chunk.size())) return nullptr;
    const auto base = reinterpret_cast<uintptr_t>(chunk.data());
    chunk_next_ = chunk.data() + ((base + kBlockBytes - 1) / kBlockBytes * kBlockBytes - base);
    chunk_end_ = chunk_next_ + kChunkBlocks * kBlockBytes;
    chunks_.push_back(std::move(chunk));
  }
  chunk_next_ += kBlockBytes;
  return reinterpret_cast<Block*>(chunk_next_ - kBlockBytes);
}

// Gives free blocks back to the system until `wanted` bytes can be had otherwise.
void Heap::ReleaseFreeBlocks(uint64_t wanted) {
  std::vector<Block*> gone;
  while (!free_.empty() && wanted > max_bytes_ - held_) {
    Block* block = free_.back();
    free_.pop_back();
    for (Reservation& chunk : chunks_) {
      const auto* at = reinterpret_cast<const uint8_t*>(block);
      if (at >= chunk.data() && at < chunk.data() + chunk.size()) {
        chunk.Discard(static_cast<size_t>(at - chunk.data()), kBlockBytes);
      }
    }
    held_ -= kBlockBytes;
    gone.push_back(block);
  }
  if (gone.empty()) return;
  std::sort(gone.begin(), gone.end());
  std::erase_if(blocks_, [&](Block* block) { return std::binary_search(gone.begin(), gone.end(), block); });
  released_.insert(released_.end(), gone.begin(), gone.end());
}

void* Heap::BumpOverflow(uint64_t bytes) {
  if (bytes > static_cast<uint64_t>(overflow_limit_ - overflow_cursor_)) return nullptr;
  return std::exchange(overflow_cursor_, overflow_cursor_ + bytes);
}

void* Heap::AllocateSmall(uint64_t bytes) {
  // What does not fit the present hole but is longer than a line has a block of its kind: holes are not skipped for its
  // sake.
  if (bytes > kLineBytes && limit_ != nullptr) {
    if (void* at = BumpOverflow(bytes)) return at;
    if (Block* block = TakeFreeBlock()) {
      overflow_cursor_ = block->LineAt(Block::kHeaderLines);
      overflow_limit_ = block->LineAt(kLines);
      taken_ += kBlockBytes;
      return BumpOverflow(bytes);
    }
  }
  for (;;) {
    if (void* at = Bump(bytes)) return at;
    if (!NextHole()) return nullptr;
  }
}

void* Heap::AllocateLarge(uint64_t bytes, bool zeroed) {
  if (bytes > max_bytes_) return nullptr;
  if (held_ > max_bytes_ || bytes > max_bytes_ - held_) ReleaseFreeBlocks(bytes);
  if (held_ > max_bytes_ || bytes > max_bytes_ - held_) return nullptr;
  void* memory = zeroed ? std::calloc(1, sizeof(Large) + bytes) : std::malloc(sizeof(Large) + bytes);
  if (memory == nullptr) return nullptr;
  auto* large = new (memory) Large;
  large->bytes = bytes;
  large->marked = 0;
  large_.push_back(large);
  held_ += bytes;
  taken_ += bytes;
  return large->object();
}

void* Heap::TryAllocate(uint64_t bytes, bool zeroed) {
  if (bytes > kLargeBytes) return AllocateLarge(bytes, zeroed);
  void* at = AllocateSmall(bytes);
  if (at != nullptr && zeroed) std::memset(at, 0, bytes);
  return at;
}

void* Heap::Allocate(uint64_t bytes, const Operands& operands, bool zeroed) {
  if (!always_ && bytes <= kLargeBytes) {
    if (void* at = Bump(bytes)) return zeroed ? std::memset(at, 0, bytes) : at;
  }
  bool collected = false;
  if (always_ || taken_ >= budget_) {
    Collect(operands);
    collected = true;
  }
  void* at = TryAllocate(bytes, zeroed);
  if (at == nullptr && bytes <= max_bytes_) {
    if (!collected) Collect(operands);
    if (!exhausted_ || bytes > kLargeBytes) at = TryAllocate(bytes, zeroed);
  }
  if (always_) limit_ = cursor_;
  return at;
}

void Heap::CollectAlways(bool on) {
  always_ = on;
  if (on) limit_ = cursor_;
}

Object* Heap::NewStruct(const TypeInfo* info, const uint64_t* slots) {
  void* at = Allocate(info->size, {.slots = slots, .count = info->slot_count, .info = info}, false);
  if (at == nullptr) return nullptr;
  auto* object = static_cast<Object*>(at);
  object->info = info;
  for (uint32_t i = 0; i < info->whole_slots; ++i) std::memcpy(object->at(info->slot_offsets[i]), slots + i, 8);
  for (uint32_t i = 0; i < info->tail_count; ++i) {
    const TailField& field = info->tail[i];
    std::memcpy(object->at(field.offset), slots + field.slot, field.bytes);
  }
  return object;
}

Object* Heap::NewStructDefault(const TypeInfo* info, Ref descriptor) {
  static constexpr uint8_t kIsRef[] = {1};
  void* at = Allocate(info->size, {.slots = &descriptor, .count = 1, .is_ref = kIsRef}, true);
  if (at == nullptr) return nullptr;
  auto* object = static_cast<Object*>(at);
  object->info = info;
  if (info->descriptor_offset != 0) std::memcpy(object->at(info->descriptor_offset), &descriptor, 8);
  return object;
}

Array* Heap::NewArray(const TypeInfo* info, uint32_t length, const Operands& operands, bool zeroed) {
  const uint64_t bytes = kArrayData + (((uint64_t{length} << info->element_log2) + 7) & ~uint64_t{7});
  void* at = Allocate(bytes, operands, zeroed);
  if (at == nullptr) return nullptr;
  auto* array = static_cast<Array*>(at);
  array->info = info;
  array->length = length;
  array->unused = 0;
  return array;
}

Exception* Heap::NewException(const Tag* tag, std::span<const uint64_t> slots, std::span<const uint8_t> is_ref) {
  const uint64_t bytes = sizeof(Exception) + slots.size() * 8 + ((slots.size() + 7) & ~uint64_t{7});
  const auto count = static_cast<uint32_t>(slots.size());
  void* at = Allocate(bytes, {.slots = slots.data(), .count = count, .is_ref = is_ref.data()}, false);
  if (at == nullptr) return nullptr;
  auto* exception = static_cast<Exception*>(at);
  exception->info = &kExceptionInfo;
  exception->tag = tag;
  exception->slot_count = count;
  exception->unused = 0;
  std::copy(slots.begin(), slots.end(), exception->slots());
  std::copy(is_ref.begin(), is_ref.end(), exception->is_ref());
  return exception;
}

// --- the host

bool Heap::IsHeld(Ref ref) const {
  return std::find(lent_.begin(), lent_.end(), ref) != lent_.end() || (IsPointer(ref) && roots_->Has(ref));
}

uint32_t RootTable::Add(Ref ref) {
  ++uses_[ref];
  if (free_.empty()) {
    refs_.push_back(ref);
    return static_cast<uint32_t>(refs_.size() - 1);
  }
  const uint32_t index = free_.back();
  free_.pop_back();
  refs_[index] = ref;
  return index;
}

void RootTable::Remove(uint32_t index) {
  if (const auto use = uses_.find(refs_[index]); --use->second == 0) uses_.erase(use);
  refs_[index] = kNullRef;
  free_.push_back(index);
}

}  // namespace cvm::rt
