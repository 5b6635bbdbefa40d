// Construction of types: a node is filled from the finished nodes of its parts, checked against the limits and frozen.
//
// Because a part exists before the whole does, a type cannot contain itself, and no function here recurses but those
// that compare and print, whose depth kMaxTypeDepth bounds and whose work kMaxTypeSize bounds.
#include "canonical-abi/types/val_type.hpp"

#include <algorithm>
#include <limits>
#include <utility>

#include "canonical-abi/types/flatten.hpp"
#include "canonical-abi/types/layout.hpp"
#include "vm/base/try.hpp"

namespace cvm::abi {
namespace {

constexpr std::string_view kNames[] = {"bool", "s8",     "u8",    "s16",     "u16",    "s32",    "u32",
                                       "s64",  "u64",    "f32",   "f64",     "char",   "string", "error-context",
                                       "list", "record", "tuple", "variant", "enum",   "option", "result",
                                       "map",  "flags",  "own",   "borrow",  "stream", "future"};
static_assert(std::size(kNames) == static_cast<size_t>(TypeKind::kFuture) + 1);

Error Invalid(std::string words) { return Error(ErrorKind::kInvalid, std::move(words)); }

// An FNV-1a step over 64 bits: hashes only shorten comparisons, nothing relies on their being unique.
void Mix(uint64_t* hash, uint64_t value) { *hash = (*hash ^ value) * 0x100000001b3u; }
void Mix(uint64_t* hash, std::string_view text) {
  for (const char c : text) Mix(hash, static_cast<uint8_t>(c));
  Mix(hash, text.size());
}

// Explainer.md: keytype ::= bool | s8 | … | u64 | char | string.
bool IsKeyType(const ValType& type) {
  return type.primitive() && type.kind() != TypeKind::kF32 && type.kind() != TypeKind::kF64 &&
         type.kind() != TypeKind::kErrorContext;
}

}  // namespace

std::string_view TypeKindName(TypeKind kind) { return kNames[static_cast<size_t>(kind)]; }

std::string_view CoreTypeName(CoreType type) {
  constexpr std::string_view kCoreNames[] = {"i32", "i64", "f32", "f64"};
  return kCoreNames[static_cast<size_t>(type)];
}

TypeKind ValType::despecialized() const { return node_ ? node_->despecialized : kind_; }

// Collects the parts of one node, then computes all that the node says about the whole.
class TypeBuilder {
 public:
  TypeBuilder(TypeKind kind, TypeKind despecialized) {
    node_->kind = kind;
    node_->despecialized = despecialized;
    Mix(&node_->hash, static_cast<uint64_t>(kind));
  }

  TypeNode& node() { return *node_; }

  // `max_size`: the bytes that the type may take up, by Binary.md kMaxElemSize for every type that a component defines.
  Result<ValType> Finish(uint64_t max_size = kMaxElemSize) {
    TypeNode& n = *node_;
    uint64_t size = 1;
    uint32_t depth = 0;
    const auto add = [&](const ValType& part) {
      depth = std::max(depth, TypeDepth(part));
      size += ExpandedTypeSize(part);
      n.contains_borrow |= ContainsBorrow(part);
      n.contains_async_value |= ContainsAsyncValue(part);
      n.contains_pointer |= ContainsPointer(part);
      Mix(&n.hash, TypeHash(part));
    };
    if (n.element.has_value()) add(*n.element);
    for (const FieldType& f : n.fields) add(f.type), Mix(&n.hash, f.label);
    for (const CaseType& c : n.cases) {
      Mix(&n.hash, c.label);
      if (c.type.has_value()) {
        add(*c.type);
      } else {
        ++size;
      }
    }
    for (const std::string& label : n.labels) Mix(&n.hash, label);
    size += n.labels.size();
    Mix(&n.hash, n.length.value_or(0));
    n.depth = depth + 1;
    if (n.depth > kMaxTypeDepth) {
      return LimitReached("type nesting is too deep", n.depth, kMaxTypeDepth, "max-type-depth");
    }
    if (size > kMaxTypeSize) return LimitReached("effective type size too large", size, kMaxTypeSize, "max-type-size");
    n.expanded_size = static_cast<uint32_t>(size);
    SetOwnPredicates();
    CVM_RETURN_IF_ERROR(SetLayouts(max_size));
    n.flat_count = CountFlat(n);
    return ValType(n.kind, std::move(node_));
  }

