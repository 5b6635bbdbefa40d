// What tests of async components share: the components of test/component/data/async, and how full an instance's tables
// are.
#pragma once

#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "component/host/api_impl.hpp"
#include "cvm/component.hpp"

namespace cvm::component::test {

inline ::cvm::Component LoadAsync(const Engine& engine, const std::string& name) {
  Result<::cvm::Component> loaded =
      ::cvm::Component::LoadFile(engine, CVM_SOURCE_DIR "/test/component/data/async/" + name);
  if (!loaded.ok()) FAIL(name << ": " << loaded.error().ToString());
  return *std::move(loaded);
}

// The extents of the tables of handles, of `instance` and of all those within it.
inline std::vector<uint32_t> TableExtents(const ComponentInstance& instance) {
  const auto& running = *static_cast<const RunningComponent*>(instance.running());
  std::vector<uint32_t> lengths;
  for (size_t i = 0; i < running.plan().instances.size(); ++i) {
    lengths.push_back(running.instance(InstanceSlot(static_cast<uint32_t>(i))).handles().length());
  }
  return lengths;
}

}  // namespace cvm::component::test
