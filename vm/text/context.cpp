#include "vm/text/context.hpp"

namespace cvm::text {

Result<void> ModuleContext::BindId(IdMap& ids, const char* what, const Token& token, uint32_t index) {
  const std::string_view id = in.tokens().id(token);
  if (ids.emplace(id, index).second) return {};
  return in.tokens().ErrorAt(token, std::string("duplicate ") + what + " $" + std::string(id));
}

Result<uint32_t> ModuleContext::Bind(Space& space) {
  CVM_RETURN_IF_ERROR(CheckLimit(space.limit, uint64_t{space.count} + 1));
  const uint32_t index = space.count++;
  if (in.At(TokenKind::kId)) {
    CVM_RETURN_IF_ERROR(BindId(space.ids, space.what, in.Next(), index));
  }
  return index;
}

Result<uint32_t> ModuleContext::Index(const IdMap& ids, const char* what) {
  if (!in.At(TokenKind::kId)) return in.U32();
  const Token token = in.Peek();
  const std::string_view id = in.tokens().id(token);
  const auto found = ids.find(id);
  if (found == ids.end()) return in.ErrorHere(std::string("unknown ") + what + " $" + std::string(id));
  in.Next();
  return found->second;
}

Result<uint32_t> ModuleContext::OptionalIndex(const Space& space) {
  if (!in.AtIndex()) return uint32_t{0};
  return Index(space);
}

Result<uint32_t> ModuleContext::FieldIndex(uint32_t type) {
  static const IdMap kNoFields;
  return Index(type < fields.size() ? fields[type] : kNoFields, "field");
}

std::string_view ModuleContext::Intern(std::string_view text) {
  constexpr size_t kChunk = 4096;
  if (text.empty()) return {};
  if (arena_ == nullptr || arena_->capacity() - arena_->size() < text.size()) {
    arena_ = &module.owned.emplace_back();
    arena_->reserve(std::max(kChunk, text.size()));
  }
  const size_t at = arena_->size();
  arena_->insert(arena_->end(), text.begin(), text.end());
  return {reinterpret_cast<const char*>(arena_->data()) + at, text.size()};
}

Bytes ModuleContext::Own(std::string_view bytes) { return module.owned.emplace_back(bytes.begin(), bytes.end()); }

Expr ModuleContext::AddCode(Writer writer) {
  Expr expr;
  expr.offset = code_size_;
  expr.bytes = module.owned.emplace_back(writer.Take());
  code_size_ += expr.bytes.size();
  return expr;
}

Error ModuleContext::FeatureOff(const Token& token, Feature feature) const {
  const Place place = in.tokens().Locate(token);
  return UnsupportedError(std::string(FeatureKey(feature)) + " support is not enabled")
      .AtLine(place.line, place.column);
}

Result<void> ModuleContext::CheckLimit(LoadLimit which, uint64_t found) const {
  if (found <= limits.*which) return {};
  const Place place = in.tokens().Locate(in.Peek());
  return LimitExceeded(limits, which, found).AtLine(place.line, place.column);
}

}  // namespace cvm::text
