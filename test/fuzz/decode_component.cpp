// F02: any bytes as a component: decoded and validated, or an error with a place.
#include <cstdlib>
#include <memory>
#include <vector>

#include "component/binary/decode.hpp"
#include "component/validate/validate.hpp"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace cvm;
  auto bytes = std::make_shared<const std::vector<uint8_t>>(data, data + size);
  auto component = component::DecodeComponent(bytes, Features::All());
  if (!component.ok()) {
    if (component.error().kind() == ErrorKind::kBug) std::abort();
    return 0;
  }
  CanonicalTypes types;
  const auto valid = component::ValidateComponent(**component, Features::All(), types);
  if (!valid.ok() && valid.error().kind() == ErrorKind::kBug) std::abort();
  return 0;
}
