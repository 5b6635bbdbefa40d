// Tasks of guests that wait for streams and futures, in great number and over and over: what they cost, and that
// nothing of them stays (security.md ASY-03).
//
//   bench_async [--tasks N] [--cycles N]      10,000 tasks at once; 1,000,000 that begin, wait and are cancelled
//
// The component is test/component/data/async/tasks.wat: tasks of one component, by turns on a stream and on a future,
// begun and cancelled by another. `callback` tasks have no stack while they wait, `stackful` ones have. Memory is what
// the process has resident. Ends with 1 if it grows by more than 2 MiB over the last nine tenths of the cycles.
#include <malloc.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <string_view>

#include "cvm/component.hpp"

namespace cvm {
namespace {

using Clock = std::chrono::steady_clock;

// A benchmark cannot go on without its subject.
template <class T>
T Must(Result<T> result) {
  if (!result.ok()) {
    std::fprintf(stderr, "%s\n", result.error().ToString().c_str());
    std::exit(1);
  }
  return *std::move(result);
}

// Bytes that the process has resident.
uint64_t Resident() {
  std::ifstream statm("/proc/self/statm");
  uint64_t size = 0, resident = 0;
  statm >> size >> resident;
  return resident * static_cast<uint64_t>(sysconf(_SC_PAGESIZE));
}

struct Subject {
  explicit Subject(bool with_stacks) : stackful(with_stacks) {}
  // Seconds.
  double Call(const char* name, bool takes_kind, uint32_t n) {
    const ComponentFunc func = Must(instance.GetFunc(name));
    const auto begin = Clock::now();
    Must(takes_kind ? func.Call({ComponentValue(stackful), ComponentValue(n)}) : func.Call({ComponentValue(n)}));
    return std::chrono::duration<double>(Clock::now() - begin).count();
  }

  bool stackful;
  Engine engine;
  Component component = Must(Component::LoadFile(engine, CVM_SOURCE_DIR "/test/component/data/async/tasks.wat"));
  Store store{engine};
  ComponentInstance instance = Must(ComponentLinker(engine).Instantiate(store, component));
};

const char* NameOf(bool stackful) { return stackful ? "stackful" : "callback"; }

void AtOnce(Subject& subject, uint32_t tasks) {
  malloc_trim(0);
  const uint64_t before = Resident();
  const double started = subject.Call("start", true, tasks);
  const uint64_t waiting = Resident();
  const double cancelled = subject.Call("cancel", false, tasks);
  malloc_trim(0);
  std::printf("%s: %u tasks wait: %.0f ns each to begin, %.0f ns to cancel, %.0f bytes each; %+lld KiB afterwards\n",
              NameOf(subject.stackful), tasks, started * 1e9 / tasks, cancelled * 1e9 / tasks,
              (static_cast<double>(waiting) - static_cast<double>(before)) / tasks,
              (static_cast<long long>(Resident()) - static_cast<long long>(before)) / 1024);
}

// Whether memory stays as it is.
bool Cycles(Subject& subject, uint32_t cycles) {
  constexpr uint32_t kParts = 10;
  const uint32_t part = std::max(cycles / kParts, 1u);
  uint64_t first = 0, most = 0;
  double seconds = 0;
  for (uint32_t i = 0; i < kParts; ++i) {
    seconds += subject.Call("cycle", true, part);
    const uint64_t now = Resident();
    if (i == 0) first = now;
    most = std::max(most, now);
    std::printf("%s: %u cycles: %llu KiB\n", NameOf(subject.stackful), (i + 1) * part,
                static_cast<unsigned long long>(now / 1024));
  }
  std::printf("%s: %.0f ns a cycle\n", NameOf(subject.stackful), seconds * 1e9 / (uint64_t{part} * kParts));
  return most - first <= uint64_t{2} << 20;
}

int Run(uint32_t tasks, uint32_t cycles) {
  bool flat = true;
  for (const bool stackful : {false, true}) {
    Subject subject(stackful);
    AtOnce(subject, tasks);
    flat = Cycles(subject, cycles) && flat;
  }
  if (!flat) std::fprintf(stderr, "memory grows\n");
  return flat ? 0 : 1;
}

}  // namespace
}  // namespace cvm

int main(int argc, char** argv) {
  uint32_t tasks = 10'000, cycles = 1'000'000;
  for (int i = 1; i + 1 < argc; i += 2) {
    const std::string_view option = argv[i], value = argv[i + 1];
    uint32_t* number = option == "--tasks" ? &tasks : option == "--cycles" ? &cycles : nullptr;
    if (number == nullptr || std::from_chars(value.data(), value.data() + value.size(), *number).ec != std::errc()) {
      std::fprintf(stderr, "usage: bench_async [--tasks N] [--cycles N]\n");
      return 2;
    }
  }
  return cvm::Run(tasks, cycles);
}
