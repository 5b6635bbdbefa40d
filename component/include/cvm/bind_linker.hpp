// BindLinker: offers interfaces that cvm-bindgen generated to components, through a ComponentLinker:
//
//   class Shop final : public demo::shop::Rates { ... };
//   cvm::ComponentLinker linker(engine);
//   cvm::BindLinker typed(linker);
//   Shop shop;
//   demo::shop::Rates::AddTo(typed, shop);          // an Error if a name does not fit
//
// Implementations outlive the stores in which they are linked, and keep to one thread with them. Values pass by way of
// ComponentValue; a function that is imported with other types than its interface declares is an Error when it is
// called.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

#include "cvm/bind.hpp"
#include "cvm/bind_values.hpp"
#include "cvm/component.hpp"

namespace cvm {

namespace bind {

// A method as a dynamic host function: the parameters `P` of a function called on an object of `Class`.
template <class Class, class R, class... P>
struct DynamicMethod {
  using Values = std::vector<ComponentValue>;
  // What views refer to: kept until the call is done.
  using Held = std::tuple<ValueOfT<P>...>;

  // `first`: 1 where a `self` stands in front.
  template <class Method>
  static Pending<Values> Call(Method method, Class& object, const Values& args, size_t first) {
    if (args.size() != sizeof...(P) + first) return WrongCount(args);
    const Values own(args.begin() + static_cast<ptrdiff_t>(first), args.end());
    Result<Held> lifted = FromParts<ValueOfT<P>...>(ComponentValue(ComponentValue::Tuple{own}), own,
                                                    [](ValueOfT<P>&&... v) { return Held(std::move(v)...); });
    if (!lifted.ok()) return std::move(lifted).error();
    auto held = std::make_shared<Held>(*std::move(lifted));
    return Settle(std::apply([&](auto&... v) { return Pending<R>((object.*method)(Pass<P>(v)...)); }, *held), held);
  }

 private:
  static Error WrongCount(const Values& args) {
    return Error(ErrorKind::kUsage, "a function of the host is imported with " + std::to_string(args.size()) +
                                        " parameters instead of " + std::to_string(sizeof...(P)));
  }
  // Parameters by value are moved in, views and references refer to what is held.
  template <class Param, class Value>
  static decltype(auto) Pass(Value& value) {
    if constexpr (std::is_same_v<Param, Value>) {
      return std::move(value);
    } else if constexpr (std::is_reference_v<Param>) {
      return static_cast<const Value&>(value);
    } else {
      return Param(value);
    }
  }
  static Pending<Values> Settle(Pending<R> pending, std::shared_ptr<Held> held) {
    if (!pending.ready()) {
      auto& suspension = pending.suspension();
      return Pending<Values>::Suspend(
          std::move(suspension.waiter),
          [resume = std::move(suspension.resume), held = std::move(held)]() mutable { return Settle(resume(), held); });
    }
    if (!pending.result().ok()) return std::move(pending.result()).error();
    Values results;
    if constexpr (!std::is_void_v<R>) results.push_back(ToValue(*pending.result()));
    return results;
  }
};

template <class Method>
struct DynamicMethodOf;
template <class Class, class R, class... P>
struct DynamicMethodOf<Result<R> (Class::*)(P...)> {
  using type = DynamicMethod<Class, R, P...>;
};
template <class Class, class R, class... P>
struct DynamicMethodOf<Pending<R> (Class::*)(P...)> {
  using type = DynamicMethod<Class, R, P...>;
};

}  // namespace bind

// The functions and resource types of one interface.
class BindInstance {
 public:
  BindInstance(ComponentLinker& linker, std::string_view name) : linker_(&linker), name_(name) {}

  template <class R>
  Result<void> Resource(std::string_view name) {
    linker_->DefineResource(name_, name, bind::ResourceTypeOf<R>());
    return {};
  }
  template <class R>
  Result<void> UsedResource(std::string_view name) {
    return Resource<R>(name);
  }
  // Types without identity need no definition.
  template <class T>
  Result<void> Type(std::string_view) {
    return {};
  }
  template <auto kMethod>
  Result<void> Function(const bind::FunctionName& function,
                        typename bind::MethodTraits<decltype(kMethod)>::class_type& impl) {
    linker_->Define(name_, function.name, [&impl](ComponentHostCall& call) {
      return bind::DynamicMethodOf<decltype(kMethod)>::type::Call(kMethod, impl, call.args, 0);
    });
    return {};
  }
  template <auto kMethod>
  Result<void> Method(const bind::FunctionName& function) {
    using Class = typename bind::MethodTraits<decltype(kMethod)>::class_type;
    linker_->Define(name_, function.name, [](ComponentHostCall& call) -> Pending<std::vector<ComponentValue>> {
      if (call.args.empty()) return Error(ErrorKind::kUsage, "a method of the host is imported without `self`");
      Result<Borrow<Class>> self = FromValue<Borrow<Class>>(call.args[0]);
      if (!self.ok()) return std::move(self).error();
      return bind::DynamicMethodOf<decltype(kMethod)>::type::Call(kMethod, **self, call.args, 1);
    });
    return {};
  }

 private:
  ComponentLinker* linker_;
  std::string name_;
};

// Refers to the ComponentLinker.
class BindLinker {
 public:
  explicit BindLinker(ComponentLinker& linker) : linker_(linker) {}

  Result<BindInstance> Instance(std::string_view name) { return BindInstance(linker_, name); }

 private:
  ComponentLinker& linker_;
};

}  // namespace cvm
