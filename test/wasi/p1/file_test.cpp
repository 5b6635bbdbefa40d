// Descriptors of files: positions, flags, rights, attributes, renumbering.
#include <fcntl.h>
#include <sys/stat.h>

#include "test/wasi/p1/guest.hpp"

namespace cvm::wasi::p1 {
namespace {

size_t OpenInProcess() {
  const std::filesystem::directory_iterator entries("/proc/self/fd");
  return static_cast<size_t>(std::distance(begin(entries), end(entries)));
}

TEST_CASE("reading, writing and positions") {
  TempDir dir;
  Guest guest(WithDir(dir));
  uint32_t fd;
  REQUIRE(guest.Open(kPreopen, "file", kOflagsCreat, kReadWrite, &fd) == Errno::kSuccess);
  CHECK(fd == 4);
  const auto seek = [&](int64_t offset, int whence) {
    return guest.Call("fd_seek", fd, offset, whence, Guest::kResult);
  };
  const auto position = [&] { return guest.Get<uint64_t>(Guest::kResult); };
  CHECK(guest.Write(fd, "0123456789") == Errno::kSuccess);
  CHECK(seek(-4, 2) == Errno::kSuccess);
  CHECK(position() == 6);
  CHECK(seek(1, 1) == Errno::kSuccess);
  CHECK(position() == 7);
  CHECK(seek(-8, 1) == Errno::kInval);
  CHECK(seek(INT64_MIN, 0) == Errno::kInval);
  CHECK(seek(INT64_MAX, 1) == Errno::kOverflow);
  CHECK(seek(0, 3) == Errno::kInval);
  CHECK(guest.Call("fd_tell", fd, Guest::kResult) == Errno::kSuccess);
  CHECK(position() == 7);

  // Two buffers, the second only in part; then the end.
  const uint32_t list = guest.PutIovecs({{0x8000, 2}, {0x9000, 10}});
  CHECK(guest.Call("fd_read", fd, list, 2, Guest::kResult) == Errno::kSuccess);
  CHECK(guest.Get<uint32_t>(Guest::kResult) == 3);
  CHECK(guest.Text(0x8000, 2) + guest.Text(0x9000, 1) == "789");
  CHECK(guest.Get<uint8_t>(0x9001) == Guest::kFill);
  CHECK(guest.Call("fd_read", fd, list, 2, Guest::kResult) == Errno::kSuccess);
  CHECK(guest.Get<uint32_t>(Guest::kResult) == 0);

  // pread and pwrite leave the position alone.
  CHECK(guest.Call("fd_pwrite", fd, guest.PutIovecs({{guest.Put("AB"), 2}}), 1, 4, Guest::kResult) == Errno::kSuccess);
  CHECK(guest.Call("fd_pread", fd, list, 2, 3, Guest::kResult) == Errno::kSuccess);
  CHECK(guest.Text(0x8000, 2) + guest.Text(0x9000, 5) == "3AB6789");
  CHECK(guest.Call("fd_pread", fd, list, 2, -1, Guest::kResult) == Errno::kInval);
  CHECK(guest.Call("fd_pwrite", fd, list, 2, -1, Guest::kResult) == Errno::kFbig);
  CHECK(seek(0, 1) == Errno::kSuccess);
  CHECK(position() == 10);

  CHECK(guest.Call("fd_advise", fd, 8, INT64_MAX, 3) == Errno::kSuccess);
  CHECK(guest.Call("fd_advise", fd, 0, -1, 3) == Errno::kInval);
  CHECK(guest.Call("fd_advise", fd, 0, 1, 6) == Errno::kInval);
  CHECK(guest.Call("fd_allocate", fd, 0, 0) == Errno::kInval);
  CHECK(guest.Call("fd_filestat_set_size", fd, 3) == Errno::kSuccess);
  CHECK(guest.Call("fd_filestat_set_size", fd, -1) == Errno::kFbig);
  CHECK(ReadHostFile(dir / "file") == "012");
  CHECK(guest.Call("fd_sync", fd) == Errno::kSuccess);
  CHECK(guest.Call("fd_datasync", fd) == Errno::kSuccess);
  CHECK(guest.Call("fd_datasync", kPreopen) == Errno::kSuccess);
  CHECK(guest.Call("fd_close", fd) == Errno::kSuccess);
  CHECK(guest.Call("fd_close", fd) == Errno::kBadf);
}

TEST_CASE("the predecessor's seek counts from elsewhere") {
  TempDir dir;
  WriteHostFile(dir / "file", "0123456789");
  Guest guest(WithDir(dir), "wasi_unstable");
  uint32_t fd;
  REQUIRE(guest.Open(kPreopen, "file", 0, kFdRead, &fd) == Errno::kSuccess);
  const auto seek = [&](int64_t offset, int whence) {
    REQUIRE(guest.Call("fd_seek", fd, offset, whence, Guest::kResult) == Errno::kSuccess);
    return guest.Get<uint64_t>(Guest::kResult);
  };
  CHECK(seek(-3, 1) == 7);
  CHECK(seek(1, 0) == 8);
  CHECK(seek(2, 2) == 2);
}

TEST_CASE("appending") {
  TempDir dir;
  WriteHostFile(dir / "file", "start");
  Guest guest(WithDir(dir));
  uint32_t fd;
  REQUIRE(guest.Open(kPreopen, "file", 0, kReadWrite, &fd, kFdflagsAppend) == Errno::kSuccess);
  CHECK(guest.Write(fd, "+one") == Errno::kSuccess);
  CHECK(guest.Call("fd_tell", fd, 0) == Errno::kSuccess);
  CHECK(guest.Get<uint64_t>(0) == 9);
  CHECK(guest.Call("fd_fdstat_set_flags", fd, 0) == Errno::kSuccess);
  CHECK(guest.Call("fd_seek", fd, 0, 0, 0) == Errno::kSuccess);
  CHECK(guest.Write(fd, "S") == Errno::kSuccess);
  CHECK(guest.Call("fd_fdstat_set_flags", fd, kFdflagsAppend | kFdflagsSync) == Errno::kNotsup);
  CHECK(guest.Call("fd_fdstat_set_flags", kPreopen, 0) == Errno::kBadf);
  CHECK(ReadHostFile(dir / "file") == "Start+one");
}

TEST_CASE("rights are given up and never gained") {
  TempDir dir;
  WriteHostFile(dir / "file", "content");
  Guest guest(WithDir(dir));
  uint32_t fd;
  REQUIRE(guest.Open(kPreopen, "file", 0, kReadWrite, &fd) == Errno::kSuccess);
  REQUIRE(guest.Call("fd_fdstat_get", fd, 0) == Errno::kSuccess);
  const auto base = guest.Get<uint64_t>(8);
  CHECK(base == kFileRights);
  CHECK(guest.Get<uint64_t>(16) == 0);
  CHECK(guest.Call("fd_fdstat_set_rights", fd, base & ~kFdWrite, 0) == Errno::kSuccess);
  CHECK(guest.Write(fd, "x") == Errno::kNotcapable);
  CHECK(guest.Call("fd_fdstat_set_rights", fd, base, 0) == Errno::kNotcapable);
  CHECK(guest.Call("fd_fdstat_set_rights", fd, 0, 1) == Errno::kNotcapable);
  CHECK(guest.Call("fd_fdstat_set_rights", fd, 0, 0) == Errno::kSuccess);
  // Every call asks for its right.
  const uint32_t list = guest.PutIovecs({{0x8000, 1}});
  CHECK(guest.Call("fd_read", fd, list, 1, 0) == Errno::kNotcapable);
  CHECK(guest.Call("fd_pread", fd, list, 1, 0, 0) == Errno::kNotcapable);
  CHECK(guest.Call("fd_pwrite", fd, list, 1, 0, 0) == Errno::kNotcapable);
  CHECK(guest.Call("fd_seek", fd, 1, 0, 0) == Errno::kNotcapable);
  CHECK(guest.Call("fd_seek", fd, 0, 1, 0) == Errno::kNotcapable);
  CHECK(guest.Call("fd_tell", fd, 0) == Errno::kNotcapable);
  CHECK(guest.Call("fd_sync", fd) == Errno::kNotcapable);
  CHECK(guest.Call("fd_datasync", fd) == Errno::kNotcapable);
  CHECK(guest.Call("fd_advise", fd, 0, 1, 0) == Errno::kNotcapable);
  CHECK(guest.Call("fd_allocate", fd, 0, 1) == Errno::kNotcapable);
  CHECK(guest.Call("fd_fdstat_set_flags", fd, 0) == Errno::kNotcapable);
  CHECK(guest.Call("fd_filestat_get", fd, 0) == Errno::kNotcapable);
  CHECK(guest.Call("fd_filestat_set_size", fd, 0) == Errno::kNotcapable);
  CHECK(guest.Call("fd_filestat_set_times", fd, 0, 0, 0) == Errno::kNotcapable);
  CHECK(guest.Call("fd_fdstat_get", fd, 0) == Errno::kSuccess);
  CHECK(ReadHostFile(dir / "file") == "content");
}

TEST_CASE("a file is opened for what was asked") {
  TempDir dir;
  WriteHostFile(dir / "file", "content");
  Guest guest(WithDir(dir));
  uint32_t fd;
  std::string text;
  REQUIRE(guest.Open(kPreopen, "file", 0, kFdRead, &fd) == Errno::kSuccess);
  CHECK(guest.Write(fd, "x") == Errno::kNotcapable);
  CHECK(guest.Call("fd_filestat_set_size", fd, 0) == Errno::kNotcapable);
  CHECK(guest.Read(fd, 7, &text) == Errno::kSuccess);
  REQUIRE(guest.Open(kPreopen, "file", 0, kFdWrite, &fd) == Errno::kSuccess);
  CHECK(guest.Read(fd, 7, &text) == Errno::kNotcapable);
  CHECK(guest.Write(fd, "C") == Errno::kSuccess);
  REQUIRE(guest.Open(kPreopen, "file", 0, 0, &fd) == Errno::kSuccess);
  CHECK(guest.Read(fd, 7, &text) == Errno::kNotcapable);
  CHECK(guest.Call("fd_filestat_get", fd, 0) == Errno::kSuccess);
  CHECK(ReadHostFile(dir / "file") == "Content");
}

TEST_CASE("attributes") {
  TempDir dir;
  WriteHostFile(dir / "file", "content");
  const std::string version = GENERATE("wasi_snapshot_preview1", "wasi_unstable");
  const bool narrow = version == "wasi_unstable";
  Guest guest(WithDir(dir), version);
  uint32_t fd;
  REQUIRE(guest.Open(kPreopen, "file", 0, kReadWrite, &fd) == Errno::kSuccess);
  REQUIRE(guest.Call("fd_filestat_set_times", fd, 123, 1'000'000'456, kFstAtim | kFstMtim) == Errno::kSuccess);
  guest.Fill();
  REQUIRE(guest.Call("fd_filestat_get", fd, 0) == Errno::kSuccess);
  struct stat host{};
  REQUIRE(::stat((dir / "file").c_str(), &host) == 0);
  CHECK(guest.Get<uint64_t>(8) != host.st_ino);
  CHECK(guest.Get<uint8_t>(16) == 4);
  CHECK((narrow ? guest.Get<uint32_t>(20) : guest.Get<uint64_t>(24)) == 1);
  const uint32_t size = narrow ? 24 : 32;
  CHECK(guest.Get<uint64_t>(size) == 7);
  CHECK(guest.Get<uint64_t>(size + 8) == 123);
  CHECK(guest.Get<uint64_t>(size + 16) == 1'000'000'456);
  // Padding is zero; nothing is written past the end (FS-12).
  CHECK(guest.Text(17, 3) == std::string(3, '\0'));
  CHECK(guest.Get<uint8_t>(size + 32) == Guest::kFill);
  const std::string by_fd = guest.Text(0, size + 32);
  REQUIRE(guest.Call("path_filestat_get", kPreopen, 1, guest.Put("file"), 4, 0x200) == Errno::kSuccess);
  CHECK(guest.Text(0x200, size + 32) == by_fd);

  guest.Fill();
  REQUIRE(guest.Call("fd_fdstat_get", fd, 0) == Errno::kSuccess);
  CHECK(guest.Get<uint8_t>(0) == 4);
  CHECK(guest.Get<uint8_t>(1) == 0);
  CHECK(guest.Get<uint32_t>(4) == 0);
  CHECK(guest.Get<uint8_t>(24) == Guest::kFill);

  // Contradictions, unknown bits; times that a timestamp cannot say.
  const auto set_times = [&](uint32_t flags) { return guest.Call("fd_filestat_set_times", fd, 1, 1, flags); };
  CHECK(set_times(kFstAtim | kFstAtimNow) == Errno::kInval);
  CHECK(set_times(kFstMtim | kFstMtimNow) == Errno::kInval);
  CHECK(set_times(16) == Errno::kInval);
  CHECK(set_times(0) == Errno::kSuccess);
  CHECK(set_times(kFstAtimNow | kFstMtimNow) == Errno::kSuccess);
  const timespec old[2] = {{-5, 0}, {-5, 0}};
  REQUIRE(::utimensat(AT_FDCWD, (dir / "file").c_str(), old, 0) == 0);
  CHECK(guest.Call("fd_filestat_get", fd, 0) == Errno::kOverflow);
}

TEST_CASE("renumbering closes what was there and leaks nothing (FS-10)") {
  TempDir dir;
  Guest guest(WithDir(dir));
  uint32_t keep;
  uint32_t fd;
  REQUIRE(guest.Open(kPreopen, "keep", kOflagsCreat, kReadWrite, &keep) == Errno::kSuccess);
  const size_t before = OpenInProcess();
  for (int i = 0; i < 20'000; ++i) {
    if (i % 64 == 0) guest.Fill();
    REQUIRE(guest.Open(kPreopen, "file", kOflagsCreat, kReadWrite, &fd) == Errno::kSuccess);
    REQUIRE(fd == keep + 1);
    if (i % 2 == 0) {
      REQUIRE(guest.Call("fd_renumber", fd, keep) == Errno::kSuccess);
    } else {
      REQUIRE(guest.Call("fd_close", fd) == Errno::kSuccess);
    }
  }
  CHECK(OpenInProcess() == before);

  CHECK(guest.Call("fd_renumber", keep, keep) == Errno::kSuccess);
  CHECK(guest.Write(keep, "still open") == Errno::kSuccess);
  CHECK(guest.Call("fd_renumber", keep, 99) == Errno::kBadf);
  CHECK(guest.Call("fd_renumber", 99, keep) == Errno::kBadf);
  CHECK(guest.Call("fd_renumber", -1, -1) == Errno::kBadf);
  CHECK(guest.Write(keep, "still open") == Errno::kSuccess);
  // A preopen takes its name along; a stream can be replaced.
  CHECK(guest.Call("fd_renumber", kPreopen, keep) == Errno::kSuccess);
  CHECK(guest.Call("fd_prestat_get", kPreopen, 0) == Errno::kBadf);
  REQUIRE(guest.Call("fd_prestat_get", keep, 0) == Errno::kSuccess);
  CHECK(guest.Get<uint32_t>(4) == 5);
  REQUIRE(guest.Open(keep, "output", kOflagsCreat, kReadWrite, &fd) == Errno::kSuccess);
  CHECK(fd == kPreopen);
  CHECK(guest.Call("fd_renumber", fd, 1) == Errno::kSuccess);
  CHECK(guest.Write(1, "to the file") == Errno::kSuccess);
  CHECK(ReadHostFile(dir / "output") == "to the file");
}

TEST_CASE("max-resources: at the limit and one past it") {
  TempDir dir;
  WasiConfig config = WithDir(dir);
  config.limits.max_descriptors = 6;
  Guest guest(config);
  uint32_t fd;
  CHECK(guest.Open(kPreopen, "a", kOflagsCreat, kReadWrite, &fd) == Errno::kSuccess);
  CHECK(guest.Open(kPreopen, "b", kOflagsCreat, kReadWrite, &fd) == Errno::kSuccess);
  CHECK(guest.Open(kPreopen, "c", kOflagsCreat, kReadWrite, &fd) == Errno::kMfile);
  CHECK_FALSE(std::filesystem::exists(dir / "c"));
  CHECK(guest.Call("fd_close", 0) == Errno::kSuccess);
  CHECK(guest.Open(kPreopen, "c", kOflagsCreat, kReadWrite, &fd) == Errno::kSuccess);
  CHECK(fd == 0);
}

TEST_CASE("a FIFO does not block the opener, and is waited for when read") {
  TempDir dir;
  REQUIRE(::mkfifo((dir / "fifo").c_str(), 0600) == 0);
  auto context = WasiContext::Create(WithDir(dir)).value();
  const UniqueFd writer(::open((dir / "fifo").c_str(), O_RDWR | O_CLOEXEC));
  REQUIRE(writer.valid());
  int waits = 0;
  context->impl().wait = [&](std::span<Pollable* const>, uint64_t) -> Result<void> {
    ++waits;
    REQUIRE(::write(writer.get(), "hello", 5) == 5);
    return {};
  };
  Guest guest(context);
  uint32_t fd;
  std::string text;
  REQUIRE(guest.Open(kPreopen, "fifo", 0, kFdRead, &fd) == Errno::kSuccess);
  CHECK(guest.Read(fd, 10, &text) == Errno::kSuccess);
  CHECK(text == "hello");
  CHECK(waits == 1);
  CHECK(guest.Call("fd_seek", fd, 0, 0, 0) == Errno::kSpipe);
  CHECK(guest.Call("fd_fdstat_set_flags", fd, kFdflagsNonblock) == Errno::kSuccess);
  CHECK(guest.Read(fd, 10, &text) == Errno::kAgain);
}

}  // namespace
}  // namespace cvm::wasi::p1
