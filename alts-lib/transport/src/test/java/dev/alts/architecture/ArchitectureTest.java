package dev.alts.architecture;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaField;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import dev.alts.identity.SecretBytes;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.util.concurrent.Executor;
import org.junit.jupiter.api.Test;

/** Facts about dependencies that security rests on (house style 2.9). */
class ArchitectureTest {
  private static final String[] CORE = {
    "dev.alts.handshake..",
    "dev.alts.record..",
    "dev.alts.resumption..",
    "dev.alts.crypto..",
    "dev.alts.frame.."
  };

  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .importPackages("dev.alts");

  @Test
  void coreKnowsNoNettyNoGrpcNoLoggingNoThreads() {
    noClasses()
        .that()
        .resideInAnyPackage(CORE)
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "io.netty..",
            "io.grpc..",
            "org.slf4j..",
            "java.util.logging..",
            "java.net..",
            "java.nio.channels..")
        .orShould()
        .dependOnClassesThat()
        .areAssignableTo(Thread.class)
        .orShould()
        .dependOnClassesThat()
        .areAssignableTo(Executor.class)
        .check(CLASSES);
  }

  @Test
  void publicSignaturesOfPeerShowOnlyPeerIdentityAndTheJdk() {
    classes()
        .that()
        .resideInAPackage("dev.alts.peer")
        .should()
        .onlyDependOnClassesThat()
        .resideInAnyPackage("dev.alts.peer", "dev.alts.identity..", "java..", "org.jspecify..")
        .check(CLASSES);
  }

  @Test
  void packagesHaveNoCycles() {
    slices().matching("dev.alts.(*)..").should().beFreeOfCycles().check(CLASSES);
  }

  @Test
  void timeAndRandomnessComeFromOutside() {
    noClasses()
        .that()
        .resideInAnyPackage(CORE)
        .or()
        .resideInAPackage("dev.alts.peer")
        .should()
        .callMethodWhere(named("java.time.Instant", "now"))
        .orShould()
        .callMethodWhere(named("java.lang.System", "currentTimeMillis"))
        .orShould()
        .callMethodWhere(named("java.lang.System", "nanoTime"))
        .orShould()
        .callMethodWhere(named("java.lang.Math", "random"))
        .orShould()
        .callConstructorWhere(
            DescribedPredicate.describe(
                "new SecureRandom()",
                call ->
                    call.getTargetOwner().isEquivalentTo(SecureRandom.class)
                        && !call.getOriginOwner().isAssignableTo(SecureRandom.class)))
        .check(CLASSES);
  }

  @Test
  void primitivesAreTouchedInTheCryptoPackagesOnly() {
    noClasses()
        .that()
        .resideOutsideOfPackages("dev.alts.crypto", "dev.alts.identity..", "dev.alts.testing..")
        .should()
        .dependOnClassesThat()
        .haveFullyQualifiedName("javax.crypto.Cipher")
        .orShould()
        .dependOnClassesThat()
        .haveFullyQualifiedName("javax.crypto.Mac")
        .orShould()
        .dependOnClassesThat()
        .haveFullyQualifiedName("java.security.Signature")
        .check(CLASSES);
  }

  @Test
  void recordsHoldNeitherArraysNorSecrets() {
    classes()
        .that()
        .areAssignableTo(Record.class)
        .and()
        .resideOutsideOfPackage("dev.alts.testing..")
        .should(
            new ArchCondition<JavaClass>("hold neither byte[] nor secrets") {
              @Override
              public void check(JavaClass record, ConditionEvents events) {
                for (JavaField field : record.getFields()) {
                  if (field.getModifiers().contains(JavaModifier.STATIC)) {
                    continue;
                  }
                  JavaClass type = field.getRawType();
                  if (type.isEquivalentTo(byte[].class)
                      || type.isAssignableTo(SecretBytes.class)
                      || type.isAssignableTo(PrivateKey.class)) {
                    events.add(SimpleConditionEvent.violated(field, field.getFullName()));
                  }
                }
              }
            })
        .check(CLASSES);
  }

  private static DescribedPredicate<JavaAccess<?>> named(String owner, String method) {
    return DescribedPredicate.describe(
        owner + "." + method,
        access ->
            access.getTargetOwner().getFullName().equals(owner)
                && access.getTarget().getName().equals(method));
  }
}
