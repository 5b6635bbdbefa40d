// The rule of each instruction, as the FunctionValidator applies it: a check function, and the operand types of rows
// that have a signature. Built once from the instruction table and the tables of the families. Immutable.
#pragma once

#include <array>
#include <span>

#include "vm/validate/function_validator.hpp"

namespace cvm {

using CheckFn = bool (*)(FunctionValidator& v, const Instr& instr, const Rule& rule);

struct Rule {
  static constexpr size_t kMaxOperandsARow = 6;
  // Stand in for address types in `operands` until an instruction says which memory or table it names.
  static constexpr Packed kAddrA = 0x100, kAddrB = 0x101, kAddrC = 0x102;

  CheckFn check = nullptr;
  uint8_t params = 0;
  uint8_t results = 0;
  uint8_t lanes = 0;                                   // of the shape named, for lane immediates
  std::array<Packed, kMaxOperandsARow> operands = {};  // parameters, then results

  PackedSpan Params() const { return {operands.data(), params}; }
  PackedSpan Results() const { return {operands.data() + params, results}; }
};

// The check of a row that nobody wrote a rule for: an error of kind kBug. A test sees to it that there is none.
bool NoRule(FunctionValidator& v, const Instr& instr, const Rule& rule);

// By opcode; kOpcodeCount of them, none without a check.
std::span<const Rule> AllRules();

struct CustomRule {
  Opcode op;
  CheckFn check;
};
// Rows whose signature is "*", by family.
std::span<const CustomRule> ControlRules();
std::span<const CustomRule> ExceptionRules();
std::span<const CustomRule> VariableRules();
std::span<const CustomRule> ReferenceRules();
std::span<const CustomRule> GcRules();
std::span<const CustomRule> TableRules();

// How FunctionValidator::Next takes the common one-byte instructions, without a branch between their kinds: up to two
// operands of numeric type (or a local's) are replaced by at most one result, and immediates are a byte each.
struct CheckRow {
  // The topmost operand and the one below: the bits of the masks must agree.
  Packed top = 0, top_mask = 0;
  Packed below = 0, below_mask = 0;
  Packed local_top = 0;  // all ones if the operand is of the type of the local named
  Packed result = 0;
  Packed kept = 0;           // all ones if the value then on top stays, as there is no result
  Packed local_result = 0;   // all ones if the result is the local named
  Packed local_refused = 0;  // kUnsetLocal where an unset local is an error
  Opcode op = Opcode::kNop;
  bool fast = false;  // false: not of this kind
  uint8_t needs_memory = 0;
  uint8_t params = 0;
  int8_t growth = 0;          // results - params
  uint8_t length = 1;         // in bytes
  uint8_t last_first = 0xff;  // the largest first immediate byte that is taken
  uint8_t last_second = 0xff;
};
// By the first byte of an instruction.
std::span<const CheckRow> CheckRows();

}  // namespace cvm
