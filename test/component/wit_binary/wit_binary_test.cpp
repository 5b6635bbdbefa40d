// WIT out of components, and packages to the binary format and back.
#include <catch2/catch.hpp>
#include <cstdio>
#include <filesystem>
#include <set>
#include <sstream>
#include <string>

#include "component/binary/decode.hpp"
#include "component/binary/encode.hpp"
#include "component/text/parse.hpp"
#include "component/wit/loader.hpp"
#include "component/wit/printer.hpp"
#include "component/wit_binary/decode.hpp"
#include "component/wit_binary/encode.hpp"
#include "component/wit_binary/package_docs.hpp"
#include "vm/base/try.hpp"

namespace cvm::wit {
namespace {

using Catch::Matchers::Contains;

Result<Resolution> Decode(const component::Component& component) {
  CanonicalTypes types;
  component::ComponentValidation options;
  options.features = component::ComponentFeatures::All();
  return DecodeWit(component, Features::All(), types, options);
}

Resolution Resolved(const std::string& text) {
  ResolveOptions all;
  all.all_features = true;
  Result<Resolution> resolution = ResolveSources({{Source{"test.wit", text}}}, all);
  REQUIRE((resolution.ok() ? "" : resolution.error().ToString()) == std::string());
  return *std::move(resolution);
}

// The root package through bytes.
Resolution ThroughBinary(const Resolution& original) {
  const auto encoded = EncodeWit(original.resolve, *original.root);
  REQUIRE((encoded.ok() ? "" : encoded.error().ToString()) == std::string());
  auto bytes = std::make_shared<const std::vector<uint8_t>>(component::EncodeComponent(**encoded));
  const auto component = component::DecodeComponent(std::move(bytes), Features::All());
  REQUIRE((component.ok() ? "" : component.error().ToString()) == std::string());
  CHECK(IsWitPackage(**component));
  Result<Resolution> decoded = Decode(**component);
  REQUIRE((decoded.ok() ? "" : decoded.error().ToString()) == std::string());
  return *std::move(decoded);
}

std::string RootText(const Resolution& resolution) { return PrintPackage(resolution.resolve, *resolution.root); }

std::multiset<std::string> Lines(const std::string& text) {
  std::istringstream in(text);
  std::multiset<std::string> lines;
  for (std::string line; std::getline(in, line);) lines.insert(line);
  return lines;
}

TEST_CASE("a package comes back from its binary as it was") {
  const Resolution original = Resolved(R"(
    /// The package.
    package a:b@1.0.0;
    /// Types.
    @since(version = 0.9.0)
    interface types {
      variant v { x, y(list<string>) }
      /// A record.
      record r { /** a field */ a: u8, b: v }
      enum e { one, %record }
      flags f { read, write }
      resource res {
        constructor(x: u8) -> result<res, string>;
        /// A method.
        @unstable(feature = fancy)
        m: func(r: r) -> result<own-res, string>;
        s: static async func(other: borrow<res>) -> stream<u8>;
      }
      resource bare { constructor(); }
      type own-res = own<res>;
      type alias = r;
      type again = alias;
      type small = u8;
    }
    interface user {
      use types.{r, res as rr, small};
      type m = map<string, r>;
      type l = list<u8, 4>;
      f: func(a: r, b: borrow<rr>, c: tuple<small, l>) -> rr;
      g: async func(a: future, b: future<option<char>>, c: error-context) -> result<_, m>;
    }
    interface third { use user.{rr as res, m}; h: func() -> result<option<res>>; }
    /// The world.
    world w {
      import types;
      /// Imported.
      @since(version = 1.0.0)
      use types.{r};
      record loc { x: r }
      /// A function.
      import h: func(a: loc) -> result;
      @external-id("x y")
      import inl: interface { use types.{e}; /// inside
        k: func() -> e; }
      import cache: user;
      resource wr { constructor(); m: func(); }
      export user;
      export third;
      export k: func() -> loc;
    })");
  const Resolution decoded = ThroughBinary(original);
  CHECK(RootText(decoded) == RootText(original));
  CHECK(PrintResolve(decoded.resolve, decoded.root) == PrintResolve(ThroughBinary(decoded).resolve, decoded.root));
}

TEST_CASE("what is mentioned before it is declared stands in order in the binary") {
  const Resolution decoded = ThroughBinary(Resolved(R"(
    package a:b;
    interface i { f: func() -> late; record late { x: later } type later = list<latest>; enum latest { y } }
    interface k { use i.{late}; record r { x: late } }
    world w { export l; export k; record r { x: late } use i.{late}; import i; }
    interface l { use k.{r}; f: func() -> r; })"));
  CHECK(RootText(decoded) == R"(package a:b;

interface i {
  enum latest {
    y,
  }
  type later = list<latest>;
  record late {
    x: later,
  }
  f: func() -> late;
}

interface k {
  use i.{late};
  record r {
    x: late,
  }
}

interface l {
  use k.{r};
  f: func() -> r;
}

world w {
  import i;
  use i.{late};
  record r {
    x: late,
  }
  export k;
  export l;
}
)");
}

TEST_CASE("the official packages come back from their binaries as they were") {
  for (const char* version : {"0.2.12", "0.3.0"}) {
    const std::filesystem::path folder = std::filesystem::path(CVM_SUITES_DIR) / "wit" / version;
    if (!std::filesystem::is_directory(folder)) {
      std::fprintf(stderr, "SKIPPED: %s is absent\n", folder.c_str());
      continue;
    }
    for (const bool all_features : {false, true}) {
      ResolveOptions options;
      options.all_features = all_features;
      const Result<std::vector<SourceGroup>> groups = ReadWitFolders(folder);
      REQUIRE(groups.ok());
      for (size_t i = 0; i < groups->size(); ++i) {
        std::vector<SourceGroup> ordered = *groups;
        std::swap(ordered[0], ordered[i]);
        const Result<Resolution> original = ResolveSources(std::move(ordered), options);
        REQUIRE(original.ok());
        const Resolution decoded = ThroughBinary(*original);
        // Types that are mentioned before they are declared change places, once.
        CHECK(Lines(RootText(decoded)) == Lines(RootText(*original)));
        CHECK(RootText(ThroughBinary(decoded)) == RootText(decoded));
      }
    }
  }
}

Result<std::string> ComponentWit(const std::string& text) {
  CVM_ASSIGN_OR_RETURN(const auto component, component::ParseComponent(text, Features::All()));
  CVM_ASSIGN_OR_RETURN(const Resolution resolution, Decode(*component));
  return PrintResolve(resolution.resolve, resolution.root);
}
std::string WitOf(const std::string& text) {
  const Result<std::string> wit = ComponentWit(text);
  return wit.ok() ? *wit : "error: " + wit.error().ToString();
}

TEST_CASE("a component is a world, with the interfaces that it mentions") {
  const std::string wit = WitOf(R"((component
    (import "a:b/types@1.0.0" (instance $types
      (type $r' (record (field "x" u8)))
      (export "r" (type $r (eq $r')))
      (export "res" (type $res (sub resource)))
      (export "[method]res.get" (func (param "self" (borrow $res)) (result $r)))))
    (alias export $types "r" (type $r))
    (alias export $types "res" (type $res))
    (import "a:b/user@1.0.0" (instance
      (export "rr" (type $rr (eq $r)))
      (export "f" (func (param "a" $rr) (param "b" (own $res))))))
    (import "r" (type $wr (eq $r)))
    (import "run" (func $run async (param "a" (list $wr))))
    (export "again" (func $run))
    (export "a:b/types@1.0.0" (instance $types))))");
  CHECK(wit == R"(package root:component;

world root {
  import a:b/types@1.0.0;
  import a:b/user@1.0.0;
  use a:b/types@1.0.0.{r};
  import run: async func(a: list<r>);
  export again: async func(a: list<r>);
  export a:b/types@1.0.0;
}

package a:b@1.0.0 {
  interface types {
    record r {
      x: u8,
    }
    resource res {
      get: func() -> r;
    }
  }

  interface user {
    use types.{r as rr, res};
    f: func(a: rr, b: res);
  }
}
)");
}

TEST_CASE("names that stand for canonical versions are written out") {
  CHECK_THAT(WitOf(R"((component (import "a:b/c@0.2" (versionsuffix ".6") (instance))))"),
             Contains("import a:b/c@0.2.6;"));
  CHECK_THAT(WitOf(R"((component (import "x" (implements "a:b/c@1.0.0") (instance))))"),
             Contains("import x: a:b/c@1.0.0;"));
}

TEST_CASE("what WIT has no words for is said") {
  CHECK_THAT(WitOf(R"((component (import "m" (core module))))"),
             Contains("`m` is a core module, which WIT has no words"));
  CHECK_THAT(WitOf(R"((component (import "c" (component))))"), Contains("`c` is a component, which WIT has no words"));
}

TEST_CASE("an empty component is an empty world") {
  CHECK(WitOf("(component)") == "package root:component;\n\nworld root {\n}\n");
}

TEST_CASE("documentation in a binary may hold anything") {
  CHECK_FALSE(ParsePackageDocs({}).ok());
  for (const char* json : {"", "{", "[]", R"({"docs": 1})", R"({"interfaces": []})", R"({"worlds": {"w": 3}})",
                           R"({"interfaces": {"i": {"stability": {"stable": {"since": "x"}}}}})"}) {
    std::string section = std::string(1, '\1') + json;
    INFO(json);
    CHECK_FALSE(ParsePackageDocs(Bytes(reinterpret_cast<const uint8_t*>(section.data()), section.size())).ok());
  }
  Resolution odd = Resolved("package a:b; interface i { f: func(); }");
  odd.resolve.packages[0].docs = "a\x01\r b \xe2\x80\xae\n*/ c";
  CHECK(ThroughBinary(odd).resolve.packages[0].docs == "a b\n*/ c");
}

}  // namespace
}  // namespace cvm::wit
