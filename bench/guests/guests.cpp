// Runs the guests of a table, gc.txt or throw.txt: how long they take, and how long collections stop them.
//     bench_guests PROGRAMS.txt [NAME | @SIZE]...
// A guest exports `setup` and `step`; the time that its slowest step takes beyond the usual is what a collection costs
// it at worst, whoever the collector is: wasmtime_guests.py measures the same. Times are of this thread, without what
// others take of the processor.
#include <algorithm>
#include <cstdio>
#include <ctime>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "vm/engine/api_impl.hpp"

namespace {

struct Program {
  std::string name;  // of the file, and behind an @ that of the size
  int32_t size = 0;
  int32_t steps = 0;
  uint32_t checksum = 0;
};

uint64_t Nanoseconds() {
  timespec time;
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return static_cast<uint64_t>(time.tv_sec) * 1'000'000'000 + static_cast<uint64_t>(time.tv_nsec);
}
double Now() { return 1e-6 * static_cast<double>(Nanoseconds()); }

std::vector<Program> ReadPrograms(const std::string& path) {
  std::vector<Program> programs;
  std::ifstream file(path);
  for (std::string line; std::getline(file, line);) {
    std::istringstream words(line);
    Program p;
    if (line.front() != '#' && words >> p.name >> p.size >> p.steps >> p.checksum) programs.push_back(p);
  }
  return programs;
}

struct Run {
  uint32_t sum = 0;
  double total = 0;
  double setup = 0;
  std::vector<double> steps;
};

cvm::Result<Run> RunProgram(cvm::Store& store, const cvm::Module& module, const Program& program) {
  cvm::Result<cvm::Instance> instance = cvm::Linker(store.engine()).Instantiate(store, module);
  if (!instance.ok()) return instance.error();
  const auto setup = instance->Get<void(int32_t)>("setup").value();
  const auto step = instance->Get<int32_t(int32_t)>("step").value();
  Run run;
  const double begin = Now();
  const auto set_up = setup(program.size);
  if (!set_up.ok()) return set_up.error();
  run.setup = Now() - begin;
  for (int32_t i = 0; i < program.steps; ++i) {
    const double at = Now();
    const cvm::Result<int32_t> value = step(i);
    if (!value.ok()) return value.error();
    run.sum = run.sum * 31 + static_cast<uint32_t>(*value);
    run.steps.push_back(Now() - at);
  }
  run.total = Now() - begin;
  std::sort(run.steps.begin(), run.steps.end());
  return run;
}

bool Report(const cvm::Engine& engine, const std::string& folder, const Program& program) {
  std::ifstream file(folder + program.name.substr(0, program.name.find('@')) + ".wat");
  const std::string text(std::istreambuf_iterator<char>(file), {});
  cvm::Store store(engine);
  store.impl().store.heap().TimePauses(&Nanoseconds);
  cvm::Result<cvm::Module> module = cvm::Module::Parse(engine, text);
  const cvm::Result<Run> run = module.ok() ? RunProgram(store, *module, program) : cvm::Result<Run>(module.error());
  if (!run.ok()) return std::fprintf(stderr, "%s: %s\n", program.name.c_str(), run.error().ToString().c_str()), false;
  const size_t n = run->steps.size();
  std::printf("%-12s %9.1f ms  sum %10u  setup %8.1f  step median %7.3f p99 %7.3f max %7.3f", program.name.c_str(),
              run->total, run->sum, run->setup, run->steps[n / 2], run->steps[n * 99 / 100], run->steps.back());
  const cvm::rt::HeapStats stats = store.impl().store.heap().stats();
  const auto ms = [](uint64_t ns) { return 1e-6 * static_cast<double>(ns); };
  std::printf("  collections %4llu  pauses %6llu of %8.1f p99 %6.3f longest %6.2f  held %6.1f MiB\n",
              static_cast<unsigned long long>(stats.collections), static_cast<unsigned long long>(stats.pauses.count()),
              ms(stats.pauses.total_ns()), ms(stats.pauses.Quantile(0.99)), ms(stats.pauses.longest_ns()),
              static_cast<double>(stats.held_bytes) / (1 << 20));
  if (run->sum == program.checksum) return true;
  return std::fprintf(stderr, "%s: the sum should be %u\n", program.name.c_str(), program.checksum), false;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) return std::fprintf(stderr, "usage: bench_guests PROGRAMS.txt [NAME...]\n"), 2;
  const std::string table = argv[1];
  const std::string folder = table.substr(0, table.rfind('/') + 1);
  cvm::Config config;
  const cvm::Engine engine = cvm::Engine::Create(config).value();
  bool ok = true;
  for (const Program& program : ReadPrograms(table)) {
    const auto is_meant = [&](std::string_view name) {
      return name == program.name || (name.starts_with('@') && std::string_view(program.name).ends_with(name));
    };
    if (argc > 2 && std::none_of(argv + 2, argv + argc, is_meant)) continue;
    ok = Report(engine, folder, program) && ok;
  }
  return ok ? 0 : 1;
}
