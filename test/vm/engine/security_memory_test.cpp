// Memory accesses at every edge (MEM-01, MEM-02), and bases and sizes that must not go stale (INT-03).
#include <array>

#include "test/vm/compile/values.hpp"
#include "test/vm/engine/security.hpp"
#include "vm/isa/opcode.hpp"

namespace cvm {
namespace {

constexpr uint64_t kPage = 65536;
constexpr uint64_t kRange32 = uint64_t{1} << 32;

// --- INT-03

// Modules of which "touch" loads and stores at the old end, has the memory grown by `grower`, and touches both ends
// again: in one function, so that whatever a compiler would keep over the call is kept.
std::string GrowingModule(bool wide, const std::string& memory, const std::string& grower) {
  const std::string a = wide ? "i64" : "i32";
  return "(module (type $v (func)) (import \"host\" \"grow\" (func $host)) " + memory +
         " (table funcref (elem $other)) " + "(func $own (export \"own\") (drop (memory.grow (" + a +
         ".const 1)))) (func $other (call $own)) " +
         "(func $tail (return_call $own)) (func $tail_host (return_call $host)) " +
         // 8 bytes at the end as `before` sees it, then at the new one; the sum of what is read.
         "(func (export \"touch\") (param $at " + a + ") (result i64) (local $sum i64) " +
         "(i64.store (local.get $at) (i64.const 1)) (local.set $sum (i64.load (local.get $at))) " + grower +
         " (local.set $sum (i64.add (local.get $sum) (i64.load (local.get $at)))) " +
         "(i64.store offset=65536 (local.get $at) (i64.const 40)) (memory.fill (local.get $at) (i32.const 0) (" + a +
         ".const 8)) (i64.add (local.get $sum) (i64.add (i64.load (local.get $at)) (i64.load offset=65536 (local.get "
         "$at))))) " +
         "(func (export \"beyond\") (param $at " + a + ") (result i64) " + grower +
         " (i64.load offset=65536 (local.get $at))))";
}

void CheckGrowing(const Engine& engine, bool wide, const std::string& grower, bool imported) {
  CAPTURE(wide, grower, imported);
  Store store(engine);
  const Instance* self = nullptr;
  bool by_guest = false;
  Linker linker(engine);
  linker.Define("host", "grow", [&](Caller& caller) -> Result<void> {
    if (by_guest) return self->Get<void()>("own").value()();
    const Result<uint64_t> grown = caller.memory().value().Grow(1);
    if (!grown.ok()) return grown.error();
    return {};
  });
  const std::string type = wide ? "i64 3" : "3";
  if (imported) {
    linker.DefineInstance("owner", Make(store, "(module (memory (export \"memory\") " + type + "))"));
  }
  const std::string memory = imported ? "(import \"owner\" \"memory\" (memory $m " + type + "))"
                                      : "(memory $m (export \"memory\") " + type + ")";
  const Instance instance = Make(store, GrowingModule(wide, memory, grower), linker);
  self = &instance;
  uint64_t pages = 3;
  const auto call = [&](const char* name, uint64_t at) -> Result<int64_t> {
    if (wide) return instance.Get<int64_t(uint64_t)>(name).value()(at);
    return instance.Get<int64_t(uint32_t)>(name).value()(static_cast<uint32_t>(at));
  };
  for (int i = 0; i < 4; ++i) {
    by_guest = i % 2 == 1;
    const Result<int64_t> sum = call("touch", pages++ * kPage - 8);
    REQUIRE(Outcome(sum) == "");
    CHECK(*sum == 1 + 1 + 40);
    // One byte beyond the new end, in the function that has it grown.
    CHECK(Outcome(call("beyond", pages++ * kPage - 7)) == kOutOfBounds);
  }
}

TEST_CASE("INT-03: memory grown by whatever was called is seen at its old end and its new one") {
  for (const bool guards : {true, false}) {
    const Engine engine = EngineWith(guards);
    for (const bool wide : {false, true}) {
      for (const bool imported : {false, true}) {
        for (const char* grower :
             {"(call $own)", "(call $other)", "(call $tail)", "(call_indirect (type $v) (i32.const 0))", "(call $host)",
              "(call $tail_host)", "(drop (memory.grow (select (local.get $at) (local.get $at) (i32.const 0))))"}) {
          std::string text = grower;
          if (text.find("memory.grow") != std::string::npos)
            text = wide ? "(drop (memory.grow (i64.const 1)))" : "(drop (memory.grow (i32.const 1)))";
          CheckGrowing(engine, wide, text, imported);
        }
      }
    }
  }
}

TEST_CASE("INT-03: a memory that two instances share grows for both, and under a loop") {
  for (const bool guards : {true, false}) {
    const Engine engine = EngineWith(guards);
    Store store(engine);
    const Instance owner = Make(store, R"((module (memory (export "memory") 1)
      (func (export "grow") (result i32) (memory.grow (i32.const 1)))
      (func (export "get") (param i32) (result i32) (i32.load8_u (local.get 0)))))");
    Linker linker(engine);
    linker.DefineInstance("owner", owner);
    const Instance user = Make(store, R"((module (import "owner" "memory" (memory 1))
      (import "owner" "grow" (func $grow (result i32))) (import "owner" "get" (func $get (param i32) (result i32)))
      (func (export "get") (param i32) (result i32) (i32.load8_u (local.get 0)))
      ;; In each turn of the loop: grow, write the last byte by this instance, read it by the other.
      (func (export "run") (param $n i32) (result i32) (local $at i32) (local $sum i32)
        (loop $l
          (local.set $at (i32.sub (i32.shl (i32.add (call $grow) (i32.const 1)) (i32.const 16)) (i32.const 1)))
          (i32.store8 (local.get $at) (local.get $n))
          (local.set $sum (i32.add (local.get $sum) (call $get (local.get $at))))
          (br_if $l (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
        (local.get $sum))))",
                               linker);
    using Get = int32_t(int32_t);
    CHECK(OutcomeOf<Get>(user, "get", 65536) == kOutOfBounds);
    CHECK(user.Get<Get>("run").value()(10).value() == 55);
    for (const Instance* instance : {&owner, &user}) {
      CHECK(instance->Get<Get>("get").value()(11 * 65536 - 1).value() == 1);
      CHECK(OutcomeOf<Get>(*instance, "get", 11 * 65536) == kOutOfBounds);
    }
    CHECK(owner.GetMemory("memory").value().Grow(1).value() == 11);
    for (const Instance* instance : {&owner, &user}) {
      CHECK(instance->Get<Get>("get").value()(12 * 65536 - 1).value() == 0);
      CHECK(OutcomeOf<Get>(*instance, "get", 12 * 65536) == kOutOfBounds);
    }
  }
}

// --- MEM-01, MEM-02

struct Access1 {
  const OpcodeInfo* info;
  uint64_t width;
  bool lane, load;
  Kind value;  // loaded or stored
};

Kind KindOfLetter(char letter) {
  switch (letter) {
    case 'i':
      return Kind::kI32;
    case 'l':
      return Kind::kI64;
    case 'f':
      return Kind::kF32;
    case 'd':
      return Kind::kF64;
    default:
      return Kind::kV128;
  }
}

// All loads and stores but the atomic ones, which the engine refuses to run.
std::vector<Access1> AllAccesses() {
  std::vector<Access1> all;
  for (const OpcodeInfo& info : AllOpcodes()) {
    const bool lane = info.imm == ImmKind::kMemArgLane;
    if ((info.imm != ImmKind::kMemArg && !lane) || info.prefix == 0xfe) continue;
    const bool load = info.sig.back() != ':';
    const uint64_t width = lane ? uint64_t{1} << AccessSizeLog2(info.op) : InstrOf(info.op).access_bytes;
    all.push_back({&info, width, lane, load, KindOfLetter(load ? info.sig.back() : info.sig[1])});
  }
  return all;
}

// How the address is computed: as it comes; as a sum; as a sum with an index scaled by the width.
enum class Form { kPlain, kSum, kScaled };
constexpr uint64_t kDelta = 0x20, kIndex = 5;

struct AccessModule {
  bool wide;           // 64-bit addresses
  std::string memory;  // "i64 1 (pagesize 1)"
  std::vector<uint64_t> offsets;
};

std::string NameOf(const Access1& access, size_t offset, Form form) {
  return std::string(access.info->text) + "/" + std::to_string(offset) + "/" + std::to_string(static_cast<int>(form));
}

uint32_t ScaleOf(const Access1& access) { return AccessSizeLog2(access.info->op); }

std::string AccessText(const AccessModule& m, const std::vector<Access1>& accesses) {
  const std::string a = m.wide ? "i64" : "i32";
  std::string text = "(module (memory (export \"memory\") " + m.memory + ")\n";
  for (const Access1& access : accesses) {
    for (size_t o = 0; o < m.offsets.size(); ++o) {
      for (const Form form : {Form::kPlain, Form::kSum, Form::kScaled}) {
        const std::string value = KindName(access.value);
        text += "(func (export \"" + NameOf(access, o, form) + "\") (param " + a + " " + a;
        text += access.load && !access.lane ? ")" : " " + value + ")";
        text += access.load ? " (result " + value + ") local.get 0 " : " local.get 0 ";
        if (form == Form::kSum) text += "local.get 1 " + a + ".add ";
        if (form == Form::kScaled) {
          text += "local.get 1 " + a + ".const " + std::to_string(ScaleOf(access)) + " " + a + ".shl " + a + ".add ";
        }
        if (!access.load || access.lane) text += "local.get 2 ";
        text += std::string(access.info->text) + " offset=" + std::to_string(m.offsets[o]) + (access.lane ? " 1" : "") +
                ")\n";
      }
    }
  }
  return text + ")";
}

// lane 1 of 16, 8, 4 or 2; of bytes each lane has its own.
Val StoredValue(Kind kind) {
  switch (kind) {
    case Kind::kI32:
      return Val::FromBits(kind, 0x84838281);
    case Kind::kF32:
      return Val::FromBits(kind, 0x44434241);
    case Kind::kV128:
      return Val::V128({0x8887868584838281, 0x9897969594939291});
    default:
      return Val::FromBits(kind, 0x5857565554535251);
  }
}

class AccessChecker {
 public:
  AccessChecker(const Engine& engine, AccessModule m)
      : m_(std::move(m)), accesses_(AllAccesses()), store_(engine), instance_(Make(store_, AccessText(m_, accesses_))) {
    const std::span<uint8_t> bytes = data();
    for (size_t i = 0; i < std::min<size_t>(bytes.size(), kPage); ++i) {
      bytes[i] = static_cast<uint8_t>(i * 167 + 13);
      bytes[bytes.size() - 1 - i] = static_cast<uint8_t>(i * 59 + 7);
    }
  }

