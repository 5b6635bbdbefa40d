// Rows FS-01 to FS-04 of the security tables: no path leaves its directory, whichever way it is resolved.
#include <atomic>
#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <thread>

#include "test/wasi/os/temp_dir.hpp"
#include "wasi/os/path.hpp"
#include "wasi/os/resolver.hpp"

namespace cvm::wasi {
namespace {

namespace fs = std::filesystem;

// root/         the preopen
//   file  dir/inside  link-in -> dir  link-file -> file  link-out -> ../outside  link-abs -> /etc
//   dangling -> nowhere  loop -> loop  up -> ..
// outside/canary
struct Tree {
  Tree() {
    fs::create_directories(temp / "root/dir");
    fs::create_directories(temp / "outside");
    WriteHostFile(temp / "outside/canary", "canary");
    WriteHostFile(temp / "root/file", "file");
    WriteHostFile(temp / "root/dir/inside", "inside");
    fs::create_symlink("dir", temp / "root/link-in");
    fs::create_symlink("file", temp / "root/link-file");
    fs::create_symlink("../outside", temp / "root/link-out");
    fs::create_symlink("/etc", temp / "root/link-abs");
    fs::create_symlink("nowhere", temp / "root/dangling");
    fs::create_symlink("loop", temp / "root/loop");
    fs::create_symlink("..", temp / "root/up");
  }
  // The outside world as it was made.
  bool OutsideIsUntouched() const {
    std::vector<std::string> names;
    for (const auto& entry : fs::directory_iterator(temp.path())) names.push_back(entry.path().filename().string());
    std::sort(names.begin(), names.end());
    std::vector<std::string> outside;
    for (const auto& entry : fs::directory_iterator(temp / "outside")) {
      outside.push_back(entry.path().filename().string());
    }
    return names == std::vector<std::string>{"outside", "root"} && outside == std::vector<std::string>{"canary"} &&
           ReadHostFile(temp / "outside/canary") == "canary";
  }
  TempDir temp;
};

using Operation = std::function<std::string(const Dir&, std::string_view path)>;

std::string Open(const Dir& dir, std::string_view path, bool follow, bool create) {
  OpenOptions options = create ? Creating() : Reading();
  options.symlink_follow = follow;
  return Outcome(dir.OpenAt(path, options));
}

// All eleven operations with a path, thirteen path arguments, with and without following where there is a choice.
const std::map<std::string, Operation>& Operations() {
  static const std::map<std::string, Operation> kOperations = {
      {"open", [](const Dir& d, std::string_view p) { return Open(d, p, true, false); }},
      {"open nofollow", [](const Dir& d, std::string_view p) { return Open(d, p, false, false); }},
      {"create", [](const Dir& d, std::string_view p) { return Open(d, p, true, true); }},
      {"create nofollow", [](const Dir& d, std::string_view p) { return Open(d, p, false, true); }},
      {"stat", [](const Dir& d, std::string_view p) { return Outcome(d.StatAt(p, true)); }},
      {"lstat", [](const Dir& d, std::string_view p) { return Outcome(d.StatAt(p, false)); }},
      {"hash", [](const Dir& d, std::string_view p) { return Outcome(d.HashMetadataAt(p, true)); }},
      {"set-times",
       [](const Dir& d, std::string_view p) {
         return Outcome(d.SetTimesAt(p, true, NewTimestamp::Now(), NewTimestamp::NoChange()));
       }},
      {"lset-times",
       [](const Dir& d, std::string_view p) {
         return Outcome(d.SetTimesAt(p, false, NewTimestamp::Now(), NewTimestamp::NoChange()));
       }},
      {"readlink", [](const Dir& d, std::string_view p) { return Outcome(d.ReadLinkAt(p)); }},
      {"mkdir", [](const Dir& d, std::string_view p) { return Outcome(d.CreateDirectoryAt(p)); }},
      {"rmdir", [](const Dir& d, std::string_view p) { return Outcome(d.RemoveDirectoryAt(p)); }},
      {"unlink", [](const Dir& d, std::string_view p) { return Outcome(d.UnlinkFileAt(p)); }},
      {"symlink", [](const Dir& d, std::string_view p) { return Outcome(d.SymlinkAt("x", p)); }},
      {"link from", [](const Dir& d, std::string_view p) { return Outcome(d.LinkAt(false, p, d, "new-link")); }},
      {"link to", [](const Dir& d, std::string_view p) { return Outcome(d.LinkAt(false, "file", d, p)); }},
      {"rename from", [](const Dir& d, std::string_view p) { return Outcome(d.RenameAt(p, d, "new-name")); }},
      {"rename to", [](const Dir& d, std::string_view p) { return Outcome(d.RenameAt("file", d, p)); }},
  };
  return kOperations;
}

}  // namespace

TEST_CASE("FS-01 every way out is not-permitted, for every path argument") {
  Tree tree;
  auto root = OpenDir(tree.temp / "root", CVM_BOTH_RESOLVERS);
  for (const auto& [name, operation] : Operations()) {
    for (const char* path : {"..",
                             "../",
                             "../..",
                             "../outside/canary",
                             "/",
                             "/etc/passwd",
                             "///",
                             "dir/../..",
                             "dir/../../outside/canary",
                             "dir/../../outside/new",
                             "link-out/canary",
                             "link-out/",
                             "link-out/.",
                             "link-out/..",
                             "link-out/new",
                             "link-abs/passwd",
                             "link-abs/",
                             "up/",
                             "up/.",
                             "up/outside/canary",
                             "up/root/file",
                             "up/outside/new",
                             "link-in/../../outside/canary",
                             "./../outside",
                             "link-in/../up/outside/canary"}) {
      INFO(name << " " << path);
      CHECK(operation(*root, path) == "not-permitted");
      CHECK(tree.OutsideIsUntouched());
    }
  }
}

TEST_CASE("FS-01 trailing slashes and dots mean what POSIX says") {
  const auto mode = CVM_BOTH_RESOLVERS;
  struct Row {
    const char* path;
    const char* operation;
    const char* expected;
  };
  const Row rows[] = {
      {"file/", "open", "not-directory"},
      {"file///", "open", "not-directory"},
      {"file/.", "open", "not-directory"},
      {"file/..", "open", "not-directory"},
      {"dir/", "open", "ok"},
      {"dir///", "open", "ok"},
      {"dir/.", "open", "ok"},
      {".", "open", "ok"},
      {"./", "open", "ok"},
      {"dir/..", "open", "ok"},
      {"dir/./../dir//inside", "open", "ok"},
      {"link-in/", "open nofollow", "ok"},
      {"link-in", "open nofollow", "loop"},
      {"link-file/", "open", "not-directory"},
      {"loop", "open", "loop"},
      {"loop", "open nofollow", "loop"},
      {"loop/", "open", "loop"},
      {"dangling", "open", "no-entry"},
      {"dangling", "open nofollow", "loop"},
      {"dangling/", "open", "no-entry"},
      {"none/", "open", "no-entry"},
      {"none/..", "open", "no-entry"},
      {"none/", "create", "is-directory"},
      {"file/", "stat", "not-directory"},
      {"link-in/", "lstat", "ok"},
      {"loop", "lstat", "ok"},
      {"dangling", "lstat", "ok"},
      {"dangling", "stat", "no-entry"},
      {"link-in", "readlink", "ok"},
      {"link-in/", "readlink", "invalid"},
      {"file", "readlink", "invalid"},
      {"dir/..", "readlink", "invalid"},
      {"link-abs", "readlink", "not-permitted"},
      {"link-out", "readlink", "ok"},
      {".", "mkdir", "exist"},
      {"dir/", "mkdir", "exist"},
      {"dir/..", "mkdir", "exist"},
      {"new/", "mkdir", "ok"},
      {"new///", "mkdir", "ok"},
      {"none/new", "mkdir", "no-entry"},
      {"file/new", "mkdir", "not-directory"},
      {"dangling", "mkdir", "exist"},
      {".", "rmdir", "invalid"},
      {"dir", "rmdir", "not-empty"},
      {"dir/..", "rmdir", "not-empty"},
      {"file", "rmdir", "not-directory"},
      {"file/", "rmdir", "not-directory"},
      {"link-in/", "rmdir", "not-directory"},
      {"none", "rmdir", "no-entry"},
      {".", "unlink", "is-directory"},
      {"dir", "unlink", "is-directory"},
      {"dir/", "unlink", "is-directory"},
      {"file/", "unlink", "not-directory"},
      {"link-in/", "unlink", "not-directory"},
      {"link-out", "unlink", "ok"},
      {"dangling", "unlink", "ok"},
      {"loop", "unlink", "ok"},
      {"new/", "symlink", "no-entry"},
      {"dir/", "symlink", "exist"},
      {"file", "symlink", "exist"},
      {"dangling", "symlink", "exist"},
      {".", "symlink", "exist"},
      {".", "link from", "not-permitted"},
      {"dir", "link from", "not-permitted"},
      {"link-in/", "link from", "not-permitted"},
      {"file/", "link from", "not-directory"},
      {"dangling", "link from", "ok"},
      {"loop", "link from", "ok"},
      {"new/", "link to", "no-entry"},
      {"file", "link to", "exist"},
      {"dir", "link to", "exist"},
      {"dangling", "link to", "exist"},
      {".", "rename from", "busy"},
      {"dir/..", "rename from", "busy"},
      {"dir/", "rename from", "ok"},
      {"file/", "rename from", "not-directory"},
      {"loop", "rename from", "ok"},
      {"new/", "rename to", "not-directory"},
      {"dir", "rename to", "is-directory"},
      {"dangling", "rename to", "ok"},
      {"", "open", "no-entry"},
      {"", "stat", "no-entry"},
      {"", "mkdir", "no-entry"},
      {"", "rmdir", "no-entry"},
      {"", "unlink", "no-entry"},
      {"", "symlink", "no-entry"},
      {"", "link from", "no-entry"},
      {"", "link to", "no-entry"},
      {"", "rename from", "no-entry"},
      {"", "rename to", "no-entry"},
  };
  for (const Row& row : rows) {
    Tree tree;
    auto root = OpenDir(tree.temp / "root", mode);
    INFO(row.operation << " " << row.path << (mode == ResolveMode::kWalk ? " (walk)" : " (openat2)"));
    CHECK(Operations().at(row.operation)(*root, row.path) == row.expected);
    CHECK(tree.OutsideIsUntouched());
  }
}

TEST_CASE("FS-01 the two resolvers agree on every operation and path") {
  const std::vector<std::string> parts = {"file",     "dir",  "link-in", "link-out", "link-abs",
                                          "dangling", "loop", "up",      "none",     "."};
  const std::vector<std::string> tails = {"", "/", "//", "/.", "/..", "/inside", "/../file", "/inside/", "/./x"};
  // One tree for each resolver, made anew after whatever succeeded: a refusal changes nothing.
  std::unique_ptr<Tree> kernel_tree;
  std::unique_ptr<Tree> walk_tree;
  for (const auto& [name, operation] : Operations()) {
    for (const std::string& part : parts) {
      for (const std::string& tail : tails) {
        if (kernel_tree == nullptr) {
          kernel_tree = std::make_unique<Tree>();
          walk_tree = std::make_unique<Tree>();
        }
        const std::string path = part + tail;
        INFO(name << " " << path);
        const std::string kernel = operation(*OpenDir(kernel_tree->temp / "root", ResolveMode::kOpenat2), path);
        const std::string walk = operation(*OpenDir(walk_tree->temp / "root", ResolveMode::kWalk), path);
        CHECK(kernel == walk);
        CHECK((kernel_tree->OutsideIsUntouched() && walk_tree->OutsideIsUntouched()));
        if (kernel == "ok" || walk == "ok") kernel_tree.reset();
      }
    }
  }
}

TEST_CASE("FS-02 creating through a symbolic link") {
  const auto mode = CVM_BOTH_RESOLVERS;
  Tree tree;
  auto root = OpenDir(tree.temp / "root", mode);
  const auto create = [&](std::string_view path, bool follow) { return Open(*root, path, follow, true); };

  SECTION("links planted by the host") {
    fs::create_symlink("../outside/new", tree.temp / "root/plant");
    fs::create_symlink((tree.temp / "outside/new").string(), tree.temp / "root/plant-abs");
    for (const bool follow : {true, false}) {
      CHECK(create("plant", follow) == (follow ? "not-permitted" : "loop"));
      CHECK(create("plant-abs", follow) == (follow ? "not-permitted" : "loop"));
    }
    CHECK(create("dangling", false) == "loop");
    CHECK(!fs::exists(tree.temp / "root/nowhere"));
    CHECK(create("dangling", true) == "ok");
    CHECK(fs::is_regular_file(tree.temp / "root/nowhere"));
  }
  SECTION("links planted by the guest") {
    CHECK(root->SymlinkAt("/etc/passwd", "abs").Is(FsError::kNotPermitted));
    CHECK(!fs::exists(fs::symlink_status(tree.temp / "root/abs")));
    CHECK(root->SymlinkAt("../outside/new", "rel").ok());
    CHECK(create("rel", true) == "not-permitted");
    CHECK(root->SymlinkAt("dir/new", "good").ok());
    CHECK(create("good", true) == "ok");
    CHECK(fs::is_regular_file(tree.temp / "root/dir/new"));
    CHECK(root->SymlinkAt("", "empty").Is(FsError::kNoEntry));
    CHECK(root->SymlinkAt(std::string_view("a\0b", 3), "nul").Is(FsError::kInvalid));
  }
  SECTION("exclusive creation follows nothing") {
    OpenOptions options = Creating();
    options.exclusive = true;
    CHECK(root->OpenAt("dangling", options).Is(FsError::kExist));
    CHECK(root->OpenAt("file", options).Is(FsError::kExist));
    CHECK(root->OpenAt("link-out", options).Is(FsError::kExist));
  }
  CHECK(tree.OutsideIsUntouched());
}

// FS-03 and FS-04: somebody outside swaps a directory for a link that leads out, and moves directories out and back,
// while the guest works. What must never happen: touching or reading the canary.
TEST_CASE("FS-03 FS-04 renames at the same time do not let a path out") {
  const auto mode = CVM_BOTH_RESOLVERS;
  Tree tree;
  fs::create_directories(tree.temp / "root/a/b");
  fs::create_directories(tree.temp / "parking");
  WriteHostFile(tree.temp / "root/a/b/canary", "harmless");
  WriteHostFile(tree.temp / "canary", "canary");
  fs::create_symlink("../outside", tree.temp / "root/swap-link");
  const std::string base = tree.temp.path().string();

  std::atomic<bool> stop{false};
  std::thread renamer([&] {
    const std::string a = base + "/root/a";
    const std::string link = base + "/root/swap-link";
    const std::string b = base + "/root/a/b";
    const std::string out = base + "/parking/b";
    const std::string hold = base + "/root/hold";
    while (!stop.load(std::memory_order_relaxed)) {
      // a becomes the link and comes back; then a/b is moved out of the tree and comes back.
      ::rename(a.c_str(), hold.c_str());
      ::rename(link.c_str(), a.c_str());
      ::rename(a.c_str(), link.c_str());
      ::rename(hold.c_str(), a.c_str());
      ::rename(b.c_str(), out.c_str());
      ::rename(out.c_str(), b.c_str());
    }
  });

  auto root = OpenDir(tree.temp / "root", mode);
  uint64_t leaks = 0;
  uint64_t successes = 0;
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(2);
  const auto read = [&](std::string_view path) {
    auto opened = root->OpenAt(path, Reading());
    if (!opened.ok()) return;
    ++successes;
    if (File* file = (*opened)->AsFile()) leaks += ReadAll(*file) == "canary";
  };
  for (int i = 0; i < 20'000 && std::chrono::steady_clock::now() < end; ++i) {
    read("a/canary");
    read("a/b/canary");
    read("a/b/../canary");
    read("a/b/../../canary");
    read("a/b/../../../canary");
    (void)root->CreateDirectoryAt("a/new");
    (void)root->RemoveDirectoryAt("a/new");
    (void)Open(*root, "a/b/../../new", true, true);
    (void)root->UnlinkFileAt("a/canary");
    (void)root->UnlinkFileAt("a/b/../../new");
    (void)root->SetTimesAt("a/canary", true, NewTimestamp::At({1, 0}), NewTimestamp::At({1, 0}));
  }
  stop = true;
  renamer.join();
  CHECK(leaks == 0);
  CHECK(successes > 0);
  CHECK(ReadHostFile(tree.temp / "outside/canary") == "canary");
  CHECK(ReadHostFile(tree.temp / "canary") == "canary");
  std::vector<std::string> outside;
  for (const auto& entry : fs::directory_iterator(tree.temp / "outside")) {
    outside.push_back(entry.path().filename().string());
  }
  CHECK(outside == std::vector<std::string>{"canary"});
  CHECK(!fs::exists(tree.temp / "new"));
  struct stat status{};
  REQUIRE(::stat((tree.temp / "outside/canary").c_str(), &status) == 0);
  CHECK(status.st_mtim.tv_sec != 1);
}

TEST_CASE("The walk finds its way back up from deeper than it keeps descriptors") {
  TempDir temp;
  std::string down;
  auto root = OpenDir(temp.path(), ResolveMode::kWalk);
  for (int i = 0; i < 200; ++i) {
    down += "d/";
    REQUIRE(root->CreateDirectoryAt(down).ok());
  }
  WriteHostFile(temp / "d/mark", "here");
  std::string path = down;
  for (int i = 0; i < 199; ++i) path += "../";
  auto opened = root->OpenAt(path + "mark", Reading());
  REQUIRE(opened.ok());
  CHECK(ReadAll(*(*opened)->AsFile()) == "here");
  CHECK(root->StatAt(path + "../../x", true).Is(FsError::kNotPermitted));
  CHECK(root->StatAt(down, true).ok());
}

TEST_CASE("Resolver: auto falls back to the walk only when the kernel has no openat2") {
  TempDir temp;
  WriteHostFile(temp / "file", "x");
  Resolver resolver(ResolveMode::kAuto);
  auto root = OpenDir(temp.path(), ResolveMode::kAuto);
  CHECK(resolver.Open(root->fd(), "file", 0).ok());
  CHECK(resolver.Open(root->fd(), "../x", 0).Is(FsError::kNotPermitted));
  CHECK(Resolver(ResolveMode::kWalk).walking());
}

}  // namespace cvm::wasi
