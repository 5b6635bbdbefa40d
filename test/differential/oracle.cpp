#include "test/differential/oracle.hpp"

extern "C" {
// As test/oracle/src/lib.rs defines them.
struct CvmOracleBytes {
  uint8_t* data;
  size_t size;
  size_t capacity;
};
void cvm_oracle_init();
void cvm_oracle_free(CvmOracleBytes bytes);
int32_t cvm_oracle_generate(const uint8_t* seed, size_t seed_size, const uint8_t* env, size_t env_size,
                            uint32_t options, CvmOracleBytes* out);
int32_t cvm_oracle_validate(const uint8_t* module, size_t size, uint64_t features, CvmOracleBytes* out);
int32_t cvm_oracle_run(const uint8_t* module, size_t size, const uint8_t* env, size_t env_size, const uint8_t* plan,
                       size_t plan_size, CvmOracleBytes* out);
}

namespace cvm::differential {
namespace {

template <class Call>
Answer Ask(Call call) {
  static const bool initialized = (cvm_oracle_init(), true);
  static_cast<void>(initialized);
  CvmOracleBytes bytes;
  Answer answer;
  answer.status = static_cast<Answer::Status>(call(&bytes));
  answer.bytes.assign(bytes.data, bytes.data + bytes.size);
  cvm_oracle_free(bytes);
  return answer;
}

}  // namespace

Answer GenerateModule(std::span<const uint8_t> seed, std::span<const uint8_t> environment, uint32_t options) {
  return Ask([&](CvmOracleBytes* out) {
    return cvm_oracle_generate(seed.data(), seed.size(), environment.data(), environment.size(), options, out);
  });
}

Answer ValidateByOracle(std::span<const uint8_t> module, uint64_t features) {
  return Ask([&](CvmOracleBytes* out) { return cvm_oracle_validate(module.data(), module.size(), features, out); });
}

Answer RunByOracle(std::span<const uint8_t> module, std::span<const uint8_t> environment,
                   std::span<const uint8_t> plan) {
  return Ask([&](CvmOracleBytes* out) {
    return cvm_oracle_run(module.data(), module.size(), environment.data(), environment.size(), plan.data(),
                          plan.size(), out);
  });
}

}  // namespace cvm::differential
