// The initial contents of memories: shared between instances until written, in few mappings.
#include <catch2/catch.hpp>
#include <fstream>
#include <memory>
#include <string>
#include <vector>

#include "cvm/vm.hpp"

namespace cvm {
namespace {

size_t Mappings() {
  std::ifstream maps("/proc/self/maps");
  size_t lines = 0;
  for (std::string line; std::getline(maps, line);) ++lines;
  return lines;
}

// A memory of `pages` with `bytes` of data at 1 MiB + `shift`: where C and Rust programs have theirs, above the stack.
Module WithData(const Engine& engine, uint32_t pages, size_t bytes, uint32_t shift = 0) {
  std::string data;
  for (size_t i = 0; i < bytes; ++i) data += static_cast<char>('a' + i % 23);
  const std::string offset = std::to_string((1 << 20) + shift);
  return Module::Parse(engine, "(module (memory (export \"memory\") " + std::to_string(pages) + ") (data (i32.const " +
                                   offset + ") \"" + data + "\"))")
      .value();
}

TEST_CASE("instances begin with their data, and write for themselves alone") {
  const Engine engine;
  const size_t size = GENERATE(1, 1000, 40'000, 200'000);
  const uint32_t shift = GENERATE(0u, 7u, 5000u);
  INFO(size << " bytes, shifted by " << shift);
  const Module module = WithData(engine, 24, size, shift);
  const size_t at = (1 << 20) + shift;
  for (int turn = 0; turn < 3; ++turn) {
    Store store(engine);
    const Instance instance = Linker(engine).Instantiate(store, module).value();
    const Memory memory = instance.GetMemory("memory").value();
    const auto bytes = memory.data();
    REQUIRE(bytes.size() == 24 * 65'536);
    size_t wrong = 0;
    for (size_t i = 0; i < bytes.size(); ++i) {
      const uint8_t wanted = i >= at && i < at + size ? static_cast<uint8_t>('a' + (i - at) % 23) : 0;
      wrong += bytes[i] != wanted;
    }
    CHECK(wrong == 0);
    for (const size_t i : {size_t{0}, at, at + size - 1, bytes.size() - 1}) bytes[i] = 0xee;
    REQUIRE(memory.Grow(2).value() == 24);
    const auto grown = memory.data();
    CHECK(grown[at] == 0xee);
    CHECK(grown[24 * 65'536 - 1] == 0xee);
    CHECK(grown[24 * 65'536] == 0);
    grown[26 * 65'536 - 1] = 1;
  }
}

TEST_CASE("a memory with much data takes two mappings, as one without does") {
  const Engine engine;
  const Module module = WithData(engine, 24, 200'000, 4096);
  constexpr size_t kInstances = 200;
  std::vector<std::unique_ptr<Store>> stores;
  stores.reserve(kInstances);
  const size_t before = Mappings();
  for (size_t i = 0; i < kInstances; ++i) {
    stores.push_back(std::make_unique<Store>(engine));
    const Instance instance = Linker(engine).Instantiate(*stores.back(), module).value();
    instance.GetMemory("memory").value().data()[1] = 1;
  }
  CHECK(Mappings() <= before + 2 * kInstances + 20);
}

}  // namespace
}  // namespace cvm
