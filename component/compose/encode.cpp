// A component made of a Composition: its imports, the parts, their instances, its exports.
#include <set>

#include "component/compose/imports.hpp"

namespace cvm::component {
namespace {

class Encoder {
 public:
  explicit Encoder(const Composition& composition) : composition_(composition) {}

  Result<std::shared_ptr<const Component>> Run() {
    CVM_RETURN_IF_ERROR(NoteImports());
    for (uint32_t i = 0; i < composition_.instances.size(); ++i) CVM_RETURN_IF_ERROR(Instantiate(i));
    for (const Composition::Export& e : composition_.exports) {
      ExportDef def;
      def.name.name = out_.Keep(e.name);
      CVM_ASSIGN_OR_RETURN(def.what, Find(e.source));
      out_.Add(def.what.sort, std::move(def));
    }
    auto component = std::make_shared<Component>();
    component->definitions = std::move(out_.definitions);
    component->strings = out_.strings;
    return std::shared_ptr<const Component>(std::move(component));
  }

 private:
  static bool Gives(const ComposeInstance& instance, const std::string& name) {
    for (const ComposeInstance::Arg& arg : instance.args) {
      if (arg.name == name) return true;
    }
    return false;
  }

  // Imports are united before the first is made.
  Result<void> NoteImports() {
    for (const Composition::Import& import : composition_.imports) {
      CVM_RETURN_IF_ERROR(imports_.Note(import.part, import.name, import.as));
    }
    for (const ComposeInstance& instance : composition_.instances) {
      const ComposePart& part = composition_.parts[instance.part];
      for (const ComposePart::Item& item : part.imports()) {
        if (!Gives(instance, item.name)) CVM_RETURN_IF_ERROR(imports_.Note(part, item.name, item.name));
      }
      for (const ComposeInstance::Arg& arg : instance.args) {
        const bool import = !arg.source.instance.has_value();
        if (import) CVM_RETURN_IF_ERROR(imports_.Note(part, arg.name, arg.source.name));
      }
    }
    return {};
  }

  Result<void> Instantiate(uint32_t index) {
    const ComposeInstance& instance = composition_.instances[index];
    const ComposePart& part = composition_.parts[instance.part];
    Instantiation def;
    for (const ComposePart::Item& item : part.imports()) {
      InstanceArg arg;
      arg.name = out_.Keep(item.name);
      const ComposeInstance::Arg* given = nullptr;
      for (const ComposeInstance::Arg& a : instance.args) given = a.name == item.name ? &a : given;
      if (given == nullptr) {
        CVM_ASSIGN_OR_RETURN(arg.what, imports_.Get(item.name));
      } else {
        CVM_ASSIGN_OR_RETURN(arg.what, Find(given->source));
      }
      def.args.push_back(arg);
    }
    const auto [it, added] = components_.emplace(instance.part, 0);
    if (added) it->second = out_.Add(Sort::kComponent, part.component);
    def.component = it->second;
    instances_.push_back(out_.Add(Sort::kInstance, InstanceDef{std::move(def)}));
    return {};
  }

  Result<SortIndex> Find(const ComposeSource& source) {
    if (!source.instance.has_value()) return imports_.Get(source.name);
    if (*source.instance >= instances_.size()) return CVM_BUG("an instance before it is made");
    const uint32_t instance = instances_[*source.instance];
    if (source.name.empty()) return SortIndex{Sort::kInstance, instance};
    if (source.inner.empty()) return Alias(instance, source.name, source.sort);
    CVM_ASSIGN_OR_RETURN(const SortIndex outer, Alias(instance, source.name, Sort::kInstance));
    return Alias(outer.index, source.inner, source.sort);
  }

  Result<SortIndex> Alias(uint32_t instance, const std::string& name, Sort sort) {
    const auto [it, added] = aliases_.emplace(std::pair(instance, name), SortIndex());
    if (!added) return it->second;
    AliasDef alias;
    alias.sort = sort;
    alias.instance = instance;
    alias.name = out_.Keep(name);
    it->second = {sort, out_.Add(sort, alias)};
    return it->second;
  }

  const Composition& composition_;
  ComposeOutput out_;
  ComposeImports imports_{out_};
  std::map<uint32_t, uint32_t> components_;  // by part
  std::vector<uint32_t> instances_;
  std::map<std::pair<uint32_t, std::string>, SortIndex> aliases_;
};

}  // namespace

Result<std::shared_ptr<const Component>> EncodeComposition(const Composition& composition) {
  return Encoder(composition).Run();
}

}  // namespace cvm::component