  // A handle type has neither parts nor limits to exceed.
  static ValType Handle(TypeKind kind, ResourceIndex resource) {
    TypeBuilder b(kind, kind);
    TypeNode& n = *b.node_;
    n.resource = resource;
    n.contains_borrow = kind == TypeKind::kBorrow;
    n.layout[0] = n.layout[1] = {4, 4};
    n.flat_count = 1;
    return ValType(kind, std::move(b.node_));
  }

 private:
  // What the node itself adds to the predicates of its parts. A stream or future is one handle, whatever it carries.
  void SetOwnPredicates() {
    TypeNode& n = *node_;
    if (n.despecialized == TypeKind::kStream || n.despecialized == TypeKind::kFuture) {
      n.contains_async_value = true;
      n.contains_pointer = false;
    }
    if (n.despecialized == TypeKind::kList && !n.length.has_value()) n.contains_pointer = true;
  }

  Result<void> SetLayouts(uint64_t max_size) {
    for (const PtrType ptr_type : {PtrType::kI32, PtrType::kI64}) {
      const auto [size, alignment] = LayoutFor(ptr_type);
      if (size > max_size) return Invalid("type size exceeds maximum byte size of " + std::to_string(kMaxElemSize));
      node_->layout[static_cast<size_t>(ptr_type)] = {static_cast<uint32_t>(size), alignment};
    }
    return {};
  }

  std::pair<uint64_t, uint32_t> LayoutFor(PtrType ptr_type) const {
    const TypeNode& n = *node_;
    switch (n.despecialized) {
      case TypeKind::kList:
        return {ElemSizeList(*n.element, n.length, ptr_type), AlignmentList(*n.element, n.length, ptr_type)};
      case TypeKind::kRecord:
        return {ElemSizeRecord(n.fields, ptr_type), AlignmentRecord(n.fields, ptr_type)};
      case TypeKind::kVariant:
        return {ElemSizeVariant(n.cases, ptr_type), AlignmentVariant(n.cases, ptr_type)};
      case TypeKind::kFlags:
        return {ElemSizeFlags(n.labels), AlignmentFlags(n.labels)};
      default:  // own, borrow, stream, future: an index of a handle
        return {4, 4};
    }
  }

