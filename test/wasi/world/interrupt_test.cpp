// Interruption of components that wait in wasi:io/poll (INT-09), and components under the deterministic settings.
#include <catch2/catch.hpp>
#include <chrono>
#include <optional>
#include <string>
#include <thread>

#include "cvm/component.hpp"
#include "cvm/wasi.hpp"

namespace cvm::wasi {
namespace {

using Steady = std::chrono::steady_clock;

struct Sleeper {
  explicit Sleeper(const WasiConfig& config = {}) : context(WasiContext::Create(config).value()) {
    REQUIRE(UseEventLoop(store, *context).ok());
    ComponentLinker linker(engine);
    REQUIRE(AddPreview2(linker, *context).ok());
    const auto component = Component::LoadFile(engine, CVM_SOURCE_DIR "/test/wasi/data/sleeper.wasm").value();
    instance = linker.Instantiate(store, component).value();
  }
  Result<std::vector<ComponentValue>> Sleep(uint64_t when) {
    const ComponentValue args[] = {ComponentValue(uint32_t{7}), ComponentValue(when)};
    return instance->GetFunc("sleep").value().Call(args);
  }

  Engine engine;
  std::shared_ptr<WasiContext> context;
  Store store{engine};
  std::optional<ComponentInstance> instance;
};

TEST_CASE("INT-09 a component that waits in wasi:io/poll is stopped") {
  constexpr auto kSoon = std::chrono::milliseconds(15);
  {
    Sleeper sleeper;
    const auto begin = Steady::now();
    sleeper.store.SetDeadline(kSoon);
    const auto ended = sleeper.Sleep(UINT64_MAX);
    REQUIRE_FALSE(ended.ok());
    CHECK(ended.error().message() == "deadline exceeded (15ms)");
    CHECK(ended.error().trap() == TrapKind::kDeadlineExceeded);
    CHECK(Steady::now() - begin >= kSoon);
    CHECK(Steady::now() - begin < std::chrono::seconds(5));
    // As after any trap the instance cannot be entered again; the store goes on.
    CHECK(sleeper.Sleep(0).error().kind() == ErrorKind::kTrap);
    ComponentLinker linker(sleeper.engine);
    REQUIRE(AddPreview2(linker, *sleeper.context).ok());
    const auto component = Component::LoadFile(sleeper.engine, CVM_SOURCE_DIR "/test/wasi/data/sleeper.wasm").value();
    sleeper.instance = linker.Instantiate(sleeper.store, component).value();
    CHECK(sleeper.Sleep(0).value()[0] == ComponentValue(uint32_t{7}));
  }
  Sleeper sleeper;
  const InterruptHandle handle = sleeper.store.interrupt_handle();
  std::thread other([&] { handle.Interrupt(); });
  const auto ended = sleeper.Sleep(UINT64_MAX);
  other.join();
  REQUIRE_FALSE(ended.ok());
  CHECK(ended.error().message() == "interrupted");
}

TEST_CASE("INT-09 a call that is waiting is stopped when it is resumed") {
  Sleeper sleeper;
  const ComponentValue args[] = {ComponentValue(uint32_t{7}), ComponentValue(UINT64_MAX)};
  auto call = sleeper.instance->GetFunc("sleep").value().Start(args).value();
  CHECK_FALSE(call.done());
  sleeper.store.interrupt_handle().Interrupt();
  const auto resumed = call.Resume();
  REQUIRE_FALSE(resumed.ok());
  CHECK(resumed.error().message() == "interrupted");
}

TEST_CASE("deterministic: waits are jumped over, at the same time in each run") {
  WasiConfig config;
  config.virtual_clock = VirtualClock{};
  for (int run = 0; run < 2; ++run) {
    Sleeper sleeper(config);
    const auto begin = Steady::now();
    CHECK(sleeper.Sleep(3'600'000'000'000).value()[0] == ComponentValue(uint32_t{7}));
    CHECK(Steady::now() - begin < std::chrono::seconds(60));
  }
}

}  // namespace
}  // namespace cvm::wasi
