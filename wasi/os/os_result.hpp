// OsResult<T>: the value of an operating-system operation, or the FsError that says why there is none.
//
// This is the channel for what a guest may see (the inner one of two; the outer, cvm::Result, is for traps and loads).
// FsError has the names and the meaning of wasi:filesystem/types `error-code`; preview 1's errno has the same words.
// Value-semantic, no thread affinity, no allocation.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>
#include <variant>

namespace cvm::wasi {

// In the order of wasi:filesystem/types@0.2 `error-code`, so that a face of WASI may cast. An attempt to leave a
// directory by any route is kNotPermitted.
enum class FsError : uint8_t {
  kAccess,
  kWouldBlock,
  kAlready,
  kBadDescriptor,
  kBusy,
  kDeadlock,
  kQuota,
  kExist,
  kFileTooLarge,
  kIllegalByteSequence,
  kInProgress,
  kInterrupted,
  kInvalid,
  kIo,
  kIsDirectory,
  kLoop,
  kTooManyLinks,
  kMessageSize,
  kNameTooLong,
  kNoDevice,
  kNoEntry,
  kNoLock,
  kInsufficientMemory,
  kInsufficientSpace,
  kNotDirectory,
  kNotEmpty,
  kNotRecoverable,
  kUnsupported,
  kNoTty,
  kNoSuchDevice,
  kOverflow,
  kNotPermitted,
  kPipe,
  kReadOnly,
  kInvalidSeek,
  kTextFileBusy,
  kCrossDevice,
};

inline constexpr int kFsErrorCount = static_cast<int>(FsError::kCrossDevice) + 1;

// The WIT case name: "no-entry".
std::string_view FsErrorName(FsError error);
// What a person reads: "no such file or directory".
std::string_view FsErrorWords(FsError error);

template <class T>
class [[nodiscard]] OsResult {
 public:
  OsResult(T value) : state_(std::in_place_index<0>, std::move(value)) {}  // NOLINT: implicit by design
  OsResult(FsError error) : state_(std::in_place_index<1>, error) {}       // NOLINT: implicit by design

  bool ok() const { return state_.index() == 0; }
  explicit operator bool() const { return ok(); }
  // REQUIRES: ok().
  T& operator*() & { return *std::get_if<0>(&state_); }
  const T& operator*() const& { return *std::get_if<0>(&state_); }
  T&& operator*() && { return std::move(*std::get_if<0>(&state_)); }
  T* operator->() { return std::get_if<0>(&state_); }
  const T* operator->() const { return std::get_if<0>(&state_); }
  // REQUIRES: !ok().
  FsError error() const { return *std::get_if<1>(&state_); }
  // True if this holds exactly that error.
  bool Is(FsError error) const { return !ok() && this->error() == error; }

 private:
  std::variant<T, FsError> state_;
};

template <>
class [[nodiscard]] OsResult<void> {
 public:
  OsResult() = default;
  OsResult(FsError error) : error_(error) {}  // NOLINT: implicit by design

  bool ok() const { return !error_.has_value(); }
  explicit operator bool() const { return ok(); }
  // REQUIRES: !ok().
  FsError error() const { return *error_; }
  bool Is(FsError error) const { return error_ == error; }

 private:
  std::optional<FsError> error_;
};

}  // namespace cvm::wasi
