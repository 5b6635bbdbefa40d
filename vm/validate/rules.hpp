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

// How the fast path of FunctionValidator::Next takes a one-byte instruction.
enum class CheckShape : uint8_t { kNone, kUnary, kBinary, kLocalGet, kLocalSet, kLocalTee, kI32Const, kLoad, kStore };

struct CheckRow {
  Opcode op = Opcode::kNop;
  CheckShape shape = CheckShape::kNone;
  uint8_t first = 0;  // packed types of operands and result; they are numeric
  uint8_t second = 0;
  uint8_t result = 0;
  uint8_t align = 0;  // the natural one, for accesses
};
// By the first byte of an instruction.
std::span<const CheckRow> CheckRows();

}  // namespace cvm
