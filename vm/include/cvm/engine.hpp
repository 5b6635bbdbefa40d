// Engine: what modules and stores share — the features that are on, limits for loading, canonical types. Cheap to copy (a shared
// handle); thread-safe.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string_view>

#include "cvm/fuel.hpp"
#include "cvm/limits.hpp"
#include "cvm/result.hpp"

namespace cvm {

class Config {
 public:
  Config();
  ~Config();
  Config(const Config&);
  Config& operator=(const Config&);

  // Switches a proposal by its key, as `cvm-run -W` takes it: "simd", "gc", "memory64", … An unknown key is an Error of
  // kind kUsage that lists all keys.
  Result<void> SetFeature(std::string_view key, bool on);
  // Reserve address space and guard pages for memories (on by default): accesses then need no check in code.
  Config& GuardPages(bool on);
  // Guests consume fuel, which their store has been given (Store::SetFuel); without any left they trap: "out of fuel".
  Config& ConsumeFuel(bool on);
  Config& ConsumeFuel(const FuelCosts& costs);
  // Guests compute the same bits on every machine: NaN results of arithmetic are the canonical positive one. What else
  // a guest can tell machines by is listed in docs/metering.md.
  Config& Deterministic(bool on);
  // What a module or a component may declare: "max-functions", "max-module-size", … An Error of kind kUsage for an unknown
  // key or a value above what is possible.
  Result<void> SetLimit(std::string_view key, uint64_t value);
  // Sets all of them to small numbers, for guests that nobody vouches for; some can be raised again afterwards.
  Config& UseStrictLimits();

  // Every key of SetLimit and of SetFeature.
  static std::span<const LimitInfo> LimitList();
  struct FeatureInfo {
    std::string_view key;
    bool on;  // by default
  };
  static std::span<const FeatureInfo> FeatureList();

 private:
  friend class Engine;
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

class Engine {
 public:
  // An engine with default features.
  Engine();
  static Result<Engine> Create(const Config& config);

  struct Impl;
  const std::shared_ptr<Impl>& impl() const { return impl_; }   // for cvm's own layers

 private:
  explicit Engine(std::shared_ptr<Impl> impl) : impl_(std::move(impl)) {}
  std::shared_ptr<Impl> impl_;
};

}  // namespace cvm
