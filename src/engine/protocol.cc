// One list of fields per message, walked by a writer and by a reader: the two ends cannot disagree.
#include "engine/protocol.h"

#include <bit>
#include <cstring>
#include <limits>
#include <optional>
#include <type_traits>

#include "base/limits.h"

namespace weft::engine {
namespace {

constexpr int kTypeDepthMax = 20;

// ---- the fields, in wire order
template <class A>
void Fields(A& a, DataType& v);  // Recursive: written out below.
template <class A>
void Fields(A& a, Finding& v) {
    a(v.severity, v.id, v.file, v.line, v.column, v.length, v.message, v.expected, v.help);
}
template <class A>
void Fields(A& a, Error& v) {
    a(v.code, v.message, v.findings, v.sqlstate, v.hint);
}
template <class A>
void Fields(A& a, RelationName& v) {
    a(v.domain, v.table);
}
template <class A>
void Fields(A& a, RelationColumn& v) {
    a(v.name, v.type, v.field_id, v.child_ids, v.required, v.mask, v.comment, v.alias, v.hidden);
}
template <class A>
void Fields(A& a, TableRelation& v) {
    a(v.columns, v.row_filter, v.row_count);
}
template <class A>
void Fields(A& a, BlockRelation& v) {
    a(v.columns, v.block);
}
template <class A>
void Fields(A& a, Received& v) {
    a(v.first_line, v.position, v.received_us, v.key);
}
template <class A>
void Fields(A& a, FileRelation& v) {
    a(v.format, v.columns, v.delimiter, v.header, v.nulls, v.gzip, v.names, v.received,
      v.reject_unknown);
}
template <class A>
void Fields(A& a, Relation& v) {
    a(v.token, v.body);
}
template <class A>
void Fields(A& a, Comparison& v) {
    a(v.field_id, v.op, v.values);
}
template <class A>
void Fields(A& a, ScanFile& v) {
    a(v.size_bytes, v.row_count);
}
template <class A>
void Fields(A& a, ScanFiles& v) {
    a(v.files);
}
template <class A>
void Fields(A& a, Setting& v) {
    a(v.name, v.value);
}
template <class A>
void Fields(A& a, StatementLimits& v) {
    a(v.time_ms, v.result_bytes);
}
template <class A>
void Fields(A& a, Start& v) {
    a(v.user, v.spill_dir, v.memory_bytes, v.threads, v.insecure, v.settings, v.session);
}
template <class A>
void Fields(A& a, Pg& v) {
    a(v.messages, v.limits);
}
template <class A>
void Fields(A& a, OrderBy& v) {
    a(v.column, v.descending);
}
template <class A>
void Fields(A& a, Statement& v) {
    a(v.sql, v.relation, v.columns, v.where, v.order, v.limit, v.offset, v.parameters, v.format,
      v.describe_only, v.limits);
}
template <class A>
void Fields(A& a, OutputColumn& v) {
    a(v.name, v.type, v.field_id, v.child_ids, v.required, v.check, v.check_name);
}
template <class A>
void Fields(A& a, Input& v) {
    a(v.name, v.relation);
}
template <class A>
void Fields(A& a, Part& v) {
    a(v.kind, v.columns, v.from, v.to, v.changed, v.kept);
}
template <class A>
void Fields(A& a, Job& v) {
    a(v.kind, v.sql, v.inputs, v.columns, v.sort_by, v.unique, v.bad_rows_max, v.bad_rows_share_max,
      v.target_file_bytes, v.target_row_group_rows, v.rejected, v.part, v.limits);
}
template <class A>
void Fields(A& a, RelationAnswer& v) {
    a(v.name, v.answer);
}
template <class A>
void Fields(A& a, Relations& v) {
    a(v.answers);
}
template <class A>
void Fields(A& a, Opened& v) {
    a(v.answer);
}
template <class A>
void Fields(A& a, Files& v) {
    a(v.count);
}
template <class A>
void Fields(A& a, OutputFile& v) {
    a(v.index);
}
template <class A>
void Fields(A& a, Written& v) {
    a(v.answer);
}
template <class A>
void Fields(A& a, Write& v) {
    a(v.relation, v.lines, v.count);
}
template <class A>
void Fields(A&, Ready&) {}
template <class A>
void Fields(A& a, Names& v) {
    a(v.names);
}
template <class A>
void Fields(A& a, Open& v) {
    a(v.token, v.field_ids, v.comparisons);
}
template <class A>
void Fields(A& a, NeedFiles& v) {
    a(v.token, v.scan, v.indices);
}
template <class A>
void Fields(A& a, NeedOutput& v) {
    a(v.rejected);
}
template <class A>
void Fields(A& a, HeadColumn& v) {
    a(v.name, v.type);
}
template <class A>
void Fields(A& a, Head& v) {
    a(v.columns, v.extra);
}
template <class A>
void Fields(A& a, WrittenColumn& v) {
    a(v.field_id, v.size_bytes, v.value_count, v.null_count, v.has_bounds, v.lower, v.upper);
}
template <class A>
void Fields(A& a, WrittenFile& v) {
    a(v.index, v.rejected, v.row_count, v.size_bytes, v.columns, v.split_offsets);
}
template <class A>
void Fields(A& a, BadRecord& v) {
    a(v.file, v.line, v.column, v.reason, v.raw);
}
template <class A>
void Fields(A& a, CheckResult& v) {
    a(v.name, v.failed);
}
template <class A>
void Fields(A& a, StatementReport& v) {
    a(v.sql, v.tag, v.sqlstate, v.rows, v.bytes, v.us, v.relations);
}
template <class A>
void Fields(A& a, Ended& v) {
    a(v.ok, v.error, v.rows, v.bytes, v.transaction, v.copy_in, v.keep, v.session_changed, v.session,
      v.reports, v.files, v.checks, v.bad_records, v.bad_record_count,
      v.newest);
}

// The last enumerator of each enum that crosses: a larger byte is not a value.
constexpr uint8_t Last(Finding::Severity) {
    return static_cast<uint8_t>(Finding::Severity::kWarning);
}
constexpr uint8_t Last(Code) { return static_cast<uint8_t>(Code::kCount) - 1; }
constexpr uint8_t Last(DataType::Kind) { return static_cast<uint8_t>(DataType::Kind::kMap); }
constexpr uint8_t Last(FileRelation::Format) {
    return static_cast<uint8_t>(FileRelation::Format::kParquet);
}
constexpr uint8_t Last(Comparison::Op) { return static_cast<uint8_t>(Comparison::Op::kIn); }
constexpr uint8_t Last(Format) { return static_cast<uint8_t>(Format::kArrow); }
constexpr uint8_t Last(Part::Kind) { return static_cast<uint8_t>(Part::Kind::kMerge); }
constexpr uint8_t Last(Job::Kind) { return static_cast<uint8_t>(Job::Kind::kProfile); }

template <class T>
struct IsVector : std::false_type {};
template <class T>
struct IsVector<std::vector<T>> : std::true_type {};
template <class T>
struct IsOptional : std::false_type {};
template <class T>
struct IsOptional<std::optional<T>> : std::true_type {};
template <class T>
struct IsResult : std::false_type {};
template <class T>
struct IsResult<std::expected<T, Error>> : std::true_type {};
template <class T>
struct IsVariant : std::false_type {};
template <class... T>
struct IsVariant<std::variant<T...>> : std::true_type {};

class Writer {
  public:
    std::string out;
    template <class... T>
    void operator()(T&... fields) {
        (One(fields), ...);
    }

