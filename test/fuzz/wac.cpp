// Any text as a script of the wac language: an error with a place, or a composition that can be encoded and decoded.
#include <cstdlib>
#include <string>

#include "component/binary/decode.hpp"
#include "component/binary/encode.hpp"
#include "component/compose/wac.hpp"
#include "component/text/parse.hpp"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace cvm;
  static const auto kPart = component::ParseComponent(
      R"((component (import "t:c/plug@1.0.0" (instance $i)) (import "f" (func $f))
           (export "t:c/plug@1.2.0" (instance $i)) (export "f" (func $f))))",
      Features());
  const auto find = [](const std::string& package) -> Result<component::ComposePart> {
    return component::ComposePart{package, *kPart};
  };
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const Result<component::Composition> composition = component::ComposeWac("fuzz.wac", text, find);
  if (!composition.ok()) {
    if (composition.error().kind() == ErrorKind::kBug) std::abort();
    return 0;
  }
  const auto encoded = component::EncodeComposition(*composition);
  if (!encoded.ok() && encoded.error().kind() == ErrorKind::kBug) std::abort();
  if (!encoded.ok()) return 0;
  auto bytes = std::make_shared<const std::vector<uint8_t>>(component::EncodeComponent(**encoded));
  const auto decoded = component::DecodeComponent(std::move(bytes));
  if (!decoded.ok() && decoded.error().kind() == ErrorKind::kBug) std::abort();
  return 0;
}
