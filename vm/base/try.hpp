// The two result macros and the constructors of common errors.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "cvm/result.hpp"
#include "cvm/trap.hpp"

#define CVM_TRY_CONCAT_(a, b) a##b
#define CVM_TRY_CONCAT(a, b) CVM_TRY_CONCAT_(a, b)

// Returns the error of `expr` from the enclosing function, if there is one.
#define CVM_RETURN_IF_ERROR(expr)                                 \
  do {                                                            \
    if (auto cvm_result = (expr); !cvm_result.ok()) [[unlikely]]  \
      return std::move(cvm_result).error();                       \
  } while (false)

#define CVM_ASSIGN_OR_RETURN_(tmp, lhs, expr)       \
  auto tmp = (expr);                                \
  if (!tmp.ok()) [[unlikely]]                       \
    return std::move(tmp).error();                  \
  lhs = *std::move(tmp)

// Assigns the value of `expr` to `lhs` (a declaration or an lvalue), or returns its error.
#define CVM_ASSIGN_OR_RETURN(lhs, expr) CVM_ASSIGN_OR_RETURN_(CVM_TRY_CONCAT(cvm_try_, __LINE__), lhs, expr)

// An invariant of cvm itself is broken: answer with an error of kind kBug instead of going on or aborting.
#define CVM_BUG(words) ::cvm::Error(::cvm::ErrorKind::kBug, std::string("internal error: ") + (words))

namespace cvm {

inline Error MalformedError(uint64_t offset, std::string words) {
  return Error(ErrorKind::kMalformed, std::move(words)).AtOffset(offset);
}
inline Error InvalidError(uint64_t offset, std::string words) {
  return Error(ErrorKind::kInvalid, std::move(words)).AtOffset(offset);
}
inline Error UnsupportedError(std::string words) { return Error(ErrorKind::kUnsupported, std::move(words)); }
inline Error LimitError(std::string words) { return Error(ErrorKind::kLimit, std::move(words)); }
// "too many functions: 1000001, the limit is 1000000 (-W max-functions)": what was found, what is allowed, what raises it.
[[gnu::cold]] Error LimitReached(std::string_view words, uint64_t found, uint64_t limit, std::string_view key);
inline Error UnlinkableError(std::string words) { return Error(ErrorKind::kUnlinkable, std::move(words)); }
inline Error TrapError(std::string words) { return Error(ErrorKind::kTrap, std::move(words)); }
inline Error TrapError(TrapKind trap) { return TrapError(std::string(TrapMessage(trap))).WithTrap(trap); }
inline Error UsageError(std::string words) { return Error(ErrorKind::kUsage, std::move(words)); }

}  // namespace cvm
