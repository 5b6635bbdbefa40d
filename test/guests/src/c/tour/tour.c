/* tour DIRECTORY [end=HOW] [ARGS...]: the walk through WASI of src/rust/tour, by the functions of wasi-libc. Only
   verdicts are printed of clocks and random numbers. Errors are numbers: errno on WASI is the standard's own list. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

extern char** environ;

static char root[512];

/* DIRECTORY/name, in one of four buffers used in turn. */
static const char* In(const char* name) {
  static char buffers[4][1024];
  static int turn;
  char* path = buffers[turn++ % 4];
  snprintf(path, sizeof buffers[0], "%s/%s", root, name);
  return path;
}

static void Show(const char* what, long long result) {
  if (result < 0) {
    printf("%s: errno %d\n", what, errno);
  } else {
    printf("%s: %lld\n", what, result);
  }
}

static int CompareNames(const void* a, const void* b) { return strcmp(*(char* const*)a, *(char* const*)b); }

static void Arguments(int argc, char** argv) {
  puts("[arguments]");
  for (int i = 0; i < argc; ++i) printf("%d: \"%s\" %zu\n", i, argv[i], strlen(argv[i]));
}

static void Environment(void) {
  puts("[environment]");
  size_t count = 0;
  while (environ[count] != NULL) ++count;
  qsort(environ, count, sizeof *environ, CompareNames);
  for (size_t i = 0; i < count; ++i) puts(environ[i]);
  printf("GREETING is %s, absent is %s\n", getenv("GREETING"), getenv("SURELY_NOT_SET") == NULL ? "null" : "set");
}

static void Streams(void) {
  puts("[streams]");
  char line[256];
  if (fgets(line, sizeof line, stdin) != NULL) printf("first line, %zu bytes: %s", strlen(line), line);
  int c, size = 0, lines = 0;
  while ((c = getchar()) != EOF) ++size, lines += c == '\n';
  printf("rest: %d bytes, %d line ends, eof %d\n", size, lines, feof(stdin) != 0);
  printf("read at end: %zd\n", read(0, line, sizeof line));
  printf("terminals: %d %d\n", isatty(0), isatty(1));
  fputs("written in ", stdout);
  fflush(stdout);
  puts("two pieces");
  fprintf(stderr, "to standard error: %d\n", size);
}

static void List(const char* name) {
  const char* path = *name == '\0' ? root : In(name);
  DIR* directory = opendir(path);
  if (directory == NULL) {
    Show("opendir", -1);
    return;
  }
  char* names[64];
  size_t count = 0;
  for (struct dirent* entry; count < 64 && (entry = readdir(directory)) != NULL;) {
    if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0) continue;
    char text[300];
    int type = entry->d_type;
    snprintf(text, sizeof text, "%s:%c", entry->d_name,
             type == DT_DIR   ? 'd'
             : type == DT_REG ? 'f'
             : type == DT_LNK ? 'l'
                              : '?');
    names[count++] = strdup(text);
  }
  closedir(directory);
  qsort(names, count, sizeof *names, CompareNames);
  printf("list /%s:", name);
  for (size_t i = 0; i < count; ++i) {
    printf(" %s", names[i]);
    free(names[i]);
  }
  putchar('\n');
}

static void PrintContent(const char* name) {
  char text[256];
  FILE* file = fopen(In(name), "rb");
  size_t size = file == NULL ? 0 : fread(text, 1, sizeof text, file);
  if (file != NULL) fclose(file);
  printf("%s holds %zu bytes:", name, size);
  for (size_t i = 0; i < size; ++i) printf(text[i] >= ' ' && text[i] <= '~' ? "%c" : "<%02x>", (unsigned char)text[i]);
  putchar('\n');
}

static void Files(void) {
  puts("[files]");
  FILE* file = fopen(In("tour.txt"), "w");
  fputs("one\ntwo\nthree\n", file);
  Show("close", fclose(file));
  file = fopen(In("tour.txt"), "a");
  fprintf(file, "four: %s\n", "ä€😀");
  fclose(file);
  PrintContent("tour.txt");

  int fd = open(In("tour.txt"), O_RDWR);
  char buffer[16] = "";
  Show("seek end", lseek(fd, -4, SEEK_END));
  Show("read tail", read(fd, buffer, sizeof buffer));
  Show("seek set", lseek(fd, 4, SEEK_SET));
  Show("write", write(fd, "TWO", 3));
  Show("position", lseek(fd, 0, SEEK_CUR));
  Show("seek before start", lseek(fd, -100, SEEK_CUR));
  Show("pread", pread(fd, buffer, 5, 8));
  Show("pwrite", pwrite(fd, "HREE", 4, 9));
  Show("position", lseek(fd, 0, SEEK_CUR));
  Show("seek beyond", lseek(fd, 100, SEEK_SET));
  Show("write", write(fd, "!", 1));
  struct stat stat_of;
  fstat(fd, &stat_of);
  printf("with hole: %lld, regular %d\n", (long long)stat_of.st_size, S_ISREG(stat_of.st_mode));
  Show("truncate", ftruncate(fd, 11));
  Show("sync", fsync(fd));
  struct timespec times[2] = {{.tv_nsec = UTIME_OMIT}, {.tv_sec = 1000000000, .tv_nsec = 500}};
  Show("times", futimens(fd, times));
  fstat(fd, &stat_of);
  printf("modified: %lld %ld\n", (long long)stat_of.st_mtim.tv_sec, stat_of.st_mtim.tv_nsec);
  Show("close", close(fd));
  Show("close again", close(fd));
  PrintContent("tour.txt");

  Show("rename", rename(In("tour.txt"), In("renamed.txt")));
  Show("link", link(In("renamed.txt"), In("second-name.txt")));
  stat(In("renamed.txt"), &stat_of);
  printf("links: %d\n", (int)stat_of.st_nlink);
  Show("unlink", unlink(In("second-name.txt")));
  Show("access", access(In("renamed.txt"), R_OK));
  Show("access", access(In("tour.txt"), R_OK));
}

