#include <pthread.h>
#include <sched.h>

#include "vm/base/prompt_thread.hpp"

namespace cvm {

void MakeThreadPrompt() {
  sched_param priority = {};
  priority.sched_priority = sched_get_priority_min(SCHED_RR);
  static_cast<void>(pthread_setschedparam(pthread_self(), SCHED_RR, &priority));
}

}  // namespace cvm
