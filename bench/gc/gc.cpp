// Times guests that live by allocation, and how long collections stop them.
//     bench_gc [repetitions]
#include <chrono>
#include <cstdio>
#include <cstdlib>

#include "bench/gc/programs.hpp"
#include "vm/engine/api_impl.hpp"

namespace {

struct Program {
  const char* name;
  const char* text;
  int32_t size;
};
constexpr Program kPrograms[] = {{"trees", cvm::bench::kTrees, 18},
                                 {"map", cvm::bench::kMap, 3'000'000},
                                 {"strings", cvm::bench::kStrings, 500'000}};

bool Run(const cvm::Engine& engine, const Program& program) {
  cvm::Store store(engine);
  cvm::Result<cvm::Module> module = cvm::Module::Parse(engine, program.text);
  if (!module.ok()) return std::fprintf(stderr, "%s: %s\n", program.name, module.error().ToString().c_str()), false;
  const cvm::Instance instance = cvm::Linker(engine).Instantiate(store, *module).value();
  const auto run = instance.Get<int32_t(int32_t)>("run").value();
  const auto begin = std::chrono::steady_clock::now();
  const cvm::Result<int32_t> sum = run(program.size);
  const std::chrono::duration<double, std::milli> time = std::chrono::steady_clock::now() - begin;
  if (!sum.ok()) return std::fprintf(stderr, "%s: %s\n", program.name, sum.error().ToString().c_str()), false;
  const cvm::rt::HeapStats& stats = store.impl().store.heap().stats();
  std::printf("%-8s %9.1f ms  result %11d  collections %5llu  pauses %8.1f ms, longest %6.2f ms  held %6.1f MiB\n",
              program.name, time.count(), *sum, static_cast<unsigned long long>(stats.collections),
              1e-6 * static_cast<double>(stats.total_pause_ns), 1e-6 * static_cast<double>(stats.longest_pause_ns),
              static_cast<double>(stats.held_bytes) / (1 << 20));
  return true;
}

}  // namespace

int main(int argc, char** argv) {
  const int repetitions = argc > 1 ? std::atoi(argv[1]) : 3;
  const cvm::Engine engine;
  bool ok = true;
  for (const Program& program : kPrograms) {
    for (int i = 0; i < repetitions; ++i) ok = Run(engine, program) && ok;
  }
  return ok ? 0 : 1;
}
