// References (INT-06), what recycled memory holds and instantiation that fails (MEM-06), and bits that nobody wrote
// (DEC-05).
#include <cstdlib>
#include <string_view>

#include "test/vm/engine/security.hpp"

namespace cvm {
namespace {

// --- INT-06

TEST_CASE("INT-06: references are null until they are set, whatever lay there before") {
  const Engine engine = EngineWith(true);
  Store store(engine);
  // Near frames and wide ones; $dirty leaves other bits where the frames of $locals come to lie.
  for (const int padding : {0, 3, 100, 5000}) {
    const std::string pad = Repeat(" i64", static_cast<uint64_t>(padding));
    std::string dirt;
    for (int i = 0; i < padding + 8; ++i) dirt += "(local.set " + std::to_string(i) + " (i64.const -1)) ";
    const std::string dirty = "(func $dirty (local" + pad + Repeat(" i64", 8) + ") " + dirt + ")";
    const std::string types = "(local funcref" + pad + " externref (ref null $t)" + pad + " funcref) ";
    const auto index = [&](int i) { return std::to_string(1 + i); };
    std::string nulls = "(i32.const 0) ";
    for (const int i : {0, padding + 1, padding + 2, 2 * padding + 3})
      nulls += "(ref.is_null (local.get " + index(i) + ")) (i32.add) ";
    const Instance instance = Make(
        store, "(module (type $t (func)) " + dirty + R"((table $f 5 funcref) (table $x 5 externref)
        (table $n 5 (ref null $t)) (global $g (mut funcref) (ref.null func)) (global $h (mut (ref null $t)) (ref.null $t))
        (func $locals (export "locals") (result i32) (call $dirty) (call $nulls (i32.const 7)))
        (func $nulls (param i32) (result i32) )" +
                   types + nulls + R"()
        (func (export "call") (local )" +
                   pad + R"( (ref null $t)) (call $dirty) (call_ref $t (local.get )" + std::to_string(padding) + R"()))
        (func (export "tables") (param i32) (result i32)
          (i32.add (i32.add (ref.is_null (table.get $f (local.get 0))) (ref.is_null (table.get $x (local.get 0))))
                   (ref.is_null (table.get $n (local.get 0)))))
        (func (export "globals") (result i32) (i32.add (ref.is_null (global.get $g)) (ref.is_null (global.get $h))))
        (func (export "indirect") (call_indirect $f (type $t) (i32.const 2)))
        (func (export "table_null") (call_ref $t (table.get $n (i32.const 2))))
        (func (export "grow") (drop (table.grow $n (ref.null $t) (i32.const 3))) (drop (table.grow $f (ref.null func) (i32.const 3)))
          (drop (table.grow $x (ref.null extern) (i32.const 3))))))");
    CAPTURE(padding);
    for (int i = 0; i < 3; ++i) CHECK(instance.Get<int32_t()>("locals").value()().value() == 4);
    CHECK(OutcomeOf<void()>(instance, "call") == "null function reference");
    CHECK(OutcomeOf<void()>(instance, "indirect") == "uninitialized element");
    CHECK(OutcomeOf<void()>(instance, "table_null") == "null function reference");
    CHECK(instance.Get<int32_t()>("globals").value()().value() == 2);
    CHECK(instance.Get<void()>("grow").value()().ok());
    for (int i = 0; i < 8; ++i) CHECK(instance.Get<int32_t(int32_t)>("tables").value()(i).value() == 3);
  }
}

const char* const kReferences = R"((module (type $v (func (result i32))) (type $w (func (param i32) (result i32)))
  (func $one (export "one") (result i32) (i32.const 1))
  (func $other (export "other") (param i32) (result i32) (local.get 0))
  (table $t 2 funcref)
  (elem declare func $one $other)
  (func (export "get") (result funcref) (ref.func $one))
  (func (export "get_other") (result funcref) (ref.func $other))
  (func (export "call") (param funcref) (result i32)
    (table.set $t (i32.const 0) (local.get 0)) (call_indirect $t (type $v) (i32.const 0)))
  (func (export "call_typed") (param (ref null $v)) (result i32) (call_ref $v (local.get 0)))
  (func (export "call_sure") (param (ref $v)) (result i32) (call_ref $v (local.get 0)))
  (func (export "extern") (param externref) (result externref) (local.get 0))))";

