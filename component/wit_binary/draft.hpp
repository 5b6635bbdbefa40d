// Private to component/wit_binary: WIT text in the making. Items are kept by name, so that what several parts of a
// component say of one interface can be united, and written out when all is known.
#pragma once

#include <deque>
#include <map>
#include <string>
#include <vector>

#include "component/wit_binary/package_docs.hpp"

namespace cvm::wit {

// A type or function of an interface, or an item of a world, as text.
struct DraftItem {
  std::string name;    // what it is known by: `res`, `[method]res.m`, `import wasi:io/poll@0.2.0`
  std::string before;  // documentation and gates, in lines
  std::string text;    // without the functions of a resource: `resource res`
  bool resource = false;
  std::vector<DraftItem> functions;  // of a resource
};

struct DraftBody {
  std::string before;
  std::vector<DraftItem> items;

  DraftItem* Find(std::string_view name);
  // Adds the item unless there is one of that name; of a resource's, the functions that are not there yet.
  void Add(DraftItem item);
  std::string Text(const std::string& indent) const;

 private:
  std::map<std::string, size_t, std::less<>> index_;
};

struct DraftPackage {
  std::string docs;
  std::deque<std::pair<std::string, DraftBody>> interfaces;
  std::deque<std::pair<std::string, DraftBody>> worlds;

  DraftBody& Interface(const std::string& name);

 private:
  std::map<std::string, size_t> index_;
};

// Lines of documentation, gates and external id, as they stand before an item.
std::string MetaLines(const Meta& meta, const std::string& indent);
// `%record`; of a path, each part.
std::string EscapePath(std::string_view path);

}  // namespace cvm::wit
