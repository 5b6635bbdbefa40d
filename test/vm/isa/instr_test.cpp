// Instructions to bytes and back, by immediate kind; what is malformed.
#include "vm/isa/instr.hpp"

#include <catch2/catch.hpp>

namespace cvm {
namespace {

using Raw = std::vector<uint8_t>;

HeapType ExactType(uint32_t index) {
  HeapType type = HeapType::Concrete(TypeIndex(index));
  type.exact = true;
  return type;
}

// Immediates whose encodings take more than one byte each, so that both paths of the reader are met.
Instr Sample(const OpcodeInfo& row, bool wide) {
  Instr instr;
  instr.op = row.op;
  instr.index = wide ? 300 : 5;
  instr.index2 = wide ? 70000 : 6;
  instr.bits = wide ? 0xfffffffffffedcbaull : 0x2a;
  instr.mem = {wide ? 3u : 1u, MemoryIndex(wide ? 2 : 0), wide ? 0x123456789ull : 16u};
  for (size_t i = 0; i < 16; ++i) instr.v128[i] = static_cast<uint8_t>(wide ? 255 - i : i);
  instr.block.kind = wide ? BlockType::Kind::kType : BlockType::Kind::kEmpty;
  instr.block.type = TypeIndex(wide ? 100 : 0);
  instr.heap = wide ? ExactType(200) : HeapType::Abstract(HeapKind::kAny);
  instr.heap2 = HeapType::Concrete(TypeIndex(64));
  instr.flags = wide ? 3 : 0;
  instr.labels = wide ? std::vector<uint32_t>{1, 2, 300} : std::vector<uint32_t>{0};
  instr.types = {ValType::I32(), ValType::Ref(HeapType::Concrete(TypeIndex(4)), false)};
  if (wide)
    instr.catches = {{CatchClause::Kind::kCatch, TagIndex(1), 2}, {CatchClause::Kind::kCatchAllRef, TagIndex(0), 3}};
  if (row.imm == ImmKind::kLane || row.imm == ImmKind::kMemArgLane) instr.index = wide ? 255 : 1;
  if (row.imm == ImmKind::kF32) instr.bits &= 0xffffffff;
  if (row.imm == ImmKind::kI32) instr.bits = static_cast<uint64_t>(int64_t{static_cast<int32_t>(instr.bits)});
  return instr;
}

Raw Write(const Instr& instr) {
  Writer out;
  WriteInstr(out, instr);
  return out.Take();
}

TEST_CASE("every instruction is read back as written") {
  for (const OpcodeInfo& row : AllOpcodes()) {
    for (const bool wide : {false, true}) {
      INFO(row.text << (wide ? " wide" : " narrow"));
      const Raw bytes = Write(Sample(row, wide));
      Reader in(bytes, 1000);
      Instr read;
      const Result<void> result = ReadInstr(in, Features::All(), &read);
      REQUIRE(result.ok());
      CHECK(in.AtEnd());
      CHECK(read.op == row.op);
      CHECK(read.offset == 1000);
      CHECK(Write(read) == bytes);
      // Followed by more bytes, the inline path may be taken: same result.
      Raw longer = bytes;
      longer.insert(longer.end(), 8, 0x0b);
      Reader more(longer, 1000);
      Instr again;
      REQUIRE(ReadInstr(more, Features::All(), &again).ok());
      CHECK(more.offset() == 1000 + bytes.size());
      CHECK(Write(again) == bytes);
    }
  }
}

TEST_CASE("DEC-03 every cut of every instruction is refused") {
  for (const OpcodeInfo& row : AllOpcodes()) {
    const Raw bytes = Write(Sample(row, true));
    for (size_t length = 0; length < bytes.size(); ++length) {
      const Raw cut(bytes.begin(), bytes.begin() + static_cast<ptrdiff_t>(length));  // its own allocation: ASan sees
      Reader in(cut);
      Instr read;
      INFO(row.text << " cut at " << length);
      CHECK_FALSE(ReadInstr(in, Features::All(), &read).ok());
    }
  }
}

TEST_CASE("small constants have their sign") {
  for (const int32_t value : {0, 1, -1, 63, -64, 64, -65, 8191, -8192, 8192, INT32_MAX, INT32_MIN}) {
    Instr instr;
    instr.op = Opcode::kI32Const;
    instr.bits = static_cast<uint64_t>(int64_t{value});
    Raw bytes = Write(instr);
    bytes.insert(bytes.end(), 4, 0);
    Reader in(bytes);
    Instr read;
    REQUIRE(ReadInstr(in, Features(), &read).ok());
    CHECK(static_cast<int64_t>(read.bits) == value);
  }
}

std::string ErrorOf(const Raw& bytes, const Features& features = Features::All()) {
  Reader in(bytes);
  Instr instr;
  const Result<void> result = ReadInstr(in, features, &instr);
  return result.ok() ? "" : result.error().message();
}

TEST_CASE("malformed instructions are refused in the words of the suite") {
  CHECK(ErrorOf({0xff}) == "illegal opcode ff");
  CHECK(ErrorOf({0x27, 0, 0, 0, 0}) == "illegal opcode 27");
  CHECK(ErrorOf({0xfd, 0x9a, 0x01}) == "illegal opcode fd 9a");
  CHECK(ErrorOf({0xfd, 0xff, 0x7f}) == "illegal opcode fd 3fff");
  CHECK(ErrorOf({0xfe, 0x03, 0x01}) == "zero byte expected");
  CHECK(ErrorOf({0x28, 0x80, 0x01, 0x00}) == "malformed memop flags");
  CHECK(ErrorOf({0x28, 0x3f, 0x00, 0x00}).empty());
  CHECK(ErrorOf({0xfb, 0x18, 0x04, 0, 0x6e, 0x6e}) == "malformed br_on_cast flags");
  CHECK(ErrorOf({0x1f, 0x40, 0x01, 0x04, 0x00}) == "malformed catch clause");
  CHECK(ErrorOf({0x1c, 0x01, 0x40}) == "malformed reference type");
  CHECK(ErrorOf({0xd0, 0x40}) == "malformed heap type");
  CHECK(ErrorOf({0x0e, 0xff, 0xff, 0xff, 0xff, 0x0f, 0x00}) == "length out of bounds");
}

TEST_CASE("DEC-06 over-long forms") {
  CHECK(
      ErrorOf({0xfc, 0x88, 0x80, 0x80, 0x80, 0x00, 0x00, 0x00}).empty());  // memory.init: the longest form of its code
  CHECK(ErrorOf({0xfc, 0x88, 0x80, 0x80, 0x80, 0x80, 0x00, 0x00}) == "integer representation too long");
  CHECK(ErrorOf({0x02, 0xff, 0xff, 0xff, 0xff, 0x7f}) == "malformed block type");  // −1 in five bytes is no i32
  CHECK(ErrorOf({0x02, 0xc0, 0x7f, 0x00}) == "malformed block type");              // −64 in two bytes is no empty type
  CHECK(ErrorOf({0xd0, 0xf0, 0x7f}) == "malformed heap type");                     // func in two bytes
  CHECK(ErrorOf({0x02, 0x80, 0x80, 0x80, 0x80, 0x00}).empty());                    // index 0 in five bytes
}

TEST_CASE("an instruction whose feature is off is refused by the feature's name") {
  Features features;
  for (const Feature feature : {Feature::kGc, Feature::kRelaxedSimd, Feature::kExceptions, Feature::kLegacyExceptions}) {
    features.Set(feature, false);
  }
  CHECK(ErrorOf({0xfb, 0x0f}, features) == "gc support is not enabled");
  CHECK(ErrorOf({0xfd, 0x80, 0x02}, features) == "relaxed-simd support is not enabled");
  features.Set(Feature::kSimd, false);
  CHECK(ErrorOf({0xfd, 0x0f}, features) == "simd support is not enabled");
  CHECK(ErrorOf({0x02, 0x7b, 0x0b}, features) == "simd support is not enabled");
  // throw belongs to both proposals of exceptions.
  CHECK(ErrorOf({0x08, 0x00}, features) == "exceptions support is not enabled");
  features.Set(Feature::kLegacyExceptions, true);
  CHECK(ErrorOf({0x08, 0x00}, features).empty());
}

TEST_CASE("what stood for indices before there were several memories and tables") {
  Features features;
  features.Set(Feature::kMultiMemory, false);
  features.Set(Feature::kReferenceTypes, false);
  features.Set(Feature::kMemory64, false);
  CHECK(ErrorOf({0x3f, 0x01}, features) == "zero byte expected");
  CHECK(ErrorOf({0x11, 0x00, 0x01}, features) == "zero byte expected");
  CHECK(ErrorOf({0xfc, 0x0a, 0x00, 0x01}, features) == "zero byte expected");
  CHECK(ErrorOf({0x28, 0x42, 0x00, 0x00}, features) == "malformed memop flags");
  CHECK(ErrorOf({0x28, 0x02, 0x80, 0x80, 0x80, 0x80, 0x10}, features) == "integer too large");
  CHECK(ErrorOf({0x28, 0x02, 0x80, 0x80, 0x80, 0x80, 0x10}).empty());
}

TEST_CASE("DEC-05 every byte as a heap type: a type or an error") {
  for (int byte = 0; byte < 256; ++byte) {
    const Raw bytes = {0xd0, static_cast<uint8_t>(byte), 0x00};
    Reader in(bytes);
    Instr instr;
    const bool ok = ReadInstr(in, Features::All(), &instr).ok();
    const bool expected = byte < 0x40 || (byte >= 0x69 && byte <= 0x74) || byte == 0x62 || byte >= 0x80;
    INFO(byte);
    CHECK(ok == expected);
  }
}

}  // namespace
}  // namespace cvm
