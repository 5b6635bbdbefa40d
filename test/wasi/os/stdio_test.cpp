#include "wasi/os/stdio.hpp"

#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <termios.h>
#include <unistd.h>

#include <string>

#include "test/wasi/os/temp_dir.hpp"
#include "wasi/os/terminal_filter.hpp"
#include "wasi/os/unique_fd.hpp"

namespace cvm::wasi {
namespace {

std::string Filtered(std::string_view text) {
  TerminalFilter filter;
  std::string out;
  filter.Filter(Bytes(text), &out);
  filter.Finish(&out);
  return out;
}

// What a terminal may show: no control characters but tab, line feed and carriage return, in UTF-8 or out of it.
bool IsHarmless(std::string_view text) {
  for (size_t i = 0; i < text.size(); ++i) {
    const auto c = static_cast<uint8_t>(text[i]);
    if ((c < 0x20 && c != '\n' && c != '\r' && c != '\t') || c == 0x7f) return false;
    if (c == 0xc2 && i + 1 < text.size() && static_cast<uint8_t>(text[i + 1]) < 0xa0) return false;
  }
  return true;
}

struct Pipe {
  Pipe() {
    int fds[2];
    REQUIRE(::pipe2(fds, O_CLOEXEC) == 0);
    reader.Reset(fds[0]);
    writer.Reset(fds[1]);
  }
  UniqueFd reader, writer;
};

struct Terminal {
  Terminal() {
    master.Reset(::posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC));
    if (!master.valid() || ::grantpt(master.get()) != 0 || ::unlockpt(master.get()) != 0) return;
    slave.Reset(::open(::ptsname(master.get()), O_RDWR | O_NOCTTY | O_CLOEXEC));
    termios settings{};
    ::tcgetattr(slave.get(), &settings);
    ::cfmakeraw(&settings);
    ::tcsetattr(slave.get(), TCSANOW, &settings);
  }
  std::string Read() {
    char buffer[4096];
    const ssize_t count = ::read(master.get(), buffer, sizeof(buffer));
    return count > 0 ? std::string(buffer, static_cast<size_t>(count)) : std::string();
  }
  UniqueFd master, slave;
};

const std::string kHostile =
    "\x1b]0;title\x07\x1b[2J\xc2\x9b"
    "31m\x9b"
    "0m\x7f\x00ok\n";

}  // namespace

TEST_CASE("HST-07 escape sequences are shown, not obeyed") {
  CHECK(Filtered("plain text, \xc3\xa4 \xf0\x9f\x98\x80\n\ttab\r\n") ==
        "plain text, \xc3\xa4 \xf0\x9f\x98\x80\n\ttab\r\n");
  CHECK(Filtered("\x1b[31m") == "\u241b[31m");
  CHECK(Filtered("\x1b]52;c;cHduZWQ=\x07") == "\u241b]52;c;cHduZWQ=\u2407");
  CHECK(Filtered("\x7f") == "\u2421");
  CHECK(Filtered(std::string_view("\0", 1)) == "\u2400");
  CHECK(Filtered("\b\v\f\x0e\x0f") == "\u2408\u240b\u240c\u240e\u240f");
  CHECK(Filtered("\xc2\x9b"
                 "31m") == "\ufffd31m");  // CSI of C1 in UTF-8
  CHECK(Filtered("\x9b"
                 "31m\x90\x9d") == "\ufffd31m\ufffd\ufffd");                    // and as a bare byte
  CHECK(Filtered("\xc0\x9b\xe0\x80\x9b") == "\ufffd\ufffd\ufffd\ufffd\ufffd");  // over-long forms
  CHECK(Filtered("\xed\xa0\x80") == "\ufffd\ufffd\ufffd");
  for (int c = 0; c < 256; ++c) {
    for (int d = 0; d < 256; ++d) {
      const char text[] = {static_cast<char>(c), static_cast<char>(d), 'x'};
      CHECK(IsHarmless(Filtered({text, 3})));
    }
  }
}

TEST_CASE("HST-07 a character cut in two by a write is put together, wherever the cut is") {
  const std::string text =
      "a\xc3\xa4"
      "b\xf0\x9f\x98\x80"
      "c\xc2\x9b"
      "d\xe2\x82"
      "e\xf0\x9f\x98";
  const std::string whole = Filtered(text);
  for (size_t i = 0; i <= text.size(); ++i) {
    for (size_t j = i; j <= text.size(); ++j) {
      TerminalFilter filter;
      std::string out;
      filter.Filter(Bytes(text.substr(0, i)), &out);
      filter.Filter(Bytes(text.substr(i, j - i)), &out);
      filter.Filter(Bytes(text.substr(j)), &out);
      filter.Finish(&out);
      // Ill-formed tails may come out as one replacement or several; the text around them may not differ.
      const auto squeeze = [](std::string s) {
        for (size_t at; (at = s.find("\ufffd\ufffd")) != s.npos;) s.erase(at, 3);
        return s;
      };
      CHECK(squeeze(out) == squeeze(whole));
    }
  }
}

