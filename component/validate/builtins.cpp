// The canonical built-ins: what each asks of its operands, and the core function type that it is given
// (CanonicalABI.md, "Canonical Definitions").
#include "component/validate/context.hpp"

namespace cvm::component::validate {
namespace {

using Kind = CanonKind;

const ValType kI32 = ValType::I32();
const ValType kI64 = ValType::I64();

ValType Addr(abi::PtrType ptr_type) { return ptr_type == abi::PtrType::kI64 ? kI64 : kI32; }

using Rule = Result<FuncType> (*)(Context&, const CanonDef&);

// ---- resources ----

Result<ResourceId> ResourceAt(Context& cx, uint32_t index) {
  CVM_ASSIGN_OR_RETURN(const TypeId type, TypeAt(cx, cx.scope(), index, TypeDef::Kind::kResource));
  return cx.types[type].resource;
}

// resource.new and resource.rep: of the component's own resources only. Gives the representation.
Result<ValType> LocalRep(Context& cx, uint32_t index) {
  CVM_ASSIGN_OR_RETURN(const ResourceId resource, ResourceAt(cx, index));
  const auto it = cx.scope().local_resources.find(resource);
  if (it == cx.scope().local_resources.end()) {
    return Invalid("type index " + std::to_string(index) + " is not a local resource");
  }
  return it->second ? kI64 : kI32;
}

Result<FuncType> ResourceNew(Context& cx, const CanonDef& def) {
  CVM_ASSIGN_OR_RETURN(const ValType rep, LocalRep(cx, def.index));
  return FuncType{{rep}, {kI32}};
}
Result<FuncType> ResourceRep(Context& cx, const CanonDef& def) {
  CVM_ASSIGN_OR_RETURN(const ValType rep, LocalRep(cx, def.index));
  return FuncType{{kI32}, {rep}};
}
Result<FuncType> ResourceDrop(Context& cx, const CanonDef& def) {
  CVM_RETURN_IF_ERROR(ResourceAt(cx, def.index));
  return FuncType{{kI32}, {}};
}

// ---- tasks ----

Result<FuncType> TaskReturn(Context& cx, const CanonDef& def) {
  const CanonOptions& options = def.options;
  if (options.realloc || options.post_return || options.callback || options.async) {
    return Invalid("`task.return` only allows the canonical options `memory` and `string-encoding`");
  }
  abi::FuncType type;
  if (def.result) {
    ValTypeRef result = *def.result;
    if (uint32_t* index = std::get_if<uint32_t>(&result)) {
      CVM_ASSIGN_OR_RETURN(*index, TypeAt(cx, cx.scope(), *index, TypeDef::Kind::kValue));
    }
    type.params.emplace_back("v", cx.types.AbiOf(result));
  }
  CVM_ASSIGN_OR_RETURN(const CheckedOptions checked, CheckOptions(cx, options));
  const abi::CoreFuncType flat =
      abi::FlattenFunctype({checked.ptr_type, false, false}, type, abi::FlattenContext::kLower);
  if (def.result) {
    const abi::ValType& value = type.params.front().second;
    if (abi::ContainsPointer(value) || abi::FlatCount(value) > abi::kMaxFlatParams) {
      CVM_RETURN_IF_ERROR(RequireMemory(checked));
    }
  }
  FuncType out;
  const ValType types[] = {kI32, kI64, ValType::F32(), ValType::F64()};
  for (const abi::CoreType param : flat.params) out.params.push_back(types[static_cast<size_t>(param)]);
  return out;
}

Result<ValType> ContextSlot(Context& cx, const CanonDef& def) {
  constexpr uint32_t kSlots = 2;
  if (def.slot >= kSlots) return Invalid("immediate must be less than " + std::to_string(kSlots));
  if (def.i64 && !cx.features.Has(Feature::kMemory64)) return Invalid("context storage can only hold `i32`");
  std::optional<bool>& seen = cx.scope().context_i64;
  if (seen && *seen != def.i64) {
    return Invalid("`context.get` and `context.set` of a component must all be of the same type");
  }
  seen = def.i64;
  return def.i64 ? kI64 : kI32;
}
Result<FuncType> ContextGet(Context& cx, const CanonDef& def) {
  CVM_ASSIGN_OR_RETURN(const ValType type, ContextSlot(cx, def));
  return FuncType{{}, {type}};
}
Result<FuncType> ContextSet(Context& cx, const CanonDef& def) {
  CVM_ASSIGN_OR_RETURN(const ValType type, ContextSlot(cx, def));
  return FuncType{{type}, {}};
}

Result<void> CheckAsyncFlag(const Context& cx, const CanonDef& def, const char* name) {
  if (!def.async) return {};
  return cx.Require(&ComponentFeatures::more_async_builtins, std::string("an async `") + name + "`");
}
Result<FuncType> SubtaskCancel(Context& cx, const CanonDef& def) {
  CVM_RETURN_IF_ERROR(CheckAsyncFlag(cx, def, "subtask.cancel"));
  return FuncType{{kI32}, {kI32}};
}

Result<FuncType> WaitOrPoll(Context& cx, const CanonDef& def) {
  CanonOptions options;
  options.memory = def.options.memory;
  CVM_ASSIGN_OR_RETURN(const CheckedOptions checked, CheckOptions(cx, options));
  return FuncType{{kI32, Addr(checked.ptr_type)}, {kI32}};
}

// ---- streams and futures ----

bool OfStream(Kind kind) { return kind >= Kind::kStreamNew && kind <= Kind::kStreamDropWritable; }

// The stream or future that the built-in is of.
Result<const DefValType*> EndType(Context& cx, const CanonDef& def) {
  CVM_ASSIGN_OR_RETURN(const TypeId type, TypeAt(cx, cx.scope(), def.index, TypeDef::Kind::kValue));
  const DefValType& value = cx.types[type].value->def;
  const abi::TypeKind wanted = OfStream(def.kind) ? abi::TypeKind::kStream : abi::TypeKind::kFuture;
  if (value.kind == wanted) return &value;
  return Invalid("type index " + std::to_string(def.index) + " is not a " + std::string(abi::TypeKindName(wanted)) +
                 " type");
}

Result<FuncType> NewEnds(Context& cx, const CanonDef& def) {
  CVM_RETURN_IF_ERROR(EndType(cx, def));
  return FuncType{{}, {kI64}};
}
Result<FuncType> DropEnd(Context& cx, const CanonDef& def) {
  CVM_RETURN_IF_ERROR(EndType(cx, def));
  return FuncType{{kI32}, {}};
}
Result<FuncType> CancelCopy(Context& cx, const CanonDef& def) {
  CVM_RETURN_IF_ERROR(EndType(cx, def));
  CVM_RETURN_IF_ERROR(CheckAsyncFlag(cx, def, OfStream(def.kind) ? "stream.cancel" : "future.cancel"));
  return FuncType{{kI32}, {kI32}};
}
Result<FuncType> Copy(Context& cx, const CanonDef& def) {
  CVM_ASSIGN_OR_RETURN(const DefValType* type, EndType(cx, def));
  if (def.options.post_return || def.options.callback) {
    return Invalid("canonical options `post-return` and `callback` cannot be specified for reads and writes");
  }
  if (!def.options.async) {
    CVM_RETURN_IF_ERROR(cx.Require(&ComponentFeatures::more_async_builtins, "a synchronous read or write"));
  }
  CVM_ASSIGN_OR_RETURN(const CheckedOptions checked, CheckOptions(cx, def.options));
  const bool read = def.kind == Kind::kStreamRead || def.kind == Kind::kFutureRead;
  if (type->first) {
    CVM_RETURN_IF_ERROR(RequireMemory(checked));
    if (read && abi::ContainsPointer(cx.types.AbiOf(*type->first))) CVM_RETURN_IF_ERROR(RequireRealloc(checked));
  }
  const ValType addr = Addr(checked.ptr_type);
  if (OfStream(def.kind)) return FuncType{{kI32, addr, addr}, {addr}};
  return FuncType{{kI32, addr}, {kI32}};
}

// ---- error contexts ----

Result<CheckedOptions> ErrorContextOptions(Context& cx, const CanonDef& def) {
  if (def.options.async || def.options.callback || def.options.post_return) {
    return Invalid("`error-context` built-ins only allow `memory`, `realloc` and `string-encoding`");
  }
  CVM_ASSIGN_OR_RETURN(const CheckedOptions checked, CheckOptions(cx, def.options));
  CVM_RETURN_IF_ERROR(RequireMemory(checked));
  return checked;
}
Result<FuncType> ErrorContextNew(Context& cx, const CanonDef& def) {
  CVM_ASSIGN_OR_RETURN(const CheckedOptions checked, ErrorContextOptions(cx, def));
  return FuncType{{Addr(checked.ptr_type), Addr(checked.ptr_type)}, {kI32}};
}
Result<FuncType> ErrorContextDebugMessage(Context& cx, const CanonDef& def) {
  CVM_ASSIGN_OR_RETURN(const CheckedOptions checked, ErrorContextOptions(cx, def));
  CVM_RETURN_IF_ERROR(RequireRealloc(checked));
  return FuncType{{kI32, Addr(checked.ptr_type)}, {}};
}

// ---- threads ----

// The type of a thread's start function: (func (param T)), T being i32 or i64.
Result<ValType> StartParam(Context& cx, const CanonDef& def) {
  if (def.shared) return UnsupportedError("shared functions are not part of this build");
  CVM_ASSIGN_OR_RETURN(const uint32_t id, cx.scope().core_types.IdAt(def.type));
  const SubType& type = cx.canonical.TypeOf(id);
  const bool fits =
      type.kind == CompositeKind::kFunc && type.func.params.size() == 1 && type.func.results.empty() &&
      (type.func.params[0] == kI32 || (type.func.params[0] == kI64 && cx.features.Has(Feature::kMemory64)));
  if (!fits) return Invalid("spawn type must be a function with a single `i32` or `i64` parameter and no results");
  return type.func.params[0];
}
Result<FuncType> StartIndirect(Context& cx, const CanonDef& def) {
  CVM_ASSIGN_OR_RETURN(const ValType param, StartParam(cx, def));
  CVM_ASSIGN_OR_RETURN(const TableType table, At(cx.scope().core_tables, def.table, "table"));
  if (!MatchVal(TypeContext(cx.canonical), table.element, ValType::FuncRef())) {
    return Invalid("indirect thread start requires a table of functions");
  }
  return FuncType{{AddrType(table.limits.addr), param}, {kI32}};
}
Result<FuncType> SpawnRef(Context& cx, const CanonDef& def) {
  CVM_ASSIGN_OR_RETURN(const ValType param, StartParam(cx, def));
  CVM_ASSIGN_OR_RETURN(const uint32_t id, cx.scope().core_types.IdAt(def.type));
  return FuncType{{ValType::Ref(HeapType::Concrete(TypeIndex(id)), true), param}, {kI32}};
}

// ---- those without operands ----

Result<FuncType> Nothing(Context&, const CanonDef&) { return FuncType{}; }
Result<FuncType> Takes(Context&, const CanonDef&) { return FuncType{{kI32}, {}}; }
Result<FuncType> TakesTwo(Context&, const CanonDef&) { return FuncType{{kI32, kI32}, {}}; }
Result<FuncType> Gives(Context&, const CanonDef&) { return FuncType{{}, {kI32}}; }
Result<FuncType> TakesAndGives(Context&, const CanonDef&) { return FuncType{{kI32}, {kI32}}; }

struct Builtin {
  Kind kind;
  const char* name;
  Rule rule;
  bool ComponentFeatures::* feature = &ComponentFeatures::async;
};
constexpr bool ComponentFeatures::* kErrors = &ComponentFeatures::error_context;
constexpr bool ComponentFeatures::* kThreads = &ComponentFeatures::threading;
constexpr bool ComponentFeatures::* kShared = &ComponentFeatures::shared_threads;
constexpr bool ComponentFeatures::* kAlways = nullptr;

constexpr Builtin kBuiltins[] = {
    {Kind::kResourceNew, "resource.new", ResourceNew, kAlways},
    {Kind::kResourceDrop, "resource.drop", ResourceDrop, kAlways},
    {Kind::kResourceRep, "resource.rep", ResourceRep, kAlways},
    {Kind::kTaskCancel, "task.cancel", Nothing},
    {Kind::kSubtaskCancel, "subtask.cancel", SubtaskCancel},
    {Kind::kTaskReturn, "task.return", TaskReturn},
    {Kind::kContextGet, "context.get", ContextGet},
    {Kind::kContextSet, "context.set", ContextSet},
    {Kind::kThreadYield, "thread.yield", Gives},
    {Kind::kBackpressureInc, "backpressure.inc", Nothing},
    {Kind::kBackpressureDec, "backpressure.dec", Nothing},
    {Kind::kSubtaskDrop, "subtask.drop", Takes},
    {Kind::kStreamNew, "stream.new", NewEnds},
    {Kind::kStreamRead, "stream.read", Copy},
    {Kind::kStreamWrite, "stream.write", Copy},
    {Kind::kStreamCancelRead, "stream.cancel-read", CancelCopy},
    {Kind::kStreamCancelWrite, "stream.cancel-write", CancelCopy},
    {Kind::kStreamDropReadable, "stream.drop-readable", DropEnd},
    {Kind::kStreamDropWritable, "stream.drop-writable", DropEnd},
    {Kind::kFutureNew, "future.new", NewEnds},
    {Kind::kFutureRead, "future.read", Copy},
    {Kind::kFutureWrite, "future.write", Copy},
    {Kind::kFutureCancelRead, "future.cancel-read", CancelCopy},
    {Kind::kFutureCancelWrite, "future.cancel-write", CancelCopy},
    {Kind::kFutureDropReadable, "future.drop-readable", DropEnd},
    {Kind::kFutureDropWritable, "future.drop-writable", DropEnd},
    {Kind::kErrorContextNew, "error-context.new", ErrorContextNew, kErrors},
    {Kind::kErrorContextDebugMessage, "error-context.debug-message", ErrorContextDebugMessage, kErrors},
    {Kind::kErrorContextDrop, "error-context.drop", Takes, kErrors},
    {Kind::kWaitableSetNew, "waitable-set.new", Gives},
    {Kind::kWaitableSetWait, "waitable-set.wait", WaitOrPoll},
    {Kind::kWaitableSetPoll, "waitable-set.poll", WaitOrPoll},
    {Kind::kWaitableSetDrop, "waitable-set.drop", Takes},
    {Kind::kWaitableJoin, "waitable.join", TakesTwo},
    {Kind::kThreadIndex, "thread.index", Gives, kThreads},
    {Kind::kThreadNewIndirect, "thread.new-indirect", StartIndirect, kThreads},
    {Kind::kThreadResumeLater, "thread.resume-later", Takes, kThreads},
    {Kind::kThreadSuspend, "thread.suspend", Gives, kThreads},
    {Kind::kThreadSuspendThenResume, "thread.suspend-then-resume", TakesAndGives, kThreads},
    {Kind::kThreadYieldThenResume, "thread.yield-then-resume", TakesAndGives, kThreads},
    {Kind::kThreadSuspendThenPromote, "thread.suspend-then-promote", TakesAndGives, kThreads},
    {Kind::kThreadYieldThenPromote, "thread.yield-then-promote", TakesAndGives, kThreads},
    {Kind::kThreadSpawnRef, "thread.spawn-ref", SpawnRef, kShared},
    {Kind::kThreadSpawnIndirect, "thread.spawn-indirect", StartIndirect, kShared},
    {Kind::kThreadAvailableParallelism, "thread.available-parallelism", Gives, kShared},
};

}  // namespace

Result<FuncType> BuiltinType(Context& cx, const CanonDef& def) {
  for (const Builtin& builtin : kBuiltins) {
    if (builtin.kind != def.kind) continue;
    if (builtin.feature != kAlways) {
      CVM_RETURN_IF_ERROR(cx.Require(builtin.feature, "`" + std::string(builtin.name) + "`"));
    }
    return builtin.rule(cx, def);
  }
  return Invalid("unknown canonical built-in");
}

}  // namespace cvm::component::validate
