// tour DIRECTORY [end=HOW] [ARGS...]: the walk through WASI of src/rust/tour with the C++ library: iostreams, chrono,
// containers, closures, virtual calls, destructors. Debian's libc++ for WebAssembly has neither exceptions nor file
// streams and std::filesystem, so files go through C's functions in owning classes, as programs for it do.
#include <dirent.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <functional>
#include <iomanip>
#include <iostream>
#include <iterator>
#include <map>
#include <memory>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace {

// The result of a C function: its value, or errno.
template <class T>
void Show(std::string_view what, T result) {
  std::cout << what << ": ";
  if (result < 0) {
    std::cout << "errno " << errno << '\n';
  } else {
    std::cout << result << '\n';
  }
}

struct Closer {
  void operator()(std::FILE* file) const { std::fclose(file); }
  void operator()(DIR* directory) const { closedir(directory); }
};
using File = std::unique_ptr<std::FILE, Closer>;
using Directory = std::unique_ptr<DIR, Closer>;

bool Write(const std::string& path, std::string_view text, const char* mode = "wb") {
  const File file(std::fopen(path.c_str(), mode));
  return file != nullptr && std::fwrite(text.data(), 1, text.size(), file.get()) == text.size();
}

std::optional<std::string> Read(const std::string& path) {
  const File file(std::fopen(path.c_str(), "rb"));
  if (file == nullptr) return std::nullopt;
  std::string text;
  char buffer[64];
  while (const std::size_t size = std::fread(buffer, 1, sizeof buffer, file.get())) text.append(buffer, size);
  return text;
}

// One section of the tour; the table in main owns them.
class Section {
 public:
  explicit Section(std::string name) : name_(std::move(name)) {}
  virtual ~Section() = default;
  Section(const Section&) = delete;
  Section& operator=(const Section&) = delete;

  void Run(const std::string& root) {
    std::cout << '[' << name_ << "]\n";
    Visit(root);
  }

 private:
  virtual void Visit(const std::string& root) = 0;

  std::string name_;
};

class Streams : public Section {
 public:
  Streams() : Section("streams") {}

 private:
  void Visit(const std::string&) override {
    std::string line;
    std::getline(std::cin, line);
    std::cout << "first line: " << std::quoted(line) << '\n';
    std::map<std::string, int> words;
    std::size_t count = 0;
    for (std::string word; std::cin >> word; ++count) ++words[word];
    std::cout << count << " words, " << words.size() << " different, last " << words.rbegin()->first << '\n';
    std::cout << "eof: " << std::cin.eof() << '\n';
    std::cout << std::hex << std::showbase << 255 << std::dec << ' ' << std::setprecision(12) << 1.0 / 3 << ' '
              << std::setw(8) << std::setfill('*') << 42 << std::endl;
    std::cerr << "to standard error: " << count << '\n';
  }
};

void List(const std::string& path) {
  const Directory directory(opendir(path.c_str()));
  if (directory == nullptr) return Show("opendir", -1);
  std::set<std::string> names;
  while (const dirent* entry = readdir(directory.get())) {
    const std::string_view name = entry->d_name;
    if (name == "." || name == "..") continue;
    names.insert(std::string(name) + (entry->d_type == DT_DIR ? "/" : entry->d_type == DT_LNK ? "@" : ""));
  }
  std::cout << "list:";
  for (const std::string& name : names) std::cout << ' ' << name;
  std::cout << '\n';
}

class Files : public Section {
 public:
  Files() : Section("files") {}

