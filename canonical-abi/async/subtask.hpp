// Subtask: a call that is under way, as its caller sees it. definitions.py: "Subtask State".
//
// Only calls that did not end at once have one. The runtime derives from it to know whom to ask for cancellation.
#pragma once

#include <cstdint>

#include "canonical-abi/async/waitable.hpp"
#include "canonical-abi/handles/resource.hpp"

namespace cvm::abi {

class Subtask : public Waitable {
 public:
  enum class State : uint8_t {
    kStarting = 0,
    kStarted = 1,
    kReturned = 2,
    kCancelledBeforeStarted = 3,
    kCancelledBeforeReturned = 4,
  };

  HandleKind kind() const override { return HandleKind::kSubtask; }

  State state() const { return state_; }
  bool resolved() const { return state_ > State::kStarted; }
  // The handles that the caller lent.
  SubtaskScope& lenders() { return lenders_; }
  bool resolve_delivered() const { return lenders_.resolve_delivered(); }
  // definitions.py: deliver_resolve. REQUIRES: resolved().
  void DeliverResolve() { lenders_.DeliverResolve(); }
  // Takes over the loans of a call that began without a subtask. The scope that is left lends nothing.
  void AdoptLenders(SubtaskScope scope) { lenders_ = std::move(scope); }

  // on_start and on_resolve of canon_lower, the parts about state. REQUIRES: the state allows it.
  void Start();
  void Resolve(State state);
  void ResolveCancelled();

  // From here on progress is reported by events that bear this index.
  void ReportAs(uint32_t index) { index_ = index; }
  uint32_t index() const { return index_; }

  // canon_subtask_cancel, the checks: traps if the end was delivered, if asked for twice, if `sync` in a set.
  Result<void> CheckCancel(bool sync) const;
  bool cancellation_requested() const { return cancellation_requested_; }
  void set_cancellation_requested() { cancellation_requested_ = true; }

  // definitions.py: drop
  Result<void> CheckDrop() const;

 private:
  Event TakeEvent() override;
  void Progress(State state);

  SubtaskScope lenders_;
  uint32_t index_ = 0;  // 0: nobody is told
  State state_ = State::kStarting;
  bool cancellation_requested_ = false;
};

}  // namespace cvm::abi
