// What an instance of a component costs: the time to make one, and the memory that idle ones hold.
//
//   bench_instances                                       all
//   bench_instances --benchmark_filter=Idle               memory alone
//
// Subjects: the smallest component that waits (test/wasi/data/sleeper.wat), and a component that the Rust toolchain
// made (test/guests/src/rust/wasi2). Every instance has a store of its own, as tenants have; all share the engine, the
// compiled component, the linked imports and one event loop.
//
// Counters of the Idle benchmarks, each for one instance: `pss` (resident bytes, where a page that k mappings share
// counts 1/k for each), `rss` (the same page counts k times), `tables` (bytes of page tables), `mappings` (of
// vm.max_map_count).
#include <benchmark/benchmark.h>
#include <malloc.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <iostream>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "cvm/component.hpp"
#include "cvm/wasi.hpp"

namespace cvm {
namespace {

constexpr const char* kMinimal = CVM_SOURCE_DIR "/test/wasi/data/sleeper.wasm";
constexpr const char* kRust = CVM_SOURCE_DIR "/test/guests/wasm/rust-p2-wasi2.wasm";

// A benchmark cannot go on without its subject.
template <class T>
T Must(Result<T> result) {
  if (!result.ok()) {
    std::cerr << result.error().ToString() << "\n";
    std::exit(1);
  }
  if constexpr (!std::is_void_v<T>) return *std::move(result);
}

// What all instances share.
struct Host {
  explicit Host(const char* path) : component(Must(Component::LoadFile(engine, path))) {
    wasi::WasiConfig config;
    config.virtual_clock = wasi::VirtualClock{};
    context = Must(wasi::WasiContext::Create(config));
    ComponentLinker linker(engine);
    Must(wasi::AddPreview2(linker, *context));
    prepared = Must(linker.Prepare(component));
  }
  Engine engine;
  Component component;
  std::shared_ptr<wasi::WasiContext> context;
  std::optional<PreparedComponent> prepared;
};

struct Tenant {
  explicit Tenant(const Host& host) : store(host.engine), instance(Must(host.prepared->Instantiate(store))) {}
  // Calls `sleep` of the minimal component, which waits until the end of the benchmark.
  void Sleep() {
    const ComponentValue args[] = {ComponentValue(uint32_t{1}), ComponentValue(uint64_t{1'000'000'000})};
    call = Must(Must(instance.GetFunc("sleep")).Start(args));
  }
  Store store;
  ComponentInstance instance;
  std::optional<ComponentCall> call;
};

struct Usage {
  uint64_t pss = 0;
  uint64_t rss = 0;
  uint64_t tables = 0;
  uint64_t mappings = 0;
};

// The figure behind `key` in a file of /proc, in bytes; 0 where the system has none.
uint64_t KilobytesOf(const char* file, const std::string& key) {
  std::ifstream in(file);
  for (std::string line; std::getline(in, line);) {
    if (line.starts_with(key + ":")) return std::strtoull(line.c_str() + key.size() + 1, nullptr, 10) * 1024;
  }
  return 0;
}

Usage Measure() {
  malloc_trim(0);
  Usage now;
  now.pss = KilobytesOf("/proc/self/smaps_rollup", "Pss");
  now.rss = KilobytesOf("/proc/self/smaps_rollup", "Rss");
  now.tables = KilobytesOf("/proc/self/status", "VmPTE");
  std::ifstream maps("/proc/self/maps");
  for (std::string line; std::getline(maps, line);) ++now.mappings;
  return now;
}

void Idle(benchmark::State& state, const char* path, bool waits) {
  const auto count = static_cast<size_t>(state.range(0));
  const Host host(path);
  {
    Tenant first(host);
  }  // compiles the functions that instantiation runs
  for (auto _ : state) {
    std::vector<std::unique_ptr<Tenant>> tenants;
    tenants.reserve(count);
    const Usage before = Measure();
    for (size_t i = 0; i < count; ++i) {
      tenants.push_back(std::make_unique<Tenant>(host));
      if (waits) tenants.back()->Sleep();
    }
    const Usage after = Measure();
    const auto of_one = [&](uint64_t Usage::* figure) {
      return (static_cast<double>(after.*figure) - static_cast<double>(before.*figure)) / static_cast<double>(count);
    };
    state.counters["pss"] = of_one(&Usage::pss);
    state.counters["rss"] = of_one(&Usage::rss);
    state.counters["tables"] = of_one(&Usage::tables);
    state.counters["mappings"] = of_one(&Usage::mappings);
  }
}

// A store, an instance, and the end of both.
void Instantiate(benchmark::State& state, const char* path) {
  const Host host(path);
  for (auto _ : state) benchmark::DoNotOptimize(Tenant(host).instance.running());
}

// Of that: an empty store.
void EmptyStore(benchmark::State& state) {
  const Engine engine;
  for (auto _ : state) benchmark::DoNotOptimize(&Store(engine).impl());
}

// From the bytes of a file to an instance: decoding, validating, linking.
void ColdStart(benchmark::State& state, const char* path) {
  for (auto _ : state) {
    const Host host(path);
    benchmark::DoNotOptimize(Tenant(host).instance.running());
  }
}

BENCHMARK(EmptyStore);
BENCHMARK_CAPTURE(Instantiate, minimal, kMinimal);
BENCHMARK_CAPTURE(Instantiate, rust, kRust);
BENCHMARK_CAPTURE(ColdStart, minimal, kMinimal)->Unit(benchmark::kMicrosecond);
BENCHMARK_CAPTURE(ColdStart, rust, kRust)->Unit(benchmark::kMicrosecond);
BENCHMARK_CAPTURE(Idle, minimal, kMinimal, false)->Arg(100)->Arg(10'000)->Iterations(1)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(Idle, minimal_waiting, kMinimal, true)
    ->Arg(100)
    ->Arg(10'000)
    ->Iterations(1)
    ->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(Idle, rust, kRust, false)->Arg(100)->Arg(10'000)->Iterations(1)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace cvm

BENCHMARK_MAIN();
