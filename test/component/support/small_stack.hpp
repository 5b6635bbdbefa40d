// Runs a function on a thread with a small stack, so that recursion on the input shows. (Larger where sanitizers widen
// every frame.)
#pragma once

#include <pthread.h>

#include <functional>

#include "test/support/sanitized.hpp"

namespace cvm::component::test {

inline constexpr size_t kSmallStack = ::cvm::test::kSanitized ? 4u << 20 : 256u << 10;

inline void OnSmallStack(std::function<void()> body, size_t stack = kSmallStack) {
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  pthread_attr_setstacksize(&attributes, stack);
  pthread_t thread;
  const auto run = [](void* f) -> void* {
    (*static_cast<std::function<void()>*>(f))();
    return nullptr;
  };
  if (pthread_create(&thread, &attributes, run, &body) == 0) pthread_join(thread, nullptr);
  pthread_attr_destroy(&attributes);
}

}  // namespace cvm::component::test
