// Tables, segments and whole-memory instructions (core/exec/instructions#table-instructions, #memory-instructions).
// Bounds are checked before anything is written: all or nothing.
#include <algorithm>
#include <cstring>

#include "vm/interp/bulk_work.hpp"
#include "vm/interp/guest_memory.hpp"
#include "vm/interp/machine.hpp"
#include "vm/runtime/heap.hpp"
#include "vm/runtime/instance.hpp"
#include "vm/runtime/table.hpp"

namespace cvm {
namespace {

uint64_t Operand(const uint8_t* slots, int i) { return LoadAs<uint64_t>(slots + kSlotBytes * i); }
// The second index of a cell with two; see cell.hpp.
uint32_t SecondIndex(const uint8_t* cell) { return static_cast<uint32_t>(ReadImm64(cell)); }

// [offset, offset + length) lies within [0, size).
bool InRange(uint64_t offset, uint64_t length, uint64_t size) { return offset <= size && length <= size - offset; }

rt::Table& TableOf(rt::Context* ctx, uint32_t index) { return *ctx->tables[index]; }

// "-1" of a table or memory of this address type: i32 results are held zero-extended.
uint64_t GrowResult(int64_t previous, AddrKind addr) {
  return addr == AddrKind::kI64 ? static_cast<uint64_t>(previous) : static_cast<uint32_t>(previous);
}

// A memory grows by pages of its own size; what is paid for are 64 KiB.
TrapKind PayForPages(rt::Context* ctx, const rt::Memory& memory, uint64_t pages) {
  const rt::Fuel& fuel = ctx->instance->store.fuel();
  if (fuel.costs == nullptr) return TrapKind::kNone;
  constexpr uint32_t kPageLog2 = 16;
  const uint64_t bytes = pages << memory.type().page_size_log2;
  return TakeFuel(ctx, ((bytes + (uint64_t{1} << kPageLog2) - 1) >> kPageLog2) * fuel.costs->grow_page);
}

}  // namespace

TrapKind TableGet(rt::Context* ctx, uint8_t* slots, const uint8_t* cell) {
  const rt::Table& table = TableOf(ctx, ReadImm32(cell));
  const uint64_t i = Operand(slots, 0);
  if (i >= table.size()) return TrapKind::kTableOutOfBounds;
  StoreAs(slots, table.Get(i));
  return TrapKind::kNone;
}

TrapKind TableSet(rt::Context* ctx, uint8_t* slots, const uint8_t* cell) {
  rt::Table& table = TableOf(ctx, ReadImm32(cell));
  const uint64_t i = Operand(slots, 0);
  if (i >= table.size()) return TrapKind::kTableOutOfBounds;
  ctx->heap->WillOverwrite(table.data() + i, 1);
  table.Set(i, Operand(slots, 1));
  return TrapKind::kNone;
}

TrapKind TableSize(rt::Context* ctx, uint8_t* slots, const uint8_t* cell) {
  StoreAs(slots, TableOf(ctx, ReadImm32(cell)).size());
  return TrapKind::kNone;
}

TrapKind TableGrow(rt::Context* ctx, uint8_t* slots, const uint8_t* cell) {
  rt::Table& table = TableOf(ctx, ReadImm32(cell));
  const uint64_t delta = Operand(slots, 1);
  int64_t previous = -1;
  if (delta <= table.room()) {
    if (const TrapKind trap = PayForBytes(ctx, delta * sizeof(rt::Ref)); trap != TrapKind::kNone) return trap;
    // All or nothing: an interruption leaves the table as it was.
    TrapKind stop = TrapKind::kNone;
    previous = table.Grow(delta, Operand(slots, 0), [&] { return (stop = PendingStop(ctx)) != TrapKind::kNone; });
    if (stop != TrapKind::kNone) return stop;
  }
  StoreAs(slots, GrowResult(previous, table.type().limits.addr));
  return TrapKind::kNone;
}

TrapKind TableFill(rt::Context* ctx, uint8_t* slots, const uint8_t* cell) {
  rt::Table& table = TableOf(ctx, ReadImm32(cell));
  const uint64_t at = Operand(slots, 0), count = Operand(slots, 2);
  if (!InRange(at, count, table.size())) return TrapKind::kTableOutOfBounds;
  if (const TrapKind trap = PayForBytes(ctx, count * sizeof(rt::Ref)); trap != TrapKind::kNone) return trap;
  return InPieces(ctx, count, sizeof(rt::Ref), [&](uint64_t from, uint64_t n) {
    ctx->heap->WillOverwrite(table.data() + at + from, n);
    std::fill_n(table.data() + at + from, n, Operand(slots, 1));
  });
}

TrapKind TableCopy(rt::Context* ctx, uint8_t* slots, const uint8_t* cell) {
  rt::Table& to = TableOf(ctx, ReadImm32(cell));
  rt::Table& from = TableOf(ctx, SecondIndex(cell));
  const uint64_t dst = Operand(slots, 0), src = Operand(slots, 1), count = Operand(slots, 2);
  if (!InRange(src, count, from.size()) || !InRange(dst, count, to.size())) return TrapKind::kTableOutOfBounds;
  if (const TrapKind trap = PayForBytes(ctx, count * sizeof(rt::Ref)); trap != TrapKind::kNone) return trap;
  return MoveRefsInPieces(ctx, to.data() + dst, from.data() + src, count);
}

TrapKind TableInit(rt::Context* ctx, uint8_t* slots, const uint8_t* cell) {
  const std::vector<rt::Ref>& segment = ctx->instance->elements[ReadImm32(cell)];
  rt::Table& table = TableOf(ctx, SecondIndex(cell));
  const uint64_t dst = Operand(slots, 0), src = Operand(slots, 1), count = Operand(slots, 2);
  if (!InRange(src, count, segment.size()) || !InRange(dst, count, table.size())) return TrapKind::kTableOutOfBounds;
  if (const TrapKind trap = PayForBytes(ctx, count * sizeof(rt::Ref)); trap != TrapKind::kNone) return trap;
  return MoveRefsInPieces(ctx, table.data() + dst, segment.data() + src, count);
}

TrapKind ElemDrop(rt::Context* ctx, uint8_t*, const uint8_t* cell) {
  ctx->instance->elements[ReadImm32(cell)] = {};
  return TrapKind::kNone;
}

TrapKind MemorySize(rt::Context* ctx, uint8_t* slots, const uint8_t* cell) {
  StoreAs(slots, ctx->memories[ReadImm32(cell)]->pages());
  return TrapKind::kNone;
}

TrapKind MemoryGrow(rt::Context* ctx, uint8_t* slots, const uint8_t* cell) {
  rt::Memory& memory = *ctx->memories[ReadImm32(cell)];
  const uint64_t delta = Operand(slots, 0);
  int64_t previous = -1;
  if (delta <= memory.room()) {
    if (const TrapKind trap = PayForPages(ctx, memory, delta); trap != TrapKind::kNone) return trap;
    previous = memory.Grow(delta);
  }
  StoreAs(slots, GrowResult(previous, memory.type().limits.addr));
  return TrapKind::kNone;
}

TrapKind MemoryFill(rt::Context* ctx, uint8_t* slots, const uint8_t* cell) {
  rt::Memory& memory = *ctx->memories[ReadImm32(cell)];
  const uint64_t at = Operand(slots, 0), count = Operand(slots, 2);
  if (!InRange(at, count, memory.size())) return TrapKind::kMemoryOutOfBounds;
  if (const TrapKind trap = PayForBytes(ctx, count); trap != TrapKind::kNone) return trap;
  return InPieces(ctx, count, 1, [&](uint64_t from, uint64_t n) {
    FillGuest(memory.data() + at + from, static_cast<uint8_t>(Operand(slots, 1)), n);
  });
}

TrapKind MemoryCopy(rt::Context* ctx, uint8_t* slots, const uint8_t* cell) {
  rt::Memory& to = *ctx->memories[ReadImm32(cell)];
  rt::Memory& from = *ctx->memories[SecondIndex(cell)];
  const uint64_t dst = Operand(slots, 0), src = Operand(slots, 1), count = Operand(slots, 2);
  if (!InRange(src, count, from.size()) || !InRange(dst, count, to.size())) return TrapKind::kMemoryOutOfBounds;
  if (const TrapKind trap = PayForBytes(ctx, count); trap != TrapKind::kNone) return trap;
  return MoveInPieces(ctx, to.data() + dst, from.data() + src, count);
}

TrapKind MemoryInit(rt::Context* ctx, uint8_t* slots, const uint8_t* cell) {
  rt::Instance& instance = *ctx->instance;
  const auto index = static_cast<uint32_t>(ReadImm32(cell));
  const Bytes segment = instance.dropped_data[index] ? Bytes() : instance.module().data[index].bytes;
  rt::Memory& memory = *ctx->memories[SecondIndex(cell)];
  const uint64_t dst = Operand(slots, 0), src = Operand(slots, 1), count = Operand(slots, 2);
  if (!InRange(src, count, segment.size()) || !InRange(dst, count, memory.size())) return TrapKind::kMemoryOutOfBounds;
  if (const TrapKind trap = PayForBytes(ctx, count); trap != TrapKind::kNone) return trap;
  return MoveInPieces(ctx, memory.data() + dst, segment.data() + src, count);
}

TrapKind DataDrop(rt::Context* ctx, uint8_t*, const uint8_t* cell) {
  ctx->instance->dropped_data[ReadImm32(cell)] = true;
  return TrapKind::kNone;
}

TrapKind RefFunc(rt::Context* ctx, uint8_t* slots, const uint8_t* cell) {
  StoreAs(slots, reinterpret_cast<uint64_t>(ctx->instance->FunctionAt(static_cast<uint32_t>(ReadImm32(cell)))));
  return TrapKind::kNone;
}

}  // namespace cvm
