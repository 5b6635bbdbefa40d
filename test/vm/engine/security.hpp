// What the security tests of the engine share: modules from text, engines with and without guard pages, results as
// words.
#pragma once

#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "cvm/vm.hpp"

namespace cvm {

inline std::string Repeat(const std::string& text, uint64_t n) {
  std::string out;
  for (uint64_t i = 0; i < n; ++i) out += text;
  return out;
}

// All proposals that modules in these tests use are on.
inline Engine EngineWith(bool guard_pages) {
  Config config;
  config.GuardPages(guard_pages);
  for (const char* key : {"function-references", "custom-page-sizes"}) config.SetFeature(key, true).value();
  return Engine::Create(config).value();
}

inline Result<Instance> TryMake(Store& store, const std::string& wat, const Linker& linker) {
  Result<Module> module = Module::Parse(store.engine(), wat);
  if (!module.ok()) FAIL(module.error().ToString());
  return linker.Instantiate(store, *module);
}

inline Instance Make(Store& store, const std::string& wat, const Linker& linker) {
  Result<Instance> instance = TryMake(store, wat, linker);
  if (!instance.ok()) FAIL(instance.error().ToString());
  return *instance;
}

inline Instance Make(Store& store, const std::string& wat) { return Make(store, wat, Linker(store.engine())); }

// "" for success, the message of a trap, or kind and message of any other error.
template <class T>
std::string Outcome(const Result<T>& result) {
  if (result.ok()) return "";
  const Error& error = result.error();
  if (error.kind() == ErrorKind::kTrap) return error.message();
  return std::string(ErrorKindName(error.kind())) + ": " + error.message();
}

template <class Signature, class... Args>
std::string OutcomeOf(const Instance& instance, const char* name, Args... args) {
  return Outcome(instance.Get<Signature>(name).value()(args...));
}

inline constexpr const char* kOutOfBounds = "out of bounds memory access";
inline constexpr const char* kTableOutOfBounds = "out of bounds table access";
inline constexpr const char* kExhausted = "call stack exhausted";

}  // namespace cvm
