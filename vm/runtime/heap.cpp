#include "vm/runtime/heap.hpp"

#include <algorithm>
#include <cstdlib>
#include <new>

#include "vm/runtime/store.hpp"

namespace cvm::rt {

Heap::Heap(Store& store, uint64_t max_bytes) : store_(store), max_bytes_(max_bytes) {}

Heap::~Heap() {
  for (Large* large : large_) std::free(large);
}

bool Heap::HasRoom(uint64_t bytes) const {
  const uint64_t used = held_ + marker_.stack_.bytes();
  return bytes <= max_bytes_ && used <= max_bytes_ - bytes;
}

// --- blocks

namespace {

constexpr uint64_t kLargestRegion = uint64_t{4} << 40;
uint64_t RoundUp(uint64_t value, uint64_t unit) { return (value + unit - 1) / unit * unit; }

}  // namespace

// As much address space as the limit allows, or less where there is not so much.
bool Heap::Reserve() {
  uint64_t blocks = std::min(max_bytes_, kLargestRegion) / kBlockBytes;
  for (; blocks != 0; blocks /= 2) {
    const uint64_t marks = RoundUp(blocks * kMarkBytes, PageBytes());
    Reservation region(marks + blocks * kBlockBytes);
    if (region.data() == nullptr) continue;
    const auto base = reinterpret_cast<uintptr_t>(region.data());
    blocks_at_ = marks;
    region_ = std::move(region);
    capacity_ = static_cast<uint32_t>(blocks);
    marker_.base_ = base + blocks_at_;
    marker_.words_ = blocks * kBlockBytes / 8;
    marker_.marks_ = reinterpret_cast<uint64_t*>(region_.data());
    return true;
  }
  return false;
}

// Makes some more blocks accessible. (With large pages guests of many objects were some percent faster, but the system
// took up to 10 ms to find one.)
bool Heap::GrowRegion() {
  if (capacity_ == 0 && !Reserve()) return false;
  constexpr uint32_t kLeast = 32;
  const uint32_t more = std::min(std::max(committed_ / 8, kLeast), capacity_ - committed_);
  const uint64_t from = blocks_at_ + committed_ * kBlockBytes;
  if (more == 0 || !region_.Commit(from, more * kBlockBytes)) return false;
  const uint64_t marks = committed_ * kMarkBytes / PageBytes() * PageBytes();
  if (!region_.Commit(marks, (committed_ + more) * kMarkBytes - marks)) return false;
  committed_ += more;
  return true;
}

bool Heap::NewBlock(uint32_t* block) {
  if (!released_.empty()) {
    *block = released_.back();
    released_.pop_back();
    blocks_[*block].released = false;
    // The sweep has yet to come by: it shall not take the block for free.
    if (phase_ == Phase::kSweep && *block >= swept_blocks_) SetMarks(BytesOf(*block), BytesOf(*block) + kBlockBytes);
    return true;
  }
  if (blocks_.size() == committed_ && !GrowRegion()) return false;
  *block = static_cast<uint32_t>(blocks_.size());
  blocks_.emplace_back();
  return true;
}

bool Heap::TakeFreeBlock(uint32_t* block) {
  constexpr uint32_t kAtOnce = 64;
  if (free_.empty() && phase_ == Phase::kSweep) SweepBlocks(kAtOnce);
  if (!free_.empty()) {
    *block = free_.back();
    free_.pop_back();
    return true;
  }
  if (!HasRoom(kBlockCost) || !NewBlock(block)) return false;
  held_ += kBlockCost;
  return true;
}

// Gives free blocks back to the system until there is room for `wanted` bytes.
void Heap::ReleaseFreeBlocks(uint64_t wanted) {
  while (!free_.empty() && !HasRoom(wanted)) {
    const uint32_t block = free_.back();
    free_.pop_back();
    region_.Discard(blocks_at_ + block * kBlockBytes, kBlockBytes);
    blocks_[block].released = true;
    released_.push_back(block);
    held_ -= kBlockCost;
  }
}

// --- allocation

void Heap::SetMarks(const uint8_t* from, const uint8_t* to) {
  if (from == to) return;
  const uint64_t begin = (reinterpret_cast<uintptr_t>(from) - marker_.base_) / 8;
  const uint64_t end = (reinterpret_cast<uintptr_t>(to) - marker_.base_) / 8;
  const uint64_t first = ~uint64_t{0} << (begin % 64), last = ~uint64_t{0} >> (63 - (end - 1) % 64);
  if (begin / 64 == (end - 1) / 64) {
    marker_.marks_[begin / 64] |= first & last;
    return;
  }
  marker_.marks_[begin / 64] |= first;
  std::fill(marker_.marks_ + begin / 64 + 1, marker_.marks_ + (end - 1) / 64, ~uint64_t{0});
  marker_.marks_[(end - 1) / 64] |= last;
}

void Heap::Take(const uint8_t* from, const uint8_t* to) {
  const auto bytes = static_cast<uint64_t>(to - from);
  taken_ += bytes;
  if (!marking()) return;
  debt_ += bytes * rate_;
  SetMarks(from, to);
}

// The next hole at or after line_ of block_.
bool Heap::NextHoleInBlock() {
  const auto& used = blocks_[block_].used;
  // The first line from `line` on whose bit, under `flip`, is set.
  const auto find = [&](uint32_t line, uint64_t flip) {
    for (; line < kBlockLines; line = (line / 64 + 1) * 64) {
      if (const uint64_t bits = (used[line / 64] ^ flip) >> (line % 64); bits != 0) {
        return line + static_cast<uint32_t>(std::countr_zero(bits));
      }
    }
    return static_cast<uint32_t>(kBlockLines);
  };
  const uint32_t first = find(line_, ~uint64_t{0});
  if (first == kBlockLines) return false;
  line_ = find(first, 0);
  cursor_ = BytesOf(block_) + first * kLineBytes;
  limit_ = BytesOf(block_) + line_ * kLineBytes;
  Take(cursor_, limit_);
  return true;
}

// Holes between objects before free blocks.
bool Heap::NextHole() {
  constexpr uint32_t kMostSwept = 256;
  for (;;) {
    if (block_ != kNoBlock && NextHoleInBlock()) return true;
    line_ = 0;
    for (uint32_t i = 0; i < kMostSwept && partly_.empty() && phase_ == Phase::kSweep; ++i) SweepBlocks(1);
    if (!partly_.empty()) {
      block_ = partly_.back();
      partly_.pop_back();
    } else if (TakeFreeBlock(&block_)) {
      blocks_[block_] = {};
    } else {
      block_ = kNoBlock;
      return false;
    }
  }
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
    if (uint32_t block; TakeFreeBlock(&block)) {
      overflow_cursor_ = BytesOf(block);
      overflow_limit_ = overflow_cursor_ + kBlockBytes;
      Take(overflow_cursor_, overflow_limit_);
      return BumpOverflow(bytes);
    }
  }
  for (;;) {
    if (void* at = Bump(bytes)) return at;
    if (!NextHole()) return nullptr;
  }
}

