// F01: any bytes as a core module: an error with a place, or a module whose re-encoding decodes to the same bytes.
#include <cstdlib>
#include <memory>
#include <vector>

#include "vm/binary/decode.hpp"
#include "vm/binary/encode.hpp"
#include "vm/validate/module.hpp"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace cvm;
  const Features features = Features::All();
  auto bytes = std::make_shared<const std::vector<uint8_t>>(data, data + size);
  auto module = DecodeModule(bytes, features);
  if (!module.ok()) return 0;
  CanonicalTypes types;
  ValidatedModule validated;
  const auto valid = ValidateModule(**module, features, types, &validated);
  if (!valid.ok() && valid.error().kind() == ErrorKind::kBug) std::abort();
  const std::vector<uint8_t> once = EncodeModule(**module);
  auto again = DecodeModule(std::make_shared<const std::vector<uint8_t>>(once), features);
  if (!again.ok() || EncodeModule(**again) != once) std::abort();
  return 0;
}
