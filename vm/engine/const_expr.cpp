#include "vm/engine/const_expr.hpp"

#include <algorithm>

#include "cvm/trap.hpp"
#include "vm/engine/store_work.hpp"
#include "vm/isa/instr.hpp"
#include "vm/runtime/store.hpp"
#include "vm/semantics/semantics.hpp"

namespace cvm {
namespace {

// Allocating constants may collect: objects made so far are lent to the evaluation until its value has been stored. The one who
// stores it does nothing else in between.
class Evaluator {
 public:
  explicit Evaluator(rt::Instance& instance) : instance_(instance), heap_(instance.store.heap()), lent_(heap_.LentCount()) {}
  ~Evaluator() { heap_.TruncateLent(lent_); }

  Result<ConstValue> Run(const Expr& expr) {
    Reader in(expr.bytes, expr.offset);
    Instr instr;
    for (;;) {
      CVM_RETURN_IF_ERROR(ReadInstr(in, Features::All(), &instr));
      if (instr.op == Opcode::kEnd) break;
      CVM_RETURN_IF_ERROR(work_.PayForInstructions(1));
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
  // The topmost `count` values as slots, popped.
  std::vector<uint64_t> PopSlots(std::span<const FieldType> fields, bool has_descriptor) {
    std::vector<uint64_t> slots;
    size_t at = stack_.size() - fields.size() - (has_descriptor ? 1 : 0);
    const size_t begin = at;
    for (const FieldType& field : fields) {
      slots.push_back(stack_[at].bits[0]);
      if (field.type.kind == ValKind::kV128) slots.push_back(stack_[at].bits[1]);
      ++at;
    }
    if (has_descriptor) slots.push_back(stack_[at].bits[0]);
    stack_.resize(begin);
    return slots;
  }
  Result<void> PushObject(const rt::Object* object) {
    if (object == nullptr) return TrapError(std::string(TrapMessage(TrapKind::kHeapExhausted)));
    heap_.Lend(object->ref());
    Push(object->ref());
    return {};
  }
  Result<void> NewStruct(const Instr& instr, bool by_default) {
    const TypeInfo* info = instance_.code->type_infos[instr.index];
    const SubType& type = instance_.module().types[instr.index];
    const bool has_descriptor = type.descriptor.has_value();
    const std::vector<uint64_t> slots =
        PopSlots(by_default ? std::span<const FieldType>() : std::span<const FieldType>(type.fields), has_descriptor);
    if (has_descriptor && slots.back() == rt::kNullRef) {
      return TrapError(std::string(TrapMessage(TrapKind::kNullDescriptorReference)));
    }
    if (!by_default) return PushObject(heap_.NewStruct(info, slots.data()));
    return PushObject(heap_.NewStructDefault(info, has_descriptor ? slots.back() : rt::kNullRef));
  }
  // `given`: elements on the stack, the last of which fills the rest.
  Result<void> NewArray(const Instr& instr, uint32_t length, uint32_t given) {
    const TypeInfo* info = instance_.code->type_infos[instr.index];
    CVM_RETURN_IF_ERROR(work_.PayForBytes(uint64_t{length} << info->element_log2));
    const std::vector<FieldType> fields(given, instance_.module().types[instr.index].fields[0]);
    const std::vector<uint64_t> slots = PopSlots(fields, false);
    rt::Array* array = heap_.NewArray(info, length, {.slots = slots.data(), .count = given, .info = info});
    const uint64_t bytes = uint64_t{1} << info->element_log2;
    const uint64_t per_element = bytes == 16 ? 2 : 1;
    for (uint64_t i = 0; array != nullptr && given != 0 && i < length; ++i) {
      CVM_RETURN_IF_ERROR(work_.Poll(bytes));
      std::memcpy(array->data() + i * bytes, &slots[std::min<uint64_t>(i, given - 1) * per_element], bytes);
    }
    return PushObject(array);
  }
  Result<void> StepObject(const Instr& instr) {
    switch (instr.op) {
      case Opcode::kStructNew:
      case Opcode::kStructNewDesc: return NewStruct(instr, false);
      case Opcode::kStructNewDefault:
      case Opcode::kStructNewDefaultDesc: return NewStruct(instr, true);
      case Opcode::kArrayNew: return NewArray(instr, static_cast<uint32_t>(Pop()), 1);
      case Opcode::kArrayNewDefault: return NewArray(instr, static_cast<uint32_t>(Pop()), 0);
      case Opcode::kArrayNewFixed: return NewArray(instr, instr.index2, instr.index2);
      case Opcode::kRefI31: Push(rt::I31Ref(static_cast<uint32_t>(Pop()))); return {};
      case Opcode::kAnyConvertExtern:
      case Opcode::kExternConvertAny: return {};
      default:
        return UnsupportedError("constant expressions with " + std::string(instr.info().text) + " are not supported");
    }
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
      default: return StepObject(instr);
    }
    return {};
  }

  rt::Instance& instance_;
  StoreWork work_{instance_.store};
  rt::Heap& heap_;
  size_t lent_;
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
