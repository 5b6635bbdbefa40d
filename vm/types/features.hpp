// Which parts of WebAssembly are switched on. One bit a proposal; opcodes.def names the bit that gates each instruction.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace cvm {

// X(id, "-W key", on by default): on is what Wasm 3.0 has, what has come as far as phase 4, and what engines ship anyway
// (threads, exceptions in their old form).
#define CVM_FEATURES(X)                                \
  X(Mvp, "mvp", true)                                  \
  X(MutableGlobals, "mutable-globals", true)           \
  X(SignExtension, "sign-extension", true)             \
  X(SaturatingFloatToInt, "saturating-float-to-int", true) \
  X(MultiValue, "multi-value", true)                   \
  X(BulkMemory, "bulk-memory", true)                   \
  X(ReferenceTypes, "reference-types", true)           \
  X(Simd, "simd", true)                                \
  X(ExtendedConst, "extended-const", true)             \
  X(TailCall, "tail-call", true)                       \
  X(MultiMemory, "multi-memory", true)                 \
  X(Memory64, "memory64", true)                        \
  X(RelaxedSimd, "relaxed-simd", true)                 \
  X(FunctionReferences, "function-references", true)   \
  X(Gc, "gc", true)                                    \
  X(Exceptions, "exceptions", true)                    \
  X(LegacyExceptions, "legacy-exceptions", true)       \
  X(Threads, "threads", true)                          \
  X(CustomPageSizes, "custom-page-sizes", false)       \
  X(WideArithmetic, "wide-arithmetic", false)          \
  X(CustomDescriptors, "custom-descriptors", false)

enum class Feature : uint8_t {
#define X(id, key, on) k##id,
  CVM_FEATURES(X)
#undef X
};

class Features {
 public:
  constexpr Features() {
#define X(id, key, on) Set(Feature::k##id, on);
    CVM_FEATURES(X)
#undef X
  }
  static constexpr Features All() {
    Features f;
    f.bits_ = ~uint64_t{0};
    return f;
  }
  constexpr bool Has(Feature f) const { return (bits_ >> static_cast<unsigned>(f)) & 1; }
  constexpr void Set(Feature f, bool on) {
    const uint64_t bit = uint64_t{1} << static_cast<unsigned>(f);
    bits_ = on ? bits_ | bit : bits_ & ~bit;
  }
  constexpr bool operator==(const Features&) const = default;

 private:
  uint64_t bits_ = 0;
};

std::string_view FeatureKey(Feature feature);                     // "simd"
std::optional<Feature> FeatureFromKey(std::string_view key);

}  // namespace cvm