TEST_CASE("INT-06: a function of another store, or a made-up one, is an error and never called") {
  const Engine engine = EngineWith(true);
  Store a(engine), b(engine);
  const Instance in_a = Make(a, kReferences), in_b = Make(b, kReferences);
  const Val one_of_a = in_a.GetFunc("get").value().Call({}).value()[0];
  const Val one_of_b = in_b.GetFunc("get").value().Call({}).value()[0];
  const Val other_of_b = in_b.GetFunc("get_other").value().Call({}).value()[0];
  const auto call = [&](const char* name, const Val& ref) {
    const Func f = in_b.GetFunc(name).value();
    const auto result = f.Call({Val::FromBits(f.signature().params[0], ref.bits())});
    return result.ok() ? std::to_string((*result)[0].bits()) : Outcome(result);
  };
  const auto refused = [&](const char* name, const Val& ref) {
    const Func f = in_b.GetFunc(name).value();
    const auto result = f.Call({Val::FromBits(f.signature().params[0], ref.bits())});
    return !result.ok() && result.error().kind() == ErrorKind::kUsage;
  };
  const Val null = Val::FromBits(Kind::kFuncRef, 0), forged = Val::FromBits(Kind::kFuncRef, 0x1234567812345670);
  CHECK(call("call", one_of_b) == "1");
  CHECK(call("call", null) == "uninitialized element");
  CHECK(call("call", other_of_b) == "indirect call type mismatch");
  CHECK(call("call_typed", one_of_b) == "1");
  CHECK(call("call_typed", null) == "null function reference");
  CHECK(call("call_sure", one_of_b) == "1");
  for (const char* name : {"call", "call_typed", "call_sure"}) {
    INFO(name);
    CHECK(refused(name, one_of_a));
    CHECK(refused(name, forged));
    CHECK(refused(name, Val::FromBits(Kind::kFuncRef, one_of_b.bits() + 8)));
  }
  CHECK(refused("call_typed", other_of_b));  // of another type
  CHECK(refused("call_sure", other_of_b));
  CHECK(refused("call_sure", null));
  CHECK(call("extern", Val::ExternRef(77)) == std::to_string(Val::ExternRef(77).bits()));  // the host's own value
  CHECK(refused("extern", forged));
  CHECK_FALSE(in_b.GetFunc("call").value().Call({Val::FromBits(Kind::kExternRef, 0)}).ok());
}

TEST_CASE("INT-06: a host function cannot bring a function of another store") {
  const Engine engine = EngineWith(true);
  Store a(engine), b(engine);
  const Val one_of_a = Make(a, kReferences).GetFunc("get").value().Call({}).value()[0];
  const Val one_of_b = Make(b, kReferences).GetFunc("get").value().Call({}).value()[0];
  uint64_t bits = 0;
  Linker linker(engine);
  linker.DefineHost("host", "get", {{}, {Kind::kI32, Kind::kFuncRef}},
                    [&](Caller&, std::span<uint64_t> slots) -> Result<void> {
                      slots[0] = 5, slots[1] = bits;
                      return {};
                    });
  const Instance instance =
      Make(b, R"((module (type $v (func (result i32))) (import "host" "get" (func $get (result i32 funcref)))
    (table $t 1 funcref)
    (func (export "run") (result i32) (local funcref)
      (call $get) (local.set 0) (drop) (table.set $t (i32.const 0) (local.get 0)) (call_indirect $t (type $v) (i32.const 0)))))",
           linker);
  const auto run = [&](uint64_t reference) {
    bits = reference;
    return instance.Get<int32_t()>("run").value()();
  };
  CHECK(run(one_of_b.bits()).value() == 1);
  CHECK(Outcome(run(0)) == "uninitialized element");
  CHECK_FALSE(run(one_of_a.bits()).ok());
  CHECK_FALSE(run(0xabcdef8).ok());
}

TEST_CASE("INT-06: exports of one store are not linked into another") {
  const Engine engine = EngineWith(true);
  Store a(engine), b(engine);
  Linker linker(engine);
  linker.DefineInstance("a",
                        Make(a, R"((module (func (export "f")) (memory (export "m") 1) (table (export "t") 1 funcref)
    (global (export "g") i32 (i32.const 1))))"));
  for (const char* import : {"\"f\" (func)", "\"m\" (memory 1)", "\"t\" (table 1 funcref)", "\"g\" (global i32)"}) {
    const std::string wat = std::string("(module (import \"a\" ") + import + "))";
    INFO(wat);
    const Result<Instance> linked = TryMake(b, wat, linker);
    REQUIRE_FALSE(linked.ok());
    CHECK(linked.error().kind() == ErrorKind::kUsage);
    CHECK(TryMake(a, wat, linker).ok());
  }
}

// --- DEC-05