static void Directories(void) {
  puts("[directories]");
  Show("mkdir", mkdir(In("made"), 0777));
  Show("mkdir", mkdir(In("made/empty"), 0777));
  for (int i = 0; i < 20; ++i) {
    char name[32];
    snprintf(name, sizeof name, "made/file-%02d", i);
    FILE* file = fopen(In(name), "w");
    for (int j = 0; j < i; ++j) fputc('x', file);
    fclose(file);
  }
  List("");
  List("made");
  Show("rmdir", rmdir(In("made/empty")));
  Show("rename", rename(In("made"), In("moved")));
  for (int i = 1; i < 20; ++i) {
    char name[32];
    snprintf(name, sizeof name, "moved/file-%02d", i);
    unlink(In(name));
  }
  Show("chdir", chdir(In("moved")));
  FILE* file = fopen("file-00", "r+");
  printf("relative: %d\n", file != NULL);
  if (file != NULL) fclose(file);
  List("moved");
}

static void Links(void) {
  puts("[links]");
  char target[64] = "";
  struct stat stat_of;
  Show("symlink", symlink("renamed.txt", In("link")));
  Show("readlink", readlink(In("link"), target, sizeof target));
  printf("target: %s\n", target);
  Show("short readlink", readlink(In("link"), target, 4));
  Show("lstat", lstat(In("link"), &stat_of));
  printf("is link: %d\n", S_ISLNK(stat_of.st_mode));
  Show("stat", stat(In("link"), &stat_of));
  printf("is file: %d %lld\n", S_ISREG(stat_of.st_mode), (long long)stat_of.st_size);
  Show("open without following", open(In("link"), O_RDONLY | O_NOFOLLOW));
  Show("dangling", symlink("nowhere", In("dangling")) == 0 ? stat(In("dangling"), &stat_of) : -1);
  Show("absolute", symlink("/etc/passwd", In("absolute")));
  Show("upwards", symlink("../../../etc", In("upwards")));
  Show("open through upwards", open(In("upwards/passwd"), O_RDONLY));
  Show("unlink", unlink(In("upwards")));
}

static void Errors(void) {
  puts("[errors]");
  Show("open missing", open(In("missing"), O_RDONLY));
  Show("create existing", open(In("renamed.txt"), O_CREAT | O_EXCL | O_WRONLY, 0666));
  Show("mkdir existing", mkdir(In("moved"), 0777));
  Show("rmdir full", rmdir(In("moved")));
  Show("rmdir file", rmdir(In("renamed.txt")));
  Show("unlink directory", unlink(In("moved")));
  Show("file as directory", open(In("renamed.txt/x"), O_RDONLY));
  Show("open with O_DIRECTORY", open(In("renamed.txt"), O_RDONLY | O_DIRECTORY));
  Show("above the root", open(In("../outside"), O_RDONLY));
  Show("absolute elsewhere", open("/etc/passwd", O_RDONLY));
  Show("bad descriptor", write(77, "x", 1));
  int fd = open(In("renamed.txt"), O_RDONLY);
  Show("write to a reader", write(fd, "x", 1));
  Show("seek in stdin", lseek(0, 0, SEEK_CUR));
  close(fd);
}

static long long Now(clockid_t clock) {
  struct timespec now;
  return clock_gettime(clock, &now) == 0 ? now.tv_sec * 1000000000LL + now.tv_nsec : -1;
}

static void Clocks(void) {
  puts("[clocks]");
  int ordered = 1;
  long long before = Now(CLOCK_MONOTONIC);
  for (int i = 0; i < 100; ++i) {
    long long now = Now(CLOCK_MONOTONIC);
    ordered &= now >= before;
    before = now;
  }
  printf("monotonic: %d\n", ordered);
  struct timespec five_ms = {.tv_nsec = 5000000};
  Show("nanosleep", nanosleep(&five_ms, NULL));
  printf("slept: %d\n", Now(CLOCK_MONOTONIC) - before >= 5000000);
  printf("after 2020: %d\n", Now(CLOCK_REALTIME) > 1577836800LL * 1000000000LL);
  struct timespec resolution = {0};
  Show("resolution", clock_getres(CLOCK_MONOTONIC, &resolution));
  printf("positive: %d\n", resolution.tv_nsec > 0 || resolution.tv_sec > 0);
}

static void Random(void) {
  puts("[random]");
  unsigned char a[32] = {0}, b[32] = {0};
  Show("getentropy", getentropy(a, sizeof a));
  Show("getentropy", getentropy(b, sizeof b));
  printf("differ: %d\n", memcmp(a, b, sizeof a) != 0);
}

int main(int argc, char** argv) {
  if (argc < 2) {
    fputs("usage: tour DIRECTORY [end=HOW] [ARGS...]\n", stderr);
    return 2;
  }
  snprintf(root, sizeof root, "%s", argv[1]);
  Arguments(argc, argv);
  Environment();
  Streams();
  List("");
  Files();
  Directories();
  Links();
  Errors();
  Clocks();
  Random();
  puts("[end]");
  const char* end = argc > 2 ? argv[2] : "";
  if (strcmp(end, "end=failure") == 0) return 1;
  if (strcmp(end, "end=exit-7") == 0) exit(7);
  fflush(stdout);
  if (strcmp(end, "end=abort") == 0) abort();
  if (strcmp(end, "end=quick") == 0) _Exit(9);
  return 0;
}
