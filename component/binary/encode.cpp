// The driver of the encoder: sections, nested components, custom sections. Definitions are written by encode_*.cpp.
#include "component/binary/encode.hpp"

#include <algorithm>

#include "component/binary/encode_definitions.hpp"
#include "component/binary/sections.hpp"
#include "component/model/forms.hpp"
#include "vm/binary/encode.hpp"

namespace cvm::component {
namespace binary {
namespace {

constexpr uint8_t kPreamble[] = {0x00, 'a', 's', 'm', 0x0d, 0x00, 0x01, 0x00};

void WriteSection(Writer& out, uint8_t id, Bytes contents) {
  out.U8(id);
  out.U64(contents.size());
  out.Raw(contents);
}

// Definitions of one kind that stand side by side are one section, which is a vector; of some kinds, each is a section.
class Encoder {
 public:
  Encoder(const Component& component, const EncodeOptions& options) : component_(component), options_(options) {
    out_.Raw(kPreamble);
  }

  std::vector<uint8_t> Run() {
    for (const Definition& definition : component_.definitions) std::visit(*this, definition.what);
    Flush();
    for (const CustomSection& custom : component_.customs) Custom(custom.name, custom.bytes);
    const bool has_names = std::any_of(component_.customs.begin(), component_.customs.end(),
                                       [](const CustomSection& custom) { return custom.name == kNameSection; });
    if (!has_names) Names();
    return out_.Take();
  }

  void operator()(const CoreModuleDef& def) {
    Flush();
    if (component_.bytes != nullptr && !options_.reencode_modules) {
      WriteSection(out_, 1,
                   Bytes(*component_.bytes).subspan(static_cast<size_t>(def.offset), static_cast<size_t>(def.size)));
    } else {
      WriteSection(out_, 1, EncodeModule(*def.module));
    }
  }
  void operator()(const std::shared_ptr<const Component>& nested) {
    Flush();
    WriteSection(out_, 4, EncodeComponent(*nested, options_));
  }
  void operator()(const StartDef& def) {
    Flush();
    Writer contents;
    WriteStart(contents, def);
    WriteSection(out_, 9, contents.bytes());
  }
  void operator()(const CoreInstanceDef& def) { WriteCoreInstance(In(2), def); }
  void operator()(const CoreTypeDef& def) { WriteCoreType(In(3), def); }
  void operator()(const InstanceDef& def) { WriteInstance(In(5), def); }
  void operator()(const AliasDef& def) { WriteAlias(In(6), def); }
  void operator()(const TypeDef& def) { WriteType(In(7), def); }
  void operator()(const CanonDef& def) { WriteCanon(In(8), def); }
  void operator()(const ImportDef& def) { WriteImport(In(10), def); }
  void operator()(const ExportDef& def) { WriteExport(In(11), def); }
  void operator()(const ValueDef& def) { WriteValue(In(12), def); }

 private:
  // The section that the next definition goes to.
  Writer& In(uint8_t section) {
    if (section != section_) Flush();
    section_ = section;
    ++count_;
    return list_;
  }

  void Flush() {
    if (count_ != 0) {
      Writer contents;
      contents.U32(count_);
      contents.Raw(list_.bytes());
      WriteSection(out_, section_, contents.bytes());
    }
    list_ = Writer();
    count_ = 0;
  }

  void Custom(std::string_view name, Bytes bytes) {
    Writer contents;
    contents.Name(name);
    contents.Raw(bytes);
    WriteSection(out_, 0, contents.bytes());
  }

  // Binary.md, "Name Section"
  void Names() {
    const ComponentNames& names = component_.names;
    Writer contents;
    if (!names.component.empty()) {
      Writer name;
      name.Name(names.component);
      WriteSection(contents, 0, name.bytes());
    }
    for (size_t i = 0; i < kSortCount; ++i) {
      const NameMap& map = names.spaces[i];
      if (map.entries.empty()) continue;
      Writer sort_names;
      WriteSort(sort_names, static_cast<Sort>(i));
      sort_names.U64(map.entries.size());
      for (const auto& [index, name] : map.entries) {
        sort_names.U32(index);
        sort_names.Name(name);
      }
      WriteSection(contents, 1, sort_names.bytes());
    }
    if (contents.size() != 0) Custom(kNameSection, contents.bytes());
  }

  const Component& component_;
  const EncodeOptions& options_;
  Writer out_;
  Writer list_;
  uint32_t count_ = 0;
  uint8_t section_ = 0;
};

}  // namespace
}  // namespace binary

std::vector<uint8_t> EncodeComponent(const Component& component, const EncodeOptions& options) {
  return binary::Encoder(component, options).Run();
}

}  // namespace cvm::component
