// F17: any text as a component: an error with a line, or a component that is printed, parsed and encoded without a
// loss. A binary component is printed and parsed again.
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "component/binary/decode.hpp"
#include "component/binary/encode.hpp"
#include "component/text/parse.hpp"
#include "component/text/print.hpp"
#include "component/validate/validate.hpp"

namespace {

using namespace cvm;
using ComponentPtr = std::shared_ptr<const component::Component>;

constexpr component::EncodeOptions kAnew = {.reencode_modules = true};

void Fail(const char* what, const std::string& detail) {
  std::fprintf(stderr, "%s: %s\n", what, detail.c_str());
  std::abort();
}

ComponentPtr Parse(std::string_view text) {
  Result<ComponentPtr> parsed = component::ParseComponent(text, Features::All());
  if (!parsed.ok()) Fail("cannot be parsed again", parsed.error().ToString() + "\n" + std::string(text));
  return *parsed;
}

// Printed, parsed, printed: the same text. `exact`: the same bytes too, which is not so of a binary, whose modules may
// spell out what text cannot.
void CheckRoundTrip(const component::Component& original, bool exact) {
  const Result<std::string> printed = component::PrintComponent(original, Features::All());
  if (!printed.ok()) return;  // bodies that do not nest, values
  const ComponentPtr parsed = Parse(*printed);
  const Result<std::string> again = component::PrintComponent(*parsed, Features::All());
  if (!again.ok() || *again != *printed) Fail("is another component", *printed + (again.ok() ? *again : ""));
  const std::vector<uint8_t> bytes = component::EncodeComponent(*parsed, kAnew);
  if (exact && component::EncodeComponent(original, kAnew) != bytes) Fail("has another encoding", *printed);
  const auto decoded = component::DecodeComponent(std::make_shared<const std::vector<uint8_t>>(bytes), Features::All());
  if (decoded.ok() && component::EncodeComponent(**decoded) != bytes) Fail("is decoded to another component", *printed);
}

void Validate(const component::Component& component) {
  CanonicalTypes types;
  const auto valid =
      component::ValidateComponent(component, Features::All(), types, {component::ComponentFeatures::All()});
  if (!valid.ok() && valid.error().kind() == ErrorKind::kBug) Fail("a bug", valid.error().ToString());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (component::IsComponent(Bytes(data, size))) {
    auto bytes = std::make_shared<const std::vector<uint8_t>>(data, data + size);
    const auto decoded = component::DecodeComponent(std::move(bytes), Features::All());
    if (decoded.ok()) CheckRoundTrip(**decoded, /*exact=*/false);
    return 0;
  }
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const Result<ComponentPtr> parsed = component::ParseComponent(text, Features::All());
  if (!parsed.ok()) {
    const Error& error = parsed.error();
    if (error.kind() == ErrorKind::kBug || error.line() == 0) Fail("an error without a place", error.ToString());
    return 0;
  }
  Validate(**parsed);
  CheckRoundTrip(**parsed, /*exact=*/true);
  return 0;
}
