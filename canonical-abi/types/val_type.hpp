// The value types of the component model: ValType, an immutable handle that is cheap to copy, and its constructors.
//
// A primitive type is a bare kind; any other type shares an immutable TypeNode, which already holds the *despecialized*
// form (a tuple has fields "0", "1", …; an option has the cases "none" and "some"; a map is a list of pairs), its size
// and alignment for both pointer widths, its number of flat values and its predicates. All of these are computed once,
// when the type is constructed, from those of its parts; so that a question about a type is a look-up, however the type
// is shared or nested.
//
// Hostile types are refused by the constructors, which is the only way to make one (security.md DEC-08): nesting above
// kMaxTypeDepth, an expansion above kMaxTypeSize nodes (a type that names its parts twice doubles each time), a byte
// size of 2^28 or more (Binary.md: elem_size(t, 'i64') is less than 2^28).
//
// Resources. `own` and `borrow` hold a ResourceIndex: an index into a table that belongs to whoever wrote the type. A
// component type is compiled once, its resources get their identity at instantiation; so the same ValType is used by
// every instance and ComponentInstance::resources() says which ResourceType an index means there. Two types of
// different components are compared by SameType with a callback that compares their resources.
//
// Nodes are reference counted (std::shared_ptr) and constant: a ValType may be used from any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "canonical-abi/types/ptr_type.hpp"
#include "cvm/result.hpp"
#include "vm/base/index.hpp"

namespace cvm::abi {

// Index of a resource type in the table of the component (or host) that wrote the type.
using ResourceIndex = Index<struct ResourceTag>;

// Levels of nesting of a type, the type itself included.
inline constexpr uint32_t kMaxTypeDepth = 100;
// Nodes, fields, cases and labels of a type when every shared part is written out.
inline constexpr uint32_t kMaxTypeSize = 1'000'000;
// Binary.md: elem_size(t, 'i64') of every defined value type is less than 2^28.
inline constexpr uint64_t kMaxElemSize = (uint64_t{1} << 28) - 1;
// Binary.md: (flags l+) if 0 < |l*| <= 32.
inline constexpr size_t kMaxFlags = 32;

// The type constructors, in the order of definitions.py; the first kErrorContext + 1 of them have no parts.
enum class TypeKind : uint8_t {
  kBool,
  kS8,
  kU8,
  kS16,
  kU16,
  kS32,
  kU32,
  kS64,
  kU64,
  kF32,
  kF64,
  kChar,
  kString,
  kErrorContext,
  kList,  // with or without a fixed length
  kRecord,
  kTuple,
  kVariant,
  kEnum,
  kOption,
  kResult,
  kMap,
  kFlags,
  kOwn,
  kBorrow,
  kStream,
  kFuture,
};

// The keyword of the text format: "u8", "list", "error-context".
std::string_view TypeKindName(TypeKind kind);

struct TypeNode;

class ValType {
 public:
  // A type without parts. REQUIRES: kind <= kErrorContext.
  explicit ValType(TypeKind kind) : kind_(kind) {}

  TypeKind kind() const { return kind_; }
  // The kind after despecialization: never kTuple, kEnum, kOption, kResult or kMap. definitions.py: despecialize.
  TypeKind despecialized() const;
  bool primitive() const { return node_ == nullptr; }
  // The parts of the type, despecialized. REQUIRES: !primitive().
  const TypeNode& node() const { return *node_; }

  // Structural equality; resources are equal if their indices are.
  friend bool operator==(const ValType& a, const ValType& b);

  // The type in the text of WIT ("list<tuple<u8, string>>"); long types are cut.
  std::string ToString() const;

 private:
  friend class TypeBuilder;
  ValType(TypeKind kind, std::shared_ptr<const TypeNode> node) : kind_(kind), node_(std::move(node)) {}

