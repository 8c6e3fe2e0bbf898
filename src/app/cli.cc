#include "app/cli.h"

#include <CLI/CLI.hpp>
#include <filesystem>

#include "app/node.h"

namespace weft::app {
namespace {

int Fail(const Error& error) {
    std::fprintf(stderr, "error: %s\n", error.message.c_str());
    if (!error.hint.empty()) std::fprintf(stderr, "help: %s\n", error.hint.c_str());
    return 2;
}

}  // namespace

int RunCommandLine(int argc, char** argv) {
    CLI::App app("weft");
    NodeOptions serve;
    auto* verb = app.add_subcommand("serve", "run a node in the foreground");
    verb->add_option("--data", serve.data)->required();
    verb->add_option("--http", serve.http);
    verb->add_option("--postgres", serve.postgres);
    verb->add_option("--allow-files", serve.allow_files);
    verb->add_flag("--insecure-workers", serve.insecure_workers);
    CLI11_PARSE(app, argc, argv);
    if (*verb) {
        serve.data = std::filesystem::absolute(serve.data).lexically_normal().string();
        if (const auto done = Serve(serve); !done) return Fail(done.error());
    }
    return 0;
}

}  // namespace weft::app
