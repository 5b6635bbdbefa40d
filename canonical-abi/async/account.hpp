// AsyncAccount: how many streams, futures and tasks one store has, and how many it may have. Whoever holds one of them
// holds a place; so that a count goes down wherever the last reference goes.
//
// Shared by all instances of a store; its thread.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "cvm/result.hpp"
#include "vm/base/try.hpp"

namespace cvm::abi {

struct AsyncLimits {
  uint32_t max_tasks = 65'536;                // calls under way that have a guest stack of their own, and threads
  uint32_t max_streams = 65'536;              // streams and futures together
  uint32_t max_elements_per_copy = 1'000'000;  // a longer copy is made in parts, as the guest asks again
};

class AsyncAccount : public std::enable_shared_from_this<AsyncAccount> {
 public:
  AsyncLimits limits;

  // One of the things counted; gives its place back when it dies.
  class Place {
   public:
    Place() = default;
    Place(Place&& other) noexcept : account_(std::move(other.account_)), count_(other.count_) {}
    Place& operator=(Place&& other) noexcept {
      Free();
      account_ = std::move(other.account_);
      count_ = other.count_;
      return *this;
    }
    ~Place() { Free(); }

   private:
    friend class AsyncAccount;
    void Free() {
      if (account_ != nullptr) --(account_.get()->*count_);
      account_ = nullptr;
    }
    std::shared_ptr<AsyncAccount> account_;
    uint32_t AsyncAccount::* count_ = nullptr;
  };

  Result<Place> NewTask() { return Take(&AsyncAccount::tasks_, limits.max_tasks, "tasks", "max-tasks"); }
  Result<Place> NewStream() {
    return Take(&AsyncAccount::streams_, limits.max_streams, "streams and futures", "max-streams");
  }
  uint32_t tasks() const { return tasks_; }
  uint32_t streams() const { return streams_; }

 private:
  Result<Place> Take(uint32_t AsyncAccount::* count, uint32_t limit, const char* what, const char* option) {
    if (this->*count >= limit) {
      return LimitReached(std::string("too many ") + what, uint64_t{limit} + 1, limit, option);
    }
    ++(this->*count);
    Place place;
    place.account_ = shared_from_this();
    place.count_ = count;
    return place;
  }

  uint32_t tasks_ = 0;
  uint32_t streams_ = 0;
};

}  // namespace cvm::abi
