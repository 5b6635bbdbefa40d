// The options of a canonical function and the context in which its values are lifted and lowered. definitions.py:
// "Canonical ABI Options", "Lifting and Lowering Context".
//
// Guest code is reached through callbacks only, so that nothing here knows a VM. A context lives for one direction of
// one call, on the thread of its store; it refers to the options, the instance and the budget, which outlive it.
#pragma once

#include <cstdint>
#include <functional>

#include "canonical-abi/handles/instance.hpp"
#include "canonical-abi/handles/resource.hpp"
#include "canonical-abi/memory/budget.hpp"
#include "canonical-abi/memory/guest_memory.hpp"
#include "canonical-abi/types/val_type.hpp"
#include "cvm/result.hpp"

namespace cvm::abi {

// "utf8", "utf16" or "latin1+utf16".
enum class StringEncoding : uint8_t { kUtf8, kUtf16, kLatin1Utf16 };

// definitions.py: LiftOptions
struct LiftOptions {
  StringEncoding string_encoding = StringEncoding::kUtf8;
  GuestMemory* memory = nullptr;

  // LiftOptions.equal
  friend bool operator==(const LiftOptions&, const LiftOptions&) = default;
};

// The guest's realloc: (old pointer, old size, alignment, new size) to the new pointer; an error is the guest's trap.
using Realloc =
    std::function<Result<uint64_t>(uint64_t old_ptr, uint64_t old_size, uint32_t alignment, uint64_t new_size)>;

// definitions.py: LiftLowerOptions
struct LiftLowerOptions : LiftOptions {
  Realloc realloc;

  // The pointer width of the memory; i32 where there is none, since nothing then depends on it.
  PtrType ptr_type() const { return memory == nullptr ? PtrType::kI32 : memory->ptr_type(); }
};

// Who is at the other end of the call. Decides nothing but the words of a trap: wasmtime, whose words the official
// suite compares, says other things in its adapters between components than at the edge to the host.
enum class Boundary : uint8_t { kHost, kComponent };

// The pointers that a guest can get wrong.
enum class Fault : uint8_t {
  kStringAlignment,
  kStringBounds,
  kListAlignment,
  kListBounds,
  kPointerAlignment,  // of spilled parameters or results
  kPointerBounds,
  kReallocAlignment,
  kReallocStringBounds,  // realloc's answer for a string, a list, spilled parameters
  kReallocListBounds,
  kReallocPointerBounds,
};

// definitions.py: borrow_scope, a Task when values are lowered into it, a Subtask when they are lifted out of its
// caller.
struct BorrowScope {
  TaskScope* task = nullptr;
  SubtaskScope* subtask = nullptr;
};

// definitions.py: LiftLowerContext
class LiftLowerContext {
 public:
  LiftLowerContext(const LiftLowerOptions& opts, ComponentInstance& inst, HostBudget& budget, BorrowScope scope = {},
                   Boundary boundary = Boundary::kHost)
      : opts(opts), inst(inst), budget(budget), borrow_scope(scope), boundary(boundary) {}

  const LiftLowerOptions& opts;
  ComponentInstance& inst;
  HostBudget& budget;
  const BorrowScope borrow_scope;
  const Boundary boundary;

  PtrType ptr_type() const { return opts.ptr_type(); }
  uint32_t ptr_size() const { return PtrSize(opts.ptr_type()); }

  // definitions.py: reallocate, allocate. The instance cannot be left while its realloc runs.
  Result<uint64_t> Reallocate(uint64_t old_ptr, uint64_t old_size, uint32_t alignment, uint64_t new_size);
  Result<uint64_t> Allocate(uint32_t alignment, uint64_t size) { return Reallocate(0, 0, alignment, size); }

  // The memory as it is now. An error of kind kBug without the option: validation requires it where it is used.
  Result<std::span<uint8_t>> Memory() const;

  // trap_if(ptr != align_to(ptr, alignment)); trap_if(ptr + length > len(memory)), in this order.
  Result<void> CheckRange(uint64_t ptr, uint32_t alignment, uint64_t length, Fault misaligned,
                          Fault out_of_bounds) const;

  Error Trap(Fault fault) const;
};

}  // namespace cvm::abi
