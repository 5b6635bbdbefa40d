#include "vm/compile/compile.hpp"

#include <algorithm>

#include "vm/compile/analysis.hpp"
#include "vm/compile/emitter.hpp"
#include "vm/compile/layout.hpp"

namespace cvm {

uint32_t WindowSlots(const FuncType& type) {
  const auto slots = [](const ResultType& types) {
    uint32_t n = 0;
    for (const ValType t : types) n += SlotsOf(t);
    return n;
  };
  return std::max(slots(type.params), slots(type.results));
}

uint32_t RegCode::OwedAt(uint32_t at) const {
  const auto after =
      std::upper_bound(owed.begin(), owed.end(), at, [](uint32_t a, const auto& e) { return a < e.first; });
  return after == owed.begin() ? 0 : std::prev(after)->second;
}

// How many reference temporaries there are, and whether every slot is within reach, shows only when all is emitted.
// Nearly always the first guess (none, and yes) is right; otherwise what was learnt makes the next attempt succeed.
Result<RegCode> CompileFunction(const ModuleData& module, FuncIndex func, const CompileEnv& env) {
  CVM_ASSIGN_OR_RETURN(const Analysis analysis, AnalyzeFunction(module, env.features, func));
  uint32_t refs = 0;
  bool wide = false;
  for (int attempt = 0; attempt < 4; ++attempt) {
    CVM_ASSIGN_OR_RETURN(const Layout layout, MakeLayout(analysis, module.FuncTypeOf(func), *env.handlers, refs, wide));
    Emitter emitter(module, func, env, analysis, layout);
    emitter.Begin();
    CVM_RETURN_IF_ERROR(DriveBody(module.FunctionAt(func), env.features, emitter));
    const bool enough = emitter.needed_refs() <= refs && (!emitter.needs_wide() || wide);
    if (enough) {
      if (emitter.needs_wide()) break;
      RegCode out;
      CVM_RETURN_IF_ERROR(emitter.Finish(&out));
      return out;
    }
    wide |= emitter.needs_wide();
    refs = std::max(refs, emitter.needed_refs());
  }
  return CVM_BUG("no frame layout suffices");
}

}  // namespace cvm
