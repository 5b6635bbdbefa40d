// The walk as sinks see it, functions one by one and in parallel, and quick reading against ReadInstr.
#include "vm/validate/walk.hpp"

#include <thread>

#include "test/vm/validate/support.hpp"
#include "vm/validate/quick_read.hpp"

namespace cvm {
namespace {

// Writes down what it hears.
struct ListingSink {
  std::string text;
  Result<void> OnInstr(const Instr& instr, bool reachable) {
    text += std::string(instr.info().text) + (reachable ? " " : "! ");
    if (instr.op == Opcode::kI32Const && instr.bits == 13) return UsageError("unlucky");
    return {};
  }
};

struct Loaded {
  std::shared_ptr<ModuleData> module;
  CanonicalTypes types;
  ValidatedModule validated;

  explicit Loaded(std::string_view text) {
    auto parsed = ParseModule(text, Features::All());
    REQUIRE(parsed.ok());
    module = *parsed;
    REQUIRE(ValidateDeclarations(*module, Features::All(), types, &validated).ok());
  }
};

TEST_CASE("a sink hears every instruction in order, with whether it can be reached") {
  Loaded loaded("(func (param i32) (block (br 0) (drop (i32.const 300))) (if (local.get 0) (then return) (else nop)))");
  ListingSink sink;
  REQUIRE(WalkFunction(*loaded.module, loaded.validated, FuncIndex(0), sink).ok());
  CHECK(sink.text == "block br i32.const! drop! end! local.get if return else! nop end end ");
}

TEST_CASE("a sink hears nothing of an invalid instruction, and can end the walk") {
  Loaded loaded("(func (drop (i32.const 1)) i32.add drop) (func (drop (i32.const 13)) unreachable)");
  ListingSink sink;
  const auto invalid = WalkFunction(*loaded.module, loaded.validated, FuncIndex(0), sink);
  REQUIRE_FALSE(invalid.ok());
  CHECK(sink.text == "i32.const drop ");
  ListingSink unlucky;
  const auto ended = WalkFunction(*loaded.module, loaded.validated, FuncIndex(1), unlucky);
  REQUIRE_FALSE(ended.ok());
  CHECK(ended.error().message() == "unlucky");
  CHECK(unlucky.text == "i32.const ");
}

TEST_CASE("block types: parameters and results") {
  Loaded loaded("(type (func (param i32 i64) (result f32)))");
  BlockType block;
  CHECK(BlockParams(*loaded.module, block).empty());
  CHECK(BlockResults(*loaded.module, block).empty());
  block.kind = BlockType::Kind::kValue;
  block.value = ValType::F64();
  REQUIRE(BlockResults(*loaded.module, block).size() == 1);
  CHECK(BlockResults(*loaded.module, block)[0] == ValType::F64());
  block.kind = BlockType::Kind::kType;
  CHECK(BlockParams(*loaded.module, block).size() == 2);
  CHECK(BlockResults(*loaded.module, block).size() == 1);
}

TEST_CASE("functions of one module are validated on several threads at once", "[race]") {
  std::string text;
  for (int i = 0; i < 400; ++i) {
    text += "(func (param i32) (result i32) (block (result i32) (i32.add (local.get 0) (i32.const " +
            std::to_string(i) + "))))";
  }
  Loaded loaded(text);
  std::vector<int> valid(4);
  std::vector<std::thread> threads;
  for (size_t t = 0; t < valid.size(); ++t) {
    threads.emplace_back([&, t] {
      for (uint32_t f = 0; f < 400; ++f) {
        valid[t] += ValidateFunction(*loaded.module, loaded.validated, FuncIndex(f)).ok() ? 1 : 0;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  CHECK(valid == std::vector<int>(4, 400));
}

bool SameImmediates(const Instr& a, const Instr& b) {
  switch (a.info().imm) {
    case ImmKind::kLabel:
    case ImmKind::kFunc:
    case ImmKind::kLocal:
    case ImmKind::kGlobal:
      return a.index == b.index;
    case ImmKind::kI32:
    case ImmKind::kI64:
      return a.bits == b.bits;
    case ImmKind::kMemArg:
      return a.mem.align == b.mem.align && a.mem.memory == b.mem.memory && a.mem.offset == b.mem.offset;
    case ImmKind::kBlock:
      return a.block.kind == b.block.kind &&
             (a.block.kind != BlockType::Kind::kValue || a.block.value == b.block.value);
    default:
      return a.info().imm == ImmKind::kNone;
  }
}

// Where QuickRead answers, ReadInstr must answer the same; where it does not, nothing is claimed.
void CompareReaders(const std::vector<uint8_t>& bytes, int* quick) {
  Instr fast, slow;
  const uint8_t* next = QuickRead(bytes.data(), &fast);
  if (next == nullptr) return;
  ++*quick;
  Reader in{Bytes(bytes)};
  const Result<void> read = ReadInstr(in, Features::All(), &slow);
  INFO(slow.info().text << " " << int{bytes[0]} << " " << int{bytes[1]} << " " << int{bytes[2]});
  REQUIRE(read.ok());
  CHECK(in.pos() == next);
  REQUIRE(fast.op == slow.op);
  CHECK(SameImmediates(fast, slow));
}

TEST_CASE("QuickRead and ReadInstr agree on every opcode and on LEB128 numbers of all lengths") {
  int quick = 0;
  for (int code = 0; code < 256; ++code) {
    for (int first = 0; first < 256; ++first) {
      for (const uint8_t second : {0x00, 0x01, 0x3f, 0x40, 0x7f, 0x80, 0xff}) {
        CompareReaders({static_cast<uint8_t>(code), static_cast<uint8_t>(first), second, 0, 0, 0, 0, 0, 0, 0, 0, 0},
                       &quick);
      }
    }
    for (int length = 1; length <= 11; ++length) {
      for (const uint8_t last : {0x00, 0x01, 0x07, 0x08, 0x0f, 0x10, 0x3f, 0x40, 0x70, 0x77, 0x78, 0x7f}) {
        std::vector<uint8_t> bytes(14, 0x00);
        bytes[0] = static_cast<uint8_t>(code);
        for (int i = 1; i < length; ++i) bytes[static_cast<size_t>(i)] = 0xff;
        bytes[static_cast<size_t>(length)] = last;
        CompareReaders(bytes, &quick);
        for (int i = 1; i < length; ++i) bytes[static_cast<size_t>(i)] = 0x80;
        CompareReaders(bytes, &quick);
      }
    }
  }
  CHECK(quick > 10'000);
}

}  // namespace
}  // namespace cvm
