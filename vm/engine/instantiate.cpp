#include "vm/engine/instantiate.hpp"

#include <algorithm>

#include "vm/engine/const_expr.hpp"
#include "vm/engine/store_work.hpp"
#include "vm/interp/interpret.hpp"

namespace cvm {
namespace {

// Making a function's object takes about as long as writing so many bytes.
constexpr uint64_t kFunctionWork = 256;

bool InRange(uint64_t offset, uint64_t length, uint64_t size) { return offset <= size && length <= size - offset; }

// core/valid/matching#external-types against what `import` asks for.
bool Matches(const CompiledModule& module, const Import& import, const ExternVal& value) {
  if (import.type.index() != value.index()) return false;
  const ExternType wanted = Canonicalize(module.type_ids, import.type);
  static const std::vector<uint32_t> kNoIds;
  const TypeContext cx(module.engine()->types);
  return MatchExternType(cx, TypeOfExtern(value), wanted, import.exact);
}

Result<void> BindImports(rt::Instance& instance, const CompiledModule& module, std::span<const ExternVal> imports) {
  const ModuleData& m = *module.module;
  if (imports.size() != m.imports.size()) return UsageError("wrong number of imports");
  uint32_t func = 0;
  for (size_t i = 0; i < imports.size(); ++i) {
    const Import& import = m.imports[i];
    if (!Matches(module, import, imports[i])) {
      return UnlinkableError("incompatible import type for `" + std::string(import.module) + "` `" +
                             std::string(import.name) + "`");
    }
    switch (import.kind()) {
      case ExternKind::kFunc: instance.functions[func++] = std::get<rt::Function*>(imports[i]); break;
      case ExternKind::kTable: instance.tables.push_back(std::get<rt::Table*>(imports[i])); break;
      case ExternKind::kMemory: instance.memories.push_back(std::get<rt::Memory*>(imports[i])); break;
      case ExternKind::kGlobal: instance.globals.push_back(std::get<rt::Global*>(imports[i])); break;
      case ExternKind::kTag: instance.tags.push_back(std::get<rt::Tag*>(imports[i])); break;
    }
  }
  return {};
}

ValType CanonicalValType(const CompiledModule& module, ValType type) {
  if (type.is_ref() && type.heap.is_concrete()) type.heap.index = module.type_ids[type.heap.index];
  return type;
}

Result<void> MakeOwn(rt::Instance& instance, const CompiledModule& module) {
  const ModuleData& m = *module.module;
  rt::Store& store = instance.store;
  for (const MemoryType& type : m.memories) {
    CVM_ASSIGN_OR_RETURN(rt::Memory* memory, store.NewMemory(type));
    instance.memories.push_back(memory);
  }
  instance.AttachMemory();
  for (size_t i = m.imported_tags; i < m.tag_types.size(); ++i) {
    instance.tags.push_back(store.NewTag(instance, static_cast<uint32_t>(i)));
  }
  for (size_t i = 0; i < m.globals.size(); ++i) {
    CVM_ASSIGN_OR_RETURN(const ConstValue value, EvaluateConst(instance, m.globals[i].init));
    GlobalType type = m.globals[i].type;
    type.type = CanonicalValType(module, type.type);
    instance.globals.push_back(instance.DefineGlobal(static_cast<uint32_t>(i), type));
    std::memcpy(instance.globals.back()->value, value.bits.data(), SlotsOf(type.type) * 8);
  }
  instance.context()->globals = instance.globals.data();
  for (const Table& table : m.tables) {
    rt::Ref init = rt::kNullRef;
    if (table.init.has_value()) {
      CVM_ASSIGN_OR_RETURN(const ConstValue value, EvaluateConst(instance, *table.init));
      init = value.bits[0];
    }
    TableType type = table.type;
    type.element = CanonicalValType(module, type.element);
    CVM_RETURN_IF_ERROR(StoreWork(store).PayForBytes(type.limits.min * sizeof(rt::Ref)));
    Result<rt::Table*> made = store.NewTable(type, init);
    if (!made.ok()) {
      CVM_RETURN_IF_ERROR(CheckStop(store));
      return std::move(made).error();
    }
    instance.tables.push_back(*made);
  }
  instance.context()->tables = instance.tables.data();
  return {};
}

Result<void> EvaluateElements(rt::Instance& instance, const ModuleData& m) {
  StoreWork work(instance.store);
  for (size_t i = 0; i < m.elements.size(); ++i) {
    const ElementSegment& segment = m.elements[i];
    if (segment.mode == SegmentMode::kDeclarative) continue;
    std::vector<rt::Ref>& refs = instance.elements[i];
    CVM_RETURN_IF_ERROR(work.PayForBytes(segment.size() * sizeof(rt::Ref)));
    refs.reserve(segment.size());
    if (const auto* funcs = std::get_if<std::vector<FuncIndex>>(&segment.items)) {
      for (const FuncIndex f : *funcs) {
        CVM_RETURN_IF_ERROR(work.Poll(kFunctionWork));
        refs.push_back(reinterpret_cast<rt::Ref>(instance.FunctionAt(f.value)));
      }
      continue;
    }
    for (const Expr& expr : std::get<std::vector<Expr>>(segment.items)) {
      CVM_RETURN_IF_ERROR(work.Poll(kFunctionWork + expr.bytes.size()));
      CVM_ASSIGN_OR_RETURN(const ConstValue value, EvaluateConst(instance, expr));
      refs.push_back(value.bits[0]);
    }
  }
  return {};
}

Result<void> InitTables(rt::Instance& instance, const ModuleData& m) {
  StoreWork work(instance.store);
  for (size_t i = 0; i < m.elements.size(); ++i) {
    const ElementSegment& segment = m.elements[i];
    if (segment.mode != SegmentMode::kActive) continue;
    CVM_ASSIGN_OR_RETURN(const ConstValue offset, EvaluateConst(instance, segment.offset));
    rt::Table& table = *instance.tables[segment.table.value];
    const std::vector<rt::Ref>& refs = instance.elements[i];
    if (!InRange(offset.bits[0], refs.size(), table.size())) {
      return TrapError(std::string(TrapMessage(TrapKind::kTableOutOfBounds)));
    }
    CVM_RETURN_IF_ERROR(work.PayForBytes(refs.size() * sizeof(rt::Ref)));
    CVM_RETURN_IF_ERROR(work.InPieces(refs.size(), sizeof(rt::Ref), [&](uint64_t from, uint64_t n) {
      rt::Ref* to = table.data() + offset.bits[0] + from;
      instance.store.heap().WillOverwrite(to, n);
      std::copy_n(refs.data() + from, n, to);
    }));
    instance.elements[i] = {};
  }
  return {};
}

Result<void> InitMemories(rt::Instance& instance, const CompiledModule& module) {
  const ModuleData& m = *module.module;
  const CompiledModule::MemoryImage* image = module.image();
  if (image != nullptr) instance.memories[0]->SetImage(image->offset, image->bytes, image->pages.get());
  StoreWork work(instance.store);
  for (size_t i = 0; i < m.data.size(); ++i) {
    const DataSegment& segment = m.data[i];
    if (segment.mode != SegmentMode::kActive) continue;
    instance.dropped_data[i] = true;
    CVM_RETURN_IF_ERROR(work.PayForBytes(segment.bytes.size()));
    if (image != nullptr && !segment.bytes.empty()) continue;   // in bounds, and in the image
    CVM_ASSIGN_OR_RETURN(const ConstValue offset, EvaluateConst(instance, segment.offset));
    rt::Memory& memory = *instance.memories[segment.memory.value];
    if (!InRange(offset.bits[0], segment.bytes.size(), memory.size())) {
      return TrapError(std::string(TrapMessage(TrapKind::kMemoryOutOfBounds)));
    }
    CVM_RETURN_IF_ERROR(work.InPieces(segment.bytes.size(), 1, [&](uint64_t from, uint64_t n) {
      std::copy_n(segment.bytes.data() + from, n, memory.data() + offset.bits[0] + from);
    }));
  }
  return {};
}

}  // namespace

ExternType TypeOfExtern(const ExternVal& value) {
  struct Visitor {
    ExternType operator()(rt::Function* f) const { return TypeIndex(f->type_id); }
    ExternType operator()(rt::Table* t) const { return t->type(); }
    ExternType operator()(rt::Memory* m) const { return m->type(); }
    ExternType operator()(rt::Global* g) const { return g->type; }
    ExternType operator()(rt::Tag* t) const { return TagType{TypeIndex(t->type_id)}; }
  };
  return std::visit(Visitor{}, value);
}

Result<rt::Instance*> Instantiate(rt::Store& store, std::shared_ptr<CompiledModule> module,
                                  std::span<const ExternVal> imports) {
  const CompiledModule& compiled = *module;
  const ModuleData& m = *compiled.module;
  CVM_RETURN_IF_ERROR(CheckStop(store));
  CVM_ASSIGN_OR_RETURN(rt::Instance * instance, store.NewInstance(module));
  CVM_RETURN_IF_ERROR(BindImports(*instance, compiled, imports));
  CVM_RETURN_IF_ERROR(MakeOwn(*instance, compiled));
  CVM_RETURN_IF_ERROR(EvaluateElements(*instance, m));
  CVM_RETURN_IF_ERROR(InitTables(*instance, m));
  CVM_RETURN_IF_ERROR(InitMemories(*instance, compiled));
  return instance;
}

Result<void> RunStart(rt::Instance& instance) {
  const std::optional<FuncIndex> start = instance.module().start;
  if (!start.has_value()) return {};
  return CallFunction(instance.store, *instance.FunctionAt(start->value), {}, instance.context());
}

std::optional<ExternVal> FindExport(rt::Instance& instance, std::string_view name) {
  for (const Export& e : instance.module().exports) {
    if (e.name != name) continue;
    switch (e.kind) {
      case ExternKind::kFunc: return instance.FunctionAt(e.index);
      case ExternKind::kTable: return instance.tables[e.index];
      case ExternKind::kMemory: return instance.memories[e.index];
      case ExternKind::kGlobal: return instance.globals[e.index];
      case ExternKind::kTag: return instance.tags[e.index];
    }
  }
  return std::nullopt;
}

rt::Function* NewHostFunction(rt::Store& store, const FuncType& type, uint32_t type_id, rt::HostBody body) {
  return store.NewHostFunction(type, type_id, HostCallCell(), std::move(body));
}

// --- calls

rt::RunStatus StartCall(rt::Execution& e, rt::Function& f, std::span<const uint64_t> slots, rt::Context* any) {
  const size_t params = rt::SlotsOf(f.type->params);
  std::copy_n(slots.begin(), params, Window(e));
  PrepareCall(e, f, any);
  return Interpret(e);
}

rt::RunStatus ContinueCall(rt::Execution& e) {
  PrepareResume(e);
  return Interpret(e);
}

rt::RunStatus ContinueHost(rt::Execution& e) {
  PrepareReentry(e);
  return Interpret(e);
}

void TakeResults(rt::Execution& e, const rt::Function& f, std::span<uint64_t> slots) {
  const ResultType& results = f.type->results;
  if (results.size() == 1) {
    if (BankOf(results[0]) == Bank::kInt) {
      slots[0] = e.acc;
    } else {
      std::memcpy(slots.data(), e.facc, SlotsOf(results[0]) * 8);
      if (results[0].kind == ValKind::kF32) slots[0] &= 0xffffffff;
    }
  } else {
    std::copy_n(reinterpret_cast<const uint64_t*>(e.base), rt::SlotsOf(results), slots.begin());
  }
}

Error StoppedError(const rt::Store& store, TrapKind trap) {
  Error error = TrapError(trap);
  if (trap != TrapKind::kDeadlineExceeded || store.deadline_text.empty()) return error;
  return TrapError(error.message() + " (" + store.deadline_text + ")").WithTrap(trap);
}

Result<void> CheckStop(rt::Store& store) {
  rt::Interruption& interruption = *store.interruption();
  const TrapKind trap = interruption.Pending();
  if (trap == TrapKind::kNone) return {};
  if (interruption.depth() == 0) interruption.Met();
  return StoppedError(store, trap);
}

Error TakeTrap(rt::Execution& e) {
  // What went through a host function has its error already.
  if (e.uncaught != nullptr && !e.error.has_value()) {
    e.error = Error(ErrorKind::kException, "wasm exception `" + e.uncaught->Name() + "` was not caught");
  }
  if (e.error.has_value()) {
    Error error = std::move(*e.error);
    e.error.reset();
    if (error.kind() == ErrorKind::kExit) return error;
    if (!error.backtrace().empty()) return error;
    return error.WithBacktrace(BacktraceNames(e));
  }
  return StoppedError(e.context->instance->store, e.trap).WithBacktrace(BacktraceNames(e));
}

std::vector<std::string> BacktraceNames(const rt::Execution& e) {
  std::vector<std::string> names;
  if (e.context == nullptr) return names;
  for (const BacktraceFrame& frame : Backtrace(e, e.context->instance->store.limits().max_backtrace_frames)) {
    const auto& module = static_cast<const CompiledModule&>(*frame.instance->code);
    CompiledModule::Place place;
    if (module.FindPlace(frame.ip, &place)) names.push_back(module.FunctionName(place.func));
  }
  return names;
}

Result<void> CallFunction(rt::Store& store, rt::Function& f, std::span<uint64_t> slots, rt::Context* any) {
  rt::Execution& e = store.running != nullptr ? *store.running : store.main_execution();
  if (!e.ok()) return LimitError("no address space left for a guest stack");
  if (f.window_bytes + rt::Execution::kRedZoneBytes / 2 > static_cast<uint64_t>(e.stack_limit() - e.top) + rt::Execution::kRedZoneBytes) {
    return TrapError(std::string(TrapMessage(TrapKind::kStackExhausted)));
  }
  if (e.nesting >= store.limits().max_host_nesting) return TrapError(std::string(TrapMessage(TrapKind::kStackExhausted)));
  rt::Context* const outer_context = e.context;
  const uint8_t* const outer_ip = e.ip;
  uint8_t* const outer_fp = e.fp;
  if (any == nullptr) any = outer_context;
  if (any == nullptr && f.context == nullptr) return UsageError("a host function cannot be called without a guest instance");
  uint8_t* const outer_base = e.base;
  uint8_t* const outer_top = e.top;
  ++e.nesting;
  const rt::RunStatus status = StartCall(e, f, slots, any);
  --e.nesting;
  e.top = outer_top;
  Result<void> result;
  if (status == rt::RunStatus::kDone) {
    TakeResults(e, f, slots);
  } else if (status == rt::RunStatus::kTrapped) {
    result = TakeTrap(e);
  } else {
    // A host function wants to wait, but the caller of this call does not: its frames are given up.
    result = TrapError("a synchronous call was suspended");
  }
  e.base = outer_base;
  e.context = outer_context;
  e.ip = outer_ip;
  e.fp = outer_fp;
  return result;
}

}  // namespace cvm
