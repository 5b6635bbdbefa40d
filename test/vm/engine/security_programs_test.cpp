// The engine against a naive stack interpreter: all small programs (INT-04), and whatever the validator accepts of
// mutated modules (DEC-04). And how long loading takes at most (DEC-02).
#include <array>
#include <catch2/catch.hpp>
#include <cstdlib>
#include <ctime>
#include <random>

#include "test/vm/binary/build.hpp"
#include "test/vm/compile/naive.hpp"
#include "test/vm/engine/security.hpp"
#include "vm/binary/encode.hpp"
#include "vm/engine/api_impl.hpp"
#include "vm/text/parse.hpp"

namespace cvm {
namespace {

uint64_t Setting(const char* variable, uint64_t usual) {
  const char* text = std::getenv(variable);
  return text != nullptr ? std::strtoull(text, nullptr, 10) : usual;
}

Value ValueOf(const Val& v) { return Value::Of(std::array{v.bits(), v.high_bits()}); }

bool SameBits(const Value& want, const Val& got) {
  auto [low, high] = want.As<std::array<uint64_t, 2>>();
  if (got.kind() == Kind::kI32 || got.kind() == Kind::kF32) low &= 0xffffffff;
  if (got.kind() != Kind::kV128) high = 0;
  return low == got.bits() && high == got.high_bits();
}

// Runs function `index` both ways. "" or what differs; *finished says whether the naive interpreter came to an end
// (else nothing is run).
std::string Compare(const Module& module, Store& store, const Instance& instance, World* world, uint32_t index,
                    const std::vector<Val>& args, uint64_t max_steps, bool* finished) {
  Naive naive(*module.impl()->compiled->module, world);
  naive.max_steps = max_steps;
  std::vector<Value> naive_args, want;
  for (const Val& v : args) naive_args.push_back(ValueOf(v));
  const TrapKind trap = naive.Call(index, naive_args, &want);
  *finished = trap != TrapKind::kOutOfFuel;
  if (!*finished) return "";
  const Func f(&store.impl(), static_cast<rt::Instance*>(instance.instance())->FunctionAt(index));
  const Result<std::vector<Val>> got = f.Call(args);
  const std::string outcome = Outcome(got);
  if (outcome == kExhausted) {
    *finished = false;  // frames of the naive interpreter have no size
    return "";
  }
  if (outcome != TrapMessage(trap)) return outcome + ", not " + std::string(TrapMessage(trap));
  if (!got.ok()) return "";
  if (want.size() != got->size()) return "number of results";
  for (size_t i = 0; i < want.size(); ++i) {
    if (!SameBits(want[i], (*got)[i])) {
      const auto [low, high] = want[i].As<std::array<uint64_t, 2>>();
      return "result " + std::to_string(i) + ": " + ToString((*got)[i]) + ", not " + ToString(Val::V128({low, high}));
    }
  }
  return "";
}

// --- INT-04

enum class Token { kGet0, kGet1, kSet0, kSet1, kTee0, kTee1, kConst, kAdd, kSelect, kBrIf, kLoop, kDrop, kCount };
enum class Wrapper { kNone, kLoop, kBlock };

// What programs are made of, for one type of locals. Where that is not i32, conditions come from a local of their own.
struct Family {
  const char* type;
  const char *constant, *add, *compute;  // `compute` turns the top value into another one
  bool own_condition;
};
constexpr Family kFamilies[] = {
    {"i32", "i32.const -1", "i32.add", "i32.const 5 i32.xor", false},
    {"f64", "f64.const 0.5", "f64.add", "f64.neg", true},
    {"v128", "v128.const i32x4 1 2 3 4", "i32x4.add", "v128.not", true},
};

constexpr int kStartHeight = 3;
constexpr size_t kLongest = 5;

// All programs of up to five tokens, in order, each with one wrapper; every `stride`th of the longer ones.
class Programs {
 public:
  Programs(const Family& family, Wrapper wrapper, uint64_t stride)
      : family_(family), wrapper_(wrapper), stride_(stride) {}

