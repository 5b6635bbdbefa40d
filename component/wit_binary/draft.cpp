#include "component/wit_binary/draft.hpp"

#include "component/wit/lexer.hpp"
#include "vm/base/utf8.hpp"

namespace cvm::wit {
namespace {

// Documentation from a binary may hold what WIT text may not.
std::string Clean(std::string_view docs) {
  std::string clean;
  for (size_t pos = 0; pos < docs.size();) {
    const std::optional<char32_t> c = DecodeUtf8(docs, &pos);
    if (!c.has_value()) break;
    if (!IsForbidden(*c) && *c != '\r') AppendUtf8(&clean, *c);
  }
  return clean;
}

std::string Quoted(std::string_view text) {
  constexpr char kHex[] = "0123456789abcdef";
  std::string quoted = "\"";
  for (char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    const bool plain = byte >= 0x20 && byte < 0x7f && c != '"' && c != '\\';
    quoted += plain ? std::string(1, c) : std::string{'\\', kHex[byte >> 4], kHex[byte & 15]};
  }
  return quoted + "\"";
}

}  // namespace

std::string MetaLines(const Meta& meta, const std::string& indent) {
  std::string lines;
  const std::string docs = Clean(meta.docs);
  for (size_t begin = 0; !docs.empty() && begin <= docs.size();) {
    const size_t end = std::min(docs.find('\n', begin), docs.size());
    lines += indent + "/// " + docs.substr(begin, end - begin) + "\n";
    begin = end + 1;
  }
  const Gate& gate = meta.gate;
  if (gate.since.has_value()) lines += indent + "@since(version = " + gate.since->ToString() + ")\n";
  if (!gate.unstable.empty()) lines += indent + "@unstable(feature = " + EscapeId(gate.unstable) + ")\n";
  if (gate.deprecated.has_value()) lines += indent + "@deprecated(version = " + gate.deprecated->ToString() + ")\n";
  if (meta.external_id.has_value()) lines += indent + "@external-id(" + Quoted(*meta.external_id) + ")\n";
  return lines;
}

std::string EscapePath(std::string_view path) {
  const std::string_view name = path.substr(0, path.find('@'));
  std::string text;
  std::string part;
  for (char c : name) {
    if (c == ':' || c == '/') {
      text += EscapeId(part) + c;
      part.clear();
    } else {
      part += c;
    }
  }
  return text + EscapeId(part) + std::string(path.substr(name.size()));
}

DraftItem* DraftBody::Find(std::string_view name) {
  const auto it = index_.find(name);
  return it == index_.end() ? nullptr : &items[it->second];
}

void DraftBody::Add(DraftItem item) {
  DraftItem* known = Find(item.name);
  if (known == nullptr) {
    index_.emplace(item.name, items.size());
    items.push_back(std::move(item));
    return;
  }
  if (known->before.empty()) known->before = std::move(item.before);
}

std::string DraftBody::Text(const std::string& indent) const {
  std::string text;
  for (const DraftItem& item : items) {
    text += item.before + indent + item.text;
    if (item.resource && item.functions.empty()) text += ";";
    if (item.resource && !item.functions.empty()) {
      text += " {\n";
      for (const DraftItem& function : item.functions) text += function.before + indent + "  " + function.text + "\n";
      text += indent + "}";
    }
    text += "\n";
  }
  return text;
}

DraftBody& DraftPackage::Interface(const std::string& name) {
  const auto [it, added] = index_.emplace(name, interfaces.size());
  if (added) interfaces.emplace_back(name, DraftBody());
  return interfaces[it->second].second;
}

}  // namespace cvm::wit
