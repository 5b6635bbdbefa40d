// WASI for guests: what a guest may see of the machine (WasiConfig), the state behind it (WasiContext), and the
// functions that put an interface of WASI on it into a linker.
//
//     cvm::wasi::WasiConfig config;
//     config.args = {"tool", "--fast"};
//     config.dirs = {{"./rules", "/rules", cvm::wasi::Access::kReadOnly}};
//     config.output = cvm::wasi::Output::Inherit();
//     auto context = cvm::wasi::WasiContext::Create(config).value();
//     cvm::wasi::AddPreview1(linker, context).value();
//
// Nothing is reachable unless it is named here: an empty config is a guest without arguments, environment or
// directories, whose input is at its end and whose output is dropped.
//
// A context belongs to one store and its thread; the linker that it was added to shares it, so it lives as long as
// either side needs it. One config may make any number of contexts.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "cvm/linker.hpp"
#include "cvm/result.hpp"

namespace cvm {
class ComponentLinker;
}  // namespace cvm

namespace cvm::wasi {

enum class Access : uint8_t { kReadOnly, kReadWrite };

// A directory of the host, and the name under which the guest finds it open when it starts.
struct PreopenedDir {
  std::string host_path;
  std::string guest_path;
  Access access = Access::kReadWrite;
};

// Where standard input comes from.
class Input {
 public:
  enum class Kind : uint8_t { kNull, kInherit, kBytes };

  // At its end from the start.
  static Input Null() { return Input(Kind::kNull, {}); }
  // The process's own.
  static Input Inherit() { return Input(Kind::kInherit, {}); }
  static Input Bytes(std::string bytes) { return Input(Kind::kBytes, std::move(bytes)); }

  Kind kind() const { return kind_; }
  const std::string& bytes() const { return bytes_; }

 private:
  Input(Kind kind, std::string bytes) : kind_(kind), bytes_(std::move(bytes)) {}
  Kind kind_;
  std::string bytes_;
};

// Where standard output or standard error goes.
class Output {
 public:
  enum class Kind : uint8_t { kNull, kInherit, kCapture, kCallback };
  using Callback = std::function<void(std::string_view)>;
  static constexpr size_t kCaptureLimit = size_t{64} << 20;

  static Output Null() { return Output(Kind::kNull); }
  // The process's own. Text for a terminal is made harmless first: no escape sequences.
  static Output Inherit() { return Output(Kind::kInherit); }
  // Kept for WasiContext::TakeStdout and TakeStderr. A guest that writes more than `limit` bytes without their being
  // taken is told that there is no space left.
  static Output Capture(size_t limit = kCaptureLimit) {
    Output output(Kind::kCapture);
    output.limit_ = limit;
    return output;
  }
  // Called with the bytes of each write, on the store's thread.
  static Output To(Callback callback) {
    Output output(Kind::kCallback);
    output.callback_ = std::move(callback);
    return output;
  }

  Kind kind() const { return kind_; }
  size_t limit() const { return limit_; }
  const Callback& callback() const { return callback_; }

 private:
  explicit Output(Kind kind) : kind_(kind) {}
  Kind kind_;
  size_t limit_ = 0;
  Callback callback_;
};

// Clocks that stand still but for waits, which they jump over: runs that give the same each time.
struct VirtualClock {
  uint64_t monotonic_nanoseconds = 0;
  uint64_t wall_nanoseconds = 0;  // since 1970-01-01T00:00Z
};

// What a guest can make the host hold or do at once: name in `cvm-run -S`, meaning. Every limit answers the guest with an
// error of its interface.
struct WasiLimits {
  uint32_t max_descriptors = 16'384;              // max-resources: open at the same time; EMFILE
  uint32_t max_poll_subscriptions = 65'536;       // max-poll-subscriptions: of one poll; EINVAL
  uint64_t max_random_bytes = uint64_t{1} << 20;  // max-random-size: of one call; EINVAL, of wasi:random a trap
  uint32_t max_poll_entries = 1'000'000;          // max-poll-entries: of one list of wasi:io/poll; a trap
  uint64_t max_read_bytes = uint64_t{64} << 10;   // max-read-size: of one read of 0.2, which answers what there is
};

// An event loop that the contexts of one thread may share; a context that is given none makes its own when it first has
// to wait.
class EventLoop {
 public:
  static Result<std::shared_ptr<EventLoop>> Create();
  ~EventLoop();

  // For a loop of the embedder's own: readable when Turn(0) has something to do.
  int fd();
  // One round: waits up to `timeout` nanoseconds for something to happen, then runs what is due; answers how much ran.
  size_t Turn(uint64_t timeout_nanoseconds);

  struct Impl;
  explicit EventLoop(std::unique_ptr<Impl> impl);  // for cvm's own layers
  Impl& impl() const { return *impl_; }

 private:
  std::unique_ptr<Impl> impl_;
};

struct WasiConfig {
  std::vector<std::string> args;  // the program's name first
  std::vector<std::pair<std::string, std::string>> env;
  std::vector<PreopenedDir> dirs;

  Input input = Input::Null();
  Output output = Output::Null();
  Output error_output = Output::Null();

  // Random numbers from a seed instead of the system's; the same seed gives the same numbers. Not secure.
  std::optional<uint64_t> random_seed;
  // Instead of the system's clocks. Not together with `loop`.
  std::optional<VirtualClock> virtual_clock;

  // Block and character devices among the files of `dirs` may be opened.
  bool allow_devices = false;
  // Names that mean something else on Windows (CON, a:b, …) are refused.
  bool portable_names = false;

  WasiLimits limits;
  std::shared_ptr<EventLoop> loop;
};

class WasiContext {
 public:
  // Opens the directories. An Error of kind kIo names the one that cannot be opened, kUsage what is wrong with the
  // config (a NUL in an argument, `=` in a variable's name).
  static Result<std::shared_ptr<WasiContext>> Create(const WasiConfig& config);
  ~WasiContext();
  WasiContext(const WasiContext&) = delete;
  WasiContext& operator=(const WasiContext&) = delete;

  // What has been captured since the last call; empty if the stream is not captured.
  std::string TakeStdout();
  std::string TakeStderr();

  struct Impl;
  explicit WasiContext(std::unique_ptr<Impl> impl);  // for cvm's own layers
  Impl& impl() const { return *impl_; }

 private:
  std::unique_ptr<Impl> impl_;
};

// Defines preview 1 (`wasi_snapshot_preview1`, and its predecessor `wasi_unstable`) for core modules. A guest that
// calls proc_exit ends its run with an Error of kind kExit, see Error::exit_code.
Result<void> AddPreview1(Linker& linker, std::shared_ptr<WasiContext> context);

// Defines WASI 0.2 for components: all of wasi:cli's world `command` and what a component of wasi:http imports.
// Networks are denied: sockets and requests answer with the error of their interface that says so. A guest that calls
// wasi:cli/exit ends its run with an Error of kind kExit. The context must outlive the linker and the stores of its
// guests.
Result<void> AddPreview2(ComponentLinker& linker, WasiContext& context);
// Lets synchronous calls of the store's components wait in the context's event loop.
Result<void> UseEventLoop(Store& store, WasiContext& context);
// Writes out what components have left in their standard streams, and blocks until it is gone: for the end of a
// program.
Result<void> FlushOutput(WasiContext& context);

}  // namespace cvm::wasi
