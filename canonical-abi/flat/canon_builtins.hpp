// The built-ins of resources and error contexts. definitions.py: canon_resource_new, _drop, _rep,
// canon_error_context_new, _debug_message, _drop.
//
// `inst` is the instance whose code calls the built-in (current_instance()). Nothing here runs guest code: dropping an
// own handle says which destructor is due, and the runtime calls it.
#pragma once

#include <cstdint>
#include <optional>

#include "canonical-abi/handles/instance.hpp"
#include "canonical-abi/handles/resource.hpp"
#include "canonical-abi/memory/context.hpp"
#include "cvm/result.hpp"

namespace cvm::abi {

// What is left to do after the last handle of a resource is dropped: a call of rt's destructor with `rep`, as a call
// from the dropping instance into rt->impl(). Also where there is no destructor the call is checked: it traps unless
// rt->impl()->MayEnterFrom(inst).
struct DestructorCall {
  const ResourceType* rt = nullptr;
  uint64_t rep = 0;
};

Result<uint32_t> CanonResourceNew(ComponentInstance& inst, const ResourceType& rt, uint64_t rep);
// Nothing is left to do if the handle was a borrow.
Result<std::optional<DestructorCall>> CanonResourceDrop(ComponentInstance& inst, const ResourceType& rt, uint32_t i);
Result<uint64_t> CanonResourceRep(ComponentInstance& inst, const ResourceType& rt, uint32_t i);

// Bytes of a debug message that are kept: an error context lives as long as the guest likes, and the ABI lets a host
// change it.
inline constexpr size_t kMaxDebugMessage = 4096;

Result<uint32_t> CanonErrorContextNew(LiftLowerContext& cx, uint64_t ptr, uint64_t tagged_code_units);
// Stores the message as a string at `ptr`, which is checked like any other pointer of the guest.
Result<void> CanonErrorContextDebugMessage(LiftLowerContext& cx, uint32_t i, uint64_t ptr);
Result<void> CanonErrorContextDrop(ComponentInstance& inst, uint32_t i);

}  // namespace cvm::abi
