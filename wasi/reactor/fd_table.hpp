// FdTable: which pollables of a reactor look at which descriptor. epoll takes one registration a descriptor, while a
// guest may wait for the same one to read and to write; this keeps their union registered. One thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "absl/container/flat_hash_map.h"

namespace cvm::wasi {

class FdPollable;

class FdTable {
 public:
  explicit FdTable(int epoll) : epoll_(epoll) {}
  ~FdTable();

  // `pollable` begins and ends to look at `fd`.
  void Attach(int fd, FdPollable* pollable);
  void Detach(int fd, FdPollable* pollable);
  // One that is attached has got its first waiter: registers what is missing; false if epoll refuses the descriptor
  // (regular files). What is no longer wanted goes when an event of it arrives: a wait that comes back to the same
  // descriptor again and again costs no system call.
  bool Update(int fd);
  // epoll reported `events` for `fd`.
  void Dispatch(int fd, uint32_t events);
  size_t size() const { return watches_.size(); }

 private:
  struct Watch {
    std::vector<FdPollable*> pollables;
    uint32_t registered = 0;
    bool in_epoll = false;
  };
  uint32_t Wanted(const Watch& watch) const;
  bool Register(int fd, Watch* watch, uint32_t events);

  int epoll_;
  // Watches stay where they are while the table grows: dispatching calls out.
  absl::flat_hash_map<int, std::unique_ptr<Watch>> watches_;
};

}  // namespace cvm::wasi
