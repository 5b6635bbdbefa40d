// Execution: one guest computation — a guest stack and where on it to go on. A run of the interpreter ends with the
// execution done, trapped or suspended; a suspended one goes on in a later run. Owned by whoever started the call (a Store
// keeps one for synchronous calls); belongs to one thread at a time.
#pragma once

#include <cstdint>
#include <optional>

#include "cvm/result.hpp"
#include "cvm/trap.hpp"
#include "vm/base/pages.hpp"
#include "vm/regcode/frame.hpp"

namespace cvm::rt {

struct Context;
struct Function;
struct Tag;
class Execution;
class Store;

enum class RunStatus : uint8_t {
  kIdle,       // nothing to run
  kRunnable,   // set up, or its host call has been answered: may run
  kDone,       // results are in acc, facc or the window
  kTrapped,    // `trap` says why; `error` has the host's words for kHostError
  kSuspended,  // a host function asked to wait; its frame is on top
};

// The machine's pinned registers, while an exception looks for the frame whose they are.
struct Pins {
  uint64_t pin0 = 0;
  uint64_t pin1 = 0;
  alignas(16) uint8_t fpin[16] = {};
};

// A ring of executions that the collector looks at, and a place in it.
class ExecutionLink {
 public:
  ExecutionLink() = default;
  ~ExecutionLink() {
    next_->previous_ = previous_;
    previous_->next_ = next_;
  }
  ExecutionLink(const ExecutionLink&) = delete;
  ExecutionLink& operator=(const ExecutionLink&) = delete;

  bool in_list() const { return next_ != this; }
  ExecutionLink* next() { return next_; }
  // REQUIRES: !link->in_list().
  void Add(ExecutionLink* link) {
    link->next_ = next_, link->previous_ = this;
    next_->previous_ = link, next_ = link;
  }
  Execution* execution = nullptr;   // nullptr: the head

 private:
  ExecutionLink* next_ = this;
  ExecutionLink* previous_ = this;
};

class Execution {
 public:
  // The stack takes up to `stack_bytes`; memory is committed as it is touched.
  explicit Execution(size_t stack_bytes);

  bool ok() const { return stack_.data() != nullptr; }
  uint8_t* stack_begin() const { return stack_.data(); }
  // Frames may not reach beyond this; a small red zone lies above it for frames of the runtime's own.
  uint8_t* stack_limit() const { return stack_.data() + stack_.size() - kRedZoneBytes; }

  RunStatus status = RunStatus::kIdle;
  TrapKind trap = TrapKind::kNone;
  std::optional<Error> error;

  // The state of the machine between runs.
  Context* context = nullptr;
  const uint8_t* ip = nullptr;
  uint8_t* fp = nullptr;
  uint64_t acc = 0;
  alignas(16) uint8_t facc[16] = {};
  Pins pins;                        // of a throw in progress
  // Of the exception behind TrapKind::kUncaughtException (Store::escaped); nullptr: the trap is another.
  const Tag* uncaught = nullptr;

  // First free byte above the frames of a host call in progress: a nested call's window begins here.
  uint8_t* top = nullptr;
  // Where the window of the outermost frame of the present run lies; `top` as it was when the run was set up.
  uint8_t* base = nullptr;
  // The guest function that a host function asks to be called (HostStatus::kCallGuest).
  Function* callee = nullptr;
  // Nested runs on the native stack (host function calling back into a guest).
  uint32_t nesting = 0;
  // Runs of the interpreter that have not ended; kept by it.
  uint32_t runs = 0;

  ExecutionLink& link() { return link_; }

  static constexpr size_t kRedZoneBytes = 64 * 1024;

 private:
  Reservation stack_;
  ExecutionLink link_;
};

}  // namespace cvm::rt
