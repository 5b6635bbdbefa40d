// Operands: the values of the operand stack while they are only descriptions, and the sources and destinations of the
// cell that finally computes with them.
#pragma once

#include <cstdint>

#include "vm/compile/code_buffer.hpp"

namespace cvm {

// Where the value of an operand is.
enum class Kind : uint8_t {
  kTemp,   // in its own temporary: the slot of its height (references: of its height among references)
  kLocal,  // in a local that has not been written since
  kConst,
  kAcc,  // in the accumulator of its bank; `producer` put it there
};

// An entry of the symbolic operand stack. Where `is_address`, the value is base + (index << shift), an i32 sum that has
// not been computed yet, for a memory access to take apart; at most one of the two parts is kTemp or kAcc, the other is
// a local or (unshifted) a small constant.
struct Operand {
  ValType type;
  Kind kind = Kind::kTemp;  // of the value, or of the base
  Kind index_kind = Kind::kConst;
  bool is_address = false;
  uint8_t shift = 0;
  uint32_t local = 0;  // where kind is kLocal
  uint32_t index_local = 0;
  uint32_t producer = CodeBuffer::kNone;  // the cell, where it can be redirected
  uint32_t slot = 0;                      // first temporary slot of its height
  uint32_t ref = 0;                       // number of references below
  uint64_t bits = 0;                      // of a constant; i32 zero-extended
};

// A source of a cell.
struct Source {
  Src where = Src::kSlot;
  ValType type;
  bool alias = false;  // kAcc, and in the slot at `offset` too
  int32_t offset = 0;  // kSlot
  int32_t home = 0;    // of an accumulator operand: its temporary
  uint32_t producer = CodeBuffer::kNone;
  uint64_t bits = 0;  // kImm
};

// The sources of a cell, and the first temporary slot beyond the operands they came from: free while the cell is made.
struct Inputs {
  Source source[3];
  uint32_t count = 0;
  uint32_t free_slot = 0;
};

// Where a result goes.
struct Out {
  Dst where = Dst::kAcc;
  int32_t offset = 0;  // kSlot, kBoth
};

// Constants of a cell beside its operands.
struct Extra {
  int32_t lane = -1;  // kOp
  uint32_t word = 0;  // kLoad, kStore, kGlobal: at byte 12; kLoadX, kStoreX: offset16
};

// The two accumulators: integers and references share one, floats and vectors the other.
constexpr int RegOf(Bank bank) { return bank == Bank::kInt ? 0 : 1; }
constexpr int RegOf(ValType type) { return RegOf(BankOf(type)); }
constexpr int32_t BytesOf(ValType type) { return static_cast<int32_t>(SlotsOf(type)) * kSlotBytes; }

// The slot that an accumulator's value also lies in ("alias"); bytes = 0: none.
struct Alias {
  int32_t offset = 0;
  int32_t bytes = 0;
  bool operator==(const Alias&) const = default;
};

// What compare cells and their fusions are about: operations by their place among the rows of opcodes.def and
// regops.def.
struct Condition {
  bool is_float = false;
  bool is64 = false;
  bool negated = false;  // floats only: their comparisons have no inverse
  uint8_t compare = 0;   // index into kIntCompares or kFloatCompares (fuse.cpp)
};

// An instruction that waits one step, its operands still on the stack, for its successor to be fused with it.
struct Pending {
  enum class What : uint8_t {
    kNothing,
    kCompare,  // `condition` of the two topmost operands
    kAnd,      // i32.and, i64.and: perhaps a bit test
    kShift,    // i32.shl of the topmost by `shift`: perhaps part of an address
    kAdd,      // i32.add of the two topmost, the upper one shifted: perhaps an address
  } what = What::kNothing;
  Condition condition;
  bool is64 = false;
  uint8_t shift = 0;
};

// A label that branches name: a block, loop, if or the function itself.
struct Block {
  enum class Kind : uint8_t { kFunction, kBlock, kLoop, kIf, kElse, kTryTable, kTry, kCatch } kind = Kind::kFunction;
  bool lp = false;                         // a loop whose head is in LP
  bool large_loop_before = false;          // restored at its end
  uint32_t loop_before = 0;                // likewise: Emitter::innermost_loop_
  bool returns = false;                    // a jump to its end is a return, of at most one value
  bool has_edge = false;                   // some branch to its end has been seen
  BlockType type;                          // not of kFunction
  uint32_t height = 0;                     // operands below its parameters
  uint32_t slot = 0;                       // temporary slots below
  uint32_t ref = 0;                        // references below
  uint32_t target = 0;                     // of a loop
  uint32_t exits = CodeBuffer::kNone;      // places of branches to its end
  uint32_t else_exit = CodeBuffer::kNone;  // the place of an if's branch to else
  uint32_t catches = TryRange::kNone;      // clauses that jump to its end
  uint32_t try_begin = 0;                  // of a kTryTable, kTry
  uint32_t try_range = TryRange::kNone;    // of a kCatch: the range of its try; kNone: nothing throws there
  uint32_t last_catch = TryRange::kNone;   // of a kCatch: the clause of the last arm so far
  static constexpr int32_t kUnknown = -1;
  int32_t owed = kUnknown;                 // at the label: what every edge to it leaves to be charged (metering.cpp)
  int32_t else_owed = kUnknown;            // the same at an else
  Alias alias[2];                          // common to all edges to its end
  Alias else_alias[2];
};

}  // namespace cvm
