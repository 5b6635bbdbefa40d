#include "wasi/world/interfaces.hpp"

#include <array>

namespace cvm::wasi {

Result<std::unique_ptr<WasiInterfaces>> WasiInterfaces::Create(WasiSeams seams) {
  std::array<uint64_t, 3> words{};
  for (uint64_t& word : words) {
    auto next = seams.entropy.Next();
    if (!next.ok()) return Error(ErrorKind::kIo, "get random bytes: " + std::string(FsErrorWords(next.error())));
    word = *next;
  }
  return std::unique_ptr<WasiInterfaces>(new WasiInterfaces(std::move(seams), words[0], words[1], words[2]));
}

WasiInterfaces::WasiInterfaces(WasiSeams seams, uint64_t insecure_state, uint64_t first_seed, uint64_t second_seed)
    : reactor_(seams.reactor),
      output_(std::make_shared<ByteStreamSink>(reactor_, seams.output)),
      error_output_(std::make_shared<ByteStreamSink>(reactor_, seams.error_output)),
      poll_(reactor_, seams.max_poll_entries),
      monotonic_clock_(reactor_),
      wall_clock_(reactor_.clock()),
      timezone_(reactor_.clock()),
      random_(seams.entropy, seams.max_random_bytes),
      insecure_(insecure_state, seams.max_random_bytes),
      insecure_seed_(first_seed, second_seed),
      environment_(std::move(seams.arguments), seams.variables),
      stdin_(reactor_, std::make_shared<ByteStreamSource>(seams.input), seams.max_read_bytes),
      stdout_(reactor_, output_),
      stderr_(reactor_, error_output_),
      terminal_stdin_(seams.input.IsTerminal()),
      terminal_stdout_(seams.output.IsTerminal()),
      terminal_stderr_(seams.error_output.IsTerminal()),
      preopens_(reactor_, std::move(seams.preopens), seams.max_read_bytes),
      http_types_(reactor_) {}

Result<void> WasiInterfaces::FlushOutput() {
  for (StreamSink* sink : {output_.get(), error_output_.get()}) {
    while (true) {
      auto flushed = sink->Flush();
      if (flushed.Is(FsError::kPipe)) break;
      if (!flushed.ok()) return Error(ErrorKind::kIo, "write output: " + std::string(FsErrorWords(flushed.error())));
      if (*flushed) break;
      const std::unique_ptr<Pollable> room = sink->Ready();
      Pollable* const list[] = {room.get()};
      reactor_.Poll(list);
    }
  }
  return {};
}

}  // namespace cvm::wasi
