package nn.core.kernel;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import nn.core.ConvSettings;
import nn.core.Shape;
import org.ejml.data.FMatrixRMaj;
import org.ejml.dense.row.CommonOps_FDRM;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class KernelsTest {
  static List<Kernels> implementations() {
    return KernelChoice.available();
  }

  @ParameterizedTest
  @MethodSource("implementations")
  void matrixProductsOfAllSmallSizesAreTheSumsOfTheirProducts(Kernels kernels) {
    KernelChecks.matmulOfAllSizes(kernels);
  }

  @ParameterizedTest
  @MethodSource("implementations")
  void matrixProductsThatAreCutIntoBlocksAreTheSumsOfTheirProducts(Kernels kernels) {
    KernelChecks.matmulOfLargeSizes(kernels);
  }

  @ParameterizedTest
  @MethodSource("implementations")
  void matrixProductsCarryNotANumberAndInfinityWhereTheyBelong(Kernels kernels) {
    KernelChecks.matmulWithNotFinite(kernels);
  }

  @ParameterizedTest
  @MethodSource("implementations")
  void convolutionsAndTheirGradientsAreTheSumsOverTheirTaps(Kernels kernels) {
    ConvolutionChecks.convolutions(kernels, 150);
  }

  @ParameterizedTest
  @MethodSource("implementations")
  void convolutionsCarryNotANumberAndInfinityWhereTheyBelong(Kernels kernels) {
    ConvolutionChecks.convolutionWithNotFinite(kernels);
  }

  @ParameterizedTest
  @MethodSource("implementations")
  void exponentialsAreCloseToTheExactOnesEverywhere(Kernels kernels) {
    KernelChecks.maps(kernels);
  }

  @ParameterizedTest
  @MethodSource("implementations")
  void sumsDotsAndMaximaAreCloseToTheExactOnes(Kernels kernels) {
    KernelChecks.reductions(kernels);
  }

  @ParameterizedTest
  @MethodSource("implementations")
  void sumsOverRowsLeaveOutWhatLiesBetween(Kernels kernels) {
    KernelChecks.reductionsOverRows(kernels);
    NormChecks.batchNormsOverRows(kernels);
  }

  @ParameterizedTest
  @MethodSource("implementations")
  void theGradientOfGeluIsCloseToTheExactOne(Kernels kernels) {
    KernelChecks.gradientOfGelu(kernels);
  }

  @ParameterizedTest
  @MethodSource("implementations")
  void affineMapsAndTheirGradientsKeepTheirLimits(Kernels kernels) {
    NormChecks.affineMaps(kernels);
  }

  @ParameterizedTest
  @MethodSource("implementations")
  void gradientsOfBatchNormAreCloseToTheExactOnes(Kernels kernels) {
    NormChecks.batchNorms(kernels);
  }

  @ParameterizedTest
  @MethodSource("implementations")
  void layerNormAndItsGradientAreCloseToTheExactOnes(Kernels kernels) {
    NormChecks.layerNorms(kernels);
  }

  @ParameterizedTest
  @MethodSource("implementations")
  void softmaxAndItsGradientAreCloseToTheExactOnes(Kernels kernels) {
    NormChecks.softmaxes(kernels);
  }

  @ParameterizedTest
  @MethodSource("implementations")
  void maximaOfWindowsAreTheFirstOfTheLargestOrNotANumber(Kernels kernels) {
    PoolChecks.maxPools(kernels);
  }

  @ParameterizedTest
  @MethodSource("implementations")
  void matrixProductsAgreeWithEjml(Kernels kernels) {
    for (int[] size : new int[][] {{4, 5, 6}, {65, 77, 129}, {200, 33, 500}}) {
      FMatrixRMaj a = FMatrixRMaj.wrap(size[0], size[2], KernelChecks.random(size[0] * size[2], 1));
      FMatrixRMaj b = FMatrixRMaj.wrap(size[2], size[1], KernelChecks.random(size[2] * size[1], 2));
      FMatrixRMaj want = new FMatrixRMaj(size[0], size[1]);
      CommonOps_FDRM.mult(a, b, want);
      float[] got = new float[want.data.length];
      kernels.matmul(size[0], size[1], size[2], a.data, 0, b.data, 0, got, 0);
      assertArrayEquals(want.data, got, 1e-4f);
      FMatrixRMaj turned = CommonOps_FDRM.transpose(b, null);
      kernels.matmulTransposed(size[0], size[1], size[2], a.data, 0, turned.data, 0, got, 0);
      assertArrayEquals(want.data, got, 1e-4f);
      turned = CommonOps_FDRM.transpose(a, null);
      kernels.transposedMatmul(size[0], size[1], size[2], turned.data, 0, b.data, 0, got, 0);
      assertArrayEquals(want.data, got, 1e-4f);
    }
  }

  @ParameterizedTest
  @MethodSource("implementations")
  void resultsHaveTheSameBitsAtAnyNumberOfThreads(Kernels kernels) {
    int before = Parallel.threads();
    try {
      List<float[]> first = List.of();
      for (int threads : new int[] {1, 2, 3}) {
        Parallel.threads(threads);
        List<float[]> results = results(kernels);
        if (threads > 1) {
          for (int i = 0; i < results.size(); i++) {
            assertArrayEquals(
                first.get(i), results.get(i), "result " + i + " at " + threads + " threads");
          }
        }
        first = results;
      }
    } finally {
      Parallel.threads(before);
    }
  }

  private static List<float[]> results(Kernels kernels) {
    List<float[]> results = new ArrayList<>();
    for (int[] size : new int[][] {{200, 300, 900}, {8, 300, 520}, {40, 150, 60}, {1, 3000, 200},
        {2000, 1, 70}, {64, 64, 64},
        {3000, 3, 70},
        {300, 10, 1100}}) {
      float[] a = KernelChecks.random(size[0] * size[2], 1);
      float[] b = KernelChecks.random(size[1] * size[2], 2);
      for (int form = 0; form < 3; form++) {
        float[] c = new float[size[0] * size[1]];
        switch (form) {
          case 0 -> kernels.matmul(size[0], size[1], size[2], a, 0, b, 0, c, 0);
          case 1 -> kernels.matmulTransposed(size[0], size[1], size[2], a, 0, b, 0, c, 0);
          default -> kernels.transposedMatmul(size[0], size[1], size[2], a, 0, b, 0, c, 0);
        }
        results.add(c);
      }
    }
    ConvSettings s = ConvSettings.DEFAULT.padding(1);
    for (ConvGeometry g : List.of(
        ConvGeometry.of(Shape.of(9, 16, 32, 32), Shape.of(16, 16, 3, 3), s),
        ConvGeometry.of(Shape.of(20, 12, 15, 15), Shape.of(40, 12, 3, 3), s.stride(2)),
        ConvGeometry.of(Shape.of(9, 12, 12, 12), Shape.of(40, 12, 3, 3), s.stride(2)),
        ConvGeometry.of(Shape.of(1, 64, 14, 14), Shape.of(140, 64, 3, 3), s.stride(2)),
        ConvGeometry.of(Shape.of(13, 130, 13, 14), Shape.of(140, 130, 3, 3), s.stride(2)),
        ConvGeometry.of(
            Shape.of(9, 200, 9, 9), Shape.of(200, 100, 3, 3), s.stride(2).groups(2)),
        ConvGeometry.of(Shape.of(2, 3, 80, 80), Shape.of(64, 3, 3, 3), s.stride(2)),
        ConvGeometry.of(Shape.of(3, 3, 70, 80), Shape.of(48, 3, 7, 7), s.stride(2)),
        ConvGeometry.of(Shape.of(2, 64, 9, 14), Shape.of(64, 64, 3, 3), s),
        ConvGeometry.of(Shape.of(9, 32, 31, 30), Shape.of(80, 32, 3, 3), s.stride(2)),
        ConvGeometry.of(Shape.of(2, 176, 14, 9), Shape.of(176, 176, 3, 3), s.stride(2)),
        ConvGeometry.of(Shape.of(256, 176, 1, 1), Shape.of(176, 176, 3, 3), s),
        ConvGeometry.of(Shape.of(1, 64, 40, 40), Shape.of(70, 64, 1, 1), ConvSettings.DEFAULT),
        ConvGeometry.of(Shape.of(1, 40, 18, 18), Shape.of(70, 40, 1, 1), ConvSettings.DEFAULT),
        ConvGeometry.of(Shape.of(2, 20, 50, 50), Shape.of(40, 20, 1, 1), ConvSettings.DEFAULT),
        ConvGeometry.of(Shape.of(5, 12, 30, 30), Shape.of(12, 1, 3, 3), s.groups(12)))) {
      float[] x = KernelChecks.random(g.inputShape().size(), 1);
      float[] w = KernelChecks.random(g.kernelShape().size(), 2);
      float[] dy = KernelChecks.random(g.outputShape().size(), 3);
      float[] y = new float[dy.length];
      float[] dx = new float[x.length];
      float[] dw = new float[w.length];
      kernels.conv2d(g, x, w, null, y);
      kernels.conv2dInputGradient(g, dy, w, dx);
      kernels.conv2dWeightGradient(g, x, dy, dw);
      results.addAll(List.of(y, dx, dw));
    }
    return results;
  }

  @Test
  void kernelsForNarrowerVectorsPassTheSameChecks() throws Exception {
    for (int bytes : new int[] {16, 32}) {
      Process process =
          new ProcessBuilder(
              System.getProperty("java.home") + "/bin/java", "--add-modules=jdk.incubator.vector",
              "-XX:MaxVectorSize=" + bytes, "-cp", System.getProperty("java.class.path"),
              KernelChecks.class.getName())
              .redirectErrorStream(true)
              .start();
      String out = new String(process.getInputStream().readAllBytes());
      assertEquals(0, process.waitFor(), out);
      assertEquals("checked vector-" + 8 * bytes, out.lines().toList().getLast(), out);
    }
  }
}
