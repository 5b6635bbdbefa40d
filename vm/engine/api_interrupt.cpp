// Interruption, deadlines and fuel of the public API.
#include <algorithm>
#include <chrono>

#include "vm/engine/api_impl.hpp"
#include "vm/runtime/deadlines.hpp"

namespace cvm {
namespace {

// "10s", "250ms": in the largest unit that leaves no rest.
std::string DurationText(std::chrono::nanoseconds duration) {
  constexpr std::pair<int64_t, const char*> kUnits[] = {
      {1'000'000'000, "s"}, {1'000'000, "ms"}, {1'000, "us"}, {1, "ns"}};
  for (const auto& [size, name] : kUnits) {
    if (duration.count() % size == 0) return std::to_string(duration.count() / size) + name;
  }
  return "";
}

}  // namespace

InterruptCallback::InterruptCallback(std::unique_ptr<rt::WakeScope> scope) : scope_(std::move(scope)) {}
InterruptCallback::InterruptCallback(InterruptCallback&&) noexcept = default;
InterruptCallback& InterruptCallback::operator=(InterruptCallback&&) noexcept = default;
InterruptCallback::~InterruptCallback() = default;

void InterruptHandle::Interrupt() const { state_->Request(); }
void InterruptHandle::Withdraw() const { state_->Withdraw(rt::kStopRequested); }
InterruptCallback InterruptHandle::OnInterrupt(std::function<void()> wake) const {
  return InterruptCallback(std::make_unique<rt::WakeScope>(state_, std::move(wake)));
}

InterruptHandle Store::interrupt_handle() const { return InterruptHandle(impl_->store.interruption()); }

void Store::SetDeadline(std::chrono::steady_clock::time_point when) {
  impl_->store.deadline_text.clear();
  rt::Deadlines::OfProcess().Set(impl_->store.interruption(), when);
}

void Store::SetDeadline(std::chrono::nanoseconds from_now) {
  const auto now = std::chrono::steady_clock::now();
  // What lies beyond the clock's range is never.
  const auto room = std::chrono::steady_clock::time_point::max() - now;
  SetDeadline(now + std::clamp(from_now, std::chrono::nanoseconds(0), std::chrono::nanoseconds(room)));
  impl_->store.deadline_text = DurationText(from_now);
}

void Store::ClearDeadline() { rt::Deadlines::OfProcess().Clear(impl_->store.interruption()); }

void Store::SetFuel(uint64_t units) {
  impl_->store.fuel().left = static_cast<int64_t>(std::min(units, rt::Fuel::kMost));
}

void Store::AddFuel(uint64_t units) { SetFuel(fuel() + std::min(units, rt::Fuel::kMost)); }

uint64_t Store::fuel() const { return static_cast<uint64_t>(std::max<int64_t>(impl_->store.fuel().left, 0)); }

bool Caller::interrupted() const {
  return static_cast<rt::Context*>(context_)->instance->store.interruption()->requested() != 0;
}

Result<void> Caller::ConsumeFuel(uint64_t units) const {
  rt::Fuel& fuel = static_cast<rt::Context*>(context_)->instance->store.fuel();
  if (fuel.costs == nullptr || fuel.Take(units)) return {};
  return TrapError(TrapKind::kOutOfFuel);
}

}  // namespace cvm
