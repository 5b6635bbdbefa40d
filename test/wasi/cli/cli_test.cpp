#include <catch2/catch.hpp>

#include "test/wasi/support/loop.hpp"
#include "wasi/cli/environment.hpp"
#include "wasi/cli/exit.hpp"
#include "wasi/cli/stderr.hpp"
#include "wasi/cli/stdin.hpp"
#include "wasi/cli/stdout.hpp"
#include "wasi/cli/terminal_input.hpp"
#include "wasi/cli/terminal_output.hpp"
#include "wasi/cli/terminal_stderr.hpp"
#include "wasi/cli/terminal_stdin.hpp"
#include "wasi/cli/terminal_stdout.hpp"

namespace cvm::wasi {
namespace {

TEST_CASE("environment") {
  HostEnvironment environment({"tool", "-x"}, {{"A", "1"}, {"B", ""}});
  CHECK(environment.GetArguments().value() == std::vector<std::string>{"tool", "-x"});
  CHECK(environment.GetEnvironment().value() ==
        std::vector<std::tuple<std::string, std::string>>{{"A", "1"}, {"B", ""}});
  CHECK(environment.InitialCwd().value() == std::nullopt);
  CHECK(HostEnvironment({}, {}, "/work").InitialCwd().value() == "/work");
}

TEST_CASE("exit ends the run with its code") {
  HostExit exit;
  const auto code = [](const Result<void>& result) {
    REQUIRE_FALSE(result.ok());
    CHECK(result.error().kind() == ErrorKind::kExit);
    return result.error().exit_code();
  };
  CHECK(code(exit.Exit_(Ok())) == 0);
  CHECK(code(exit.Exit_(Err())) == 1);
  CHECK(code(exit.ExitWithCode(0)) == 0);
  CHECK(code(exit.ExitWithCode(42)) == 42);
  CHECK(code(exit.ExitWithCode(255)) == 255);
}

TEST_CASE("standard streams: every call gives a stream over the same input and output") {
  Loop loop;
  MemorySource source("abcdef");
  MemorySink out;
  MemorySink err;
  HostStdin in(*loop.reactor, std::make_shared<ByteStreamSource>(source));
  HostStdout output(*loop.reactor, std::make_shared<ByteStreamSink>(*loop.reactor, out));
  HostStderr errors(*loop.reactor, std::make_shared<ByteStreamSink>(*loop.reactor, err));
  CHECK(AsText(in.GetStdin().value()->Read(2).value().value()) == "ab");
  CHECK(AsText(in.GetStdin().value()->Read(9).value().value()) == "cdef");
  CHECK_FALSE(in.GetStdin().value()->Read(9).value().ok());
  // max-read-size
  MemorySource more("abcdef");
  HostStdin limited(*loop.reactor, std::make_shared<ByteStreamSource>(more), 3);
  CHECK(AsText(limited.GetStdin().value()->Read(2).value().value()) == "ab");
  CHECK(AsText(limited.GetStdin().value()->Read(4).value().value()) == "cde");
  CHECK(output.GetStdout().value()->Write(AsBytes("1")).value().ok());
  CHECK(output.GetStdout().value()->Write(AsBytes("2")).value().ok());
  CHECK(loop.Do(errors.GetStderr().value()->BlockingWriteAndFlush(AsBytes("e"))).ok());
  CHECK(out.contents() == "12");
  CHECK(err.contents() == "e");
}

TEST_CASE("terminals") {
  CHECK(HostTerminalStdin(true).GetTerminalStdin().value().has_value());
  CHECK(HostTerminalStdout(true).GetTerminalStdout().value().has_value());
  CHECK(HostTerminalStderr(true).GetTerminalStderr().value().has_value());
  CHECK_FALSE(HostTerminalStdin(false).GetTerminalStdin().value().has_value());
  CHECK_FALSE(HostTerminalStdout(false).GetTerminalStdout().value().has_value());
  CHECK_FALSE(HostTerminalStderr(false).GetTerminalStderr().value().has_value());
}

}  // namespace
}  // namespace cvm::wasi
