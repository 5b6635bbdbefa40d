/* details WHAT [ARGS...]: single matters of preview 1 below libc's surface: polling, descriptor flags, reading
   directories in pieces, positions, limits, and every way in which a guest can trap. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <wasi/api.h>

static void Errno(const char* what, __wasi_errno_t error) { printf("%s: %u\n", what, error); }

static __wasi_subscription_t Timer(uint64_t tag, uint64_t nanoseconds, __wasi_subclockflags_t flags) {
  __wasi_subscription_t timer = {.userdata = tag};
  timer.u.tag = __WASI_EVENTTYPE_CLOCK;
  timer.u.u.clock.id = __WASI_CLOCKID_MONOTONIC;
  timer.u.u.clock.timeout = nanoseconds;
  timer.u.u.clock.flags = flags;
  return timer;
}

static __wasi_subscription_t Descriptor(uint64_t tag, __wasi_fd_t fd, __wasi_eventtype_t type) {
  __wasi_subscription_t wait = {.userdata = tag};
  wait.u.tag = type;
  wait.u.u.fd_read.file_descriptor = fd;
  return wait;
}

static void PollOnce(const char* what, const __wasi_subscription_t* in, size_t size) {
  __wasi_event_t events[8];
  __wasi_size_t count = 0;
  __wasi_errno_t error = __wasi_poll_oneoff(in, events, size, &count);
  printf("%s: error %u, %u events:", what, error, (unsigned)count);
  for (unsigned i = 0; error == 0 && i < count; ++i) {
    printf(" %u/%u/%u", (unsigned)events[i].userdata, events[i].error, events[i].type);
  }
  putchar('\n');
}

static void Poll(void) {
  __wasi_timestamp_t start = 0, end = 0;
  Errno("clock", __wasi_clock_time_get(__WASI_CLOCKID_MONOTONIC, 1, &start));
  __wasi_subscription_t timers[2] = {Timer(11, 3000000, 0), Timer(22, 3600000000000, 0)};
  PollOnce("two timers", timers, 2);
  Errno("clock", __wasi_clock_time_get(__WASI_CLOCKID_MONOTONIC, 1, &end));
  printf("waited: %d\n", end - start >= 3000000);
  __wasi_subscription_t absolute[1] = {Timer(33, start, __WASI_SUBCLOCKFLAGS_SUBSCRIPTION_CLOCK_ABSTIME)};
  PollOnce("absolute, past", absolute, 1);
  __wasi_subscription_t input[2] = {Descriptor(44, 0, __WASI_EVENTTYPE_FD_READ), timers[1]};
  PollOnce("standard input", input, 2);
  __wasi_subscription_t output[2] = {Descriptor(55, 1, __WASI_EVENTTYPE_FD_WRITE), timers[1]};
  PollOnce("standard output", output, 2);
  PollOnce("nothing", timers, 0);
  struct pollfd descriptors[2] = {{.fd = 0, .events = POLLIN}, {.fd = 1, .events = POLLOUT}};
  int ready = poll(descriptors, 2, 1000);
  printf("poll: %d, out %d\n", ready > 0, (descriptors[1].revents & POLLOUT) != 0);
  printf("poll of nothing: %d\n", poll(NULL, 0, 2) <= 0);
}

/* What __wasi_fd_fdstat_get says of a descriptor, without the rights, which engines no longer agree on. */
static void Status(const char* what, int fd) {
  __wasi_fdstat_t status;
  __wasi_errno_t error = __wasi_fd_fdstat_get(fd, &status);
  if (error != 0) {
    Errno(what, error);
  } else {
    printf("%s: type %u, flags %u\n", what, status.fs_filetype, status.fs_flags);
  }
}

static void Descriptors(const char* directory) {
  char path[512];
  snprintf(path, sizeof path, "%s/descriptors.txt", directory);
  __wasi_prestat_t prestat;
  Errno("prestat of 3", __wasi_fd_prestat_get(3, &prestat));
  printf("preopen name: %u bytes\n", (unsigned)prestat.u.dir.pr_name_len);
  Errno("prestat of 4", __wasi_fd_prestat_get(4, &prestat));
  Status("directory", 3);
  int fd = open(path, O_RDWR | O_CREAT | O_TRUNC, 0666);
  Status("file", fd);
  write(fd, "0123456789", 10);
  Errno("set append", __wasi_fd_fdstat_set_flags(fd, __WASI_FDFLAGS_APPEND));
  Status("appending", fd);
  lseek(fd, 0, SEEK_SET);
  write(fd, "abc", 3);
  printf("after appending: %lld\n", (long long)lseek(fd, 0, SEEK_CUR));
  Errno("advise", __wasi_fd_advise(fd, 0, 5, __WASI_ADVICE_SEQUENTIAL));
  Errno("datasync", __wasi_fd_datasync(fd));
  __wasi_filestat_t stat_of;
  Errno("filestat", __wasi_fd_filestat_get(fd, &stat_of));
  printf("size %llu, type %u, links %llu\n", stat_of.size, stat_of.filetype, stat_of.nlink);
  Errno("set size", __wasi_fd_filestat_set_size(fd, 4));
  int other = open(path, O_RDONLY);
  Errno("renumber", __wasi_fd_renumber(other, fd));
  Status("renumbered away", other);
  char buffer[16] = "";
  printf("reads: %zd %s\n", read(fd, buffer, sizeof buffer), buffer);
  /* A host may take fewer pieces than offered; the rest goes in a second call. */
  __wasi_ciovec_t pieces[3] = {{(const uint8_t*)"ga", 2}, {(const uint8_t*)"", 0}, {(const uint8_t*)"thered\n", 7}};
  __wasi_size_t written = 0;
  __wasi_errno_t error = __wasi_fd_write(1, pieces, 3, &written);
  if (written == 2) error = __wasi_fd_write(1, pieces + 1, 2, &written);
  Errno("write in pieces", error);
  Errno("close preopen", __wasi_fd_close(3));
  printf("open after that: %d\n", open(path, O_RDONLY) >= 0);
}

