// Conversions between the number types.
#include "vm/interp/handlers/families.hpp"
#include "vm/interp/handlers/simple.hpp"

namespace cvm {

void AddConvertHandlers(HandlerTable& table) {
  AddSimple<Opcode::kI32WrapI64, Opcode::kI64Extend32S>(table);
  AddSimple<Opcode::kI32TruncSatF32S, Opcode::kI64TruncSatF64U>(table);
}

}  // namespace cvm
