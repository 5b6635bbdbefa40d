#include "vm/runtime/table.hpp"

#include <algorithm>
#include <new>
#include <string>

namespace cvm::rt {

Result<std::unique_ptr<Table>> Table::Create(const TableType& type, Ref init, uint64_t max_elements, Account* total,
                                             const std::function<bool()>& stop) {
  const uint64_t most = type.limits.addr == AddrKind::kI32 ? UINT32_MAX : ~uint64_t{0};
  const uint64_t limit = std::min(max_elements, type.limits.max.value_or(most));
  std::unique_ptr<Table> table(new Table(type, limit, total));
  if (table->Grow(type.limits.min, init, stop) >= 0) return table;
  if (stop && stop()) return TrapError(TrapKind::kInterrupted);
  const uint64_t min = type.limits.min;
  if (min > limit) return LimitReached("table too large", min, limit, "max-table-elements");
  if (total->With(min) > total->limit()) {
    return LimitReached("tables too large", total->With(min), total->limit(), "max-total-table-elements");
  }
  return LimitError("the system has no memory left");
}

TableType Table::type() const {
  TableType type = type_;
  type.limits.min = size();
  return type;
}

namespace {

// Calls append(n) for pieces of `count`. False: `stop` said so in between.
template <class Append>
bool InPieces(uint64_t count, const std::function<bool()>& stop, Append append) {
  constexpr uint64_t kPiece = uint64_t{1} << 17;
  while (count != 0) {
    const uint64_t n = std::min(count, kPiece);
    append(n);
    count -= n;
    if (count != 0 && stop && stop()) return false;
  }
  return true;
}

}  // namespace

int64_t Table::Grow(uint64_t delta, Ref init, const std::function<bool()>& stop) {
  const uint64_t old_size = size();
  if (delta > room() || delta > elements_.max_size() - old_size || !total_->Take(delta)) return -1;
  if (Extend(old_size + delta, init, stop)) return static_cast<int64_t>(old_size);
  total_->GiveBack(delta);
  return -1;
}

bool Table::Extend(uint64_t new_size, Ref init, const std::function<bool()>& stop) {
  const uint64_t old_size = size();
  try {
    // What there is is copied in pieces too, into a vector that takes the place of this one in the end.
    std::vector<Ref> larger;
    std::vector<Ref>* all = &elements_;
    if (new_size > elements_.capacity()) {
      larger.reserve(std::max(new_size, std::min(max_elements_, 2 * old_size)));
      all = &larger;
      const auto copy = [&](uint64_t n) {
        const auto from = elements_.begin() + static_cast<ptrdiff_t>(larger.size());
        larger.insert(larger.end(), from, from + static_cast<ptrdiff_t>(n));
      };
      if (!InPieces(old_size, stop, copy)) return false;
    }
    if (!InPieces(new_size - old_size, stop, [&](uint64_t n) { all->resize(all->size() + n, init); })) {
      elements_.resize(old_size);
      return false;
    }
    if (all == &larger) elements_.swap(larger);
  } catch (const std::bad_alloc&) {
    return false;
  }
  return true;
}

}  // namespace cvm::rt
