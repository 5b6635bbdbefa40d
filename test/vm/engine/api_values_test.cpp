// The public API where it is used wrongly or seldom: values as text, calls that do not fit, what modules say of
// themselves, files, links that do not match, host functions at the edges of what they may do.
#include <unistd.h>

#include <cmath>
#include <cstdlib>
#include <fstream>
#include <limits>

#include "cvm/rooted.hpp"
#include "cvm/text.hpp"
#include "test/vm/engine/security.hpp"

namespace cvm {
namespace {

TEST_CASE("values as text") {
  CHECK(ToString(Val()) == "0");
  CHECK(ToString(Val::I32(-1)) == "-1");
  CHECK(ToString(Val::I64(std::numeric_limits<int64_t>::min())) == "-9223372036854775808");
  CHECK(ToString(Val::F32(0.5f)) == "0.5");
  CHECK(ToString(Val::F64(0.1)) == "0.10000000000000001");
  CHECK(ToString(Val::F64(std::nan(""))) == "nan");
  CHECK(ToString(Val::F32(std::nanf(""))) == "nan");
  CHECK(ToString(Val::V128({0xff, 1})) == "0x000000000000000100000000000000ff");
  CHECK(ToString(Val::Null(Kind::kExternRef)) == "null");
  CHECK(ToString(Val::ExternRef(7)) == "ref");
  CHECK(ToString(Val::I31(-3)) == "ref");
  const Kind kinds[] = {Kind::kI32,  Kind::kI64,     Kind::kF32,       Kind::kF64,
                        Kind::kV128, Kind::kFuncRef, Kind::kExternRef, Kind::kOtherRef};
  std::string names;
  for (const Kind kind : kinds) names += std::string(KindName(kind)) + " ";
  CHECK(names == "i32 i64 f32 f64 v128 funcref externref ref ");
  CHECK(ToString(FuncSignature{{Kind::kI32, Kind::kV128, Kind::kF32}, {Kind::kFuncRef, Kind::kExternRef}}) ==
        "(param i32 v128 f32) (result funcref externref)");
}

TEST_CASE("calls with values: number, kinds and width are checked, both halves of vectors arrive") {
  const Engine engine;
  Store store(engine);
  const Instance instance = Make(store, R"((module
    (func (export "turn") (param v128 f32 i32) (result i32 f32 v128) local.get 2 local.get 1 local.get 0)
    (func (export "one") (param f32) (result f32) local.get 0)
    (func (export "vector") (param v128) (result v128) local.get 0)
    (func (export "wide") (param f64) (result f64) local.get 0)))");
  const Func turn = instance.GetFunc("turn").value();
  CHECK(turn.Call({Val::V128({1, 2}), Val::F32(1.5f), Val::I32(-4)}).value() ==
        std::vector<Val>{Val::I32(-4), Val::F32(1.5f), Val::V128({1, 2})});
  CHECK(Outcome(turn.Call({Val::I32(1)})) == "usage: the function takes 3 arguments, not 1");
  CHECK(Outcome(turn.Call({Val::V128({1, 2}), Val::F64(1.5), Val::I32(-4)})) == "usage: argument 2 is f64, not f32");
  CHECK(instance.GetFunc("one").value().Call({Val::F32(-0.0f)}).value()[0] == Val::F32(-0.0f));
  CHECK(instance.GetFunc("vector").value().Call({Val::V128({3, 4})}).value()[0] == Val::V128({3, 4}));
  CHECK(instance.GetFunc("wide").value().Call({Val::F64(2.5)}).value()[0] == Val::F64(2.5));
  // Bits above an i32 do not reach the guest.
  CHECK(turn.Call({Val::V128({1, 2}), Val::FromBits(Kind::kF32, 0xffffffff00000000),
                   Val::FromBits(Kind::kI32, 0xffffffff00000001)})
            .value()[0] == Val::I32(1));
  CHECK(Outcome(instance.Get<int32_t()>("one")) ==
        "usage: the function has the type (param f32) (result f32), not (result i32)");
}

TEST_CASE("names that are not exported, and those that are") {
  const Engine engine;
  Store store(engine);
  const Instance nothing = Make(store, "(module)");
  CHECK(Outcome(nothing.GetFunc("f")) == "usage: no exported function `f`; the instance exports nothing");
  const Instance some = Make(store,
                             "(module (memory (export \"m\") 1) (global (export \"g\") i32 (i32.const 0)) "
                             "(table (export \"t\") 1 funcref) (tag (export \"e\")) (func (export \"f\")))");
  CHECK(Outcome(some.GetFunc("m")) == "usage: no exported function `m`; the instance exports `m`, `g`, `t`, `e`, `f`");
  CHECK(Outcome(some.GetMemory("g")) == "usage: no exported memory `g`; the instance exports `m`, `g`, `t`, `e`, `f`");
  for (const char* name : {"m", "g", "t", "e", "f"}) CHECK(some.Has(name));
  CHECK_FALSE(some.Has("x"));
  const Memory memory = some.GetMemory("m").value();
  CHECK(memory.Grow(2).value() == 1);
  CHECK(memory.data().size() == 3 * 65536);
  CHECK(Outcome(memory.Grow(65536)) == "limit: the memory cannot grow by 65536 pages");
  CHECK(memory.pages() == 3);
  CHECK_FALSE(memory.shared().ok());
}

TEST_CASE("what a module says of its imports and exports") {
  const Engine engine;
  const Module module = Module::Parse(engine, R"((module
    (import "a" "f" (func (param i32) (result i64))) (import "a" "n" (func)) (import "a" "t" (table 1 2 funcref))
    (import "a" "m" (memory 1 3)) (import "a" "g" (global (mut f32))) (import "a" "c" (global v128))
    (import "a" "e" (tag (param i32)))
    (export "f" (func 0)) (export "t" (table 0)) (export "m" (memory 0)) (export "g" (global 0)) (export "e" (tag 0))))")
                            .value();
  std::string text;
  for (const ImportInfo& i : module.imports()) text += i.module + "." + i.name + ": " + i.type + "\n";
  CHECK(text ==
        "a.f: func (param i32) (result i64)\na.n: func\na.t: table 1 2 funcref\na.m: memory 1 3\n"
        "a.g: global (mut f32)\na.c: global v128\na.e: tag (param i32)\n");
  text.clear();
  for (const ExportInfo& e : module.exports()) text += e.name + ": " + e.type + "\n";
  CHECK(text ==
        "f: func (param i32) (result i64)\nt: table 1 2 funcref\nm: memory 1 3\ng: global (mut f32)\ne: tag (param "
        "i32)\n");
  CHECK(module.imported_functions() == 2);
  CHECK(module.functions() == 2);
  CHECK(module.Listing(0).error().kind() == ErrorKind::kUsage);
  CHECK(module.Listing(2).error().kind() == ErrorKind::kUsage);
}

