// Canonical definitions: options, lift and lower (CanonicalABI.md, "canonopt Validation", "canon lift", "canon lower").
// Every core function that a definition names is checked against the type that the canonical ABI calls it with
// (security.md ABI-07).
#include "component/validate/context.hpp"

namespace cvm::component::validate {
namespace {

ValType CoreValType(abi::CoreType type) {
  const ValType types[] = {ValType::I32(), ValType::I64(), ValType::F32(), ValType::F64()};
  return types[static_cast<size_t>(type)];
}

FuncType CoreFuncType(const abi::CoreFuncType& type) {
  FuncType out;
  for (const abi::CoreType param : type.params) out.params.push_back(CoreValType(param));
  for (const abi::CoreType result : type.results) out.results.push_back(CoreValType(result));
  return out;
}

// "[I32, I64]"
std::string TypeList(const std::vector<ValType>& types) {
  std::string text;
  for (const ValType type : types) {
    std::string name = ToString(type);
    if (type.is_num()) name[0] = static_cast<char>(name[0] - 'a' + 'A');
    text += (text.empty() ? "" : ", ") + name;
  }
  return "[" + text + "]";
}

// A core function that an option names has to be of one type.
Result<void> CheckOptionFunc(const Context& cx, const Scope& scope, uint32_t index, const FuncType& expected,
                             const char* option) {
  CVM_ASSIGN_OR_RETURN(const uint32_t id, At(scope.core_funcs, index, "function"));
  if (cx.canonical.TypeOf(id).func == expected) return {};
  return Invalid(std::string("canonical option `") + option + "` uses a core function with an incorrect signature");
}

// What passing values through memory asks for. `allocated` says whether the side that is entered has to find room for
// what does not fit into flat values, or for strings and lists.
Result<void> CheckParams(const CheckedOptions& options, const abi::FuncType& type, uint32_t max_flat, bool allocated) {
  bool pointers = false;
  for (const abi::ValType& param : type.ParamTypes()) pointers |= abi::ContainsPointer(param);
  const bool in_memory = abi::FlatCount(type.ParamTypes()) > max_flat;
  if (!pointers && !in_memory) return {};
  CVM_RETURN_IF_ERROR(RequireMemory(options));
  return allocated ? RequireRealloc(options) : Result<void>();
}

Result<void> CheckResults(const CheckedOptions& options, const abi::FuncType& type, uint32_t max_flat, bool allocated) {
  if (!type.result) return {};
  const bool pointers = abi::ContainsPointer(*type.result);
  if (!pointers && abi::FlatCount(*type.result) <= max_flat) return {};
  CVM_RETURN_IF_ERROR(RequireMemory(options));
  return allocated && pointers ? RequireRealloc(options) : Result<void>();
}

Result<void> CheckAsync(const Context& cx, const CanonOptions& options, const abi::FuncType& type) {
  if (!options.async) return {};
  CVM_RETURN_IF_ERROR(cx.Require(&ComponentFeatures::async, "the `async` canonical option"));
  if (type.async) return {};
  return Invalid("the `async` canonical option requires an async function type");
}

// post-return, callback: only of lifts.
Result<void> CheckLiftOptions(const Context& cx, const CanonOptions& options, const FuncType& flat) {
  const Scope& scope = *cx.scopes.back();
  if (options.post_return) {
    if (options.async) return Invalid("cannot specify `post-return` with the `async` canonical option");
    CVM_RETURN_IF_ERROR(CheckOptionFunc(cx, scope, *options.post_return, {flat.results, {}}, "post-return"));
  }
  if (options.callback) {
    if (!options.async) return Invalid("cannot specify callback without async");
    const FuncType type{{ValType::I32(), ValType::I32(), ValType::I32()}, {ValType::I32()}};
    return CheckOptionFunc(cx, scope, *options.callback, type, "callback");
  }
  if (!options.async) return {};
  return cx.Require(&ComponentFeatures::async_stackful, "the `async` canonical option without a `callback`");
}

Result<void> DefineLift(Context& cx, const CanonDef& def) {
  Scope& scope = cx.scope();
  CVM_ASSIGN_OR_RETURN(const TypeId type, TypeAt(cx, scope, def.type, TypeDef::Kind::kFunc));
  CVM_ASSIGN_OR_RETURN(const uint32_t core_id, At(scope.core_funcs, def.index, "function"));
  const abi::FuncType& func = cx.types[type].func->abi;
  CVM_RETURN_IF_ERROR(CheckAsync(cx, def.options, func));
  CVM_ASSIGN_OR_RETURN(const CheckedOptions options, CheckOptions(cx, def.options));
  const uint32_t max_results = def.options.async ? abi::kMaxFlatParams : abi::kMaxFlatResults;
  CVM_RETURN_IF_ERROR(CheckParams(options, func, abi::kMaxFlatParams, true));
  CVM_RETURN_IF_ERROR(CheckResults(options, func, max_results, false));
  const FuncType flat = CoreFuncType(abi::FlattenFunctype(
      {options.ptr_type, def.options.async, def.options.callback.has_value()}, func, abi::FlattenContext::kLift));
  CVM_RETURN_IF_ERROR(CheckLiftOptions(cx, def.options, flat));
  const FuncType& core = cx.canonical.TypeOf(core_id).func;
  if (core.params != flat.params) {
    return Invalid("lowered parameter types `" + TypeList(flat.params) + "` do not match parameter types `" +
                   TypeList(core.params) + "` of core function " + std::to_string(def.index));
  }
  if (core.results != flat.results) {
    return Invalid("lowered result types `" + TypeList(flat.results) + "` do not match result types `" +
                   TypeList(core.results) + "` of core function " + std::to_string(def.index));
  }
  scope.funcs.push_back(type);
  return {};
}

// CanonicalABI.md asks every async lower for a memory; the official suite has some without one, where nothing is passed
// in memory. They are let through.
Result<FuncType> LowerType(Context& cx, const CanonDef& def) {
  CVM_ASSIGN_OR_RETURN(const TypeId type, At(cx.scope().funcs, def.index, "function"));
  const abi::FuncType& func = cx.types[type].func->abi;
  CVM_RETURN_IF_ERROR(CheckAsync(cx, def.options, func));
  for (const auto& [option, name] :
       {std::pair(def.options.post_return, "post-return"), std::pair(def.options.callback, "callback")}) {
    if (!option) continue;
    return Invalid(std::string("canonical option `") + name + "` cannot be specified for lowerings");
  }
  CVM_ASSIGN_OR_RETURN(const CheckedOptions options, CheckOptions(cx, def.options));
  const bool async = def.options.async;
  CVM_RETURN_IF_ERROR(CheckParams(options, func, async ? abi::kMaxFlatAsyncParams : abi::kMaxFlatParams, false));
  CVM_RETURN_IF_ERROR(CheckResults(options, func, async ? 0 : abi::kMaxFlatResults, true));
  return CoreFuncType(abi::FlattenFunctype({options.ptr_type, async, false}, func, abi::FlattenContext::kLower));
}

}  // namespace

Result<void> RequireMemory(const CheckedOptions& options) {
  if (options.memory) return {};
  return Invalid("canonical option `memory` is required");
}

Result<void> RequireRealloc(const CheckedOptions& options) {
  if (options.realloc) return {};
  return Invalid("canonical option `realloc` is required");
}

Result<CheckedOptions> CheckOptions(Context& cx, const CanonOptions& options) {
  const Scope& scope = cx.scope();
  CheckedOptions checked;
  if (options.memory) {
    CVM_ASSIGN_OR_RETURN(const MemoryType memory, At(scope.core_memories, *options.memory, "memory"));
    if (memory.limits.shared || memory.page_size_log2 != 16) {
      return Invalid("canonical option `memory` must be an unshared memory with pages of 64 KiB");
    }
    checked.memory = true;
    if (memory.limits.addr == AddrKind::kI64) checked.ptr_type = abi::PtrType::kI64;
  }
  if (options.realloc) {
    if (!options.memory) return Invalid("canonical option `realloc` requires `memory` to also be specified");
    const ValType addr = checked.ptr_type == abi::PtrType::kI64 ? ValType::I64() : ValType::I32();
    CVM_RETURN_IF_ERROR(CheckOptionFunc(cx, scope, *options.realloc, {{addr, addr, addr, addr}, {addr}}, "realloc"));
    checked.realloc = true;
  }
  return checked;
}

Result<void> DefineCanon(Context& cx, const CanonDef& def) {
  if (def.kind == CanonKind::kLift) return DefineLift(cx, def);
  CVM_ASSIGN_OR_RETURN(const FuncType type, def.kind == CanonKind::kLower ? LowerType(cx, def) : BuiltinType(cx, def));
  CVM_ASSIGN_OR_RETURN(const uint32_t id, cx.canonical.InternFunc(type));
  cx.scope().core_funcs.push_back(id);
  return {};
}

}  // namespace cvm::component::validate
