#include "vm/module/module_limits.hpp"

#include <algorithm>
#include <utility>

#include "vm/base/try.hpp"

namespace cvm {
namespace {

class Checker {
 public:
  Checker(const ModuleData& module, const LoadLimits& limits) : module_(module), limits_(limits) {}

  Result<void> Run() const {
    CVM_RETURN_IF_ERROR(CheckCounts());
    CVM_RETURN_IF_ERROR(CheckTypes());
    CVM_RETURN_IF_ERROR(CheckDepths());
    CVM_RETURN_IF_ERROR(CheckNames());
    for (const ElementSegment& segment : module_.elements) {
      CVM_RETURN_IF_ERROR(Check(&LoadLimits::element_entries, segment.size()));
    }
    return CheckMeanSize();
  }

 private:
  Result<void> Check(LoadLimit which, uint64_t found) const { return CheckLimit(limits_, which, found); }

  Result<void> CheckCounts() const {
    const ModuleData& m = module_;
    const std::pair<LoadLimit, size_t> counts[] = {{&LoadLimits::types, m.types.size()},
                                                   {&LoadLimits::rec_groups, m.rec_groups.size()},
                                                   {&LoadLimits::functions, m.func_types.size()},
                                                   {&LoadLimits::imports, m.imports.size()},
                                                   {&LoadLimits::exports, m.exports.size()},
                                                   {&LoadLimits::globals, m.global_types.size()},
                                                   {&LoadLimits::tags, m.tag_types.size()},
                                                   {&LoadLimits::tables, m.table_types.size()},
                                                   {&LoadLimits::memories, m.memory_types.size()},
                                                   {&LoadLimits::data_segments, m.data.size()},
                                                   {&LoadLimits::element_segments, m.elements.size()}};
    for (const auto& [which, found] : counts) CVM_RETURN_IF_ERROR(Check(which, found));
    return {};
  }

  Result<void> CheckTypes() const {
    for (const RecGroup& group : module_.rec_groups) {
      CVM_RETURN_IF_ERROR(Check(&LoadLimits::rec_group_types, group.count));
    }
    for (const SubType& type : module_.types) {
      CVM_RETURN_IF_ERROR(Check(&LoadLimits::params, type.func.params.size()));
      CVM_RETURN_IF_ERROR(Check(&LoadLimits::results, type.func.results.size()));
      CVM_RETURN_IF_ERROR(Check(&LoadLimits::struct_fields, type.fields.size()));
    }
    return {};
  }

  // Supertypes come before their subtypes in a valid module; what does not is left to validation.
  Result<void> CheckDepths() const {
    std::vector<uint32_t> depths;
    for (size_t i = 0; i < module_.types.size(); ++i) {
      const SubType& type = module_.types[i];
      if (type.supertypes.empty() || type.supertypes.front().value >= i) continue;
      if (depths.empty()) depths.resize(module_.types.size());
      depths[i] = depths[type.supertypes.front().value] + 1;
      CVM_RETURN_IF_ERROR(Check(&LoadLimits::subtype_depth, depths[i]));
    }
    return {};
  }

  Result<void> CheckNames() const {
    for (const Import& import : module_.imports) {
      CVM_RETURN_IF_ERROR(Check(&LoadLimits::name_bytes, import.module.size()));
      CVM_RETURN_IF_ERROR(Check(&LoadLimits::name_bytes, import.name.size()));
    }
    for (const Export& e : module_.exports) CVM_RETURN_IF_ERROR(Check(&LoadLimits::name_bytes, e.name.size()));
    for (const CustomSection& c : module_.customs) CVM_RETURN_IF_ERROR(Check(&LoadLimits::name_bytes, c.name.size()));
    return {};
  }

  // Many tiny functions cost far more than their bytes: a mean size bounds that, as wasmi's strict limits do.
  Result<void> CheckMeanSize() const {
    constexpr uint64_t kEnoughBytes = 1000;
    if (limits_.mean_function_bytes == 0 || module_.functions.empty()) return {};
    uint64_t bytes = 0;
    for (const Function& function : module_.functions) bytes += function.body.bytes.size();
    const uint64_t mean = bytes / module_.functions.size();
    if (bytes < kEnoughBytes || mean >= limits_.mean_function_bytes) return {};
    return LimitExceeded(limits_, &LoadLimits::mean_function_bytes, mean);
  }

  const ModuleData& module_;
  const LoadLimits& limits_;
};

}  // namespace

Result<void> CheckModuleLimits(const ModuleData& module, const LoadLimits& limits) {
  return Checker(module, limits).Run();
}

}  // namespace cvm
