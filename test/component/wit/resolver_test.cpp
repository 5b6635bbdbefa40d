// Parsing and resolving: the whole grammar, and how packages, worlds and gates fit together.
#include "component/wit/resolver.hpp"

#include <catch2/catch.hpp>
#include <map>
#include <string>
#include <vector>

#include "component/wit/loader.hpp"
#include "test/component/wit/support.hpp"

namespace cvm::wit {
namespace {

TEST_CASE("the depth of types: at the limit and one past it") {
  const auto nested = [](uint32_t lists) {
    std::string type = "u8";
    for (uint32_t i = 0; i < lists; ++i) type = "list<" + type + ">";
    return std::vector<SourceGroup>{{Source{"a.wit", "package a:b; interface i { f: func(x: " + type + "); }"}}};
  };
  const auto check = [&](uint32_t limit, const ResolveOptions& options) {
    CHECK(ResolveSources(nested(limit), options).ok());
    const auto past = ResolveSources(nested(limit + 1), options);
    REQUIRE_FALSE(past.ok());
    CHECK(past.error().kind() == ErrorKind::kLimit);
  };
  check(kMaxTypeDepth - 1, {});  // and what is in the innermost list
  for (const uint32_t limit : {1, 7}) {
    ResolveOptions options;
    options.max_type_depth = limit;
    check(limit, options);
  }
}

Resolution MustResolve(const std::string& text, const ResolveOptions& options = {}) {
  Result<Resolution> result = ResolveText(text, options);
  INFO(text);
  REQUIRE((result.ok() ? "" : result.error().ToString()) == std::string());
  return *std::move(result);
}

// Resolves, prints, resolves what was printed, and compares.
Resolution RoundTrip(const std::string& text, const ResolveOptions& options = {}) {
  Resolution first = MustResolve(text, options);
  const std::string printed = PrintResolve(first.resolve, first.root);
  INFO(printed);
  const Resolution second = MustResolve(printed, options);
  CHECK(first.resolve == second.resolve);
  CHECK(first.root == second.root);
  return first;
}

std::vector<std::string> Names(const std::vector<WorldItem>& items) {
  std::vector<std::string> names;
  for (const WorldItem& item : items) names.push_back(item.name);
  return names;
}

const World& WorldNamed(const Resolution& r, const char* name) {
  return r.resolve.at(*r.resolve.FindWorld(*r.root, name));
}

using Strings = std::vector<std::string>;

TEST_CASE("every kind of type") {
  const Resolution r = RoundTrip(R"(
    package a:types@1.2.3-rc.1+build;
    /// All of them.
    interface all {
      record r { a: u8, b: s8, c: u16, d: s16, e: u32, f: s32, g: u64, h: s64 }
      record floats { x: f32, y: f64, z: char, s: string, b: bool, }
      variant v { none, some(list<u8>), other(tuple<u8, r>), }
      enum e { one, two }
      flags fl { a, b, c, }
      resource opaque;
      resource res {
        constructor(init: list<u8>);
        write: func(bytes: list<u8>);
        %read: async func(n: u32) -> list<u8>;
        merge: static func(lhs: borrow<res>, rhs: borrow<res>) -> res;
        merge-async: static async func() -> own<res>;
      }
      resource fallible { constructor(a: u8) -> result<fallible, string>; }
      type alias = u32;
      type alias2 = alias;
      type l = list<string>;
      type fixed = list<u8, 4>;
      type m = map<string, list<res>>;
      type o = option<option<u8>>;
      type r0 = result;
      type r1 = result<u8>;
      type r2 = result<_, e>;
      type r3 = result<u8, e>;
      type s0 = stream;
      type s1 = stream<u8>;
      type f0 = future;
      type f1 = future<result<u8, string>>;
      type ec = error-context;
      type owned = own<res>;
      type borrowed = borrow<res>;
      type res-alias = res;
      f: func(a: res-alias, b: borrow<res-alias>, c: owned) -> tuple<r, v>;
      g: async func() -> fixed;
      %error-context: func();
      %type: func(%enum: s32) -> own<res>;
    })");
  const InterfaceId all = *r.resolve.FindInterface(*r.root, "all");
  CHECK(r.resolve.InterfaceName(all) == "a:types/all@1.2.3-rc.1+build");
  CHECK(r.resolve.at(all).meta.docs == "All of them.");
  std::map<std::string, std::string> functions;
  for (const Function& f : r.resolve.at(all).functions) functions[f.name] = r.resolve.SignatureText(f);
  CHECK(functions.at("[constructor]res") == "func(init: list<u8>) -> res");
  CHECK(functions.at("[constructor]fallible") == "func(a: u8) -> result<fallible, string>");
  CHECK(functions.at("[method]res.read") == "async func(self: borrow<res>, n: u32) -> list<u8>");
  CHECK(functions.at("[static]res.merge") == "func(lhs: borrow<res>, rhs: borrow<res>) -> res");
  CHECK(functions.at("f") == "func(a: res-alias, b: borrow<res-alias>, c: owned) -> tuple<r, v>");
  CHECK(functions.at("type") == "func(%enum: s32) -> res");
  const TypeDef& m = r.resolve.at(*r.resolve.FindType(all, "m"));
  CHECK(std::get<Map>(m.kind).key == Prim::kString);
  const TypeDef& fixed = r.resolve.at(*r.resolve.FindType(all, "fixed"));
  CHECK(std::get<List>(fixed.kind).length == 4U);
}

TEST_CASE("names may be used before they are declared, and come from other interfaces") {
  const Resolution r = RoundTrip(R"(
    package a:b;
    use c:d/types@1.0.0 as ct;
    interface user {
      use ct.{thing, other as renamed};
      use local.{size};
      record late { x: early, y: thing, z: renamed }
      type early = size;
      f: func(t: borrow<thing>) -> thing;
    }
    interface local { type size = u64; }
    package c:d@1.0.0 {
      interface types { resource thing; enum other { x } }
    })");
  const InterfaceId user = *r.resolve.FindInterface(*r.root, "user");
  const TypeDef& renamed = r.resolve.at(*r.resolve.FindType(user, "renamed"));
  CHECK(renamed.used);
  const TypeId target = r.resolve.Dealias(*r.resolve.FindType(user, "renamed"));
  CHECK(r.resolve.at(target).name == "other");
  CHECK(r.resolve.packages[0].name.ToString() == "c:d@1.0.0");  // dependencies first
  CHECK(r.resolve.SignatureText(r.resolve.at(user).functions[0]) == "func(t: borrow<thing>) -> thing");
}

TEST_CASE("worlds import what their items use, before it is used") {
  const Resolution r = RoundTrip(R"(
    package local:demo;
    interface a { resource r; }
    interface b { use a.{r}; foo: func() -> r; }
    interface c { use b.{r}; }
    world exports-b { export b; }
    world exports-both { export b; export a; }
    world inline {
      import host: interface { use b.{r}; get: func() -> r; }
      export run: func();
      import run: func();
    }
    world late { import c; import a; }
    world using { use b.{r as x}; record rec { f: x } import f: func(a: rec) -> x; export f: func(); })");
  CHECK(Names(WorldNamed(r, "exports-b").imports) == Strings{"local:demo/a"});
  CHECK(Names(WorldNamed(r, "exports-b").exports) == Strings{"local:demo/b"});
  CHECK(WorldNamed(r, "exports-both").imports.empty());
  CHECK(Names(WorldNamed(r, "inline").imports) == Strings{"local:demo/a", "local:demo/b", "host", "run"});
  CHECK(Names(WorldNamed(r, "late").imports) == Strings{"local:demo/a", "local:demo/b", "local:demo/c"});
  CHECK(Names(WorldNamed(r, "using").imports) == Strings{"local:demo/a", "local:demo/b", "x", "rec", "f"});
}

TEST_CASE("include unites worlds") {
  const Resolution r = RoundTrip(R"(
    package local:demo;
    interface i { type t = u8; }
    world one { import i; import a: func(); export e: interface { x: func(); } }
    world two { import i; import a: func(); use i.{t}; }
    world both { include one; include two with { a as b }; import c: func(); }
    world twice { include both; include one with { a as a2, e as e2 } }
    world named { import cache: i; }
    world renamed { include named with { cache as my-cache } import cache: func(); })");
  CHECK(Names(WorldNamed(r, "both").imports) == Strings{"local:demo/i", "a", "b", "t", "c"});
  CHECK(Names(WorldNamed(r, "twice").imports) == Strings{"local:demo/i", "a", "b", "t", "c", "a2"});
  CHECK(Names(WorldNamed(r, "twice").exports) == Strings{"e", "e2"});
  const WorldItem& cache = WorldNamed(r, "renamed").imports[0];
  CHECK(cache.name == "my-cache");
  CHECK(cache.plain_name);
  CHECK(r.resolve.InterfaceName(std::get<InterfaceId>(cache.item)) == "local:demo/i");
}

TEST_CASE("resources of worlds keep their functions") {
  const Resolution r = RoundTrip(R"(
    package a:b;
    world w {
      resource r { constructor(); m: func(); s: static func() -> r; }
      export f: func() -> r;
    })");
  CHECK(Names(WorldNamed(r, "w").imports) == Strings{"r", "[constructor]r", "[method]r.m", "[static]r.s"});
}

TEST_CASE("a space tells a name from a path") {
  const Resolution r = RoundTrip(R"(
    package a:b;
    interface store {}
    world w { import cache: store; import second: a:b/store; export store; import f:func(); })");
  CHECK(Names(WorldNamed(r, "w").imports) == Strings{"cache", "second", "f"});
  CHECK_THAT(Failure("package a:b; interface c {} world w { import a:b; }"),
             Catch::Matchers::Contains("test.wit:1:46: this names a package, but an interface is wanted here"));
}

TEST_CASE("documentation, gates and external ids are kept") {
  ResolveOptions all;
  all.all_features = true;
  const std::string text = R"(
    /// The package.
    package a:b@1.2.0;
    /// First line.
    ///   indented
    ///
    /// last
    @since(version = 1.0.0)
    interface i {
      /** a block
       * with stars */
      @since(version = 1.1.0) @deprecated(version = 1.2.0)
      f: func();
      @unstable(feature = fancy)
      @external-id("caf\c3\a9 \u{2603}\"")
      g: func();
      enum e {
        /// of a case
        x,
      }
      // an ordinary comment /* */
      /* nested /* comment */ */
      record r {
        /// of a field
        f: u8
      }
    })";
  const Resolution r = RoundTrip(text, all);
  const Interface& i = r.resolve.interfaces[0];
  CHECK(r.resolve.packages[0].docs == "The package.");
  CHECK(i.meta.docs == "First line.\n  indented\n\nlast");
  CHECK(i.meta.gate.since->ToString() == "1.0.0");
  CHECK(i.functions[0].meta.docs == "a block\nwith stars");
  CHECK(i.functions[0].meta.gate.deprecated->ToString() == "1.2.0");
  CHECK(i.functions[1].meta.gate.unstable == "fancy");
  CHECK(i.functions[1].meta.external_id == "caf\xc3\xa9 \xe2\x98\x83\"");
  // Without the feature the function is not there; with it by name it is.
  CHECK(RoundTrip(text).resolve.interfaces[0].functions.size() == 1);
  ResolveOptions one;
  one.features = {"fancy"};
  CHECK(RoundTrip(text, one).resolve.interfaces[0].functions.size() == 2);
}

TEST_CASE("files of a folder form one package; deps are looked up by full name") {
  const std::vector<SourceGroup> groups = {
      {{"a.wit", "interface x { use y.{t}; use d:e/f@0.1.0.{g}; }"},
       {"b.wit", "package a:b; interface y { type t = u8; }"}},
      {{"deps/1.wit", "package d:e@0.1.0; interface f { type g = u8; }"}},
      {{"deps/2.wit", "package d:e@0.2.0; interface f { type g = u16; }"}},
      {{"deps/3.wit", "package d:e@0.1.0; interface f { type g = u8; }"}},  // once more, with the same contents
  };
  const Result<Resolution> r = ResolveSources(groups);
  REQUIRE((r.ok() ? "" : r.error().ToString()) == std::string());
  CHECK(r->resolve.packages.size() == 3);
  CHECK(r->resolve.at(*r->root).name.Path() == "a:b");
}

TEST_CASE("nested namespaces and packages") {
  const Resolution r = RoundTrip(R"(
    package foo:bar:baz/quux@1.0.0;
    interface i { use a:b:c/d/e@2.0.0.{t}; }
    package a:b:c/d@2.0.0 { interface e { type t = u8; } })");
  CHECK(r.resolve.at(*r.root).name.ns == "foo:bar");
  CHECK(r.resolve.at(*r.root).name.name == "baz/quux");
}

TEST_CASE("a text of nested packages alone has no root") {
  const Resolution r = RoundTrip("package a:b { interface i {} } package c:d { world w { import a:b/i; } }");
  CHECK_FALSE(r.root.has_value());
  CHECK(r.resolve.packages.size() == 2);
}

TEST_CASE("reading from a folder that is not there is an error of its own kind") {
  CHECK(LoadWit("/nonexistent/wit").error().kind() == ErrorKind::kIo);
}

}  // namespace
}  // namespace cvm::wit
