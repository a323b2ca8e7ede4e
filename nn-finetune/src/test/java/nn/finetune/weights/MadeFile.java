package nn.finetune.weights;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/// A file of PyTorch made by hand, new (zip) or old (pickles one after another).
final class MadeFile {
  private final byte[] pickle;
  private final Map<String, float[]> storages = new LinkedHashMap<>();
  private final Map<String, byte[]> others = new LinkedHashMap<>();
  private ByteOrder order = ByteOrder.LITTLE_ENDIAN;

  private MadeFile(byte[] pickle) {
    this.pickle = pickle;
  }

  static MadeFile of(Pickle pickle) {
    return new MadeFile(pickle.stop());
  }

  MadeFile bigEndian() {
    order = ByteOrder.BIG_ENDIAN;
    return this;
  }

  MadeFile storage(String key, float... values) {
    storages.put(key, values);
    return this;
  }

  private static byte[] bytes(float[] values, ByteOrder order) {
    ByteBuffer bytes = ByteBuffer.allocate(4 * values.length).order(order);
    for (float value : values) {
      bytes.putFloat(value);
    }
    return bytes.array();
  }

  MadeFile entry(String name, String text) {
    others.put(name, text.getBytes());
    return this;
  }

  byte[] zip(int method) throws IOException {
    Map<String, byte[]> entries = new LinkedHashMap<>();
    entries.put("data.pkl", pickle);
    entries.put("byteorder", (order == ByteOrder.BIG_ENDIAN ? "big" : "little").getBytes());
    entries.putAll(others);
    storages.forEach((key, values) -> entries.put("data/" + key, bytes(values, order)));
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(out)) {
      for (Map.Entry<String, byte[]> entry : entries.entrySet()) {
        ZipEntry to = new ZipEntry("made/" + entry.getKey());
        to.setMethod(method);
        CRC32 crc = new CRC32();
        crc.update(entry.getValue());
        to.setCrc(crc.getValue());
        to.setSize(entry.getValue().length);
        zip.putNextEntry(to);
        zip.write(entry.getValue());
      }
    }
    return out.toByteArray();
  }

  /// The numbers are little-endian on every machine, how many there are was as the machine has it.
  byte[] legacy() {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes(
        Pickle.start()
            .op(0x8a, 10, 0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19)
            .stop());
    out.writeBytes(Pickle.start().number(1001).stop());
    int little = order == ByteOrder.LITTLE_ENDIAN ? 0x88 : 0x89;
    out.writeBytes(Pickle.start().op('}').text("little_endian").op(little, 's').stop());
    out.writeBytes(pickle);
    List<String> keys = new ArrayList<>(storages.keySet());
    Pickle list = Pickle.start().op(']', '(');
    keys.forEach(list::text);
    out.writeBytes(list.op('e').stop());
    for (String key : keys) {
      float[] values = storages.get(key);
      out.writeBytes(ByteBuffer.allocate(8).order(order).putLong(values.length).array());
      out.writeBytes(bytes(values, ByteOrder.LITTLE_ENDIAN));
    }
    return out.toByteArray();
  }

  Path zipIn(Path folder) throws IOException {
    return Files.write(folder.resolve("made.pt"), zip(ZipEntry.STORED));
  }

  Path legacyIn(Path folder) throws IOException {
    return Files.write(folder.resolve("old.pt"), legacy());
  }

  /// Writes in place: far cheaper, thousands of times over, than a file made empty first.
  static void overwrite(Path file, byte[] bytes) throws IOException {
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
      channel.write(ByteBuffer.wrap(bytes), 0);
      if (channel.size() > bytes.length) {
        channel.truncate(bytes.length);
      }
    }
  }
}
