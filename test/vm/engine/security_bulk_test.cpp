// Bulk operations that trap (MEM-03), sizes that overflow (MEM-04), and segments that are dropped or computed (MEM-05).
#include <array>

#include "test/vm/engine/security.hpp"

namespace cvm {
namespace {

constexpr uint64_t kPage = 65536;

// --- MEM-03

const char* const kBulk = R"((module
  (memory (export "memory") @A@1)
  (data $d "0123456789abcdef")
  (table $t @A@20 funcref) (table $u @A@10 funcref)
  (elem $e func 0 0 0 0 0 0 0 0) (elem (table $t) (offset (@a@.const 0)) func 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0)
  (elem (table $u) (offset (@a@.const 0)) func 0 0 0 0 0)
  (func (export "fill") (param @a@ @a@) (memory.fill (local.get 0) (i32.const 1) (local.get 1)))
  (func (export "copy") (param @a@ @a@ @a@) (memory.copy (local.get 0) (local.get 1) (local.get 2)))
  (func (export "init") (param @a@ i32 i32) (memory.init $d (local.get 0) (local.get 1) (local.get 2)))
  (func (export "table.fill") (param @a@ @a@) (table.fill $t (local.get 0) (ref.null func) (local.get 1)))
  (func (export "table.copy") (param @a@ @a@ @a@) (table.copy $t $u (local.get 0) (local.get 1) (local.get 2)))
  (func (export "table.init") (param @a@ i32 i32) (table.init $t $e (local.get 0) (local.get 1) (local.get 2)))
  (func (export "grow") (param @a@) (result @a@) (table.grow $t (ref.func 0) (local.get 0)))
  (func (export "nulls") (result @a@) (local $i @a@) (local $n @a@)
    (loop $l
      (if (ref.is_null (table.get $t (local.get $i))) (then (local.set $n (@a@.add (local.get $n) (@a@.const 1)))))
      (br_if $l (@a@.lt_u (local.tee $i (@a@.add (local.get $i) (@a@.const 1))) (table.size $t))))
    (local.get $n))
  (elem declare func 0)))";

std::string ForAddresses(std::string text, bool wide) {
  for (const auto& [from, to] : {std::pair{"@A@", wide ? "i64 " : ""}, std::pair{"@a@", wide ? "i64" : "i32"}}) {
    for (size_t at = text.find(from); at != std::string::npos; at = text.find(from)) text.replace(at, 3, to);
  }
  return text;
}

// Calls with numbers, of whatever type the parameters have; results are numbers too.
Result<std::vector<Val>> CallWith(const Instance& instance, const char* name, const std::vector<uint64_t>& numbers) {
  const Func f = instance.GetFunc(name).value();
  std::vector<Val> args;
  for (size_t i = 0; i < numbers.size(); ++i) {
    const Kind kind = f.signature().params.at(i);
    args.push_back(Val::FromBits(kind, kind == Kind::kI32 ? static_cast<uint32_t>(numbers[i]) : numbers[i]));
  }
  return f.Call(args);
}

uint64_t NumberOf(const Instance& instance, const char* name, const std::vector<uint64_t>& numbers = {}) {
  return CallWith(instance, name, numbers).value()[0].bits();
}

