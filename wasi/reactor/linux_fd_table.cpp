#include "wasi/reactor/linux_fd_table.hpp"

#include <poll.h>
#include <sys/epoll.h>

#include <algorithm>
#include <cerrno>

#include "wasi/os/posix_errno.hpp"
#include "wasi/reactor/fd_table.hpp"
#include "wasi/reactor/reactor.hpp"

namespace cvm::wasi {
namespace {

constexpr uint32_t kAlwaysReported = EPOLLERR | EPOLLHUP;

}  // namespace

FdTable::~FdTable() = default;

uint32_t FdTable::Wanted(const Watch& watch) const {
  uint32_t wanted = 0;
  for (const FdPollable* pollable : watch.pollables) wanted |= pollable->wanted();
  return wanted;
}

bool FdTable::Register(int fd, Watch* watch, uint32_t events) {
  epoll_event event{};
  event.events = events;
  event.data.fd = fd;
  int result = 0;
  if (events == 0) {
    // epoll reports errors and hang-ups unasked, so no interest means no registration.
    if (watch->in_epoll) (void)::epoll_ctl(epoll_, EPOLL_CTL_DEL, fd, nullptr);
    watch->in_epoll = false;
  } else {
    result = ::epoll_ctl(epoll_, watch->in_epoll ? EPOLL_CTL_MOD : EPOLL_CTL_ADD, fd, &event);
    if (result == 0) watch->in_epoll = true;
  }
  watch->registered = watch->in_epoll ? events : 0;
  return result == 0;
}

void FdTable::Attach(int fd, FdPollable* pollable) {
  std::unique_ptr<Watch>& watch = watches_[fd];
  if (watch == nullptr) watch = std::make_unique<Watch>();
  watch->pollables.push_back(pollable);
}

void FdTable::Detach(int fd, FdPollable* pollable) {
  const auto found = watches_.find(fd);
  if (found == watches_.end()) return;
  Watch* watch = found->second.get();
  std::erase(watch->pollables, pollable);
  if (!watch->pollables.empty()) return;
  Register(fd, watch, 0);
  watches_.erase(found);
}

bool FdTable::Update(int fd) {
  Watch* watch = watches_.find(fd)->second.get();
  const uint32_t wanted = Wanted(*watch);
  if ((wanted & ~watch->registered) == 0) return true;
  return Register(fd, watch, wanted);
}

void FdTable::Dispatch(int fd, uint32_t events) {
  const auto found = watches_.find(fd);
  if (found == watches_.end()) return;
  Watch* watch = found->second.get();
  for (FdPollable* pollable : watch->pollables) {
    if ((events & (pollable->wanted() | kAlwaysReported)) != 0) pollable->Fire();
  }
  const uint32_t wanted = Wanted(*watch);
  if (wanted != watch->registered) Register(fd, watch, wanted);
}

FdPollable::FdPollable(Reactor& reactor, int fd, uint32_t events) : Pollable(reactor), fd_(fd), events_(events) {}

FdPollable::~FdPollable() {
  if (attached_) reactor().fds_.Detach(fd_, this);
}

bool FdPollable::IsReady() {
  if (always_ready_) return true;
  pollfd entry{fd_, 0, 0};
  if ((events_ & EPOLLIN) != 0) entry.events |= POLLIN;
  if ((events_ & EPOLLOUT) != 0) entry.events |= POLLOUT;
  // Errors count as ready: whoever reads or writes next is told what they are.
  return RetryOnEintr([&] { return ::poll(&entry, 1, 0); }) != 0;
}

void FdPollable::Arm() {
  if (always_ready_) return Notify();
  if (!attached_) reactor().fds_.Attach(fd_, this);
  attached_ = true;
  if (reactor().fds_.Update(fd_)) return;
  // EPERM: a regular file or the like, never anything but ready. Other errors (EBADF, no memory) must not lose a wait
  // either; the operation itself will report them.
  always_ready_ = true;
  Notify();
}

}  // namespace cvm::wasi
