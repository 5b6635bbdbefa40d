// Ten thousand instances of one component, each in a store of its own, wait in wasi:io/poll on one thread; then all
// wake.
//
// The machine's limits are those of a usual Linux: 65,530 mappings a process (vm.max_map_count), and 4 GiB for this
// test.
#include <catch2/catch.hpp>
#include <chrono>
#include <fstream>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "cvm/component.hpp"
#include "cvm/wasi.hpp"
#include "test/support/resident.hpp"
#include "test/support/sanitized.hpp"

namespace cvm::wasi {
namespace {

constexpr uint32_t kInstances = 10'000;
constexpr uint64_t kMillisecond = 1'000'000;

using ::cvm::test::kSanitized;
using ::cvm::test::ResidentBytes;

size_t Mappings() {
  std::ifstream maps("/proc/self/maps");
  size_t lines = 0;
  for (std::string line; std::getline(maps, line);) ++lines;
  return lines;
}

Component Sleeper(const Engine& engine) {
  return Component::LoadFile(engine, CVM_SOURCE_DIR "/test/wasi/data/sleeper.wasm").value();
}

// One tenant: a store with one instance, and the call that waits in it.
struct Tenant {
  explicit Tenant(const Engine& engine) : store(engine) {}
  Store store;
  std::optional<ComponentCall> call;  // goes first
};

struct Tenants {
  Engine engine;
  Component component = Sleeper(engine);
  std::vector<std::unique_ptr<Tenant>> all;
  std::vector<uint32_t> woken;

  // A tenant that sleeps until `when`.
  void Add(const PreparedComponent& prepared, WasiContext& context, uint64_t when) {
    const auto id = static_cast<uint32_t>(all.size());
    all.push_back(std::make_unique<Tenant>(engine));
    Tenant& tenant = *all.back();
    REQUIRE(UseEventLoop(tenant.store, context).ok());
    const auto instance = prepared.Instantiate(tenant.store);
    if (!instance.ok()) FAIL("instance " << id << ": " << instance.error().ToString());
    const ComponentValue args[] = {ComponentValue(id), ComponentValue(when)};
    auto call = instance->GetFunc("sleep").value().Start(args, [this, id] { woken.push_back(id); });
    if (!call.ok()) FAIL("call " << id << ": " << call.error().ToString());
    tenant.call = *std::move(call);
  }
  size_t Suspended() const {
    size_t count = 0;
    for (const auto& tenant : all) count += !tenant->call->done() && !tenant->call->woken();
    return count;
  }
  // Goes on with all that have been woken; answers how many gave their own id, and so had their memory to themselves.
  size_t ResumeWoken() {
    size_t right = 0;
    for (const uint32_t id : std::exchange(woken, {})) {
      ComponentCall& call = *all[id]->call;
      if (!call.Resume().value()) continue;
      right += call.TakeResults()[0] == ComponentValue(id);
    }
    return right;
  }
};

TEST_CASE("ten thousand instances wait in poll on one thread, then all wake and finish") {
  WasiConfig config;
  config.virtual_clock = VirtualClock{};
  const auto context = WasiContext::Create(config).value();
  Tenants tenants;
  ComponentLinker linker(tenants.engine);
  REQUIRE(AddPreview2(linker, *context).ok());
  const PreparedComponent prepared = linker.Prepare(tenants.component).value();

  const uint64_t resident_before = ResidentBytes();
  for (uint32_t i = 0; i < kInstances; ++i) tenants.Add(prepared, *context, 5 * kMillisecond);
  CHECK(tenants.Suspended() == kInstances);
  CHECK(tenants.woken.empty());
  const size_t mappings = Mappings();
  const uint64_t resident = ResidentBytes() - resident_before;
  INFO(mappings << " mappings, " << resident / kInstances << " bytes an instance");
  if (!kSanitized) {
    // A memory is its pages and its guard; a guest stack is one. Room must be left for the embedder.
    CHECK(mappings < 3 * kInstances + 1'000);
    CHECK(resident < uint64_t{kInstances} * 64 * 1024);
  }

  // The first call blocks in the event loop; the clock jumps to the one deadline, so that all are woken by it.
  REQUIRE(tenants.all[0]->call->Finish().ok());
  CHECK(tenants.all[0]->call->TakeResults()[0] == ComponentValue(uint32_t{0}));
  CHECK(tenants.woken.size() == kInstances);
  std::erase(tenants.woken, 0u);
  CHECK(tenants.ResumeWoken() == kInstances - 1);
  CHECK(tenants.Suspended() == 0);
}

TEST_CASE("ten thousand deadlines wake their instances in order; some are given up before") {
  WasiConfig config;
  config.virtual_clock = VirtualClock{};
  const auto context = WasiContext::Create(config).value();
  Tenants tenants;
  ComponentLinker linker(tenants.engine);
  REQUIRE(AddPreview2(linker, *context).ok());
  const PreparedComponent prepared = linker.Prepare(tenants.component).value();
  // Later instances wake earlier.
  for (uint32_t i = 0; i < kInstances; ++i) tenants.Add(prepared, *context, (kInstances - i) * kMillisecond);
  CHECK(tenants.Suspended() == kInstances);
  // Every tenth is unloaded while it waits, with its store.
  std::vector<uint32_t> expected;
  for (uint32_t i = kInstances; i-- > 0;) {
    if (i % 10 == 5) {
      tenants.all[i].reset();
    } else {
      expected.push_back(i);
    }
  }
  for (const uint32_t id : expected) {
    ComponentCall& call = *tenants.all[id]->call;
    REQUIRE(call.Finish().ok());
    REQUIRE(call.TakeResults()[0] == ComponentValue(id));
  }
  CHECK(tenants.woken == expected);
}

TEST_CASE("instances that wait in the system's event loop are resumed by the embedder's own loop") {
  WasiConfig config;
  config.loop = EventLoop::Create().value();
  const auto context = WasiContext::Create(config).value();
  Tenants tenants;
  ComponentLinker linker(tenants.engine);
  REQUIRE(AddPreview2(linker, *context).ok());
  const PreparedComponent prepared = linker.Prepare(tenants.component).value();
  // These deadlines have come, or come within a millisecond.
  constexpr uint32_t kFew = 500;
  const auto now = static_cast<uint64_t>(std::chrono::steady_clock::now().time_since_epoch().count());
  for (uint32_t i = 0; i < kFew; ++i) tenants.Add(prepared, *context, now + (i % 7) * kMillisecond / 7);
  size_t right = 0;
  for (uint32_t i = 0; i < kFew; ++i) {
    ComponentCall& call = *tenants.all[i]->call;
    if (call.done()) right += call.TakeResults()[0] == ComponentValue(i);
  }
  while (tenants.Suspended() + tenants.woken.size() > 0) {
    config.loop->Turn(kMillisecond);
    right += tenants.ResumeWoken();
  }
  CHECK(right == kFew);
  CHECK(tenants.Suspended() == 0);
}

}  // namespace
}  // namespace cvm::wasi
