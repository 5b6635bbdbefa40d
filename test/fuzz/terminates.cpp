#include "test/fuzz/terminates.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <vector>

#include "vm/isa/instr.hpp"

namespace cvm::fuzz {
namespace {

constexpr uint32_t kMostFuel = 10'000;

// `if fuel == 0 { trap }; fuel -= 1`
constexpr std::array kTakeOne = {Opcode::kGlobalGet,   Opcode::kI32Eqz, Opcode::kIf,
                                 Opcode::kUnreachable, Opcode::kEnd,    Opcode::kGlobalGet,
                                 Opcode::kI32Const,    Opcode::kI32Sub, Opcode::kGlobalSet};
// `if n >= fuel { trap }; fuel -= n`
constexpr std::array kTakeSome = {Opcode::kLocalGet,    Opcode::kGlobalGet, Opcode::kI32GeU,    Opcode::kIf,
                                  Opcode::kUnreachable, Opcode::kEnd,       Opcode::kGlobalGet, Opcode::kLocalGet,
                                  Opcode::kI32Sub,      Opcode::kGlobalSet};

class Checker {
 public:
  explicit Checker(uint32_t fuel) : fuel_(fuel) {}

  bool Check(const Function& function) {
    if (!ReadAll(function.body) || !IsTakeOne(0)) return false;
    for (size_t i = 0; i < code_.size(); ++i) {
      if (code_[i].op == Opcode::kLoop && !IsTakeOne(i + 1)) return false;
      if (code_[i].op == Opcode::kGlobalSet && code_[i].index == fuel_ && !EndsTaking(i)) return false;
    }
    return true;
  }

 private:
  struct Item {
    Opcode op;
    uint32_t index;  // of a local or global; the number of an i32.const
  };

  bool ReadAll(const Expr& body) {
    code_.clear();
    Reader in(body.bytes, body.offset);
    Instr instr;
    while (!in.AtEnd()) {
      if (!ReadInstr(in, Features::All(), &instr).ok()) return false;
      code_.push_back({instr.op, IndexOf(instr)});
    }
    return true;
  }

  static uint32_t IndexOf(const Instr& instr) {
    return instr.op == Opcode::kI32Const ? static_cast<uint32_t>(instr.bits) : instr.index;
  }

  template <size_t kN>
  bool IsRow(size_t at, const std::array<Opcode, kN>& row) const {
    if (at + kN > code_.size()) return false;
    for (size_t i = 0; i < kN; ++i) {
      const Item& item = code_[at + i];
      if (item.op != row[i]) return false;
      const bool is_global = item.op == Opcode::kGlobalGet || item.op == Opcode::kGlobalSet;
      if (is_global && item.index != fuel_) return false;
    }
    return true;
  }
  bool IsTakeOne(size_t at) const { return IsRow(at, kTakeOne) && code_[at + 6].index == 1; }
  bool IsTakeSome(size_t at) const { return IsRow(at, kTakeSome) && code_[at].index == code_[at + 7].index; }
  bool EndsTaking(size_t at) const {
    return (at + 1 >= kTakeOne.size() && IsTakeOne(at + 1 - kTakeOne.size())) ||
           (at + 1 >= kTakeSome.size() && IsTakeSome(at + 1 - kTakeSome.size()));
  }

  const uint32_t fuel_;
  std::vector<Item> code_;
};

// A function that runs from its beginning to its end.
bool IsStraight(const Function& function) {
  Reader in(function.body.bytes, function.body.offset);
  Instr instr;
  while (!in.AtEnd()) {
    if (!ReadInstr(in, Features::All(), &instr).ok()) return false;
    switch (instr.op) {
      case Opcode::kLoop:
      case Opcode::kCall:
      case Opcode::kCallIndirect:
      case Opcode::kCallRef:
      case Opcode::kReturnCall:
      case Opcode::kReturnCallIndirect:
      case Opcode::kReturnCallRef:
        return false;
      default:
        break;
    }
  }
  return true;
}

// The last global, if it is the module's own, and a variable that begins small. That it may be exported does not
// matter: what this module calls does not import from it.
std::optional<uint32_t> FuelGlobal(const ModuleData& module) {
  if (module.globals.empty()) return std::nullopt;
  const Global& global = module.globals.back();
  const auto index = static_cast<uint32_t>(module.global_types.size() - 1);
  Reader in(global.init.bytes, global.init.offset);
  Instr instr;
  if (!ReadInstr(in, Features::All(), &instr).ok()) return std::nullopt;
  const bool fits = global.type.type == ValType::I32() && global.type.mutable_ && instr.op == Opcode::kI32Const &&
                    instr.bits <= kMostFuel && in.remaining() == 1;
  return fits ? std::optional(index) : std::nullopt;
}

}  // namespace

bool Terminates(const ModuleData& module) {
  if (std::all_of(module.functions.begin(), module.functions.end(), IsStraight)) return true;
  const std::optional<uint32_t> fuel = FuelGlobal(module);
  if (!fuel.has_value()) return false;
  Checker checker(*fuel);
  return std::all_of(module.functions.begin(), module.functions.end(),
                     [&](const Function& f) { return checker.Check(f); });
}

}  // namespace cvm::fuzz
