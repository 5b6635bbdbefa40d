// The first half: what lifting checks, in the order of definitions.py. See canonical-abi/memory/load.cpp and
// canonical-abi/flat/lift_flat.cpp, of which this is what is left without the values.
#include "canonical-abi/memory/load.hpp"
#include "canonical-abi/memory/numbers.hpp"
#include "canonical-abi/plan/bytes.hpp"
#include "canonical-abi/plan/strings.hpp"
#include "canonical-abi/plan/transfer.hpp"
#include "canonical-abi/types/layout.hpp"
#include "vm/base/try.hpp"

namespace cvm::abi {
namespace {

class Lifter {
 public:
  Lifter(const Plan& plan, LiftLowerContext& cx, TransferState& state)
      : plan_(plan), cx_(cx), state_(state), memory_(MemoryOf(cx)) {}

  Result<void> Flat(const PlanBlock& block, const uint64_t* slots) {
    for (const Step& step : block.checks) CVM_RETURN_IF_ERROR(FlatStep(step, slots + step.slot));
    return {};
  }

  // REQUIRES: `at` is aligned, and the value is inside the memory, which does not change: no guest code runs.
  Result<void> Memory(const PlanBlock& block, uint64_t at) {
    for (const Step& step : block.checks) CVM_RETURN_IF_ERROR(MemoryStep(step, at + step.offset));
    return {};
  }

 private:
  Result<void> Charge(uint64_t values) { return cx_.budget.Charge(values, sizeof(Value)); }

  Result<void> FlatStep(const Step& step, const uint64_t* slots) {
    const auto word = static_cast<uint32_t>(slots[0]);
    switch (step.kind) {
      case StepKind::kCharge:
        return Charge(step.count);
      case StepKind::kString:
        return LiftString(cx_, memory_, Pointer(slots[0]), Pointer(slots[1]));
      case StepKind::kList:
        return List(step, Pointer(slots[0]), Pointer(slots[1]));
      case StepKind::kVariant: {
        CVM_RETURN_IF_ERROR(Discriminant(step, word));
        const uint32_t payload = plan_.cases[step.part + word];
        return payload == Plan::kNoBlock ? Result<void>() : Flat(plan_.blocks[payload], slots);
      }
      default:
        return Word(step, word);
    }
  }

  Result<void> MemoryStep(const Step& step, uint64_t at) {
    switch (step.kind) {
      case StepKind::kCharge:
        return Charge(step.count);
      case StepKind::kString:
        return LiftString(cx_, memory_, Read(at, PtrSize(plan_.ptr_type)), Second(at));
      case StepKind::kList:
        return List(step, Read(at, PtrSize(plan_.ptr_type)), Second(at));
      case StepKind::kFixedList:
        return Elements(plan_.blocks[step.part], at, step.count);
      case StepKind::kVariant: {
        const uint64_t index = Read(at, step.width);
        CVM_RETURN_IF_ERROR(Discriminant(step, index));
        const uint32_t payload = plan_.cases[step.part + index];
        return payload == Plan::kNoBlock ? Result<void>() : Memory(plan_.blocks[payload], at);
      }
      default:
        return Word(step, static_cast<uint32_t>(Read(at, step.width)));
    }
  }

  // One number.
  Result<void> Word(const Step& step, uint32_t word) {
    if (step.kind == StepKind::kEnum) return Discriminant(step, word);
    if (step.kind == StepKind::kChar) {
      if (IsUnicodeScalarValue(word)) return {};
      return ConvertI32ToChar(word).error();
    }
    CVM_ASSIGN_OR_RETURN(Value handle, LiftHandle(cx_, word, plan_.types[step.part]));
    state_.handles.push_back(std::move(handle));
    return {};
  }

  static Result<void> Discriminant(const Step& step, uint64_t index) {
    if (index >= step.count) return TrapError("invalid variant discriminant");
    return {};
  }

