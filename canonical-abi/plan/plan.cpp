#include "canonical-abi/plan/plan.hpp"

#include <algorithm>
#include <utility>

#include "canonical-abi/types/flatten.hpp"
#include "canonical-abi/types/layout.hpp"

namespace cvm::abi {
namespace {

// Recursion is along the type, which is at most kMaxTypeDepth deep.
class Planner {
 public:
  Planner(Plan& plan) : plan_(plan) {}

  // Makes the block `at`, which is there already.
  void Fill(uint32_t at, std::span<const ValType> types, PlanForm form) {
    const PtrType width = plan_.ptr_type;
    PlanBlock block;
    Cursor cursor;
    for (const ValType& type : types) Part(&block, &cursor, type, form);
    block.bytes = types.size() == 1 && types[0].kind() == TypeKind::kU8;
    for (const ValType& type : types) block.alignment = std::max(block.alignment, Alignment(type, width));
    block.size = static_cast<uint32_t>(AlignTo(cursor.offset, block.alignment));
    block.slots = cursor.slot;
    for (const Step& step : block.steps) Check(&block, step);
    plan_.blocks[at] = std::move(block);
  }

 private:
  struct Cursor {
    uint32_t offset = 0;
    uint32_t slot = 0;
  };

  uint32_t NewBlock(const ValType& type) {
    const auto at = static_cast<uint32_t>(plan_.blocks.size());
    plan_.blocks.emplace_back();
    Fill(at, {&type, 1}, PlanForm::kMemory);
    return at;
  }

  void Part(PlanBlock* block, Cursor* cursor, const ValType& type, PlanForm form) {
    cursor->offset = static_cast<uint32_t>(AlignTo(cursor->offset, Alignment(type, plan_.ptr_type)));
    if (type.despecialized() == TypeKind::kRecord) {
      const std::vector<FieldType>& fields = type.node().fields;
      const uint32_t end = cursor->offset + ElemSize(type, plan_.ptr_type);
      block->steps.push_back({.kind = StepKind::kCharge, .count = static_cast<uint32_t>(fields.size())});
      for (const FieldType& field : fields) Part(block, cursor, field.type, form);
      cursor->offset = end;
      return;
    }
    const bool fixed = type.despecialized() == TypeKind::kList && type.node().length.has_value();
    if (fixed && form == PlanForm::kFlat) {
      block->steps.push_back({.kind = StepKind::kCharge, .count = *type.node().length});
      for (uint32_t i = 0; i < *type.node().length; ++i) Part(block, cursor, *type.node().element, form);
      return;
    }
    Step step = StepOf(type, form);
    step.offset = cursor->offset;
    step.slot = cursor->slot;
    cursor->offset += ElemSize(type, plan_.ptr_type);
    if (form == PlanForm::kFlat) cursor->slot += FlatCount(type);
    block->steps.push_back(step);
  }

  Step StepOf(const ValType& type, PlanForm form) {
    switch (type.despecialized()) {
      case TypeKind::kString:
        return {.kind = StepKind::kString};
      case TypeKind::kList: {
        const TypeNode& node = type.node();
        const StepKind kind = node.length.has_value() ? StepKind::kFixedList : StepKind::kList;
        return {.kind = kind, .count = node.length.value_or(0), .part = NewBlock(*node.element)};
      }
      case TypeKind::kVariant:
        return VariantStep(type.node().cases, form);
      case TypeKind::kFlags: {
        const std::vector<std::string>& labels = type.node().labels;
        return {.kind = StepKind::kFlags,
                .width = static_cast<uint8_t>(ElemSizeFlags(labels)),
                .count = static_cast<uint32_t>((uint64_t{1} << labels.size()) - 1)};
      }
      case TypeKind::kOwn:
      case TypeKind::kBorrow:
      case TypeKind::kStream:
      case TypeKind::kFuture:
      case TypeKind::kErrorContext:
        plan_.types.push_back(type);
        return {.kind = StepKind::kHandle, .width = 4, .part = static_cast<uint32_t>(plan_.types.size() - 1)};
      default:
        return Primitive(type);
    }
  }