TEST_CASE("DEC-05: every byte as a heap type of ref.null, element segments and globals: refused, or null") {
  const Engine engine = EngineWith(true);
  int accepted = 0;
  for (int byte = 0; byte < 256; ++byte) {
    const auto b = static_cast<uint8_t>(byte);
    // type 0 = func(); one global of `ref null b` = ref.null b, exported; a passive segment of (ref.null b).
    const std::vector<uint8_t> bytes = {0,    'a', 's', 'm',  1, 0,    0, 0, 1, 4, 1,    0x60, 0, 0,    6, 7,   1,
                                        0x63, b,   0,   0xd0, b, 0x0b, 9, 8, 1, 5, 0x63, b,    1, 0xd0, b, 0x0b};
    const Result<Module> module = Module::Load(engine, bytes);
    if (!module.ok()) {
      CHECK(module.error().kind() != ErrorKind::kBug);
      continue;
    }
    ++accepted;
    Store store(engine);
    CHECK(Linker(engine).Instantiate(store, *module).ok());
  }
  CHECK(accepted >= 3);  // type 0, func, extern
}

TEST_CASE("DEC-05: bits that nobody wrote read as zero") {
  const Engine engine = EngineWith(true);
  Store store(engine);
  Linker linker(engine);
  std::vector<uint64_t> seen;
  linker.DefineHost("host", "see", {{Kind::kI32, Kind::kF32, Kind::kI32}, {}},
                    [&](Caller&, std::span<uint64_t> slots) -> Result<void> {
                      seen.assign(slots.begin(), slots.end());
                      return {};
                    });
  // A careless host: bits above its i32.
  linker.DefineHost("host", "wild", {{}, {Kind::kI32}}, [](Caller&, std::span<uint64_t> slots) -> Result<void> {
    slots[0] = 0xdeadbeef00000008;
    return {};
  });
  linker.DefineHost("host", "wild2", {{}, {Kind::kI64, Kind::kI32}},
                    [](Caller&, std::span<uint64_t> slots) -> Result<void> {
                      slots[0] = 1, slots[1] = 0xdeadbeef00000008;
                      return {};
                    });
  const Instance instance = Make(store, R"((module
    (import "host" "see" (func $see (param i32 f32 i32)))
    (import "host" "wild" (func $wild (result i32))) (import "host" "wild2" (func $wild2 (result i64 i32)))
    (memory 1) (memory $second 1) (data (i32.const 8) "\01\02\03\04\05\06\07\08\09\0a\0b\0c\0d\0e\0f\10")
    (func $dirty (local v128 v128 i64 i64 i64 i64 v128)
      (local.set 0 (v128.const i64x2 -1 -1)) (local.set 1 (v128.const i64x2 -1 -1)) (local.set 2 (i64.const -1))
      (local.set 3 (i64.const -1)) (local.set 4 (i64.const -1)) (local.set 5 (i64.const -1)) (local.set 6 (local.get 0)))
    (func $zeros (result i64 v128 i32 f64) (local i64 v128 i32 f64) (local.get 0) (local.get 1) (local.get 2) (local.get 3))
    (func (export "zeros") (result i64 v128 i32 f64) (call $dirty) (call $zeros))
    (func (export "lanes") (param i32) (result v128 v128 v128)
      (call $dirty) (v128.load32_zero (i32.const 8)) (v128.load64_zero (i32.const 8)) (v128.load32_zero (local.get 0)))
    (func (export "see") (param i64) (call $see (i32.wrap_i64 (local.get 0)) (f32.reinterpret_i32 (i32.wrap_i64 (local.get 0)))
      (i32.sub (i32.const 0) (i32.const 1))))
    (func (export "wild") (result i64 i32 i32)
      (i64.extend_i32_u (call $wild)) (i32.load8_u (call $wild)) (i32.load8_u $second (call $wild)))
    (func (export "wild2") (result i64) (local i32) (call $wild2) (local.set 0) (drop) (i64.extend_i32_u (local.get 0)))
    (func (export "widen") (param i32) (result i64) (i64.extend_i32_u (local.get 0)))
    (func (export "narrow") (param i64) (result i32 f32 i32)
      (i32.wrap_i64 (local.get 0)) (f32.reinterpret_i32 (i32.wrap_i64 (local.get 0))) (i32.wrap_i64 (local.get 0)))))",
                                 linker);
  const auto call = [&](const char* name, std::initializer_list<Val> args) {
    return instance.GetFunc(name).value().Call(args).value();
  };
  for (const Val& v : call("zeros", {})) CHECK((v.bits() == 0 && v.high_bits() == 0));
  const auto lanes = call("lanes", {Val::I32(12)});
  CHECK(lanes[0].v128() == std::array<uint64_t, 2>{0x04030201, 0});
  CHECK(lanes[1].v128() == std::array<uint64_t, 2>{0x0807060504030201, 0});
  CHECK(lanes[2].v128() == std::array<uint64_t, 2>{0x08070605, 0});
  call("see", {Val::I64(-2)});
  REQUIRE(seen.size() >= 3);
  CHECK(seen[0] == 0xfffffffe);
  CHECK(static_cast<uint32_t>(seen[1]) == 0xfffffffe);
  CHECK(seen[2] == 0xffffffff);
  for (const Val& v : call("narrow", {Val::I64(-2)})) CHECK(v.bits() == 0xfffffffe);
  const auto wild = call("wild", {});
  CHECK(wild[0].bits() == 8);
  CHECK(wild[1].bits() == 1);
  CHECK(wild[2].bits() == 0);
  CHECK(call("wild2", {})[0].bits() == 8);
  CHECK(call("widen", {Val::FromBits(Kind::kI32, 0xdeadbeef00000008)})[0].bits() == 8);
}

