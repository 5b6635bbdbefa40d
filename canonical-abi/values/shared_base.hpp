// SharedBase: the state behind the two ends of a stream or a future, as far as passing a readable end needs to know it.
//
// definitions.py calls it SharedBase too; canonical-abi/async derives from it. Lifting a readable end takes the state
// out of the handle (HandleObject::TakeShared), lowering it makes a new readable end in the table of the receiver.
// Shared between its two ends; one thread, that of the store.
#pragma once

#include <memory>
#include <optional>

namespace cvm::abi {

class ComponentInstance;  // canonical-abi/handles/instance.hpp
class HandleObject;       // canonical-abi/handles/handle_table.hpp
class ValType;            // canonical-abi/types/val_type.hpp

class SharedBase {
 public:
  virtual ~SharedBase() = default;
  // definitions.py: ReadableStreamEnd(v) or ReadableFutureEnd(v), for lower_stream and lower_future. `shared` is this;
  // `element` is the type of the elements as the receiver `inst` sees it.
  virtual std::shared_ptr<HandleObject> NewReadableEnd(std::shared_ptr<SharedBase> shared,
                                                       const std::optional<ValType>& element,
                                                       const ComponentInstance& inst) = 0;
};

}  // namespace cvm::abi
