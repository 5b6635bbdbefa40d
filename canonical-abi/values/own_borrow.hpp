// Own<T> and Borrow<T>: handles to a resource that the host implements by the C++ class T.
//
// Own<T> is the resource itself: it moves, never copies, and destroys the object when it dies. Borrow<T> is good for
// the call that received it; it is made from a named object only, so that a borrow of something that dies in the same
// expression does not compile (test/nocompile). The object belongs to the thread of its store.
#pragma once

#include <memory>
#include <utility>

namespace cvm::abi {

template <class T>
class Own {
 public:
  explicit Own(std::unique_ptr<T> object) : object_(std::move(object)) {}
  template <class... Args>
  static Own Make(Args&&... args) {
    return Own(std::make_unique<T>(std::forward<Args>(args)...));
  }

  // False only after the object was moved out.
  explicit operator bool() const { return object_ != nullptr; }
  T& operator*() const { return *object_; }
  T* operator->() const { return object_.get(); }
  std::unique_ptr<T> Release() && { return std::move(object_); }

 private:
  std::unique_ptr<T> object_;
};

template <class T>
class Borrow {
 public:
  Borrow(T& object) : object_(&object) {}            // NOLINT: implicit by design
  Borrow(const Own<T>& owner) : object_(&*owner) {}  // NOLINT: implicit by design
  Borrow(T&&) = delete;
  Borrow(Own<T>&&) = delete;
  Borrow(const Own<T>&&) = delete;

  T& operator*() const { return *object_; }
  T* operator->() const { return object_; }

 private:
  T* object_;
};

}  // namespace cvm::abi
