// The built-ins of async that need no VM, or only one that waits. definitions.py: canon_waitable_set_new …
// canon_future_drop_writable.
//
// `inst` is the instance whose code calls the built-in. Those that may block answer with what they would wait for: the
// runtime suspends the thread, and takes the event when it comes.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>

#include "canonical-abi/async/account.hpp"
#include "canonical-abi/async/copy_end.hpp"
#include "canonical-abi/async/subtask.hpp"
#include "canonical-abi/async/waitable.hpp"
#include "canonical-abi/handles/instance.hpp"
#include "canonical-abi/memory/context.hpp"

namespace cvm::abi {

Result<uint32_t> CanonWaitableSetNew(ComponentInstance& inst);
Result<std::shared_ptr<WaitableSet>> GetWaitableSet(ComponentInstance& inst, uint32_t si);
Result<void> CanonWaitableSetDrop(ComponentInstance& inst, uint32_t i);
Result<void> CanonWaitableJoin(ComponentInstance& inst, uint32_t wi, uint32_t si);
// definitions.py: unpack_event. Stores the payload and answers the code.
Result<uint32_t> UnpackEvent(LiftLowerContext& cx, uint64_t ptr, const Event& event);

Result<std::shared_ptr<Subtask>> GetSubtask(ComponentInstance& inst, uint32_t i);
Result<void> CanonSubtaskDrop(ComponentInstance& inst, uint32_t i);

// Both indices, the readable end's in the lower half.
Result<uint64_t> CanonStreamNew(ComponentInstance& inst, AsyncAccount& account, const std::optional<ValType>& element);
Result<uint64_t> CanonFutureNew(ComponentInstance& inst, AsyncAccount& account, const std::optional<ValType>& element);

// What a read, write or cancel came to: its payload, or the end whose event is to be waited for.
struct CopyOutcome {
  std::shared_ptr<CopyEnd> end;
  std::optional<uint32_t> payload;
};
struct CopySite {
  ComponentInstance& inst;
  HandleKind end;  // of which kind the handle has to be
  const std::optional<ValType>& element;
  bool async;
};
// stream.read, stream.write, future.read, future.write (where n is 1).
Result<CopyOutcome> CanonCopy(const CopySite& site, const LiftLowerOptions& opts, uint32_t i, uint64_t ptr, uint64_t n);
Result<CopyOutcome> CanonCancelCopy(const CopySite& site, uint32_t i);
Result<void> CanonDropEnd(const CopySite& site, uint32_t i);

}  // namespace cvm::abi
