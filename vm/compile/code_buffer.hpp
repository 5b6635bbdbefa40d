// CodeBuffer: the cells of a function while it is compiled. A cell is held with the variant it executes; which copy of
// the variant's handler it names is decided at the end, so that cells can still be redirected, taken back and fused.
#pragma once

#include <cstdint>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "vm/compile/compile.hpp"
#include "vm/regcode/cell.hpp"

namespace cvm {

class CodeBuffer {
 public:
  static constexpr uint32_t kNone = UINT32_MAX;

  struct Cell {
    uint32_t at;      // byte position
    uint32_t origin;  // of its instruction, from the start of the body
    uint32_t owed;    // for what has been executed, this instruction included, and not been charged
    Variant variant;
    bool large_loop;  // see Analysis::kLargeLoopBytes
  };

  explicit CodeBuffer(const HandlerTable& handlers) : handlers_(handlers) {}

  bool Has(const Variant& variant) const { return handlers_.Has(variant); }
  uint32_t size() const { return static_cast<uint32_t>(words_.size() * 8); }
  uint32_t cell_count() const { return static_cast<uint32_t>(cells_.size()); }
  const Cell& cell(uint32_t index) const { return cells_[index]; }

  // Cells that follow belong to the instruction at `origin`, in a large loop or not.
  void SetOrigin(uint32_t origin) { origin_ = origin; }
  void SetOwed(uint32_t owed) { owed_ = owed; }
  void SetLargeLoop(bool large) { large_loop_ = large; }
  bool large_loop() const { return large_loop_; }

  // Appends a zeroed cell of `bytes`; its index.
  uint32_t Append(const Variant& variant, uint32_t bytes);
  void SetVariant(uint32_t index, const Variant& variant) { cells_[index].variant = variant; }
  void SetOwed(uint32_t index, uint32_t owed) { cells_[index].owed = owed; }
  void SetField(uint32_t index, int at, int32_t value);
  int16_t Field(uint32_t index, int at) const { return ReadField(BytesOf(index), at); }
  void Set32(uint32_t index, int at, uint32_t value) { std::memcpy(BytesOf(index) + at, &value, 4); }
  uint32_t Get32(uint32_t index, int at) const;
  void Set64(uint32_t index, int at, uint64_t value) { std::memcpy(BytesOf(index) + at, &value, 8); }
  void SetBytes(uint32_t index, int at, const void* from, size_t n) { std::memcpy(BytesOf(index) + at, from, n); }
  void GetBytes(uint32_t index, int at, void* to, size_t n) const { std::memcpy(to, BytesOf(index) + at, n); }

  // The last cell, if nothing jumps to the place behind it: it may still be changed or taken back. kNone otherwise.
  uint32_t Last() const { return LastBut(0); }
  uint32_t LastBut(uint32_t n) const {
    return cells_.size() > n + barrier_ ? static_cast<uint32_t>(cells_.size()) - 1 - n : kNone;
  }
  // Something jumps here: the cells so far are fixed.
  void SetBarrier() { barrier_ = static_cast<uint32_t>(cells_.size()); }
  // Takes the last cell back.
  void PopLast();
  // A cell that was taken back, to be appended again behind others.
  struct Saved {
    Cell cell;
    std::vector<uint64_t> words;
  };
  Saved TakeLast();
  uint32_t PutBack(const Saved& saved);

  bool IsLastTarget(uint32_t at) const { return !targets_.empty() && targets_.back() == at; }
  // Targets: 8 bytes at a byte position. Until a target is known, its place is a link in a chain of places that wait
  // for the same label (kNone ends it).
  void AddTarget(uint32_t at, uint32_t target);
  void AddChained(uint32_t at, uint32_t* chain);
  void Bind(uint32_t* chain);
  // Forgets the target at `at`, the one added last and the first of its chain.
  void DropChained(uint32_t at, uint32_t* chain);

  // Chooses handlers, and fills words, target_at, origins and owed of `out`. `body` is the file offset that origins
  // count from. An error of kind kUnsupported if there is no handler for some cell.
  Result<void> Finish(CopyCounters* copies, uint64_t body, RegCode* out);

 private:
  uint8_t* BytesOf(uint32_t index) { return reinterpret_cast<uint8_t*>(words_.data()) + cells_[index].at; }
  const uint8_t* BytesOf(uint32_t index) const {
    return reinterpret_cast<const uint8_t*>(words_.data()) + cells_[index].at;
  }
  uint64_t& WordAt(uint32_t at) { return words_[at / 8]; }

  const HandlerTable& handlers_;
  std::vector<uint64_t> words_;
  std::vector<Cell> cells_;
  std::vector<uint32_t> targets_;
  uint32_t barrier_ = 0;
  uint32_t origin_ = 0;
  uint32_t owed_ = 0;
  bool large_loop_ = false;
};

}  // namespace cvm
