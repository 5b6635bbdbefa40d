// The state machines of async by hand: every trap with its words, and what just does not trap.
#include <catch2/catch.hpp>

#include "canonical-abi/async/canon_async.hpp"
#include "canonical-abi/async/task.hpp"
#include "canonical-abi/memory/load.hpp"
#include "canonical-abi/memory/store.hpp"
#include "test/canonical-abi/support/fake_guest.hpp"

namespace cvm::abi {
namespace {

template <class T>
std::string Trap(const Result<T>& result) {
  REQUIRE(!result.ok());
  REQUIRE(result.error().kind() == ErrorKind::kTrap);
  return result.error().message();
}

const std::optional<ValType> kU8 = U8Type();
const std::optional<ValType> kNothing;

// Two guests with one pair of ends between them: the readable one is the second guest's.
struct Pair {
  explicit Pair(bool future, std::optional<ValType> t = U8Type()) : future(future), element(std::move(t)) {
    const uint64_t both =
        (future ? CanonFutureNew(writer.inst, *account, element) : CanonStreamNew(writer.inst, *account, element))
            .value();
    const auto ri = static_cast<uint32_t>(both);
    w = static_cast<uint32_t>(both >> 32);
    LiftLowerContext from = writer.Cx();
    LiftLowerContext to = reader.Cx();
    const ValType type = (future ? FutureType(element) : StreamType(element)).value();
    r = LowerHandle(to, LiftHandle(from, ri, type).value(), type).value();
  }
  CopySite ReadSite(bool async = true) {
    return {reader.inst, future ? HandleKind::kReadableFutureEnd : HandleKind::kReadableStreamEnd, element, async};
  }
  CopySite WriteSite(bool async = true) {
    return {writer.inst, future ? HandleKind::kWritableFutureEnd : HandleKind::kWritableStreamEnd, element, async};
  }
  Result<CopyOutcome> Read(uint64_t ptr, uint64_t n, bool async = true) {
    return CanonCopy(ReadSite(async), reader.opts, r, ptr, n);
  }
  Result<CopyOutcome> Write(uint64_t ptr, uint64_t n, bool async = true) {
    return CanonCopy(WriteSite(async), writer.opts, w, ptr, n);
  }
  std::shared_ptr<WaitableSet> JoinReader() {
    const uint32_t si = CanonWaitableSetNew(reader.inst).value();
    REQUIRE(CanonWaitableJoin(reader.inst, r, si).ok());
    return GetWaitableSet(reader.inst, si).value();
  }

