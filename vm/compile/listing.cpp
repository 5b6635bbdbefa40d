// Register code as text, one cell a line:
//     position  operation  operands
// with labels where something jumps to. Depends on the code alone, not on where it or the handlers lie, but for calls,
// whose target is an address.
#include <algorithm>
#include <cstdio>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "vm/compile/compile.hpp"
#include "vm/compile/fields.hpp"

namespace cvm {
namespace {

class Lister {
 public:
  Lister(const RegCode& code, const HandlerTable& handlers) : code_(code), handlers_(handlers) {
    for (const uint32_t at : code.target_at) labels_.push_back(static_cast<uint32_t>(code.words[at / 8]));
    for (const CatchEntry& entry : code.unwind.catches) labels_.push_back(entry.target);
    std::sort(labels_.begin(), labels_.end());
    labels_.erase(std::unique(labels_.begin(), labels_.end()), labels_.end());
  }

  std::vector<ListedCell> Run() {
    for (uint32_t at = 0; at < code_.words.size() * 8;) {
      if (std::binary_search(labels_.begin(), labels_.end(), at)) list_.push_back({at, Label(at) + ":"});
      cell_ = reinterpret_cast<const uint8_t*>(code_.words.data()) + at;
      const Variant* v = handlers_.Find(reinterpret_cast<HandlerAddress>(code_.words[at / 8]));
      if (v == nullptr) {
        list_.push_back({at, "not a cell"});
        break;
      }
      const Shape& shape = ShapeOf(v->op);
      std::string operands = Operands(shape, *v);
      std::string text = absl::StrFormat("%6u  %s", at, RegOpName(v->op));
      if (!operands.empty()) absl::StrAppend(&text, "  ", operands);
      if (IsMetered(v->op)) absl::StrAppend(&text, ", fuel ", ReadCharge(cell_, shape.format));
      list_.push_back({at, std::move(text)});
      at += static_cast<uint32_t>(CellSize(shape, *v));
      if (shape.format == Format::kGather) at += 8 * ((static_cast<uint32_t>(ReadField(cell_, kField1)) + 3) / 4);
      if (shape.format == Format::kBrTable) at += 8 * (static_cast<uint32_t>(ReadImm32(cell_)) + 1);
    }
    for (const TryRange& range : code_.unwind.tries) ListTry(range);
    return std::move(list_);
  }

 private:
  // "try (24, 96] depth 2: catch 0 S[64] -> L1, catch_all_ref R[48] -> L2": where values and the exception go.
  void ListTry(const TryRange& range) {
    std::string text;
    absl::StrAppendFormat(&text, "   try  (%u, %u] depth %u", range.begin, range.end, range.depth);
    if (range.delegate != TryRange::kNone) absl::StrAppendFormat(&text, ", delegate %u", range.delegate);
    const char* before = ": ";
    const UnwindTable& table = code_.unwind;
    for (const CatchEntry* c = table.FirstOf(range); c != nullptr; c = table.After(*c)) {
      const bool any = c->tag == CatchEntry::kAnyTag;
      absl::StrAppend(&text, before, any ? "catch_all" : "catch", c->exception != 0 ? "_ref" : "");
      if (!any) absl::StrAppendFormat(&text, " %u S[%d] R[%d]", c->tag, c->values, c->refs);
      if (c->exception != 0) absl::StrAppendFormat(&text, ", exception R[%d]", c->exception);
      absl::StrAppend(&text, " -> ", Label(c->target));
      before = "; ";
    }
    list_.push_back({static_cast<uint32_t>(code_.words.size() * 8), std::move(text)});
  }

  std::string Label(uint64_t at) const {
    const auto it = std::lower_bound(labels_.begin(), labels_.end(), at);
    return absl::StrFormat("L%d", it - labels_.begin());
  }
  static std::string Slot(int32_t offset) { return absl::StrFormat("S[%d]", offset); }
  std::string SlotAt(int field) const { return Slot(ReadField(cell_, field)); }
  std::string Target(int at) const { return absl::StrCat("-> ", Label(ReadImm64(cell_, at))); }

