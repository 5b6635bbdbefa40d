// Instance and Linker: linking core modules by the names of their imports.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "cvm/func.hpp"
#include "cvm/module.hpp"
#include "cvm/store.hpp"

namespace cvm {

// A handle to an instance of a core module; valid while its store lives.
class Instance {
 public:
  // The exported function or memory of that name; an Error of kind kUsage that lists the exports if there is none.
  Result<Func> GetFunc(std::string_view name) const;
  Result<Memory> GetMemory(std::string_view name) const;
  // GetFunc and Func::Typed in one.
  template <class Signature>
  Result<TypedFunc<Signature>> Get(std::string_view name) const {
    Result<Func> func = GetFunc(name);
    if (!func.ok()) return std::move(func).error();
    return func->template Typed<Signature>();
  }
  bool Has(std::string_view name) const;

  Instance(Store::Impl* store, void* instance) : store_(store), instance_(instance) {}   // for cvm's own layers
  void* instance() const { return instance_; }

 private:
  Store::Impl* store_;
  void* instance_;
};

// Names what imports are linked to. Host functions may be used by any store of the engine; instances belong to theirs. Not
// changed by Instantiate; may be shared by threads once it is complete.
class Linker {
 public:
  explicit Linker(const Engine& engine);
  ~Linker();
  Linker(Linker&&) noexcept;
  Linker& operator=(Linker&&) noexcept;

  // Any callable of number types: `linker.Define("env", "add", [](int32_t a, int32_t b) { return a + b; })`.
  template <class F>
  Linker& Define(std::string_view module, std::string_view name, F callable) {
    auto [signature, body] = internal::WrapCallable(std::move(callable));
    return DefineHost(module, name, std::move(signature), std::move(body));
  }
  Linker& DefineHost(std::string_view module, std::string_view name, FuncSignature signature, HostFunc body);
  // A shared memory, for any store.
  Linker& DefineMemory(std::string_view module, std::string_view name, const SharedMemory& memory);
  // All exports of `instance` under `module`; shared memories among them for any store.
  Linker& DefineInstance(std::string_view module, const Instance& instance);

  // Instantiates and runs the start function. Unmet imports are one Error that lists all of them.
  Result<Instance> Instantiate(Store& store, const Module& module) const;

  struct Impl;
  Impl& impl() const { return *impl_; }   // for cvm's own layers

 private:
  std::unique_ptr<Impl> impl_;
};

}  // namespace cvm
