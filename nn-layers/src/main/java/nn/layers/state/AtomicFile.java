package nn.layers.state;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/// Writes a file so that a crash, a full disk or an error leaves either the old file or the new one, never a part: to a
/// temporary file beside it, flushed to the disk, then renamed.
public final class AtomicFile {
  /// What is to be written.
  @FunctionalInterface
  public interface Content {
    void write(OutputStream out) throws IOException;
  }

  private AtomicFile() {}

  /// Writes `content` to `target`, replacing what was there.
  ///
  /// @throws IOException if that cannot be done: the message names the file and the reason, and what was there stays
  public static void write(Path target, Content content) throws IOException {
    Path temporary = temporary(target);
    try {
      try (FileChannel channel =
          FileChannel.open(temporary, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
        OutputStream out = new BufferedOutputStream(Channels.newOutputStream(channel), 1 << 16);
        content.write(out);
        out.flush();
        channel.force(true);
      }
      move(temporary, target);
    } catch (IOException e) {
      throw new IOException(
          "cannot write " + target + ": " + reason(e) + "; what was there is unchanged", e);
    } finally {
      Files.deleteIfExists(temporary); // gone already if the rename succeeded
    }
  }

  /// Finds out early whether a file can be written there, before work that would be lost: makes and removes a temporary
  /// file beside it.
  ///
  /// @throws IOException if not: the message names the file and the reason
  public static void check(Path target) throws IOException {
    Path folder = folder(target);
    if (!Files.isDirectory(folder)) {
      throw new IOException("cannot write " + target + ": there is no folder " + folder);
    }
    if (Files.isDirectory(target)) {
      throw new IOException("cannot write " + target + ": it is a folder");
    }
    Path temporary = temporary(target);
    try {
      Files.createFile(temporary);
    } catch (IOException e) {
      throw new IOException("cannot write " + target + ": " + reason(e), e);
    } finally {
      Files.deleteIfExists(temporary);
    }
  }

  private static Path folder(Path target) {
    Path parent = target.toAbsolutePath().getParent();
    return parent == null ? target.toAbsolutePath() : parent;
  }

  private static Path temporary(Path target) {
    return folder(target)
        .resolve("." + target.getFileName() + "." + ProcessHandle.current().pid() + ".tmp");
  }

  private static void move(Path from, Path to) throws IOException {
    try {
      Files.move(from, to, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (AtomicMoveNotSupportedException e) {
      Files.move(from, to, StandardCopyOption.REPLACE_EXISTING);
    }
  }

  private static String reason(IOException e) {
    return switch (e) {
      case NoSuchFileException _ -> "there is no folder for it";
      case AccessDeniedException _ -> "no permission";
      case FileAlreadyExistsException exists ->
          "another process is writing it (" + exists.getFile() + ")";
      case FileSystemException system when system.getReason() != null ->
          system.getReason();
      default -> e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
    };
  }
}