  // Each access by each form at each of these addresses (before the offset).
  template <class Indices>
  void CheckAll(const Indices& indices_for) {
    for (const Access1& access : accesses_) {
      for (size_t o = 0; o < m_.offsets.size(); ++o) {
        const std::vector<uint64_t> indices = indices_for(access.width, m_.offsets[o], data().size());
        for (const Form form : {Form::kPlain, Form::kSum, Form::kScaled}) {
          const Func f = instance_.GetFunc(NameOf(access, o, form)).value();
          for (const uint64_t index : indices)
            Check(access, o, form, f, m_.wide ? index : static_cast<uint32_t>(index));
        }
      }
    }
  }

  uint64_t checked = 0, trapped = 0;

 private:
  std::span<uint8_t> data() const { return instance_.GetMemory("memory").value().data(); }

  Val Address(uint64_t bits) const {
    return m_.wide ? Val::FromBits(Kind::kI64, bits) : Val::FromBits(Kind::kI32, static_cast<uint32_t>(bits));
  }

  void Check(const Access1& access, size_t o, Form form, const Func& f, uint64_t index) {
    const std::span<uint8_t> bytes = data();
    __extension__ using Wide = unsigned __int128;
    const Wide at = static_cast<Wide>(index) + m_.offsets[o];
    const bool fits = at + access.width <= bytes.size();
    const Val stored = StoredValue(access.value);
    std::vector<Val> args = {Address(index), Address(0)};
    if (form == Form::kSum) args = {Address(index - kDelta), Address(kDelta)};
    if (form == Form::kScaled) args = {Address(index - (kIndex << ScaleOf(access))), Address(kIndex)};
    if (!access.load || access.lane) args.push_back(stored);
    // What lies around the access, or at the end of the memory, before and after.
    const uint64_t middle = fits ? static_cast<uint64_t>(at) : bytes.size();
    const uint64_t from = middle - std::min<uint64_t>(middle, 32);
    const uint64_t to = std::min<uint64_t>(bytes.size(), middle + 48);
    std::vector<uint8_t> want(bytes.begin() + static_cast<long>(from), bytes.begin() + static_cast<long>(to));
    const Result<std::vector<Val>> result = f.Call(args);
    ++checked;
    if (result.ok() != fits) Fail(access, o, form, index, fits ? "trapped" : "did not trap");
    if (!fits) {
      ++trapped;
      if (result.error().message() != kOutOfBounds) Fail(access, o, form, index, result.error().ToString());
    } else {
      CheckMoved(access, o, form, index, stored, *result, want.data() + (middle - from));
    }
    if (!std::equal(want.begin(), want.end(), bytes.begin() + static_cast<long>(from))) {
      Fail(access, o, form, index, "wrote other bytes");
    }
  }

