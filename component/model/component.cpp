#include "component/model/component.hpp"

#include <array>

#include "component/model/forms.hpp"

namespace cvm::component {

std::string_view SortName(Sort sort) {
  static constexpr std::array<std::string_view, kSortCount> kNames = {
      "core func",     "core table", "core memory", "core global", "core tag",  "core type", "core module",
      "core instance", "func",       "value",       "type",        "component", "instance"};
  return kNames[static_cast<size_t>(sort)];
}

std::string EncodingConflict(CanonOptions::Encoding first, CanonOptions::Encoding second) {
  static constexpr const char* kNames[] = {"utf8", "utf16", "latin1-utf16"};
  return std::string("canonical encoding option `") + kNames[static_cast<size_t>(first)] + "` conflicts with option `" +
         kNames[static_cast<size_t>(second)] + "`";
}

std::string OptionTwice(std::string_view keyword) {
  return "canonical option `" + std::string(keyword) + "` is specified more than once";
}

}  // namespace cvm::component
