// Func: a function of a store, called with Vals, or with C++ types after one check (TypedFunc); and how C++ callables become
// host functions. Handles: copyable, valid while their store lives, used on its thread.
#pragma once

#include <cstdint>
#include <cstring>
#include <functional>
#include <span>
#include <string>
#include <tuple>
#include <type_traits>
#include <vector>

#include "cvm/shared_memory.hpp"
#include "cvm/store.hpp"
#include "cvm/value.hpp"

namespace cvm {

namespace internal {

// How a C++ type travels in an 8-byte slot. i32 is held zero-extended.
template <class T>
struct SlotOf;
template <Kind kK, class Wire>
struct SlotOfNumber {
  static constexpr Kind kKind = kK;
  template <class T>
  static uint64_t To(T value) {
    return static_cast<uint64_t>(std::bit_cast<Wire>(value));
  }
  template <class T>
  static T From(uint64_t slot) {
    return std::bit_cast<T>(static_cast<Wire>(slot));
  }
};
template <> struct SlotOf<int32_t> : SlotOfNumber<Kind::kI32, uint32_t> {};
template <> struct SlotOf<uint32_t> : SlotOfNumber<Kind::kI32, uint32_t> {};
template <> struct SlotOf<int64_t> : SlotOfNumber<Kind::kI64, uint64_t> {};
template <> struct SlotOf<uint64_t> : SlotOfNumber<Kind::kI64, uint64_t> {};
template <> struct SlotOf<float> : SlotOfNumber<Kind::kF32, uint32_t> {};
template <> struct SlotOf<double> : SlotOfNumber<Kind::kF64, uint64_t> {};

// The results of a C++ signature: none, one, or a tuple.
template <class R>
struct ResultsOf {
  using Types = std::tuple<R>;
};
template <>
struct ResultsOf<void> {
  using Types = std::tuple<>;
};
template <class... R>
struct ResultsOf<std::tuple<R...>> {
  using Types = std::tuple<R...>;
};
template <class R>
struct ResultsOf<Result<R>> : ResultsOf<R> {};

template <class Tuple>
struct KindsOf;
template <class... T>
struct KindsOf<std::tuple<T...>> {
  static std::vector<Kind> Get() { return {SlotOf<T>::kKind...}; }
};

template <class... T>
void ToSlots(const std::tuple<T...>& values, uint64_t* slots) {
  size_t i = 0;
  std::apply([&](const auto&... v) { ((slots[i++] = SlotOf<std::decay_t<decltype(v)>>::To(v)), ...); }, values);
}
template <class... T>
void FromSlots(const uint64_t* slots, std::tuple<T...>* values) {
  size_t i = 0;
  std::apply([&](auto&... v) { ((v = SlotOf<std::decay_t<decltype(v)>>::template From<std::decay_t<decltype(v)>>(slots[i++])), ...); },
             *values);
}

}  // namespace internal

// A core function type.
struct FuncSignature {
  std::vector<Kind> params;
  std::vector<Kind> results;
  bool operator==(const FuncSignature&) const = default;
};
std::string ToString(const FuncSignature& signature);   // "(param i32 i32) (result i64)"

template <class Signature>
class TypedFunc;

class Func {
 public:
  FuncSignature signature() const;
  // Calls with values, checked against the signature. A trap is an Error of kind kTrap with a backtrace, an exception that no
  // guest catches one of kind kException.
  Result<std::vector<Val>> Call(std::span<const Val> args) const;
  Result<std::vector<Val>> Call(std::initializer_list<Val> args) const {
    return Call(std::span<const Val>(args.begin(), args.size()));
  }
  // The function as C++ sees it: `func.Typed<int32_t(int32_t, int32_t)>()`. The signature is checked here, once.
  template <class Signature>
  Result<TypedFunc<Signature>> Typed() const;

  Func(Store::Impl* store, void* function) : store_(store), function_(function) {}   // for cvm's own layers
  void* function() const { return function_; }

 private:
  template <class Signature>
  friend class TypedFunc;
  Result<void> CheckSignature(const FuncSignature& wanted) const;
  Result<void> CallSlots(std::span<uint64_t> slots) const;

  Store::Impl* store_;
  void* function_;
};

template <class R, class... A>
class TypedFunc<R(A...)> {
 public:
  Result<R> operator()(A... args) const {
    using Results = typename internal::ResultsOf<R>::Types;
    constexpr size_t kSlots = std::max(sizeof...(A), std::tuple_size_v<Results>);
    uint64_t slots[kSlots + 1] = {};
    internal::ToSlots(std::tuple<A...>(args...), slots);
    if (Result<void> called = func_.CallSlots(slots); !called.ok()) return std::move(called).error();
    if constexpr (!std::is_void_v<R>) {
      Results results;
      internal::FromSlots(slots, &results);
      if constexpr (std::is_same_v<R, Results>) {
        return results;
      } else {
        return std::get<0>(results);
      }
    } else {
      return {};
    }
  }
  const Func& func() const { return func_; }

