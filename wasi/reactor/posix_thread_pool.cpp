#include <pthread.h>
#include <signal.h>

#include <system_error>
#include <utility>

#include "wasi/reactor/thread_pool.hpp"

namespace cvm::wasi {

ThreadPool::~ThreadPool() {
  {
    std::lock_guard lock(mutex_);
    stopping_ = true;
    queue_.clear();
  }
  wake_.notify_all();
  for (std::thread& thread : threads_) thread.join();
}

void ThreadPool::Submit(std::function<void()> work) {
  bool run_here = false;
  {
    std::lock_guard lock(mutex_);
    const bool busy = queue_.size() >= idle_;
    if (busy && threads_.size() < max_threads_) run_here = !StartThread() && threads_.empty();
    if (!run_here) queue_.push_back(std::move(work));
  }
  if (run_here) {
    work();
  } else {
    wake_.notify_one();
  }
}

size_t ThreadPool::thread_count() const {
  std::lock_guard lock(mutex_);
  return threads_.size();
}

// REQUIRES: mutex_ is held. A new thread inherits the signal mask: all signals stay with the embedder's threads.
bool ThreadPool::StartThread() {
  sigset_t all;
  sigset_t previous;
  ::sigfillset(&all);
  ::pthread_sigmask(SIG_SETMASK, &all, &previous);
  bool started = true;
  try {
    threads_.emplace_back([this] { Run(); });
  } catch (const std::system_error&) {
    started = false;
  }
  ::pthread_sigmask(SIG_SETMASK, &previous, nullptr);
  return started;
}

void ThreadPool::Run() {
  std::unique_lock lock(mutex_);
  while (true) {
    ++idle_;
    wake_.wait(lock, [this] { return stopping_ || !queue_.empty(); });
    --idle_;
    if (stopping_) return;
    std::function<void()> work = std::move(queue_.front());
    queue_.pop_front();
    lock.unlock();
    work();
    work = nullptr;  // what it captured goes before the lock is held again
    lock.lock();
  }
}

}  // namespace cvm::wasi
