// Instantiation as work that is metered and done in pieces: every step of it can be what the fuel ends at, and large
// segments arrive whole.
#include <algorithm>

#include "test/vm/engine/security.hpp"

namespace cvm {
namespace {

Engine MeteredEngine() {
  Config config;
  config.ConsumeFuel(true);
  return Engine::Create(config).value();
}

TEST_CASE("INT-09 instantiation ends at any step with the fuel, and spends no more than there is") {
  const Engine engine = MeteredEngine();
  // Constant expressions, a table with a value for all, elements as functions and as expressions, data with and without
  // an image of the memory.
  for (const char* memory :
       {"(memory 1) (data (i32.const 0) \"0123456789abcdef\")",
        "(global $at i32 (i32.const 8)) (memory 1) (data (global.get $at) \"0123456789abcdef\")"}) {
    const std::string wat = "(module " + std::string(memory) + R"(
      (func $f) (global i32 (i32.add (i32.const 1) (i32.const 2))) (table 300 funcref (ref.func $f))
      (elem (i32.const 0) func )" +
                            Repeat("$f ", 200) + R"() (elem (i32.const 200) funcref (ref.func $f) (ref.null func))
      (data "passive") (func $start) (start $start)))";
    Store store(engine);
    store.SetFuel(1'000'000);
    Make(store, wat);
    const uint64_t spend = 1'000'000 - store.fuel();
    CHECK(spend > 5);
    for (uint64_t fuel = 0; fuel < spend; ++fuel) {
      CAPTURE(fuel, spend);
      Store poor(engine);
      poor.SetFuel(fuel);
      const auto instance = TryMake(poor, wat, Linker(engine));
      REQUIRE(Outcome(instance) == "out of fuel");
      REQUIRE(instance.error().trap() == TrapKind::kOutOfFuel);
      REQUIRE(poor.fuel() <= fuel);
    }
    Store enough(engine);
    enough.SetFuel(spend);
    CHECK(TryMake(enough, wat, Linker(engine)).ok());
    CHECK(enough.fuel() == 0);
  }
}

TEST_CASE("segments of megabytes are written whole, to their last byte and element") {
  const Engine engine;
  Store store(engine);
  constexpr uint64_t kBytes = (3u << 20) + 5, kElements = 300'001;
  const Instance instance =
      Make(store, "(module (global $zero i32 (i32.const 0)) (memory (export \"m\") 64) (data (global.get $zero) \"" +
                      Repeat("x", kBytes) +
                      "\") (func $f (result i32) i32.const 7) (table 400000 funcref) "
                      "(type $t (func (result i32))) (elem (i32.const 5) func " +
                      Repeat("$f ", kElements) +
                      ") (func (export \"at\") (param i32) (result i32) (call_indirect (type $t) (local.get 0))))");
  const std::span<const uint8_t> bytes = instance.GetMemory("m").value().data();
  CHECK(std::count(bytes.begin(), bytes.end(), 'x') == static_cast<ptrdiff_t>(kBytes));
  CHECK(bytes[kBytes - 1] == 'x');
  CHECK(bytes[kBytes] == 0);
  const auto at = instance.Get<int32_t(int32_t)>("at").value();
  CHECK(at(5).value() == 7);
  CHECK(at(static_cast<int32_t>(kElements + 4)).value() == 7);
  CHECK(Outcome(at(4)) == "uninitialized element");
  CHECK(Outcome(at(static_cast<int32_t>(kElements + 5))) == "uninitialized element");
}

}  // namespace
}  // namespace cvm
