#include "vm/runtime/deadlines.hpp"

#include <thread>

#include "vm/base/prompt_thread.hpp"

namespace cvm::rt {

Deadlines& Deadlines::OfProcess() {
  static auto* deadlines = new Deadlines;  // never destroyed: its thread runs until the process ends
  return *deadlines;
}

void Deadlines::Forget(const Interruption* target) {
  const auto found = by_target_.find(target);
  if (found == by_target_.end()) return;
  entries_.erase(found->second);
  by_target_.erase(found);
}

void Deadlines::Set(const std::shared_ptr<Interruption>& target, Clock::time_point when) {
  const uint64_t number = target->NextDeadline();
  target->Withdraw(kStopDeadline);
  std::lock_guard lock(mutex_);
  Forget(target.get());
  const auto entry = entries_.emplace(when, Entry{target, number});
  by_target_[target.get()] = entry;
  if (!running_) {
    running_ = true;
    std::thread([this] { Run(); }).detach();
  }
  if (entry == entries_.begin()) changed_.notify_one();
}

void Deadlines::Clear(const std::shared_ptr<Interruption>& target) {
  {
    std::lock_guard lock(mutex_);
    Forget(target.get());
  }
  // What the thread has taken out already comes to nothing.
  target->NextDeadline();
  target->Withdraw(kStopDeadline);
}

void Deadlines::Run() {
  // Guests that never end may well be as many as there are processors.
  MakeThreadPrompt();
  std::unique_lock lock(mutex_);
  for (;;) {
    if (entries_.empty()) {
      changed_.wait(lock);
      continue;
    }
    const auto first = entries_.begin();
    if (Clock::now() < first->first) {
      changed_.wait_until(lock, first->first);
      continue;
    }
    const Entry entry = first->second;
    std::shared_ptr<Interruption> target = entry.target.lock();
    if (target != nullptr) {
      by_target_.erase(target.get());
    } else {
      std::erase_if(by_target_, [&](const auto& e) { return e.second == first; });
    }
    entries_.erase(first);
    lock.unlock();
    if (target != nullptr) target->RequestDeadline(entry.number);
    target.reset();
    lock.lock();
  }
}

}  // namespace cvm::rt
