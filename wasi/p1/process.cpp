// Arguments, environment, clocks, random numbers, the end of the process.
#include <cstring>

#include "wasi/os/siphash.hpp"
#include "wasi/p1/host.hpp"

namespace cvm::wasi::p1 {

Host::Host(std::shared_ptr<WasiContext> context)
    : owner_(std::move(context)), context_(owner_->impl()), table_(context_.limits.max_descriptors) {
  for (const auto& [name, value] : context_.env) environ_.push_back(name + "=" + value);
  AddStreams();
}

void Host::AddStreams() {
  // 0, 1 and 2, and the preopened directories from 3 on: libc looks for them there.
  const auto add = [&](Entry entry) { static_cast<void>(table_.Add(std::move(entry))); };
  add({InputStream{context_.input.get()}, kInputRights, 0});
  add({OutputStream{context_.output.get()}, kOutputRights, 0});
  add({OutputStream{context_.error_output.get()}, kOutputRights, 0});
  for (const WasiContext::Impl::Preopen& preopen : context_.preopens) {
    add({OpenDir{preopen.dir, preopen.guest_path, nullptr}, kDirectoryRights, kInheritingRights});
  }
}

Errno Host::PutSizes(const std::vector<std::string>& strings, Out<uint32_t> count, Out<uint32_t> bytes) {
  uint64_t total = 0;
  for (const std::string& text : strings) total += text.size() + 1;
  if (total > UINT32_MAX || strings.size() > UINT32_MAX / 4) return Errno::kOverflow;
  count.Set(static_cast<uint32_t>(strings.size()));
  bytes.Set(static_cast<uint32_t>(total));
  return Errno::kSuccess;
}

// A list of pointers, and the strings that they point to, each with a NUL.
Errno Host::PutStrings(const std::vector<std::string>& strings, Address pointers, Address buffer) {
  uint64_t total = 0;
  for (const std::string& text : strings) total += text.size() + 1;
  const auto list = pointers.Range(strings.size() * uint64_t{4});
  const auto bytes = buffer.Range(total);
  if (!list || !bytes) return Errno::kFault;
  size_t at = 0;
  for (size_t i = 0; i < strings.size(); ++i) {
    const auto pointer = Record<4>().Put(0, static_cast<uint32_t>(buffer.value() + at));
    std::memcpy(list->data() + 4 * i, pointer.bytes().data(), 4);
    std::memcpy(bytes->data() + at, strings[i].c_str(), strings[i].size() + 1);
    at += strings[i].size() + 1;
  }
  return Errno::kSuccess;
}

Errno Host::ArgsGet(Address argv, Address argv_buf) { return PutStrings(context_.args, argv, argv_buf); }
Errno Host::ArgsSizesGet(Out<uint32_t> count, Out<uint32_t> bytes) { return PutSizes(context_.args, count, bytes); }
Errno Host::EnvironGet(Address environ, Address environ_buf) { return PutStrings(environ_, environ, environ_buf); }
Errno Host::EnvironSizesGet(Out<uint32_t> count, Out<uint32_t> bytes) { return PutSizes(environ_, count, bytes); }

Errno Host::ClockResGet(uint32_t id, Out<uint64_t> resolution) {
  switch (static_cast<ClockId>(id)) {
    case ClockId::kRealtime:
      resolution.Set(context_.clock->WallResolution());
      return Errno::kSuccess;
    case ClockId::kMonotonic:
      resolution.Set(context_.clock->MonotonicResolution());
      return Errno::kSuccess;
    // The time that a guest has used is not measured apart from its host's.
    case ClockId::kProcessCputime:
    case ClockId::kThreadCputime:
      return Errno::kNotsup;
  }
  return Errno::kInval;
}

Errno Host::ClockTimeGet(uint32_t id, uint64_t /*precision*/, Out<uint64_t> time) {
  switch (static_cast<ClockId>(id)) {
    case ClockId::kRealtime: {
      const auto now = context_.clock->WallNow().ToNanoseconds();
      if (now.ok()) time.Set(*now);
      return ErrnoFrom(now);
    }
    case ClockId::kMonotonic:
      time.Set(context_.clock->MonotonicNow());
      return Errno::kSuccess;
    case ClockId::kProcessCputime:
    case ClockId::kThreadCputime:
      return Errno::kNotsup;
  }
  return Errno::kInval;
}

Errno Host::RandomGet(Buffer buffer) {
  if (buffer.bytes().size() > context_.limits.max_random_bytes) return Errno::kInval;
  return ErrnoFrom(context_.entropy->Fill(buffer.bytes()));
}

// The guest is the only one on its thread, or its driver decides when others run.
Errno Host::SchedYield() { return Errno::kSuccess; }

Result<void> Host::ProcExit(uint32_t code) {
  return Error(ErrorKind::kExit, "the guest ended with exit code " + std::to_string(code))
      .WithExitCode(static_cast<int>(code));
}

// There are no signals: libc brings its own raise.
Errno Host::ProcRaise(uint32_t /*signal*/) { return Errno::kNotsup; }

// A Feistel network of four rounds, so that different numbers stay different, with a keyed hash as round function.
uint64_t Host::Mask(uint64_t number) const {
  auto left = static_cast<uint32_t>(number >> 32);
  auto right = static_cast<uint32_t>(number);
  for (uint32_t round = 0; round < 4; ++round) {
    const auto message = Record<8>().Put(0, round).Put(4, right);
    const auto mixed = static_cast<uint32_t>(SipHash128(context_.hash_key, message.bytes())[0]);
    const uint32_t next = left ^ mixed;
    left = right;
    right = next;
  }
  return uint64_t{left} << 32 | right;
}

}  // namespace cvm::wasi::p1