  static std::string Accumulator(Bank bank) { return bank == Bank::kInt ? "acc" : "facc"; }

  std::string Source(const Shape& s, const Variant& v, int i) const {
    const Src where = i == 0 ? v.a : i == 1 ? v.b : v.c;
    const int field = FieldOf(s, v, i);
    switch (where) {
      case Src::kSlot:
        return SlotAt(field);
      case Src::kAcc:
        return Accumulator(s.src[i]);
      case Src::kPin0:
        return s.src[i] == Bank::kFloat ? "fpin" : "pin0";
      case Src::kPin1:
        return "pin1";
      case Src::kImm:
        break;
    }
    if (s.src[i] == Bank::kFloat) return absl::StrFormat("#0x%x", ReadImm64(cell_));
    if (s.format == Format::kLoad || (s.format == Format::kStore && i == 0)) return "0";
    return absl::StrFormat("#%d", ImmIsField(s.format, i) ? ReadField(cell_, field) : ReadImm32(cell_));
  }

  std::string Result(const Shape& s, const Variant& v) const {
    switch (v.dst) {
      case Dst::kAcc:
        return Accumulator(s.dst);
      case Dst::kSlot:
        return SlotAt(kField0);
      case Dst::kBoth:
        return SlotAt(kField0) + "+" + Accumulator(s.dst);
      case Dst::kPin0:
        return s.dst == Bank::kFloat ? "fpin" : "pin0";
      case Dst::kPin1:
        return "pin1";
    }
    return "";
  }

  std::string Sources(const Shape& s, const Variant& v) const {
    std::string out;
    for (int i = 0; i < 3 && s.src[i] != Bank::kNone; ++i) out += absl::StrCat(i == 0 ? "" : ", ", Source(s, v, i));
    return out;
  }

  std::string IndexedAddress(const Shape& s, const Variant& v) const {
    const std::string sum = absl::StrCat(Source(s, v, 0), " + ", Source(s, v, 1));
    return v.b == Src::kImm ? sum : absl::StrCat(sum, " + ", ReadField(cell_, kField3));
  }

  std::string Operands(const Shape& s, const Variant& v) const {
    const std::string result = s.dst == Bank::kNone ? "" : Result(s, v) + " = ";
    switch (s.format) {
      case Format::kOp: {
        const bool lane = IsWasm(v.op) && Info(ToOpcode(v.op)).imm == ImmKind::kLane;
        return result + Sources(s, v) + (lane ? absl::StrFormat(", lane %d", ReadField(cell_, kField3)) : "");
      }
      case Format::kReturn:
        return Sources(s, v);
      case Format::kLoad:
        return absl::StrFormat("%s[%s + %u]", result, Source(s, v, 0), Word());
      case Format::kStore:
        return absl::StrFormat("[%s + %u] = %s", Source(s, v, 0), Word(), Source(s, v, 1));
      case Format::kLoadX:
        return absl::StrFormat("%s[%s]", result, IndexedAddress(s, v));
      case Format::kStoreX:
        return absl::StrFormat("[%s] = %s", IndexedAddress(s, v), Source(s, v, 2));
      case Format::kSelect:
        return absl::StrFormat("%s%s ? %s : %s", result, Source(s, v, 2), Source(s, v, 0), Source(s, v, 1));
      case Format::kConst64:
        return absl::StrFormat("%s#0x%x", result, ReadImm64(cell_)) +
               (s.dst == Bank::kVec ? absl::StrFormat(":0x%x", ReadImm64(cell_, 24)) : "");
      case Format::kShuffle:
        return absl::StrFormat("%s%s by 0x%x:0x%x", result, Sources(s, v), ReadImm64(cell_), ReadImm64(cell_, 24));
      case Format::kGlobal:
        return GlobalOperands(s, v, result);
      case Format::kGather: {
        std::string out = absl::StrFormat("%s%u", result, Word());
        for (int i = 0; i < ReadField(cell_, kField1); ++i) {
          const int16_t offset = ReadField(cell_, kImm64 + 2 * i);
          absl::StrAppend(&out, ", ", offset == 0 ? "0" : Slot(offset));
        }
        return out;
      }
      default:
        return ControlOperands(s, v);
    }
  }

