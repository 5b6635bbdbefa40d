#include "wasi/http/fields.hpp"

#include <algorithm>
#include <array>

#include "vm/base/try.hpp"

namespace cvm::wasi {
namespace {

using http::types::HeaderError;

char LowerAscii(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool SameName(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](char x, char y) { return LowerAscii(x) == LowerAscii(y); });
}

bool IsTokenChar(char c) {
  const bool alphanumeric = (c >= '0' && c <= '9') || (LowerAscii(c) >= 'a' && LowerAscii(c) <= 'z');
  return alphanumeric || (c != '\0' && std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos);
}

size_t ChargeOf(std::string_view name, size_t value) { return FieldList::kChargePerField + name.size() + value; }

}  // namespace

bool IsFieldName(std::string_view name) { return !name.empty() && std::all_of(name.begin(), name.end(), IsTokenChar); }

bool IsFieldValue(std::span<const uint8_t> value) {
  const auto white = [](uint8_t byte) { return byte == ' ' || byte == '\t'; };
  if (!value.empty() && (white(value.front()) || white(value.back()))) return false;
  return std::all_of(value.begin(), value.end(), [](uint8_t b) { return b == '\t' || (b >= 0x20 && b != 0x7f); });
}

bool IsForbiddenField(std::string_view name) {
  static constexpr std::array<std::string_view, 9> kForbidden = {"connection",
                                                                 "host",
                                                                 "http2-settings",
                                                                 "keep-alive",
                                                                 "proxy-authenticate",
                                                                 "proxy-authorization",
                                                                 "proxy-connection",
                                                                 "transfer-encoding",
                                                                 "upgrade"};
  return std::any_of(kForbidden.begin(), kForbidden.end(), [&](auto forbidden) { return SameName(forbidden, name); });
}

Result<std::vector<HostFields::Value>> HostFields::Get(std::string_view name) {
  std::vector<Value> values;
  for (const auto& [key, value] : list_->entries) {
    if (SameName(key, name)) values.push_back(value);
  }
  return values;
}

Result<bool> HostFields::Has(std::string_view name) {
  return std::any_of(list_->entries.begin(), list_->entries.end(),
                     [&](const auto& entry) { return SameName(std::get<0>(entry), name); });
}

HostFields::Done HostFields::CheckChange(std::string_view name) const {
  if (immutable_) return Err(HeaderError(HeaderError::Immutable{}));
  if (!IsFieldName(name)) return Err(HeaderError(HeaderError::InvalidSyntax{}));
  if (IsForbiddenField(name)) return Err(HeaderError(HeaderError::Forbidden{}));
  return Ok();
}

Result<void> HostFields::Add(std::string_view name, std::span<const uint8_t> value) {
  const size_t charge = ChargeOf(name, value.size());
  if (charge > FieldList::kMaxBytes - list_->bytes) return TrapError("fields: more than 128 KiB");
  list_->bytes += charge;
  list_->entries.emplace_back(std::string(name), Value(value.begin(), value.end()));
  return {};
}

void HostFields::Remove(std::string_view name) {
  std::erase_if(list_->entries, [&](const auto& entry) {
    const auto& [key, value] = entry;
    if (!SameName(key, name)) return false;
    list_->bytes -= ChargeOf(key, value.size());
    return true;
  });
}

Result<HostFields::Done> HostFields::Set(std::string_view name, std::span<const Value> value) {
  if (Done allowed = CheckChange(name); !allowed.ok()) return allowed;
  if (!std::all_of(value.begin(), value.end(), [](const Value& v) { return IsFieldValue(v); })) {
    return Done(Err(HeaderError(HeaderError::InvalidSyntax{})));
  }
  Remove(name);
  for (const Value& one : value) CVM_RETURN_IF_ERROR(Add(name, one));
  return Done(Ok());
}

Result<HostFields::Done> HostFields::Delete(std::string_view name) {
  if (Done allowed = CheckChange(name); !allowed.ok()) return allowed;
  Remove(name);
  return Done(Ok());
}

Result<HostFields::Done> HostFields::Append(std::string_view name, std::span<const uint8_t> value) {
  if (Done allowed = CheckChange(name); !allowed.ok()) return allowed;
  if (!IsFieldValue(value)) return Done(Err(HeaderError(HeaderError::InvalidSyntax{})));
  CVM_RETURN_IF_ERROR(Add(name, value));
  return Done(Ok());
}

Result<std::vector<std::tuple<std::string, HostFields::Value>>> HostFields::Entries() { return list_->entries; }

Result<Own<http::types::Fields>> HostFields::Clone() {
  return Own<http::types::Fields>(std::make_unique<HostFields>(std::make_shared<FieldList>(*list_), false));
}

}  // namespace cvm::wasi
