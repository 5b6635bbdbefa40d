// Rules made from the instruction table, and the checks of immediates that go with rows of simple signature.
#include "vm/validate/rules.hpp"

#include <string_view>

namespace cvm {

bool NoRule(FunctionValidator& v, const Instr& instr, const Rule&) {
  return v.Fail(CVM_BUG("no validation rule for " + std::string(instr.info().text)));
}

namespace {

constexpr uint8_t kAtomicPrefix = 0xfe;

bool CheckPlain(FunctionValidator& v, const Instr&, const Rule& rule) { return v.Apply(rule.Params(), rule.Results()); }

// Applies the signature with a and b as the address types named; lengths take the smaller of the two.
bool ApplyAddressed(FunctionValidator& v, const Rule& rule, AddrKind a, AddrKind b) {
  std::array<Packed, Rule::kMaxOperandsARow> operands = rule.operands;
  const AddrKind c = a == AddrKind::kI64 && b == AddrKind::kI64 ? AddrKind::kI64 : AddrKind::kI32;
  for (Packed& operand : operands) {
    if (operand == Rule::kAddrA) operand = PackedAddr(a);
    if (operand == Rule::kAddrB) operand = PackedAddr(b);
    if (operand == Rule::kAddrC) operand = PackedAddr(c);
  }
  return v.Apply({operands.data(), rule.params}, {operands.data() + rule.params, rule.results});
}

// valid/instructions#memory-instructions: alignment and offset of an access.
bool CheckAccess(FunctionValidator& v, const Instr& instr, AddrKind addr) {
  const uint32_t natural = AccessSizeLog2(instr.op);
  if (instr.mem.align > natural) return v.Invalid("alignment must not be larger than natural");
  if (instr.info().prefix == kAtomicPrefix && instr.mem.align != natural) {
    return v.Invalid("atomic alignment must be natural");
  }
  if (addr == AddrKind::kI32 && instr.mem.offset > UINT32_MAX) return v.Invalid("offset out of range");
  return true;
}

bool CheckMemArg(FunctionValidator& v, const Instr& instr, const Rule& rule) {
  AddrKind addr = AddrKind::kI32;
  return v.MemoryAt(instr.mem.memory.value, &addr) && CheckAccess(v, instr, addr) &&
         ApplyAddressed(v, rule, addr, addr);
}

bool CheckLaneIndex(FunctionValidator& v, uint32_t lane, uint32_t lanes) {
  return lane < lanes || v.Invalid("invalid lane index: " + std::to_string(lane) + " of " + std::to_string(lanes));
}

bool CheckMemArgLane(FunctionValidator& v, const Instr& instr, const Rule& rule) {
  return CheckLaneIndex(v, instr.index, rule.lanes) && CheckMemArg(v, instr, rule);
}

bool CheckLane(FunctionValidator& v, const Instr& instr, const Rule& rule) {
  return CheckLaneIndex(v, instr.index, rule.lanes) && CheckPlain(v, instr, rule);
}

bool CheckShuffle(FunctionValidator& v, const Instr& instr, const Rule& rule) {
  for (const uint8_t lane : instr.v128) {
    if (!CheckLaneIndex(v, lane, 32)) return false;
  }
  return CheckPlain(v, instr, rule);
}

bool CheckMemory(FunctionValidator& v, const Instr& instr, const Rule& rule) {
  AddrKind addr = AddrKind::kI32;
  return v.MemoryAt(instr.index, &addr) && ApplyAddressed(v, rule, addr, addr);
}

bool CheckMemory2(FunctionValidator& v, const Instr& instr, const Rule& rule) {
  AddrKind to = AddrKind::kI32, from = AddrKind::kI32;
  return v.MemoryAt(instr.index, &to) && v.MemoryAt(instr.index2, &from) && ApplyAddressed(v, rule, to, from);
}

bool CheckDataMemory(FunctionValidator& v, const Instr& instr, const Rule& rule) {
  AddrKind addr = AddrKind::kI32;
  return v.MemoryAt(instr.index2, &addr) && v.DataAt(instr.index) && ApplyAddressed(v, rule, addr, addr);
}

bool CheckData(FunctionValidator& v, const Instr& instr, const Rule& rule) {
  return v.DataAt(instr.index) && CheckPlain(v, instr, rule);
}

bool CheckElem(FunctionValidator& v, const Instr& instr, const Rule& rule) {
  const ElementSegment* segment = nullptr;
  return v.ElemAt(instr.index, &segment) && CheckPlain(v, instr, rule);
}

bool CheckTable(FunctionValidator& v, const Instr& instr, const Rule& rule) {
  const TableType* table = nullptr;
  return v.TableAt(instr.index, &table) && ApplyAddressed(v, rule, table->limits.addr, table->limits.addr);
}

CheckFn CheckFor(ImmKind imm) {
  switch (imm) {
    case ImmKind::kNone:
    case ImmKind::kI32:
    case ImmKind::kI64:
    case ImmKind::kF32:
    case ImmKind::kF64:
    case ImmKind::kV128:
    case ImmKind::kFence:
      return CheckPlain;
    case ImmKind::kMemArg:
      return CheckMemArg;
    case ImmKind::kMemArgLane:
      return CheckMemArgLane;
    case ImmKind::kLane:
      return CheckLane;
    case ImmKind::kShuffle:
      return CheckShuffle;
    case ImmKind::kMemory:
      return CheckMemory;
    case ImmKind::kMemory2:
      return CheckMemory2;
    case ImmKind::kDataMemory:
      return CheckDataMemory;
    case ImmKind::kData:
      return CheckData;
    case ImmKind::kElem:
      return CheckElem;
    case ImmKind::kTable:
      return CheckTable;
    default:
      return NoRule;
  }
}

Packed OperandOf(char letter) {
  switch (letter) {
    case 'i':
      return kPackedI32;
    case 'l':
      return kPackedI64;
    case 'f':
      return kPackedF32;
    case 'd':
      return kPackedF64;
    case 'v':
      return kPackedV128;
    case 'a':
      return Rule::kAddrA;
    case 'b':
      return Rule::kAddrB;
    default:
      return Rule::kAddrC;
  }
}

// "i16x8.extract_lane_s" -> 8; a lane access has as many lanes as its width fits into 16 bytes.
uint8_t LanesOf(const OpcodeInfo& row) {
  if (row.imm == ImmKind::kMemArgLane) return static_cast<uint8_t>(16u >> AccessSizeLog2(row.op));
  if (row.imm != ImmKind::kLane) return 0;
  const size_t x = row.text.find('x');
  uint8_t lanes = 0;
  for (size_t i = x + 1; i < row.text.size() && row.text[i] >= '0' && row.text[i] <= '9'; ++i) {
    lanes = static_cast<uint8_t>(lanes * 10 + (row.text[i] - '0'));
  }
  return lanes;
}

Rule RuleFromSignature(const OpcodeInfo& row) {
  Rule rule;
  rule.check = CheckFor(row.imm);
  rule.lanes = LanesOf(row);
  size_t at = 0;
  bool results = false;
  for (const char letter : row.sig) {
    if (letter == ':') {
      results = true;
      continue;
    }
    if (at == Rule::kMaxOperandsARow) return Rule{.check = NoRule};
    rule.operands[at++] = OperandOf(letter);
    ++(results ? rule.results : rule.params);
  }
  return rule;
}

using RuleTable = std::array<Rule, kOpcodeCount>;

RuleTable MakeRules() {
  RuleTable rules;
  for (const OpcodeInfo& row : AllOpcodes()) {
    rules[static_cast<size_t>(row.op)] = row.is_custom() ? Rule{.check = NoRule} : RuleFromSignature(row);
  }
  for (const auto family :
       {ControlRules(), ExceptionRules(), VariableRules(), ReferenceRules(), GcRules(), TableRules()}) {
    for (const CustomRule& custom : family) rules[static_cast<size_t>(custom.op)].check = custom.check;
  }
  return rules;
}

constexpr Packed kAllOnes = ~Packed{0};

// local.get, local.set, local.tee and drop: their operand or result is what the local, or the stack, has.
bool IsFastVariable(Opcode op, CheckRow* row) {
  const bool get = op == Opcode::kLocalGet;
  const bool set = op == Opcode::kLocalSet || op == Opcode::kLocalTee;
  if (!get && !set && op != Opcode::kDrop) return false;
  row->params = get ? 0 : 1;
  row->growth = get ? 1 : (op == Opcode::kLocalTee ? 0 : -1);
  row->kept = get ? 0 : kAllOnes;
  row->local_result = get ? kAllOnes : 0;
  row->local_refused = get ? kUnsetLocal : 0;
  if (set) row->top_mask = row->local_top = kAllOnes;
  if (op != Opcode::kDrop) row->length = 2, row->last_first = 0x7f;
  return true;
}

// Rows with a numeric signature of at most two operands and one result.
bool IsFastNumeric(const OpcodeInfo& info, const Rule& rule, CheckRow* row) {
  if (info.is_custom() || rule.params > 2 || rule.results > 1) return false;
  std::array<Packed, 3> operands = {};
  for (size_t i = 0; i < size_t{rule.params} + rule.results; ++i) {
    // Accesses are taken only where memory 0 is addressed by i32.
    operands[i] = rule.operands[i] == Rule::kAddrA ? kPackedI32 : rule.operands[i];
    if (operands[i] > kPackedF64) return false;
  }
  row->params = rule.params;
  row->growth = static_cast<int8_t>(rule.results - rule.params);
  row->result = rule.results == 1 ? operands[rule.params] : 0;
  row->kept = rule.results == 1 ? 0 : kAllOnes;
  if (rule.params > 0) {
    row->top = operands[rule.params - 1u];
    row->top_mask = kAllOnes;
  }
  if (rule.params > 1) {
    row->below = operands[0];
    row->below_mask = kAllOnes;
  }
  return true;
}

// How many immediate bytes there are, and what they may be: LEB128 numbers of one byte, alignments up to the natural.
bool TakesImmediates(const OpcodeInfo& info, CheckRow* row) {
  switch (info.imm) {
    case ImmKind::kNone:
      return true;
    case ImmKind::kI32:
    case ImmKind::kI64:
      row->length = 2;
      row->last_first = 0x7f;
      return true;
    case ImmKind::kMemArg:
      row->length = 3;
      row->last_first = static_cast<uint8_t>(AccessSizeLog2(info.op));
      row->last_second = 0x7f;
      row->needs_memory = 1;
      return true;
    default:
      return false;
  }
}

using CheckRowTable = std::array<CheckRow, 256>;

CheckRowTable MakeCheckRows() {
  CheckRowTable rows;
  for (const OpcodeInfo& info : AllOpcodes()) {
    // Whatever can be switched off takes the slow path, which asks.
    if (info.prefix != 0 || info.feature != Feature::kMvp) continue;
    CheckRow row;
    row.op = info.op;
    const Rule& rule = AllRules()[static_cast<size_t>(info.op)];
    row.fast = IsFastVariable(info.op, &row) || (IsFastNumeric(info, rule, &row) && TakesImmediates(info, &row));
    rows[info.code] = row;
  }
  return rows;
}

}  // namespace

std::span<const Rule> AllRules() {
  static const RuleTable rules = MakeRules();
  return rules;
}

std::span<const CheckRow> CheckRows() {
  static const CheckRowTable rows = MakeCheckRows();
  return rows;
}

}  // namespace cvm
