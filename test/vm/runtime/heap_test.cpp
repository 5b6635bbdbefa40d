// Heap: collections while the mutator changes what they look at, limits, being stopped.
#include "vm/runtime/heap.hpp"

#include <catch2/catch.hpp>
#include <cstring>
#include <map>
#include <random>
#include <set>

#include "vm/runtime/store.hpp"
#include "vm/types/canonical.hpp"

namespace cvm::rt {
namespace {

using Stress = Heap::Stress;

const ValType kAnyRef = ValType::Ref(HeapType::Abstract(HeapKind::kAny), true);

SubType TypeOf(CompositeKind kind, std::vector<ValType> fields) {
  SubType type;
  type.kind = kind;
  for (const ValType field : fields) type.fields.push_back({field, PackedKind::kNone, true});
  return type;
}

struct Types {
  Types() {
    const auto ids =
        types
            .Intern({TypeOf(CompositeKind::kStruct, {ValType::I64(), kAnyRef, kAnyRef}),
                     TypeOf(CompositeKind::kArray, {kAnyRef}), TypeOf(CompositeKind::kArray, {ValType::I64()})},
                    {{0, 1}, {1, 1}, {2, 1}})
            .value();
    node = types.InfoOf(ids[0]);
    refs = types.InfoOf(ids[1]);
    numbers = types.InfoOf(ids[2]);
  }
  CanonicalTypes types;
  const TypeInfo *node, *refs, *numbers;
};

StoreLimits LimitsOf(uint64_t heap_bytes) {
  StoreLimits limits;
  limits.max_heap_bytes = heap_bytes;
  return limits;
}

Ref* FieldOf(const Types& types, Ref node, int i) {
  return reinterpret_cast<Ref*>(Object::Of(node)->at(types.node->field_offsets[i]));
}

// A program that makes, links and forgets objects at random, and knows what they should be. All that it holds is in the
// elements of one large array. An array of its own has its number as an i31 in element 0.
class Mutator {
 public:
  Mutator(Stress stress, uint32_t seed) : store_(LimitsOf(64 << 20), true, &types_.types), random_(seed) {
    heap().SetStress(stress);
    roots_ = heap().NewArray(types_.refs, kRoots)->ref();
    heap().roots()->Add(roots_);
    numbers_.resize(kRoots);
  }

  void Run(int steps) {
    for (int i = 0; i < steps; ++i) {
      switch (random_() % 8) {
        case 0:
        case 1:
        case 2:
          NewNode();
          break;
        case 3:
          if (random_() % 4 == 0) NewArray();
          break;
        case 4:
          Link();
          break;
        case 5:
          // The only way to what lies below: whoever marks must have seen it before it was unlinked.
          TakeAndCut();
          break;
        case 6:
          if (random_() % 4 == 0) Forget(random_() % kRoots);
          break;
        default:
          Walk();
      }
    }
  }

  // Everything that can be reached is what it should be; and nothing else is there after a collection.
  void CheckAll() {
    heap().Collect();
    std::set<uint64_t> seen;
    std::vector<std::pair<Ref, uint64_t>> open;
    uint64_t bytes = SizeOf(Object::Of(roots_));
    const auto meet = [&](Ref ref, uint64_t number) {
      REQUIRE((ref == kNullRef) == (number == 0));
      if (number != 0 && seen.insert(number).second) open.emplace_back(ref, number);
    };
    for (uint32_t i = 0; i < kRoots; ++i) meet(*RootAt(i), numbers_[i]);
    while (!open.empty()) {
      const auto [ref, number] = open.back();
      open.pop_back();
      REQUIRE(NumberOf(ref) == number);
      bytes += SizeOf(Object::Of(ref));
      for (const auto& [place, child] : children_[number]) meet(*PlaceIn(ref, place), child);
    }
    CHECK(heap().stats().live_bytes == bytes);
  }

  Heap& heap() { return store_.heap(); }

 private:
  static constexpr uint32_t kRoots = 3000;

  Ref* RootAt(uint32_t i) { return reinterpret_cast<Ref*>(Array::Of(roots_)->data()) + i; }
  Ref* PlaceIn(Ref ref, uint32_t place) {
    if (Object::Of(ref)->info == types_.node) return FieldOf(types_, ref, static_cast<int>(place) + 1);
    return reinterpret_cast<Ref*>(Array::Of(ref)->data()) + place;
  }
  uint64_t NumberOf(Ref ref) {
    if (Object::Of(ref)->info == types_.node) return *FieldOf(types_, ref, 0);
    REQUIRE(Object::Of(ref)->info == types_.refs);
    return I31Unsigned(*PlaceIn(ref, 0));
  }
  void Write(Ref* at, Ref value) {
    heap().WillOverwrite(at, 1);
    *at = value;
  }
  void SetRoot(uint32_t i, Ref ref, uint64_t number) {
    Write(RootAt(i), ref);
    numbers_[i] = number;
  }
  void Forget(uint32_t i) { SetRoot(i, kNullRef, 0); }
  uint32_t SomePlace(uint64_t number) {
    const auto& places = children_[number];
    return std::next(places.begin(), static_cast<ptrdiff_t>(random_() % places.size()))->first;
  }

