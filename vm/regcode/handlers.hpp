// HandlerTable: which variants the interpreter can execute, and the address of the handler (or handlers) of each.
//
// Filled once by vm/interp; immutable afterwards, shared by all threads. The compiler asks it for handlers, the
// disassembler for the variant that a handler belongs to.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "vm/regcode/regop.hpp"

namespace cvm {

using HandlerAddress = const void*;

class HandlerTable {
 public:
  HandlerTable();

  // Adds a handler for a variant. The first one added is the plain handler; further ones are copies of it: the
  // same code at other addresses, so that indirect jumps in hot loops are told apart by the branch predictor.
  void Add(const Variant& variant, HandlerAddress handler);

  // Gives a variant another handler in place of all that it has.
  void Replace(const Variant& variant, HandlerAddress handler);

  // All copies; empty if the variant does not exist.
  std::span<const HandlerAddress> Copies(const Variant& variant) const;
  bool Has(const Variant& variant) const { return !Copies(variant).empty(); }
  // The variant that `handler` executes; nullptr if it is not one of this table's.
  const Variant* Find(HandlerAddress handler) const;
  // Number of variants and of handlers, copies included.
  size_t variant_count() const { return variants_.size(); }
  size_t handler_count() const { return by_address_.size(); }

 private:
  uint32_t SlotOf(const Variant& variant) const;

  std::vector<uint32_t> base_;                          // first slot of each RegOp
  std::vector<uint32_t> slots_;                         // 0: none; otherwise 1 + index into variants_
  struct Entry {
    Variant variant;
    std::vector<HandlerAddress> copies;
  };
  std::vector<Entry> variants_;
  absl::flat_hash_map<HandlerAddress, uint32_t> by_address_;
};

}  // namespace cvm