  template <class Use>
  void ForEach(const Use& use) {
    for (size_t length = 1; length <= kLongest; ++length) {
      tokens_.assign(length, Token::kGet0);
      do {
        if (length >= kLongest - 1 && ++longer_ % stride_ != 0) continue;
        std::string text;
        if (Write(&text)) use(text);
      } while (Advance());
    }
  }

 private:
  bool Advance() {
    for (Token& t : tokens_) {
      t = static_cast<Token>(static_cast<int>(t) + 1);
      if (t != Token::kCount) return true;
      t = Token::kGet0;
    }
    return false;
  }

  std::string Types(int n) const { return Repeat(std::string(" ") + family_.type, static_cast<uint64_t>(n)); }
  std::string Loop(int height, int end) const {
    return "loop (param" + Types(height) + ") (result" + Types(end) + ") ";
  }

  // The operands and results of a token; the heights that loops begin at and branches leave with.
  bool FindHeights(std::vector<int>* heights) const {
    int height = kStartHeight, needed_by_block = 1000;
    std::vector<int> loops;
    if (wrapper_ == Wrapper::kLoop) loops.push_back(height);
    for (const Token t : tokens_) {
      static constexpr int kPops[] = {0, 0, 1, 1, 1, 1, 0, 2, 2, 0, 0, 1},
                           kPushes[] = {1, 1, 0, 0, 1, 1, 1, 1, 1, 0, 0, 0};
      int pops = kPops[static_cast<int>(t)];
      if (!family_.own_condition && (t == Token::kSelect || t == Token::kBrIf)) ++pops;
      if (height < pops) return false;
      height += kPushes[static_cast<int>(t)] - pops;
      heights->push_back(height);
      if (t == Token::kLoop) loops.push_back(height);
      if (t != Token::kBrIf) continue;
      if (loops.empty() && wrapper_ == Wrapper::kNone) return false;
      if (!loops.empty() && height < loops.back()) return false;
      if (loops.empty()) needed_by_block = std::min(needed_by_block, height);
    }
    return needed_by_block >= height;
  }

  bool Write(std::string* text) const {
    std::vector<int> heights;  // behind each token
    if (!FindHeights(&heights)) return false;
    const int end = heights.back();
    const std::string type = family_.type;
    *text = "(func (param " + type + " " + type + " i32) (result" + Types(end + 2) +
            " i32) local.get 0 local.get 1 local.get 0 " + family_.compute + " ";
    size_t open = wrapper_ == Wrapper::kNone ? 0 : 1;
    if (wrapper_ == Wrapper::kLoop) *text += Loop(kStartHeight, end);
    if (wrapper_ == Wrapper::kBlock) *text += "block (param" + Types(kStartHeight) + ") (result" + Types(end) + ") ";
    for (size_t i = 0; i < tokens_.size(); ++i) {
      *text += WriteToken(tokens_[i], heights[i], end) + " ";
      if (tokens_[i] == Token::kLoop) ++open;
    }
    *text += Repeat("end ", open) + "local.get 0 local.get 1 local.get 2)\n";
    return true;
  }

  std::string WriteToken(Token token, int height, int end) const {
    switch (token) {
      case Token::kGet0:
        return "local.get 0";
      case Token::kGet1:
        return "local.get 1";
      case Token::kSet0:
        return "local.set 0";
      case Token::kSet1:
        return "local.set 1";
      case Token::kTee0:
        return "local.tee 0";
      case Token::kTee1:
        return "local.tee 1";
      case Token::kConst:
        return family_.constant;
      case Token::kAdd:
        return family_.add;
      case Token::kSelect:
        return family_.own_condition ? "local.get 2 select" : "select";
      case Token::kBrIf:
        return family_.own_condition ? "local.get 2 i32.const 1 i32.sub local.tee 2 br_if 0" : "br_if 0";
      case Token::kLoop:
        return Loop(height, end);
      default:
        return "drop";
    }
  }