  // definitions.py: load_list_from_range
  Result<void> List(const Step& step, uint64_t ptr, uint64_t length) {
    const PlanBlock& elements = plan_.blocks[step.part];
    if (length > kMaxListByteLength / elements.size) return TrapError("list length exceeds maximum byte size");
    CVM_RETURN_IF_ERROR(
        cx_.CheckRange(ptr, elements.alignment, length * elements.size, Fault::kListAlignment, Fault::kListBounds));
    return Elements(elements, ptr, length);
  }

  Result<void> Elements(const PlanBlock& elements, uint64_t ptr, uint64_t length) {
    if (elements.bytes) return cx_.budget.Charge(length);
    // Where it is too much, one by one: the error says when.
    const bool at_once = elements.plain && length * (1 + elements.charge) <= cx_.budget.left() / sizeof(Value);
    if (at_once) return Charge(length * (1 + elements.charge));
    if (elements.simple && SimpleElements(elements, ptr, length)) return {};
    CVM_RETURN_IF_ERROR(Charge(length));
    for (uint64_t i = 0; i < length; ++i) CVM_RETURN_IF_ERROR(Memory(elements, ptr + i * elements.size));
    return {};
  }

  // False, and nothing has been done: there is a fault, or too much to charge. Checking one by one finds which.
  bool SimpleElements(const PlanBlock& elements, uint64_t ptr, uint64_t length) {
    uint64_t values = length;
    const uint8_t* at = memory_.data() + ptr;
    for (uint64_t i = 0; i < length; ++i, at += elements.size) {
      if (!SimpleValue(elements, at, &values)) return false;
    }
    return values <= cx_.budget.left() / sizeof(Value) && Charge(values).ok();
  }

  bool SimpleValue(const PlanBlock& block, const uint8_t* at, uint64_t* values) const {
    for (const Step& step : block.checks) {
      switch (step.kind) {
        case StepKind::kCharge:
          *values += step.count;
          break;
        case StepKind::kChar:
          if (!IsUnicodeScalarValue(static_cast<uint32_t>(ReadBytes(at + step.offset, 4)))) return false;
          break;
        case StepKind::kEnum:
          if (ReadBytes(at + step.offset, step.width) >= step.count) return false;
          break;
        case StepKind::kVariant: {
          const uint64_t index = ReadBytes(at + step.offset, step.width);
          if (index >= step.count) return false;
          const uint32_t payload = plan_.cases[step.part + index];
          if (payload != Plan::kNoBlock && !SimpleValue(plan_.blocks[payload], at + step.offset, values)) return false;
          break;
        }
        default: {  // a list of a fixed length
          const PlanBlock& elements = plan_.blocks[step.part];
          *values += step.count;
          for (uint32_t i = 0; i < step.count; ++i) {
            if (!SimpleValue(elements, at + step.offset + i * elements.size, values)) return false;
          }
        }
      }
    }
    return true;
  }

  uint64_t Pointer(uint64_t slot) const { return plan_.ptr_type == PtrType::kI32 ? static_cast<uint32_t>(slot) : slot; }

  uint64_t Read(uint64_t at, uint32_t width) const { return ReadBytes(memory_.data() + at, width); }
  // The length behind the pointer at `at`.
  uint64_t Second(uint64_t at) const {
    const uint32_t width = PtrSize(plan_.ptr_type);
    return Read(at + width, width);
  }

  const Plan& plan_;
  LiftLowerContext& cx_;
  TransferState& state_;
  const std::span<const uint8_t> memory_;
};

}  // namespace

Result<void> Transfer::Lift(LiftLowerContext& cx, const uint64_t* slots, TransferState& state) const {
  if (integers_) return {};
  Lifter lifter(*from_, cx, state);
  const PlanBlock& root = from_->root();
  if (!in_memory()) return lifter.Flat(root, slots);
  const uint64_t ptr = from_->ptr_type == PtrType::kI32 ? static_cast<uint32_t>(slots[0]) : slots[0];
  CVM_RETURN_IF_ERROR(cx.CheckRange(ptr, root.alignment, root.size, Fault::kPointerAlignment, Fault::kPointerBounds));
  return lifter.Memory(root, ptr);
}

}  // namespace cvm::abi
