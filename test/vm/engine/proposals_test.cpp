// Small proposals through the public API: wide arithmetic, custom page sizes, relaxed SIMD; and the switches.
#include <catch2/catch.hpp>

#include "cvm/vm.hpp"

namespace cvm {
namespace {

Engine With(std::string_view key, bool on) {
  Config config;
  REQUIRE(config.SetFeature(key, on).ok());
  return Engine::Create(config).value();
}

TEST_CASE("switches of proposals") {
  struct Row {
    const char* key;
    bool by_default;
    const char* wat;
  };
  constexpr Row kRows[] = {
      {"wide-arithmetic", false, "(func (param i64 i64) (result i64 i64) (i64.mul_wide_u (local.get 0) (local.get 1)))"},
      {"relaxed-simd", true,
       "(func (param v128 v128) (result v128) (i8x16.relaxed_swizzle (local.get 0) (local.get 1)))"},
      {"threads", true, "(memory 1 1 shared)"},
      {"threads", true, "(memory 1) (func (result i32) (i32.atomic.load (i32.const 0)))"},
      {"custom-page-sizes", false, "(memory 1 (pagesize 1))"},
  };
  for (const Row& row : kRows) {
    INFO(row.key);
    CHECK(Module::Parse(Engine(), row.wat).ok() == row.by_default);
    CHECK(Module::Parse(With(row.key, true), row.wat).ok());
    CHECK_FALSE(Module::Parse(With(row.key, false), row.wat).ok());
  }
}

TEST_CASE("wide arithmetic: results go where they are used") {
  const Engine engine = With("wide-arithmetic", true);
  Store store(engine);
  const Instance i = Linker(engine)
                         .Instantiate(store, Module::Parse(engine, R"((module
    (func (export "mul") (param $a i64) (param $b i64) (result i64 i64)
      (i64.mul_wide_s (local.get $a) (local.get $b)))
    ;; 192-bit sum of a 128-bit number and itself, kept in locals, with constants and a value below on the stack
    (func (export "sum") (param $lo i64) (param $hi i64) (result i64 i64 i64)
      (i64.const 5)
      (i64.add128 (local.get $lo) (local.get $hi) (local.get $lo) (local.get $hi))
      (local.set $hi) (local.set $lo)
      (i64.sub128 (local.get $lo) (local.get $hi) (i64.const 1) (i64.const 0)))))")
                                                 .value())
                         .value();
  const auto mul = i.Get<std::tuple<int64_t, int64_t>(int64_t, int64_t)>("mul").value();
  CHECK(mul(-1, 1).value() == std::tuple<int64_t, int64_t>(-1, -1));
  CHECK(mul(INT64_MIN, INT64_MIN).value() == std::tuple<int64_t, int64_t>(0, int64_t{1} << 62));
  const auto sum = i.Get<std::tuple<int64_t, int64_t, int64_t>(int64_t, int64_t)>("sum").value();
  CHECK(sum(-1, 0).value() == std::tuple<int64_t, int64_t, int64_t>(5, -3, 1));
  CHECK(sum(0, 0).value() == std::tuple<int64_t, int64_t, int64_t>(5, -1, -1));
}

// MEM-02 for memories whose end is within a page of the machine.
TEST_CASE("custom page sizes: bounds to the byte, with and without guard pages") {
  for (const bool guard : {true, false}) {
    Config config;
    REQUIRE(config.SetFeature("custom-page-sizes", true).ok());
    const Engine engine = Engine::Create(config.GuardPages(guard)).value();
    Store store(engine);
    const Instance i = Linker(engine)
                           .Instantiate(store, Module::Parse(engine, R"((module
      (memory (export "memory") 0 10000 (pagesize 1))
      (func (export "grow") (param i32) (result i32) (memory.grow (local.get 0)))
      (func (export "size") (result i32) (memory.size))
      (func (export "load8") (param i32) (result i32) (i32.load8_u (local.get 0)))
      (func (export "load32") (param i32) (result i32) (i32.load (local.get 0)))
      (func (export "store64") (param i32) (i64.store (local.get 0) (i64.const -1)))
      (func (export "fill") (param i32 i32) (memory.fill (local.get 0) (i32.const 1) (local.get 1)))))")
                                                   .value())
                           .value();
    const auto grow = i.Get<int32_t(int32_t)>("grow").value();
    const auto size = i.Get<int32_t()>("size").value();
    const auto load8 = i.Get<int32_t(int32_t)>("load8").value();
    const auto load32 = i.Get<int32_t(int32_t)>("load32").value();
    const auto store64 = i.Get<void(int32_t)>("store64").value();
    const auto fill = i.Get<void(int32_t, int32_t)>("fill").value();
    CHECK_FALSE(load8(0).ok());
    CHECK(grow(7).value() == 0);
    CHECK(load8(6).ok());
    CHECK_FALSE(load8(7).ok());
    CHECK(load32(3).ok());
    CHECK_FALSE(load32(4).ok());
    CHECK_FALSE(store64(0).ok());
    CHECK(grow(1).value() == 7);
    CHECK(store64(0).ok());
    CHECK_FALSE(store64(1).ok());
    // Across a page of the machine.
    CHECK(grow(4096).value() == 8);
    CHECK(load32(4100).ok());
    CHECK_FALSE(load32(4101).ok());
    CHECK(fill(4000, 104).ok());
    CHECK_FALSE(fill(4000, 105).ok());
    CHECK(load8(4103).value() == 1);
    CHECK(grow(5896).value() == 4104);
    CHECK(grow(1).value() == -1);
    CHECK(size().value() == 10000);
    CHECK(i.GetMemory("memory").value().data().size() == 10000);
  }
}

TEST_CASE("relaxed SIMD gives what the strict instructions give") {
  Engine engine;
  Store store(engine);
  const Instance i = Linker(engine)
                         .Instantiate(store, Module::Parse(engine, R"((module
    (func (export "swizzle") (result v128)
      (i8x16.relaxed_swizzle (v128.const i8x16 9 9 9 9 9 9 9 9 9 9 9 9 9 9 9 9)
                             (v128.const i8x16 0 16 127 128 255 15 0 0 0 0 0 0 0 0 0 0)))
    (func (export "trunc") (result v128)
      (i32x4.relaxed_trunc_f32x4_s (v128.const f32x4 nan inf -inf 1.9)))
    (func (export "madd") (result v128)
      (f32x4.relaxed_madd (v128.const f32x4 0x1.000004p+0 1 1 1) (v128.const f32x4 0x1.0002p+0 1 1 1)
                          (v128.const f32x4 -0x1.000204p+0 1 1 1)))))")
                                                 .value())
                         .value();
  const auto call = [&](const char* name) { return i.GetFunc(name).value().Call({}).value()[0].v128(); };
  CHECK((call("swizzle")[0] & 0xffffffff) == 0x00000009);
  CHECK((call("swizzle")[0] >> 32 & 0xffff) == 0x0900);
  CHECK(call("trunc") == std::array<uint64_t, 2>{0x7fffffff'00000000, 0x00000001'80000000});
  // Rounded twice.
  CHECK((call("madd")[0] & 0xffffffff) == 0);
}

}  // namespace
}  // namespace cvm