  // For a load: that `result` is what `p` says; for a store: writes to `p` what it should have written.
  void CheckMoved(const Access1& access, size_t o, Form form, uint64_t index, const Val& stored,
                  const std::vector<Val>& result, uint8_t* p) {
    Value value = Value::Of(std::array{stored.bits(), stored.high_bits()});
    if (access.lane) {
      uint8_t* lane = value.bytes + access.width;
      std::memcpy(access.load ? lane : p, access.load ? p : lane, access.width);
    } else if (access.load) {
      value = {};
      InstrOf(access.info->op).load(p, &value);
    } else {
      InstrOf(access.info->op).store(p, value);
    }
    if (!access.load) return;
    auto [low, high] = value.As<std::array<uint64_t, 2>>();
    if (access.value == Kind::kI32 || access.value == Kind::kF32) low &= 0xffffffff;
    if (access.value != Kind::kV128) high = 0;
    if (result[0] != Val::FromBits(access.value, low, high)) Fail(access, o, form, index, "read other bytes");
  }

  [[noreturn]] void Fail(const Access1& access, size_t o, Form form, uint64_t index, const std::string& what) {
    FAIL("memory " << m_.memory << ": " << NameOf(access, o, form) << " offset " << m_.offsets[o] << " index "
                   << std::hex << index << ": " << what);
    std::abort();
  }

