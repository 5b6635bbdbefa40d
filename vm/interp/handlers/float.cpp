// f32 and f64 arithmetic and comparisons.
#include "vm/interp/handlers/families.hpp"
#include "vm/interp/handlers/simple.hpp"

namespace cvm {

void AddFloatHandlers(HandlerTable& table) {
  AddSimple<Opcode::kF32Eq, Opcode::kF64Ge>(table);
  AddSimple<Opcode::kF32Abs, Opcode::kF64Copysign>(table);
}

}  // namespace cvm
