// The first half of the vector instructions, by code: splats, lanes, comparisons, bits, 8- and 16-bit lanes.
#include "vm/interp/handlers/families.hpp"
#include "vm/interp/handlers/simple.hpp"

namespace cvm {

void AddSimdIntegerHandlers(HandlerTable& table) {
  AddSimple<Opcode::kI8x16Swizzle, Opcode::kI16x8ExtmulHighI8x16U>(table);
}

}  // namespace cvm
