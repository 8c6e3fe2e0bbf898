// disk: a preloaded library between a node and its disk (and its clock). It makes calls on files beneath one folder fail, kills the
// process at a chosen call, and writes down what was synced, so that a test can throw away the rest (power cut).
//
// Everything lies in one shared file, mapped by every process of the node (WEFT_FAULT_STATE); disk.py writes the plan
// into it before the start and reads counters, files and directory changes after the death. WEFT_FAULT_ROOT names the
// folder. The layout below is repeated in disk.py.
//
// What survives a power cut: of a file its bytes as of the last successful fsync or fdatasync; of a directory its
// entries as of the last fsync of the directory. Bytes overwritten since (SQLite) are kept beside, to be put back.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <spawn.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

enum { kOther, kLog, kKeys, kData, kMetadata, kState, kRun, kClasses };
enum { kCreate, kWrite, kSync, kRename, kUnlink, kTruncate, kRead, kOps };
enum { kNothing, kFail, kShort, kKillBefore, kKillAfter };
enum { kFiles = 16384, kChanges = 32768, kPath = 240, kBytes = 512 };

typedef struct {
    uint64_t device, inode;
    uint64_t synced;  // Bytes that survive.
    uint32_t epoch;   // Syncs so far: newer kept bytes are put back.
    uint32_t class;
    char path[kPath];
} File;  // 272

typedef struct {
    uint32_t kind;     // kCreate, kRename, kUnlink; 0 with an empty path: not ready.
    uint32_t durable;  // The directory was synced since.
    char path[kPath];
    char to[kPath];
    char kept[64];  // Name beneath `graves` of the file that was replaced or removed.
} Change;  // 552

typedef struct {
    uint64_t magic;
    // The plan.
    uint64_t at;      // The at-th matching call, from 1; 0: none.
    uint64_t every;   // And each every-th after it; 0: only that one.
    uint32_t classes, ops;  // Bits.
    uint32_t mode, error;
    uint32_t keep_failing;  // From `at` on: a full or dead disk.
    uint32_t swallow_sync;  // Says yes and does nothing: a planted bug.
    uint32_t write_behind_ms;  // Writes to the log are said to be done before they are: a planted bug.
    uint32_t keep;             // Writes down what a power cut needs.
    // What happened.
    _Atomic uint64_t matched, fired;
    _Atomic int32_t node;
    _Atomic int32_t lock;
    _Atomic uint32_t files, changes;
    uint32_t fired_class, fired_op;
    char fired_path[kPath];
    _Atomic uint64_t counts[kClasses * kOps];
    _Atomic uint32_t graves;
    _Atomic int64_t clock_ms;  // Added to the wall clock; may change at any time.
} Head;

static Head *head;
static File *files;
static Change *changes;
static char root[PATH_MAX], graves[PATH_MAX], state_path[PATH_MAX], library[PATH_MAX];
static size_t root_length;
static int undo_fd = -1;

