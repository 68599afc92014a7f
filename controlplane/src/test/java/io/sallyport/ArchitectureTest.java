package io.sallyport;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Who may know whom, and what must stay a function of its arguments (`docs/architecture.md`).
class ArchitectureTest {
  private static final String ROOT = "io.sallyport.";
  private static final List<String> MODULES = List.of("policy-model", "controlplane", "e2e");

  /// The packages whose results depend on their arguments alone; of `xds` the edge is not among
  /// them.
  private static final DescribedPredicate<JavaClass> PURE =
      describe(
          "are in a pure package",
          type ->
              Stream.of("policy", "mesh", "compile", "snapshot", "xds")
                      .anyMatch(name -> in(type, ROOT + name))
                  && !in(type, ROOT + "xds.grpc"));

  private static final Set<String> THREADS =
      Set.of(
          "java.lang.Thread",
          "java.lang.ThreadLocal",
          "java.util.Timer",
          "java.util.concurrent.CompletableFuture",
          "java.util.concurrent.Executor",
          "java.util.concurrent.ExecutorService",
          "java.util.concurrent.Executors",
          "java.util.concurrent.ScheduledExecutorService");

  private static final Set<String> RANDOMNESS =
      Set.of(
          "java.util.Random",
          "java.util.SplittableRandom",
          "java.util.concurrent.ThreadLocalRandom",
          "java.util.random.RandomGenerator",
          "java.security.SecureRandom");

  private static final Set<String> ENVIRONMENT =
      Set.of(
          "java.io.File",
          "java.io.FileInputStream",
          "java.io.FileOutputStream",
          "java.lang.Process",
          "java.lang.ProcessBuilder",
          "java.lang.ProcessHandle",
          "java.lang.Runtime",
          "java.net.Socket",
          "java.net.ServerSocket",
          "java.nio.file.Files");

  private static final Set<String> IMPURE_METHODS =
      Set.of(
          "java.lang.Math.random",
          "java.lang.System.currentTimeMillis",
          "java.lang.System.getProperty",
          "java.lang.System.getenv",
          "java.lang.System.nanoTime",
          "java.net.InetAddress.getAllByName",
          "java.net.InetAddress.getByName",
          "java.net.InetAddress.getLocalHost",
          "java.time.InstantSource.system",
          "java.util.UUID.randomUUID");

  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .importPackages("io.sallyport");

  private static boolean in(JavaClass type, String packageName) {
    return type.getPackageName().equals(packageName)
        || type.getPackageName().startsWith(packageName + ".");
  }

  @Test
  void bothModulesAreLookedAt() {
    for (String name : List.of("policy.read", "mesh", "compile", "snapshot", "xds", "reconcile")) {
      assertThat(CLASSES.stream().filter(type -> in(type, ROOT + name)))
          .as(name)
          .hasSizeGreaterThan(2);
    }
  }

  /// Of Sallyport's packages, each may know itself and those named.
  @ParameterizedTest
  @CsvSource({
    "policy, ''",
    "mesh, policy",
    "snapshot, ''",
    "compile, policy mesh snapshot",
    "xds, snapshot",
    "identity, policy snapshot",
    "source, policy mesh",
    "reconcile, policy mesh snapshot xds",
    "status, policy mesh snapshot xds reconcile identity",
  })
  void aPackageKnowsOnlyWhatIsBeforeIt(String name, String others) {
    Set<String> allowed =
        Set.copyOf(
            Stream.concat(Stream.of(name), Stream.of(others.split(" ")))
                .filter(other -> !other.isEmpty())
                .map(other -> ROOT + other)
                .toList());
    noClasses()
        .that(describe("are in " + name, type -> in(type, ROOT + name)))
        .should()
        .dependOnClassesThat(
            describe(
                "are in a package of Sallyport other than " + others,
                type ->
                    in(type, "io.sallyport")
                        && allowed.stream().noneMatch(other -> in(type, other))))
        .allowEmptyShould(true)
        .check(CLASSES);
  }

