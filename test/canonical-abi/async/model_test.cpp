// Random programs of two instances against what the specification's model answered to each step (make_traces.py writes
// test/golden/async_traces.txt). security.md ASY-01: cancel at every state.
#include <catch2/catch.hpp>
#include <fstream>
#include <sstream>

#include "canonical-abi/async/canon_async.hpp"
#include "canonical-abi/async/task.hpp"
#include "canonical-abi/memory/load.hpp"
#include "canonical-abi/memory/store.hpp"
#include "test/canonical-abi/support/fake_guest.hpp"

namespace cvm::abi {
namespace {

constexpr size_t kMemory = 256;

std::vector<uint8_t> FirstBytes() {
  std::vector<uint8_t> bytes(kMemory);
  for (size_t i = 0; i < kMemory; ++i) bytes[i] = static_cast<uint8_t>(i % 251);
  return bytes;
}

std::optional<ValType> TypeOf(const std::string& name) {
  if (name == "u8") return U8Type();
  if (name == "u32") return U32Type();
  if (name == "char") return CharType();
  return std::nullopt;
}

HandleKind EndOf(const std::string& name) {
  if (name == "stream-read") return HandleKind::kReadableStreamEnd;
  if (name == "stream-write") return HandleKind::kWritableStreamEnd;
  return name == "future-read" ? HandleKind::kReadableFutureEnd : HandleKind::kWritableFutureEnd;
}

class Program {
 public:
  std::string Step(const std::string& words) {
    std::istringstream in(words);
    size_t who = 0;
    std::string op;
    in >> who >> op;
    FakeGuest& guest = *guests_[who];
    Result<std::string> answer = Run(guest, *guests_[1 - who], gates_[who], op, in);
    if (answer.ok()) return *answer;
    INFO(answer.error().ToString());
    REQUIRE(answer.error().kind() == ErrorKind::kTrap);
    return "trap";
  }

  uint64_t Sum(size_t who) {
    uint64_t sum = 0;
    const std::vector<uint8_t> bytes = guests_[who]->memory.Copy();
    for (size_t i = 0; i < bytes.size(); ++i) sum += (i + 1) * bytes[i];
    return sum % 65521;
  }

 private:
  Result<std::string> Run(FakeGuest& guest, FakeGuest& other, InstanceGate& gate, const std::string& op,
                          std::istringstream& in) {
    ComponentInstance& inst = guest.inst;
    std::string what, type;
    uint32_t i = 0, j = 0;
    uint64_t ptr = 0, n = 0;
    if (op == "new") {
      in >> what >> type;
      const std::optional<ValType> t = TypeOf(type);
      CVM_ASSIGN_OR_RETURN(const uint64_t pair,
                           what == "stream" ? CanonStreamNew(inst, *account_, t) : CanonFutureNew(inst, *account_, t));
      return std::to_string(pair);
    }
    if (op == "stream-read" || op == "stream-write" || op == "future-read" || op == "future-write") {
      in >> type >> i >> ptr >> n;
      const std::optional<ValType> t = TypeOf(type);
      CVM_ASSIGN_OR_RETURN(const CopyOutcome outcome, CanonCopy({inst, EndOf(op), t, true}, guest.opts, i, ptr, n));
      return std::to_string(outcome.payload.value_or(kBlocked));
    }
    if (op == "cancel" || op == "drop") {
      in >> what >> type >> i;
      const std::optional<ValType> t = TypeOf(type);
      const CopySite site{inst, EndOf(what), t, true};
      if (op == "drop") {
        CVM_RETURN_IF_ERROR(CanonDropEnd(site, i));
        return std::string("0");
      }
      CVM_ASSIGN_OR_RETURN(const CopyOutcome outcome, CanonCancelCopy(site, i));
      return std::to_string(outcome.payload.value_or(kBlocked));
    }
    if (op == "give") {
      in >> what >> type >> i;
      const ValType t = (what == "stream" ? StreamType(TypeOf(type)) : FutureType(TypeOf(type))).value();
      LiftLowerContext from = guest.Cx();
      LiftLowerContext to = other.Cx();
      CVM_ASSIGN_OR_RETURN(const Value value, LiftHandle(from, i, t));
      CVM_ASSIGN_OR_RETURN(const uint32_t index, LowerHandle(to, value, t));
      return std::to_string(index);
    }
    if (op == "set") {
      CVM_ASSIGN_OR_RETURN(const uint32_t index, CanonWaitableSetNew(inst));
      return std::to_string(index);
    }
    if (op == "join") {
      in >> i >> j;
      CVM_RETURN_IF_ERROR(CanonWaitableJoin(inst, i, j));
      return std::string("0");
    }
    if (op == "poll") {
      in >> i;
      CVM_ASSIGN_OR_RETURN(const std::shared_ptr<WaitableSet> set, GetWaitableSet(inst, i));
      const Event event = set->HasPendingEvent() ? set->GetPendingEvent() : Event();
      LiftLowerContext cx = guest.Cx();
      CVM_ASSIGN_OR_RETURN(const uint32_t code, UnpackEvent(cx, 248, event));
      return std::to_string(code) + ":" + std::to_string(event.p1) + ":" + std::to_string(event.p2);
    }
    if (op == "dropset") {
      in >> i;
      CVM_RETURN_IF_ERROR(CanonWaitableSetDrop(inst, i));
      return std::string("0");
    }
    if (op == "inc") {
      CVM_RETURN_IF_ERROR(gate.IncBackpressure());
    } else {
      CVM_RETURN_IF_ERROR(gate.DecBackpressure());
    }
    return std::string("0");
  }

  std::shared_ptr<AsyncAccount> account_ = std::make_shared<AsyncAccount>();
  std::unique_ptr<FakeGuest> guests_[2] = {std::make_unique<FakeGuest>(FirstBytes()),
                                           std::make_unique<FakeGuest>(FirstBytes())};
  InstanceGate gates_[2];
};

TEST_CASE("ASY-01 streams, futures and waitable sets do what the model does") {
  std::ifstream in(CVM_SOURCE_DIR "/test/golden/async_traces.txt");
  REQUIRE(in.good());
  std::unique_ptr<Program> program;
  std::string line;
  size_t number = 0, steps = 0, memories = 0;
  while (std::getline(in, line)) {
    ++number;
    INFO("line " << number << ": " << line);
    if (line == "program") {
      program = std::make_unique<Program>();
      memories = 0;
    } else if (line.starts_with("memory ")) {
      REQUIRE(std::to_string(program->Sum(memories++)) == line.substr(7));
    } else {
      const size_t arrow = line.find(" -> ");
      REQUIRE(program->Step(line.substr(0, arrow)) == line.substr(arrow + 4));
      ++steps;
    }
  }
  REQUIRE(steps > 9000);
}

}  // namespace
}  // namespace cvm::abi
