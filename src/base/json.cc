#include "base/json.h"

#include <fmt/format.h>

#include <exception>
#include <unordered_set>

namespace weft {
namespace {

constexpr size_t kLevelsMax = 64;
constexpr size_t kValuesMax = 4'000'000;  // A value takes up to 20 times the bytes of its text.

// Builds the value from events. Objects are appended to without a search: ordered_json looks keys
// up one by one, which a hostile object with a million keys would turn into hours.
class Builder : public nlohmann::json_sax<Json> {
  public:
    Json root;
    Error error;

    bool null() override { return Add(nullptr); }
    bool boolean(bool value) override { return Add(value); }
    bool number_integer(number_integer_t value) override { return Add(value); }
    bool number_unsigned(number_unsigned_t value) override { return Add(value); }
    bool number_float(number_float_t value, const string_t&) override { return Add(value); }
    bool string(string_t& value) override { return Add(std::move(value)); }
    bool binary(binary_t&) override { return false; }
    bool start_object(size_t) override { return Open(Json::object()); }
    bool start_array(size_t) override { return Open(Json::array()); }
    bool end_object() override { return Close(); }
    bool end_array() override { return Close(); }

    bool key(string_t& value) override {
        if (!levels_.back().keys.insert(value).second) {
            error = {Code::kInvalid,
                     fmt::format("JSON key `{}` appears twice in one object", value.substr(0, 64)),
                     {},
                     {},
                     {}};
            return false;
        }
        key_ = std::move(value);
        return true;
    }

    bool parse_error(size_t position, const std::string&,
                     const nlohmann::detail::exception&) override {
        error = {Code::kInvalid, fmt::format("not valid JSON at byte {}", position), {}, {}, {}};
        return false;
    }

  private:
    struct Level {
        Json* value;
        std::unordered_set<std::string> keys;
    };

    Json* Place(Json value) {
        if (levels_.empty()) {
            root = std::move(value);
            return &root;
        }
        Json& parent = *levels_.back().value;
        if (parent.is_array()) {
            auto& items = parent.get_ref<Json::array_t&>();
            items.push_back(std::move(value));
            return &items.back();
        }
        auto& members = parent.get_ref<Json::object_t&>();
        members.emplace_back(std::move(key_), std::move(value));
        return &members.back().second;
    }

    bool Count() {
        if (++values_ <= kValuesMax) return true;
        error = {Code::kLimit, fmt::format("JSON has more than {} values", kValuesMax), {}, {}, {}};
        return false;
    }

    bool Add(Json value) {
        if (!Count()) return false;
        Place(std::move(value));
        return true;
    }

    bool Open(Json value) {
        if (!Count()) return false;
        if (levels_.size() == kLevelsMax) {
            error = {Code::kInvalid,
                     fmt::format("JSON is nested deeper than {} levels", kLevelsMax),
                     {},
                     {},
                     {}};
            return false;
        }
        levels_.push_back({Place(std::move(value)), {}});
        return true;
    }

    bool Close() {
        levels_.pop_back();
        return true;
    }

    std::vector<Level> levels_;
    std::string key_;
    size_t values_ = 0;
};

const Json* Member(const Json& object, std::string_view key) {
    if (!object.is_object()) return nullptr;
    const auto member = object.find(key);
    return member == object.end() ? nullptr : &*member;
}

}  // namespace

Result<Json> ParseJson(std::string_view text, size_t bytes_max) {
    if (text.size() > bytes_max) {
        return Fail(Code::kLimit, fmt::format("JSON of {} bytes is larger than {} bytes",
                                              text.size(), bytes_max));
    }
    Builder builder;
    try {
        if (Json::sax_parse(text.begin(), text.end(), &builder)) return std::move(builder.root);
    } catch (const std::exception&) {
        return Fail(Code::kInvalid, "not valid JSON");
    }
    return std::unexpected(std::move(builder.error));
}

std::string JsonString(const Json& object, std::string_view key, std::string otherwise) {
    const Json* member = Member(object, key);
    return member && member->is_string() ? member->get_ref<const std::string&>()
                                         : std::move(otherwise);
}

int64_t JsonInt(const Json& object, std::string_view key, int64_t otherwise) {
    const Json* member = Member(object, key);
    if (!member || !member->is_number_integer()) return otherwise;
    const bool fits =
        !member->is_number_unsigned() || member->get<uint64_t>() <= uint64_t{INT64_MAX};
    return fits ? member->get<int64_t>() : otherwise;
}

bool JsonBool(const Json& object, std::string_view key, bool otherwise) {
    const Json* member = Member(object, key);
    return member && member->is_boolean() ? member->get<bool>() : otherwise;
}

std::string DumpJson(const Json& value) {
    return value.dump(-1, ' ', false, Json::error_handler_t::replace);
}
std::string DumpJsonPretty(const Json& value) {
    return value.dump(2, ' ', false, Json::error_handler_t::replace);
}

}  // namespace weft