  @Test
  void nobodyKnowsTheApplicationAndOnlyItKnowsTheAdminSide() {
    noClasses()
        .that(describe("are not in app", type -> !in(type, ROOT + "app")))
        .should()
        .dependOnClassesThat(describe("are in app", type -> in(type, ROOT + "app")))
        .check(CLASSES);
    noClasses()
        .that(
            describe(
                "are in neither app nor admin",
                type -> !in(type, ROOT + "app") && !in(type, ROOT + "admin")))
        .should()
        .dependOnClassesThat(describe("are in admin", type -> in(type, ROOT + "admin")))
        .check(CLASSES);
  }

  @Test
  void thereAreNoCycles() {
    slices().matching("io.sallyport.(*)..").should().beFreeOfCycles().check(CLASSES);
  }

  /// A library is known only where it is at home.
  @ParameterizedTest
  @CsvSource({
    "io.grpc, xds.grpc app",
    "io.envoyproxy.controlplane, xds.grpc app",
    "io.fabric8, source.kube",
    "io.kubernetes, source.kube",
    "org.yaml.snakeyaml, policy.read compile bootstrap",
    "org.bouncycastle, identity bootstrap",
    "picocli, app",
    "io.micrometer, status admin app",
    "com.sun.net.httpserver, admin",
  })
  void aLibraryIsKnownOnlyWhereItIsAtHome(String library, String homes) {
    noClasses()
        .that(
            describe(
                "are not in " + homes,
                type -> Stream.of(homes.split(" ")).noneMatch(home -> in(type, ROOT + home))))
        .should()
        .dependOnClassesThat(describe("are of " + library, type -> in(type, library)))
        .check(CLASSES);
  }

  @Test
  void pureCodeAsksForNoTimeNoChanceNoEnvironmentAndStartsNoThread() {
    noClasses()
        .that(PURE)
        .should()
        .dependOnClassesThat(
            describe(
                "are a thread, a random generator or the environment",
                type ->
                    THREADS.contains(type.getName())
                        || RANDOMNESS.contains(type.getName())
                        || ENVIRONMENT.contains(type.getName())))
        .check(CLASSES);
    noClasses()
        .that(PURE)
        .should()
        .accessTargetWhere(describe("asks the machine", ArchitectureTest::asksTheMachine))
        .check(CLASSES);
  }

  private static boolean asksTheMachine(JavaAccess<?> access) {
    JavaClass owner = access.getTargetOwner();
    String name = access.getTarget().getName();
    boolean asksTheTime =
        owner.getPackageName().equals("java.time")
            && (name.equals("now") || owner.getSimpleName().equals("Clock"));
    return asksTheTime || IMPURE_METHODS.contains(owner.getName() + "." + name);
  }

  @Test
  void theRulesOfPurityWouldFindAnOffender() {
    JavaClasses offender = new ClassFileImporter().importClasses(Offender.class);
    assertThat(
            offender.stream()
                .flatMap(type -> type.getAccessesFromSelf().stream())
                .filter(ArchitectureTest::asksTheMachine))
        .hasSize(3);
  }

  /// Does what pure code must not do.
  private static final class Offender {
    static String offend() {
      return java.time.Instant.now()
          + java.time.Clock.systemUTC().toString()
          + System.getenv("HOME");
    }
  }

  @Test
  void everyPackageSaysWhatItIsFor() throws IOException {
    for (String module : MODULES) {
      Path root = Path.of("..", module, "src", "main", "java");
      try (Stream<Path> files = Files.walk(root)) {
        for (Path folder :
            files
                .filter(file -> file.toString().endsWith(".java"))
                .filter(file -> !file.getFileName().toString().equals("module-info.java"))
                .map(file -> file.resolveSibling("package-info.java"))
                .distinct()
                .toList()) {
          assertThat(folder).content().startsWith("/// ").contains("@NullMarked\npackage ");
        }
      }
    }
  }
}
