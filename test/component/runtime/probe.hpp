// Probe: test/component/data/async/probe.wat with its built-ins to be called one by one, each instance by itself.
#pragma once

#include "cvm/component_stream.hpp"
#include "test/component/support/async.hpp"
#include "test/component/support/run.hpp"

namespace cvm::component::test {

inline constexpr uint32_t kBlocked = 0xffffffff;

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
  std::vector<uint32_t> Tables() { return TableExtents(*instance); }

  Engine engine;
  Store store{engine};
  ComponentLinker linker{engine};
  ::cvm::Component component = LoadAsync(engine, "probe.wat");
  std::optional<ComponentInstance> instance;
};

}  // namespace cvm::component::test
