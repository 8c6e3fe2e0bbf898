#include "iceberg/avro.h"

#include <fmt/format.h>
#include <sys/random.h>
#include <zlib.h>

#include <algorithm>
#include <array>
#include <limits>
#include <unordered_map>

namespace weft::iceberg {
namespace {

using Kind = AvroType::Kind;

constexpr std::string_view kMagic{"Obj\x01", 4};
constexpr size_t kSyncBytes = 16;
constexpr int kDepthMax = 32;
constexpr size_t kTypesMax = 10'000;
constexpr uint64_t kHeaderKeysMax = 1'000;
constexpr size_t kInflatedBytesMax = size_t{256} << 20;

std::unexpected<Error> Corrupt(std::string_view what) {
    return Fail(Code::kCorrupt, fmt::format("Avro: {}", what));
}

struct PrimitiveName {
    Kind kind;
    std::string_view name;
};
constexpr PrimitiveName kPrimitives[] = {
    {Kind::kNull, "null"},   {Kind::kBoolean, "boolean"}, {Kind::kInt, "int"},
    {Kind::kLong, "long"},   {Kind::kFloat, "float"},     {Kind::kDouble, "double"},
    {Kind::kBytes, "bytes"}, {Kind::kString, "string"},
};

// Children are compiled before their parent gets an index, so a type can only name earlier ones: no
// cycles.
class Compiler {
public:
    explicit Compiler(AvroSchema& schema) : schema_(schema) {}

    Result<uint32_t> Compile(const Json& json, int depth) {
        if (depth > kDepthMax) return Fail(Code::kLimit, "Avro: the schema nests too deep");
        if (json.is_string()) return Named(json.get_ref<const std::string&>());
        if (json.is_array()) return Union(json, depth);
        if (!json.is_object() || !json.contains("type")) return Corrupt("a type is no type");
        const Json& kind = json["type"];
        if (!kind.is_string()) return Compile(kind, depth + 1);
        const auto& name = kind.get_ref<const std::string&>();
        if (name == "record") return Record(json, depth);
        if (name == "array") return OfOne(Kind::kArray, json, "items", depth);
        if (name == "map") return OfOne(Kind::kMap, json, "values", depth);
        if (name == "fixed" || name == "enum") return Leaf(json, name == "fixed");
        return Named(name);
    }

private:
    Result<uint32_t> Add(AvroType type) {
        if (schema_.types.size() >= kTypesMax) {
            return Fail(Code::kLimit, "Avro: the schema has too many types");
        }
        // Named types can be stacked without nesting in the JSON, and Skip recurses over the stack.
        int height = 1;
        for (const uint32_t child : type.children) height = std::max(height, heights_[child] + 1);
        if (height > kDepthMax) return Fail(Code::kLimit, "Avro: the schema nests too deep");
        heights_.push_back(height);
        schema_.types.push_back(std::move(type));
        return static_cast<uint32_t>(schema_.types.size() - 1);
    }

    Result<uint32_t> Named(const std::string& name) {
        for (const auto& primitive : kPrimitives) {
            if (primitive.name == name) {
                AvroType type;
                type.kind = primitive.kind;
                return Add(std::move(type));
            }
        }
        const auto it = named_.find(name);
        if (it == named_.end()) return Corrupt("a schema names a type that is not known before");
        return it->second;
    }

    Result<uint32_t> Register(const Json& json, AvroType type) {
        const uint32_t index = TRY(Add(std::move(type)));
        const std::string name = JsonString(json, "name");
        const std::string space = JsonString(json, "namespace");
        if (!name.empty()) named_.emplace(name, index);
        if (!space.empty()) named_.emplace(space + "." + name, index);
        return index;
    }

    Result<uint32_t> Union(const Json& json, int depth) {
        AvroType type;
        type.kind = Kind::kUnion;
        for (const Json& branch : json) type.children.push_back(TRY(Compile(branch, depth + 1)));
        if (type.children.empty()) return Corrupt("a union without branches");
        return Add(std::move(type));
    }

