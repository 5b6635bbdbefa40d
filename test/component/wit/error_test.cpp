// What is wrong is said with its place and with what to do; hostile text is refused within bounds.
#include <pthread.h>

#include <catch2/catch.hpp>
#include <functional>
#include <string>

#include "test/component/wit/support.hpp"

namespace cvm::wit {
namespace {

using Catch::Matchers::Contains;
using Catch::Matchers::StartsWith;

TEST_CASE("errors of the lexer and the parser") {
  const std::pair<const char*, const char*> cases[] = {
      {"package a:b; interface i { f: func() }", "test.wit:1:38: expected `;`, found `}`; end the function with `;`"},
      {"package a:b;\n  interface I-d {\n    aBc: func();\n}", "test.wit:3:5: `aBc` is not in kebab case"},
      {"package a:b; interface record {}", "found the keyword `record`; write `%record` to use the word as a name"},
      {"package a; interface i {}", "test.wit:1:9: a package name needs a namespace"},
      {"package a:b; interface i { type t = ; }", "expected a type, found `;`"},
      {"package a:b; interface i { type t = list; }", "expected `<`, found `;`"},
      {"package a:b; interface i { type t = enum; }", "expected a type, found the keyword `enum`"},
      {"package a:b; interface i { record r {} }", "`r` is empty"},
      {"package a:b; interface i { record r { a: u8 b: u8 } }", "expected `,` or `}`, found `b`"},
      {"package a:b; interface i { type t = tuple<>; }", "a tuple has at least one type"},
      {"package a:b; interface i { type t = list<u8, 0>; }", "a list's length is from 1 to"},
      {"package a:b; interface i { type t = list<u8, 4294967296>; }", "a list's length is from 1 to"},
      {"package a:b; interface i { type t = map<f32, u8>; }", "a map's key is"},
      {"package a:b; interface i { type t = result<_>; }", "expected `,`, found `>`"},
      {"package a:b; interface i { use j.{}; }", "this `use` brings nothing in"},
      {"package a:b; interface i", "expected `{`, found the end of the file"},
      {"package a:b; interface i { /* /* */ ", "this block comment has no end; close it with `*/`"},
      {"package a:b@1.0; interface i {}", "test.wit:1:13: `1.0` is not a semantic version"},
      {"package a:b; interface i { @since(version = x) f: func(); }", "`x` is not a semantic version"},
      {"package a:b; interface i { @since(versio = 1.0.0) f: func(); }", "expected `version`, found `versio`"},
      {"package a:b; interface i { @frob f: func(); }", "expected `since`, `unstable`, `deprecated` or `external-id`"},
      {"package a:b; world w { @external-id(\"\\zz\") import f: func(); }", "invalid string escape"},
      {"package a:b; world w { @external-id(\"\\u{d800}\") import f: func(); }", "invalid string escape"},
      {"package a:b; world w { @external-id(\"\\ff\") import f: func(); }", "malformed UTF-8 encoding"},
      {"package a:b; world w { @external-id(\"x) import f: func(); }", "this string has no end"},
      {"package a:b; # x", "test.wit:1:14: unexpected character `#`"},
      {"package a:b; \xff", "test.wit:1:14: the text is not valid UTF-8"},
      {"package a:b; // \xe2\x80\xae", "test.wit:1:17: the code point U+202e must not stand in WIT text"},
      {"package a:b; \x01", "the code point U+0001 must not stand"},
      {"interface i {} package a:b;", "a `package` declaration must come first in its file"},
      {"package a:b; frob", "expected `package`, `use`, `interface` or `world`, found `frob`"},
  };
  for (const auto& [text, words] : cases) {
    INFO(text);
    CHECK_THAT(Failure(text), Contains(words));
    CHECK_THAT(Failure(text), StartsWith("test.wit:"));
  }
}

TEST_CASE("errors of the resolver") {
  const std::pair<const char*, const char*> cases[] = {
      {"interface i {}", "no file here says which package it belongs to"},
      {"package a:b; interface i { type t = u; }", "test.wit:1:37: type `u` is not defined here"},
      {"package a:b; interface i { type t = t; }", "type `t` depends on itself"},
      {"package a:b; interface i { type a = b; type b = a; }", "depends on itself"},
      {"package a:b; interface i { record a { x: option<b> } record b { x: a } }", "depends on itself"},
      {"package a:b; interface i { type t = u8; type T = u8; }", "`T` is already defined here"},
      {"package a:b; interface i { type t = u8; t: func(); }", "`t` is already defined here"},
      {"package a:b; interface i { record r { a: u8, A: u8 } }",
       "field name `A` conflicts with previous field name `a`"},
      {"package a:b; interface i { enum e { x, x } }", "case name `x` conflicts with previous case name `x`"},
      {"package a:b; interface i { f: func(a: u8, A: u8); }", "function parameter name `A` conflicts"},
      {"package a:b; interface i { resource r { m: func(self: u8); } }", "parameter name `self` conflicts"},
      {"package a:b; interface i { resource r { m: func(); } m: func(); }", "(fine)"},
      {"package a:b; interface i { resource r { r: func(); } }", "`[method]r.r` is already defined here"},
      {"package a:b; interface i { resource r { constructor(); constructor(); } }", "already defined here"},
      {"package a:b; interface i { resource r { constructor() -> u8; } }", "a constructor's result is"},
      {"package a:b; interface i { type t = borrow<u>; type u = u8; }", "`u` is not a resource"},
      {"package a:b; interface i { resource r; f: func() -> borrow<r>; }", "the result holds a `borrow`"},
      {"package a:b; interface i { resource r; record x { y: borrow<r> } f: func() -> list<x>; }",
       "the result holds a `borrow`"},
      {"package a:b; interface i { resource r; type s = stream<borrow<r>>; }", "cannot carry a `borrow`"},
      {"package a:b; interface i { use j.{t}; }", "`j` is not defined in package `a:b`"},
      {"package a:b; interface i { use j.{t}; } interface j {}", "interface `a:b/j` has no type `t`"},
      {"package a:b; interface i { use j.{t}; type u = u8; } interface j { use i.{u}; type t = u8; }",
       "which depends on it in turn"},
      {"package a:b; interface i { use c:d/e.{t}; }", "package `c:d` is not known; put it in the `deps` folder"},
      {"package a:b; interface i {} interface I {}", "`I` is already defined in package `a:b`"},
      {"package a:b; interface i {} world i {}", "already defined in package"},
      {"package a:b; world w { import w; }", "`w` is a world, but an interface is wanted here"},
      {"package a:b; interface i {} world w { include i; }", "`i` is an interface, but a world is wanted here"},
      {"package a:b; world w { include w; }", "world `w` includes itself"},
      {"package a:b; world v { include w; } world w { include v; }", "includes itself"},
      {"package a:b; interface i {} world w { import i; import i; }",
       "import name `a:b/i` conflicts with previous name `a:b/i`"},
      {"package a:b; world w { import f: func(); import F: func(); }",
       "import name `F` conflicts with previous name `f`"},
      {"package a:b; world v { import f: func(); } world u { import f: func(); } world w { include v; include u; }",
       "rename it: `include … with { f as other-name }`"},
      {"package a:b; interface i {} world v { import i; } world w { include v with { i as j } }",
       "interface names cannot be renamed"},
      {"package a:b; world v { record r { a: u8 } } world w { include v with { r as s } }", "`r` is a type"},
      {"package a:b; interface i { @since(version = 1.0.0) f: func(); }", "has a feature gate but no version"},
      {"package a:b@1.0.0; interface i { @since(version = 1.1.0) f: func(); }", "but the package is at 1.0.0"},
      {"package a:b@1.0.0; interface i { @deprecated(version = 1.0.0) f: func(); }", "`@deprecated` stands alone"},
      {"package a:b@1.0.0; interface i { @since(version = 1.0.0) @unstable(feature = x) f: func(); }", "conflicts"},
      {"package a:b@1.0.0; interface i { @unstable(feature = x) type t = u8; f: func(a: t); }",
       "it is gated by the unstable feature `x`, which is not enabled"},
      {"package a:b@1.0.0; @unstable(feature = x) interface i {} world w { import i; }", "unstable feature `x`"},
      {"package a:b; package c:d { world w { include e:f/w; } } package e:f { world w { include c:d/w; } }",
       "packages depend on one another in a circle"},
      {"package a:b { interface i {} } package a:b { interface j {} }", "is defined twice, with different contents"},
      {"package a:b; use i as j; use i as j; interface i {}", "`j` is already defined in this file"},
  };
  for (const auto& [text, words] : cases) {
    INFO(text);
    CHECK_THAT(Failure(text), Contains(words));
  }
}

TEST_CASE("shorthand of articles gets errors that teach") {
  const std::pair<const char*, const char*> cases[] = {
      {"package a:b; interface i { f: func(d: types.doc); }",
       "test.wit:1:39: `types.doc` names a type of another interface, which has to be brought in; write `use "
       "types.{doc};` before, and `doc` here"},
      {"package a:b; interface i { f: func() -> result<types.doc>; }", "write `use types.{doc};`"},
      {"package a:b; interface i { resource r { drop; } }",
       "test.wit:1:41: dropping is implicit: every resource can be dropped; take `drop;` out"},
      {"package a:b; interface i { resource r { drop: func(); } }", "(fine)"},
      {"package a:b; interface i { f: func() -> stream<bytes>; }", "write `stream<u8>`"},
      {"package a:b; interface i { f: func() -> bytes; }", "write `list<u8>`"},
      {"package a:b; interface i { type bytes = list<u8>; f: func() -> stream<bytes>; }", "(fine)"},
      {"package a:b; interface i { f: func(a: float32, b: int); }", "write `f32`"},
      {"package a:b; interface i { f: func(a: vec<u8>); }", "`vec` takes no types in angle brackets"},
  };
  for (const auto& [text, words] : cases) {
    INFO(text);
    CHECK_THAT(Failure(text), Contains(words));
  }
}

TEST_CASE("WASI 2.0 is taken as 0.2, with a warning") {
  const Result<Resolution> r =
      ResolveSources({{{"w.wit", "package a:b; world w { import wasi:io/poll@2.0.0; import wasi:io/poll@0.2.3; }"}},
                      {{"old.wit", "package wasi:io@0.2.1; interface poll {}"}},
                      {{"io.wit", "package wasi:io@0.2.3; interface poll {}"}}});
  REQUIRE_FALSE(r.ok());  // they are one, which is imported twice
  CHECK_THAT(r.error().ToString(), Contains("import name `wasi:io/poll@0.2.3` conflicts"));
  const Result<Resolution> one =
      ResolveSources({{{"w.wit", "package a:b; interface i { use wasi:io/poll@2.0.1.{pollable}; }"}},
                      {{"old.wit", "package wasi:io@0.2.1; interface poll { resource pollable; }"}},
                      {{"io.wit", "package wasi:io@0.2.3; interface poll { resource pollable; }"}}});
  REQUIRE((one.ok() ? "" : one.error().ToString()) == std::string());
  CHECK(one->warnings ==
        std::vector<std::string>{"w.wit:1:32: `wasi:io@2.0.1` is taken as `wasi:io@0.2.1`; write that"});
  CHECK_THAT(Failure("package a:b; world w { import wasi:io/poll@2.1.0; }"), Contains("`wasi:io@2.1.0` is not known"));
  CHECK_THAT(Failure("package a:b; world w { import wasi:io/poll@2.0.0; }"), Contains("`wasi:io@2.0.0` is not known"));
}

TEST_CASE("33 flags are one too many") {
  std::string flags;
  for (int i = 0; i < 33; ++i) flags += "flag-" + std::to_string(i) + ", ";
  CHECK_THAT(Failure("package a:b; interface i { flags many { " + flags + "} }"), Contains("more than 32 flags"));
}

TEST_CASE("the files of a folder agree on their package") {
  const Result<Resolution> r = ResolveSources({{{"a.wit", "package a:b;"}, {"b.wit", "package a:c;"}}});
  REQUIRE_FALSE(r.ok());
  CHECK_THAT(r.error().ToString(), StartsWith("b.wit:1:9: this file is of package `a:c`, the one beside it of `a:b`"));
}

// Runs `body` on a thread whose stack is too small for any recursion by depth of input.
void OnSmallStack(std::function<void()> body) {
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  pthread_attr_setstacksize(&attributes, 256 << 10);
  pthread_t thread;
  const auto run = [](void* argument) -> void* {
    (*static_cast<std::function<void()>*>(argument))();
    return nullptr;
  };
  REQUIRE(pthread_create(&thread, &attributes, run, &body) == 0);
  pthread_join(thread, nullptr);
  pthread_attr_destroy(&attributes);
}

std::string Repeat(const std::string& text, size_t count) {
  std::string all;
  for (size_t i = 0; i < count; ++i) all += text;
  return all;
}

TEST_CASE("depth is limited, not the stack's luck") {
  constexpr size_t kDeep = 100'000;
  std::vector<std::pair<std::string, std::string>> cases;
  cases.emplace_back(
      "package a:b; interface i { type t = " + Repeat("list<", kDeep) + "u8" + Repeat(">", kDeep) + "; }",
      "nests deeper than 100");
  cases.emplace_back("package a:b; " + Repeat("/*", kDeep) + Repeat("*/", kDeep), "(fine)");
  cases.emplace_back("package a:b; " + Repeat("interface i {", kDeep), "expected a type");
  cases.emplace_back(Repeat("package a:b {", kDeep), "expected `use`, `interface`, `world` or `}`");
  std::string records = "package a:b; interface i { record r0 { a: u8 }";
  std::string aliases = "package a:b; interface i { type t0 = u8;";
  std::string interfaces = "package a:b; interface i0 { type t = u8; }";
  std::string worlds = "package a:b; world w0 { import f: func(); }";
  for (size_t i = 1; i < 20'000; ++i) {
    const std::string n = std::to_string(i);
    const std::string before = std::to_string(i - 1);
    records += " record r" + n + " { a: r" + before + " }";
    aliases += " type t" + n + " = t" + before + ";";
    interfaces += " interface i" + n + " { use i" + before + ".{t}; }";
    worlds += " world w" + n + " { include w" + before + "; }";
  }
  cases.emplace_back(records + " }", "nests deeper than 100");
  cases.emplace_back(aliases + " }", "nests deeper than 100");
  cases.emplace_back(interfaces, "nests deeper than 100");
  cases.emplace_back(worlds, "(fine)");
  // Each of many worlds imports an interface that uses many others.
  std::string hub = "package a:b; interface hub {";
  for (size_t i = 0; i < 400; ++i) hub += " use i" + std::to_string(i) + ".{t as t" + std::to_string(i) + "};";
  hub += " }";
  for (size_t i = 0; i < 400; ++i) {
    hub += " interface i" + std::to_string(i) + " { type t = u8; } world w" + std::to_string(i) + " { import hub; }";
  }
  cases.emplace_back(hub, "the worlds hold more than 100000 items");
  std::vector<std::string> failures(cases.size());
  OnSmallStack([&] {
    for (size_t i = 0; i < cases.size(); ++i) failures[i] = Failure(cases[i].first);
  });
  for (size_t i = 0; i < cases.size(); ++i) {
    INFO(cases[i].first.substr(0, 80));
    CHECK_THAT(failures[i], Contains(cases[i].second));
  }
}

TEST_CASE("cut and mangled text never does more than fail") {
  const std::string text =
      "package a:b@1.0.0; use c:d/e@1.0.0 as x; /// docs\n@since(version = 1.0.0) interface i { use x.{t as u}; "
      "record r { a: list<u8, 4>, b: map<string, option<u>> } resource q { constructor(a: u8) -> result<q>; m: async "
      "func(); } f: func(a: borrow<q>) -> result<_, r>; } world w { include v with { a as b }; import z: interface {} "
      "@external-id(\"\\u{41}\") export k: func(); } world v { import a: i; } package c:d@1.0.0 { interface e { type t "
      "= u8; } }";
  CHECK(Failure(text) == "(fine)");
  size_t failed = 0;
  for (size_t i = 0; i < text.size(); ++i) {
    failed += Failure(text.substr(0, i)) != "(fine)";
    std::string mangled = text;
    for (char c : {'{', '}', '<', '"', '.', '@', '%', '\0', '\xff'}) {
      mangled[i] = c;
      failed += Failure(mangled) != "(fine)";
    }
    mangled.erase(i, 1);
    failed += Failure(mangled) != "(fine)";
  }
  CHECK(failed > text.size());
}

}  // namespace
}  // namespace cvm::wit
