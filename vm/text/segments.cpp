// Element and data segments (core/text/modules#element-segments).
#include "vm/text/field_parser.hpp"

namespace cvm::text {

Result<Expr> FieldParser::Offset() {
  if (!in_.TakeOpen("offset")) return ExprParser(cx_).OneFolded();
  CVM_ASSIGN_OR_RETURN(const Expr expr, ExprParser(cx_).Sequence());
  CVM_RETURN_IF_ERROR(in_.Close());
  return expr;
}

Expr FieldParser::ConstZero(AddrKind addr) {
  Instr instr;
  instr.op = addr == AddrKind::kI64 ? Opcode::kI64Const : Opcode::kI32Const;
  Writer writer;
  WriteInstr(writer, instr);
  instr.op = Opcode::kEnd;
  WriteInstr(writer, instr);
  return cx_.AddCode(std::move(writer));
}

Expr FieldParser::RefFunc(uint32_t func) {
  Instr instr;
  instr.op = Opcode::kRefFunc;
  instr.index = func;
  Writer writer;
  WriteInstr(writer, instr);
  instr.op = Opcode::kEnd;
  WriteInstr(writer, instr);
  return cx_.AddCode(std::move(writer));
}

Result<std::vector<FuncIndex>> FieldParser::FuncIndices() {
  std::vector<FuncIndex> funcs;
  while (in_.AtIndex()) {
    CVM_ASSIGN_OR_RETURN(const uint32_t index, cx_.Index(cx_.funcs));
    funcs.push_back(FuncIndex(index));
  }
  return funcs;
}

// (item …) or one folded instruction each.
Result<std::vector<Expr>> FieldParser::ElemExprs() {
  std::vector<Expr> items;
  while (in_.At(TokenKind::kLParen)) {
    if (!in_.TakeOpen("item")) {
      CVM_ASSIGN_OR_RETURN(const Expr expr, ExprParser(cx_).OneFolded());
      items.push_back(expr);
      continue;
    }
    CVM_ASSIGN_OR_RETURN(const Expr expr, ExprParser(cx_).Sequence());
    items.push_back(expr);
    CVM_RETURN_IF_ERROR(in_.Close());
  }
  return items;
}

// func index* | reftype expr* | index*, the last only in the old short form of an active segment.
Result<void> FieldParser::ElemList(ElementSegment* segment, bool kind_optional) {
  if (cx_.AtRefType()) {
    CVM_ASSIGN_OR_RETURN(segment->type, cx_.ParseRefType());
    CVM_ASSIGN_OR_RETURN(segment->items, ElemExprs());
    return {};
  }
  if (!in_.TakeKeyword("func") && !(kind_optional && (in_.AtIndex() || in_.At(TokenKind::kRParen)))) {
    return in_.Unexpected();
  }
  segment->type = ValType::Ref(HeapType::Abstract(HeapKind::kFunc), /*nullable=*/false);
  CVM_ASSIGN_OR_RETURN(segment->items, FuncIndices());
  return {};
}

Result<void> FieldParser::Elem() {
  ElementSegment segment;
  CVM_RETURN_IF_ERROR(cx_.TakeName(&module_.names.elems, elems_++, in_.TakeId()));
  bool kind_optional = false;
  if (in_.TakeKeyword("declare")) {
    segment.mode = SegmentMode::kDeclarative;
  } else if (in_.TakeOpen("table")) {
    segment.mode = SegmentMode::kActive;
    CVM_ASSIGN_OR_RETURN(segment.table.value, cx_.Index(cx_.tables));
    CVM_RETURN_IF_ERROR(in_.Close());
  } else if (in_.At(TokenKind::kNat)) {  // a bare table index, as before reference types
    segment.mode = SegmentMode::kActive;
    CVM_ASSIGN_OR_RETURN(segment.table.value, in_.U32());
    kind_optional = true;
  } else if (in_.At(TokenKind::kLParen) && !cx_.AtRefType()) {
    segment.mode = SegmentMode::kActive;
    kind_optional = true;
  }
  if (segment.mode == SegmentMode::kActive) {
    CVM_ASSIGN_OR_RETURN(segment.offset, Offset());
  }
  CVM_RETURN_IF_ERROR(ElemList(&segment, kind_optional));
  module_.elements.push_back(std::move(segment));
  return in_.Close();
}

Result<void> FieldParser::Data() {
  DataSegment segment;
  CVM_RETURN_IF_ERROR(cx_.TakeName(&module_.names.datas, datas_++, in_.TakeId()));
  if (in_.TakeOpen("memory")) {
    segment.mode = SegmentMode::kActive;
    CVM_ASSIGN_OR_RETURN(segment.memory.value, cx_.Index(cx_.memories));
    CVM_RETURN_IF_ERROR(in_.Close());
  } else if (in_.At(TokenKind::kNat)) {  // a bare memory index, as before multiple memories
    segment.mode = SegmentMode::kActive;
    CVM_ASSIGN_OR_RETURN(segment.memory.value, in_.U32());
  } else if (in_.At(TokenKind::kLParen)) {
    segment.mode = SegmentMode::kActive;
  }
  if (segment.mode == SegmentMode::kActive) {
    CVM_ASSIGN_OR_RETURN(segment.offset, Offset());
  }
  CVM_ASSIGN_OR_RETURN(const std::string bytes, in_.Strings());
  segment.bytes = cx_.Own(bytes);
  module_.data.push_back(segment);
  return in_.Close();
}

}  // namespace cvm::text
