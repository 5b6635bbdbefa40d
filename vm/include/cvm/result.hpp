// Result<T>: a value or an Error. The one error channel of cvm's API and of everything that loads or links.
//
// An Error says what (kind, words of the specification in lower case, without a full stop), where (byte offset in a
// binary, or line and column in a text) and in what context (outermost first). No exception leaves the library because
// of what a guest or a file did; Result::value() is the one member that throws, and only when its caller did not check.
//
// Result is value-semantic and has no thread affinity.
#pragma once

#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include "cvm/trap.hpp"

namespace cvm {

// Why an operation failed. The first three are the core specification's own classes of load error.
enum class ErrorKind : uint8_t {
  kMalformed,    // the bytes or the text do not follow the grammar
  kInvalid,      // well-formed, but rejected by validation
  kUnlinkable,   // an import is missing or of the wrong type
  kTrap,         // the guest trapped
  kException,    // the guest threw an exception that it did not catch; returned by a host function, it is thrown on
  kLimit,        // a configured limit was reached
  kUnsupported,  // a feature that is switched off or not part of this build
  kUsage,        // the embedder called the API wrongly
  kIo,           // the operating system refused
  kExit,         // the guest asked to end with an exit code (see Error::exit_code)
  kBug,          // an invariant of cvm itself does not hold; the store is poisoned
};

std::string_view ErrorKindName(ErrorKind kind);

class Error {
 public:
  Error(ErrorKind kind, std::string message) : kind_(kind), message_(std::move(message)) {}

  ErrorKind kind() const { return kind_; }
  const std::string& message() const { return message_; }
  // Byte offset in the binary that was read, where known.
  std::optional<uint64_t> offset() const { return offset_; }
  // Line and column (from 1) in the text that was read; 0 where unknown.
  uint32_t line() const { return line_; }
  uint32_t column() const { return column_; }
  // What was being done, outermost first: "instantiate component", "import `a:b/c`".
  const std::vector<std::string>& context() const { return context_; }
  // Names of guest functions, innermost first; filled for traps.
  const std::vector<std::string>& backtrace() const { return backtrace_; }
  int exit_code() const { return exit_code_; }
  // Why the guest trapped, where it is one of the machine's own reasons; kNone otherwise.
  TrapKind trap() const { return trap_; }

  Error& AtOffset(uint64_t offset) { return offset_ = offset, *this; }
  Error& AtLine(uint32_t line, uint32_t column) { return line_ = line, column_ = column, *this; }
  // Adds an outer context.
  Error& In(std::string what) { return context_.insert(context_.begin(), std::move(what)), *this; }
  Error& WithBacktrace(std::vector<std::string> frames) { return backtrace_ = std::move(frames), *this; }
  Error& WithExitCode(int code) { return exit_code_ = code, *this; }
  Error& WithTrap(TrapKind trap) { return trap_ = trap, *this; }

  // One line: contexts, message and place, joined by ": ".
  std::string ToString() const;

 private:
  ErrorKind kind_;
  std::string message_;
  std::optional<uint64_t> offset_;
  uint32_t line_ = 0;
  uint32_t column_ = 0;
  int exit_code_ = 0;
  TrapKind trap_ = TrapKind::kNone;
  std::vector<std::string> context_;
  std::vector<std::string> backtrace_;
};

// Thrown by Result::value() alone.
class BadResultAccess : public std::runtime_error {
 public:
  explicit BadResultAccess(Error error) : std::runtime_error(error.ToString()), error_(std::move(error)) {}
  const Error& error() const { return error_; }

 private:
  Error error_;
};

namespace internal {
// Without exceptions an unchecked Result ends the program.
[[noreturn]] inline void ThrowBadAccess(Error error) {
#ifdef __cpp_exceptions
  throw BadResultAccess(std::move(error));
#else
  static_cast<void>(error);
  __builtin_trap();
#endif
}
}  // namespace internal

template <class T>
class [[nodiscard]] Result {
 public:
  using value_type = T;

  Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}  // NOLINT: implicit by design
  Result(Error error) : state_(std::in_place_index<1>, std::move(error)) {}  // NOLINT: implicit by design
  template <class U>
    requires(std::is_convertible_v<U, T> && !std::is_same_v<std::remove_cvref_t<U>, T> &&
             !std::is_same_v<std::remove_cvref_t<U>, Error> && !std::is_same_v<std::remove_cvref_t<U>, Result>)
  Result(U&& value) : state_(std::in_place_index<0>, std::forward<U>(value)) {}  // NOLINT

  bool ok() const { return state_.index() == 0; }
  explicit operator bool() const { return ok(); }
  // REQUIRES: ok().
  T& operator*() & { return *std::get_if<0>(&state_); }
  const T& operator*() const& { return *std::get_if<0>(&state_); }
  T&& operator*() && { return std::move(*std::get_if<0>(&state_)); }
  T* operator->() { return std::get_if<0>(&state_); }
  const T* operator->() const { return std::get_if<0>(&state_); }
  // REQUIRES: !ok().
  Error& error() & { return *std::get_if<1>(&state_); }
  const Error& error() const& { return *std::get_if<1>(&state_); }
  Error&& error() && { return std::move(*std::get_if<1>(&state_)); }
  // The value; throws BadResultAccess when there is none.
  T value() && {
    if (!ok()) internal::ThrowBadAccess(std::move(error()));
    return std::move(**this);
  }
  T& value() & {
    if (!ok()) internal::ThrowBadAccess(error());
    return **this;
  }
  T value_or(T fallback) && { return ok() ? std::move(**this) : std::move(fallback); }

 private:
  std::variant<T, Error> state_;
};

template <>
class [[nodiscard]] Result<void> {
 public:
  using value_type = void;

  Result() = default;
  Result(Error error) : error_(std::move(error)) {}  // NOLINT: implicit by design

  bool ok() const { return !error_.has_value(); }
  explicit operator bool() const { return ok(); }
  Error& error() & { return *error_; }
  const Error& error() const& { return *error_; }
  Error&& error() && { return std::move(*error_); }
  void value() const {
    if (!ok()) internal::ThrowBadAccess(*error_);
  }

 private:
  std::optional<Error> error_;
};

}  // namespace cvm