// --- MEM-06

uint64_t Rounds(const char* variable, uint64_t usual) {
  const char* text = std::getenv(variable);
  return text != nullptr ? std::strtoull(text, nullptr, 10) : usual;
}

// Fills what it has with a secret, and says how many bits of whatever is there are set before.
const char* const kSecrets = R"((module
  (memory 2) (table $t 16 funcref) (global $g (mut i64) (i64.const 0)) (data (i32.const 70000) "public")
  (elem declare func $self)
  (func $self)
  (func $frame (param $n i32) (result i64) (local $a i64) (local $b v128) (local $c f64) (local $r funcref) (local $d i64)
    (local $before i64)
    (local.set $before (i64.or (i64.or (local.get $a) (local.get $d))
      (i64.or (i64.reinterpret_f64 (local.get $c)) (i64x2.extract_lane 1 (local.get $b)))))
    (if (i32.eqz (ref.is_null (local.get $r))) (then (local.set $before (i64.const -1))))
    (local.set $a (i64.const -1)) (local.set $b (v128.const i64x2 -1 -1)) (local.set $c (f64.const -1)) (local.set $r (ref.func $self))
    (local.set $d (i64.const -1))
    (if (local.get $n) (then (local.set $before (i64.or (local.get $before) (call $frame (i32.sub (local.get $n) (i32.const 1)))))))
    (local.get $before))
  (func $table (result i64) (local $i i32) (local $before i64)
    (loop $l
      (if (i32.eqz (ref.is_null (table.get $t (local.get $i)))) (then (local.set $before (i64.const -1))))
      (table.set $t (local.get $i) (ref.func $self))
      (br_if $l (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.const 16))))
    (local.get $before))
  (func $memory (param $step i32) (result i64) (local $i i32) (local $before i64)
    (loop $l
      (local.set $before (i64.or (local.get $before) (i64.load (local.get $i))))
      (i64.store (local.get $i) (i64.const -1))
      (br_if $l (i32.lt_u (local.tee $i (i32.add (local.get $i) (local.get $step))) (i32.const 65536))))
    (if (i64.ne (i64.load32_u (i32.const 70000)) (i64.const 0x6c627570)) (then (local.set $before (i64.const -1))))
    (i64.store (i32.const 70000) (i64.const -1))
    (local.get $before))
  (func (export "frames") (result i64) (call $frame (i32.const 5)))
  (func (export "run") (param i32) (result i64) (local $before i64)
    (local.set $before (i64.or (global.get $g) (i64.or (call $frame (i32.const 5)) (i64.or (call $table) (call $memory (local.get 0))))))
    (global.set $g (i64.const -1))
    (drop (memory.grow (i32.const 1)))
    (local.set $before (i64.or (local.get $before) (i64.load (i32.const 131072))))
    (i64.store (i32.const 131072) (i64.const -1))
    (local.get $before))))";

TEST_CASE("MEM-06: whatever a store leaves behind, the next one finds zeros") {
  for (const bool guards : {true, false}) {
    const Engine engine = EngineWith(guards);
    const Module module = Module::Parse(engine, kSecrets).value();
    const Linker linker(engine);
    uint64_t leaked = 0;
    // CVM_RECYCLES=100000 looks further.
    for (uint64_t i = 0; i < Rounds("CVM_RECYCLES", 5000); ++i) {
      Store store(engine);
      const Instance instance = linker.Instantiate(store, module).value();
      leaked |= static_cast<uint64_t>(instance.Get<int64_t(int32_t)>("run").value()(i % 64 == 0 ? 8 : 4096).value());
    }
    CHECK(leaked == 0);
  }
}

