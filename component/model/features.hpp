// Which gated parts of the component model are switched on (Explainer.md, "Gated Features"). The decoder reads them
// all; validation refuses by its key what is off. Parts that hang on core features (memory64) follow those.
#pragma once

#include <optional>
#include <string_view>

namespace cvm::component {

struct ComponentFeatures {
  bool async = true;                // async functions, stream, future and their built-ins
  bool async_stackful = true;       // async lifts without a callback
  bool more_async_builtins = true;  // async cancel built-ins, synchronous reads and writes
  bool error_context = true;
  bool threading = true;        // cooperative threads
  bool shared_threads = false;  // thread.spawn… and thread.available-parallelism
  bool fixed_length_lists = true;
  bool maps = true;

  static constexpr ComponentFeatures All() { return {true, true, true, true, true, true, true, true}; }
  bool operator==(const ComponentFeatures&) const = default;
};

// A feature by the key that switches it on.
struct ComponentFeatureKey {
  std::string_view key;
  bool ComponentFeatures::* member;
};
inline constexpr ComponentFeatureKey kComponentFeatureKeys[] = {
    {"component-model-async", &ComponentFeatures::async},
    {"component-model-async-stackful", &ComponentFeatures::async_stackful},
    {"component-model-more-async-builtins", &ComponentFeatures::more_async_builtins},
    {"component-model-error-context", &ComponentFeatures::error_context},
    {"component-model-threading", &ComponentFeatures::threading},
    {"component-model-shared-threads", &ComponentFeatures::shared_threads},
    {"component-model-fixed-length-lists", &ComponentFeatures::fixed_length_lists},
    {"component-model-map", &ComponentFeatures::maps},
};

}  // namespace cvm::component
