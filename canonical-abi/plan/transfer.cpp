#include "canonical-abi/plan/transfer.hpp"

#include <utility>

#include "canonical-abi/types/flatten.hpp"

namespace cvm::abi {
namespace {

// Two steps of the same value; what depends on the width of pointers may differ.
bool Matches(const Step& a, const Step& b) {
  return a.kind == b.kind && a.slot == b.slot && a.count == b.count && a.part == b.part && a.width == b.width &&
         a.is_signed == b.is_signed;
}

bool Matches(const Plan& a, const Plan& b) {
  if (a.blocks.size() != b.blocks.size() || a.cases != b.cases || a.types.size() != b.types.size()) return false;
  for (size_t i = 0; i < a.types.size(); ++i) {
    if (a.types[i].kind() != b.types[i].kind()) return false;
  }
  for (size_t i = 0; i < a.blocks.size(); ++i) {
    const std::vector<Step>& x = a.blocks[i].steps;
    const std::vector<Step>& y = b.blocks[i].steps;
    if (x.size() != y.size()) return false;
    for (size_t s = 0; s < x.size(); ++s) {
      if (!Matches(x[s], y[s])) return false;
    }
  }
  return true;
}

// Blocks come before those that they use, so the last is made first.
class MoveMaker {
 public:
  MoveMaker(const Plan& from, const Plan& to, std::vector<MoveBlock>& blocks) : from_(from), to_(to), blocks_(blocks) {}

  void Make(size_t i) {
    const PlanBlock& from = from_.blocks[i];
    const PlanBlock& to = to_.blocks[i];
    MoveBlock& block = blocks_[i];
    block.from_size = from.size, block.to_size = to.size, block.to_alignment = to.alignment;
    for (size_t s = 0; s < from.steps.size(); ++s) Add(&block, from.steps[s], to.steps[s]);
    block.whole = block.moves.size() == 1 && block.moves[0].kind == MoveKind::kCopy &&
                  block.moves[0].count == from.size && from.size == to.size;
  }

 private:
  // Adds a run to the one before, if there is nothing between them on either side.
  void AddRun(MoveBlock* block, MoveKind kind, uint8_t width, const Step& from, const Step& to, uint32_t count) {
    const uint32_t unit = kind == MoveKind::kCopy ? 1 : width;
    if (!block->moves.empty()) {
      Move& last = block->moves.back();
      const uint32_t bytes = last.count * unit;
      if (last.kind == kind && (kind == MoveKind::kCopy || last.width == width) && last.from + bytes == from.offset &&
          last.to + bytes == to.offset) {
        last.count += count;
        return;
      }
    }
    block->moves.push_back({.kind = kind, .width = width, .from = from.offset, .to = to.offset, .count = count});
  }

  void AddOther(MoveBlock* block, MoveKind kind, const Step& from, const Step& to, bool leaf) {
    block->moves.push_back({kind, from.width, from.offset, to.offset, from.count, from.part});
    block->leaf &= leaf;
  }

  void AddFixedList(MoveBlock* block, const Step& from, const Step& to) {
    const MoveBlock& elements = blocks_[from.part];
    if (elements.whole) return AddRun(block, MoveKind::kCopy, 0, from, to, from.count * elements.from_size);
    AddOther(block, MoveKind::kFixedList, from, to, elements.leaf);
  }

  void AddVariant(MoveBlock* block, const Step& from, const Step& to) {
    bool leaf = true;
    for (uint32_t c = 0; c < from.count; ++c) {
      const uint32_t payload = from_.cases[from.part + c];
      if (payload != Plan::kNoBlock) leaf &= blocks_[payload].leaf;
    }
    AddOther(block, MoveKind::kVariant, from, to, leaf);
  }

  void Add(MoveBlock* block, const Step& from, const Step& to) {
    switch (from.kind) {
      case StepKind::kCharge:
        return;
      case StepKind::kInt:
      case StepKind::kChar:
      case StepKind::kEnum:
        return AddRun(block, MoveKind::kCopy, 0, from, to, from.width);
      case StepKind::kBool:
        return AddRun(block, MoveKind::kBool, 1, from, to, 1);
      case StepKind::kFloat:
        return AddRun(block, MoveKind::kFloats, from.width, from, to, 1);
      case StepKind::kFlags:
        return AddOther(block, MoveKind::kFlags, from, to, true);
      case StepKind::kHandle:
        return AddOther(block, MoveKind::kHandle, from, to, false);
      case StepKind::kString:
        return AddOther(block, MoveKind::kString, from, to, false);
      case StepKind::kList:
        return AddOther(block, MoveKind::kList, from, to, false);
      case StepKind::kFixedList:
        return AddFixedList(block, from, to);
      case StepKind::kVariant:
        return AddVariant(block, from, to);
    }
  }

  const Plan& from_;
  const Plan& to_;
  std::vector<MoveBlock>& blocks_;
};

}  // namespace

std::unique_ptr<const Transfer> Transfer::Compile(std::span<const ValType> from_types, PtrType from,
                                                  std::span<const ValType> to_types, PtrType to, uint32_t max_flat) {
  const uint32_t count = FlatCount(from_types);
  if (count != FlatCount(to_types)) return nullptr;
  const PlanForm form = count > max_flat ? PlanForm::kMemory : PlanForm::kFlat;
  auto made = std::make_unique<Transfer>();
  made->from_ = Plan::Compile(from_types, from, form);
  made->to_ = Plan::Compile(to_types, to, form);
  if (made->from_ == nullptr || made->to_ == nullptr || !Matches(*made->from_, *made->to_)) return nullptr;
  made->blocks_.resize(made->from_->blocks.size());
  MoveMaker maker(*made->from_, *made->to_, made->blocks_);
  for (size_t i = made->blocks_.size(); i-- > 0;) maker.Make(i);
  made->integers_ = form == PlanForm::kFlat;
  for (const Step& step : made->from_->root().steps) {
    made->integers_ &= step.kind == StepKind::kInt;
  }
  return made;
}

}  // namespace cvm::abi
