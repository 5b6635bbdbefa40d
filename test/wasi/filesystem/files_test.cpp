// wasi:filesystem/types by direct calls; the answers are those that wasmtime gives the guest of
// test/guests/src/rust/wasi2.
#include <fcntl.h>
#include <sys/stat.h>

#include <catch2/catch.hpp>

#include "test/wasi/filesystem/support.hpp"
#include "wasi/filesystem/types.hpp"
#include "wasi/io/error.hpp"

namespace cvm::wasi {
namespace {

constexpr DescriptorFlags kRead = DescriptorFlags::kRead;
constexpr DescriptorFlags kWrite = DescriptorFlags::kWrite;
constexpr OpenFlags kCreate = OpenFlags::kCreate;
constexpr OpenFlags kExclusive = OpenFlags::kExclusive;
constexpr OpenFlags kTruncate = OpenFlags::kTruncate;
constexpr PathFlags kNone;
constexpr PathFlags kFollow = PathFlags::kSymlinkFollow;

std::string ReadAll(Loop& loop, io::streams::InputStream& in, uint64_t block) {
  std::string all;
  for (auto part = loop.Do(in.BlockingRead(block)); part.ok(); part = loop.Do(in.BlockingRead(block))) {
    all += AsText(part.value());
  }
  return all;
}

TEST_CASE("file data: read, write, set-size, flags") {
  Guest guest;
  auto file = guest.MustOpen("f", kCreate | kExclusive, kRead | kWrite);
  CHECK(guest.Do(file->Write(AsBytes("0123456789"), 0)).value() == 10);
  CHECK(guest.Do(file->Write(AsBytes("xy"), 4)).value() == 2);
  const auto read = [&](uint64_t length, uint64_t offset) {
    auto [bytes, end] = guest.Do(file->Read(length, offset)).value();
    return AsText(bytes) + (end ? " end" : "");
  };
  CHECK(read(3, 3) == "3xy");
  CHECK(read(10, 8) == "89");
  CHECK(read(1, 10) == " end");
  CHECK(read(1, uint64_t{1} << 40) == " end");
  CHECK(read(1, INT64_MAX) == " end");
  CHECK(read(UINT64_MAX, 0) == "0123xy6789");
  CHECK(Code(guest.Do(file->Read(1, UINT64_MAX))) == "invalid");
  CHECK(guest.Do(file->SetSize(6)).ok());
  CHECK(ReadHostFile(guest.temp / "f") == "0123xy");
  CHECK(file->GetFlags().value().value() == (kRead | kWrite));
  CHECK(file->GetType().value().value() == types::DescriptorType::kRegularFile);
  CHECK(file->Advise(0, 4, types::Advice::kWillNeed).value().ok());
  CHECK(guest.Do(file->Sync()).ok());
  CHECK(guest.Do(file->SyncData()).ok());

  auto reader = guest.MustOpen("f");
  CHECK(Code(guest.Do(reader->Write(AsBytes("x"), 0))) == "bad-descriptor");
  CHECK(Code(guest.Do(reader->SetSize(1))) == "invalid");
  // Streams of a descriptor that is not open for writing fail at the first write.
  const auto first_write = [](HostDescriptor::Fallible<HostDescriptor::OwnOutput> opened) {
    REQUIRE(opened.ok());
    const auto written = opened.value()->Write(AsBytes("x")).value();
    REQUIRE_FALSE(written.ok());
    const auto* failed = written.error().As<io::streams::StreamError::LastOperationFailed>();
    return failed == nullptr ? "closed" : failed->value->ToDebugString().value();
  };
  CHECK(first_write(reader->WriteViaStream(0).value()) == "bad-descriptor");
  CHECK(first_write(reader->AppendViaStream().value()) == "bad-descriptor");
  auto writer = guest.MustOpen("f", {}, kWrite);
  CHECK(Code(guest.Do(writer->Read(1, 0))) == "bad-descriptor");
  CHECK(Code(writer->ReadViaStream(0).value()) == "bad-descriptor");
}

TEST_CASE("max-read-size: at the limit and one past it") {
  Guest guest(Rights::All(), 5);
  REQUIRE(guest.Do(guest.root->CreateDirectoryAt("d")).ok());
  auto file = guest.MustOpen("d/f", kCreate, kRead | kWrite);
  CHECK(guest.Do(file->Write(AsBytes("0123456789"), 0)).value() == 10);
  CHECK(AsText(std::get<0>(guest.Do(file->Read(5, 0)).value())) == "01234");
  CHECK(AsText(std::get<0>(guest.Do(file->Read(6, 0)).value())) == "01234");
  auto in = file->ReadViaStream(0).value();
  REQUIRE(in.ok());
  CHECK(AsText(guest.Do(in.value()->BlockingRead(6)).value()) == "01234");
  CHECK(AsText(guest.Do(in.value()->BlockingRead(5)).value()) == "56789");
}

TEST_CASE("descriptor.read of 2^64-1 bytes is cut to a block (HST-01)") {
  Guest guest;
  WriteHostFile(guest.temp / "big", std::string(300'000, 'x'));
  auto file = guest.MustOpen("big");
  CHECK(std::get<0>(guest.Do(file->Read(UINT64_MAX, 0)).value()).size() == 65'536);
}

TEST_CASE("file streams keep positions of their own") {
  Guest guest;
  auto file = guest.MustOpen("f", kCreate, kRead | kWrite);
  CHECK(guest.Do(file->Write(AsBytes("0123xy"), 0)).ok());
  auto out = std::move(file->WriteViaStream(2).value().value());
  CHECK(guest.Do(out->BlockingWriteAndFlush(AsBytes("STREAM"))).ok());
  CHECK(out->CheckWrite().value().value() > 0);
  CHECK(out->WriteZeroes(3).value().ok());
  CHECK(guest.Do(out->BlockingFlush()).ok());
  auto append = std::move(file->AppendViaStream().value().value());
  CHECK(guest.Do(append->BlockingWriteAndFlush(AsBytes("END"))).ok());
  CHECK(ReadHostFile(guest.temp / "f") == std::string("01STREAM\0\0\0END", 14));
  // Gone on with, at its own place, whatever others did.
  CHECK(out->Write(AsBytes("e")).value().ok());
  CHECK(ReadHostFile(guest.temp / "f") == std::string("01STREAM\0\0\0eND", 14));

  auto in = std::move(file->ReadViaStream(1).value().value());
  CHECK(in->Subscribe().value()->Ready().value());
  CHECK(ReadAll(guest, *in, 4) == std::string("1STREAM\0\0\0eND", 13));
  CHECK(guest.Do(in->BlockingRead(1)).error().Is<io::streams::StreamError::Closed>());

  auto source = std::move(file->ReadViaStream(0).value().value());
  auto sink = std::move(guest.MustOpen("g", kCreate, kWrite)->WriteViaStream(0).value().value());
  CHECK(guest.Do(sink->BlockingSplice(source, 8)).value() == 8);
  CHECK(ReadHostFile(guest.temp / "g") == "01STREAM");
}

TEST_CASE("a stream lives on without its descriptor; more than its permit traps (HST-04)") {
  Guest guest;
  auto out = std::move(guest.MustOpen("f", kCreate, kWrite)->WriteViaStream(0).value().value());
  const uint64_t room = out->CheckWrite().value().value();
  CHECK(out->Write(std::vector<uint8_t>(room + 1)).error().kind() == ErrorKind::kTrap);
  CHECK(out->Write(std::vector<uint8_t>(room)).value().ok());
  CHECK(ReadHostFile(guest.temp / "f").size() == room);
}

TEST_CASE("filesystem-error-code names what failed below a stream") {
  Guest guest;
  HostFilesystemTypes interface;
  auto out = std::move(guest.MustOpen("f", kCreate, kWrite)->WriteViaStream(INT64_MAX).value().value());
  auto failed = out->Write(AsBytes("x")).value();
  REQUIRE_FALSE(failed.ok());
  auto* last = failed.error().As<io::streams::StreamError::LastOperationFailed>();
  REQUIRE(last != nullptr);
  CHECK(interface.FilesystemErrorCode(last->value).value() == ErrorCode::kFileTooLarge);
  struct Other final : io::error::Error {
    Result<std::string> ToDebugString() override { return std::string("other"); }
  };
  Other other;
  CHECK(interface.FilesystemErrorCode(other).value() == std::nullopt);
}

TEST_CASE("names: directories, links, renames") {
  Guest guest;
  auto& root = guest.root;
  guest.MustOpen("f", kCreate, kWrite);
  guest.MustOpen("g", kCreate, kWrite);
  WriteHostFile(guest.temp / "f", "01STREAM---END");
  CHECK(Code(guest.Do(root->CreateDirectoryAt("d"))) == "");
  CHECK(Code(guest.Do(root->CreateDirectoryAt("d"))) == "exist");
  CHECK(Code(guest.Do(root->CreateDirectoryAt("x/y"))) == "no-entry");
  CHECK(Code(guest.Do(root->LinkAt(kNone, "f", root, "d/hard"))) == "");
  CHECK(Code(guest.Do(root->LinkAt(kFollow, "f", root, "d/hard2"))) == "invalid");
  CHECK(Code(guest.Do(root->SymlinkAt("hard", "d/soft"))) == "");
  CHECK(Code(guest.Do(root->SymlinkAt("/etc/passwd", "d/bad"))) == "not-permitted");
  CHECK(guest.Do(root->ReadlinkAt("d/soft")).value() == "hard");
  CHECK(Code(guest.Do(root->ReadlinkAt("f"))) == "invalid");
  CHECK(guest.Do(root->StatAt(kNone, "d/soft")).value().type == types::DescriptorType::kSymbolicLink);
  const types::DescriptorStat through = guest.Do(root->StatAt(kFollow, "d/soft")).value();
  CHECK(through.type == types::DescriptorType::kRegularFile);
  CHECK(through.size == 14);
  CHECK(through.link_count == 2);
  CHECK(Code(guest.Open("d/soft", {}, kRead, kNone)) == "loop");
  CHECK(Code(guest.Open("f", kCreate | kExclusive, kWrite)) == "exist");
  CHECK(Code(guest.Open("f", OpenFlags::kDirectory)) == "not-directory");
  CHECK(guest.Do(guest.MustOpen("g", kTruncate, kWrite)->Stat()).value().size == 0);
  CHECK(Code(guest.Do(root->RenameAt("g", root, "d/renamed"))) == "");
  CHECK(Code(guest.Do(root->RenameAt("g", root, "h"))) == "no-entry");
  CHECK(Code(guest.Do(root->RenameAt("f", root, "d"))) == "is-directory");
  CHECK(Code(guest.Do(root->UnlinkFileAt("d"))) == "is-directory");
  CHECK(Code(guest.Do(root->RemoveDirectoryAt("d"))) == "not-empty");
  CHECK(Code(guest.Do(root->RemoveDirectoryAt("f"))) == "not-directory");

  auto f = guest.MustOpen("f");
  auto hard = guest.MustOpen("d/hard");
  CHECK(f->IsSameObject(hard).value());
  CHECK_FALSE(f->IsSameObject(root).value());
  const types::MetadataHashValue hash = guest.Do(f->MetadataHash()).value();
  CHECK(guest.Do(hard->MetadataHash()).value() == hash);
  CHECK(guest.Do(root->MetadataHashAt(kFollow, "d/soft")).value() == hash);
  CHECK(guest.Do(root->MetadataHash()).value() != hash);

  auto folder = guest.MustOpen("d", OpenFlags::kDirectory);
  auto stream = std::move(guest.Do(folder->ReadDirectory()).value());
  std::vector<std::string> entries;
  for (auto entry = guest.Do(stream->ReadDirectoryEntry()); entry.value().has_value();
       entry = guest.Do(stream->ReadDirectoryEntry())) {
    entries.push_back(entry.value()->name + (entry.value()->type == types::DescriptorType::kSymbolicLink ? "@" : ""));
  }
  std::sort(entries.begin(), entries.end());
  CHECK(entries == std::vector<std::string>{"hard", "renamed", "soft@"});
  CHECK_FALSE(guest.Do(stream->ReadDirectoryEntry()).value().has_value());
  CHECK(Code(guest.Do(f->ReadDirectory())) == "not-directory");
}

TEST_CASE("a file is no directory and a directory no file") {
  Guest guest;
  auto file = guest.MustOpen("f", kCreate, kRead | kWrite);
  auto& root = guest.root;
  for (const auto& code :
       {Code(guest.Do(file->OpenAt(kNone, "x", {}, kRead))), Code(guest.Do(file->StatAt(kNone, "x"))),
        Code(guest.Do(file->CreateDirectoryAt("x"))), Code(guest.Do(file->RemoveDirectoryAt("x"))),
        Code(guest.Do(file->UnlinkFileAt("x"))), Code(guest.Do(file->ReadlinkAt("x"))),
        Code(guest.Do(file->SymlinkAt("x", "y"))), Code(guest.Do(file->RenameAt("x", root, "y"))),
        Code(guest.Do(root->RenameAt("f", file, "y"))), Code(guest.Do(root->LinkAt(kNone, "f", file, "y"))),
        Code(guest.Do(file->MetadataHashAt(kNone, "x"))),
        Code(guest.Do(file->SetTimesAt(kNone, "x", types::NewTimestamp::Now{}, types::NewTimestamp::Now{})))}) {
    CHECK(code == "not-directory");
  }
  CHECK(Code(root->ReadViaStream(0).value()) == "is-directory");
  for (const auto& code :
       {Code(root->WriteViaStream(0).value()), Code(root->AppendViaStream().value()), Code(guest.Do(root->Read(1, 0))),
        Code(guest.Do(root->Write(AsBytes("x"), 0))), Code(guest.Do(root->SetSize(0))),
        Code(root->Advise(0, 0, types::Advice::kNormal).value())}) {
    CHECK(code == "bad-descriptor");
  }
}

TEST_CASE("times") {
  Guest guest;
  auto file = guest.MustOpen("f", kCreate, kRead | kWrite);
  const auto at = [](uint64_t seconds, uint32_t nanoseconds) {
    return types::NewTimestamp::Timestamp{{seconds, nanoseconds}};
  };
  const auto stat = [&] { return guest.Do(file->Stat()).value(); };
  CHECK(guest.Do(file->SetTimes(types::NewTimestamp::NoChange{}, at(1'234'567'890, 123'456'789))).ok());
  CHECK(stat().data_modification_timestamp == types::Datetime{1'234'567'890, 123'456'789});
  CHECK(guest.Do(guest.root->SetTimesAt(kFollow, "f", at(5, 0), types::NewTimestamp::NoChange{})).ok());
  CHECK(stat().data_modification_timestamp == types::Datetime{1'234'567'890, 123'456'789});
  CHECK(stat().data_access_timestamp == types::Datetime{5, 0});
  CHECK(guest.Do(file->SetTimes(types::NewTimestamp::Now{}, types::NewTimestamp::Now{})).ok());
  CHECK(stat().data_modification_timestamp->seconds > 1'577'836'800);
  // FS-11: what is no time is an error value.
  CHECK(Code(guest.Do(file->SetTimes(at(0, 1'000'000'000), types::NewTimestamp::NoChange{}))) == "invalid");
  CHECK(Code(guest.Do(file->SetTimes(types::NewTimestamp::NoChange{}, at(UINT64_MAX, 0)))) == "overflow");
  CHECK(Code(guest.Do(guest.root->SetTimesAt(kFollow, "f", at(UINT64_MAX, 999'999'999), at(0, 0)))) == "overflow");
  CHECK(Code(guest.Do(guest.root->SetTimesAt(kFollow, "f", at(0, 0), at(0, UINT32_MAX)))) == "invalid");
  // A time before 1970 cannot be said in a datetime.
  const timespec before[2] = {{-5, 0}, {-5, 0}};
  REQUIRE(::utimensat(AT_FDCWD, (guest.temp / "f").c_str(), before, 0) == 0);
  CHECK(stat().data_modification_timestamp == std::nullopt);
}

TEST_CASE("paths that lead out, or nowhere") {
  Guest guest;
  auto& root = guest.root;
  guest.MustOpen("f", kCreate, kWrite);
  CHECK(guest.Do(root->CreateDirectoryAt("d")).ok());
  CHECK(guest.Do(root->SymlinkAt("../f", "d/soft")).ok());
  CHECK(guest.Do(root->SymlinkAt("..", "up")).ok());
  CHECK(guest.Do(root->SymlinkAt("loop", "loop")).ok());
  const auto open = [&](std::string_view path) { return Code(guest.Open(path)); };
  for (const char* path : {"../outside", "/etc/passwd", "d/../../outside", "..", "up/outside"}) {
    CHECK(open(path) == "not-permitted");
  }
  CHECK(open("") == "no-entry");
  CHECK(open("missing") == "no-entry");
  CHECK(open("d/soft/") == "not-directory");
  CHECK(open("f/") == "not-directory");
  CHECK(open("d//soft") == "");
  CHECK(open("./f") == "");
  CHECK(open("d/.") == "");
  CHECK(Code(guest.Open("up/new", kCreate, kWrite)) == "not-permitted");
  CHECK(Code(guest.Do(root->StatAt(kFollow, "up/outside"))) == "not-permitted");
  CHECK(Code(guest.Do(root->CreateDirectoryAt("up/made"))) == "not-permitted");
  CHECK(Code(guest.Do(root->RenameAt("f", root, "up/f"))) == "not-permitted");
  CHECK(Code(guest.Do(root->LinkAt(kNone, "f", root, "../f"))) == "not-permitted");
  CHECK(Code(guest.Do(root->UnlinkFileAt("up/outside"))) == "not-permitted");
  CHECK(Code(guest.Do(root->ReadlinkAt("up/../up"))) == "not-permitted");
  CHECK(Code(guest.Do(root->MetadataHashAt(kFollow, "up"))) == "not-permitted");
  CHECK(Code(guest.Do(root->SetTimesAt(kFollow, "../outside", types::NewTimestamp::Now{},
                                       types::NewTimestamp::Now{}))) == "not-permitted");
  CHECK(Code(guest.Do(root->StatAt(kFollow, "loop"))) == "loop");
  CHECK(Code(guest.Do(root->CreateDirectoryAt(std::string(300, 'n')))) == "name-too-long");
  CHECK(guest.Do(root->StatAt(kFollow, ".")).value().type == types::DescriptorType::kDirectory);
  CHECK(Code(guest.Do(root->RemoveDirectoryAt("."))) == "invalid");
}

TEST_CASE("a pipe in a directory makes its reader wait, not the thread (FS-09)") {
  Guest guest;
  REQUIRE(::mkfifo((guest.temp / "fifo").c_str(), 0600) == 0);
  auto fifo = guest.MustOpen("fifo", {}, kRead | kWrite);
  auto in = std::move(fifo->ReadViaStream(0).value().value());
  auto out = std::move(fifo->WriteViaStream(0).value().value());
  CHECK(in->Read(5).value().value().empty());
  CHECK_FALSE(in->Subscribe().value()->Ready().value());
  auto call = in->BlockingRead(5);
  REQUIRE_FALSE(call.ready());
  CHECK(guest.Do(out->BlockingWriteAndFlush(AsBytes("abc"))).ok());
  CHECK(AsText(guest.Do(std::move(call)).value()) == "abc");
}

}  // namespace
}  // namespace cvm::wasi
