#include "vm/runtime/instance.hpp"

#include <algorithm>
#include <new>

#include "vm/runtime/store.hpp"

namespace cvm::rt {
namespace {

uint32_t AlignUp(uint32_t value, uint32_t alignment) { return (value + alignment - 1) / alignment * alignment; }

}  // namespace

ContextLayout::ContextLayout(const ModuleData& module) {
  uint32_t at = AlignUp(sizeof(Context), 16);
  for (const cvm::Global& global : module.globals) {
    const uint32_t size = SlotsOf(global.type.type) * 8;
    at = AlignUp(at, size);
    global_offsets.push_back(static_cast<int32_t>(at));
    at += size;
  }
  bytes = AlignUp(at, 16);
}

uint32_t SlotsOf(const ResultType& types) {
  uint32_t slots = 0;
  for (const ValType& type : types) slots += cvm::SlotsOf(type);
  return slots;
}

constinit const TypeInfo kUntypedFunction{.kind = ObjectKind::kFunc};

void Function::SetType(const FuncType* function_type, uint32_t canonical_id) {
  type = function_type;
  type_id = canonical_id;
  const uint32_t results = SlotsOf(type->results);
  window_bytes = std::max(SlotsOf(type->params), results) * kSlotBytes;
  result_bytes = type->results.size() > 1 ? results * kSlotBytes : 0;
}

Instance::Instance(Store& store, std::shared_ptr<ModuleCode> module_code) : store(store), code(std::move(module_code)) {
  // Blocks are 16-byte aligned by operator new; v128 globals lie at multiples of 16 within.
  block_ = std::make_unique<uint64_t[]>(code->layout->bytes / 8);
  context_ = new (block_.get()) Context;
  context_->instance = this;
  context_->entries = code->entries.data();
  context_->type_ids = code->type_ids.data();
  context_->type_infos = code->type_infos.data();
  context_->heap = &store.heap();
  context_->attention = store.interruption()->attention();
  context_->fuel = &store.fuel().left;
  const ModuleData& m = module();
  functions.resize(m.func_types.size());
  own_functions_.resize(m.functions.size());
  context_->functions = functions.data();
  dropped_elements.resize(m.elements.size());
  dropped_data.resize(m.data.size());
  elements.resize(m.elements.size());
  own_globals_.resize(m.globals.size());
}

uint64_t Instance::BytesFor(const ModuleCode& code) {
  const ModuleData& m = *code.module;
  uint64_t bytes = sizeof(Instance) + code.layout->bytes;
  bytes += m.func_types.size() * sizeof(Function*) + m.functions.size() * sizeof(std::unique_ptr<Function>);
  bytes += m.globals.size() * sizeof(Global) + m.elements.size() * sizeof(std::vector<Ref>);
  // Active segments are gone once they have been written to their tables.
  for (const ElementSegment& segment : m.elements) {
    if (segment.mode == SegmentMode::kPassive) bytes += segment.size() * sizeof(Ref);
  }
  return bytes;
}

Instance::~Instance() {
  if (!memories.empty()) memories[0]->RemoveUser(context_);
}

Function* Instance::FunctionAt(uint32_t index) {
  if (functions[index] != nullptr) return functions[index];
  const ModuleData& m = module();
  const uint32_t own = index - m.imported_funcs;
  auto function = std::make_unique<Function>();
  store.CountInstanceBytes(sizeof(Function));
  function->code = __atomic_load_n(&code->entries[own], __ATOMIC_ACQUIRE);
  function->context = context_;
  function->SetType(&m.FuncTypeOf(FuncIndex(index)), code->type_ids[m.func_types[index].value]);
  const uint32_t type = m.func_types[index].value;
  if (type < code->type_infos.size()) function->info = code->type_infos[type];
  function->index = index;
  function->instance = this;
  functions[index] = function.get();
  own_functions_[own] = std::move(function);
  return functions[index];
}

bool Instance::Owns(const Function* function) const {
  return std::any_of(own_functions_.begin(), own_functions_.end(), [&](const auto& own) { return own.get() == function; });
}

Global* Instance::DefineGlobal(uint32_t index, const GlobalType& type) {
  Global& global = own_globals_[index];
  global.type = type;
  global.value = reinterpret_cast<uint8_t*>(context_) + code->layout->global_offsets[index];
  return &global;
}

void Instance::MarkRoots(Marker& marker) {
  for (const Global& global : own_globals_) {
    if (global.value == nullptr || !global.type.type.is_ref()) continue;
    Ref ref;
    std::memcpy(&ref, global.value, 8);
    marker.Mark(ref);
  }
  for (const std::vector<Ref>& segment : elements) marker.MarkAll(segment.data(), segment.size());
}

void Instance::AttachMemory() {
  context_->memories = memories.data();
  if (!memories.empty()) memories[0]->AddUser(context_);
}

}  // namespace cvm::rt
