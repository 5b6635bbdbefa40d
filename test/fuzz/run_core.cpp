// Any bytes as a core module, text or binary: what validates is instantiated without imports and its exports are
// called, on a small stack and small memories. Nothing may crash; what the guest never leaves is libFuzzer's time-out,
// so modules whose runs are not known to end are left out.
#include <cstdlib>
#include <memory>
#include <string_view>

#include "test/fuzz/terminates.hpp"
#include "vm/engine/api_impl.hpp"
#include "vm/text/parse.hpp"

namespace {

using namespace cvm;

void CallAll(Store& store, rt::Instance& instance) {
  for (const Export& e : instance.module().exports) {
    if (e.kind != ExternKind::kFunc) continue;
    rt::Function& f = *instance.FunctionAt(e.index);
    std::vector<uint64_t> slots(f.window_bytes / kSlotBytes + 2);
    // References must be null; numbers may be anything.
    size_t at = 0;
    for (const ValType& t : f.type->params) {
      slots[at] = t.is_ref() ? 0 : 0x80000001;
      at += SlotsOf(t);
    }
    static_cast<void>(CallFunction(store.impl().store, f, slots));
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  Engine engine;
  const bool binary = size >= 4 && data[0] == 0;
  Result<Module> module = binary ? Module::Load(engine, {data, size})
                                 : Module::Parse(engine, std::string_view(reinterpret_cast<const char*>(data), size));
  if (!module.ok()) {
    if (module.error().kind() == ErrorKind::kBug) std::abort();
    return 0;
  }
  const ModuleData& m = *module->impl()->compiled->module;
  if (!m.imports.empty() || !fuzz::Terminates(m)) return 0;
  StoreOptions options;
  options.max_memory_bytes = 16 << 20;
  options.max_table_elements = 100'000;
  options.max_wasm_stack_bytes = 256 << 10;
  Store store(engine, options);
  Result<Instance> instance = Linker(engine).Instantiate(store, *module);
  if (!instance.ok()) {
    if (instance.error().kind() == ErrorKind::kBug) std::abort();
    return 0;
  }
  CallAll(store, *static_cast<rt::Instance*>(instance->instance()));
  return 0;
}
