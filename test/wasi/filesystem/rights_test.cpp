// Security rows FS-05, FS-06, FS-07 and FS-12 as a guest meets them: what a preopen does not allow, no function does.
#include <catch2/catch.hpp>
#include <functional>
#include <map>

#include "test/wasi/filesystem/support.hpp"

namespace cvm::wasi {
namespace {

constexpr DescriptorFlags kRead = DescriptorFlags::kRead;
constexpr DescriptorFlags kWrite = DescriptorFlags::kWrite;

TEST_CASE("flags of preopens say what they allow") {
  Guest guest;
  CHECK(guest.root->GetFlags().value().value() == (kRead | DescriptorFlags::kMutateDirectory));
  CHECK(guest.Preopen(Rights::ReadOnly())->GetFlags().value().value() == kRead);
  CHECK(guest.root->GetType().value().value() == types::DescriptorType::kDirectory);
}

TEST_CASE("nothing changes through a read-only preopen (FS-05, FS-07)") {
  Guest guest(Rights::ReadOnly());
  WriteHostFile(guest.temp / "f", "text");
  std::filesystem::create_directory(guest.temp / "d");
  auto& root = guest.root;
  const types::NewTimestamp now = types::NewTimestamp::Now{};
  const auto open = [&](OpenFlags how, DescriptorFlags flags) { return Code(guest.Open("f", how, flags)); };
  const std::map<std::string, std::function<std::string()>> attempts = {
      {"open to write", [&] { return open({}, kWrite); }},
      {"open to read and write", [&] { return open({}, kRead | kWrite); }},
      {"open to truncate", [&] { return open(OpenFlags::kTruncate, kRead); }},
      {"open to create", [&] { return Code(guest.Open("new", OpenFlags::kCreate, kRead)); }},
      {"mutate", [&] { return Code(guest.Open("d", OpenFlags::kDirectory, DescriptorFlags::kMutateDirectory)); }},
      {"create-directory-at", [&] { return Code(guest.Do(root->CreateDirectoryAt("new"))); }},
      {"remove-directory-at", [&] { return Code(guest.Do(root->RemoveDirectoryAt("d"))); }},
      {"unlink-file-at", [&] { return Code(guest.Do(root->UnlinkFileAt("f"))); }},
      {"rename-at", [&] { return Code(guest.Do(root->RenameAt("f", root, "new"))); }},
      {"link-at", [&] { return Code(guest.Do(root->LinkAt({}, "f", root, "new"))); }},
      {"symlink-at", [&] { return Code(guest.Do(root->SymlinkAt("f", "new"))); }},
      {"set-times-at", [&] { return Code(guest.Do(root->SetTimesAt({}, "f", now, now))); }},
      {"set-times", [&] { return Code(guest.Do(guest.MustOpen("f")->SetTimes(now, now))); }},
      {"set-times of root", [&] { return Code(guest.Do(root->SetTimes(now, now))); }},
      {"set-size", [&] { return Code(guest.Do(guest.MustOpen("f")->SetSize(0))); }},
      {"write", [&] { return Code(guest.Do(guest.MustOpen("f")->Write(AsBytes("x"), 0))); }},
      {"write-via-stream", [&] { return Code(guest.MustOpen("f")->WriteViaStream(0).value()); }},
      {"append-via-stream", [&] { return Code(guest.MustOpen("f")->AppendViaStream().value()); }},
  };
  for (const auto& [name, attempt] : attempts) {
    INFO(name);
    CHECK_FALSE(attempt().empty());
  }
  CHECK(ReadHostFile(guest.temp / "f") == "text");
  size_t entries = 0;
  for ([[maybe_unused]] const auto& entry : std::filesystem::directory_iterator(guest.temp.path())) ++entries;
  CHECK(entries == 2);
  // And what is allowed goes on.
  CHECK(AsText(std::get<0>(guest.Do(guest.MustOpen("f")->Read(9, 0)).value())) == "text");
}

TEST_CASE("links and renames into or out of a read-only preopen (FS-06)") {
  Guest guest;
  guest.MustOpen("f", OpenFlags::kCreate, kWrite);
  auto read_only = guest.Preopen(Rights::ReadOnly());
  auto& root = guest.root;
  CHECK_FALSE(guest.Do(root->LinkAt({}, "f", read_only, "a")).ok());
  CHECK_FALSE(guest.Do(read_only->LinkAt({}, "f", root, "b")).ok());
  CHECK_FALSE(guest.Do(root->RenameAt("f", read_only, "c")).ok());
  CHECK_FALSE(guest.Do(read_only->RenameAt("f", root, "d")).ok());
  CHECK(guest.Do(root->LinkAt({}, "f", root, "e")).ok());
}

TEST_CASE("metadata hashes tell no inode numbers (FS-12)") {
  Guest guest;
  guest.MustOpen("f", OpenFlags::kCreate, kWrite);
  const auto keyed = [&](uint8_t byte) {
    FsOptions options;
    options.hash_key.fill(byte);
    auto dir = OpenHostDirectory(guest.temp.path().string(), Rights::All(), options);
    HostDescriptor descriptor(*guest.reactor, *dir);
    return guest.Do(descriptor.MetadataHashAt({}, "f")).value();
  };
  CHECK(keyed(1) == keyed(1));
  CHECK(keyed(1) != keyed(2));
}

}  // namespace
}  // namespace cvm::wasi
