// The matching rules of core/valid/matching: "a matches b" means that an a may be used where a b is wanted.
//
// A TypeContext says what a concrete heap type's index means: an index into one module's type section (whose canonical
// ids are given), or a canonical id itself. All functions are pure; safe from any thread.
#pragma once

#include <span>

#include "vm/types/canonical.hpp"
#include "vm/types/types.hpp"

namespace cvm {

class TypeContext {
 public:
  // Concrete types hold canonical ids: linking, the runtime.
  explicit TypeContext(const CanonicalTypes& types) : types_(&types) {}
  // Concrete types hold indices of the module whose types have these ids: validation.
  TypeContext(const CanonicalTypes& types, std::span<const uint32_t> ids) : types_(&types), ids_(ids), mapped_(true) {}

  const CanonicalTypes& types() const { return *types_; }
  uint32_t IdOf(uint32_t index) const { return mapped_ ? ids_[index] : index; }
  const SubType& TypeOf(uint32_t index) const { return types_->TypeOf(IdOf(index)); }

 private:
  const CanonicalTypes* types_;
  std::span<const uint32_t> ids_;
  bool mapped_ = false;
};

// The top type of the hierarchy that `type` belongs to: any, func, extern or exn (kBottom stays itself).
HeapKind TopOf(const TypeContext& cx, HeapType type);
// The abstract type right above the defined types of a kind: func, struct or array.
HeapKind AbstractOf(CompositeKind kind);

bool MatchHeap(const TypeContext& cx, HeapType a, HeapType b);
bool MatchVal(const TypeContext& cx, ValType a, ValType b);
bool MatchResults(const TypeContext& cx, std::span<const ValType> a, std::span<const ValType> b);
bool MatchField(const TypeContext& cx, const FieldType& a, const FieldType& b);
bool MatchFunc(const TypeContext& cx, const FuncType& a, const FuncType& b);
// Same kind and shape rules for the part of a sub type that follows its supertypes.
bool MatchComposite(const TypeContext& cx, const SubType& a, const SubType& b);

// External types. A table or memory that exists matches with its present size as minimum.
bool MatchLimits(const Limits& a, const Limits& b);
bool MatchTable(const TypeContext& cx, const TableType& a, const TableType& b);
bool MatchMemory(const MemoryType& a, const MemoryType& b);
bool MatchGlobal(const TypeContext& cx, const GlobalType& a, const GlobalType& b);
bool MatchTag(const TypeContext& cx, const TagType& a, const TagType& b);
// Function imports: `exact` (custom-descriptors) asks for the very type.
bool MatchFuncImport(const TypeContext& cx, TypeIndex a, TypeIndex b, bool exact);

}  // namespace cvm
