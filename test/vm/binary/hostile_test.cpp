// Rows DEC-01 to DEC-03: counts that lie, decode bombs, truncation. Memory is counted by replacing operator new in this
// program; over-reads are caught by a page without access behind the buffer.
#include <catch2/catch.hpp>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <new>
#include <sstream>

#include <malloc.h>
#include <sys/mman.h>
#include <unistd.h>

#include "test/vm/binary/build.hpp"
#include "vm/binary/encode.hpp"
#include "vm/text/parse.hpp"

namespace {

size_t live_bytes = 0;
size_t peak_bytes = 0;

void* CountedAlloc(size_t size) {
  void* p = std::malloc(size == 0 ? 1 : size);
  if (p == nullptr) std::abort();  // a test out of memory has nothing more to say
  live_bytes += malloc_usable_size(p);
  peak_bytes = std::max(peak_bytes, live_bytes);
  return p;
}
void CountedFree(void* p) {
  if (p == nullptr) return;
  live_bytes -= malloc_usable_size(p);
  std::free(p);
}

}  // namespace

void* operator new(size_t size) { return CountedAlloc(size); }
void* operator new[](size_t size) { return CountedAlloc(size); }
void* operator new(size_t size, const std::nothrow_t&) noexcept { return CountedAlloc(size); }
void* operator new[](size_t size, const std::nothrow_t&) noexcept { return CountedAlloc(size); }
void operator delete(void* p) noexcept { CountedFree(p); }
void operator delete[](void* p) noexcept { CountedFree(p); }
void operator delete(void* p, const std::nothrow_t&) noexcept { CountedFree(p); }
void operator delete[](void* p, const std::nothrow_t&) noexcept { CountedFree(p); }
void operator delete(void* p, size_t) noexcept { CountedFree(p); }
void operator delete[](void* p, size_t) noexcept { CountedFree(p); }

