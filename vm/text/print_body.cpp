// The walk over a body, and the flat printer: one instruction a line.
#include <algorithm>

#include "vm/text/body_walk.hpp"

namespace cvm::text {

void NewLine(std::string* out, int depth) {
  constexpr int kDeepest = 40;  // text must not grow with the square of the nesting
  *out += '\n';
  out->append(static_cast<size_t>(2 * std::min(depth, kDeepest)), ' ');
}

Result<bool> BodyWalk::Next() {
  if (in_.AtEnd()) {
    if (role_ == Role::kLast) return false;
    return in_.UnexpectedEnd();
  }
  CVM_RETURN_IF_ERROR(ReadInstr(in_, cx_.features, &instr_));
  if (role_ == Role::kLast) return Misplaced();
  TakeHint();
  switch (instr_.op) {
    case Opcode::kBlock:
    case Opcode::kLoop:
    case Opcode::kIf:
    case Opcode::kTry:
    case Opcode::kTryTable:
      CVM_RETURN_IF_ERROR(Enter());
      return true;
    case Opcode::kElse:
    case Opcode::kCatch:
    case Opcode::kCatchAll:
      CVM_RETURN_IF_ERROR(Divide());
      return true;
    case Opcode::kEnd:
    case Opcode::kDelegate:
      CVM_RETURN_IF_ERROR(Leave());
      return true;
    default:
      role_ = Role::kPlain;
      text_ = InstrText(cx_, scope_, instr_);
      return true;
  }
}

// Labels of catch clauses are those around the block.
Result<void> BodyWalk::Enter() {
  role_ = Role::kOpen;
  const uint32_t label = scope_.blocks++;
  text_ = InstrText(cx_, scope_, instr_, scope_.labels.Definition(label));
  const std::string id = scope_.labels.Use(label);
  scope_.open.push_back(id.starts_with('$') ? id : "");
  open_.push_back({instr_.op});
  return {};
}

Result<void> BodyWalk::Divide() {
  role_ = Role::kMiddle;
  const Opcode wanted = instr_.op == Opcode::kElse ? Opcode::kIf : Opcode::kTry;
  if (open_.empty() || open_.back().op != wanted) return Misplaced();
  if (instr_.op == Opcode::kElse && open_.back().divided) return Misplaced();
  open_.back().divided = true;
  text_ = InstrText(cx_, scope_, instr_);
  return {};
}

// The label of delegate counts from outside its try.
Result<void> BodyWalk::Leave() {
  if (open_.empty()) {
    if (instr_.op == Opcode::kDelegate) return Misplaced();
    role_ = Role::kLast;
    text_ = "end";
    return {};
  }
  role_ = Role::kClose;
  if (instr_.op == Opcode::kDelegate && (open_.back().op != Opcode::kTry || open_.back().divided)) return Misplaced();
  open_.pop_back();
  scope_.open.pop_back();
  text_ = InstrText(cx_, scope_, instr_);
  return {};
}

void BodyWalk::TakeHint() {
  hint_.clear();
  const uint64_t at = instr_.offset - begin_ + hints_.locals_bytes;
  while (next_hint_ < hints_.list.size() && hints_.list[next_hint_].offset < at) ++next_hint_;
  if (next_hint_ == hints_.list.size() || hints_.list[next_hint_].offset != at) return;
  if (instr_.op != Opcode::kIf && instr_.op != Opcode::kBrIf) return;
  hint_ = hints_.list[next_hint_].likely ? "(@metadata.code.branch_hint \"\\01\") "
                                         : "(@metadata.code.branch_hint \"\\00\") ";
}

Result<void> PrintFlat(const PrintContext& cx, BodyScope* scope, const Expr& body, const Hints& hints, int depth,
                       std::string* out) {
  BodyWalk walk(cx, scope, body, hints);
  while (true) {
    CVM_ASSIGN_OR_RETURN(const bool more, walk.Next());
    if (!more) return {};
    if (walk.role() == BodyWalk::Role::kLast) continue;
    // What divides a block stands as far left as what opened it.
    const int left = walk.role() == BodyWalk::Role::kMiddle ? 1 : 0;
    NewLine(out, depth + static_cast<int>(walk.depth()) - left);
    *out += walk.hint();
    *out += walk.text();
  }
}

}  // namespace cvm::text
