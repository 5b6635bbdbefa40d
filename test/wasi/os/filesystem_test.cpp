// What each operation of the file system seam does when it may; the limits are in sandbox_test.cpp and rights_test.cpp.
#include <fcntl.h>
#include <sys/wait.h>

#include <algorithm>
#include <set>

#include "test/wasi/os/temp_dir.hpp"

namespace cvm::wasi {
namespace {

namespace fs = std::filesystem;

std::shared_ptr<Descriptor> MustOpen(const Dir& dir, std::string_view path, const OpenOptions& options) {
  auto opened = dir.OpenAt(path, options);
  INFO(path << ": " << Outcome(opened));
  REQUIRE(opened.ok());
  return *opened;
}

std::string FlagsOf(const Descriptor& descriptor) {
  std::string text;
  if (descriptor.access().read) text += 'r';
  if (descriptor.access().write) text += 'w';
  if (descriptor.access().mutate_directory) text += 'm';
  return text;
}

std::vector<std::string> NamesOf(const Dir& dir) {
  std::vector<std::string> names;
  auto stream = dir.Read();
  REQUIRE(stream.ok());
  while (true) {
    auto entry = stream->Next();
    REQUIRE(entry.ok());
    if (!entry->has_value()) break;
    names.push_back((*entry)->name);
  }
  std::sort(names.begin(), names.end());
  return names;
}

}  // namespace

TEST_CASE("Reading and writing at offsets") {
  TempDir temp;
  auto root = OpenDir(temp.path(), CVM_BOTH_RESOLVERS);
  auto opened = MustOpen(*root, "f", Creating());
  File& file = *opened->AsFile();
  CHECK(*file.WriteAt(Bytes("hello"), 0) == 5);
  CHECK(*file.WriteAt(Bytes("!"), 8) == 1);
  CHECK(ReadAll(file) == std::string("hello\0\0\0!", 9));
  CHECK(ReadAll(file, 3) == std::string("lo\0\0\0!", 6));
  CHECK(ReadAll(file, 100).empty());
  std::array<uint8_t, 4> buffer;
  CHECK(*file.ReadAt(std::span<uint8_t>(), 0) == 0);
  CHECK(*file.ReadAt(buffer, INT64_MAX) == 0);
  CHECK(file.ReadAt(buffer, UINT64_MAX).Is(FsError::kInvalid));
  CHECK(file.WriteAt(Bytes("x"), UINT64_MAX).Is(FsError::kFileTooLarge));
  CHECK(file.WriteAt(Bytes("x"), INT64_MAX).Is(FsError::kFileTooLarge));
  CHECK(*file.Append(Bytes("end")) == 3);
  CHECK(ReadAll(file, 8) == "!end");
  FileFlags append;
  append.append = true;
  CHECK(file.SetFlags(append).ok());
  CHECK(*file.WriteAt(Bytes("J"), 0) == 1);
  CHECK(ReadHostFile(temp / "f").starts_with("Jello"));
  CHECK(file.Sync().ok());
  CHECK(file.SyncData().ok());
}

TEST_CASE("Sizes, allocation and advice") {
  TempDir temp;
  auto root = OpenDir(temp.path(), ResolveMode::kAuto);
  auto opened = MustOpen(*root, "f", Creating());
  File& file = *opened->AsFile();
  CHECK(file.SetSize(42).ok());
  CHECK(file.Stat()->size == 42);
  CHECK(file.SetSize(UINT64_MAX).Is(FsError::kFileTooLarge));
  CHECK(file.SetSize(uint64_t{1} << 63).Is(FsError::kFileTooLarge));
  CHECK(file.SetSize(0).ok());
  if (file.Allocate(0, 100).ok()) {
    CHECK(file.Stat()->size == 100);
    CHECK(file.Allocate(10, 10).ok());
    CHECK(file.Stat()->size == 100);
    CHECK(file.Allocate(90, 20).ok());
    CHECK(file.Stat()->size == 110);
  }
  CHECK(file.Allocate(0, 0).Is(FsError::kInvalid));
  CHECK(file.Allocate(1, UINT64_MAX).Is(FsError::kFileTooLarge));
  CHECK(file.Allocate(INT64_MAX, 1).Is(FsError::kFileTooLarge));
  for (int advice = 0; advice < 6; ++advice) {
    for (const uint64_t offset : {uint64_t{0}, uint64_t{110}, uint64_t{INT64_MAX}}) {
      for (const uint64_t length : {uint64_t{0}, uint64_t{50}, uint64_t{INT64_MAX}}) {
        CHECK(file.Advise(offset, length, static_cast<Advice>(advice)).ok());
      }
    }
  }
  CHECK(file.Advise(UINT64_MAX, 0, Advice::kNormal).Is(FsError::kInvalid));
  CHECK(file.Stat()->size == 110);
}

TEST_CASE("The access flags that a descriptor reports") {
  TempDir temp;
  fs::create_directory(temp / "d");
  WriteHostFile(temp / "a", "a");
  auto root = OpenDir(temp.path(), CVM_BOTH_RESOLVERS);
  CHECK(FlagsOf(*root) == "rm");
  OpenOptions options;
  CHECK(FlagsOf(*MustOpen(*root, "a", options)) == "r");
  CHECK(FlagsOf(*MustOpen(*root, "d", options)) == "r");
  options.exclusive = true;  // means nothing without create
  CHECK(FlagsOf(*MustOpen(*root, "a", options)) == "r");
  options = {};
  options.access.write = true;
  CHECK(FlagsOf(*MustOpen(*root, "a", options)) == "w");
  CHECK(root->OpenAt("d", options).Is(FsError::kIsDirectory));
  options.access = {false, false, true};
  CHECK(FlagsOf(*MustOpen(*root, "d", options)) == "rm");
  options = {};
  options.create = true;  // implies write
  CHECK(FlagsOf(*MustOpen(*root, "c1", options)) == "rw");
  options.access.read = true;
  CHECK(FlagsOf(*MustOpen(*root, "c2", options)) == "rw");
  options.access = {false, true, false};
  CHECK(FlagsOf(*MustOpen(*root, "c3", options)) == "w");
  options.exclusive = true;
  CHECK(root->OpenAt("c3", options).Is(FsError::kExist));
  options = {};
  options.truncate = true;
  CHECK(FlagsOf(*MustOpen(*root, "a", options)) == "r");
  CHECK(ReadHostFile(temp / "a").empty());
  options.directory = true;
  CHECK(root->OpenAt("d", options).Is(FsError::kInvalid));
  options = {};
  options.directory = true;
  CHECK(MustOpen(*root, "d", options)->AsDir() != nullptr);
  CHECK(root->OpenAt("a", options).Is(FsError::kNotDirectory));
  options.create = true;
  CHECK(root->OpenAt("new", options).Is(FsError::kInvalid));
}

TEST_CASE("A descriptor does only what it was opened for") {
  TempDir temp;
  WriteHostFile(temp / "f", "text");
  auto root = OpenDir(temp.path(), ResolveMode::kAuto);
  std::array<uint8_t, 4> buffer;
  auto reader = MustOpen(*root, "f", Reading());
  CHECK(reader->AsFile()->WriteAt(Bytes("x"), 0).Is(FsError::kBadDescriptor));
  CHECK(reader->AsFile()->Append(Bytes("x")).Is(FsError::kBadDescriptor));
  CHECK(reader->AsFile()->SetSize(1).Is(FsError::kBadDescriptor));
  CHECK(reader->AsFile()->Allocate(0, 1).Is(FsError::kBadDescriptor));
  CHECK(reader->Sync().ok());
  OpenOptions options;
  options.access.write = true;
  auto writer = MustOpen(*root, "f", options);
  CHECK(writer->AsFile()->ReadAt(buffer, 0).Is(FsError::kBadDescriptor));
  CHECK(ReadHostFile(temp / "f") == "text");
}

TEST_CASE("File flags: asked for, reported, changed") {
  TempDir temp;
  auto root = OpenDir(temp.path(), ResolveMode::kAuto);
  OpenOptions options = Creating();
  options.flags.append = options.flags.file_sync = options.flags.nonblock = true;
  auto file = MustOpen(*root, "f", options);
  CHECK(file->flags() == options.flags);
  FileFlags flags = options.flags;
  flags.append = flags.nonblock = false;
  CHECK(file->AsFile()->SetFlags(flags).ok());
  CHECK(file->flags() == flags);
  flags.file_sync = false;
  CHECK(file->AsFile()->SetFlags(flags).Is(FsError::kUnsupported));
  for (const FileFlags& one : {FileFlags{.data_sync = true}, FileFlags{.read_sync = true}}) {
    options.flags = one;
    auto again = MustOpen(*root, "f", options);
    CHECK(again->flags() == one);
    CHECK(*again->AsFile()->WriteAt(Bytes("x"), 0) == 1);
  }
  options.flags = {.nonblock = true};
  CHECK(root->OpenAt(".", OpenOptions{.flags = {.nonblock = true}}).ok());
}

TEST_CASE("Attributes: stat, types, links") {
  TempDir temp;
  fs::create_directory(temp / "d");
  WriteHostFile(temp / "f", "12345");
  fs::create_hard_link(temp / "f", temp / "g");
  fs::create_symlink("f", temp / "l");
  ::mkfifo((temp / "p").c_str(), 0600);
  auto root = OpenDir(temp.path(), CVM_BOTH_RESOLVERS);
  CHECK(root->StatAt("f", true)->type == FileType::kRegularFile);
  CHECK(root->StatAt("f", true)->size == 5);
  CHECK(root->StatAt("f", true)->link_count == 2);
  CHECK(root->StatAt("d", true)->type == FileType::kDirectory);
  CHECK(root->StatAt("l", true)->type == FileType::kRegularFile);
  CHECK(root->StatAt("l", false)->type == FileType::kSymbolicLink);
  CHECK(root->StatAt("l", false)->size == 1);
  CHECK(root->StatAt("p", true)->type == FileType::kFifo);
  CHECK(*root->StatAt(".", true) == *root->Stat());
  CHECK(*root->StatAt("f", true) == *root->StatAt("g", true));
  CHECK(*root->ReadLinkAt("l") == "f");
  CHECK(root->type() == FileType::kDirectory);

  auto f = MustOpen(*root, "f", Reading());
  auto g = MustOpen(*root, "g", Reading());
  auto d = MustOpen(*root, "d", Reading());
  CHECK(*f->IsSameObject(*g));
  CHECK(!*f->IsSameObject(*d));
}

TEST_CASE("Metadata hashes change with the object, its content and the key") {
  TempDir temp;
  WriteHostFile(temp / "f", "1");
  WriteHostFile(temp / "g", "1");
  fs::create_symlink("f", temp / "l");
  auto root = OpenDir(temp.path(), CVM_BOTH_RESOLVERS);
  const auto hash = [&](std::string_view path, bool follow = true) {
    auto value = root->HashMetadataAt(path, follow);
    REQUIRE(value.ok());
    return *value;
  };
  const MetadataHash before = hash("f");
  CHECK(before == hash("f"));
  CHECK(before == hash("l"));
  CHECK(!(before == hash("l", false)));
  CHECK(!(before == hash("g")));
  CHECK(*MustOpen(*root, "f", Reading())->HashMetadata() == before);
  FsOptions other;
  other.hash_key.fill(7);
  CHECK(!(*(*OpenHostDirectory(temp.path().string(), Rights::All(), other))->HashMetadataAt("f", true) == before));
  REQUIRE(root->SetTimesAt("f", true, NewTimestamp::NoChange(), NewTimestamp::At({5, 5})).ok());
  CHECK(!(before == hash("f")));
  CHECK(root->HashMetadataAt("none", true).Is(FsError::kNoEntry));
}

TEST_CASE("Setting times: now, no change, a time; through links and on links") {
  TempDir temp;
  fs::create_directory(temp / "d");
  WriteHostFile(temp / "f", "1");
  fs::create_symlink("f", temp / "l");
  auto root = OpenDir(temp.path(), CVM_BOTH_RESOLVERS);
  const WallTime one{1, 1};
  const WallTime two{2'000'000'000, 999'999'999};
  CHECK(root->SetTimesAt("f", true, NewTimestamp::At(one), NewTimestamp::At(two)).ok());
  CHECK(root->StatAt("f", true)->access == one);
  CHECK(root->StatAt("f", true)->modification == two);
  CHECK(root->SetTimesAt("f", true, NewTimestamp::NoChange(), NewTimestamp::NoChange()).ok());
  CHECK(root->StatAt("f", true)->modification == two);
  CHECK(root->SetTimesAt("f", true, NewTimestamp::NoChange(), NewTimestamp::Now()).ok());
  CHECK(root->StatAt("f", true)->access == one);
  CHECK(root->StatAt("f", true)->modification.seconds > 1'600'000'000);
  CHECK(root->StatAt("f", true)->modification != two);

  CHECK(root->SetTimesAt("l", false, NewTimestamp::NoChange(), NewTimestamp::At(one)).ok());
  CHECK(root->StatAt("l", false)->modification == one);
  CHECK(root->StatAt("f", true)->modification != one);
  CHECK(root->SetTimesAt("l", true, NewTimestamp::NoChange(), NewTimestamp::At(two)).ok());
  CHECK(root->StatAt("f", true)->modification == two);
  CHECK(root->StatAt("l", false)->modification == one);
  CHECK(root->SetTimesAt("d/", true, NewTimestamp::At(one), NewTimestamp::At(one)).ok());
  CHECK(root->StatAt("d", true)->modification == one);
  CHECK(root->SetTimesAt(".", false, NewTimestamp::At(one), NewTimestamp::At(one)).ok());

  auto reader = MustOpen(*root, "f", Reading());
  CHECK(reader->SetTimes(NewTimestamp::At(two), NewTimestamp::NoChange()).ok());
  CHECK(reader->Stat()->access == two);
  CHECK(root->SetTimes(NewTimestamp::At(two), NewTimestamp::At(two)).ok());
  CHECK(root->Stat()->modification == two);
  CHECK(root->SetTimesAt("none", true, NewTimestamp::Now(), NewTimestamp::Now()).Is(FsError::kNoEntry));
}

TEST_CASE("FS-11 conversions of time at the edges") {
  CHECK(WallTime::FromUnsigned(0, 0).ok());
  CHECK(WallTime::FromUnsigned(INT64_MAX, 999'999'999).ok());
  CHECK(WallTime::FromUnsigned(uint64_t{1} << 63, 0).Is(FsError::kOverflow));
  CHECK(WallTime::FromUnsigned(UINT64_MAX, 999'999'999).Is(FsError::kOverflow));
  CHECK(WallTime::FromUnsigned(UINT64_MAX, 1'000'000'000).Is(FsError::kInvalid));
  CHECK(WallTime::FromUnsigned(0, UINT32_MAX).Is(FsError::kInvalid));
  CHECK((WallTime{-1, 0}).UnsignedSeconds().Is(FsError::kOverflow));
  CHECK((WallTime{INT64_MIN, 0}).ToNanoseconds().Is(FsError::kOverflow));
  CHECK((WallTime{-1, 999'999'999}).ToNanoseconds().Is(FsError::kOverflow));
  CHECK(*(WallTime{18'446'744'073, 709'551'615}).ToNanoseconds() == UINT64_MAX);
  CHECK((WallTime{18'446'744'073, 709'551'616}).ToNanoseconds().Is(FsError::kOverflow));
  CHECK((WallTime{INT64_MAX, 0}).ToNanoseconds().Is(FsError::kOverflow));
  CHECK(WallTime::FromNanoseconds(UINT64_MAX) == WallTime{18'446'744'073, 709'551'615});
  CHECK(*WallTime::FromNanoseconds(12'345'678'901).ToNanoseconds() == 12'345'678'901);

  TempDir temp;
  WriteHostFile(temp / "f", "1");
  auto root = OpenDir(temp.path(), CVM_BOTH_RESOLVERS);
  for (const int64_t seconds : {int64_t{0}, int64_t{-1}, int64_t{INT64_MAX}, int64_t{INT64_MIN}}) {
    for (const uint32_t nanos : {0u, 999'999'999u}) {
      const auto time = NewTimestamp::At({seconds, nanos});
      // The file system may clamp what it cannot hold; it may also refuse. Nothing else may happen.
      (void)root->SetTimesAt("f", true, time, time);
      auto status = root->StatAt("f", true);
      REQUIRE(status.ok());
      CHECK(status->modification.nanoseconds < 1'000'000'000);
    }
  }
  REQUIRE(root->SetTimesAt("f", true, NewTimestamp::At({-1, 5}), NewTimestamp::At({-1, 5})).ok());
  CHECK(root->StatAt("f", true)->modification == WallTime{-1, 5});
}

TEST_CASE("Directories: create, remove, list") {
  TempDir temp;
  auto root = OpenDir(temp.path(), CVM_BOTH_RESOLVERS);
  CHECK(root->CreateDirectoryAt("a").ok());
  CHECK(root->CreateDirectoryAt("a/b").ok());
  CHECK(root->CreateDirectoryAt("a").Is(FsError::kExist));
  CHECK(root->RemoveDirectoryAt("a").Is(FsError::kNotEmpty));
  WriteHostFile(temp / "a/f", "");
  fs::create_symlink("f", temp / "a/l");
  auto a = MustOpen(*root, "a", Reading());
  CHECK(NamesOf(*a->AsDir()) == std::vector<std::string>{"b", "f", "l"});
  CHECK(root->RemoveDirectoryAt("a/b").ok());
  CHECK(root->UnlinkFileAt("a/f").ok());
  CHECK(root->UnlinkFileAt("a/l").ok());
  CHECK(root->RemoveDirectoryAt("a/").ok());
  CHECK(NamesOf(*root).empty());
  // The open directory is gone from the tree but not from us.
  CHECK(a->Stat()->link_count == 0);
  CHECK(a->AsDir()->CreateDirectoryAt("x").Is(FsError::kNoEntry));
  CHECK(a->AsDir()->OpenAt("x", Creating()).Is(FsError::kNoEntry));
}

TEST_CASE("Listing is stable while entries come and go, and streams do not disturb one another") {
  TempDir temp;
  auto root = OpenDir(temp.path(), ResolveMode::kAuto);
  constexpr int kCount = 2'000;
  for (int i = 0; i < kCount; ++i) WriteHostFile(temp / ("file" + std::to_string(i)), "");
  auto first = root->Read();
  auto second = root->Read();
  REQUIRE((first.ok() && second.ok()));
  std::set<std::string> seen;
  std::set<std::string> removed;
  while (true) {
    auto entry = first->Next();
    REQUIRE(entry.ok());
    if (!entry->has_value()) break;
    const std::string name = (*entry)->name;
    if (name.starts_with("new")) continue;
    CHECK((*entry)->type == FileType::kRegularFile);
    CHECK((*entry)->inode != 0);
    CHECK(seen.insert(name).second);
    if (seen.size() % 2 == 0) {
      REQUIRE(root->UnlinkFileAt(name).ok());
      removed.insert(name);
      WriteHostFile(temp / ("new" + name), "");
    }
  }
  CHECK(seen.size() == kCount);
  CHECK(!first->Next()->has_value());
  std::set<std::string> again;
  for (auto entry = second->Next(); entry.ok() && entry->has_value(); entry = second->Next()) {
    CHECK(again.insert((*entry)->name).second);
  }
  for (const std::string& name : seen) CHECK((removed.count(name) == 1 || again.count(name) == 1));
}

TEST_CASE("Links and renames") {
  TempDir temp;
  auto root = OpenDir(temp.path(), CVM_BOTH_RESOLVERS);
  WriteHostFile(temp / "f", "text");
  CHECK(root->CreateDirectoryAt("d").ok());
  auto d = MustOpen(*root, "d", Reading());
  CHECK(root->LinkAt(false, "f", *d->AsDir(), "g").ok());
  CHECK(ReadHostFile(temp / "d/g") == "text");
  CHECK(root->LinkAt(true, "f", *root, "h").Is(FsError::kInvalid));
  CHECK(root->LinkAt(false, "f", *root, "f").Is(FsError::kExist));
  CHECK(root->LinkAt(false, "none", *root, "h").Is(FsError::kNoEntry));
  CHECK(root->SymlinkAt("f", "s").ok());
  CHECK(root->LinkAt(false, "s", *root, "s2").ok());
  CHECK(fs::is_symlink(temp / "s2"));

  CHECK(root->RenameAt("f", *root, "f").ok());
  CHECK(root->RenameAt("f", *d->AsDir(), "moved").ok());
  CHECK(d->AsDir()->RenameAt("moved", *root, "f").ok());
  CHECK(root->RenameAt("none", *root, "x").Is(FsError::kNoEntry));
  CHECK(root->RenameAt("d", *d->AsDir(), "self").Is(FsError::kInvalid));
  CHECK(root->CreateDirectoryAt("e").ok());
  CHECK(root->RenameAt("e", *root, "d").Is(FsError::kNotEmpty));
  CHECK(root->RenameAt("e", *root, "f").Is(FsError::kNotDirectory));
  CHECK(root->RenameAt("f", *root, "e").Is(FsError::kIsDirectory));
  CHECK(root->RenameAt("e/", *root, "renamed/").ok());
  CHECK(root->RenameAt("renamed", *root, "e/").ok());
  CHECK(fs::is_directory(temp / "e"));
}

TEST_CASE("FS-09 FIFOs do not block, magic links lead nowhere, devices are refused") {
  TempDir temp;
  const auto mode = CVM_BOTH_RESOLVERS;
  auto root = OpenDir(temp.path(), mode);
  REQUIRE(::mkfifo((temp / "pipe").c_str(), 0600) == 0);
  auto reader = MustOpen(*root, "pipe", Reading());
  CHECK(reader->type() == FileType::kFifo);
  std::array<uint8_t, 8> buffer;
  CHECK(*reader->AsFile()->ReadAt(buffer, 0) == 0);  // no writer: the end
  OpenOptions writing;
  writing.access.write = true;
  {
    auto writer = MustOpen(*root, "pipe", writing);
    CHECK(reader->AsFile()->ReadAt(buffer, 0).Is(FsError::kWouldBlock));
    CHECK(*writer->AsFile()->WriteAt(Bytes("hi"), 12345) == 2);
    CHECK(*reader->AsFile()->ReadAt(buffer, 99) == 2);
    CHECK(writer->AsFile()->SetSize(1).Is(FsError::kInvalid));
    reader.reset();
    // No reader any more: an error, and no signal that would end the process.
    CHECK(writer->AsFile()->WriteAt(Bytes("hi"), 0).Is(FsError::kPipe));
  }
  CHECK(root->OpenAt("pipe", writing).Is(FsError::kNoSuchDevice));

  auto proc = OpenDir("/proc", mode, Rights::ReadOnly());
  for (const char* path : {"self/fd/0", "self/root", "self/cwd", "self/exe", "self/root/etc/passwd", "self/cwd/."}) {
    INFO(path);
    CHECK(!proc->OpenAt(path, Reading()).ok());
  }
  CHECK(proc->OpenAt("self/status", Reading()).ok());

  auto dev = OpenDir("/dev", mode);
  CHECK(dev->OpenAt("null", Reading()).Is(FsError::kNotPermitted));
  CHECK(dev->StatAt("null", true)->type == FileType::kCharacterDevice);
  FsOptions devices;
  devices.resolve = mode;
  devices.allow_devices = true;
  auto allowed = *OpenHostDirectory("/dev", Rights::All(), devices);
  CHECK(*MustOpen(*allowed, "zero", Reading())->AsFile()->ReadAt(buffer, 0) == buffer.size());
}

TEST_CASE("FS-10 descriptors are given back") {
  TempDir temp;
  auto root = OpenDir(temp.path(), CVM_BOTH_RESOLVERS);
  REQUIRE(root->CreateDirectoryAt("d").ok());
  WriteHostFile(temp / "d/f", "x");
  fs::create_symlink("d", temp / "l");
  const auto count = [] { return std::distance(fs::directory_iterator("/proc/self/fd"), fs::directory_iterator()); };
  const auto before = count();
  for (int i = 0; i < 20'000; ++i) {
    (void)root->OpenAt("d/f", Reading());
    (void)root->OpenAt("l/f", Reading());
    (void)root->OpenAt("l/../none/x", Reading());
    (void)root->OpenAt("../x", Reading());
    (void)root->StatAt("l/f", true);
    (void)root->UnlinkFileAt("d/none");
    (void)root->LinkAt(false, "d/f", *root, "d/f");
    if (i % 100 == 0) (void)root->Read()->Next();
  }
  CHECK(count() == before);
}

TEST_CASE("FS-12 what a listing and a stat return holds nothing but what the file system says") {
  TempDir temp;
  WriteHostFile(temp / "f", "x");
  auto root = OpenDir(temp.path(), ResolveMode::kAuto);
  // Values are built field by field, so two looks at one object are equal whatever lay in the memory before.
  alignas(FileStat) unsigned char memory[2][sizeof(FileStat)];
  std::fill_n(memory[0], sizeof(FileStat), 0xA5);
  std::fill_n(memory[1], sizeof(FileStat), 0x5A);
  auto* one = new (memory[0]) FileStat(*root->StatAt("f", true));
  auto* two = new (memory[1]) FileStat(*root->StatAt("f", true));
  CHECK(*one == *two);
  auto stream = root->Read();
  auto entry = stream->Next();
  REQUIRE((entry.ok() && entry->has_value()));
  CHECK((*entry)->name == "f");
  CHECK((*entry)->name.size() == 1);
}

TEST_CASE("FS-13 hostile names") {
  TempDir temp;
  auto root = OpenDir(temp.path(), CVM_BOTH_RESOLVERS);
  const auto all = [&](std::string_view path) {
    std::set<std::string> outcomes = {Outcome(root->OpenAt(path, Reading())),
                                      Outcome(root->OpenAt(path, Creating())),
                                      Outcome(root->StatAt(path, true)),
                                      Outcome(root->CreateDirectoryAt(path)),
                                      Outcome(root->UnlinkFileAt(path)),
                                      Outcome(root->RemoveDirectoryAt(path)),
                                      Outcome(root->SymlinkAt("x", path)),
                                      Outcome(root->ReadLinkAt(path)),
                                      Outcome(root->LinkAt(false, path, *root, "n")),
                                      Outcome(root->RenameAt(path, *root, "n"))};
    return outcomes;
  };
  CHECK(all("") == std::set<std::string>{"no-entry"});
  CHECK(all(std::string_view("a\0b", 3)) == std::set<std::string>{"invalid"});
  CHECK(all(std::string_view("\0", 1)) == std::set<std::string>{"invalid"});
  CHECK(all(std::string(4'096, 'a')) == std::set<std::string>{"name-too-long"});
  CHECK(all(std::string(1'000'000, '/').replace(0, 1, "a")) == std::set<std::string>{"name-too-long"});
  CHECK(all(std::string(256, 'a')) == std::set<std::string>{"name-too-long"});
  CHECK(all("a\xff") == std::set<std::string>{"illegal-byte-sequence"});
  CHECK(all("\xc0\xae\xc0\xae/x") == std::set<std::string>{"illegal-byte-sequence"});  // an over-long ".."
  CHECK(root->OpenAt(std::string(255, 'a'), Creating()).ok());

  std::string deep = ".";
  while (deep.size() + 2 <= 4'095) deep += "/.";
  CHECK(root->StatAt(deep, true).ok());

  WriteHostFile(temp / "bad\xffname", "");
  auto stream = root->Read();
  int bad = 0;
  int good = 0;
  while (true) {
    auto entry = stream->Next();
    if (entry.Is(FsError::kIllegalByteSequence)) {
      ++bad;
    } else if (!entry.ok() || !entry->has_value()) {
      break;
    } else {
      ++good;
    }
  }
  CHECK((bad == 1 && good == 1));

  WriteHostFile(temp / "end", "");
  std::string target = "end";
  for (int i = 1; i <= 41; ++i) {
    const std::string name = "link" + std::to_string(i);
    REQUIRE(root->SymlinkAt(target, name).ok());
    target = name;
  }
  CHECK(root->StatAt("link40", true).ok());
  CHECK(root->StatAt("link41", true).Is(FsError::kLoop));
  fs::create_symlink(std::string("\xfe", 1), temp / "bad-link");
  CHECK(root->ReadLinkAt("bad-link").Is(FsError::kIllegalByteSequence));
}

TEST_CASE("Names of the guest's own are kept as they are") {
  TempDir temp;
  auto root = OpenDir(temp.path(), CVM_BOTH_RESOLVERS);
  for (const std::string name : {"...", "-rf", " ", "a\nb", "\u00e4\U0001F600", "a:b", "con", "~", "*", "..a", "a.."}) {
    INFO(name);
    CHECK(root->OpenAt(name, Creating()).ok());
    CHECK(root->StatAt(name, true).ok());
    CHECK(fs::exists(temp / name));
  }
}

TEST_CASE("OpenHostDirectory fails with the error of the system") {
  TempDir temp;
  WriteHostFile(temp / "f", "");
  CHECK(OpenHostDirectory((temp / "none").string(), Rights::All()).Is(FsError::kNoEntry));
  CHECK(OpenHostDirectory((temp / "f").string(), Rights::All()).Is(FsError::kNotDirectory));
}

}  // namespace cvm::wasi
