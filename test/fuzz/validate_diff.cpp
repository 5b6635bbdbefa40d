// F03: cvm's verdict on a module is wasmparser's. The input is a module, or what wasm-smith makes one of, whose function bodies may
// be any bytes.
#include <cstdio>
#include <cstdlib>

#include "test/differential/verdict.hpp"
#include "test/fuzz/input.hpp"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace cvm;
  const std::span<const uint8_t> input(data, size);
  using enum differential::OracleOptions;
  const std::vector<uint8_t> module = fuzz::ModuleOf(input, {}, kFullWasm3 | kInvalidBodies | kProposals);
  // A module of the new exceptions is none where the legacy ones are on too, and the other way round, only by their opcodes.
  const differential::Verdicts verdicts =
      differential::CompareVerdicts(module, differential::CommonFeatures(/*legacy=*/size % 2 == 0));
  if (verdicts.agreement != differential::Agreement::kDisagree) return 0;
  std::fputs(verdicts.text.c_str(), stderr);
  std::abort();
}
