// What tests that run random programs (programs.hpp) share: which seeds, with which arguments, in which world.
#pragma once

#include <cstdio>
#include <cstdlib>
#include <random>
#include <utility>
#include <vector>

#include "test/vm/compile/naive.hpp"
#include "test/vm/compile/programs.hpp"

namespace cvm {

inline World NewWorld() {
  World world;
  world.globals.resize(4);
  world.globals[0] = Value::Of(uint64_t{4096});
  world.table = {1, 2, 3, 4, 0, 0};
  for (size_t i = 0; i < 2048; ++i) world.memory[i] = static_cast<uint8_t>(i * 37);
  return world;
}

inline std::vector<Value> RandomArgs(const ProgramMaker::Signature& s, std::mt19937& random) {
  std::vector<Value> args;
  for (size_t i = 0; i < s.params.size(); ++i) {
    const char t = s.params[i];
    if (i == 0)
      args.push_back(Value::Of(uint64_t{2 + random() % 8}));
    else if (t == 'd')
      args.push_back(Value::Of(static_cast<double>(random() % 100) - 50));
    else if (t == 'f')
      args.push_back(Value::Of(static_cast<float>(random() % 100)));
    else if (t == 'r')
      args.push_back(Value::Of(uint64_t{random() % 5}));
    else
      args.push_back(Value::Of(std::array<uint64_t, 2>{t == 'i' ? random() % 300 : random(), random()}));
  }
  return args;
}

// The first seed, and how many; CVM_SEEDS=first,count looks further than `count`.
inline std::pair<uint32_t, uint32_t> Seeds(uint32_t count) {
  const char* text = std::getenv("CVM_SEEDS");
  uint32_t first = 1;
  if (text != nullptr) std::sscanf(text, "%u,%u", &first, &count);
  return {first, count};
}

}  // namespace cvm
