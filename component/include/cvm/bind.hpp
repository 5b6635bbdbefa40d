// bind.hpp: the vocabulary of host functions. What cvm-bindgen writes for a WIT interface is made of these types, and
// what links the result into a component (component/host) reads them: no dynamic value stands in between.
//
// A generated header has, for `interface poll` of `wasi:io`, a namespace `wasi::io::poll` with the interface's types
// (TypeOf describes each of them) and a struct `wasi::io::Poll` with a pure virtual method for each function. A host
// derives from both and calls `wasi::io::Poll::AddTo(linker, impl)`. Types map like this:
//
//   bool, u8 … s64, f32, f64     bool, uint8_t … int64_t, float, double
//   char                         char32_t, always a Unicode scalar value
//   string                       std::string; std::string_view as a parameter
//   list<t>                      std::vector<T>; std::span<const T> as a parameter, unless T can only be moved
//   list<t, n>                   std::array<T, n>
//   map<k, v>                    std::map<K, V>
//   tuple, option                std::tuple, std::optional
//   result<t, e>                 WitResult<T, E>; void where a type is left out
//   record, variant, flags       a struct each; enum: an enum class
//   own<r>, borrow<r>            Own<R>, Borrow<R> of the abstract struct R
//   stream, future, error-context  Stream<T>, Future<T>, ErrorContext, declared here and defined by the async host
//   layer list<bool>                   std::vector<Bool>, as std::vector<bool> is none
//
// Every method returns Result<R>: the outer error ends the guest's call (a trap, or a fault of the host), R is what the
// guest sees. Methods named in bindgen.txt, and `async` ones, return Pending<R> instead: they may suspend the guest.
//
// Parameters that are views (string_view, span, const references) are valid until the call has completed; for a Pending
// method that is after its last resumption, whatever the guest's memory does in between. A Borrow is as good.
//
// Values have no thread affinity; resources and Waiters belong to the thread of their store.
#pragma once

#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include "cvm/result.hpp"

namespace cvm {

// An element of a list<bool>.
struct Bool {
  bool value = false;
  constexpr Bool() = default;
  constexpr Bool(bool v) : value(v) {}               // NOLINT: implicit by design
  constexpr operator bool() const { return value; }  // NOLINT: implicit by design
};

// ---------------------------------------------------------------------------------------------------------------------
// WitResult: the WIT type result<T, E>, the inner of the two channels.

template <class T>
struct OkValue {
  T value;
};
template <>
struct OkValue<void> {};
template <class E>
struct ErrValue {
  E value;
};
template <>
struct ErrValue<void> {};

// `return Ok(5);`, `return Ok();`, `return Err(ErrorCode::kAccess);`
template <class T>
OkValue<std::decay_t<T>> Ok(T&& value) {
  return {std::forward<T>(value)};
}
inline OkValue<void> Ok() { return {}; }
template <class E>
ErrValue<std::decay_t<E>> Err(E&& value) {
  return {std::forward<E>(value)};
}
inline ErrValue<void> Err() { return {}; }

namespace bind {
// `void` as a value.
template <class T>
using Stored = std::conditional_t<std::is_void_v<T>, std::monostate, T>;
}  // namespace bind

template <class T = void, class E = void>
class [[nodiscard]] WitResult {
 public:
  using value_type = T;
  using error_type = E;

  template <class U>
    requires(std::is_convertible_v<U &&, bind::Stored<T>> && !std::is_void_v<T>)
  WitResult(OkValue<U> ok)  // NOLINT: implicit by design
      : state_(std::in_place_index<0>, std::move(ok.value)) {}
  template <class F>
    requires(std::is_convertible_v<F &&, bind::Stored<E>> && !std::is_void_v<E>)
  WitResult(ErrValue<F> err)  // NOLINT: implicit by design
      : state_(std::in_place_index<1>, std::move(err.value)) {}
  WitResult(OkValue<void>)  // NOLINT: implicit by design
    requires(std::is_void_v<T>)
      : state_(std::in_place_index<0>) {}
  WitResult(ErrValue<void>)  // NOLINT: implicit by design
    requires(std::is_void_v<E>)
      : state_(std::in_place_index<1>) {}

  bool ok() const { return state_.index() == 0; }
  explicit operator bool() const { return ok(); }
  // REQUIRES: ok(), and T is not void.
  auto& value() { return *std::get_if<0>(&state_); }
  const auto& value() const { return *std::get_if<0>(&state_); }
  // REQUIRES: !ok(), and E is not void.
  auto& error() { return *std::get_if<1>(&state_); }
  const auto& error() const { return *std::get_if<1>(&state_); }

