// Streams and futures of the public API: the host as a client of shared copies (canonical-abi/async/shared_copy.hpp).
#include <algorithm>
#include <cstring>

#include "canonical-abi/memory/budget.hpp"
#include "canonical-abi/types/layout.hpp"
#include "component/host/api_impl.hpp"
#include "component/host/value_convert.hpp"
#include "cvm/component_stream.hpp"
#include "vm/base/try.hpp"

namespace cvm {

using component::ComponentStore;
using component::HostWait;
using component::ValueConverter;

ComponentStream::Impl::~Impl() {
  if (live && shared != nullptr && !store_alive.expired()) shared->Drop();
}
bool ComponentStream::valid() const { return impl_ != nullptr && impl_->live && !impl_->store_alive.expired(); }
bool ComponentFuture::valid() const { return impl_ != nullptr && impl_->live && !impl_->store_alive.expired(); }

namespace {

// The bytes of numbers as a guest's memory has them.
struct NumberBytes {
  std::vector<uint8_t>* out;
  template <class T>
  bool operator()(const T& v) {
    if constexpr (std::is_arithmetic_v<T> && !std::is_same_v<T, bool>) {
      const auto* bytes = reinterpret_cast<const uint8_t*>(&v);
      out->insert(out->end(), bytes, bytes + sizeof v);
      return true;
    } else {
      return false;
    }
  }
};

template <class T>
ComponentValue NumberAt(const uint8_t* at) {
  T v;
  std::memcpy(&v, at, sizeof v);
  return ComponentValue(v);
}

ComponentValue NumberOf(abi::TypeKind kind, const uint8_t* at) {
  using Read = ComponentValue (*)(const uint8_t*);
  constexpr Read kReads[] = {NumberAt<int8_t>,  NumberAt<uint8_t>,  NumberAt<int16_t>, NumberAt<uint16_t>,
                             NumberAt<int32_t>, NumberAt<uint32_t>, NumberAt<int64_t>, NumberAt<uint64_t>,
                             NumberAt<float>,   NumberAt<double>};
  return kReads[static_cast<size_t>(kind) - static_cast<size_t>(abi::TypeKind::kS8)](at);
}

Error Busy() { return UsageError("the stream is in use, or closed"); }

// What readers and writers of the host have in common: a place in the store, and at most one callback to come.
class HostEnd : public abi::CopyClient, public std::enable_shared_from_this<HostEnd> {
 public:
  HostEnd(ComponentStore& store, std::shared_ptr<abi::SharedCopy> shared)
      : store_(store), alive_(store.alive()), wait_(store.scheduler().BeginHostWait()), shared_(std::move(shared)) {}

  bool open() const { return shared_ != nullptr && !alive_.expired(); }
  bool busy() const { return busy_; }
  ComponentStore& store() const { return store_; }

  void Close() {
    if (open()) {
      if (shared_->IsPending(*this)) shared_->ResetPending();
      shared_->Drop();
      wait_.End();
    } else {
      wait_.Forget();
    }
    shared_ = nullptr;
    busy_ = false;
  }

 protected:
  virtual ~HostEnd() = default;
  // In a turn of its own: what calls a client back is in the midst of something.
  void Later(std::function<Result<void>()> what) {
    store_.scheduler().Post([self = shared_from_this(), what = std::move(what)]() -> Result<void> {
      return self->open() ? what() : Result<void>();
    });
  }
  // The same for the callback, after which the end may be used again.
  void Finish(std::function<void()> callback) {
    Later([this, callback = std::move(callback)]() -> Result<void> {
      busy_ = false;
      if (callback) callback();
      return {};
    });
  }

  ComponentStore& store_;
  std::weak_ptr<const void> alive_;
  HostWait wait_;
  std::shared_ptr<abi::SharedCopy> shared_;
  bool busy_ = false;
};

}  // namespace

// --- writers

struct ComponentStreamWriter::Impl final : HostEnd, abi::ReadableBuffer {
  using HostEnd::HostEnd;

  Result<void> Begin(std::vector<ComponentValue> values, Done callback) {
    if (!open() || busy_) return Busy();
    busy_ = true;
    elements = std::move(values);
    progress = 0;
    done = std::move(callback);
    return shared_->Write(nullptr, *this, *this);
  }

