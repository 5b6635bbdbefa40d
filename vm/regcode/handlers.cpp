#include "vm/regcode/handlers.hpp"

namespace cvm {

HandlerTable::HandlerTable() : base_(kRegOpCount + 1) {
  uint32_t next = 0;
  for (uint32_t op = 0; op < kRegOpCount; ++op) {
    base_[op] = next;
    next += ShapeOf(static_cast<RegOp>(op)).variant_count();
  }
  base_[kRegOpCount] = next;
  slots_.resize(next);
}

uint32_t HandlerTable::SlotOf(const Variant& variant) const {
  return base_[static_cast<uint32_t>(variant.op)] + VariantIndex(ShapeOf(variant.op), variant);
}

void HandlerTable::Add(const Variant& variant, HandlerAddress handler) {
  uint32_t& slot = slots_[SlotOf(variant)];
  if (slot == 0) {
    variants_.push_back({variant, {}});
    slot = static_cast<uint32_t>(variants_.size());
  }
  variants_[slot - 1].copies.push_back(handler);
  by_address_.emplace(handler, slot - 1);
}

void HandlerTable::Replace(const Variant& variant, HandlerAddress handler) {
  const uint32_t slot = slots_[SlotOf(variant)];
  if (slot != 0) variants_[slot - 1].copies.clear();
  Add(variant, handler);
}

std::span<const HandlerAddress> HandlerTable::Copies(const Variant& variant) const {
  const uint32_t slot = slots_[SlotOf(variant)];
  return slot == 0 ? std::span<const HandlerAddress>() : std::span<const HandlerAddress>(variants_[slot - 1].copies);
}

const Variant* HandlerTable::Find(HandlerAddress handler) const {
  const auto it = by_address_.find(handler);
  return it == by_address_.end() ? nullptr : &variants_[it->second].variant;
}

}  // namespace cvm
