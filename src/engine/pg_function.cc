#include "engine/pg_function.h"

#include <map>
#include <set>

#include "base/text.h"
#include "duckdb/function/scalar_function.hpp"
#include "duckdb/main/extension/extension_loader.hpp"
#include "duckdb/parser/expression/function_expression.hpp"
#include "duckdb/parser/parsed_data/create_macro_info.hpp"
#include "duckdb/parser/parser.hpp"
#include "duckdb/parser/statement/create_statement.hpp"
#include "engine/pg_catalog.h"
#include "engine/pg_type_name.h"
#include "engine/raise.h"

namespace weft::engine {
namespace {

constexpr std::string_view kMacros =
#include "engine/pg_catalog/function.sql"
    ;
constexpr std::string_view kPrefix = "pg__";

PgSettings* session_of_process = nullptr;  // One session in a worker; see SetPgSessionOfProcess.

using duckdb::LogicalType;
using duckdb::Value;

std::string Setting(const std::string& name) {
    return session_of_process ? session_of_process->Get(name).value_or("") : "";
}

// The schemas of search_path, as names.
std::vector<std::string> SearchPath() {
    std::vector<std::string> names;
    for (const auto& part : Split(Setting("search_path"), ',')) {
        std::string name(Trim(part));
        if (name.size() >= 2 && name.front() == '"' && name.back() == '"') name = name.substr(1, name.size() - 2);
        if (name.size() >= 2 && name.front() == '\'' && name.back() == '\'') name = name.substr(1, name.size() - 2);
        if (!name.empty() && name != "$user") names.push_back(std::move(name));
    }
    return names;
}

// A native function is a value per row of a few text cells: none of these is on a hot path.
using Native = std::function<Value(const std::vector<Value>&)>;
enum class Reads : uint8_t { kArgumentsOnly, kSession };

void AddNative(duckdb::ExtensionLoader& loader, const std::string& name,
               std::vector<duckdb::vector<LogicalType>> overloads, const LogicalType& result, const Native& body,
               Reads reads = Reads::kSession) {
    duckdb::ScalarFunctionSet set{duckdb::Identifier(std::string(kPrefix) + name)};
    for (auto& arguments : overloads) {
        duckdb::ScalarFunction function(
            std::move(arguments), result, [body, result](duckdb::DataChunk& input, duckdb::ExpressionState&, duckdb::Vector& out) {
                for (duckdb::idx_t row = 0; row < input.size(); ++row) {
                    std::vector<Value> cells;
                    for (duckdb::idx_t c = 0; c < input.ColumnCount(); ++c) cells.push_back(input.GetValue(c, row));
                    out.SetValue(row, body(cells));
                }
            });
        if (reads == Reads::kSession) {
            function.SetVolatile();
            function.SetFallible();
        } else {
            function.SetNullHandling(duckdb::FunctionNullHandling::SPECIAL_HANDLING);
        }
        set.AddFunction(std::move(function));
    }
    loader.RegisterFunction(std::move(set));
}

Value CurrentSetting(const std::vector<Value>& cells) {
    if (cells[0].IsNull()) return Value(LogicalType::VARCHAR);
    const auto name = cells[0].ToString();
    const auto value = session_of_process ? session_of_process->Get(name) : std::nullopt;
    if (value) return Value(*value);
    if (cells.size() > 1 && !cells[1].IsNull() && cells[1].GetValue<bool>()) return Value(LogicalType::VARCHAR);
    RaiseInDuck(duckdb::ExceptionType::INVALID_INPUT, "unrecognized configuration parameter \"" + name + "\"");
}

Value SetConfig(const std::vector<Value>& cells) {
    if (cells[0].IsNull() || cells[1].IsNull() || !session_of_process) return Value(LogicalType::VARCHAR);
    const bool local = !cells[2].IsNull() && cells[2].GetValue<bool>();
    if (auto done = session_of_process->Set(cells[0].ToString(), cells[1].ToString(), local); !done)
        RaiseInDuck(duckdb::ExceptionType::INVALID_INPUT, done.error().message);
    return Value(session_of_process->Get(cells[0].ToString()).value_or(""));
}

Value TextList(const std::vector<std::string>& texts) {
    duckdb::vector<Value> values;
    for (const auto& text : texts) values.emplace_back(text);
    return Value::LIST(LogicalType::VARCHAR, std::move(values));
}

Value CurrentSchemas(const std::vector<Value>& cells) {
    auto names = SearchPath();
    if (!cells[0].IsNull() && cells[0].GetValue<bool>()) names.insert(names.begin(), "pg_catalog");
    return TextList(names);
}

LogicalType SettingsType() {
    duckdb::child_list_t<LogicalType> fields;
    fields.emplace_back("name", LogicalType::VARCHAR);
    fields.emplace_back("setting", LogicalType::VARCHAR);
    fields.emplace_back("about", LogicalType::VARCHAR);
    return LogicalType::LIST(LogicalType::STRUCT(std::move(fields)));
}

Value AllSettings(const std::vector<Value>&) {
    duckdb::vector<Value> rows;
    if (session_of_process) {
        for (const auto& row : session_of_process->All()) {
            duckdb::child_list_t<Value> fields;
            fields.emplace_back("name", Value(row.name));
            fields.emplace_back("setting", Value(row.value));
            fields.emplace_back("about", Value(row.about));
            rows.push_back(Value::STRUCT(std::move(fields)));
        }
    }
    return Value::LIST(duckdb::ListType::GetChildType(SettingsType()), std::move(rows));
}

// What depends on its arguments only. As macros these multiplied their argument into hundreds of expressions.
std::vector<std::string> AddNames(duckdb::ExtensionLoader& loader) {
    const auto text = LogicalType::VARCHAR;
    const auto add = [&](const char* name, duckdb::vector<LogicalType> arguments, const LogicalType& result, const Native& body) {
        AddNative(loader, name, {std::move(arguments)}, result, [body, result](const std::vector<Value>& cells) {
            return cells[0].IsNull() ? Value(result) : body(cells);
        }, Reads::kArgumentsOnly);
    };
    add("weft_type", {text}, LogicalType::UINTEGER, [](const std::vector<Value>& cells) {
        return Value::UINTEGER(PgOidOfType(duckdb::StringValue::Get(cells[0])));
    });
    add("format_type", {LogicalType::BIGINT, LogicalType::INTEGER}, text, [](const std::vector<Value>& cells) {
        const auto modifier = cells[1].IsNull() ? std::nullopt : std::optional(cells[1].GetValue<int32_t>());
        return Value(PgTypeName(cells[0].GetValue<int64_t>(), modifier));
    });
    add("quote_ident", {text}, text, [](const std::vector<Value>& cells) {
        return Value(PgQuoteIdentifier(duckdb::StringValue::Get(cells[0])));
    });
    add("weft_names", {text}, LogicalType::LIST(text), [](const std::vector<Value>& cells) {
        return TextList(PgNameParts(duckdb::StringValue::Get(cells[0])));
    });
    return {"weft_type", "format_type", "quote_ident", "weft_names"};
}

std::vector<std::string> AddNatives(duckdb::ExtensionLoader& loader, Engine& engine) {
    const auto text = LogicalType::VARCHAR;
    const auto flag = LogicalType::BOOLEAN;
    const auto user = [&engine](const std::vector<Value>&) { return Value(engine.start().user); };
    for (const char* name : {"current_user", "session_user", "current_role", "user"})
        AddNative(loader, name, {{}}, text, user);
    AddNative(loader, "current_setting", {{text}, {text, flag}}, text, CurrentSetting);
    AddNative(loader, "set_config", {{text, text, flag}}, text, SetConfig);
    AddNative(loader, "current_schemas", {{flag}}, LogicalType::LIST(text), CurrentSchemas);
    AddNative(loader, "current_schema", {{}}, text, [](const std::vector<Value>&) {
        const auto names = SearchPath();
        return names.empty() ? Value(LogicalType::VARCHAR) : Value(names.front());
    });
    AddNative(loader, "current_database", {{}}, text, [](const std::vector<Value>&) { return Value("weft"); });
    AddNative(loader, "current_catalog", {{}}, text, [](const std::vector<Value>&) { return Value("weft"); });
    AddNative(loader, "weft_settings", {{}}, SettingsType(), AllSettings);
    return {"current_user", "session_user", "current_role", "user", "current_setting", "set_config", "current_schemas",
            "current_schema", "current_database", "current_catalog", "weft_settings"};
}

// Names (without the prefix) of the macros of function.sql, registered.
std::vector<std::string> AddMacros(duckdb::ExtensionLoader& loader) {
    std::vector<std::string> names;
    auto parser = duckdb::Parser::GetBuiltinParser();
    parser.ParseQuery(std::string(kMacros));
    for (auto& statement : parser.statements) {
        auto& macro = statement->Cast<duckdb::CreateStatement>().info->Cast<duckdb::CreateMacroInfo>();
        const auto name = macro.GetQualifiedName().Name();
        names.push_back(name.GetIdentifierName().substr(kPrefix.size()));
        macro.SetQualifiedName(duckdb::QualifiedName(duckdb::Identifier("system"), duckdb::Identifier("main"), name));
        macro.internal = true;
        for (auto& overload : macro.macros)
            for (auto& type : overload->types) type = duckdb::UnboundType::TryDefaultBind(type);
        loader.RegisterFunction(macro);
    }
    return names;
}

}  // namespace

void SetPgSessionOfProcess(PgSettings* settings) { session_of_process = settings; }

Result<> RegisterPgFunctions(Engine& engine) {
    const auto names = TRY(engine.Call([&] {
        duckdb::ExtensionLoader loader(engine.db(), "weft");
        auto all = AddNames(loader);
        for (auto& name : AddMacros(loader)) all.push_back(std::move(name));
        for (auto& name : AddNatives(loader, engine)) all.push_back(std::move(name));
        return all;
    }));
    std::set<std::string> ours(names.begin(), names.end());
    for (const auto& name : ours) {
        engine.AllowFunction(std::string(kPrefix) + name);
        engine.AllowFunction("table:" + std::string(kPrefix) + name);
    }
    engine.AddFunctionRewrite([ours = std::move(ours)](duckdb::FunctionExpression& function) {
        const auto& qualified = function.GetQualifiedName();
        if (qualified.Path().size() > 1) {
            const auto schema = ToLower(qualified.Schema().GetIdentifierName());
            if (schema != "pg_catalog" && schema != "information_schema") return;
        }
        const auto name = ToLower(function.FunctionName().GetIdentifierName());
        static const std::map<std::string, std::string> kRenamed = {
            {"json_build_object", "json_object"}, {"jsonb_build_object", "json_object"}, {"json_build_array", "json_array"},
            {"jsonb_build_array", "json_array"}, {"json_agg", "json_group_array"}, {"jsonb_agg", "json_group_array"}};
        if (const auto renamed = kRenamed.find(name); renamed != kRenamed.end()) {
            function.SetQualifiedName(duckdb::QualifiedName(duckdb::Identifier(renamed->second)));
            return;
        }
        if (!ours.contains(name)) return;
        function.SetQualifiedName(duckdb::QualifiedName(duckdb::Identifier(std::string(kPrefix) + name)));
    });
    return {};
}

Result<> SetUpPg(Engine& engine) {
    CHECK_OK(RegisterPgFunctions(engine));
    engine.AddSystemView([](std::string_view domain, std::string_view table) { return SystemViewSql(domain, table); });
    return {};
}

}  // namespace weft::engine
