// Why a guest trapped. trap.def is the one list: id and the words of the official test suite.
#pragma once

#include <cstdint>
#include <string_view>

namespace cvm {

enum class TrapKind : uint8_t {
  kNone = 0,
#define TRAP(id, words) k##id,
#include "cvm/trap.def"
};

// "integer divide by zero", …; "" for kNone.
std::string_view TrapMessage(TrapKind kind);

}  // namespace cvm
