#include "vm/compile/code_buffer.hpp"

namespace cvm {
namespace {

uint64_t Key(const Variant& v) {
  return static_cast<uint64_t>(v.op) << 32 | static_cast<uint64_t>(v.dst) << 24 | static_cast<uint64_t>(v.a) << 16 |
         static_cast<uint64_t>(v.b) << 8 | static_cast<uint64_t>(v.c);
}

uint64_t Mix(uint64_t x) {
  x *= 0x9e3779b97f4a7c15u;
  return x ^ (x >> 29);
}

}  // namespace

uint32_t CopyCounters::Next(const Variant& variant) { return next_[Key(variant)]++; }

uint32_t CodeBuffer::Append(const Variant& variant, uint32_t bytes) {
  cells_.push_back({size(), origin_, owed_, variant, large_loop_});
  words_.resize(words_.size() + bytes / 8);
  return cell_count() - 1;
}

void CodeBuffer::SetField(uint32_t index, int at, int32_t value) {
  const auto narrow = static_cast<int16_t>(value);
  std::memcpy(BytesOf(index) + at, &narrow, 2);
}

uint32_t CodeBuffer::Get32(uint32_t index, int at) const {
  uint32_t value;
  std::memcpy(&value, BytesOf(index) + at, 4);
  return value;
}

void CodeBuffer::PopLast() {
  words_.resize(cells_.back().at / 8);
  cells_.pop_back();
}

CodeBuffer::Saved CodeBuffer::TakeLast() {
  Saved saved{cells_.back(), std::vector<uint64_t>(words_.begin() + cells_.back().at / 8, words_.end())};
  PopLast();
  return saved;
}

uint32_t CodeBuffer::PutBack(const Saved& saved) {
  cells_.push_back(saved.cell);
  cells_.back().at = size();
  words_.insert(words_.end(), saved.words.begin(), saved.words.end());
  return cell_count() - 1;
}

void CodeBuffer::AddTarget(uint32_t at, uint32_t target) {
  targets_.push_back(at);
  WordAt(at) = target;
}

void CodeBuffer::AddChained(uint32_t at, uint32_t* chain) {
  AddTarget(at, *chain);
  *chain = at;
}

void CodeBuffer::DropChained(uint32_t at, uint32_t* chain) {
  *chain = static_cast<uint32_t>(WordAt(at));
  targets_.pop_back();
}

void CodeBuffer::Bind(uint32_t* chain) {
  for (uint32_t at = *chain; at != kNone;) {
    const auto next = static_cast<uint32_t>(WordAt(at));
    WordAt(at) = size();
    at = next;
  }
  *chain = kNone;
  SetBarrier();
}

Result<void> CodeBuffer::Finish(CopyCounters* copies, uint64_t body, RegCode* out) {
  uint64_t before = 0, before_that = 0;  // the two cells before this one
  for (const Cell& cell : cells_) {
    const auto handlers = handlers_.Copies(cell.variant);
    if (handlers.empty()) {
      return UnsupportedError("instruction " + RegOpName(cell.variant.op) + " is not supported by this interpreter")
          .AtOffset(body + cell.origin);
    }
    uint64_t copy = 0;
    if (handlers.size() > 1) {
      const uint64_t n = cell.large_loop ? Mix(Mix(before) + before_that) >> 40 : copies->Next(cell.variant);
      copy = n % handlers.size();
    }
    WordAt(cell.at) = reinterpret_cast<uint64_t>(handlers[copy]);
    before_that = before;
    before = Key(cell.variant);
    if (out->origins.empty() || out->origins.back().second != body + cell.origin) {
      out->origins.emplace_back(cell.at, body + cell.origin);
    }
    if (cell.owed != (out->owed.empty() ? 0 : out->owed.back().second)) out->owed.emplace_back(cell.at, cell.owed);
  }
  out->words = std::move(words_);
  out->target_at = std::move(targets_);
  return {};
}

}  // namespace cvm
