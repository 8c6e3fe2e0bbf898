/* What a log with group commit can do on this disk: N threads each append a record and wait; one thread writes all that
 * wait with one pwrite and one fdatasync. No checksums, no keys, no index: the floor to measure src/ingest/log against.
 *
 *   ingest_log_peer FOLDER PRODUCERS SECONDS BYTES
 *
 * Prints acknowledgements per second and the latency of one. */
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { PRODUCERS_MAX = 256, SAMPLES_MAX = 4000000 };

struct waiting {
    pthread_mutex_t mutex;
    pthread_cond_t answered;
    int done;
};

static pthread_mutex_t queue_mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t queue_filled = PTHREAD_COND_INITIALIZER;
static struct waiting* queue[PRODUCERS_MAX];
static size_t queued = 0;
static atomic_int stopping;
static size_t record_bytes;
static char* record;
static int file;
static uint32_t* samples;
static atomic_size_t sampled;

static double now_us(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

static void* write_all(void* unused) {
    (void)unused;
    struct waiting* taken[PRODUCERS_MAX];
    char* buffer = malloc(record_bytes * PRODUCERS_MAX);
    off_t size = 0;
    for (;;) {
        pthread_mutex_lock(&queue_mutex);
        while (queued == 0 && !atomic_load(&stopping)) pthread_cond_wait(&queue_filled, &queue_mutex);
        const size_t count = queued;
        memcpy(taken, queue, count * sizeof *taken);
        queued = 0;
        pthread_mutex_unlock(&queue_mutex);
        if (count == 0) break;
        for (size_t i = 0; i < count; ++i) memcpy(buffer + i * record_bytes, record, record_bytes);
        const size_t bytes = count * record_bytes;
        if (pwrite(file, buffer, bytes, size) != (ssize_t)bytes || fdatasync(file) != 0) {
            perror("write");
            exit(1);
        }
        size += (off_t)bytes;
        for (size_t i = 0; i < count; ++i) {
            pthread_mutex_lock(&taken[i]->mutex);
            taken[i]->done = 1;
            pthread_cond_signal(&taken[i]->answered);
            pthread_mutex_unlock(&taken[i]->mutex);
        }
    }
    free(buffer);
    return NULL;
}

static void* produce(void* unused) {
    (void)unused;
    while (!atomic_load(&stopping)) {
        struct waiting own = {PTHREAD_MUTEX_INITIALIZER, PTHREAD_COND_INITIALIZER, 0};
        const double begin = now_us();
        pthread_mutex_lock(&queue_mutex);
        queue[queued++] = &own;
        pthread_cond_signal(&queue_filled);
        pthread_mutex_unlock(&queue_mutex);
        pthread_mutex_lock(&own.mutex);
        while (!own.done) pthread_cond_wait(&own.answered, &own.mutex);
        pthread_mutex_unlock(&own.mutex);
        const size_t at = atomic_fetch_add(&sampled, 1);
        if (at < SAMPLES_MAX) samples[at] = (uint32_t)(now_us() - begin);
    }
    return NULL;
}

static int compare(const void* a, const void* b) {
    const uint32_t x = *(const uint32_t*)a, y = *(const uint32_t*)b;
    return (x > y) - (x < y);
}

int main(int argc, char** argv) {
    if (argc != 5) {
        fprintf(stderr, "usage: %s FOLDER PRODUCERS SECONDS BYTES\n", argv[0]);
        return 2;
    }
    const int producers = atoi(argv[2]);
    const unsigned seconds = (unsigned)atoi(argv[3]);
    record_bytes = (size_t)atol(argv[4]);
    if (producers < 1 || producers > PRODUCERS_MAX || record_bytes < 1) return 2;
    char path[4096];
    snprintf(path, sizeof path, "%s/peer.log", argv[1]);
    file = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    record = malloc(record_bytes);
    samples = calloc(SAMPLES_MAX, sizeof *samples);
    if (file < 0 || !record || !samples) {
        perror(path);
        return 1;
    }
    memset(record, 'x', record_bytes);
    pthread_t writer, threads[PRODUCERS_MAX];
    const double begin = now_us();
    pthread_create(&writer, NULL, write_all, NULL);
    for (int i = 0; i < producers; ++i) pthread_create(&threads[i], NULL, produce, NULL);
    sleep(seconds);
    atomic_store(&stopping, 1);
    for (int i = 0; i < producers; ++i) pthread_join(threads[i], NULL);
    const double took = (now_us() - begin) / 1e6;
    pthread_mutex_lock(&queue_mutex);
    pthread_cond_signal(&queue_filled);
    pthread_mutex_unlock(&queue_mutex);
    pthread_join(writer, NULL);
    const size_t count = atomic_load(&sampled) < SAMPLES_MAX ? atomic_load(&sampled) : SAMPLES_MAX;
    qsort(samples, count, sizeof *samples, compare);
    if (count == 0) return 1;
    printf("peer producers %d acks/s %.0f p50 %u us p99 %u us\n", producers, (double)count / took,
           samples[count / 2], samples[count * 99 / 100]);
    unlink(path);
    return 0;
}
