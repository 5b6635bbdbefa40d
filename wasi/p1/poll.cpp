// poll_oneoff.
//
// The list is the guest's, of any length up to the limit, so nothing is kept for each of its entries: it is read twice.
// The first pass works out what there is to wait for — one deadline, the earliest, and one pollable for each descriptor
// and direction, of which there are no more than open descriptors —, the second, after the wait, writes the events that
// have come. An entry that cannot be waited for (a bad descriptor, an unknown clock) is an event with an error, and
// there at once.
#include <algorithm>
#include <cstring>
#include <map>
#include <utility>

#include "vm/base/try.hpp"
#include "wasi/p1/host.hpp"

namespace cvm::wasi::p1 {
namespace {

uint64_t SaturatingAdd(uint64_t a, uint64_t b) { return b > UINT64_MAX - a ? UINT64_MAX : a + b; }

// One entry of the guest's list.
struct Subscription {
  uint64_t userdata;
  uint8_t type;
  uint32_t clock;
  uint64_t timeout;
  bool absolute;
  uint32_t fd;
};

template <class Version>
Subscription ReadSubscription(std::span<const uint8_t> list, uint32_t index) {
  const auto bytes = list.subspan(index * Version::kSubscriptionSize, Version::kSubscriptionSize);
  constexpr size_t kClock = Version::kSubscriptionClock;
  return Subscription{.userdata = GetLe<uint64_t>(bytes, 0),
                      .type = GetLe<uint8_t>(bytes, 8),
                      .clock = GetLe<uint32_t>(bytes, kClock),
                      .timeout = GetLe<uint64_t>(bytes, kClock + 8),
                      .absolute = (GetLe<uint16_t>(bytes, kClock + 24) & kSubclockAbstime) != 0,
                      .fd = GetLe<uint32_t>(bytes, 16)};
}

// What an entry has come to.
struct Readiness {
  bool ready = false;
  Errno error = Errno::kSuccess;
  uint64_t nbytes = 0;
};

// The clocks as they were when the call began: time-outs count from there.
struct Start {
  uint64_t monotonic;
  WallTime wall;
};

// The monotonic time at which a clock entry fires, or an error.
Errno DeadlineOf(const Subscription& entry, const Start& start, uint64_t* deadline) {
  uint64_t left = entry.timeout;
  switch (static_cast<ClockId>(entry.clock)) {
    case ClockId::kMonotonic:
      if (entry.absolute) left = entry.timeout - std::min(entry.timeout, start.monotonic);
      break;
    case ClockId::kRealtime:
      if (entry.absolute) {
        const auto now = start.wall.ToNanoseconds();
        if (!now.ok()) return ErrnoFrom(now.error());
        left = entry.timeout - std::min(entry.timeout, *now);
      }
      break;
    case ClockId::kProcessCputime:
    case ClockId::kThreadCputime:
      return Errno::kNotsup;
    default:
      return Errno::kInval;
  }
  *deadline = SaturatingAdd(start.monotonic, left);
  return Errno::kSuccess;
}

}  // namespace

// One call of poll_oneoff.
class Host::Poll {
 public:
  Poll(Host& host, Start start) : host_(host), start_(start) {}

  // First pass: notes what `entry` waits for.
  Result<void> Note(const Subscription& entry);
  // Between the passes: waits, unless something is there already.
  Result<void> Wait();
  // Second pass: whether `entry` has come.
  Readiness Look(const Subscription& entry);

 private:
  using Key = std::pair<uint32_t, EventType>;

  // The stream or file of a descriptor entry: where to watch it (-1: always ready), or an error.
  Errno Watch(const Subscription& entry, int* watched, uint64_t* nbytes);