/* Reads a directory through a buffer too small for it, resuming by cookie; prints how many names came and their sum. */
static void Readdir(const char* directory) {
  char path[512];
  for (int i = 0; i < 100; ++i) {
    snprintf(path, sizeof path, "%s/entry-%02d-%.*s", directory, i, i % 17, "abcdefghijklmnopqrstuvwxyz");
    close(open(path, O_CREAT | O_WRONLY, 0666));
  }
  uint8_t buffer[100];
  __wasi_dircookie_t cookie = 0;
  unsigned names = 0, bytes = 0;
  for (__wasi_size_t used = sizeof buffer; used == sizeof buffer;) {
    __wasi_errno_t error = __wasi_fd_readdir(3, buffer, sizeof buffer, cookie, &used);
    if (error != 0) {
      Errno("readdir", error);
      return;
    }
    for (__wasi_size_t at = 0; at + sizeof(__wasi_dirent_t) <= used;) {
      __wasi_dirent_t entry;
      memcpy(&entry, buffer + at, sizeof entry);
      at += sizeof entry + entry.d_namlen;
      if (at > used) break;
      cookie = entry.d_next;
      ++names;
      bytes += entry.d_namlen;
    }
  }
  printf("entries with dots: %u, bytes of names: %u\n", names, bytes);
}

static int recursion_limit = -1;

static int Recurse(int depth) {
  volatile char frame[64];
  frame[depth & 63] = (char)depth;
  return depth == recursion_limit ? 0 : Recurse(depth + 1) + frame[depth & 63];
}

typedef double (*WrongType)(double, double);

static void Trap(const char* how) {
  volatile int zero = 0, minimum = INT32_MIN, minus_one = -1;
  volatile double huge = 1e30;
  volatile uintptr_t address = 0xfffffff0u;
  if (strcmp(how, "unreachable") == 0) __builtin_trap();
  if (strcmp(how, "divide") == 0) printf("%d\n", 7 / zero);
  if (strcmp(how, "overflow") == 0) printf("%d\n", minimum / minus_one);
  if (strcmp(how, "convert") == 0) printf("%d\n", __builtin_wasm_trunc_s_i32_f64(huge));
  if (strcmp(how, "load") == 0) printf("%d\n", *(volatile int*)address);
  if (strcmp(how, "store") == 0) *(volatile char*)address = 1;
  if (strcmp(how, "signature") == 0)
    printf("%f\n", ((WrongType)(uintptr_t)(volatile uintptr_t){(uintptr_t)Recurse})(1, 2));
  if (strcmp(how, "table") == 0) ((void (*)(void))address)();
  if (strcmp(how, "null-call") == 0) ((void (*)(void))(uintptr_t)(volatile uintptr_t){0})();
  if (strcmp(how, "stack") == 0) printf("%d\n", Recurse(0));
  if (strcmp(how, "fill") == 0) memset((void*)(address & 0x7fffffff), 0, 1 << 20);
  printf("no trap by %s\n", how);
}

int main(int argc, char** argv) {
  setvbuf(stdout, NULL, _IOLBF, 0);
  const char* what = argc > 1 ? argv[1] : "";
  const char* argument = argc > 2 ? argv[2] : "";
  if (strcmp(what, "poll") == 0) {
    Poll();
  } else if (strcmp(what, "descriptors") == 0) {
    Descriptors(argument);
  } else if (strcmp(what, "readdir") == 0) {
    Readdir(argument);
  } else if (strcmp(what, "trap") == 0) {
    printf("before\n");
    Trap(argument);
  } else if (strcmp(what, "exit") == 0) {
    exit(atoi(argument));
  } else if (strcmp(what, "raise") == 0) {
    __wasi_proc_exit((__wasi_exitcode_t)strtoul(argument, NULL, 10));
  } else if (strcmp(what, "unread") == 0) {
    fclose(stdin);
    puts("closed");
  } else {
    return 64;
  }
  return 0;
}
