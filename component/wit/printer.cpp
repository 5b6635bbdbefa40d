#include "component/wit/printer.hpp"

#include <algorithm>

#include "component/wit/lexer.hpp"

namespace cvm::wit {
namespace {

// Writes lines at the indentation of the open braces.
class Writer {
 public:
  void Line(const std::string& text) {
    if (!text.empty()) out_ += std::string(2 * depth_, ' ') + text;
    out_ += '\n';
  }
  void Open(const std::string& text) {
    Line(text + " {");
    ++depth_;
  }
  void Close() {
    --depth_;
    Line("}");
  }
  void Docs(const std::string& docs) {
    if (docs.empty()) return;
    for (size_t begin = 0; begin <= docs.size();) {
      const size_t end = std::min(docs.find('\n', begin), docs.size());
      Line(end == begin ? "///" : "/// " + docs.substr(begin, end - begin));
      begin = end + 1;
    }
  }
  std::string Take() { return std::move(out_); }

 private:
  std::string out_;
  size_t depth_ = 0;
};

std::string Quoted(const std::string& text) {
  constexpr char kHex[] = "0123456789abcdef";
  std::string quoted = "\"";
  for (char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') quoted += '\\';
    // Everything that is not plain ASCII goes out as bytes: WIT text may not hold all that a string may.
    if (byte < 0x20 || byte >= 0x7f) {
      quoted += {'\\', kHex[byte >> 4], kHex[byte & 15]};
    } else {
      quoted += c;
    }
  }
  return quoted + "\"";
}

class Printer {
 public:
  explicit Printer(const Resolve& resolve) : resolve_(resolve) {}

  std::string Take() { return out_.Take(); }

  void PackageFile(PackageId id) {
    const Package& package = resolve_.at(id);
    out_.Docs(package.docs);
    out_.Line("package " + PackageText(package.name) + ";");
    out_.Line("");
    Items(package);
  }

  void NestedPackage(PackageId id) {
    const Package& package = resolve_.at(id);
    out_.Docs(package.docs);
    out_.Open("package " + PackageText(package.name));
    Items(package);
    out_.Close();
  }

  void TopInterface(InterfaceId id) {
    const Interface& interface = resolve_.at(id);
    package_ = interface.package;
    Attributes(interface.meta);
    out_.Open("interface " + EscapeId(interface.name));
    InterfaceItems(interface);
    out_.Close();
  }

  void TopWorld(WorldId id) {
    const World& world = resolve_.at(id);
    package_ = world.package;
    Attributes(world.meta);
    out_.Open("world " + EscapeId(world.name));
    std::vector<TypeId> types;  // consecutive ones, so that uses are grouped
    const auto flush = [&] {
      Types(types, ResourceFunctions(world));
      types.clear();
    };
    for (const WorldItem& item : world.imports) {
      if (const TypeId* type = std::get_if<TypeId>(&item.item)) {
        types.push_back(*type);
        continue;
      }
      const Function* function = std::get_if<Function>(&item.item);
      if (function != nullptr && function->kind != FunctionKind::kFree) continue;  // stands in its resource
      flush();
      External("import ", item);
    }
    flush();
    for (const WorldItem& item : world.exports) External("export ", item);
    out_.Close();
  }

 private:
  using Functions = std::vector<const Function*>;

  static std::string PackageText(const PackageName& name) {
    std::string text;
    std::string id;
    const auto flush = [&](const std::string& separator) {
      text += EscapeId(id) + separator;
      id.clear();
    };
    for (char c : name.Path()) {
      if (c == ':' || c == '/') {
        flush(std::string(1, c));
      } else {
        id += c;
      }
    }
    flush("");
    return name.version.has_value() ? text + "@" + name.version->ToString() : text;
  }

  // How an interface is referred to from the package that is being printed.
  std::string PathOf(InterfaceId id) const {
    const Interface& interface = resolve_.at(id);
    const std::string name = EscapeId(interface.name);
    if (interface.package == package_) return name;
    PackageName package = resolve_.at(interface.package).name;
    const std::optional<Version> version = package.version;
    package.version.reset();
    return PackageText(package) + "/" + name + (version.has_value() ? "@" + version->ToString() : "");
  }

  void Attributes(const Meta& meta) {
    out_.Docs(meta.docs);
    const Gate& gate = meta.gate;
    if (gate.since.has_value()) out_.Line("@since(version = " + gate.since->ToString() + ")");
    if (!gate.unstable.empty()) out_.Line("@unstable(feature = " + EscapeId(gate.unstable) + ")");
    if (gate.deprecated.has_value()) out_.Line("@deprecated(version = " + gate.deprecated->ToString() + ")");
    if (meta.external_id.has_value()) out_.Line("@external-id(" + Quoted(*meta.external_id) + ")");
  }

  void Items(const Package& package) {
    bool first = true;
    for (InterfaceId id : package.interfaces) {
      if (!first) out_.Line("");
      first = false;
      TopInterface(id);
    }
    for (WorldId id : package.worlds) {
      if (!first) out_.Line("");
      first = false;
      TopWorld(id);
    }
  }

  void InterfaceItems(const Interface& interface) {
    Functions functions;
    for (const Function& function : interface.functions) functions.push_back(&function);
    Types(interface.types, functions);
    for (const Function* function : functions) {
      if (function->kind == FunctionKind::kFree) FunctionLine(*function, EscapeId(function->name) + ": ");
    }
  }

  static Functions ResourceFunctions(const World& world) {
    Functions functions;
    for (const WorldItem& item : world.imports) {
      if (const Function* function = std::get_if<Function>(&item.item)) functions.push_back(function);
    }
    return functions;
  }

