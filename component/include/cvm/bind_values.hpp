// bind_values.hpp: between the C++ types of generated bindings (cvm/bind.hpp) and ComponentValue: ToValue and
// FromValue.
//
// Used by BindLinker (cvm/bind_linker.hpp), and of use wherever an embedder calls a component with generated types:
//
//   const demo::shop::Order order = ...;
//   auto results = func.Call({cvm::ToValue(order)});
//   auto receipt = cvm::FromValue<demo::shop::Receipt>(results->front());
//
// Values are plain; those with resources in them keep to the thread of their store.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include "cvm/bind.hpp"
#include "cvm/component.hpp"

namespace cvm {

namespace bind {

// How one type converts; specializations below.
template <class T>
struct Conversion;

inline Error Misfit(const ComponentValue& value, std::string_view wanted) {
  return Error(ErrorKind::kUsage, "value " + value.ToString() + " is no " + std::string(wanted));
}

// The resource type that the host's class R is, in a process: a resource's `rep` is its address. Never destroyed, as
// stores may outlive static objects.
template <class R>
const ComponentResourceType& ResourceTypeOf() {
  static const auto& type = *new ComponentResourceType(TypeOf<R>::kName, [](const ComponentDrop& drop) -> Result<void> {
    delete reinterpret_cast<R*>(static_cast<uintptr_t>(drop.rep));
    return {};
  });
  return type;
}

}  // namespace bind

// The value as a component's import or export takes it. What it owns is moved into the result.
template <class T>
ComponentValue ToValue(T&& value) {
  return bind::Conversion<std::remove_cvref_t<T>>::To(value);
}
// The value as a T. An Error of kind kUsage where it is of another type. An owned resource is taken out of it.
template <class T>
Result<T> FromValue(const ComponentValue& value) {
  return bind::Conversion<T>::From(value);
}

namespace bind {

// Numbers, bool, char and string: an alternative of ComponentValue each.
template <class T>
struct Conversion {
  static ComponentValue To(const T& v) { return ComponentValue(v); }
  static Result<T> From(const ComponentValue& value) {
    if (const T* v = value.As<T>()) return *v;
    return Misfit(value, "value of this type");
  }
};

template <>
struct Conversion<Bool> {
  static ComponentValue To(Bool v) { return ComponentValue(v.value); }
  static Result<Bool> From(const ComponentValue& value) {
    if (const bool* v = value.As<bool>()) return Bool(*v);
    return Misfit(value, "bool");
  }
};

// The parts of a list or tuple, or the fields of a record; null for other values.
inline const std::vector<ComponentValue>* PartsOf(const ComponentValue& value) {
  if (const auto* list = value.As<ComponentValue::List>()) return &list->elements;
  if (const auto* tuple = value.As<ComponentValue::Tuple>()) return &tuple->elements;
  if (const auto* record = value.As<ComponentValue::Record>()) return &record->values;
  return nullptr;
}

// Converts parts to the types T in order, and calls `make` with them.
template <class... T, class Make>
auto FromParts(const ComponentValue& value, const std::vector<ComponentValue>& parts, const Make& make)
    -> Result<decltype(make(std::declval<T>()...))> {
  if (parts.size() != sizeof...(T)) return Misfit(value, "value of this many parts");
  return [&]<size_t... I>(std::index_sequence<I...>) -> Result<decltype(make(std::declval<T>()...))> {
    [[maybe_unused]] std::tuple<Result<T>...> converted{FromValue<T>(parts[I])...};
    std::optional<Error> first;
    ((first.has_value() || std::get<I>(converted).ok() ? void() : void(first = std::get<I>(converted).error())), ...);
    if (first.has_value()) return *std::move(first);
    return make(*std::move(std::get<I>(converted))...);
  }(std::index_sequence_for<T...>());
}

template <class T>
struct Conversion<std::vector<T>> {
  static ComponentValue To(std::vector<T>& v) {
    ComponentValue::List list;
    for (T& element : v) list.elements.push_back(ToValue(element));
    return ComponentValue(std::move(list));
  }
  static ComponentValue To(const std::vector<T>& v) {
    ComponentValue::List list;
    for (const T& element : v) list.elements.push_back(ToValue(element));
    return ComponentValue(std::move(list));
  }
  static Result<std::vector<T>> From(const ComponentValue& value) {
    const std::vector<ComponentValue>* parts = PartsOf(value);
    if (parts == nullptr) return Misfit(value, "list");
    std::vector<T> list;
    for (const ComponentValue& part : *parts) {
      Result<T> element = FromValue<T>(part);
      if (!element.ok()) return std::move(element).error();
      list.push_back(*std::move(element));
    }
    return list;
  }
};

template <class T, size_t N>
struct Conversion<std::array<T, N>> {
  template <class Array>
  static ComponentValue To(Array& v) {
    ComponentValue::List list;
    for (auto& element : v) list.elements.push_back(ToValue(element));
    return ComponentValue(std::move(list));
  }
  static Result<std::array<T, N>> From(const ComponentValue& value) {
    Result<std::vector<T>> list = FromValue<std::vector<T>>(value);
    if (!list.ok()) return std::move(list).error();
    if (list->size() != N) return Misfit(value, "list of " + std::to_string(N));
    return [&]<size_t... I>(std::index_sequence<I...>) {
      return std::array<T, N>{std::move((*list)[I])...};
    }(std::make_index_sequence<N>());
  }
};

// A list of pairs; of a key that stands twice, the last counts.
template <class K, class V>
struct Conversion<std::map<K, V>> {
  template <class Map>
  static ComponentValue To(Map& v) {
    ComponentValue::List list;
    for (auto& [key, mapped] : v) list.elements.push_back(ComponentValue::TupleOf({ToValue(key), ToValue(mapped)}));
    return ComponentValue(std::move(list));
  }
  static Result<std::map<K, V>> From(const ComponentValue& value) {
    Result<std::vector<std::tuple<K, V>>> pairs = FromValue<std::vector<std::tuple<K, V>>>(value);
    if (!pairs.ok()) return std::move(pairs).error();
    std::map<K, V> map;
    for (auto& [key, mapped] : *pairs) map.insert_or_assign(std::move(key), std::move(mapped));
    return map;
  }
};

template <class... T>
struct Conversion<std::tuple<T...>> {
  template <class Tuple>
  static ComponentValue To(Tuple& v) {
    return std::apply([](auto&... parts) { return ComponentValue::TupleOf({ToValue(parts)...}); }, v);
  }
  static Result<std::tuple<T...>> From(const ComponentValue& value) {
    const std::vector<ComponentValue>* parts = PartsOf(value);
    if (parts == nullptr) return Misfit(value, "tuple");
    return FromParts<T...>(value, *parts, [](T&&... part) { return std::tuple<T...>(std::move(part)...); });
  }
};

template <class T>
struct Conversion<std::optional<T>> {
  template <class Optional>
  static ComponentValue To(Optional& v) {
    return v.has_value() ? ComponentValue::Some(ToValue(*v)) : ComponentValue::None();
  }
  static Result<std::optional<T>> From(const ComponentValue& value) {
    const auto* option = value.As<ComponentValue::Option>();
    if (option == nullptr) return Misfit(value, "option");
    if (option->some.empty()) return std::optional<T>();
    Result<T> some = FromValue<T>(option->some.front());
    if (!some.ok()) return std::move(some).error();
    return std::optional<T>(*std::move(some));
  }
};

template <class T, class E>
struct Conversion<WitResult<T, E>> {
  template <class Either>
  static ComponentValue To(Either& v) {
    std::optional<ComponentValue> payload;
    if (v.ok()) {
      if constexpr (!std::is_void_v<T>) payload = ToValue(v.value());
      return ComponentValue::Ok(std::move(payload));
    }
    if constexpr (!std::is_void_v<E>) payload = ToValue(v.error());
    return ComponentValue::Err(std::move(payload));
  }
  static Result<WitResult<T, E>> From(const ComponentValue& value) {
    const auto* expected = value.As<ComponentValue::Expected>();
    if (expected == nullptr) return Misfit(value, "result");
    return expected->ok ? Side<T>(value, expected->payload, [](auto&&... v) { return Ok(std::move(v)...); })
                        : Side<E>(value, expected->payload, [](auto&&... v) { return Err(std::move(v)...); });
  }

