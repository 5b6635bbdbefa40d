#include "vm/engine/const_expr.hpp"

#include "vm/isa/instr.hpp"
#include "vm/semantics/semantics.hpp"

namespace cvm {
namespace {

class Evaluator {
 public:
  explicit Evaluator(rt::Instance& instance) : instance_(instance) {}

  Result<ConstValue> Run(const Expr& expr) {
    Reader in(expr.bytes, expr.offset);
    Instr instr;
    for (;;) {
      CVM_RETURN_IF_ERROR(ReadInstr(in, Features::All(), &instr));
      if (instr.op == Opcode::kEnd) break;
      CVM_RETURN_IF_ERROR(Step(instr));
    }
    if (stack_.empty()) return CVM_BUG("constant expression without a value");
    return stack_.back();
  }

 private:
  void Push(uint64_t bits) { stack_.push_back({{bits, 0}}); }
  uint64_t Pop() {
    const uint64_t bits = stack_.back().bits[0];
    stack_.pop_back();
    return bits;
  }
  template <Opcode kOp, class T>
  void Binary() {
    const T b = static_cast<T>(Pop());
    const T a = static_cast<T>(Pop());
    Push(Semantics<kOp>::Eval(a, b));
  }

  Result<void> Step(const Instr& instr) {
    switch (instr.op) {
      case Opcode::kI32Const:
      case Opcode::kF32Const: Push(static_cast<uint32_t>(instr.bits)); break;
      case Opcode::kI64Const:
      case Opcode::kF64Const: Push(instr.bits); break;
      case Opcode::kV128Const: {
        ConstValue value;
        std::memcpy(value.bits.data(), instr.v128.data(), 16);
        stack_.push_back(value);
        break;
      }
      case Opcode::kGlobalGet: {
        const rt::Global& global = *instance_.globals[instr.index];
        ConstValue value;
        std::memcpy(value.bits.data(), global.value, SlotsOf(global.type.type) * 8);
        stack_.push_back(value);
        break;
      }
      case Opcode::kRefNull: Push(rt::kNullRef); break;
      case Opcode::kRefFunc: Push(reinterpret_cast<uint64_t>(instance_.FunctionAt(instr.index))); break;
      case Opcode::kI32Add: Binary<Opcode::kI32Add, uint32_t>(); break;
      case Opcode::kI32Sub: Binary<Opcode::kI32Sub, uint32_t>(); break;
      case Opcode::kI32Mul: Binary<Opcode::kI32Mul, uint32_t>(); break;
      case Opcode::kI64Add: Binary<Opcode::kI64Add, uint64_t>(); break;
      case Opcode::kI64Sub: Binary<Opcode::kI64Sub, uint64_t>(); break;
      case Opcode::kI64Mul: Binary<Opcode::kI64Mul, uint64_t>(); break;
      default:
        return UnsupportedError("constant expressions with " + std::string(instr.info().text) + " are not supported");
    }
    return {};
  }

  rt::Instance& instance_;
  std::vector<ConstValue> stack_;
};

}  // namespace

Result<ConstValue> EvaluateConst(rt::Instance& instance, const Expr& expr) { return Evaluator(instance).Run(expr); }

std::optional<uint64_t> ConstantOffset(const Expr& expr) {
  Reader in(expr.bytes, expr.offset);
  Instr instr;
  if (!ReadInstr(in, Features::All(), &instr).ok()) return std::nullopt;
  std::optional<uint64_t> value;
  if (instr.op == Opcode::kI32Const) value = static_cast<uint32_t>(instr.bits);
  if (instr.op == Opcode::kI64Const) value = instr.bits;
  if (!ReadInstr(in, Features::All(), &instr).ok() || instr.op != Opcode::kEnd) return std::nullopt;
  return value;
}

}  // namespace cvm