// A file of its own, gone at the end.
class TemporaryFile {
 public:
  explicit TemporaryFile(std::string_view bytes) {
    const int fd = mkstemp(path_.data());
    REQUIRE(fd >= 0);
    close(fd);
    std::ofstream(path_, std::ios::binary).write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  }
  ~TemporaryFile() { unlink(path_.c_str()); }
  const std::string& path() const { return path_; }

 private:
  std::string path_ = "/tmp/cvm-api-XXXXXX";
};

TEST_CASE("modules from files: text, bytes, neither, too large, not there") {
  const Engine engine;
  const TemporaryFile text("(module (func (export \"f\")))");
  CHECK(Module::LoadFile(engine, text.path()).value().functions() == 1);
  const TemporaryFile bytes(std::string_view("\0asm\1\0\0\0", 8));
  CHECK(Module::LoadFile(engine, bytes.path()).value().functions() == 0);
  const TemporaryFile cut(std::string_view("\0asm\1\0", 6));
  const auto failed = Module::LoadFile(engine, cut.path());
  CHECK(failed.error().kind() == ErrorKind::kMalformed);
  CHECK(failed.error().context() == std::vector<std::string>{cut.path()});
  const TemporaryFile neither("wasm");
  CHECK(Module::LoadFile(engine, neither.path()).error().kind() == ErrorKind::kMalformed);
  CHECK(Module::LoadFile(engine, "/nowhere/at/all.wasm").error().kind() == ErrorKind::kIo);
  CHECK(Module::LoadFile(engine, "/tmp").error().kind() == ErrorKind::kIo);
  Config config;
  REQUIRE(config.SetLimit("max-module-size", 7).ok());
  const Engine small = Engine::Create(config).value();
  CHECK(Module::LoadFile(small, bytes.path()).error().kind() == ErrorKind::kLimit);
}

