// What the tests of component text share: from text to definitions, and from there through the other format.
#pragma once

#include <catch2/catch.hpp>
#include <memory>
#include <string>
#include <string_view>

#include "component/binary/decode.hpp"
#include "component/binary/encode.hpp"
#include "component/model/forms.hpp"
#include "component/text/parse.hpp"
#include "component/text/print.hpp"
#include "component/validate/validate.hpp"

namespace cvm::component::test {

using ComponentPtr = std::shared_ptr<const Component>;

inline ComponentPtr Parse(std::string_view text) {
  Result<ComponentPtr> parsed = ParseComponent(text, Features::All());
  INFO(text);
  if (!parsed.ok()) FAIL(parsed.error().ToString());
  return *parsed;
}

inline std::string Print(const Component& component) {
  Result<std::string> printed = PrintComponent(component, Features::All());
  if (!printed.ok()) FAIL(printed.error().ToString());
  return *printed;
}

inline ComponentPtr Decode(std::vector<uint8_t> bytes) {
  Result<ComponentPtr> decoded =
      DecodeComponent(std::make_shared<const std::vector<uint8_t>>(std::move(bytes)), Features::All());
  if (!decoded.ok()) FAIL(decoded.error().ToString());
  return *decoded;
}

// The words of the error that parsing or validating the text gives, with its place; "" if there is none.
inline std::string ErrorOf(std::string_view text) {
  const Result<ComponentPtr> parsed = ParseComponent(text, Features::All());
  if (!parsed.ok()) return parsed.error().ToString();
  CanonicalTypes types;
  Result<void> valid = ValidateComponent(**parsed, Features::All(), types, {ComponentFeatures::All()});
  return valid.ok() ? "" : AtPlaceIn(text, std::move(valid).error()).ToString();
}

inline Component WithoutNames(Component component) {
  component.names = ComponentNames();
  for (Definition& definition : component.definitions) {
    if (auto* nested = std::get_if<ComponentPtr>(&definition.what)) {
      *nested = std::make_shared<const Component>(WithoutNames(**nested));
    }
  }
  return component;
}

// The same for two texts with the same definitions, whatever abbreviations and names they use.
inline std::string Plain(std::string_view text) { return Print(WithoutNames(*Parse(text))); }

}  // namespace cvm::component::test
