// The interpreter's face to engine/: running an execution, the handler table, and the cells that the runtime needs.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "vm/regcode/handlers.hpp"
#include "vm/runtime/execution.hpp"
#include "vm/runtime/function.hpp"

namespace cvm::rt {
class Marker;
}

namespace cvm {

// Bytes of a host function's frame: a record, the function, and a word of the call's own.
inline constexpr int32_t kHostFrameBytes = kRecordBytes + 16;

// All handlers of this build. Made on first use; thread-safe.
const HandlerTable& Handlers();
// The same, but that float arithmetic gives canonical NaNs.
const HandlerTable& CanonicalHandlers();

// The first cell of every host function.
const uint8_t* HostCallCell();
// Fills the 16 bytes of a CompileStub for own function `index`.
void WriteCompileStub(uint8_t* stub, uint32_t index);
// If `cell`, whose handler is `*handler` (the cell's own word, unless another stands there for it), is a direct call of
// `stub`, makes it call `entry`. Its caller sees to it that nobody else writes either.
inline constexpr int kCallBytes = 24;
void PatchCall(uint8_t* cell, HandlerAddress* handler, const uint8_t* stub, const uint8_t* entry);

// Sets `execution` up to call `f`, whose parameters have been written to Window(execution). A host function runs in
// `any_context`. Several results of a run that ended with kDone lie at execution.base, one in acc or facc.
uint64_t* Window(rt::Execution& execution);
void PrepareCall(rt::Execution& execution, rt::Function& f, rt::Context* any_context);
// Answers a host call that was suspended: its results have been written to SuspendedWindow(execution).
uint64_t* SuspendedWindow(rt::Execution& execution);
void PrepareResume(rt::Execution& execution);
// Or has the suspended host function called again, with HostCall::resumed set.
void PrepareReentry(rt::Execution& execution);

// Runs until done, trapped or suspended; never throws, never uses the native stack for guest calls.
// REQUIRES: execution.status == kRunnable.
rt::RunStatus Interpret(rt::Execution& execution);

// Shows the collector the references in all frames of a suspended or running execution, whose state has been saved.
void ScanFrames(const rt::Execution& execution, rt::Marker& marker);

// One guest frame, innermost first.
struct BacktraceFrame {
  rt::Instance* instance = nullptr;
  const uint8_t* ip = nullptr;      // within the cell that is running, or just past a call
};
// Frames of a trapped or suspended execution, at most `most`.
std::vector<BacktraceFrame> Backtrace(const rt::Execution& execution, size_t most);

}  // namespace cvm
