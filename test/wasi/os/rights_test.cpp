// Rows FS-05 to FS-08: rights attach to a descriptor when it is made, are checked by every operation and only shrink.
#include <functional>

#include "test/wasi/os/temp_dir.hpp"
#include "wasi/os/path.hpp"

namespace cvm::wasi {
namespace {

namespace fs = std::filesystem;

struct Tree {
  Tree() {
    fs::create_directory(temp / "d");
    fs::create_directory(temp / "empty");
    WriteHostFile(temp / "f", "text");
    WriteHostFile(temp / "d/g", "text");
    fs::create_symlink("f", temp / "l");
  }
  TempDir temp;
};

std::string OpenWith(const Dir& dir, std::string_view path, const std::function<void(OpenOptions&)>& set) {
  OpenOptions options;
  set(options);
  return Outcome(dir.OpenAt(path, options));
}

Rights FromBits(int bits) { return {(bits & 1) != 0, (bits & 2) != 0, (bits & 4) != 0}; }

}  // namespace

TEST_CASE("FS-05 truncation, sizes and appending need the right to write") {
  Tree tree;
  auto root = OpenDir(tree.temp.path(), CVM_BOTH_RESOLVERS, Rights::ReadOnly());
  CHECK(OpenWith(*root, "f", [](auto& o) { o.truncate = true; }) == "read-only");
  CHECK(OpenWith(*root, "f", [](auto& o) { o.truncate = o.access.read = true; }) == "read-only");
  CHECK(OpenWith(*root, "f", [](auto& o) { o.access.write = true; }) == "read-only");
  CHECK(OpenWith(*root, "f", [](auto& o) { o.create = true; }) == "read-only");
  CHECK(OpenWith(*root, "f", [](auto& o) { o.create = o.exclusive = true; }) == "read-only");
  CHECK(OpenWith(*root, "new", [](auto& o) { o.create = true; }) == "read-only");
  CHECK(OpenWith(*root, "d", [](auto& o) { o.access.mutate_directory = true; }) == "read-only");
  CHECK(OpenWith(*root, "f", [](auto& o) { o.access.read = true; }) == "ok");
  auto file = *root->OpenAt("f", Reading());
  CHECK(file->AsFile()->SetSize(0).Is(FsError::kBadDescriptor));
  CHECK(file->AsFile()->Append(Bytes("x")).Is(FsError::kBadDescriptor));
  CHECK(file->AsFile()->Allocate(0, 10).Is(FsError::kBadDescriptor));
  CHECK(file->SetTimes(NewTimestamp::Now(), NewTimestamp::Now()).Is(FsError::kReadOnly));
  FileFlags append;
  append.append = true;
  CHECK(file->AsFile()->SetFlags(append).ok());
  CHECK(file->AsFile()->WriteAt(Bytes("x"), 0).Is(FsError::kBadDescriptor));
  CHECK(ReadHostFile(tree.temp / "f") == "text");
}

TEST_CASE("FS-06 links and renames between directories of different rights") {
  for (int from_bits = 0; from_bits < 8; ++from_bits) {
    for (int to_bits = 0; to_bits < 8; ++to_bits) {
      for (const bool link : {false, true}) {
        Tree tree;
        const Rights from_rights = FromBits(from_bits);
        const Rights to_rights = FromBits(to_bits);
        auto from = OpenDir(tree.temp.path(), ResolveMode::kAuto, from_rights);
        auto to = OpenDir(tree.temp / "empty", ResolveMode::kAuto, to_rights);
        const auto result = link ? from->LinkAt(false, "f", *to, "new") : from->RenameAt("f", *to, "new");
        // Both must be mutable; and what is moved may not be more than it was.
        const std::string expected = !from_rights.mutate || !to_rights.mutate ? "read-only"
                                     : !from_rights.Contains(to_rights)       ? "not-permitted"
                                                                              : "ok";
        INFO("from " << from_bits << " to " << to_bits);
        CHECK(Outcome(result) == expected);
        CHECK(fs::exists(tree.temp / "empty/new") == (expected == "ok"));
        CHECK(fs::exists(tree.temp / "f") == (link || expected != "ok"));
      }
    }
  }
}

TEST_CASE("FS-07 every operation against every missing right") {
  struct Row {
    const char* name;
    Rights needed;
    std::function<std::string(const Dir&)> run;
  };
  constexpr Rights kRead{true, false, false};
  constexpr Rights kWrite{false, true, false};
  constexpr Rights kMutate{false, false, true};
  constexpr Rights kTimes{false, true, true};
  constexpr Rights kCreate{true, true, true};
  const Row rows[] = {
      {"open", kRead, [](const Dir& d) { return OpenWith(d, "f", [](auto& o) { o.access.read = true; }); }},
      {"open dir", kRead, [](const Dir& d) { return OpenWith(d, "d", [](auto&) {}); }},
      {"open write", kWrite, [](const Dir& d) { return OpenWith(d, "f", [](auto& o) { o.access.write = true; }); }},
      {"open mutate", Rights{true, false, true},
       [](const Dir& d) { return OpenWith(d, "d", [](auto& o) { o.access.mutate_directory = true; }); }},
      {"truncate", Rights{true, true, false},
       [](const Dir& d) { return OpenWith(d, "f", [](auto& o) { o.truncate = true; }); }},
      {"create", kCreate,
       [](const Dir& d) { return OpenWith(d, "n", [](auto& o) { o.create = o.access.read = true; }); }},
      {"list", kRead, [](const Dir& d) { return Outcome(d.Read()); }},
      {"stat", kRead, [](const Dir& d) { return Outcome(d.StatAt("f", true)); }},
      {"hash", kRead, [](const Dir& d) { return Outcome(d.HashMetadataAt("f", true)); }},
      {"readlink", kRead, [](const Dir& d) { return Outcome(d.ReadLinkAt("l")); }},
      {"set times", kTimes,
       [](const Dir& d) { return Outcome(d.SetTimesAt("f", true, NewTimestamp::Now(), NewTimestamp::Now())); }},
      {"set own times", kMutate,
       [](const Dir& d) { return Outcome(d.SetTimes(NewTimestamp::Now(), NewTimestamp::Now())); }},
      {"mkdir", kMutate, [](const Dir& d) { return Outcome(d.CreateDirectoryAt("n")); }},
      {"rmdir", kMutate, [](const Dir& d) { return Outcome(d.RemoveDirectoryAt("empty")); }},
      {"unlink", kMutate, [](const Dir& d) { return Outcome(d.UnlinkFileAt("f")); }},
      {"symlink", kMutate, [](const Dir& d) { return Outcome(d.SymlinkAt("x", "n")); }},
      {"link", kMutate, [](const Dir& d) { return Outcome(d.LinkAt(false, "f", d, "n")); }},
      {"rename", kMutate, [](const Dir& d) { return Outcome(d.RenameAt("f", d, "n")); }},
      // What every descriptor may.
      {"stat self", Rights{false, false, false}, [](const Dir& d) { return Outcome(d.Stat()); }},
      {"sync", Rights{false, false, false}, [](const Dir& d) { return Outcome(d.Sync()); }},
  };
  for (const Row& row : rows) {
    for (int bits = 0; bits < 8; ++bits) {
      Tree tree;
      const Rights rights = FromBits(bits);
      auto root = OpenDir(tree.temp.path(), ResolveMode::kAuto, rights);
      const std::string outcome = row.run(*root);
      INFO(row.name << " with rights " << bits);
      if (rights.Contains(row.needed)) {
        CHECK(outcome == "ok");
      } else {
        CHECK((outcome == "read-only" || outcome == "not-permitted"));
        CHECK(ReadHostFile(tree.temp / "f") == "text");
        CHECK(!fs::exists(fs::symlink_status(tree.temp / "n")));
        CHECK(fs::exists(tree.temp / "empty"));
      }
    }
  }
}

TEST_CASE("FS-07 rights only shrink on the way down") {
  Tree tree;
  auto root = OpenDir(tree.temp.path(), CVM_BOTH_RESOLVERS);
  OpenOptions options = Reading();
  options.rights = Rights::ReadOnly();
  auto child = *root->OpenAt("d", options);
  CHECK(child->rights() == Rights::ReadOnly());
  CHECK(child->AsDir()->UnlinkFileAt("g").Is(FsError::kReadOnly));
  CHECK(child->AsDir()->OpenAt("g", Creating()).Is(FsError::kReadOnly));
  // Asking for more than the parent has gets what the parent has.
  options.rights = Rights::All();
  auto again = *child->AsDir()->OpenAt(".", options);
  CHECK(again->rights() == Rights::ReadOnly());
  CHECK(again->AsDir()->CreateDirectoryAt("n").Is(FsError::kReadOnly));
  // Without a wish of its own a child has its parent's rights.
  CHECK((*root->OpenAt("d", Reading()))->rights() == Rights::All());
  CHECK(!(*root->OpenAt("d", Reading()))->access().mutate_directory);
}

TEST_CASE("FS-08 names that mean something else on Windows") {
  for (const char* name :
       {"CON", "con", "Nul",  "aux.txt", "COM1", "com9.log", "LPT3", "COM\u00b9", "lpt\u00b3.x", "CONIN$",   "conout$",
        "a:b", "C:",  "a\\b", "x.",      "x ",   "nul .txt", "a?",   "a*",        "\x01",        "\\\\?\\C:"}) {
    INFO(name);
    CHECK(!IsPortableName(name));
  }
  for (const char* name :
       {"a", "console", "com", "com10", "COMA", "nulls", ".", "..", ".hidden", "a.b.c", "\u00e4", "lpt"}) {
    INFO(name);
    CHECK(IsPortableName(name));
  }
  TempDir temp;
  FsOptions options;
  options.resolve = CVM_BOTH_RESOLVERS;
  options.portable_names = true;
  auto root = *OpenHostDirectory(temp.path().string(), Rights::All(), options);
  for (const char* path : {"CON", "d/nul.txt", "C:/x", "..\\x", "\\\\?\\C:\\x", "COM\u00b2", "x./y"}) {
    INFO(path);
    CHECK(root->OpenAt(path, Creating()).Is(FsError::kNotPermitted));
    CHECK(root->CreateDirectoryAt(path).Is(FsError::kNotPermitted));
    CHECK(root->SymlinkAt(path, "link").Is(FsError::kNotPermitted));
  }
  CHECK(root->CreateDirectoryAt("plain").ok());
}

TEST_CASE("SplitLast") {
  struct Row {
    const char *path, *parent, *name;
    bool slash;
  };
  for (const Row& row : {Row{"a", "", "a", false}, Row{"a/", "", "a", true}, Row{"a/b", "a", "b", false},
                         Row{"a//b///", "a", "b", true}, Row{"a/b/..", "a/b", "..", false}, Row{".", "", ".", false},
                         Row{"./x", ".", "x", false}, Row{"ab//cd", "ab", "cd", false}}) {
    const SplitPath split = SplitLast(row.path);
    INFO(row.path);
    CHECK(split.parent == row.parent);
    CHECK(split.name == row.name);
    CHECK(split.trailing_slash == row.slash);
  }
}

}  // namespace cvm::wasi
