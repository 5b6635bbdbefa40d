#include "cvm/trap.hpp"

#include <array>

namespace cvm {

std::string_view TrapMessage(TrapKind kind) {
  static constexpr auto kMessages = std::to_array<std::string_view>({
      "",
#define TRAP(id, words) words,
#include "cvm/trap.def"
  });
  return kMessages[static_cast<size_t>(kind)];
}

}  // namespace cvm
