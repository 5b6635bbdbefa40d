// i32 and i64 arithmetic and comparisons.
#include "vm/interp/handlers/families.hpp"
#include "vm/interp/handlers/simple.hpp"

namespace cvm {

void AddIntegerHandlers(HandlerTable& table) {
  AddSimple<Opcode::kI32Eqz, Opcode::kI64GeU>(table);
  AddSimple<Opcode::kI32Clz, Opcode::kI64Rotr>(table);
}

}  // namespace cvm
