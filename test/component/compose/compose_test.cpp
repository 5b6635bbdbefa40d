// Compositions: which imports are united, and how; hostile scripts. Running what was composed: test/tools/run.
#include <catch2/catch.hpp>
#include <map>
#include <string>

#include "component/binary/decode.hpp"
#include "component/binary/encode.hpp"
#include "component/compose/composition.hpp"
#include "component/compose/wac.hpp"
#include "component/text/parse.hpp"
#include "component/validate/validate.hpp"

namespace cvm::component {
namespace {

using Catch::Matchers::Contains;

ComposePart Part(const std::string& name, const std::string& text) {
  Result<std::shared_ptr<const Component>> parsed = ParseComponent(text, Features::All());
  REQUIRE((parsed.ok() ? "" : parsed.error().ToString()) == std::string());
  return {name, *std::move(parsed)};
}

// The imports and exports of the whole, or what is wrong with it.
std::string Whole(const Result<Composition>& composition) {
  if (!composition.ok()) return composition.error().ToString();
  const auto encoded = EncodeComposition(*composition);
  if (!encoded.ok()) return encoded.error().ToString();
  // By way of bytes, so that no name points to what is gone.
  const auto decoded = DecodeComponent(std::make_shared<const std::vector<uint8_t>>(EncodeComponent(**encoded)));
  REQUIRE((decoded.ok() ? "" : decoded.error().ToString()) == std::string());
  CanonicalTypes types;
  if (Result<void> valid = ValidateComponent(**decoded, Features::All(), types); !valid.ok()) {
    return valid.error().ToString();
  }
  std::string text;
  const ComposePart whole{"whole", *decoded};
  for (const ComposePart::Item& item : whole.imports()) text += "<" + item.name;
  for (const ComposePart::Item& item : whole.exports()) text += ">" + item.name;
  return text;
}

const char* const kTypes = R"((import "t:a/types@0.2.1" (instance $types
    (export "res" (type $res (sub resource))) (type $r' (record (field "x" (own $res)))) (export "r" (type $r (eq $r'))))))";

TEST_CASE("imports are united by name and version, with what they need before them") {
  const std::string types = kTypes;
  const std::string uses = R"((alias export $types "r" (type $r)) (alias export $types "res" (type $res)))";
  const ComposePart plug = Part("plug", "(component " + types + uses + R"(
    (import "t:b/user@0.2.0" (instance (alias outer 1 $r (type $in)) (export "r" (type $mine (eq $in)))
      (export "f" (func (param "r" $mine)))))
    (import "only" (func))
    (instance $i) (export "t:c/plug@1.2.0" (instance $i))))");
  const ComposePart socket = Part("socket", R"((component
    (import "t:c/plug@1.0.0" (instance))
    (import "t:c/plug@2.0.0" (instance)))" + types +
                                                uses + R"(
    (import "t:b/user@0.2.5" (instance (alias outer 1 $res (type $o)) (export "res" (type $res (eq $o)))
      (alias outer 1 $r (type $in)) (export "r" (type $mine (eq $in))) (export "g" (func (result $mine)))))
    (import "t:a/late@0.2.0" (instance (alias outer 1 $r (type $in)) (export "other" (type (eq $in)))))
    (import "r" (type $named (eq $r)))
    (import "take" (func (param "r" $named)))
    (export "t:b/again@1.0.0" (instance $types))))");
  CHECK(Whole(Plug(socket, {plug})) ==
        "<t:a/types@0.2.1<t:b/user@0.2.5<only<t:c/plug@2.0.0<t:a/late@0.2.0<r<take>t:b/again@1.0.0");
}

