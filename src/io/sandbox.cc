#include "io/sandbox.h"

#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/landlock.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstddef>
#include <cstring>
#include <vector>

#include "io/descriptor.h"

#if !defined(__x86_64__)
#error "the list of system calls is written for x86-64"
#endif

namespace weft::io {
namespace {

std::unexpected<Error> Missing(const char* feature) {
    return Fail(
        Code::kUnavailable,
        std::string("this kernel cannot sandbox workers: ") + feature + ": " + std::strerror(errno),
        "use a kernel with Landlock and seccomp, or start with --insecure-workers");
}

int LandlockVersion() {
    return static_cast<int>(
        syscall(SYS_landlock_create_ruleset, nullptr, 0, LANDLOCK_CREATE_RULESET_VERSION));
}

class Filter {  // A seccomp program; each rule leaves the call's number in the accumulator.
  public:
    Filter() {
        Load(offsetof(seccomp_data, arch));
        Jump(BPF_JEQ, AUDIT_ARCH_X86_64, 1, 0);
        Return(SECCOMP_RET_KILL_PROCESS);
        Load(offsetof(seccomp_data, nr));
    }
    void Allow(int call) { Answer(call, SECCOMP_RET_ALLOW); }
    void Refuse(int call, int error) {
        Answer(call, SECCOMP_RET_ERRNO | static_cast<uint32_t>(error));
    }
    // Allowed when none of `bits` is set in the argument; killed otherwise.
    void AllowWithout(int call, int argument, uint32_t bits) { Bits(call, argument, bits, false); }
    void AllowWith(int call, int argument, uint32_t bits) { Bits(call, argument, bits, true); }
    bool Install() {
        Return(SECCOMP_RET_KILL_PROCESS);
        sock_fprog program{static_cast<unsigned short>(code_.size()), code_.data()};
        return syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_TSYNC, &program) ==
               0;
    }

  private:
    void Load(size_t offset) {
        code_.push_back(BPF_STMT(BPF_LD | BPF_W | BPF_ABS, static_cast<uint32_t>(offset)));
    }
    void Return(uint32_t value) { code_.push_back(BPF_STMT(BPF_RET | BPF_K, value)); }
    void Jump(int test, uint32_t value, uint8_t yes, uint8_t no) {
        code_.push_back({static_cast<uint16_t>(BPF_JMP | test | BPF_K), yes, no, value});
    }
    void Answer(int call, uint32_t value) {
        Jump(BPF_JEQ, static_cast<uint32_t>(call), 0, 1);
        Return(value);
    }
    void Bits(int call, int argument, uint32_t bits, bool wanted) {
        Jump(BPF_JEQ, static_cast<uint32_t>(call), 0, 4);
        Load(offsetof(seccomp_data, args) + static_cast<size_t>(argument) * sizeof(uint64_t));
        Jump(BPF_JSET, bits, wanted ? 0 : 1, wanted ? 1 : 0);
        Return(SECCOMP_RET_ALLOW);
        Return(SECCOMP_RET_KILL_PROCESS);
    }
    std::vector<sock_filter> code_;
};

// Found with strace: what DuckDB needs after start, and nothing else. openat and its kin serve
// the spill folder; Landlock bounds their paths.
constexpr int kAllowed[] = {SYS_read,
                            SYS_write,
                            SYS_readv,
                            SYS_writev,
                            SYS_pread64,
                            SYS_pwrite64,
                            SYS_recvmsg,
                            SYS_sendmsg,
                            SYS_close,
                            SYS_lseek,
                            SYS_fstat,
                            SYS_newfstatat,
                            SYS_openat,
                            SYS_unlink,
                            SYS_unlinkat,
                            SYS_ftruncate,
                            SYS_fallocate,
                            SYS_getdents64,
                            SYS_mkdir,
                            SYS_rmdir,
                            SYS_fcntl,
                            SYS_access,
                            SYS_stat,
                            SYS_lstat,
                            SYS_fsync,
                            SYS_fdatasync,
                            SYS_poll,
                            SYS_futex,
                            SYS_brk,
                            SYS_munmap,
                            SYS_mremap,
                            SYS_madvise,
                            SYS_sched_yield,
                            SYS_sched_getaffinity,
                            SYS_sched_setaffinity,
                            SYS_clock_gettime,
                            SYS_clock_nanosleep,
                            SYS_nanosleep,
                            SYS_gettimeofday,
                            SYS_getpid,
                            SYS_gettid,
                            SYS_getrandom,
                            SYS_getrusage,
                            SYS_getcpu,
                            SYS_set_robust_list,
                            SYS_rseq,
                            SYS_rt_sigprocmask,
                            SYS_rt_sigaction,
                            SYS_rt_sigreturn,
                            SYS_rt_sigtimedwait,
                            SYS_sigaltstack,
                            SYS_exit,
                            SYS_exit_group,
                            SYS_restart_syscall,
                            SYS_tgkill,
                            SYS_sysinfo,
                            SYS_uname,
                            SYS_statfs};

}  // namespace

