// Client bytes of any kind: the reader must refuse or stay inside the message. Statements go on through the lexer, the
// utility parser and the rewriter. With -DWEFT_PLANT_BUG a length check is left out, and this target must find it.
#include <cstddef>
#include <cstdint>
#include <string>

#include "engine/pg_message.h"
#include "engine/pg_rewrite.h"
#include "engine/pg_utility.h"

namespace {

void Statement(std::string_view sql) {
    using namespace weft::engine;
    const auto texts = PgSplit(sql);
    if (!texts) return;
    for (const auto& text : *texts) {
        (void)ParsePgUtility(text);
        (void)RewritePgText(text.sql);
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    using namespace weft::engine;
    std::string_view rest(reinterpret_cast<const char*>(data), size);
    size_t touched = 0;
    while (!rest.empty()) {
        const auto message = TakePgMessage(rest);
        if (!message) break;
        if (const auto* query = std::get_if<PgQuery>(&*message)) Statement(query->sql);
        if (const auto* parse = std::get_if<PgParse>(&*message)) Statement(parse->sql);
        if (const auto* bind = std::get_if<PgBind>(&*message))
            for (const auto& parameter : bind->parameters)
                if (parameter)
                    for (const char c : *parameter) touched += static_cast<unsigned char>(c);
    }
    return touched == SIZE_MAX ? 1 : 0;
}
