#include "wasi/io/streams.hpp"

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <string>

#include "test/wasi/support/loop.hpp"
#include "wasi/io/error.hpp"

namespace cvm::wasi {
namespace {

using io::streams::StreamError;

bool IsClosed(const StreamError& error) { return error.Is<StreamError::Closed>(); }

// What a stream answers as text.
std::string Text(const HostInputStream::Bytes& bytes) {
  if (bytes.ok()) return "\"" + AsText(bytes.value()) + "\"";
  return IsClosed(bytes.error()) ? "closed" : "failed";
}
std::string Text(const HostInputStream::Count& count) {
  if (count.ok()) return std::to_string(count.value());
  return IsClosed(count.error()) ? "closed" : "failed";
}
std::string Text(const HostOutputStream::Done& done) {
  if (done.ok()) return "ok";
  return IsClosed(done.error()) ? "closed" : "failed";
}

struct Memory : Loop {
  HostInputStream In(std::string text) {
    return HostInputStream(*reactor,
                           std::make_shared<ByteStreamSource>(std::make_unique<MemorySource>(std::move(text))));
  }
  HostOutputStream Out() { return HostOutputStream(*reactor, std::make_shared<ByteStreamSink>(*reactor, sink)); }
  MemorySink sink;
};

// A pipe of which the test holds the other end.
struct Pipe : Loop {
  Pipe() {
    int fds[2];
    REQUIRE(::pipe2(fds, O_CLOEXEC | O_NONBLOCK) == 0);
    read = fds[0];
    write = fds[1];
  }
  ~Pipe() {
    CloseRead();
    CloseWrite();
  }
  void CloseRead() {
    if (read >= 0) ::close(read);
    read = -1;
  }
  void CloseWrite() {
    if (write >= 0) ::close(write);
    write = -1;
  }
  HostInputStream In() { return HostInputStream(*reactor, std::make_shared<ByteStreamSource>(MakeFdSource(read))); }
  HostOutputStream Out() {
    sink = std::make_shared<ByteStreamSink>(*reactor, MakeFdSink(write));
    return HostOutputStream(*reactor, sink);
  }
  void Put(std::string_view text) { REQUIRE(::write(write, text.data(), text.size()) == ssize_t(text.size())); }
  std::string TakeAll() {
    std::string all(1 << 20, '\0');
    const ssize_t count = ::read(read, all.data(), all.size());
    all.resize(count < 0 ? 0 : size_t(count));
    return all;
  }
  int read = -1;
  int write = -1;
  std::shared_ptr<ByteStreamSink> sink;
};

// --- input-stream

TEST_CASE("input-stream over memory: read, skip, the end is for good") {
  Memory loop;
  HostInputStream in = loop.In("hello wide world");
  CHECK(Text(loop.Do(in.BlockingRead(5))) == "\"hello\"");
  CHECK(Text(in.Read(0).value()) == "\"\"");
  CHECK(Text(in.Skip(1).value()) == "1");
  CHECK(Text(loop.Do(in.BlockingSkip(5))) == "5");
  CHECK(Text(in.Read(UINT64_MAX).value()) == "\"world\"");
  CHECK(Text(in.Read(1).value()) == "closed");
  CHECK(Text(in.Read(0).value()) == "closed");
  CHECK(Text(loop.Do(in.BlockingRead(1))) == "closed");
  CHECK(Text(in.Skip(1).value()) == "closed");
  CHECK(Text(loop.Do(in.BlockingSkip(1))) == "closed");
  CHECK(in.Subscribe().value()->Ready().value());
}

TEST_CASE("a read of 2^64-1 bytes is cut to a block (HST-01)") {
  Memory loop;
  HostInputStream in = loop.In(std::string(200'000, 'x'));
  CHECK(in.Read(UINT64_MAX).value().value().size() == 65'536);
  CHECK(loop.Do(in.BlockingSkip(UINT64_MAX)).value() == 65'536);
}

TEST_CASE("input-stream over a pipe waits without blocking") {
  Pipe loop;
  HostInputStream in = loop.In();
  CHECK(Text(in.Read(10).value()) == "\"\"");
  CHECK(Text(in.Skip(10).value()) == "0");
  auto pollable = in.Subscribe().value();
  CHECK_FALSE(pollable->Ready().value());

  auto call = in.BlockingRead(10);
  REQUIRE_FALSE(call.ready());
  loop.Put("abc");
  CHECK(pollable->Ready().value());
  CHECK(Text(loop.Do(std::move(call))) == "\"abc\"");
  CHECK(loop.suspensions == 1);

  auto skip = in.BlockingSkip(10);
  REQUIRE_FALSE(skip.ready());
  loop.CloseWrite();
  CHECK(Text(loop.Do(std::move(skip))) == "closed");
}

TEST_CASE("a pollable outlives its stream") {
  Pipe loop;
  Own<io::streams::Pollable> pollable;
  {
    HostInputStream in = loop.In();
    pollable = in.Subscribe().value();
  }
  CHECK_FALSE(pollable->Ready().value());
  loop.Put("x");
  CHECK(loop.Finish(pollable->Block()).ok());
}

TEST_CASE("a suspended read may be given up after its stream") {
  Pipe loop;
  auto in = std::make_unique<HostInputStream>(loop.In());
  auto call = in->BlockingRead(1);
  call.suspension().waiter->Start([] { FAIL("woken after its end"); });
  in.reset();
}

// --- output-stream

TEST_CASE("output-stream over memory") {
  Memory loop;
  HostOutputStream out = loop.Out();
  const uint64_t room = out.CheckWrite().value().value();
  CHECK(room >= 4096);
  CHECK(Text(out.Write(AsBytes("one ")).value()) == "ok");
  CHECK(Text(loop.Do(out.BlockingWriteAndFlush(AsBytes("two")))) == "ok");
  CHECK(Text(out.WriteZeroes(2).value()) == "ok");
  CHECK(Text(loop.Do(out.BlockingWriteZeroesAndFlush(1))) == "ok");
  CHECK(Text(out.Flush().value()) == "ok");
  CHECK(Text(loop.Do(out.BlockingFlush())) == "ok");
  CHECK(loop.sink.contents() == std::string("one two\0\0\0", 10));
  CHECK(out.Subscribe().value()->Ready().value());
}

TEST_CASE("writing more than check-write permits traps and writes nothing (HST-04)") {
  Memory memory;
  Pipe pipe;
  HostOutputStream streams[] = {memory.Out(), pipe.Out()};
  for (HostOutputStream& out : streams) {
    const uint64_t room = out.CheckWrite().value().value();
    const std::vector<uint8_t> much(room + 1);
    const auto written = out.Write(much);
    REQUIRE_FALSE(written.ok());
    CHECK(written.error().kind() == ErrorKind::kTrap);
    CHECK(out.WriteZeroes(UINT64_MAX).error().kind() == ErrorKind::kTrap);
    CHECK(Text(out.Write(std::span(much).first(room)).value()) == "ok");
    // The permit is used up; without asking again, the stream's own state decides.
    CHECK_FALSE(out.WriteZeroes(room + 1).ok());
  }
  CHECK(memory.sink.contents().size() == memory.Out().CheckWrite().value().value());
}

TEST_CASE("the blocking writes take 4096 bytes and no more") {
  Memory loop;
  HostOutputStream out = loop.Out();
  const std::vector<uint8_t> bytes(4097);
  CHECK(Text(loop.Do(out.BlockingWriteAndFlush(std::span(bytes).first(4096)))) == "ok");
  CHECK(loop.Finish(out.BlockingWriteAndFlush(bytes)).error().kind() == ErrorKind::kTrap);
  CHECK(loop.Finish(out.BlockingWriteZeroesAndFlush(4097)).error().kind() == ErrorKind::kTrap);
  CHECK(loop.sink.contents().size() == 4096);
}

TEST_CASE("zeroes to an absent output cost no memory (HST-03)") {
  Loop loop;
  HostOutputStream out(*loop.reactor, std::make_shared<ByteStreamSink>(*loop.reactor, std::make_unique<NullSink>()));
  const uint64_t room = out.CheckWrite().value().value();
  CHECK(Text(out.WriteZeroes(room).value()) == "ok");
  CHECK(out.WriteZeroes(uint64_t{1} << 32).error().kind() == ErrorKind::kTrap);
}

TEST_CASE("an error of the output is told once, then the stream is closed") {
  Loop loop;
  auto sink = std::make_shared<ByteStreamSink>(*loop.reactor, std::make_unique<MemorySink>(3));
  HostOutputStream out(*loop.reactor, sink);
  HostOutputStream::Done done = out.Write(AsBytes("12345")).value();
  REQUIRE_FALSE(done.ok());
  auto* failed = done.error().As<StreamError::LastOperationFailed>();
  REQUIRE(failed != nullptr);
  CHECK(failed->value->ToDebugString().value() == "insufficient-space");
  CHECK(failed->value.As<HostIoError>()->code() == FsError::kInsufficientSpace);
  CHECK(Text(out.CheckWrite().value()) == "closed");
  CHECK(Text(out.Write({}).value()) == "closed");
  CHECK(Text(out.Flush().value()) == "closed");
  CHECK(Text(loop.Do(out.BlockingFlush())) == "closed");
  CHECK(Text(loop.Do(out.BlockingWriteAndFlush(AsBytes("x")))) == "closed");
  CHECK(out.Subscribe().value()->Ready().value());
}

TEST_CASE("a full pipe: no room, then room when the reader has read") {
  Pipe loop;
  HostOutputStream out = loop.Out();
  std::string sent;
  while (out.CheckWrite().value().value() > 0) {
    const std::string block(out.CheckWrite().value().value(), char('a' + sent.size() % 26));
    REQUIRE(Text(out.Write(AsBytes(block)).value()) == "ok");
    sent += block;
  }
  CHECK(loop.sink->pending() > 0);
  CHECK(loop.sink->pending() <= StreamSink::kPipeRoom);
  auto pollable = out.Subscribe().value();
  CHECK_FALSE(pollable->Ready().value());

  auto flush = out.BlockingFlush();
  REQUIRE_FALSE(flush.ready());
  std::string received = loop.TakeAll();
  while (!pollable->Ready().value()) {
    loop.reactor->Turn(0);
    received += loop.TakeAll();
  }
  CHECK(Text(loop.Do(std::move(flush))) == "ok");
  received += loop.TakeAll();
  CHECK(received == sent);
  CHECK(out.CheckWrite().value().value() == StreamSink::kPipeRoom);
}

TEST_CASE("what is left in a stream leaves in the turns of the reactor, without the guest") {
  Pipe loop;
  HostOutputStream out = loop.Out();
  size_t sent = 0;
  while (const uint64_t room = out.CheckWrite().value().value()) {
    REQUIRE(Text(out.WriteZeroes(room).value()) == "ok");
    sent += room;
  }
  size_t received = 0;
  while (received < sent) {
    received += loop.TakeAll().size();
    loop.reactor->Turn(0);
  }
  CHECK(loop.sink->pending() == 0);
  CHECK(loop.reactor->watched_fds() <= 1);
}

TEST_CASE("blocking-write-and-flush waits for a slow reader") {
  Pipe loop;
  HostOutputStream out = loop.Out();
  size_t sent = 0;
  while (const uint64_t room = out.CheckWrite().value().value()) {
    REQUIRE(Text(out.WriteZeroes(room).value()) == "ok");
    sent += room;
  }
  auto call = out.BlockingWriteAndFlush(AsBytes("tail"));
  REQUIRE_FALSE(call.ready());
  std::string received;
  while (!call.ready()) {
    bool woken = false;
    auto suspension = std::move(call.suspension());
    suspension.waiter->Start([&] { woken = true; });
    while (!woken) {
      received += loop.TakeAll();
      loop.reactor->Turn(0);
    }
    call = suspension.resume();
  }
  CHECK(Text(std::move(call).result().value()) == "ok");
  received += loop.TakeAll();
  CHECK(received.size() == sent + 4);
  CHECK(received.substr(sent) == "tail");
}

TEST_CASE("a reader that has gone closes the stream") {
  Pipe loop;
  HostOutputStream out = loop.Out();
  loop.CloseRead();
  CHECK(Text(out.Write(AsBytes("x")).value()) == "closed");
  CHECK(Text(out.CheckWrite().value()) == "closed");
}

TEST_CASE("a reader that goes while bytes wait wakes the writer") {
  Pipe loop;
  HostOutputStream out = loop.Out();
  while (const uint64_t room = out.CheckWrite().value().value()) {
    REQUIRE(Text(out.WriteZeroes(room).value()) == "ok");
  }
  auto flush = out.BlockingFlush();
  REQUIRE_FALSE(flush.ready());
  loop.CloseRead();
  CHECK(Text(loop.Do(std::move(flush))) == "closed");
}

TEST_CASE("two streams over one output keep its memory bounded") {
  Pipe loop;
  HostOutputStream first = loop.Out();
  std::vector<HostOutputStream> streams;
  for (int i = 0; i < 8; ++i) streams.emplace_back(*loop.reactor, loop.sink);
  std::vector<uint64_t> rooms;
  while (first.CheckWrite().value().value() > 0 && rooms.size() < 100) {
    rooms.clear();
    for (HostOutputStream& stream : streams) rooms.push_back(stream.CheckWrite().value().value());
    for (size_t i = 0; i < streams.size(); ++i) (void)streams[i].WriteZeroes(rooms[i]).value();
  }
  CHECK(loop.sink->pending() <= 2 * StreamSink::kPipeRoom);
}

// --- splice

TEST_CASE("splice moves bytes up to the end of the source") {
  Memory loop;
  HostInputStream in = loop.In("g wide world");
  HostOutputStream out = loop.Out();
  CHECK(Text(out.Splice(in, 0).value()) == "0");
  CHECK(Text(out.Splice(in, 7).value()) == "7");
  CHECK(Text(loop.Do(out.BlockingSplice(in, UINT64_MAX))) == "5");
  CHECK(Text(out.Splice(in, 1).value()) == "closed");
  CHECK(Text(loop.Do(out.BlockingSplice(in, 1))) == "closed");
  // It is the source that is closed.
  CHECK(Text(out.Write(AsBytes("!")).value()) == "ok");
  CHECK(loop.sink.contents() == "g wide world!");
}

TEST_CASE("blocking-splice waits for the source and for the room") {
  Pipe from;
  HostInputStream in = from.In();
  MemorySink sink;
  HostOutputStream out(*from.reactor, std::make_shared<ByteStreamSink>(*from.reactor, sink));
  auto call = out.BlockingSplice(in, 10);
  REQUIRE_FALSE(call.ready());
  from.Put("abc");
  CHECK(Text(from.Do(std::move(call))) == "3");
  CHECK(sink.contents() == "abc");
}

}  // namespace
}  // namespace cvm::wasi
