// Embedding cvm: load a module, give it two host functions, call it with C++ types, and see a trap as a value.
#include <cvm/vm.hpp>

#include <cstdio>
#include <string_view>

namespace {

cvm::Result<void> Run(const char* path) {
  const cvm::Engine engine;
  cvm::Result<cvm::Module> module = cvm::Module::LoadFile(engine, path);
  if (!module.ok()) return module.error();

  // Host functions are ordinary callables; their types are checked when the module is linked.
  cvm::Linker linker(engine);
  linker.Define("host", "rate", [](int32_t currency) { return currency == 0 ? 1.0 : 0.9; });
  linker.Define("host", "log", [](cvm::Caller& caller, uint32_t pointer, uint32_t length) -> cvm::Result<void> {
    const cvm::Result<cvm::Memory> memory = caller.memory();
    if (!memory.ok()) return memory.error();
    const std::span<uint8_t> bytes = memory->data();
    if (pointer > bytes.size() || length > bytes.size() - pointer) {
      return cvm::Error(cvm::ErrorKind::kTrap, "log: out of bounds memory access");
    }
    std::printf("guest: %.*s\n", static_cast<int>(length), reinterpret_cast<const char*>(bytes.data() + pointer));
    return {};
  });

  // A store is one tenant: it owns what runs, and its limits.
  cvm::Store store(engine, {.max_memory_bytes = 16 << 20});
  cvm::Result<cvm::Instance> instance = linker.Instantiate(store, *module);
  if (!instance.ok()) return instance.error();

  auto price = instance->Get<double(int32_t, int32_t)>("price");
  if (!price.ok()) return price.error();
  const cvm::Result<double> total = (*price)(20, 1);
  if (!total.ok()) return total.error();
  std::printf("price: %g\n", *total);

  auto share = instance->Get<int32_t(int32_t, int32_t)>("share");
  if (!share.ok()) return share.error();
  const cvm::Result<int32_t> trapped = (*share)(1, 0);
  std::printf("trap: %s\n", trapped.ok() ? "none" : trapped.error().message().c_str());
  return {};
}

}  // namespace

int main(int argc, char** argv) {
  const cvm::Result<void> done = Run(argc > 1 ? argv[1] : "pricing.wat");
  if (done.ok()) return 0;
  std::fprintf(stderr, "%s\n", done.error().ToString().c_str());
  return 1;
}
