#include "test/differential/wheel.hpp"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

namespace cvm::differential {
namespace {

constexpr int kPatienceMs = 600'000;  // generous: a machine may be busy

bool WriteAll(int fd, const uint8_t* data, size_t size) {
  while (size > 0) {
    const ssize_t n = write(fd, data, size);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return false;
    data += n, size -= static_cast<size_t>(n);
  }
  return true;
}

bool ReadAll(int fd, uint8_t* data, size_t size) {
  while (size > 0) {
    pollfd wait{fd, POLLIN, 0};
    const int ready = poll(&wait, 1, kPatienceMs);
    if (ready < 0 && errno == EINTR) continue;
    if (ready <= 0) return false;
    const ssize_t n = read(fd, data, size);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return false;
    data += n, size -= static_cast<size_t>(n);
  }
  return true;
}

}  // namespace

Wheel::Wheel(std::string python, std::string script, std::span<const uint8_t> environment)
    : python_(std::move(python)), script_(std::move(script)), environment_(environment) {
  signal(SIGPIPE, SIG_IGN);
}

Wheel::~Wheel() { Stop(); }

bool Wheel::Start() {
  int to[2], from[2];
  if (pipe2(to, O_CLOEXEC) != 0) return false;
  if (pipe2(from, O_CLOEXEC) != 0) return close(to[0]), close(to[1]), false;
  worker_ = fork();
  if (worker_ == 0) {
    dup2(to[0], STDIN_FILENO);
    dup2(from[1], STDOUT_FILENO);
    execlp(python_.c_str(), python_.c_str(), script_.c_str(), static_cast<char*>(nullptr));
    _exit(127);
  }
  close(to[0]), close(from[1]);
  in_ = to[1], out_ = from[0];
  return worker_ > 0 && Send(environment_);
}

void Wheel::Stop() {
  if (worker_ <= 0) return;
  close(in_), close(out_);
  kill(worker_, SIGKILL);
  waitpid(worker_, nullptr, 0);
  worker_ = -1;
}

bool Wheel::Send(std::span<const uint8_t> bytes) {
  const auto size = static_cast<uint32_t>(bytes.size());
  uint8_t head[4];
  std::memcpy(head, &size, 4);
  return WriteAll(in_, head, 4) && WriteAll(in_, bytes.data(), bytes.size());
}

std::optional<std::string> Wheel::Receive() {
  uint32_t size;
  uint8_t head[4];
  if (!ReadAll(out_, head, 4)) return std::nullopt;
  std::memcpy(&size, head, 4);
  std::string text(size, '\0');
  if (!ReadAll(out_, reinterpret_cast<uint8_t*>(text.data()), size)) return std::nullopt;
  return text;
}

std::optional<std::string> Wheel::Run(std::span<const uint8_t> module, std::span<const uint8_t> plan) {
  if (worker_ <= 0 && !Start()) return std::nullopt;
  std::optional<std::string> answer;
  if (Send(module) && Send(plan)) answer = Receive();
  if (!answer.has_value()) Stop();
  return answer;
}

}  // namespace cvm::differential
