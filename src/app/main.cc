// Entry. `weft worker` and `weft --help` must start in milliseconds, so nothing is made before the verb is known.
#include <string_view>

#include "app/cli.h"
#include "engine/pool.h"

int main(int argc, char** argv) {
    if (argc == 2 && std::string_view(argv[1]) == "worker") return weft::engine::RunZygote();
    return weft::app::RunCommandLine(argc, argv);
}