  bool operator==(const WitResult&) const = default;

 private:
  std::variant<bind::Stored<T>, bind::Stored<E>> state_;
};

// ---------------------------------------------------------------------------------------------------------------------
// Resources. T is the abstract struct that is generated for the resource; the host's class derives from it.

// Unique ownership of a resource: given to the guest, it is destroyed when the guest drops its handle.
template <class T>
class Own {
 public:
  Own() = default;  // empty, as after a move
  explicit Own(std::unique_ptr<T> resource) : resource_(std::move(resource)) {}
  template <class U>
    requires(std::is_convertible_v<U*, T*> && !std::is_same_v<U, T>)
  Own(std::unique_ptr<U> resource) : resource_(std::move(resource)) {}  // NOLINT: implicit by design
  template <class U>
    requires(std::is_convertible_v<U*, T*> && !std::is_same_v<U, T>)
  Own(Own<U> other) : resource_(std::move(other).Release()) {}  // NOLINT: implicit by design

  explicit operator bool() const { return resource_ != nullptr; }
  // REQUIRES: not empty.
  T& operator*() const { return *resource_; }
  T* operator->() const { return resource_.get(); }
  T* get() const { return resource_.get(); }
  std::unique_ptr<T> Release() && { return std::move(resource_); }
  // The resource as the class that the host made it of; null where it is of another.
  template <class U>
  U* As() const {
    return dynamic_cast<U*>(resource_.get());
  }

  bool operator==(const Own& other) const { return resource_ == other.resource_; }

 private:
  std::unique_ptr<T> resource_;
};

// Own<Pollable> pollable = MakeOwn<TimerPollable>(deadline);
template <class T, class... Args>
Own<T> MakeOwn(Args&&... args) {
  return Own<T>(std::make_unique<T>(std::forward<Args>(args)...));
}

// A resource lent for the duration of a call.
template <class T>
class Borrow {
 public:
  Borrow(T& resource) : resource_(&resource) {}            // NOLINT: implicit by design
  Borrow(const Own<T>& owner) : resource_(owner.get()) {}  // NOLINT: implicit by design
  Borrow(T&&) = delete;
  Borrow(Own<T>&&) = delete;

  T& operator*() const { return *resource_; }
  T* operator->() const { return resource_; }
  T* get() const { return resource_; }
  template <class U>
  U* As() const {
    return dynamic_cast<U*>(resource_);
  }

  bool operator==(const Borrow&) const = default;

 private:
  T* resource_;
};

// Defined where the async part of the component model is (component/host).
template <class T>
class Stream;
template <class T>
class Future;
class ErrorContext;

// ---------------------------------------------------------------------------------------------------------------------
// Suspension.

// A callable that may own what cannot be copied; called once or more.
template <class Signature>
class UniqueFunction;
template <class R, class... Args>
class UniqueFunction<R(Args...)> {
 public:
  UniqueFunction() = default;
  template <class F>
    requires(!std::is_same_v<std::decay_t<F>, UniqueFunction> && std::is_invocable_r_v<R, F&, Args...>)
  UniqueFunction(F&& f)  // NOLINT: implicit by design
      : body_(std::make_unique<Holder<std::decay_t<F>>>(std::forward<F>(f))) {}

  explicit operator bool() const { return body_ != nullptr; }
  // REQUIRES: not empty.
  R operator()(Args... args) { return body_->Call(std::forward<Args>(args)...); }

 private:
  struct Body {
    virtual ~Body() = default;
    virtual R Call(Args... args) = 0;
  };
  template <class F>
  struct Holder final : Body {
    template <class G>
    explicit Holder(G&& g) : f(std::forward<G>(g)) {}
    R Call(Args... args) override { return f(std::forward<Args>(args)...); }
    F f;
  };
  std::unique_ptr<Body> body_;
};

// What a suspended call waits for: a timer, a descriptor, several at once. Implemented beside the reactor. The runtime
// puts the guest's task aside, starts the waiter, and goes on with other guests.
class Waiter {
 public:
  using Wake = UniqueFunction<void()>;