  bool future;
  std::optional<ValType> element;
  std::shared_ptr<AsyncAccount> account = std::make_shared<AsyncAccount>();
  FakeGuest writer{256};
  FakeGuest reader{256};
  uint32_t w = 0;
  uint32_t r = 0;
};

struct Waiter final : EventWaiter {
  void OnEvent() override { ++events; }
  int events = 0;
};

TEST_CASE("a copy that meets the other end is done at once; the other is told") {
  Pair pair(false);
  for (size_t i = 0; i < 8; ++i) pair.writer.memory.bytes()[i] = static_cast<uint8_t>(i + 1);
  REQUIRE(!pair.Read(100, 4)->payload.has_value());
  REQUIRE(pair.Write(0, 6)->payload == (4u << 4));
  REQUIRE(pair.reader.memory.bytes()[103] == 4);
  const auto set = pair.JoinReader();
  REQUIRE(set->HasPendingEvent());
  REQUIRE(set->GetPendingEvent() == Event{EventCode::kStreamRead, pair.r, 4u << 4});
  REQUIRE(!set->HasPendingEvent());
}

TEST_CASE("a partial copy goes on until its event is delivered") {
  Pair pair(false);
  REQUIRE(!pair.Read(0, 8)->payload.has_value());
  REQUIRE(pair.Write(0, 3)->payload == (3u << 4));
  REQUIRE(pair.Write(0, 2)->payload == (2u << 4));
  const auto set = pair.JoinReader();
  REQUIRE(set->GetPendingEvent().p2 == (5u << 4));
  REQUIRE(!pair.Write(0, 1)->payload.has_value());
}

TEST_CASE("zero-length copies meet") {
  Pair pair(false);
  REQUIRE(!pair.Write(0, 0)->payload.has_value());
  REQUIRE(!pair.Read(0, 4)->payload.has_value());  // the write of nothing is done, the read waits
  Pair empty(false);
  REQUIRE(!empty.Read(0, 0)->payload.has_value());
  REQUIRE(empty.Write(0, 0)->payload == 0u);
}

TEST_CASE("ASY-01 cancel takes back what has not been copied") {
  Pair pair(false);
  REQUIRE(Trap(CanonCancelCopy(pair.ReadSite(), pair.r)) == "stream or future read cancelled when no read is pending");
  REQUIRE(Trap(CanonCancelCopy(pair.WriteSite(), pair.w)) ==
          "stream or future write cancelled when no write is pending");
  REQUIRE(!pair.Read(0, 4)->payload.has_value());
  REQUIRE(CanonCancelCopy(pair.ReadSite(), pair.r)->payload == static_cast<uint32_t>(CopyResult::kCancelled));
  REQUIRE(!pair.Write(0, 4)->payload.has_value());  // nobody reads any more
  // A copy of which a part is done reports that part.
  REQUIRE(pair.Read(0, 2)->payload == (2u << 4));
  REQUIRE(CanonCancelCopy(pair.WriteSite(), pair.w)->payload == (2u << 4 | 2u));
}

TEST_CASE("ends that are done say why") {
  Pair stream(false);
  REQUIRE(CanonDropEnd(stream.ReadSite(), stream.r).ok());
  REQUIRE(stream.Write(0, 1)->payload == static_cast<uint32_t>(CopyResult::kDropped));
  REQUIRE(Trap(stream.Write(0, 1)) == "cannot write to stream after being notified that the readable end dropped");
  Pair other(false);
  REQUIRE(CanonDropEnd(other.WriteSite(), other.w).ok());
  REQUIRE(other.Read(0, 1)->payload == static_cast<uint32_t>(CopyResult::kDropped));
  REQUIRE(Trap(other.Read(0, 1)) == "cannot read from stream after being notified that the writable end dropped");
  LiftLowerContext cx = other.reader.Cx();
  REQUIRE(Trap(LiftHandle(cx, other.r, StreamType(kU8).value())) ==
          "cannot lift stream after being notified that the writable end dropped");
  Pair future(true);
  REQUIRE(!future.Write(0, 1)->payload.has_value());
  REQUIRE(future.Read(0, 1)->payload == 0u);
  REQUIRE(Trap(future.Read(0, 1)) == "cannot read from future after previous read succeeded");
  LiftLowerContext fcx = future.reader.Cx();
  REQUIRE(Trap(LiftHandle(fcx, future.r, FutureType(kU8).value())) ==
          "cannot lift future after previous read succeeded");
  REQUIRE(Trap(future.Write(0, 1)) == "cannot have concurrent operations active on a future/stream");
}

TEST_CASE("busy ends are neither dropped nor lifted") {
  Pair pair(false);
  REQUIRE(!pair.Read(0, 4)->payload.has_value());
  REQUIRE(Trap(pair.Read(0, 4)) == "cannot have concurrent operations active on a future/stream");
  REQUIRE(Trap(CanonDropEnd(pair.ReadSite(), pair.r)) == "cannot remove busy stream");
  LiftLowerContext cx = pair.reader.Cx();
  REQUIRE(Trap(LiftHandle(cx, pair.r, StreamType(kU8).value())) == "cannot lift stream while a read is in progress");
  Pair write(false);
  REQUIRE(!write.Write(0, 4)->payload.has_value());
  REQUIRE(Trap(CanonDropEnd(write.WriteSite(), write.w)) == "cannot drop busy stream");
  Pair future(true);
  REQUIRE(Trap(CanonDropEnd(future.WriteSite(), future.w)) ==
          "cannot drop future write end without first writing a value");
  REQUIRE(!future.Write(0, 1)->payload.has_value());
  REQUIRE(CanonDropEnd(future.ReadSite(), future.r).ok());  // the writer is told that nobody reads
  const uint32_t si = CanonWaitableSetNew(future.writer.inst).value();
  REQUIRE(CanonWaitableJoin(future.writer.inst, future.w, si).ok());
  REQUIRE(GetWaitableSet(future.writer.inst, si).value()->GetPendingEvent().p2 == 1u);
  REQUIRE(CanonDropEnd(future.WriteSite(), future.w).ok());
}

TEST_CASE("buffers are checked when a copy begins") {
  Pair pair(false, U32Type());
  REQUIRE(Trap(pair.Read(2, 1)) == "pointer not aligned");
  REQUIRE(Trap(pair.Read(252, 2)) == "pointer out of bounds of memory");
  REQUIRE(Trap(pair.Read(0, Buffer::kMaxLength + 1)) == "stream read or write is too long");
  REQUIRE(!pair.Read(3, 0)->payload.has_value());  // nothing is touched
}

TEST_CASE("handles of other kinds and types are refused") {
  Pair pair(false);
  REQUIRE(
      Trap(CanonCopy({pair.reader.inst, HandleKind::kWritableStreamEnd, kU8, true}, pair.reader.opts, pair.r, 0, 1)) ==
      "handle index 1 used with the wrong type, expected writable stream end but found "
      "readable stream end");
  REQUIRE(Trap(CanonCopy({pair.reader.inst, HandleKind::kReadableStreamEnd, kNothing, true}, pair.reader.opts, pair.r,
                         0, 1)) == "handle index 1 used with the wrong type, expected stream but found stream<u8>");
  REQUIRE(Trap(CanonCopy(pair.ReadSite(), pair.reader.opts, 9, 0, 1)) == "unknown handle index 9");
  const uint32_t si = CanonWaitableSetNew(pair.reader.inst).value();
  REQUIRE(Trap(CanonWaitableJoin(pair.reader.inst, si, si)) ==
          "handle index 2 used with the wrong type, expected a waitable but found waitable-set");
  REQUIRE(Trap(CanonWaitableJoin(pair.reader.inst, pair.r, pair.r)) ==
          "handle index 1 used with the wrong type, expected waitable-set but found readable stream end");
}

TEST_CASE("ASY-06 what is in a set is not used synchronously") {
  constexpr const char* kWords = "waitable cannot be used synchronously while added to a waitable set";
  Pair pair(false);
  pair.JoinReader();
  REQUIRE(Trap(pair.Read(0, 1, /*async=*/false)) == kWords);
  REQUIRE(!pair.Read(0, 1)->payload.has_value());
  REQUIRE(Trap(CanonCancelCopy(pair.ReadSite(false), pair.r)) == kWords);
  Pair sync(false);
  const auto outcome = sync.Read(0, 1, /*async=*/false).value();
  Waiter waiter;
  outcome.end->set_sync_waiter(&waiter);
  const uint32_t si = CanonWaitableSetNew(sync.reader.inst).value();
  REQUIRE(Trap(CanonWaitableJoin(sync.reader.inst, sync.r, si)) == kWords);
  REQUIRE(Trap(CanonCancelCopy(sync.ReadSite(), sync.r)) == "stream or future read cancelled when no read is pending");
  REQUIRE(sync.Write(0, 1)->payload == (1u << 4));
  REQUIRE(waiter.events == 1);
  outcome.end->set_sync_waiter(nullptr);
  REQUIRE(outcome.end->GetPendingEvent().p2 == (1u << 4));
}

TEST_CASE("ASY-06 the backpressure counter neither overflows nor underflows") {
  InstanceGate gate;
  REQUIRE(Trap(gate.DecBackpressure()) == "backpressure counter underflow");
  for (uint32_t i = 0; i < InstanceGate::kMaxBackpressure; ++i) REQUIRE(gate.IncBackpressure().ok());
  REQUIRE(Trap(gate.IncBackpressure()) == "backpressure counter overflow");
  REQUIRE(gate.HasBackpressure(false));
  for (uint32_t i = 1; i < InstanceGate::kMaxBackpressure; ++i) REQUIRE(!gate.DecBackpressure().value());
  REQUIRE(gate.DecBackpressure().value());
  REQUIRE(!gate.HasBackpressure(true));
  gate.Lock(&gate);
  REQUIRE(gate.HasBackpressure(true));
  REQUIRE(!gate.HasBackpressure(false));
}

TEST_CASE("ASY-02 sets and waitables may go in any order") {
  for (const bool set_first : {false, true}) {
    Pair pair(false);
    auto set = pair.JoinReader();
    REQUIRE(!pair.Read(0, 1)->payload.has_value());
    REQUIRE(pair.Write(0, 1)->payload.has_value());
    if (set_first) {
      REQUIRE(pair.reader.inst.handles().Remove(2).ok());
      set = nullptr;
      REQUIRE(pair.reader.inst.handles().Remove(pair.r).ok());
    } else {
      REQUIRE(pair.reader.inst.handles().Remove(pair.r).ok());
      REQUIRE(!set->HasPendingEvent());
      REQUIRE(set->size() == 0);
    }
  }
  Pair pair(false);
  const auto set = pair.JoinReader();
  REQUIRE(Trap(CanonWaitableSetDrop(pair.reader.inst, 2)) == "cannot drop waitable set with waitables in it");
  REQUIRE(CanonWaitableJoin(pair.reader.inst, pair.r, 0).ok());
  Waiter waiter;
  set->AddWaiter(waiter);
  REQUIRE(Trap(CanonWaitableSetDrop(pair.reader.inst, 2)) == "cannot drop waitable set with waiters");
  set->RemoveWaiter(waiter);
  REQUIRE(CanonWaitableSetDrop(pair.reader.inst, 2).ok());
}

TEST_CASE("a set delivers events in the order in which they came") {
  Pair a(false), b(false);
  WaitableSet set;
  Waiter waiter;
  set.AddWaiter(waiter);
  const auto ra = a.Read(0, 1)->end;
  const auto rb = b.Read(0, 1)->end;
  REQUIRE(ra->Join(&set).ok());
  REQUIRE(rb->Join(&set).ok());
  REQUIRE(b.Write(0, 1).ok());
  REQUIRE(a.Write(0, 1).ok());
  REQUIRE(waiter.events == 2);
  REQUIRE(set.GetPendingEvent().p1 == b.r);
  REQUIRE(ra->state() == CopyState::kCopying);
  REQUIRE(set.GetPendingEvent().p1 == a.r);
  REQUIRE(ra->state() == CopyState::kIdle);
  set.RemoveWaiter(waiter);
}

class TestSubtask final : public Subtask {};

TEST_CASE("a subtask reports its progress, and ends the loan when it is over") {
  ComponentInstance inst;
  ResourceType rt(nullptr);
  const uint32_t handle = inst.handles().Add(ResourceHandle{.rt = &rt, .rep = 7, .own = true}).value();
  auto subtask = std::make_shared<TestSubtask>();
  const uint32_t i = inst.handles().Add(std::shared_ptr<HandleObject>(subtask)).value();
  REQUIRE(subtask->lenders().AddLender(inst.handles(), handle).ok());
  subtask->ReportAs(i);
  subtask->Start();
  REQUIRE(subtask->GetPendingEvent() == Event{EventCode::kSubtask, i, 1});
  REQUIRE(Trap(CanonSubtaskDrop(inst, i)) == "cannot drop a subtask which has not yet resolved");
  REQUIRE(subtask->CheckCancel(true).ok());
  subtask->set_cancellation_requested();
  REQUIRE(Trap(subtask->CheckCancel(true)) == "`subtask.cancel` called twice for the same subtask");
  subtask->Resolve(Subtask::State::kReturned);
  REQUIRE(inst.handles().GetResource(handle, &rt).value()->num_lends == 1);
  REQUIRE(Trap(CanonSubtaskDrop(inst, i)) == "cannot drop a subtask which has not yet resolved");
  REQUIRE(subtask->GetPendingEvent().p2 == 2);
  REQUIRE(inst.handles().GetResource(handle, &rt).value()->num_lends == 0);
  REQUIRE(Trap(subtask->CheckCancel(false)) == "`subtask.cancel` called after terminal status delivered");
  REQUIRE(CanonSubtaskDrop(inst, i).ok());
  REQUIRE(Trap(CanonSubtaskDrop(inst, i)) == "unknown handle index 2");
}

TEST_CASE("a cancelled subtask says how far it was") {
  TestSubtask before, after;
  before.ResolveCancelled();
  REQUIRE(before.state() == Subtask::State::kCancelledBeforeStarted);
  after.Start();
  after.ResolveCancelled();
  REQUIRE(after.state() == Subtask::State::kCancelledBeforeReturned);
}

TEST_CASE("a task returns once, without borrows; it is cancelled only when it was told to") {
  TaskState task;
  task.Start();
  REQUIRE(Trap(task.CheckCancel()) == "`task.cancel` called by task which has not been cancelled");
  REQUIRE(Trap(task.CheckEnd()) == "async-lifted export failed to produce a result");
  task.scope().AddBorrow();
  REQUIRE(Trap(task.CheckReturn()) == "borrow handles still remain at the end of the call");
  task.scope().DropBorrow();
  REQUIRE(task.CheckReturn().ok());
  task.SetPendingCancel();
  REQUIRE(Trap(task.CheckCancel()) == "`task.cancel` called by task which has not been cancelled");
  REQUIRE(!task.DeliverPendingCancel(false));
  REQUIRE(task.DeliverPendingCancel(true));
  REQUIRE(!task.DeliverPendingCancel(true));
  task.scope().AddBorrow();
  REQUIRE(Trap(task.CheckCancel()) == "borrow handles still remain at the end of the call");
  task.scope().DropBorrow();
  REQUIRE(task.CheckCancel().ok());
  task.SetResolved();
  REQUIRE(task.CheckEnd().ok());
  const char* twice = "`task.return` or `task.cancel` called more than once for current task";
  REQUIRE(Trap(task.CheckReturn()) == twice);
  REQUIRE(Trap(task.CheckCancel()) == twice);
}

TEST_CASE("a stream of strings is a handle: passing it needs no memory") {
  const ValType strings = StreamType(StringType()).value();
  REQUIRE(ContainsPointer(StringType()));
  REQUIRE(!ContainsPointer(strings));
  REQUIRE(!ContainsPointer(TupleType({strings, FutureType(StringType()).value()}).value()));
  REQUIRE(ContainsPointer(TupleType({strings, StringType()}).value()));
}

TEST_CASE("callback codes") {
  REQUIRE(UnpackCallbackResult(0x52)->waitable_set == 5);
  REQUIRE(UnpackCallbackResult(1)->code == CallbackCode::kYield);
  for (const uint32_t code : {3u, 4u, 15u}) {
    REQUIRE(Trap(UnpackCallbackResult(code | 0x10)) == "unsupported callback code: " + std::to_string(code));
  }
}

TEST_CASE("nothing may be done while the instance may not be left") {
  Pair pair(false);
  pair.reader.inst.set_may_leave(false);
  constexpr const char* kWords = "cannot leave component instance";
  REQUIRE(Trap(pair.Read(0, 1)) == kWords);
  REQUIRE(Trap(CanonCancelCopy(pair.ReadSite(), pair.r)) == kWords);
  REQUIRE(Trap(CanonDropEnd(pair.ReadSite(), pair.r)) == kWords);
  REQUIRE(Trap(CanonStreamNew(pair.reader.inst, *pair.account, kU8)) == kWords);
  REQUIRE(Trap(CanonFutureNew(pair.reader.inst, *pair.account, kU8)) == kWords);
  REQUIRE(Trap(CanonWaitableSetNew(pair.reader.inst)) == kWords);
  REQUIRE(Trap(CanonWaitableSetDrop(pair.reader.inst, 1)) == kWords);
  REQUIRE(Trap(CanonWaitableJoin(pair.reader.inst, 1, 0)) == kWords);
  REQUIRE(Trap(CanonSubtaskDrop(pair.reader.inst, 1)) == kWords);
}

TEST_CASE("ASY-05 a copy is made in parts, whatever the guests ask for") {
  Pair pair(false);
  pair.account->limits.max_elements_per_copy = 16;
  FakeGuest guest(256);
  const uint64_t both = CanonStreamNew(pair.writer.inst, *pair.account, kU8).value();
  LiftLowerContext from = pair.writer.Cx();
  LiftLowerContext to = pair.reader.Cx();
  const ValType type = StreamType(kU8).value();
  pair.r = LowerHandle(to, LiftHandle(from, static_cast<uint32_t>(both), type).value(), type).value();
  pair.w = static_cast<uint32_t>(both >> 32);
  REQUIRE(!pair.Write(0, 200)->payload.has_value());
  REQUIRE(pair.Read(0, 200)->payload == (16u << 4));
  REQUIRE(pair.Read(0, 200)->payload == (16u << 4));
}

TEST_CASE("elements that are no numbers pass as values, in pieces") {
  Pair pair(false, CharType());
  FakeGuest big_writer(8192 * 4), big_reader(8192 * 4);
  for (size_t i = 0; i < 8192; ++i) big_writer.memory.bytes()[4 * i] = 'a';
  const std::optional<ValType> t = CharType();
  REQUIRE(!CanonCopy(pair.WriteSite(), big_writer.opts, pair.w, 0, 5000)->payload.has_value());
  REQUIRE(CanonCopy(pair.ReadSite(), big_reader.opts, pair.r, 0, 8000)->payload == (5000u << 4));
  REQUIRE(big_reader.memory.bytes()[4 * 4999] == 'a');
  REQUIRE(big_reader.memory.bytes()[4 * 5000] == 0);
}

TEST_CASE("ASY-03 streams and futures give their places back") {
  auto account = std::make_shared<AsyncAccount>();
  account->limits.max_streams = 4;
  FakeGuest guest(64);
  for (int round = 0; round < 1000; ++round) {
    const uint64_t both = CanonStreamNew(guest.inst, *account, kU8).value();
    const auto r = static_cast<uint32_t>(both);
    const auto w = static_cast<uint32_t>(both >> 32);
    REQUIRE(CanonDropEnd({guest.inst, HandleKind::kReadableStreamEnd, kU8, true}, r).ok());
    REQUIRE(CanonDropEnd({guest.inst, HandleKind::kWritableStreamEnd, kU8, true}, w).ok());
  }
  REQUIRE(account->streams() == 0);
  REQUIRE(guest.inst.handles().length() == 3);
  for (int i = 0; i < 4; ++i) REQUIRE(CanonFutureNew(guest.inst, *account, kU8).ok());
  const auto refused = CanonStreamNew(guest.inst, *account, kU8);
  REQUIRE(refused.error().kind() == ErrorKind::kLimit);
  REQUIRE(refused.error().message() == "too many streams and futures: 5, the limit is 4 (-W max-streams)");
}

TEST_CASE("a pair of ends is added whole or not at all") {
  auto account = std::make_shared<AsyncAccount>();
  ComponentInstance inst(nullptr, HandleLimits{1});
  REQUIRE(CanonStreamNew(inst, *account, kU8).error().kind() == ErrorKind::kLimit);
  REQUIRE(inst.handles().live_count() == 0);
  REQUIRE(account->streams() == 0);
}

}  // namespace
}  // namespace cvm::abi
