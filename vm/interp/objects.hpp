// Instructions on structures, arrays and references that are ordinary functions: allocation, whole-array operations,
// tests of types. Private to vm/interp.
#pragma once

#include "cvm/trap.hpp"
#include "vm/interp/machine.hpp"
#include "vm/runtime/heap.hpp"

namespace cvm {

// Stack-form instructions, as in host_calls.hpp. Those that allocate may collect: the machine's state must have been
// saved in the execution.
TrapKind StructNew(rt::Context* ctx, uint8_t* slots, const uint8_t* cell);
TrapKind StructNewDefault(rt::Context* ctx, uint8_t* slots, const uint8_t* cell);
TrapKind ArrayNew(rt::Context* ctx, uint8_t* slots, const uint8_t* cell);
TrapKind ArrayNewDefault(rt::Context* ctx, uint8_t* slots, const uint8_t* cell);
TrapKind ArrayNewFixed(rt::Context* ctx, uint8_t* slots, const uint8_t* cell);
TrapKind ArrayNewData(rt::Context* ctx, uint8_t* slots, const uint8_t* cell);
TrapKind ArrayNewElem(rt::Context* ctx, uint8_t* slots, const uint8_t* cell);
TrapKind ArrayFill(rt::Context* ctx, uint8_t* slots, const uint8_t* cell);
TrapKind ArrayCopy(rt::Context* ctx, uint8_t* slots, const uint8_t* cell);
TrapKind ArrayInitData(rt::Context* ctx, uint8_t* slots, const uint8_t* cell);
TrapKind ArrayInitElem(rt::Context* ctx, uint8_t* slots, const uint8_t* cell);
// custom-descriptors
TrapKind RefGetDesc(rt::Context* ctx, uint8_t* slots, const uint8_t* cell);
TrapKind CastDescEq(rt::Context* ctx, uint8_t* slots, const uint8_t* cell);
TrapKind TestDescEq(rt::Context* ctx, uint8_t* slots, const uint8_t* cell);

// struct.new of the StructGather cell at `cell`; nullptr: see NoRoom.
rt::Object* GatherStruct(rt::Context* ctx, const uint8_t* fp, const uint8_t* cell);
// Why an allocation has failed.
TrapKind NoRoom(const rt::Context* ctx);
// Writes a reference to an object while the collector is marking.
void Overwrite(rt::Heap* heap, uint8_t* p, rt::Ref ref);

// `word` as in regops.def.
CVM_INLINE bool IsConcrete(const rt::Context* ctx, rt::Ref ref, uint32_t word) {
  if (ref == rt::kNullRef) return (word & 1) != 0;
  if ((ref & 3) != 0) return false;
  const TypeInfo* info = rt::InfoOf(ref);
  const TypeInfo* wanted = ctx->type_infos[word >> 2];
  if (info == wanted) return true;
  return (word & 2) == 0 && info->depth > wanted->depth && info->display[wanted->depth] == wanted;
}
CVM_INLINE bool IsAbstract(rt::Ref ref, uint32_t word) {
  if (ref == rt::kNullRef) return (word & 1) != 0;
  switch (static_cast<HeapKind>(static_cast<int8_t>(word >> 2))) {
    case HeapKind::kI31:
      return rt::IsI31(ref);
    case HeapKind::kEq:
      return !rt::IsHostRef(ref);
    case HeapKind::kStruct:
      return (ref & 3) == 0 && rt::InfoOf(ref)->kind == ObjectKind::kStruct;
    case HeapKind::kArray:
      return (ref & 3) == 0 && rt::InfoOf(ref)->kind == ObjectKind::kArray;
    case HeapKind::kNone:
    case HeapKind::kNoFunc:
    case HeapKind::kNoExtern:
    case HeapKind::kNoExn:
      return false;
    default:
      return true;
  }
}

}  // namespace cvm
