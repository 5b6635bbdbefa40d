#include "canonical-abi/values/check.hpp"

#include "vm/base/try.hpp"
#include "vm/base/utf8.hpp"

namespace cvm::abi {
namespace {

// Which kind of value stands for a type without parts.
constexpr ValueKind kPrimitiveKind[] = {ValueKind::kBool,   ValueKind::kS8,          ValueKind::kU8,  ValueKind::kS16,
                                        ValueKind::kU16,    ValueKind::kS32,         ValueKind::kU32, ValueKind::kS64,
                                        ValueKind::kU64,    ValueKind::kF32,         ValueKind::kF64, ValueKind::kChar,
                                        ValueKind::kString, ValueKind::kErrorContext};
static_assert(std::size(kPrimitiveKind) == static_cast<size_t>(TypeKind::kErrorContext) + 1);

Result<void> CheckPrimitive(const Value& value, const ValType& type) {
  if (value.kind() != kPrimitiveKind[static_cast<size_t>(type.kind())]) return WrongValue(value, type);
  if (const char32_t* c = value.As<char32_t>(); c != nullptr && (*c > 0x10ffff || (*c >= 0xd800 && *c < 0xe000))) {
    return UsageError("value of type char is not a Unicode scalar value");
  }
  if (const std::string* s = value.AsString(); s != nullptr && !IsValidUtf8(*s)) {
    return UsageError("value of type string is not well-formed UTF-8");
  }
  if (const ErrorContextRef* e = value.As<ErrorContextRef>(); e != nullptr && *e == nullptr)
    return WrongValue(value, type);
  return {};
}

Result<void> CheckList(const Value& value, const ValType& type) {
  const TypeNode& n = type.node();
  if (!value.is_list()) return WrongValue(value, type);
  if (n.length.has_value() && value.ListSize() != *n.length) {
    return UsageError("list of " + std::to_string(value.ListSize()) + " elements where " + type.ToString() +
                      " is expected");
  }
  if (const List* list = value.As<List>()) {
    for (const Value& element : list->elements) CVM_RETURN_IF_ERROR(CheckValue(element, *n.element));
    return {};
  }
  return n.element->kind() == TypeKind::kU8 || value.ListSize() == 0 ? Result<void>() : WrongValue(value, type);
}

Result<void> CheckRecord(const Value& value, const ValType& type) {
  const std::vector<FieldType>& fields = type.node().fields;
  const Record* record = value.As<Record>();
  if (record == nullptr || record->fields.size() != fields.size()) return WrongValue(value, type);
  for (size_t i = 0; i < fields.size(); ++i) CVM_RETURN_IF_ERROR(CheckValue(record->fields[i], fields[i].type));
  return {};
}

Result<void> CheckVariant(const Value& value, const ValType& type) {
  const std::vector<CaseType>& cases = type.node().cases;
  const Variant* variant = value.As<Variant>();
  if (variant == nullptr || variant->case_index >= cases.size()) return WrongValue(value, type);
  const CaseType& c = cases[variant->case_index];
  if (variant->payload.size() != (c.type.has_value() ? 1 : 0)) return WrongValue(value, type);
  return c.type.has_value() ? CheckValue(variant->payload[0], *c.type) : Result<void>();
}

bool IsHandle(const Value& value, TypeKind kind) {
  const auto* own = value.As<OwnHandle>();
  const auto* borrow = value.As<BorrowHandle>();
  const auto* stream = value.As<StreamHandle>();
  const auto* future = value.As<FutureHandle>();
  switch (kind) {
    case TypeKind::kOwn:
      return own != nullptr && own->type != nullptr;
    case TypeKind::kBorrow:  // what one owns, one may lend
      return (borrow != nullptr && borrow->type != nullptr) || (own != nullptr && own->type != nullptr);
    case TypeKind::kStream:
      return stream != nullptr && stream->shared != nullptr;
    default:
      return future != nullptr && future->shared != nullptr;
  }
}

}  // namespace

Error WrongValue(const Value& value, const ValType& type) {
  return UsageError("value does not fit its type: expected " + type.ToString() + ", found " +
                    std::string(ValueKindName(value.kind())) + " " + value.DebugString());
}

Result<void> CheckValue(const Value& value, const ValType& type) {
  if (type.primitive()) return CheckPrimitive(value, type);
  switch (type.despecialized()) {
    case TypeKind::kList:
      return CheckList(value, type);
    case TypeKind::kRecord:
      return CheckRecord(value, type);
    case TypeKind::kVariant:
      return CheckVariant(value, type);
    case TypeKind::kFlags: {
      const Flags* flags = value.As<Flags>();
      const bool fits = flags != nullptr && (uint64_t{flags->bits} >> type.node().labels.size()) == 0;
      return fits ? Result<void>() : WrongValue(value, type);
    }
    default:
      return IsHandle(value, type.despecialized()) ? Result<void>() : WrongValue(value, type);
  }
}

}  // namespace cvm::abi
