// The second half: bytes from memory to memory, in the order in which definitions.py stores. See
// canonical-abi/memory/store.cpp and canonical-abi/flat/lower_flat.cpp.
#include <algorithm>
#include <cstring>

#include "canonical-abi/memory/load.hpp"
#include "canonical-abi/memory/numbers.hpp"
#include "canonical-abi/memory/store.hpp"
#include "canonical-abi/plan/bytes.hpp"
#include "canonical-abi/plan/strings.hpp"
#include "canonical-abi/plan/transfer.hpp"
#include "canonical-abi/types/layout.hpp"
#include "vm/base/try.hpp"

namespace cvm::abi {
namespace {

// Most runs are short: a call of memcpy would cost more than the copy.
void CopyRun(uint8_t* to, const uint8_t* from, size_t bytes) {
  switch (bytes) {
    case 1:
      *to = *from;
      break;
    case 2:
      std::memcpy(to, from, 2);
      break;
    case 4:
      std::memcpy(to, from, 4);
      break;
    case 8:
      std::memcpy(to, from, 8);
      break;
    case 12:
      std::memcpy(to, from, 12);
      break;
    case 16:
      std::memcpy(to, from, 16);
      break;
    default:
      if (bytes > 0) std::memcpy(to, from, bytes);
  }
}

void CopyBools(uint8_t* to, const uint8_t* from, size_t count) {
  for (size_t i = 0; i < count; ++i) to[i] = from[i] != 0 ? 1 : 0;
}

void CopyFloats(uint8_t* to, const uint8_t* from, size_t count, uint32_t width) {
  if (width == 4) {
    for (size_t i = 0; i < count; ++i) {
      uint32_t bits;
      std::memcpy(&bits, from + 4 * i, 4);
      bits = CanonicalizeNan32(bits);
      std::memcpy(to + 4 * i, &bits, 4);
    }
    return;
  }
  for (size_t i = 0; i < count; ++i) {
    uint64_t bits;
    std::memcpy(&bits, from + 8 * i, 8);
    bits = CanonicalizeNan64(bits);
    std::memcpy(to + 8 * i, &bits, 8);
  }
}

// Elements of a list.
struct Rows {
  const uint8_t* from;
  uint8_t* to;
  uint32_t from_size;
  uint32_t to_size;
  uint64_t count;
};

// Where values go is kept as an index, and turned into an address anew after each realloc. Where they come from does
// not move: nothing of its guest runs.
class Lowerer {
 public:
  Lowerer(const Transfer& transfer, LiftLowerContext& from, LiftLowerContext& to, TransferState& state)
      : transfer_(transfer), from_(from), to_(to), state_(state), from_memory_(MemoryOf(from)) {}

  Result<void> Flat(const PlanBlock& block, const uint64_t* slots, uint64_t* out) {
    for (const Step& step : block.steps) {
      CVM_RETURN_IF_ERROR(FlatStep(step, slots + step.slot, out + step.slot));
    }
    return {};
  }

  // definitions.py: the half of lower_flat_values that goes through memory.
  Result<void> Spilled(uint64_t from_at, uint64_t* out, const uint64_t* out_param) {
    const PlanBlock& to = transfer_.to().root();
    uint64_t ptr = 0;
    if (out_param == nullptr) {
      CVM_ASSIGN_OR_RETURN(ptr, to_.Allocate(to.alignment, to.size));
      *out = ptr;
      CVM_RETURN_IF_ERROR(
          to_.CheckRange(ptr, to.alignment, to.size, Fault::kReallocAlignment, Fault::kReallocPointerBounds));
    } else {
      ptr = Pointer(transfer_.to(), *out_param);
      CVM_RETURN_IF_ERROR(to_.CheckRange(ptr, to.alignment, to.size, Fault::kPointerAlignment, Fault::kPointerBounds));
    }
    return Elements(transfer_.blocks()[0], Pointer(transfer_.from(), from_at), ptr, 1);
  }

 private:
  static uint64_t Pointer(const Plan& plan, uint64_t slot) {
    return plan.ptr_type == PtrType::kI32 ? static_cast<uint32_t>(slot) : slot;
  }