    Result<uint32_t> Record(const Json& json, int depth) {
        const auto fields = json.find("fields");
        if (fields == json.end() || !fields->is_array()) return Corrupt("a record without fields");
        AvroType type;
        type.kind = Kind::kRecord;
        for (const Json& field : *fields) {
            if (!field.is_object() || !field.contains("type"))
                return Corrupt("a field without type");
            type.children.push_back(TRY(Compile(field["type"], depth + 1)));
            const int64_t id = JsonInt(field, "field-id", -1);
            const bool fits = id >= 0 && id <= std::numeric_limits<int32_t>::max();
            type.field_ids.push_back(fits ? static_cast<int32_t>(id) : -1);
        }
        return Register(json, std::move(type));
    }

    Result<uint32_t> OfOne(Kind kind, const Json& json, const char* member, int depth) {
        if (!json.contains(member)) return Corrupt("a list or map without its part");
        AvroType type;
        type.kind = kind;
        type.children.push_back(TRY(Compile(json[member], depth + 1)));
        return Add(std::move(type));
    }

    Result<uint32_t> Leaf(const Json& json, bool fixed) {
        AvroType type;
        type.kind = fixed ? Kind::kFixed : Kind::kEnum;
        const int64_t size = fixed ? JsonInt(json, "size", -1) : 0;
        if (size < 0 || size > 1 << 20) return Corrupt("a fixed type without a proper size");
        type.size = static_cast<uint32_t>(size);
        return Register(json, std::move(type));
    }

    AvroSchema& schema_;
    std::vector<int> heights_;
    std::unordered_map<std::string, uint32_t> named_;
};

Result<std::string> Inflate(std::string_view packed, size_t bytes_max) {
    z_stream stream{};
    if (inflateInit2(&stream, -MAX_WBITS) != Z_OK) return Fail(Code::kUnavailable, "zlib failed");
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(packed.data()));
    stream.avail_in = static_cast<uInt>(packed.size());
    std::string out;
    int state = Z_OK;
    std::array<char, 65'536> chunk;
    while (state == Z_OK && out.size() <= bytes_max) {
        stream.next_out = reinterpret_cast<Bytef*>(chunk.data());
        stream.avail_out = chunk.size();
        state = inflate(&stream, Z_NO_FLUSH);
        out.append(chunk.data(), chunk.size() - stream.avail_out);
    }
    // Python writers leave three bytes of zlib's checksum behind the deflated data.
    const bool whole = state == Z_STREAM_END && stream.avail_in <= 4;
    inflateEnd(&stream);
    if (out.size() > bytes_max) return Fail(Code::kLimit, "Avro: a block inflates too far");
    if (!whole) return Corrupt("a deflated block is damaged");
    return out;
}

std::string Deflate(std::string_view bytes) {
    z_stream stream{};
    Assert(deflateInit2(&stream, 6, Z_DEFLATED, -MAX_WBITS, 8, Z_DEFAULT_STRATEGY) == Z_OK);
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
    Assert(bytes.size() < std::numeric_limits<uInt>::max() / 2);
    stream.avail_in = static_cast<uInt>(bytes.size());
    std::string out(deflateBound(&stream, bytes.size()), '\0');
    stream.next_out = reinterpret_cast<Bytef*>(out.data());
    stream.avail_out = static_cast<uInt>(out.size());
    Assert(deflate(&stream, Z_FINISH) == Z_STREAM_END);
    out.resize(out.size() - stream.avail_out);
    deflateEnd(&stream);
    return out;
}

}  // namespace

Result<AvroSchema> AvroSchema::Parse(const Json& json) {
    AvroSchema schema;
    schema.root = TRY(Compiler(schema).Compile(json, 0));
    return schema;
}