  Waiter() = default;
  Waiter(const Waiter&) = delete;
  Waiter& operator=(const Waiter&) = delete;
  // Ends the wait: from then on `wake` is not called. So is a task that is cancelled taken off what it waits for.
  virtual ~Waiter() = default;
  // Begins to wait. `wake` is to be called once, when it is worth resuming, on the store's thread and never from within
  // Start. A false alarm does no harm: the call that is resumed may suspend again. Called at most once.
  virtual void Start(Wake wake) = 0;
};

// What a method that may suspend answers: a Result<R>, or a Waiter and the function to go on with.
template <class R>
class [[nodiscard]] Pending {
 public:
  using value_type = R;
  using Resume = UniqueFunction<Pending<R>()>;

  struct Suspension {
    std::unique_ptr<Waiter> waiter;
    // Called when the waiter has woken; answers, or suspends again.
    Resume resume;
  };

  Pending(Result<R> result) : state_(std::in_place_index<0>, std::move(result)) {}  // NOLINT: implicit by design
  Pending(Error error) : state_(std::in_place_index<0>, std::move(error)) {}        // NOLINT: implicit by design
  template <class U>
    requires(std::is_convertible_v<U, Result<R>> && !std::is_same_v<std::remove_cvref_t<U>, Result<R>> &&
             !std::is_same_v<std::remove_cvref_t<U>, Error> && !std::is_same_v<std::remove_cvref_t<U>, Pending>)
  Pending(U&& value)  // NOLINT: implicit by design
      : state_(std::in_place_index<0>, std::forward<U>(value)) {}
  // A Pending<void> that is done.
  Pending()
    requires(std::is_void_v<R>)
      : state_(std::in_place_index<0>) {}

  static Pending Suspend(std::unique_ptr<Waiter> waiter, Resume resume) {
    return Pending(Suspension{std::move(waiter), std::move(resume)});
  }

  bool ready() const { return state_.index() == 0; }
  // REQUIRES: ready().
  Result<R>& result() & { return *std::get_if<0>(&state_); }
  Result<R>&& result() && { return std::move(*std::get_if<0>(&state_)); }
  // REQUIRES: !ready().
  Suspension& suspension() { return *std::get_if<1>(&state_); }

 private:
  explicit Pending(Suspension suspension) : state_(std::in_place_index<1>, std::move(suspension)) {}

  std::variant<Result<R>, Suspension> state_;
};

namespace bind {

// ---------------------------------------------------------------------------------------------------------------------
// Descriptions. Each generated type T has a specialization of TypeOf with
//   static constexpr Kind kKind;
//   static constexpr std::string_view kName;       // in WIT
// and by its kind
//   kRecord:   static constexpr auto kFields;      // std::tuple of Field, in order
//   kVariant:  static constexpr auto kCases;       // std::tuple of Case, in order; T::value is the std::variant of
//   them kEnum:     static constexpr std::array kNames; // of the cases; the enumerator's value is its index kFlags:
//   static constexpr std::array kNames; // of the flags; bit i of T::bits is flag i kResource: static constexpr
//   std::string_view kInterface;  // `wasi:io/poll@0.2.12`; empty for a world's own
// Everything else (numbers, strings, std::vector, …) is described by its C++ type alone.

enum class Kind : uint8_t { kRecord, kVariant, kEnum, kFlags, kResource };

template <class T>
struct TypeOf;

// A type that cvm-bindgen has generated.
template <class T>
concept Described = requires {
  { TypeOf<T>::kKind } -> std::convertible_to<Kind>;
};

// A field by its name and a pointer to the member.
template <class Record, class Value>
struct Field {
  using value_type = Value;
  std::string_view name;
  Value Record::* member;
};
template <class Record, class Value>
Field(std::string_view, Value Record::*) -> Field<Record, Value>;

// A case by its name: Struct is the alternative that stands for it, whose `value` is the payload unless that is void.
template <class Struct, class Payload>
struct Case {
  using struct_type = Struct;
  using payload_type = Payload;
  std::string_view name;
};

// True for the alternatives of a generated variant.
template <class C, class Variant>
inline constexpr bool kIsAlternative = false;
template <class C, class... Cases>
inline constexpr bool kIsAlternative<C, std::variant<Cases...>> = (std::is_same_v<C, Cases> || ...);

// The base of generated flags: a set of bits.
template <class Flags, class Bits>
struct FlagsBase {
  using bits_type = Bits;
  Bits bits = 0;

  constexpr FlagsBase() = default;
  explicit constexpr FlagsBase(Bits b) : bits(b) {}
  // True if all of `other` are set.
  constexpr bool Has(Flags other) const { return (bits & other.bits) == other.bits; }
  constexpr bool Any() const { return bits != 0; }

