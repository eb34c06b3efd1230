internal import Glibc

/// Standard input, output and error.
enum StandardDescriptors {
  /// Opens those at /dev/null that whoever started the process has closed. Otherwise the next file or socket would get
  /// such a number, and lines of the log would go into it.
  static func fill() {
    for descriptor in [STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO] where fcntl(descriptor, F_GETFD) < 0 {
      // The lowest that is free is taken (open(2)), which is this one. It stays open to the end.
      _ = open("/dev/null", O_RDWR)
    }
  }
}
