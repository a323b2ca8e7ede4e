package nn.cli.demo;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import javax.imageio.ImageIO;
import nn.core.NdArray;
import nn.core.Tensor;
import nn.finetune.data.Dataset;
import nn.layers.image.Pixels;
import nn.layers.state.AtomicFile;
import nn.layers.state.ModelFile;
import nn.layers.zoo.ModelZoo;

/// What the demonstration has to show: pictures with what the network says about them, the curve, and pictures to try.
public final class Gallery {
  private static final int SHOWN = 32; // test pictures on the sheet: the first ones, not the best
  private static final int COLUMNS = 8;
  private static final int TO_TRY = 40; // test pictures as files

  private final CarsAndTrucks experiment;
  private final Findings findings;

  /// @param experiment which has been run
  public Gallery(CarsAndTrucks experiment, Findings findings) {
    this.experiment = experiment;
    this.findings = findings;
  }

  /// The curve of accuracy against the number of examples.
  public BufferedImage curve() {
    return Curve.of(findings);
  }

  /// Test pictures with what the transferred network says about each.
  public BufferedImage predictions() throws IOException {
    ModelFile trucks = ModelFile.read(experiment.trucksFile(), ModelZoo::create);
    Dataset test = experiment.test();
    List<ContactSheet.Print> prints = new ArrayList<>();
    for (int i = 0; i < SHOWN; i++) {
      Pixels image = test.image(i);
      NdArray input = CarsAndTrucks.PREPROCESSING.apply(image);
      NdArray odds =
          Tensor.constant(trucks.network().forward(input)).softmax().value();
      int said = odds.at(0, 1) > odds.at(0, 0) ? 1 : 0;
      prints.add(
          new ContactSheet.Print(
              picture(image),
              String.format(
                  Locale.ROOT, "%s %.0f %%", test.classes().get(said), 100 * odds.at(0, said)),
              said == test.label(i)));
    }
    return ContactSheet.of(
        "What the network that knew cars says after "
            + findings.rows().getLast().examples() + " examples of each class",
        prints,
        COLUMNS);
  }

  /// Writes test pictures as files, in a folder for each class.
  ///
  /// @return the folder
  public Path writePictures(Path folder) throws IOException {
    Dataset test = experiment.test();
    for (int i = 0; i < TO_TRY; i++) {
      Path of = Files.createDirectories(folder.resolve(test.classes().get(test.label(i))));
      BufferedImage picture = picture(test.image(i));
      AtomicFile.write(of.resolve(i + ".png"), out -> ImageIO.write(picture, "png", out));
    }
    return folder;
  }

  private static BufferedImage picture(Pixels image) {
    BufferedImage picture =
        new BufferedImage(image.width(), image.height(), BufferedImage.TYPE_INT_RGB);
    for (int y = 0; y < image.height(); y++) {
      for (int x = 0; x < image.width(); x++) {
        picture.setRGB(
            x, y, image.at(x, y, 0) << 16 | image.at(x, y, 1) << 8 | image.at(x, y, 2));
      }
    }
    return picture;
  }
}