  Host& host_;
  Start start_;
  uint64_t deadline_ = kForever;
  bool ready_ = false;
  std::map<Key, std::unique_ptr<Pollable>> pollables_;
};

Errno Host::Poll::Watch(const Subscription& entry, int* watched, uint64_t* nbytes) {
  Entry* found = host_.table_.Find(entry.fd);
  if (found == nullptr) return Errno::kBadf;
  const bool reading = static_cast<EventType>(entry.type) == EventType::kFdRead;
  *watched = -1;
  *nbytes = 1;  // at least: nobody knows better of a stream
  if (const auto* input = std::get_if<InputStream>(&found->object); input != nullptr && reading) {
    *watched = input->source->fd();
  } else if (const auto* output = std::get_if<OutputStream>(&found->object); output != nullptr && !reading) {
    *watched = output->sink->fd();
  } else if (const auto* open = std::get_if<OpenFile>(&found->object)) {
    if (!open->file->IsSeekable()) {
      *watched = open->file->fd();
    } else if (const auto status = open->file->Stat(); reading && status.ok()) {
      *nbytes = status->size - std::min(status->size, open->position);
    }
  } else {
    return Errno::kBadf;
  }
  return found->Has(kPollFdReadwrite) ? Errno::kSuccess : Errno::kNotcapable;
}

Result<void> Host::Poll::Note(const Subscription& entry) {
  if (static_cast<EventType>(entry.type) == EventType::kClock) {
    uint64_t deadline = 0;
    if (DeadlineOf(entry, start_, &deadline) != Errno::kSuccess) deadline = start_.monotonic;
    deadline_ = std::min(deadline_, deadline);
    if (deadline <= start_.monotonic) ready_ = true;
    return {};
  }
  int watched = -1;
  uint64_t nbytes = 0;
  if (Watch(entry, &watched, &nbytes) != Errno::kSuccess || watched < 0) {
    ready_ = true;
    return {};
  }
  std::unique_ptr<Pollable>& pollable = pollables_[{entry.fd, static_cast<EventType>(entry.type)}];
  if (pollable != nullptr) return {};
  CVM_ASSIGN_OR_RETURN(Reactor * reactor, host_.context_.reactor());
  const bool reading = static_cast<EventType>(entry.type) == EventType::kFdRead;
  pollable = reactor->ForFd(watched, reading ? Interest::kRead : Interest::kWrite);
  return {};
}

Result<void> Host::Poll::Wait() {
  // Once only: should it be gone when it is looked at, the call waits.
  if (std::exchange(ready_, false)) return {};
  std::vector<Pollable*> list;
  list.reserve(pollables_.size());
  for (const auto& [key, pollable] : pollables_) list.push_back(pollable.get());
  return host_.context_.WaitFor(list, deadline_);
}

Readiness Host::Poll::Look(const Subscription& entry) {
  Readiness readiness;
  if (static_cast<EventType>(entry.type) == EventType::kClock) {
    uint64_t deadline = 0;
    readiness.error = DeadlineOf(entry, start_, &deadline);
    readiness.ready = readiness.error != Errno::kSuccess || deadline <= start_.monotonic ||
                      deadline <= host_.context_.clock->MonotonicNow();
    return readiness;
  }
  int watched = -1;
  readiness.error = Watch(entry, &watched, &readiness.nbytes);
  readiness.ready = readiness.error != Errno::kSuccess || watched < 0;
  if (!readiness.ready) {
    const auto pollable = pollables_.find({entry.fd, static_cast<EventType>(entry.type)});
    readiness.ready = pollable != pollables_.end() && pollable->second->IsReady();
  }
  return readiness;
}

template <class Version>
Result<Errno> Host::PollOneoff(Address subscriptions, Address events, uint32_t count, Out<uint32_t> fired) {
  if (count == 0 || count > context_.limits.max_poll_subscriptions) return Errno::kInval;
  const auto in = subscriptions.Range(uint64_t{count} * Version::kSubscriptionSize);
  const auto out = events.Range(uint64_t{count} * kEventSize);
  if (!in || !out) return Errno::kFault;
  Poll poll(*this, {context_.clock->MonotonicNow(), context_.clock->WallNow()});
  for (uint32_t i = 0; i < count; ++i) {
    const auto entry = ReadSubscription<Version>(*in, i);
    if (entry.type > static_cast<uint8_t>(EventType::kFdWrite)) return Errno::kInval;
    CVM_RETURN_IF_ERROR(poll.Note(entry));
  }
  uint32_t written = 0;
  while (written == 0) {
    CVM_RETURN_IF_ERROR(poll.Wait());
    for (uint32_t i = 0; i < count; ++i) {
      const auto entry = ReadSubscription<Version>(*in, i);
      const Readiness readiness = poll.Look(entry);
      if (!readiness.ready) continue;
      const auto event = Record<kEventSize>()
                             .Put(0, entry.userdata)
                             .Put(8, static_cast<uint16_t>(readiness.error))
                             .Put(10, entry.type)
                             .Put(16, readiness.nbytes);
      std::memcpy(out->data() + written++ * kEventSize, event.bytes().data(), kEventSize);
    }
  }
  fired.Set(written);
  return Errno::kSuccess;
}
template Result<Errno> Host::PollOneoff<Snapshot1>(Address, Address, uint32_t, Out<uint32_t>);
template Result<Errno> Host::PollOneoff<Unstable>(Address, Address, uint32_t, Out<uint32_t>);

}  // namespace cvm::wasi::p1
