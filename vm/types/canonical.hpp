// CanonicalTypes: the table of all defined types of an engine, one entry for each type of each distinct rec group.
//
// Type equivalence of core/valid/conventions (two types are equal when their rec groups are, after rolling up) becomes
// equality of ids: a rec group is interned as a whole, references inside it are taken relative to it, those outside
// by their own ids. Subtyping becomes one look-up in the display of supertypes.
//
// Owned by the engine and shared by its threads. Append-only: Intern takes a lock, look-ups of ids got from it do not.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "cvm/result.hpp"
#include "vm/types/type_info.hpp"
#include "vm/types/types.hpp"

namespace cvm {

// Supertypes that a type may have (directly and indirectly); the limit of the JS API and of the other engines.
inline constexpr uint32_t kMaxSubtypeDepth = 63;

class CanonicalTypes {
 public:
  struct Entry {
    SubType type;              // every index in it is a canonical id
    uint32_t group_start = 0;  // the rec group's first id
    uint32_t group_count = 0;
    uint32_t depth = 0;             // number of supertypes
    std::vector<uint32_t> display;  // display[d] = the supertype of depth d, the type itself last
    ObjectLayout layout;            // what running code needs of it
  };

  CanonicalTypes();
  ~CanonicalTypes();
  CanonicalTypes(const CanonicalTypes&) = delete;
  CanonicalTypes& operator=(const CanonicalTypes&) = delete;

  // The ids of a module's types, by type index. Fails only on limits (subtype depth, full table).
  // REQUIRES: every index in a group is below the group's end, and supertypes come before their subtypes.
  Result<std::vector<uint32_t>> Intern(const std::vector<SubType>& types, const std::vector<RecGroup>& groups);
  // Interns one group; `ids` holds the ids of all types before it and gets those of the group.
  Result<void> InternGroup(const std::vector<SubType>& types, RecGroup group, std::vector<uint32_t>* ids);
  // The id of a final function type that is a rec group of its own. REQUIRES: concrete heap types hold canonical ids.
  Result<uint32_t> InternFunc(const FuncType& type);

  // REQUIRES (below): the ids were returned by this table.
  const Entry& At(uint32_t id) const { return *Slot(id); }
  const SubType& TypeOf(uint32_t id) const { return Slot(id)->type; }
  const TypeInfo* InfoOf(uint32_t id) const { return &Slot(id)->layout.info; }
  // True if `sub` is `super` or declared below it (core/valid/matching#defined-types).
  bool IsSubtype(uint32_t sub, uint32_t super) const {
    if (sub == super) return true;
    const Entry& a = At(sub);
    const Entry& b = At(super);
    return b.depth < a.depth && a.display[b.depth] == super;
  }
  // Number of ids given out so far; they are dense from 0.
  uint32_t size() const { return size_.load(std::memory_order_acquire); }

 private:
  struct KeyHash {
    size_t operator()(const std::string& key) const;
  };

  // Entries lie in blocks that double in size and never move: block k holds kFirstBlock << k of them.
  static constexpr uint32_t kFirstBlockLog2 = 6;
  static constexpr uint32_t kBlocks = 32 - kFirstBlockLog2;
  static constexpr uint32_t kMaxTypes = 1u << 30;

  static uint32_t BlockOf(uint32_t id);
  Entry* Slot(uint32_t id) const;
  Result<void> Publish(SubType type, uint32_t id, RecGroup group);
  void GrowTo(uint32_t count);

  std::array<std::atomic<Entry*>, kBlocks> blocks_;
  std::atomic<uint32_t> size_{0};
  std::mutex mutex_;
  absl::flat_hash_map<std::string, uint32_t, KeyHash> groups_;  // rolled-up encoding -> first id; guarded by mutex_
};

// `type` with each concrete index replaced by its canonical id.
HeapType Canonicalize(std::span<const uint32_t> ids, HeapType type);
ValType Canonicalize(std::span<const uint32_t> ids, ValType type);

}  // namespace cvm
