// Numbers in guest memories, which are little-endian and read in place. Private to canonical-abi/plan.
#pragma once

#include <bit>
#include <cstdint>
#include <cstring>
#include <span>

#include "canonical-abi/memory/context.hpp"
#include "canonical-abi/plan/plan.hpp"

namespace cvm::abi {

static_assert(std::endian::native == std::endian::little);

// The memory as it is now: until guest code runs. Empty where the call has none, and so no values that need one.
inline std::span<uint8_t> MemoryOf(const LiftLowerContext& cx) {
  return cx.opts.memory == nullptr ? std::span<uint8_t>() : cx.opts.memory->bytes();
}

// REQUIRES: width is 1, 2, 4 or 8.
inline uint64_t ReadBytes(const uint8_t* at, uint32_t width) {
  uint64_t value = 0;
  switch (width) {
    case 1:
      return *at;
    case 2:
      std::memcpy(&value, at, 2);
      return value;
    case 4:
      std::memcpy(&value, at, 4);
      return value;
    default:
      std::memcpy(&value, at, 8);
      return value;
  }
}

inline void WriteBytes(uint8_t* at, uint64_t value, uint32_t width) {
  switch (width) {
    case 1:
      *at = static_cast<uint8_t>(value);
      break;
    case 2:
      std::memcpy(at, &value, 2);
      break;
    case 4:
      std::memcpy(at, &value, 4);
      break;
    default:
      std::memcpy(at, &value, 8);
  }
}

// A flat integer of the width and sign of its type; what has 32 bits is zero-extended.
inline uint64_t CutInteger(const Step& step, uint64_t bits) {
  switch (step.width) {
    case 1:
      return step.is_signed ? static_cast<uint32_t>(static_cast<int8_t>(bits)) : static_cast<uint8_t>(bits);
    case 2:
      return step.is_signed ? static_cast<uint32_t>(static_cast<int16_t>(bits)) : static_cast<uint16_t>(bits);
    case 4:
      return static_cast<uint32_t>(bits);
    default:
      return bits;
  }
}

}  // namespace cvm::abi
