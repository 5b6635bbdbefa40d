// Handles in and out of values: own, borrow, error contexts, and the readable ends of streams and futures.
#include <catch2/catch.hpp>

#include "canonical-abi/memory/load.hpp"
#include "canonical-abi/memory/store.hpp"
#include "test/canonical-abi/support/fake_guest.hpp"

namespace cvm::abi {
namespace {

ValType Ok(Result<ValType> type) {
  REQUIRE(type.ok());
  return *std::move(type);
}

template <class T>
void CheckTrap(const Result<T>& result, const std::string& words) {
  REQUIRE_FALSE(result.ok());
  CHECK(result.error().kind() == ErrorKind::kTrap);
  CHECK(result.error().message() == words);
}

// A guest that knows two resource types: 0 is another instance's, 1 its own.
struct ResourceGuest : FakeGuest {
  ResourceGuest() : FakeGuest(64) { inst.resources() = {&theirs, &ours, &hosts}; }
  uint32_t Add(const ResourceType& rt, uint64_t rep) {
    const auto i = inst.handles().Add(ResourceHandle{.rt = &rt, .rep = rep, .own = true});
    REQUIRE(i.ok());
    return *i;
  }
  ComponentInstance other;
  ResourceType theirs{&other}, ours{&inst}, hosts{nullptr};
  TaskScope task;
  SubtaskScope subtask;
};

const ValType kOwnTheirs = OwnType(ResourceIndex(0));
const ValType kBorrowTheirs = BorrowType(ResourceIndex(0));
const ValType kBorrowOurs = BorrowType(ResourceIndex(1));

TEST_CASE("HND-02 an own handle moves out of the table") {
  ResourceGuest guest;
  LiftLowerContext cx = guest.Cx({&guest.task, &guest.subtask});
  const uint32_t i = guest.Add(guest.theirs, 42);
  const auto v = LiftOwn(cx, i, kOwnTheirs);
  REQUIRE(v.ok());
  CHECK(*v == Value::Own(&guest.theirs, 42));
  CheckTrap(LiftOwn(cx, i, kOwnTheirs), "unknown handle index 1");
  const auto j = LowerOwn(cx, *v, kOwnTheirs);
  REQUIRE(j.ok());
  CHECK(*j == i);
  CheckTrap(LiftOwn(cx, i, OwnType(ResourceIndex(1))),
            "handle index 1 used with the wrong type, expected guest-defined resource but found a different "
            "guest-defined resource");
  CHECK(guest.inst.handles().live_count() == 1);
}

TEST_CASE("HND-02 an own handle that is lent cannot move") {
  ResourceGuest guest;
  LiftLowerContext cx = guest.Cx({nullptr, &guest.subtask});
  const uint32_t i = guest.Add(guest.theirs, 42);
  const auto borrow = LiftBorrow(cx, i, kBorrowTheirs);
  REQUIRE(borrow.ok());
  CHECK(*borrow == Value::Borrow(&guest.theirs, 42));
  CheckTrap(LiftOwn(cx, i, kOwnTheirs), "cannot remove owned resource while borrowed");
  REQUIRE(LiftBorrow(cx, i, kBorrowTheirs).ok());
  CHECK(guest.subtask.num_lenders() == 2);
  guest.subtask.DeliverResolve();
  CHECK(LiftOwn(cx, i, kOwnTheirs).ok());
}

TEST_CASE("HND-02 a borrow is counted by its task; the implementer gets the representation") {
  ResourceGuest guest;
  LiftLowerContext cx = guest.Cx({&guest.task, &guest.subtask});
  const auto i = LowerBorrow(cx, Value::Borrow(&guest.theirs, 42), kBorrowTheirs);
  REQUIRE(i.ok());
  CHECK(guest.task.num_borrows() == 1);
  CHECK((*guest.inst.handles().GetResource(*i, &guest.theirs))->borrow_scope == &guest.task);
  CheckTrap(LiftOwn(cx, *i, kOwnTheirs), "cannot lift own resource from a borrow");
  // A borrow can be lent on.
  REQUIRE(LiftBorrow(cx, *i, kBorrowTheirs).ok());
  CHECK((*guest.inst.handles().GetResource(*i, &guest.theirs))->num_lends == 1);
  const auto rep = LowerBorrow(cx, Value::Borrow(&guest.ours, 1234), kBorrowOurs);
  REQUIRE(rep.ok());
  CHECK(*rep == 1234);
  CHECK(guest.task.num_borrows() == 1);
  // A host lends what it owns.
  CHECK(*LowerBorrow(cx, Value::Own(&guest.ours, 7), kBorrowOurs) == 7);
}

TEST_CASE("HND-01 a host's handle of another type is refused") {
  ResourceGuest guest;
  LiftLowerContext cx = guest.Cx({&guest.task, &guest.subtask});
  CHECK(LowerOwn(cx, Value::Own(&guest.ours, 1), kOwnTheirs).error().kind() == ErrorKind::kUsage);
  CHECK(LowerOwn(cx, Value::Own(nullptr, 1), kOwnTheirs).error().kind() == ErrorKind::kUsage);
  CHECK(LowerOwn(cx, Value::Borrow(&guest.theirs, 1), kOwnTheirs).error().kind() == ErrorKind::kUsage);
  CHECK(LowerBorrow(cx, Value::Borrow(&guest.ours, 1), kBorrowTheirs).error().kind() == ErrorKind::kUsage);
  CHECK(guest.inst.handles().live_count() == 0);
}

TEST_CASE("HND-05 a full table refuses handles and counts no borrow") {
  ResourceGuest guest;
  ComponentInstance small(nullptr, HandleLimits{.max_handles = 1});
  small.resources() = guest.inst.resources();
  LiftLowerContext cx(guest.opts, small, guest.budget, {&guest.task, nullptr});
  CHECK(LowerBorrow(cx, Value::Borrow(&guest.theirs, 1), kBorrowTheirs).ok());
  CHECK(LowerBorrow(cx, Value::Borrow(&guest.theirs, 1), kBorrowTheirs).error().kind() == ErrorKind::kLimit);
  CHECK(guest.task.num_borrows() == 1);
}

TEST_CASE("handles in memory are indices of 32 bits") {
  ResourceGuest guest;
  LiftLowerContext cx = guest.Cx({&guest.task, &guest.subtask});
  REQUIRE(Store(cx, Value::Own(&guest.theirs, 9), kOwnTheirs, 8).ok());
  CHECK(*LoadInt(cx, 8, 4) == 1);
  const auto v = Load(cx, 8, kOwnTheirs);
  REQUIRE(v.ok());
  CHECK(*v == Value::Own(&guest.theirs, 9));
}

TEST_CASE("error contexts are shared by index") {
  FakeGuest guest(16);
  LiftLowerContext cx = guest.Cx();
  const ErrorContextRef context = std::make_shared<const ErrorContext>();
  REQUIRE(Store(cx, Value(context), ErrorContextType(), 0).ok());
  const auto v = Load(cx, 0, ErrorContextType());
  REQUIRE(v.ok());
  CHECK(*v->As<ErrorContextRef>() == context);
  CHECK(guest.inst.handles().live_count() == 1);
  CheckTrap(LiftErrorContext(cx, 2), "unknown handle index 2");
}

// A stream of which only the readable ends exist.
class FakeEnd;
class FakeShared final : public SharedBase {
 public:
  std::shared_ptr<HandleObject> NewReadableEnd(std::shared_ptr<SharedBase> shared,
                                               const std::optional<ValType>& element,
                                               const ComponentInstance& inst) override;
};
class FakeEnd final : public HandleObject {
 public:
  explicit FakeEnd(std::shared_ptr<SharedBase> shared) : shared_(std::move(shared)) {}
  HandleKind kind() const override { return HandleKind::kReadableStreamEnd; }
  Result<std::shared_ptr<SharedBase>> TakeShared(const std::optional<ValType>& element,
                                                 const ComponentInstance&) override {
    if (busy) return TrapError("cannot remove busy stream");
    if (!element.has_value()) return TrapError("stream of another type");
    return shared_;
  }
  bool busy = false;

