// FdPollable: readiness of one descriptor, through the reactor's FdTable. Only linux_*.cpp of wasi/reactor include
// this.
#pragma once

#include <cstdint>

#include "wasi/reactor/pollable.hpp"

namespace cvm::wasi {

class FdPollable final : public Pollable {
 public:
  // `events` are epoll's.
  FdPollable(Reactor& reactor, int fd, uint32_t events);
  ~FdPollable() override;

  bool IsReady() override;
  uint32_t wanted() const { return HasWaiters() ? events_ : 0; }
  uint32_t events() const { return events_; }
  void Fire() { Notify(); }

 protected:
  void Arm() override;

 private:
  int fd_;
  uint32_t events_;
  bool attached_ = false;
  bool always_ready_ = false;  // epoll does not take the descriptor
};

}  // namespace cvm::wasi
