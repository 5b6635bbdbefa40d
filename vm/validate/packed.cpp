#include "vm/validate/packed.hpp"

namespace cvm {

std::string ToString(PackedSpan types) {
  std::string out = "[";
  for (const Packed type : types) {
    if (out.size() > 1) out += ' ';
    out += ToString(Unpack(type));
  }
  return out + "]";
}

}  // namespace cvm
