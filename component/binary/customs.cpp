// The name section of components (Binary.md, "Name Section").
#include "component/binary/sections.hpp"
#include "component/model/forms.hpp"

namespace cvm::component::binary {
namespace {

Result<void> ReadSortNames(Reader& in, DecodeContext& cx, ComponentNames* names) {
  const uint64_t at = in.offset();
  CVM_ASSIGN_OR_RETURN(const uint8_t first, in.U8());
  std::optional<Sort> sort = SortByCode(/*core=*/false, first);
  if (first == kCoreSortCode) {
    CVM_ASSIGN_OR_RETURN(const uint8_t second, in.U8());
    sort = SortByCode(/*core=*/true, second);
  }
  if (!sort || !names->Of(*sort).entries.empty()) return MalformedError(at, "malformed name section");
  using Entry = std::pair<uint32_t, std::string_view>;
  // Names are bounded by what they take alone.
  CVM_ASSIGN_OR_RETURN(const uint32_t count, LimitedCount(in, cx, &LoadLimits::decoded_bytes, sizeof(Entry)));
  std::vector<Entry>& entries = names->Of(*sort).entries;
  for (uint32_t i = 0; i < count; ++i) {
    CVM_ASSIGN_OR_RETURN(const uint32_t index, in.U32());
    CVM_ASSIGN_OR_RETURN(const std::string_view name, LimitedName(in, cx));
    if (!entries.empty() && entries.back().first >= index) return MalformedError(at, "malformed name section");
    entries.emplace_back(index, name);
  }
  return {};
}

Result<void> ReadSubsections(Reader in, DecodeContext& cx, ComponentNames* names) {
  while (!in.AtEnd()) {
    const uint64_t at = in.offset();
    CVM_ASSIGN_OR_RETURN(const uint8_t id, in.U8());
    CVM_ASSIGN_OR_RETURN(const uint32_t size, in.U32());
    CVM_ASSIGN_OR_RETURN(Reader contents, in.Sub(size));
    if (id == 0) {
      CVM_ASSIGN_OR_RETURN(names->component, LimitedName(contents, cx));
    } else if (id == 1) {
      CVM_RETURN_IF_ERROR(ReadSortNames(contents, cx, names));
    }
    if (!contents.AtEnd() && id <= 1) return MalformedError(at, "malformed name section");
  }
  return {};
}

}  // namespace

// A section that cannot be read is as good as none; only a limit is an error.
Result<void> ReadNames(Reader in, DecodeContext& cx, ComponentNames* names) {
  ComponentNames read;
  const Result<void> done = ReadSubsections(in, cx, &read);
  if (done.ok()) *names = std::move(read);
  if (!done.ok() && done.error().kind() == ErrorKind::kLimit) return done.error();
  return {};
}

}  // namespace cvm::component::binary
