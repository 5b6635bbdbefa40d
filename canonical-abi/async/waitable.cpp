#include "canonical-abi/async/waitable.hpp"

#include "vm/base/try.hpp"

namespace cvm::abi {

Result<CallbackResult> UnpackCallbackResult(uint32_t packed) {
  const uint32_t code = packed & 0xf;
  if (code > static_cast<uint32_t>(CallbackCode::kWait)) {
    return TrapError("unsupported callback code: " + std::to_string(code));
  }
  return CallbackResult{static_cast<CallbackCode>(code), packed >> 4};
}

void WaitableList::PushBack(Waitable& w) {
  w.previous_ = back_;
  w.next_ = nullptr;
  (back_ == nullptr ? front_ : back_->next_) = &w;
  back_ = &w;
  ++size_;
}

void WaitableList::Remove(Waitable& w) {
  (w.previous_ == nullptr ? front_ : w.previous_->next_) = w.next_;
  (w.next_ == nullptr ? back_ : w.next_->previous_) = w.previous_;
  w.previous_ = w.next_ = nullptr;
  --size_;
}

Event Waitable::GetPendingEvent() {
  if (set_ != nullptr) set_->ready_.Remove(*this);
  pending_ = false;
  if (set_ != nullptr) set_->idle_.PushBack(*this);
  return TakeEvent();
}

void Waitable::SetPendingEvent() {
  if (!pending_) {
    if (set_ != nullptr) set_->idle_.Remove(*this);
    pending_ = true;
    if (set_ != nullptr) set_->ready_.PushBack(*this);
  }
  if (sync_waiter_ != nullptr) sync_waiter_->OnEvent();
  if (set_ != nullptr) set_->Notify();
}

Result<void> Waitable::Join(WaitableSet* set) {
  if (has_sync_waiter()) return TrapError("waitable cannot be used synchronously while added to a waitable set");
  Leave();
  if (set == nullptr) return {};
  set_ = set;
  set->ListOf(*this).PushBack(*this);
  if (pending_) set->Notify();
  return {};
}

void Waitable::Leave() {
  if (set_ != nullptr) set_->ListOf(*this).Remove(*this);
  set_ = nullptr;
}

WaitableSet::~WaitableSet() {
  for (WaitableList* list : {&idle_, &ready_}) {
    while (list->front() != nullptr) list->front()->Leave();
  }
}

void WaitableSet::Notify() {
  for (EventWaiter* waiter : waiters_) waiter->OnEvent();
}

Result<void> WaitableSet::CheckDrop() const {
  if (size() > 0) return TrapError("cannot drop waitable set with waitables in it");
  if (num_waiting() > 0) return TrapError("cannot drop waitable set with waiters");
  return {};
}

}  // namespace cvm::abi
