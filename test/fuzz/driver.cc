// The fuzz targets' main in builds without clang: replays the corpus, then mutates it for some seconds.
//
//   TARGET SECONDS SEED [CORPUS_FOLDER]
//
// No coverage guides it, so it finds only what lies near: a smoke test that every target still runs. The real runs are
// `./x fuzz` with libFuzzer. The same seed does the same mutations.
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <string>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size);

namespace {

using Random = std::mt19937_64;
constexpr size_t kInputBytesMax = 4096;

std::vector<std::string> ReadCorpus(const char* folder) {
    std::vector<std::string> inputs{std::string()};
    std::error_code missing;
    for (const auto& entry : std::filesystem::directory_iterator(folder, missing)) {
        std::ifstream file(entry.path(), std::ios::binary);
        inputs.emplace_back(std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>());
    }
    return inputs;
}

// One of the usual small changes: a bit, a byte, a length-like number, a cut, a copy, a piece of another input.
void Mutate(std::string& input, const std::vector<std::string>& corpus, Random& random) {
    static constexpr uint8_t kTelling[] = {0, 1, 0x7f, 0x80, 0xff, '\n', '"', '\'', '{', '[', ':', '*', '&', '\\'};
    const size_t at = random() % (input.size() + 1);
    const auto telling = static_cast<char>(kTelling[random() % std::size(kTelling)]);
    switch (random() % 7) {
        case 0:
            if (at < input.size()) input[at] = static_cast<char>(input[at] ^ (1 << (random() % 8)));
            break;
        case 1: input.insert(at, 1, telling); break;
        case 2: input.insert(at, random() % 8, telling); break;
        case 3: input.erase(at, random() % 16); break;
        case 4:
            for (size_t i = at; i < input.size() && i < at + 4; ++i) input[i] = telling;
            break;
        case 5: input.insert(at, input.substr(at / 2, random() % 64)); break;
        default: {
            const std::string& other = corpus[random() % corpus.size()];
            if (!other.empty()) input.insert(at, other.substr(random() % other.size(), random() % 256));
        }
    }
    if (input.size() > kInputBytesMax) input.resize(kInputBytesMax);
}

void Run(const std::string& input) {
    LLVMFuzzerTestOneInput(reinterpret_cast<const uint8_t*>(input.data()), input.size());
}

}  // namespace

int main(int argc, char** argv) {
    if (argc < 3) {
        std::fprintf(stderr, "usage: %s SECONDS SEED [CORPUS_FOLDER]\n", argv[0]);
        return 2;
    }
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(std::atoi(argv[1]));
    Random random(std::strtoull(argv[2], nullptr, 10));
    const std::vector<std::string> corpus = ReadCorpus(argc > 3 ? argv[3] : "");
    for (const std::string& input : corpus) Run(input);
    uint64_t runs = corpus.size();
    while (std::chrono::steady_clock::now() < end) {
        std::string input = corpus[random() % corpus.size()];
        for (uint64_t n = 1 + random() % 12; n > 0; --n) {
            Mutate(input, corpus, random);
            Run(input);
            ++runs;
        }
    }
    std::printf("%llu inputs, %zu of them from the corpus\n", static_cast<unsigned long long>(runs), corpus.size());
    return 0;
}
