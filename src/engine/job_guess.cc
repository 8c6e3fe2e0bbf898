#include "engine/job_guess.h"

#include <algorithm>
#include <bit>
#include <charconv>
#include <cmath>

namespace weft::engine {

namespace {

constexpr size_t kSamples = 3;
constexpr size_t kSampleBytesMax = 100;
constexpr size_t kExtremeBytesMax = 200;
constexpr size_t kFieldsMax =
    100;  // An object with more kinds of member is a map: kept as JSON text.
constexpr uint32_t kDepthMax = 12;
constexpr size_t kRegisters = 1u << 14;

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

// A cursor that takes fixed patterns.
class Taker {
  public:
    explicit Taker(std::string_view text) : text_(text) {}
    bool Number(size_t digits, uint32_t low, uint32_t high, uint32_t* out = nullptr) {
        if (text_.size() < digits) return false;
        uint32_t value = 0;
        for (size_t i = 0; i < digits; ++i) {
            if (!IsDigit(text_[i])) return false;
            value = value * 10 + static_cast<uint32_t>(text_[i] - '0');
        }
        text_.remove_prefix(digits);
        if (out != nullptr) *out = value;
        return value >= low && value <= high;
    }
    bool Char(std::string_view any) {
        if (text_.empty() || any.find(text_[0]) == std::string_view::npos) return false;
        text_.remove_prefix(1);
        return true;
    }
    size_t Digits() {
        size_t count = 0;
        while (count < text_.size() && IsDigit(text_[count])) ++count;
        text_.remove_prefix(count);
        return count;
    }
    bool done() const { return text_.empty(); }
    std::string_view rest() const { return text_; }

