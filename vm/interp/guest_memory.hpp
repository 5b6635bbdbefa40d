// Accesses of guests to linear memory. Private to vm/interp.
//
// Other threads may write to a shared memory at any time (proposal threads), without synchronization and at overlapping
// addresses; what a guest then reads is its own affair, but that there is a race may never be for a compiler to draw
// conclusions from (a data race of C++ is undefined behaviour). Atomics of C++ are no way out: plain accesses may lie
// anywhere, and atomics must be aligned. So each access is one volatile access, which is made once and as it is written,
// whatever the compiler believes of other threads; on all machines that cvm runs on it is one instruction, and the code is
// the same as without. Operations on ranges call memmove and memset, whose insides a compiler does not see through either:
// nothing that they read is read again.
//
// The thread sanitizer is not told: races of guests are no errors of cvm's. Atomic instructions it does see.
#pragma once

#include <cstdint>
#include <cstring>

#include "vm/interp/machine.hpp"

#if defined(__SANITIZE_THREAD__)
#define CVM_THREAD_SANITIZER 1
#elif defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define CVM_THREAD_SANITIZER 1
#endif
#endif

#ifdef CVM_THREAD_SANITIZER
// Out of line, because what is inlined into instrumented code is instrumented.
#define CVM_GUEST_ACCESS __attribute__((noinline, no_sanitize("thread"))) inline
#else
#define CVM_GUEST_ACCESS CVM_INLINE
#endif

namespace cvm {

template <class T>
struct [[gnu::packed, gnu::may_alias]] Unaligned {
  T value;
};

template <class T>
CVM_GUEST_ACCESS T LoadGuest(const uint8_t* at) {
  return reinterpret_cast<const volatile Unaligned<T>*>(at)->value;
}
template <class T>
CVM_GUEST_ACCESS void StoreGuest(uint8_t* at, T value) {
  reinterpret_cast<volatile Unaligned<T>*>(at)->value = value;
}

// memmove and memset on linear memory. `from` may be memory or not.
#ifdef CVM_THREAD_SANITIZER
CVM_GUEST_ACCESS void MoveGuest(uint8_t* to, const uint8_t* from, uint64_t bytes) {
  if (to <= from) {
    for (uint64_t i = 0; i < bytes; ++i) StoreGuest<uint8_t>(to + i, LoadGuest<uint8_t>(from + i));
  } else {
    for (uint64_t i = bytes; i-- > 0;) StoreGuest<uint8_t>(to + i, LoadGuest<uint8_t>(from + i));
  }
}
CVM_GUEST_ACCESS void FillGuest(uint8_t* at, uint8_t value, uint64_t bytes) {
  for (uint64_t i = 0; i < bytes; ++i) StoreGuest<uint8_t>(at + i, value);
}
#else
CVM_INLINE void MoveGuest(uint8_t* to, const uint8_t* from, uint64_t bytes) {
  if (bytes != 0) std::memmove(to, from, bytes);
}
CVM_INLINE void FillGuest(uint8_t* at, uint8_t value, uint64_t bytes) {
  if (bytes != 0) std::memset(at, value, bytes);
}
#endif

}  // namespace cvm
