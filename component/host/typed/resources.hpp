// Host resources: which resource type the abstract C++ struct of a resource is, and how its objects are represented.
//
// The representation of an object is its address as an R*. It lives in handle tables alone, where each look-up compares
// the resource type; guests see indices, never representations. Lends are counted there too, so that an object is not
// destroyed while a call has it as a Borrow. Whoever drops the last own handle (a guest, or its store when it dies)
// destroys the object through the resource type.
//
// There is one resource type for each R in a process: objects keep to the thread of their store, the type does not
// care.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "canonical-abi/handles/resource.hpp"
#include "component/runtime/objects.hpp"
#include "cvm/bind.hpp"

namespace cvm::component::typed {

template <class R>
R* ResourceAt(uint64_t rep) {
  return reinterpret_cast<R*>(static_cast<uintptr_t>(rep));
}
template <class R>
uint64_t RepOf(R* resource) {
  return reinterpret_cast<uintptr_t>(resource);
}

// Never destroyed, as stores may outlive static objects.
template <class R>
const abi::ResourceType& ResourceTypeOf() {
  static const HostResourceType& type =
      *new HostResourceType(std::string(bind::TypeOf<R>::kName), [](ComponentStore*, uint64_t rep) -> Result<void> {
        delete ResourceAt<R>(rep);
        return {};
      });
  return type;
}

// A reference for a Borrow that failed to be lifted, which nobody is given: storage without an object in it.
template <class R>
R& NoResource() {
  alignas(R) static std::byte storage[sizeof(R)];
  return *reinterpret_cast<R*>(storage);
}

}  // namespace cvm::component::typed
