// A temporary directory as a guest has it: preopened with given rights; and short forms of the calls, whose answers are
// the WIT names of the error codes ("" for none).
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "test/wasi/os/temp_dir.hpp"
#include "test/wasi/support/loop.hpp"
#include "wasi/filesystem/descriptor.hpp"
#include "wasi/filesystem/preopens.hpp"

namespace cvm::wasi {

namespace types = filesystem::types;
using types::DescriptorFlags;
using types::ErrorCode;
using types::OpenFlags;
using types::PathFlags;

inline std::string CodeName(ErrorCode code) {
  return std::string(bind::TypeOf<ErrorCode>::kNames[static_cast<size_t>(code)]);
}
template <class T>
std::string Code(const WitResult<T, ErrorCode>& result) {
  return result.ok() ? "" : CodeName(result.error());
}

struct Guest : Loop {
  explicit Guest(Rights rights = Rights::All(), uint64_t max_read = HostDescriptor::kMaxRead) {
    root = Preopen(rights, max_read);
  }

  Own<types::Descriptor> Preopen(Rights rights, uint64_t max_read = HostDescriptor::kMaxRead) {
    auto dir = OpenHostDirectory(temp.path().string(), rights);
    REQUIRE(dir.ok());
    HostPreopens preopens(*reactor, {{"/data", *dir}}, max_read);
    auto list = preopens.GetDirectories().value();
    REQUIRE(list.size() == 1);
    CHECK(std::get<1>(list[0]) == "/data");
    return std::move(std::get<0>(list[0]));
  }
  WitResult<Own<types::Descriptor>, ErrorCode> Open(std::string_view path, OpenFlags how = {},
                                                    DescriptorFlags flags = DescriptorFlags::kRead,
                                                    PathFlags follow = PathFlags::kSymlinkFollow) {
    return Do(root->OpenAt(follow, path, how, flags));
  }
  Own<types::Descriptor> MustOpen(std::string_view path, OpenFlags how = {},
                                  DescriptorFlags flags = DescriptorFlags::kRead) {
    auto opened = Open(path, how, flags);
    INFO(path << ": " << Code(opened));
    REQUIRE(opened.ok());
    return std::move(opened.value());
  }

  TempDir temp;
  Own<types::Descriptor> root;
};

}  // namespace cvm::wasi
