#include "vm/runtime/table.hpp"

#include <algorithm>
#include <new>
#include <string>

namespace cvm::rt {

Result<std::unique_ptr<Table>> Table::Create(const TableType& type, Ref init, uint64_t max_elements) {
  const uint64_t most = type.limits.addr == AddrKind::kI32 ? UINT32_MAX : ~uint64_t{0};
  const uint64_t limit = std::min(max_elements, type.limits.max.value_or(most));
  std::unique_ptr<Table> table(new Table(type, limit));
  if (table->Grow(type.limits.min, init) < 0) {
    return LimitError("table minimum size of " + std::to_string(type.limits.min) + " elements exceeds the limit of " +
                      std::to_string(limit) + " (raise max-table-elements)");
  }
  return table;
}

TableType Table::type() const {
  TableType type = type_;
  type.limits.min = size();
  return type;
}

int64_t Table::Grow(uint64_t delta, Ref init) {
  const uint64_t old_size = size();
  if (old_size > max_elements_ || delta > max_elements_ - old_size) return -1;
  if (delta > elements_.max_size() - old_size) return -1;
  try {
    elements_.resize(old_size + delta, init);
  } catch (const std::bad_alloc&) {
    return -1;
  }
  return static_cast<int64_t>(old_size);
}

}  // namespace cvm::rt
