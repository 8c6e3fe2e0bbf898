#include "gateway/error_wire.h"

namespace weft::gateway {
namespace {

const ErrorWire& RowOf(const Error& error) {
    const auto index = static_cast<size_t>(error.code);
    return kErrorWire[index < kErrorWire.size() ? index : 0];
}

// Where the code alone would say too little to an HTTP client.
struct FinerStatus {
    std::string_view sqlstate;
    int http;
};
constexpr std::array kFiner{
    FinerStatus{"28P01", 401}, FinerStatus{"28000", 401}, FinerStatus{"53300", 503},
    FinerStatus{"57014", 504}, FinerStatus{"54000", 413}, FinerStatus{"23505", 422},
    FinerStatus{"53100", 507},
};

// The first error among the findings is where a caret belongs; warnings do not fail anything.
const Finding* FirstError(const Error& error) {
    for (const auto& finding : error.findings)
        if (finding.severity == Finding::Severity::kError) return &finding;
    return nullptr;
}

}  // namespace

std::string_view SqlstateOf(const Error& error) {
    return error.sqlstate.size() == 5 ? std::string_view(error.sqlstate) : RowOf(error).sqlstate;
}

int HttpStatusOf(const Error& error) {
    for (const auto& finer : kFiner)
        if (error.sqlstate == finer.sqlstate) return finer.http;
    return RowOf(error).http;
}

Json ToJson(const Finding& finding) {
    return Json{{"severity", finding.severity == Finding::Severity::kError ? "error" : "warning"},
                {"id", finding.id},
                {"file", finding.file},
                {"line", finding.line},
                {"column", finding.column},
                {"length", finding.length},
                {"message", finding.message},
                {"expected", finding.expected},
                {"help", finding.help}};
}

std::string ProblemJson(const Error& error, std::string_view request_id, int status) {
    Json problem{{"type", "about:blank"},
                 {"title", RowOf(error).title},
                 {"status", status == 0 ? HttpStatusOf(error) : status},
                 {"code", CodeName(error.code)},
                 {"detail", error.message}};
    if (!error.hint.empty()) problem["hint"] = error.hint;
    if (!error.sqlstate.empty()) problem["sqlstate"] = error.sqlstate;
    if (!error.findings.empty()) {
        problem["findings"] = Json::array();
        for (const auto& finding : error.findings) problem["findings"].push_back(ToJson(finding));
    }
    problem["request_id"] = request_id;
    return DumpJson(problem) + "\n";
}

void AppendPgError(engine::PgWriter& out, const Error& error, bool fatal) {
    engine::PgFailure failure;
    failure.sqlstate = SqlstateOf(error);
    failure.message = error.message;
    failure.hint = error.hint;
    if (const Finding* first = FirstError(error)) failure.position = first->column;
    failure.fatal = fatal;
    out.Failure(failure);
}

}  // namespace weft::gateway
