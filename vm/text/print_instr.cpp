// Instructions of the printer: mnemonic and immediates, by immediate kind; and operand counts for folding.
#include <charconv>

#include "vm/text/printer.hpp"

namespace cvm::text {
namespace {

template <class Float, class Bits>
std::string FloatText(Bits bits) {
  constexpr int kMantissa = sizeof(Float) == 4 ? 23 : 52;
  constexpr Bits kPayload = (Bits{1} << kMantissa) - 1;
  constexpr Bits kExponent = (~Bits{0} >> 1) & ~kPayload;
  const std::string sign = bits >> (sizeof(Bits) * 8 - 1) ? "-" : "";
  const Bits payload = bits & kPayload;
  if ((bits & kExponent) == kExponent) {
    if (payload == 0) return sign + "inf";
    if (payload == Bits{1} << (kMantissa - 1)) return sign + "nan";
    char hex[20];
    const auto end = std::to_chars(hex, hex + sizeof hex, static_cast<uint64_t>(payload), 16).ptr;
    return sign + "nan:0x" + std::string(hex, end);
  }
  char digits[40];
  const auto end = std::to_chars(digits, digits + sizeof digits, std::bit_cast<Float>(bits)).ptr;
  return std::string(digits, end);
}

std::string V128Text(const std::array<uint8_t, 16>& bytes) {
  std::string text = " i32x4";
  for (int lane = 0; lane < 4; ++lane) {
    uint32_t word = 0;
    for (int i = 3; i >= 0; --i) word = word << 8 | bytes[static_cast<size_t>(lane * 4 + i)];
    char hex[9];
    const auto end = std::to_chars(hex, hex + sizeof hex, word, 16).ptr;
    text += " 0x" + std::string(8 - static_cast<size_t>(end - hex), '0') + std::string(hex, end);
  }
  return text;
}

// The row of the pair whose reference type is nullable.
bool IsNullRow(Opcode op) {
  return op == Opcode::kRefTestNull || op == Opcode::kRefCastNull || op == Opcode::kRefCastDescEqNull;
}

class InstrPrinter {
 public:
  InstrPrinter(const PrintContext& cx, const BodyScope& scope, const Instr& instr)
      : cx_(cx), scope_(scope), instr_(instr) {}

  std::string Immediates(const std::string& definition) const {
    switch (instr_.info().imm) {
      case ImmKind::kNone:
      case ImmKind::kFence:
        return "";
      case ImmKind::kBlock:
        return definition + BlockTypeText();
      case ImmKind::kTryTable:
        return definition + BlockTypeText() + Catches();
      case ImmKind::kLabel:
        return " " + scope_.Label(instr_.index);
      case ImmKind::kLabelList:
        return Labels();
      case ImmKind::kBrOnCast:
        return " " + scope_.Label(instr_.index) + " " + cx_.Text(ValType::Ref(instr_.heap, instr_.flags & 1)) + " " +
               cx_.Text(ValType::Ref(instr_.heap2, instr_.flags & 2));
      case ImmKind::kHeapType:
        if (instr_.op == Opcode::kRefNull) return " " + cx_.Text(instr_.heap);
        return " " + cx_.Text(ValType::Ref(instr_.heap, IsNullRow(instr_.op)));
      case ImmKind::kSelectTypes: {
        std::string text = " (result";
        for (const ValType type : instr_.types) text += " " + cx_.Text(type);
        return text + ")";
      }
      case ImmKind::kMemArg:
        return MemArgText();
      case ImmKind::kMemArgLane:
        return MemArgText() + " " + std::to_string(instr_.index);
      default:
        return Constant();
    }
  }

 private:
  std::string Constant() const {
    switch (instr_.info().imm) {
      case ImmKind::kI32:
        return " " + std::to_string(static_cast<int32_t>(instr_.bits));
      case ImmKind::kI64:
        return " " + std::to_string(static_cast<int64_t>(instr_.bits));
      case ImmKind::kF32:
        return " " + FloatText<float>(static_cast<uint32_t>(instr_.bits));
      case ImmKind::kF64:
        return " " + FloatText<double>(instr_.bits);
      case ImmKind::kV128:
        return V128Text(instr_.v128);
      case ImmKind::kLane:
        return " " + std::to_string(instr_.index);
      case ImmKind::kShuffle: {
        std::string text;
        for (const uint8_t lane : instr_.v128) text += " " + std::to_string(lane);
        return text;
      }
      default:
        return Indices();
    }
  }

