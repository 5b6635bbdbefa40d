#include "vm/compile/emitter.hpp"

#include <array>

namespace cvm {
namespace {

// Code of a function may not grow beyond this, however its branches and calls move values about.
constexpr uint64_t kCodeBase = uint64_t{4} << 20;
constexpr uint64_t kCodePerByte = 512;

ValType TypeOfLetter(char letter) {
  switch (letter) {
    case 'l':
      return ValType::I64();
    case 'f':
      return ValType::F32();
    case 'd':
      return ValType::F64();
    case 'v':
      return ValType::V128();
    default:
      return ValType::I32();
  }
}

// Whether an arm of the innermost block ends here: what follows may be reached again.
bool EndsArm(Opcode op) {
  return op == Opcode::kEnd || op == Opcode::kElse || op == Opcode::kCatch || op == Opcode::kCatchAll ||
         op == Opcode::kDelegate;
}

// Simple operations that may trap must not be dropped with their result.
bool MayTrap(Opcode op) {
  switch (op) {
    case Opcode::kI32DivS:
    case Opcode::kI32DivU:
    case Opcode::kI32RemS:
    case Opcode::kI32RemU:
    case Opcode::kI64DivS:
    case Opcode::kI64DivU:
    case Opcode::kI64RemS:
    case Opcode::kI64RemU:
    case Opcode::kI32TruncF32S:
    case Opcode::kI32TruncF32U:
    case Opcode::kI32TruncF64S:
    case Opcode::kI32TruncF64U:
    case Opcode::kI64TruncF32S:
    case Opcode::kI64TruncF32U:
    case Opcode::kI64TruncF64S:
    case Opcode::kI64TruncF64U:
      return true;
    default:
      return false;
  }
}

}  // namespace

Emitter::Emitter(const ModuleData& module, FuncIndex func, const CompileEnv& env, const Analysis& analysis,
                 const Layout& layout)
    : module_(module),
      func_(func),
      function_(module.FunctionAt(func)),
      type_(module.FuncTypeOf(func)),
      env_(env),
      analysis_(analysis),
      layout_(layout),
      code_(*env.handlers),
      max_code_bytes_(kCodeBase + kCodePerByte * function_.body.bytes.size()),
      waiting_gets_(analysis.locals.size()) {}

// Instructions with code of their own; all others go by the format of their cells.
const Emitter::Rule Emitter::kRules[] = {
    {&Emitter::OnUnreachable, Opcode::kUnreachable},
    {&Emitter::OnNop, Opcode::kNop},
    {&Emitter::OnBlock, Opcode::kBlock},
    {&Emitter::OnLoop, Opcode::kLoop},
    {&Emitter::OnIf, Opcode::kIf},
    {&Emitter::OnElse, Opcode::kElse},
    {&Emitter::OnEnd, Opcode::kEnd},
    {&Emitter::OnBr, Opcode::kBr},
    {&Emitter::OnBrIf, Opcode::kBrIf},
    {&Emitter::OnBrTable, Opcode::kBrTable},
    {&Emitter::OnReturn, Opcode::kReturn},
    {&Emitter::OnBrOnNull, Opcode::kBrOnNull},
    {&Emitter::OnBrOnNonNull, Opcode::kBrOnNonNull},
    {&Emitter::OnCall, Opcode::kCall},
    {&Emitter::OnCallIndirect, Opcode::kCallIndirect},
    {&Emitter::OnCallRef, Opcode::kCallRef},
    {&Emitter::OnReturnCall, Opcode::kReturnCall},
    {&Emitter::OnReturnCallIndirect, Opcode::kReturnCallIndirect},
    {&Emitter::OnReturnCallRef, Opcode::kReturnCallRef},
    {&Emitter::OnTryTable, Opcode::kTryTable},
    {&Emitter::OnThrow, Opcode::kThrow},
    {&Emitter::OnThrowRef, Opcode::kThrowRef},
    {&Emitter::OnTry, Opcode::kTry},
    {&Emitter::OnCatch, Opcode::kCatch},
    {&Emitter::OnCatch, Opcode::kCatchAll},
    {&Emitter::OnDelegate, Opcode::kDelegate},
    {&Emitter::OnRethrow, Opcode::kRethrow},
    {&Emitter::OnDrop, Opcode::kDrop},
    {&Emitter::OnSelect, Opcode::kSelect},
    {&Emitter::OnSelect, Opcode::kSelectT},
    {&Emitter::OnLocalGet, Opcode::kLocalGet},
    {&Emitter::OnLocalSet, Opcode::kLocalSet},
    {&Emitter::OnLocalTee, Opcode::kLocalTee},
    {&Emitter::OnGlobalGet, Opcode::kGlobalGet},
    {&Emitter::OnGlobalSet, Opcode::kGlobalSet},
    {&Emitter::OnConst, Opcode::kI32Const},
    {&Emitter::OnConst, Opcode::kI64Const},
    {&Emitter::OnConst, Opcode::kF32Const},
    {&Emitter::OnConst, Opcode::kF64Const},
    {&Emitter::OnV128Const, Opcode::kV128Const},
    {&Emitter::OnShuffle, Opcode::kI8x16Shuffle},
    {&Emitter::OnRefNull, Opcode::kRefNull},
    {&Emitter::OnRefIsNull, Opcode::kRefIsNull},
    {&Emitter::OnRefEq, Opcode::kRefEq},
    {&Emitter::OnCompare, Opcode::kI32Eq, Opcode::kI32GeU},
    {&Emitter::OnCompare, Opcode::kI64Eq, Opcode::kI64GeU},
    {&Emitter::OnCompare, Opcode::kF32Eq, Opcode::kF64Ge},
    {&Emitter::OnEqz, Opcode::kI32Eqz},
    {&Emitter::OnEqz, Opcode::kI64Eqz},
    {&Emitter::OnAnd, Opcode::kI32And},
    {&Emitter::OnAnd, Opcode::kI64And},
    {&Emitter::OnAdd, Opcode::kI32Add},
    {&Emitter::OnSub, Opcode::kI32Sub},
    {&Emitter::OnSub, Opcode::kI64Sub},
    {&Emitter::OnShl, Opcode::kI32Shl},
    {&Emitter::OnExtendU, Opcode::kI64ExtendI32U},
    {&Emitter::OnStackForm, Opcode::kTableGet},
    {&Emitter::OnStackForm, Opcode::kTableSet},
    {&Emitter::OnStackForm, Opcode::kTableInit},
    {&Emitter::OnStackForm, Opcode::kTableCopy},
    {&Emitter::OnStackForm, Opcode::kTableGrow},
    {&Emitter::OnStackForm, Opcode::kTableFill},
    {&Emitter::OnStackForm, Opcode::kRefFunc},
    {&Emitter::OnRefUnary, Opcode::kRefAsNonNull},
    {&Emitter::OnStructNew, Opcode::kStructNew},
    {&Emitter::OnAggregate, Opcode::kStructNewDefault},
    {&Emitter::OnStructGet, Opcode::kStructGet, Opcode::kStructGetU},
    {&Emitter::OnStructSet, Opcode::kStructSet},
    {&Emitter::OnAggregate, Opcode::kArrayNew, Opcode::kArrayNewElem},
    {&Emitter::OnArrayGet, Opcode::kArrayGet, Opcode::kArrayGetU},
    {&Emitter::OnArraySet, Opcode::kArraySet},
    {&Emitter::OnRefUnary, Opcode::kArrayLen},
    {&Emitter::OnAggregate, Opcode::kArrayFill, Opcode::kArrayInitElem},
    {&Emitter::OnRefTest, Opcode::kRefTest, Opcode::kRefTestNull},
    {&Emitter::OnRefCast, Opcode::kRefCast, Opcode::kRefCastNull},
    {&Emitter::OnBrOnCast, Opcode::kBrOnCast, Opcode::kBrOnCastFail},
    {&Emitter::OnConvertRef, Opcode::kAnyConvertExtern, Opcode::kExternConvertAny},
    {&Emitter::OnRefUnary, Opcode::kRefI31, Opcode::kI31GetU},
    {&Emitter::OnAggregate, Opcode::kStructNewDesc, Opcode::kStructNewDefaultDesc},
    {&Emitter::OnRefGetDesc, Opcode::kRefGetDesc},
    {&Emitter::OnRefCastDescEq, Opcode::kRefCastDescEq, Opcode::kRefCastDescEqNull},
    {&Emitter::OnBrOnCastDescEq, Opcode::kBrOnCastDescEq, Opcode::kBrOnCastDescEqFail},
};

Emitter::Handler Emitter::HandlerByFormat(const OpcodeInfo& info) {
  switch (ShapeOf(ToRegOp(info.op)).format) {
    case Format::kOp:
      return &Emitter::OnSimple;
    case Format::kLoad:
      return &Emitter::OnLoad;
    case Format::kStore:
      return &Emitter::OnStore;
    default:
      return info.is_custom() ? &Emitter::OnUnsupported : &Emitter::OnStackForm;
  }
}

const Emitter::Handler& Emitter::HandlerOf(Opcode op) {
  static const std::array<Handler, kOpcodeCount> kHandlers = [] {
    std::array<Handler, kOpcodeCount> table;
    for (const OpcodeInfo& info : AllOpcodes()) table[static_cast<size_t>(info.op)] = HandlerByFormat(info);
    for (const Rule& rule : kRules) {
      table[static_cast<size_t>(rule.first)] = rule.handler;
      for (auto i = static_cast<size_t>(rule.first); i <= static_cast<size_t>(rule.last); ++i) table[i] = rule.handler;
    }
    return table;
  }();
  return kHandlers[static_cast<size_t>(op)];
}

void Emitter::Begin() {
  const auto pin_slot = [&](size_t which) {
    const uint32_t local = layout_.pins[which];
    return local == Layout::kNoLocal ? 0 : layout_.locals[local].offset;
  };
  const uint32_t enter = code_.Append({RegOp::kEnter}, 24);
  code_.SetField(enter, kField0, pin_slot(0));
  code_.SetField(enter, kField1, pin_slot(1));
  code_.SetField(enter, kField2, pin_slot(2));
  code_.Set32(enter, kImm64 + 4, layout_.zeroed_slots);
  // References move from the window to where the collector looks for them.
  int32_t at = -layout_.window_bytes;
  for (uint32_t i = 0; i < analysis_.params; ++i) {
    const ValType type = analysis_.locals[i];
    if (type.is_ref()) {
      Move({.where = Src::kSlot, .type = type, .offset = at}, {Dst::kSlot, layout_.locals[i].offset});
    }
    at += BytesOf(type);
  }
  blocks_.emplace_back().returns = type_.results.size() <= 1;
  if (metered()) OweEntry();
}

Result<void> Emitter::Finish(RegCode* out) {
  const int32_t end = layout_.Temp(max_slots_);
  code_.Set32(0, kImm64, static_cast<uint32_t>(end));
  CopyCounters own;
  CVM_RETURN_IF_ERROR(code_.Finish(env_.copies != nullptr ? env_.copies : &own, function_.body.offset, out));
  unwind_.LinkRanges();
  out->unwind = std::move(unwind_);
  out->loops = std::move(loops_);
  out->frame_bytes = static_cast<uint32_t>(end);
  out->window_bytes = static_cast<uint32_t>(layout_.window_bytes);
  out->ref_slots = layout_.ref_slots;
  out->ref_offset = static_cast<uint32_t>(layout_.refs);
  return {};
}

Result<void> Emitter::OnInstr(const Instr& instr, bool) {
  offset_ = instr.offset;
  code_.SetOrigin(static_cast<uint32_t>(instr.offset - function_.body.offset));
  if (!reachable_ && (skipped_ != 0 || !EndsArm(instr.op))) {
    Skip(instr);
    return {};
  }
  if (pending_.what != Pending::What::kNothing && !Consumes(instr.op)) Settle();
  if (metered()) Owe(instr);
  (this->*HandlerOf(instr.op))(instr);
  if (error_) return *std::move(error_);
  if (code_.size() > max_code_bytes_) return LimitError("function is too complex");
  if (max_slots_ > uint32_t{1} << 24) return LimitError("function has too many operands");
  return {};
}

// Unreachable code: only its nesting counts.
void Emitter::Skip(const Instr& instr) {
  switch (instr.info().imm) {
    case ImmKind::kBlock:
    case ImmKind::kTryTable:
      ++skipped_;
      ++next_block_;
      if (instr.op == Opcode::kLoop) ++next_loop_;
      break;
    default:
      if (instr.op == Opcode::kEnd || instr.op == Opcode::kDelegate) --skipped_;
  }
}

void Emitter::OnUnsupported(const Instr& instr) {
  Fail(CVM_BUG("no translation of " + std::string(instr.info().text)).AtOffset(instr.offset));
}

// --- constants, simple operations

void Emitter::OnConst(const Instr& instr) {
  switch (instr.op) {
    case Opcode::kI32Const:
      return PushConst(ValType::I32(), static_cast<uint32_t>(instr.bits));
    case Opcode::kI64Const:
      return PushConst(ValType::I64(), instr.bits);
    case Opcode::kF32Const:
      return PushConst(ValType::F32(), static_cast<uint32_t>(instr.bits));
    default:
      return PushConst(ValType::F64(), instr.bits);
  }
}

void Emitter::OnV128Const(const Instr& instr) {
  Out out{Dst::kAcc, NextHome(ValType::V128())};
  const Variant v{RegOp::kConstV, code_.Has({RegOp::kConstV}) ? Dst::kAcc : Dst::kSlot};
  out.where = v.dst;
  if (v.dst == Dst::kAcc) SpillAcc(1, false);
  const bool far = v.dst == Dst::kSlot && !IsNear(out.offset);
  const uint32_t cell = code_.Append(v, 32);
  if (v.dst == Dst::kSlot) code_.SetField(cell, kField0, Near(far ? layout_.Scratch(3) : out.offset));
  code_.SetBytes(cell, kImm64, instr.v128.data(), 16);
  if (far) Wide(RegOp::kStoreWideV, layout_.Scratch(3), out.offset);
  WroteResult(out, ValType::V128());
  PushResult(ValType::V128(), cell, out);
}

void Emitter::OnShuffle(const Instr& instr) {
  const Inputs in = TakeInputs(2);
  Out out{Dst::kAcc, NextHome(ValType::V128())};
  const uint32_t cell = Emit(RegOp::kShuffle, in, &out);
  code_.SetBytes(cell, kImm64, instr.v128.data(), 16);
  PushResult(ValType::V128(), cell, out);
}

void Emitter::Simple(RegOp op, uint32_t operands, ValType result, const Extra& extra) {
  const Inputs in = TakeInputs(operands);
  Out out{Dst::kAcc, NextHome(result)};
  const uint32_t cell = Emit(op, in, &out, extra);
  PushResult(result, cell, out);
}

void Emitter::OnSimple(const Instr& instr) {
  const std::string_view sig = instr.info().sig;
  const auto operands = static_cast<uint32_t>(sig.find(':'));
  const ValType result = TypeOfLetter(sig.back());
  if (FoldConstants(instr.op, operands, result)) return;
  Extra extra;
  if (instr.info().imm == ImmKind::kLane) extra.lane = static_cast<int32_t>(instr.index);
  Simple(ToRegOp(instr.op), operands, result, extra);
}

void Emitter::OnDrop(const Instr&) {
  const Operand& e = top();
  // A result that nobody wants need not be computed.
  const bool last = !e.is_address && e.kind == Kind::kAcc && e.producer != kNone && e.producer == code_.Last();
  if (last) {
    const Variant v = code_.cell(e.producer).variant;
    if (IsWasm(v.op) && ShapeOf(v.op).format == Format::kOp && !MayTrap(ToOpcode(v.op))) TakeBackLast();
  }
  Pop();
}

void Emitter::OnSelect(const Instr&) {
  const ValType type = stack_[stack_.size() - 2].type;
  switch (BankOf(type)) {
    case Bank::kFloat:
      return Simple(RegOp::kSelectF, 3, type);
    case Bank::kVec:
      return Simple(RegOp::kSelectV, 3, type);
    default:
      return Simple(RegOp::kSelect, 3, type);
  }
}

// A null reference is the number 0 (runtime: Ref); a test for null is a comparison with it.
void Emitter::OnRefNull(const Instr& instr) { PushConst(ValType::Ref(instr.heap, true), 0); }

void Emitter::OnRefIsNull(const Instr&) {
  PushConst(ValType::I64(), 0);
  pending_ = {.what = Pending::What::kCompare, .condition = {.is64 = true}};
}

void Emitter::OnRefEq(const Instr&) { pending_ = {.what = Pending::What::kCompare, .condition = {.is64 = true}}; }

// --- locals and globals

void Emitter::OnLocalGet(const Instr& instr) {
  Push(analysis_.locals[instr.index], Kind::kLocal).local = instr.index;
  ++waiting_gets_[instr.index];
}

void Emitter::OnLocalSet(const Instr& instr) { SetLocal(instr.index, false); }
void Emitter::OnLocalTee(const Instr& instr) { SetLocal(instr.index, true); }

void Emitter::OnGlobalGet(const Instr& instr) {
  const ValType type = module_.global_types[instr.index].type;
  const Bank bank = BankOf(type);
  Out out{Dst::kAcc, NextHome(type)};
  if (instr.index < module_.imported_globals) {
    const int32_t base = layout_.wide && !IsNear(out.offset) ? layout_.Scratch(3) : out.offset;
    StackCell(bank == Bank::kVec ? RegOp::kGlobalGetImportedV : RegOp::kGlobalGetImported, Near(base), instr.index);
    Wrote(base, BytesOf(type));
    if (base != out.offset) Wide(bank == Bank::kVec ? RegOp::kStoreWideV : RegOp::kStoreWide, base, out.offset);
    Wrote(out.offset, BytesOf(type));
    Push(type, Kind::kTemp);
    return;
  }
  const RegOp op = bank == Bank::kInt     ? RegOp::kGlobalGet
                   : bank == Bank::kFloat ? RegOp::kGlobalGetF
                                          : RegOp::kGlobalGetV;
  const auto offset = static_cast<uint32_t>(env_.global_offsets[instr.index - module_.imported_globals]);
  const uint32_t cell = Emit(op, {.free_slot = slots_}, &out, {.word = offset});
  PushResult(type, cell, out);
}

void Emitter::OnGlobalSet(const Instr& instr) {
  const ValType type = module_.global_types[instr.index].type;
  const Bank bank = BankOf(type);
  if (instr.index < module_.imported_globals) {
    Settle();
    Inputs in = TakeInputs(1);
    if (in.source[0].where != Src::kSlot) Lower(&in, 0);
    LoadFarSources(&in);
    StackCell(bank == Bank::kVec ? RegOp::kGlobalSetImportedV : RegOp::kGlobalSetImported, in.source[0].offset,
              instr.index);
    return;
  }
  const int32_t offset = env_.global_offsets[instr.index - module_.imported_globals];
  if (FuseGlobalSetAdd(offset) || FuseGlobalAdd(offset)) return;
  const RegOp op = bank == Bank::kInt     ? RegOp::kGlobalSet
                   : bank == Bank::kFloat ? RegOp::kGlobalSetF
                                          : RegOp::kGlobalSetV;
  const Inputs in = TakeInputs(1);
  Out none;
  Emit(op, in, &none, {.word = static_cast<uint32_t>(offset)});
}

}  // namespace cvm
