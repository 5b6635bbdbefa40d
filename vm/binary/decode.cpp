// The driver: header, order and extent of sections, and what sections must agree on (core/binary/modules).
#include "vm/binary/decode.hpp"

#include "vm/binary/sections.hpp"

namespace cvm {
namespace binary {

Result<void> CheckLimit(const DecodeContext& cx, LoadLimit which, uint64_t found, uint64_t at) {
  if (found <= cx.limits.*which) return {};
  return LimitExceeded(cx.limits, which, found).AtOffset(at);
}

Result<uint32_t> LimitedCount(Reader& in, const DecodeContext& cx, uint32_t min_element_bytes, LoadLimit which) {
  const uint64_t at = in.offset();
  CVM_ASSIGN_OR_RETURN(const uint32_t count, in.U32());
  CVM_RETURN_IF_ERROR(CheckLimit(cx, which, count, at));
  if (uint64_t{count} * min_element_bytes > in.remaining()) return in.UnexpectedEnd();
  return count;
}

Result<std::string_view> LimitedName(Reader& in, const DecodeContext& cx) {
  const uint64_t at = in.offset();
  CVM_ASSIGN_OR_RETURN(const std::string_view name, in.Name());
  CVM_RETURN_IF_ERROR(CheckLimit(cx, &LoadLimits::name_bytes, name.size(), at));
  return name;
}

namespace {

// core/binary/modules#binary-module: ids in the order in which sections may appear.
struct Section {
  uint8_t id;
  Result<void> (*decode)(Reader&, DecodeContext&);
};
constexpr Section kSections[] = {
    {1, DecodeTypes},      {2, DecodeImports}, {3, DecodeFunctions}, {4, DecodeTables}, {5, DecodeMemories},
    {13, DecodeTags},      {6, DecodeGlobals}, {7, DecodeExports},   {8, DecodeStart},  {9, DecodeElements},
    {12, DecodeDataCount}, {10, DecodeCode},   {11, DecodeData},
};

Result<size_t> PlaceOf(uint8_t id, const Features& features, uint64_t at) {
  const bool has_tags = features.Has(Feature::kExceptions) || features.Has(Feature::kLegacyExceptions);
  for (size_t place = 0; place < std::size(kSections); ++place) {
    if (kSections[place].id == id && (id != 13 || has_tags)) return place;
  }
  return MalformedError(at, "malformed section id");
}

Result<void> DecodeCustom(Reader in, DecodeContext& cx) {
  const uint64_t at = in.offset();
  CVM_ASSIGN_OR_RETURN(const std::string_view name, LimitedName(in, cx));
  const Reader contents = in;
  CVM_ASSIGN_OR_RETURN(const Bytes bytes, in.Take(in.remaining()));
  cx.module.customs.push_back({name, bytes, at});
  if (name == "name") DecodeNames(contents, &cx.module.names);
  if (name == "metadata.code.branch_hint") DecodeBranchHints(contents, &cx.module.branch_hints);
  return {};
}

Result<void> DecodeSections(Reader& in, DecodeContext& cx) {
  size_t next = 0;  // the first place that a section may still take
  while (!in.AtEnd()) {
    const uint64_t at = in.offset();
    CVM_ASSIGN_OR_RETURN(const uint8_t id, in.U8());
    size_t place = 0;
    if (id != 0) {
      CVM_ASSIGN_OR_RETURN(place, PlaceOf(id, cx.features, at));
      if (place < next) return MalformedError(at, "unexpected content after last section");
      next = place + 1;
    }
    CVM_ASSIGN_OR_RETURN(const uint32_t size, in.U32());
    const uint64_t begin = in.offset();
    Reader rest = in;
    CVM_ASSIGN_OR_RETURN(const Reader contents, in.Sub(size));
    if (id == 0) {
      CVM_RETURN_IF_ERROR(DecodeCustom(contents, cx));
      continue;
    }
    // The grammar, not the size, says where a section ends; reading on beyond the size finds the error that the
    // specification's tests expect. That the two agree is checked then.
    CVM_RETURN_IF_ERROR(kSections[place].decode(rest, cx));
    if (rest.offset() != begin + size) return MalformedError(begin, "section size mismatch");
  }
  return {};
}

Result<void> CheckHeader(Reader& in) {
  constexpr uint32_t kMagic = 0x6d736100;  // "\0asm"
  constexpr uint32_t kVersion = 1;
  const uint64_t at = in.offset();
  if (in.remaining() < 4) return in.remaining() == 0 ? in.UnexpectedEnd() : MalformedError(at, "unexpected end");
  CVM_ASSIGN_OR_RETURN(const uint32_t magic, in.FixedU32());
  if (magic != kMagic) return MalformedError(at, "magic header not detected");
  CVM_ASSIGN_OR_RETURN(const uint32_t version, in.FixedU32());
  if (version != kVersion) return MalformedError(at + 4, "unknown binary version");
  return {};
}

Result<void> CheckAgreement(const ModuleData& module, const DecodeContext& cx, uint64_t at) {
  if (cx.declared_functions != cx.bodies) {
    return MalformedError(at, "function and code section have inconsistent lengths");
  }
  if (module.data_count && *module.data_count != module.data.size()) {
    return MalformedError(at, "data count and data section have inconsistent lengths");
  }
  return {};
}

// Bodies are not looked into until they are validated. When something behind them is wrong, the error may be theirs: an
// integer of too many bytes shifts all that follows. The first error of a file is the one to report.
Error FirstError(Error error, const DecodeContext& cx, const Reader& file_end) {
  const uint64_t error_at = error.offset().value_or(0);
  for (const Function& function : cx.module.functions) {
    if (function.body.bytes.empty()) continue;  // not read
    if (function.body.offset >= error_at) break;
    const uint8_t* begin = function.body.bytes.data();
    Reader body(Bytes(begin, file_end.pos() + file_end.remaining()), function.body.offset);
    Result<Expr> read = ReadExpr(body, cx.features);
    if (!read.ok() && read.error().offset().value_or(error_at) < error_at) return std::move(read).error();
  }
  return error;
}

}  // namespace
}  // namespace binary

Result<std::shared_ptr<ModuleData>> DecodeModuleAt(std::shared_ptr<const std::vector<uint8_t>> bytes, size_t begin,
                                               size_t size, const Features& features, const LoadLimits& limits) {
  if (size > limits.module_bytes) return LimitExceeded(limits, &LoadLimits::module_bytes, size).AtOffset(begin);
  auto module = std::make_shared<ModuleData>();
  Reader in(Bytes(bytes->data() + begin, size), begin);
  module->bytes = std::move(bytes);
  binary::DecodeContext cx{features, limits, *module};
  CVM_RETURN_IF_ERROR(binary::CheckHeader(in));
  if (Result<void> sections = binary::DecodeSections(in, cx); !sections.ok()) {
    return binary::FirstError(std::move(sections).error(), cx, in);
  }
  CVM_RETURN_IF_ERROR(binary::CheckAgreement(*module, cx, in.offset()));
  FinishIndexSpaces(module.get());
  return module;
}

Result<std::shared_ptr<ModuleData>> DecodeModule(std::shared_ptr<const std::vector<uint8_t>> bytes,
                                             const Features& features, const LoadLimits& limits) {
  const size_t size = bytes->size();
  return DecodeModuleAt(std::move(bytes), 0, size, features, limits);
}

}  // namespace cvm
