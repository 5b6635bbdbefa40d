// The host module `spectest` that scripts import from.
#include "spec-tests/wast/script.hpp"

namespace cvm::wast {
namespace {

// Prints nothing: what a script prints is no part of its assertions.
Result<void> Ignore(Caller&, std::span<uint64_t>) { return {}; }

struct PrintFunction {
  const char* name;
  std::vector<Kind> params;
};

rt::Global* MakeGlobal(rt::Store& store, ValType type, uint64_t bits) {
  rt::Global* global = store.NewGlobal({type, false});
  std::memcpy(global->value, &bits, 8);
  return global;
}

}  // namespace

Result<void> Script::DefineSpectest() {
  rt::Store& store = store_->impl().store;
  auto& space = registered_["spectest"];
  const PrintFunction functions[] = {{"print", {}},
                                     {"print_i32", {Kind::kI32}},
                                     {"print_i64", {Kind::kI64}},
                                     {"print_f32", {Kind::kF32}},
                                     {"print_f64", {Kind::kF64}},
                                     {"print_i32_f32", {Kind::kI32, Kind::kF32}},
                                     {"print_f64_f64", {Kind::kF64, Kind::kF64}}};
  for (const PrintFunction& f : functions) {
    CVM_ASSIGN_OR_RETURN(rt::Function * made, MakeHostFunction(store_->impl(), {f.params, {}}, Ignore));
    space.emplace(f.name, made);
  }
  space.emplace("global_i32", MakeGlobal(store, ValType::I32(), 666));
  space.emplace("global_i64", MakeGlobal(store, ValType::I64(), 666));
  space.emplace("global_f32", MakeGlobal(store, ValType::F32(), std::bit_cast<uint32_t>(666.6f)));
  space.emplace("global_f64", MakeGlobal(store, ValType::F64(), std::bit_cast<uint64_t>(666.6)));
  TableType table{ValType::FuncRef(), {AddrKind::kI32, 10, 20}};
  CVM_ASSIGN_OR_RETURN(rt::Table * table32, store.NewTable(table, rt::kNullRef));
  space.emplace("table", table32);
  table.limits.addr = AddrKind::kI64;
  CVM_ASSIGN_OR_RETURN(rt::Table * table64, store.NewTable(table, rt::kNullRef));
  space.emplace("table64", table64);
  CVM_ASSIGN_OR_RETURN(rt::Memory * memory, store.NewMemory({{AddrKind::kI32, 1, 2}}));
  space.emplace("memory", memory);
  CVM_ASSIGN_OR_RETURN(rt::Memory * shared, store.NewMemory({{AddrKind::kI32, 1, 2, /*shared=*/true}}));
  space.emplace("shared_memory", shared);
  return {};
}

}  // namespace cvm::wast