  std::string Indices() const {
    const uint32_t i = instr_.index, j = instr_.index2;
    switch (instr_.info().imm) {
      case ImmKind::kFunc:
        return " " + cx_.funcs.Use(i);
      case ImmKind::kType:
        return " " + cx_.types.Use(i);
      case ImmKind::kTypeTable:
        return NonZero(cx_.tables, j) + cx_.TypeUse(TypeIndex(i));
      case ImmKind::kTypeField:
        return " " + cx_.types.Use(i) + " " + cx_.Field(i, j);
      case ImmKind::kType2:
        return " " + cx_.types.Use(i) + " " + cx_.types.Use(j);
      case ImmKind::kTypeCount:
        return " " + cx_.types.Use(i) + " " + std::to_string(j);
      case ImmKind::kTypeData:
        return " " + cx_.types.Use(i) + " " + cx_.datas.Use(j);
      case ImmKind::kTypeElem:
        return " " + cx_.types.Use(i) + " " + cx_.elems.Use(j);
      case ImmKind::kTable:
        return NonZero(cx_.tables, i);
      case ImmKind::kTable2:
        return i == 0 && j == 0 ? "" : " " + cx_.tables.Use(i) + " " + cx_.tables.Use(j);
      case ImmKind::kElemTable:
        return NonZero(cx_.tables, j) + " " + cx_.elems.Use(i);
      case ImmKind::kElem:
        return " " + cx_.elems.Use(i);
      case ImmKind::kData:
        return " " + cx_.datas.Use(i);
      case ImmKind::kDataMemory:
        return NonZero(cx_.memories, j) + " " + cx_.datas.Use(i);
      case ImmKind::kMemory:
        return NonZero(cx_.memories, i);
      case ImmKind::kMemory2:
        return i == 0 && j == 0 ? "" : " " + cx_.memories.Use(i) + " " + cx_.memories.Use(j);
      case ImmKind::kLocal:
        return " " + scope_.locals.Use(i);
      case ImmKind::kGlobal:
        return " " + cx_.globals.Use(i);
      default:
        return " " + cx_.tags.Use(i);
    }
  }

  // An index that may be left out.
  static std::string NonZero(const Ids& ids, uint32_t index) { return index == 0 ? "" : " " + ids.Use(index); }

  std::string BlockTypeText() const {
    switch (instr_.block.kind) {
      case BlockType::Kind::kEmpty:
        return "";
      case BlockType::Kind::kValue:
        return " (result " + cx_.Text(instr_.block.value) + ")";
      case BlockType::Kind::kType:
        break;
    }
    return cx_.TypeUse(instr_.block.type);
  }

  std::string Catches() const {
    constexpr const char* kWords[] = {" (catch ", " (catch_ref ", " (catch_all ", " (catch_all_ref "};
    std::string text;
    for (const CatchClause& clause : instr_.catches) {
      text += kWords[static_cast<size_t>(clause.kind)];
      if (clause.kind <= CatchClause::Kind::kCatchRef) text += cx_.tags.Use(clause.tag.value) + " ";
      text += scope_.Label(clause.label) + ")";
    }
    return text;
  }

  std::string Labels() const {
    std::string text;
    for (const uint32_t label : instr_.labels) text += " " + scope_.Label(label);
    return text;
  }

  std::string MemArgText() const {
    std::string text = NonZero(cx_.memories, instr_.mem.memory.value);
    if (instr_.mem.offset != 0) text += " offset=" + std::to_string(instr_.mem.offset);
    if (instr_.mem.align != AccessSizeLog2(instr_.op)) {
      text += " align=" + std::to_string(uint64_t{1} << (instr_.mem.align & 63));
    }
    return text;
  }