 private:
  friend class Func;
  explicit TypedFunc(Func func) : func_(func) {}
  Func func_;
};

template <class Signature>
Result<TypedFunc<Signature>> Func::Typed() const {
  const FuncSignature wanted = []<class R, class... A>(std::type_identity<R(A...)>) {
    return FuncSignature{internal::KindsOf<std::tuple<A...>>::Get(),
                         internal::KindsOf<typename internal::ResultsOf<R>::Types>::Get()};
  }(std::type_identity<Signature>());
  if (Result<void> checked = CheckSignature(wanted); !checked.ok()) return std::move(checked).error();
  return TypedFunc<Signature>(*this);
}

class Memory {
 public:
  // The bytes; the span is valid until the memory grows.
  std::span<uint8_t> data() const;
  uint64_t pages() const;
  // Grows by `delta` pages; the previous number, or an Error of kind kLimit.
  Result<uint64_t> Grow(uint64_t delta) const;
  // A handle by which other stores can import it; an Error of kind kUsage if it is not a shared memory.
  Result<SharedMemory> shared() const;

  explicit Memory(void* memory) : memory_(memory) {}   // for cvm's own layers
  void* memory() const { return memory_; }

 private:
  void* memory_;
};

// What a host function sees of its caller.
class Caller {
 public:
  // The memory that the calling instance exports as "memory", or its memory 0.
  Result<Memory> memory() const;
  // Whether an interruption of the store, or its deadline, waits for this function to return: what takes long asks now
  // and then, and returns early with any result.
  bool interrupted() const;
  // Takes `units` of the store's fuel for what the function is about to do: or all there is, with an Error to
  // be returned. Nothing if the engine does not consume fuel.
  Result<void> ConsumeFuel(uint64_t units) const;

  explicit Caller(void* context) : context_(context) {}   // for cvm's own layers
  void* context() const { return context_; }

 private:
  void* context_;
};

// The form that every host function takes in the end: slots in, slots out; references as Val::bits() has them. An Error ends the
// guest's run with a trap; one of kind kException, as a call of another guest has returned it, throws that guest's exception on
// to the caller.
using HostFunc = std::function<Result<void>(Caller& caller, std::span<uint64_t> slots)>;

namespace internal {

template <class F>
struct CallableTraits : CallableTraits<decltype(&F::operator())> {};
template <class R, class... A>
struct CallableTraits<R (*)(A...)> {
  using Return = R;
  using Args = std::tuple<std::decay_t<A>...>;
};
template <class C, class R, class... A>
struct CallableTraits<R (C::*)(A...) const> : CallableTraits<R (*)(A...)> {};
template <class C, class R, class... A>
struct CallableTraits<R (C::*)(A...)> : CallableTraits<R (*)(A...)> {};

// Splits a leading Caller off the arguments.
template <class Args>
struct SplitCaller {
  static constexpr bool kHasCaller = false;
  using Rest = Args;
};
template <class... A>
struct SplitCaller<std::tuple<Caller, A...>> {
  static constexpr bool kHasCaller = true;
  using Rest = std::tuple<A...>;
};

// The signature and HostFunc of any callable of number types, with an optional first parameter `Caller&`; it may return a
// Result of what it returns.
template <class F>
std::pair<FuncSignature, HostFunc> WrapCallable(F callable) {
  using Traits = CallableTraits<std::decay_t<F>>;
  using Split = SplitCaller<typename Traits::Args>;
  using Return = typename Traits::Return;
  using Results = typename ResultsOf<Return>::Types;
  FuncSignature signature{KindsOf<typename Split::Rest>::Get(), KindsOf<Results>::Get()};
  HostFunc body = [callable = std::move(callable)](Caller& caller, std::span<uint64_t> slots) mutable -> Result<void> {
    typename Split::Rest args;
    FromSlots(slots.data(), &args);
    const auto invoke = [&](auto&... a) -> Return {
      if constexpr (Split::kHasCaller) {
        return callable(caller, a...);
      } else {
        return callable(a...);
      }
    };
    if constexpr (std::is_void_v<Return>) {
      std::apply(invoke, args);
    } else if constexpr (requires(Return r) { r.ok(); }) {
      Return result = std::apply(invoke, args);
      if (!result.ok()) return std::move(result).error();
      if constexpr (!std::is_void_v<typename Return::value_type>) {
        if constexpr (std::is_same_v<typename Return::value_type, Results>) {
          ToSlots(*result, slots.data());
        } else {
          ToSlots(Results(*result), slots.data());
        }
      }
    } else if constexpr (std::is_same_v<Return, Results>) {
      ToSlots(std::apply(invoke, args), slots.data());
    } else {
      ToSlots(Results(std::apply(invoke, args)), slots.data());
    }
    return {};
  };
  return {std::move(signature), std::move(body)};
}

}  // namespace internal

}  // namespace cvm
