#include "vm/types/subtyping.hpp"

namespace cvm {
namespace {

// core/valid/matching#heap-types among abstract types of one hierarchy; a != b.
bool MatchAbstract(HeapKind a, HeapKind b) {
  switch (b) {
    case HeapKind::kAny:
      return a == HeapKind::kEq || a == HeapKind::kI31 || a == HeapKind::kStruct || a == HeapKind::kArray ||
             a == HeapKind::kNone;
    case HeapKind::kEq:
      return a == HeapKind::kI31 || a == HeapKind::kStruct || a == HeapKind::kArray || a == HeapKind::kNone;
    case HeapKind::kI31:
    case HeapKind::kStruct:
    case HeapKind::kArray:
      return a == HeapKind::kNone;
    case HeapKind::kFunc:
      return a == HeapKind::kNoFunc;
    case HeapKind::kExtern:
      return a == HeapKind::kNoExtern;
    case HeapKind::kExn:
      return a == HeapKind::kNoExn;
    default:
      return false;
  }
}

// The bottom types stand below every defined type of their hierarchy.
bool BottomMatchesConcrete(const TypeContext& cx, HeapKind a, HeapType b) {
  if (a == HeapKind::kNone) return TopOf(cx, b) == HeapKind::kAny;
  return a == HeapKind::kNoFunc && TopOf(cx, b) == HeapKind::kFunc;
}

}  // namespace

HeapKind AbstractOf(CompositeKind kind) {
  switch (kind) {
    case CompositeKind::kStruct:
      return HeapKind::kStruct;
    case CompositeKind::kArray:
      return HeapKind::kArray;
    default:
      return HeapKind::kFunc;
  }
}

HeapKind TopOf(const TypeContext& cx, HeapType type) {
  const HeapKind kind = type.is_concrete() ? AbstractOf(cx.TypeOf(type.index).kind) : type.kind;
  switch (kind) {
    case HeapKind::kFunc:
    case HeapKind::kNoFunc:
      return HeapKind::kFunc;
    case HeapKind::kExtern:
    case HeapKind::kNoExtern:
      return HeapKind::kExtern;
    case HeapKind::kExn:
    case HeapKind::kNoExn:
      return HeapKind::kExn;
    case HeapKind::kBottom:
      return HeapKind::kBottom;
    default:
      return HeapKind::kAny;
  }
}

bool MatchHeap(const TypeContext& cx, HeapType a, HeapType b) {
  if (a == b || a.kind == HeapKind::kBottom) return true;
  if (b.kind == HeapKind::kBottom) return false;
  if (!a.is_concrete()) return b.is_concrete() ? BottomMatchesConcrete(cx, a.kind, b) : MatchAbstract(a.kind, b.kind);
  if (!b.is_concrete()) {
    const HeapKind kind = AbstractOf(cx.TypeOf(a.index).kind);
    return kind == b.kind || MatchAbstract(kind, b.kind);
  }
  // custom-descriptors: an exact type has no subtypes but itself.
  if (b.exact) return a.exact && cx.IdOf(a.index) == cx.IdOf(b.index);
  return cx.types().IsSubtype(cx.IdOf(a.index), cx.IdOf(b.index));
}

bool MatchVal(const TypeContext& cx, ValType a, ValType b) {
  if (a.kind == ValKind::kBottom) return true;
  if (a.kind != b.kind) return false;
  if (!a.is_ref()) return true;
  return (b.nullable || !a.nullable) && MatchHeap(cx, a.heap, b.heap);
}

bool MatchResults(const TypeContext& cx, std::span<const ValType> a, std::span<const ValType> b) {
  if (a.size() != b.size()) return false;
  for (size_t i = 0; i < a.size(); ++i) {
    if (!MatchVal(cx, a[i], b[i])) return false;
  }
  return true;
}

bool MatchField(const TypeContext& cx, const FieldType& a, const FieldType& b) {
  if (a.mutable_ != b.mutable_ || a.packed != b.packed || !MatchVal(cx, a.type, b.type)) return false;
  return !a.mutable_ || MatchVal(cx, b.type, a.type);
}

bool MatchFunc(const TypeContext& cx, const FuncType& a, const FuncType& b) {
  return MatchResults(cx, b.params, a.params) && MatchResults(cx, a.results, b.results);
}

bool MatchComposite(const TypeContext& cx, const SubType& a, const SubType& b) {
  if (a.kind != b.kind || a.shared != b.shared) return false;
  if (a.kind == CompositeKind::kFunc) return MatchFunc(cx, a.func, b.func);
  if (a.fields.size() < b.fields.size()) return false;
  for (size_t i = 0; i < b.fields.size(); ++i) {
    if (!MatchField(cx, a.fields[i], b.fields[i])) return false;
  }
  return true;
}

bool MatchLimits(const Limits& a, const Limits& b) {
  if (a.addr != b.addr || a.shared != b.shared || a.min < b.min) return false;
  return !b.max || (a.max && *a.max <= *b.max);
}

bool MatchTable(const TypeContext& cx, const TableType& a, const TableType& b) {
  return MatchLimits(a.limits, b.limits) && MatchVal(cx, a.element, b.element) && MatchVal(cx, b.element, a.element);
}

bool MatchMemory(const MemoryType& a, const MemoryType& b) {
  return a.page_size_log2 == b.page_size_log2 && MatchLimits(a.limits, b.limits);
}

bool MatchGlobal(const TypeContext& cx, const GlobalType& a, const GlobalType& b) {
  if (a.mutable_ != b.mutable_ || !MatchVal(cx, a.type, b.type)) return false;
  return !a.mutable_ || MatchVal(cx, b.type, a.type);
}

bool MatchTag(const TypeContext& cx, const TagType& a, const TagType& b) {
  return cx.IdOf(a.type.value) == cx.IdOf(b.type.value);
}

bool MatchFuncImport(const TypeContext& cx, TypeIndex a, TypeIndex b, bool exact) {
  const uint32_t a_id = cx.IdOf(a.value);
  const uint32_t b_id = cx.IdOf(b.value);
  return exact ? a_id == b_id : cx.types().IsSubtype(a_id, b_id);
}

}  // namespace cvm
