// The resolver on a kernel without openat2, made by a seccomp filter in a child process (rows FS-04 and the fault table
// of the security goals: "openat2 ENOSYS").
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include <cerrno>
#include <functional>

#include "test/wasi/os/temp_dir.hpp"
#include "wasi/os/resolver.hpp"

namespace cvm::wasi {
namespace {

// From here on openat2 fails with `error` in this process.
bool ForbidOpenat2(int error) {
  sock_filter filter[] = {
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr)),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_openat2, 0, 1),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | static_cast<unsigned>(error)),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
  };
  sock_fprog program{sizeof(filter) / sizeof(filter[0]), filter};
  return ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
         ::prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program, 0, 0) == 0;
}

constexpr int kNoSeccomp = 77;

// Exit code of a child that runs `check` without openat2: 0 if it held.
int InChild(int error, const std::function<bool()>& check) {
  const pid_t child = ::fork();
  if (child == 0) ::_exit(!ForbidOpenat2(error) ? kNoSeccomp : check() ? 0 : 1);
  int status = 0;
  ::waitpid(child, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : 99;
}

}  // namespace

TEST_CASE("FS-04 without openat2 the walk takes over by itself and holds") {
  TempDir temp;
  std::filesystem::create_directory(temp / "root");
  std::filesystem::create_directory(temp / "root/d");
  WriteHostFile(temp / "root/d/f", "inside");
  WriteHostFile(temp / "canary", "canary");
  std::filesystem::create_symlink("../canary", temp / "root/out");
  std::filesystem::create_symlink("d", temp / "root/in");
  for (const int error : {ENOSYS, EPERM}) {
    const int code = InChild(error, [&] {
      auto root = OpenHostDirectory((temp / "root").string(), Rights::All());
      return root.ok() && (*root)->OpenAt("in/../in/f", Reading()).ok() &&
             (*root)->OpenAt("out", Reading()).Is(FsError::kNotPermitted) &&
             (*root)->OpenAt("../canary", Reading()).Is(FsError::kNotPermitted) &&
             (*root)->OpenAt("none", Reading()).Is(FsError::kNoEntry) && (*root)->CreateDirectoryAt("in/new").ok() &&
             (*root)->RemoveDirectoryAt("d/new").ok();
    });
    INFO("errno " << error);
    CHECK((code == 0 || code == kNoSeccomp));
  }
}

TEST_CASE("A resolver that must use openat2 says so when there is none, one that may walk learns it") {
  TempDir temp;
  WriteHostFile(temp / "f", "x");
  const int code = InChild(ENOSYS, [&] {
    const int base = ::open(temp.path().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    Resolver strict(ResolveMode::kOpenat2);
    Resolver lenient(ResolveMode::kAuto);
    return strict.Open(base, "f", O_RDONLY).Is(FsError::kUnsupported) && !strict.walking() && !lenient.walking() &&
           lenient.Open(base, "f", O_RDONLY).ok() && lenient.walking();
  });
  CHECK((code == 0 || code == kNoSeccomp));
}

}  // namespace cvm::wasi