TEST_CASE("MEM-03: a bulk operation that traps has written nothing") {
  for (const bool wide : {false, true}) {
    const Engine engine = EngineWith(true);
    Store store(engine);
    const Instance instance = Make(store, ForAddresses(kBulk, wide));
    const std::span<uint8_t> bytes = instance.GetMemory("memory").value().data();
    for (size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<uint8_t>(i * 7 + 1);
    const std::vector<uint8_t> before(bytes.begin(), bytes.end());
    const uint64_t last = wide ? ~uint64_t{0} : 0xffffffff;
    const auto check = [&](const char* name, const std::vector<uint64_t>& args, const char* words) {
      CAPTURE(wide, name, args);
      CHECK(Outcome(CallWith(instance, name, args)) == words);
      CHECK(std::equal(bytes.begin(), bytes.end(), before.begin()));
      CHECK(NumberOf(instance, "nulls") == 0);
    };
    for (const uint64_t n : {uint64_t{1}, uint64_t{2}, uint64_t{16}, kPage, kPage + 1, uint64_t{0x80000000}, last}) {
      check("fill", {kPage - n + 1, n}, kOutOfBounds);
      check("copy", {0, kPage - n + 1, n}, kOutOfBounds);
      check("copy", {kPage - n + 1, 0, n}, kOutOfBounds);
      check("copy", {n > kPage ? 0 : kPage - n, n > kPage ? 1 : kPage - n + 1, n}, kOutOfBounds);
    }
    for (const uint64_t n : {1, 2, 16}) {
      check("init", {kPage - n + 1, 0, n}, kOutOfBounds);
      check("init", {0, 16 - n + 1, n}, kOutOfBounds);
    }
    check("init", {0, 0, 17}, kOutOfBounds), check("init", {0, 0xffffffff, 2}, kOutOfBounds);
    check("init", {0, 1, 0xffffffff}, kOutOfBounds);
    for (const uint64_t n : {uint64_t{1}, uint64_t{2}, uint64_t{20}, uint64_t{21}, uint64_t{0x80000000}, last}) {
      check("table.fill", {20 - n + 1, n}, kTableOutOfBounds);
    }
    // The source has five nulls at its end; they would show.
    for (const uint64_t n : {uint64_t{1}, uint64_t{2}, uint64_t{6}, uint64_t{10}}) {
      check("table.copy", {0, 10 - n + 1, n}, kTableOutOfBounds);
      check("table.copy", {20 - n + 1, 10 - n, n}, kTableOutOfBounds);
    }
    check("table.copy", {0, 0, 11}, kTableOutOfBounds), check("table.copy", {0, 0, last}, kTableOutOfBounds);
    check("table.copy", {0, last, 2}, kTableOutOfBounds), check("table.copy", {last, 0, 2}, kTableOutOfBounds);
    check("table.init", {13, 0, 8}, kTableOutOfBounds), check("table.init", {0, 1, 8}, kTableOutOfBounds);
    check("table.init", {last, 0, 2}, kTableOutOfBounds), check("table.init", {0, 0xffffffff, 2}, kTableOutOfBounds);
    // Growing makes all elements what it was told to, or none.
    CHECK(NumberOf(instance, "grow", {1000}) == 20);
    CHECK(NumberOf(instance, "nulls") == 0);
    CHECK(NumberOf(instance, "grow", {last}) == last);
    CHECK(NumberOf(instance, "nulls") == 0);
  }
}

// --- MEM-04

const uint64_t kHuge[] = {uint64_t{1} << 16, uint64_t{1} << 31, (uint64_t{1} << 32) - 1, uint64_t{1} << 32,
                          uint64_t{1} << 47, uint64_t{1} << 48, (uint64_t{1} << 48) + 1, uint64_t{1} << 63,
                          ~uint64_t{0} - 1,  ~uint64_t{0}};

std::string Growing(const std::string& memory, const std::string& table, bool wide) {
  return ForAddresses("(module (memory (export \"memory\") " + memory + ") (table " + table + R"()
    (func (export "grow") (param @a@) (result @a@) (memory.grow (local.get 0)))
    (func (export "size") (result @a@) (memory.size))
    (func (export "table.grow") (param @a@) (result @a@) (table.grow (ref.null func) (local.get 0)))
    (func (export "table.size") (result @a@) (table.size))
    (func (export "touch") (param @a@) (result i32) (i32.load8_u (local.get 0)))))",
                      wide);
}

TEST_CASE("MEM-04: growing by sizes that overflow fails with -1 and changes nothing") {
  for (const bool guards : {true, false}) {
    const Engine engine = EngineWith(guards);
    for (const bool wide : {false, true}) {
      for (const char* pages : {"0", "1", "3", "1 1", "5 (pagesize 1)"}) {
        CAPTURE(guards, wide, pages);
        Store store(engine, {.max_memory_bytes = uint64_t{4} << 30});
        const std::string a = wide ? "i64 " : "";
        const Instance instance = Make(store, Growing(a + pages, a + "7 funcref", wide));
        const uint64_t failed = wide ? ~uint64_t{0} : 0xffffffff;
        const uint64_t size = NumberOf(instance, "size");
        for (const uint64_t delta : kHuge) {
          if (!wide && delta > 0xffffffff) continue;
          if (std::string(pages).find("pagesize") != std::string::npos && delta < 0xffffffff) continue;
          CAPTURE(delta);
          if (size != 0 || delta != 65536) CHECK(NumberOf(instance, "grow", {delta}) == failed);
          CHECK(NumberOf(instance, "size") == size);
          if (delta > 10'000'000) CHECK(NumberOf(instance, "table.grow", {delta}) == failed);
          CHECK(NumberOf(instance, "table.size") == 7);
          const auto touched = CallWith(instance, "touch", {instance.GetMemory("memory").value().data().size()});
          CHECK(Outcome(touched) == kOutOfBounds);
        }
        CHECK(NumberOf(instance, "grow", {0}) == size);
        CHECK_FALSE(instance.GetMemory("memory").value().Grow(~uint64_t{0}).ok());
        CHECK_FALSE(instance.GetMemory("memory").value().Grow(uint64_t{1} << 48).ok());
      }
    }
  }
}

