// Directories of preview 1: preopens, paths and the rights that they ask for, entries by cookie.
#include <sys/stat.h>

#include <set>

#include "test/wasi/p1/guest.hpp"

namespace cvm::wasi::p1 {
namespace {

namespace fs = std::filesystem;

TEST_CASE("preopens are found from 3 on") {
  TempDir first;
  TempDir second;
  WasiConfig config;
  config.dirs = {{first.path().string(), "/one"}, {second.path().string(), "."}};
  Guest guest(config);
  guest.Fill();
  REQUIRE(guest.Call("fd_prestat_get", 3, 0) == Errno::kSuccess);
  CHECK(guest.Get<uint32_t>(0) == 0);
  CHECK(guest.Get<uint32_t>(4) == 4);
  CHECK(guest.Call("fd_prestat_dir_name", 3, 16, 3) == Errno::kNametoolong);
  CHECK(guest.Call("fd_prestat_dir_name", 3, 16, 10) == Errno::kSuccess);
  CHECK(guest.Text(16, 4) == "/one");
  CHECK(guest.Get<uint8_t>(20) == Guest::kFill);
  REQUIRE(guest.Call("fd_prestat_get", 4, 0) == Errno::kSuccess);
  CHECK(guest.Get<uint32_t>(4) == 1);
  CHECK(guest.Call("fd_prestat_get", 5, 0) == Errno::kBadf);
  // A directory that was opened is no preopen.
  uint32_t fd;
  REQUIRE(guest.Open(3, ".", kOflagsDirectory, 0, &fd) == Errno::kSuccess);
  CHECK(guest.Call("fd_prestat_get", fd, 0) == Errno::kBadf);
  CHECK(guest.Call("fd_prestat_dir_name", fd, 0, 100) == Errno::kBadf);
}

TEST_CASE("a call with a bad address has no effect at all") {
  TempDir dir;
  Guest guest(WithDir(dir));
  const uint32_t path = guest.Put("new");
  CHECK(guest.Call("path_open", kPreopen, 0, path, 3, kOflagsCreat, kReadWrite, 0, 0, Guest::kMemory - 3) ==
        Errno::kFault);
  CHECK(guest.Call("path_create_directory", kPreopen, Guest::kMemory - 2, 3) == Errno::kFault);
  CHECK(guest.Call("path_create_directory", kPreopen, 0, -1) == Errno::kFault);
  CHECK(guest.Call("path_symlink", path, 3, kPreopen, Guest::kMemory, 1) == Errno::kFault);
  CHECK(fs::is_empty(dir.path()));
  uint32_t fd;
  CHECK(guest.Open(kPreopen, "first", kOflagsCreat, 0, &fd) == Errno::kSuccess);
  CHECK(fd == 4);
  // What no path can be: too long, empty, with a NUL, not UTF-8, absolute, out.
  CHECK(guest.Call("path_create_directory", kPreopen, 0, 5000) == Errno::kNametoolong);
  CHECK(guest.Call("path_create_directory", kPreopen, path, 0) == Errno::kNoent);
  CHECK(guest.Call("path_create_directory", kPreopen, guest.Put(std::string_view("n\0w", 3)), 3) == Errno::kInval);
  CHECK(guest.Call("path_create_directory", kPreopen, guest.Put("\xff"), 1) == Errno::kIlseq);
  CHECK(guest.Call("path_create_directory", kPreopen, guest.Put("/abs"), 4) == Errno::kPerm);
  CHECK(guest.Call("path_create_directory", kPreopen, guest.Put("../out"), 6) == Errno::kPerm);
  CHECK(guest.Call("path_create_directory", 99, path, 3) == Errno::kBadf);
  CHECK(guest.Call("path_create_directory", fd, path, 3) == Errno::kNotdir);
}

TEST_CASE("entries are made, moved, linked and removed") {
  TempDir dir;
  Guest guest(WithDir(dir));
  const uint32_t a = guest.Put("a");
  const uint32_t b = guest.Put("b");
  const uint32_t link = guest.Put("link");
  uint32_t fd;
  CHECK(guest.Call("path_create_directory", kPreopen, a, 1) == Errno::kSuccess);
  CHECK(guest.Call("path_create_directory", kPreopen, a, 1) == Errno::kExist);
  CHECK(guest.Call("path_rename", kPreopen, a, 1, kPreopen, b, 1) == Errno::kSuccess);
  CHECK(fs::is_directory(dir / "b"));
  CHECK(guest.Call("path_unlink_file", kPreopen, b, 1) != Errno::kSuccess);
  CHECK(guest.Call("path_remove_directory", kPreopen, b, 1) == Errno::kSuccess);
  REQUIRE(guest.Open(kPreopen, "a", kOflagsCreat | kOflagsExcl, kReadWrite, &fd) == Errno::kSuccess);
  CHECK(guest.Open(kPreopen, "a", kOflagsCreat | kOflagsExcl, kReadWrite, &fd) == Errno::kExist);
  CHECK(guest.Call("path_link", kPreopen, 0, a, 1, kPreopen, b, 1) == Errno::kSuccess);
  CHECK(guest.Call("path_link", kPreopen, 1, a, 1, kPreopen, link, 4) == Errno::kInval);
  CHECK(fs::hard_link_count(dir / "a") == 2);
  CHECK(guest.Call("path_symlink", a, 1, kPreopen, link, 4) == Errno::kSuccess);
  CHECK(guest.Call("path_symlink", guest.Put("/etc"), 4, kPreopen, guest.Put("c"), 1) == Errno::kPerm);
  CHECK(guest.Call("path_readlink", kPreopen, link, 4, 0x8000, 10, Guest::kResult) == Errno::kSuccess);
  CHECK(guest.Get<uint32_t>(Guest::kResult) == 1);
  CHECK(guest.Call("path_readlink", kPreopen, a, 1, 0x8000, 10, Guest::kResult) == Errno::kInval);
  // The link itself, and what it leads to.
  CHECK(guest.Call("path_filestat_get", kPreopen, 0, link, 4, 0) == Errno::kSuccess);
  CHECK(guest.Get<uint8_t>(16) == 7);
  CHECK(guest.Call("path_filestat_get", kPreopen, 1, link, 4, 0) == Errno::kSuccess);
  CHECK(guest.Get<uint8_t>(16) == 4);
  CHECK(guest.Call("path_filestat_set_times", kPreopen, 1, link, 4, 0, 77, kFstMtim) == Errno::kSuccess);
  CHECK(guest.Call("path_filestat_get", kPreopen, 0, a, 1, 0) == Errno::kSuccess);
  CHECK(guest.Get<uint64_t>(48) == 77);
  CHECK(guest.Call("path_filestat_set_times", kPreopen, 1, link, 4, 0, 77, kFstMtim | kFstMtimNow) == Errno::kInval);
  CHECK(guest.Open(kPreopen, "link", 0, kFdRead, &fd, 0, 0) == Errno::kLoop);
  CHECK(guest.Open(kPreopen, "link", 0, kFdRead, &fd, 0, 1) == Errno::kSuccess);
  CHECK(guest.Call("path_unlink_file", kPreopen, link, 4) == Errno::kSuccess);
  CHECK_FALSE(fs::is_symlink(dir / "link"));
  CHECK(guest.Open(kPreopen, "a", 16, kFdRead, &fd) == Errno::kInval);
  CHECK(guest.Open(kPreopen, "a", 0, kFdRead, &fd, 32) == Errno::kInval);
}

TEST_CASE("every call on a path asks for its right") {
  TempDir dir;
  WriteHostFile(dir / "a", "content");
  Guest guest(WithDir(dir));
  uint32_t none;
  uint32_t fd;
  REQUIRE(guest.Open(kPreopen, ".", kOflagsDirectory, 0, &none) == Errno::kSuccess);
  REQUIRE(guest.Call("fd_fdstat_get", none, 0) == Errno::kSuccess);
  CHECK(guest.Get<uint64_t>(8) == kDirectoryRights);
  CHECK(guest.Get<uint64_t>(16) == kInheritingRights);
  // Opening asks for more when it makes or cuts a file.
  REQUIRE(guest.Call("fd_fdstat_set_rights", none, kPathOpen, kInheritingRights) == Errno::kSuccess);
  CHECK(guest.Open(none, "a", 0, kFdRead, &fd) == Errno::kSuccess);
  CHECK(guest.Open(none, "a", kOflagsTrunc, 0, &fd) == Errno::kNotcapable);
  CHECK(guest.Open(none, "a", kOflagsCreat, 0, &fd) == Errno::kNotcapable);
  // What is not handed on is not had.
  REQUIRE(guest.Call("fd_fdstat_set_rights", none, kPathOpen, kFdRead) == Errno::kSuccess);
  CHECK(guest.Open(none, "a", 0, kReadWrite, &fd) == Errno::kNotcapable);
  REQUIRE(guest.Open(none, "a", 0, kFdRead, &fd) == Errno::kSuccess);
  CHECK(guest.Call("fd_filestat_get", fd, 0) == Errno::kNotcapable);
  REQUIRE(guest.Call("fd_fdstat_set_rights", none, 0, 0) == Errno::kSuccess);
  CHECK(guest.Open(none, "a", 0, kFdRead, &fd) == Errno::kNotcapable);
  const uint32_t a = guest.Put("a");
  CHECK(guest.Call("path_create_directory", none, a, 1) == Errno::kNotcapable);
  CHECK(guest.Call("path_remove_directory", none, a, 1) == Errno::kNotcapable);
  CHECK(guest.Call("path_unlink_file", none, a, 1) == Errno::kNotcapable);
  CHECK(guest.Call("path_filestat_get", none, 0, a, 1, 0) == Errno::kNotcapable);
  CHECK(guest.Call("path_filestat_set_times", none, 0, a, 1, 0, 0, 0) == Errno::kNotcapable);
  CHECK(guest.Call("path_readlink", none, a, 1, 0, 10, 0) == Errno::kNotcapable);
  CHECK(guest.Call("path_symlink", a, 1, none, a, 1) == Errno::kNotcapable);
  CHECK(guest.Call("path_link", none, 0, a, 1, kPreopen, a, 1) == Errno::kNotcapable);
  CHECK(guest.Call("path_link", kPreopen, 0, a, 1, none, a, 1) == Errno::kNotcapable);
  CHECK(guest.Call("path_rename", none, a, 1, kPreopen, a, 1) == Errno::kNotcapable);
  CHECK(guest.Call("path_rename", kPreopen, a, 1, none, a, 1) == Errno::kNotcapable);
  CHECK(guest.Call("fd_readdir", none, 0, 100, 0, 0) == Errno::kNotcapable);
  CHECK(ReadHostFile(dir / "a") == "content");
}

TEST_CASE("a read-only directory stays as it is") {
  TempDir dir;
  WriteHostFile(dir / "file", "content");
  Guest guest(WithDir(dir, Access::kReadOnly));
  uint32_t fd;
  std::string text;
  REQUIRE(guest.Open(kPreopen, "file", 0, kFdRead, &fd) == Errno::kSuccess);
  CHECK(guest.Read(fd, 100, &text) == Errno::kSuccess);
  CHECK(text == "content");
  CHECK(guest.Call("fd_filestat_set_times", fd, 0, 0, kFstMtimNow) == Errno::kRofs);
  CHECK(guest.Open(kPreopen, "file", 0, kFdWrite, &fd) == Errno::kRofs);
  CHECK(guest.Open(kPreopen, "file", kOflagsTrunc, kFdRead, &fd) == Errno::kRofs);
  CHECK(guest.Open(kPreopen, "new", kOflagsCreat, kFdRead, &fd) == Errno::kRofs);
  const uint32_t file = guest.Put("file");
  CHECK(guest.Call("path_create_directory", kPreopen, guest.Put("d"), 1) == Errno::kRofs);
  CHECK(guest.Call("path_unlink_file", kPreopen, file, 4) == Errno::kRofs);
  CHECK(guest.Call("path_rename", kPreopen, file, 4, kPreopen, guest.Put("g"), 1) == Errno::kRofs);
  CHECK(guest.Call("path_link", kPreopen, 0, file, 4, kPreopen, guest.Put("h"), 1) == Errno::kRofs);
  CHECK(guest.Call("path_symlink", file, 4, kPreopen, guest.Put("s"), 1) == Errno::kRofs);
  CHECK(guest.Call("path_filestat_set_times", kPreopen, 0, file, 4, 0, 0, kFstMtimNow) == Errno::kRofs);
  CHECK(ReadHostFile(dir / "file") == "content");
}

struct Listed {
  uint64_t next;
  uint64_t inode;
  uint8_t type;
  std::string name;
};

// The whole entries of one fd_readdir; `used` is what it filled of `size` bytes.
std::vector<Listed> ReadDir(Guest& guest, uint32_t fd, uint64_t cookie, uint32_t size, uint32_t* used) {
  constexpr uint32_t kAt = 0x8000;
  REQUIRE(guest.Call("fd_readdir", fd, kAt, size, cookie, Guest::kResult) == Errno::kSuccess);
  *used = guest.Get<uint32_t>(Guest::kResult);
  std::vector<Listed> entries;
  for (uint32_t at = 0; at + 24 <= *used;) {
    const auto length = guest.Get<uint32_t>(kAt + at + 16);
    if (at + 24 + length > *used) break;
    entries.push_back({guest.Get<uint64_t>(kAt + at), guest.Get<uint64_t>(kAt + at + 8),
                       guest.Get<uint8_t>(kAt + at + 20), guest.Text(kAt + at + 24, length)});
    CHECK(guest.Text(kAt + at + 21, 3) == std::string(3, '\0'));  // padding (FS-12)
    at += 24 + length;
  }
  return entries;
}

TEST_CASE("entries of a directory, through buffers of any size") {
  TempDir dir;
  std::set<std::string> expected = {".", ".."};
  for (int i = 0; i < 150; ++i) {
    const std::string name = "entry-" + std::to_string(i) + std::string(static_cast<size_t>(i % 13), 'x');
    WriteHostFile(dir / name, "");
    expected.insert(name);
  }
  Guest guest(WithDir(dir));
  uint32_t used;
  for (const uint32_t size : {60u, 100u, 1000u, 20000u}) {
    std::multiset<std::string> names;
    uint64_t cookie = 0;
    for (used = size; used == size;) {
      const auto entries = ReadDir(guest, kPreopen, cookie, size, &used);
      for (const Listed& entry : entries) {
        names.insert(entry.name);
        CHECK(entry.next == cookie + 1);
        cookie = entry.next;
      }
      REQUIRE((used < size || !entries.empty()));
    }
    CHECK(names == std::multiset<std::string>(expected.begin(), expected.end()));
  }
  // Any cookie leads to the entry that it named: just back, far back, on, past the end.
  const auto all = ReadDir(guest, kPreopen, 0, 20000, &used);
  REQUIRE(all.size() == 152);
  for (const size_t index : {150, 149, 100, 3, 60, 151, 1, 2}) {
    const auto rest = ReadDir(guest, kPreopen, all[index - 1].next, 20000, &used);
    REQUIRE(rest.size() == all.size() - index);
    CHECK(rest[0].name == all[index].name);
  }
  CHECK(ReadDir(guest, kPreopen, 1000, 20000, &used).empty());
  CHECK(used == 0);
  CHECK(ReadDir(guest, kPreopen, UINT64_MAX, 20000, &used).empty());
  // A buffer without room, and one that does not lie in memory.
  CHECK(ReadDir(guest, kPreopen, 0, 0, &used).empty());
  CHECK(guest.Call("fd_readdir", kPreopen, 0, -1, 0, Guest::kResult) == Errno::kFault);
  // The beginning shows what is there now.
  WriteHostFile(dir / "later", "");
  CHECK(ReadDir(guest, kPreopen, 0, 20000, &used).size() == 153);
}

TEST_CASE("entries say what the calls on them say; not more of the host") {
  TempDir dir;
  WriteHostFile(dir / "file", "");
  fs::create_directory(dir / "folder");
  fs::create_symlink("file", dir / "link");
  WriteHostFile(dir / "\xff\xfe", "");  // cannot be named in WASI
  Guest guest(WithDir(dir));
  uint32_t used;
  const auto entries = ReadDir(guest, kPreopen, 0, 20000, &used);
  REQUIRE(entries.size() == 5);
  const std::map<std::string, uint8_t> types = {{".", 3}, {"..", 3}, {"file", 4}, {"folder", 3}, {"link", 7}};
  for (const Listed& entry : entries) {
    CHECK(entry.type == types.at(entry.name));
    if (entry.name == "..") {
      // The parent is not the guest's business.
      CHECK(entry.inode == entries[0].inode);
      continue;
    }
    REQUIRE(guest.Call("path_filestat_get", kPreopen, 0, guest.Put(entry.name), entry.name.size(), 0) ==
            Errno::kSuccess);
    CHECK(guest.Get<uint64_t>(8) == entry.inode);
    struct stat host{};
    REQUIRE(::lstat((dir / entry.name).c_str(), &host) == 0);
    CHECK(host.st_ino != entry.inode);
  }
}

}  // namespace
}  // namespace cvm::wasi::p1