TEST_CASE("the plug with the very name is preferred, the first plug is taken") {
  const ComposePart two = Part("two", R"((component (instance $i)
    (export "t:c/plug@1.2.0" (instance $i)) (export "t:c/plug@1.0.0" (instance $i))))");
  const ComposePart one = Part("one", R"((component (instance $i) (export "t:c/plug@1.0.0" (instance $i))))");
  const ComposePart socket = Part("socket", R"((component (import "t:c/plug@1.0.0" (instance))))");
  const Result<Composition> composition = Plug(socket, {two});
  REQUIRE(composition.ok());
  CHECK(composition->instances[1].args[0].source.name == "t:c/plug@1.0.0");
  CHECK_THAT(Whole(Plug(socket, {two, one})), Contains("the plug `one` exports nothing that `socket` still imports"));
  CHECK(Whole(Plug(socket, {one})).empty());
}

TEST_CASE("what cannot be united is said") {
  const ComposePart plug = Part("plug", R"((component (import "x" (func)) (instance $i) (export "y" (instance $i))))");
  const ComposePart socket = Part("socket", R"((component (import "x" (instance)) (import "y" (instance))))");
  CHECK_THAT(Whole(Plug(socket, {plug})), Contains("the imports of `x` cannot be united: they are of different sorts"));
  const ComposePart record = Part("plug", R"((component (import "t:a/b@1.0.0" (instance
      (type $r (record (field "x" u8))) (export "r" (type (eq $r))))) (instance $i) (export "y" (instance $i))))");
  const ComposePart other = Part("socket", R"((component (import "t:a/b@1.0.0" (instance
      (type $r (record (field "x" u16))) (export "r" (type (eq $r))))) (import "y" (instance))))");
  CHECK_THAT(Whole(Plug(other, {record})), Contains("type mismatch for import `t:a/b@1.0.0`"));
}

Result<Composition> Wac(const std::string& text) {
  static const std::map<std::string, ComposePart> kParts = {
      {"t:p", Part("t:p", R"((component (instance $i) (export "t:c/plug@1.0.0" (instance $i))))")},
      {"t:s", Part("t:s", R"((component (import "t:c/plug@1.0.0" (instance $i)) (export "out" (instance $i))))")}};
  return ComposeWac("x.wac", text, [](const std::string& package) -> Result<ComposePart> {
    const auto it = kParts.find(package);
    if (it != kParts.end()) return it->second;
    return Error(ErrorKind::kUsage, "unknown");
  });
}

TEST_CASE("scripts") {
  CHECK(Whole(Wac("package a:b; let p = new t:p {}; export new t:s { plug: p.plug }.out;")) == ">out");
  CHECK(Whole(Wac("package a:b@1.0.0; export new t:s { ... }... ;")) == "<t:c/plug@1.0.0>out");
  CHECK(Whole(Wac("package a:b; import p as other: t:c/plug@1.0.0; export new t:s { p }.out as \"t:x/y\";")) ==
        "<other>t:x/y");
  CHECK(Whole(Wac("package a:b; /* nothing */")).empty());
  CHECK(Whole(Wac("package a:b; import plug: interface { type t = list<u8>; f: func() -> t; };"
                  "import log as \"t:x/log\": func(a: option<string>) -> result;"
                  "export new t:s { plug }.out; export log as l;")) == "<plug<t:x/log>out>l");
}

TEST_CASE("cut scripts never do more than fail") {
  const std::string text =
      "package a:b@1.0.0; import i as \"t:c/plug@1.0.0\": t:c/plug@1.0.0; let p = new t:p {}; let q = "
      "(p)[\"t:c/plug@1.0.0\"];"
      "let s = new t:s { ...p, }; let t = new t:s { \"t:c/plug@1.0.0\": q }; let u = new t:s { i }; export s...; "
      "export t.out as x;";
  CHECK(Whole(Wac(text)) == "<t:c/plug@1.0.0>out>x");
  for (size_t length = 0; length < text.size(); ++length) {
    const Result<Composition> cut = Wac(text.substr(0, length));
    if (cut.ok()) CHECK(EncodeComposition(*cut).ok());
  }
  CHECK_THAT(Whole(Wac("package a:b; let a = " + std::string(100'000, '('))), Contains("nest too deep"));
}

}  // namespace
}  // namespace cvm::component