TEST_CASE("MEM-06: the frames of a hundred thousand calls start out zero") {
  const Engine engine = EngineWith(true);
  Store store(engine);
  const Instance instance = Make(store, kSecrets);
  const auto frames = instance.Get<int64_t()>("frames").value();
  uint64_t leaked = 0;
  for (int i = 0; i < 100'000; ++i) leaked |= static_cast<uint64_t>(frames().value());
  CHECK(leaked == 0);
}

uint64_t MappedPages() {
  std::FILE* file = std::fopen("/proc/self/statm", "r");
  if (file == nullptr) return 0;
  unsigned long pages = 0;
  if (std::fscanf(file, "%lu", &pages) != 1) pages = 0;
  std::fclose(file);
  return pages;
}

TEST_CASE("MEM-06: an instantiation that fails at any step leaves nothing behind once its store is gone") {
  const Engine engine = EngineWith(true);
  Linker linker(engine);
  linker.Define("host", "f", [] {});
  linker.Define("host", "fail", []() -> Result<void> { return Error(ErrorKind::kTrap, "no"); });
  StoreOptions options;
  options.max_memory_bytes = 1 << 20;
  options.max_table_elements = 100;
  const std::string import =
      "(import \"host\" \"f\" (func)) (import \"base\" \"m\" (memory 1)) (import \"base\" \"t\" (table 1 funcref)) ";
  std::vector<std::pair<Module, std::string>> steps;
  for (const auto& [fields, words] : std::vector<std::pair<std::string, std::string>>{
           {import + "(import \"base\" \"none\" (func))", "unknown import"},
           {import + "(import \"base\" \"m\" (memory 7))", "incompatible import type"},
           {import + "(import \"base\" \"t\" (func))", "incompatible import type"},
           {import + "(memory 1) (memory 17)", "the limit is"},
           {"(memory 17)", "the limit is"},
           {import + "(memory 1) (table 1 funcref) (table 101 funcref)", "the limit is"},
           {import + "(memory 1) (table 1 funcref) (elem (table 1) (i32.const 1) func 0)",
            "out of bounds table access"},
           {"(memory 1) (data (i32.const 0) \"a\") (data (i32.const 65536) \"b\")", "out of bounds memory access"},
           {import + "(data (i32.const 0) \"a\") (data (i32.const 65536) \"b\")", "out of bounds memory access"},
           {import + "(memory 1) (func $s unreachable) (start $s) (elem (i32.const 0) $s)", "unreachable"},
           {"(import \"host\" \"fail\" (func $s)) (memory 1) (start $s)", "no"},
           {"(memory 1) (func $s (call $s)) (start $s)", "call stack exhausted"},
           {"(memory 1) (func $s (i32.store (i32.const -1) (i32.const 0))) (start $s)", "out of bounds memory access"},
       }) {
    steps.emplace_back(Module::Parse(engine, "(module " + fields + ")").value(), words);
  }
  const Module base = Module::Parse(engine, R"((module (memory (export "m") 1) (table (export "t") 1 funcref)
    (type $v (func)) (func (export "call") (call_indirect (type $v) (i32.const 0)))
    (func (export "grow") (result i32) (memory.grow (i32.const 1)))))")
                          .value();
  uint64_t mapped = 0;
  for (int round = 0; round < 40; ++round) {
    if (round == 10) mapped = MappedPages();
    for (const auto& [module, words] : steps) {
      Store store(engine, options);
      Linker own(engine);
      own.Define("host", "f", [] {});
      own.Define("host", "fail", []() -> Result<void> { return Error(ErrorKind::kTrap, "no"); });
      const Instance instance = linker.Instantiate(store, base).value();
      own.DefineInstance("base", instance);
      const Result<Instance> failed = own.Instantiate(store, module);
      REQUIRE_FALSE(failed.ok());
      CHECK_THAT(failed.error().ToString(), Catch::Contains(words));
      // The store goes on. What a failed instance put into a table can be called: its code lives as long as the store.
      CHECK(instance.Get<int32_t()>("grow").value()().value() == 1);
      const std::string called = OutcomeOf<void()>(instance, "call");
      CHECK((called == "uninitialized element" || called == "unreachable"));
    }
  }
  // Four GiB a memory, were one kept.
  CHECK(MappedPages() < mapped + (uint64_t{1} << 30) / 4096);
}

}  // namespace
}  // namespace cvm
