// Every bound that protects the node lives here, and they are proved against each other.
#pragma once

#include <cstddef>
#include <cstdint>

namespace weft {

struct Limits {
    // Files of a product folder.
    size_t product_file_bytes_max = 1u << 20;
    size_t product_folder_bytes_max = 8u << 20;
    size_t product_files_max = 256;
    uint32_t yaml_depth_max = 64;
    uint32_t yaml_nodes_max = 100'000;
    uint32_t columns_max = 2'000;
    uint32_t ports_max = 64;

    // PostgreSQL.
    size_t pg_startup_bytes_max = 10'000;
    size_t pg_message_bytes_max = 16u << 20;  // One client message after login.
    size_t pg_message_before_login_bytes_max = 4'096;
    size_t pg_batch_bytes_max = 32u << 20;  // Everything from Parse to Sync.
    uint32_t pg_negotiations_max = 3;       // SSLRequest and GSSENCRequest together.
    uint32_t login_seconds_max = 30;

    // HTTP.
    size_t http_header_bytes_max = 16u << 10;
    size_t http_body_bytes_max = 16u << 20;
    uint32_t http_idle_seconds_max = 60;

    // Node and worker.
    size_t worker_frame_bytes_max = 64u << 20;
    size_t worker_frame_descriptors_max = 250;  // The kernel's SCM_MAX_FD is 253.
    uint32_t names_per_statement_max = 1'000;
    size_t sql_bytes_max = 4u << 20;
};
inline constexpr Limits kLimits;

static_assert(kLimits.pg_message_bytes_max <= kLimits.pg_batch_bytes_max);
static_assert(kLimits.pg_batch_bytes_max < kLimits.worker_frame_bytes_max,
              "a batch must fit one frame");
static_assert(kLimits.sql_bytes_max < kLimits.pg_message_bytes_max);
static_assert(kLimits.product_file_bytes_max <= kLimits.product_folder_bytes_max);
static_assert(kLimits.product_folder_bytes_max < kLimits.http_body_bytes_max,
              "an apply must fit one request");

}  // namespace weft
