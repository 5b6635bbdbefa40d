// Account: how much of something a store has given out, of all that it may. Charged before anything is allocated.
// Belongs to its store and the store's thread.
#pragma once

#include <cstdint>

namespace cvm {

class Account {
 public:
  explicit Account(uint64_t limit) : limit_(limit) {}

  uint64_t limit() const { return limit_; }
  uint64_t used() const { return used_; }
  // What is out stays out, also where that is more than `limit`.
  void set_limit(uint64_t limit) { limit_ = limit; }
  // What an error says was wanted: `more` than is used now.
  uint64_t With(uint64_t more) const { return more > UINT64_MAX - used_ ? UINT64_MAX : used_ + more; }

  uint64_t room() const { return used_ < limit_ ? limit_ - used_ : 0; }
  // False, and nothing is taken, where that would be more than the limit.
  bool Take(uint64_t amount) {
    if (With(amount) > limit_) return false;
    used_ += amount;
    return true;
  }
  void GiveBack(uint64_t amount) { used_ -= amount; }  // REQUIRES: it was taken
  // For what has been allocated already.
  void TakeAnyway(uint64_t amount) { used_ = With(amount); }

 private:
  uint64_t limit_;
  uint64_t used_ = 0;
};

}  // namespace cvm
