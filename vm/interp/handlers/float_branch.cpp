// Branches on float comparisons.
#include "vm/interp/handlers/branch.hpp"
#include "vm/interp/handlers/families.hpp"
#include "vm/interp/handlers/metered.hpp"

namespace cvm {
namespace {

template <class T, int... kIs>
void AddFloatBranches(HandlerTable& table, std::integer_sequence<int, kIs...>) {
  constexpr RegOp kHolds = sizeof(T) == 4 ? RegOp::kBrF32Eq : RegOp::kBrF64Eq;
  constexpr RegOp kNot = sizeof(T) == 4 ? RegOp::kBrNotF32Eq : RegOp::kBrNotF64Eq;
  (AddWithMetered<RegOpPlus(kHolds, kIs), BranchFamily<static_cast<FloatCompare>(kIs), T, false, false>>(table), ...);
  (AddWithMetered<RegOpPlus(kNot, kIs), BranchFamily<static_cast<FloatCompare>(kIs), T, false, true>>(table), ...);
}

}  // namespace

void AddFloatBranchHandlers(HandlerTable& table) {
  AddFloatBranches<float>(table, std::make_integer_sequence<int, kFloatCompares>());
  AddFloatBranches<double>(table, std::make_integer_sequence<int, kFloatCompares>());
}

}  // namespace cvm
