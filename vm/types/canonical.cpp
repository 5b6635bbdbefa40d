// Interning of rec groups.
//
// A group's key is a byte string: its types in order, each written out field by field, a reference to a type of the
// group itself as its place in the group, any other as its canonical id. Two groups are equivalent exactly when their
// keys are equal (core/valid/conventions#defined-types: equality after rolling up). Keys are hashed with XXH3.
#include "vm/types/canonical.hpp"

#include <bit>

#define XXH_INLINE_ALL
#include <xxhash.h>

#include "vm/base/try.hpp"

namespace cvm {
namespace {

// Maps the indices of one group to what they mean outside it.
struct GroupScope {
  RecGroup group;                 // by module index
  std::span<const uint32_t> ids;  // of the types before the group; unused where `identity`
  bool identity = false;          // indices are canonical ids already

  bool Inside(uint32_t index) const { return !identity && index >= group.start && index - group.start < group.count; }
  uint32_t Outside(uint32_t index) const { return identity ? index : ids[index]; }
};

class KeyWriter {
 public:
  explicit KeyWriter(const GroupScope& scope) : scope_(scope) {}

  void Type(const SubType& type) {
    Byte(static_cast<uint8_t>(type.kind));
    Byte(static_cast<uint8_t>((type.final_ ? 1 : 0) | (type.shared ? 2 : 0)));
    Number(static_cast<uint32_t>(type.supertypes.size()));
    for (const TypeIndex super : type.supertypes) Reference(super.value);
    Optional(type.descriptor);
    Optional(type.describes);
    Vals(type.func.params);
    Vals(type.func.results);
    Number(static_cast<uint32_t>(type.fields.size()));
    for (const FieldType& field : type.fields) {
      Byte(static_cast<uint8_t>(static_cast<uint8_t>(field.packed) << 1 | (field.mutable_ ? 1 : 0)));
      Val(field.type);
    }
  }
  std::string Take() { return std::move(key_); }

 private:
  void Byte(uint8_t byte) { key_.push_back(static_cast<char>(byte)); }
  void Number(uint32_t n) {
    for (int shift = 0; shift < 32; shift += 8) Byte(static_cast<uint8_t>(n >> shift));
  }
  void Reference(uint32_t index) {
    const bool inside = scope_.Inside(index);
    Byte(inside ? 1 : 0);
    Number(inside ? index - scope_.group.start : scope_.Outside(index));
  }
  void Optional(std::optional<TypeIndex> index) {
    Byte(index ? 1 : 0);
    if (index) Reference(index->value);
  }
  void Val(ValType type) {
    Byte(static_cast<uint8_t>(type.kind));
    if (!type.is_ref()) return;
    Byte(static_cast<uint8_t>((type.nullable ? 1 : 0) | (type.heap.exact ? 2 : 0)));
    Byte(static_cast<uint8_t>(type.heap.kind));
    if (type.heap.is_concrete()) Reference(type.heap.index);
  }
  void Vals(const ResultType& types) {
    Number(static_cast<uint32_t>(types.size()));
    for (const ValType type : types) Val(type);
  }

  const GroupScope& scope_;
  std::string key_;
};

// Rewrites the indices of a type from module indices to ids; the group itself begins at `first_id`.
class Renamer {
 public:
  Renamer(const GroupScope& scope, uint32_t first_id) : scope_(scope), first_id_(first_id) {}

  SubType Type(const SubType& type) const {
    SubType out = type;
    for (TypeIndex& super : out.supertypes) super = Index(super);
    if (out.descriptor) out.descriptor = Index(*out.descriptor);
    if (out.describes) out.describes = Index(*out.describes);
    for (ValType& param : out.func.params) Val(&param);
    for (ValType& result : out.func.results) Val(&result);
    for (FieldType& field : out.fields) Val(&field.type);
    return out;
  }

 private:
  TypeIndex Index(TypeIndex index) const {
    return TypeIndex(scope_.Inside(index.value) ? first_id_ + (index.value - scope_.group.start)
                                                : scope_.Outside(index.value));
  }
  void Val(ValType* type) const {
    if (type->is_ref() && type->heap.is_concrete()) type->heap.index = Index(TypeIndex(type->heap.index)).value;
  }

