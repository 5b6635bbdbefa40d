// TypedLinker: links generated interfaces (cvm/bind.hpp) into a Linker:
//
//   Linker linker;
//   TypedLinker typed(linker);
//   CVM_RETURN_IF_ERROR(wasi::io::Poll::AddTo(typed, poll));
//
// What an implementation answers reaches the guest without dynamic values (component/host/typed). Implementations
// outlive the stores in which they are linked, and keep to one thread with them. A later definition of a name replaces
// an earlier one, as in the Linker.
#pragma once

#include <memory>
#include <string_view>

#include "component/host/linker.hpp"
#include "component/host/typed/function.hpp"
#include "component/host/typed/resources.hpp"
#include "cvm/bind.hpp"

namespace cvm::component {

// The functions and resource types of one interface. Refers to the Linker.
class TypedInstance {
 public:
  explicit TypedInstance(LinkerInstance& instance) : instance_(&instance) {}

  template <class R>
  Result<void> Resource(std::string_view name) {
    // Not owned: the type of R lives as long as the process.
    const std::shared_ptr<const abi::ResourceType> type(std::shared_ptr<void>(), &typed::ResourceTypeOf<R>());
    instance_->Define(name, type);
    return {};
  }
  template <class R>
  Result<void> UsedResource(std::string_view name) {
    return Resource<R>(name);
  }
  // Types without identity are compared where functions use them.
  template <class T>
  Result<void> Type(std::string_view) {
    return {};
  }
  template <auto kMethod>
  Result<void> Function(bind::FunctionName function, typename bind::MethodTraits<decltype(kMethod)>::class_type& impl) {
    return Add(typed::kFunctionInfo<kMethod, false>, function, &impl);
  }
  template <auto kMethod>
  Result<void> Method(bind::FunctionName function) {
    return Add(typed::kFunctionInfo<kMethod, true>, function, nullptr);
  }

 private:
  Result<void> Add(const typed::FunctionInfo& info, const bind::FunctionName& function, void* impl) {
    std::shared_ptr<const HostFunction> made = std::make_shared<typed::TypedFunction>(info, function, impl);
    instance_->Define(function.name, std::move(made));
    return {};
  }

  LinkerInstance* instance_;
};

class TypedLinker {
 public:
  explicit TypedLinker(Linker& linker) : linker_(linker) {}

  Result<TypedInstance> Instance(std::string_view name) { return TypedInstance(linker_.Instance(name)); }

 private:
  Linker& linker_;
};

}  // namespace cvm::component