TEST_CASE("MEM-04: minimum sizes that cannot be are errors of linking") {
  const Engine engine = EngineWith(true);
  Store store(engine);
  const auto check = [&](const std::string& wat) {
    INFO(wat);
    Result<Module> module = Module::Parse(engine, wat);
    if (!module.ok()) return;  // refused earlier still
    const Result<Instance> instance = Linker(engine).Instantiate(store, *module);
    REQUIRE_FALSE(instance.ok());
    CHECK(instance.error().kind() == ErrorKind::kLimit);
  };
  for (const uint64_t n : kHuge) {
    const std::string size = std::to_string(n);
    if (n > 65536) check("(module (memory i64 " + size + "))");
    if (n > uint64_t{1} << 32) check("(module (memory i64 " + size + " (pagesize 1)))");
    if (n > 65536) check("(module (memory i64 " + size + ") (data (i64.const 0) \"x\"))");
    if (n > 65536) check("(module (table i64 " + size + " funcref))");
    if (n > 65536 && n < uint64_t{1} << 32) check("(module (table " + size + " externref))");
  }
}

// However much the store allows: 32-bit addresses reach 65536 pages.
TEST_CASE("MEM-04: a memory of 32-bit addresses never grows beyond them") {
  for (const bool guards : {true, false}) {
    const Engine engine = EngineWith(guards);
    for (const uint64_t allowed : {uint64_t{4} << 30, uint64_t{6} << 30, uint64_t{64} << 30, ~uint64_t{0}}) {
      CAPTURE(guards, allowed);
      StoreOptions options;
      options.max_memory_bytes = allowed;
      options.max_table_elements = ~uint64_t{0};
      Store store(engine, options);
      const auto made = TryMake(store, Growing("65535", "1 funcref", false), Linker(engine));
      if (!made.ok()) {
        // The one thing that may be said against it.
        CHECK(made.error().kind() == ErrorKind::kLimit);
        continue;
      }
      const Instance& instance = *made;
      CHECK(NumberOf(instance, "grow", {2}) == 0xffffffff);
      CHECK(NumberOf(instance, "grow", {1}) == 65535);
      for (const uint64_t delta : {uint64_t{1}, uint64_t{512}, uint64_t{513}, uint64_t{65536}, uint64_t{0xffffffff}}) {
        CHECK(NumberOf(instance, "grow", {delta}) == 0xffffffff);
        CHECK_FALSE(instance.GetMemory("memory").value().Grow(delta).ok());
      }
      CHECK(NumberOf(instance, "size") == 65536);
      CHECK(NumberOf(instance, "touch", {0xffffffff}) == 0);
      CHECK(NumberOf(instance, "table.grow", {0xffffffff}) == 0xffffffff);
      CHECK(NumberOf(instance, "table.size") == 1);
    }
    Store store(engine);
    const Instance bytes = Make(store, Growing("1 (pagesize 1)", "1 funcref", false));
    CHECK(NumberOf(bytes, "grow", {0xfffffffe}) == 1);
    CHECK(NumberOf(bytes, "grow", {1}) == 0xffffffff);
    CHECK(NumberOf(bytes, "size") == 0xffffffff);
    CHECK(Outcome(CallWith(bytes, "touch", {0xffffffff})) == kOutOfBounds);
    CHECK(NumberOf(bytes, "touch", {0xfffffffe}) == 0);
  }
}

