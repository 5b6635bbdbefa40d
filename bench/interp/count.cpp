// Runs a preview-1 module in a counting build and prints to standard error what the interpreter executed:
//     bench_count [--variants | --pairs] MODULE ARGS...   instructions N, dispatches N, and a line for each handler
//     variant
//                                                        or for each of the 60 commonest pairs in a row
//     bench_count --clock                                 GHz of this core, by a chain of dependent additions
#include <chrono>
#include <cstdio>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

#include "cvm/vm.hpp"
#include "cvm/wasi.hpp"
#include "vm/interp/profile.hpp"

namespace {

using namespace cvm;

double ClockGhz() {
  constexpr uint64_t kSteps = 400'000'000;
  uint64_t x = 0;
  const auto begin = std::chrono::steady_clock::now();
  for (uint64_t i = 0; i < kSteps; i += 8) {
    // Eight additions, each waiting for the one before: eight cycles.
#define STEP                  \
  asm volatile("" : "+r"(x)); \
  x += i | 1;
    STEP STEP STEP STEP STEP STEP STEP STEP
#undef STEP
  }
  const std::chrono::duration<double, std::nano> time = std::chrono::steady_clock::now() - begin;
  return static_cast<double>(kSteps) / time.count();
}

const char* DstName(Dst dst) {
  static constexpr const char* kNames[] = {"Acc", "Slot", "Both", "Pin0", "Pin1"};
  return kNames[static_cast<size_t>(dst)];
}
const char* SrcName(Src src) {
  static constexpr const char* kNames[] = {"Slot", "Acc", "Imm", "Pin0", "Pin1"};
  return kNames[static_cast<size_t>(src)];
}

// As hot_handlers.def writes an operation: by its id, which for an instruction follows from its mnemonic.
std::string OpText(RegOp op) {
  if (!IsWasm(op)) return "OWN(" + RegOpName(op) + ")";
  std::string id;
  bool upper = true;
  for (const char c : RegOpName(op)) {
    if (c == '.' || c == '_') {
      upper = true;
      continue;
    }
    id += upper ? static_cast<char>(std::toupper(c)) : c;
    upper = false;
  }
  return "OPC(" + id + ")";
}

std::string VariantText(const Variant& v) {
  return OpText(v.op) + " " + DstName(v.dst) + " " + SrcName(v.a) + " " + SrcName(v.b) + " " + SrcName(v.c);
}

constexpr uint64_t kFuel = uint64_t{1} << 62;

// The number of instructions.
Result<uint64_t> Run(const std::string& path, std::vector<std::string> args) {
  Config config;
  config.ConsumeFuel(FuelCosts::Each(1));
  Result<Engine> engine = Engine::Create(config);
  if (!engine.ok()) return engine.error();
  Result<Module> module = Module::LoadFile(*engine, path);
  if (!module.ok()) return module.error();
  wasi::WasiConfig wasi_config;
  wasi_config.args = std::move(args);
  wasi_config.output = wasi::Output::Inherit();
  auto context = wasi::WasiContext::Create(wasi_config);
  if (!context.ok()) return context.error();
  Store store(*engine);
  store.SetFuel(kFuel);
  Linker linker(*engine);
  if (Result<void> added = wasi::AddPreview1(linker, *context); !added.ok()) return added.error();
  Result<Instance> instance = linker.Instantiate(store, *module);
  if (!instance.ok()) return instance.error();
  auto start = instance->Get<void()>("_start");
  if (!start.ok()) return start.error();
  Result<void> done = (*start)();
  const bool ended = done.ok() || (done.error().kind() == ErrorKind::kExit && done.error().exit_code() == 0);
  if (!ended) return std::move(done).error();
  return kFuel - store.fuel();
}

}  // namespace

int main(int argc, char** argv) {
  if (argc == 2 && std::string_view(argv[1]) == "--clock") {
    std::printf("%.3f\n", ClockGhz());
    return 0;
  }
  const bool variants = argc > 1 && std::string_view(argv[1]) == "--variants";
  const bool pairs = argc > 1 && std::string_view(argv[1]) == "--pairs";
  const int first = variants || pairs ? 2 : 1;
  if (argc <= first) {
    std::fprintf(stderr, "usage: bench_count [--variants | --pairs] MODULE ARGS... | --clock\n");
    return 2;
  }
  if (pairs) CountPairs();
  const Result<uint64_t> instructions = Run(argv[first], {argv + first, argv + argc});
  if (!instructions.ok()) {
    std::fprintf(stderr, "Error: %s\n", instructions.error().ToString().c_str());
    return 1;
  }
  const Profile profile = TakeProfile();
  std::fprintf(stderr, "instructions %llu\ndispatches %llu\n", static_cast<unsigned long long>(*instructions),
               static_cast<unsigned long long>(profile.dispatches));
  if (variants) {
    for (const auto& [v, count] : profile.variants) {
      std::fprintf(stderr, "variant %s %llu\n", VariantText(v).c_str(), static_cast<unsigned long long>(count));
    }
  }
  if (pairs) {
    for (size_t i = 0; i < profile.pairs.size() && i < 60; ++i) {
      const Profile::Pair& pair = profile.pairs[i];
      std::fprintf(stderr, "pair %6.2f %% %s; %s\n",
                   100.0 * static_cast<double>(pair.count) / static_cast<double>(profile.dispatches),
                   VariantText(pair.first).c_str(), VariantText(pair.second).c_str());
    }
  }
  return 0;
}