 private:
  template <class P, class Make>
  static Result<WitResult<T, E>> Side(const ComponentValue& value, const std::vector<ComponentValue>& payload,
                                      const Make& make) {
    if constexpr (std::is_void_v<P>) {
      if (!payload.empty()) return Misfit(value, "result without a value here");
      return WitResult<T, E>(make());
    } else {
      return FromParts<P>(value, payload, [&](P&& v) { return WitResult<T, E>(make(std::move(v))); });
    }
  }
};

template <class R>
struct Conversion<Own<R>> {
  static ComponentValue To(Own<R>& v) {
    R* resource = std::move(v).Release().release();
    return ResourceTypeOf<R>().New(reinterpret_cast<uintptr_t>(resource));
  }
  static Result<Own<R>> From(const ComponentValue& value) {
    const Result<uint64_t> rep = ResourceTypeOf<R>().Take(value);
    if (!rep.ok()) return rep.error();
    return Own<R>(std::unique_ptr<R>(reinterpret_cast<R*>(static_cast<uintptr_t>(*rep))));
  }
};

template <class R>
struct Conversion<Borrow<R>> {
  static Result<Borrow<R>> From(const ComponentValue& value) {
    const Result<uint64_t> rep = ResourceTypeOf<R>().Rep(value);
    if (!rep.ok()) return rep.error();
    return Borrow<R>(*reinterpret_cast<R*>(static_cast<uintptr_t>(*rep)));
  }
};

// --- generated types

template <class T, Kind kKind>
concept GeneratedAs = Described<T> && TypeOf<T>::kKind == kKind;

template <class T>
  requires GeneratedAs<T, Kind::kEnum>
struct Conversion<T> {
  static ComponentValue To(T v) {
    const auto index = static_cast<size_t>(v);
    return ComponentValue::EnumOf(index < TypeOf<T>::kNames.size() ? TypeOf<T>::kNames[index] : std::string_view());
  }
  static Result<T> From(const ComponentValue& value) {
    const auto* e = value.As<ComponentValue::Enum>();
    for (size_t i = 0; e != nullptr && i < TypeOf<T>::kNames.size(); ++i) {
      if (TypeOf<T>::kNames[i] == e->name) return static_cast<T>(i);
    }
    return Misfit(value, TypeOf<T>::kName);
  }
};

template <class T>
  requires GeneratedAs<T, Kind::kFlags>
struct Conversion<T> {
  static ComponentValue To(T v) {
    std::vector<std::string> names;
    for (size_t i = 0; i < TypeOf<T>::kNames.size(); ++i) {
      if ((v.bits >> i & 1) != 0) names.emplace_back(TypeOf<T>::kNames[i]);
    }
    return ComponentValue::FlagsOf(std::move(names));
  }
  static Result<T> From(const ComponentValue& value) {
    using Bits = typename T::bits_type;
    const auto* flags = value.As<ComponentValue::Flags>();
    if (flags == nullptr) return Misfit(value, TypeOf<T>::kName);
    T v;
    for (const std::string& name : flags->names) {
      size_t i = 0;
      while (i < TypeOf<T>::kNames.size() && TypeOf<T>::kNames[i] != name) ++i;
      if (i == TypeOf<T>::kNames.size()) return Misfit(value, TypeOf<T>::kName);
      v.bits = static_cast<Bits>(v.bits | Bits{1} << i);
    }
    return v;
  }
};

template <class T>
  requires GeneratedAs<T, Kind::kRecord>
struct Conversion<T> {
  template <class Record>
  static ComponentValue To(Record& v) {
    return std::apply(
        [&](const auto&... field) {
          return ComponentValue(ComponentValue::Record{{std::string(field.name)...}, {ToValue(v.*(field.member))...}});
        },
        TypeOf<T>::kFields);
  }
  static Result<T> From(const ComponentValue& value) {
    if (value.As<ComponentValue::Record>() == nullptr) return Misfit(value, TypeOf<T>::kName);
    return std::apply(
        [&]<class... F>(const F&... field) -> Result<T> {
          std::vector<ComponentValue> parts;
          for (const std::string_view name : {field.name...}) {
            const ComponentValue* part = value.Find(name);
            if (part == nullptr) return Misfit(value, TypeOf<T>::kName);
            parts.push_back(*part);
          }
          return FromParts<typename F::value_type...>(
              value, parts, [](typename F::value_type&&... part) { return T{std::move(part)...}; });
        },
        TypeOf<T>::kFields);
  }
};

template <class T>
  requires GeneratedAs<T, Kind::kVariant>
struct Conversion<T> {
  using Cases = std::remove_cvref_t<decltype(TypeOf<T>::kCases)>;

