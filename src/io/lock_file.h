// A file that one process holds: a second node on the same data folder is refused. The kernel lets
// go of it when the process ends, however it ends. The holder's process id is written into it, for
// the error message only. THREAD: any.
#pragma once

#include <string>

#include "base/result.h"
#include "io/descriptor.h"

namespace weft::io {

class LockFile {  // OWNS: the lock, until destroyed.
  public:
    // Creates file and folder when missing. FAILS: kUnavailable when another process (or another
    // LockFile of this process) holds it; the message names its process id.
    static Result<LockFile> Take(const std::string& path);

  private:
    explicit LockFile(Descriptor file) : file_(std::move(file)) {}
    Descriptor file_;
};

}  // namespace weft::io
