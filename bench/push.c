// push: producers that wait for each acknowledgement, to measure a node and not its client. One blocking connection and
// one thread per producer; prints one line of JSON: acknowledgements, refusals, seconds, latencies.
//
//     push HOST PORT PATH TOKEN PRODUCERS SECONDS BATCH RECORD_BYTES [FIRST_SEQUENCE]
//
//     push - N BATCH RECORD_BYTES     writes the N × BATCH records of a first producer to standard output instead
//
// Records: {"id": "p3-17", "producer": 3, "sequence": 17, "text": "…"}. A producer stops at the first connection error.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { kLatencies = 1 << 21, kRecordMax = 65536 };

typedef struct {
    int number;
    uint64_t acknowledged, refused, failed, other;
    uint32_t *latencies;  // Microseconds.
    int last_status;
} Producer;

static struct sockaddr_in address;
static const char *host, *path, *token;
static double seconds;
static int batch, record_bytes;
static uint64_t first_sequence;

static double Now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static size_t MakeBody(char *to, int producer, uint64_t sequence) {
    char *at = to;
    for (int i = 0; i < batch; ++i) {
        char *begin = at;
        at += sprintf(at, "{\"id\":\"p%d-%llu\",\"producer\":%d,\"sequence\":%llu,\"text\":\"", producer,
                      (unsigned long long)(sequence + i), producer, (unsigned long long)(sequence + i));
        uint64_t bits = (sequence + i) * 0x9E3779B97F4A7C15ull + (uint64_t)producer;
        while (at - begin < record_bytes - 3) {
            bits = bits * 6364136223846793005ull + 1442695040888963407ull;
            *at++ = (char)('a' + (bits >> 59) % 26);
        }
        at += sprintf(at, "\"}\n");
    }
    return (size_t)(at - to);
}

static int SendAll(int fd, const char *bytes, size_t size) {
    while (size) {
        const ssize_t n = send(fd, bytes, size, MSG_NOSIGNAL);
        if (n <= 0) return 0;
        bytes += n;
        size -= (size_t)n;
    }
    return 1;
}

// -> status, 0 when the connection ended.
static int ReadAnswer(int fd) {
    char buffer[16384];
    size_t filled = 0;
    while (filled < sizeof buffer - 1) {
        const ssize_t n = recv(fd, buffer + filled, sizeof buffer - 1 - filled, 0);
        if (n <= 0) return 0;
        filled += (size_t)n;
        buffer[filled] = 0;
        const char *end = strstr(buffer, "\r\n\r\n");
        if (!end) continue;
        const char *length = strcasestr(buffer, "content-length:");
        const size_t whole = (size_t)(end + 4 - buffer) + (length && length < end ? strtoul(length + 15, NULL, 10) : 0);
        if (filled >= whole) return atoi(buffer + 9);
    }
    return 0;
}

static void *Run(void *argument) {
    Producer *me = argument;
    const int fd = socket(AF_INET, SOCK_STREAM, 0), yes = 1;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    if (connect(fd, (const struct sockaddr *)&address, sizeof address) != 0) {
        ++me->failed;
        return NULL;
    }
    char *buffer = malloc((size_t)batch * (size_t)(record_bytes + 128) + 2048);
    uint64_t sequence = first_sequence;
    for (const double end = Now() + seconds; Now() < end;) {
        char *body = buffer + 1024;
        const size_t size = MakeBody(body, me->number, sequence);
        char head[1024];
        const int head_size = snprintf(head, sizeof head,
                                       "POST %s HTTP/1.1\r\nHost: %s:%d\r\nAuthorization: Bearer %s\r\n"
                                       "Content-Type: application/jsonl\r\nContent-Length: %zu\r\n\r\n",
                                       path, host, ntohs(address.sin_port), token, size);
        memcpy(body - head_size, head, (size_t)head_size);
        const double begin = Now();
        if (!SendAll(fd, body - head_size, (size_t)head_size + size)) break;
        const int status = ReadAnswer(fd);
        if (status == 0) {
            ++me->failed;
            break;
        }
        me->last_status = status;
        if (status == 200) {
            if (me->acknowledged < kLatencies) me->latencies[me->acknowledged] = (uint32_t)((Now() - begin) * 1e6);
            ++me->acknowledged;
            sequence += (uint64_t)batch;
        } else if (status == 429 || status == 503) {
            ++me->refused;
            usleep(1000);
        } else {
            ++me->other;
        }
    }
    close(fd);
    free(buffer);
    return NULL;
}

