// F17: any text as WIT: an error with a place, or packages that print and parse to the same text again.
#include <cstdlib>
#include <string>

#include "component/wit/printer.hpp"
#include "component/wit/resolver.hpp"

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
  return 0;
}
