// The wasmtime of the Python wheel, in a process of its own (wheel_worker.py): modules and plans go in by a pipe, each
// behind its length, transcripts come out. A worker that dies or does not answer in time is started anew, which the
// caller is told.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <span>
#include <string>

namespace cvm::differential {

class Wheel {
 public:
  // `python` has the wheel; `script` is wheel_worker.py. The environment is instantiated beside each module.
  Wheel(std::string python, std::string script, std::span<const uint8_t> environment);
  ~Wheel();
  Wheel(const Wheel&) = delete;
  Wheel& operator=(const Wheel&) = delete;

  // The transcript; "refused WORDS" if the wheel does not compile the module; nullopt if the worker died or hung.
  std::optional<std::string> Run(std::span<const uint8_t> module, std::span<const uint8_t> plan);

 private:
  bool Start();
  void Stop();
  bool Send(std::span<const uint8_t> bytes);
  std::optional<std::string> Receive();

  std::string python_;
  std::string script_;
  std::span<const uint8_t> environment_;
  pid_t worker_ = -1;
  int in_ = -1;  // of the worker
  int out_ = -1;
};

}  // namespace cvm::differential
