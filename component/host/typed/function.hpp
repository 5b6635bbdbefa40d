// TypedFunction: a method of a generated interface or resource as a host function of the component runtime.
//
// One class for all of them: what depends on the method is a constant FunctionInfo with a pointer to the one function
// that lifts its arguments, calls it and lowers what it answers. A call that waits keeps its arguments on the heap
// until it is done. Immutable; what it calls belongs to the thread of its store.
#pragma once

#include <array>
#include <memory>
#include <span>
#include <string>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

#include "component/host/typed/args.hpp"
#include "component/host/typed/type_info.hpp"
#include "component/runtime/host_function.hpp"
#include "cvm/bind.hpp"
#include "cvm/result.hpp"

namespace cvm::component::typed {

struct FunctionInfo {
  std::span<const Part> params;  // `self` included, without names
  const TypeInfo* result;        // null if there is none
  bool is_method;
  // `impl`: the interface; null for methods.
  Result<HostStep> (*start)(HostFrame& frame, void* impl);
};

class TypedFunction final : public HostFunction {
 public:
  // `impl` outlives the function.
  TypedFunction(const FunctionInfo& info, const bind::FunctionName& name, void* impl);

  Result<HostStep> Start(HostFrame& frame) const override { return info_.start(frame, impl_); }
  Result<void> CheckType(const abi::FuncType& type, const ResolveResource& resolve) const override;

  // The type by names, its resources listed in `resources`.
  Result<abi::FuncType> Type(ResourceList* resources) const;

 private:
  bool Fits(const abi::FuncType& type, const ResolveResource& resolve) const;

  const FunctionInfo& info_;
  void* impl_;
  std::vector<std::string> params_;
  bool is_async_;
};

namespace internal {

// Arguments that a waiting call refers to.
struct Retained {
  virtual ~Retained() = default;
};
template <class Held>
struct RetainedArgs final : Retained {
  explicit RetainedArgs(Held&& h) : held(std::move(h)) {}
  Held held;
};

// Lowers what a method answered, and ends the call.
template <class R>
Result<HostStep> Finish(HostFrame& frame, uint32_t result_slot, R& value) {
  Lowerer cx(frame.cx);
  if constexpr (Codec<R>::kInfo.flat.count <= abi::kMaxFlatResults) {
    Codec<R>::Lower(cx, frame.window, value);
  } else {
    const uint64_t ptr = cx.PtrOf(frame.window[result_slot]);
    if (cx.CheckResult(ptr, Codec<R>::kInfo)) Codec<R>::Store(cx, ptr, value);
  }
  if (cx.failed()) return cx.TakeError();
  return HostStep();
}

template <class R>
Result<HostStep> FinishResult(HostFrame& frame, [[maybe_unused]] uint32_t result_slot, Result<R> result) {
  if (!result.ok()) return std::move(result).error();
  if constexpr (std::is_void_v<R>) {
    static_cast<void>(frame);
    return HostStep();
  } else {
    return Finish(frame, result_slot, *result);
  }
}

template <class R>
Result<HostStep> Settle(HostFrame& frame, uint32_t result_slot, Pending<R> pending, std::unique_ptr<Retained>& args);

// The next step of a call that waits. What the method goes on with is destroyed before the arguments that it refers to.
template <class R>
struct NextStep {
  std::unique_ptr<Retained> args;
  typename Pending<R>::Resume resume;
  uint32_t result_slot;

