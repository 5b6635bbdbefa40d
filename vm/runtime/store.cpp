#include "vm/runtime/store.hpp"

#include <algorithm>

#include "vm/base/small_pages.hpp"
#include "vm/types/subtyping.hpp"

namespace cvm::rt {

Execution::Execution(size_t stack_bytes) : stack_(std::max(stack_bytes, size_t{4096}) + kRedZoneBytes) {
  link_.execution = this;
  if (stack_.data() == nullptr) return;
  if (!stack_.Commit(0, stack_.size())) stack_ = Reservation();
  // Guests wait by the thousand, each with a stack of which it has touched a page or two.
  PreferSmallPages(stack_);
  top = stack_.data();
}

Result<Instance*> Store::NewInstance(std::shared_ptr<ModuleCode> code) {
  if (instances_.size() >= limits_.max_instances) {
    return LimitReached("too many instances", instances_.size() + 1, limits_.max_instances, "max-instances");
  }
  const uint64_t bytes = Instance::BytesFor(*code);
  if (!instance_bytes_.Take(bytes)) {
    return LimitReached("instances too large", instance_bytes_.With(bytes), limits_.max_total_instance_bytes,
                        "max-total-instance-size");
  }
  instances_.push_back(std::make_unique<Instance>(*this, std::move(code)));
  Instance* instance = instances_.back().get();
  interruption_->Add(instance->context(), instance->code.get());
  return instance;
}

Result<void> Store::CheckMemoryCount() const {
  if (memories_.size() < limits_.max_memories) return {};
  return LimitReached("too many memories", memories_.size() + 1, limits_.max_memories, "max-memories");
}

Result<Memory*> Store::NewMemory(const MemoryType& type) {
  CVM_RETURN_IF_ERROR(CheckMemoryCount());
  CVM_ASSIGN_OR_RETURN(std::unique_ptr<Memory> memory,
                       Memory::Create(type, limits_.max_memory_bytes, guard_pages_, &memory_bytes_));
  memories_.push_back(std::move(memory));
  return memories_.back().get();
}

Result<Memory*> Store::MemoryOf(const std::shared_ptr<MemoryStorage>& shared) {
  for (const auto& memory : memories_) {
    if (memory->storage() == shared) return memory.get();
  }
  // Code of this store leaves bounds to the guard.
  if (guard_pages_ && shared->declared_type().limits.addr == AddrKind::kI32 && !shared->guarded()) {
    return UsageError("the shared memory was made by an engine without guard pages");
  }
  CVM_RETURN_IF_ERROR(CheckMemoryCount());
  memories_.push_back(std::make_unique<Memory>(shared));
  return memories_.back().get();
}

Result<Table*> Store::NewTable(const TableType& type, Ref init) {
  if (tables_.size() >= limits_.max_tables) {
    return LimitReached("too many tables", tables_.size() + 1, limits_.max_tables, "max-tables");
  }
  const auto stop = [&] { return interruption_->requested() != 0; };
  CVM_ASSIGN_OR_RETURN(std::unique_ptr<Table> table,
                       Table::Create(type, init, limits_.max_table_elements, &table_elements_, stop));
  tables_.push_back(std::move(table));
  return tables_.back().get();
}

Global* Store::NewGlobal(const GlobalType& type) {
  globals_.push_back(std::make_unique<Global>());
  globals_.back()->type = type;
  globals_.back()->value = globals_.back()->own;
  return globals_.back().get();
}

Tag* Store::NewTag(const Instance& instance, uint32_t index) {
  auto tag = std::make_unique<Tag>();
  const ModuleData& module = instance.module();
  const uint32_t type = module.tag_types[index].type.value;
  tag->type = &module.types[type].func;
  tag->type_id = instance.code->type_ids[type];
  tag->instance = &instance;
  tag->index = index;
  for (const ValType param : tag->type->params) tag->is_ref.insert(tag->is_ref.end(), cvm::SlotsOf(param), param.is_ref());
  tags_.push_back(std::move(tag));
  return tags_.back().get();
}

Function* Store::NewHostFunction(const FuncType& type, uint32_t type_id, const uint8_t* code, HostBody body) {
  auto host = std::make_unique<HostFunction>();
  host->type = type;
  host->body = std::move(body);
  Function& f = host->function;
  if (types_ != nullptr) f.info = types_->InfoOf(type_id);
  f.code = code;
  f.SetType(&host->type, type_id);
  f.host = &host->body;
  host_functions_.push_back(std::move(host));
  return &host_functions_.back()->function;
}

void Store::MarkRoots(Marker& marker) {
  const auto mark_global = [&](const Global& global) {
    if (!global.type.type.is_ref()) return;
    Ref ref;
    std::memcpy(&ref, global.value, 8);
    marker.Mark(ref);
  };
  for (const auto& global : globals_) mark_global(*global);
  for (const auto& table : tables_) {
    // Functions are no objects of the heap: their tables, which may be long, need no look.
    if (TopOf(TypeContext(*types_), table->element().heap) == HeapKind::kFunc) continue;
    marker.MarkLater(table.get());
  }
  for (const auto& instance : instances_) instance->MarkRoots(marker);
  if (escaped != nullptr) marker.Mark(escaped->ref());
  for (ExecutionLink* link = executions_.next(); link != &executions_; link = link->next()) {
    const Execution& e = *link->execution;
    if (e.runs != 0 || e.status == RunStatus::kSuspended || e.status == RunStatus::kRunnable) scan_frames_(e, marker);
  }
}

bool Store::Owns(const Function* function) const {
  const auto is_host = [&](const auto& host) { return &host->function == function; };
  const auto is_guest = [&](const auto& instance) { return instance->Owns(function); };
  return std::any_of(host_functions_.begin(), host_functions_.end(), is_host) ||
         std::any_of(instances_.begin(), instances_.end(), is_guest);
}

Execution& Store::main_execution() {
  if (main_execution_ == nullptr) main_execution_ = std::make_unique<Execution>(limits_.max_wasm_stack_bytes);
  return *main_execution_;
}

}  // namespace cvm::rt