TEST_CASE("imports of the right name and the wrong type") {
  const Engine engine;
  Store store(engine);
  Linker linker(engine);
  linker.DefineInstance("a", Make(store, R"((module (func (export "f") (param i32)) (table (export "t") 1 2 funcref)
    (memory (export "m") 1 2) (global (export "g") i32 (i32.const 0)) (tag (export "e"))))"));
  for (const char* wanted :
       {"\"f\" (func)", "\"f\" (memory 1)", "\"t\" (table 2 funcref)", "\"t\" (table 1 1 funcref)",
        "\"t\" (table 1 externref)", "\"m\" (memory 2)", "\"m\" (memory 1 1)", "\"m\" (memory i64 1)",
        "\"g\" (global i64)", "\"g\" (global (mut i32))", "\"e\" (tag (param i32))"}) {
    CAPTURE(wanted);
    const auto linked = TryMake(store, "(module (import \"a\" " + std::string(wanted) + "))", linker);
    CHECK(Outcome(linked).starts_with("unlinkable: incompatible import type for `a` `"));
  }
  CHECK(TryMake(store, R"((module (import "a" "f" (func (param i32))) (import "a" "t" (table 1 2 funcref))
    (import "a" "m" (memory 1)) (import "a" "g" (global i32)) (import "a" "e" (tag))))",
                linker)
            .ok());
  const Engine other;
  const Module foreign = Module::Parse(other, "(module)").value();
  CHECK(Outcome(linker.Instantiate(store, foreign)) == "usage: the module and the store belong to different engines");
  Linker moved(other);
  moved = std::move(linker);
  CHECK(Outcome(TryMake(store, "(module (import \"a\" \"f\" (func)))", moved)).starts_with("unlinkable"));
}

TEST_CASE("host functions: every kind of value comes and goes, whatever stands in the upper halves") {
  const Engine engine;
  Store store(engine);
  Linker linker(engine);
  linker.DefineHost("host", "kinds",
                    {{Kind::kI32, Kind::kV128, Kind::kExternRef, Kind::kFuncRef},
                     {Kind::kI32, Kind::kV128, Kind::kExternRef, Kind::kFuncRef}},
                    [](Caller&, std::span<uint64_t> slots) -> Result<void> {
                      slots[0] = slots[0] + 1 + (uint64_t{1} << 40);
                      std::swap(slots[1], slots[2]);
                      return {};
                    });
  linker.DefineHost("host", "word", {{Kind::kI64}, {Kind::kExternRef}},
                    [](Caller&, std::span<uint64_t>) -> Result<void> { return {}; });
  linker.Define("host", "pair", [](float a, double b) { return std::tuple<double, float>(b, a); });
  linker.Define("host", "both", [](uint32_t a, uint64_t b) -> Result<std::tuple<uint64_t, uint32_t>> {
    if (a == 0) return Error(ErrorKind::kTrap, "zero");
    return std::tuple<uint64_t, uint32_t>(b, a);
  });
  const Instance instance = Make(store, R"((module
    (import "host" "kinds" (func $kinds (param i32 v128 externref funcref) (result i32 v128 externref funcref)))
    (import "host" "word" (func $word (param i64) (result externref)))
    (import "host" "pair" (func $pair (param f32 f64) (result f64 f32)))
    (import "host" "both" (func $both (param i32 i64) (result i64 i32)))
    (export "kinds" (func $kinds))
    (func (export "again") (param i32 v128 externref funcref) (result i32 v128 externref funcref)
      local.get 0 local.get 1 local.get 2 local.get 3 call $kinds)
    (func (export "word") (param i64) (result externref) local.get 0 call $word)
    (func (export "pair") (result f64 f32) f32.const 1 f64.const 2 call $pair)
    (func (export "both") (param i32) (result i64 i32) local.get 0 i64.const 2 call $both)))",
                                 linker);
  const std::vector<Val> args{Val::I32(-1), Val::V128({1, 2}), Val::ExternRef(9), Val::Null(Kind::kFuncRef)};
  const std::vector<Val> want{Val::I32(0), Val::V128({2, 1}), Val::ExternRef(9), Val::Null(Kind::kFuncRef)};
  CHECK(instance.GetFunc("again").value().Call(args).value() == want);
  // Without a guest around it there is nothing that it could be called from.
  CHECK(Outcome(instance.GetFunc("kinds").value().Call(args)) ==
        "usage: a host function cannot be called without a guest instance");
  for (const uint64_t word : {uint64_t{0}, Val::ExternRef(1).bits(), Val::I31(4).bits()}) {
    CHECK(instance.GetFunc("word").value().Call({Val::I64(static_cast<int64_t>(word))}).value()[0].bits() == word);
  }
  for (const uint64_t word : {uint64_t{1} << 33 | 1, uint64_t{4096}, ~uint64_t{7}}) {
    CHECK(Outcome(instance.GetFunc("word").value().Call({Val::I64(static_cast<int64_t>(word))})) ==
          "usage: a host function returned what is not an externref of this store (Val::ExternRef makes one)");
  }
  CHECK(instance.Get<std::tuple<double, float>()>("pair").value()().value() == std::tuple<double, float>(2, 1));
  CHECK(instance.Get<std::tuple<int64_t, int32_t>(int32_t)>("both").value()(5).value() ==
        std::tuple<int64_t, int32_t>(2, 5));
  CHECK(OutcomeOf<std::tuple<int64_t, int32_t>(int32_t)>(instance, "both", 0) == "zero");
}

