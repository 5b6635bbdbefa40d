// TypeInfo: what a C++ type of the binding vocabulary (cvm/bind.hpp) is as a WIT type, worked out at compile time: its
// kind and parts, its size and alignment for both widths of pointer, and its flat form.
//
// The rules are those of canonical-abi/types (layout.hpp, flatten.hpp), which the tests compare with; here they run
// over constant trees of TypeInfo, so that the code that lifts and lowers has every offset as an immediate. What need
// not be a template works on a TypeInfo: comparison with the type of an import, conversion to an abi::ValType.
//
// Constants; any thread.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "canonical-abi/handles/resource.hpp"
#include "canonical-abi/types/flatten.hpp"
#include "canonical-abi/types/layout.hpp"
#include "canonical-abi/types/ptr_type.hpp"
#include "canonical-abi/types/val_type.hpp"

namespace cvm::component::typed {

struct TypeInfo;

// A field, case, label, element, key or value; the type is null where there is none.
struct Part {
  std::string_view name;
  const TypeInfo* type = nullptr;
};

// The core values that a type flattens to. Only the first kMaxFlatParams are listed: nothing longer is passed flat.
struct FlatForm {
  uint32_t count = 1;                                            // saturated at 2^32 - 1
  std::array<abi::CoreType, abi::kMaxFlatParams> types[2] = {};  // by PtrType
};

struct TypeInfo {
  abi::TypeKind kind;
  // In order: fields of a record or tuple; cases of a variant or enum; "none" and "some"; "ok" and "error"; labels of
  // flags; the element of a list; key and value of a map. Of primitives and handles: none.
  std::span<const Part> parts = {};
  std::optional<uint32_t> length = {};               // of a fixed-length list
  const abi::ResourceType& (*resource)() = nullptr;  // of own and borrow
  abi::Layout layout[2] = {};                        // by PtrType
  FlatForm flat = {};
  bool contains_pointer = false;
  bool contains_borrow = false;

