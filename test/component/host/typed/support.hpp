// For the tests of typed lifting and lowering: values of the binding vocabulary as dynamic ones, for the reference path
// of canonical-abi; and a guest without a VM whose calls reach a TypedFunction.
#pragma once

#include <array>
#include <map>
#include <optional>
#include <string>
#include <tuple>
#include <variant>
#include <vector>

#include "canonical-abi/flat/lift_flat.hpp"
#include "canonical-abi/flat/lower_flat.hpp"
#include "canonical-abi/memory/load.hpp"
#include "canonical-abi/memory/store.hpp"
#include "component/host/typed/function.hpp"
#include "test/canonical-abi/support/fake_guest.hpp"

namespace cvm::component::typed {

template <class T>
struct Dynamic {
  static abi::Value Of(const T& v) {
    if constexpr (std::is_same_v<T, char32_t>) {
      return abi::Value::Char(v);
    } else if constexpr (std::is_arithmetic_v<T>) {
      return abi::Value(v);
    } else if constexpr (bind::TypeOf<T>::kKind == bind::Kind::kEnum) {
      return abi::Value::Enum(static_cast<uint32_t>(v));
    } else if constexpr (bind::TypeOf<T>::kKind == bind::Kind::kFlags) {
      return abi::Value::FlagBits(static_cast<uint32_t>(v.bits));
    } else if constexpr (bind::TypeOf<T>::kKind == bind::Kind::kRecord) {
      return std::apply(
          [&](const auto&... f) {
            return abi::Value::RecordOf({Dynamic<std::remove_cvref_t<decltype(v.*f.member)>>::Of(v.*f.member)...});
          },
          bind::TypeOf<T>::kFields);
    } else {
      return std::visit(
          [&]<class C>(const C& c) {
            std::optional<abi::Value> payload;
            if constexpr (requires { c.value; }) payload = Dynamic<std::remove_cvref_t<decltype(c.value)>>::Of(c.value);
            return abi::Value::Case(static_cast<uint32_t>(v.value.index()), std::move(payload));
          },
          v.value);
    }
  }
};
template <class T>
abi::Value DynamicOf(const T& v) {
  return Dynamic<T>::Of(v);
}
template <>
struct Dynamic<Bool> {
  static abi::Value Of(Bool v) { return abi::Value::Bool(v); }
};
template <>
struct Dynamic<std::string> {
  static abi::Value Of(const std::string& v) { return abi::Value::Str(v); }
};
template <class List>
abi::Value DynamicList(const List& list) {
  std::vector<abi::Value> values;
  for (const auto& e : list) values.push_back(DynamicOf(e));
  return abi::Value::ListOf(std::move(values));
}
template <class T>
struct Dynamic<std::vector<T>> {
  static abi::Value Of(const std::vector<T>& v) { return DynamicList(v); }
};
template <class T, size_t N>
struct Dynamic<std::array<T, N>> {
  static abi::Value Of(const std::array<T, N>& v) { return DynamicList(v); }
};
template <class K, class V>
struct Dynamic<std::map<K, V>> {
  static abi::Value Of(const std::map<K, V>& v) {
    std::vector<abi::Value> pairs;
    for (const auto& [key, value] : v) pairs.push_back(abi::Value::RecordOf({DynamicOf(key), DynamicOf(value)}));
    return abi::Value::ListOf(std::move(pairs));
  }
};
template <class... T>
struct Dynamic<std::tuple<T...>> {
  static abi::Value Of(const std::tuple<T...>& v) {
    return std::apply([](const auto&... e) { return abi::Value::RecordOf({DynamicOf(e)...}); }, v);
  }
};
template <class T>
struct Dynamic<std::optional<T>> {
  static abi::Value Of(const std::optional<T>& v) {
    return v.has_value() ? abi::Value::Some(DynamicOf(*v)) : abi::Value::None();
  }
};
template <class T, class E>
struct Dynamic<WitResult<T, E>> {
  static abi::Value Of(const WitResult<T, E>& v) {
    std::optional<abi::Value> payload;
    if (v.ok()) {
      if constexpr (!std::is_void_v<T>) payload = DynamicOf(v.value());
      return abi::Value::Ok(std::move(payload));
    }
    if constexpr (!std::is_void_v<E>) payload = DynamicOf(v.error());
    return abi::Value::Err(std::move(payload));
  }
};

// A guest and the frame of a call that it makes.
struct Caller {
  explicit Caller(size_t memory = 4096, abi::PtrType ptr_type = abi::PtrType::kI32,
                  abi::StringEncoding encoding = abi::StringEncoding::kUtf8)
      : guest(memory, ptr_type, encoding) {
    guest.last_alloc = 64;  // results have room below
  }

  // Lowers arguments by the reference path, as a guest would have them.
  template <class... T>
  void Arguments(const TypedFunction& function, const T&... args) {
    const abi::FuncType type = *function.Type(&resources);
    abi::LiftLowerContext cx = guest.Cx();
    const std::vector<abi::Value> values = {DynamicOf(args)...};
    const auto flat = abi::LowerFlatValues(cx, abi::kMaxFlatParams, values, type.ParamTypes());
    REQUIRE(flat.ok());
    SetSlots(*flat);
  }
  void SetSlots(const std::vector<abi::CoreValue>& flat) {
    for (size_t i = 0; i < flat.size(); ++i) window[i] = flat[i].bits;
    params = flat.size();
  }
  // Where results are to go, if they go to memory.
  void ResultAt(uint64_t ptr) { window[params] = ptr; }

  Result<HostStep> Start(const TypedFunction& function) {
    subtask = abi::SubtaskScope();
    abi::LiftLowerContext cx = guest.Cx({.subtask = &subtask});
    HostFrame frame{site, cx, window.data()};
    Result<HostStep> step = function.Start(frame);
    if (step.ok() && step->waiter == nullptr) subtask.DeliverResolve();
    return step;
  }
  Result<HostStep> Resume(HostStep& step) {
    abi::LiftLowerContext cx = guest.Cx({.subtask = &subtask});
    HostFrame frame{site, cx, window.data()};
    Result<HostStep> next = step.resume(frame);
    if (next.ok() && next->waiter == nullptr) subtask.DeliverResolve();
    return next;
  }
  // The result that a finished call left at `ptr`, by the reference path.
  abi::Value ResultFrom(const TypedFunction& function, uint64_t ptr) {
    abi::LiftLowerContext cx = guest.Cx();
    return *abi::Load(cx, ptr, *function.Type(&resources)->result);
  }

  abi::FakeGuest guest;
  abi::SubtaskScope subtask;
  LoweredFunc site;
  ResourceList resources;
  std::array<uint64_t, kMaxCoreParams> window = {};
  size_t params = 0;
};

struct NoWaiter final : Waiter {
  void Start(Wake) override {}
};

}  // namespace cvm::component::typed