TEST_CASE("errors of every kind have a name, and say their contexts and place") {
  std::string names;
  for (int kind = 0; kind <= static_cast<int>(ErrorKind::kBug); ++kind) {
    names += std::string(ErrorKindName(static_cast<ErrorKind>(kind))) + " ";
  }
  CHECK(names.find("malformed invalid unlinkable trap exception limit unsupported usage io exit ") == 0);
  Error error(ErrorKind::kInvalid, "type mismatch");
  CHECK(error.ToString() == "type mismatch");
  error.In("function 3").In("module").AtOffset(31);
  CHECK(error.ToString().find("module: function 3: type mismatch") == 0);
  CHECK(error.offset() == 31u);
  Error in_text(ErrorKind::kMalformed, "unexpected token");
  in_text.AtLine(4, 5);
  CHECK(in_text.ToString().find("unexpected token") != std::string::npos);
  CHECK(in_text.line() == 4);
  const Result<int> none(error);
  CHECK_THROWS_AS(Result<int>(error).value(), BadResultAccess);
  CHECK(Result<int>(error).value_or(3) == 3);
  CHECK_THROWS_AS(Result<void>(error).value(), BadResultAccess);
}

TEST_CASE("what cannot be rooted, and handles that move") {
  const Engine engine;
  Store store(engine);
  CHECK(Rooted::Create(store, Val::I32(1)).error().kind() == ErrorKind::kUsage);
  CHECK(Rooted::Create(store, Val::FromBits(Kind::kOtherRef, 4096)).error().kind() == ErrorKind::kUsage);
  Rooted a = Rooted::Create(store, Val::I31(3)).value();
  Rooted b = Rooted::Create(store, Val::ExternRef(4)).value();
  a = std::move(b);
  Rooted c(std::move(a));
  CHECK(c.value() == Val::ExternRef(4));
}

TEST_CASE("settings that do not exist") {
  Config config;
  CHECK(config.SetFeature("no-such-feature", true)
            .error()
            .message()
            .find("unknown feature `no-such-feature`; features are ") == 0);
  CHECK(config.SetLimit("max-nothing", 1).error().kind() == ErrorKind::kUsage);
  CHECK(config.SetLimit("max-locals", 50'001).error().kind() == ErrorKind::kUsage);
  StoreOptions options;
  CHECK(options.SetLimit("max-nothing", 1).error().kind() == ErrorKind::kUsage);
  for (const LimitInfo& info : StoreOptions::LimitList()) {
    CAPTURE(std::string(info.key));
    CHECK(options.SetLimit(info.key, info.most).ok());
    if (info.most == ~uint64_t{0}) continue;
    const auto above = options.SetLimit(info.key, info.most + 1);
    REQUIRE_FALSE(above.ok());
    CHECK(above.error().kind() == ErrorKind::kUsage);
  }
  config.Deterministic(true);
  Config copy(config);
  copy = config;
  CHECK(Engine::Create(copy).ok());
}

}  // namespace
}  // namespace cvm
