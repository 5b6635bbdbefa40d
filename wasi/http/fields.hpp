// The resource `fields` of wasi:http/types: names and values of headers and trailers. A request's headers are the same
// data seen through a handle that cannot change it. Owned by the guest's handles; one thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include "gen/wasi/http/types.hpp"

namespace cvm::wasi {

// In the order in which they were added, with the names as they were spelled.
struct FieldList {
  // The most that one list holds: names, values and a fixed charge for each field. More is a trap.
  static constexpr size_t kMaxBytes = 128 * 1024;
  static constexpr size_t kChargePerField = 32;

  std::vector<std::tuple<std::string, std::vector<uint8_t>>> entries;
  size_t bytes = 0;
};

// RFC 9110: a name is a token (§5.1), a value has no control characters and no white space around it (§5.5).
bool IsFieldName(std::string_view name);
bool IsFieldValue(std::span<const uint8_t> value);
// Names that belong to the connection, which is the host's business.
bool IsForbiddenField(std::string_view name);

class HostFields final : public http::types::Fields {
 public:
  using Value = std::vector<uint8_t>;
  using Done = WitResult<void, http::types::HeaderError>;

  HostFields() : list_(std::make_shared<FieldList>()) {}
  HostFields(std::shared_ptr<FieldList> list, bool immutable) : list_(std::move(list)), immutable_(immutable) {}

  Result<std::vector<Value>> Get(std::string_view name) override;
  Result<bool> Has(std::string_view name) override;
  Result<Done> Set(std::string_view name, std::span<const Value> value) override;
  Result<Done> Delete(std::string_view name) override;
  Result<Done> Append(std::string_view name, std::span<const uint8_t> value) override;
  Result<std::vector<std::tuple<std::string, Value>>> Entries() override;
  // A copy that can be changed.
  Result<Own<http::types::Fields>> Clone() override;

  const std::shared_ptr<FieldList>& list() const { return list_; }

 private:
  // What stands against a change of the fields of that name.
  Done CheckChange(std::string_view name) const;
  Result<void> Add(std::string_view name, std::span<const uint8_t> value);
  void Remove(std::string_view name);

  std::shared_ptr<FieldList> list_;
  bool immutable_ = false;
};

}  // namespace cvm::wasi
