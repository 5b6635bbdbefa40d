#include "canonical-abi/memory/context.hpp"

#include <string>
#include <string_view>

#include "canonical-abi/types/layout.hpp"
#include "vm/base/try.hpp"

namespace cvm::abi {
namespace {

// By Fault: what is said at the edge to the host, and between components.
constexpr std::string_view kWords[][2] = {
    {"string pointer not aligned to 2", "unaligned pointer"},
    {"string pointer/length out of bounds of memory", "string content out-of-bounds"},
    {"list pointer is not aligned", "unaligned pointer"},
    {"list pointer/length out of bounds of memory", "list content out-of-bounds"},
    {"pointer not aligned", "unaligned pointer"},
    {"pointer out of bounds of memory", "pointer out of bounds of memory"},
    {"realloc return: result not aligned", "unaligned pointer"},
    {"realloc return: beyond end of memory", "string content out-of-bounds"},
    {"realloc return: beyond end of memory", "list content out-of-bounds"},
    {"realloc return: beyond end of memory", "realloc return: beyond end of memory"},
};
static_assert(std::size(kWords) == static_cast<size_t>(Fault::kReallocPointerBounds) + 1);

// Forbids leaving the instance while it is in scope.
class NoLeaving {
 public:
  explicit NoLeaving(ComponentInstance& inst) : inst_(inst) { inst_.set_may_leave(false); }
  ~NoLeaving() { inst_.set_may_leave(true); }
  NoLeaving(const NoLeaving&) = delete;
  NoLeaving& operator=(const NoLeaving&) = delete;

 private:
  ComponentInstance& inst_;
};

}  // namespace

Result<uint64_t> LiftLowerContext::Reallocate(uint64_t old_ptr, uint64_t old_size, uint32_t alignment,
                                              uint64_t new_size) {
  if (!opts.realloc) return CVM_BUG("canonical option `realloc` is required");
  if (!inst.may_leave()) return CVM_BUG("values are lowered while the instance may not be left");
  const NoLeaving guard(inst);
  CVM_ASSIGN_OR_RETURN(const uint64_t ptr, opts.realloc(old_ptr, old_size, alignment, new_size));
  return ptr;
}

Result<std::span<uint8_t>> LiftLowerContext::Memory() const {
  if (opts.memory == nullptr) return CVM_BUG("canonical option `memory` is required");
  return opts.memory->bytes();
}

Result<void> LiftLowerContext::CheckRange(uint64_t ptr, uint32_t alignment, uint64_t length, Fault misaligned,
                                          Fault out_of_bounds) const {
  if (!IsAligned(ptr, alignment)) return Trap(misaligned);
  CVM_ASSIGN_OR_RETURN(const std::span<uint8_t> memory, Memory());
  if (!InBounds(memory, ptr, length)) return Trap(out_of_bounds);
  return {};
}

Error LiftLowerContext::Trap(Fault fault) const {
  return TrapError(std::string(kWords[static_cast<size_t>(fault)][static_cast<size_t>(boundary)]));
}

}  // namespace cvm::abi
