#include "vm/validate/walk.hpp"

namespace cvm {

std::span<const ValType> BlockParams(const ModuleData& module, const BlockType& block) {
  if (block.kind != BlockType::Kind::kType) return {};
  return module.types[block.type.value].func.params;
}

std::span<const ValType> BlockResults(const ModuleData& module, const BlockType& block) {
  if (block.kind == BlockType::Kind::kType) return module.types[block.type.value].func.results;
  if (block.kind == BlockType::Kind::kValue) return {&block.value, 1};
  return {};
}

}  // namespace cvm
