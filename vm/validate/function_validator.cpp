// The walk itself: reading, the fast path of common instructions, the operand stack and the errors.
//
// The operand stack is the value stack of core/appendix/algorithm with packed types; `floor_` marks where the innermost
// block begins. In unreachable code the stack below the floor of a block is an endless supply of bottom.
#include "vm/validate/function_validator.hpp"

#include <algorithm>

#include "vm/validate/rules.hpp"

namespace cvm {

FunctionValidator::FunctionValidator(const Module& module, const ValidatedModule& validated)
    : module_(module), validated_(validated), types_(validated.context()), rules_(AllRules().data()) {
  fast_memory_ = !module.memory_types.empty() && module.memory_types[0].limits.addr == AddrKind::kI32;
}

void FunctionValidator::Reset(const Expr& code) {
  in_ = Reader(code.bytes, code.offset);
  offset_ = code.offset;
  reachable_ = true;
  top_ = begin_.get();
  frames_.clear();
  locals_.clear();
  set_locals_.clear();
  error_.reset();
}

bool FunctionValidator::BeginFunction(FuncIndex func) {
  const Function& function = module_.FunctionAt(func);
  Reset(function.body);
  constant_ = false;
  visible_globals_ = static_cast<uint32_t>(module_.global_types.size());
  if (function.body.bytes.size() > kMaxBodyBytes) return Fail(LimitError("function body is too long"));
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
    if (run.count > kMaxLocals - std::min<uint64_t>(kMaxLocals, locals_.size())) {
      return Fail(LimitError("too many locals: more than " + std::to_string(kMaxLocals)));
    }
    const Packed type = Pack(run.type) | (run.type.is_defaultable() ? 0 : kUnsetLocal);
    locals_.insert(locals_.end(), run.count, type);
  }
  return locals_.size() <= kMaxLocals || Fail(LimitError("too many locals"));
}

// --- Reading -------------------------------------------------------------------------------------------------------

bool FunctionValidator::Next(Instr* instr) {
  reachable_ = !frames_.back().unreachable;
  offset_ = in_.offset();
  // Five bytes hold whatever the fast path takes: an opcode, an alignment, an offset of two bytes.
  if (!constant_ && in_.remaining() > 4) [[likely]] {
    static const CheckRow* const rows = CheckRows().data();
    const CheckRow& row = rows[*in_.pos()];
    if (row.shape != CheckShape::kNone && FastStep(row, instr)) return true;
  }
  return SlowStep(instr);
}

// Takes the instruction if it is of the plain kind and valid; everything else, errors included, is left to SlowStep.
inline bool FunctionValidator::FastStep(const CheckRow& row, Instr* instr) {
  const uint8_t* pos = in_.pos();
  const uint8_t immediate = pos[1];
  const auto operands = top_ - floor_;
  size_t length = 1;
  switch (row.shape) {
    case CheckShape::kUnary:
      if (operands < 1 || top_[-1] != row.first) return false;
      top_[-1] = row.result;
      break;
    case CheckShape::kBinary:
      if (operands < 2 || top_[-1] != row.second || top_[-2] != row.first) return false;
      --top_;
      top_[-1] = row.result;
      break;
    case CheckShape::kLocalGet:
      if (immediate >= 0x80 || immediate >= locals_.size() || IsUnset(immediate) || top_ == limit_) return false;
      *top_++ = locals_[immediate];
      instr->index = immediate;
      length = 2;
      break;
    case CheckShape::kLocalSet:
    case CheckShape::kLocalTee:
      if (immediate >= 0x80 || immediate >= locals_.size() || operands < 1 || top_[-1] != locals_[immediate]) {
        return false;
      }
      if (row.shape == CheckShape::kLocalSet) --top_;
      instr->index = immediate;
      length = 2;
      break;
    case CheckShape::kI32Const:
      if (immediate >= 0x80 || top_ == limit_) return false;
      *top_++ = kPackedI32;
      instr->bits = static_cast<uint64_t>(static_cast<int64_t>(static_cast<uint64_t>(immediate) << 57) >> 57);
      length = 2;
      break;
    default:
      return FastAccess(row, instr);
  }
  instr->op = row.op;
  instr->offset = offset_;
  in_.Seek(pos + length);
  return true;
}

// A load or store of memory 0 with an offset of at most two bytes.
inline bool FunctionValidator::FastAccess(const CheckRow& row, Instr* instr) {
  const uint8_t* pos = in_.pos();
  const uint8_t align = pos[1];
  if (!fast_memory_ || align > row.align || (pos[2] >= 0x80 && pos[3] >= 0x80)) return false;
  const auto operands = top_ - floor_;
  if (row.shape == CheckShape::kLoad) {
    if (operands < 1 || top_[-1] != kPackedI32) return false;
    top_[-1] = row.result;
  } else {
    if (operands < 2 || top_[-1] != row.second || top_[-2] != kPackedI32) return false;
    top_ -= 2;
  }
  const bool two = pos[2] >= 0x80;
  instr->op = row.op;
  instr->offset = offset_;
  instr->mem.align = align;
  instr->mem.memory = MemoryIndex(0);
  instr->mem.offset = two ? (pos[2] & 0x7fu) | static_cast<uint64_t>(pos[3]) << 7 : pos[2];
  in_.Seek(pos + (two ? 4 : 3));
  return true;
}

bool FunctionValidator::SlowStep(Instr* instr) {
  if (in_.AtEnd()) return Malformed("unexpected end of section or function: END opcode expected");
  if (auto read = ReadInstr(in_, features(), instr); !read.ok()) [[unlikely]]
    return Fail(std::move(read).error());
  if (constant_ && !CheckConstant(*instr)) return false;
  const Rule& rule = rules_[static_cast<size_t>(instr->op)];
  if (!rule.check(*this, *instr, rule)) return false;
  if (frames_.empty() && !in_.AtEnd()) return Malformed("section size mismatch: code after the final end");
  return true;
}

bool FunctionValidator::RunToEnd() {
  Instr instr;
  while (!done()) {
    if (!Next(&instr)) return false;
  }
  return true;
}

// --- Operand stack -------------------------------------------------------------------------------------------------

bool FunctionValidator::Grow() {
  const size_t used = static_cast<size_t>(top_ - begin_.get());
  if (used >= kMaxOperands) return Fail(LimitError("too many values on the operand stack"));
  const size_t capacity = std::min(kMaxOperands, std::max<size_t>(used * 2, 128));
  std::unique_ptr<Packed[]> larger(new Packed[capacity]);
  std::copy(begin_.get(), top_, larger.get());
  begin_ = std::move(larger);
  top_ = begin_.get() + used;
  limit_ = begin_.get() + capacity;
  UpdateFloor();
  return true;
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
  Packed operand;
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