TEST_CASE("MEM-04: the store's limits are asked before anything grows") {
  const Engine engine = EngineWith(true);
  StoreOptions options;
  options.max_memory_bytes = 3 * kPage + 1;
  options.max_table_elements = 10;
  Store store(engine, options);
  const Instance instance = Make(store, Growing("1", "4 funcref", false));
  CHECK(NumberOf(instance, "grow", {3}) == 0xffffffff);
  CHECK(NumberOf(instance, "grow", {2}) == 1);
  CHECK(NumberOf(instance, "grow", {1}) == 0xffffffff);
  CHECK(NumberOf(instance, "table.grow", {7}) == 0xffffffff);
  CHECK(NumberOf(instance, "table.grow", {6}) == 4);
  CHECK(NumberOf(instance, "table.grow", {1}) == 0xffffffff);
  const auto more = TryMake(store, "(module (memory 4))", Linker(engine));
  REQUIRE_FALSE(more.ok());
  CHECK(more.error().kind() == ErrorKind::kLimit);
}

// --- MEM-05

TEST_CASE("MEM-05: dropped segments are empty, active and declarative ones count as dropped") {
  const Engine engine = EngineWith(true);
  Store store(engine);
  const Instance instance = Make(store, R"((module
    (memory 1) (table $t 10 funcref)
    (data $passive "abc") (data $active (i32.const 0) "xyz")
    (elem $p func 0 0 0) (elem $a (i32.const 0) func 0 0) (elem $d declare func 0)
    (elem $x funcref (ref.func 0) (ref.null func) (ref.func 0))
    (func)
    (func (export "memory.passive") (param i32 i32 i32) (memory.init $passive (local.get 0) (local.get 1) (local.get 2)))
    (func (export "memory.active") (param i32 i32 i32) (memory.init $active (local.get 0) (local.get 1) (local.get 2)))
    (func (export "table.passive") (param i32 i32 i32) (table.init $t $p (local.get 0) (local.get 1) (local.get 2)))
    (func (export "table.active") (param i32 i32 i32) (table.init $t $a (local.get 0) (local.get 1) (local.get 2)))
    (func (export "table.declared") (param i32 i32 i32) (table.init $t $d (local.get 0) (local.get 1) (local.get 2)))
    (func (export "table.expressions") (param i32 i32 i32) (table.init $t $x (local.get 0) (local.get 1) (local.get 2)))
    (func (export "null") (param i32) (result i32) (ref.is_null (table.get $t (local.get 0))))
    (func (export "drop") (data.drop $passive) (elem.drop $p) (elem.drop $x) (data.drop $active) (elem.drop $a))))");
  const auto check = [&](const std::string& name, uint64_t size, uint64_t room) {
    const std::string bad = name.starts_with("memory") ? kOutOfBounds : kTableOutOfBounds;
    const auto call = [&](uint64_t dst, uint64_t src, uint64_t n) {
      return Outcome(CallWith(instance, name.c_str(), {dst, src, n}));
    };
    CAPTURE(name, size);
    CHECK(call(5, 0, size) == "");
    CHECK(call(5, 0, size + 1) == bad);
    CHECK(call(5, 1, size) == bad);
    // Of length 0: at the ends, and beyond them.
    CHECK(call(0, size, 0) == "");
    CHECK(call(room, 0, 0) == "");
    CHECK(call(room, size, 0) == "");
    CHECK(call(0, size + 1, 0) == bad);
    CHECK(call(room + 1, 0, 0) == bad);
    CHECK(call(0, 0xffffffff, 0) == bad);
    CHECK(call(0xffffffff, 0, 0) == bad);
    CHECK(call(0, 0xffffffff, 1) == bad);
    CHECK(call(0xffffffff, 0, 1) == bad);
  };
  const auto check_all = [&](uint64_t size) {
    check("memory.passive", size, kPage), check("memory.active", 0, kPage);
    check("table.passive", size, 10), check("table.active", 0, 10), check("table.declared", 0, 10);
    check("table.expressions", size, 10);
  };
  check_all(3);
  CHECK(NumberOf(instance, "null", {5}) == 0);
  CHECK(NumberOf(instance, "null", {6}) == 1);
  CHECK(NumberOf(instance, "null", {7}) == 0);
  CHECK(NumberOf(instance, "null", {8}) == 1);
  for (int i = 0; i < 2; ++i) {
    CHECK(Outcome(instance.GetFunc("drop").value().Call({})) == "");
    check_all(0);
  }
  // Another instance of the same module has segments of its own: nothing but its own drop empties them.
  CHECK(NumberOf(instance, "null", {5}) == 0);
}

