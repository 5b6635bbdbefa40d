// Handle tables, lends and borrows, entering and leaving of instances.
#include "canonical-abi/handles/handle_table.hpp"

#include <catch2/catch.hpp>

#include "canonical-abi/handles/instance.hpp"

namespace cvm::abi {
namespace {

// An entry of a kind that async will define.
class FakeObject final : public HandleObject {
 public:
  explicit FakeObject(HandleKind kind) : kind_(kind) {}
  HandleKind kind() const override { return kind_; }

 private:
  HandleKind kind_;
};

ResourceHandle Handle(const ResourceType* rt, uint64_t rep) { return {.rt = rt, .rep = rep, .own = true}; }

uint32_t Add(HandleTable& table, uint64_t rep, const ResourceType* rt = nullptr) {
  const auto i = table.Add(Handle(rt, rep));
  REQUIRE(i.ok());
  return *i;
}

template <class T>
void CheckTrap(const Result<T>& result, const std::string& words) {
  REQUIRE_FALSE(result.ok());
  CHECK(result.error().kind() == ErrorKind::kTrap);
  CHECK(result.error().message() == words);
}

TEST_CASE("HND-01 indices begin at 1; the last freed is used first") {
  HandleTable table;
  CHECK(Add(table, 10) == 1);
  CHECK(Add(table, 11) == 2);
  CHECK(Add(table, 12) == 3);
  CHECK(table.Remove(1).ok());
  CHECK(table.Remove(3).ok());
  CHECK(table.free_count() == 2);
  CHECK(table.live_count() == 1);
  CHECK(Add(table, 13) == 3);
  CHECK(Add(table, 14) == 1);
  CHECK(Add(table, 15) == 4);
  CHECK(table.length() == 5);
  CHECK(std::get_if<ResourceHandle>(*table.Get(3))->rep == 13);
}

TEST_CASE("HND-01 unused, freed and out-of-range indices trap") {
  HandleTable table;
  CheckTrap(table.Get(0), "unknown handle index 0");
  CheckTrap(table.Get(1), "unknown handle index 1");
  Add(table, 1);
  CHECK(table.Remove(1).ok());
  CheckTrap(table.Get(1), "unknown handle index 1");
  CheckTrap(table.Remove(1), "unknown handle index 1");
  CheckTrap(table.Get(5), "unknown handle index 5");
  CheckTrap(table.Remove(4294967295), "unknown handle index 4294967295");
  CHECK(table.free_count() == 1);
}

TEST_CASE("HND-01 a handle of another type traps") {
  ComponentInstance inst;
  ResourceType a(&inst), b(&inst), host(nullptr);
  HandleTable table;
  Add(table, 1, &a);
  CHECK((*table.GetResource(1, &a))->rep == 1);
  CheckTrap(table.GetResource(1, &b),
            "handle index 1 used with the wrong type, expected guest-defined resource but found a different "
            "guest-defined resource");
  CheckTrap(table.GetResource(1, &host),
            "handle index 1 used with the wrong type, expected host-defined resource but found guest-defined resource");
  CheckTrap(table.GetErrorContext(1),
            "handle index 1 used with the wrong type, expected error-context but found guest-defined resource");
  REQUIRE(table.Add(std::make_shared<const ErrorContext>()).ok());
  CheckTrap(table.GetResource(2, &a),
            "handle index 2 used with the wrong type, expected guest-defined resource but found error-context");
  REQUIRE(table.Add(std::make_shared<FakeObject>(HandleKind::kSubtask)).ok());
  CHECK(table.GetObject(3, HandleKind::kSubtask).ok());
  CheckTrap(table.GetObject(3, HandleKind::kWaitableSet),
            "handle index 3 used with the wrong type, expected waitable-set but found subtask");
  CheckTrap(table.GetObject(2, HandleKind::kSubtask),
            "handle index 2 used with the wrong type, expected subtask but found error-context");
}

TEST_CASE("HND-05 the limit of a table is an error, and freeing makes room") {
  HandleTable table(HandleLimits{.max_handles = 3});
  for (int i = 0; i < 3; ++i) Add(table, i);
  const auto over = table.Add(Handle(nullptr, 3));
  REQUIRE_FALSE(over.ok());
  CHECK(over.error().kind() == ErrorKind::kLimit);
  CHECK(over.error().message() == "too many handles: 4, the limit is 3 (-W max-handles)");
  CHECK(table.Remove(2).ok());
  CHECK(Add(table, 4) == 2);
  CHECK_FALSE(table.Add(Handle(nullptr, 3)).ok());
  HandleTable defaults;
  for (uint32_t i = 0; i < kDefaultMaxHandles; ++i) Add(defaults, i);
  CHECK_FALSE(defaults.Add(Handle(nullptr, 0)).ok());
}

TEST_CASE("HND-05 tables that share an account are limited together") {
  Account total(3);
  HandleTable one(HandleLimits{.total = &total}), two(HandleLimits{.total = &total});
  Add(one, 1), Add(one, 2), Add(two, 1);
  for (HandleTable* table : {&one, &two}) {
    const auto over = table->Add(Handle(nullptr, 3));
    CHECK(over.error().kind() == ErrorKind::kLimit);
    CHECK(over.error().message() == "too many handles in all: 4, the limit is 3 (-W max-total-handles)");
  }
  CHECK(one.length() == 3);  // index 0 among them
  CHECK(one.Remove(1).ok());
  CHECK(Add(two, 2) == 2);
  CHECK_FALSE(one.Add(Handle(nullptr, 3)).ok());
  CHECK(total.used() == 3);
}

TEST_CASE("HND-02 lends are counted and returned") {
  ComponentInstance inst;
  ResourceType rt(&inst);
  const uint32_t i = Add(inst.handles(), 7, &rt);
  SubtaskScope first, second;
  CHECK(first.AddLender(inst.handles(), i).ok());
  CHECK(first.AddLender(inst.handles(), i).ok());
  CHECK(second.AddLender(inst.handles(), i).ok());
  // Entries move when the table grows; the loan is kept by index.
  for (int n = 0; n < 1000; ++n) Add(inst.handles(), n, &rt);
  CHECK((*inst.handles().GetResource(i, &rt))->num_lends == 3);
  first.DeliverResolve();
  CHECK((*inst.handles().GetResource(i, &rt))->num_lends == 1);
  CHECK(first.resolve_delivered());
  second.DeliverResolve();
  CHECK((*inst.handles().GetResource(i, &rt))->num_lends == 0);
  CHECK(first.AddLender(inst.handles(), i).error().kind() == ErrorKind::kBug);
}

TEST_CASE("HND-02 a task with borrows left cannot return") {
  TaskScope task;
  CHECK(task.CheckNoBorrows().ok());
  task.AddBorrow();
  CheckTrap(task.CheckNoBorrows(), "borrow handles still remain at the end of the call");
  task.DropBorrow();
  CHECK(task.CheckNoBorrows().ok());
}

TEST_CASE("HND-04 an instance is entered once, from outside of its family") {
  ComponentInstance root;
  ComponentInstance a(&root), b(&root), child(&a);
  CHECK(a.MayEnterFrom(nullptr));
  a.EnterFrom(nullptr);
  CHECK_FALSE(root.may_enter());
  // The host cannot come back in; a sibling is entered from a without touching their common parent.
  CheckTrap(a.CheckMayEnterFrom(nullptr), "cannot enter component instance");
  CheckTrap(b.CheckMayEnterFrom(nullptr), "cannot enter component instance");
  CHECK(b.MayEnterFrom(&a));
  b.EnterFrom(&a);
  CheckTrap(a.CheckMayEnterFrom(&b), "cannot enter component instance");
  b.LeaveTo(&a);
  CHECK_FALSE(root.may_enter());
  // A child is entered from its parent alone: the parent is on the way.
  CHECK(child.MayEnterFrom(&a));
  child.EnterFrom(&a);
  CHECK(a.MayEnterFrom(&child));
  child.LeaveTo(&a);
  a.LeaveTo(nullptr);
  CHECK(root.may_enter());
}

TEST_CASE("ABI-09 may_leave is a flag of the instance") {
  ComponentInstance inst;
  CHECK(inst.CheckMayLeave().ok());
  inst.set_may_leave(false);
  CheckTrap(inst.CheckMayLeave(), "cannot leave component instance");
}

TEST_CASE("resource indices are resolved per instance") {
  ComponentInstance one, two;
  ResourceType a(&one), b(&two);
  one.resources() = {&a};
  two.resources() = {&b};
  CHECK(*one.Resolve(ResourceIndex(0)) == &a);
  CHECK(*two.Resolve(ResourceIndex(0)) == &b);
  CHECK(one.Resolve(ResourceIndex(1)).error().kind() == ErrorKind::kBug);
}

}  // namespace
}  // namespace cvm::abi
