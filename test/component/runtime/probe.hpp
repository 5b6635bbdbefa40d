// Probe: test/component/data/async/probe.wat with its built-ins to be called one by one, each instance by itself.
#pragma once

#include "component/host/api_impl.hpp"
#include "cvm/component_stream.hpp"
#include "test/component/support/run.hpp"

namespace cvm::component::test {

inline constexpr uint32_t kBlocked = 0xffffffff;

inline ::cvm::Component LoadAsyncFile(const Engine& engine, const std::string& name) {
  Result<::cvm::Component> loaded =
      ::cvm::Component::LoadFile(engine, CVM_SOURCE_DIR "/test/component/data/async/" + name);
  if (!loaded.ok()) FAIL(name << ": " << loaded.error().ToString());
  return *std::move(loaded);
}

struct Probe {
  explicit Probe(const ComponentLimits& limits = {}) {
    REQUIRE(SetComponentLimits(store, limits).ok());
    Renew();
  }
  // Another instance in the same store: a trap leaves the old one unusable.
  void Renew() { instance = linker.Instantiate(store, component).value(); }

  static Values Args(std::initializer_list<uint32_t> args) {
    Values values;
    for (const uint32_t arg : args) values.push_back(U32(arg));
    return values;
  }
  // The result, or 0 where there is none.
  uint32_t Do(const std::string& name, std::initializer_list<uint32_t> args = {}) {
    const ComponentValue value = CallOne(*instance, "d#" + name, Args(args));
    const auto* number = value.As<uint32_t>();
    return number == nullptr ? 0 : *number;
  }
  // The words of its trap, after which there is another instance.
  std::string Trap(const std::string& name, std::initializer_list<uint32_t> args = {}) {
    std::string words = CallError(*instance, "d#" + name, Args(args));
    Renew();
    return words;
  }
  ComponentCall Start(const std::string& name, std::initializer_list<uint32_t> args) {
    return instance->GetFunc("d#" + name)->Start(Args(args)).value();
  }
  struct Pair {
    uint32_t r, w;
  };
  Pair New(const std::string& what) {
    const uint64_t pair = *CallOne(*instance, "d#" + what + "-new").As<uint64_t>();
    return {static_cast<uint32_t>(pair), static_cast<uint32_t>(pair >> 32)};
  }
  // A call of $C's that waits for a future: its subtask, and the end to be written to.
  Pair Blocked(const std::string& name = "block") {
    const Pair future = New("future");
    const uint32_t ret = Do(name, {future.r, 64});
    REQUIRE((ret & 15) == 1);  // STARTED
    return {ret >> 4, future.w};
  }
  void Turns() {
    while (RunComponentTasks(store).value()) {
    }
  }
  ComponentStore& components() { return **ComponentStoreOf(store.impl()); }
  // The extents of the tables of handles.
  std::vector<uint32_t> Tables() {
    const auto& running = *static_cast<const RunningComponent*>(instance->running());
    std::vector<uint32_t> lengths;
    for (size_t i = 0; i < running.plan().instances.size(); ++i) {
      lengths.push_back(running.instance(InstanceSlot(static_cast<uint32_t>(i))).handles().length());
    }
    return lengths;
  }

  Engine engine;
  Store store{engine};
  ComponentLinker linker{engine};
  ::cvm::Component component = LoadAsyncFile(engine, "probe.wat");
  std::optional<ComponentInstance> instance;
};

}  // namespace cvm::component::test
