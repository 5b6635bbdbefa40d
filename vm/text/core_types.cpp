// A module context over a module of types alone: index i of the space is type i of the module. What is parsed elsewhere
// has a placeholder there.
#include "vm/text/core_types.hpp"

#include "vm/text/context.hpp"

namespace cvm::text {

struct CoreTypeSpace::Impl {
  Impl(TokenCursor& in, const Features& features, const LoadLimits& limits)
      : in(in), cx(in, features, limits, module) {}

  TokenCursor& in;
  ModuleData module;
  ModuleContext cx;
};

CoreTypeSpace::CoreTypeSpace(TokenCursor& in, const Features& features, const LoadLimits& limits)
    : impl_(new Impl(in, features, limits)) {}
CoreTypeSpace::~CoreTypeSpace() = default;

uint32_t CoreTypeSpace::count() const { return impl_->cx.types.count; }

std::optional<uint32_t> CoreTypeSpace::Find(std::string_view id) const {
  const auto found = impl_->cx.types.ids.find(id);
  if (found == impl_->cx.types.ids.end()) return std::nullopt;
  return found->second;
}

std::string_view CoreTypeSpace::NameOf(uint32_t index) const { return impl_->module.names.types.Find(index); }

uint32_t CoreTypeSpace::AddOther() {
  impl_->cx.fields.emplace_back();
  SubType placeholder;
  placeholder.kind = CompositeKind::kStruct;
  impl_->module.types.push_back(std::move(placeholder));
  return impl_->cx.types.count++;
}

Result<void> CoreTypeSpace::BindId(const Token& id, uint32_t index) {
  return impl_->cx.BindId(impl_->cx.types.ids, impl_->cx.types.what, id, index);
}

// Identifiers of a group are known within it.
Result<std::vector<SubType>> CoreTypeSpace::ParseType() {
  const uint32_t start = count();
  const size_t begin = impl_->in.position();
  CVM_RETURN_IF_ERROR(impl_->cx.BindType());
  impl_->in.Seek(begin);
  CVM_RETURN_IF_ERROR(impl_->cx.ParseTypeBody());
  return FinishGroup(start);
}

Result<std::vector<SubType>> CoreTypeSpace::ParseRecGroup() {
  const uint32_t start = count();
  const size_t begin = impl_->in.position();
  while (impl_->in.TakeOpen("type")) {
    CVM_RETURN_IF_ERROR(impl_->cx.BindType());
    CVM_RETURN_IF_ERROR(impl_->in.SkipToClose());
    CVM_RETURN_IF_ERROR(impl_->in.Close());
  }
  impl_->in.Seek(begin);
  while (!impl_->in.Take(TokenKind::kRParen)) {
    CVM_RETURN_IF_ERROR(impl_->in.ExpectOpen("type"));
    CVM_RETURN_IF_ERROR(impl_->cx.ParseTypeBody());
  }
  return FinishGroup(start);
}

Result<std::vector<SubType>> CoreTypeSpace::FinishGroup(uint32_t start) {
  const std::vector<SubType>& types = impl_->module.types;
  impl_->cx.IndexFuncType({start, static_cast<uint32_t>(types.size()) - start});
  return std::vector<SubType>(types.begin() + start, types.end());
}

Result<ExternType> CoreTypeSpace::ParseExternType(std::vector<SubType>* added) {
  TokenCursor& in = impl_->in;
  ModuleContext& cx = impl_->cx;
  const size_t before = impl_->module.types.size();
  ExternType type = TypeIndex(0);
  const bool func = in.TakeOpen("func");
  if (func || in.TakeOpen("tag")) {
    in.TakeId();
    CVM_ASSIGN_OR_RETURN(const TypeUse use, cx.ParseTypeUse(/*with_names=*/true));
    CVM_ASSIGN_OR_RETURN(const TypeIndex index, cx.Resolve(use));
    type = func ? ExternType(index) : ExternType(TagType{index});
  } else if (in.TakeOpen("table")) {
    in.TakeId();
    CVM_ASSIGN_OR_RETURN(type, cx.ParseTableType());
  } else if (in.TakeOpen("memory")) {
    in.TakeId();
    CVM_ASSIGN_OR_RETURN(type, cx.ParseMemoryType());
  } else {
    CVM_RETURN_IF_ERROR(in.ExpectOpen("global"));
    in.TakeId();
    CVM_ASSIGN_OR_RETURN(type, cx.ParseGlobalType());
  }
  CVM_RETURN_IF_ERROR(in.Close());
  added->insert(added->end(), impl_->module.types.begin() + static_cast<ptrdiff_t>(before), impl_->module.types.end());
  return type;
}

}  // namespace cvm::text