void AvroEncoder::Long(int64_t value) {
    uint64_t bits = static_cast<uint64_t>(value) << 1 ^ static_cast<uint64_t>(value >> 63);
    while (bits >= 0x80) {
        bytes_.push_back(static_cast<char>((bits & 0x7f) | 0x80));
        bits >>= 7;
    }
    bytes_.push_back(static_cast<char>(bits));
}

void AvroEncoder::Bytes(std::string_view value) {
    Long(static_cast<int64_t>(value.size()));
    bytes_ += value;
}

AvroDecoder::AvroDecoder(const AvroSchema& schema, std::string_view bytes)
    : schema_(&schema), bytes_(bytes), steps_left_(bytes.size() * 32 + 1'000) {}

Result<> AvroDecoder::Step() {
    if (steps_left_ == 0) return Corrupt("more values than bytes");
    --steps_left_;
    return {};
}

Result<std::string_view> AvroDecoder::Take(uint64_t count) {
#ifndef WEFT_PLANT_BUG  // The fuzzers must find what this line prevents.
    if (count > bytes_.size()) return Corrupt("a value ends after its block");
#endif
    const std::string_view taken(bytes_.data(), count);
    bytes_ = std::string_view(bytes_.data() + count, bytes_.size() - count);
    return taken;
}

Result<int64_t> AvroDecoder::Long() {
    uint64_t bits = 0;
    for (int shift = 0; shift < 70; shift += 7) {
        if (bytes_.empty()) return Corrupt("a number ends after its block");
        const auto byte = static_cast<unsigned char>(bytes_.front());
        bytes_.remove_prefix(1);
        if (shift == 63 && byte > 1) return Corrupt("a number is too long");
        bits |= uint64_t{byte & 0x7fu} << shift;
        if (byte < 0x80) return static_cast<int64_t>(bits >> 1 ^ (~(bits & 1) + 1));
    }
    return Corrupt("a number is too long");
}

Result<std::string_view> AvroDecoder::Bytes() {
    const int64_t size = TRY(Long());
    if (size < 0) return Corrupt("a negative length");
    return Take(static_cast<uint64_t>(size));
}

Result<uint32_t> AvroDecoder::Branch(uint32_t index) {
    if (type(index).kind != Kind::kUnion) return index;
    const int64_t branch = TRY(Long());
    const auto& branches = type(index).children;
    if (branch < 0 || static_cast<uint64_t>(branch) >= branches.size()) {
        return Corrupt("a union has no such branch");
    }
    return branches[static_cast<size_t>(branch)];
}

Result<std::optional<int64_t>> AvroDecoder::LongOrNull(uint32_t index) {
    const Kind kind = type(TRY(Branch(index))).kind;
    if (kind == Kind::kNull) return std::nullopt;
    if (kind != Kind::kInt && kind != Kind::kLong) return Corrupt("a number has another type");
    return TRY(Long());
}

Result<std::optional<std::string_view>> AvroDecoder::BytesOrNull(uint32_t index) {
    const Kind kind = type(TRY(Branch(index))).kind;
    if (kind == Kind::kNull) return std::nullopt;
    if (kind != Kind::kString && kind != Kind::kBytes) return Corrupt("a text has another type");
    return TRY(Bytes());
}

Result<uint64_t> AvroDecoder::Chunk() {
    CHECK_OK(Step());
    const int64_t count = TRY(Long());
    if (count >= 0) return static_cast<uint64_t>(count);
    if (count == std::numeric_limits<int64_t>::min()) return Corrupt("a list is too long");
    TRY(Long());  // The chunk's size in bytes, for readers that skip it.
    return static_cast<uint64_t>(-count);
}

Result<> AvroDecoder::Skip(uint32_t index) {
    CHECK_OK(Step());
    const AvroType& t = type(index);
    switch (t.kind) {
        case Kind::kNull: return {};
        case Kind::kBoolean: TRY(Take(1)); return {};
        case Kind::kInt:
        case Kind::kLong:
        case Kind::kEnum: TRY(Long()); return {};
        case Kind::kFloat: TRY(Take(4)); return {};
        case Kind::kDouble: TRY(Take(8)); return {};
        case Kind::kBytes:
        case Kind::kString: TRY(Bytes()); return {};
        case Kind::kFixed: TRY(Take(t.size)); return {};
        case Kind::kUnion: return Skip(TRY(Branch(index)));
        case Kind::kRecord:
            for (const uint32_t child : t.children) CHECK_OK(Skip(child));
            return {};
        case Kind::kArray:
        case Kind::kMap:
            while (const uint64_t count = TRY(Chunk())) {
                for (uint64_t i = 0; i < count; ++i) {
                    if (t.kind == Kind::kMap) TRY(Bytes());
                    CHECK_OK(Skip(t.children[0]));
                }
            }
            return {};
    }
    return Corrupt("a type is not known");
}

Result<AvroFile> ReadAvro(std::string_view file) {
    if (!file.starts_with(kMagic)) return Corrupt("this is no Avro file");
    AvroFile out;
    const AvroSchema none;  // The container itself is made of primitives only.
    AvroDecoder in(none, file.substr(kMagic.size()));
    while (const uint64_t count = TRY(in.Chunk())) {
        for (uint64_t i = 0; i < count; ++i) {
            const auto key = TRY(in.Bytes());
            const auto value = TRY(in.Bytes());
            out.metadata[std::string(key)] = value;
            if (out.metadata.size() > kHeaderKeysMax)
                return Corrupt("the header has too many keys");
        }
    }
    const std::string_view sync = TRY(in.Take(kSyncBytes));
    auto json = ParseJson(out.metadata["avro.schema"]);
    if (!json) return Corrupt(fmt::format("the schema is unreadable: {}", json.error().message));
    out.schema = TRY(AvroSchema::Parse(*json));
    const std::string codec = out.metadata["avro.codec"];
    if (codec != "" && codec != "null" && codec != "deflate") {
        return Fail(Code::kInvalid,
                    fmt::format("Avro codec {} is not supported", codec.substr(0, 32)));
    }
    out.metadata.erase("avro.schema");
    out.metadata.erase("avro.codec");
    size_t bytes_left = kInflatedBytesMax;
    while (!in.AtEnd()) {
        const int64_t count = TRY(in.Long());
        const std::string_view packed = TRY(in.Bytes());
        if (count < 0) return Corrupt("a block with a negative count");
        AvroFile::Block block{static_cast<uint64_t>(count), {}};
        block.bytes = codec == "deflate" ? TRY(Inflate(packed, bytes_left)) : std::string(packed);
        if (block.bytes.size() > bytes_left)
            return Fail(Code::kLimit, "Avro: the file is too large");
        bytes_left -= block.bytes.size();
        out.blocks.push_back(std::move(block));
        if (TRY(in.Take(kSyncBytes)) != sync) return Corrupt("a block's end mark is wrong");
    }
    return out;
}

std::string WriteAvro(std::string_view schema, const std::map<std::string, std::string>& metadata,
                      uint64_t count, std::string_view encoded) {
    std::string sync(kSyncBytes, '\0');
    Assert(::getrandom(sync.data(), sync.size(), 0) == static_cast<ssize_t>(sync.size()));
    AvroEncoder out;
    out.Long(static_cast<int64_t>(metadata.size() + 2));
    out.Bytes("avro.schema");
    out.Bytes(schema);
    out.Bytes("avro.codec");
    out.Bytes("deflate");
    for (const auto& [key, value] : metadata) {
        out.Bytes(key);
        out.Bytes(value);
    }
    out.Long(0);
    std::string file = std::string(kMagic) + out.bytes() + sync;
    if (count == 0) return file;
    AvroEncoder block;
    block.Long(static_cast<int64_t>(count));
    block.Bytes(Deflate(encoded));
    return file + block.bytes() + sync;
}

}  // namespace weft::iceberg
