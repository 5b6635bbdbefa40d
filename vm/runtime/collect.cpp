// The heap's collections: when they begin, how their work is shared out, and what becomes of the blocks.
#include <algorithm>
#include <bit>
#include <cstdlib>

#include "vm/runtime/heap.hpp"
#include "vm/runtime/store.hpp"

namespace cvm::rt {
namespace {

// Bytes of work (Marker) of a slice. The least is worth its overhead; the most takes some hundred microseconds, a few
// milliseconds where every object is a cache miss.
constexpr uint64_t kLeastSlice = 64 << 10;
constexpr uint64_t kMostSlice = 2 << 20;
// Bytes of work for each byte taken while marking, at least. An object's cost is about three times its size.
constexpr uint64_t kLeastRate = 8;
constexpr uint64_t kWorkPerByte = 3;
// Collecting again and again for the last few bytes would take a guest's time for next to nothing.
constexpr uint64_t kLeastShare = 32;

class Timed {
 public:
  Timed(Heap::Clock clock, Pauses& pauses) : clock_(clock), pauses_(pauses), begin_(clock == nullptr ? 0 : clock()) {}
  ~Timed() {
    if (clock_ != nullptr) pauses_.Add(clock_() - begin_);
  }

 private:
  const Heap::Clock clock_;
  Pauses& pauses_;
  const uint64_t begin_;
};

}  // namespace

// --- marking

// What an allocation does for the collection.
void Heap::Pace(const Operands& operands) {
  constexpr uint32_t kBlocks = 4, kLarges = 16, kManyBlocks = 256;
  switch (phase_) {
    case Phase::kIdle:
      if (taken_ >= budget_) {
        const Timed timed(clock_, stats_.pauses);
        Start(operands);
      }
      break;
    case Phase::kMark:
      if (debt_ >= kLeastSlice) {
        const Timed timed(clock_, stats_.pauses);
        const uint64_t work = std::min(debt_, kMostSlice);
        debt_ -= work;
        if (marker_.Drain(work)) EndMarking();
      }
      break;
    case Phase::kSweep:
      SweepLarge(kLarges);
      SweepBlocks(taken_ < budget_ ? kBlocks : kManyBlocks);
      break;
  }
}

// REQUIRES: the phase is kIdle. All marks are clear.
void Heap::Start(const Operands& operands) {
  phase_ = Phase::kMark;
  marker_.Begin(marker_.cycle_ + 1);
  SetMarks(cursor_, limit_);
  SetMarks(overflow_cursor_, overflow_limit_);
  if (stress_ != Stress::kOff) SetMarks(cursor_, hole_end_);
  // The end should come before memory does.
  const uint64_t most = stats_.live_bytes + taken_;
  const uint64_t room = std::max(max_bytes_ - std::min(max_bytes_, most), max_bytes_ / (2 * kLeastShare) + 1);
  rate_ = std::max(kLeastRate, 2 * kWorkPerByte * most / room);
  debt_ = 0;
  marker_.MarkOperands(operands);
  marker_.MarkAll(lent_.data(), lent_.size());
  marker_.MarkAll(roots_->refs().data(), roots_->refs().size());
  store_.MarkRoots(marker_);
}

bool Heap::DrainAll(bool may_stop) {
  while (!marker_.Drain(kMostSlice)) {
    if (may_stop && MustStop()) return false;
  }
  return true;
}

// Allocation goes on in the present hole, whose lines are marked.
void Heap::EndMarking() {
  phase_ = Phase::kSweep;
  marker_.stack_.Free();
  free_.clear(), partly_.clear();
  block_ = kNoBlock;
  swept_blocks_ = 0;
  sweep_end_ = static_cast<uint32_t>(blocks_.size());
  swept_large_ = 0;
  swept_free_ = 0;
  stats_.live_bytes = marker_.live_bytes_;
  ++stats_.collections;
  taken_ = 0;
  budget_ = std::max(kMinBudget, stats_.live_bytes);
  const uint64_t room = max_bytes_ - std::min(max_bytes_, stats_.live_bytes);
  if (budget_ > room / 4 * 3) budget_ = room / 4 * 3;
}

// Ends the collection that is under way, if there is one.
bool Heap::Finish(bool may_stop) {
  if (phase_ == Phase::kMark) {
    if (!DrainAll(may_stop)) return false;
    EndMarking();
  }
  return SweepAll(may_stop);
}

bool Heap::CollectAtOnce(const Operands& operands, bool may_stop) {
  if (!Finish(may_stop)) return false;
  Start(operands);
  return Finish(may_stop);
}

void Heap::Collect(const Operands& operands) {
  const Timed timed(clock_, stats_.pauses);
  CollectAtOnce(operands, false);
}

// What the collection under way still finds is tried before another one, which finds all.
void* Heap::AllocateUnderPressure(uint64_t bytes, const Operands& operands, bool zeroed) {
  const Timed timed(clock_, stats_.pauses);
  for (const bool anew : {false, true}) {
    if (!anew && phase_ == Phase::kIdle) continue;
    stopped_ = anew ? !CollectAtOnce(operands, true) : !Finish(true);
    if (stopped_) return nullptr;
    if (exhausted_ && bytes <= kLargeBytes) continue;
    if (void* at = TryAllocate(bytes, zeroed)) return at;
  }
  return nullptr;
}

void Heap::Step(const Operands& operands) {
  if (stress_ == Stress::kCollect) {
    CollectAtOnce(operands, false);
  } else if (phase_ == Phase::kIdle) {
    Start(operands);
  } else if (marker_.Drain(1)) {
    EndMarking();
    SweepAll(false);
  }
}

// --- sweeping

// Up to `most` blocks.
void Heap::SweepBlocks(uint32_t most) {
  if (phase_ != Phase::kSweep) return;
  for (; most != 0 && swept_blocks_ < sweep_end_; --most) SweepBlock(swept_blocks_++);
  EndSweepIfDone();
}

// 16 marks are those of a line: one bit for each 16 that are not 0.
void Heap::SweepBlock(uint32_t index) {
  Block& block = blocks_[index];
  if (block.released) return;
  uint64_t* marks = MarksOf(index);
  uint64_t count = 0;
  for (uint64_t& used : block.used) {
    used = 0;
    for (uint32_t i = 0; i < 16; ++i) {
      constexpr uint64_t kLow = 0x7fff7fff7fff7fff, kEach = 0x0001000100010001, kGather = 0x0001000200040008;
      const uint64_t in_use = ((((*marks & kLow) + kLow) | *marks) >> 15) & kEach;
      used |= (in_use * kGather >> 48 & 15) << (4 * i);
      *marks++ = 0;
    }
    count += static_cast<uint64_t>(std::popcount(used));
  }
  swept_free_ += (kBlockLines - count) * kLineBytes;
  if (count == 0) {
    free_.push_back(index);
  } else if (count != kBlockLines) {
    partly_.push_back(index);
  }
  if (stress_ == Stress::kOff) return;
  // Whoever still uses what has been freed shall notice.
  for (uint32_t line = 0; line < kBlockLines; ++line) {
    if ((block.used[line / 64] >> (line % 64) & 1) == 0)
      std::memset(BytesOf(index) + line * kLineBytes, 0xdb, kLineBytes);
  }
}

void Heap::SweepLarge(uint32_t most) {
  if (phase_ != Phase::kSweep) return;
  for (; most != 0 && swept_large_ < large_.size(); --most) {
    Large* large = large_[swept_large_];
    if (large->cycle == marker_.cycle_) {
      ++swept_large_;
      continue;
    }
    large_[swept_large_] = large_.back();
    large_.pop_back();
    held_ -= large->bytes;
    std::free(large);
  }
  EndSweepIfDone();
}

bool Heap::SweepAll(bool may_stop) {
  constexpr uint32_t kAtOnce = 1024;
  while (phase_ == Phase::kSweep) {
    if (may_stop && MustStop()) return false;
    SweepLarge(kAtOnce);
    SweepBlocks(kAtOnce);
  }
  return true;
}

void Heap::EndSweepIfDone() {
  if (swept_blocks_ < sweep_end_ || swept_large_ < large_.size()) return;
  phase_ = Phase::kIdle;
  const uint64_t room = max_bytes_ - std::min(max_bytes_, held_);
  exhausted_ = swept_free_ + room < max_bytes_ / kLeastShare;
}

// --- figures

uint32_t Pauses::ClassOf(uint64_t ns) {
  const uint64_t value = std::max<uint64_t>(ns, 4);
  const auto power = static_cast<uint32_t>(std::bit_width(value)) - 1;
  return std::min<uint32_t>(4 * power + (value >> (power - 2) & 3), 4 * 40 - 1);
}

void Pauses::Add(uint64_t ns) {
  ++count_;
  total_ns_ += ns;
  longest_ns_ = std::max(longest_ns_, ns);
  ++classes_[ClassOf(ns)];
}

uint64_t Pauses::Quantile(double share) const {
  const auto wanted = static_cast<uint64_t>(share * static_cast<double>(count_));
  uint64_t seen = 0;
  for (uint32_t c = 0; c < classes_.size(); ++c) {
    seen += classes_[c];
    // The end of the class.
    if (seen > wanted) return std::min(longest_ns_, uint64_t{c % 4 + 5} << (c / 4 - 2));
  }
  return longest_ns_;
}

}  // namespace cvm::rt
