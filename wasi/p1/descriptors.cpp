#include "wasi/p1/descriptors.hpp"

#include <algorithm>
#include <utility>

namespace cvm::wasi::p1 {

// --- DirReader

OsResult<std::optional<DirEntry>> DirReader::Read() {
  if (read_ < 2) {
    // The parent's own number is not the guest's business: ".." of a preopen lies outside.
    const auto status = dir_->Stat();
    if (!status.ok()) return status.error();
    return std::optional(DirEntry{FileType::kDirectory, status->inode, read_ == 0 ? "." : ".."});
  }
  if (!stream_.has_value()) {
    auto opened = dir_->Read();
    if (!opened.ok()) return opened.error();
    stream_ = *std::move(opened);
  }
  while (true) {
    auto entry = stream_->Next();
    if (!entry.Is(FsError::kIllegalByteSequence)) return entry;
  }
}

OsResult<void> DirReader::SeekTo(uint64_t cookie) {
  // The beginning always shows the directory as it is now.
  if (cookie == 0 || cookie < read_ - kept_.size()) {
    stream_.reset();
    kept_.clear();
    read_ = cookie_ = 0;
  }
  cookie_ = std::min(cookie, read_);
  while (cookie_ < cookie) {
    auto entry = Next();
    if (!entry.ok()) return entry.error();
    if (*entry == nullptr) break;  // past the end: nothing there
  }
  return {};
}

OsResult<const DirEntry*> DirReader::Next() {
  if (cookie_ == read_) {
    auto entry = Read();
    if (!entry.ok()) return entry.error();
    if (!entry->has_value()) return nullptr;
    kept_.push_back(**std::move(entry));
    if (kept_.size() > kKept) kept_.pop_front();
    ++read_;
  }
  const uint64_t first = read_ - kept_.size();
  return &kept_[cookie_++ - first];
}

// --- DescriptorTable

std::optional<uint32_t> DescriptorTable::Add(Entry entry) {
  if (full()) return std::nullopt;
  if (free_.empty()) {
    entries_.emplace_back(std::move(entry));
    return static_cast<uint32_t>(entries_.size() - 1);
  }
  const uint32_t fd = free_.top();
  free_.pop();
  entries_[fd] = std::move(entry);
  return fd;
}

Entry* DescriptorTable::Find(uint32_t fd) {
  return fd < entries_.size() && entries_[fd].has_value() ? &*entries_[fd] : nullptr;
}

bool DescriptorTable::Close(uint32_t fd) {
  if (Find(fd) == nullptr) return false;
  entries_[fd].reset();
  free_.push(fd);
  return true;
}

bool DescriptorTable::Renumber(uint32_t from, uint32_t to) {
  if (Find(from) == nullptr || Find(to) == nullptr) return false;
  if (from == to) return true;
  entries_[to] = std::move(entries_[from]);
  return Close(from);
}

}  // namespace cvm::wasi::p1
