// The folded printer. Folding is of the text alone: whatever is grouped, the order of the instructions stays.
//
// A body becomes a tree of forms first, which is then written out. Neither step recurses: guests decide how deep it is.
#include <algorithm>

#include "vm/text/body_walk.hpp"

namespace cvm::text {
namespace {

class Folder {
 public:
  Folder(const PrintContext& cx, BodyScope* scope, const Expr& body, const Hints& hints)
      : cx_(cx), scope_(*scope), walk_(cx, scope, body, hints) {}

  Result<void> Build() {
    frames_.emplace_back();
    while (true) {
      CVM_ASSIGN_OR_RETURN(const bool more, walk_.Next());
      if (!more) return {};
      switch (walk_.role()) {
        case BodyWalk::Role::kPlain:
          Plain();
          break;
        case BodyWalk::Role::kOpen:
          Open();
          break;
        case BodyWalk::Role::kMiddle:
          CloseSection();
          OpenSection(walk_.text());
          break;
        case BodyWalk::Role::kClose:
          Close();
          break;
        case BodyWalk::Role::kLast:
          break;
      }
    }
  }

  // `depth` < 0: all on one line.
  void Write(int depth, std::string* out) {
    const std::vector<uint32_t>& roots = frames_[0].forms;
    for (size_t i = 0; i < roots.size(); ++i) {
      if (depth >= 0) {
        NewLine(out, depth);
      } else if (i != 0) {
        *out += ' ';
      }
      WriteForm(roots[i], depth, out);
    }
  }

 private:
  static constexpr uint32_t kNone = ~uint32_t{0};
  static constexpr uint32_t kWide = 1u << 20;
  static constexpr uint32_t kLineWidth = 80;

  struct Form {
    std::string head;  // with what stands before the parenthesis
    std::vector<uint32_t> children;
    uint32_t width = 0;  // on one line; kWide: never on one
    uint32_t results = 0;
  };
  // An open block, or the body itself.
  struct Frame {
    uint32_t block = kNone;    // the form of the block
    uint32_t section = kNone;  // the (then …), (else …), (do …) or (catch …) that is open in it
    uint32_t results = 0;
    std::vector<uint32_t> forms;  // of the body or section, so far
  };

  uint32_t Add(std::string hint, std::string head, std::vector<uint32_t> children, uint32_t results) {
    Form form;
    form.head = std::move(hint) + "(" + std::move(head);
    form.results = results;
    form.children = std::move(children);
    form.width = Width(form);
    forms_.push_back(std::move(form));
    return static_cast<uint32_t>(forms_.size() - 1);
  }
  uint32_t Width(const Form& form) const {
    uint32_t width = static_cast<uint32_t>(std::min<size_t>(form.head.size() + 1, kWide));
    for (const uint32_t child : form.children) width = std::min(width + 1 + forms_[child].width, kWide);
    return width;
  }

  // Takes the last forms that leave `params` operands; fewer, where what stands there leaves none or too many.
  std::vector<uint32_t> TakeOperands(uint32_t params) {
    std::vector<uint32_t>& forms = frames_.back().forms;
    size_t first = forms.size();
    while (params > 0 && first > 0) {
      const uint32_t results = forms_[forms[first - 1]].results;
      if (results == 0 || results > params) break;
      params -= results;
      --first;
    }
    std::vector<uint32_t> operands(forms.begin() + static_cast<ptrdiff_t>(first), forms.end());
    forms.resize(first);
    return operands;
  }

  void Plain() {
    const Arity arity = ArityOf(cx_, scope_, walk_.instr());
    std::vector<uint32_t> operands = TakeOperands(arity.params);
    frames_.back().forms.push_back(Add(walk_.hint(), walk_.text(), std::move(operands), arity.results));
  }

  void Open() {
    const Arity arity = ArityOf(cx_, scope_, walk_.instr());
    const bool is_if = walk_.instr().op == Opcode::kIf;
    // Operands stand inside the form of an `if` alone.
    std::vector<uint32_t> operands = is_if ? TakeOperands(arity.params + 1) : std::vector<uint32_t>();
    Frame frame;
    frame.block = Add(walk_.hint(), walk_.text(), std::move(operands), 0);
    frame.results = arity.results;
    frames_.push_back(std::move(frame));
    if (is_if) OpenSection("then");
    if (walk_.instr().op == Opcode::kTry) OpenSection("do");
  }

  void OpenSection(const std::string& head) { frames_.back().section = Add("", head, {}, 0); }

  void CloseSection() {
    Frame& frame = frames_.back();
    if (frame.section == kNone) return;
    Form& section = forms_[frame.section];
    section.children = std::move(frame.forms);
    frame.forms.clear();
    section.width = Width(section);
    forms_[frame.block].children.push_back(frame.section);
    frame.section = kNone;
  }

  void Close() {
    CloseSection();
    Frame frame = std::move(frames_.back());
    frames_.pop_back();
    if (walk_.instr().op == Opcode::kDelegate) frame.forms.push_back(Add("", walk_.text(), {}, 0));
    Form& block = forms_[frame.block];
    block.children.insert(block.children.end(), frame.forms.begin(), frame.forms.end());
    block.results = frame.results;
    block.width = kWide;
    frames_.back().forms.push_back(frame.block);
  }

  void WriteForm(uint32_t root, int depth, std::string* out) const {
    struct Place {
      uint32_t form;
      size_t child;
      int depth;  // of the children; < 0: on one line
    };
    std::vector<Place> places;
    const auto begin = [&](uint32_t form, int at) {
      *out += forms_[form].head;
      const bool on_one_line = at < 0 || forms_[form].width <= kLineWidth;
      places.push_back({form, 0, on_one_line ? -1 : at + 1});
    };
    begin(root, depth);
    while (!places.empty()) {
      Place& place = places.back();
      const Form& form = forms_[place.form];
      if (place.child == form.children.size()) {
        *out += ')';
        places.pop_back();
        continue;
      }
      if (place.depth < 0) {
        *out += ' ';
      } else {
        NewLine(out, place.depth);
      }
      const int at = place.depth;
      begin(form.children[place.child++], at);
    }
  }

  const PrintContext& cx_;
  const BodyScope& scope_;
  BodyWalk walk_;
  std::vector<Form> forms_;
  std::vector<Frame> frames_;
};

}  // namespace

Result<void> PrintFolded(const PrintContext& cx, BodyScope* scope, const Expr& body, const Hints& hints, int depth,
                         std::string* out) {
  Folder folder(cx, scope, body, hints);
  CVM_RETURN_IF_ERROR(folder.Build());
  folder.Write(depth, out);
  return {};
}

Result<std::string> PrintConst(const PrintContext& cx, const Expr& expr) {
  BodyScope scope;
  std::string text;
  CVM_RETURN_IF_ERROR(PrintFolded(cx, &scope, expr, {}, -1, &text));
  return text;
}

}  // namespace cvm::text