  friend constexpr Flags operator|(Flags a, Flags b) { return Flags(static_cast<Bits>(a.bits | b.bits)); }
  friend constexpr Flags operator&(Flags a, Flags b) { return Flags(static_cast<Bits>(a.bits & b.bits)); }
  friend constexpr Flags operator-(Flags a, Flags b) { return Flags(static_cast<Bits>(a.bits & ~b.bits)); }
  constexpr Flags& operator|=(Flags other) { return *static_cast<Flags*>(this) = *static_cast<Flags*>(this) | other; }
  constexpr bool operator==(const FlagsBase&) const = default;
};

// ---------------------------------------------------------------------------------------------------------------------
// Functions.

// A function's name as it is linked and the names of its parameters, without a method's `self`. The types follow from
// the method that implements it.
struct FunctionName {
  std::string_view name;  // `read`, `[method]input-stream.read`, `[static]fields.from-list`, `[constructor]fields`
  std::initializer_list<std::string_view> params = {};
  bool is_async = false;  // declared `async func` in WIT
};

// What a pointer to a generated method says about the function.
template <class Method>
struct MethodTraits;
template <class Class, class R, class... Params>
struct MethodTraits<Result<R> (Class::*)(Params...)> {
  using class_type = Class;                   // the interface, or for methods the resource
  using result_type = R;                      // of the WIT type; void where there is none
  using param_types = std::tuple<Params...>;  // as they are declared, views included
  static constexpr bool kMaySuspend = false;
};
template <class Class, class R, class... Params>
struct MethodTraits<Pending<R> (Class::*)(Params...)> {
  using class_type = Class;
  using result_type = R;
  using param_types = std::tuple<Params...>;
  static constexpr bool kMaySuspend = true;
};

// The value type of a parameter: what is lifted and kept while the call lasts (std::string for std::string_view).
template <class Param>
struct ValueOf {
  using type = std::remove_cvref_t<Param>;
};
template <>
struct ValueOf<std::string_view> {
  using type = std::string;
};
template <class T>
struct ValueOf<std::span<const T>> {
  using type = std::vector<T>;
};
template <class Param>
using ValueOfT = typename ValueOf<Param>::type;

// The linkers that AddTo works with. A generated AddTo does, in this order,
//
//   auto instance = linker.Instance("wasi:io/streams@0.2.12");   a Result of an InstanceLinker, or of a reference to
//   one;
//                                                                "" is the world itself: imports by plain names
//   instance->template Resource<R>(name)      a resource type that the interface declares; the handles' destructor is
//                                             that of R, by way of Own<R>
//   instance->template UsedResource<R>(name)  one that it has by `use` or as an alias: the same type under another name
//   instance->template Type<T>(name)          any other type that it declares, uses or aliases
//   instance->template Function<&Interface::Method>(FunctionName, impl)
//                                             a free function, constructor or static function: called on `impl`, which
//                                             the linker refers to and does not own
//   instance->template Method<&R::Method>(FunctionName)
//                                             a method: called on the resource that the handle in `self` stands for
//
// each answering Result<void>, and returns the first error. Types come before the functions that need them. The linker
// decides by name what policy and version rules make of an instance and a function.
namespace detail {
struct AnyResource {
  virtual ~AnyResource() = default;
  virtual Result<void> Method() = 0;
};
struct AnyInterface {
  virtual ~AnyInterface() = default;
  virtual Result<uint32_t> Function(std::string_view name) = 0;
};
}  // namespace detail

template <class I>
concept InstanceLinker =
    requires(I& instance, std::string_view name, FunctionName function, detail::AnyInterface& impl) {
      { instance.template Resource<detail::AnyResource>(name) } -> std::same_as<Result<void>>;
      { instance.template UsedResource<detail::AnyResource>(name) } -> std::same_as<Result<void>>;
      { instance.template Type<uint32_t>(name) } -> std::same_as<Result<void>>;
      { instance.template Function<&detail::AnyInterface::Function>(function, impl) } -> std::same_as<Result<void>>;
      { instance.template Method<&detail::AnyResource::Method>(function) } -> std::same_as<Result<void>>;
    };

template <class L>
concept InterfaceLinker = requires(L& linker, std::string_view name) {
  { linker.Instance(name).ok() } -> std::convertible_to<bool>;
  requires InstanceLinker<std::remove_reference_t<decltype(*linker.Instance(name))>>;
};

}  // namespace bind
}  // namespace cvm
