// Comparing and printing types: the two walks over whole types. Their depth is bounded by kMaxTypeDepth, the work of a
// comparison by kMaxTypeSize, and shared nodes are compared once by their address.
#include <algorithm>

#include "canonical-abi/types/val_type.hpp"

namespace cvm::abi {
namespace {

bool SameIndex(ResourceIndex a, ResourceIndex b) { return a == b; }

// `by_address`: nodes at the same address are equal without a look inside; not so between components, where one node
// can mean two resources.
class Comparison {
 public:
  Comparison(const SameResource& same_resource, bool by_address)
      : same_resource_(same_resource), by_address_(by_address) {}

  bool Same(const ValType& a, const ValType& b) const {
    if (a.kind() != b.kind()) return false;
    if (a.primitive()) return true;
    if (by_address_ && &a.node() == &b.node()) return true;
    if (TypeHash(a) != TypeHash(b) || ExpandedTypeSize(a) != ExpandedTypeSize(b)) return false;
    const TypeNode& x = a.node();
    const TypeNode& y = b.node();
    if (x.despecialized == TypeKind::kOwn || x.despecialized == TypeKind::kBorrow) {
      return same_resource_(x.resource, y.resource);
    }
    return x.length == y.length && x.labels == y.labels && Same(x.element, y.element) &&
           std::equal(
               x.fields.begin(), x.fields.end(), y.fields.begin(), y.fields.end(),
               [&](const FieldType& f, const FieldType& g) { return f.label == g.label && Same(f.type, g.type); }) &&
           std::equal(x.cases.begin(), x.cases.end(), y.cases.begin(), y.cases.end(),
                      [&](const CaseType& c, const CaseType& d) { return c.label == d.label && Same(c.type, d.type); });
  }

 private:
  bool Same(const std::optional<ValType>& a, const std::optional<ValType>& b) const {
    return a.has_value() == b.has_value() && (!a.has_value() || Same(*a, *b));
  }

  const SameResource& same_resource_;
  const bool by_address_;
};

// Text above this length is of no use in a message, and a type can have a million parts.
constexpr size_t kMaxText = 4096;

class Printer {
 public:
  std::string Print(const ValType& type) {
    Type(type);
    if (text_.size() > kMaxText) text_.resize(kMaxText), text_ += "…";
    return std::move(text_);
  }

 private:
  void Type(const ValType& type) {
    if (text_.size() > kMaxText) return;
    text_ += TypeKindName(type.kind());
    if (type.primitive()) return;
    const TypeNode& n = type.node();
    switch (type.kind()) {
      case TypeKind::kMap:
        return List(n.element->node().fields, '<', '>', [&](const FieldType& f) { Type(f.type); });
      case TypeKind::kTuple:
        return List(n.fields, '<', '>', [&](const FieldType& f) { Type(f.type); });
      case TypeKind::kRecord:
        return List(n.fields, '{', '}', [&](const FieldType& f) { text_ += f.label + ": ", Type(f.type); });
      case TypeKind::kOption:
        text_ += '<';
        Type(*n.cases[1].type);
        text_ += '>';
        return;
      case TypeKind::kResult:
        return List(n.cases, '<', '>', [&](const CaseType& c) { c.type ? Type(*c.type) : void(text_ += '_'); });
      case TypeKind::kVariant:
      case TypeKind::kEnum:
        return List(n.cases, '{', '}', [&](const CaseType& c) { Case(c); });
      case TypeKind::kFlags:
        return List(n.labels, '{', '}', [&](const std::string& label) { text_ += label; });
      case TypeKind::kOwn:
      case TypeKind::kBorrow:
        text_ += "<resource " + std::to_string(n.resource.value) + ">";
        return;
      default:
        return Element(n);
    }
  }

  // list, stream and future
  void Element(const TypeNode& n) {
    if (!n.element.has_value()) return;
    text_ += '<';
    Type(*n.element);
    if (n.length.has_value()) text_ += ", " + std::to_string(*n.length);
    text_ += '>';
  }

  void Case(const CaseType& c) {
    text_ += c.label;
    if (!c.type.has_value()) return;
    text_ += '(';
    Type(*c.type);
    text_ += ')';
  }

  template <class T, class Each>
  void List(const std::vector<T>& items, char open, char close, const Each& each) {
    text_ += open;
    for (size_t i = 0; i < items.size() && text_.size() <= kMaxText; ++i) {
      if (i > 0) text_ += ", ";
      each(items[i]);
    }
    text_ += close;
  }

  std::string text_;
};

}  // namespace

bool operator==(const ValType& a, const ValType& b) {
  static const SameResource kSameIndex = SameIndex;
  return Comparison(kSameIndex, /*by_address=*/true).Same(a, b);
}

bool SameType(const ValType& a, const ValType& b, const SameResource& same_resource) {
  return Comparison(same_resource, /*by_address=*/false).Same(a, b);
}

std::string ValType::ToString() const { return Printer().Print(*this); }

}  // namespace cvm::abi
