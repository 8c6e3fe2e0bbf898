#include "engine/format_parquet.h"

#include "duckdb/parser/statement/copy_statement.hpp"
#include "duckdb/parser/statement/select_statement.hpp"
#include "engine/files.h"

namespace weft::engine {

Result<uint64_t> SendParquet(Engine& engine, duckdb::Connection& connection, DataOut& out,
                             SqlStatement select, duckdb::vector<duckdb::Value> values) {
    if (select->type != duckdb::StatementType::SELECT_STATEMENT)
        return Fail(Code::kInvalid, "only a SELECT has a Parquet form", "ask for json or csv");
    std::optional<Error> stopped;
    const auto path = engine.files().AddSink([&](std::string_view bytes) {
        auto sent = out.Append(bytes, false);
        if (!sent) stopped = sent.error();
        return sent.has_value();
    });
    auto statements =
        TRY(engine.Parse("COPY (SELECT 1) TO '" + path + "' (FORMAT parquet, COMPRESSION zstd)"));
    statements[0]->Cast<duckdb::CopyStatement>().info->select_statement =
        std::move(select->Cast<duckdb::SelectStatement>().node);
    auto result = TRY(engine.Call([&] {
        const Engine::Trusting trusting(engine, Trust::kJob);
        auto submitted = connection.Submit(std::move(statements[0]), values);
        submitted->Complete();
        return submitted;
    }));
    engine.files().CloseOutputs();
    if (stopped) return std::unexpected(std::move(*stopped));
    if (result->HasError()) return std::unexpected(engine.FromDuck(result->GetErrorObject()));
    return engine.Call([&] { return result->Fetch()->GetValue(0, 0).GetValue<uint64_t>(); });
}

}  // namespace weft::engine
