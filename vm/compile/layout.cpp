#include "vm/compile/layout.hpp"

#include <algorithm>

#include "vm/compile/compile.hpp"

namespace cvm {
namespace {

// Frames beyond this are refused: offsets stay far from overflow, and no stack would bear more than a few.
constexpr uint64_t kMaxFrameSlots = uint64_t{1} << 24;

bool CanPin(const HandlerTable& handlers, RegOp move, Src src, Dst dst) {
  return handlers.Has({move, Dst::kSlot, src}) && handlers.Has({move, dst});
}

// The local of the bank that is used most, other than `except`; kNoLocal if none is worth a register.
uint32_t HottestLocal(const Analysis& a, Bank bank, uint32_t except) {
  uint64_t total = 0;
  uint32_t best = Layout::kNoLocal;
  for (uint32_t i = 0; i < a.locals.size(); ++i) {
    if (a.locals[i].is_ref() || BankOf(a.locals[i]) != bank) continue;
    total += a.uses[i];
    if (i != except && (best == Layout::kNoLocal || a.uses[i] > a.uses[best])) best = i;
  }
  constexpr uint64_t kMinUses = 3;
  if (best == Layout::kNoLocal || a.uses[best] < kMinUses) return Layout::kNoLocal;
  return a.uses[best] >= total / 100 * Layout::kMinPinPercent ? best : Layout::kNoLocal;
}

void ChoosePins(const Analysis& a, const HandlerTable& handlers, Layout* layout) {
  const auto pin = [&](size_t which, uint32_t local, Src where) {
    if (local == Layout::kNoLocal || !IsNear(layout->locals[local].offset)) return;
    layout->pins[which] = local;
    layout->locals[local].where = where;
  };
  if (CanPin(handlers, RegOp::kMove, Src::kPin0, Dst::kPin0) &&
      CanPin(handlers, RegOp::kMove, Src::kPin1, Dst::kPin1)) {
    const uint32_t first = HottestLocal(a, Bank::kInt, Layout::kNoLocal);
    pin(0, first, Src::kPin0);
    if (first != Layout::kNoLocal) pin(1, HottestLocal(a, Bank::kInt, first), Src::kPin1);
  }
  if (CanPin(handlers, RegOp::kMoveF, Src::kPin0, Dst::kPin0)) {
    pin(2, HottestLocal(a, Bank::kFloat, Layout::kNoLocal), Src::kPin0);
  }
}

// Other locals than parameters and references, in the order in which they are laid out.
std::vector<uint32_t> PlainLocals(const Analysis& a, bool by_heat) {
  std::vector<uint32_t> order;
  for (uint32_t i = a.params; i < a.locals.size(); ++i) {
    if (!a.locals[i].is_ref()) order.push_back(i);
  }
  if (by_heat)
    std::sort(order.begin(), order.end(),
              [&](uint32_t x, uint32_t y) { return a.uses[x] != a.uses[y] ? a.uses[x] > a.uses[y] : x < y; });
  return order;
}

}  // namespace

Result<Layout> MakeLayout(const Analysis& a, const FuncType& type, const HandlerTable& handlers, uint32_t ref_temps,
                          bool wide) {
  Layout out;
  out.wide = wide;
  out.locals.resize(a.locals.size());
  if (a.locals.size() + ref_temps > kMaxFrameSlots) return LimitError("function has too many locals");
  out.window_bytes = static_cast<int32_t>(WindowSlots(type)) * kSlotBytes;

  int32_t at = -out.window_bytes;
  for (uint32_t i = 0; i < a.params; ++i) {
    out.locals[i].offset = at;
    at += static_cast<int32_t>(SlotsOf(a.locals[i])) * kSlotBytes;
  }
  at = kRecordBytes + (wide ? static_cast<int32_t>(Layout::kScratchSlots) * kSlotBytes : 0);
  out.refs = at;
  for (uint32_t i = 0; i < a.locals.size(); ++i) {
    if (!a.locals[i].is_ref()) continue;
    out.locals[i].offset = at;
    at += kSlotBytes;
  }
  out.ref_temps = at;
  at += static_cast<int32_t>(ref_temps) * kSlotBytes;
  out.ref_slots = static_cast<uint32_t>((at - out.refs) / kSlotBytes);
  for (const uint32_t i : PlainLocals(a, wide)) {
    out.locals[i].offset = at;
    at += static_cast<int32_t>(SlotsOf(a.locals[i])) * kSlotBytes;
  }
  out.temps = at;
  out.zeroed_slots = static_cast<uint32_t>((at - kRecordBytes) / kSlotBytes);
  if (out.ref_slots == 0 && out.temps == out.refs) out.zeroed_slots = 0;
  ChoosePins(a, handlers, &out);
  return out;
}

}  // namespace cvm
