// The driver: preambles, sections, nested components and the index spaces' limits (Binary.md: component).
//
// Components within components are kept on a stack of frames instead of the native one: a frame is a component that is
// being filled and the rest of its bytes.
#include "component/binary/decode.hpp"

#include "component/binary/sections.hpp"
#include "component/model/component_limits.hpp"

namespace cvm::component {
namespace binary {

Error LeadingByteError(uint64_t at, uint8_t byte, const char* what) {
  constexpr char kDigits[] = "0123456789abcdef";
  std::string hex = byte >= 0x10 ? std::string(1, kDigits[byte >> 4]) : std::string();
  hex += kDigits[byte & 15];
  return MalformedError(at, "invalid leading byte (0x" + hex + ") for " + what);
}

Result<void> CheckLimit(const DecodeContext& cx, LoadLimit which, uint64_t found, uint64_t at, std::string_view words) {
  if (found <= cx.limits.*which) return {};
  return LimitExceeded(cx.limits, which, found, words).AtOffset(at);
}

Result<void> Charge(DecodeContext& cx, uint64_t bytes, uint64_t at) {
  cx.decoded_bytes += bytes;
  return CheckLimit(cx, &LoadLimits::decoded_bytes, cx.decoded_bytes, at);
}

Result<uint32_t> LimitedCount(Reader& in, DecodeContext& cx, LoadLimit which, size_t element_bytes) {
  const uint64_t at = in.offset();
  CVM_ASSIGN_OR_RETURN(const uint32_t count, in.U32());
  if (count > in.remaining()) return in.UnexpectedEnd();
  CVM_RETURN_IF_ERROR(CheckLimit(cx, which, count, at));
  CVM_RETURN_IF_ERROR(Charge(cx, uint64_t{count} * element_bytes, at));
  return count;
}

Result<std::string_view> LimitedName(Reader& in, const DecodeContext& cx) {
  const uint64_t at = in.offset();
  CVM_ASSIGN_OR_RETURN(const std::string_view name, in.Name());
  CVM_RETURN_IF_ERROR(CheckLimit(cx, &LoadLimits::name_bytes, name.size(), at));
  return name;
}

Result<bool> ReadFlag(Reader& in) {
  CVM_ASSIGN_OR_RETURN(const uint8_t byte, in.U8());
  if (byte > 1) return MalformedError(in.offset() - 1, "invalid boolean value");
  return byte == 1;
}

Result<void> TypeLevel::Check(uint64_t at) const {
  return CheckLimit(cx_, &LoadLimits::type_depth, cx_.type_depth, at);
}

namespace {

constexpr uint32_t kMagic = 0x6d736100;  // "\0asm"
constexpr uint16_t kModuleVersion = 1;
constexpr uint16_t kComponentVersion = 0x0d;
constexpr uint16_t kModuleLayer = 0;
constexpr uint16_t kComponentLayer = 1;
constexpr size_t kPreambleBytes = 8;

struct Preamble {
  uint16_t version = 0;
  uint16_t layer = 0;
};

Result<Preamble> ReadPreamble(Reader& in) {
  const uint64_t at = in.offset();
  CVM_ASSIGN_OR_RETURN(const uint32_t magic, in.FixedU32());
  if (magic != kMagic) return MalformedError(at, "magic header not detected");
  CVM_ASSIGN_OR_RETURN(const uint32_t rest, in.FixedU32());
  return Preamble{static_cast<uint16_t>(rest), static_cast<uint16_t>(rest >> 16)};
}

Result<void> CheckComponentPreamble(Reader& in) {
  const uint64_t at = in.offset();
  CVM_ASSIGN_OR_RETURN(const Preamble preamble, ReadPreamble(in));
  if (preamble.version == kModuleVersion && preamble.layer == kModuleLayer) {
    return MalformedError(at, "expected a version header for a component");
  }
  if (preamble.version != kComponentVersion || preamble.layer != kComponentLayer) {
    return MalformedError(at + 4, "unknown binary version");
  }
  return {};
}

// A component that is being read.
struct Frame {
  std::shared_ptr<Component> component;
  Reader in;
  uint64_t offset = 0;  // where its section began
  std::array<uint32_t, kSortCount> spaces = {};
  uint32_t imports = 0;
  uint32_t exports = 0;
};

class Decoder {
 public:
  explicit Decoder(DecodeContext& cx) : cx_(cx) {}