  Step Primitive(const ValType& type) const {
    const auto width = static_cast<uint8_t>(ElemSize(type, plan_.ptr_type));
    switch (type.kind()) {
      case TypeKind::kBool:
        return {.kind = StepKind::kBool, .width = 1};
      case TypeKind::kF32:
      case TypeKind::kF64:
        return {.kind = StepKind::kFloat, .width = width};
      case TypeKind::kChar:
        return {.kind = StepKind::kChar, .width = 4};
      case TypeKind::kS8:
      case TypeKind::kS16:
        return {.kind = StepKind::kInt, .width = width, .is_signed = true};
      default:
        return {.kind = StepKind::kInt, .width = width};
    }
  }

  // In memory the payload begins where the most aligned case may; flat, in the slot behind the discriminant.
  Step VariantStep(const std::vector<CaseType>& cases, PlanForm form) {
    Step step{.kind = StepKind::kEnum,
              .width = static_cast<uint8_t>(ElemSize(DiscriminantType(cases), plan_.ptr_type)),
              .count = static_cast<uint32_t>(cases.size())};
    const bool payloads = std::any_of(cases.begin(), cases.end(), [](const CaseType& c) { return c.type.has_value(); });
    if (!payloads) return step;
    step.kind = StepKind::kVariant;
    std::vector<uint32_t> blocks;
    const auto payload_at = static_cast<uint32_t>(AlignTo(step.width, MaxCaseAlignment(cases, plan_.ptr_type)));
    for (const CaseType& c : cases) blocks.push_back(c.type.has_value() ? Payload(*c.type, payload_at, form) : kNone);
    step.part = static_cast<uint32_t>(plan_.cases.size());
    plan_.cases.insert(plan_.cases.end(), blocks.begin(), blocks.end());
    return step;
  }

  // Offsets and slots of a payload are counted from the variant.
  uint32_t Payload(const ValType& type, uint32_t payload_at, PlanForm form) {
    const auto at = static_cast<uint32_t>(plan_.blocks.size());
    plan_.blocks.emplace_back();
    PlanBlock block;
    Cursor cursor{payload_at, 1};
    block.steps.push_back({.kind = StepKind::kCharge, .count = 1});
    Part(&block, &cursor, type, form);
    block.slots = cursor.slot;
    for (const Step& step : block.steps) Check(&block, step);
    plan_.blocks[at] = std::move(block);
    return at;
  }

  void Check(PlanBlock* block, const Step& step) const {
    switch (step.kind) {
      case StepKind::kInt:
      case StepKind::kBool:
      case StepKind::kFloat:
      case StepKind::kFlags:
        return;
      case StepKind::kCharge:
        block->charge += step.count;
        break;
      case StepKind::kFixedList: {
        const PlanBlock& elements = plan_.blocks[step.part];
        block->plain &= elements.plain && !elements.bytes;
        block->simple &= elements.simple && !elements.bytes;
        block->charge += step.count * (1 + elements.charge);
        break;
      }
      case StepKind::kVariant:
        block->plain = false;
        for (uint32_t c = 0; c < step.count; ++c) {
          const uint32_t payload = plan_.cases[step.part + c];
          if (payload != kNone) block->simple &= plan_.blocks[payload].simple;
        }
        break;
      default:
        block->plain = false;
        block->simple &= step.kind == StepKind::kChar || step.kind == StepKind::kEnum;
    }
    block->checks.push_back(step);
  }

  static constexpr uint32_t kNone = Plan::kNoBlock;
  Plan& plan_;
};

}  // namespace

std::unique_ptr<const Plan> Plan::Compile(std::span<const ValType> types, PtrType ptr_type, PlanForm form) {
  uint64_t size = 0;
  for (const ValType& type : types) size += ExpandedTypeSize(type);
  if (size > kMaxPlanSize) return nullptr;
  auto plan = std::make_unique<Plan>();
  plan->ptr_type = ptr_type;
  plan->form = form;
  plan->blocks.emplace_back();
  Planner planner(*plan);
  planner.Fill(0, types, form);
  // The tuple of parameters that are passed in memory.
  if (form == PlanForm::kMemory) {
    const Step charge{.kind = StepKind::kCharge, .count = static_cast<uint32_t>(types.size())};
    PlanBlock& root = plan->blocks[0];
    root.charge += charge.count;
    root.steps.insert(root.steps.begin(), charge);
    root.checks.insert(root.checks.begin(), charge);
  }
  return plan;
}

}  // namespace cvm::abi
