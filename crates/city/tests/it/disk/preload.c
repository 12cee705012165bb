// Preloaded into a process, it writes down what the process does to the files of one folder, in order, and makes
// chosen calls fail. QIAO_DISK_FOLDER is the folder, QIAO_DISK_TRACE the file for what happens (mod.rs reads it), and
// QIAO_DISK_FAULT, if set, "sync|write FIRST COUNT": so many of these calls fail from the FIRST on, which is counted
// from the moment at which the file `journal` is made. The journal itself never fails.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum kind { CREATE = 'C', WRITE = 'W', TRUNCATE = 'T', UNLINK = 'U', SYNC = 'S', SYNC_FAILED = 'F', SYNC_FOLDER = 'D' };
enum { MOST_FILES = 4096, FOLDER = MOST_FILES };

static pthread_mutex_t one_at_a_time = PTHREAD_MUTEX_INITIALIZER;
static char *paths[MOST_FILES]; // By number; NULL once the file was removed.
static int files = 1;           // Number 0 is of no file.
static int file_of_fd[4096];
static int journal, trace = -1;
static const char *folder, *failing = "";
static long calls, fail_from, fail_count;

static void *next(const char *name) { return dlsym(RTLD_NEXT, name); }
#define NEXT(name, ...) ((__typeof__(&name))next(#name))(__VA_ARGS__)

__attribute__((constructor)) static void begin(void) {
  folder = getenv("QIAO_DISK_FOLDER");
  const char *trace_path = getenv("QIAO_DISK_TRACE"), *fault = getenv("QIAO_DISK_FAULT");
  static char kind[8];
  if (!folder || !trace_path) return;
  if (fault && sscanf(fault, "%7s %ld %ld", kind, &fail_from, &fail_count) == 3) failing = kind;
  trace = NEXT(open, trace_path, O_WRONLY | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC, 0644);
}

// A record is 17 bytes, kind, file, offset and length, and then the data.
static void note(enum kind kind, uint32_t file, uint64_t offset, const void *data, uint32_t length) {
  unsigned char head[17] = {kind};
  memcpy(head + 1, &file, 4);
  memcpy(head + 5, &offset, 8);
  memcpy(head + 13, &length, 4);
  if (NEXT(write, trace, head, sizeof head) != sizeof head || NEXT(write, trace, data, length) != (ssize_t)length) abort();
}

static int fails(const char *kind, int file) {
  if (!journal || file == journal || strcmp(kind, failing)) return 0;
  calls++;
  return calls >= fail_from && calls < fail_from + fail_count;
}

static int is_inside(const char *path) {
  size_t length = folder && trace >= 0 ? strlen(folder) : 0;
  // The index of a write-ahead log is rebuilt whenever the log is opened; nothing in it lasts.
  return length && !strncmp(path, folder, length) && !strstr(path, "-shm");
}

static int number_of(const char *path) {
  for (int file = 1; file < files; file++)
    if (paths[file] && !strcmp(paths[file], path)) return file;
  return 0;
}

static int opened(int fd, const char *path, int existed) {
  struct stat status;
  if (fd < 0 || fd >= 4096 || !is_inside(path) || fstat(fd, &status)) return fd;
  pthread_mutex_lock(&one_at_a_time);
  if (S_ISDIR(status.st_mode)) {
    file_of_fd[fd] = FOLDER;
  } else {
    int file = existed ? number_of(path) : 0;
    if (!file) {
      if (files == MOST_FILES) abort();
      paths[file = files++] = strdup(path);
      note(CREATE, file, 0, path, strlen(path));
      if (!strcmp(strrchr(path, '/'), "/journal")) journal = file;
    }
    file_of_fd[fd] = file;
  }
  pthread_mutex_unlock(&one_at_a_time);
  return fd;
}

#define OPEN(name)                                                                                                     \
  int name(const char *path, int flags, ...) {                                                                         \
    va_list more;                                                                                                      \
    va_start(more, flags);                                                                                             \
    int mode = flags & O_CREAT ? va_arg(more, int) : 0, existed = !access(path, F_OK);                                 \
    va_end(more);                                                                                                      \
    return opened(NEXT(name, path, flags, mode), path, existed);                                                       \
  }
OPEN(open)
OPEN(open64)

int close(int fd) {
  if (fd >= 0 && fd < 4096) file_of_fd[fd] = 0;
  return NEXT(close, fd);
}

int unlink(const char *path) {
  int result = NEXT(unlink, path);
  if (result || !is_inside(path)) return result;
  pthread_mutex_lock(&one_at_a_time);
  int file = number_of(path);
  if (file) {
    note(UNLINK, file, 0, path, strlen(path));
    paths[file] = NULL;
  }
  pthread_mutex_unlock(&one_at_a_time);
  return result;
}

static int file_of(int fd) { return fd >= 0 && fd < 4096 ? file_of_fd[fd] : 0; }

// A disk that is full takes the first half of what does not fit.
static ssize_t written(int fd, const void *data, size_t length, off_t offset) {
  int file = file_of(fd);
  pthread_mutex_lock(&one_at_a_time);
  ssize_t result = length;
  if (fails("write", file)) result = calls == fail_from ? (ssize_t)length / 2 : 0;
  if (result) result = NEXT(pwrite, fd, data, result, offset);
  if (result > 0) note(WRITE, file, offset, data, result);
  pthread_mutex_unlock(&one_at_a_time);
  if (result || !length) return result;
  errno = ENOSPC;
  return -1;
}

ssize_t pwrite(int fd, const void *data, size_t length, off_t offset) {
  return file_of(fd) ? written(fd, data, length, offset) : NEXT(pwrite, fd, data, length, offset);
}
ssize_t pwrite64(int fd, const void *data, size_t length, off_t offset) { return pwrite(fd, data, length, offset); }

ssize_t write(int fd, const void *data, size_t length) {
  if (!file_of(fd)) return NEXT(write, fd, data, length);
  ssize_t result = written(fd, data, length, fcntl(fd, F_GETFL) & O_APPEND ? lseek(fd, 0, SEEK_END) : lseek(fd, 0, SEEK_CUR));
  if (result > 0) lseek(fd, result, SEEK_CUR);
  return result;
}

int ftruncate(int fd, off_t length) {
  int file = file_of(fd);
  if (!file) return NEXT(ftruncate, fd, length);
  pthread_mutex_lock(&one_at_a_time);
  int result = fails("write", file) ? -1 : NEXT(ftruncate, fd, length);
  if (result) errno = EIO;
  else note(TRUNCATE, file, length, "", 0);
  pthread_mutex_unlock(&one_at_a_time);
  return result;
}
int ftruncate64(int fd, off_t length) { return ftruncate(fd, length); }

static int synced(int fd, int (*sync)(int)) {
  int file = file_of(fd);
  if (!file) return sync(fd);
  pthread_mutex_lock(&one_at_a_time);
  int failed = fails("sync", file);
  // What "durable" means is for the reader of the trace to say: the real disk need not be waited for.
  if (file == FOLDER) {
    if (!failed) note(SYNC_FOLDER, 0, 0, "", 0);
  } else note(failed ? SYNC_FAILED : SYNC, file, 0, "", 0);
  pthread_mutex_unlock(&one_at_a_time);
  if (failed) errno = EIO;
  return failed ? -1 : 0;
}
int fsync(int fd) { return synced(fd, next("fsync")); }
int fdatasync(int fd) { return synced(fd, next("fdatasync")); }
