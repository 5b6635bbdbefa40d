// TypeInfo: a defined type as running code and the collector see it — its supertypes for casts in constant time, and
// where the fields of its objects lie. The first word of every object, and of every function, points to one.
//
// Made once for each canonical type (CanonicalTypes::Entry), immutable, at a fixed address for as long as the engine
// lives; shared by its threads.
//
// Objects
//   structure   TypeInfo*, fields in order, each at its natural alignment (at most 8), then the descriptor if it has
//   one array       TypeInfo*, u32 length, u32 unused, elements from kArrayData on
// Packed fields take 1 or 2 bytes, i32 and f32 4, i64, f64 and references 8, v128 16. A subtype's fields begin with
// its supertype's, so that one offset serves both. Sizes are multiples of 8.
#pragma once

#include <cstdint>
#include <vector>

#include "vm/types/types.hpp"

namespace cvm {

enum class ObjectKind : uint8_t { kFunc, kStruct, kArray, kException };

inline constexpr uint32_t kObjectHeader = 8;
inline constexpr uint32_t kArrayLength = 8;  // offset of the length
inline constexpr uint32_t kArrayData = 16;
// Objects of more bytes than this do not lie in blocks of the heap.
inline constexpr uint64_t kLargeObjectBytes = 8 << 10;

// The last fields of a structure, which would write beyond its end if they were stored as 8 bytes.
struct TailField {
  uint32_t slot = 0;  // among the operands of struct.new
  uint32_t offset = 0;
  uint32_t bytes = 0;
};

struct TypeInfo {
  ObjectKind kind = ObjectKind::kFunc;
  uint8_t element_log2 = 0;     // kArray: log2 of an element's bytes
  bool element_is_ref = false;  // kArray
  uint16_t depth = 0;           // number of supertypes
  uint32_t id = 0;              // canonical
  // kStruct: bytes of the object, header and all.
  uint32_t size = 0;
  // kStruct: the same, or too much for any block where the object is a large one.
  uint64_t bump_bytes = 0;
  // display[d] is the supertype of depth d; display[depth] the type itself.
  const TypeInfo* const* display = nullptr;
  // kStruct: the operands of struct.new slot by slot: where slot i goes, for the first `whole_slots` of them with all
  // its 8 bytes (what is written too much, the next field overwrites); the rest are `tail`.
  const uint32_t* field_offsets = nullptr;  // kStruct: by field
  uint32_t slot_count = 0;
  uint32_t whole_slots = 0;
  const uint32_t* slot_offsets = nullptr;
  const TailField* tail = nullptr;
  uint32_t tail_count = 0;
  // kStruct: its references, the descriptor among them.
  uint32_t ref_count = 0;
  const uint32_t* ref_offsets = nullptr;
  // kStruct: offset of the descriptor; 0 if the type has none.
  uint32_t descriptor_offset = 0;

  bool IsSubtypeOf(const TypeInfo* super) const {
    return this == super || (depth > super->depth && display[super->depth] == super);
  }
};

// Bytes that a field takes in an object.
uint32_t StorageBytes(const FieldType& field);

// The storage that a TypeInfo's pointers point into. Not movable once laid out.
struct ObjectLayout {
  TypeInfo info;
  std::vector<const TypeInfo*> display;
  std::vector<uint32_t> field_offsets;  // kStruct: by field
  std::vector<uint32_t> slot_offsets;
  std::vector<TailField> tail;
  std::vector<uint32_t> ref_offsets;

  // Lays out `type`, whose canonical id is `id` and whose direct supertype, if any, is `super`.
  void Set(const SubType& type, uint32_t id, const ObjectLayout* super);

 private:
  void SetFields(const std::vector<FieldType>& fields, bool has_descriptor);
  void SetElement(const FieldType& field);
};

}  // namespace cvm
