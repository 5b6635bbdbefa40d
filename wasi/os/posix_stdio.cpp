// Descriptors of the process as streams. "Would it block" is asked of poll(2) before each call rather than set with
// O_NONBLOCK, because the flag belongs to the open file description, which the parent and its other children share.
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <string>

#include "wasi/os/posix_errno.hpp"
#include "wasi/os/posix_pipe.hpp"
#include "wasi/os/stdio.hpp"
#include "wasi/os/terminal_filter.hpp"

namespace cvm::wasi {
namespace {

// A pipe that polls writable has room for at least this much (pipe(7): PIPE_BUF), so such a write cannot block.
constexpr size_t kSureWrite = 4096;

bool IsRegular(int fd) {
  struct stat status{};
  return ::fstat(fd, &status) == 0 && S_ISREG(status.st_mode);
}

bool IsReadyNow(int fd, short events) {
  pollfd entry{fd, events, 0};
  // poll passes over negative descriptors; the call itself says what is wrong with them.
  return fd < 0 || RetryOnEintr([&] { return ::poll(&entry, 1, 0); }) != 0;
}

class FdSource final : public ByteSource {
 public:
  explicit FdSource(int fd) : fd_(fd), regular_(IsRegular(fd)), terminal_(::isatty(fd) == 1) {}

  OsResult<size_t> Read(std::span<uint8_t> out, Blocking blocking) override {
    if (out.empty()) return size_t{0};
    if (!regular_ && blocking == Blocking::kNo && !IsReadyNow(fd_, POLLIN)) return FsError::kWouldBlock;
    while (true) {
      const ssize_t count = RetryOnEintr([&] { return ::read(fd_, out.data(), out.size()); });
      if (count >= 0) return static_cast<size_t>(count);
      // Someone else may have set O_NONBLOCK on the shared description.
      if (errno != EAGAIN || blocking == Blocking::kNo) return LastFsError();
      pollfd entry{fd_, POLLIN, 0};
      RetryOnEintr([&] { return ::poll(&entry, 1, -1); });
    }
  }
  bool IsTerminal() const override { return terminal_; }
  int fd() const override { return regular_ ? -1 : fd_; }

 private:
  int fd_;
  bool regular_;
  bool terminal_;
};

class FdSink final : public ByteSink {
 public:
  FdSink(int fd, bool filter)
      : fd_(fd), regular_(IsRegular(fd)), terminal_(::isatty(fd) == 1), filtering_(filter && terminal_) {}

  ~FdSink() override {
    if (!filtering_) return;
    filter_.Finish(&pending_);
    (void)Flush(Blocking::kNo);
  }

  OsResult<size_t> Write(std::span<const uint8_t> bytes, Blocking blocking) override {
    if (bytes.empty()) return size_t{0};
    if (!filtering_) return WriteRaw(bytes, blocking);
    // Filtered text is longer than its source, so it is queued; a queue that has not left yet takes nothing more.
    if (auto flushed = Flush(blocking); !flushed.ok()) return flushed.error();
    const auto part = bytes.first(blocking == Blocking::kYes ? bytes.size() : std::min(bytes.size(), kSureWrite));
    filter_.Filter(part, &pending_);
    auto flushed = Flush(blocking);
    // The part counts as written: it is queued, and a full terminal is reported by the next call.
    if (!flushed.ok() && flushed.error() != FsError::kWouldBlock) return flushed.error();
    return part.size();
  }

  OsResult<void> Flush(Blocking blocking) override {
    while (!pending_.empty()) {
      auto written = WriteRaw({reinterpret_cast<const uint8_t*>(pending_.data()), pending_.size()}, blocking);
      if (!written.ok()) return written.error();
      pending_.erase(0, *written);
    }
    return {};
  }
  bool IsTerminal() const override { return terminal_; }
  int fd() const override { return regular_ ? -1 : fd_; }

 private:
  OsResult<size_t> WriteRaw(std::span<const uint8_t> bytes, Blocking blocking) {
    if (!regular_ && blocking == Blocking::kNo) {
      if (!IsReadyNow(fd_, POLLOUT)) return FsError::kWouldBlock;
      bytes = bytes.first(std::min(bytes.size(), kSureWrite));
    }
    size_t done = 0;
    while (done < bytes.size()) {
      const auto rest = bytes.subspan(done);
      const ssize_t count = regular_ ? RetryOnEintr([&] { return ::write(fd_, rest.data(), rest.size()); })
                                     : WriteWithoutSigpipe(fd_, rest);
      if (count >= 0) {
        done += static_cast<size_t>(count);
        if (blocking == Blocking::kNo) break;
      } else if (errno == EAGAIN && blocking == Blocking::kYes) {
        pollfd entry{fd_, POLLOUT, 0};
        RetryOnEintr([&] { return ::poll(&entry, 1, -1); });
      } else {
        return LastFsError();
      }
    }
    return done;
  }

  int fd_;
  bool regular_;
  bool terminal_;
  bool filtering_;
  TerminalFilter filter_;
  std::string pending_;
};

}  // namespace

ssize_t WriteWithoutSigpipe(int fd, std::span<const uint8_t> bytes) {
  // The signal is for the writing thread: block it, write, and eat the one that a failed write has left pending.
  sigset_t pipe_signal;
  sigset_t previous;
  sigset_t waiting;
  ::sigemptyset(&pipe_signal);
  ::sigaddset(&pipe_signal, SIGPIPE);
  ::sigemptyset(&waiting);
  ::sigpending(&waiting);
  const bool was_pending = ::sigismember(&waiting, SIGPIPE) == 1;
  ::pthread_sigmask(SIG_BLOCK, &pipe_signal, &previous);
  const ssize_t count = RetryOnEintr([&] { return ::write(fd, bytes.data(), bytes.size()); });
  const int error = errno;
  if (count == -1 && error == EPIPE && !was_pending) {
    const timespec now{};
    RetryOnEintr([&] { return ::sigtimedwait(&pipe_signal, nullptr, &now); });
  }
  ::pthread_sigmask(SIG_SETMASK, &previous, nullptr);
  errno = error;
  return count;
}

std::unique_ptr<ByteSource> MakeFdSource(int fd) { return std::make_unique<FdSource>(fd); }
std::unique_ptr<ByteSink> MakeFdSink(int fd, bool filter_terminal) {
  return std::make_unique<FdSink>(fd, filter_terminal);
}
std::unique_ptr<ByteSource> MakeStdin() { return MakeFdSource(STDIN_FILENO); }
std::unique_ptr<ByteSink> MakeStdout() { return MakeFdSink(STDOUT_FILENO); }
std::unique_ptr<ByteSink> MakeStderr() { return MakeFdSink(STDERR_FILENO); }

}  // namespace cvm::wasi
