#include "component/model/component.hpp"

#include <array>

namespace cvm::component {

std::string_view SortName(Sort sort) {
  static constexpr std::array<std::string_view, kSortCount> kNames = {
      "core func", "core table", "core memory", "core global", "core tag", "core type", "core module",
      "core instance", "func", "value", "type", "component", "instance"};
  return kNames[static_cast<size_t>(sort)];
}

}  // namespace cvm::component