  constexpr uint32_t size(abi::PtrType p) const { return layout[static_cast<size_t>(p)].size; }
  constexpr uint32_t alignment(abi::PtrType p) const { return layout[static_cast<size_t>(p)].alignment; }
};

inline constexpr abi::PtrType kPtrTypes[2] = {abi::PtrType::kI32, abi::PtrType::kI64};

// A place in memory for both widths of pointer.
struct Offset {
  uint32_t at[2] = {};
};

namespace internal {

constexpr uint32_t Saturate(uint64_t n) { return n > UINT32_MAX ? UINT32_MAX : static_cast<uint32_t>(n); }

constexpr abi::CoreType JoinCore(abi::CoreType a, abi::CoreType b) {
  if (a == b) return a;
  const auto narrow = [](abi::CoreType t) { return t == abi::CoreType::kI32 || t == abi::CoreType::kF32; };
  return narrow(a) && narrow(b) ? abi::CoreType::kI32 : abi::CoreType::kI64;
}

// Appends the flat form of `part` at `at` of `flat`, as far as it is listed.
constexpr void Append(FlatForm* flat, uint64_t at, const FlatForm& part) {
  for (uint32_t i = 0; i < part.count && i < abi::kMaxFlatParams && at + i < abi::kMaxFlatParams; ++i) {
    for (size_t p = 0; p < 2; ++p) flat->types[p][at + i] = part.types[p][i];
  }
}

constexpr uint32_t DiscriminantSize(size_t cases) { return cases <= 0x100 ? 1 : cases <= 0x10000 ? 2 : 4; }
constexpr uint32_t FlagsSize(size_t labels) { return labels <= 8 ? 1 : labels <= 16 ? 2 : 4; }

constexpr void ComposeRecord(TypeInfo* t) {
  for (abi::PtrType p : kPtrTypes) {
    uint64_t size = 0;
    uint32_t alignment = 1;
    for (const Part& part : t->parts) {
      size = abi::AlignTo(size, part.type->alignment(p)) + part.type->size(p);
      alignment = std::max(alignment, part.type->alignment(p));
    }
    t->layout[static_cast<size_t>(p)] = {Saturate(abi::AlignTo(size, alignment)), alignment};
  }
  uint64_t count = 0;
  for (const Part& part : t->parts) {
    Append(&t->flat, count, part.type->flat);
    count += part.type->flat.count;
  }
  t->flat.count = Saturate(count);
}

constexpr uint32_t MaxCaseAlignment(std::span<const Part> cases, abi::PtrType p) {
  uint32_t alignment = 1;
  for (const Part& c : cases) {
    if (c.type != nullptr) alignment = std::max(alignment, c.type->alignment(p));
  }
  return alignment;
}

constexpr void ComposeVariant(TypeInfo* t) {
  const uint32_t disc = DiscriminantSize(t->parts.size());
  for (abi::PtrType p : kPtrTypes) {
    const uint32_t payload = MaxCaseAlignment(t->parts, p);
    uint64_t size = 0;
    for (const Part& c : t->parts) size = std::max<uint64_t>(size, c.type == nullptr ? 0 : c.type->size(p));
    const uint32_t alignment = std::max(disc, payload);
    t->layout[static_cast<size_t>(p)] = {Saturate(abi::AlignTo(abi::AlignTo(disc, payload) + size, alignment)),
                                         alignment};
  }
  uint64_t count = 0;
  for (const Part& c : t->parts) {
    if (c.type == nullptr) continue;
    const FlatForm& flat = c.type->flat;
    for (uint32_t i = 0; i < flat.count && i + 1 < abi::kMaxFlatParams; ++i) {
      for (size_t p = 0; p < 2; ++p) {
        abi::CoreType& joined = t->flat.types[p][i + 1];
        joined = i < count ? JoinCore(joined, flat.types[p][i]) : flat.types[p][i];
      }
    }
    count = std::max<uint64_t>(count, flat.count);
  }
  for (size_t p = 0; p < 2; ++p) t->flat.types[p][0] = abi::CoreType::kI32;
  t->flat.count = Saturate(count + 1);
}

constexpr void ComposeFixedList(TypeInfo* t) {
  const TypeInfo& element = *t->parts[0].type;
  for (abi::PtrType p : kPtrTypes) {
    t->layout[static_cast<size_t>(p)] = {Saturate(uint64_t{*t->length} * element.size(p)), element.alignment(p)};
  }
  const uint64_t count = uint64_t{*t->length} * element.flat.count;
  for (uint64_t at = 0; at < count && at < abi::kMaxFlatParams; at += element.flat.count) {
    Append(&t->flat, at, element.flat);
  }
  t->flat.count = Saturate(count);
}

// A pointer and a length.
constexpr void ComposePointer(TypeInfo* t) {
  for (abi::PtrType p : kPtrTypes) {
    const size_t i = static_cast<size_t>(p);
    t->layout[i] = {2 * abi::PtrSize(p), abi::PtrSize(p)};
    t->flat.types[i][0] = t->flat.types[i][1] = abi::CoreTypeOf(p);
  }
  t->flat.count = 2;
  t->contains_pointer = true;
}

}  // namespace internal

// A type that is one core value of `size` bytes in memory.
constexpr TypeInfo ScalarInfo(abi::TypeKind kind, uint32_t size, abi::CoreType core = abi::CoreType::kI32) {
  TypeInfo t{.kind = kind};
  t.layout[0] = t.layout[1] = {size, size};
  t.flat.types[0][0] = t.flat.types[1][0] = core;
  return t;
}

constexpr TypeInfo HandleInfo(abi::TypeKind kind, const abi::ResourceType& (*resource)()) {
  TypeInfo t = ScalarInfo(kind, 4);
  t.resource = resource;
  t.contains_borrow = kind == abi::TypeKind::kBorrow;
  return t;
}

constexpr TypeInfo StringInfo() {
  TypeInfo t{.kind = abi::TypeKind::kString};
  internal::ComposePointer(&t);
  return t;
}

// Any other type, from its parts. `parts` is of static duration.
constexpr TypeInfo ComposedInfo(abi::TypeKind kind, std::span<const Part> parts, std::optional<uint32_t> length = {}) {
  if (kind == abi::TypeKind::kFlags) {
    TypeInfo flags = ScalarInfo(kind, internal::FlagsSize(parts.size()));
    flags.parts = parts;
    return flags;
  }
  TypeInfo t{.kind = kind, .parts = parts, .length = length};
  for (const Part& part : parts) {
    if (part.type == nullptr) continue;
    t.contains_pointer |= part.type->contains_pointer;
    t.contains_borrow |= part.type->contains_borrow;
  }
  switch (kind) {
    case abi::TypeKind::kRecord:
    case abi::TypeKind::kTuple:
      internal::ComposeRecord(&t);
      break;
    case abi::TypeKind::kList:
      length.has_value() ? internal::ComposeFixedList(&t) : internal::ComposePointer(&t);
      break;
    case abi::TypeKind::kMap:
      internal::ComposePointer(&t);
      break;
    default:
      internal::ComposeVariant(&t);
  }
  return t;
}

// Where the fields of a record or tuple lie, and where among its flat values.
template <size_t N>
constexpr std::array<Offset, N> FieldOffsets(std::span<const Part> fields) {
  std::array<Offset, N> offsets = {};
  for (size_t p = 0; p < 2; ++p) {
    uint64_t at = 0;
    for (size_t i = 0; i < N; ++i) {
      at = abi::AlignTo(at, fields[i].type->alignment(kPtrTypes[p]));
      offsets[i].at[p] = internal::Saturate(at);
      at += fields[i].type->size(kPtrTypes[p]);
    }
  }
  return offsets;
}
template <size_t N>
constexpr std::array<uint32_t, N> FlatOffsets(std::span<const Part> fields) {
  std::array<uint32_t, N> offsets = {};
  uint64_t at = 0;
  for (size_t i = 0; i < N; ++i) {
    offsets[i] = internal::Saturate(at);
    at += fields[i].type->flat.count;
  }
  return offsets;
}
// Where the payload of a variant lies.
constexpr Offset PayloadOffset(std::span<const Part> cases) {
  Offset offset;
  for (size_t p = 0; p < 2; ++p) {
    offset.at[p] = static_cast<uint32_t>(
        abi::AlignTo(internal::DiscriminantSize(cases.size()), internal::MaxCaseAlignment(cases, kPtrTypes[p])));
  }
  return offset;
}

// Says which resource type an index of an import's type means.
using ResolveIndex = std::function<const abi::ResourceType*(abi::ResourceIndex)>;

// True if `type`, as a component names it, is the type that `info` describes: same kinds, parts, labels and resources.
bool Matches(const TypeInfo& info, const abi::ValType& type, const ResolveIndex& resolve);

// The resource types of converted types, by their indices there.
using ResourceList = std::vector<const abi::ResourceType*>;
// The type as an abi::ValType, its resources being listed in `resources`. An error where a limit of types is exceeded.
Result<abi::ValType> ToValType(const TypeInfo& info, ResourceList* resources);

}  // namespace cvm::component::typed
