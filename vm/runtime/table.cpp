#include "vm/runtime/table.hpp"

#include <algorithm>
#include <new>
#include <string>

namespace cvm::rt {

Result<std::unique_ptr<Table>> Table::Create(const TableType& type, Ref init, uint64_t max_elements,
                                             Account* total) {
  const uint64_t most = type.limits.addr == AddrKind::kI32 ? UINT32_MAX : ~uint64_t{0};
  const uint64_t limit = std::min(max_elements, type.limits.max.value_or(most));
  std::unique_ptr<Table> table(new Table(type, limit, total));
  if (table->Grow(type.limits.min, init) >= 0) return table;
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

int64_t Table::Grow(uint64_t delta, Ref init) {
  const uint64_t old_size = size();
  if (old_size > max_elements_ || delta > max_elements_ - old_size) return -1;
  if (delta > elements_.max_size() - old_size || !total_->Take(delta)) return -1;
  try {
    elements_.resize(old_size + delta, init);
  } catch (const std::bad_alloc&) {
    total_->GiveBack(delta);
    return -1;
  }
  return static_cast<int64_t>(old_size);
}

}  // namespace cvm::rt