  const PrintContext& cx_;
  const BodyScope& scope_;
  const Instr& instr_;
};

Arity ArityOfType(const PrintContext& cx, uint32_t type, uint32_t more_params = 0) {
  const FuncType* func = cx.FuncTypeAt(type);
  if (func == nullptr) return {};
  return {static_cast<uint32_t>(func->params.size()) + more_params, static_cast<uint32_t>(func->results.size())};
}

Arity ArityOfBlock(const PrintContext& cx, const BlockType& block) {
  if (block.kind == BlockType::Kind::kType) return ArityOfType(cx, block.type.value);
  return {0, block.kind == BlockType::Kind::kValue ? 1u : 0u};
}

uint32_t FieldCount(const PrintContext& cx, uint32_t type) {
  return type < cx.module.types.size() ? static_cast<uint32_t>(cx.module.types[type].fields.size()) : 0;
}

Arity ArityOfCall(const PrintContext& cx, const Instr& instr) {
  switch (instr.op) {
    case Opcode::kCall:
    case Opcode::kReturnCall:
      if (instr.index >= cx.module.func_types.size()) return {};
      return ArityOfType(cx, cx.module.func_types[instr.index].value);
    default:
      return ArityOfType(cx, instr.index, 1);
  }
}

struct FixedArity {
  Opcode op;
  Arity arity;
};
// Instructions whose rows say "*" but whose arity is always the same.
constexpr FixedArity kFixed[] = {
    {Opcode::kDrop, {1, 0}},
    {Opcode::kSelect, {3, 1}},
    {Opcode::kSelectT, {3, 1}},
    {Opcode::kBrIf, {1, 0}},
    {Opcode::kBrTable, {1, 0}},
    {Opcode::kLocalGet, {0, 1}},
    {Opcode::kLocalSet, {1, 0}},
    {Opcode::kLocalTee, {1, 1}},
    {Opcode::kGlobalGet, {0, 1}},
    {Opcode::kGlobalSet, {1, 0}},
    {Opcode::kTableGet, {1, 1}},
    {Opcode::kTableSet, {2, 0}},
    {Opcode::kTableInit, {3, 0}},
    {Opcode::kTableCopy, {3, 0}},
    {Opcode::kTableGrow, {2, 1}},
    {Opcode::kTableFill, {3, 0}},
    {Opcode::kRefNull, {0, 1}},
    {Opcode::kRefIsNull, {1, 1}},
    {Opcode::kRefFunc, {0, 1}},
    {Opcode::kRefEq, {2, 1}},
    {Opcode::kRefAsNonNull, {1, 1}},
    {Opcode::kThrowRef, {1, 0}},
    {Opcode::kStructNewDefault, {0, 1}},
    {Opcode::kStructGet, {1, 1}},
    {Opcode::kStructGetS, {1, 1}},
    {Opcode::kStructGetU, {1, 1}},
    {Opcode::kStructSet, {2, 0}},
    {Opcode::kArrayNew, {2, 1}},
    {Opcode::kArrayNewDefault, {1, 1}},
    {Opcode::kArrayNewData, {2, 1}},
    {Opcode::kArrayNewElem, {2, 1}},
    {Opcode::kArrayGet, {2, 1}},
    {Opcode::kArrayGetS, {2, 1}},
    {Opcode::kArrayGetU, {2, 1}},
    {Opcode::kArraySet, {3, 0}},
    {Opcode::kArrayLen, {1, 1}},
    {Opcode::kArrayFill, {4, 0}},
    {Opcode::kArrayCopy, {5, 0}},
    {Opcode::kArrayInitData, {4, 0}},
    {Opcode::kArrayInitElem, {4, 0}},
    {Opcode::kRefTest, {1, 1}},
    {Opcode::kRefTestNull, {1, 1}},
    {Opcode::kRefCast, {1, 1}},
    {Opcode::kRefCastNull, {1, 1}},
    {Opcode::kAnyConvertExtern, {1, 1}},
    {Opcode::kExternConvertAny, {1, 1}},
    {Opcode::kRefI31, {1, 1}},
    {Opcode::kI31GetS, {1, 1}},
    {Opcode::kI31GetU, {1, 1}},
};

}  // namespace

std::string InstrText(const PrintContext& cx, const BodyScope& scope, const Instr& instr,
                      const std::string& definition) {
  return std::string(instr.info().text) + InstrPrinter(cx, scope, instr).Immediates(definition);
}

Arity ArityOf(const PrintContext& cx, const BodyScope& scope, const Instr& instr) {
  const std::string_view sig = instr.info().sig;
  if (sig != "*") {
    const size_t colon = sig.find(':');
    return {static_cast<uint32_t>(colon), static_cast<uint32_t>(sig.size() - colon - 1)};
  }
  switch (instr.op) {
    case Opcode::kBlock:
    case Opcode::kLoop:
    case Opcode::kIf:
    case Opcode::kTry:
    case Opcode::kTryTable:
      return ArityOfBlock(cx, instr.block);
    case Opcode::kCall:
    case Opcode::kReturnCall:
    case Opcode::kCallIndirect:
    case Opcode::kReturnCallIndirect:
    case Opcode::kCallRef:
    case Opcode::kReturnCallRef:
      return ArityOfCall(cx, instr);
    case Opcode::kThrow:
      if (instr.index >= cx.module.tag_types.size()) return {};
      return {ArityOfType(cx, cx.module.tag_types[instr.index].type.value).params, 0};
    case Opcode::kReturn:
      return {scope.results, 0};
    case Opcode::kStructNew:
      return {FieldCount(cx, instr.index), 1};
    case Opcode::kArrayNewFixed:
      return {instr.index2, 1};
    default:
      break;
  }
  static constexpr auto kArities = [] {
    std::array<Arity, kOpcodeCount> table{};
    for (const FixedArity& row : kFixed) table[static_cast<size_t>(row.op)] = row.arity;
    return table;
  }();
  return kArities[static_cast<size_t>(instr.op)];
}

}  // namespace cvm::text
