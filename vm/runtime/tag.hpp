// Tags: what tells exceptions apart (core/exec/runtime#tag-instances). Owned by the Store; single-threaded. The address
// of a tag is its identity. Exceptions themselves are objects of the heap (heap.hpp), and only where somebody refers to
// one: what is caught by a clause without `_ref` never becomes an object.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "vm/types/types.hpp"

namespace cvm::rt {

struct Instance;

struct Tag {
  const FuncType* type = nullptr;  // of the module that defines it; lives as long as the store
  uint32_t type_id = 0;            // canonical
  const Instance* instance = nullptr;
  uint32_t index = 0;           // in its instance's module
  std::vector<uint8_t> is_ref;  // by slot of its values: whether it holds a reference

  size_t slot_count() const { return is_ref.size(); }
  // The name section's name, or that of an export, or "tag[N]".
  std::string Name() const;
};

}  // namespace cvm::rt
