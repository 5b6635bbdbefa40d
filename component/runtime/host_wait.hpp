// HostWait: something of the host's that may yet wake a guest. While one lives, guests that all wait are no deadlock.
#pragma once

#include <cstddef>
#include <utility>

namespace cvm::component {

class HostWait {
 public:
  HostWait() = default;
  // `count` is the scheduler's, which outlives it.
  explicit HostWait(size_t* count) : count_(count) { ++*count_; }
  HostWait(HostWait&& other) noexcept : count_(std::exchange(other.count_, nullptr)) {}
  HostWait& operator=(HostWait&& other) noexcept {
    End();
    count_ = std::exchange(other.count_, nullptr);
    return *this;
  }
  ~HostWait() { End(); }
  // The store is gone, and the count with it.
  void Forget() { count_ = nullptr; }
  void End() {
    if (count_ != nullptr) --*count_;
    count_ = nullptr;
  }

 private:
  size_t* count_ = nullptr;
};

}  // namespace cvm::component