  template <class Variant>
  static ComponentValue To(Variant& v) {
    ComponentValue made;
    Each([&]<size_t I>(const auto& c) {
      if (v.value.index() != I) return false;
      if constexpr (std::is_void_v<typename std::remove_cvref_t<decltype(c)>::payload_type>) {
        made = ComponentValue::Case(c.name);
      } else {
        made = ComponentValue::Case(c.name, ToValue(std::get_if<I>(&v.value)->value));
      }
      return true;
    });
    return made;
  }
  static Result<T> From(const ComponentValue& value) {
    const auto* variant = value.As<ComponentValue::Variant>();
    Result<T> made = Misfit(value, TypeOf<T>::kName);
    if (variant == nullptr) return made;
    Each([&]<size_t I>(const auto& c) {
      using Payload = typename std::remove_cvref_t<decltype(c)>::payload_type;
      using Struct = typename std::remove_cvref_t<decltype(c)>::struct_type;
      if (variant->name != c.name) return false;
      if constexpr (std::is_void_v<Payload>) {
        if (variant->payload.empty()) made = T(Struct{});
      } else {
        made = FromParts<Payload>(value, variant->payload, [](Payload&& p) { return T(Struct{std::move(p)}); });
      }
      return true;
    });
    return made;
  }

 private:
  // Calls `f` for the cases in order until it answers true.
  template <class F>
  static void Each(const F& f) {
    [&]<size_t... I>(std::index_sequence<I...>) {
      static_cast<void>((f.template operator()<I>(std::get<I>(TypeOf<T>::kCases)) || ...));
    }(std::make_index_sequence<std::tuple_size_v<Cases>>());
  }
};

}  // namespace bind
}  // namespace cvm
