// Events and the codes in which built-ins report them. definitions.py: EventCode, EventTuple, CopyResult, CallbackCode,
// BLOCKED.
#pragma once

#include <cstdint>

#include "cvm/result.hpp"

namespace cvm::abi {

enum class EventCode : uint8_t {
  kNone = 0,
  kSubtask = 1,
  kStreamRead = 2,
  kStreamWrite = 3,
  kFutureRead = 4,
  kFutureWrite = 5,
  kTaskCancelled = 6,
};

// definitions.py: EventTuple
struct Event {
  EventCode code = EventCode::kNone;
  uint32_t p1 = 0;
  uint32_t p2 = 0;
  friend bool operator==(const Event&, const Event&) = default;
};

// What an operation answers that goes on after it has returned.
inline constexpr uint32_t kBlocked = 0xffff'ffff;

enum class CopyResult : uint8_t { kCompleted = 0, kDropped = 1, kCancelled = 2 };

enum class CallbackCode : uint8_t { kExit = 0, kYield = 1, kWait = 2 };

// definitions.py: unpack_callback_result. Traps for any other code.
struct CallbackResult {
  CallbackCode code = CallbackCode::kExit;
  uint32_t waitable_set = 0;
};
Result<CallbackResult> UnpackCallbackResult(uint32_t packed);

}  // namespace cvm::abi
