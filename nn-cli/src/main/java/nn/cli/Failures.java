package nn.cli;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import nn.finetune.NonFiniteLossException;
import org.jspecify.annotations.Nullable;

/// Puts what went wrong into one message for a person.
final class Failures {
  private Failures() {}

  /// What went wrong, where, and what to do, as far as the exception knows.
  ///
  /// @param hasBatch whether the command that failed has the option `--batch`
  static String describe(Throwable failure, boolean hasBatch) {
    return switch (failure) {
      case UncheckedIOException e when e.getCause() != null -> describe(e.getCause(), hasBatch);
      case NoSuchFileException e -> e.getFile() + ": there is no such file or folder";
      case NotDirectoryException e -> e.getFile() + ": is not a folder";
      case AccessDeniedException e -> e.getFile() + ": no permission";
      case FileNotFoundException e -> text(e.getMessage(), e);
      case FileSystemException e ->
          e.getFile() + ": " + text(e.getReason(), e);
      case IOException e -> text(e.getMessage(), e);
      case OutOfMemoryError _ ->
          "not enough memory: " + (hasBatch ? "try a smaller --batch, or " : "")
              + "give Java more, as in GRAFT_JAVA_OPTS=-Xmx4g";
      case NonFiniteLossException e -> e.getMessage() + " (--rate and --clip say how)";
      case IllegalArgumentException e when e.getMessage() != null -> e.getMessage();
      case IllegalStateException e when e.getMessage() != null -> e.getMessage();
      case NullPointerException e -> unexpected(e);
      case IndexOutOfBoundsException e -> unexpected(e);
      case ClassCastException e -> unexpected(e);
      case Error e -> unexpected(e);
      default -> text(failure.getMessage(), failure);
    };
  }

  private static String text(@Nullable String message, Throwable failure) {
    return message == null || message.isBlank() ? unexpected(failure) : message;
  }

  private static String unexpected(Throwable failure) {
    return "this should not happen: " + failure + "; with --debug it says where";
  }
}
