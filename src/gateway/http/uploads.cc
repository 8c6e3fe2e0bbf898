// Files for an input port with `upload:`: begun, sent in pieces, resumed, listed, deleted. Who may
// push records into the product (kWrite on its port `default`) may upload its files.
#include "catalog/uploads.h"
#include "catalog/products.h"
#include "gateway/error_wire.h"
#include "gateway/http/api.h"
#include "gateway/http/route.h"
#include "gateway/http/target.h"
#include "govern/decide.h"
#include "pipeline/runner.h"

namespace weft::gateway::http {
namespace {

constexpr std::string_view kOffset = "upload-offset";

struct Place {
    const meta::Product& product;
    const model::InputPort& input;
};

// Exactly the error of an unknown name for those who may not know of the product.
Result<Place> FindPlace(const Deps& deps, const Request& request) {
    const Timestamp now = deps.clock.Now();
    const std::string name = request.Part("domain") + "." + request.Part("product");
    const meta::Product* product =
        TRY(catalog::FindVisible(*request.state, request.who, name, now));
    const auto decision = govern::Decide(*request.state, request.who, govern::Action::kWrite,
                                         *product, model::kDefaultPort, now);
    if (const auto* denial = std::get_if<govern::Denial>(&decision))
        return std::unexpected(govern::ToError(*request.state, request.who, *product,
                                               model::kDefaultPort, *denial, now));
    const model::InputPort* input = product->spec.FindInput(request.Part("input"));
    if (input && input->uploaded) return Place{*product, *input};
    std::string known;
    for (const auto& port : product->spec.input_ports)
        if (port.uploaded) known += (known.empty() ? "" : ", ") + port.name;
    return Fail(Code::kNotFound,
                name + " has no input port " + request.Part("input") + " for uploads",
                known.empty() ? "write `upload: \"*.csv\"` at an input port" : "it has " + known);
}

// `Queue` is what "on change" does, too; files that are in place are not taken back when it fails.
void QueueRun(const Deps& deps, const Request& request, const meta::Product& product, Json& json) {
    const auto run = deps.runner.Queue(product.id, "upload", request.who.name);
    if (run) json["run"] = std::to_string(run->value);
    if (!run) json["run_error"] = run.error().message;
}

Response ToResponse(const catalog::Upload& upload, Json json, int status) {
    Response response = JsonResponse(json, status);
    response.headers.emplace_back("Upload-Offset", std::to_string(upload.offset));
    return response;
}

Json ToJson(const catalog::Upload& upload) {
    return {{"upload", upload.id},
            {"name", upload.name},
            {"size", upload.size},
            {"offset", upload.offset},
            {"done", upload.done}};
}

Result<Response> Begin(Deps& deps, Request& request) {
    const Place place = TRY(FindPlace(deps, request));
    const Json body = TRY(JsonBody(request));
    catalog::Uploads::File file;
    file.name = TRY(TextMember(body, "name"));
    file.sha256 = TRY(TextMember(body, "sha256"));
    const int64_t size = JsonInt(body, "size", -1);
    if (size < 0) return Fail(Code::kInvalid, "the body needs `size`, a number of bytes");
    file.size = static_cast<uint64_t>(size);
    const auto upload =
        TRY(deps.products.uploads().Begin(place.product.id, place.input, std::move(file)));
    return ToResponse(upload, ToJson(upload), 201);
}

Result<Response> Show(Deps& deps, Request& request) {
    const Place place = TRY(FindPlace(deps, request));
    const auto upload = TRY(
        deps.products.uploads().Find(place.product.id, place.input.name, request.Part("upload")));
    return ToResponse(upload, ToJson(upload), 200);
}

Result<Response> Append(Deps& deps, Request& request) {
    const Place place = TRY(FindPlace(deps, request));
    const uint64_t offset = TRY(ParseCount(request.Header(kOffset), "the header Upload-Offset"));
    auto& uploads = deps.products.uploads();
    const std::string& id = request.Part("upload");
    const auto upload =
        uploads.Append(place.product.id, place.input.name, id, offset, request.body);
    if (upload) {
        Json json = ToJson(*upload);
        if (upload->done) QueueRun(deps, request, place.product, json);
        return ToResponse(*upload, std::move(json), 200);
    }
    Response problem = ProblemResponse(upload.error(), request.id);
    if (upload.error().sqlstate == catalog::kWrongHash) problem.status = 422;
    if (upload.error().code == Code::kConflict) {  // The client goes on at the right byte.
        const auto known = uploads.Find(place.product.id, place.input.name, id);
        if (known) problem.headers.emplace_back("Upload-Offset", std::to_string(known->offset));
    }
    return problem;
}

Result<Response> Drop(Deps& deps, Request& request) {
    const Place place = TRY(FindPlace(deps, request));
    CHECK_OK(
        deps.products.uploads().Drop(place.product.id, place.input.name, request.Part("upload")));
    return JsonResponse({{"removed", request.Part("upload")}});
}

Result<Response> ListFiles(Deps& deps, Request& request) {
    const Place place = TRY(FindPlace(deps, request));
    Json list = Json::array();
    for (const auto& file : TRY(deps.products.uploads().Files(place.product.id, place.input.name)))
        list.push_back(
            {{"name", file.name}, {"size", file.size}, {"modified", ToRfc3339(file.modified)}});
    return JsonResponse({{"files", list}});
}

// The rows of a deleted file go with the next run; without any file left there is nothing to run.
Result<Response> RemoveFile(Deps& deps, Request& request) {
    const Place place = TRY(FindPlace(deps, request));
    auto& uploads = deps.products.uploads();
    const std::string& name = request.Part("name");
    CHECK_OK(uploads.RemoveFile(place.product.id, place.input.name, name));
    Json json{{"removed", name}};
    if (!TRY(uploads.Files(place.product.id, place.input.name)).empty())
        QueueRun(deps, request, place.product, json);
    return JsonResponse(json);
}

Route Row(std::string_view method, std::string_view pattern, std::string_view summary,
          std::pair<std::string_view, std::string_view> body_and_answer,
          Result<Response> (*run)(Deps&, Request&)) {
    std::vector<Parameter> parameters;
    if (method == "PATCH")
        parameters.push_back(
            {"Upload-Offset", "header", "integer", "Where in the file these bytes begin"});
    return {.method = method,
            .pattern = pattern,
            .access = Access::kPrincipal,
            .summary = summary,
            .parameters = std::move(parameters),
            .body = body_and_answer.first,
            .answer = body_and_answer.second,
            .run = run};
}

}  // namespace

#define WEFT_INPUT "/api/v1/products/{domain}/{product}/inputs/{input}"

std::vector<Route> UploadRoutes() {
    return {
        Row("POST", WEFT_INPUT "/uploads",
            "Begins the upload of a file, or finds an unfinished one", {"NewUpload", "Upload"},
            Begin),
        Row("GET", WEFT_INPUT "/uploads/{upload}", "How far an upload is; also as HEAD",
            {"", "Upload"}, Show),
        Row("PATCH", WEFT_INPUT "/uploads/{upload}",
            "The next bytes; the last ones put the file in place and queue a run",
            {"Bytes", "Upload"}, Append),
        Row("DELETE", WEFT_INPUT "/uploads/{upload}", "Gives an unfinished upload up",
            {"", "Removal"}, Drop),
        Row("GET", WEFT_INPUT "/files", "Files that were uploaded", {"", "UploadedFiles"},
            ListFiles),
        Row("DELETE", WEFT_INPUT "/files/{name}", "Deletes an uploaded file and queues a run",
            {"", "Removal"}, RemoveFile),
    };
}

#undef WEFT_INPUT

}  // namespace weft::gateway::http