  void NewNode() {
    const uint32_t a = random_() % kRoots, b = random_() % kRoots;
    const uint64_t number = ++last_;
    const uint64_t slots[] = {number, *RootAt(a), *RootAt(b)};
    Object* node = heap().NewStruct(types_.node, slots);
    REQUIRE(node != nullptr);
    children_[number] = {{0, numbers_[a]}, {1, numbers_[b]}};
    SetRoot(random_() % kRoots, node->ref(), number);
  }
  void NewArray() {
    // Of one line, of some, and of more than a block takes.
    static constexpr uint32_t kLengths[] = {2, 10, 100, 500, 1200, 5000};
    const uint32_t length = kLengths[random_() % std::size(kLengths)];
    Array* array = heap().NewArray(types_.refs, length);
    REQUIRE(array != nullptr);
    const uint64_t number = ++last_;
    *PlaceIn(array->ref(), 0) = I31Ref(static_cast<uint32_t>(number));
    for (uint32_t n = 0; n < 4; ++n) {
      const uint32_t place = 1 + random_() % (length - 1), root = random_() % kRoots;
      *PlaceIn(array->ref(), place) = *RootAt(root);
      children_[number][place] = numbers_[root];
    }
    SetRoot(random_() % kRoots, array->ref(), number);
  }
  void Link() {
    const uint32_t of = random_() % kRoots, to = random_() % kRoots;
    if (numbers_[of] == 0) return;
    const uint32_t place = SomePlace(numbers_[of]);
    Write(PlaceIn(*RootAt(of), place), *RootAt(to));
    children_[numbers_[of]][place] = numbers_[to];
  }
  void TakeAndCut() {
    const uint32_t of = random_() % kRoots, to = random_() % kRoots;
    if (numbers_[of] == 0) return;
    const uint32_t place = SomePlace(numbers_[of]);
    Ref* at = PlaceIn(*RootAt(of), place);
    const Ref taken = *at;
    const uint64_t number = std::exchange(children_[numbers_[of]][place], 0);
    Write(at, kNullRef);
    SetRoot(to, taken, number);
  }
  void Walk() {
    const uint32_t root = random_() % kRoots;
    Ref ref = *RootAt(root);
    uint64_t number = numbers_[root];
    for (int depth = 0; depth < 20 && number != 0; ++depth) {
      REQUIRE(NumberOf(ref) == number);
      const uint32_t place = SomePlace(number);
      ref = *PlaceIn(ref, place);
      number = children_[number][place];
    }
    REQUIRE((ref == kNullRef) == (number == 0));
  }