 private:
  std::shared_ptr<SharedBase> shared_;
};
std::shared_ptr<HandleObject> FakeShared::NewReadableEnd(std::shared_ptr<SharedBase> shared,
                                                         const std::optional<ValType>&, const ComponentInstance&) {
  return std::make_shared<FakeEnd>(std::move(shared));
}

TEST_CASE("the readable end of a stream passes on what it shares") {
  FakeGuest guest(16);
  LiftLowerContext cx = guest.Cx();
  const auto shared = std::make_shared<FakeShared>();
  const ValType stream = Ok(StreamType(U8Type()));
  const auto i = LowerStream(cx, Value(StreamHandle{shared}), stream);
  REQUIRE(i.ok());
  CheckTrap(LiftFuture(cx, *i, Ok(FutureType(U8Type()))),
            "handle index 1 used with the wrong type, expected readable future end but found readable stream end");
  CheckTrap(LiftStream(cx, *i, Ok(StreamType(std::nullopt))), "stream of another type");
  CHECK(guest.inst.handles().live_count() == 1);
  const auto v = LiftStream(cx, *i, stream);
  REQUIRE(v.ok());
  CHECK(v->As<StreamHandle>()->shared == shared);
  CHECK(guest.inst.handles().live_count() == 0);
}

}  // namespace
}  // namespace cvm::abi
