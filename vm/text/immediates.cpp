// Immediates in the text format, one small parser an immediate kind, chosen by table (core/text/instructions).
#include <bit>
#include <cstring>

#include "vm/text/expr_parser.hpp"
#include "vm/text/literals.hpp"

namespace cvm::text {

struct ExprParser::Kinded {
  ImmKind kind;
  ImmediateParser parse;
};

constexpr ExprParser::Kinded ExprParser::kParsers[] = {
    {ImmKind::kNone, &ExprParser::ParseNothing},
    {ImmKind::kBlock, &ExprParser::ParseMisplaced},  // blocks are opened by control.cpp
    {ImmKind::kTryTable, &ExprParser::ParseMisplaced},
    {ImmKind::kLabel, &ExprParser::ParseLabel},
    {ImmKind::kLabelList, &ExprParser::ParseLabelList},
    {ImmKind::kBrOnCast, &ExprParser::ParseBrOnCast},
    {ImmKind::kFunc, &ExprParser::ParseFunc},
    {ImmKind::kType, &ExprParser::ParseType},
    {ImmKind::kTypeTable, &ExprParser::ParseTypeTable},
    {ImmKind::kTypeField, &ExprParser::ParseTypeField},
    {ImmKind::kType2, &ExprParser::ParseType2},
    {ImmKind::kTypeCount, &ExprParser::ParseTypeCount},
    {ImmKind::kTypeData, &ExprParser::ParseTypeData},
    {ImmKind::kTypeElem, &ExprParser::ParseTypeElem},
    {ImmKind::kTable, &ExprParser::ParseTable},
    {ImmKind::kTable2, &ExprParser::ParseTable2},
    {ImmKind::kElemTable, &ExprParser::ParseElemTable},
    {ImmKind::kElem, &ExprParser::ParseElem},
    {ImmKind::kData, &ExprParser::ParseData},
    {ImmKind::kDataMemory, &ExprParser::ParseDataMemory},
    {ImmKind::kMemory, &ExprParser::ParseMemory},
    {ImmKind::kMemory2, &ExprParser::ParseMemory2},
    {ImmKind::kLocal, &ExprParser::ParseLocal},
    {ImmKind::kGlobal, &ExprParser::ParseGlobal},
    {ImmKind::kTag, &ExprParser::ParseTag},
    {ImmKind::kI32, &ExprParser::ParseI32},
    {ImmKind::kI64, &ExprParser::ParseI64},
    {ImmKind::kF32, &ExprParser::ParseF32},
    {ImmKind::kF64, &ExprParser::ParseF64},
    {ImmKind::kV128, &ExprParser::ParseV128},
    {ImmKind::kLane, &ExprParser::ParseLane},
    {ImmKind::kShuffle, &ExprParser::ParseShuffle},
    {ImmKind::kMemArg, &ExprParser::ParseMemArg},
    {ImmKind::kMemArgLane, &ExprParser::ParseMemArgLane},
    {ImmKind::kHeapType, &ExprParser::ParseHeap},
    {ImmKind::kSelectTypes, &ExprParser::ParseMisplaced},  // `select` finds its first row
    {ImmKind::kFence, &ExprParser::ParseNothing},
};

// Takes the mnemonic too.
Result<void> ExprParser::ParseImmediates(const OpcodeInfo& row) {
  constexpr auto kStandAtTheirKinds = [] {
    for (size_t i = 0; i < std::size(kParsers); ++i) {
      if (kParsers[i].kind != static_cast<ImmKind>(i)) return false;
    }
    return std::size(kParsers) == static_cast<size_t>(ImmKind::kFence) + 1;
  };
  static_assert(kStandAtTheirKinds(), "an immediate kind has no parser");
  switch (row.op) {
    case Opcode::kElse:
    case Opcode::kEnd:
    case Opcode::kCatch:
    case Opcode::kCatchAll:
    case Opcode::kDelegate:
      return in_.Unexpected();  // parts of blocks, met where none is open
    default:
      break;
  }
  in_.Next();
  instr_.op = row.op;
  if (row.op == Opcode::kSelect) return ParseSelect();
  return (this->*kParsers[static_cast<size_t>(row.imm)].parse)();
}

Result<void> ExprParser::ParseNothing() { return {}; }
Result<void> ExprParser::ParseMisplaced() { return CVM_BUG("immediate parsed elsewhere"); }

Result<void> ExprParser::ParseLabel() {
  CVM_ASSIGN_OR_RETURN(instr_.index, Label());
  return {};
}

Result<void> ExprParser::ParseLabelList() {
  instr_.labels.clear();
  do {
    CVM_ASSIGN_OR_RETURN(const uint32_t label, Label());
    instr_.labels.push_back(label);
  } while (in_.AtIndex());
  return {};
}

Result<void> ExprParser::ParseBrOnCast() {
  CVM_ASSIGN_OR_RETURN(instr_.index, Label());
  CVM_ASSIGN_OR_RETURN(const ValType source, cx_.ParseRefType());
  CVM_ASSIGN_OR_RETURN(const ValType target, cx_.ParseRefType());
  instr_.heap = source.heap;
  instr_.heap2 = target.heap;
  instr_.flags = static_cast<uint8_t>((source.nullable ? 1 : 0) | (target.nullable ? 2 : 0));
  return {};
}

Result<void> ExprParser::ParseFunc() {
  CVM_ASSIGN_OR_RETURN(instr_.index, cx_.Index(cx_.funcs));
  return {};
}
Result<void> ExprParser::ParseType() {
  CVM_ASSIGN_OR_RETURN(instr_.index, cx_.Index(cx_.types));
  return {};
}
Result<void> ExprParser::ParseTypeTable() {
  CVM_ASSIGN_OR_RETURN(instr_.index2, cx_.OptionalIndex(cx_.tables));
  CVM_ASSIGN_OR_RETURN(const TypeUse use, cx_.ParseTypeUse(/*with_names=*/false));
  CVM_ASSIGN_OR_RETURN(const TypeIndex type, cx_.Resolve(use));
  instr_.index = type.value;
  return {};
}
Result<void> ExprParser::ParseTypeField() {
  CVM_ASSIGN_OR_RETURN(instr_.index, cx_.Index(cx_.types));
  CVM_ASSIGN_OR_RETURN(instr_.index2, cx_.FieldIndex(instr_.index));
  return {};
}
Result<void> ExprParser::ParseType2() {
  CVM_ASSIGN_OR_RETURN(instr_.index, cx_.Index(cx_.types));
  CVM_ASSIGN_OR_RETURN(instr_.index2, cx_.Index(cx_.types));
  return {};
}
Result<void> ExprParser::ParseTypeCount() {
  CVM_ASSIGN_OR_RETURN(instr_.index, cx_.Index(cx_.types));
  CVM_ASSIGN_OR_RETURN(instr_.index2, in_.U32());
  return {};
}
Result<void> ExprParser::ParseTypeData() {
  cx_.uses_data = true;
  CVM_ASSIGN_OR_RETURN(instr_.index, cx_.Index(cx_.types));
  CVM_ASSIGN_OR_RETURN(instr_.index2, cx_.Index(cx_.datas));
  return {};
}
Result<void> ExprParser::ParseTypeElem() {
  CVM_ASSIGN_OR_RETURN(instr_.index, cx_.Index(cx_.types));
  CVM_ASSIGN_OR_RETURN(instr_.index2, cx_.Index(cx_.elems));
  return {};
}
Result<void> ExprParser::ParseTable() {
  CVM_ASSIGN_OR_RETURN(instr_.index, cx_.OptionalIndex(cx_.tables));
  return {};
}
// Both or none.
Result<void> ExprParser::ParseTable2() {
  instr_.index = instr_.index2 = 0;
  if (!in_.AtIndex()) return {};
  CVM_ASSIGN_OR_RETURN(instr_.index, cx_.Index(cx_.tables));
  CVM_ASSIGN_OR_RETURN(instr_.index2, cx_.Index(cx_.tables));
  return {};
}
// table? elem
Result<void> ExprParser::ParseElemTable() {
  instr_.index2 = 0;
  if (in_.AtIndex(1)) {
    CVM_ASSIGN_OR_RETURN(instr_.index2, cx_.Index(cx_.tables));
  }
  CVM_ASSIGN_OR_RETURN(instr_.index, cx_.Index(cx_.elems));
  return {};
}
Result<void> ExprParser::ParseElem() {
  CVM_ASSIGN_OR_RETURN(instr_.index, cx_.Index(cx_.elems));
  return {};
}
Result<void> ExprParser::ParseData() {
  cx_.uses_data = true;
  CVM_ASSIGN_OR_RETURN(instr_.index, cx_.Index(cx_.datas));
  return {};
}
// memory? data
Result<void> ExprParser::ParseDataMemory() {
  cx_.uses_data = true;
  instr_.index2 = 0;
  if (in_.AtIndex(1)) {
    CVM_ASSIGN_OR_RETURN(instr_.index2, cx_.Index(cx_.memories));
  }
  CVM_ASSIGN_OR_RETURN(instr_.index, cx_.Index(cx_.datas));
  return {};
}
Result<void> ExprParser::ParseMemory() {
  CVM_ASSIGN_OR_RETURN(instr_.index, cx_.OptionalIndex(cx_.memories));
  return {};
}
Result<void> ExprParser::ParseMemory2() {
  instr_.index = instr_.index2 = 0;
  if (!in_.AtIndex()) return {};
  CVM_ASSIGN_OR_RETURN(instr_.index, cx_.Index(cx_.memories));
  CVM_ASSIGN_OR_RETURN(instr_.index2, cx_.Index(cx_.memories));
  return {};
}
Result<void> ExprParser::ParseLocal() {
  static const IdMap kNoLocals;
  CVM_ASSIGN_OR_RETURN(instr_.index, cx_.Index(function_ != nullptr ? function_->locals.ids : kNoLocals, "local"));
  return {};
}
Result<void> ExprParser::ParseGlobal() {
  CVM_ASSIGN_OR_RETURN(instr_.index, cx_.Index(cx_.globals));
  return {};
}
Result<void> ExprParser::ParseTag() {
  CVM_ASSIGN_OR_RETURN(instr_.index, cx_.Index(cx_.tags));
  return {};
}

namespace {

bool IsNumber(TokenKind kind) {
  return kind == TokenKind::kNat || kind == TokenKind::kInt || kind == TokenKind::kFloat;
}

// Takes a number token and turns it into bits by `parse`.
template <class Parse>
Result<uint64_t> Constant(TokenCursor& in, Parse parse) {
  if (!IsNumber(in.Peek().kind)) return in.Unexpected();
  const auto value = parse(in.text(in.Peek()));
  if (!value) return in.ErrorHere("constant out of range");
  in.Next();
  return static_cast<uint64_t>(*value);
}

struct Shape {
  std::string_view name;
  unsigned lanes;
  bool is_float;
};
constexpr Shape kShapes[] = {{"i8x16", 16, false}, {"i16x8", 8, false}, {"i32x4", 4, false},
                             {"i64x2", 2, false},  {"f32x4", 4, true},  {"f64x2", 2, true}};

std::optional<uint64_t> ParseLaneValue(std::string_view text, const Shape& shape) {
  const unsigned bits = 128 / shape.lanes;
  if (!shape.is_float) return ParseInteger(text, bits);
  if (bits == 64) return ParseF64(text);
  const std::optional<uint32_t> value = ParseF32(text);
  return value ? std::optional<uint64_t>(*value) : std::nullopt;
}

}  // namespace

Result<void> ExprParser::ParseI32() {
  CVM_ASSIGN_OR_RETURN(const uint64_t value, Constant(in_, text::ParseI32));
  instr_.bits = static_cast<uint64_t>(int64_t{static_cast<int32_t>(value)});
  return {};
}
Result<void> ExprParser::ParseI64() {
  CVM_ASSIGN_OR_RETURN(instr_.bits, Constant(in_, text::ParseI64));
  return {};
}
Result<void> ExprParser::ParseF32() {
  CVM_ASSIGN_OR_RETURN(instr_.bits, Constant(in_, text::ParseF32));
  return {};
}
Result<void> ExprParser::ParseF64() {
  CVM_ASSIGN_OR_RETURN(instr_.bits, Constant(in_, text::ParseF64));
  return {};
}

// shape and as many numbers as it has lanes
Result<void> ExprParser::ParseV128() {
  const Shape* shape = nullptr;
  for (const Shape& candidate : kShapes) {
    if (in_.AtKeyword(candidate.name)) shape = &candidate;
  }
  if (shape == nullptr) return in_.Unexpected();
  const Token at = in_.Next();
  unsigned count = 0;
  while (IsNumber(in_.Peek(count).kind)) ++count;
  if (count != shape->lanes) {
    in_.Seek(in_.position() + count);
    return in_.AtUnknownWord() ? in_.Unexpected() : in_.tokens().ErrorAt(at, "wrong number of lane literals");
  }
  const unsigned bytes = 16 / shape->lanes;
  for (unsigned lane = 0; lane < shape->lanes; ++lane) {
    const std::optional<uint64_t> value = ParseLaneValue(in_.text(in_.Peek()), *shape);
    if (!value) return in_.ErrorHere("constant out of range");
    in_.Next();
    for (unsigned i = 0; i < bytes; ++i) instr_.v128[lane * bytes + i] = static_cast<uint8_t>(*value >> (8 * i));
  }
  return {};
}

Result<void> ExprParser::ParseLane() {
  CVM_ASSIGN_OR_RETURN(instr_.index, in_.U8());
  return {};
}

Result<void> ExprParser::ParseShuffle() {
  size_t count = 0;
  while (IsNumber(in_.Peek(count).kind)) ++count;
  if (count != instr_.v128.size()) return in_.ErrorHere("invalid lane length");
  for (uint8_t& lane : instr_.v128) {
    const std::optional<uint8_t> value = ParseU8(in_.text(in_.Peek()));
    if (!value) return in_.ErrorHere("i8 constant out of range");
    lane = *value;
    in_.Next();
  }
  return {};
}

// The number of a keyword like `offset=8`.
Result<uint64_t> ExprParser::KeyedNumber(std::string_view key) {
  const std::string_view digits = in_.text(in_.Peek()).substr(key.size());
  if (ClassifyNumber(digits) != NumberKind::kNat) return in_.Unexpected();
  const std::optional<uint64_t> value = ParseU64(digits);
  if (!value) return in_.ErrorHere("i64 constant out of range");
  return *value;
}

Result<void> ExprParser::ParseOffsetAndAlign() {
  const auto at_key = [&](std::string_view key) {
    return in_.At(TokenKind::kKeyword) && in_.text(in_.Peek()).starts_with(key);
  };
  instr_.mem.offset = 0;
  instr_.mem.align = AccessSizeLog2(instr_.op);
  if (at_key("offset=")) {
    CVM_ASSIGN_OR_RETURN(instr_.mem.offset, KeyedNumber("offset="));
    in_.Next();
  }
  if (at_key("align=")) {
    CVM_ASSIGN_OR_RETURN(const uint64_t align, KeyedNumber("align="));
    if (!std::has_single_bit(align)) return in_.ErrorHere("alignment must be a power of two");
    instr_.mem.align = static_cast<uint32_t>(std::countr_zero(align));
    in_.Next();
  }
  return {};
}

Result<void> ExprParser::ParseMemArg() {
  CVM_ASSIGN_OR_RETURN(instr_.mem.memory.value, cx_.OptionalIndex(cx_.memories));
  return ParseOffsetAndAlign();
}

// memory? offset? align? lane: a lone number is the lane.
Result<void> ExprParser::ParseMemArgLane() {
  const auto is_key = [&](const Token& token) {
    return token.kind == TokenKind::kKeyword &&
           (in_.text(token).starts_with("offset=") || in_.text(token).starts_with("align="));
  };
  instr_.mem.memory = MemoryIndex(0);
  const bool number_is_memory = in_.At(TokenKind::kNat) && (in_.Peek(1).kind == TokenKind::kNat || is_key(in_.Peek(1)));
  if (in_.At(TokenKind::kId) || number_is_memory) {
    CVM_ASSIGN_OR_RETURN(instr_.mem.memory.value, cx_.Index(cx_.memories));
  }
  CVM_RETURN_IF_ERROR(ParseOffsetAndAlign());
  return ParseLane();
}

// ref.null names a heap type; tests and casts a reference type, whose nullability is the row that follows.
Result<void> ExprParser::ParseHeap() {
  if (instr_.op == Opcode::kRefNull) {
    CVM_ASSIGN_OR_RETURN(instr_.heap, cx_.ParseHeapType());
    return {};
  }
  CVM_ASSIGN_OR_RETURN(const ValType type, cx_.ParseRefType());
  instr_.heap = type.heap;
  if (!type.nullable) return {};
  const Opcode null_row = static_cast<Opcode>(static_cast<uint16_t>(instr_.op) + 1);
  if (Info(null_row).text != Info(instr_.op).text) return CVM_BUG("no row for the nullable form");
  instr_.op = null_row;
  return {};
}

// select (result t)*: with any annotation it is the other row.
Result<void> ExprParser::ParseSelect() {
  instr_.types.clear();
  while (in_.TakeOpen("result")) {
    instr_.op = Opcode::kSelectT;
    while (!in_.Take(TokenKind::kRParen)) {
      CVM_ASSIGN_OR_RETURN(const ValType type, cx_.ParseValType());
      instr_.types.push_back(type);
    }
  }
  return {};
}

}  // namespace cvm::text