TEST_CASE("MEM-05: segments whose offsets and elements are expressions") {
  const Engine engine = EngineWith(true);
  Store store(engine);
  Linker linker(engine);
  const Instance base = Make(store, R"((module (func (export "one") (result i32) (i32.const 1))
    (global (export "at") i32 (i32.const 4)) (global (export "minus") i32 (i32.const -1))
    (global (export "ref") funcref (ref.func 0))
    (memory (export "memory") 1) (table (export "table") 8 funcref)
    (func (export "byte") (param i32) (result i32) (i32.load8_u (local.get 0)))
    (func (export "null") (param i32) (result i32) (ref.is_null (table.get (local.get 0))))))");
  linker.DefineInstance("base", base);
  const std::string imports = R"((module (import "base" "one" (func $one (result i32)))
    (import "base" "at" (global $at i32)) (import "base" "minus" (global $minus i32))
    (import "base" "ref" (global $ref funcref))
    (import "base" "memory" (memory 1)) (import "base" "table" (table 8 funcref)) )";
  Make(store, imports + R"(
    (data (i32.add (global.get $at) (i32.const 1)) "k") (data (offset (i32.sub (i32.const 0) (i32.const -9))) "l")
    (elem (offset (i32.mul (global.get $at) (i32.const 1))) funcref (global.get $ref) (ref.null func) (ref.func $one))
    (elem (offset (i32.add (global.get $minus) (i32.const 1))) func $one)
    (data (offset (i32.add (global.get $minus) (i32.const 2))) "w")))",
       linker);
  CHECK(NumberOf(base, "byte", {5}) == 'k');
  CHECK(NumberOf(base, "byte", {9}) == 'l');
  CHECK(NumberOf(base, "byte", {1}) == 'w');
  for (const auto& [i, null] : {std::pair{0, 0}, {1, 1}, {3, 1}, {4, 0}, {5, 1}, {6, 0}, {7, 1}}) {
    CHECK(NumberOf(base, "null", {static_cast<uint64_t>(i)}) == static_cast<uint64_t>(null));
  }
  // What is out of bounds traps after what came before it was written; empty segments are checked too.
  const auto traps = [&](const std::string& fields, const char* words) {
    INFO(fields);
    CHECK(Outcome(TryMake(store, imports + fields + ")", linker)) == words);
  };
  traps("(data (global.get $minus) \"x\")", kOutOfBounds);
  traps("(data (global.get $minus) \"\")", kOutOfBounds);
  traps("(data (i32.const 65536) \"x\")", kOutOfBounds);
  traps("(data (i32.const 65537) \"\")", kOutOfBounds);
  traps("(elem (global.get $minus) func $one)", kTableOutOfBounds);
  traps("(elem (i32.const 9) func)", kTableOutOfBounds);
  traps("(data (i32.const 20) \"first\") (data (i32.const 65535) \"xy\")", kOutOfBounds);
  CHECK(NumberOf(base, "byte", {20}) == 'f');
  CHECK(NumberOf(base, "byte", {65535}) == 0);
  traps("(elem (i32.const 7) func $one) (elem (i32.const 7) func $one $one) (data (i32.const 30) \"x\")",
        kTableOutOfBounds);
  CHECK(NumberOf(base, "null", {7}) == 0);
  CHECK(NumberOf(base, "byte", {30}) == 0);  // tables are filled before memories
  CHECK(Outcome(TryMake(store, imports + "(data (i32.const 65536) \"\") (elem (i32.const 8) func))", linker)) == "");
  // Own memories of 64-bit addresses, larger than any image of theirs.
  CHECK(Outcome(TryMake(store, "(module (memory i64 1) (data (i64.const -1) \"x\"))", linker)) == kOutOfBounds);
  CHECK(Outcome(TryMake(store, "(module (memory i64 1) (data (i64.const 65535) \"xy\"))", linker)) == kOutOfBounds);
  CHECK(Outcome(TryMake(store, "(module (memory 0) (data (i32.const 1) \"\"))", linker)) == kOutOfBounds);
  CHECK(Outcome(TryMake(store, "(module (memory 1) (data (i32.const -1) \"xx\") (data (i32.const 0) \"a\"))",
                        linker)) == kOutOfBounds);
}

}  // namespace
}  // namespace cvm