  Result<HostStep> operator()(HostFrame& frame) {
    std::unique_ptr<Retained> kept = std::move(args);
    const auto slot = result_slot;
    auto go_on = std::move(resume);
    return Settle<R>(frame, slot, go_on(), kept);
  }
};

template <class R>
Result<HostStep> Settle(HostFrame& frame, uint32_t result_slot, Pending<R> pending, std::unique_ptr<Retained>& args) {
  if (pending.ready()) return FinishResult<R>(frame, result_slot, std::move(pending).result());
  auto& suspension = pending.suspension();
  HostStep step;
  step.waiter = std::move(suspension.waiter);
  step.resume = NextStep<R>{std::move(args), std::move(suspension.resume), result_slot};
  return step;
}

// The parameters with `self` in front where there is one.
template <class Method, bool kIsMethod>
struct Signature;
template <class Class, class R, class... P>
struct Signature<Result<R> (Class::*)(P...), false> {
  using Args = ArgList<false, P...>;
  template <class Call>
  static auto Apply(const Call& call, typename Args::Held& held) {
    return std::apply([&](auto&... h) { return call(Arg<P, false>::Pass(h)...); }, held);
  }
};
template <class Class, class R, class... P>
struct Signature<Pending<R> (Class::*)(P...), false> {
  using Args = ArgList<true, P...>;
  template <class Call>
  static auto Apply(const Call& call, typename Args::Held& held) {
    return std::apply([&](auto&... h) { return call(Arg<P, true>::Pass(h)...); }, held);
  }
};
template <class Class, class R, class... P>
struct Signature<Result<R> (Class::*)(P...), true> {
  using Args = ArgList<false, Borrow<Class>, P...>;
  template <class Call>
  static auto Apply(const Call& call, typename Args::Held& held) {
    return std::apply([&](auto& self, auto&... h) { return call(*self, Arg<P, false>::Pass(h)...); }, held);
  }
};
template <class Class, class R, class... P>
struct Signature<Pending<R> (Class::*)(P...), true> {
  using Args = ArgList<true, Borrow<Class>, P...>;
  template <class Call>
  static auto Apply(const Call& call, typename Args::Held& held) {
    return std::apply([&](auto& self, auto&... h) { return call(*self, Arg<P, true>::Pass(h)...); }, held);
  }
};

template <auto kMethod, bool kIsMethod>
auto Invoke([[maybe_unused]] void* impl, typename Signature<decltype(kMethod), kIsMethod>::Args::Held& held) {
  using Class = typename bind::MethodTraits<decltype(kMethod)>::class_type;
  const auto call = [&]<class... A>(A&&... args) {
    if constexpr (kIsMethod) {
      return [](Class& self, auto&&... rest) {
        return (self.*kMethod)(std::forward<decltype(rest)>(rest)...);
      }(std::forward<A>(args)...);
    } else {
      return (static_cast<Class*>(impl)->*kMethod)(std::forward<A>(args)...);
    }
  };
  return Signature<decltype(kMethod), kIsMethod>::Apply(call, held);
}

template <auto kMethod, bool kIsMethod>
Result<HostStep> StartMethod(HostFrame& frame, void* impl) {
  using Traits = bind::MethodTraits<decltype(kMethod)>;
  using Args = typename Signature<decltype(kMethod), kIsMethod>::Args;
  using R = typename Traits::result_type;
  Lifter lifter(frame.cx);
  const uint8_t* spilled = nullptr;
  if constexpr (Args::kSpilled) {
    spilled = lifter.Spilled(lifter.PtrOf(frame.window[0]), Args::kTuple);
    if (spilled == nullptr) return lifter.TakeError();
  }
  typename Args::Held held = Args::Lift(lifter, frame.window, spilled);
  if (lifter.failed()) return lifter.TakeError();
  if constexpr (!Traits::kMaySuspend) {
    return FinishResult<R>(frame, Args::kResultSlot, Invoke<kMethod, kIsMethod>(impl, held));
  } else if constexpr (!Args::kRefersToHeld) {
    std::unique_ptr<Retained> nothing;
    return Settle<R>(frame, Args::kResultSlot, Invoke<kMethod, kIsMethod>(impl, held), nothing);
  } else {
    auto retained = std::make_unique<RetainedArgs<typename Args::Held>>(std::move(held));
    auto& kept = retained->held;
    std::unique_ptr<Retained> args = std::move(retained);
    return Settle<R>(frame, Args::kResultSlot, Invoke<kMethod, kIsMethod>(impl, kept), args);
  }
}

}  // namespace internal

template <auto kMethod, bool kIsMethod>
inline constexpr FunctionInfo kFunctionInfo = {
    .params = internal::Signature<decltype(kMethod), kIsMethod>::Args::kParts,
    .result = InfoOf<typename bind::MethodTraits<decltype(kMethod)>::result_type>(),
    .is_method = kIsMethod,
    .start = &internal::StartMethod<kMethod, kIsMethod>,
};

}  // namespace cvm::component::typed
