// Files that people upload for an input port (`upload: "*.csv"`): taken in pieces, resumed where
// they stopped, checked by hash, then put in place for runs (input_files.h finds them there).
//
//   <data>/uploads/<product>/<input>/orders.csv       what runs read
//   <data>/uploads/<product>/.unfinished/<id>.part    what has arrived; its size is the offset
//   <data>/uploads/<product>/.unfinished/<id>.json    input, name, size, hash; without its .part:
//   done
//
// A piece is on disk when Append returns; a file that is done survives a power cut, and readers see
// it whole or not at all. Every name here comes from outside and is checked. Who may do it is the
// caller's question. THREAD: any.
#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/id.h"
#include "base/result.h"
#include "base/time.h"
#include "io/crypto.h"
#include "meta/store.h"
#include "model/product.h"

namespace weft::catalog {

// Where runs find the files of an input. The only place inside the node's own folder that a product
// may read.
std::string UploadFolder(const std::string& data_folder, ProductId product, std::string_view input);

struct UploadLimits {
    uint64_t file_bytes_max = 100ull << 30;
    uint64_t free_bytes_min = 256ull << 20;        // Of the disk: stays free.
    uint32_t unfinished_max = 100;                 // Of one product.
    int64_t age_us_max = 24ll * 3600 * 1'000'000;  // Of an unfinished one without a new piece.
};

struct Upload {
    std::string id;
    std::string input;
    std::string name;
    uint64_t size = 0;
    std::string sha256;  // Hex, lower case.
    uint64_t offset = 0;
    bool done = false;
};

struct UploadedFile {
    std::string name;
    uint64_t size = 0;
    Timestamp modified;
};

// SQLSTATEs by which callers tell these failures apart.
inline constexpr std::string_view kWrongHash = "22000";
inline constexpr std::string_view kDiskFull = "53100";

class Uploads {
  public:
    Uploads(const meta::Store& store, const Clock& clock, std::string data_folder,
            UploadLimits limits = {})
        : store_(store),
          clock_(clock),
          data_folder_(std::move(data_folder)),
          folder_(data_folder_ + "/uploads"),
          limits_(limits) {}

    struct File {
        std::string name;
        uint64_t size = 0;
        std::string sha256;
    };
    // The unfinished upload of the same file, or a new one. FAILS: kInvalid (name, pattern, hash),
    // kLimit, kUnavailable kDiskFull.
    Result<Upload> Begin(ProductId product, const model::InputPort& input, File file);
    // FAILS: kNotFound.
    Result<Upload> Find(ProductId product, std::string_view input, const std::string& id) const;
    // The next bytes; with the last one (or none when all are there) the file is checked and put in
    // place. Repeating it for a file that is done says so again. FAILS: kNotFound; kConflict
    // (another offset, or somebody else is at it); kInvalid (more than the size; kWrongHash: the
    // upload is gone); kUnavailable kDiskFull.
    Result<Upload> Append(ProductId product, std::string_view input, const std::string& id,
                          uint64_t offset, std::string_view bytes);
    Result<> Drop(ProductId product, std::string_view input, const std::string& id);

    Result<std::vector<UploadedFile>> Files(ProductId product,
                                            std::string_view input) const;  // Sorted by name.
    Result<> RemoveFile(ProductId product, std::string_view input,
                        const std::string& name);  // FAILS: kNotFound.

    // Nobody sees them afterwards, unless the folder was kept. Kept: the answer is the folder; ""
    // when there is none.
    Result<std::string> Keep(ProductId product, const std::string& full_name) const;
    Result<> RemoveProduct(ProductId product);
    // Removes unfinished ones that nobody continued, and folders of products that are gone. Begin
    // does it, too.
    Result<> Sweep();

  private:
    class Busy;  // Holds one upload for one writer.
    struct Sum {
        io::Sha256Sum sum;
        uint64_t upto = 0;
    };
    std::string ProductFolder(ProductId product) const;
    std::string Unfinished(ProductId product) const;
    Result<> Remove(ProductId product, const std::string& id);
    Result<Upload> Read(ProductId product, const std::string& id) const;
    std::vector<std::string> Ids(ProductId product) const;
    Result<Upload> Finish(ProductId product, Upload upload, const std::string& part);
    Result<std::string> Hash(const std::string& id, const std::string& part, uint64_t size);
    void Add(const std::string& id, uint64_t offset, std::string_view bytes);

    void SweepUnfinished(ProductId product);

    const meta::Store& store_;
    const Clock& clock_;
    const std::string data_folder_;
    const std::string folder_;
    const UploadLimits limits_;
    mutable std::mutex mutex_;
    std::mutex begin_;                 // One at a time: counting and resuming must not race.
    std::set<std::string> busy_;       // Ids; guarded by mutex_, as below.
    std::map<std::string, Sum> sums_;  // What has arrived since the node started, already hashed.
};

}  // namespace weft::catalog
