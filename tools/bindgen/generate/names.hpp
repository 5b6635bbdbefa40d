// WIT names to C++ names, in the house style: kebab case becomes CamelCase, snake_case or kCamelCase.
//
// Two WIT names can become one in C++ (`a-1` and `a1`): a NameScope keeps them apart.
#pragma once

#include <set>
#include <string>
#include <string_view>

namespace cvm::bindgen {

// `DNS-error-payload` → `DnsErrorPayload`
std::string CamelCase(std::string_view kebab);
// `link-count` → `link_count`; `_` is added to what C++ or a common macro has taken (`delete_`, `stdout_`).
std::string SnakeCase(std::string_view kebab);
// `no-entry` → `kNoEntry`
std::string ConstantCase(std::string_view kebab);

// Hands out names that are unique in one C++ scope, in order; later ones get `_` added.
class NameScope {
 public:
  NameScope() = default;
  NameScope(std::initializer_list<std::string> taken) : taken_(taken) {}

  std::string Take(std::string name) {
    while (!taken_.insert(name).second) name += '_';
    return name;
  }

 private:
  std::set<std::string> taken_;
};

}  // namespace cvm::bindgen