  void Types(const std::vector<TypeId>& types, const Functions& functions) {
    for (size_t i = 0; i < types.size();) {
      if (resolve_.at(types[i]).used) {
        i = Uses(types, i);
      } else {
        TypeDeclaration(types[i++], functions);
      }
    }
  }

  // Consecutive uses of one interface in one statement; the answer is the index behind them.
  size_t Uses(const std::vector<TypeId>& types, size_t begin) {
    const auto target = [&](size_t i) -> const TypeDef& {
      return resolve_.at(std::get<TypeId>(std::get<Alias>(resolve_.at(types[i]).kind).target));
    };
    const TypeDef& first = resolve_.at(types[begin]);
    std::string names;
    size_t end = begin;
    for (; end < types.size(); ++end) {
      const TypeDef& type = resolve_.at(types[end]);
      if (!type.used || type.meta != first.meta || target(end).owner != target(begin).owner) break;
      names += (end == begin ? "" : ", ") + EscapeId(target(end).name);
      if (target(end).name != type.name) names += " as " + EscapeId(type.name);
    }
    Attributes(first.meta);
    out_.Line("use " + PathOf(std::get<InterfaceId>(target(begin).owner)) + ".{" + names + "};");
    return end;
  }

  void TypeDeclaration(TypeId id, const Functions& functions) {
    const TypeDef& type = resolve_.at(id);
    Attributes(type.meta);
    const std::string name = EscapeId(type.name);
    if (const Record* record = std::get_if<Record>(&type.kind)) {
      out_.Open("record " + name);
      for (const Field& field : record->fields) {
        out_.Docs(field.docs);
        out_.Line(EscapeId(field.name) + ": " + resolve_.TypeText(field.type) + ",");
      }
      out_.Close();
    } else if (const Variant* variant = std::get_if<Variant>(&type.kind)) {
      Cases("variant " + name, variant->cases);
    } else if (const Enum* enumeration = std::get_if<Enum>(&type.kind)) {
      Cases("enum " + name, enumeration->cases);
    } else if (const Flags* flags = std::get_if<Flags>(&type.kind)) {
      Cases("flags " + name, flags->flags);
    } else if (std::holds_alternative<Resource>(type.kind)) {
      ResourceDeclaration(id, name, functions);
    } else {
      out_.Line("type " + name + " = " + resolve_.KindText(type) + ";");
    }
  }

  void Cases(const std::string& head, const std::vector<Case>& cases) {
    out_.Open(head);
    for (const Case& c : cases) {
      out_.Docs(c.docs);
      out_.Line(EscapeId(c.name) + (c.payload.has_value() ? "(" + resolve_.TypeText(*c.payload) + ")," : ","));
    }
    out_.Close();
  }

  void ResourceDeclaration(TypeId id, const std::string& name, const Functions& functions) {
    Functions own;
    for (const Function* function : functions) {
      if (function->resource == id) own.push_back(function);
    }
    if (own.empty()) {
      out_.Line("resource " + name + ";");
      return;
    }
    out_.Open("resource " + name);
    for (const Function* function : own) {
      const std::string label = EscapeId(function->label) + ": ";
      FunctionLine(*function, function->kind == FunctionKind::kConstructor ? ""
                              : function->kind == FunctionKind::kStatic    ? label + "static "
                                                                           : label);
    }
    out_.Close();
  }

  void FunctionLine(const Function& function, const std::string& head) {
    Attributes(function.meta);
    out_.Line(head + FunctionText(function) + ";");
  }

  // The type as it is written: without `self`, and a constructor without `func` and its implied result.
  std::string FunctionText(const Function& function) const {
    Function written = function;
    if (function.kind == FunctionKind::kMethod) written.params.erase(written.params.begin());
    if (function.kind != FunctionKind::kConstructor) return resolve_.SignatureText(written);
    const TypeDef& result = resolve_.at(std::get<TypeId>(*function.result));
    if (result.name.empty() && std::holds_alternative<Handle>(result.kind)) written.result.reset();
    return "constructor" + resolve_.SignatureText(written).substr(std::string_view("func").size());
  }

  void External(const std::string& keyword, const WorldItem& item) {
    Attributes(item.meta);
    const std::string head = keyword + EscapeId(item.name) + ": ";
    if (const Function* function = std::get_if<Function>(&item.item)) {
      out_.Line(head + resolve_.SignatureText(*function) + ";");
      return;
    }
    const InterfaceId id = std::get<InterfaceId>(item.item);
    if (!item.plain_name) {
      out_.Line(keyword + PathOf(id) + ";");
    } else if (!resolve_.at(id).name.empty()) {
      out_.Line(head + PathOf(id) + ";");
    } else {
      out_.Open(head + "interface");
      InterfaceItems(resolve_.at(id));
      out_.Close();
    }
  }

  const Resolve& resolve_;
  PackageId package_;
  Writer out_;
};

}  // namespace

std::string PrintPackage(const Resolve& resolve, PackageId package) {
  Printer printer(resolve);
  printer.PackageFile(package);
  return printer.Take();
}

std::string PrintResolve(const Resolve& resolve, std::optional<PackageId> root) {
  std::string text = root.has_value() ? PrintPackage(resolve, *root) : "";
  for (uint32_t i = 0; i < resolve.packages.size(); ++i) {
    if (root == PackageId(i)) continue;
    Printer printer(resolve);
    printer.NestedPackage(PackageId(i));
    text += (text.empty() ? "" : "\n") + printer.Take();
  }
  return text;
}

std::string PrintWorld(const Resolve& resolve, WorldId world) {
  Printer printer(resolve);
  printer.TopWorld(world);
  return printer.Take();
}

std::string PrintInterface(const Resolve& resolve, InterfaceId interface) {
  Printer printer(resolve);
  printer.TopInterface(interface);
  return printer.Take();
}

}  // namespace cvm::wit