  Types types_;
  Store store_;
  std::mt19937 random_;
  Ref roots_ = kNullRef;
  std::vector<uint64_t> numbers_;  // of the objects in the roots; 0: null
  uint64_t last_ = 0;
  std::map<uint64_t, std::map<uint32_t, uint64_t>> children_;  // by number, then place
};

TEST_CASE("what a program can reach stays whole, whatever it does while a collection is under way") {
  struct Case {
    Stress stress;
    int steps;
    uint64_t collections;
  };
  const auto [stress, steps, collections] =
      GENERATE(Case{Stress::kOff, 200'000, 5}, Case{Stress::kStep, 40'000, 2}, Case{Stress::kCollect, 1'500, 500});
  for (const uint32_t seed : {1u, 2u, 3u}) {
    INFO("stress " << static_cast<int>(stress) << ", seed " << seed);
    Mutator mutator(stress, seed);
    mutator.Run(steps);
    CHECK(mutator.heap().stats().collections >= collections);
    mutator.CheckAll();
    mutator.Run(steps / 10);
    mutator.CheckAll();
  }
}

// A list in a handle, of `count` nodes.
Ref MakeList(const Types& types, Heap& heap, uint64_t count) {
  uint32_t handle = heap.roots()->Add(kNullRef);
  Ref list = kNullRef;
  for (uint64_t i = 0; i < count; ++i) {
    const uint64_t slots[] = {i, list, kNullRef};
    Object* node = heap.NewStruct(types.node, slots);
    if (node == nullptr) break;
    list = node->ref();
    heap.roots()->Remove(handle);
    handle = heap.roots()->Add(list);
  }
  return list;
}

TEST_CASE("marking is done in slices, which allocations pay for") {
  Types types;
  Store store(LimitsOf(256 << 20), true, &types.types);
  store.heap().TimePauses([]() -> uint64_t { return 0; });
  MakeList(types, store.heap(), 1'000'000);
  const HeapStats before = store.heap().stats();
  for (int i = 0; i < 3'000'000; ++i) REQUIRE(store.heap().NewStructDefault(types.node) != nullptr);
  const HeapStats after = store.heap().stats();
  CHECK(after.collections - before.collections >= 1);
  CHECK(after.collections - before.collections <= 4);
  CHECK(after.live_bytes >= 32'000'000);
  CHECK(after.pauses.count() - before.pauses.count() > 50 * (after.collections - before.collections));
  // Garbage does not add up: twice what lives, and what is allocated while marking.
  CHECK(after.held_bytes < 3 * 32'000'000);
}

TEST_CASE("a heap near its limit is collected before allocation fails") {
  Types types;
  Store store(LimitsOf(16 << 20), true, &types.types);
  // 14 of 16 MiB live.
  MakeList(types, store.heap(), (14 << 20) / 32);
  for (int i = 0; i < 1'000'000; ++i) REQUIRE(store.heap().NewStructDefault(types.node) != nullptr);
  CHECK(store.heap().stats().held_bytes <= uint64_t{16} << 20);
  // Next to nothing left: the end, soon.
  MakeList(types, store.heap(), uint64_t{1} << 20);
  CHECK(store.heap().NewStructDefault(types.node) == nullptr);
  CHECK_FALSE(store.heap().stopped());
}

TEST_CASE("a collection that memory waits for can be stopped, and goes on later") {
  Types types;
  Store store(LimitsOf(64 << 20), true, &types.types);
  Heap& heap = store.heap();
  MakeList(types, heap, 1'000'000);
  std::atomic<uint32_t> attention = 1;
  heap.StopBy(&attention);
  // No room for it, whatever is collected: the collection would go through the whole list.
  CHECK(heap.NewArray(types.numbers, (48 << 20) / 8) == nullptr);
  CHECK(heap.stopped());
  attention = 0;
  CHECK(heap.NewArray(types.numbers, (48 << 20) / 8) == nullptr);
  CHECK_FALSE(heap.stopped());
  CHECK(heap.NewStructDefault(types.node) != nullptr);
  heap.Collect();
  CHECK(heap.stats().live_bytes == 32'000'000);
}

TEST_CASE("large objects are freed, and free blocks make room for them") {
  Types types;
  Store store(LimitsOf(32 << 20), true, &types.types);
  Heap& heap = store.heap();
  for (int i = 0; i < 100; ++i) REQUIRE(heap.NewArray(types.numbers, (10 << 20) / 8) != nullptr);
  for (int i = 0; i < 900'000; ++i) REQUIRE(heap.NewStructDefault(types.node) != nullptr);
  Array* most = heap.NewArray(types.numbers, (31 << 20) / 8);
  REQUIRE(most != nullptr);
  CHECK(std::all_of(most->data(), most->data() + (31 << 20), [](uint8_t byte) { return byte == 0; }));
  CHECK(heap.NewArray(types.numbers, (33 << 20) / 8) == nullptr);
  // Blocks that were given back are to be had again.
  heap.Collect();
  for (int i = 0; i < 900'000; ++i) REQUIRE(heap.NewStructDefault(types.node) != nullptr);
}

TEST_CASE("tables are looked through in pieces, and what is taken out of them meanwhile is not lost") {
  Types types;
  StoreLimits limits = LimitsOf(64 << 20);
  Store store(limits, true, &types.types);
  Heap& heap = store.heap();
  heap.SetStress(Stress::kStep);
  constexpr uint64_t kElements = 20'000;
  TableType type{.element = kAnyRef};
  type.limits.min = kElements;
  Table* table = store.NewTable(type, kNullRef).value();
  const uint64_t slots[] = {77, kNullRef, kNullRef};
  table->Set(kElements - 1, heap.NewStruct(types.node, slots)->ref());
  Ref* last = table->data() + kElements - 1;
  Array* holder = heap.NewArray(types.refs, 1);
  heap.roots()->Add(holder->ref());
  Ref* held = reinterpret_cast<Ref*>(holder->data());
  // From the table to the array and back, at every moment of a collection.
  for (int i = 0; i < 2000; ++i) {
    Ref* from = i % 2 == 0 ? last : held;
    Ref* to = i % 2 == 0 ? held : last;
    const Ref ref = *from;
    heap.WillOverwrite(to, 1);
    *to = ref;
    heap.WillOverwrite(from, 1);
    *from = kNullRef;
    REQUIRE(heap.NewStructDefault(types.node) != nullptr);
    REQUIRE(Object::Of(*to)->info == types.node);
    REQUIRE(*FieldOf(types, *to, 0) == 77);
  }
  CHECK(heap.stats().collections > 10);
}

TEST_CASE("quantiles of pauses") {
  Pauses pauses;
  CHECK(pauses.Quantile(0.99) == 0);
  for (int i = 0; i < 990; ++i) pauses.Add(1000);
  for (int i = 0; i < 10; ++i) pauses.Add(1'000'000);
  CHECK(pauses.count() == 1000);
  CHECK(pauses.total_ns() == 990'000 + 10'000'000);
  CHECK(pauses.longest_ns() == 1'000'000);
  CHECK(pauses.Quantile(0.5) >= 1000);
  CHECK(pauses.Quantile(0.5) <= 1250);
  CHECK(pauses.Quantile(0.98) <= 1250);
  CHECK(pauses.Quantile(0.995) == 1'000'000);
}

}  // namespace
}  // namespace cvm::rt
