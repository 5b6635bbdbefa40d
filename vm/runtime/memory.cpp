#include "vm/runtime/memory.hpp"

#include <algorithm>
#include <atomic>
#include <cstring>
#include <map>

#include "vm/runtime/context.hpp"

namespace cvm::rt {
namespace {

constexpr uint64_t kIndexRange32 = uint64_t{1} << 32;

// Saturating.
uint64_t BytesOf(uint64_t pages, unsigned page_size_log2) {
  return pages > ~uint64_t{0} >> page_size_log2 ? ~uint64_t{0} : pages << page_size_log2;
}

// All guarded reservations of the process, begin -> end. The lock is a spin lock because the SIGSEGV handler takes it: it
// does so only for faults of guest code, which never holds it.
class ReservationRegistry {
 public:
  void Add(const uint8_t* begin, size_t bytes) {
    Lock lock(busy_);
    ranges_[begin] = begin + bytes;
  }
  void Remove(const uint8_t* begin) {
    Lock lock(busy_);
    ranges_.erase(begin);
  }
  bool Contains(const uint8_t* address) {
    Lock lock(busy_);
    auto it = ranges_.upper_bound(address);
    return it != ranges_.begin() && address < std::prev(it)->second;
  }

 private:
  struct Lock {
    explicit Lock(std::atomic_flag& flag) : flag(flag) {
      while (flag.test_and_set(std::memory_order_acquire)) {
      }
    }
    ~Lock() { flag.clear(std::memory_order_release); }
    std::atomic_flag& flag;
  };
  std::atomic_flag busy_ = ATOMIC_FLAG_INIT;
  std::map<const uint8_t*, const uint8_t*> ranges_;
};

ReservationRegistry& Registry() {
  static auto* registry = new ReservationRegistry;  // never destroyed: memories may outlive static destruction
  return *registry;
}

}  // namespace

bool IsGuardedMemoryAddress(const void* address) {
  return Registry().Contains(static_cast<const uint8_t*>(address));
}

MemoryStorage::MemoryStorage(const MemoryType& type, uint64_t max_bytes, bool guarded)
    : type_(type), max_bytes_(max_bytes), guarded_(guarded && type.limits.addr == AddrKind::kI32) {
  const uint64_t shift = type.page_size_log2;
  if (type.limits.addr == AddrKind::kI32) {
    // The index range, and sizes in pages that memory.size has bits for, whatever the store would allow.
    max_bytes_ = std::min(max_bytes_, std::min(kIndexRange32 >> shift, kIndexRange32 - 1) << shift);
  }
  if (type.limits.max.has_value()) {
    const uint64_t pages = std::min(*type.limits.max, ~uint64_t{0} >> shift);
    max_bytes_ = std::min(max_bytes_, pages << shift);
  }
}

Result<std::shared_ptr<MemoryStorage>> MemoryStorage::Create(const MemoryType& type, uint64_t max_bytes, bool guarded) {
  auto memory = std::make_shared<MemoryStorage>(type, max_bytes, guarded);
  if (type.limits.min > (memory->max_bytes_ >> type.page_size_log2)) {
    return LimitReached("memory too large", BytesOf(type.limits.min, type.page_size_log2), memory->max_bytes_,
                        "max-memory-size");
  }
  const uint64_t reserve = memory->guarded_ ? kIndexRange32 + kGuardBytes : memory->max_bytes_;
  memory->reservation_ = Reservation(reserve);
  if (reserve != 0 && memory->data() == nullptr) return LimitError("no address space left for a memory");
  if (memory->guarded_) Registry().Add(memory->data(), memory->reservation_.size());
  if (memory->Grow(type.limits.min) < 0) return LimitError("the system has no memory left");
  return memory;
}

MemoryStorage::~MemoryStorage() {
  if (guarded_ && data() != nullptr) Registry().Remove(data());
}

int64_t MemoryStorage::Grow(uint64_t delta) {
  std::lock_guard lock(growing_);
  const uint64_t shift = type_.page_size_log2;
  const uint64_t old_bytes = bytes_.load(std::memory_order_relaxed);
  const uint64_t old_pages = old_bytes >> shift;
  const uint64_t room = (max_bytes_ >> shift) - old_pages;
  if (delta > room) return -1;
  const uint64_t new_bytes = (old_pages + delta) << shift;
  // Committed in whole pages of the machine; the part of the last one that lies beyond the size matters only to custom page
  // sizes, which are checked in code.
  const uint64_t page = PageBytes();
  const uint64_t from = (old_bytes + page - 1) / page * page;
  if (new_bytes > from && !reservation_.Commit(from, new_bytes - from)) return -1;
  // Whoever sees the new size finds the bytes accessible.
  bytes_.store(new_bytes, std::memory_order_release);
  return static_cast<int64_t>(old_pages);
}

void MemoryStorage::SetImage(uint64_t offset, std::span<const uint8_t> bytes, const PageImage* image) {
  // All of the memory at once, so that it stays one area of the kernel's, with its guard the second: a process has but
  // 65,530 of them.
  const uint64_t committed = (size() + PageBytes() - 1) / PageBytes() * PageBytes();
  if (image != nullptr && image->size() == committed && image->MapInto(reservation_, 0)) return;
  if (!bytes.empty()) std::memcpy(data() + offset, bytes.data(), bytes.size());
}

Result<std::unique_ptr<Memory>> Memory::Create(const MemoryType& type, uint64_t max_bytes, bool guarded,
                                               Account* total) {
  const uint64_t bytes = type.limits.shared ? 0 : BytesOf(type.limits.min, type.page_size_log2);
  // One that is too large by itself is refused below.
  const bool too_large = bytes > max_bytes;
  if (!too_large && !total->Take(bytes)) {
    return LimitReached("memories too large", total->With(bytes), total->limit(), "max-total-memory-size");
  }
  Result<std::shared_ptr<MemoryStorage>> storage = MemoryStorage::Create(type, max_bytes, guarded);
  if (!storage.ok()) {
    if (!too_large) total->GiveBack(bytes);
    return std::move(storage).error();
  }
  auto memory = std::make_unique<Memory>(*std::move(storage));
  if (!type.limits.shared) memory->total_ = total;
  return memory;
}

MemoryType Memory::type() const {
  MemoryType type = storage_->declared_type();
  type.limits.min = pages();
  return type;
}

uint64_t Memory::room() const {
  const uint64_t pages = storage_->room();
  return total_ == nullptr ? pages : std::min(pages, total_->room() >> storage_->declared_type().page_size_log2);
}

int64_t Memory::Grow(uint64_t delta) {
  const uint64_t bytes = total_ == nullptr ? 0 : BytesOf(delta, storage_->declared_type().page_size_log2);
  if (bytes != 0 && !total_->Take(bytes)) return -1;
  const int64_t old_pages = storage_->Grow(delta);
  if (old_pages < 0) {
    if (bytes != 0) total_->GiveBack(bytes);
    return -1;
  }
  for (Context* user : users_) user->memory_bytes = size();
  return old_pages;
}

void Memory::AddUser(Context* context) {
  users_.push_back(context);
  context->memory = data();
  context->memory_bytes = size();
}

void Memory::RemoveUser(Context* context) { std::erase(users_, context); }

}  // namespace cvm::rt