  Result<void> FlatStep(const Step& step, const uint64_t* slots, uint64_t* out) {
    const auto word = static_cast<uint32_t>(slots[0]);
    switch (step.kind) {
      case StepKind::kCharge:
      case StepKind::kFixedList:
        return {};
      case StepKind::kInt:
        *out = CutInteger(step, slots[0]);
        return {};
      case StepKind::kBool:
        *out = word != 0 ? 1 : 0;
        return {};
      case StepKind::kFloat:
        *out = step.width == 4 ? CanonicalizeNan32(word) : CanonicalizeNan64(slots[0]);
        return {};
      case StepKind::kChar:
      case StepKind::kEnum:
        *out = word;
        return {};
      case StepKind::kFlags:
        *out = word & step.count;
        return {};
      case StepKind::kHandle: {
        CVM_ASSIGN_OR_RETURN(*out, Handle(step.part));
        return {};
      }
      case StepKind::kString: {
        CVM_ASSIGN_OR_RETURN(const StoredRange range,
                             LowerString(from_, from_memory_, to_, Pointer(transfer_.from(), slots[0]),
                                         Pointer(transfer_.from(), slots[1])));
        out[0] = range.ptr, out[1] = range.length;
        return {};
      }
      case StepKind::kList: {
        const uint64_t length = Pointer(transfer_.from(), slots[1]);
        CVM_ASSIGN_OR_RETURN(out[0], List(step.part, Pointer(transfer_.from(), slots[0]), length));
        out[1] = length;
        return {};
      }
      case StepKind::kVariant: {
        if (word >= step.count) return CVM_BUG("a discriminant has changed");
        *out = word;
        const uint32_t payload = transfer_.from().cases[step.part + word];
        return payload == Plan::kNoBlock ? Result<void>() : Flat(transfer_.from().blocks[payload], slots, out);
      }
    }
    return {};
  }

  Result<uint64_t> Handle(uint32_t type) {
    if (state_.next == state_.handles.size()) return CVM_BUG("a handle was not lifted");
    CVM_ASSIGN_OR_RETURN(const uint32_t index,
                         LowerHandle(to_, state_.handles[state_.next++], transfer_.to().types[type]));
    return uint64_t{index};
  }

  // definitions.py: store_list_into_range. Answers the pointer.
  Result<uint64_t> List(uint32_t part, uint64_t from_at, uint64_t length) {
    const MoveBlock& elements = transfer_.blocks()[part];
    // Neither can be of a list that was lifted.
    if (length > kMaxListByteLength / elements.from_size) return CVM_BUG("a list has changed");
    if (length > kReallocI32Max / elements.to_size) return LimitError("list is too long for the memory of a guest");
    const uint64_t bytes = length * elements.to_size;
    CVM_ASSIGN_OR_RETURN(const uint64_t ptr, to_.Allocate(elements.to_alignment, bytes));
    CVM_RETURN_IF_ERROR(
        to_.CheckRange(ptr, elements.to_alignment, bytes, Fault::kReallocAlignment, Fault::kReallocListBounds));
    CVM_RETURN_IF_ERROR(Elements(elements, from_at, ptr, length));
    return ptr;
  }

  // REQUIRES: what is written to was inside the memory, which does not shrink.
  Result<void> Elements(const MoveBlock& block, uint64_t from_at, uint64_t to_at, uint64_t length) {
    to_memory_ = MemoryOf(to_);
    if (!InBounds(from_memory_, from_at, length * block.from_size)) return from_.Trap(Fault::kPointerBounds);
    const uint8_t* from = from_memory_.data() + from_at;
    uint8_t* to = to_memory_.data() + to_at;
    if (block.whole) {
      CopyRun(to, from, length * block.to_size);
      return {};
    }
    if (block.leaf) {
      LeafElements(block, from, to, length);
      return {};
    }
    for (uint64_t i = 0; i < length; ++i) {
      CVM_RETURN_IF_ERROR(Moves(block, from_at, to_at));
      from_at += block.from_size, to_at += block.to_size;
    }
    return {};
  }

  void LeafElements(const MoveBlock& block, const uint8_t* from, uint8_t* to, uint64_t length) {
    if (block.moves.size() == 1 && block.from_size == block.to_size) {
      const Move& move = block.moves[0];
      if (move.kind == MoveKind::kBool && move.count == block.to_size) return CopyBools(to, from, length * move.count);
      if (move.kind == MoveKind::kFloats && move.count * move.width == block.to_size) {
        return CopyFloats(to, from, length * move.count, move.width);
      }
    }
    if (length == 1) {
      for (const Move& move : block.moves) LeafMove(move, from, to);
      return;
    }
    // Column by column, as many elements at a time as the cache keeps.
    constexpr uint64_t kRows = 256;
    for (uint64_t done = 0; done < length; done += kRows) {
      const Rows rows{from + done * block.from_size, to + done * block.to_size, block.from_size, block.to_size,
                      std::min(kRows, length - done)};
      for (const Move& move : block.moves) Column(move, rows);
    }
  }

  void Column(const Move& move, const Rows& rows) {
    const auto each = [&](const auto& copy) {
      const uint8_t* from = rows.from + move.from;
      uint8_t* to = rows.to + move.to;
      for (uint64_t i = 0; i < rows.count; ++i, from += rows.from_size, to += rows.to_size) copy(to, from);
    };
    if (move.kind == MoveKind::kCopy) {
      switch (move.count) {
        case 1:
          return each([](uint8_t* to, const uint8_t* from) { *to = *from; });
        case 2:
          return each([](uint8_t* to, const uint8_t* from) { std::memcpy(to, from, 2); });
        case 4:
          return each([](uint8_t* to, const uint8_t* from) { std::memcpy(to, from, 4); });
        case 8:
          return each([](uint8_t* to, const uint8_t* from) { std::memcpy(to, from, 8); });
        default:
          return each([&](uint8_t* to, const uint8_t* from) { CopyRun(to, from, move.count); });
      }
    }
    if (move.kind == MoveKind::kFloats && move.count == 1) {
      if (move.width == 4) return each([](uint8_t* to, const uint8_t* from) { CopyFloats(to, from, 1, 4); });
      return each([](uint8_t* to, const uint8_t* from) { CopyFloats(to, from, 1, 8); });
    }
    each([&](uint8_t* to, const uint8_t* from) { LeafMove(move, from - move.from, to - move.to); });
  }

