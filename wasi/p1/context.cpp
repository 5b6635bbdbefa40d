#include "wasi/p1/context.hpp"

#include <algorithm>
#include <string>

#include "vm/base/try.hpp"
#include "vm/engine/instantiate.hpp"
#include "vm/runtime/store.hpp"
#include "wasi/os/fake_clock.hpp"

namespace cvm::wasi {
namespace {

// Hands what is written to a function of the embedder.
class CallbackSink final : public ByteSink {
 public:
  explicit CallbackSink(Output::Callback callback) : callback_(std::move(callback)) {}
  OsResult<size_t> Write(std::span<const uint8_t> bytes, Blocking) override {
    if (callback_) callback_({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
    return bytes.size();
  }
  OsResult<void> Flush(Blocking) override { return {}; }

 private:
  Output::Callback callback_;
};

Error IoError(std::string what, FsError error) {
  return Error(ErrorKind::kIo, std::move(what) + ": " + std::string(FsErrorWords(error)));
}

bool HasNul(std::string_view text) { return text.find('\0') != std::string_view::npos; }

// Arguments and variables reach the guest as C strings.
Result<void> CheckStrings(const WasiConfig& config) {
  for (const std::string& arg : config.args) {
    if (HasNul(arg)) return UsageError("an argument contains a NUL character");
  }
  for (const auto& [name, value] : config.env) {
    if (HasNul(name) || HasNul(value)) return UsageError("an environment variable contains a NUL character");
    if (name.empty() || name.find('=') != std::string::npos) {
      return UsageError("`" + name + "` cannot be the name of an environment variable");
    }
  }
  for (const PreopenedDir& dir : config.dirs) {
    if (HasNul(dir.host_path) || HasNul(dir.guest_path))
      return UsageError("a directory's path contains a NUL character");
  }
  return {};
}

std::unique_ptr<ByteSource> MakeSource(const Input& input) {
  switch (input.kind()) {
    case Input::Kind::kInherit:
      return MakeStdin();
    case Input::Kind::kBytes:
      return std::make_unique<MemorySource>(input.bytes());
    case Input::Kind::kNull:
      break;
  }
  return std::make_unique<MemorySource>();
}

std::unique_ptr<ByteSink> MakeSink(const Output& output, std::unique_ptr<ByteSink> (*inherit)(),
                                   MemorySink** captured) {
  switch (output.kind()) {
    case Output::Kind::kInherit:
      return inherit();
    case Output::Kind::kCallback:
      return std::make_unique<CallbackSink>(output.callback());
    case Output::Kind::kCapture: {
      auto sink = std::make_unique<MemorySink>(output.limit());
      *captured = sink.get();
      return sink;
    }
    case Output::Kind::kNull:
      break;
  }
  return std::make_unique<NullSink>();
}

Result<void> SetUpClock(const WasiConfig& config, WasiContext::Impl* context) {
  if (config.loop != nullptr) {
    if (config.virtual_clock.has_value()) return UsageError("a virtual clock cannot be had with a shared event loop");
    context->loop = config.loop;
    context->clock = config.loop->impl().clock;
    return {};
  }
  if (config.virtual_clock.has_value()) {
    context->clock =
        std::make_shared<FakeClock>(FakeClock::Mode::kAutoAdvance, config.virtual_clock->monotonic_nanoseconds,
                                    WallTime::FromNanoseconds(config.virtual_clock->wall_nanoseconds));
  } else {
    context->clock = MakeSystemClock();
  }
  return {};
}

Result<void> OpenPreopens(const WasiConfig& config, WasiContext::Impl* context) {
  FsOptions options;
  options.hash_key = context->hash_key;
  options.allow_devices = config.allow_devices;
  options.portable_names = config.portable_names;
  for (const PreopenedDir& dir : config.dirs) {
    const Rights rights = dir.access == Access::kReadOnly ? Rights::ReadOnly() : Rights::All();
    auto opened = OpenHostDirectory(dir.host_path, rights, options);
    if (!opened.ok()) return IoError("open directory `" + dir.host_path + "`", opened.error());
    context->preopens.push_back({dir.guest_path, *std::move(opened)});
  }
  return {};
}

}  // namespace

// --- EventLoop

Result<std::unique_ptr<EventLoop::Impl>> EventLoop::Impl::Make(std::shared_ptr<Clock> clock) {
  auto loop = std::make_unique<Impl>();
  loop->clock = std::move(clock);
  auto reactor = Reactor::Create(*loop->clock, loop->pool);
  if (!reactor.ok()) return IoError("create an event loop", reactor.error());
  loop->reactor = *std::move(reactor);
  return loop;
}

Result<std::shared_ptr<EventLoop>> EventLoop::Create() {
  CVM_ASSIGN_OR_RETURN(auto impl, Impl::Make(MakeSystemClock()));
  return std::make_shared<EventLoop>(std::move(impl));
}

EventLoop::EventLoop(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
EventLoop::~EventLoop() = default;
int EventLoop::fd() { return impl_->reactor->fd(); }
size_t EventLoop::Turn(uint64_t timeout_nanoseconds) { return impl_->reactor->Turn(timeout_nanoseconds); }

// --- WasiContext

Result<std::shared_ptr<WasiContext>> WasiContext::Create(const WasiConfig& config) {
  CVM_RETURN_IF_ERROR(CheckStrings(config));
  auto impl = std::make_unique<Impl>(config);
  CVM_RETURN_IF_ERROR(SetUpClock(config, impl.get()));
  if (config.random_seed.has_value()) {
    impl->entropy = std::make_unique<SeededEntropy>(*config.random_seed);
  } else {
    impl->entropy = MakeSystemEntropy();
  }
  if (auto filled = impl->entropy->Fill(impl->hash_key); !filled.ok())
    return IoError("get random bytes", filled.error());
  impl->input = MakeSource(config.input);
  impl->output = MakeSink(config.output, MakeStdout, &impl->captured_output);
  impl->error_output = MakeSink(config.error_output, MakeStderr, &impl->captured_error);
  CVM_RETURN_IF_ERROR(OpenPreopens(config, impl.get()));
  return std::make_shared<WasiContext>(std::move(impl));
}

WasiContext::WasiContext(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
WasiContext::~WasiContext() = default;

std::string WasiContext::TakeStdout() {
  return impl_->captured_output != nullptr ? impl_->captured_output->Take() : std::string();
}
std::string WasiContext::TakeStderr() {
  return impl_->captured_error != nullptr ? impl_->captured_error->Take() : std::string();
}

Result<Reactor*> WasiContext::Impl::reactor() {
  if (loop == nullptr) {
    CVM_ASSIGN_OR_RETURN(auto made, EventLoop::Impl::Make(clock));
    loop = std::make_shared<EventLoop>(std::move(made));
  }
  return loop->impl().reactor.get();
}

Result<void> WasiContext::Impl::WaitFor(std::span<Pollable* const> pollables, uint64_t deadline) {
  if (wait) return wait(pollables, deadline);
  CVM_ASSIGN_OR_RETURN(Reactor * events, reactor());
  const std::shared_ptr<rt::Interruption> interruption = store->interruption();
  const rt::WakeScope waking(interruption, [events] { events->Wake(); });
  const auto stop = [&] { return interruption->requested() != 0; };
  const uint64_t now = clock->MonotonicNow();
  if (pollables.empty()) {
    // An empty list counts as ready; a wait for time alone needs something that is not.
    const std::unique_ptr<Pollable> timer = events->At(deadline);
    Pollable* const list[] = {timer.get()};
    events->Poll(list, kForever, stop);
  } else {
    events->Poll(pollables, deadline == kForever ? kForever : deadline - std::min(now, deadline), stop);
  }
  return CheckStop(*store);
}

Result<void> WasiContext::Impl::WaitForFd(int fd, Interest interest) {
  CVM_ASSIGN_OR_RETURN(Reactor * events, reactor());
  const std::unique_ptr<Pollable> pollable = events->ForFd(fd, interest);
  Pollable* const list[] = {pollable.get()};
  return WaitFor(list, kForever);
}

}  // namespace cvm::wasi
