#include <algorithm>

#include "component/names/extern_name.hpp"
#include "component/wit/parser.hpp"
#include "component/wit/resolver_impl.hpp"

namespace cvm::wit {
namespace {

// The types that a type is made of, one step down.
struct ChildTypes {
  std::vector<TypeId> ids;

  void Add(const Type& type) {
    if (const TypeId* id = std::get_if<TypeId>(&type)) ids.push_back(*id);
  }
  void Add(const std::optional<Type>& type) {
    if (type.has_value()) Add(*type);
  }
  void operator()(const Record& t) {
    for (const Field& field : t.fields) Add(field.type);
  }
  void operator()(const Variant& t) {
    for (const Case& c : t.cases) Add(c.payload);
  }
  void operator()(const Tuple& t) {
    for (const Type& type : t.types) Add(type);
  }
  void operator()(const Alias& t) { Add(t.target); }
  void operator()(const List& t) { Add(t.element); }
  void operator()(const Map& t) { Add(t.value); }
  void operator()(const Option& t) { Add(t.some); }
  void operator()(const ResultType& t) { Add(t.ok), Add(t.err); }
  void operator()(const Future& t) { Add(t.element); }
  void operator()(const Stream& t) { Add(t.element); }
  void operator()(const Enum&) {}
  void operator()(const Flags&) {}
  void operator()(const Resource&) {}
  void operator()(const Handle&) {}  // a resource is not part of its handle's layout
};

std::vector<TypeId> Children(const TypeDef& def, bool aliases_only) {
  ChildTypes children;
  if (!aliases_only || std::holds_alternative<Alias>(def.kind)) std::visit(children, def.kind);
  return std::move(children.ids);
}

// What WIT calls a type that other languages call `name`; empty where there is nothing to say.
std::string ForeignTypeHint(const std::string& name) {
  constexpr std::pair<std::string_view, std::string_view> kNames[] = {
      {"bytes", "list<u8>"}, {"byte", "u8"},           {"int", "s32"},     {"uint", "u32"},     {"long", "s64"},
      {"i8", "s8"},          {"i16", "s16"},           {"i32", "s32"},     {"i64", "s64"},      {"int32", "s32"},
      {"int64", "s64"},      {"uint8", "u8"},          {"uint32", "u32"},  {"uint64", "u64"},   {"float", "f32"},
      {"double", "f64"},     {"float32", "f32"},       {"float64", "f64"}, {"boolean", "bool"}, {"str", "string"},
      {"text", "string"},    {"usize", "u32` or `u64"}};
  for (const auto& [foreign, wit] : kNames) {
    if (foreign == name) return "write `" + std::string(wit) + "`";
  }
  return "";
}

}  // namespace

TypeId Resolver::NewType(TypeDef def, Span span) {
  resolve_.types.push_back(std::move(def));
  type_spans_.push_back(span);
  alias_depths_.push_back(0);
  depths_.push_back(0);
  has_borrow_.push_back(false);
  return TypeId(static_cast<uint32_t>(resolve_.types.size() - 1));
}

Result<void> Resolver::ResolveInterfaces() {
  for (InterfaceInput& input : interfaces_) CVM_RETURN_IF_ERROR(CollectUses(input));
  CVM_RETURN_IF_ERROR(CheckInterfaceCycles());
  // All names first, so that types may be used before they are declared, within an interface and between them.
  std::vector<TypeScope*> scopes;
  for (uint32_t i = 0; i < interfaces_.size(); ++i) {
    CVM_RETURN_IF_ERROR(DeclareInterfaceTypes(InterfaceId(i)));
    scopes.push_back(&interfaces_[i].scope);
  }
  CVM_RETURN_IF_ERROR(DefineScopes(scopes));
  for (uint32_t i = 0; i < interfaces_.size(); ++i) CVM_RETURN_IF_ERROR(DefineInterfaceFunctions(InterfaceId(i)));
  return {};
}

Result<void> Resolver::CollectUses(InterfaceInput& input) {
  std::set<InterfaceId> seen;
  for (const ast::InterfaceItem& item : input.ast->items) {
    const auto* use = std::get_if<ast::Use>(&item);
    if (use == nullptr) continue;
    CVM_ASSIGN_OR_RETURN(const InterfaceId target, LookUpInterface(use->from, *input.scope.unit));
    if (seen.insert(target).second) input.uses.push_back(target);
  }
  return {};
}

// "Interfaces linked with `use` must be acyclic" (WIT.md). A depth-first walk with a stack of its own.
Result<void> Resolver::CheckInterfaceCycles() const {
  enum class State : uint8_t { kNew, kOpen, kDone };
  std::vector<State> states(interfaces_.size(), State::kNew);
  std::vector<std::pair<uint32_t, size_t>> stack;
  for (uint32_t start = 0; start < interfaces_.size(); ++start) {
    if (states[start] == State::kNew) stack.emplace_back(start, 0);
    while (!stack.empty()) {
      auto& [at, next] = stack.back();
      states[at] = State::kOpen;
      const std::vector<InterfaceId>& uses = interfaces_[at].uses;
      if (next == uses.size()) {
        states[at] = State::kDone;
        stack.pop_back();
        continue;
      }
      const uint32_t target = uses[next++].value;
      if (states[target] == State::kOpen) {
        return ErrorAt(interfaces_[at].ast->name.span,
                       "interface `" + resolve_.InterfaceName(InterfaceId(at)) + "` uses `" +
                           resolve_.InterfaceName(InterfaceId(target)) + "`, which depends on it in turn",
                       "move what they share to an interface of its own");
      }
      if (states[target] == State::kNew) stack.emplace_back(target, 0);
    }
  }
  return {};
}

Result<void> Resolver::TakeName(TypeScope& scope, const std::string& name, Span span) const {
  // Every name here comes from labels, so that it parses.
  Result<component::ExternName> parsed = component::ParseExternName(name);
  if (!parsed.ok()) return ErrorAt(span, parsed.error().message());
  if (scope.keys.insert(component::UniqueKey(*parsed)).second) return {};
  return ErrorAt(span, "`" + name + "` is already defined here",
                 "rename one of the two; names that differ only in case are the same");
}

Result<void> Resolver::DeclareType(TypeScope& scope, const ast::TypeDecl& decl) {
  CVM_RETURN_IF_ERROR(TakeName(scope, decl.name.name, decl.name.span));
  // A resource until its kind is known: of all kinds the one that refers to nothing.
  const TypeId id = NewType(TypeDef{decl.name.name, scope.owner, Resource{}, false, decl.meta}, decl.name.span);
  scope.types[decl.name.name] = id;
  if (decl.kind == ast::TypeDecl::Kind::kResource) resources_.insert(id);
  scope.declared.push_back(Declared{id, &decl, nullptr, nullptr});
  return {};
}

// A `use`, for now without its target.
Result<TypeId> Resolver::DeclareUse(TypeScope& scope, const Meta& meta, const ast::Ident& as) {
  CVM_RETURN_IF_ERROR(TakeName(scope, as.name, as.span));
  const TypeId id = NewType(TypeDef{as.name, scope.owner, Resource{}, true, meta}, as.span);
  scope.types[as.name] = id;
  return id;
}

Result<TypeId> Resolver::LookUpUsed(const ast::UsePath& from, const ast::Ident& name, const Unit& unit) const {
  CVM_ASSIGN_OR_RETURN(const InterfaceId source, LookUpInterface(from, unit));
  const auto& types = interfaces_[source.value].scope.types;
  if (const auto found = types.find(name.name); found != types.end()) return found->second;
  const std::string interface = resolve_.InterfaceName(source);
  const Interface& owner = resolve_.at(source);
  const std::string gate = GateHint(resolve_.at(owner.package).name.ToString() + "/" + owner.name + "/" + name.name);
  return ErrorAt(name.span, "interface `" + interface + "` has no type `" + name.name + "`",
                 gate.empty() ? "check the spelling; functions cannot be used" : gate);
}

Result<void> Resolver::DeclareInterfaceTypes(InterfaceId id) {
  InterfaceInput& input = interfaces_[id.value];
  for (const ast::InterfaceItem& item : input.ast->items) {
    if (const auto* decl = std::get_if<ast::TypeDecl>(&item)) {
      CVM_RETURN_IF_ERROR(DeclareType(input.scope, *decl));
    } else if (const auto* use = std::get_if<ast::Use>(&item)) {
      for (const auto& [name, as] : use->names) {
        CVM_ASSIGN_OR_RETURN(const TypeId used, DeclareUse(input.scope, use->meta, as));
        input.scope.declared.push_back(Declared{used, nullptr, &use->from, &name});
      }
    }
  }
  for (const Declared& declared : input.scope.declared) resolve_.interfaces[id.value].types.push_back(declared.id);
  return {};
}

// Gives all types declared in the scopes their kinds: aliases first, as it takes them to know what a resource is.
Result<void> Resolver::DefineScopes(const std::vector<TypeScope*>& scopes) {
  uint32_t first = static_cast<uint32_t>(resolve_.types.size());
  for (TypeScope* scope : scopes) {
    for (const Declared& declared : scope->declared) {
      first = std::min(first, declared.id.value);
      CVM_RETURN_IF_ERROR(BindAlias(*scope, declared));
    }
  }
  CVM_RETURN_IF_ERROR(CheckTypes(first, /*aliases_only=*/true));
  for (TypeScope* scope : scopes) {
    for (const Declared& declared : scope->declared) CVM_RETURN_IF_ERROR(DefineType(*scope, declared));
  }
  return CheckTypes(first, /*aliases_only=*/false);
}

// Aliases of names and uses. An alias of a type without a name takes over its kind instead (DefineType).
Result<void> Resolver::BindAlias(TypeScope& scope, const Declared& declared) {
  if (declared.from != nullptr) {
    CVM_ASSIGN_OR_RETURN(const TypeId target, LookUpUsed(*declared.from, *declared.name, *scope.unit));
    resolve_.types[declared.id.value].kind = Alias{target};
    return {};
  }
  if (declared.decl == nullptr || declared.decl->kind != ast::TypeDecl::Kind::kAlias) return {};
  const ast::TypeExpr& target = declared.decl->target;
  if (target.kind == ast::TypeExpr::Kind::kPrim) {
    resolve_.types[declared.id.value].kind = Alias{target.prim};
  } else if (target.kind == ast::TypeExpr::Kind::kNamed) {
    CVM_ASSIGN_OR_RETURN(const TypeId id, LookUpType(scope, target.name));
    resolve_.types[declared.id.value].kind = Alias{id};
  }
  return {};
}

Result<void> Resolver::DefineType(TypeScope& scope, const Declared& declared) {
  if (declared.decl == nullptr) return {};
  const ast::TypeDecl& decl = *declared.decl;
  using Kind = ast::TypeDecl::Kind;
  if (decl.kind == Kind::kResource) return {};
  TypeKind kind;
  if (decl.kind == Kind::kAlias) {
    if (decl.target.kind == ast::TypeExpr::Kind::kPrim || decl.target.kind == ast::TypeExpr::Kind::kNamed) return {};
    CVM_ASSIGN_OR_RETURN(kind, ResolveKind(scope, decl.target));
  } else if (decl.kind == Kind::kRecord) {
    CVM_RETURN_IF_ERROR(CheckMemberNames(decl.members, "field"));
    Record record;
    for (const ast::Member& member : decl.members) {
      CVM_ASSIGN_OR_RETURN(Type type, ResolveType(scope, member.type));
      record.fields.push_back(Field{member.name.name, type, member.docs});
    }
    kind = std::move(record);
  } else {
    CVM_ASSIGN_OR_RETURN(std::vector<Case> cases, ResolveCases(scope, decl));
    if (decl.kind == Kind::kVariant)
      kind = Variant{std::move(cases)};
    else if (decl.kind == Kind::kEnum)
      kind = Enum{std::move(cases)};
    else
      kind = Flags{std::move(cases)};
  }
  resolve_.types[declared.id.value].kind = std::move(kind);
  return {};
}

Result<std::vector<Case>> Resolver::ResolveCases(TypeScope& scope, const ast::TypeDecl& decl) {
  const bool flags = decl.kind == ast::TypeDecl::Kind::kFlags;
  CVM_RETURN_IF_ERROR(CheckMemberNames(decl.members, flags ? "flag" : "case"));
  constexpr size_t kMaxFlags = 32;  // Explainer.md, "Type Definitions"
  if (flags && decl.members.size() > kMaxFlags) {
    return ErrorAt(decl.members[kMaxFlags].name.span, "`" + decl.name.name + "` has more than 32 flags",
                   "split it in two");
  }
  std::vector<Case> cases;
  for (const ast::Member& member : decl.members) {
    CVM_ASSIGN_OR_RETURN(std::optional<Type> payload, ResolveOptional(scope, member.type));
    cases.push_back(Case{member.name.name, payload, member.docs});
  }
  return cases;
}

Result<void> Resolver::CheckMemberNames(const std::vector<ast::Member>& members, const char* what) const {
  std::unordered_map<std::string, const ast::Member*> seen;
  for (const ast::Member& member : members) {
    const auto [first, inserted] = seen.emplace(component::LowercaseLabel(member.name.name), &member);
    if (inserted) continue;
    return ErrorAt(member.name.span,
                   std::string(what) + " name `" + member.name.name + "` conflicts with previous " + what + " name `" +
                       first->second->name.name + "`",
                   "rename one of the two; names that differ only in case are the same");
  }
  return {};
}

Result<TypeId> Resolver::LookUpType(const TypeScope& scope, const ast::Ident& name) const {
  if (const auto found = scope.types.find(name.name); found != scope.types.end()) return found->second;
  std::string gate;
  if (const InterfaceId* id = std::get_if<InterfaceId>(&scope.owner)) {
    const Interface& interface = resolve_.at(*id);
    gate = GateHint(resolve_.at(interface.package).name.ToString() + "/" + interface.name + "/" + name.name);
  }
  if (gate.empty()) gate = ForeignTypeHint(name.name);
  return ErrorAt(name.span, "type `" + name.name + "` is not defined here",
                 gate.empty() ? "define it, or bring it in with `use`" : gate);
}

Result<Type> Resolver::ResolveType(TypeScope& scope, const ast::TypeExpr& expr) {
  if (expr.kind == ast::TypeExpr::Kind::kPrim) return Type(expr.prim);
  if (expr.kind == ast::TypeExpr::Kind::kNamed) {
    CVM_ASSIGN_OR_RETURN(const TypeId id, LookUpType(scope, expr.name));
    // A resource's bare name in the place of a type is an owning handle.
    if (!IsResource(resolve_.Dealias(id))) return Type(id);
    return Type(NewType(TypeDef{"", {}, Handle{id, false}, false, {}}, expr.span));
  }
  CVM_ASSIGN_OR_RETURN(TypeKind kind, ResolveKind(scope, expr));
  return Type(NewType(TypeDef{"", {}, std::move(kind), false, {}}, expr.span));
}

Result<std::optional<Type>> Resolver::ResolveOptional(TypeScope& scope, const ast::TypeExpr& expr) {
  if (expr.kind == ast::TypeExpr::Kind::kNone) return std::optional<Type>();
  CVM_ASSIGN_OR_RETURN(Type type, ResolveType(scope, expr));
  return std::optional(type);
}

// The kind of a type that has no name of its own.
Result<TypeKind> Resolver::ResolveKind(TypeScope& scope, const ast::TypeExpr& expr) {
  using Kind = ast::TypeExpr::Kind;
  if (expr.kind == Kind::kOwn || expr.kind == Kind::kBorrow) {
    CVM_ASSIGN_OR_RETURN(const TypeId id, LookUpType(scope, expr.name));
    if (IsResource(resolve_.Dealias(id))) return TypeKind(Handle{id, expr.kind == Kind::kBorrow});
    return ErrorAt(expr.name.span, "`" + expr.name.name + "` is not a resource",
                   "only resources are owned and borrowed");
  }
  std::vector<std::optional<Type>> args;
  for (const ast::TypeExpr& arg : expr.args) {
    const bool bytes = arg.kind == Kind::kNamed && arg.name.name == "bytes" && scope.types.count("bytes") == 0;
    if (expr.kind == Kind::kStream && bytes) {
      return ErrorAt(arg.name.span, "type `bytes` is not defined here", "write `stream<u8>`");
    }
    CVM_ASSIGN_OR_RETURN(std::optional<Type> type, ResolveOptional(scope, arg));
    args.push_back(type);
  }
  switch (expr.kind) {
    case Kind::kTuple: {
      Tuple tuple;
      for (const std::optional<Type>& arg : args) tuple.types.push_back(*arg);
      return TypeKind(std::move(tuple));
    }
    case Kind::kList:
      return TypeKind(List{*args[0], expr.length});
    case Kind::kMap:
      return TypeKind(Map{expr.prim, *args[0]});
    case Kind::kOption:
      return TypeKind(Option{*args[0]});
    case Kind::kResult:
      return TypeKind(ResultType{args[0], args[1]});
    case Kind::kFuture:
      return TypeKind(Future{args[0]});
    case Kind::kStream:
      return TypeKind(Stream{args[0]});
    default:
      return CVM_BUG("a type expression of no kind");
  }
}

Result<void> Resolver::DefineInterfaceFunctions(InterfaceId id) {
  InterfaceInput& input = interfaces_[id.value];
  const uint32_t first = static_cast<uint32_t>(resolve_.types.size());
  std::vector<Function>& functions = resolve_.interfaces[id.value].functions;
  // Those of resources first: the order that a printed interface has.
  for (const ast::InterfaceItem& item : input.ast->items) {
    const auto* decl = std::get_if<ast::TypeDecl>(&item);
    if (decl == nullptr) continue;
    for (const ast::Function& ast : decl->functions) {
      CVM_ASSIGN_OR_RETURN(Function function, ResolveFunction(input.scope, ast, decl));
      functions.push_back(std::move(function));
    }
  }
  for (const ast::InterfaceItem& item : input.ast->items) {
    const auto* ast = std::get_if<ast::Function>(&item);
    if (ast == nullptr) continue;
    CVM_ASSIGN_OR_RETURN(Function function, ResolveFunction(input.scope, *ast, nullptr));
    functions.push_back(std::move(function));
  }
  return CheckTypes(first, /*aliases_only=*/false);
}

Result<Function> Resolver::ResolveFunction(TypeScope& scope, const ast::Function& ast, const ast::TypeDecl* resource) {
  Function function;
  function.kind = ast.kind;
  function.label = ast.name.name;
  function.is_async = ast.is_async;
  function.meta = ast.meta;
  const std::string prefix = resource == nullptr ? "" : resource->name.name + ".";
  switch (ast.kind) {
    case FunctionKind::kFree:
      function.name = function.label;
      break;
    case FunctionKind::kMethod:
      function.name = "[method]" + prefix + function.label;
      break;
    case FunctionKind::kStatic:
      function.name = "[static]" + prefix + function.label;
      break;
    case FunctionKind::kConstructor:
      function.name = "[constructor]" + function.label;
      break;
  }
  CVM_RETURN_IF_ERROR(TakeName(scope, function.name, ast.name.span));
  if (resource != nullptr) function.resource = scope.types.at(resource->name.name);
  CVM_RETURN_IF_ERROR(ResolveSignature(scope, ast, function));
  return function;
}

Result<void> Resolver::ResolveSignature(TypeScope& scope, const ast::Function& ast, Function& function) {
  const uint32_t first = static_cast<uint32_t>(resolve_.types.size());
  std::set<std::string> names;
  if (ast.kind == FunctionKind::kMethod) {
    const TypeId self = NewType(TypeDef{"", {}, Handle{*function.resource, true}, false, {}}, ast.name.span);
    function.params.push_back(Param{"self", self});
    names.insert("self");
  }
  for (const ast::Member& param : ast.params) {
    if (!names.insert(component::LowercaseLabel(param.name.name)).second) {
      return ErrorAt(param.name.span, "function parameter name `" + param.name.name + "` conflicts with a previous one",
                     "rename one of the two; names that differ only in case are the same");
    }
    CVM_ASSIGN_OR_RETURN(Type type, ResolveType(scope, param.type));
    function.params.push_back(Param{param.name.name, type});
  }
  CVM_ASSIGN_OR_RETURN(function.result, ResolveOptional(scope, ast.result));
  if (ast.kind == FunctionKind::kConstructor && !function.result.has_value()) {
    function.result = NewType(TypeDef{"", {}, Handle{*function.resource, false}, false, {}}, ast.name.span);
  } else if (ast.kind == FunctionKind::kConstructor) {
    const ast::TypeExpr& result = ast.result;
    const bool fallible = result.kind == ast::TypeExpr::Kind::kResult &&
                          result.args[0].kind == ast::TypeExpr::Kind::kNamed &&
                          result.args[0].name.name == ast.name.name;
    if (!fallible) {
      return ErrorAt(result.span, "a constructor's result is `result<" + ast.name.name + ", …>` or left out",
                     "leave it out, or write that");
    }
  }
  CVM_RETURN_IF_ERROR(CheckTypes(first, /*aliases_only=*/false));
  const TypeId* result = function.result.has_value() ? std::get_if<TypeId>(&*function.result) : nullptr;
  if (result != nullptr && has_borrow_[result->value]) {
    return ErrorAt(ast.result.span, "the result holds a `borrow`, which would outlive the call",
                   "return an owned resource");
  }
  return {};
}

// A resource in truth, and not a name that still waits for its kind.
bool Resolver::IsResource(TypeId id) const {
  const TypeDef& def = resolve_.at(id);
  return !def.name.empty() && std::holds_alternative<Resource>(def.kind) && resources_.count(id) != 0;
}

// Post-order over the new types, with a stack of its own: a type's depth is one more than its deepest part's.
Result<void> Resolver::CheckTypes(uint32_t first, bool aliases_only) {
  constexpr uint32_t kOpen = ~uint32_t{0};
  struct Frame {
    TypeId at;
    std::vector<TypeId> children;
    size_t next = 0;
  };
  std::vector<uint32_t>& depths = aliases_only ? alias_depths_ : depths_;
  std::vector<Frame> stack;
  const auto open = [&](TypeId id) {
    depths[id.value] = kOpen;
    stack.push_back(Frame{id, Children(resolve_.at(id), aliases_only)});
  };
  for (uint32_t start = first; start < resolve_.types.size(); ++start) {
    if (depths[start] == 0) open(TypeId(start));
    while (!stack.empty()) {
      Frame& frame = stack.back();
      const TypeId at = frame.at;
      if (frame.next < frame.children.size()) {
        const TypeId child = frame.children[frame.next++];
        if (depths[child.value] == kOpen) {
          return ErrorAt(type_spans_[at.value], "type `" + resolve_.at(child).name + "` depends on itself",
                         "types cannot be recursive; refer to the inner value by an index or a resource");
        }
        if (depths[child.value] == 0) open(child);
        continue;
      }
      uint32_t depth = 1;
      for (TypeId child : frame.children) depth = std::max(depth, depths[child.value] + 1);
      depths[at.value] = depth;
      if (const uint32_t most = std::min(options_.max_type_depth, kMaxTypeDepth); depth > most) {
        return ErrorAt(type_spans_[at.value], "the type nests deeper than " + std::to_string(most), "flatten it",
                       ErrorKind::kLimit);
      }
      if (!aliases_only) CVM_RETURN_IF_ERROR(CheckBorrows(at, frame.children));
      stack.pop_back();
    }
  }
  return {};
}

Result<void> Resolver::CheckBorrows(TypeId id, const std::vector<TypeId>& children) {
  const TypeDef& def = resolve_.at(id);
  const Handle* handle = std::get_if<Handle>(&def.kind);
  bool borrow = handle != nullptr && handle->borrow;
  for (TypeId child : children) borrow = borrow || has_borrow_[child.value];
  has_borrow_[id.value] = borrow;
  const bool carried = std::holds_alternative<Future>(def.kind) || std::holds_alternative<Stream>(def.kind);
  if (!borrow || !carried) return {};
  return ErrorAt(type_spans_[id.value], "a future or stream cannot carry a `borrow`", "send an owned resource");
}

}  // namespace cvm::wit
