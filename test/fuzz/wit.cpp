// F17: any text as WIT: an error with a place, or packages that print and parse to the same text again.
#include <cstdlib>
#include <string>

#include "component/binary/decode.hpp"
#include "component/binary/encode.hpp"
#include "component/wit/printer.hpp"
#include "component/wit/resolver.hpp"
#include "component/wit_binary/decode.hpp"
#include "component/wit_binary/encode.hpp"

namespace {

// A package that a binary holds is the same after another turn. (What WIT allows and components do not, `stream<char>`,
// is an error.)
void CheckBinary(const cvm::wit::Resolution& resolution) {
  using namespace cvm;
  const auto turn = [](const wit::Resolution& from) -> Result<wit::Resolution> {
    const auto encoded = wit::EncodeWit(from.resolve, *from.root);
    if (!encoded.ok()) std::abort();
    auto bytes = std::make_shared<const std::vector<uint8_t>>(component::EncodeComponent(**encoded));
    const auto component = component::DecodeComponent(std::move(bytes));
    if (!component.ok()) return component.error();
    CanonicalTypes types;
    return wit::DecodeWit(**component, Features(), types, component::ComponentValidation());
  };
  const Result<wit::Resolution> once = turn(resolution);
  if (!once.ok() && once.error().kind() == ErrorKind::kBug) std::abort();
  if (!once.ok() || !once->root.has_value()) return;
  const Result<wit::Resolution> twice = turn(*once);
  const std::string text = wit::PrintPackage(once->resolve, *once->root);
  if (!twice.ok() || wit::PrintPackage(twice->resolve, *twice->root) != text) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace cvm;
  const auto resolve = [](std::string text) {
    return wit::ResolveSources({{wit::Source{"fuzz.wit", std::move(text)}}}, {.all_features = true});
  };
  auto first = resolve(std::string(reinterpret_cast<const char*>(data), size));
  if (!first.ok()) {
    if (first.error().kind() == ErrorKind::kBug) std::abort();
    return 0;
  }
  const std::string printed = wit::PrintResolve(first->resolve, first->root);
  auto second = resolve(printed);
  if (!second.ok() || wit::PrintResolve(second->resolve, second->root) != printed) std::abort();
  if (first->root.has_value()) CheckBinary(*first);
  return 0;
}
