// WitResult<T, E>: the WIT type result<T, E> in C++, the inner of the two channels of a host function.
//
// Result<WitResult<T, E>> reads: the outer Result is a trap or a failure of the host, which ends the guest's call; the
// inner one is a value that the guest receives. `result<_, E>` is WitResult<Unit, E>. A value converts implicitly; an
// error is wrapped, so that T and E may be the same type:   return Err(ErrorCode::kAccess);
#pragma once

#include <utility>
#include <variant>

namespace cvm::abi {

using Unit = std::monostate;

template <class E>
struct Err {
  E error;
};
template <class E>
Err(E) -> Err<E>;

template <class T = Unit, class E = Unit>
class [[nodiscard]] WitResult {
 public:
  using value_type = T;
  using error_type = E;

  WitResult(T value) : state_(std::in_place_index<0>, std::move(value)) {}  // NOLINT: implicit by design
  template <class F>
    requires(std::is_convertible_v<F, E>)
  WitResult(Err<F> err) : state_(std::in_place_index<1>, std::move(err.error)) {}  // NOLINT: implicit by design

  bool ok() const { return state_.index() == 0; }
  explicit operator bool() const { return ok(); }
  // REQUIRES: ok().
  T& operator*() & { return *std::get_if<0>(&state_); }
  const T& operator*() const& { return *std::get_if<0>(&state_); }
  T&& operator*() && { return std::move(*std::get_if<0>(&state_)); }
  T* operator->() { return std::get_if<0>(&state_); }
  const T* operator->() const { return std::get_if<0>(&state_); }
  // REQUIRES: !ok().
  E& error() & { return *std::get_if<1>(&state_); }
  const E& error() const& { return *std::get_if<1>(&state_); }
  E&& error() && { return std::move(*std::get_if<1>(&state_)); }

  friend bool operator==(const WitResult&, const WitResult&) = default;

 private:
  std::variant<T, E> state_;
};

}  // namespace cvm::abi
