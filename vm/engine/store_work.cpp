#include "vm/engine/store_work.hpp"

#include "vm/engine/instantiate.hpp"

namespace cvm {

Result<void> StoreWork::Pay(uint64_t units) {
  rt::Fuel& fuel = store_.fuel();
  if (fuel.costs == nullptr || fuel.Take(units)) return {};
  return TrapError(TrapKind::kOutOfFuel);
}

Result<void> StoreWork::Poll(uint64_t bytes) {
  since_poll_ += bytes;
  if (since_poll_ < kPieceBytes) return {};
  since_poll_ = 0;
  return PollNow();
}

Result<void> StoreWork::PollNow() { return CheckStop(store_); }

}  // namespace cvm