void* Heap::AllocateLarge(uint64_t bytes, bool zeroed) {
  if (!HasRoom(bytes)) ReleaseFreeBlocks(bytes);
  if (!HasRoom(bytes)) return nullptr;
  void* memory = zeroed ? std::calloc(1, sizeof(Large) + bytes) : std::malloc(sizeof(Large) + bytes);
  if (memory == nullptr) return nullptr;
  auto* large = new (memory) Large;
  large->bytes = bytes;
  large->cycle = marker_.cycle_;
  large_.push_back(large);
  held_ += bytes;
  taken_ += bytes;
  if (marking()) debt_ += bytes * rate_;
  return large->object();
}

void* Heap::TryAllocate(uint64_t bytes, bool zeroed) {
  if (bytes > kLargeBytes) return AllocateLarge(bytes, zeroed);
  void* at = AllocateSmall(bytes);
  if (at != nullptr && zeroed) std::memset(at, 0, bytes);
  return at;
}

void* Heap::Allocate(uint64_t bytes, const Operands& operands, bool zeroed) {
  if (stress_ == Stress::kOff) {
    if (bytes <= kLargeBytes) {
      if (void* at = Bump(bytes)) return zeroed ? std::memset(at, 0, bytes) : at;
    }
    Pace(operands);
  } else {
    limit_ = hole_end_;
    Step(operands);
  }
  stopped_ = false;
  void* at = TryAllocate(bytes, zeroed);
  if (at == nullptr && bytes <= max_bytes_) at = AllocateUnderPressure(bytes, operands, zeroed);
  if (stress_ != Stress::kOff) hole_end_ = std::exchange(limit_, cursor_);
  return at;
}

void Heap::SetStress(Stress stress) {
  if (stress_ != Stress::kOff) limit_ = hole_end_;
  stress_ = stress;
  if (stress_ != Stress::kOff) hole_end_ = std::exchange(limit_, cursor_);
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
