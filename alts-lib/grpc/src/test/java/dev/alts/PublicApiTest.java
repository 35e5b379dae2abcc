package dev.alts;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.methods;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaMethod;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import org.junit.jupiter.api.Test;

/** What users see, and where generated messages end (house style 2.9, rules 2 and 8). */
class PublicApiTest {
  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .importPackages("dev.alts", "dev.alts.peer", "dev.alts.credentials", "dev.alts.grpc");

  private static final DescribedPredicate<JavaClass> MAY_BE_SEEN =
      DescribedPredicate.describe(
          "of alts, alts.peer, identity, the JDK or gRPC's API",
          type -> {
            JavaClass base = type.getBaseComponentType();
            String home = base.getPackageName();
            return base.isPrimitive()
                || home.equals("dev.alts")
                || home.equals("dev.alts.peer")
                || home.startsWith("dev.alts.identity")
                || home.startsWith("java.")
                || home.equals("io.grpc");
          });

  @Test
  void publicSignaturesNameNoInnerTypes() {
    methods()
        .that()
        .arePublic()
        .and()
        .areDeclaredInClassesThat()
        .resideInAnyPackage("dev.alts", "dev.alts.peer")
        .and()
        .areDeclaredInClassesThat()
        .arePublic()
        .should(haveSignaturesOfTypesThatMayBeSeen())
        .check(CLASSES);
  }

  @Test
  void generatedMessagesAppearInTheCredentialsPackageOnly() {
    noClasses()
        .that()
        .resideInAnyPackage("dev.alts", "dev.alts.peer", "dev.alts.grpc", "dev.alts.netty")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("dev.alts.wire..", "dev.alts.api..")
        .check(CLASSES);
  }

  @Test
  void onlyTheGrpcPackageSeesGrpcInternals() {
    noClasses()
        .that()
        .resideOutsideOfPackage("dev.alts.grpc..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("io.grpc.internal..")
        .check(CLASSES);
  }

  private static ArchCondition<JavaMethod> haveSignaturesOfTypesThatMayBeSeen() {
    return new ArchCondition<>("have signatures of types that may be seen") {
      @Override
      public void check(JavaMethod method, ConditionEvents events) {
        boolean good =
            MAY_BE_SEEN.test(method.getRawReturnType())
                && method.getRawParameterTypes().stream().allMatch(MAY_BE_SEEN);
        events.add(new SimpleConditionEvent(method, good, method.getDescription()));
      }
    };
  }
}
