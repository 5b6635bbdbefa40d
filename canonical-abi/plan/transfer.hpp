// Transfer: values on their way from one guest to another, without a dynamic value in between. Compiled from two plans
// of the same types: where the values come from and where they go.
//
// definitions.py lifts all values of a call, then lowers them; so does a transfer. Lift goes over the source: every
// check that lifting makes, every handle taken out of its table, in the same order, with the same words, and with the
// same account of host memory (an embedder's limit means the same whichever way a call takes). Lower goes over it again
// and writes: the same calls of realloc, and bytes straight from memory to memory, in runs that are as long as neither
// side has padding in between (padding is never copied: it is the sender's). canonical-abi/flat and
// canonical-abi/memory are the literal path, with which tests compare this one.
//
// REQUIRES: nothing changes the source between Lift and Lower. Guests whose memories are distinct cannot: realloc is
// all that runs, in the receiver, which it cannot leave. Whoever has one memory at both ends uses the literal path.
// Bounds are looked at again all the same.
//
// A Transfer is constant; any thread may use it. A TransferState belongs to one call.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "canonical-abi/memory/context.hpp"
#include "canonical-abi/plan/plan.hpp"
#include "canonical-abi/values/value.hpp"

namespace cvm::abi {

// Handles between two tables, in order. Nothing else has to be kept from Lift to Lower.
struct TransferState {
  std::vector<Value> handles;
  size_t next = 0;
};

enum class MoveKind : uint8_t { kCopy, kBool, kFloats, kFlags, kHandle, kString, kList, kFixedList, kVariant };

// What lowering does in memory. Offsets are from where the value of the block begins, on either side.
struct Move {
  MoveKind kind;
  uint8_t width = 0;
  uint32_t from = 0;
  uint32_t to = 0;
  uint32_t count = 0;  // kCopy: bytes; kFloats: floats; kFlags: the mask; else as in Step
  uint32_t part = 0;
};

struct MoveBlock {
  std::vector<Move> moves;
  uint32_t from_size = 0;
  uint32_t to_size = 0;
  uint32_t to_alignment = 1;
  bool whole = false;  // one run, without padding: a list of these is a run
  bool leaf = true;    // no realloc and no handles: nothing can fail
};

class Transfer {
 public:
  // `max_flat`: beyond it the values are in memory, on both sides. Null: too large, or the types differ.
  static std::unique_ptr<const Transfer> Compile(std::span<const ValType> from_types, PtrType from,
                                                 std::span<const ValType> to_types, PtrType to, uint32_t max_flat);

  bool in_memory() const { return from_->form == PlanForm::kMemory; }
  // Flat values that lowering makes: those of the types, or a pointer.
  uint32_t flat_count() const { return in_memory() ? 1 : from_->root().slots; }

  // Flat integers and nothing else, so that there is nothing to check or to account for: MoveIntegers does all.
  bool integers() const { return integers_; }
  void MoveIntegers(const uint64_t* slots, uint64_t* out) const;

  // `slots`: the flat values, or the pointer.
  Result<void> Lift(LiftLowerContext& cx, const uint64_t* slots, TransferState& state) const;
  // `slots`: as for Lift. `out`: the flat values, zeros at first; or the pointer, which is allocated, unless
  // `out_param` says where the values go.
  Result<void> Lower(LiftLowerContext& from, LiftLowerContext& to, const uint64_t* slots, uint64_t* out,
                     const uint64_t* out_param, TransferState& state) const;

  const Plan& from() const { return *from_; }
  const Plan& to() const { return *to_; }
  const std::vector<MoveBlock>& blocks() const { return blocks_; }

 private:
  std::unique_ptr<const Plan> from_;
  std::unique_ptr<const Plan> to_;
  std::vector<MoveBlock> blocks_;  // as in the plans
  bool integers_ = false;
};

}  // namespace cvm::abi
