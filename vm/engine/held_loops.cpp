// Cells of compiled code that change: direct calls, which learn where their callee is, and the first cells of loops,
// which are held while a store that uses the module is to stop. Running threads meet either word; both go on correctly.
#include <algorithm>

#include "vm/engine/compiled_module.hpp"
#include "vm/interp/interpret.hpp"

namespace cvm {
namespace {

HandlerAddress Interrupted() { return Handlers().Copies({RegOp::kInterrupted})[0]; }

}  // namespace

HandlerAddress* CompiledModule::Installed::HandlerAt(uint32_t at) {
  if (!held.empty()) {
    const auto place = std::lower_bound(code.loops.begin(), code.loops.end(), at);
    if (place != code.loops.end() && *place == at) return &held[static_cast<size_t>(place - code.loops.begin())];
  }
  return Word(at);
}

void CompiledModule::Installed::Hold() {
  for (const uint32_t at : code.loops) {
    held.push_back(*Word(at));
    __atomic_store_n(Word(at), Interrupted(), __ATOMIC_RELEASE);
  }
}

void CompiledModule::Installed::Free() {
  for (size_t i = 0; i < held.size(); ++i) __atomic_store_n(Word(code.loops[i]), held[i], __ATOMIC_RELEASE);
  held.clear();
}

void CompiledModule::HoldLoops() {
  std::lock_guard lock(mutex_);
  if (holds_++ != 0) return;
  for (const auto& [address, installed] : by_address_) installed->Hold();
}

void CompiledModule::FreeLoops() {
  std::lock_guard lock(mutex_);
  if (--holds_ != 0) return;
  for (const auto& [address, installed] : by_address_) installed->Free();
}

// By now the cell may be free again, and have its handler itself.
const void* CompiledModule::HandlerBehind(const uint8_t* ip) const {
  std::lock_guard lock(mutex_);
  Installed* found = FindInstalled(ip);
  const auto* code = reinterpret_cast<const uint8_t*>(found->code.words.data());
  return *found->HandlerAt(static_cast<uint32_t>(ip - code));
}

void CompiledModule::LinkCall(const uint8_t* return_ip, const uint8_t* stub, const uint8_t* entry) {
  std::lock_guard lock(mutex_);
  const uint8_t* cell = return_ip - kCallBytes;
  // Calls from elsewhere (of the host, by a table, a tail call's) go to no stub of this module in a cell of its own.
  Installed* found = FindInstalled(cell);
  if (found == nullptr) return;
  auto* code = reinterpret_cast<uint8_t*>(found->code.words.data());
  const auto at = static_cast<uint32_t>(cell - code);
  if (at + kCallBytes > found->code.words.size() * 8) return;
  PatchCall(code + at, found->HandlerAt(at), stub, entry);
}

}  // namespace cvm
