// Function: what a reference to a function points at, whether it is a guest's or the host's. Owned by its instance (guest
// functions) or its store (host functions); the address is its identity for as long as the store lives.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>

#include "vm/runtime/execution.hpp"
#include "vm/types/type_info.hpp"

namespace cvm::rt {

struct Context;
struct Instance;
class Store;
struct Function;

enum class HostStatus : uint8_t {
  kReturned,   // results are in the window
  kTrapped,    // execution.trap (and error) are set
  kThrown,     // store.escaped goes on to the caller, as if the host function had thrown it
  kSuspended,  // to be resumed by the host once results are in the window
  kCallGuest,  // `callee` is to be called with the parameters at `callee_window`; then this body again, with `resumed` set
};

// A host function's view of one call. Parameters lie in `window` slot by slot (v128: two slots), i32 zero-extended; results are
// written to the same place, likewise.
struct HostCall {
  Store& store;
  Execution& execution;
  const Function& function;
  Context* caller;        // context of the calling instance
  uint64_t* window;
  // True when the body is called again after a guest function that it asked for (kCallGuest) has returned. Its one result, if
  // any, is then in execution.acc (integers) or execution.facc.
  bool resumed;
  // A word of the call's own, kept in its frame from one step to the next; 0 at first. Whatever it owns is the body's to
  // free; a trap or an abandoned execution drops the frame, so owners register with the store (Store::Keep) or the execution.
  uint64_t* state;

  // For kCallGuest: parameters of the guest function go here, slot by slot.
  uint64_t* callee_window() const { return reinterpret_cast<uint64_t*>(execution.top); }
  HostStatus CallGuest(Function* callee) {
    execution.callee = callee;
    return HostStatus::kCallGuest;
  }

  // Ends the call by throwing on what a call from the host has thrown, which `error` (kException) reported. REQUIRES:
  // store.escaped.
  HostStatus Throw(Error error) {
    execution.error = std::move(error);
    return HostStatus::kThrown;
  }

  // Ends the call with a trap that carries `error`.
  HostStatus Fail(Error error) {
    execution.trap = TrapKind::kHostError;
    execution.error = std::move(error);
    return HostStatus::kTrapped;
  }
};

using HostBody = std::function<HostStatus(HostCall&)>;

extern const TypeInfo kUntypedFunction;

struct Function {
  const TypeInfo* info = &kUntypedFunction;   // first, as in every object (heap.hpp)
  const uint8_t* code = nullptr;    // first cell; for host functions a HostCall cell
  Context* context = nullptr;       // nullptr for host functions: they run in their caller's
  uint32_t type_id = 0;             // canonical
  uint32_t window_bytes = 0;        // parameters and results; see regcode/frame.hpp
  uint32_t result_bytes = 0;        // of results in the window; 0 where there are fewer than two
  const FuncType* type = nullptr;
  uint32_t index = 0;               // in its instance's module
  Instance* instance = nullptr;     // nullptr for host functions
  const HostBody* host = nullptr;

  // Sets `type` and what follows from it.
  void SetType(const FuncType* function_type, uint32_t canonical_id);
};

// Slots that values of these types take in a window.
uint32_t SlotsOf(const ResultType& types);

}  // namespace cvm::rt