 private:
  void Visit(const std::string& root) override {
    const std::string path = root + "/tour.txt";
    std::cout << "written: " << Write(path, "one\ntwo\nthree\n") << Write(path, "four: ä€😀\n", "ab") << '\n';
    {
      const File file(std::fopen(path.c_str(), "r+b"));
      Show("seek", std::fseek(file.get(), -4, SEEK_END));
      Show("tell", std::ftell(file.get()));
      Show("rewind", std::fseek(file.get(), 4, SEEK_SET));
      std::fputs("TWO", file.get());
    }
    std::cout << "content: " << std::quoted(Read(path).value_or("none")) << '\n';
    Show("truncate", truncate(path.c_str(), 11));
    Show("rename", std::rename(path.c_str(), (root + "/renamed.txt").c_str()));
    std::cout << "content: " << std::quoted(Read(root + "/renamed.txt").value_or("none")) << '\n';
    std::cout << "gone: " << !Read(path).has_value() << ' ' << errno << '\n';
    std::cout << "outside: " << Read(root + "/../outside").has_value() << ' ' << errno << '\n';
  }
};

class Directories : public Section {
 public:
  Directories() : Section("directories") {}

 private:
  void Visit(const std::string& root) override {
    const std::string made = root + "/made";
    Show("mkdir", mkdir(made.c_str(), 0777));
    Show("mkdir again", mkdir(made.c_str(), 0777));
    for (std::size_t i = 0; i < 12; ++i) Write(made + "/file-" + std::to_string(i), std::string(i, 'x'));
    List(root);
    List(made);
    Show("symlink", symlink("renamed.txt", (root + "/link").c_str()));
    struct stat stat_of{};
    Show("stat", stat((root + "/link").c_str(), &stat_of));
    std::cout << "size: " << stat_of.st_size << ", file: " << S_ISREG(stat_of.st_mode) << '\n';
    Show("remove full", std::remove(made.c_str()));
    Show("remove file", std::remove((made + "/file-3").c_str()));
    Show("remove nothing", std::remove((made + "/file-3").c_str()));
    Show("rename", std::rename(made.c_str(), (root + "/moved").c_str()));
    List(root + "/moved");
    List(root + "/nowhere");
  }
};

class ClocksAndChance : public Section {
 public:
  ClocksAndChance() : Section("clocks and random") {}

 private:
  void Visit(const std::string&) override {
    using std::chrono::steady_clock;
    std::vector<steady_clock::time_point> points;
    std::generate_n(std::back_inserter(points), 100, steady_clock::now);
    std::cout << "monotonic: " << std::is_sorted(points.begin(), points.end()) << '\n';
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    std::cout << "after 2020: " << (now > std::chrono::seconds(1'577'836'800)) << '\n';
    std::random_device device;
    std::cout << "differ: " << (std::set{device(), device(), device()}.size() > 1) << '\n';
    std::mt19937_64 twister(5489);
    twister.discard(9999);
    std::cout << "ten thousandth of the Mersenne twister: " << twister() << '\n';
  }
};

void PrintArguments(int argc, char** argv) {
  std::cout << "[arguments]\n";
  for (int i = 0; i < argc; ++i) std::cout << i << ": " << std::quoted(argv[i]) << '\n';
  const char* greeting = std::getenv("GREETING");
  std::cout << "GREETING: " << (greeting == nullptr ? "absent" : greeting) << '\n';
}

struct AtExit {
  ~AtExit() { std::puts("static destructor ran"); }
} at_exit;

}  // namespace

int main(int argc, char** argv) {
  std::cout << std::boolalpha;
  if (argc < 2) {
    std::cerr << "usage: tour DIRECTORY [end=HOW] [ARGS...]\n";
    return 2;
  }
  PrintArguments(argc, argv);
  std::vector<std::unique_ptr<Section>> sections;
  sections.push_back(std::make_unique<Streams>());
  sections.push_back(std::make_unique<Files>());
  sections.push_back(std::make_unique<Directories>());
  sections.push_back(std::make_unique<ClocksAndChance>());
  for (const auto& section : sections) section->Run(argv[1]);
  const std::map<std::string_view, std::function<int()>> ends = {
      {"end=failure", [] { return 1; }},
      {"end=exit-7", [] { return std::exit(7), 0; }},
      {"end=terminate", [] { return std::terminate(), 0; }},
  };
  std::cout << "[end]" << std::endl;
  const auto end = ends.find(argc > 2 ? argv[2] : "");
  return end == ends.end() ? 0 : end->second();
}
