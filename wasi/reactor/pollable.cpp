#include "wasi/reactor/pollable.hpp"

#include "wasi/reactor/reactor.hpp"

namespace cvm::wasi {

Pollable::~Pollable() {
  while (first_ != nullptr) {
    WaitLink* link = first_;
    Waiter* waiter = link->waiter;
    first_ = link->next;
    *link = WaitLink{waiter, nullptr, nullptr, nullptr};
    reactor_.Enqueue(waiter);
  }
}

void Pollable::Notify() {
  for (WaitLink* link = first_; link != nullptr; link = link->next) reactor_.Enqueue(link->waiter);
}

void Pollable::Add(WaitLink* link) {
  const bool was_idle = first_ == nullptr;
  link->next = first_;
  link->previous = nullptr;
  if (first_ != nullptr) first_->previous = link;
  first_ = link;
  if (was_idle) Arm();
}

void Pollable::Remove(WaitLink* link) {
  (link->previous != nullptr ? link->previous->next : first_) = link->next;
  if (link->next != nullptr) link->next->previous = link->previous;
  if (first_ == nullptr) Disarm();
}

Waiter::Waiter(Reactor& reactor, std::span<Pollable* const> pollables, Callback callback)
    : reactor_(reactor),
      links_(std::make_unique<WaitLink[]>(pollables.size())),
      count_(pollables.size()),
      callback_(std::move(callback)) {
  bool ready = count_ == 0;
  for (size_t i = 0; i < count_; ++i) {
    links_[i].waiter = this;
    links_[i].pollable = pollables[i];
    pollables[i]->Add(&links_[i]);
    ready = ready || pollables[i]->IsReady();
  }
  if (ready) reactor_.Enqueue(this);
}

Waiter::~Waiter() {
  Detach();
  reactor_.Dequeue(this);
}

void Waiter::Detach() {
  for (size_t i = 0; i < count_; ++i) {
    if (links_[i].pollable != nullptr) links_[i].pollable->Remove(&links_[i]);
  }
  count_ = 0;
  links_.reset();
}

bool Waiter::CollectReady(std::vector<uint32_t>* ready) const {
  size_t alive = 0;
  for (size_t i = 0; i < count_; ++i) {
    Pollable* pollable = links_[i].pollable;
    if (pollable == nullptr) continue;
    ++alive;
    if (pollable->IsReady()) ready->push_back(static_cast<uint32_t>(i));
  }
  return alive == 0 || !ready->empty();
}

}  // namespace cvm::wasi
