// Layout: where in the frame everything of one function lies (regcode/frame.hpp), and which locals are pinned to
// registers.
//
// In a function whose slots do not all lie within reach of 16-bit offsets ("wide"), a few scratch slots come first
// after the record; operands out of reach travel through them. Locals that are used most lie nearest then.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "vm/compile/analysis.hpp"
#include "vm/regcode/frame.hpp"
#include "vm/regcode/handlers.hpp"

namespace cvm {

constexpr bool IsNear(int32_t offset) { return offset >= kMinNearOffset && offset <= kMaxNearOffset; }

struct Layout {
  struct Local {
    int32_t offset = 0;      // of its slot
    Src where = Src::kSlot;  // or kPin0, kPin1
  };
  static constexpr uint32_t kNoLocal = UINT32_MAX;
  static constexpr uint32_t kScratchSlots = 8;  // four operands of 16 bytes
  // A pin must take at least this share of the uses of its bank's locals.
  static constexpr uint64_t kMinPinPercent = 10;

  std::vector<Local> locals;
  bool wide = false;
  std::array<uint32_t, 3> pins = {kNoLocal, kNoLocal, kNoLocal};  // two integers, one float
  int32_t window_bytes = 0;
  int32_t scratch = kRecordBytes;  // where wide
  int32_t refs = 0;                // first reference slot
  int32_t ref_temps = 0;           // first reference temporary
  int32_t temps = 0;               // first temporary
  uint32_t ref_slots = 0;
  uint32_t zeroed_slots = 0;  // from the end of the record

  int32_t Temp(uint32_t slot) const { return temps + static_cast<int32_t>(slot) * kSlotBytes; }
  int32_t RefTemp(uint32_t index) const { return ref_temps + static_cast<int32_t>(index) * kSlotBytes; }
  int32_t Scratch(uint32_t operand) const { return scratch + static_cast<int32_t>(operand) * 2 * kSlotBytes; }
};

// `ref_temps`: how many reference temporaries the function needs.
Result<Layout> MakeLayout(const Analysis& analysis, const FuncType& type, const HandlerTable& handlers,
                          uint32_t ref_temps, bool wide);

}  // namespace cvm