  private:
    template <class T>
    void Raw(T value) {
        static_assert(std::endian::native == std::endian::little);
        out.append(reinterpret_cast<const char*>(&value), sizeof value);
    }
    template <class T>
    void One(T& v) {
        if constexpr (std::is_same_v<T, std::string>) {
            Raw(static_cast<uint32_t>(v.size()));
            out += v;
        } else if constexpr (std::is_enum_v<T> || std::is_same_v<T, bool>) {
            Raw(static_cast<uint8_t>(v));
        } else if constexpr (std::is_arithmetic_v<T>) {
            Raw(v);
        } else if constexpr (IsVector<T>::value) {
            Raw(static_cast<uint32_t>(v.size()));
            for (auto& item : v) One(item);
        } else if constexpr (IsOptional<T>::value) {
            Raw(static_cast<uint8_t>(v.has_value()));
            if (v) One(*v);
        } else if constexpr (IsResult<T>::value) {
            Raw(static_cast<uint8_t>(v.has_value()));
            if (v)
                One(*v);
            else
                One(v.error());
        } else if constexpr (IsVariant<T>::value) {
            Raw(static_cast<uint8_t>(v.index()));
            std::visit([this](auto& body) { One(body); }, v);
        } else {
            Fields(*this, v);
        }
    }
};

class Reader {
  public:
    explicit Reader(std::string_view in) : in_(in) {}
    bool ok = true;
    bool Finished() const { return ok && in_.empty(); }
    template <class... T>
    void operator()(T&... fields) {
        (One(fields), ...);
    }
    int depth = 0;

  private:
    std::string_view in_;

