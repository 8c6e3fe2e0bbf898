// The checksum of the ingest log: CRC-32C (Castagnoli), as iSCSI and ext4 have it. Eight bytes a
// step from tables, so no instruction of the processor is asked for. Finds damage, not malice.
// Pure. THREAD: any.
#pragma once

#include <cstdint>
#include <string_view>

namespace weft::ingest {

// `before`: the checksum of what comes before `bytes`, so that parts can be summed one by one.
uint32_t Crc32c(std::string_view bytes, uint32_t before = 0);

}  // namespace weft::ingest