  void OnCopy() override {
    if (remain() > 0) return;
    shared_->ResetPending();
    End(false);
  }
  void OnCopyDone(abi::CopyResult result) override {
    if (result == abi::CopyResult::kDropped || remain() == 0) return End(result == abi::CopyResult::kDropped);
    Later([this] { return shared_->Write(nullptr, *this, *this); });  // the reader took a part
  }
  void End(bool dropped) {
    Finish([this, dropped, n = progress] {
      elements.clear();
      if (const Done callback = std::exchange(done, nullptr)) callback(n, dropped);
    });
  }

  uint64_t remain() const override { return elements.size() - progress; }
  bool is_zero_length() const override { return elements.empty(); }
  Result<std::vector<abi::Value>> Read(uint32_t n) override {
    ValueConverter converter(store_);
    std::vector<abi::Value> values;
    for (uint32_t i = 0; i < n; ++i) {
      CVM_ASSIGN_OR_RETURN(abi::Value value, converter.ToAbi(elements[progress + i], *shared_->element()));
      values.push_back(std::move(value));
    }
    converter.Commit();
    progress += n;
    return values;
  }
  Result<std::span<const uint8_t>> ReadNumbers(uint64_t n) override {
    bytes.clear();
    const uint32_t size = abi::ElemSize(*shared_->element(), abi::PtrType::kI32);
    for (uint64_t i = 0; i < n; ++i) {
      const ComponentValue& value = elements[progress + i];
      if (!std::visit(NumberBytes{&bytes}, value.storage()) || bytes.size() != (i + 1) * size) {
        return UsageError("the value " + value.ToString() + " is not of type " + shared_->element()->ToString());
      }
    }
    progress += n;
    return std::span<const uint8_t>(bytes);
  }
  void Skip(uint64_t n) override { progress += n; }

  std::vector<ComponentValue> elements;
  std::vector<uint8_t> bytes;
  uint64_t progress = 0;
  Done done;
};

namespace {

Result<std::shared_ptr<abi::SharedCopy>> NewShared(ComponentStore& store, bool future) {
  std::shared_ptr<abi::SharedCopy> shared;
  if (future) {
    CVM_ASSIGN_OR_RETURN(shared, abi::SharedFuture::Create(store.account(), std::nullopt));
  } else {
    CVM_ASSIGN_OR_RETURN(shared, abi::SharedStream::Create(store.account(), std::nullopt));
  }
  shared->set_untyped();
  return shared;
}

std::shared_ptr<ComponentStream::Impl> ReadableEnd(ComponentStore& store, std::shared_ptr<abi::SharedCopy> shared) {
  auto end = std::make_shared<ComponentStream::Impl>();
  end->store = &store;
  end->store_alive = store.alive();
  end->shared = std::move(shared);
  return end;
}

}  // namespace

Result<std::pair<ComponentStreamWriter, ComponentStream>> ComponentStreamWriter::New(Store& store) {
  CVM_ASSIGN_OR_RETURN(ComponentStore * components, ComponentStoreOf(store.impl()));
  CVM_ASSIGN_OR_RETURN(auto shared, NewShared(*components, false));
  return std::pair(ComponentStreamWriter(std::make_shared<Impl>(*components, shared)),
                   ComponentStream(ReadableEnd(*components, shared)));
}

Result<void> ComponentStreamWriter::Write(std::vector<ComponentValue> elements, Done done) {
  return impl_ == nullptr ? Busy() : impl_->Begin(std::move(elements), std::move(done));
}

Result<void> ComponentStreamWriter::WriteBytes(std::vector<uint8_t> bytes, Done done) {
  std::vector<ComponentValue> elements;
  elements.reserve(bytes.size());
  for (const uint8_t byte : bytes) elements.push_back(ComponentValue(byte));
  return Write(std::move(elements), std::move(done));
}

void ComponentStreamWriter::Close() {
  if (impl_ != nullptr) impl_->Close();
}
ComponentStreamWriter& ComponentStreamWriter::operator=(ComponentStreamWriter&& other) noexcept {
  Close();
  impl_ = std::move(other.impl_);
  return *this;
}

// --- readers

struct ComponentStreamReader::Impl final : HostEnd, abi::WritableBuffer {
  using HostEnd::HostEnd;

  Result<void> Begin(size_t n, Done callback) {
    if (!open() || busy_ || n == 0) return Busy();
    busy_ = true;
    most = n;
    done = std::move(callback);
    return shared_->Read(nullptr, *this, *this);
  }