Result<> CheckSandbox() {
    if (LandlockVersion() < 1) return Missing("Landlock");
    const uint32_t action = SECCOMP_RET_KILL_PROCESS;
    if (syscall(SYS_seccomp, SECCOMP_GET_ACTION_AVAIL, 0, &action) != 0) return Missing("seccomp");
    return {};
}

Result<> LimitProcess(const ProcessLimits& limits) {
    const auto set = [](auto which, rlim_t value) {
        const rlimit both{value, value};
        return setrlimit(which, &both) == 0;
    };
    if (!set(RLIMIT_CORE, 0) || !set(RLIMIT_AS, limits.address_space_bytes) ||
        !set(RLIMIT_FSIZE, limits.file_bytes) || !set(RLIMIT_NOFILE, limits.descriptors)) {
        return Missing("setrlimit");
    }
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return Missing("no_new_privs");
    if (prctl(PR_SET_DUMPABLE, 0) != 0) return Missing("PR_SET_DUMPABLE");
    if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0) return Missing("PR_SET_PDEATHSIG");
    return {};
}

Result<> ConfineFiles(const std::string& folder) {
    // Debian 12's header knows version 2 only; later rights are written out (3: truncate, 4: net,
    // 5: ioctl, 6: scope).
    struct {
        uint64_t files, net, scoped;
    } rights{(1ull << 16) - 1, 3, 3};
    constexpr uint64_t kTruncate = 1ull << 14;
    const int version = LandlockVersion();
    if (version < 1) return Missing("Landlock");
    const size_t size = version >= 6 ? 24 : version >= 4 ? 16 : 8;
    if (version < 5) rights.files &= ~(1ull << 15);
    if (version < 3) rights.files &= ~kTruncate;
    if (version < 2) rights.files &= ~(1ull << 13);
    const Descriptor rules(
        static_cast<int>(syscall(SYS_landlock_create_ruleset, &rights, size, 0)));
    if (!rules) return Missing("landlock_create_ruleset");
    if (!folder.empty()) {
        const Descriptor parent(
            open(folder.c_str(), O_PATH | O_CLOEXEC | O_DIRECTORY | O_NOFOLLOW));
        if (!parent) return Missing("the spill folder");
        landlock_path_beneath_attr below{};
        below.parent_fd = parent.get();
        below.allowed_access = LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_WRITE_FILE |
                               LANDLOCK_ACCESS_FS_READ_DIR | LANDLOCK_ACCESS_FS_REMOVE_FILE |
                               LANDLOCK_ACCESS_FS_REMOVE_DIR | LANDLOCK_ACCESS_FS_MAKE_REG |
                               LANDLOCK_ACCESS_FS_MAKE_DIR | (rights.files & kTruncate);
        if (syscall(SYS_landlock_add_rule, rules.get(), LANDLOCK_RULE_PATH_BENEATH, &below, 0) != 0)
            return Missing("landlock_add_rule");
    }
    if (syscall(SYS_landlock_restrict_self, rules.get(), 0) != 0)
        return Missing("landlock_restrict_self");
    return {};
}

Result<> ConfineCalls() {
    Filter filter;
    for (const int call : kAllowed) filter.Allow(call);
    // clone3 hides its flags behind a pointer: "does not exist", so that glibc falls back to clone.
    filter.Refuse(SYS_clone3, ENOSYS);
    // DuckDB canonicalises the spill path part by part: "not a symbolic link".
    filter.Refuse(SYS_readlink, EINVAL);
    // Spilling asks kill(owner, 0) whether the owner of a temporary file lives: "not yours" means
    // that it does.
    filter.Refuse(SYS_kill, EPERM);
    filter.Refuse(SYS_ioctl, ENOTTY);
    filter.Refuse(SYS_prctl, EPERM);
    filter.AllowWith(SYS_clone, 0, CLONE_THREAD);
    filter.AllowWithout(SYS_mmap, 2, PROT_EXEC);
    filter.AllowWithout(SYS_mprotect, 2, PROT_EXEC);
    if (!filter.Install()) return Missing("seccomp with TSYNC");
    return {};
}

}  // namespace weft::io