    template <class T>
    void Raw(T& value) {
        if (!ok || in_.size() < sizeof value) {
            ok = false;
            return;
        }
        std::memcpy(&value, in_.data(), sizeof value);
        in_.remove_prefix(sizeof value);
    }
    bool Flag() {
        uint8_t byte = 0;
        Raw(byte);
        if (byte > 1) ok = false;
        return byte == 1;
    }
    void Text(std::string& v) {
        uint32_t size = 0;
        Raw(size);
#ifndef WEFT_PLANT_BUG  // The fuzzer must find this within seconds when the check is gone.
        if (size > in_.size()) ok = false;
#endif
        if (!ok) return;
        v.assign(in_.data(), size);
        in_.remove_prefix(size);
    }
    template <class T>
    void List(std::vector<T>& v) {
        uint32_t count = 0;
        Raw(count);
        // Every item takes at least a byte, and memory grows only with bytes that were really
        // there.
        if (!ok || count > in_.size()) {
            ok = false;
            return;
        }
        for (uint32_t i = 0; ok && i < count; ++i) One(v.emplace_back());
    }
    template <class V, size_t I = 0>
    void Alternative(V& v, size_t index) {
        if constexpr (I == std::variant_size_v<V>) {
            ok = false;
        } else if (index == I) {
            One(v.template emplace<I>());
        } else {
            Alternative<V, I + 1>(v, index);
        }
    }
    template <class T>
    void One(T& v) {
        if (!ok) return;
        if constexpr (std::is_same_v<T, std::string>) {
            Text(v);
        } else if constexpr (std::is_same_v<T, bool>) {
            v = Flag();
        } else if constexpr (std::is_enum_v<T>) {
            uint8_t byte = 0;
            Raw(byte);
            if (byte > Last(T{})) ok = false;
            v = static_cast<T>(byte);
        } else if constexpr (std::is_arithmetic_v<T>) {
            Raw(v);
        } else if constexpr (IsVector<T>::value) {
            List(v);
        } else if constexpr (IsOptional<T>::value) {
            if (Flag()) One(v.emplace());
        } else if constexpr (IsResult<T>::value) {
            if (Flag()) {
                One(*v);
            } else if (ok) {
                Error error;
                One(error);
                v = std::unexpected(std::move(error));
            }
        } else if constexpr (IsVariant<T>::value) {
            uint8_t index = 0;
            Raw(index);
            if (ok) Alternative(v, index);
        } else {
            Fields(*this, v);
        }
    }
};

template <class A>
void Fields(A& a, DataType& v) {
    if constexpr (std::is_same_v<A, Reader>) {
        if (++a.depth > kTypeDepthMax) a.ok = false;
        if (a.ok) a(v.kind, v.precision, v.scale, v.children, v.field_names);
        --a.depth;
    } else {
        a(v.kind, v.precision, v.scale, v.children, v.field_names);
    }
}

constexpr std::string_view kToWorker = "SPQJROFWD";  // In the order of the variant.
constexpr std::string_view kFromWorker = "anofwhei";
static_assert(kToWorker.size() == std::variant_size_v<ToWorker>);
static_assert(kFromWorker.size() == std::variant_size_v<FromWorker>);

template <class Message>
std::string EncodeAs(std::string_view letters, const Message& message) {
    Writer writer;
    writer.out.assign(5, '\0');
    // The writer only reads; the field lists are shared with the reader and so take mutable
    // references.
    std::visit([&](auto& body) { Fields(writer, body); }, const_cast<Message&>(message));
    const auto size = static_cast<uint32_t>(writer.out.size() - 5);
    Assert(writer.out.size() - 5 <= kLimits.worker_frame_bytes_max);
    writer.out[0] = letters[message.index()];
    std::memcpy(writer.out.data() + 1, &size, sizeof size);
    return std::move(writer.out);
}

template <class Message, size_t I = 0>
Result<Message> DecodeAs(size_t index, std::string_view body) {
    if constexpr (I == std::variant_size_v<Message>) {
        return Fail(Code::kCorrupt, "unknown frame between node and worker");
    } else {
        if (index != I) return DecodeAs<Message, I + 1>(index, body);
        Reader reader(body);
        Message message(std::in_place_index<I>);
        Fields(reader, std::get<I>(message));
        if (!reader.Finished())
            return Fail(Code::kCorrupt, "malformed frame between node and worker");
        return message;
    }
}

Result<> CheckCounts(const FromWorker& message) {
    size_t count = 0;
    size_t count_max = std::numeric_limits<size_t>::max();
    if (const auto* names = std::get_if<Names>(&message)) {
        count = names->names.size();
        count_max = kLimits.names_per_statement_max;
    } else if (const auto* open = std::get_if<Open>(&message)) {
        count = std::max(open->field_ids.size(), open->comparisons.size());
        count_max = kLimits.columns_max;
    } else if (const auto* need = std::get_if<NeedFiles>(&message)) {
        count = need->indices.size();
        count_max = kLimits.worker_frame_descriptors_max;
    } else if (const auto* ended = std::get_if<Ended>(&message)) {
        count = ended->session.size();
        count_max = 4u << 20;
    }
    if (count > count_max) return Fail(Code::kCorrupt, "a frame of the worker is above its limit");
    return {};
}

}  // namespace

std::string Encode(const ToWorker& message) { return EncodeAs(kToWorker, message); }
std::string Encode(const FromWorker& message) { return EncodeAs(kFromWorker, message); }

Result<ToWorker> DecodeToWorker(char type, std::string_view body) {
    const size_t index = type == 0 ? std::string_view::npos : kToWorker.find(type);
    return DecodeAs<ToWorker>(index, body);
}

Result<FromWorker> DecodeFromWorker(char type, std::string_view body) {
    const size_t index = type == 0 ? std::string_view::npos : kFromWorker.find(type);
    auto message = DecodeAs<FromWorker>(index, body);
    if (message) CHECK_OK(CheckCounts(*message));
    return message;
}

}  // namespace weft::engine