  const Family& family_;
  Wrapper wrapper_;
  uint64_t stride_;
  uint64_t longer_ = 0;
  std::vector<Token> tokens_;
};

Val NumberOf(const Family& family, double number) {
  const std::string type = family.type;
  if (type == "i32") return Val::I32(static_cast<int32_t>(number));
  if (type == "f64") return Val::F64(number);
  return Val::V128({static_cast<uint64_t>(number), static_cast<uint64_t>(number * 3)});
}

struct Tally {
  uint64_t programs = 0, runs = 0, endless = 0;
};

void RunBatch(const Engine& engine, const Family& family, const std::vector<std::string>& batch, Tally* tally) {
  std::string text = "(module ";
  for (const std::string& program : batch) text += program;
  const Result<Module> module = Module::Parse(engine, text + ")");
  if (!module.ok()) FAIL(module.error().ToString());
  Store store(engine);
  const Instance instance = Linker(engine).Instantiate(store, *module).value();
  World world;
  constexpr uint64_t kSteps = 300;
  for (uint32_t i = 0; i < batch.size(); ++i) {
    ++tally->programs;
    for (const auto& [a, b, c] : {std::array{0.0, 7.0, 1.0}, {3.0, 0.0, 2.0}, {2.0, 1.0, 3.0}}) {
      const std::vector<Val> args = {NumberOf(family, a), NumberOf(family, b), Val::I32(static_cast<int32_t>(c))};
      bool finished;
      const std::string difference = Compare(*module, store, instance, &world, i, args, kSteps, &finished);
      ++(finished ? tally->runs : tally->endless);
      if (!difference.empty()) FAIL(batch[i] << "with " << a << ", " << b << ", " << c << ": " << difference);
    }
  }
}

TEST_CASE("INT-04: all small programs of locals, selections and loops do what the text says") {
  const Engine engine = EngineWith(true);
  // CVM_STRIDE=1 runs every program of up to five tokens.
  const uint64_t stride = Setting("CVM_STRIDE", 67);
  Tally tally;
  for (const Family& family : kFamilies) {
    for (const Wrapper wrapper : {Wrapper::kNone, Wrapper::kLoop, Wrapper::kBlock}) {
      std::vector<std::string> batch;
      Programs(family, wrapper, stride).ForEach([&](const std::string& text) {
        batch.push_back(text);
        if (batch.size() < 500) return;
        RunBatch(engine, family, batch, &tally);
        batch.clear();
      });
      RunBatch(engine, family, batch, &tally);
    }
  }
  INFO(tally.programs << " programs, " << tally.runs << " runs, " << tally.endless << " without end");
  CHECK(tally.programs > 10'000);
  CHECK(tally.runs > 2 * tally.programs);
}

// --- DEC-04

const char* const kMutated = R"((module
  (type $ii (func (param i32) (result i32)))
  (memory 1) (table 6 funcref) (global (mut i32) (i32.const 4096)) (global (mut i64) (i64.const 1))
  (global (mut f64) (f64.const 2)) (global (mut v128) (v128.const i64x2 3 4))
  (elem (i32.const 0) 0 1 2 3) (elem declare func 0 1)
  (func (param i32) (result i32) (local i64 f64)
    (block $out (result i32)
      (loop $again (result i32)
        (local.set 1 (i64.add (local.get 1) (i64.extend_i32_u (local.get 0))))
        (br_if $again (local.tee 0 (i32.sub (local.get 0) (i32.const 1))))
        (br_if $out (i32.wrap_i64 (local.get 1)) (i64.eqz (local.get 1)))
        (i32.add (i32.const 3)))))
  (func (param i32 i64) (result i64 i32) (local v128 funcref)
    (block (block (block (br_table 0 1 2 0 (local.get 0))) (local.set 0 (i32.const 11)) (br 1)) (return (i64.const 5) (i32.const 6)))
    (local.set 3 (ref.func 1))
    (if (result i64) (ref.is_null (local.get 3)) (then (i64.const -1)) (else (i64.mul (local.get 1) (i64.const 3))))
    (select (local.get 0) (i32.const 9) (i32.eqz (local.get 0))))
  (func (param f64 i32) (result f64 f32) (local f32)
    (f64.store offset=8 (local.get 1) (f64.sqrt (local.get 0)))
    (local.set 2 (f32.demote_f64 (f64.load offset=8 (local.get 1))))
    (i32.store8 (i32.const 100) (i32.load16_s (local.get 1)))
    (f64.add (local.get 0) (global.get 2)) (f32.neg (local.get 2)))
  (func (param v128 i32) (result v128) (local i32)
    (global.set 0 (i32.add (global.get 0) (local.get 1)))
    (local.set 2 (call_indirect (type $ii) (i32.div_s (local.get 1) (i32.const 2)) (i32.rem_u (local.get 1) (i32.const 5))))
    (i32x4.add (local.get 0) (i32x4.replace_lane 2 (i8x16.shuffle 0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 31 (local.get 0) (global.get 3))
      (i32.add (local.get 2) (call 0 (i32.and (local.get 1) (i32.const 7)))))))
  (func (param i32 i32) (result i32) (local i32 i32)
    (table.set (i32.const 4) (table.get (i32.const 1)))
    (loop (result i32)
      (local.set 2 (i32.add (local.get 2) (i32.load offset=4 (i32.add (local.get 0) (i32.shl (local.get 3) (i32.const 2))))))
      (local.set 3 (i32.add (local.get 3) (i32.const 1)))
      (br_if 0 (i32.lt_u (local.get 3) (i32.and (local.get 1) (i32.const 15))))
      (local.get 2))
    (return_call 0)))
)";

// Whether the naive interpreter knows all of the module's instructions.
bool NaiveKnows(const ModuleData& module) {
  for (const Function& f : module.functions) {
    Reader in(f.body.bytes, f.body.offset);
    Instr i;
    while (!in.AtEnd()) {
      if (!ReadInstr(in, Features::All(), &i).ok()) return false;
      const InstrTable& t = InstrOf(i.op);
      const ImmKind imm = i.info().imm;
      if (t.eval != nullptr || t.load != nullptr || t.store != nullptr || imm == ImmKind::kMemArgLane) continue;
      if (i.op <= Opcode::kReturnCallIndirect && imm != ImmKind::kTryTable && imm != ImmKind::kTag) continue;
      switch (i.op) {
        case Opcode::kDrop:
        case Opcode::kSelect:
        case Opcode::kSelectT:
        case Opcode::kLocalGet:
        case Opcode::kLocalSet:
        case Opcode::kLocalTee:
        case Opcode::kGlobalGet:
        case Opcode::kGlobalSet:
        case Opcode::kI32Const:
        case Opcode::kI64Const:
        case Opcode::kF32Const:
        case Opcode::kF64Const:
        case Opcode::kV128Const:
        case Opcode::kRefNull:
        case Opcode::kRefFunc:
        case Opcode::kRefIsNull:
        case Opcode::kTableGet:
        case Opcode::kTableSet:
        case Opcode::kMemorySize:
          continue;
        default:
          return false;
      }
    }
  }
  return true;
}

World MutatedWorld() {
  World world;
  world.globals = {Value::Of(uint64_t{4096}), Value::Of(uint64_t{1}), Value::Of(2.0),
                   Value::Of(std::array<uint64_t, 2>{3, 4})};
  world.table = {1, 2, 3, 4, 0, 0};
  return world;
}

// Bytes of the code section's contents in an encoded module.
std::pair<size_t, size_t> CodeSection(const std::vector<uint8_t>& bytes) {
  size_t at = 8;
  while (at < bytes.size()) {
    const uint8_t id = bytes[at++];
    size_t size = 0;
    for (int shift = 0;; shift += 7) {
      size |= static_cast<size_t>(bytes[at] & 0x7f) << shift;
      if ((bytes[at++] & 0x80) == 0) break;
    }
    if (id == 10) return {at, at + size};
    at += size;
  }
  FAIL("no code section");
  return {};
}

TEST_CASE("DEC-04: what the validator accepts of mutated code runs as the naive interpreter runs it") {
  const Engine engine;
  const std::vector<uint8_t> original = EncodeModule(*ParseModule(kMutated).value());
  const auto [begin, end] = CodeSection(original);
  std::mt19937 random(static_cast<uint32_t>(Setting("CVM_SEED", 1)));
  uint64_t accepted = 0, compared = 0;
  const uint64_t mutants = Setting("CVM_MUTANTS", 30'000);
  for (uint64_t n = 0; n < mutants; ++n) {
    std::vector<uint8_t> bytes = original;
    for (uint32_t changes = 1 + random() % 2; changes != 0; --changes) {
      const size_t at = begin + 1 + random() % (end - begin - 1);
      bytes[at] = random() % 2 == 0 ? static_cast<uint8_t>(random()) : bytes[begin + 1 + random() % (end - begin - 1)];
    }
    const Result<Module> module = Module::Load(engine, bytes);
    if (!module.ok()) {
      if (module.error().kind() == ErrorKind::kBug) FAIL("mutant " << n << ": " << module.error().ToString());
      continue;
    }
    ++accepted;
    const ModuleData& data = *module->impl()->compiled->module;
    if (!NaiveKnows(data)) continue;
    Store store(engine);
    const Instance instance = Linker(engine).Instantiate(store, *module).value();
    World world = MutatedWorld();
    bool finished = true;
    for (uint32_t f = 0; f < data.functions.size() && finished; ++f) {
      std::vector<Val> args;
      for (const Kind kind : SignatureOf(data.FuncTypeOf(FuncIndex(f))).params) {
        args.push_back(kind == Kind::kF64 ? Val::F64(2.25) : Val::FromBits(kind, 3 + f));
      }
      // Steps are few so that recursion stays shallow; what does not finish has written to one world only.
      const std::string difference = Compare(*module, store, instance, &world, f, args, 2000, &finished);
      if (!difference.empty()) {
        std::string listing;
        for (uint32_t i = 0; i < data.functions.size(); ++i)
          listing += module->impl()->compiled->ListingOf(i).value() + "\n";
        FAIL("mutant " << n << ", function " << f << ": " << difference << "\n" << listing);
      }
      if (finished) ++compared;
    }
    if (!finished) continue;
    rt::Instance& inside = *static_cast<rt::Instance*>(instance.instance());
    const std::span<uint8_t> memory = inside.memories[0]->bytes();
    if (!std::equal(memory.begin(), memory.end(), world.memory.begin())) FAIL("mutant " << n << ": memory");
  }
  INFO(accepted << " accepted, " << compared << " runs compared");
  CHECK(accepted > mutants / 100);
  CHECK(compared > accepted);
}

// --- DEC-02

double CpuSeconds() {
  timespec now;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

TEST_CASE("DEC-02: a megabyte of whatever is small and many is loaded within a second") {
  using testing::AddSection;
  using testing::Entries;
  using testing::Raw;
  const Engine engine;
  constexpr uint64_t kMany = (1 << 20) / 4;
  // Functions; types; globals; segments.
  Writer functions = testing::Header();
  AddSection(functions, 1, Entries(1, {0x60, 0, 0}));
  AddSection(functions, 3, Entries(kMany, {0}));
  AddSection(functions, 10, Entries(kMany, {2, 0, 0x0b}));
  Writer types = testing::Header();
  AddSection(types, 1, Entries(kMany, {0x60, 1, 0x7f, 0}));
  Writer globals = testing::Header();
  AddSection(globals, 6, Entries(kMany, {0x7f, 0, 0x41, 0, 0x0b}));
  Writer segments = testing::Header();
  AddSection(segments, 5, Entries(1, {0, 1}));
  AddSection(segments, 11, Entries(kMany, {1, 1, 'x'}));
  for (Writer* module : {&functions, &types, &globals, &segments}) {
    const Raw bytes = module->Take();
    const double start = CpuSeconds();
    const Result<Module> loaded = Module::Load(engine, bytes);
    // Refused by a limit is as good.
    if (loaded.ok()) {
      Store store(engine);
      CHECK(Linker(engine).Instantiate(store, *loaded).ok());
    }
    const double megabytes = std::max(1.0, static_cast<double>(bytes.size()) / (1 << 20));
    CHECK(CpuSeconds() - start < megabytes);
  }
}

}  // namespace
}  // namespace cvm
