// F17: any text as a module: an error with a line, or a module that encodes and decodes.
#include <cstdlib>
#include <memory>
#include <string_view>

#include "vm/binary/decode.hpp"
#include "vm/binary/encode.hpp"
#include "vm/text/parse.hpp"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace cvm;
  auto module = ParseModule(std::string_view(reinterpret_cast<const char*>(data), size), Features::All());
  if (!module.ok()) {
    if (module.error().kind() == ErrorKind::kBug) std::abort();
    return 0;
  }
  const std::vector<uint8_t> bytes = EncodeModule(**module);
  const auto decoded = DecodeModule(std::make_shared<const std::vector<uint8_t>>(bytes), Features::All());
  if (decoded.ok() && EncodeModule(**decoded) != bytes) std::abort();
  return 0;
}
