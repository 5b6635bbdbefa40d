// How much memory of the machine the process holds.
#pragma once

#include <unistd.h>

#include <cstdint>
#include <fstream>

namespace cvm::test {

inline uint64_t ResidentBytes() {
  std::ifstream statm("/proc/self/statm");
  uint64_t size = 0, resident = 0;
  statm >> size >> resident;
  return resident * static_cast<uint64_t>(sysconf(_SC_PAGESIZE));
}

}  // namespace cvm::test
