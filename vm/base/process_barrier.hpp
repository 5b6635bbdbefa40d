// A memory barrier on every thread of the process at the cost of its caller alone: what a rare event (an interruption)
// and a frequent one (entering guest code) order their stores and loads by, without a fence on the frequent side.
#pragma once

namespace cvm {

// Whether the system has such barriers. To be asked before the threads that rely on them run; thread-safe.
bool HasProcessBarrier();

// When this returns, every other thread of the process has executed a full barrier since the call began. Where the
// system has none (HasProcessBarrier), a full barrier of this thread.
void ProcessBarrier();

}  // namespace cvm
