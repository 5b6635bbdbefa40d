#include "vm/runtime/marker.hpp"

#include <algorithm>
#include <cstring>
#include <utility>

#include "vm/runtime/heap.hpp"

namespace cvm::rt {

constinit const TypeInfo kExceptionInfo{.kind = ObjectKind::kException};

// --- the stack

void MarkStack::Use(Segment* segment) {
  segment_ = segment;
  begin_ = segment->refs;
  end_ = begin_ + std::size(segment->refs);
}

void MarkStack::AddSegment() {
  Segment* segment = std::exchange(spare_, nullptr);
  if (segment == nullptr) {
    segment = new Segment;
    bytes_ += sizeof(Segment);
  }
  segment->below = segment_;
  Use(segment);
  top_ = begin_;
}

void MarkStack::DropSegment() {
  if (spare_ != nullptr) {
    delete spare_;
    bytes_ -= sizeof(Segment);
  }
  spare_ = segment_;
  Use(segment_->below);
  top_ = end_;
}

void MarkStack::Free() {
  delete std::exchange(spare_, nullptr);
  while (segment_ != nullptr) delete std::exchange(segment_, segment_->below);
  begin_ = end_ = top_ = nullptr;
  bytes_ = 0;
}

// --- marking

void Marker::MarkOutside(Ref ref) {
  Object* object = Object::Of(ref);
  if (object->info->kind == ObjectKind::kFunc) return;
  Large* large = Large::Of(object);
  if (large->cycle == cycle_) return;
  large->cycle = cycle_;
  stack_.Push(ref);
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

// --- tracing

bool Marker::Drain(uint64_t work) {
  uint64_t done = 0;
  // An object goes into the ring, and comes out when as many others have gone in as the ring is long.
  for (uint32_t idle = 0; idle <= kAhead;) {
    Ref ref = kNullRef;
    if (!stack_.empty()) {
      ref = stack_.Pop();
      __builtin_prefetch(reinterpret_cast<const void*>(ref));
    }
    std::swap(ref, ahead_[at_++ % kAhead]);
    if (ref != kNullRef) {
      idle = 0;
      done += Trace(Object::Of(ref));
    } else if (++idle > kAhead) {
      const uint64_t piece = TracePiece();
      if (piece == 0) return true;
      done += piece;
      idle = 0;
    }
    if (done >= work) return false;
  }
  return true;
}

uint64_t Marker::Trace(Object* object) {
  const TypeInfo* info = object->info;
  const uint64_t bytes = SizeOf(object);
  live_bytes_ += bytes;
  if (((object->ref() ^ (object->ref() + bytes - 1)) & ~(Heap::kLineBytes - 1)) != 0) MarkLines(object, bytes);
  if (info->kind == ObjectKind::kStruct) {
    for (uint32_t i = 0; i < info->ref_count; ++i) {
      Ref ref;
      std::memcpy(&ref, object->at(info->ref_offsets[i]), 8);
      Mark(ref);
    }
    return bytes + kObjectCost;
  }
  if (info->kind == ObjectKind::kArray) {
    if (!info->element_is_ref) return kObjectCost;
    auto* array = static_cast<Array*>(object);
    if (array->length > kPiece) {
      arrays_.push_back({array, 0});
      return TracePiece();
    }
    MarkAll(reinterpret_cast<const Ref*>(array->data()), array->length);
    return bytes + kObjectCost;
  }
  auto* exception = static_cast<Exception*>(object);
  MarkOperands({.slots = exception->slots(), .count = exception->slot_count, .is_ref = exception->is_ref()});
  return bytes + kObjectCost;
}

uint64_t Marker::TracePiece() {
  const auto trace = [&](auto& rests, uint64_t length, const Ref* refs) {
    const uint64_t from = rests.back().from;
    const uint64_t count = std::min(kPiece, length - std::min(from, length));
    if (from + count < length) {
      rests.back().from += count;
    } else {
      rests.pop_back();
    }
    MarkAll(refs + from, count);
    return count * sizeof(Ref) + kObjectCost;
  };
  if (!arrays_.empty()) {
    Array* array = arrays_.back().of;
    return trace(arrays_, array->length, reinterpret_cast<const Ref*>(array->data()));
  }
  if (!tables_.empty()) {
    Table* table = tables_.back().of;
    return trace(tables_, table->size(), table->data());
  }
  return 0;
}

// An object is known by the mark of its first word. Where it goes on in further lines, their first words are marked
// too, which are no objects: so the marks of a line alone say whether it is in use.
void Marker::MarkLines(const Object* object, uint64_t bytes) {
  const uint64_t begin = reinterpret_cast<uint64_t>(object) - base_;
  if (begin / 8 >= words_) return;  // a large object
  constexpr uint64_t kLineWords = Heap::kLineBytes / 8;
  const uint64_t end = (begin + bytes) / 8;
  for (uint64_t word = (begin / 8 / kLineWords + 1) * kLineWords; word < end; word += kLineWords) {
    marks_[word / 64] |= uint64_t{1} << (word % 64);
  }
}

}  // namespace cvm::rt
