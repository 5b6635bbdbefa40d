// The types of core WebAssembly 3.0 as plain values (core/syntax/types).
//
// Inside a decoded module a concrete heap type is an index into that module's type section; a CanonicalTypes table
// (canonical.hpp) turns it into an id that is unique in an engine. Both fit the same ValType: which of the two is meant
// follows from who holds it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "vm/base/index.hpp"

namespace cvm {

// Abstract heap types and the concrete kind (core/syntax/types#heap-types). Values are the binary format's (as s33).
enum class HeapKind : int8_t {
  kNoExn = -0x0c,     // 0x74
  kNoFunc = -0x0d,    // 0x73
  kNoExtern = -0x0e,  // 0x72
  kNone = -0x0f,      // 0x71
  kFunc = -0x10,      // 0x70
  kExtern = -0x11,    // 0x6f
  kAny = -0x12,       // 0x6e
  kEq = -0x13,        // 0x6d
  kI31 = -0x14,       // 0x6c
  kStruct = -0x15,    // 0x6b
  kArray = -0x16,     // 0x6a
  kExn = -0x17,       // 0x69
  kConcrete = 0,      // a type index follows
  kBottom = 1,        // below every heap type; only inside the validator
};

struct HeapType {
  HeapKind kind = HeapKind::kFunc;
  bool exact = false;      // custom-descriptors: (exact $t)
  uint32_t index = 0;      // where kind is kConcrete

  static constexpr HeapType Abstract(HeapKind k) { return {k, false, 0}; }
  static constexpr HeapType Concrete(TypeIndex i) { return {HeapKind::kConcrete, false, i.value}; }
  constexpr bool is_concrete() const { return kind == HeapKind::kConcrete; }
  constexpr bool operator==(const HeapType&) const = default;
};

enum class ValKind : uint8_t { kI32, kI64, kF32, kF64, kV128, kRef, kBottom /* only inside the validator */ };

// A value type; storage types i8/i16 are a FieldType's affair.
struct ValType {
  ValKind kind = ValKind::kI32;
  bool nullable = false;  // where kind is kRef
  HeapType heap;          // where kind is kRef

  static constexpr ValType I32() { return {ValKind::kI32}; }
  static constexpr ValType I64() { return {ValKind::kI64}; }
  static constexpr ValType F32() { return {ValKind::kF32}; }
  static constexpr ValType F64() { return {ValKind::kF64}; }
  static constexpr ValType V128() { return {ValKind::kV128}; }
  static constexpr ValType Bottom() { return {ValKind::kBottom}; }
  static constexpr ValType Ref(HeapType heap, bool nullable) { return {ValKind::kRef, nullable, heap}; }
  static constexpr ValType FuncRef() { return Ref(HeapType::Abstract(HeapKind::kFunc), true); }
  static constexpr ValType ExternRef() { return Ref(HeapType::Abstract(HeapKind::kExtern), true); }

  constexpr bool is_ref() const { return kind == ValKind::kRef; }
  constexpr bool is_num() const { return kind <= ValKind::kF64; }
  // valid/instructions: a type whose default value exists.
  constexpr bool is_defaultable() const { return !is_ref() || nullable; }
  constexpr bool operator==(const ValType& o) const {
    return kind == o.kind && (kind != ValKind::kRef || (nullable == o.nullable && heap == o.heap));
  }
};

// Slots of 8 bytes that a value takes in a frame.
constexpr uint32_t SlotsOf(ValType type) { return type.kind == ValKind::kV128 ? 2 : 1; }

using ResultType = std::vector<ValType>;

struct FuncType {
  ResultType params;
  ResultType results;
  bool operator==(const FuncType&) const = default;
};

enum class PackedKind : uint8_t { kNone, kI8, kI16 };

struct FieldType {
  ValType type;                             // i32 where packed
  PackedKind packed = PackedKind::kNone;
  bool mutable_ = false;
  bool operator==(const FieldType&) const = default;
};

enum class CompositeKind : uint8_t { kFunc, kStruct, kArray, kCont };

// One entry of the type section after rec groups are flattened (core/syntax/types#recursive-types).
struct SubType {
  CompositeKind kind = CompositeKind::kFunc;
  bool final_ = true;
  std::vector<TypeIndex> supertypes;        // at most one
  FuncType func;                            // kFunc
  std::vector<FieldType> fields;            // kStruct; kArray has exactly one
  std::optional<TypeIndex> descriptor;      // custom-descriptors
  std::optional<TypeIndex> describes;
  bool shared = false;
};

// Types [start, start + count) form one rec group.
struct RecGroup {
  uint32_t start = 0;
  uint32_t count = 0;
};

enum class AddrKind : uint8_t { kI32, kI64 };
constexpr ValType AddrType(AddrKind kind) { return kind == AddrKind::kI64 ? ValType::I64() : ValType::I32(); }

struct Limits {
  AddrKind addr = AddrKind::kI32;
  uint64_t min = 0;
  std::optional<uint64_t> max;
  bool shared = false;
  bool operator==(const Limits&) const = default;
};

struct MemoryType {
  Limits limits;                 // in pages
  uint8_t page_size_log2 = 16;   // custom-page-sizes: 0 or 16
  bool operator==(const MemoryType&) const = default;
};

struct TableType {
  ValType element;
  Limits limits;
  bool operator==(const TableType&) const = default;
};

struct GlobalType {
  ValType type;
  bool mutable_ = false;
  bool operator==(const GlobalType&) const = default;
};

struct TagType {
  TypeIndex type;                // a function type without results
  bool operator==(const TagType&) const = default;
};

// "i32", "(ref null func)", "funcref" … as the text format writes them; concrete types as their index.
std::string ToString(HeapType type);
std::string ToString(ValType type);
std::string ToString(const FuncType& type);  // "(param i32 i32) (result i64)"
std::string ToString(const Limits& limits);

}  // namespace cvm