  AccessModule m_;
  std::vector<Access1> accesses_;
  Store store_;
  Instance instance_;
};

// Addresses at the end of the memory and at the ends of the ranges of i32 and i64, as the offset shifts them.
std::vector<uint64_t> Edges(uint64_t width, uint64_t offset, uint64_t size) {
  std::vector<uint64_t> all = {0, 1, 0x7fffffff, 0x80000000, uint64_t{1} << 63};
  for (const uint64_t end : {size - offset, size, kRange32 - offset, kRange32, uint64_t{0} - offset, uint64_t{0}}) {
    for (const uint64_t d : {width + 1, width, width - 1, uint64_t{1}, uint64_t{0}}) all.push_back(end - d);
  }
  std::sort(all.begin(), all.end());
  all.erase(std::unique(all.begin(), all.end()), all.end());
  return all;
}

TEST_CASE("MEM-01: every load and store at the edges of memories of 0, 1 and 65536 pages") {
  for (const bool guards : {true, false}) {
    const Engine engine = EngineWith(guards);
    for (const char* pages : {"0", "1", "65536"}) {
      AccessChecker narrow(engine, {false, pages, {0, uint64_t{1} << 31, kRange32 - 1}});
      narrow.CheckAll(Edges);
      CHECK(narrow.trapped > 1000);
      CHECK((narrow.trapped == narrow.checked) == (pages == std::string("0")));
      if (!guards) continue;  // 64-bit addresses are always checked in code
      AccessChecker wide(engine, {true,
                                  std::string("i64 ") + pages,
                                  {0, uint64_t{1} << 31, kRange32 - 1, kRange32, uint64_t{1} << 63, ~uint64_t{0}}});
      wide.CheckAll(Edges);
      CHECK(wide.trapped > 1000);
    }
  }
}

TEST_CASE("MEM-01: offsets at the edges of what instructions have room for, and of the guard") {
  const Engine engine = EngineWith(true);
  constexpr uint64_t kGuard = uint64_t{32} << 20;
  AccessChecker checker(engine, {false,
                                 "1",
                                 {1, 0x7fff, 0x8000, 0xffff, 0x10000, kGuard - 33, kGuard - 32, kGuard - 31,
                                  kGuard - 16, kGuard - 1, kGuard, 0x7fffffff}});
  checker.CheckAll(Edges);
  CHECK(checker.trapped < checker.checked);
}

TEST_CASE("MEM-01: constant addresses, which are added to the offset") {
  for (const bool guards : {true, false}) {
    const Engine engine = EngineWith(guards);
    for (const uint64_t pages : {1, 65536}) {
      Store store(engine);
      std::vector<std::pair<uint64_t, uint64_t>> places;  // address, offset
      std::string text = "(module (memory " + std::to_string(pages) + ")\n";
      for (const uint64_t offset : {uint64_t{0}, uint64_t{4}, uint64_t{1} << 31, kRange32 - 8, kRange32 - 1}) {
        for (const uint64_t address :
             {uint64_t{0}, uint64_t{1}, pages * kPage - 8, pages * kPage - 7, kRange32 - offset, kRange32 - 8 - offset,
              uint64_t{0x80000000}, kRange32 - 8, kRange32 - 1}) {
          const auto a = static_cast<uint32_t>(address);
          const std::string memarg = " offset=" + std::to_string(offset) + " (i32.const " + std::to_string(a) + ")";
          const std::string name = std::to_string(places.size());
          text += "(func (export \"load" + name + "\") (result i64) (i64.load" + memarg + "))\n";
          text += "(func (export \"store" + name + "\") (param i64) (i64.store" + memarg + " (local.get 0)))\n";
          places.emplace_back(a, offset);
        }
      }
      const Instance instance = Make(store, text + ")");
      for (size_t i = 0; i < places.size(); ++i) {
        const bool fits = places[i].first + places[i].second + 8 <= pages * kPage;
        CAPTURE(guards, pages, places[i].first, places[i].second);
        const std::string name = std::to_string(i);
        const auto stored = instance.Get<void(int64_t)>("store" + name).value()(static_cast<int64_t>(i) + 77);
        REQUIRE(Outcome(stored) == (fits ? "" : kOutOfBounds));
        const auto loaded = instance.Get<int64_t()>("load" + name).value()();
        REQUIRE(Outcome(loaded) == (fits ? "" : kOutOfBounds));
        if (fits) CHECK(*loaded == static_cast<int64_t>(i) + 77);
      }
    }
  }
}

TEST_CASE("MEM-02: every width up to the last byte of a memory and one beyond, whatever its size") {
  const auto ends = [](uint64_t width, uint64_t offset, uint64_t size) {
    return std::vector<uint64_t>{size - width - offset, size - width - offset + 1, size - offset, size - offset - 1};
  };
  for (const bool guards : {true, false}) {
    const Engine engine = EngineWith(guards);
    for (const bool wide : {false, true}) {
      const std::string type = wide ? "i64 " : "";
      for (const int bytes : {0, 1, 2, 7, 15, 16, 17, 4095, 4096, 4097, 65537}) {
        AccessChecker odd(engine, {wide, type + std::to_string(bytes) + " (pagesize 1)", {0, 1}});
        odd.CheckAll(ends);
      }
      AccessChecker pages(engine, {wide, type + "3", {0, 1, 15, 16}});
      pages.CheckAll(ends);
      CHECK(pages.trapped < pages.checked);
    }
  }
}

}  // namespace
}  // namespace cvm
