// ThreadPool: a few threads for work that can only block: files, name look-ups. Threads start when there is work and
// none is idle, and end with the pool, which first finishes what is running and drops what is queued.
//
// Submit may be called from any thread. A pool may serve several reactors and must outlive them.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace cvm::wasi {

class ThreadPool {
 public:
  explicit ThreadPool(size_t max_threads = 4) : max_threads_(max_threads == 0 ? 1 : max_threads) {}
  ThreadPool(const ThreadPool&) = delete;
  ThreadPool& operator=(const ThreadPool&) = delete;
  ~ThreadPool();

  // Runs `work` on some thread of the pool, in the order of submission. If the machine gives us no thread at all, it
  // runs at once on the caller's.
  void Submit(std::function<void()> work);
  // Threads started so far.
  size_t thread_count() const;

 private:
  void Run();
  bool StartThread();

  const size_t max_threads_;
  mutable std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<std::function<void()>> queue_;
  std::vector<std::thread> threads_;
  size_t idle_ = 0;
  bool stopping_ = false;
};

}  // namespace cvm::wasi
