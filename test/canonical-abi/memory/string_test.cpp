// Strings in the three encodings: transcoding, the exact sequences of realloc, ill-formed text, lying reallocs.
#include <catch2/catch.hpp>

#include "canonical-abi/memory/load.hpp"
#include "canonical-abi/memory/store.hpp"
#include "canonical-abi/memory/transcode.hpp"
#include "test/canonical-abi/support/fake_guest.hpp"

namespace cvm::abi {
namespace {

using Calls = std::vector<ReallocCall>;
constexpr StringEncoding kEncodings[] = {StringEncoding::kUtf8, StringEncoding::kUtf16, StringEncoding::kLatin1Utf16};
constexpr StringSource kSources[] = {StringSource::kUtf8, StringSource::kUtf16, StringSource::kLatin1,
                                     StringSource::kTaggedUtf16};

std::vector<std::string> FunStrings() {
  std::vector<std::string> all = {"",
                                  "a",
                                  "hi",
                                  "\xc2\x80",
                                  "\xc2\x80"
                                  "b",
                                  "ab\xc3\xaf"
                                  "c",
                                  "\xc7\xbfy",
                                  "xy\xc7\xbf",
                                  "a\xed\x9f\xbf"
                                  "b",
                                  "a\xcb\xbf\xcf\xbf\xd3\xbf"
                                  "bc",
                                  "\xef\x84\xa3",
                                  "\xef\x84\xa3\xef\x84\xa3"
                                  "abc",
                                  "abcdef\xef\x84\xa3",
                                  "\xf0\x9f\x98\x80",
                                  "é\xf0\x9f\x98\x80z"};
  all.push_back(std::string("\0", 1));
  all.push_back(std::string("a\0b", 3));
  return all;
}

// The text as a memory of the source holds it, with the tagged number of code units.
std::pair<std::vector<uint8_t>, uint64_t> Encode(const std::string& text, StringSource source, PtrType ptr_type) {
  switch (source) {
    case StringSource::kUtf8:
      return {{text.begin(), text.end()}, text.size()};
    case StringSource::kLatin1:
      return {EncodeLatin1(text), CountCodePoints(text)};
    case StringSource::kUtf16:
      return {EncodeUtf16(text), CountUtf16Units(text)};
    default:
      return {EncodeUtf16(text), CountUtf16Units(text) | Utf16Tag(ptr_type)};
  }
}

StringEncoding EncodingOf(StringSource source) {
  if (source == StringSource::kUtf8) return StringEncoding::kUtf8;
  return source == StringSource::kUtf16 ? StringEncoding::kUtf16 : StringEncoding::kLatin1Utf16;
}

TEST_CASE("every text comes through every pair of encodings and pointer widths") {
  for (const PtrType ptr_type : {PtrType::kI32, PtrType::kI64}) {
    for (const StringSource source : kSources) {
      for (const std::string& text : FunStrings()) {
        if (source == StringSource::kLatin1 && !IsLatin1(text)) continue;
        auto [bytes, units] = Encode(text, source, ptr_type);
        FakeGuest from(std::move(bytes), ptr_type, EncodingOf(source));
        LiftLowerContext lift = from.Cx();
        const auto loaded = LoadStringFromRange(lift, 0, units);
        REQUIRE(loaded.ok());
        CHECK(*loaded->AsString() == text);
        CHECK(loaded->As<String>()->source == source);
        for (const StringEncoding encoding : kEncodings) {
          FakeGuest to(200, ptr_type, encoding);
          LiftLowerContext lower = to.Cx();
          const auto range = StoreStringIntoRange(lower, *loaded->As<String>());
          REQUIRE(range.ok());
          const auto again = LoadStringFromRange(lower, range->ptr, range->length);
          REQUIRE(again.ok());
          CHECK(*again->AsString() == text);
        }
      }
    }
  }
}

// Stores `text` and gives the calls of realloc; checks what was stored.
Calls CallsOf(const std::string& text, StringSource source, StringEncoding encoding, uint64_t expect_length) {
  FakeGuest guest(200, PtrType::kI32, encoding);
  guest.last_alloc = 8;
  LiftLowerContext cx = guest.Cx();
  const auto range = StoreStringIntoRange(cx, String{text, source});
  REQUIRE(range.ok());
  CHECK(range->length == expect_length);
  return guest.calls;
}

constexpr uint64_t kTag = 0x80000000;

TEST_CASE("ABI-01 realloc sequences: to utf8") {
  const auto calls = [](const std::string& text, StringSource source, uint64_t length) {
    return CallsOf(text, source, StringEncoding::kUtf8, length);
  };
  CHECK(calls("", StringSource::kUtf8, 0) == Calls{{0, 0, 1, 0}});
  CHECK(calls("aé", StringSource::kUtf8, 3) == Calls{{0, 0, 1, 3}});
  CHECK(calls("abc", StringSource::kUtf16, 3) == Calls{{0, 0, 1, 3}});
  // "a", U+00E9, "b": three code units, worst case nine bytes, four used.
  CHECK(calls("aéb", StringSource::kUtf16, 4) == Calls{{0, 0, 1, 3}, {8, 3, 1, 9}, {11, 9, 1, 4}});
  CHECK(calls("aéb", StringSource::kLatin1, 4) == Calls{{0, 0, 1, 3}, {8, 3, 1, 6}, {11, 6, 1, 4}});
  // The worst case comes true: no third call.
  CHECK(calls("éé", StringSource::kLatin1, 4) == Calls{{0, 0, 1, 2}, {8, 2, 1, 4}});
  CHECK(calls("\xef\x84\xa3", StringSource::kTaggedUtf16, 3) == Calls{{0, 0, 1, 1}, {8, 1, 1, 3}});
}

TEST_CASE("ABI-01 realloc sequences: to utf16") {
  const auto calls = [](const std::string& text, StringSource source, uint64_t length) {
    return CallsOf(text, source, StringEncoding::kUtf16, length);
  };
  CHECK(calls("abc", StringSource::kUtf8, 3) == Calls{{0, 0, 2, 6}});
  CHECK(calls("aé", StringSource::kUtf8, 2) == Calls{{0, 0, 2, 6}, {8, 6, 2, 4}});
  CHECK(calls("aé", StringSource::kUtf16, 2) == Calls{{0, 0, 2, 4}});
  CHECK(calls("aé", StringSource::kLatin1, 2) == Calls{{0, 0, 2, 4}});
  CHECK(calls("\xf0\x9f\x98\x80", StringSource::kTaggedUtf16, 2) == Calls{{0, 0, 2, 4}});
}

TEST_CASE("ABI-01 realloc sequences: to latin1+utf16") {
  const auto calls = [](const std::string& text, StringSource source, uint64_t length) {
    return CallsOf(text, source, StringEncoding::kLatin1Utf16, length);
  };
  CHECK(calls("abc", StringSource::kUtf8, 3) == Calls{{0, 0, 2, 3}});
  CHECK(calls("aé", StringSource::kUtf8, 2) == Calls{{0, 0, 2, 3}, {8, 3, 2, 2}});
  CHECK(calls("aé", StringSource::kUtf16, 2) == Calls{{0, 0, 2, 2}});
  CHECK(calls("aé", StringSource::kLatin1, 2) == Calls{{0, 0, 2, 2}});
  // "é" fits a byte, U+01FF does not: inflate, then shrink from 2 * 5 bytes to three units.
  CHECK(calls("éa\xc7\xbf", StringSource::kUtf8, 3 | kTag) == Calls{{0, 0, 2, 5}, {8, 5, 2, 10}, {14, 10, 2, 6}});
  CHECK(calls("a\xc7\xbf", StringSource::kUtf16, 2 | kTag) == Calls{{0, 0, 2, 2}, {8, 2, 2, 4}});
  CHECK(calls("a\xc7\xbf", StringSource::kTaggedUtf16, 2 | kTag) == Calls{{0, 0, 2, 4}});
  CHECK(calls("aé", StringSource::kTaggedUtf16, 2) == Calls{{0, 0, 2, 4}, {8, 4, 1, 2}});
}

TEST_CASE("ABI-01 a lying realloc traps before anything outside is written") {
  const size_t size = 64;
  for (const StringEncoding encoding : kEncodings) {
    for (const StringSource source : kSources) {
      for (const std::string& text : FunStrings()) {
        if (source == StringSource::kLatin1 && !IsLatin1(text)) continue;
        FakeGuest honest(size, PtrType::kI32, encoding);
        LiftLowerContext cx = honest.Cx();
        REQUIRE(StoreStringIntoRange(cx, String{text, source}).ok());
        for (size_t call = 0; call < honest.calls.size(); ++call) {
          const ReallocCall& asked = honest.calls[call];
          // Just too far, at the end of the index range, misaligned.
          std::vector<uint64_t> lies = {size - asked.new_size + asked.alignment, 0xfffffffe, 0xffffffff, size + 2};
          if (asked.alignment > 1) lies.push_back(1);
          for (const uint64_t lie : lies) {
            INFO("call " << call << " answers " << lie);
            FakeGuest guest(size, PtrType::kI32, encoding);
            guest.lie = {call, lie};
            LiftLowerContext to = guest.Cx();
            const auto range = StoreStringIntoRange(to, String{text, source});
            REQUIRE_FALSE(range.ok());
            CHECK(range.error().kind() == ErrorKind::kTrap);
            const bool misaligned = lie % asked.alignment != 0;
            CHECK(range.error().message() ==
                  (misaligned ? "realloc return: result not aligned" : "realloc return: beyond end of memory"));
            CHECK(guest.inst.may_leave());
          }
        }
      }
    }
  }
}

TEST_CASE("ABI-01 a realloc that answers an overlapping place harms the guest alone") {
  for (const StringEncoding encoding : kEncodings) {
    for (const size_t call : {0, 1, 2}) {
      FakeGuest guest(64, PtrType::kI32, encoding);
      guest.lie = {call, 2};
      LiftLowerContext cx = guest.Cx();
      CHECK(StoreStringIntoRange(cx, String{"éab\xc7\xbfz", StringSource::kUtf16}).ok());
    }
  }
}

TEST_CASE("ABI-09 an instance cannot be left during its realloc") {
  FakeGuest guest(64);
  bool could_leave = true;
  guest.opts.realloc = [&](uint64_t, uint64_t, uint32_t, uint64_t) -> Result<uint64_t> {
    could_leave = guest.inst.may_leave();
    return uint64_t{0};
  };
  LiftLowerContext cx = guest.Cx();
  CHECK(StoreStringIntoRange(cx, String{"a"}).ok());
  CHECK_FALSE(could_leave);
  CHECK(guest.inst.may_leave());
}

Error LoadError(std::vector<uint8_t> bytes, StringEncoding encoding, uint64_t ptr, uint64_t units,
                Boundary boundary = Boundary::kHost, PtrType ptr_type = PtrType::kI32) {
  FakeGuest guest(std::move(bytes), ptr_type, encoding);
  LiftLowerContext cx = guest.Cx({}, boundary);
  auto got = LoadStringFromRange(cx, ptr, units);
  REQUIRE_FALSE(got.ok());
  CHECK(got.error().kind() == ErrorKind::kTrap);
  return got.error();
}

TEST_CASE("ABI-03 ill-formed UTF-8 traps") {
  const auto words = [](std::vector<uint8_t> bytes) {
    const size_t n = bytes.size();
    return LoadError(std::move(bytes), StringEncoding::kUtf8, 0, n).message();
  };
  CHECK(words({0xff}) == "invalid utf-8 sequence from index 0");
  CHECK(words({'a', 0xc3}) == "incomplete utf-8 byte sequence from index 1");
  CHECK(words({0xc3}).find("incomplete utf-8 byte sequence") == 0);
  CHECK(words({0xe2, 0x98}).find("incomplete utf-8 byte sequence") == 0);
  CHECK(words({0xf0, 0x90, 0x80}).find("incomplete utf-8 byte sequence") == 0);
  CHECK(words({0xc0, 0x80}).find("invalid utf-8") == 0);              // overlong
  CHECK(words({0xe0, 0x80, 0x80}).find("invalid utf-8") == 0);        // overlong
  CHECK(words({0xed, 0xa0, 0x80}).find("invalid utf-8") == 0);        // a surrogate
  CHECK(words({0xed, 0xa0}).find("invalid utf-8") == 0);              // the beginning of one
  CHECK(words({0xf4, 0x90, 0x80, 0x80}).find("invalid utf-8") == 0);  // above U+10FFFF
  CHECK(words({0xf5}).find("invalid utf-8") == 0);
  CHECK(words({0xc3, 'a'}).find("invalid utf-8") == 0);
  CHECK(words({0x80}).find("invalid utf-8") == 0);
}

TEST_CASE("ABI-03 unpaired surrogates trap") {
  const std::vector<std::vector<uint8_t>> texts = {
      {0x00, 0xd8}, {0x00, 0xdc}, {0x00, 0xd8, 'a', 0}, {0x00, 0xdc, 0x00, 0xd8}, {0x00, 0xd8, 0x00, 0xd8}};
  for (const auto& text : texts) {
    const uint64_t units = text.size() / 2;
    CHECK(LoadError(text, StringEncoding::kUtf16, 0, units).message() == "unpaired surrogate found");
    CHECK(LoadError(text, StringEncoding::kLatin1Utf16, 0, units | kTag).message() == "unpaired surrogate found");
  }
}

TEST_CASE("strings outside of memory or misaligned trap, empty ones too") {
  const std::vector<uint8_t> page(64);
  const std::string oob = "string pointer/length out of bounds of memory";
  CHECK(LoadError(page, StringEncoding::kUtf8, 0xdeadbeef, 0).message() == oob);
  CHECK(LoadError(page, StringEncoding::kUtf8, 63, 2).message() == oob);
  CHECK(LoadError(page, StringEncoding::kUtf16, 0, 33).message() == oob);
  CHECK(LoadError(page, StringEncoding::kLatin1Utf16, 0, 33 | kTag).message() == oob);
  CHECK(LoadError(page, StringEncoding::kUtf8, 63, 2, Boundary::kComponent).message() ==
        "string content out-of-bounds");
  CHECK(LoadError(page, StringEncoding::kUtf16, 1, 0).message() == "string pointer not aligned to 2");
  CHECK(LoadError(page, StringEncoding::kLatin1Utf16, 1, 0, Boundary::kComponent).message() == "unaligned pointer");
  CHECK(LoadError(page, StringEncoding::kLatin1Utf16, 1, kTag, Boundary::kComponent).message() == "unaligned pointer");
  CHECK(LoadError(page, StringEncoding::kUtf8, ~uint64_t{0}, 2, Boundary::kHost, PtrType::kI64).message() == oob);
}

TEST_CASE("ABI-02 the length of a string is limited to 2^28 - 1 bytes") {
  const std::vector<uint8_t> page(64);
  const std::string oob = "string pointer/length out of bounds of memory";
  const std::string words = "string length exceeds maximum byte size";
  const uint64_t max = kMaxStringByteLength;
  CHECK(LoadError(page, StringEncoding::kUtf8, 0, max).message() == oob);
  CHECK(LoadError(page, StringEncoding::kUtf8, 0, max + 1).message() == words);
  CHECK(LoadError(page, StringEncoding::kUtf16, 0, max / 2).message() == oob);
  CHECK(LoadError(page, StringEncoding::kUtf16, 0, max / 2 + 1).message() == words);
  CHECK(LoadError(page, StringEncoding::kUtf16, 0, 0x80000000).message() == words);  // doubled, 0 in 32 bits
  CHECK(LoadError(page, StringEncoding::kLatin1Utf16, 0, max).message() == oob);
  CHECK(LoadError(page, StringEncoding::kLatin1Utf16, 0, max + 1).message() == words);
  CHECK(LoadError(page, StringEncoding::kLatin1Utf16, 0, max / 2 | kTag).message() == oob);
  CHECK(LoadError(page, StringEncoding::kLatin1Utf16, 0, (max / 2 + 1) | kTag).message() == words);
  CHECK(LoadError(page, StringEncoding::kLatin1Utf16, 0, 0xffffffff).message() == words);
  const uint64_t tag64 = uint64_t{1} << 63;
  CHECK(LoadError(page, StringEncoding::kUtf16, 0, tag64, Boundary::kHost, PtrType::kI64).message() == words);
  CHECK(LoadError(page, StringEncoding::kLatin1Utf16, 0, ~uint64_t{0}, Boundary::kHost, PtrType::kI64).message() ==
        words);
  CHECK(LoadError(page, StringEncoding::kLatin1Utf16, 0, 33 | tag64, Boundary::kHost, PtrType::kI64).message() == oob);
}

TEST_CASE("ABI-06 strings are charged by their size in the host") {
  FakeGuest guest(std::vector<uint8_t>(100, 0xe9), PtrType::kI32, StringEncoding::kLatin1Utf16);
  guest.budget = HostBudget(199);
  LiftLowerContext cx = guest.Cx();
  CHECK(LoadStringFromRange(cx, 0, 100).error().kind() == ErrorKind::kLimit);
  guest.budget = HostBudget(200);
  CHECK(LoadStringFromRange(cx, 0, 100).ok());
  CHECK(guest.budget.left() == 0);
}

TEST_CASE("ill-formed text of a host is an error of usage, not of the guest") {
  FakeGuest guest(64);
  LiftLowerContext cx = guest.Cx();
  CHECK(StoreStringIntoRange(cx, String{"\xff"}).error().kind() == ErrorKind::kUsage);
  CHECK(StoreStringIntoRange(cx, String{"\xc7\xbf", StringSource::kLatin1}).error().kind() == ErrorKind::kUsage);
  CHECK(guest.calls.empty());
}

}  // namespace
}  // namespace cvm::abi