namespace cvm {
namespace {

using testing::AddSection;
using testing::Decode;
using testing::Entries;
using testing::Header;
using testing::OneSection;
using testing::Raw;

// Most bytes that `run` held beyond those held before it.
template <class Run>
size_t PeakOf(Run run) {
  const size_t before = live_bytes;
  peak_bytes = live_bytes;
  run();
  return peak_bytes - before;
}

TEST_CASE("DEC-01 every count that lies is refused without allocating for it") {
  const uint64_t counts[] = {0xffffffff, 0xfffffffe, 0xfffffffd, 0xfffffffc, 0x80000000, 0x40000000, 9};
  // Sections of which everything but the count in question is in order; eight bytes follow the count.
  const std::pair<uint8_t, Raw> places[] = {
      {1, {}},            // types
      {1, {1, 0x60}},     // parameters
      {1, {1, 0x60, 0}},  // results
      {1, {1, 0x5f}},     // fields
      {1, {1, 0x4e}},     // types of a group
      {1, {1, 0x50}},     // supertypes
      {2, {}},
      {2, {1}},  // bytes of a name
      {3, {}},
      {4, {}},
      {5, {}},
      {6, {}},
      {6, {1, 0x7f, 0, 0x1c}},        // types of select
      {6, {1, 0x7f, 0, 0x0e}},        // labels of br_table
      {6, {1, 0x7f, 0, 0x1f, 0x40}},  // catch clauses
      {7, {}},
      {9, {}},
      {9, {1, 1, 0}},     // function indices
      {9, {1, 5, 0x70}},  // expressions
      {10, {}},
      {11, {}},
      {11, {1, 1}},  // bytes of a segment
      {13, {}},
  };
  for (const auto& [id, prefix] : places) {
    for (const uint64_t count : counts) {
      Writer contents;
      contents.Raw(prefix);
      contents.U64(count);
      contents.Raw(Raw(8, 0x0b));
      const auto bytes = std::make_shared<const Raw>(OneSection(id, contents));
      INFO("section " << int{id} << " prefix " << prefix.size() << " count " << count);
      bool ok = true;
      const size_t peak = PeakOf([&] { ok = DecodeModule(bytes, Features::All()).ok(); });
      CHECK_FALSE(ok);
      CHECK(peak < 4096);
    }
  }
}

TEST_CASE("DEC-02 a few bytes cannot declare many locals") {
  // Ten runs of 2³² − 1 in a body of some sixty bytes; and 50,001 in two runs.
  for (const bool huge : {true, false}) {
    Writer body;
    body.U32(huge ? 10 : 2);
    for (int i = 0; i < 10 && huge; ++i) body.U32(0xffffffff), body.U8(0x7f);
    if (!huge) body.U32(50'000), body.U8(0x7f), body.U32(1), body.U8(0x7e);
    body.U8(0x0b);
    Writer code;
    code.U32(1);
    code.U64(body.size());
    code.Raw(body.bytes());
    Writer out = Header();
    AddSection(out, 1, Entries(1, {0x60, 0, 0}));
    AddSection(out, 3, Entries(1, {0}));
    AddSection(out, 10, code);
    const auto bytes = std::make_shared<const Raw>(out.Take());
    std::string message;
    const size_t peak = PeakOf([&] { message = DecodeModule(bytes, Features::All()).error().message(); });
    CHECK(message.starts_with("too many locals"));
    CHECK(peak < 4096);
  }
}

TEST_CASE("DEC-02 a megabyte of tiny functions makes the decoder hold no more than sixteen times its size") {
  const uint64_t functions = (1u << 20) / 4;
  Writer out = Header();
  AddSection(out, 1, Entries(1, {0x60, 0, 0}));
  AddSection(out, 3, Entries(functions, {0}));
  AddSection(out, 10, Entries(functions, {2, 0, 0x0b}));
  const auto bytes = std::make_shared<const Raw>(out.Take());
  std::shared_ptr<ModuleData> module;
  const size_t peak = PeakOf([&] { module = DecodeModule(bytes).value(); });
  CHECK(module->functions.size() == functions);
  CHECK(peak <= 16 * bytes->size());
}

// Bytes right before a page that must not be touched.
class GuardedBuffer {
 public:
  explicit GuardedBuffer(size_t capacity) {
    page_ = static_cast<size_t>(sysconf(_SC_PAGESIZE));
    size_ = (capacity + page_ - 1) / page_ * page_;
    void* p = mmap(nullptr, size_ + page_, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    REQUIRE(p != MAP_FAILED);
    base_ = static_cast<uint8_t*>(p);
    REQUIRE(mprotect(base_ + size_, page_, PROT_NONE) == 0);
  }
  ~GuardedBuffer() { munmap(base_, size_ + page_); }
  Bytes Put(Bytes bytes) {
    uint8_t* at = base_ + size_ - bytes.size();
    std::copy(bytes.begin(), bytes.end(), at);
    return {at, bytes.size()};
  }

 private:
  size_t page_ = 0;
  size_t size_ = 0;
  uint8_t* base_ = nullptr;
};

// Modules of the suite that text gives, encoded.
std::vector<Raw> SuiteBinaries(size_t max_bytes) {
  std::vector<Raw> binaries;
  const auto root = std::filesystem::path(CVM_SUITES_DIR) / "core";
  if (!std::filesystem::exists(root)) return binaries;
  for (const auto& entry : std::filesystem::directory_iterator(root)) {
    if (entry.path().extension() != ".wast") continue;
    std::ifstream file(entry.path(), std::ios::binary);
    std::ostringstream text;
    text << file.rdbuf();
    const std::string source = text.str();
    const auto tokens = text::TokenList::Lex(source).value();
    text::TokenCursor cursor(tokens);
    while (!cursor.AtEnd()) {
      const size_t start = cursor.position();
      if (cursor.AtOpen("module")) {
        auto form = text::ParseModuleForm(cursor, Features::All());
        if (form.ok() && form->module != nullptr) {
          Raw bytes = EncodeModule(*form->module);
          if (bytes.size() <= max_bytes) binaries.push_back(std::move(bytes));
        }
      }
      cursor.Seek(start);
      REQUIRE(cursor.SkipForm().ok());
    }
  }
  return binaries;
}

TEST_CASE("DEC-03 a module cut at any byte is decoded or refused, and never read past its end") {
  GuardedBuffer buffer(4096);
  const std::vector<Raw> binaries = SuiteBinaries(4096);
  // The decoder takes a shared vector; the walk over its bodies reads the spans. Here the bytes are read where the
  // guard stands, by way of a vector that is exactly as long as the cut (a sanitizer build sees its end, too).
  size_t accepted = 0;
  for (const Raw& binary : binaries) {
    for (size_t length = 0; length < binary.size(); ++length) {
      const Bytes cut = buffer.Put(Bytes(binary).first(length));
      auto bytes = std::make_shared<const Raw>(cut.begin(), cut.end());
      auto module = DecodeModule(bytes, Features::All());
      if (!module.ok()) continue;
      ++accepted;
      for (const Function& function : (*module)->functions) {
        const Bytes body = buffer.Put(function.body.bytes);
        Reader in(body);
        CHECK(ReadExpr(in, Features::All()).ok());
      }
    }
    // And every instruction stream cut short, right before the guard.
    const auto whole = Decode(binary).value();
    for (const Function& function : whole->functions) {
      for (size_t length = 0; length < std::min<size_t>(function.body.bytes.size(), 256); ++length) {
        Reader in(buffer.Put(function.body.bytes.first(length)));
        CHECK_FALSE(ReadExpr(in, Features::All()).ok());
      }
    }
  }
  if (!binaries.empty()) {
    CHECK(binaries.size() > 500);
    CHECK(accepted > 0);  // cuts between sections
  }
}

}  // namespace
}  // namespace cvm