TEST_CASE("HST-07 to a terminal filtered, to a pipe and a file exact to the byte") {
  Pipe pipe;
  auto sink = MakeFdSink(pipe.writer.get());
  CHECK(!sink->IsTerminal());
  CHECK(*sink->Write(Bytes(kHostile), Blocking::kNo) == kHostile.size());
  char buffer[256];
  CHECK(::read(pipe.reader.get(), buffer, sizeof(buffer)) == static_cast<ssize_t>(kHostile.size()));
  CHECK(std::string_view(buffer, kHostile.size()) == kHostile);

  TempDir temp;
  UniqueFd file(::open((temp / "f").c_str(), O_CREAT | O_WRONLY | O_CLOEXEC, 0600));
  auto to_file = MakeFdSink(file.get());
  CHECK(to_file->fd() == -1);
  CHECK(to_file->WriteAll(kHostile).ok());
  CHECK(ReadHostFile(temp / "f") == kHostile);

  Terminal terminal;
  if (!terminal.slave.valid()) {
    WARN("no pseudo-terminal here");
    return;
  }
  auto screen = MakeFdSink(terminal.slave.get());
  CHECK(screen->IsTerminal());
  CHECK(screen->fd() == terminal.slave.get());
  CHECK(*screen->Write(Bytes(kHostile), Blocking::kNo) == kHostile.size());
  const std::string shown = terminal.Read();
  CHECK(IsHarmless(shown));
  CHECK(shown == Filtered(kHostile));
  CHECK(MakeFdSource(terminal.slave.get())->IsTerminal());
  auto raw = MakeFdSink(terminal.slave.get(), false);
  CHECK(raw->WriteAll("\x1b[0m").ok());
  CHECK(terminal.Read() == "\x1b[0m");
}

TEST_CASE("A full pipe would block, a blocking write goes through, a closed one is an error and no signal") {
  Pipe pipe;
  auto sink = MakeFdSink(pipe.writer.get());
  auto source = MakeFdSource(pipe.reader.get());
  std::array<uint8_t, 65'536> buffer{};
  CHECK(source->Read(buffer, Blocking::kNo).Is(FsError::kWouldBlock));
  size_t written = 0;
  while (true) {
    auto count = sink->Write(buffer, Blocking::kNo);
    if (!count.ok()) {
      CHECK(count.Is(FsError::kWouldBlock));
      break;
    }
    REQUIRE(*count > 0);
    written += *count;
  }
  CHECK(written >= 4096);
  size_t read = 0;
  while (read < written) {
    auto count = source->Read(buffer, Blocking::kYes);
    REQUIRE(count.ok());
    read += *count;
  }
  CHECK(*sink->Write(std::span(buffer).first(5'000), Blocking::kYes) == 5'000);
  pipe.reader.Reset();
  struct sigaction before{};
  struct sigaction standard{};
  standard.sa_handler = SIG_DFL;
  ::sigaction(SIGPIPE, &standard, &before);
  CHECK(sink->Write(std::span(buffer).first(1), Blocking::kYes).Is(FsError::kPipe));
  CHECK(sink->Write(std::span(buffer).first(1), Blocking::kNo).Is(FsError::kPipe));
  ::sigaction(SIGPIPE, &before, nullptr);
  sigset_t pending;
  ::sigpending(&pending);
  CHECK(::sigismember(&pending, SIGPIPE) == 0);
}

TEST_CASE("Reading to the end; O_NONBLOCK of a stranger does not break a blocking read") {
  Pipe pipe;
  auto source = MakeFdSource(pipe.reader.get());
  std::array<uint8_t, 16> buffer;
  REQUIRE(::write(pipe.writer.get(), "abc", 3) == 3);
  ::fcntl(pipe.reader.get(), F_SETFL, O_NONBLOCK);
  CHECK(*source->Read(std::span(buffer).first(2), Blocking::kYes) == 2);
  CHECK(*source->Read(buffer, Blocking::kNo) == 1);
  CHECK(*source->Read(std::span<uint8_t>(), Blocking::kYes) == 0);
  pipe.writer.Reset();
  CHECK(*source->Read(buffer, Blocking::kYes) == 0);
  CHECK(MakeFdSource(-1)->Read(buffer, Blocking::kNo).Is(FsError::kBadDescriptor));
  CHECK(MakeFdSink(-1)->Write(Bytes("x"), Blocking::kYes).Is(FsError::kBadDescriptor));
}

TEST_CASE("HST-03 memory and null streams") {
  MemorySource source("hello");
  std::array<uint8_t, 3> buffer;
  CHECK(*source.Read(buffer, Blocking::kNo) == 3);
  CHECK(*source.Read(buffer, Blocking::kNo) == 2);
  CHECK(*source.Read(buffer, Blocking::kNo) == 0);
  MemorySink sink(8);
  CHECK(sink.WriteAll("12345").ok());
  CHECK(sink.WriteAll("67890").Is(FsError::kInsufficientSpace));
  CHECK(*sink.Write(Bytes("67890"), Blocking::kNo) == 3);
  CHECK(sink.Write(Bytes("0"), Blocking::kNo).Is(FsError::kInsufficientSpace));
  CHECK(sink.contents() == "12345678");
  CHECK(sink.Take() == "12345678");
  CHECK(sink.contents().empty());
  NullSink null;
  // The length is believed, the bytes are not looked at: O(1).
  CHECK(*null.Write({buffer.data(), size_t{1} << 40}, Blocking::kYes) == size_t{1} << 40);
  CHECK(null.fd() == -1);
}

}  // namespace cvm::wasi
