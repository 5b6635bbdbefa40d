// The frame of a guest function on the guest stack, as compiler, interpreter and backtraces see it.
//
// The guest stack grows upwards. `fp` points at the record of the running function:
//
//     fp - window_bytes   parameters (and, on return of several, results), in declaration order
//     fp                  record: return address, caller's fp, caller's pinned registers
//     fp + kRecordBytes   reference slots: first reference-typed locals, then reference temporaries   } zeroed on entry
//                         other locals that are not parameters                                        }
//                         temporaries, indexed by operand-stack height; outgoing windows lie among them
//
// Windows overlap: the operands of a call lie in the caller's temporaries exactly where the callee's parameters are, so
// nothing is copied. A window has max(parameter slots, result slots) slots. A function with one result leaves it in
// the accumulator (integers and references: acc; floats and vectors: facc); several results go to the window.
//
// References live in their own part of a frame, so that the collector finds its roots precisely without maps: a
// callee copies reference parameters out of the window in its first cells, and a caller moves reference results from acc or
// window into its own reference slots at once; nothing can collect in between.
//
// A frame whose slots do not all lie within reach of 16-bit offsets ("wide") has a few scratch slots between record and
// reference slots, through which operands out of reach travel; RegCode::ref_offset says where references begin.
//
// Slots have 8 bytes; v128 takes two. An i32 is always held zero-extended to 64 bits: addresses then need no masking.
// This is a safety invariant of every cell that writes an i32 (and of everything that enters values from outside).
#pragma once

#include <cstdint>

namespace cvm {

inline constexpr int32_t kSlotBytes = 8;

struct FrameRecord {
  const uint8_t* return_ip;
  uint8_t* caller_fp;
  uint64_t pin0;
  uint64_t pin1;
  alignas(8) uint8_t fpin[16];
};
inline constexpr int32_t kRecordBytes = sizeof(FrameRecord);
static_assert(kRecordBytes == 48);

// Slot offsets in cells are signed 16-bit byte offsets from fp. What lies beyond is reached by LoadWide and StoreWide.
inline constexpr int32_t kMaxNearOffset = 32767 - 15;
inline constexpr int32_t kMinNearOffset = -32768;

}  // namespace cvm