  std::shared_ptr<TypeNode> node_ = std::make_shared<TypeNode>();
};

namespace {

TypeBuilder TupleBuilder(std::vector<ValType> types) {
  TypeBuilder b(TypeKind::kTuple, TypeKind::kRecord);
  b.node().fields.reserve(types.size());
  for (size_t i = 0; i < types.size(); ++i) b.node().fields.push_back({std::to_string(i), std::move(types[i])});
  return b;
}

}  // namespace

Result<ValType> ListType(ValType element) {
  TypeBuilder b(TypeKind::kList, TypeKind::kList);
  b.node().element = std::move(element);
  return b.Finish();
}

Result<ValType> FixedListType(ValType element, uint32_t length) {
  if (length == 0) return Invalid("fixed-length lists must have more than 0 elements");
  TypeBuilder b(TypeKind::kList, TypeKind::kList);
  b.node().element = std::move(element);
  b.node().length = length;
  return b.Finish();
}

Result<ValType> RecordType(std::vector<FieldType> fields) {
  if (fields.empty()) return Invalid("record type must have at least one field");
  TypeBuilder b(TypeKind::kRecord, TypeKind::kRecord);
  b.node().fields = std::move(fields);
  return b.Finish();
}

Result<ValType> TupleType(std::vector<ValType> types) {
  if (types.empty()) return Invalid("tuple type must have at least one type");
  return TupleBuilder(std::move(types)).Finish();
}

Result<ValType> VariantType(std::vector<CaseType> cases) {
  if (cases.empty()) return Invalid("variant type must have at least one case");
  TypeBuilder b(TypeKind::kVariant, TypeKind::kVariant);
  b.node().cases = std::move(cases);
  return b.Finish();
}

Result<ValType> EnumType(std::vector<std::string> labels) {
  if (labels.empty()) return Invalid("enum type must have at least one variant");
  TypeBuilder b(TypeKind::kEnum, TypeKind::kVariant);
  b.node().cases.reserve(labels.size());
  for (std::string& label : labels) b.node().cases.push_back({std::move(label), std::nullopt});
  return b.Finish();
}

Result<ValType> OptionType(ValType some) {
  TypeBuilder b(TypeKind::kOption, TypeKind::kVariant);
  b.node().cases = {{"none", std::nullopt}, {"some", std::move(some)}};
  return b.Finish();
}

Result<ValType> ResultType(std::optional<ValType> ok, std::optional<ValType> error) {
  TypeBuilder b(TypeKind::kResult, TypeKind::kVariant);
  b.node().cases = {{"ok", std::move(ok)}, {"error", std::move(error)}};
  return b.Finish();
}

Result<ValType> MapType(ValType key, ValType value) {
  if (!IsKeyType(key)) return Invalid("invalid map key type `" + key.ToString() + "`");
  // The pair is the ABI's, not a type that the component defines, so that its own size is not limited; the product with
  // the number of pairs is, when a map is loaded.
  CVM_ASSIGN_OR_RETURN(ValType pair, TupleBuilder({std::move(key), std::move(value)}).Finish(2 * kMaxElemSize + 8));
  TypeBuilder b(TypeKind::kMap, TypeKind::kList);
  b.node().element = std::move(pair);
  return b.Finish();
}

Result<ValType> FlagsType(std::vector<std::string> labels) {
  if (labels.empty()) return Invalid("flags must have at least one entry");
  if (labels.size() > kMaxFlags) return Invalid("cannot have more than 32 flags");
  TypeBuilder b(TypeKind::kFlags, TypeKind::kFlags);
  b.node().labels = std::move(labels);
  return b.Finish();
}

// The index is left out of the hash: SameType compares resources by its own measure.
ValType OwnType(ResourceIndex resource) { return TypeBuilder::Handle(TypeKind::kOwn, resource); }
ValType BorrowType(ResourceIndex resource) { return TypeBuilder::Handle(TypeKind::kBorrow, resource); }

Result<ValType> StreamType(std::optional<ValType> element) {
  TypeBuilder b(TypeKind::kStream, TypeKind::kStream);
  b.node().element = std::move(element);
  return b.Finish();
}

Result<ValType> FutureType(std::optional<ValType> element) {
  TypeBuilder b(TypeKind::kFuture, TypeKind::kFuture);
  b.node().element = std::move(element);
  return b.Finish();
}

bool ContainsBorrow(const ValType& type) { return !type.primitive() && type.node().contains_borrow; }
bool ContainsAsyncValue(const ValType& type) { return !type.primitive() && type.node().contains_async_value; }
bool ContainsPointer(const ValType& type) {
  return type.primitive() ? type.kind() == TypeKind::kString : type.node().contains_pointer;
}
uint32_t TypeDepth(const ValType& type) { return type.primitive() ? 1 : type.node().depth; }
uint32_t ExpandedTypeSize(const ValType& type) { return type.primitive() ? 1 : type.node().expanded_size; }
uint64_t TypeHash(const ValType& type) {
  return type.primitive() ? static_cast<uint64_t>(type.kind()) : type.node().hash;
}

}  // namespace cvm::abi
