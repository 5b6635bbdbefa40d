// The WIT of a component, and of a WIT package in the binary format (component-model, WIT.md, "Package Format"), as a
// Resolve.
//
// A component becomes the world `root` of a package `root:component`; the interfaces that it imports and exports form
// packages of their own, which hold as much of them as the component says. What is imported and exported under one name
// is united. A binary package comes back with its documentation and gates, where it has the section `package-docs`.
//
// The way goes by the types that component/validate gives imports and exports, and by text: what is written here is
// what the resolver reads, so that both sources of a Resolve obey the same rules. Pure; safe from any thread.
#pragma once

#include "component/model/component.hpp"
#include "component/validate/validate.hpp"
#include "component/wit/resolver.hpp"

namespace cvm::wit {

// True for a component that exports nothing but component types, as packages do.
bool IsWitPackage(const component::Component& component);

// Validates the component. Kinds of error: those of validation, kUnsupported for what WIT has no words for, kLimit.
Result<Resolution> DecodeWit(const component::Component& component, const Features& features, CanonicalTypes& types,
                             const component::ComponentValidation& options);

}  // namespace cvm::wit