static int Compare(const void *a, const void *b) {
    const uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return x < y ? -1 : x > y;
}

static int Print(char **words) {
    batch = atoi(words[3]);
    record_bytes = atoi(words[4]);
    if (batch < 1 || record_bytes < 80 || record_bytes > kRecordMax) return 2;
    char *body = malloc((size_t)batch * (size_t)(record_bytes + 128));
    for (uint64_t n = 0, count = strtoull(words[2], NULL, 10); n < count; ++n)
        fwrite(body, 1, MakeBody(body, 0, 1 + n * (uint64_t)batch), stdout);
    free(body);
    return 0;
}

int main(int count, char **words) {
    if (count == 5 && strcmp(words[1], "-") == 0) return Print(words);
    if (count < 9) return fprintf(stderr, "push HOST PORT PATH TOKEN PRODUCERS SECONDS BATCH RECORD_BYTES [FIRST]\n"), 2;
    host = words[1];
    path = words[3];
    token = words[4];
    const int producers = atoi(words[5]);
    seconds = atof(words[6]);
    batch = atoi(words[7]);
    record_bytes = atoi(words[8]);
    first_sequence = count > 9 ? strtoull(words[9], NULL, 10) : 1;
    address.sin_family = AF_INET;
    address.sin_port = htons((uint16_t)atoi(words[2]));
    if (batch < 1 || record_bytes < 80 || record_bytes > kRecordMax || inet_pton(AF_INET, host, &address.sin_addr) != 1)
        return 2;
    Producer *all = calloc((size_t)producers, sizeof *all);
    pthread_t *threads = calloc((size_t)producers, sizeof *threads);
    const double begin = Now();
    for (int i = 0; i < producers; ++i) {
        all[i].number = i;
        all[i].latencies = malloc(sizeof(uint32_t) * kLatencies);  // Touched only as far as used.
        pthread_create(&threads[i], NULL, Run, &all[i]);
    }
    uint64_t acknowledged = 0, refused = 0, failed = 0, other = 0, n = 0;
    int last = 0;
    for (int i = 0; i < producers; ++i) {
        pthread_join(threads[i], NULL);
        acknowledged += all[i].acknowledged;
        refused += all[i].refused;
        failed += all[i].failed;
        other += all[i].other;
        last = all[i].last_status > last ? all[i].last_status : last;
    }
    const double took = Now() - begin;
    uint32_t *latencies = malloc(sizeof(uint32_t) * (acknowledged + 1));
    for (int i = 0; i < producers; ++i) {
        const uint64_t kept = all[i].acknowledged < kLatencies ? all[i].acknowledged : kLatencies;
        memcpy(latencies + n, all[i].latencies, kept * sizeof(uint32_t));
        n += kept;
    }
    qsort(latencies, n, sizeof(uint32_t), Compare);
    struct rusage used;
    getrusage(RUSAGE_SELF, &used);
    printf("{\"acknowledged\": %llu, \"refused\": %llu, \"failed\": %llu, \"other\": %llu, \"last_status\": %d, "
           "\"seconds\": %.4f, \"p50_us\": %u, \"p99_us\": %u, \"max_us\": %u, \"cpu\": %.3f}\n",
           (unsigned long long)acknowledged, (unsigned long long)refused, (unsigned long long)failed,
           (unsigned long long)other, last, took, n ? latencies[n / 2] : 0, n ? latencies[n * 99 / 100] : 0,
           n ? latencies[n - 1] : 0,
           (double)used.ru_utime.tv_sec + (double)used.ru_stime.tv_sec +
               (double)(used.ru_utime.tv_usec + used.ru_stime.tv_usec) * 1e-6);
    return 0;
}
