// When a TLS certificate ends: for checks, before clients find out. THREAD: any.
#pragma once

#include <string>

#include "base/result.h"
#include "base/time.h"

namespace weft::io {

// Of the first certificate in a PEM file. FAILS: kNotFound, kInvalid (no certificate in it).
Result<Timestamp> CertificateEnd(const std::string& path);

}  // namespace weft::io