  private:
    std::string_view text_;
};

bool TakeDate(Taker& in) {
    uint32_t year = 0, month = 0, day = 0;
    if (!in.Number(4, 0, 9999, &year) || !in.Char("-") || !in.Number(2, 1, 12, &month) ||
        !in.Char("-") || !in.Number(2, 1, 31, &day))
        return false;
    static constexpr uint32_t kDays[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    const bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    return day <= kDays[month - 1] + (leap && month == 2 ? 1 : 0);
}

bool TakeTime(Taker& in) {
    if (!in.Number(2, 0, 23) || !in.Char(":") || !in.Number(2, 0, 59)) return false;
    if (!in.Char(":")) return true;
    if (!in.Number(2, 0, 59)) return false;
    if (!in.Char(".")) return true;
    const size_t digits = in.Digits();
    return digits >= 1 && digits <= 9;
}

bool TakeZone(Taker& in) {
    if (in.Char("Z")) return true;
    if (!in.Char("+-") || !in.Number(2, 0, 15)) return false;
    if (in.done()) return true;
    in.Char(":");
    return in.Number(2, 0, 59);
}

Shape TimeShape(std::string_view text) {
    if (text.size() < 5) return Shape::kText;
    if (text[2] == ':') {
        Taker in(text);
        return TakeTime(in) && in.done() ? Shape::kTime : Shape::kText;
    }
    Taker in(text);
    if (text[4] != '-' || !TakeDate(in)) return Shape::kText;
    if (in.done()) return Shape::kDate;
    if (!in.Char(" T") || !TakeTime(in)) return Shape::kText;
    if (in.done()) return Shape::kTimestamp;
    return TakeZone(in) && in.done() ? Shape::kTimestampTz : Shape::kText;
}

bool IsUuid(std::string_view text) {
    if (text.size() != 36) return false;
    for (size_t i = 0; i < 36; ++i) {
        const char c = text[i];
        const bool dash = i == 8 || i == 13 || i == 18 || i == 23;
        if (dash ? c != '-' : !(IsDigit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F')))
            return false;
    }
    return true;
}

bool EqualsLower(std::string_view text, std::string_view lower) {
    return std::ranges::equal(text, lower, [](char a, char b) { return (a | 0x20) == b; });
}

Shape NumberShape(std::string_view text) {
    Taker in(text);
    in.Char("-");
    const auto whole = in.rest();
    const size_t digits = in.Digits();
    if (digits > 1 && whole[0] == '0') return Shape::kText;
    if (in.done()) {
        int64_t value = 0;
        if (std::from_chars(text.data(), text.data() + text.size(), value).ec == std::errc())
            return Shape::kWhole;
        return digits <= 38 ? Shape::kWide : Shape::kText;
    }
    size_t scale = 0;
    if (in.Char(".")) {
        scale = in.Digits();
        if (digits + scale == 0 || scale == 0) return Shape::kText;
        if (in.done()) return Shape::kDecimal;
    }
    if (digits + scale == 0 || !in.Char("eE")) return Shape::kText;
    in.Char("+-");
    const size_t exponent = in.Digits();
    return exponent >= 1 && exponent <= 3 && in.done() ? Shape::kFloat : Shape::kText;
}

uint64_t Hash(std::string_view text) {  // FNV-1a, then mixed: HyperLogLog needs all bits good.
    uint64_t h = 0xcbf29ce484222325;
    for (const char c : text) h = (h ^ static_cast<unsigned char>(c)) * 0x100000001b3;
    h ^= h >> 33;
    h *= 0xff51afd7ed558ccd;
    h ^= h >> 33;
    h *= 0xc4ceb9fe1a85ec53;
    return h ^ h >> 33;
}

std::string Cut(std::string_view text, size_t bytes_max) {
    if (text.size() <= bytes_max) return std::string(text);
    while (bytes_max > 0 && (static_cast<unsigned char>(text[bytes_max]) & 0xC0) == 0x80)
        --bytes_max;
    return std::string(text.substr(0, bytes_max));
}

bool IsMarker(std::string_view text) {
    return text.size() <= 4 && std::ranges::find(kNullMarkers, text) != kNullMarkers.end();
}

DataType Of(DataType::Kind kind) {
    DataType type;
    type.kind = kind;
    return type;
}
DataType DecimalOf(uint32_t precision, uint32_t scale) {
    auto type = Of(DataType::Kind::kDecimal);
    type.precision = static_cast<uint8_t>(precision);
    type.scale = static_cast<uint8_t>(scale);
    return type;
}

}  // namespace

Shape ShapeOf(std::string_view text) {
    if (text.empty() || text.size() > 64) return Shape::kText;
    const char c = text[0];
    if (IsDigit(c) || c == '-' || c == '.') {
        const Shape number = NumberShape(text);
        if (number != Shape::kText) return number;
        const Shape time = TimeShape(text);
        if (time != Shape::kText) return time;
    }
    if (EqualsLower(text, "true") || EqualsLower(text, "false")) return Shape::kBoolean;
    return IsUuid(text) ? Shape::kUuid : Shape::kText;
}

bool Distinct::Insert(uint64_t hash) {  // Open addressing; 0 marks a free slot.
    hash |= 1;                          // One bit less: 2^21 values collide with a chance of 10^-6.
    if (used_ * 2 >= slots_.size()) {
        std::vector<uint64_t> old(std::max<size_t>(slots_.size() * 2, 64));
        old.swap(slots_);
        used_ = 0;
        for (const auto h : old) {
            if (h != 0) Insert(h);
        }
    }
    size_t at = (hash >> 1) & (slots_.size() - 1);
    while (slots_[at] != 0) {
        if (slots_[at] == hash) return false;
        at = (at + 1) & (slots_.size() - 1);
    }
    slots_[at] = hash;
    ++used_;
    return true;
}

void Distinct::Add(uint64_t hash) {
    if (registers_.empty()) registers_.resize(kRegisters);
    auto& best = registers_[hash >> 50];
    best = std::max(best, static_cast<uint8_t>(std::countl_zero(hash << 14 | 1) + 1));
    if (given_up_) return;
    if (!Insert(hash)) repeated_ = true;
    if (used_ > kUniqueMax || (repeated_ && used_ > kExactMax)) {
        given_up_ = true;
        slots_ = {};
    }
}

uint64_t Distinct::count() const {
    if (!given_up_) return used_;
    double sum = 0;
    for (const auto rank : registers_) sum += std::ldexp(1.0, -rank);
    const double m = kRegisters;
    return static_cast<uint64_t>(std::llround(0.7213 / (1 + 1.079 / m) * m * m / sum));
}

struct ColumnGuess::Parts {
    std::unique_ptr<ColumnGuess> element;
    std::vector<std::pair<std::string, ColumnGuess>> fields;
    bool list = false, object = false;
};

ColumnGuess::ColumnGuess() = default;
ColumnGuess::ColumnGuess(ColumnGuess&&) noexcept = default;
ColumnGuess::~ColumnGuess() = default;

void ColumnGuess::Widen(std::string_view text, Shape shape) {
    const bool number = shape == Shape::kWhole || shape == Shape::kWide ||
                        shape == Shape::kDecimal || shape == Shape::kFloat;
    if (number) {
        double value = 0;
        std::from_chars(text.data(), text.data() + text.size(), value);
        if (!any_number_ || value < low_) low_ = value, number_min_ = text;
        if (!any_number_ || value > high_) high_ = value, number_max_ = text;
        any_number_ = true;
        const auto point = text.find('.');
        const auto whole = static_cast<uint32_t>(
            (point == std::string_view::npos ? text.size() : point) - (text[0] == '-' ? 1 : 0));
        digits_ = std::max(digits_, whole);
        if (shape == Shape::kDecimal) {
            const auto scale = static_cast<uint32_t>(text.size() - point - 1);
            scale_min_ = std::min(scale_min_, scale);
            scale_max_ = std::max(scale_max_, scale);
        }
    }
    if (!any_text_ || text < std::string_view(text_min_)) text_min_ = Cut(text, kExtremeBytesMax);
    if (!any_text_ || text > std::string_view(text_max_)) text_max_ = Cut(text, kExtremeBytesMax);
    any_text_ = true;
}

void ColumnGuess::Add(std::string_view text, bool json_string) {
    if (IsMarker(text)) {
        const auto found = markers_.find(text);
        if (found == markers_.end())
            markers_.emplace(text, 1);
        else
            ++found->second;
        return;
    }
    Shape shape = ShapeOf(text);
    if (json_string && shape <= Shape::kBoolean) shape = Shape::kText;
    ++shapes_[static_cast<size_t>(shape)];
    Widen(text, shape);
    distinct_.Add(Hash(text));
    if (text.size() > max_length_) {
        const auto points = std::ranges::count_if(text, [](char c) { return (c & 0xC0) != 0x80; });
        max_length_ = std::max(max_length_, static_cast<uint64_t>(points));
    }
    if (samples_.size() < kSamples) {
        auto sample = Cut(text, kSampleBytesMax);
        if (std::ranges::find(samples_, sample) == samples_.end())
            samples_.push_back(std::move(sample));
    }
}

void ColumnGuess::AddJson(const Json& value) {
    if (value.is_null()) return AddNull();
    if (value.is_string()) return Add(value.get_ref<const std::string&>(), true);
    const auto text = DumpJson(value);
    if (!value.is_structured()) return Add(text);
    if (!parts_) parts_ = std::make_unique<Parts>();
    if (samples_.size() < kSamples) samples_.push_back(Cut(text, kSampleBytesMax));
    distinct_.Add(Hash(text));
    if (value.is_array()) {
        parts_->list = true;
        if (!parts_->element) parts_->element = std::make_unique<ColumnGuess>();
        for (const auto& item : value) parts_->element->AddJson(item);
        return;
    }
    parts_->object = true;
    for (const auto& [name, member] : value.items()) {
        auto found =
            std::ranges::find(parts_->fields, name, [](const auto& field) { return field.first; });
        if (found == parts_->fields.end()) {
            if (parts_->fields.size() > kFieldsMax) continue;
            parts_->fields.emplace_back(name, ColumnGuess());
            found = std::prev(parts_->fields.end());
        }
        found->second.AddJson(member);
    }
}

uint64_t ColumnGuess::Values() const {
    uint64_t sum = 0;
    for (const auto count : shapes_) sum += count;
    return sum;
}

DataType ColumnGuess::Scalar() const {
    using Kind = DataType::Kind;
    const auto of = [&](Shape shape) { return shapes_[static_cast<size_t>(shape)]; };
    const uint64_t all = Values();
    if (all == 0 || of(Shape::kText) > 0) return Of(Kind::kVarchar);
    if (of(Shape::kWhole) == all) return Of(Kind::kBigint);
    if (of(Shape::kWhole) + of(Shape::kWide) == all) return DecimalOf(38, 0);
    const bool money = of(Shape::kDecimal) == all && scale_min_ == scale_max_ && scale_min_ >= 2 &&
                       scale_max_ <= 4;
    if (money && digits_ + scale_max_ <= 38)
        return DecimalOf(std::max(18u, digits_ + scale_max_), scale_max_);
    if (of(Shape::kWhole) + of(Shape::kWide) + of(Shape::kDecimal) + of(Shape::kFloat) == all)
        return Of(Kind::kDouble);
    if (of(Shape::kBoolean) == all) return Of(Kind::kBoolean);
    if (of(Shape::kDate) == all) return Of(Kind::kDate);
    if (of(Shape::kTime) == all) return Of(Kind::kTime);
    if (of(Shape::kUuid) == all) return Of(Kind::kUuid);
    if (of(Shape::kDate) + of(Shape::kTimestamp) == all) return Of(Kind::kTimestamp);
    if (of(Shape::kDate) + of(Shape::kTimestamp) + of(Shape::kTimestampTz) == all)
        return Of(Kind::kTimestampTz);
    return Of(Kind::kVarchar);
}

DataType ColumnGuess::Nested(uint32_t depth) const {
    using Kind = DataType::Kind;
    if (!parts_) return markers_.empty() ? Scalar() : Of(Kind::kVarchar);
    const bool mixed = Values() > 0 || !markers_.empty() || parts_->list == parts_->object;
    if (mixed || depth > kDepthMax || parts_->fields.size() > kFieldsMax) return Of(Kind::kVarchar);
    DataType type;
    if (parts_->list) {
        type.kind = Kind::kList;
        type.children.push_back(parts_->element->Nested(depth + 1));
        return type;
    }
    type.kind = Kind::kStruct;
    for (const auto& [name, field] : parts_->fields) {
        type.field_names.push_back(name);
        type.children.push_back(field.Nested(depth + 1));
    }
    return type.children.empty() ? Of(Kind::kVarchar) : type;
}

std::vector<std::string> ColumnGuess::NeededMarkers() const {
    std::vector<std::string> needed;
    if (parts_ || Values() == 0 || Scalar().kind == DataType::Kind::kVarchar) return needed;
    for (const auto& [marker, count] : markers_) needed.push_back(marker);
    return needed;
}

GuessedColumn ColumnGuess::Finish(const std::vector<std::string>& nulls) const {
    GuessedColumn out;
    out.nulls = nulls_;
    out.type = parts_ ? Nested(0) : Scalar();
    out.distinct = distinct_.count();
    out.max_length = max_length_;
    out.samples = samples_;
    out.min = text_min_;
    out.max = text_max_;
    bool repeated = distinct_.repeated();
    for (const auto& [marker, count] : markers_) {
        if (std::ranges::find(nulls, marker) != nulls.end()) {
            out.nulls += count;
            continue;
        }
        out.type = Of(DataType::Kind::kVarchar);  // A text like any other.
        ++out.distinct;
        repeated = repeated || count > 1;
        out.max_length = std::max<uint64_t>(out.max_length, marker.size());
        if (out.samples.size() < kSamples) out.samples.push_back(marker);
        if (out.min.empty() || marker < out.min) out.min = marker;
        if (marker > out.max) out.max = marker;
    }
    using Kind = DataType::Kind;
    const bool number = out.type.kind == Kind::kBigint || out.type.kind == Kind::kDecimal ||
                        out.type.kind == Kind::kDouble;
    if (number) {
        out.min = number_min_;
        out.max = number_max_;
    }
    out.unique = out.nulls == 0 && out.distinct > 0 && !repeated;
    return out;
}

}  // namespace weft::engine
