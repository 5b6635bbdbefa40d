#include "test/differential/verdict.hpp"

#include <array>
#include <memory>
#include <vector>

#include "test/differential/oracle.hpp"
#include "vm/binary/decode.hpp"
#include "vm/validate/module.hpp"

namespace cvm::differential {
namespace {

Result<void> Validate(std::span<const uint8_t> bytes, const Features& features) {
  CVM_ASSIGN_OR_RETURN(
      const auto module,
      DecodeModule(std::make_shared<const std::vector<uint8_t>>(bytes.begin(), bytes.end()), features));
  CanonicalTypes types;
  ValidatedModule validated;
  return ValidateModule(*module, features, types, &validated);
}

uint64_t Bits(const Features& features) {
  uint64_t bits = 0;
#define X(id, key, on) bits |= uint64_t{features.Has(Feature::k##id)} << static_cast<unsigned>(Feature::k##id);
  CVM_FEATURES(X)
#undef X
  return bits;
}

// Words by which wasmparser refuses what is too large for it.
bool IsLimitOfOracle(const std::string& words) {
  static constexpr std::array kWords = {"exceeds limit", "is out of bounds", "too many",
                                        "limit of",      "too deep",         "too large"};
  for (const char* w : kWords) {
    if (words.find(w) != std::string::npos) return true;
  }
  return false;
}

}  // namespace

Features CommonFeatures(bool legacy) {
  Features features = Features::All();
  features.Set(Feature::kLegacyExceptions, legacy);
  features.Set(Feature::kCustomDescriptors, false);
  return features;
}

Verdicts CompareVerdicts(std::span<const uint8_t> module, const Features& features) {
  const Result<void> own = Validate(module, features);
  const Answer other = ValidateByOracle(module, Bits(features));
  if (!own.ok() && own.error().kind() == ErrorKind::kBug)
    return {Agreement::kDisagree, "cvm: " + own.error().ToString()};
  if (other.status == Answer::Status::kPanic) return {Agreement::kLimit, {}};
  if (own.ok() == other.ok()) return {own.ok() ? Agreement::kBothAccept : Agreement::kBothReject, {}};
  if (!own.ok() && own.error().kind() == ErrorKind::kLimit) return {Agreement::kLimit, {}};
  if (!other.ok() && IsLimitOfOracle(other.text())) return {Agreement::kLimit, {}};
  return {Agreement::kDisagree, "cvm   " + (own.ok() ? "accepts" : own.error().ToString()) + "\nother " +
                                    (other.ok() ? "accepts" : other.text()) + "\n"};
}

}  // namespace cvm::differential