  std::string GlobalOperands(const Shape& s, const Variant& v, const std::string& result) const {
    const std::string global = absl::StrFormat("G[%d]", ReadImm32(cell_));
    if (v.op == RegOp::kGlobalAddI32) return absl::StrFormat("%s%s += %d", result, global, ReadField(cell_, kField1));
    if (v.op == RegOp::kGlobalSetAddI32)
      return absl::StrFormat("%s = %s + %d", global, Source(s, v, 0), ReadField(cell_, kField0));
    return s.dst != Bank::kNone ? result + global : global + " = " + Source(s, v, 0);
  }

  std::string ControlOperands(const Shape& s, const Variant& v) const {
    switch (s.format) {
      case Format::kBranch:
        return Sources(s, v) + " " + Target(TargetOffset(s, v));
      case Format::kBranchLp:
        return Sources(s, v) + " -> LP";
      case Format::kAddBranch:
      case Format::kAddBranchLp:
        return absl::StrFormat("%s += %d, %s %s", Source(s, v, 0), ReadField(cell_, kField1), Source(s, v, 1),
                               s.format == Format::kAddBranch ? Target(TargetOffset(s, v)) : "-> LP");
      case Format::kJump:
        return Target(kImm64);
      case Format::kFuel:
        return v.op == RegOp::kFuel ? absl::StrCat(ReadCharge(cell_, s.format)) : "-> LP";
      case Format::kCall:
        return absl::StrFormat("frame %d, entry 0x%x", ReadImm32(cell_), ReadImm64(cell_));
      case Format::kBrTable: {
        std::string out = Source(s, v, 0);
        for (uint32_t i = 0; i <= Word(); ++i) {
          absl::StrAppend(&out, " ", Target(kImm64 + 8 * static_cast<int>(i)));
        }
        return out;
      }
      case Format::kEnter:
        return absl::StrFormat("pin0 %s, pin1 %s, fpin %s, frame %u, zero %u", SlotAt(kField0), SlotAt(kField1),
                               SlotAt(kField2), static_cast<uint32_t>(ReadImm64(cell_)),
                               static_cast<uint32_t>(ReadImm64(cell_) >> 32));
      case Format::kStack:
        return StackOperands(v);
      case Format::kWide:
        return absl::StrFormat("%s, far %s", SlotAt(kField0), Slot(ReadImm32(cell_)));
      default:
        return "";
    }
  }

  std::string StackOperands(const Variant& v) const {
    int32_t base;
    std::memcpy(&base, cell_ + kField0, 4);
    std::string small;
    const bool lane = IsSlow(v.op) && Info(ToOpcode(v.op)).imm == ImmKind::kMemArgLane;
    const bool tail = v.op >= RegOp::kReturnCall && v.op <= RegOp::kReturnCallRef;
    if (lane || tail) {
      base = ReadField(cell_, kField0);
      small = absl::StrFormat(", %d", ReadField(cell_, kField1));
    }
    return absl::StrFormat("%s%s, %u, 0x%x", Slot(base), small, Word(), ReadImm64(cell_));
  }

  uint32_t Word() const { return static_cast<uint32_t>(ReadImm32(cell_)); }

  const RegCode& code_;
  const HandlerTable& handlers_;
  std::vector<uint32_t> labels_;
  const uint8_t* cell_ = nullptr;
  std::vector<ListedCell> list_;
};

}  // namespace

std::vector<ListedCell> ListCells(const RegCode& code, const HandlerTable& handlers) {
  return Lister(code, handlers).Run();
}

std::string Listing(const RegCode& code, const HandlerTable& handlers) {
  std::string text;
  for (const ListedCell& cell : ListCells(code, handlers)) absl::StrAppend(&text, cell.text, "\n");
  return text;
}

}  // namespace cvm
