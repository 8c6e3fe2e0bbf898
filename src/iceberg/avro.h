// Avro object container files, as far as Iceberg's manifests need them: a schema compiled to a
// small tree, an encoder, a decoder that follows the *writer's* schema, codecs null and deflate.
// Used by manifest and manifest_list only.
//
// The bytes are hostile: depth, node count, block size, item counts and total work are bounded; a
// schema that refers to itself is refused. Field ids ("field-id", "element-id", "key-id",
// "value-id") are kept, because Iceberg maps by id. THREAD: values; no shared state.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "base/result.h"

namespace weft::iceberg {

struct AvroType {
    enum class Kind : uint8_t {
        kNull,
        kBoolean,
        kInt,
        kLong,
        kFloat,
        kDouble,
        kBytes,
        kString,
        kFixed,
        kEnum,
        kArray,
        kMap,
        kRecord,
        kUnion
    };
    Kind kind = Kind::kNull;
    uint32_t size = 0;               // kFixed.
    std::vector<uint32_t> children;  // In AvroSchema::types: item, value, fields or branches.
    std::vector<int32_t> field_ids;  // kRecord: beside children, -1 when absent.
};

// A compiled schema. types[root] is the type of each value in the file.
struct AvroSchema {
    std::vector<AvroType> types;
    uint32_t root = 0;
    static Result<AvroSchema> Parse(const Json& json);  // FAILS: kCorrupt, kLimit.
};

class AvroEncoder {
public:
    void Long(int64_t value);  // int and long are the same on the wire: zigzag, variable length.
    void Boolean(bool value) { bytes_.push_back(value ? 1 : 0); }
    void Bytes(std::string_view value);  // bytes and string.
    const std::string& bytes() const { return bytes_; }

private:
    std::string bytes_;
};

// Reads one block's values. Any error is kCorrupt; after an error the decoder is not used again.
// REQUIRES: schema and bytes outlive it.
class AvroDecoder {
public:
    AvroDecoder(const AvroSchema& schema, std::string_view bytes);
    const AvroType& type(uint32_t index) const { return schema_->types[index]; }
    bool AtEnd() const { return bytes_.empty(); }

    Result<int64_t> Long();
    Result<std::string_view> Bytes();  // A view into the block.
    // The chosen branch of a union; `index` itself when it is none.
    Result<uint32_t> Branch(uint32_t index);
    // A value of type `index`, through its union. FAILS: kCorrupt for another type.
    Result<std::optional<int64_t>> LongOrNull(uint32_t index);
    Result<std::optional<std::string_view>> BytesOrNull(uint32_t index);
    // Items of the next chunk of an array or map; 0 at its end. Call until it gives 0.
    Result<uint64_t> Chunk();
    Result<> Skip(uint32_t index);
    // Every value costs one step and the budget grows with the bytes: values that take no bytes
    // cannot keep a reader busy. Loops over values call it once per turn.
    Result<> Step();
    Result<std::string_view> Take(uint64_t count);  // Raw bytes.

private:
    const AvroSchema* schema_;
    std::string_view bytes_;
    uint64_t steps_left_;
};

struct AvroFile {
    std::map<std::string, std::string> metadata;  // Without avro.schema and avro.codec.
    AvroSchema schema;
    struct Block {
        uint64_t count = 0;
        std::string bytes;  // Decompressed.
    };
    std::vector<Block> blocks;
};

// FAILS: kCorrupt; kLimit when blocks inflate beyond 256 MiB; kInvalid for a codec that is not
// known.
Result<AvroFile> ReadAvro(std::string_view file);
// One container of `count` values, already encoded; deflate. `schema` is the JSON text of the
// header.
std::string WriteAvro(std::string_view schema, const std::map<std::string, std::string>& metadata,
                      uint64_t count, std::string_view encoded);

}  // namespace weft::iceberg
