// Compiled code against a naive stack interpreter, on random programs (INT-04, INT-05).
#include "test/vm/compile/machine.hpp"
#include "test/vm/compile/random_runs.hpp"

namespace cvm {
namespace {

ValType TypeOf(char letter) {
  switch (letter) {
    case 'i':
      return ValType::I32();
    case 'l':
      return ValType::I64();
    case 'f':
      return ValType::F32();
    case 'd':
      return ValType::F64();
    case 'v':
      return ValType::V128();
    default:
      return ValType::FuncRef();
  }
}

bool SameValue(const Value& a, const Value& b, ValType type) {
  const bool narrow = type.kind == ValKind::kI32 || type.kind == ValKind::kF32;
  return std::memcmp(a.bytes, b.bytes, narrow ? 4 : type.kind == ValKind::kV128 ? 16 : 8) == 0;
}

// "" or what differs. Counts the exceptions that were caught.
std::string Compare(const ModuleData& module, const ProgramMaker::Signature& s, const HandlerTable& handlers,
                    uint32_t seed, uint64_t* catches) {
  std::mt19937 random(seed);
  for (int run = 0; run < 3; ++run) {
    const std::vector<Value> args = RandomArgs(s, random);
    World expected = NewWorld(), actual = NewWorld();
    Naive naive(module, &expected);
    RegMachine machine(module, handlers, &actual);
    std::vector<Value> want, got;
    const TrapKind want_trap = naive.Call(0, args, &want);
    *catches += naive.catches;
    if (want_trap == TrapKind::kOutOfFuel) continue;
    const TrapKind got_trap = machine.Call(0, args, &got);
    if (want_trap != got_trap) {
      return "trap " + std::string(TrapMessage(got_trap)) + ", not " + std::string(TrapMessage(want_trap));
    }
    if (want_trap == TrapKind::kNone) {
      if (want.size() != got.size()) return "number of results";
      for (size_t i = 0; i < want.size(); ++i) {
        if (!SameValue(want[i], got[i], TypeOf(s.results[i]))) return "result " + std::to_string(i);
      }
    }
    if (expected.memory != actual.memory) return "memory";
    if (expected.table != actual.table) return "table";
    for (size_t i = 0; i < 4; ++i) {
      static constexpr char kTypes[] = "ildv";
      if (!SameValue(expected.globals[i], actual.globals[i], TypeOf(kTypes[i]))) return "global " + std::to_string(i);
    }
  }
  return "";
}

void CheckSeeds(uint32_t first, uint32_t count, int padding, const HandlerTable& handlers, bool exceptions = false) {
  uint64_t catches = 0;
  for (uint32_t seed = first; seed < first + count; ++seed) {
    ProgramMaker maker(seed);
    maker.padding = padding;
    maker.exceptions = exceptions;
    const std::string wat = maker.Make();
    INFO("seed " << seed);
    INFO((padding == 0 ? wat : ""));
    const auto module = ParseValid(wat);
    const std::string difference = Compare(*module, maker.signatures[0], handlers, seed, &catches);
    if (!difference.empty()) {
      for (uint32_t i = 0; i < 4; ++i) {
        const CompileEnv env = EnvFor(*module, handlers);
        UNSCOPED_INFO("func " << i << "\n" << (padding == 0 ? Listing(MustCompile(*module, i, env), handlers) : ""));
      }
      FAIL(difference);
    }
  }
  // The programs do what they are for.
  if (exceptions) CHECK(catches > count / 10);
}

TEST_CASE("random programs: every variant there could be") {
  const auto [first, count] = Seeds(800);
  CheckSeeds(first, count, 0, FullTable());
}

TEST_CASE("random programs: the usual variants") {
  const auto [first, count] = Seeds(800);
  CheckSeeds(first, count, 0, TypicalTable());
}

TEST_CASE("random programs: the least variants") {
  const auto [first, count] = Seeds(500);
  CheckSeeds(first, count, 0, LeastTable());
}

TEST_CASE("random programs with exceptions") {
  const auto [first, count] = Seeds(800);
  CheckSeeds(first, count, 0, FullTable(), true);
  CheckSeeds(first + 10'000, count, 0, TypicalTable(), true);
  CheckSeeds(first + 20'000, count, 0, LeastTable(), true);
  CheckSeeds(first + 30'000, count / 20 + 1, 5000, FullTable(), true);
  CheckSeeds(first + 40'000, count / 20 + 1, 4060, TypicalTable(), true);
}

TEST_CASE("random programs: frames out of the reach of near offsets") {
  const auto [first, count] = Seeds(40);
  CheckSeeds(first, count, 5000, FullTable());
  CheckSeeds(first + 1000, count, 5000, LeastTable());
  CheckSeeds(first + 2000, count, 4060, TypicalTable());
}

}  // namespace
}  // namespace cvm