  TypeKind kind_;
  std::shared_ptr<const TypeNode> node_;
};

// definitions.py: FieldType
struct FieldType {
  std::string label;
  ValType type;
};

// definitions.py: CaseType
struct CaseType {
  std::string label;
  std::optional<ValType> type;
};

// What a type says for one width of pointer.
struct Layout {
  uint32_t size = 0;
  uint32_t alignment = 1;
};

// The parts of a non-primitive type. Which members are set follows the despecialized kind.
struct TypeNode {
  TypeKind kind;                    // as written
  TypeKind despecialized;           // kList, kRecord, kVariant, kFlags, kOwn, kBorrow, kStream or kFuture
  std::optional<ValType> element;   // kList (of a map: the pair), kStream, kFuture
  std::optional<uint32_t> length;   // kList of a fixed length
  std::vector<FieldType> fields;    // kRecord
  std::vector<CaseType> cases;      // kVariant
  std::vector<std::string> labels;  // kFlags
  ResourceIndex resource;           // kOwn, kBorrow

  Layout layout[2];            // by PtrType
  uint32_t flat_count = 0;     // number of flat values, saturated at 2^32 - 1
  uint32_t depth = 1;          // levels of nesting
  uint32_t expanded_size = 1;  // see kMaxTypeSize
  uint64_t hash = 0;
  bool contains_borrow = false;
  bool contains_async_value = false;
  bool contains_pointer = false;  // a string or a list of variable length
};

// Types without parts, by the names of definitions.py.
inline ValType BoolType() { return ValType(TypeKind::kBool); }
inline ValType S8Type() { return ValType(TypeKind::kS8); }
inline ValType U8Type() { return ValType(TypeKind::kU8); }
inline ValType S16Type() { return ValType(TypeKind::kS16); }
inline ValType U16Type() { return ValType(TypeKind::kU16); }
inline ValType S32Type() { return ValType(TypeKind::kS32); }
inline ValType U32Type() { return ValType(TypeKind::kU32); }
inline ValType S64Type() { return ValType(TypeKind::kS64); }
inline ValType U64Type() { return ValType(TypeKind::kU64); }
inline ValType F32Type() { return ValType(TypeKind::kF32); }
inline ValType F64Type() { return ValType(TypeKind::kF64); }
inline ValType CharType() { return ValType(TypeKind::kChar); }
inline ValType StringType() { return ValType(TypeKind::kString); }
inline ValType ErrorContextType() { return ValType(TypeKind::kErrorContext); }

// Types with parts. An error is of kind kInvalid with the words of the validator and without an offset, which the
// caller knows: empty types, too many flags, a key type of a map that is none, and the three limits above. Labels are
// not checked here: that they are in kebab case and unique is a rule of component/names.
Result<ValType> ListType(ValType element);
Result<ValType> FixedListType(ValType element, uint32_t length);
Result<ValType> RecordType(std::vector<FieldType> fields);
Result<ValType> TupleType(std::vector<ValType> types);
Result<ValType> VariantType(std::vector<CaseType> cases);
Result<ValType> EnumType(std::vector<std::string> labels);
Result<ValType> OptionType(ValType some);
Result<ValType> ResultType(std::optional<ValType> ok, std::optional<ValType> error);
Result<ValType> MapType(ValType key, ValType value);
Result<ValType> FlagsType(std::vector<std::string> labels);
ValType OwnType(ResourceIndex resource);
ValType BorrowType(ResourceIndex resource);
Result<ValType> StreamType(std::optional<ValType> element);
Result<ValType> FutureType(std::optional<ValType> element);

// Compares two types of different components: equal if of the same shape and labels and if `same_resource` says so for
// every pair of resource indices, the first being of `a`.
using SameResource = std::function<bool(ResourceIndex a, ResourceIndex b)>;
bool SameType(const ValType& a, const ValType& b, const SameResource& same_resource);

// Type predicates. definitions.py: contains_borrow, contains_async_value; the last says whether a value of the type
// refers to memory beside its own bytes.
bool ContainsBorrow(const ValType& type);
bool ContainsAsyncValue(const ValType& type);
bool ContainsPointer(const ValType& type);

// Levels of nesting and expanded size, by which limits are decided.
uint32_t TypeDepth(const ValType& type);
uint32_t ExpandedTypeSize(const ValType& type);
uint64_t TypeHash(const ValType& type);

}  // namespace cvm::abi
