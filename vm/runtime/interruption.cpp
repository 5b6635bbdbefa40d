#include "vm/runtime/interruption.hpp"

#include "vm/base/process_barrier.hpp"
#include "vm/runtime/instance.hpp"
#include "vm/runtime/parking.hpp"

namespace cvm::rt {

Interruption::Interruption() : attention_(HasProcessBarrier() ? 0 : kNeedsFence) {}

void Interruption::Request(uint32_t reason) {
  std::lock_guard lock(mutex_);
  RequestLocked(reason);
}

void Interruption::RequestLocked(uint32_t reason) {
  if (closed_) return;
  attention_.fetch_or(reason);
  stop_.fetch_or(reason);
  ProcessBarrier();
  // Whoever enters guest code from here on sees the request.
  if (executing_.load() && !held_) Hold();
  for (const auto& wake : wakers_) wake();
  ParkingLot::OfProcess().WakeStopped(&stop_);
}

bool Interruption::Withdraw(uint32_t reasons) {
  std::lock_guard lock(mutex_);
  const bool was_pending = (attention_.load() & reasons) != 0;
  ClearLocked(reasons);
  return was_pending;
}

void Interruption::ClearLocked(uint32_t reasons) {
  stop_.fetch_and(~reasons);
  if ((attention_.fetch_and(~reasons) & ~reasons & kStopMask) != 0) return;
  // Stack limits are left as they are: the next entry that fails for them sets them right (CannotEnter).
  Release();
}

uint64_t Interruption::NextDeadline() {
  std::lock_guard lock(mutex_);
  return ++deadline_;
}

void Interruption::RequestDeadline(uint64_t number) {
  std::lock_guard lock(mutex_);
  if (number == deadline_) RequestLocked(kStopDeadline);
}

TrapKind Interruption::Pending() const {
  const uint32_t reasons = requested();
  if ((reasons & kStopRequested) != 0) return TrapKind::kInterrupted;
  return reasons != 0 ? TrapKind::kDeadlineExceeded : TrapKind::kNone;
}

void Interruption::Add(Context* context, ModuleCode* code) {
  std::lock_guard lock(mutex_);
  contexts_.push_back(context);
  modules_.insert(code);
}

void Interruption::Close() {
  std::lock_guard lock(mutex_);
  closed_ = true;
  Release();
  contexts_.clear();
  modules_.clear();
}

void Interruption::EndRun(bool interrupted) {
  LeaveGuest();
  if (--depth_ == 0 && interrupted) Met();
}

void Interruption::Met() {
  std::lock_guard lock(mutex_);
  ClearLocked(kStopMask);
}

void Interruption::Hold() {
  held_ = true;
  for (Context* context : contexts_) StoreStackLimit(*context, nullptr);
  for (ModuleCode* code : modules_) code->HoldLoops();
}

void Interruption::Release() {
  if (!held_) return;
  held_ = false;
  for (ModuleCode* code : modules_) code->FreeLoops();
}

bool Interruption::EnterSlowly() {
  std::atomic_thread_fence(std::memory_order_seq_cst);
  return requested() == 0;
}

bool Interruption::LeaveSlowly() {
  std::atomic_thread_fence(std::memory_order_seq_cst);
  if (requested() == 0) return true;
  std::lock_guard lock(mutex_);
  Release();
  return false;
}

WakeScope::WakeScope(std::shared_ptr<Interruption> interruption, std::function<void()> wake)
    : interruption_(std::move(interruption)) {
  std::lock_guard lock(interruption_->mutex_);
  place_ = interruption_->wakers_.insert(interruption_->wakers_.end(), std::move(wake));
}

WakeScope::~WakeScope() {
  std::lock_guard lock(interruption_->mutex_);
  interruption_->wakers_.erase(place_);
}

}  // namespace cvm::rt
