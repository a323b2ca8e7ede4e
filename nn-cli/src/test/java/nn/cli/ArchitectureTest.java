package nn.cli;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.GeneralCodingRules.ACCESS_STANDARD_STREAMS;
import static com.tngtech.archunit.library.GeneralCodingRules.USE_JAVA_UTIL_LOGGING;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import java.lang.module.ModuleFinder;
import java.util.Set;

/// The shape of the whole: which part may know which. This module sees all the others, so the rules stand here.
@AnalyzeClasses(packages = "nn", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
  private static final Set<String> JAVA_BASE =
      ModuleFinder.ofSystem().find("java.base").orElseThrow().descriptor().packages();

  private static final DescribedPredicate<JavaClass> IN_JAVA_BASE =
      describe(
          "in java.base",
          c -> c.getBaseComponentType().isPrimitive()
              || JAVA_BASE.contains(c.getBaseComponentType().getPackageName()));

  @ArchTest static final ArchRule core_knows_nothing_above_it =
      noClasses().that().resideInAPackage("nn.core..")
          .should().dependOnClassesThat()
          .resideInAnyPackage("nn.layers..", "nn.finetune..", "nn.cli..");

  @ArchTest static final ArchRule layers_know_nothing_above_them =
      noClasses().that().resideInAPackage("nn.layers..")
          .should().dependOnClassesThat().resideInAnyPackage("nn.finetune..", "nn.cli..");

  @ArchTest static final ArchRule fine_tuning_does_not_know_the_command_line =
      noClasses().that().resideInAPackage("nn.finetune..")
          .should().dependOnClassesThat().resideInAPackage("nn.cli..");

  @ArchTest static final ArchRule core_needs_only_java_base =
      classes().that().resideInAPackage("nn.core..")
          .should().onlyDependOnClassesThat(
              resideInAnyPackage("nn.core..", "org.jspecify.annotations", "jdk.incubator.vector")
                  .or(IN_JAVA_BASE));

  @ArchTest static final ArchRule only_vector_kernels_use_the_vector_api =
      noClasses().that(
          describe(
              "are not vector kernels",
              c -> !(c.getPackageName().equals("nn.core.kernel")
                  && c.getName().startsWith("nn.core.kernel.Vector"))))
          .should().dependOnClassesThat().resideInAPackage("jdk.incubator.vector..");

  @ArchTest static final ArchRule ops_are_entered_through_tensor =
      noClasses().that().resideOutsideOfPackage("nn.core..")
          .should().dependOnClassesThat().resideInAPackage("nn.core.op..");

  @ArchTest static final ArchRule what_ops_show_is_records =
      classes().that().resideInAPackage("nn.core.op..").and().arePublic().and().areTopLevelClasses()
          .should().beRecords();

  @ArchTest static final ArchRule only_the_command_line_prints =
      noClasses().that().resideOutsideOfPackage("nn.cli..").should(ACCESS_STANDARD_STREAMS)
          .orShould().dependOnClassesThat().haveFullyQualifiedName("java.lang.IO");

  @ArchTest static final ArchRule messages_go_to_the_system_logger =
      noClasses().should(USE_JAVA_UTIL_LOGGING);

  @ArchTest static final ArchRule names_say_what_a_thing_is =
      noClasses()
          .should().haveSimpleNameEndingWith("Impl")
          .orShould().haveSimpleNameEndingWith("Util")
          .orShould().haveSimpleNameEndingWith("Utils")
          .orShould().haveSimpleNameEndingWith("Manager")
          .orShould().haveSimpleNameStartingWith("Abstract")
          .orShould().haveNameMatching("(.*[.$])?I[A-Z][a-z]\\w*");
}
