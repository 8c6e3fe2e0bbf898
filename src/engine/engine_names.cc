// What the node says about names: asked ahead in one message, asked again for what the tree did not
// show.
#include <algorithm>

#include "base/text.h"
#include "engine/catalogue.h"
#include "engine/engine_state.h"
#include "engine/files.h"
#include "engine/lists.h"
#include "engine/raise.h"

namespace weft::engine {
namespace {

constexpr size_t kPathDomainsMax = 4;
constexpr const char* kInputFolder = "in";

bool IsRestricted(const Relation& relation) {
    const auto* table = std::get_if<TableRelation>(&relation.body);
    if (table == nullptr) return false;
    return !table->row_filter.empty() ||
           std::ranges::any_of(table->columns, [](const RelationColumn& column) {
               return column.hidden || !column.mask.empty();
           });
}

// "sales, weft.crm" -> sales, crm: the domains that a bare name may lie in.
std::vector<std::string> PathDomains(const std::string& search_path) {
    std::vector<std::string> domains;
    for (const auto& part : Split(search_path, ',')) {
        auto text = ToLower(Trim(part));
        std::erase(text, '"');
        if (text.starts_with("weft.")) text.erase(0, 5);
        if (!text.empty() && text != "main" && domains.size() < kPathDomainsMax)
            domains.push_back(std::move(text));
    }
    return domains;
}

}  // namespace

std::optional<std::string> Engine::State::FindSystemView(std::string_view domain,
                                                         std::string_view table) const {
    for (const auto& view : system_views) {
        if (auto sql = view(domain, table)) return sql;
    }
    return std::nullopt;
}

void Engine::State::FailInDuck(Error error) {
    {
        const std::lock_guard guard(lock);
        kept = std::move(error);
    }
    RaiseInDuck(duckdb::ExceptionType::IO, kKeptError);
}

bool Engine::State::MayCall(std::string_view lower_name) const {
    return own_functions.contains(std::string(lower_name)) ||
           ReviewedList::Functions().Allows(lower_name);
}

Result<> Engine::AskAhead(std::vector<RelationName> names) {
    std::vector<RelationName> wanted;
    const auto want = [&](RelationName name) {
        if (!state_->answers.contains(name) && !state_->FindSystemView(name.domain, name.table))
            wanted.push_back(std::move(name));
    };
    std::string search_path;
    for (const auto& [setting, value] : state_->settings) {
        if (ToLower(setting) == "search_path" || ToLower(setting) == "schema") search_path = value;
    }
    const auto domains = PathDomains(search_path);
    for (auto& name : names) {
        if (!name.domain.empty()) {
            want(std::move(name));
        } else if (const auto input = state_->inputs.find(name.table);
                   input != state_->inputs.end()) {
            want(input->second.relation);
        } else if (domains.empty()) {
            want(std::move(name));
        } else {
            for (const auto& domain : domains) want({domain, name.table});
        }
    }
    if (wanted.empty()) return {};
    for (auto& answer : control_->AskNames(wanted)) Remember(std::move(answer));
    return {};
}

const Result<SharedRelation>& Engine::Remember(RelationAnswer answer) {
    const std::lock_guard guard(state_->lock);
    Result<SharedRelation> shared = std::unexpected(Error{});
    if (answer.answer) {
        shared = std::make_shared<const Relation>(std::move(*answer.answer));
        state_->by_token[(*shared)->token] = *shared;
    } else {
        shared = std::unexpected(std::move(answer.answer.error()));
    }
    return state_->answers.insert_or_assign(std::move(answer.name), std::move(shared))
        .first->second;
}

Result<SharedRelation> Engine::Find(const RelationName& name) {
    if (const auto known = state_->answers.find(name); known != state_->answers.end())
        return known->second;
    auto answers = control_->AskNames({name});
    answers[0].name = name;
    return Remember(std::move(answers[0]));
}

Result<Relation> Engine::Resolve(const RelationName& name) {
    const auto relation = TRY(Find(name));
    Note(name, *relation);
    return *relation;
}

void Engine::Note(const RelationName& name, const Relation& relation) {
    const std::lock_guard guard(state_->lock);
    state_->read.insert(name);
    state_->restricted = state_->restricted || IsRestricted(relation);
    if (std::holds_alternative<FileRelation>(relation.body)) state_->reads_input_files = true;
}

std::optional<std::string> Engine::LookUp(const std::string& sql_schema, const std::string& table) {
    auto name = FoldedName(sql_schema, table);
    if (name.domain.empty()) {
        if (const auto input = state_->inputs.find(name.table); input != state_->inputs.end()) {
            name = input->second.relation;
            if (!input->second.sql.empty()) {
                if (const auto relation = Find(name)) Note(name, **relation);
                return input->second.sql;
            }
        }
    }
    if (auto sql =
            state_->FindSystemView(name.domain.empty() ? "pg_catalog" : name.domain, name.table))
        return sql;
    const auto relation = Find(name);
    if (!relation) {
        auto error = relation.error();
        if (error.code != Code::kDenied && error.code != Code::kNotFound)
            state_->FailInDuck(std::move(error));
        if (error.message.empty()) {
            const auto full = name.domain.empty() ? name.table : name.domain + "." + name.table;
            error.message = "relation \"" + full + "\" does not exist";
        }
        // The next domain of the search path may have the name: kept until the statement fails over
        // it.
        const bool first = !state_->denial ||
                           (state_->denial->code == Code::kNotFound && error.code == Code::kDenied);
        if (first) state_->denial = std::move(error);
        return std::nullopt;
    }
    Note(name, **relation);
    auto sql = ViewSql(*this, **relation);
    if (!sql) state_->FailInDuck(std::move(sql.error()));
    return std::move(*sql);
}

void Engine::SetInputs(std::map<std::string, InputView> inputs) {
    state_->inputs.clear();
    for (auto& [name, view] : inputs) state_->inputs[ToLower(name)] = std::move(view);
}

Result<std::vector<std::string>> Engine::OpenInput(uint64_t token) {
    SharedRelation relation;
    {
        const std::lock_guard guard(state_->lock);
        if (const auto found = state_->by_token.find(token); found != state_->by_token.end())
            relation = found->second;
    }
    const auto* files = relation ? std::get_if<FileRelation>(&relation->body) : nullptr;
    if (files == nullptr) return Fail(Code::kNotFound, "no such input");
    auto opened = TRY(control_->AskOpen({token, {}, {}}));
    const std::string ending = files->gzip ? ".gz" : "";
    std::vector<std::string> paths;
    for (size_t i = 0; i < opened.files.files.size(); ++i) {
        paths.push_back(PassedFiles::PathOf(kInputFolder, opened.scan, i, ending));
    }
    state_->input_scans.push_back(opened.scan);
    files_->Add(token, std::move(opened), kInputFolder, ending);
    return paths;
}

Result<std::string> Engine::FileRelationSql(const Relation& relation) {
    const auto& files = std::get<FileRelation>(relation.body);
    const auto paths = TRY(OpenInput(relation.token));
    if (paths.empty()) return Fail(Code::kNotFound, "the input has no files");
    std::string list, columns;
    for (const auto& path : paths) list += (list.empty() ? "" : ", ") + QuoteLiteral(path);
    for (const auto& column : files.columns) {
        columns += (columns.empty() ? "" : ", ") + QuoteLiteral(column.name) + ": " +
                   QuoteLiteral(ToString(column.type));
    }
    switch (files.format) {
        case FileRelation::Format::kParquet:
            return "SELECT * FROM system.main.read_parquet([" + list + "], union_by_name = true)";
        case FileRelation::Format::kJsonLines:
            return "SELECT * FROM system.main.read_json([" + list +
                   "], format = 'newline_delimited'" +
                   (columns.empty() ? "" : ", columns = {" + columns + "}") + ")";
        case FileRelation::Format::kCsv:
            break;
    }
    auto sql = "SELECT * FROM system.main.read_csv([" + list + "], union_by_name = true";
    if (!files.delimiter.empty()) sql += ", delim = " + QuoteLiteral(files.delimiter);
    if (files.header) sql += std::string(", header = ") + (*files.header ? "true" : "false");
    if (!columns.empty()) sql += ", columns = {" + columns + "}";
    std::string nulls;
    for (const auto& text : files.nulls) nulls += ", " + QuoteLiteral(text);
    if (!nulls.empty()) sql += ", nullstr = [''" + nulls + "]";
    return sql + ")";
}

Result<Engine::OutputPath> Engine::OpenOutput(bool rejected) {
    auto output = TRY(control_->AskOutput(rejected));
    return OutputPath{output.index, files_->AddOutput(output.index, std::move(output.file))};
}

}  // namespace weft::engine