  void OnCopy() override {
    shared_->ResetPending();
    End(false);
  }
  void OnCopyDone(abi::CopyResult result) override {
    if (result == abi::CopyResult::kDropped || !elements.empty()) return End(result == abi::CopyResult::kDropped);
    Later([this] { return shared_->Read(nullptr, *this, *this); });  // somebody wrote nothing
  }
  void End(bool ended) {
    Finish([this, ended] {
      std::vector<ComponentValue> got = std::exchange(elements, {});
      if (const Done callback = std::exchange(done, nullptr)) callback(std::move(got), ended);
    });
  }

  uint64_t remain() const override { return most - elements.size(); }
  bool is_zero_length() const override { return false; }
  Result<void> Write(std::vector<abi::Value> values) override {
    ValueConverter converter(store_);
    for (const abi::Value& value : values) elements.push_back(converter.FromAbi(value, *shared_->element()));
    return {};
  }
  Result<void> WriteNumbers(uint64_t n, std::span<const uint8_t> bytes) override {
    const size_t size = abi::ElemSize(*shared_->element(), abi::PtrType::kI32);
    for (uint64_t i = 0; i < n; ++i) elements.push_back(NumberOf(shared_->element()->kind(), &bytes[i * size]));
    return {};
  }
  void Skip(uint64_t n) override { elements.resize(elements.size() + n); }

  std::vector<ComponentValue> elements;
  size_t most = 0;
  Done done;
};

namespace {

Result<std::shared_ptr<ComponentStreamReader::Impl>> ReaderOf(Store& store,
                                                              const std::shared_ptr<ComponentStream::Impl>& end) {
  CVM_ASSIGN_OR_RETURN(ComponentStore * components, ComponentStoreOf(store.impl()));
  if (end == nullptr || !end->live || end->store != components)
    return UsageError("the end was passed on, or is of another store");
  end->live = false;
  return std::make_shared<ComponentStreamReader::Impl>(*components, end->shared);
}

}  // namespace

Result<ComponentStreamReader> ComponentStreamReader::Of(Store& store, const ComponentStream& stream) {
  CVM_ASSIGN_OR_RETURN(std::shared_ptr<Impl> impl, ReaderOf(store, stream.impl()));
  return ComponentStreamReader(std::move(impl));
}

// Elements take a value each at the host: what is asked for at once is bounded.
Result<void> ComponentStreamReader::Read(size_t most, Done done) {
  constexpr size_t kMost = abi::kDefaultHostBytesPerCall / sizeof(ComponentValue);
  return impl_ == nullptr ? Busy() : impl_->Begin(std::min(most, kMost), std::move(done));
}

void ComponentStreamReader::Close() {
  if (impl_ != nullptr) impl_->Close();
}
ComponentStreamReader& ComponentStreamReader::operator=(ComponentStreamReader&& other) noexcept {
  Close();
  impl_ = std::move(other.impl_);
  return *this;
}

// --- futures

Result<std::pair<ComponentFutureWriter, ComponentFuture>> ComponentFutureWriter::New(Store& store) {
  CVM_ASSIGN_OR_RETURN(ComponentStore * components, ComponentStoreOf(store.impl()));
  CVM_ASSIGN_OR_RETURN(auto shared, NewShared(*components, true));
  return std::pair(ComponentFutureWriter(std::make_shared<ComponentStreamWriter::Impl>(*components, shared)),
                   ComponentFuture(ReadableEnd(*components, shared)));
}

Result<void> ComponentFutureWriter::Write(ComponentValue value, std::function<void(bool dropped)> done) {
  std::vector<ComponentValue> one;
  one.push_back(std::move(value));
  return writer_.Write(std::move(one), [done = std::move(done)](size_t, bool dropped) {
    if (done) done(dropped);
  });
}

Result<ComponentFutureReader> ComponentFutureReader::Of(Store& store, const ComponentFuture& future) {
  CVM_ASSIGN_OR_RETURN(auto impl, ReaderOf(store, future.impl()));
  return ComponentFutureReader(std::move(impl));
}

Result<void> ComponentFutureReader::Read(std::function<void(std::optional<ComponentValue> value)> done) {
  return reader_.Read(1, [done = std::move(done)](std::vector<ComponentValue> elements, bool) {
    if (elements.empty()) return done(std::nullopt);
    done(std::move(elements.front()));
  });
}

Result<bool> RunComponentTasks(Store& store) {
  CVM_ASSIGN_OR_RETURN(ComponentStore * components, ComponentStoreOf(store.impl()));
  return components->scheduler().RunRound();
}

}  // namespace cvm