  Result<std::shared_ptr<const Component>> Run(Reader in) {
    CVM_RETURN_IF_ERROR(Open(in, in.offset()));
    while (true) {
      Frame& frame = frames_.back();
      if (!frame.in.AtEnd()) {
        CVM_RETURN_IF_ERROR(ReadSection(frame));
        continue;
      }
      std::shared_ptr<const Component> done = std::move(frame.component);
      const uint64_t at = frame.offset;
      frames_.pop_back();
      if (frames_.empty()) return done;
      Define(frames_.back(), at, std::move(done));
    }
  }

 private:
  // What a definition of type T adds: read by `read`, `count` of it into the spaces.
  template <class T>
  using ReadOne = Result<void> (*)(Reader&, DecodeContext&, T*);

  Result<void> Open(Reader in, uint64_t at) {
    CVM_RETURN_IF_ERROR(CheckLimit(cx_, &LoadLimits::component_depth, frames_.size() + 1, at));
    CVM_RETURN_IF_ERROR(CheckComponentPreamble(in));
    Frame frame;
    frame.component = std::make_shared<Component>();
    frame.component->bytes = cx_.bytes;
    frame.in = in;
    frame.offset = at;
    frames_.push_back(std::move(frame));
    return Charge(cx_, sizeof(Component), at);
  }

  template <class T>
  void Define(Frame& frame, uint64_t at, T what) {
    frame.component->definitions.push_back({at, std::move(what)});
  }

  // Counts one more item of an index space.
  Result<void> Count(Frame& frame, Sort sort, uint64_t at, uint32_t count = 1) {
    const uint64_t size = uint64_t{frame.spaces[static_cast<size_t>(sort)]} + count;
    CVM_RETURN_IF_ERROR(CheckLimit(cx_, SpaceLimit(sort), size, at, SpaceWords(sort)));
    frame.spaces[static_cast<size_t>(sort)] = static_cast<uint32_t>(size);
    return {};
  }

  Result<void> ReadSection(Frame& frame);
  Result<void> ReadCustom(Frame& frame, Reader contents);
  Result<void> ReadModule(Frame& frame, Reader contents);
  Result<void> ReadDefinitions(Frame& frame, uint8_t id, Reader& contents);
  template <class T>
  Result<void> ReadAll(Frame& frame, Reader& in, ReadOne<T> read);
  template <class T>
  Result<void> ReadDefinition(Frame& frame, Reader& in, ReadOne<T> read);

  // What each kind of definition adds to the index spaces.
  Result<void> CountOf(Frame& f, uint64_t at, const CoreInstanceDef&) { return Count(f, Sort::kCoreInstance, at); }
  Result<void> CountOf(Frame& f, uint64_t at, const CoreTypeDef& def) {
    return Count(f, Sort::kCoreType, at, def.module ? 1 : static_cast<uint32_t>(def.types.size()));
  }
  Result<void> CountOf(Frame& f, uint64_t at, const InstanceDef&) { return Count(f, Sort::kInstance, at); }
  Result<void> CountOf(Frame& f, uint64_t at, const AliasDef& def) { return Count(f, def.sort, at); }
  Result<void> CountOf(Frame& f, uint64_t at, const TypeDef&) { return Count(f, Sort::kType, at); }
  Result<void> CountOf(Frame& f, uint64_t at, const CanonDef& def) {
    return Count(f, def.kind == CanonKind::kLift ? Sort::kFunc : Sort::kCoreFunc, at);
  }
  Result<void> CountOf(Frame& f, uint64_t at, const StartDef& def) { return Count(f, Sort::kValue, at, def.results); }
  Result<void> CountOf(Frame& f, uint64_t at, const ValueDef&) { return Count(f, Sort::kValue, at); }
  Result<void> CountOf(Frame& f, uint64_t at, const ImportDef& def) {
    CVM_RETURN_IF_ERROR(CheckLimit(cx_, &LoadLimits::component_imports, ++f.imports, at));
    return Count(f, def.desc.sort, at);
  }
  Result<void> CountOf(Frame& f, uint64_t at, const ExportDef& def) {
    CVM_RETURN_IF_ERROR(CheckLimit(cx_, &LoadLimits::component_exports, ++f.exports, at));
    return Count(f, def.what.sort, at);
  }

