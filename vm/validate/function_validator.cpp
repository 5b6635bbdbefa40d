// The walk itself: reading, the fast path of common instructions, the operand stack and the errors.
//
// The operand stack is the value stack of core/appendix/algorithm with packed types; `floor_` marks where the innermost
// block begins. In unreachable code the stack below the floor of a block is an endless supply of bottom.
#include "vm/validate/function_validator.hpp"

#include <algorithm>

#include "vm/validate/quick_read.hpp"
#include "vm/validate/rules.hpp"

namespace cvm {

FunctionValidator::FunctionValidator(const ModuleData& module, const ValidatedModule& validated)
    : module_(module), validated_(validated), types_(validated.context()), rules_(AllRules().data()) {
  Reserve(std::min<uint64_t>(kFirstOperands, limits().operands));
  check_rows_ = CheckRows().data();
  fast_memory_ = !module.memory_types.empty() && module.memory_types[0].limits.addr == AddrKind::kI32 ? 1 : 0;
}

void FunctionValidator::Reset(const Expr& code) {
  in_ = Reader(code.bytes, code.offset);
  offset_ = code.offset;
  reachable_ = true;
  top_ = begin();
  frames_.clear();
  locals_.assign(kPaddedLocals, kNoLocal);
  local_count_ = 0;
  set_locals_.clear();
  error_.reset();
}

bool FunctionValidator::BeginFunction(FuncIndex func) {
  const Function& function = module_.FunctionAt(func);
  Reset(function.body);
  constant_ = false;
  visible_globals_ = static_cast<uint32_t>(module_.global_types.size());
  const size_t size = function.body.bytes.size();
  if (size > limits().function_bytes) return Exceeded(&LoadLimits::function_bytes, size);
  if (!AddLocals(function)) return false;
  Frame body;
  body.type = function.type.value;
  frames_.push_back(body);
  UpdateFloor();
  return true;
}

bool FunctionValidator::BeginConstant(const Expr& expr, ValType wanted, uint32_t visible_globals,
                                      std::vector<bool>* declared) {
  Reset(expr);
  constant_ = true;
  visible_globals_ = visible_globals;
  declared_ = declared;
  Frame body;
  body.single = Pack(wanted);
  frames_.push_back(body);
  UpdateFloor();
  return true;
}

// valid/modules#functions: parameters are set, other locals only if their type has a default value.
bool FunctionValidator::AddLocals(const Function& function) {
  const PackedSpan params = validated_.ParamsOf(function.type.value);
  locals_.assign(params.begin(), params.end());
  for (const LocalRun& run : function.locals) {
    if (!CheckValType(run.type)) return false;
    const uint64_t count = uint64_t{locals_.size()} + run.count;
    if (count > limits().locals) return Exceeded(&LoadLimits::locals, count);
    const Packed type = Pack(run.type) | (run.type.is_defaultable() ? 0 : kUnsetLocal);
    locals_.insert(locals_.end(), run.count, type);
  }
  if (locals_.size() > limits().locals) return Exceeded(&LoadLimits::locals, locals_.size());
  local_count_ = static_cast<uint32_t>(locals_.size());
  if (locals_.size() < kPaddedLocals) locals_.resize(kPaddedLocals, kNoLocal);
  return true;
}

// --- Reading -------------------------------------------------------------------------------------------------------

bool FunctionValidator::Next(Instr* instr) {
  reachable_ = !frames_.back().unreachable;
  offset_ = in_.offset();
  // An opcode and the two immediate bytes that the fast path may look at.
  if (in_.remaining() >= 3 && !constant_) [[likely]] {
    if (FastStep(instr)) [[likely]]
      return true;
  }
  return SlowStep(instr);
}

namespace {

// What the fast path looks at.
struct FastState {
  const uint8_t* pos;
  Packed* top;
  const Packed* floor;
  const Packed* limit;
  const Packed* locals;
  uint8_t memory;
};

// Takes the instruction at `pos` if it is of the plain kind that CheckRow describes, and valid; everything else, errors
// included, is left to SlowStep. The tests are joined to one branch: which of them fails does not matter.
// REQUIRES: three bytes may be read.
[[gnu::always_inline]] inline bool TakeFast(const CheckRow& row, FastState* s) {
  const uint8_t first = s->pos[1];
  const Packed local = s->locals[first & 0x7f];
  const Packed wrong = ((s->top[-1] ^ (row.top | (local & row.local_top))) & row.top_mask) |
                       ((s->top[-2] ^ row.below) & row.below_mask) | (local & row.local_refused);
  const bool refused = !row.fast | (wrong != 0) | (s->top - s->floor < row.params) | (s->top == s->limit) |
                       (first > row.last_first) | (s->pos[2] > row.last_second) | (row.needs_memory > s->memory);
  if (refused) return false;
  s->top += row.growth;
  s->top[-1] = (s->top[-1] & row.kept) | row.result | (local & row.local_result);
  s->pos += row.length;
  return true;
}

}  // namespace

bool FunctionValidator::FastStep(Instr* instr) {
  const uint8_t* pos = in_.pos();
  const CheckRow& row = check_rows_[*pos];
  FastState state{pos, top_, floor_, limit_, locals_.data(), fast_memory_};
  if (!TakeFast(row, &state)) return false;
  top_ = state.top;
  in_.Seek(state.pos);
  instr->op = row.op;
  instr->offset = offset_;
  instr->index = pos[1];
  instr->bits = static_cast<uint64_t>(static_cast<int64_t>(pos[1] ^ 0x40) - 0x40);  // signed, of 7 bits
  instr->mem = {pos[1], MemoryIndex(0), pos[2]};
  return true;
}

// FastStep as long as it goes, for walks that nobody listens to: the state stays in registers.
void FunctionValidator::FastRun() {
  FastState state{in_.pos(), top_, floor_, limit_, locals_.data(), fast_memory_};
  const uint8_t* end = state.pos + in_.remaining();
  while (end - state.pos >= 3 && TakeFast(check_rows_[*state.pos], &state)) {
  }
  top_ = state.top;
  in_.Seek(state.pos);
}

bool FunctionValidator::Read(Instr* instr) {
  if (in_.remaining() >= kQuickReadBytes) [[likely]] {
    if (const uint8_t* next = QuickRead(in_.pos(), instr)) [[likely]] {
      instr->offset = offset_;
      in_.Seek(next);
      return true;
    }
  }
  if (in_.AtEnd()) return MissingEnd();
  auto read = ReadInstr(in_, features(), instr);
  return read.ok() || Fail(std::move(read).error());
}

// The suite expects the words of a decoder that reads on behind the body: what it finds there decides.
bool FunctionValidator::MissingEnd() {
  constexpr uint8_t kEndCode = 0x0b;
  if (module_.bytes == nullptr || offset_ >= module_.bytes->size()) {
    return Malformed("unexpected end of section or function");
  }
  return Malformed((*module_.bytes)[offset_] == kEndCode ? "section size mismatch" : "END opcode expected");
}

bool FunctionValidator::SlowStep(Instr* instr) {
  if (!Read(instr)) return false;
  if (constant_ && !CheckConstant(*instr)) return false;
  const Rule& rule = rules_[static_cast<size_t>(instr->op)];
  if (!rule.check(*this, *instr, rule)) return false;
  if (frames_.empty() && !in_.AtEnd()) return Malformed("section size mismatch: code after the final end");
  return true;
}

bool FunctionValidator::RunToEnd() {
  Instr instr;
  while (!done()) {
    if (!constant_) FastRun();
    reachable_ = !frames_.back().unreachable;
    offset_ = in_.offset();
    if (!SlowStep(&instr)) return false;
  }
  return true;
}

// --- Operand stack -------------------------------------------------------------------------------------------------

bool FunctionValidator::Grow() {
  const size_t used = static_cast<size_t>(top_ - begin());
  if (used >= limits().operands) return Exceeded(&LoadLimits::operands, used + 1);
  Reserve(std::min<uint64_t>(limits().operands, used * 2));
  return true;
}

// Below the stack are two words that the fast path may look at.
void FunctionValidator::Reserve(size_t capacity) {
  std::unique_ptr<Packed[]> larger(new Packed[capacity + 2]);
  larger[0] = larger[1] = kNoLocal;
  const size_t used = storage_ == nullptr ? 0 : static_cast<size_t>(top_ - begin());
  std::copy_n(storage_ == nullptr ? larger.get() : begin(), used, larger.get() + 2);
  storage_ = std::move(larger);
  top_ = begin() + used;
  limit_ = begin() + capacity;
  UpdateFloor();
}

bool FunctionValidator::PushAll(PackedSpan types) {
  for (const Packed type : types) {
    if (!Push(type)) return false;
  }
  return true;
}

bool FunctionValidator::Matches(Packed actual, Packed wanted) const {
  if (actual == wanted || actual == kPackedBottom) return true;
  if (!IsPackedRef(actual) || !IsPackedRef(wanted)) return false;
  return (actual | kPackedNullable) == wanted || MatchVal(types_, Unpack(actual), Unpack(wanted));
}

bool FunctionValidator::MatchesAll(PackedSpan actual, PackedSpan wanted) const {
  return std::equal(actual.begin(), actual.end(), wanted.begin(), wanted.end(),
                    [this](Packed a, Packed w) { return Matches(a, w); });
}

bool FunctionValidator::CheckTop(PackedSpan types) {
  const size_t available = static_cast<size_t>(top_ - floor_);
  if (available < types.size() && !frame().unreachable) return Mismatch(types, "instruction");
  const size_t have = std::min(available, types.size());
  const Packed* wanted = types.data() + (types.size() - have);
  const Packed* actual = top_ - have;
  for (size_t i = 0; i < have; ++i) {
    if (actual[i] != wanted[i] && !Matches(actual[i], wanted[i])) return Mismatch(types, "instruction");
  }
  return true;
}

bool FunctionValidator::PopAll(PackedSpan types) {
  if (!CheckTop(types)) return false;
  top_ -= std::min(static_cast<size_t>(top_ - floor_), types.size());
  return true;
}

bool FunctionValidator::PopAny(Packed* type) {
  if (top_ != floor_) {
    *type = *--top_;
    return true;
  }
  *type = kPackedBottom;
  return frame().unreachable || TypeMismatch("instruction requires a value but stack has []");
}

bool FunctionValidator::PopRef(ValType* type) {
  Packed operand = kPackedBottom;
  if (!PopAny(&operand)) return false;
  if (operand == kPackedBottom) {
    *type = ValType::Ref(HeapType::Abstract(HeapKind::kBottom), false);
    return true;
  }
  if (!IsPackedRef(operand)) {
    return TypeMismatch("instruction requires reference type but stack has " + ToString({&operand, 1}));
  }
  *type = Unpack(operand);
  return true;
}

bool FunctionValidator::MarkUnreachable() {
  top_ = floor_;
  frame().unreachable = true;
  return true;
}

// --- Errors --------------------------------------------------------------------------------------------------------

bool FunctionValidator::Fail(Error error) {
  if (!error.offset()) error.AtOffset(offset_);
  error_ = std::move(error);
  return false;
}

bool FunctionValidator::Invalid(std::string words) { return Fail(InvalidError(offset_, std::move(words))); }
bool FunctionValidator::Malformed(std::string words) { return Fail(MalformedError(offset_, std::move(words))); }
bool FunctionValidator::TypeMismatch(std::string details) { return Invalid("type mismatch: " + details); }
bool FunctionValidator::Unknown(const char* what, uint32_t index) {
  return Invalid(std::string("unknown ") + what + " " + std::to_string(index));
}
bool FunctionValidator::Disabled(Feature feature) { return Fail(DisabledError(feature)); }
bool FunctionValidator::Exceeded(LoadLimit which, uint64_t found) {
  return Fail(LimitExceeded(limits(), which, found));
}

Error FunctionValidator::TakeError() {
  return error_ ? *std::move(error_) : CVM_BUG("a function was refused without a reason");
}

// The words of the reference interpreter, which some tests of the suite spell out.
bool FunctionValidator::Mismatch(PackedSpan wanted, const char* who) {
  const size_t shown = std::min(wanted.size(), static_cast<size_t>(top_ - floor_));
  return TypeMismatch(std::string(who) + " requires " + ToString(wanted) + " but stack has " +
                      ToString(PackedSpan(top_ - shown, shown)));
}

// --- Blocks --------------------------------------------------------------------------------------------------------

PackedSpan FunctionValidator::ParamsOf(const Frame& frame) const {
  return frame.type == kNoType ? PackedSpan() : validated_.ParamsOf(frame.type);
}

PackedSpan FunctionValidator::ResultsOf(const Frame& frame) const {
  if (frame.type != kNoType) return validated_.ResultsOf(frame.type);
  return frame.single == kNoResult ? PackedSpan() : PackedSpan(&frame.single, 1);
}

bool FunctionValidator::Label(uint32_t depth, PackedSpan* types) {
  if (depth >= frames_.size()) return Unknown("label", depth);
  const Frame& target = frames_[frames_.size() - 1 - depth];
  *types = target.op == Opcode::kLoop ? ParamsOf(target) : ResultsOf(target);
  return true;
}

bool FunctionValidator::CheckBlockType(const BlockType& block) {
  if (block.kind == BlockType::Kind::kValue) return CheckValType(block.value);
  if (block.kind == BlockType::Kind::kEmpty) return true;
  if (!features().Has(Feature::kMultiValue)) return Disabled(Feature::kMultiValue);
  return FuncTypeAt(block.type.value);
}

bool FunctionValidator::OpenBlock(Opcode op, const BlockType& block) {
  Frame inner;
  inner.op = op;
  if (block.kind == BlockType::Kind::kType) inner.type = block.type.value;
  if (block.kind == BlockType::Kind::kValue) inner.single = Pack(block.value);
  const PackedSpan params = ParamsOf(inner);
  if (!PopAll(params)) return false;
  inner.height = Height();
  inner.init_height = static_cast<uint32_t>(set_locals_.size());
  frames_.push_back(inner);
  UpdateFloor();
  return PushAll(params);
}

bool FunctionValidator::CloseArm() {
  const PackedSpan results = ResultsOf(frame());
  if (!CheckTop(results)) return false;
  const size_t height = static_cast<size_t>(top_ - floor_);
  if (height > results.size()) {
    return TypeMismatch("block requires " + ToString(results) + " but stack has " + ToString(PackedSpan(floor_, top_)));
  }
  top_ = floor_;
  ForgetSetLocals(frame().init_height);
  return true;
}

bool FunctionValidator::OpenArm(Opcode op, PackedSpan params) {
  frame().op = op;
  frame().unreachable = false;
  return PushAll(params);
}

bool FunctionValidator::CloseBlock() {
  const Frame closed = frame();
  frames_.pop_back();
  UpdateFloor();
  return frames_.empty() || PushAll(ResultsOf(closed));
}

// core/appendix/algorithm: what a block has set is unset again behind it.
void FunctionValidator::ForgetSetLocals(uint32_t height) {
  while (set_locals_.size() > height) {
    locals_[set_locals_.back()] |= kUnsetLocal;
    set_locals_.pop_back();
  }
}

}  // namespace cvm
