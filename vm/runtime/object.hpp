// References and the objects they refer to, as running code and the collector see them. Plain data; no owner.
//
// References are 64-bit words that say themselves what they are, whatever their static type:
//     0                      null
//     …000                   address of an object or of a Function; its first word is its TypeInfo
//     n << 1 | 1, 32 bits    i31: the 31 bits n
//     v << 2 | 2             host value v of 62 bits: an externref, or what any.convert_extern made of it (the same
//     word)
// So conversions between any and extern do nothing, ref.eq compares words, and the collector needs no types of slots.
#pragma once

#include <cstdint>

#include "vm/runtime/table.hpp"
#include "vm/types/type_info.hpp"

namespace cvm::rt {

struct Tag;

// --- words

constexpr bool IsI31(Ref ref) { return (ref & 1) != 0; }
constexpr Ref I31Ref(uint32_t value) { return static_cast<uint32_t>(value << 1) | uint32_t{1}; }
constexpr uint32_t I31Unsigned(Ref ref) { return static_cast<uint32_t>(ref) >> 1; }
constexpr uint32_t I31Signed(Ref ref) {
  return static_cast<uint32_t>(static_cast<int32_t>(static_cast<uint32_t>(ref)) >> 1);
}
constexpr bool IsHostRef(Ref ref) { return (ref & 3) == 2; }
constexpr uint64_t kMaxHostValue = (uint64_t{1} << 62) - 1;
constexpr Ref HostRef(uint64_t value) { return value << 2 | 2; }  // REQUIRES: value <= kMaxHostValue
constexpr uint64_t HostValue(Ref ref) { return ref >> 2; }
// An object or a function: the word is the address of something that begins with a TypeInfo*.
constexpr bool IsPointer(Ref ref) { return ref != kNullRef && (ref & 3) == 0; }
inline const TypeInfo* InfoOf(Ref ref) {
  return *reinterpret_cast<const TypeInfo* const*>(ref);
}  // REQUIRES: IsPointer

// --- objects

struct Object {
  const TypeInfo* info;

  uint8_t* at(uint64_t offset) { return reinterpret_cast<uint8_t*>(this) + offset; }
  Ref ref() const { return reinterpret_cast<Ref>(this); }
  static Object* Of(Ref ref) { return reinterpret_cast<Object*>(ref); }  // REQUIRES: a pointer
};

struct Array : Object {
  uint32_t length;
  uint32_t unused;

  uint8_t* data() { return at(kArrayData); }
  static Array* Of(Ref ref) { return reinterpret_cast<Array*>(ref); }
};
static_assert(sizeof(Array) == kArrayData);

// A thrown exception (exnref): its tag and its payload, slot by slot as in a window (v128: two slots).
struct Exception : Object {
  const Tag* tag;
  uint32_t slot_count;
  uint32_t unused;

  uint64_t* slots() { return reinterpret_cast<uint64_t*>(this + 1); }
  // By slot: whether it holds a reference.
  uint8_t* is_ref() { return reinterpret_cast<uint8_t*>(slots() + slot_count); }
  static Exception* Of(Ref ref) { return reinterpret_cast<Exception*>(ref); }
};

// The type of all exception objects.
extern const TypeInfo kExceptionInfo;

// What an object under construction is made of: slots that the collector has to look at should it run first.
struct Operands {
  const uint64_t* slots = nullptr;
  uint32_t count = 0;
  const TypeInfo* info = nullptr;   // kStruct: as for struct.new; kArray: `count` elements, one slot each
  const uint8_t* is_ref = nullptr;  // where there is no info: by slot
};

// Bytes of the object, header and all.
inline uint64_t SizeOf(const Object* object) {
  const TypeInfo* info = object->info;
  switch (info->kind) {
    case ObjectKind::kStruct:
      return info->size;
    case ObjectKind::kArray: {
      const uint64_t bytes = uint64_t{static_cast<const Array*>(object)->length} << info->element_log2;
      return kArrayData + ((bytes + 7) & ~uint64_t{7});
    }
    default: {
      const uint64_t slots = static_cast<const Exception*>(object)->slot_count;
      return sizeof(Exception) + slots * 8 + ((slots + 7) & ~uint64_t{7});
    }
  }
}

// What precedes an object that is not in a block of the heap.
struct Large {
  uint64_t bytes;  // of the object
  uint64_t cycle;  // the last collection that found it, or during or after which it was made

  Object* object() { return reinterpret_cast<Object*>(this + 1); }
  static Large* Of(Object* object) { return reinterpret_cast<Large*>(object) - 1; }
};

}  // namespace cvm::rt
