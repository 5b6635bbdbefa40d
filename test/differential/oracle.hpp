// The other engines of test/oracle, a static library in Rust: modules by wasm-smith, verdicts of wasmparser, runs of
// wasmi. Functions of no state; any thread may call them. Only in builds with CVM_ORACLE, where the library was built.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace cvm::differential {

// Of GenerateModule; as test/oracle/src/generate.rs names them.
enum OracleOptions : uint32_t {
  kFullWasm3 = 1,      // garbage collection and exceptions too; otherwise what wasmi runs
  kInvalidBodies = 2,  // function bodies may be any bytes: for validation alone
  kProposals = 4,      // what is past 3.0: for validation alone
  kTrapsAllowed = 8,   // no module is made of guarded instructions, which wasmi runs wrongly
};

struct Answer {
  enum class Status : int32_t { kOk = 0, kRejected = 1, kPanic = 2 };
  Status status = Status::kOk;
  std::vector<uint8_t> bytes;  // the result, or the reason

  bool ok() const { return status == Status::kOk; }
  std::string text() const { return {bytes.begin(), bytes.end()}; }
};

// A module from `seed`: eight bytes are a number that is stretched, others are wasm-smith's choices themselves. It may
// import what `environment` (a module, or empty) exports. Its functions end, unless kInvalidBodies.
Answer GenerateModule(std::span<const uint8_t> seed, std::span<const uint8_t> environment, uint32_t options);
// Whether wasmparser takes the module, with the features of these bits (types/features.hpp).
Answer ValidateByOracle(std::span<const uint8_t> module, uint64_t features);
// The transcript (transcript.hpp) of wasmi, linked to an instance of `environment`.
Answer RunByOracle(std::span<const uint8_t> module, std::span<const uint8_t> environment,
                   std::span<const uint8_t> plan);

}  // namespace cvm::differential