  const GroupScope& scope_;
  uint32_t first_id_;
};

}  // namespace

size_t CanonicalTypes::KeyHash::operator()(const std::string& key) const {
  return static_cast<size_t>(XXH3_64bits(key.data(), key.size()));
}

CanonicalTypes::CanonicalTypes() {
  for (auto& block : blocks_) block.store(nullptr, std::memory_order_relaxed);
}

CanonicalTypes::~CanonicalTypes() {
  for (auto& block : blocks_) delete[] block.load(std::memory_order_relaxed);
}

// Ids are shifted by the size of the first block, so that the position of the highest bit is the block.
uint32_t CanonicalTypes::BlockOf(uint32_t id) {
  return static_cast<uint32_t>(std::bit_width(id + (1u << kFirstBlockLog2))) - 1 - kFirstBlockLog2;
}

CanonicalTypes::Entry* CanonicalTypes::Slot(uint32_t id) const {
  const uint32_t block = BlockOf(id);
  const uint32_t first = (1u << (kFirstBlockLog2 + block)) - (1u << kFirstBlockLog2);
  return blocks_[block].load(std::memory_order_acquire) + (id - first);
}

void CanonicalTypes::GrowTo(uint32_t count) {
  for (uint32_t block = 0; count != 0 && block <= BlockOf(count - 1); ++block) {
    if (blocks_[block].load(std::memory_order_relaxed) != nullptr) continue;
    blocks_[block].store(new Entry[size_t{1} << (kFirstBlockLog2 + block)], std::memory_order_release);
  }
}

// Fills the slot of `id`; its supertypes are there already.
Result<void> CanonicalTypes::Publish(SubType type, uint32_t id, RecGroup group) {
  Entry& entry = *Slot(id);
  entry.display.clear();
  if (!type.supertypes.empty()) entry.display = At(type.supertypes.front().value).display;
  if (entry.display.size() > kMaxSubtypeDepth) {
    return LimitError("sub type hierarchy is deeper than " + std::to_string(kMaxSubtypeDepth));
  }
  entry.depth = static_cast<uint32_t>(entry.display.size());
  entry.display.push_back(id);
  entry.layout.Set(type, id, type.supertypes.empty() ? nullptr : &At(type.supertypes.front().value).layout);
  entry.type = std::move(type);
  entry.group_start = group.start;
  entry.group_count = group.count;
  return {};
}

Result<void> CanonicalTypes::InternGroup(const std::vector<SubType>& types, RecGroup group,
                                         std::vector<uint32_t>* ids) {
  if (group.count == 0) return {};
  const GroupScope scope{group, *ids, false};
  KeyWriter writer(scope);
  for (uint32_t i = 0; i < group.count; ++i) writer.Type(types[group.start + i]);
  std::string key = writer.Take();

  std::lock_guard lock(mutex_);
  uint32_t first = size_.load(std::memory_order_relaxed);
  if (const auto found = groups_.find(key); found != groups_.end()) {
    first = found->second;
  } else {
    if (group.count > kMaxTypes - first) return LimitError("too many types in one engine");
    GrowTo(first + group.count);
    const Renamer renamer(scope, first);
    for (uint32_t i = 0; i < group.count; ++i) {
      CVM_RETURN_IF_ERROR(Publish(renamer.Type(types[group.start + i]), first + i, {first, group.count}));
    }
    size_.store(first + group.count, std::memory_order_release);
    groups_.emplace(std::move(key), first);
  }
  for (uint32_t i = 0; i < group.count; ++i) ids->push_back(first + i);
  return {};
}

Result<std::vector<uint32_t>> CanonicalTypes::Intern(const std::vector<SubType>& types,
                                                     const std::vector<RecGroup>& groups) {
  std::vector<uint32_t> ids;
  ids.reserve(types.size());
  for (const RecGroup group : groups) CVM_RETURN_IF_ERROR(InternGroup(types, group, &ids));
  return ids;
}

Result<uint32_t> CanonicalTypes::InternFunc(const FuncType& type) {
  SubType sub;
  sub.func = type;
  const GroupScope scope{{0, 1}, {}, true};
  KeyWriter writer(scope);
  writer.Type(sub);
  std::string key = writer.Take();

  std::lock_guard lock(mutex_);
  if (const auto found = groups_.find(key); found != groups_.end()) return found->second;
  const uint32_t id = size_.load(std::memory_order_relaxed);
  if (id == kMaxTypes) return LimitError("too many types in one engine");
  GrowTo(id + 1);
  CVM_RETURN_IF_ERROR(Publish(std::move(sub), id, {id, 1}));
  size_.store(id + 1, std::memory_order_release);
  groups_.emplace(std::move(key), id);
  return id;
}

HeapType Canonicalize(std::span<const uint32_t> ids, HeapType type) {
  if (type.is_concrete()) type.index = ids[type.index];
  return type;
}

ValType Canonicalize(std::span<const uint32_t> ids, ValType type) {
  if (type.is_ref()) type.heap = Canonicalize(ids, type.heap);
  return type;
}

}  // namespace cvm
