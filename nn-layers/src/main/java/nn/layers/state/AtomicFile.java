package nn.layers.state;

import java.io.BufferedOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.UUID;

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
    checkPlace(target);
    Path temporary = temporary(target);
    try (Removal _ = new Removal(temporary)) { // gone already if the rename succeeded
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
          "cannot write " + target + ": " + reason(e, temporary) + "; what was there is unchanged",
          e);
    }
  }

  /// Removes a file at the end of a block, without hiding why the block failed.
  private record Removal(Path file) implements Closeable {
    @Override
    public void close() throws IOException {
      Files.deleteIfExists(file);
    }
  }

  /// Finds out early whether a file can be written there, before work that would be lost: makes and removes a temporary
  /// file beside it.
  ///
  /// @throws IOException if not: the message names the file and the reason
  public static void check(Path target) throws IOException {
    checkPlace(target);
    Path temporary = temporary(target);
    try (Removal _ = new Removal(temporary)) {
      Files.createFile(temporary);
    } catch (IOException e) {
      throw new IOException("cannot write " + target + ": " + reason(e, temporary), e);
    }
  }

  private static void checkPlace(Path target) throws IOException {
    Path folder = folder(target);
    if (!Files.isDirectory(folder)) {
      throw new IOException("cannot write " + target + ": there is no folder " + folder);
    }
    if (Files.isDirectory(target)) {
      throw new IOException("cannot write " + target + ": it is a folder");
    }
  }

  private static Path folder(Path target) {
    Path parent = target.toAbsolutePath().getParent();
    return parent == null ? target.toAbsolutePath() : parent;
  }

  /// A name that no other writer has, so that neither another thread nor what a crash left behind is in the way.
  private static Path temporary(Path target) {
    return folder(target).resolve("." + target.getFileName() + "." + UUID.randomUUID() + ".tmp");
  }

  private static void move(Path from, Path to) throws IOException {
    try {
      Files.move(from, to, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (AtomicMoveNotSupportedException e) {
      Files.move(from, to, StandardCopyOption.REPLACE_EXISTING);
    }
  }

  /// Why it failed: at the file itself, or at another one that its content comes from.
  private static String reason(IOException e, Path temporary) {
    return switch (e) {
      case NoSuchFileException missing -> "there is no " + missing.getFile();
      case AccessDeniedException denied when temporary.toString().equals(denied.getFile()) ->
          "no permission to write into its folder";
      case AccessDeniedException denied -> "no permission for " + denied.getFile();
      case FileSystemException system when system.getReason() != null ->
          system.getReason();
      default -> e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
    };
  }
}
