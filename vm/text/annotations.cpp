// Annotations with a meaning (core/appendix/custom): names, custom sections; branch hints are taken by expressions.
#include <algorithm>
#include <array>

#include "vm/base/utf8.hpp"
#include "vm/text/context.hpp"
#include "vm/text/literals.hpp"

namespace cvm::text {
namespace {

// The first annotation at that token position or behind it.
std::vector<Annotation>::const_iterator FirstFrom(const std::vector<Annotation>& all, size_t position) {
  return std::lower_bound(all.begin(), all.end(), position,
                          [](const Annotation& a, size_t p) { return a.before < p; });
}

constexpr std::string_view kBranchHint = "metadata.code.branch_hint";

constexpr std::string_view kSectionKinds[] = {"type",   "import", "func", "table", "memory", "tag",      "global",
                                              "export", "start",  "elem", "code",  "data",   "datacount"};

bool IsSectionKind(std::string_view word, std::string_view side) {
  if (word == (side == "before" ? "first" : "last")) return true;
  return std::find(std::begin(kSectionKinds), std::end(kSectionKinds), word) != std::end(kSectionKinds);
}

}  // namespace

Error ModuleContext::AnnotationError(const Annotation& annotation, const std::string& words) const {
  return in.tokens().ErrorAt(annotation.open, "@" + annotation.id + " annotation: " + words);
}

const Annotation* ModuleContext::TakeAnnotation(std::string_view id) {
  const std::vector<Annotation>& all = in.tokens().annotations();
  if (all.empty()) return nullptr;
  for (auto it = FirstFrom(all, in.position()); it != all.end() && it->before == in.position(); ++it) {
    const size_t index = static_cast<size_t>(it - all.begin());
    if (it->id != id || (index < consumed_.size() && consumed_[index])) continue;
    if (index >= consumed_.size()) consumed_.resize(index + 1);
    consumed_[index] = true;
    return &*it;
  }
  return nullptr;
}

Result<std::string_view> ModuleContext::ParseNameAnnotation(const Annotation& annotation) {
  if (annotation.tokens.size() != 1 || annotation.tokens[0].kind != TokenKind::kString) {
    return AnnotationError(annotation, "string expected");
  }
  const std::string name = DecodeString(in.text(annotation.tokens[0]));
  if (!IsValidUtf8(name)) return AnnotationError(annotation, "malformed UTF-8 encoding");
  return Intern(name);
}

Result<std::optional<std::string_view>> ModuleContext::NameOf(std::optional<std::string_view> id) {
  std::optional<std::string_view> name;
  if (const Annotation* annotation = TakeAnnotation("name")) {
    CVM_ASSIGN_OR_RETURN(name, ParseNameAnnotation(*annotation));
  } else if (id) {
    name = Intern(*id);
  }
  return name;
}

Result<void> ModuleContext::TakeName(NameMap* names, uint32_t index, std::optional<std::string_view> id) {
  CVM_ASSIGN_OR_RETURN(const std::optional<std::string_view> name, NameOf(id));
  if (name) names->entries.emplace_back(index, *name);
  return {};
}

Result<void> ModuleContext::TakeModuleName(std::string_view id) {
  if (!id.empty()) module.names.module = Intern(id);
  bool seen = false;
  while (const Annotation* annotation = TakeAnnotation("name")) {
    if (seen) return AnnotationError(*annotation, "multiple module names");
    CVM_ASSIGN_OR_RETURN(module.names.module, ParseNameAnnotation(*annotation));
    seen = true;
  }
  return {};
}

// (@custom "name" ((before|after) section)? "bytes"*). The module keeps sections in order, not their places.
Result<void> ModuleContext::TakeCustoms() {
  while (const Annotation* annotation = TakeAnnotation("custom")) {
    const std::vector<Token>& tokens = annotation->tokens;
    size_t pos = 0;
    const auto kind = [&](size_t ahead) {
      return pos + ahead < tokens.size() ? tokens[pos + ahead].kind : TokenKind::kEnd;
    };
    if (kind(0) != TokenKind::kString) return AnnotationError(*annotation, "missing section name");
    const std::string name = DecodeString(in.text(tokens[pos++]));
    if (!IsValidUtf8(name)) return AnnotationError(*annotation, "malformed UTF-8 encoding");
    if (kind(0) == TokenKind::kLParen) {
      const std::string_view side = kind(1) == TokenKind::kKeyword ? in.text(tokens[pos + 1]) : "";
      if (side != "before" && side != "after") return AnnotationError(*annotation, "malformed placement");
      if (kind(2) != TokenKind::kKeyword || !IsSectionKind(in.text(tokens[pos + 2]), side)) {
        return AnnotationError(*annotation, "malformed section kind");
      }
      if (kind(3) != TokenKind::kRParen) return AnnotationError(*annotation, "unexpected token");
      pos += 4;
    }
    std::string bytes;
    while (kind(0) == TokenKind::kString) bytes += DecodeString(in.text(tokens[pos++]));
    if (pos != tokens.size()) return AnnotationError(*annotation, "unexpected token");
    module.customs.push_back({Intern(name), Own(bytes), 0});
  }
  return {};
}

Result<void> ModuleContext::CheckAnnotations(size_t begin, size_t end) const {
  const std::vector<Annotation>& all = in.tokens().annotations();
  for (auto it = FirstFrom(all, begin); it != all.end() && it->before <= end; ++it) {
    const size_t i = static_cast<size_t>(it - all.begin());
    if (i < consumed_.size() && consumed_[i]) continue;
    if (all[i].id == kBranchHint) return AnnotationError(all[i], "not in a function");
    if (all[i].id != "custom" && all[i].id != "name") continue;
    return in.tokens().ErrorAt(all[i].open, "misplaced @" + all[i].id + " annotation");
  }
  return {};
}

}  // namespace cvm::text
