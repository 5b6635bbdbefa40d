// Structure of instruction sequences: folded and flat forms, labels, branch hints.
#include "vm/text/expr_parser.hpp"
#include "vm/text/literals.hpp"

namespace cvm::text {

Result<Expr> ExprParser::Sequence() {
  CVM_RETURN_IF_ERROR(Run(/*one_folded=*/false));
  return Finish();
}

Result<Expr> ExprParser::OneFolded() {
  if (!in_.At(TokenKind::kLParen)) return in_.Unexpected();
  CVM_RETURN_IF_ERROR(Run(/*one_folded=*/true));
  return Finish();
}

Result<Expr> ExprParser::Finish() {
  EmitOp(Opcode::kEnd);
  return cx_.AddCode(std::move(out_));
}

Result<void> ExprParser::Run(bool one_folded) {
  frames_.emplace_back();
  PushLabel({});
  do {
    switch (in_.Peek().kind) {
      case TokenKind::kLParen: {
        CVM_RETURN_IF_ERROR(OpenFolded());
        break;
      }
      case TokenKind::kRParen: {
        if (frames_.size() == 1) return {};
        CVM_RETURN_IF_ERROR(CloseForm());
        break;
      }
      default: {
        if (!AllowsFlat()) return in_.Unexpected();
        CVM_RETURN_IF_ERROR(FlatInstr());
        break;
      }
    }
  } while (!one_folded || frames_.size() > 1);
  return {};
}

bool ExprParser::AllowsFlat() const {
  const FrameKind kind = frames_.back().kind;
  return kind != FrameKind::kPlain && kind != FrameKind::kIf && kind != FrameKind::kTry;
}

// --- folded forms

// At "(".
Result<void> ExprParser::OpenFolded() {
  Frame& frame = frames_.back();
  if (frame.kind == FrameKind::kTry) return OpenInTry(frame);
  if (frame.kind == FrameKind::kIf) return OpenInIf(frame);
  CVM_ASSIGN_OR_RETURN(const int8_t hint, TakeHint());
  in_.Next();
  return OpenFoldedInstr(hint);
}

// Behind "(".
Result<void> ExprParser::OpenFoldedInstr(int8_t hint) {
  const Token& token = in_.Peek();
  const OpcodeInfo* row = token.kind == TokenKind::kKeyword ? FindOpcode(in_.text(token)) : nullptr;
  if (row == nullptr) return in_.Unexpected();
  if (row->imm == ImmKind::kBlock || row->imm == ImmKind::kTryTable) return OpenFoldedBlock(*row, hint);
  CVM_RETURN_IF_ERROR(ParseImmediates(*row));
  if (in_.Take(TokenKind::kRParen)) return Emit(hint);
  Frame frame;
  frame.kind = FrameKind::kPlain;
  frame.op = instr_.op;
  frame.hint = hint;
  Wait(&frame);
  frames_.push_back(frame);
  return {};
}

Result<void> ExprParser::OpenFoldedBlock(const OpcodeInfo& row, int8_t hint) {
  Frame frame;
  frame.op = row.op;
  frame.hint = hint;
  CVM_RETURN_IF_ERROR(ParseBlockHeader(row, &frame));
  if (row.op == Opcode::kIf) {
    frame.kind = FrameKind::kIf;  // the label begins with (then …): the condition is outside
    Wait(&frame);
    frames_.push_back(frame);
    return {};
  }
  frame.kind = row.op == Opcode::kTry ? FrameKind::kTry : FrameKind::kBlock;
  CVM_RETURN_IF_ERROR(Emit(hint));
  CountLabel(frame);
  PushLabel(frame.label);
  frames_.push_back(frame);
  return {};
}

// At "(" in a folded if: an operand of the condition, (then …) or (else …).
Result<void> ExprParser::OpenInIf(Frame& frame) {
  if (frame.stage == Stage::kStart && in_.TakeOpen("then")) {
    CVM_RETURN_IF_ERROR(Flush(frame));
    CountLabel(frame);
    PushLabel(frame.label);
    frame.stage = Stage::kBody;
    frames_.emplace_back().kind = FrameKind::kThen;
    return {};
  }
  if (frame.stage == Stage::kBody && in_.TakeOpen("else")) {
    EmitOp(Opcode::kElse);
    frame.stage = Stage::kElse;
    frames_.emplace_back().kind = FrameKind::kElse;
    return {};
  }
  if (frame.stage != Stage::kStart) return in_.Unexpected();
  CVM_ASSIGN_OR_RETURN(const int8_t hint, TakeHint());
  in_.Next();
  return OpenFoldedInstr(hint);
}

// At "(" in a folded try: (do …), then (catch …)…, (catch_all …) or (delegate …).
Result<void> ExprParser::OpenInTry(Frame& frame) {
  if (frame.stage == Stage::kStart) {
    CVM_RETURN_IF_ERROR(in_.ExpectOpen("do"));
    frame.stage = Stage::kBody;
    frames_.emplace_back().kind = FrameKind::kDo;
    return {};
  }
  if (frame.stage == Stage::kBody && in_.TakeOpen("delegate")) {
    PopLabel();
    instr_.op = Opcode::kDelegate;
    CVM_ASSIGN_OR_RETURN(instr_.index, Label());
    CVM_RETURN_IF_ERROR(Emit(-1));
    frame.stage = Stage::kDelegated;
    return in_.Close();
  }
  const bool is_catch = in_.AtOpen("catch");
  if (frame.stage > Stage::kCatch || (!is_catch && !in_.AtOpen("catch_all"))) return in_.Unexpected();
  in_.Next();
  in_.Next();
  CVM_RETURN_IF_ERROR(ParseCatchTag(is_catch ? Opcode::kCatch : Opcode::kCatchAll));
  frame.stage = is_catch ? Stage::kCatch : Stage::kCatchAll;
  frames_.emplace_back().kind = FrameKind::kHandler;
  return {};
}

// At ")" inside some form.
Result<void> ExprParser::CloseForm() {
  const Frame frame = frames_.back();
  if (frame.kind == FrameKind::kFlat) return in_.Unexpected();  // its `end` is missing
  const bool is_started = frame.kind == FrameKind::kIf || frame.kind == FrameKind::kTry;
  if (is_started && frame.stage == Stage::kStart) return in_.Unexpected();
  in_.Next();
  frames_.pop_back();
  switch (frame.kind) {
    case FrameKind::kPlain:
      return Flush(frame);
    case FrameKind::kBlock:
    case FrameKind::kIf:
    case FrameKind::kTry:
      if (frame.stage == Stage::kDelegated) return {};
      EmitOp(Opcode::kEnd);
      PopLabel();
      return {};
    default:
      return {};
  }
}

// --- flat forms

Result<void> ExprParser::FlatInstr() {
  const Token& token = in_.Peek();
  const OpcodeInfo* row = token.kind == TokenKind::kKeyword ? FindOpcode(in_.text(token)) : nullptr;
  if (row == nullptr) return in_.Unexpected();
  CVM_ASSIGN_OR_RETURN(const int8_t hint, TakeHint());
  if (row->imm == ImmKind::kBlock || row->imm == ImmKind::kTryTable) return FlatBlock(*row, hint);
  switch (row->op) {
    case Opcode::kElse:
      return FlatElse();
    case Opcode::kEnd:
      return FlatEnd();
    case Opcode::kCatch:
    case Opcode::kCatchAll:
      return FlatCatch(row->op);
    case Opcode::kDelegate:
      return FlatDelegate();
    default:
      break;
  }
  CVM_RETURN_IF_ERROR(ParseImmediates(*row));
  return Emit(hint);
}

Result<void> ExprParser::FlatBlock(const OpcodeInfo& row, int8_t hint) {
  Frame frame;
  frame.kind = FrameKind::kFlat;
  frame.op = row.op;
  CVM_RETURN_IF_ERROR(ParseBlockHeader(row, &frame));
  CVM_RETURN_IF_ERROR(Emit(hint));
  CountLabel(frame);
  PushLabel(frame.label);
  frames_.push_back(frame);
  return {};
}

// The label that may be repeated behind `else` and `end`.
Result<void> ExprParser::CheckLabel(std::string_view label) {
  if (!in_.At(TokenKind::kId)) return {};
  const Token token = in_.Peek();
  if (in_.TakeId() == label) return {};
  return in_.tokens().ErrorAt(token, "mismatching label");
}

Result<void> ExprParser::FlatElse() {
  Frame& frame = frames_.back();
  if (frame.kind != FrameKind::kFlat || frame.op != Opcode::kIf || frame.stage != Stage::kStart)
    return in_.Unexpected();
  in_.Next();
  frame.stage = Stage::kElse;
  EmitOp(Opcode::kElse);
  return CheckLabel(frame.label);
}

Result<void> ExprParser::FlatEnd() {
  const Frame frame = frames_.back();
  if (frame.kind != FrameKind::kFlat) return in_.Unexpected();
  in_.Next();
  frames_.pop_back();
  EmitOp(Opcode::kEnd);
  PopLabel();
  return CheckLabel(frame.label);
}

Result<void> ExprParser::FlatCatch(Opcode op) {
  Frame& frame = frames_.back();
  const bool is_try = frame.kind == FrameKind::kFlat && frame.op == Opcode::kTry;
  if (!is_try || frame.stage > Stage::kCatch) return in_.Unexpected();
  in_.Next();
  frame.stage = op == Opcode::kCatch ? Stage::kCatch : Stage::kCatchAll;
  return ParseCatchTag(op);
}

Result<void> ExprParser::FlatDelegate() {
  const Frame& frame = frames_.back();
  const bool is_try = frame.kind == FrameKind::kFlat && frame.op == Opcode::kTry;
  if (!is_try || frame.stage != Stage::kStart) return in_.Unexpected();
  in_.Next();
  frames_.pop_back();
  PopLabel();  // counted from outside the try
  instr_.op = Opcode::kDelegate;
  CVM_ASSIGN_OR_RETURN(instr_.index, Label());
  return Emit(-1);
}

// --- parts of both

Result<void> ExprParser::ParseCatchTag(Opcode op) {
  instr_.op = op;
  if (op == Opcode::kCatch) {
    CVM_ASSIGN_OR_RETURN(instr_.index, cx_.Index(cx_.tags));
  }
  return Emit(-1);
}

// Mnemonic, label, block type and catch clauses; fills instr_ and the label of the frame.
Result<void> ExprParser::ParseBlockHeader(const OpcodeInfo& row, Frame* frame) {
  in_.Next();
  const std::optional<std::string_view> label = in_.TakeId();
  frame->label = label.value_or(std::string_view());
  if (function_ != nullptr) {
    CVM_ASSIGN_OR_RETURN(frame->name, cx_.NameOf(label));
  }
  instr_.op = row.op;
  CVM_ASSIGN_OR_RETURN(instr_.block, cx_.ParseBlockType());
  if (row.imm == ImmKind::kTryTable) {
    CVM_RETURN_IF_ERROR(ParseCatchClauses());
  }
  return {};
}

// Labels are numbered in the order of the blocks' instructions: that of a folded `if` comes behind its condition.
void ExprParser::CountLabel(const Frame& frame) {
  if (frame.name && function_ != nullptr) function_->labels.entries.emplace_back(label_count_, *frame.name);
  ++label_count_;
}

// Labels of catch clauses are those around the block.
Result<void> ExprParser::ParseCatchClauses() {
  constexpr std::string_view kWords[] = {"catch", "catch_ref", "catch_all", "catch_all_ref"};
  instr_.catches.clear();
  while (true) {
    size_t kind = 0;
    while (kind < std::size(kWords) && !in_.TakeOpen(kWords[kind])) ++kind;
    if (kind == std::size(kWords)) return {};
    CatchClause clause{static_cast<CatchClause::Kind>(kind), TagIndex(0), 0};
    if (kind < 2) {
      CVM_ASSIGN_OR_RETURN(clause.tag.value, cx_.Index(cx_.tags));
    }
    CVM_ASSIGN_OR_RETURN(clause.label, Label());
    instr_.catches.push_back(clause);
    CVM_RETURN_IF_ERROR(in_.Close());
  }
}

void ExprParser::PushLabel(std::string_view label) {
  if (!label.empty()) label_depths_[label].push_back(static_cast<uint32_t>(labels_.size()));
  labels_.push_back(label);
}

void ExprParser::PopLabel() {
  if (!labels_.back().empty()) label_depths_[labels_.back()].pop_back();
  labels_.pop_back();
}

Result<uint32_t> ExprParser::Label() {
  if (!in_.At(TokenKind::kId)) return in_.U32();
  const Token token = in_.Next();
  const std::string_view id = in_.tokens().id(token);
  const auto found = label_depths_.find(id);
  if (found == label_depths_.end() || found->second.empty()) {
    return in_.tokens().ErrorAt(token, "unknown label $" + std::string(id));
  }
  return static_cast<uint32_t>(labels_.size()) - 1 - found->second.back();
}

// (@metadata.code.branch_hint "\00") or "\01" before the next token: 0 or 1; -1 without one.
Result<int8_t> ExprParser::TakeHint() {
  if (function_ == nullptr) return int8_t{-1};
  const Annotation* annotation = cx_.TakeAnnotation("metadata.code.branch_hint");
  if (annotation == nullptr) return int8_t{-1};
  if (annotation->tokens.size() != 1 || annotation->tokens[0].kind != TokenKind::kString) {
    return cx_.AnnotationError(*annotation, "string expected");
  }
  const std::string value = DecodeString(in_.text(annotation->tokens[0]));
  if (value.size() != 1 || value[0] < 0 || value[0] > 1) return cx_.AnnotationError(*annotation, "invalid hint value");
  if (const Annotation* second = cx_.TakeAnnotation("metadata.code.branch_hint")) {
    return cx_.AnnotationError(*second, "duplicate annotation");
  }
  return static_cast<int8_t>(value[0]);
}

// Called right before the instruction is written.
Result<void> ExprParser::NoteHint(int8_t hint, Opcode op) {
  if (hint < 0) return {};
  if (op != Opcode::kIf && op != Opcode::kBrIf) {
    const Place place = in_.tokens().Locate(in_.Peek());
    return Error(ErrorKind::kInvalid, "@metadata.code.branch_hint annotation: invalid target")
        .AtLine(place.line, place.column);
  }
  const uint32_t offset = function_->locals_bytes + static_cast<uint32_t>(out_.size());
  cx_.module.branch_hints.push_back({function_->index, offset, hint == 1});
  return {};
}

Result<void> ExprParser::Emit(int8_t hint) {
  CVM_RETURN_IF_ERROR(NoteHint(hint, instr_.op));
  WriteInstr(out_, instr_);
  return {};
}

void ExprParser::EmitOp(Opcode op) { out_.U8(static_cast<uint8_t>(Info(op).code)); }

void ExprParser::Wait(Frame* frame) {
  frame->pending_begin = static_cast<uint32_t>(pending_.size());
  WriteInstr(pending_, instr_);
}

// Writes what waits for this frame. Frames are flushed in the reverse order of their waiting.
Result<void> ExprParser::Flush(const Frame& frame) {
  CVM_RETURN_IF_ERROR(NoteHint(frame.hint, frame.op));
  out_.Raw(Bytes(pending_.bytes()).subspan(frame.pending_begin));
  pending_.Truncate(frame.pending_begin);
  return {};
}

}  // namespace cvm::text
