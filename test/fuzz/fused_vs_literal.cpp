// F07: values from guest to guest, by a transfer (canonical-abi/plan) and by the literal path: the same result, the
// same calls of realloc, the same memory, tables and account, or the same trap. The input is types, encodings, values
// and what is wrong with them: test/canonical-abi/support/transfer_case.hpp.
#include <cstdio>
#include <cstdlib>
#include <string>

#include "test/canonical-abi/support/transfer_case.hpp"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using cvm::abi::TransferCase;
  const std::span<const uint8_t> input(data, size);
  const std::string literal = TransferCase(input).Run(/*literal=*/true);
  const std::string fused = TransferCase(input).Run(/*literal=*/false);
  if (literal == fused && literal.find("internal error") == std::string::npos) return 0;
  std::fprintf(stderr, "literal:\n%s\nfused:\n%s\n", literal.c_str(), fused.c_str());
  std::abort();
}
