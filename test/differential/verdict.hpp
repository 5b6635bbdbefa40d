// Whether cvm takes a module, beside wasmparser's verdict.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "vm/types/features.hpp"

namespace cvm::differential {

enum class Agreement { kBothAccept, kBothReject, kLimit, kDisagree };

struct Verdicts {
  Agreement agreement;
  std::string text;  // of kDisagree: what each says
};

// The features that both sides know, but for the legacy exceptions where `legacy` is false. kLimit: one side refuses
// the module for its size, which is not the standard's affair.
Features CommonFeatures(bool legacy);
Verdicts CompareVerdicts(std::span<const uint8_t> module, const Features& features);

}  // namespace cvm::differential
