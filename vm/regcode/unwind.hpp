// UnwindTable: where the exceptions of one function's calls and throws are caught. Made by the compiler beside the
// code, read by the interpreter when something is thrown, never before: to enter or to leave a try costs no cell.
//
// A place in the code is the position just past a cell that throws: the return address of a call, or the end of a
// throw. Ranges nest or are apart, as the blocks of the source do. They stand in the order in which their blocks end,
// inner ones first, so that their ends rise.
#pragma once

#include <cstdint>
#include <vector>

namespace cvm {

// One clause. Where it is taken, the exception's values go to consecutive slots as at a label, references (besides
// leaving their slot unused) to consecutive reference slots; then execution goes on at `target`.
struct CatchEntry {
  static constexpr uint32_t kAnyTag = UINT32_MAX;

  uint32_t tag = kAnyTag;      // index in the module
  uint32_t target = 0;         // byte position in the code
  int32_t values = 0;          // offset from fp of the first value's slot
  int32_t refs = 0;            // offset from fp of the first reference's slot
  int32_t exception = 0;       // slot for a reference to the exception itself; 0: nobody asks for it
  uint32_t next = UINT32_MAX;  // the clause to be tried after this one
};

struct TryRange {
  static constexpr uint32_t kNone = UINT32_MAX;

  uint32_t begin = 0, end = 0;  // the places p with begin < p <= end
  uint32_t depth = 0;           // blocks around it
  uint32_t delegate = kNone;    // legacy `delegate`: go on with the ranges around this one whose depth is at most this
  uint32_t first = kNone;       // the first clause
  uint32_t outer = kNone;       // the innermost range around this one
};

struct UnwindTable {
  std::vector<TryRange> tries;
  std::vector<CatchEntry> catches;

  bool empty() const { return tries.empty(); }
  // Sets `outer` of all ranges, once the rest is there.
  void LinkRanges();
  // The innermost range that the place lies in; nullptr if there is none.
  const TryRange* Find(uint32_t place) const;
  const TryRange* Outer(const TryRange& range) const {
    return range.outer == TryRange::kNone ? nullptr : &tries[range.outer];
  }
  const CatchEntry* FirstOf(const TryRange& range) const { return At(range.first); }
  const CatchEntry* After(const CatchEntry& entry) const { return At(entry.next); }

 private:
  const CatchEntry* At(uint32_t index) const { return index == TryRange::kNone ? nullptr : &catches[index]; }
};

}  // namespace cvm
