package dev.alts.identity;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.security.Key;
import java.security.SecureRandom;
import java.time.Instant;
import org.junit.jupiter.api.Test;

/** The rules of this module that protect a security or dependency fact. */
class ArchitectureTest {
  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .importPackages("dev.alts.identity");

  @Test
  void theImporterFindsTheModule() {
    assertThat(CLASSES.size()).isGreaterThan(40);
  }

  @Test
  void timeAndRandomnessComeInFromOutside() {
    noClasses()
        .should()
        .callMethod(Instant.class, "now")
        .orShould()
        .callMethod(System.class, "currentTimeMillis")
        .orShould()
        .callMethod(Math.class, "random")
        .orShould()
        .callConstructor(SecureRandom.class)
        .check(CLASSES);
  }

  @Test
  void onlyTheCryptoPackageUsesPrimitives() {
    noClasses()
        .that()
        .resideOutsideOfPackage("dev.alts.identity.crypto")
        .should()
        .dependOnClassesThat()
        .haveFullyQualifiedName("java.security.Signature")
        .orShould()
        .dependOnClassesThat()
        .haveFullyQualifiedName("javax.crypto.Mac")
        .orShould()
        .dependOnClassesThat()
        .haveFullyQualifiedName("javax.crypto.Cipher")
        .check(CLASSES);
  }

  @Test
  void recordsHoldNeitherArraysNorSecrets() {
    fields()
        .that()
        .areDeclaredInClassesThat()
        .areAssignableTo(Record.class)
        .and()
        .areNotStatic()
        .should()
        .notHaveRawType(byte[].class)
        .andShould()
        .notHaveRawType(SecretBytes.class)
        .andShould()
        .notHaveRawType(JavaClass.Predicates.assignableTo(Key.class))
        .check(CLASSES);
  }

  @Test
  void noNameSaysNothing() {
    noClasses()
        .that()
        .doNotHaveSimpleName("SvidTrustManager") // JSSE's own word for what it is
        .should()
        .haveNameMatching(".*(Util|Utils|Helper|Manager|Impl)")
        .check(CLASSES);
  }

  @Test
  void strangersLibrariesStayOutOfThePeersPath() {
    noClasses()
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "org.bouncycastle..",
            "org.conscrypt..",
            "com.amazon..",
            "com.google.common..",
            "io.grpc..",
            "io.netty..")
        .check(CLASSES);
  }

  @Test
  void packagesHaveNoCycles() {
    slices().matching("dev.alts.identity.(*)..").should().beFreeOfCycles().check(CLASSES);
  }

  @Test
  void valuesKnowNothingOfTheRest() {
    classes()
        .that()
        .resideInAPackage("dev.alts.identity")
        .should()
        .onlyDependOnClassesThat()
        .resideInAnyPackage("dev.alts.identity", "java..", "org.jspecify..")
        .check(CLASSES);
  }
}
