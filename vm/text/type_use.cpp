// Type uses and block types (core/text/modules#type-uses, core/text/instructions#text-blocktype). A type use without a
// type index stands for the first plain function type of its form, which is added to the module where there is none.
#include "vm/text/context.hpp"

namespace cvm::text {
namespace {

// A function type that a type use may stand for: alone in its recursion group, final, without relations.
bool IsPlainFunc(const ModuleData& module, const RecGroup& group) {
  if (group.count != 1) return false;
  const SubType& type = module.types[group.start];
  return type.kind == CompositeKind::kFunc && type.final_ && type.supertypes.empty() && !type.descriptor &&
         !type.describes;
}

}  // namespace

std::string ModuleContext::TypeKey(const FuncType& type) const {
  Writer key;
  for (const ValType& param : type.params) WriteValType(key, param);
  key.U8(0);  // begins no value type
  for (const ValType& result : type.results) WriteValType(key, result);
  return {key.bytes().begin(), key.bytes().end()};
}

void ModuleContext::IndexFuncTypes() {
  for (const RecGroup& group : module.rec_groups) IndexFuncType(group);
}

void ModuleContext::IndexFuncType(const RecGroup& group) {
  if (IsPlainFunc(module, group)) {
    func_types_.emplace(TypeKey(module.types[group.start].func), TypeIndex(group.start));
  }
}

Result<TypeUse> ModuleContext::ParseTypeUse(bool with_names) {
  TypeUse use;
  use.at = in.Peek();
  if (in.TakeOpen("type")) {
    CVM_ASSIGN_OR_RETURN(const uint32_t index, Index(types));
    use.index = TypeIndex(index);
    CVM_RETURN_IF_ERROR(in.Close());
  }
  while (in.TakeOpen("param")) {
    use.is_inline = true;
    const bool has_id = with_names && in.At(TokenKind::kId);
    std::optional<Token> id;
    if (has_id) id = in.Next();
    if (with_names) {
      CVM_ASSIGN_OR_RETURN(const auto name, NameOf(id ? std::optional(in.tokens().id(*id)) : std::nullopt));
      if (name) use.names.push_back({static_cast<uint32_t>(use.type.params.size()), *name, id});
    }
    if (has_id) {
      CVM_ASSIGN_OR_RETURN(const ValType type, ParseValType());
      use.type.params.push_back(type);
      CVM_RETURN_IF_ERROR(in.Close());
      continue;
    }
    CVM_ASSIGN_OR_RETURN(const ResultType list, ParseValTypes());
    use.type.params.insert(use.type.params.end(), list.begin(), list.end());
  }
  while (in.TakeOpen("result")) {
    use.is_inline = true;
    CVM_ASSIGN_OR_RETURN(const ResultType list, ParseValTypes());
    use.type.results.insert(use.type.results.end(), list.begin(), list.end());
  }
  if (in.AtOpen("param")) return in.Unexpected();  // parameters come first
  return use;
}

Result<TypeIndex> ModuleContext::Resolve(const TypeUse& use) {
  if (use.index) {
    if (use.type.params.empty() && use.type.results.empty()) return *use.index;
    const uint32_t index = use.index->value;
    if (index >= module.types.size()) {
      return in.tokens().ErrorAt(use.at, "unknown type " + std::to_string(index));
    }
    if (module.types[index].kind != CompositeKind::kFunc) {
      return in.tokens().ErrorAt(use.at, "non-function type " + std::to_string(index));
    }
    if (module.types[index].func == use.type) return *use.index;
    return in.tokens().ErrorAt(use.at, "inline function type does not match explicit type");
  }
  const auto [found, is_new] = func_types_.emplace(TypeKey(use.type), TypeIndex(types.count));
  if (is_new) {
    SubType type;
    type.func = use.type;
    module.rec_groups.push_back({types.count, 1});
    module.types.push_back(std::move(type));
    fields.emplace_back();
    ++types.count;
  }
  return found->second;
}

Result<uint32_t> ModuleContext::ParamCount(const TypeUse& use) {
  if (!use.type.params.empty() || !use.type.results.empty() || !use.index) {
    return static_cast<uint32_t>(use.type.params.size());
  }
  const uint32_t index = use.index->value;
  if (index >= module.types.size()) return in.tokens().ErrorAt(use.at, "unknown type " + std::to_string(index));
  return static_cast<uint32_t>(module.types[index].func.params.size());
}

Result<BlockType> ModuleContext::ParseBlockType() {
  CVM_ASSIGN_OR_RETURN(const TypeUse use, ParseTypeUse(/*with_names=*/false));
  BlockType block;
  if (!use.index && use.type.params.empty() && use.type.results.size() <= 1) {
    if (use.type.results.empty()) return block;
    block.kind = BlockType::Kind::kValue;
    block.value = use.type.results[0];
    return block;
  }
  block.kind = BlockType::Kind::kType;
  CVM_ASSIGN_OR_RETURN(block.type, Resolve(use));
  return block;
}

}  // namespace cvm::text
