// Which proposal a heap type belongs to.
#pragma once

#include "vm/types/features.hpp"
#include "vm/types/types.hpp"

namespace cvm {

Feature FeatureOf(HeapKind kind);
Feature FeatureOf(HeapType type);

}  // namespace cvm
