#include <atomic>

#include "vm/base/process_barrier.hpp"

#ifdef __linux__
#include <linux/membarrier.h>
#include <sys/syscall.h>
#include <unistd.h>
#endif

namespace cvm {

#ifdef __linux__
bool HasProcessBarrier() {
  // Registered once for the whole process; expedited barriers then cost a few microseconds.
  static const bool registered = syscall(SYS_membarrier, MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED, 0, 0) == 0;
  return registered;
}

void ProcessBarrier() {
  std::atomic_thread_fence(std::memory_order_seq_cst);
  if (HasProcessBarrier()) syscall(SYS_membarrier, MEMBARRIER_CMD_PRIVATE_EXPEDITED, 0, 0);
}
#else
bool HasProcessBarrier() { return false; }
void ProcessBarrier() { std::atomic_thread_fence(std::memory_order_seq_cst); }
#endif

}  // namespace cvm