#define REAL(name) \
    static __typeof__(name) *real; \
    if (!real) real = (__typeof__(name) *)dlsym(RTLD_NEXT, #name)

static uint64_t Real(const char *name) { return (uint64_t)dlsym(RTLD_NEXT, name); }
static ssize_t (*real_write)(int, const void *, size_t);
static ssize_t (*real_pwrite)(int, const void *, size_t, off_t);
static int (*real_fsync)(int);
static int (*real_fdatasync)(int);

__attribute__((constructor)) static void Start(void) {
    real_write = (void *)Real("write");
    real_pwrite = (void *)Real("pwrite");
    real_fsync = (void *)Real("fsync");
    real_fdatasync = (void *)Real("fdatasync");
    const char *state = getenv("WEFT_FAULT_STATE"), *top = getenv("WEFT_FAULT_ROOT"), *self = getenv("LD_PRELOAD");
    if (!state || !top || !realpath(top, root)) return;
    root_length = strlen(root);
    snprintf(state_path, sizeof state_path, "%s", state);
    snprintf(library, sizeof library, "%s", self ? self : "");
    snprintf(graves, sizeof graves, "%s.graves", root);
    const int fd = syscall(SYS_openat, AT_FDCWD, state, O_RDWR | O_CLOEXEC, 0);
    if (fd < 0) return;
    const size_t size = 4096 + sizeof(File) * kFiles + sizeof(Change) * kChanges;
    char *map = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    close(fd);
    if (map == MAP_FAILED) return;
    files = (File *)(map + 4096);
    changes = (Change *)(map + 4096 + sizeof(File) * kFiles);
    char undo[PATH_MAX + 8];
    snprintf(undo, sizeof undo, "%s.undo", state);
    undo_fd = syscall(SYS_openat, AT_FDCWD, undo, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    head = (Head *)map;
    int32_t none = 0;
    atomic_compare_exchange_strong(&head->node, &none, getpid());
}

static void Lock(void) {
    int32_t free_now = 0;
    for (int i = 0; !atomic_compare_exchange_weak(&head->lock, &free_now, 1); free_now = 0) {
        if (++i % 1000 == 0) sched_yield();
    }
}
static void Unlock(void) { atomic_store(&head->lock, 0); }

// The path from the root, or null when it lies elsewhere.
static const char *Beneath(const char *path) {
    if (!head || !path || strncmp(path, root, root_length) != 0 || path[root_length] != '/') return NULL;
    return path + root_length + 1;
}

static uint32_t ClassOf(const char *inside) {
    const char *dot = strrchr(inside, '.');
    if (strncmp(inside, "ingest/", 7) == 0) return dot && strncmp(dot, ".keys", 5) == 0 ? kKeys : kLog;
    if (strncmp(inside, "state/", 6) == 0) return kState;
    if (strncmp(inside, "tables/", 7) == 0) return strstr(inside, "/data") ? kData : kMetadata;
    if (strncmp(inside, "run/", 4) == 0) return kRun;
    return kOther;
}

// Open addressing; the entry of a removed file is taken over when its inode comes again.
static File *Find(const struct stat *st, int add) {
    uint64_t at = (st->st_ino * 0x9E3779B97F4A7C15ull) >> 50;
    for (int i = 0; i < 256; ++i, at = (at + 1) % kFiles) {
        File *file = &files[at % kFiles];
        if (file->inode == st->st_ino && file->device == st->st_dev) return file;
        if (file->inode == 0 && !add) return NULL;
        if (file->inode == 0) {
            Lock();
            if (file->inode == 0) {
                memset(file, 0, sizeof *file);
                file->device = st->st_dev;
                file->inode = st->st_ino;
                Unlock();
                atomic_fetch_add(&head->files, 1);
                return file;
            }
            Unlock();
            --i;
        }
    }
    return NULL;
}

static File *FileOf(int fd, struct stat *st) {
    if (!head) return NULL;
    if (fstat(fd, st) != 0 || (!S_ISREG(st->st_mode) && !S_ISDIR(st->st_mode))) return NULL;
    return Find(st, 0);
}

// Counts the call; whether it is the one. A kill does not return.
static int Strikes(uint32_t class, uint32_t op, const char *path) {
    atomic_fetch_add(&head->counts[class * kOps + op], 1);
    if (!head->at || !(head->classes >> class & 1) || !(head->ops >> op & 1)) return 0;
    const uint64_t n = atomic_fetch_add(&head->matched, 1) + 1;
    const int hit = n == head->at || (n > head->at && (head->keep_failing ||
                                                        (head->every && (n - head->at) % head->every == 0)));
    if (!hit) return 0;
    if (head->mode >= kKillBefore && getpid() != head->node) return 0;
    if (atomic_fetch_add(&head->fired, 1) == 0) {
        head->fired_class = class;
        head->fired_op = op;
        snprintf(head->fired_path, kPath, "%s", path);
    }
    if (head->mode == kKillBefore) kill(getpid(), SIGKILL);
    return 1;
}

static void StrikeAfter(int strikes) {
    if (strikes && head->mode == kKillAfter) kill(getpid(), SIGKILL);
}

static int Refuses(int strikes) {
    if (!strikes || head->mode != kFail) return 0;
    errno = (int)head->error;
    return 1;
}

static Change *Note(uint32_t kind, const char *path, const char *to) {
    const uint32_t n = atomic_fetch_add(&head->changes, 1);
    if (n >= kChanges) return NULL;
    Change *change = &changes[n];
    change->kind = kind;
    snprintf(change->to, kPath, "%s", to ? to : "");
    snprintf(change->path, kPath, "%s", path);
    return change;
}

// Before a name goes away: a second name for its file, outside the folder.
static void Bury(const char *path, char *kept) {
    snprintf(kept, 64, "%u", atomic_fetch_add(&head->graves, 1));
    char grave[PATH_MAX + 80];
    snprintf(grave, sizeof grave, "%s/%s", graves, kept);
    if (syscall(SYS_linkat, AT_FDCWD, path, AT_FDCWD, grave, 0) != 0) kept[0] = 0;
}

static void Opened(int fd, const char *inside, int created) {
    struct stat st;
    if (fd < 0 || fstat(fd, &st) != 0 || (!S_ISREG(st.st_mode) && !S_ISDIR(st.st_mode))) return;
    File *known = Find(&st, 0);
    if (known && !created) return;
    File *file = known ? known : Find(&st, 1);
    if (!file) return;
    file->synced = created ? 0 : (uint64_t)st.st_size;
    file->class = ClassOf(inside);
    ++file->epoch;
    snprintf(file->path, kPath, "%s", inside);
}

static int Open(int at, const char *path, int flags, mode_t mode) {
    const char *inside = at == AT_FDCWD || (path && path[0] == '/') ? Beneath(path) : NULL;
    if (!inside || flags & O_PATH) return syscall(SYS_openat, at, path, flags, mode);
    int created = 0, strikes = 0;
    if (flags & O_CREAT) {
        struct stat st;
        created = flags & O_EXCL || stat(path, &st) != 0;
        strikes = created && Strikes(ClassOf(inside), kCreate, inside);
        if (Refuses(strikes)) return -1;
    }
    const int fd = syscall(SYS_openat, at, path, flags, mode);
    const int error = errno;
    if (fd >= 0 && created && head->keep) Note(kCreate, inside, NULL);
    Opened(fd, inside, created);
    StrikeAfter(strikes);
    errno = error;
    return fd;
}

#define MODE_OF(flags) \
    mode_t mode = 0; \
    if ((flags) & (O_CREAT | __O_TMPFILE)) { \
        va_list list; \
        va_start(list, flags); \
        mode = va_arg(list, mode_t); \
        va_end(list); \
    }

int open(const char *path, int flags, ...) { MODE_OF(flags) return Open(AT_FDCWD, path, flags, mode); }
int open64(const char *path, int flags, ...) { MODE_OF(flags) return Open(AT_FDCWD, path, flags | O_LARGEFILE, mode); }
int openat(int at, const char *path, int flags, ...) { MODE_OF(flags) return Open(at, path, flags, mode); }
int openat64(int at, const char *path, int flags, ...) {
    MODE_OF(flags) return Open(at, path, flags | O_LARGEFILE, mode);
}

// What fortified callers say instead.
int __open_2(const char *path, int flags) { return Open(AT_FDCWD, path, flags, 0); }
int __open64_2(const char *path, int flags) { return Open(AT_FDCWD, path, flags | O_LARGEFILE, 0); }
int __openat_2(int at, const char *path, int flags) { return Open(at, path, flags, 0); }
int __openat64_2(int at, const char *path, int flags) { return Open(at, path, flags | O_LARGEFILE, 0); }

// The bytes that a write is about to replace, when they are durable already.
static void Keep(int fd, const File *file, off_t offset, size_t size) {
    if (!head->keep || undo_fd < 0 || offset < 0 || (uint64_t)offset >= file->synced) return;
    if ((uint64_t)offset + size > file->synced) size = file->synced - (uint64_t)offset;
    char *record = malloc(size + 40);
    if (!record) return;
    const ssize_t n = syscall(SYS_pread64, fd, record + 40, size, offset);
    if (n > 0) {
        const uint64_t fields[5] = {file->device, file->inode, file->epoch, (uint64_t)offset, (uint64_t)n};
        memcpy(record, fields, 40);
        real_write(undo_fd, record, (size_t)n + 40);
    }
    free(record);
}

typedef struct {
    int fd;
    off_t offset;
    size_t size;
    char bytes[];
} Behind;

static void *WriteLater(void *argument) {
    Behind *behind = argument;
    const struct timespec wait = {head->write_behind_ms / 1000, head->write_behind_ms % 1000 * 1000000l};
    nanosleep(&wait, NULL);
    if (behind->offset >= 0) real_pwrite(behind->fd, behind->bytes, behind->size, behind->offset);
    else real_write(behind->fd, behind->bytes, behind->size);
    close(behind->fd);
    free(behind);
    return NULL;
}

// A planted bug: the caller hears that the bytes are there, a moment before they are.
static int PutsOff(const File *file, int fd, const void *bytes, size_t size, off_t offset) {
    if (!head->write_behind_ms || file->class != kLog || getpid() != head->node) return 0;
    Behind *behind = malloc(sizeof *behind + size);
    behind->fd = fcntl(fd, F_DUPFD_CLOEXEC, 3);
    behind->offset = offset;
    behind->size = size;
    memcpy(behind->bytes, bytes, size);
    pthread_t thread;
    if (behind->fd < 0 || pthread_create(&thread, NULL, WriteLater, behind) != 0) return 0;
    pthread_detach(thread);
    return 1;
}

// offset < 0: at the descriptor's position. -> 0: go on with *size bytes; 1: answer with *result.
static int BeforeWrite(int fd, const void *bytes, size_t *size, off_t offset, ssize_t *result, int *strikes) {
    struct stat st;
    const File *file = FileOf(fd, &st);
    *strikes = 0;
    if (!file) return 0;
    *strikes = Strikes(file->class, kWrite, file->path);
    *result = -1;
    if (Refuses(*strikes)) return 1;
    if (*strikes && head->mode == kShort && *size > 1) *size = *size / 2;
    if (bytes && PutsOff(file, fd, bytes, *size, offset)) {
        *result = (ssize_t)*size;
        return 1;
    }
    const off_t where = offset >= 0 ? offset : lseek(fd, 0, SEEK_CUR);
    if (!(fcntl(fd, F_GETFL) & O_APPEND)) Keep(fd, file, where, *size);
    return 0;
}

ssize_t write(int fd, const void *bytes, size_t size) {
    ssize_t result;
    int strikes;
    if (!head || fd == undo_fd) return real_write(fd, bytes, size);
    if (BeforeWrite(fd, bytes, &size, -1, &result, &strikes)) return result;
    result = real_write(fd, bytes, size);
    StrikeAfter(strikes);
    return result;
}

static ssize_t PositionedWrite(int fd, const void *bytes, size_t size, off_t offset) {
    ssize_t result;
    int strikes;
    if (!head) return real_pwrite(fd, bytes, size, offset);
    if (BeforeWrite(fd, bytes, &size, offset, &result, &strikes)) return result;
    result = real_pwrite(fd, bytes, size, offset);
    StrikeAfter(strikes);
    return result;
}
ssize_t pwrite(int fd, const void *bytes, size_t size, off_t offset) { return PositionedWrite(fd, bytes, size, offset); }
ssize_t pwrite64(int fd, const void *bytes, size_t size, off64_t offset) {
    return PositionedWrite(fd, bytes, size, offset);
}

// Vectors are gathered when something happens to them; a caller must take short writes anyway.
static ssize_t VectorWrite(int fd, const struct iovec *parts, int count, off_t offset) {
    struct stat st;
    if (!head || !FileOf(fd, &st)) {
        return offset < 0 ? syscall(SYS_writev, fd, parts, count)
                          : syscall(SYS_pwritev, fd, parts, count, (unsigned long)offset, 0ul);
    }
    size_t size = 0, filled = 0;
    for (int i = 0; i < count; ++i) size += parts[i].iov_len;
    char *bytes = malloc(size + 1);
    if (!bytes) return errno = ENOMEM, -1;
    for (int i = 0; i < count; filled += parts[i].iov_len, ++i)
        memcpy(bytes + filled, parts[i].iov_base, parts[i].iov_len);
    const ssize_t result = offset < 0 ? write(fd, bytes, size) : PositionedWrite(fd, bytes, size, offset);
    const int error = errno;
    free(bytes);
    errno = error;
    return result;
}
ssize_t writev(int fd, const struct iovec *parts, int count) { return VectorWrite(fd, parts, count, -1); }
ssize_t pwritev(int fd, const struct iovec *parts, int count, off_t o) { return VectorWrite(fd, parts, count, o); }
ssize_t pwritev64(int fd, const struct iovec *parts, int count, off64_t o) { return VectorWrite(fd, parts, count, o); }

// Reads are found by the file's class, too; a short read is not an error and is not made.
static int ReadFails(int fd) {
    struct stat st;
    if (!head || !head->at || !(head->ops >> kRead & 1)) return 0;
    const File *file = FileOf(fd, &st);
    return file && S_ISREG(st.st_mode) && Refuses(Strikes(file->class, kRead, file->path));
}
ssize_t read(int fd, void *to, size_t size) {
    return ReadFails(fd) ? -1 : syscall(SYS_read, fd, to, size);
}
ssize_t pread(int fd, void *to, size_t size, off_t offset) {
    return ReadFails(fd) ? -1 : syscall(SYS_pread64, fd, to, size, offset);
}
ssize_t pread64(int fd, void *to, size_t size, off64_t offset) {
    return ReadFails(fd) ? -1 : syscall(SYS_pread64, fd, to, size, offset);
}

ssize_t __read_chk(int fd, void *to, size_t size, size_t room) { return size <= room ? read(fd, to, size) : (abort(), -1); }
ssize_t __pread_chk(int fd, void *to, size_t size, off_t offset, size_t room) {
    return size <= room ? pread(fd, to, size, offset) : (abort(), -1);
}
ssize_t __pread64_chk(int fd, void *to, size_t size, off64_t offset, size_t room) {
    return size <= room ? pread(fd, to, size, offset) : (abort(), -1);
}

static int IsDirectlyIn(const char *path, const char *folder) {
    const size_t n = strlen(folder);
    return strncmp(path, folder, n) == 0 && path[n] == '/' && !strchr(path + n + 1, '/');
}

static int Sync(int fd, int (*real)(int)) {
    struct stat st;
    File *file = FileOf(fd, &st);
    if (!file) return real(fd);
    const int strikes = Strikes(file->class, kSync, file->path);
    if (Refuses(strikes)) return -1;
    if (head->swallow_sync) return 0;
    const uint32_t noted = atomic_load(&head->changes);
    const int result = head->keep ? 0 : real(fd);  // A cut is imitated: the pages need not leave the memory.
    if (result == 0) {
        if ((uint64_t)st.st_size > file->synced) file->synced = (uint64_t)st.st_size;
        ++file->epoch;
        for (uint32_t i = 0; S_ISDIR(st.st_mode) && i < noted && i < kChanges; ++i) {
            const Change *c = &changes[i];
            if (!c->durable && (IsDirectlyIn(c->path, file->path) || (c->to[0] && IsDirectlyIn(c->to, file->path))))
                changes[i].durable = 1;
        }
    }
    StrikeAfter(strikes);
    return result;
}
int fsync(int fd) { return Sync(fd, real_fsync); }
int fdatasync(int fd) { return Sync(fd, real_fdatasync); }

int rename(const char *from, const char *to) {
    const char *inside = Beneath(from), *target = Beneath(to);
    if (!inside || !target) return syscall(SYS_renameat, AT_FDCWD, from, AT_FDCWD, to);
    const int strikes = Strikes(ClassOf(target), kRename, target);
    if (Refuses(strikes)) return -1;
    char kept[64] = "";
    if (head->keep) Bury(to, kept);
    const int result = syscall(SYS_renameat, AT_FDCWD, from, AT_FDCWD, to);
    struct stat st;
    if (result == 0 && head->keep) {
        Change *change = Note(kRename, inside, target);
        if (change) memcpy(change->kept, kept, sizeof kept);
    }
    File *file = result == 0 && stat(to, &st) == 0 ? Find(&st, 0) : NULL;
    if (file) {
        snprintf(file->path, kPath, "%s", target);
        file->class = ClassOf(target);
    }
    StrikeAfter(strikes);
    return result;
}

int unlink(const char *path) {
    const char *inside = Beneath(path);
    if (!inside) return syscall(SYS_unlink, path);
    const int strikes = Strikes(ClassOf(inside), kUnlink, inside);
    if (Refuses(strikes)) return -1;
    char kept[64] = "";
    if (head->keep) Bury(path, kept);
    const int result = syscall(SYS_unlink, path);
    if (result == 0 && head->keep && kept[0]) {
        Change *change = Note(kUnlink, inside, NULL);
        if (change) memcpy(change->kept, kept, sizeof kept);
    }
    StrikeAfter(strikes);
    return result;
}

static int Truncate(int fd, off_t size) {
    struct stat st;
    File *file = FileOf(fd, &st);
    const int strikes = file && Strikes(file->class, kTruncate, file->path);
    if (Refuses(strikes)) return -1;
    const int result = syscall(SYS_ftruncate, fd, size);
    // Taken as durable: cutting is only done to bytes that nobody may need.
    if (file && result == 0 && (uint64_t)size < file->synced) file->synced = (uint64_t)size;
    StrikeAfter(strikes);
    return result;
}
int ftruncate(int fd, off_t size) { return Truncate(fd, size); }
int ftruncate64(int fd, off64_t size) { return Truncate(fd, size); }

static int Allocates(int fd) {
    struct stat st;
    const File *file = FileOf(fd, &st);
    return !file || !Refuses(Strikes(file->class, kTruncate, file->path));
}
int fallocate(int fd, int mode, off_t offset, off_t size) {
    return Allocates(fd) ? syscall(SYS_fallocate, fd, mode, offset, size) : -1;
}
int fallocate64(int fd, int mode, off64_t offset, off64_t size) { return fallocate(fd, mode, offset, size); }
int posix_fallocate(int fd, off_t offset, off_t size) { return fallocate(fd, 0, offset, size) == 0 ? 0 : errno; }
int posix_fallocate64(int fd, off64_t offset, off64_t size) { return posix_fallocate(fd, offset, size); }

// A wall clock that jumps. The other clocks stay as they are.
int clock_gettime(clockid_t id, struct timespec *to) {
    REAL(clock_gettime);
    const int result = real(id, to);
    const int64_t jump = head && (id == CLOCK_REALTIME || id == CLOCK_REALTIME_COARSE) ? head->clock_ms : 0;
    if (result == 0 && jump) to->tv_sec += jump / 1000;
    return result;
}

// The node starts its workers without an environment; this library must come along.
int posix_spawn(pid_t *pid, const char *path, const posix_spawn_file_actions_t *actions,
                const posix_spawnattr_t *attributes, char *const arguments[], char *const environment[]) {
    REAL(posix_spawn);
    char preload[PATH_MAX + 16], state[PATH_MAX + 32], top[PATH_MAX + 32];
    if (!head || (environment && environment[0])) return real(pid, path, actions, attributes, arguments, environment);
    snprintf(preload, sizeof preload, "LD_PRELOAD=%s", library);
    snprintf(state, sizeof state, "WEFT_FAULT_STATE=%s", state_path);
    snprintf(top, sizeof top, "WEFT_FAULT_ROOT=%s", root);
    char *with[] = {preload, state, top, NULL};
    return real(pid, path, actions, attributes, arguments, with);
}
