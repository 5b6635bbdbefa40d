// Allocation of structures and arrays, and operations on whole arrays
// (core/exec/instructions#aggregate-reference-instructions). Bounds are checked before anything is written: all or
// nothing.
#include "vm/interp/objects.hpp"

#include <algorithm>

#include "vm/interp/bulk_work.hpp"
#include "vm/runtime/instance.hpp"

namespace cvm {
namespace {

uint64_t Operand(const uint8_t* slots, int i) { return LoadAs<uint64_t>(slots + kSlotBytes * i); }
uint32_t Length(const uint8_t* slots, int i) { return LoadAs<uint32_t>(slots + kSlotBytes * i); }
const uint64_t* AsWords(const uint8_t* slots) { return reinterpret_cast<const uint64_t*>(slots); }
uint32_t FirstIndex(const uint8_t* cell) { return static_cast<uint32_t>(ReadImm32(cell)); }
uint32_t SecondIndex(const uint8_t* cell) { return static_cast<uint32_t>(ReadImm64(cell)); }

bool InRange(uint64_t offset, uint64_t length, uint64_t size) { return offset <= size && length <= size - offset; }

TrapKind Give(const rt::Context* ctx, uint8_t* slot, const rt::Object* object) {
  if (object == nullptr) return NoRoom(ctx);
  StoreAs(slot, object->ref());
  return TrapKind::kNone;
}

template <class T>
void FillAs(uint8_t* at, const uint8_t* value, uint64_t count) {
  const T element = LoadAs<T>(value);
  for (uint64_t i = 0; i < count; ++i) StoreAs(at + i * sizeof(T), element);
}
// Writes the value of a slot (two for v128) to `count` elements.
void FillElements(const TypeInfo* info, uint8_t* at, const uint8_t* value, uint64_t count) {
  switch (info->element_log2) {
    case 0:
      std::memset(at, *value, count);
      break;
    case 1:
      FillAs<uint16_t>(at, value, count);
      break;
    case 2:
      FillAs<uint32_t>(at, value, count);
      break;
    case 3:
      FillAs<uint64_t>(at, value, count);
      break;
    default:
      FillAs<V128>(at, value, count);
  }
}

Bytes DataOf(rt::Context* ctx, uint32_t index) {
  rt::Instance& instance = *ctx->instance;
  return instance.dropped_data[index] ? Bytes() : instance.module().data[index].bytes;
}

uint8_t* ElementAt(rt::Array* array, uint64_t index) { return array->data() + (index << array->info->element_log2); }

TrapKind PayForElements(rt::Context* ctx, const TypeInfo* info, uint64_t count) {
  return PayForBytes(ctx, count << info->element_log2);
}

rt::Ref* RefAt(rt::Array* array, uint64_t index) { return reinterpret_cast<rt::Ref*>(ElementAt(array, index)); }

// `overwrite`: there are elements already.
TrapKind FillInPieces(const rt::Context* ctx, rt::Array* array, uint64_t first, const uint8_t* value, uint64_t count,
                      bool overwrite) {
  return InPieces(ctx, count, uint64_t{1} << array->info->element_log2, [&](uint64_t from, uint64_t n) {
    if (overwrite && array->info->element_is_ref) ctx->heap->WillOverwrite(RefAt(array, first + from), n);
    FillElements(array->info, ElementAt(array, first + from), value, n);
  });
}

}  // namespace

TrapKind NoRoom(const rt::Context* ctx) {
  if (!ctx->heap->stopped()) return TrapKind::kHeapExhausted;
  const TrapKind stop = PendingStop(ctx);
  return stop == TrapKind::kNone ? TrapKind::kInterrupted : stop;
}

void Overwrite(rt::Heap* heap, uint8_t* p, rt::Ref ref) {
  heap->WillOverwrite(reinterpret_cast<const rt::Ref*>(p), 1);
  StoreAs(p, ref);
}

TrapKind StructNew(rt::Context* ctx, uint8_t* slots, const uint8_t* cell) {
  return Give(ctx, slots, ctx->heap->NewStruct(ctx->type_infos[FirstIndex(cell)], AsWords(slots)));
}

rt::Object* GatherStruct(rt::Context* ctx, const uint8_t* fp, const uint8_t* cell) {
  std::vector<uint64_t> slots(static_cast<size_t>(ReadField(cell, kField1)));
  for (size_t i = 0; i < slots.size(); ++i) {
    const int16_t offset = ReadField(cell, kImm64 + 2 * static_cast<int>(i));
    slots[i] = offset == 0 ? 0 : LoadAs<uint64_t>(fp + offset);
  }
  return ctx->heap->NewStruct(ctx->type_infos[FirstIndex(cell)], slots.data());
}

TrapKind StructNewDefault(rt::Context* ctx, uint8_t* slots, const uint8_t* cell) {
  const TypeInfo* info = ctx->type_infos[FirstIndex(cell)];
  rt::Ref descriptor = rt::kNullRef;
  if (info->descriptor_offset != 0) {
    descriptor = Operand(slots, 0);
    if (descriptor == rt::kNullRef) return TrapKind::kNullDescriptorReference;
  }
  return Give(ctx, slots, ctx->heap->NewStructDefault(info, descriptor));
}

TrapKind ArrayNew(rt::Context* ctx, uint8_t* slots, const uint8_t* cell) {
  const TypeInfo* info = ctx->type_infos[FirstIndex(cell)];
  const uint32_t length = Length(slots, info->element_log2 == 4 ? 2 : 1);
  if (const TrapKind trap = PayForElements(ctx, info, length); trap != TrapKind::kNone) return trap;
  rt::Array* array = ctx->heap->NewArray(info, length, {.slots = AsWords(slots), .count = 1, .info = info}, false);
  if (array != nullptr) {
    const TrapKind stop = FillInPieces(ctx, array, 0, slots, length, /*overwrite=*/false);
    if (stop != TrapKind::kNone) return stop;
  }
  return Give(ctx, slots, array);
}

TrapKind ArrayNewDefault(rt::Context* ctx, uint8_t* slots, const uint8_t* cell) {
  const TypeInfo* info = ctx->type_infos[FirstIndex(cell)];
  if (const TrapKind trap = PayForElements(ctx, info, Length(slots, 0)); trap != TrapKind::kNone) return trap;
  return Give(ctx, slots, ctx->heap->NewArray(info, Length(slots, 0)));
}

TrapKind ArrayNewFixed(rt::Context* ctx, uint8_t* slots, const uint8_t* cell) {
  const TypeInfo* info = ctx->type_infos[FirstIndex(cell)];
  const uint32_t length = SecondIndex(cell);
  if (const TrapKind trap = PayForElements(ctx, info, length); trap != TrapKind::kNone) return trap;
  rt::Array* array = ctx->heap->NewArray(info, length, {.slots = AsWords(slots), .count = length, .info = info}, false);
  if (array == nullptr) return NoRoom(ctx);
  const uint64_t slot_bytes = info->element_log2 == 4 ? 16 : 8;
  for (uint64_t i = 0; i < length; ++i) FillElements(info, ElementAt(array, i), slots + i * slot_bytes, 1);
  return Give(ctx, slots, array);
}

TrapKind ArrayNewData(rt::Context* ctx, uint8_t* slots, const uint8_t* cell) {
  const TypeInfo* info = ctx->type_infos[FirstIndex(cell)];
  const Bytes data = DataOf(ctx, SecondIndex(cell));
  const uint32_t from = Length(slots, 0), length = Length(slots, 1);
  const uint64_t bytes = uint64_t{length} << info->element_log2;
  if (!InRange(from, bytes, data.size())) return TrapKind::kMemoryOutOfBounds;
  if (const TrapKind trap = PayForBytes(ctx, bytes); trap != TrapKind::kNone) return trap;
  rt::Array* array = ctx->heap->NewArray(info, length, {}, false);
  if (array != nullptr) {
    const TrapKind stop = MoveInPieces(ctx, array->data(), data.data() + from, bytes);
    if (stop != TrapKind::kNone) return stop;
  }
  return Give(ctx, slots, array);
}

TrapKind ArrayNewElem(rt::Context* ctx, uint8_t* slots, const uint8_t* cell) {
  const std::vector<rt::Ref>& segment = ctx->instance->elements[SecondIndex(cell)];
  const uint32_t from = Length(slots, 0), length = Length(slots, 1);
  if (!InRange(from, length, segment.size())) return TrapKind::kTableOutOfBounds;
  if (const TrapKind trap = PayForBytes(ctx, uint64_t{length} * 8); trap != TrapKind::kNone) return trap;
  rt::Array* array = ctx->heap->NewArray(ctx->type_infos[FirstIndex(cell)], length, {}, false);
  if (array != nullptr) {
    const auto* refs = reinterpret_cast<const uint8_t*>(segment.data() + from);
    const TrapKind stop = MoveInPieces(ctx, array->data(), refs, uint64_t{length} * 8);
    if (stop != TrapKind::kNone) return stop;
  }
  return Give(ctx, slots, array);
}

TrapKind ArrayFill(rt::Context* ctx, uint8_t* slots, const uint8_t*) {
  rt::Array* array = rt::Array::Of(Operand(slots, 0));
  if (array == nullptr) return TrapKind::kNullArrayReference;
  const uint32_t at = Length(slots, 1), count = Length(slots, array->info->element_log2 == 4 ? 4 : 3);
  if (!InRange(at, count, array->length)) return TrapKind::kArrayOutOfBounds;
  if (const TrapKind trap = PayForElements(ctx, array->info, count); trap != TrapKind::kNone) return trap;
  return FillInPieces(ctx, array, at, slots + 2 * kSlotBytes, count, /*overwrite=*/true);
}

TrapKind ArrayCopy(rt::Context* ctx, uint8_t* slots, const uint8_t*) {
  rt::Array* to = rt::Array::Of(Operand(slots, 0));
  rt::Array* from = rt::Array::Of(Operand(slots, 2));
  if (to == nullptr || from == nullptr) return TrapKind::kNullArrayReference;
  const uint32_t dst = Length(slots, 1), src = Length(slots, 3), count = Length(slots, 4);
  if (!InRange(dst, count, to->length) || !InRange(src, count, from->length)) return TrapKind::kArrayOutOfBounds;
  if (const TrapKind trap = PayForElements(ctx, to->info, count); trap != TrapKind::kNone) return trap;
  if (to->info->element_is_ref) return MoveRefsInPieces(ctx, RefAt(to, dst), RefAt(from, src), count);
  return MoveInPieces(ctx, ElementAt(to, dst), ElementAt(from, src), uint64_t{count} << to->info->element_log2);
}

TrapKind ArrayInitData(rt::Context* ctx, uint8_t* slots, const uint8_t* cell) {
  rt::Array* array = rt::Array::Of(Operand(slots, 0));
  if (array == nullptr) return TrapKind::kNullArrayReference;
  const uint32_t dst = Length(slots, 1), src = Length(slots, 2), count = Length(slots, 3);
  if (!InRange(dst, count, array->length)) return TrapKind::kArrayOutOfBounds;
  const Bytes data = DataOf(ctx, SecondIndex(cell));
  const uint64_t bytes = uint64_t{count} << array->info->element_log2;
  if (!InRange(src, bytes, data.size())) return TrapKind::kMemoryOutOfBounds;
  if (const TrapKind trap = PayForBytes(ctx, bytes); trap != TrapKind::kNone) return trap;
  return MoveInPieces(ctx, ElementAt(array, dst), data.data() + src, bytes);
}

TrapKind ArrayInitElem(rt::Context* ctx, uint8_t* slots, const uint8_t* cell) {
  rt::Array* array = rt::Array::Of(Operand(slots, 0));
  if (array == nullptr) return TrapKind::kNullArrayReference;
  const uint32_t dst = Length(slots, 1), src = Length(slots, 2), count = Length(slots, 3);
  if (!InRange(dst, count, array->length)) return TrapKind::kArrayOutOfBounds;
  const std::vector<rt::Ref>& segment = ctx->instance->elements[SecondIndex(cell)];
  if (!InRange(src, count, segment.size())) return TrapKind::kTableOutOfBounds;
  if (const TrapKind trap = PayForBytes(ctx, uint64_t{count} * 8); trap != TrapKind::kNone) return trap;
  return MoveRefsInPieces(ctx, RefAt(array, dst), segment.data() + src, count);
}

// --- custom-descriptors

namespace {

// Where the descriptor lies depends on the object's own type: a supertype may have none.
rt::Ref DescriptorOf(rt::Ref ref) {
  rt::Object* object = rt::Object::Of(ref);
  return LoadAs<rt::Ref>(object->at(object->info->descriptor_offset));
}

}  // namespace

TrapKind RefGetDesc(rt::Context*, uint8_t* slots, const uint8_t*) {
  const rt::Ref ref = Operand(slots, 0);
  if (ref == rt::kNullRef) return TrapKind::kNullReference;
  StoreAs(slots, DescriptorOf(ref));
  return TrapKind::kNone;
}

// Operands are a reference and a descriptor; word: null passes.
TrapKind TestDescEq(rt::Context*, uint8_t* slots, const uint8_t* cell) {
  const rt::Ref ref = Operand(slots, 0), descriptor = Operand(slots, 1);
  if (descriptor == rt::kNullRef) return TrapKind::kNullDescriptorReference;
  bool passes = FirstIndex(cell) != 0;
  if (ref != rt::kNullRef) {
    const bool has = rt::IsPointer(ref) && rt::InfoOf(ref)->descriptor_offset != 0;
    passes = has && DescriptorOf(ref) == descriptor;
  }
  StoreAs(slots, uint64_t{passes});
  return TrapKind::kNone;
}

TrapKind CastDescEq(rt::Context* ctx, uint8_t* slots, const uint8_t* cell) {
  const rt::Ref ref = Operand(slots, 0);
  const TrapKind trap = TestDescEq(ctx, slots, cell);
  if (trap != TrapKind::kNone) return trap;
  if (Operand(slots, 0) == 0) return TrapKind::kDescriptorCastFailure;
  StoreAs(slots, ref);
  return TrapKind::kNone;
}

}  // namespace cvm
