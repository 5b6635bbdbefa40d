// Table and Global instances. Owned by a Store; single-threaded.
#pragma once

#include <algorithm>
#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

#include "vm/base/account.hpp"
#include "vm/base/try.hpp"
#include "vm/types/types.hpp"

namespace cvm::rt {

struct Context;

// A reference as the machine holds it: 0 is null; functions are Function*, host references opaque non-zero words.
using Ref = uint64_t;
inline constexpr Ref kNullRef = 0;

class Table {
 public:
  // `total`: what all tables of the store share, charged before elements are allocated; it outlives the table. `stop`:
  // see Grow; then an error.
  static Result<std::unique_ptr<Table>> Create(const TableType& type, Ref init, uint64_t max_elements, Account* total,
                                               const std::function<bool()>& stop = nullptr);

  uint64_t size() const { return elements_.size(); }
  Ref* data() { return elements_.data(); }
  TableType type() const;
  ValType element() const { return type_.element; }   // concrete heap types are canonical ids
  Ref Get(uint64_t i) const { return elements_[i]; }          // REQUIRES: i < size()
  void Set(uint64_t i, Ref ref) { elements_[i] = ref; }       // REQUIRES: i < size()
  // Elements that its maximum and the limits leave to grow by.
  uint64_t room() const { return std::min(max_elements_ - std::min(max_elements_, size()), total_->room()); }
  // The previous size, or -1 and no change. `stop`, where given, is asked now and then: true also makes no change.
  int64_t Grow(uint64_t delta, Ref init, const std::function<bool()>& stop = nullptr);

 private:
  Table(const TableType& type, uint64_t max_elements, Account* total)
      : type_(type), max_elements_(max_elements), total_(total) {}

  // False: no change.
  bool Extend(uint64_t new_size, Ref init, const std::function<bool()>& stop);

  TableType type_;
  uint64_t max_elements_;
  Account* total_;
  std::vector<Ref> elements_;
};

// A global: its type and where its value lies (in the context of the instance that defines it, or in `own`).
struct Global {
  GlobalType type;               // concrete heap types are canonical ids
  uint8_t* value = nullptr;
  alignas(16) uint8_t own[16] = {};
};

}  // namespace cvm::rt
