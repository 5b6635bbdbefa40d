// Calls between two components: nanoseconds for one, by adapters (component/fused) and by the literal path.
//
//   bench_calls                 all cases, both ways
//   bench_calls TEXT            those whose names have it
//   bench_calls @smoke          briefly
//   bench_calls --list          names, and how often and with what each is called: for compare.py
//   bench_calls --text NAME     the component, as text
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <string>
#include <string_view>
#include <vector>

#include "component/host/api_impl.hpp"
#include "cvm/component.hpp"
#include "cvm/component_text.hpp"
#include "test/component/support/pair.hpp"

namespace {

using namespace cvm;
using component::test::FillBytes;
using component::test::FillUnits;
using component::test::PairSpec;

struct Case {
  std::string name;
  PairSpec spec;
  uint32_t length;  // of the string or list
  uint32_t calls;
};

constexpr const char* kArgs = "(i32.const 65536) (local.get $len)";

void AddStrings(std::vector<Case>* cases, uint32_t length, const char* size, uint32_t calls) {
  static constexpr const char* kEncodings[] = {"utf8", "utf16", "latin1+utf16"};
  for (const std::string from : kEncodings) {
    for (const std::string to : kEncodings) {
      const std::string setup = from == "utf16" ? FillUnits('a') : FillBytes('a');
      PairSpec spec{R"((param "x" string))", "i32 i32", kArgs, setup};
      spec.caller_encoding = from, spec.callee_encoding = to;
      cases->push_back({"string-" + std::string(size) + "/" + from + "/" + to, spec, length, calls});
    }
  }
}

std::vector<Case> Cases() {
  std::vector<Case> cases;
  cases.push_back({"add",
                   {R"((param "a" u32) (param "b" u32))", "i32 i32", "(local.get $n) (local.get $len)", "",
                    "(i32.add (local.get 0) (local.get 1))"},
                   7,
                   200'000});
  AddStrings(&cases, 16, "16", 20'000);
  AddStrings(&cases, 1 << 10, "1K", 10'000);
  AddStrings(&cases, 1 << 20, "1M", 20);
  // The same letters with an accent: two bytes each.
  PairSpec accents{R"((param "x" string))", "i32 i32", kArgs, FillUnits(0xa9c3)};
  accents.callee_encoding = "utf16";
  cases.push_back({"string-accents-1K/utf8/utf16", accents, 1 << 10, 10'000});
  accents.callee_encoding = "utf8";
  cases.push_back({"string-accents-1K/utf8/utf8", accents, 1 << 10, 10'000});
  const auto list = [&](const char* element, const char* name, uint32_t length, uint32_t calls, std::string setup) {
    cases.push_back({"list-" + std::string(name),
                     {"(param \"x\" (list " + std::string(element) + "))", "i32 i32", kArgs, std::move(setup)},
                     length,
                     calls});
  };
  list("u8", "u8-1K", 1 << 10, 20'000, "");
  list("u8", "u8-1M", 1 << 20, 100, "");
  list("u32", "u32-1K", 1 << 10, 10'000, "");
  list("f64", "f64-1K", 1 << 10, 10'000, "");
  list("(tuple u32 u32 u64)", "tuple-whole-1K", 1 << 10, 1'000, "");
  list("(tuple u32 u8 f64)", "tuple-padded-1K", 1 << 10, 1'000, "");
  list("(option u32)", "option-1K", 1 << 10, 1'000, "");
  // Pointers to the sixteen bytes at 0.
  list("string", "string-1K", 1 << 10, 200,
       R"((memory.fill (i32.const 0) (i32.const 97) (i32.const 16))
          (loop $l (i32.store offset=65540 (i32.shl (local.get $i) (i32.const 3)) (i32.const 16))
          (br_if $l (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (local.get $len)))))");
  return cases;
}

template <class T>
T Must(Result<T> result) {
  if (!result.ok()) {
    std::fprintf(stderr, "%s\n", result.error().ToString().c_str());
    std::exit(1);
  }
  if constexpr (!std::is_void_v<T>) return *std::move(result);
}

// Of this thread alone: other work on the machine counts for little.
double ThreadNanoseconds() {
  timespec now;
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return 1e9 * static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec);
}

// The least of some runs.
double Nanoseconds(const Engine& engine, const Case& c, bool literal, uint32_t calls) {
  const std::vector<uint8_t> bytes = Must(TextToComponent(engine, component::test::PairText(c.spec)));
  Store store(engine);
  if (literal) Must(UseLiteralCalls(store));
  const Component loaded = Must(Component::Load(engine, bytes));
  ComponentLinker linker(engine);
  const ComponentInstance instance = Must(linker.Instantiate(store, loaded));
  const ComponentValue setup[] = {ComponentValue(c.length)};
  Must(Must(instance.GetFunc("setup")).Call(setup));
  const ComponentFunc run = Must(instance.GetFunc("run"));
  const ComponentValue args[] = {ComponentValue(calls), ComponentValue(c.length)};
  double best = 1e300;
  for (int i = 0; i < 5; ++i) {
    const double begin = ThreadNanoseconds();
    Must(run.Call(args));
    best = std::min(best, (ThreadNanoseconds() - begin) / calls);
  }
  return best;
}

}  // namespace

int main(int argc, char** argv) {
  const std::vector<Case> cases = Cases();
  const std::string_view mode = argc > 1 ? argv[1] : "";
  for (const Case& c : cases) {
    if (mode == "--list") std::printf("%s %u %u\n", c.name.c_str(), c.length, c.calls);
    if (mode == "--text" && argc > 2 && c.name == argv[2]) std::puts(component::test::PairText(c.spec).c_str());
  }
  if (mode == "--list" || mode == "--text") return 0;
  const Engine engine;
  std::printf("%-36s %12s %12s %8s\n", "nanoseconds a call", "fused", "literal", "ratio");
  for (const Case& c : cases) {
    if (mode != "@smoke" && c.name.find(mode) == std::string::npos) continue;
    const uint32_t calls = mode == "@smoke" ? std::min<uint32_t>(c.calls, 20) : c.calls;
    const double fused = Nanoseconds(engine, c, false, calls);
    const double literal = Nanoseconds(engine, c, true, std::max<uint32_t>(1, calls / 4));
    std::printf("%-36s %12.1f %12.1f %8.2f\n", c.name.c_str(), fused, literal, literal / fused);
    std::fflush(stdout);
  }
  return 0;
}
