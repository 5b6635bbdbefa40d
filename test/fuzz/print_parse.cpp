// Any valid module, printed flat and folded and parsed again, is the same module. The input is a module, or what wasm-smith makes
// one of.
#include <cstdio>
#include <cstdlib>
#include <memory>

#include "test/fuzz/input.hpp"
#include "test/support/print_identity.hpp"
#include "vm/binary/decode.hpp"
#include "vm/validate/module.hpp"

namespace {

using namespace cvm;

constexpr uint32_t kAllProposals = 1 | 4;   // OracleOptions

bool IsValid(const std::vector<uint8_t>& bytes, const Features& features) {
  const auto module = DecodeModule(std::make_shared<const std::vector<uint8_t>>(bytes), features);
  CanonicalTypes types;
  ValidatedModule validated;
  return module.ok() && ValidateModule(**module, features, types, &validated).ok();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const Features features = Features::All();
  const std::vector<uint8_t> bytes = fuzz::ModuleOf({data, size}, {}, kAllProposals);
  if (!IsValid(bytes, features)) return 0;
  for (const bool folded : {false, true}) {
    const std::string problem = test::CheckPrintIdentity(bytes, features, folded);
    if (problem.empty()) continue;
    std::fprintf(stderr, "printed %s: %s\n", folded ? "folded" : "flat", problem.c_str());
    std::abort();
  }
  return 0;
}
