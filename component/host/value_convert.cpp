#include "component/host/value_convert.hpp"

#include <algorithm>

#include "vm/base/try.hpp"

namespace cvm::component {
namespace {

Error Misfit(const ComponentValue& value, const abi::ValType& type) {
  return UsageError("value " + value.ToString() + " is no " + type.ToString());
}

template <class T>
Result<abi::Value> Same(const ComponentValue& value, const abi::ValType& type) {
  if (const T* v = value.As<T>()) return abi::Value(*v);
  return Misfit(value, type);
}

Result<abi::Value> Primitive(const ComponentValue& value, const abi::ValType& type) {
  switch (type.kind()) {
    case abi::TypeKind::kBool:
      return Same<bool>(value, type);
    case abi::TypeKind::kS8:
      return Same<int8_t>(value, type);
    case abi::TypeKind::kU8:
      return Same<uint8_t>(value, type);
    case abi::TypeKind::kS16:
      return Same<int16_t>(value, type);
    case abi::TypeKind::kU16:
      return Same<uint16_t>(value, type);
    case abi::TypeKind::kS32:
      return Same<int32_t>(value, type);
    case abi::TypeKind::kU32:
      return Same<uint32_t>(value, type);
    case abi::TypeKind::kS64:
      return Same<int64_t>(value, type);
    case abi::TypeKind::kU64:
      return Same<uint64_t>(value, type);
    case abi::TypeKind::kF32:
      return Same<float>(value, type);
    case abi::TypeKind::kF64:
      return Same<double>(value, type);
    case abi::TypeKind::kChar:
      return Same<char32_t>(value, type);
    case abi::TypeKind::kString: {
      const std::string* text = value.As<std::string>();
      if (text == nullptr) return Misfit(value, type);
      return abi::Value::Str(*text);
    }
    case abi::TypeKind::kErrorContext: {
      const auto* context = value.As<ComponentErrorContext>();
      if (context == nullptr) return Misfit(value, type);
      return abi::Value(std::make_shared<const abi::ErrorContext>(
          abi::ErrorContext{*abi::Value::Str(context->debug_message).As<abi::String>()}));
    }
    default:
      return UnsupportedError("values of type " + type.ToString() + " cannot be passed by the host");
  }
}

// The values of a list, whichever alternative holds them.
const std::vector<ComponentValue>* Elements(const ComponentValue& value) {
  if (const auto* list = value.As<ComponentValue::List>()) return &list->elements;
  if (const auto* tuple = value.As<ComponentValue::Tuple>()) return &tuple->elements;
  return nullptr;
}

}  // namespace

Result<abi::Value> ValueConverter::ToAbi(const ComponentValue& value, const abi::ValType& type) {
  switch (type.despecialized()) {
    case abi::TypeKind::kList:
      return ListToAbi(value, type);
    case abi::TypeKind::kRecord:
      return RecordToAbi(value, type);
    case abi::TypeKind::kVariant:
      return VariantToAbi(value, type);
    case abi::TypeKind::kFlags:
      return FlagsToAbi(value, type);
    case abi::TypeKind::kOwn:
    case abi::TypeKind::kBorrow:
      return ResourceToAbi(value, type);
    case abi::TypeKind::kStream:
    case abi::TypeKind::kFuture:
      return EndToAbi(value, type);
    default:
      return Primitive(value, type);
  }
}

Result<abi::Value> ValueConverter::ListToAbi(const ComponentValue& value, const abi::ValType& type) {
  const std::vector<ComponentValue>* elements = Elements(value);
  if (elements == nullptr) return Misfit(value, type);
  const abi::ValType& element = *type.node().element;
  if (element.kind() == abi::TypeKind::kU8) {
    std::vector<uint8_t> bytes;
    for (const ComponentValue& e : *elements) {
      const uint8_t* byte = e.As<uint8_t>();
      if (byte == nullptr) return Misfit(e, element);
      bytes.push_back(*byte);
    }
    return abi::Value::BytesOf(std::move(bytes));
  }
  std::vector<abi::Value> list;
  for (const ComponentValue& e : *elements) {
    CVM_ASSIGN_OR_RETURN(abi::Value converted, ToAbi(e, element));
    list.push_back(std::move(converted));
  }
  return abi::Value::ListOf(std::move(list));
}

// Tuples by position; records by name, in any order.
Result<abi::Value> ValueConverter::RecordToAbi(const ComponentValue& value, const abi::ValType& type) {
  const std::vector<abi::FieldType>& fields = type.node().fields;
  std::vector<abi::Value> converted;
  const auto* record = value.As<ComponentValue::Record>();
  const std::vector<ComponentValue>* tuple = Elements(value);
  const bool positional = type.kind() == abi::TypeKind::kTuple || record == nullptr;
  if (positional ? (tuple == nullptr || tuple->size() != fields.size()) : record->names.size() != fields.size()) {
    return Misfit(value, type);
  }
  for (size_t i = 0; i < fields.size(); ++i) {
    const ComponentValue* field = positional ? &(*tuple)[i] : value.Find(fields[i].label);
    if (field == nullptr) return UsageError("field `" + fields[i].label + "` is missing in " + value.ToString());
    CVM_ASSIGN_OR_RETURN(abi::Value v, ToAbi(*field, fields[i].type));
    converted.push_back(std::move(v));
  }
  return abi::Value::RecordOf(std::move(converted));
}

namespace {

struct NamedCase {
  std::string_view name;
  const std::vector<ComponentValue>* payload = nullptr;
};

// The case that a variant, enum, option or result names.
std::optional<NamedCase> CaseOf(const ComponentValue& value) {
  static const std::vector<ComponentValue> kNone;
  if (const auto* variant = value.As<ComponentValue::Variant>()) return NamedCase{variant->name, &variant->payload};
  if (const auto* e = value.As<ComponentValue::Enum>()) return NamedCase{e->name, &kNone};
  if (const auto* option = value.As<ComponentValue::Option>()) {
    return NamedCase{option->some.empty() ? "none" : "some", &option->some};
  }
  if (const auto* result = value.As<ComponentValue::Expected>()) {
    return NamedCase{result->ok ? "ok" : "error", &result->payload};
  }
  return std::nullopt;
}

}  // namespace

Result<abi::Value> ValueConverter::VariantToAbi(const ComponentValue& value, const abi::ValType& type) {
  const std::optional<NamedCase> named = CaseOf(value);
  if (!named.has_value()) return Misfit(value, type);
  const std::vector<abi::CaseType>& cases = type.node().cases;
  for (size_t i = 0; i < cases.size(); ++i) {
    if (cases[i].label != named->name) continue;
    if (named->payload->size() != (cases[i].type.has_value() ? 1 : 0)) return Misfit(value, type);
    if (!cases[i].type.has_value()) return abi::Value::Enum(static_cast<uint32_t>(i));
    CVM_ASSIGN_OR_RETURN(abi::Value payload, ToAbi(named->payload->front(), *cases[i].type));
    return abi::Value::Case(static_cast<uint32_t>(i), std::move(payload));
  }
  return Misfit(value, type);
}

Result<abi::Value> ValueConverter::FlagsToAbi(const ComponentValue& value, const abi::ValType& type) {
  const auto* flags = value.As<ComponentValue::Flags>();
  if (flags == nullptr) return Misfit(value, type);
  const std::vector<std::string>& labels = type.node().labels;
  uint32_t bits = 0;
  for (const std::string& name : flags->names) {
    const auto label = std::find(labels.begin(), labels.end(), name);
    if (label == labels.end()) return Misfit(value, type);
    bits |= uint32_t{1} << (label - labels.begin());
  }
  return abi::Value::FlagBits(bits);
}

Result<abi::Value> ValueConverter::ResourceToAbi(const ComponentValue& value, const abi::ValType& type) {
  const auto* resource = value.As<ComponentResource>();
  if (resource == nullptr) return Misfit(value, type);
  const std::shared_ptr<ComponentResource::Impl>& impl = resource->impl();
  if (impl == nullptr || !impl->live) return UsageError("the resource was passed on or dropped before");
  if (impl->store != nullptr && impl->store != &store_) return UsageError("the resource belongs to another store");
  if (type.kind() == abi::TypeKind::kBorrow) {
    lent_.push_back(impl);
    return abi::Value::Borrow(impl->type.get(), impl->rep);
  }
  if (!impl->owned) return UsageError("a borrowed resource cannot be passed on as an owned one");
  if (std::find(given_.begin(), given_.end(), impl) != given_.end()) return UsageError("a resource is passed on twice");
  given_.push_back(impl);
  return abi::Value::Own(impl->type.get(), impl->rep);
}

void ValueConverter::Commit() {
  for (const auto& impl : given_) {
    impl->live = false;
    store_.transit().Add(*impl->type, impl->rep);
  }
  given_.clear();
  for (const auto& end : given_ends_) end->live = false;
  given_ends_.clear();
}

// Elements are compared by their shape; a resource among them that is of another type is found when it is lowered.
Result<abi::Value> ValueConverter::EndToAbi(const ComponentValue& value, const abi::ValType& type) {
  const auto* stream = value.As<ComponentStream>();
  const auto* future = value.As<ComponentFuture>();
  const bool of_future = type.kind() == abi::TypeKind::kFuture;
  if (of_future ? future == nullptr : stream == nullptr) return Misfit(value, type);
  const std::shared_ptr<ComponentStream::Impl>& impl = of_future ? future->impl() : stream->impl();
  const bool given = std::find(given_ends_.begin(), given_ends_.end(), impl) != given_ends_.end();
  if (impl == nullptr || !impl->live || impl->shared == nullptr || given)
    return UsageError(value.ToString() + " was passed on");
  if (impl->store != &store_) return UsageError(value.ToString() + " belongs to another store");
  const std::optional<abi::ValType>& wanted = type.node().element;
  const std::optional<abi::ValType>& element = impl->shared->element();
  if (!impl->shared->untyped()) {
    const bool same = element.has_value() == wanted.has_value() &&
                      (!element.has_value() ||
                       abi::SameType(*element, *wanted, [](abi::ResourceIndex, abi::ResourceIndex) { return true; }));
    if (!same) return Misfit(value, type);
  }
  given_ends_.push_back(impl);
  if (of_future) return abi::Value(abi::FutureHandle{impl->shared});
  return abi::Value(abi::StreamHandle{impl->shared});
}

std::shared_ptr<ComponentStream::Impl> ValueConverter::EndFromAbi(const std::shared_ptr<abi::SharedBase>& shared) {
  auto impl = std::make_shared<ComponentStream::Impl>();
  impl->store = &store_;
  impl->store_alive = store_.alive();
  impl->shared = std::static_pointer_cast<abi::SharedCopy>(shared);
  return impl;
}

namespace {

// The number, bool or char that a value is.
template <class... T>
ComponentValue Number(const abi::Value& value) {
  ComponentValue made;
  ((value.As<T>() != nullptr ? void(made = ComponentValue(*value.As<T>())) : void()), ...);
  return made;
}

}  // namespace

ComponentValue ValueConverter::FromAbi(const abi::Value& value, const abi::ValType& type) {
  switch (value.kind()) {
    case abi::ValueKind::kString:
      return ComponentValue(value.As<abi::String>()->text);
    case abi::ValueKind::kList:
    case abi::ValueKind::kBytes: {
      ComponentValue::List list;
      for (size_t i = 0; i < value.ListSize(); ++i) {
        list.elements.push_back(FromAbi(value.ListAt(i), *type.node().element));
      }
      return ComponentValue(std::move(list));
    }
    case abi::ValueKind::kRecord:
      return RecordFromAbi(*value.As<abi::Record>(), type);
    case abi::ValueKind::kVariant:
      return VariantFromAbi(*value.As<abi::Variant>(), type);
    case abi::ValueKind::kFlags: {
      ComponentValue::Flags flags;
      const std::vector<std::string>& labels = type.node().labels;
      for (size_t i = 0; i < labels.size(); ++i) {
        if ((value.As<abi::Flags>()->bits >> i & 1) != 0) flags.names.push_back(labels[i]);
      }
      return ComponentValue(std::move(flags));
    }
    case abi::ValueKind::kOwn:
    case abi::ValueKind::kBorrow:
      return ResourceFromAbi(value);
    case abi::ValueKind::kStream:
      return ComponentValue(ComponentStream(EndFromAbi(value.As<abi::StreamHandle>()->shared)));
    case abi::ValueKind::kFuture:
      return ComponentValue(ComponentFuture(EndFromAbi(value.As<abi::FutureHandle>()->shared)));
    case abi::ValueKind::kErrorContext:
      return ComponentValue(ComponentErrorContext{(*value.As<abi::ErrorContextRef>())->debug_message.text});
    default:
      return Number<bool, int8_t, uint8_t, int16_t, uint16_t, int32_t, uint32_t, int64_t, uint64_t, float, double,
                    char32_t>(value);
  }
}

ComponentValue ValueConverter::RecordFromAbi(const abi::Record& record, const abi::ValType& type) {
  const std::vector<abi::FieldType>& fields = type.node().fields;
  std::vector<std::string> names;
  std::vector<ComponentValue> values;
  for (size_t i = 0; i < fields.size(); ++i) {
    names.push_back(fields[i].label);
    values.push_back(FromAbi(record.fields[i], fields[i].type));
  }
  if (type.kind() == abi::TypeKind::kTuple) return ComponentValue::TupleOf(std::move(values));
  return ComponentValue(ComponentValue::Record{std::move(names), std::move(values)});
}

ComponentValue ValueConverter::VariantFromAbi(const abi::Variant& variant, const abi::ValType& type) {
  const abi::CaseType& c = type.node().cases[variant.case_index];
  std::vector<ComponentValue> payload;
  if (c.type.has_value()) payload.push_back(FromAbi(variant.payload[0], *c.type));
  switch (type.kind()) {
    case abi::TypeKind::kEnum:
      return ComponentValue(ComponentValue::Enum{c.label});
    case abi::TypeKind::kOption:
      return ComponentValue(ComponentValue::Option{std::move(payload)});
    case abi::TypeKind::kResult:
      return ComponentValue(ComponentValue::Expected{variant.case_index == 0, std::move(payload)});
    default:
      return ComponentValue(ComponentValue::Variant{c.label, std::move(payload)});
  }
}

ComponentValue ValueConverter::ResourceFromAbi(const abi::Value& value) {
  auto impl = std::make_shared<ComponentResource::Impl>();
  const auto* own = value.As<abi::OwnHandle>();
  const abi::ResourceType* type = own != nullptr ? own->type : value.As<abi::BorrowHandle>()->type;
  if (type->impl() == nullptr) impl->type = static_cast<const HostResourceType*>(type)->weak_from_this().lock();
  if (impl->type == nullptr) impl->type = std::shared_ptr<const abi::ResourceType>(std::shared_ptr<void>(), type);
  impl->of_host = type->impl() == nullptr;
  impl->rep = own != nullptr ? own->rep : value.As<abi::BorrowHandle>()->rep;
  impl->owned = own != nullptr;
  impl->store = &store_;
  impl->store_alive = store_.alive();
  if (own == nullptr) {
    borrowed_.push_back(impl);
  } else {
    store_.transit().Remove(*type, impl->rep);
  }
  return ComponentValue(ComponentResource(std::move(impl)));
}

}  // namespace cvm::component
