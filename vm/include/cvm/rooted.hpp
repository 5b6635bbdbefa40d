// Rooted: keeps a structure or array of a guest alive for the host. A Val alone is valid only until the next call into
// its store. Used on the store's thread; may outlive the store.
#pragma once

#include <memory>

#include "cvm/result.hpp"
#include "cvm/store.hpp"
#include "cvm/value.hpp"

namespace cvm {

class Rooted {
 public:
  // `value`: a reference that has just been returned by a call into `store` (or is null, a host value, an i31).
  static Result<Rooted> Create(Store& store, const Val& value);
  Rooted(Rooted&&) noexcept;
  Rooted& operator=(Rooted&&) noexcept;
  ~Rooted();

  const Val& value() const { return value_; }

 private:
  Rooted();
  struct Impl;
  Val value_;
  std::unique_ptr<Impl> impl_;
};

}  // namespace cvm
