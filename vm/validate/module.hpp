// Validation of modules (core/valid/modules). ValidateModule is the whole of it; its two parts are there for those who
// validate the functions of a module in parallel, or walk them with a sink of their own (walk.hpp).
//
// Errors carry the words of the specification's test suite first, then details after a colon; limits of this engine
// are errors of kind kLimit (LoadLimits). A part of WebAssembly that is switched off is refused by its name.
#pragma once

#include <span>
#include <vector>

#include "vm/module/module.hpp"
#include "vm/types/canonical.hpp"
#include "vm/types/features.hpp"
#include "vm/types/load_limits.hpp"
#include "vm/types/subtyping.hpp"
#include "vm/validate/packed.hpp"

namespace cvm {

// What validation found out about a module, needed to walk its functions and, later, to link and compile it. Immutable
// once filled; holds no reference to the module. The CanonicalTypes must outlive it.
struct ValidatedModule {
  Features features;
  LoadLimits limits;
  const CanonicalTypes* types = nullptr;
  std::vector<uint32_t> canonical_ids;  // by type index
  // valid/modules: the functions that ref.func may name in bodies ("C.refs"), by function index.
  std::vector<bool> declared_funcs;
  // custom-descriptors: the functions whose references are of an exact type, by function index; empty where it is off.
  std::vector<bool> exact_funcs;

  // Function types in packed form: the parameters of type i, then its results, from `packed[first]` on.
  struct Signature {
    uint32_t first = 0;
    uint32_t params = 0;
    uint32_t results = 0;
  };
  std::vector<Signature> signatures;  // by type index; empty where the type is no function
  std::vector<Packed> packed;

  TypeContext context() const { return TypeContext(*types, canonical_ids); }
  PackedSpan ParamsOf(uint32_t type) const { return {packed.data() + signatures[type].first, signatures[type].params}; }
  PackedSpan ResultsOf(uint32_t type) const {
    const Signature& s = signatures[type];
    return {packed.data() + s.first + s.params, s.results};
  }
};

// Everything but the function bodies: limits, types (which it interns), imports, index spaces, constant expressions, segments,
// exports, start. REQUIRES: FinishIndexSpaces was called. `out` is meaningful only on success.
Result<void> ValidateDeclarations(const ModuleData& module, const Features& features, CanonicalTypes& types,
                                  ValidatedModule* out, const LoadLimits& limits = LoadLimits());
// One function body. May run on several threads at once for one module. REQUIRES: not imported.
Result<void> ValidateFunction(const ModuleData& module, const ValidatedModule& validated, FuncIndex func);
// Declarations, then all bodies in order.
Result<void> ValidateModule(const ModuleData& module, const Features& features, CanonicalTypes& types,
                            ValidatedModule* out, const LoadLimits& limits = LoadLimits());

// core/valid/matching#external-types between two types whose concrete indices are canonical ids (or both of one module,
// as `cx` says). For functions, `exact` asks for the very type. Different kinds never match.
bool MatchExternType(const TypeContext& cx, const ExternType& a, const ExternType& b, bool exact = false);
// `type` of a module with each type index replaced by its canonical id.
ExternType Canonicalize(std::span<const uint32_t> ids, ExternType type);

}  // namespace cvm
