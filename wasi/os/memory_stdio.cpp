#include <algorithm>
#include <cstring>

#include "wasi/os/stdio.hpp"

namespace cvm::wasi {

OsResult<void> ByteSink::WriteAll(std::string_view text) {
  auto written = Write({reinterpret_cast<const uint8_t*>(text.data()), text.size()}, Blocking::kYes);
  if (!written.ok()) return written.error();
  return Flush(Blocking::kYes);
}

OsResult<size_t> MemorySource::Read(std::span<uint8_t> out, Blocking) {
  const size_t count = std::min(out.size(), bytes_.size() - position_);
  if (count != 0) std::memcpy(out.data(), bytes_.data() + position_, count);
  position_ += count;
  return count;
}

OsResult<size_t> MemorySink::Write(std::span<const uint8_t> bytes, Blocking blocking) {
  const size_t room = limit_ - std::min(limit_, contents_.size());
  // A blocking write is all or nothing; the other kind may take a part.
  if (bytes.size() > room && (blocking == Blocking::kYes || room == 0)) return FsError::kInsufficientSpace;
  const size_t count = std::min(bytes.size(), room);
  contents_.append(reinterpret_cast<const char*>(bytes.data()), count);
  return count;
}

}  // namespace cvm::wasi
