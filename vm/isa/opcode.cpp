// The table and its indices by code and by mnemonic, all computed from opcodes.def at compile time.
#include "vm/isa/opcode.hpp"

#include <array>

namespace cvm {

constexpr OpcodeInfo kOpcodeTable[kOpcodeCount] = {
#define OP(id, prefix, code, text, imm, sig, feature) \
  {Opcode::k##id, prefix, code, text, ImmKind::k##imm, sig, Feature::k##feature},
#include "vm/isa/opcodes.def"
};

namespace {

consteval bool RowsRise() {
  for (size_t i = 1; i < kOpcodeCount; ++i) {
    const OpcodeInfo& a = kOpcodeTable[i - 1];
    const OpcodeInfo& b = kOpcodeTable[i];
    if (a.prefix > b.prefix || (a.prefix == b.prefix && a.code >= b.code)) return false;
  }
  return true;
}
// The enum makes ids unique; a row's place must be its enumerator.
consteval bool RowsStandAtTheirIds() {
  for (size_t i = 0; i < kOpcodeCount; ++i) {
    if (kOpcodeTable[i].op != static_cast<Opcode>(i)) return false;
  }
  return true;
}
consteval bool SignatureIsWellFormed(std::string_view sig) {
  if (sig == "*") return true;
  int colons = 0;
  for (const char c : sig) {
    if (c == ':')
      ++colons;
    else if (std::string_view("ilfdvabc").find(c) == std::string_view::npos)
      return false;
  }
  return colons == 1;
}
consteval bool SignaturesAreWellFormed() {
  for (const OpcodeInfo& row : kOpcodeTable) {
    if (!SignatureIsWellFormed(row.sig)) return false;
  }
  return true;
}
static_assert(RowsRise(), "opcodes.def is not sorted by (prefix, code), or a code stands there twice");
static_assert(RowsStandAtTheirIds(), "opcodes.def and enum Opcode disagree");
static_assert(SignaturesAreWellFormed(), "a signature in opcodes.def has an unknown letter");

consteval bool AccessesMemory(const OpcodeInfo& row) {
  return row.imm == ImmKind::kMemArg || row.imm == ImmKind::kMemArgLane;
}

consteval uint32_t TakeNumber(std::string_view text, size_t* pos) {
  uint32_t n = 0;
  while (*pos < text.size() && text[*pos] >= '0' && text[*pos] <= '9')
    n = n * 10 + static_cast<uint32_t>(text[(*pos)++] - '0');
  return n;
}

// Bits that an access named by `text` touches: what stands behind the verb ("load16_u", "load8x8_s", "rmw32.add_u",
// "wait64"), else the width of the type in front ("f64.load").
consteval uint32_t AccessBits(std::string_view text) {
  if (text.find("notify") != std::string_view::npos) return 32;
  for (const std::string_view verb : {"load", "store", "rmw", "wait"}) {
    size_t pos = text.find(verb);
    if (pos == std::string_view::npos) continue;
    pos += verb.size();
    const uint32_t bits = TakeNumber(text, &pos);
    if (bits == 0) break;
    if (pos >= text.size() || text[pos] != 'x') return bits;
    ++pos;
    return bits * TakeNumber(text, &pos);
  }
  size_t pos = 1;
  return TakeNumber(text, &pos);
}

consteval uint8_t Log2Bytes(uint32_t bits) {
  uint8_t log2 = 0;
  while ((8u << log2) < bits) ++log2;
  return log2;
}

consteval std::array<uint8_t, kOpcodeCount> MakeSizes() {
  std::array<uint8_t, kOpcodeCount> sizes{};
  for (size_t i = 0; i < kOpcodeCount; ++i) {
    if (AccessesMemory(kOpcodeTable[i])) sizes[i] = Log2Bytes(AccessBits(kOpcodeTable[i].text));
  }
  return sizes;
}
consteval bool SizesArePlausible() {
  for (const OpcodeInfo& row : kOpcodeTable) {
    const uint32_t bits = AccessesMemory(row) ? AccessBits(row.text) : 8;
    if (bits != 8 && bits != 16 && bits != 32 && bits != 64 && bits != 128) return false;
  }
  return true;
}
static_assert(SizesArePlausible(), "the width of a memory access cannot be told from its mnemonic");

// (prefix, code) -> place in the table. Codes behind a prefix stay below kCodesAPrefix.
constexpr size_t kCodesAPrefix = 0x120;
constexpr uint16_t kNoRow = 0xffff;
constexpr uint8_t kPrefixes[] = {0x00, 0xfb, 0xfc, 0xfd, 0xfe};
constexpr size_t kNoPage = std::size(kPrefixes);

constexpr size_t PageOf(uint8_t prefix) {
  if (prefix == 0) return 0;
  return prefix >= 0xfb && prefix <= 0xfe ? prefix - 0xfau : kNoPage;
}

using CodePages = std::array<std::array<uint16_t, kCodesAPrefix>, std::size(kPrefixes)>;
consteval CodePages MakePages() {
  CodePages pages{};
  for (auto& page : pages) {
    for (uint16_t& entry : page) entry = kNoRow;
  }
  for (size_t i = 0; i < kOpcodeCount; ++i) {
    pages[PageOf(kOpcodeTable[i].prefix)][kOpcodeTable[i].code] = static_cast<uint16_t>(i);
  }
  return pages;
}
constexpr CodePages kPages = MakePages();

constexpr uint32_t HashText(std::string_view text) {
  uint32_t h = 2166136261u;  // FNV-1a
  for (const char c : text) h = (h ^ static_cast<uint8_t>(c)) * 16777619u;
  return h;
}

// Open addressing over a power of two, at most a third full; the first row of a mnemonic comes first.
constexpr size_t kTextSlots = 2048;
static_assert(kOpcodeCount * 3 <= kTextSlots);
consteval std::array<uint16_t, kTextSlots> MakeTextIndex() {
  std::array<uint16_t, kTextSlots> slots{};
  for (uint16_t& slot : slots) slot = kNoRow;
  for (size_t i = 0; i < kOpcodeCount; ++i) {
    size_t at = HashText(kOpcodeTable[i].text) % kTextSlots;
    while (slots[at] != kNoRow) at = (at + 1) % kTextSlots;
    slots[at] = static_cast<uint16_t>(i);
  }
  return slots;
}
constexpr std::array<uint16_t, kTextSlots> kTextIndex = MakeTextIndex();

consteval FastShape ShapeOf(const OpcodeInfo& row) {
  if (row.prefix != 0 || row.feature != Feature::kMvp) return FastShape::kSlow;
  switch (row.imm) {
    case ImmKind::kNone:
      return FastShape::kPlain;
    case ImmKind::kLabel:
    case ImmKind::kFunc:
    case ImmKind::kLocal:
    case ImmKind::kGlobal:
      return FastShape::kIndex;
    case ImmKind::kMemArg:
      return FastShape::kMemArg;
    case ImmKind::kI32:
      return FastShape::kI32;
    case ImmKind::kBlock:
      return FastShape::kBlock;
    default:
      return FastShape::kSlow;
  }
}

consteval std::array<FastOp, 256> MakeFastOps() {
  std::array<FastOp, 256> ops{};  // all slow
  for (const OpcodeInfo& row : kOpcodeTable) {
    if (row.prefix == 0) ops[row.code] = {row.op, ShapeOf(row)};
  }
  return ops;
}

}  // namespace

constexpr std::array<FastOp, 256> kFastOps = MakeFastOps();
constexpr std::array<uint8_t, kOpcodeCount> kAccessSizeLog2 = MakeSizes();

const OpcodeInfo* FindOpcode(uint8_t prefix, uint32_t code) {
  const size_t page = PageOf(prefix);
  if (page == kNoPage || code >= kCodesAPrefix || kPages[page][code] == kNoRow) return nullptr;
  return &kOpcodeTable[kPages[page][code]];
}

const OpcodeInfo* FindOpcode(std::string_view text) {
  for (size_t at = HashText(text) % kTextSlots; kTextIndex[at] != kNoRow; at = (at + 1) % kTextSlots) {
    if (kOpcodeTable[kTextIndex[at]].text == text) return &kOpcodeTable[kTextIndex[at]];
  }
  return nullptr;
}

}  // namespace cvm
