// Streams and futures between host and guests, with values whose types are known at run time.
//
//     auto [writer, stream] = cvm::ComponentStreamWriter::New(store).value();
//     cvm::ComponentCall call = process.Start({{cvm::ComponentValue(stream)}}).value();
//     writer.WriteBytes({'h', 'i'}, [&](size_t written, bool dropped) { writer.Close(); });
//     call.Finish();
//
// A stream has one writer and one reader; each does one thing at a time. Nothing is buffered: elements pass when both
// are there, and what is not taken is offered again. What completes is told in the turns of the store, by a callback
// that may do anything: begin the next read, call guests. Turns are made by whoever waits for a call of an `async`
// function (ComponentCall::Resume and Finish), or by RunComponentTasks.
//
// The host holds no more than it asks for: a reader that asks for n elements gets at most n (security.md ASY-05).
// Belong to their store and its thread, and are of no use after it.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "cvm/component_value.hpp"
#include "cvm/result.hpp"
#include "cvm/store.hpp"

namespace cvm {

class ComponentStreamWriter {
 public:
  // A new stream: its writer, and the end to be given to a guest, which says what type the elements are of.
  static Result<std::pair<ComponentStreamWriter, ComponentStream>> New(Store& store);

  // How many elements were taken; `dropped`: the reader is gone, and takes no more.
  using Done = std::function<void(size_t written, bool dropped)>;
  // An Error of kind kUsage if something is being written, or the writer is closed.
  Result<void> Write(std::vector<ComponentValue> elements, Done done);
  Result<void> WriteBytes(std::vector<uint8_t> bytes, Done done);  // of a stream<u8>
  // Takes back what was not taken; no callback is called any more. The reader is told that the stream has ended. So
  // does the destructor.
  void Close();

  struct Impl;
  explicit ComponentStreamWriter(std::shared_ptr<Impl> impl) : impl_(std::move(impl)) {}  // for cvm's own layers
  ComponentStreamWriter(ComponentStreamWriter&&) noexcept = default;
  ComponentStreamWriter& operator=(ComponentStreamWriter&&) noexcept;
  ~ComponentStreamWriter() { Close(); }

 private:
  std::shared_ptr<Impl> impl_;
};

class ComponentStreamReader {
 public:
  // Takes the end, which is not to be passed on any more. An Error of kind kUsage if it was before.
  static Result<ComponentStreamReader> Of(Store& store, const ComponentStream& stream);

  // At least one element, or `ended`: the writer is gone.
  using Done = std::function<void(std::vector<ComponentValue> elements, bool ended)>;
  // Up to `most` elements. An Error of kind kUsage if something is being read, or the reader is closed.
  Result<void> Read(size_t most, Done done);
  // The writer is told. So does the destructor.
  void Close();

  struct Impl;
  explicit ComponentStreamReader(std::shared_ptr<Impl> impl) : impl_(std::move(impl)) {}  // for cvm's own layers
  ComponentStreamReader(ComponentStreamReader&&) noexcept = default;
  ComponentStreamReader& operator=(ComponentStreamReader&&) noexcept;
  ~ComponentStreamReader() { Close(); }

 private:
  std::shared_ptr<Impl> impl_;
};

// The same for one value.
class ComponentFutureWriter {
 public:
  static Result<std::pair<ComponentFutureWriter, ComponentFuture>> New(Store& store);
  // `dropped`: nobody reads it.
  Result<void> Write(ComponentValue value, std::function<void(bool dropped)> done = nullptr);

  explicit ComponentFutureWriter(std::shared_ptr<ComponentStreamWriter::Impl> impl) : writer_(std::move(impl)) {}

 private:
  ComponentStreamWriter writer_;
};
class ComponentFutureReader {
 public:
  static Result<ComponentFutureReader> Of(Store& store, const ComponentFuture& future);
  // No value: a writer of the host's has gone without one.
  Result<void> Read(std::function<void(std::optional<ComponentValue> value)> done);

  explicit ComponentFutureReader(std::shared_ptr<ComponentStreamReader::Impl> impl) : reader_(std::move(impl)) {}

 private:
  ComponentStreamReader reader_;
};

// Gives a turn to all that is ready in the store: guests' tasks that go on after they have returned, callbacks of
// streams. False: nothing was. An Error is the trap of a task that nobody waits for. Does not block.
Result<bool> RunComponentTasks(Store& store);

}  // namespace cvm
