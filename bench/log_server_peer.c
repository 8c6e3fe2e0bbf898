// log_server_peer: the least that a durable ingest endpoint can be: a thread per connection reads an HTTP request by its
// Content-Length, one thread writes all bodies that wait with one pwrite and one fdatasync, then each gets its answer.
// No identity, no keys, no record borders, no checksums, no reading back. The same clients measure it and a node.
//
//     log_server_peer FILE      prints its port; ends with its standard input
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { kWaitingMax = 1024, kRequestMax = 1 << 20 };

typedef struct {
    const char *bytes;
    size_t size;
    int done;
    pthread_cond_t written;
} Waiting;

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t filled = PTHREAD_COND_INITIALIZER;
static Waiting *queue[kWaitingMax];
static size_t queued;
static int file;

static void *Write(void *unused) {
    (void)unused;
    Waiting *taken[kWaitingMax];
    char *buffer = malloc((size_t)kWaitingMax * kRequestMax);  // Touched only as far as used.
    for (off_t at = 0;;) {
        pthread_mutex_lock(&mutex);
        while (queued == 0) pthread_cond_wait(&filled, &mutex);
        const size_t count = queued;
        memcpy(taken, queue, count * sizeof *taken);
        queued = 0;
        pthread_mutex_unlock(&mutex);
        size_t size = 0;
        for (size_t i = 0; i < count; ++i) {
            memcpy(buffer + size, taken[i]->bytes, taken[i]->size);
            size += taken[i]->size;
        }
        if (pwrite(file, buffer, size, at) != (ssize_t)size || fdatasync(file) != 0) exit(1);
        at += (off_t)size;
        pthread_mutex_lock(&mutex);
        for (size_t i = 0; i < count; ++i) {
            taken[i]->done = 1;
            pthread_cond_signal(&taken[i]->written);
        }
        pthread_mutex_unlock(&mutex);
    }
    return NULL;
}

static void Append(const char *bytes, size_t size) {
    Waiting me = {.bytes = bytes, .size = size, .done = 0, .written = PTHREAD_COND_INITIALIZER};
    pthread_mutex_lock(&mutex);
    queue[queued++] = &me;
    pthread_cond_signal(&filled);
    while (!me.done) pthread_cond_wait(&me.written, &mutex);
    pthread_mutex_unlock(&mutex);
}

static void *Serve(void *argument) {
    const int fd = (int)(intptr_t)argument, yes = 1;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    char *buffer = malloc(kRequestMax + 1);
    static const char kAnswer[] = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}";
    for (size_t size = 0;;) {
        const ssize_t n = recv(fd, buffer + size, kRequestMax - size, 0);
        if (n <= 0) break;
        size += (size_t)n;
        buffer[size] = 0;
        const char *end = strstr(buffer, "\r\n\r\n"), *length = strcasestr(buffer, "content-length:");
        if (!end || !length) continue;
        const size_t body = strtoul(length + 15, NULL, 10), head = (size_t)(end + 4 - buffer);
        if (size < head + body) continue;
        Append(end + 4, body);
        if (send(fd, kAnswer, sizeof kAnswer - 1, MSG_NOSIGNAL) <= 0) break;
        size = 0;
    }
    close(fd);
    free(buffer);
    return NULL;
}

static void *EndWithInput(void *unused) {
    (void)unused;
    while (getchar() != EOF) continue;
    exit(0);
}

int main(int count, char **words) {
    if (count != 2 || (file = open(words[1], O_WRONLY | O_CREAT | O_TRUNC, 0600)) < 0) return 2;
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
    socklen_t size = sizeof address;
    const int listener = socket(AF_INET, SOCK_STREAM, 0);
    if (bind(listener, (struct sockaddr *)&address, size) != 0 || listen(listener, 512) != 0) return 1;
    getsockname(listener, (struct sockaddr *)&address, &size);
    printf("%d\n", ntohs(address.sin_port));
    fflush(stdout);
    pthread_t thread;
    pthread_create(&thread, NULL, EndWithInput, NULL);
    pthread_create(&thread, NULL, Write, NULL);
    for (int fd; (fd = accept(listener, NULL, NULL)) >= 0;) {
        pthread_create(&thread, NULL, Serve, (void *)(intptr_t)fd);
        pthread_detach(thread);
    }
    return 0;
}