  void LeafMove(const Move& move, const uint8_t* from, uint8_t* to) {
    const uint8_t* source = from + move.from;
    uint8_t* target = to + move.to;
    switch (move.kind) {
      case MoveKind::kCopy:
        return CopyRun(target, source, move.count);
      case MoveKind::kBool:
        return CopyBools(target, source, move.count);
      case MoveKind::kFloats:
        return CopyFloats(target, source, move.count, move.width);
      case MoveKind::kFlags:
        return WriteBytes(target, ReadBytes(source, move.width) & move.count, move.width);
      case MoveKind::kFixedList:
        return LeafElements(transfer_.blocks()[move.part], source, target, move.count);
      case MoveKind::kVariant: {
        const uint64_t index = ReadBytes(source, move.width);
        WriteBytes(target, index, move.width);
        const uint32_t payload = index < move.count ? transfer_.from().cases[move.part + index] : Plan::kNoBlock;
        if (payload == Plan::kNoBlock) return;
        for (const Move& part : transfer_.blocks()[payload].moves) LeafMove(part, source, target);
        return;
      }
      default:
        return;
    }
  }

  // One value. Addresses are good until a step that may call realloc.
  Result<void> Moves(const MoveBlock& block, uint64_t from_at, uint64_t to_at) {
    for (const Move& move : block.moves) CVM_RETURN_IF_ERROR(OneMove(move, from_at + move.from, to_at + move.to));
    return {};
  }

  Result<void> OneMove(const Move& move, uint64_t from_at, uint64_t to_at) {
    const uint8_t* source = from_memory_.data() + from_at;
    uint8_t* target = to_memory_.data() + to_at;
    switch (move.kind) {
      case MoveKind::kHandle: {
        CVM_ASSIGN_OR_RETURN(const uint64_t index, Handle(move.part));
        WriteBytes(target, index, 4);
        return {};
      }
      case MoveKind::kString: {
        const uint32_t width = from_.ptr_size();
        CVM_ASSIGN_OR_RETURN(const StoredRange range, LowerString(from_, from_memory_, to_, ReadBytes(source, width),
                                                                  ReadBytes(source + width, width)));
        StoreRange(to_at, range.ptr, range.length);
        return {};
      }
      case MoveKind::kList: {
        const uint32_t width = from_.ptr_size();
        const uint64_t length = ReadBytes(source + width, width);
        CVM_ASSIGN_OR_RETURN(const uint64_t ptr, List(move.part, ReadBytes(source, width), length));
        StoreRange(to_at, ptr, length);
        return {};
      }
      case MoveKind::kFixedList:
        return Elements(transfer_.blocks()[move.part], from_at, to_at, move.count);
      case MoveKind::kVariant: {
        const uint64_t index = ReadBytes(source, move.width);
        if (index >= move.count) return CVM_BUG("a discriminant has changed");
        WriteBytes(target, index, move.width);
        const uint32_t payload = transfer_.from().cases[move.part + index];
        return payload == Plan::kNoBlock ? Result<void>() : Moves(transfer_.blocks()[payload], from_at, to_at);
      }
      default:
        LeafMove(move, source - move.from, target - move.to);
        return {};
    }
  }

  void StoreRange(uint64_t to_at, uint64_t ptr, uint64_t length) {
    to_memory_ = MemoryOf(to_);
    const uint32_t width = to_.ptr_size();
    WriteBytes(to_memory_.data() + to_at, ptr, width);
    WriteBytes(to_memory_.data() + to_at + width, length, width);
  }

  const Transfer& transfer_;
  LiftLowerContext& from_;
  LiftLowerContext& to_;
  TransferState& state_;
  const std::span<const uint8_t> from_memory_;
  std::span<uint8_t> to_memory_;
};

}  // namespace

void Transfer::MoveIntegers(const uint64_t* slots, uint64_t* out) const {
  for (const Step& step : from_->root().steps) {
    if (step.kind == StepKind::kInt) out[step.slot] = CutInteger(step, slots[step.slot]);
  }
}

Result<void> Transfer::Lower(LiftLowerContext& from, LiftLowerContext& to, const uint64_t* slots, uint64_t* out,
                             const uint64_t* out_param, TransferState& state) const {
  Lowerer lowerer(*this, from, to, state);
  if (in_memory()) return lowerer.Spilled(slots[0], out, out_param);
  return lowerer.Flat(from_->root(), slots, out);
}

}  // namespace cvm::abi