  DecodeContext& cx_;
  std::vector<Frame> frames_;
};

template <class T>
Result<void> Decoder::ReadDefinition(Frame& frame, Reader& in, ReadOne<T> read) {
  const uint64_t at = in.offset();
  Definition& definition = frame.component->definitions.emplace_back();
  definition.offset = at;
  T& what = definition.what.template emplace<T>();
  CVM_RETURN_IF_ERROR(read(in, cx_, &what));
  CVM_RETURN_IF_ERROR(Charge(cx_, sizeof(Definition), at));
  return CountOf(frame, at, what);
}

template <class T>
Result<void> Decoder::ReadAll(Frame& frame, Reader& in, ReadOne<T> read) {
  CVM_ASSIGN_OR_RETURN(const uint32_t count, in.Count());
  for (uint32_t i = 0; i < count; ++i) {
    CVM_RETURN_IF_ERROR(ReadDefinition(frame, in, read));
  }
  return {};
}

Result<void> Decoder::ReadDefinitions(Frame& frame, uint8_t id, Reader& in) {
  // Sections by id; 0, 1 and 4 are no lists and are read elsewhere.
  using ReadList = Result<void> (*)(Decoder&, Frame&, Reader&);
  constexpr ReadList kLists[] = {
      nullptr,
      nullptr,
      [](Decoder& d, Frame& f, Reader& r) { return d.ReadAll<CoreInstanceDef>(f, r, ReadCoreInstance); },
      [](Decoder& d, Frame& f, Reader& r) { return d.ReadAll<CoreTypeDef>(f, r, ReadCoreType); },
      nullptr,
      [](Decoder& d, Frame& f, Reader& r) { return d.ReadAll<InstanceDef>(f, r, ReadInstance); },
      [](Decoder& d, Frame& f, Reader& r) { return d.ReadAll<AliasDef>(f, r, ReadAlias); },
      [](Decoder& d, Frame& f, Reader& r) { return d.ReadAll<TypeDef>(f, r, ReadType); },
      [](Decoder& d, Frame& f, Reader& r) { return d.ReadAll<CanonDef>(f, r, ReadCanon); },
      [](Decoder& d, Frame& f, Reader& r) { return d.ReadDefinition<StartDef>(f, r, ReadStart); },
      [](Decoder& d, Frame& f, Reader& r) { return d.ReadAll<ImportDef>(f, r, ReadImport); },
      [](Decoder& d, Frame& f, Reader& r) { return d.ReadAll<ExportDef>(f, r, ReadExport); },
      [](Decoder& d, Frame& f, Reader& r) { return d.ReadAll<ValueDef>(f, r, ReadValue); },
  };
  return kLists[id](*this, frame, in);
}

Result<void> Decoder::ReadCustom(Frame& frame, Reader in) {
  const uint64_t at = in.offset();
  CVM_ASSIGN_OR_RETURN(const std::string_view name, LimitedName(in, cx_));
  if (name == kNameSection) {
    CVM_RETURN_IF_ERROR(ReadNames(in, cx_, &frame.component->names));
  }
  CVM_ASSIGN_OR_RETURN(const Bytes bytes, in.Take(in.remaining()));
  frame.component->customs.push_back({name, bytes, at});
  return Charge(cx_, sizeof(CustomSection), at);
}

Result<void> Decoder::ReadModule(Frame& frame, Reader in) {
  const uint64_t at = in.offset();
  Reader header = in;
  CVM_ASSIGN_OR_RETURN(const Preamble preamble, ReadPreamble(header));
  if (preamble.layer != kModuleLayer) return MalformedError(at, "expected a version header for a module");
  CoreModuleDef def;
  def.offset = at;
  def.size = in.remaining();
  CVM_ASSIGN_OR_RETURN(def.module,
                       DecodeModuleAt(cx_.bytes, static_cast<size_t>(at), in.remaining(), cx_.features, cx_.limits));
  CVM_RETURN_IF_ERROR(Charge(cx_, sizeof(Definition) + sizeof(ModuleData), at));
  CVM_RETURN_IF_ERROR(Count(frame, Sort::kCoreModule, at));
  Define(frame, at, std::move(def));
  return {};
}

Result<void> Decoder::ReadSection(Frame& frame) {
  constexpr uint8_t kCustomSection = 0;
  constexpr uint8_t kModuleSection = 1;
  constexpr uint8_t kComponentSection = 4;
  constexpr uint8_t kLastSection = 12;
  const uint64_t at = frame.in.offset();
  CVM_ASSIGN_OR_RETURN(const uint8_t id, frame.in.U8());
  if (id > kLastSection) return MalformedError(at, "malformed section id");
  CVM_ASSIGN_OR_RETURN(const uint32_t size, frame.in.U32());
  CVM_ASSIGN_OR_RETURN(Reader contents, frame.in.Sub(size));
  if (id == kCustomSection) return ReadCustom(frame, contents);
  if (id == kModuleSection) return ReadModule(frame, contents);
  if (id == kComponentSection) {
    CVM_RETURN_IF_ERROR(Count(frame, Sort::kComponent, at));
    return Open(contents, contents.offset());  // `frame` is no longer valid
  }
  CVM_RETURN_IF_ERROR(ReadDefinitions(frame, id, contents));
  if (!contents.AtEnd()) return MalformedError(contents.offset(), "section size mismatch");
  return {};
}

// The official component suite has words of its own for some errors of the core decoder.
Error InComponentWords(Error error) {
  constexpr std::pair<std::string_view, const char*> kWords[] = {
      {"unexpected end of section or function", "unexpected end-of-file"},
      {"unexpected end", "unexpected end-of-file"},
      {"length out of bounds", "unexpected end-of-file"},
      {"unexpected content after last section", "section out of order"},
  };
  if (error.kind() != ErrorKind::kMalformed) return error;
  for (const auto& [core, words] : kWords) {
    if (error.message() == core) return MalformedError(error.offset().value_or(0), words);
  }
  return error;
}

}  // namespace
}  // namespace binary

BinaryLayer DetectLayer(Bytes header) {
  if (header.size() < binary::kPreambleBytes) return BinaryLayer::kUnknown;
  Reader in(header.first(binary::kPreambleBytes));
  const Result<binary::Preamble> preamble = binary::ReadPreamble(in);
  if (!preamble.ok() || preamble->layer > binary::kComponentLayer) return BinaryLayer::kUnknown;
  return preamble->layer == binary::kComponentLayer ? BinaryLayer::kComponent : BinaryLayer::kModule;
}

bool IsComponent(Bytes header) {
  if (header.size() < binary::kPreambleBytes) return false;
  Reader in(header.first(binary::kPreambleBytes));
  return binary::CheckComponentPreamble(in).ok();
}

Result<std::shared_ptr<const Component>> DecodeComponent(std::shared_ptr<const std::vector<uint8_t>> bytes,
                                                         const Features& features, const LoadLimits& limits) {
  CVM_RETURN_IF_ERROR(CheckLimit(limits, &LoadLimits::component_bytes, bytes->size()));
  const Reader in{Bytes(*bytes)};
  binary::DecodeContext cx{features, limits, std::move(bytes)};
  Result<std::shared_ptr<const Component>> component = binary::Decoder(cx).Run(in);
  if (!component.ok()) return binary::InComponentWords(std::move(component).error());
  return component;
}

}  // namespace cvm::component
